package hotline

import (
	"sync"
	"time"
)

// rates keep exchanges, and those who guess at their secrets, to a pace that real
// telephones never reach. They live in memory: a start forgets them.
type rates struct {
	sync.Mutex
	buckets map[string]bucket
}

type bucket struct {
	left float64
	at   time.Time
}

// pace is how many words may come at once and how many a second after that.
type pace struct{ burst, perSecond float64 }

var (
	exchangePace = pace{200, 50}
	strangerPace = pace{30, 0.5}
)

// mostBuckets bounds the memory; full ones say nothing and are dropped first.
const mostBuckets = 5000

// take tells whether one more word of this name keeps to the pace.
func (r *rates) take(name string, p pace, now time.Time) bool {
	r.Lock()
	defer r.Unlock()
	if r.buckets == nil || len(r.buckets) > mostBuckets {
		r.buckets = map[string]bucket{}
	}
	b, known := r.buckets[name]
	if !known {
		b = bucket{p.burst, now}
	}
	b.left = min(p.burst, b.left+now.Sub(b.at).Seconds()*p.perSecond)
	b.at = now
	ok := b.left >= 1
	if ok {
		b.left--
	}
	r.buckets[name] = b
	return ok
}
