package delta

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// sentence tells whether an object is a message with its arguments, which is one value.
func (o object) sentence() bool {
	_, key := o.by["key"].(string)
	_, args := o.by["args"]
	return key && (len(o.keys) == 1 || len(o.keys) == 2 && args)
}

// figure tells whether an object is the value of a metric, which is one value.
func (o object) figure() bool {
	_, n := o.by["n"].(json.Number)
	_, known := o.by["known"].(bool)
	return n && known
}

// figures tells whether an object holds a metric's values by unit: when the metric comes
// or goes, each of them does.
func (o object) figures() bool {
	for _, k := range o.keys {
		if v, is := o.by[k].(object); !is || !v.figure() {
			return false
		}
	}
	return len(o.keys) > 0
}

// single tells whether an object is one value rather than fields of its own.
func (o object) single() bool { return o.sentence() || o.figure() }

// objects goes through the fields of two objects, in the order of the newer, what it
// lacks at the end.
func (w *walk) objects(path []Step, a, b object) {
	for _, k := range b.keys {
		w.field(path, k, a.by[k], b.by[k])
	}
	for _, k := range a.keys {
		if _, both := b.by[k]; !both {
			w.field(path, k, a.by[k], nil)
		}
	}
}

func (w *walk) field(path []Step, k string, a, b any) {
	if !slices.Contains(silent, k) {
		w.value(append(slices.Clip(path), Step{Field: k, Name: w.names[k]}), a, b)
	}
}

// lists tells whether a list has members of its own to compare.
func lists(all []any) bool {
	for _, one := range all {
		if o, is := one.(object); is && !o.single() {
			return true
		}
	}
	return false
}

// lists goes through two lists, matching members by what identifies them; where nothing
// does, by their places.
func (w *walk) lists(path []Step, a, b []any) {
	key := identity(a, b)
	older := map[string]any{}
	for i, one := range a {
		older[mark(one, key, i)] = one
	}
	for i, one := range b {
		id := mark(one, key, i)
		at := member(path, id, one, w.names)
		was, known := older[id]
		delete(older, id)
		if !known {
			w.note(at, Added, nil, one)
			continue
		}
		w.value(at, was, one)
	}
	for i, one := range a {
		id := mark(one, key, i)
		if _, gone := older[id]; gone {
			w.note(member(path, id, one, w.names), Removed, one, nil)
		}
	}
}

// member is the path to one member of the list that a path leads to.
func member(path []Step, id string, one any, names map[string]string) []Step {
	at := slices.Clone(path)
	if len(at) == 0 || at[len(at)-1].Item != "" {
		at = append(at, Step{})
	}
	last := &at[len(at)-1]
	last.Item = id
	if o, is := one.(object); is {
		for _, t := range titles {
			if s, ok := o.by[t].(string); ok && s != "" {
				last.Name = s
				return at
			}
		}
		last.Name = names[scalar(o.by["unit"])]
	}
	return at
}

// identity is the fields that tell the members of both lists apart; none when nothing does.
func identity(a, b []any) []string {
	for _, keys := range identities {
		if unique(a, keys) && unique(b, keys) {
			return keys
		}
	}
	return nil
}

func unique(all []any, keys []string) bool {
	seen := map[string]bool{}
	for _, one := range all {
		o, is := one.(object)
		if !is {
			return false
		}
		id := o.mark(keys)
		if id == "" || seen[id] {
			return false
		}
		seen[id] = true
	}
	return true
}

func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// mark is what the fields of a member say together; empty when one says nothing.
func (o object) mark(keys []string) string {
	var said []string
	for _, k := range keys {
		one := scalar(o.by[k])
		if one == "" {
			return ""
		}
		said = append(said, one)
	}
	return strings.Join(said, " ")
}

// mark is what identifies a member: its fields, or its place counted from 1.
func mark(one any, keys []string, i int) string {
	if o, is := one.(object); is && keys != nil {
		return o.mark(keys)
	}
	return strconv.Itoa(i + 1)
}
