package plot

import (
	"container/list"
	"sync"
)

// Cache keeps so many of the latest used things, by content key: charts, or their
// PNG. It is safe for concurrent use.
type Cache[V any] struct {
	mu    sync.Mutex
	most  int
	order *list.List
	at    map[string]*list.Element
}

type kept[V any] struct {
	key   string
	value V
}

// NewCache is a cache of at most so many things.
func NewCache[V any](most int) *Cache[V] {
	return &Cache[V]{most: max(most, 1), order: list.New(), at: map[string]*list.Element{}}
}

// Get is what is kept under the key, or what build makes, which is then kept.
// Failures are not kept. Two readers may build the same thing at once.
func (c *Cache[V]) Get(key string, build func() (V, error)) (V, error) {
	if v, ok := c.look(key); ok {
		return v, nil
	}
	v, err := build()
	if err != nil {
		return v, err
	}
	c.keep(key, v)
	return v, nil
}

// Len is how many things are kept.
func (c *Cache[V]) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.order.Len()
}

func (c *Cache[V]) look(key string) (v V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.at[key]
	if !ok {
		return v, false
	}
	c.order.MoveToFront(e)
	one, ok := e.Value.(kept[V])
	return one.value, ok
}

func (c *Cache[V]) keep(key string, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.at[key]; ok {
		e.Value = kept[V]{key, v}
		c.order.MoveToFront(e)
		return
	}
	c.at[key] = c.order.PushFront(kept[V]{key, v})
	for c.order.Len() > c.most {
		last := c.order.Back()
		if one, ok := c.order.Remove(last).(kept[V]); ok {
			delete(c.at, one.key)
		}
	}
}
