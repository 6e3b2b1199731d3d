package delta

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Kind says what happened to a place.
type Kind string

// The kinds of changes.
const (
	Changed Kind = "changed"
	Added   Kind = "added"
	Removed Kind = "removed"
)

// Step is one step of a path: a field, and the member of its list where there is one.
type Step struct {
	Field string `json:"field"`
	Item  string `json:"item,omitempty"` // what identifies the member: 018
	Name  string `json:"name,omitempty"` // what people call the member, or the unit whose code the field is
}

// Change is one place where two editions differ. Was and Now are the values as JSON;
// null where there was or is none, and for whole objects that came or went.
type Change struct {
	Path  string          `json:"path"` // progress.districts[018].official
	Kind  Kind            `json:"kind"`
	Steps []Step          `json:"steps"`
	Was   json.RawMessage `json:"was"`
	Now   json.RawMessage `json:"now"`
}

// silent are fields that tell nothing about the city: when and how a report was made,
// and where its figures lead.
var silent = []string{"schema", "definition", "version", "kind", "nominal_at", "read_at", "as_of", "at", "edition", "form", "form_hash", "href", "held_href", "late_href"}

// identities are the fields that tell members of a list apart, best first.
var identities = [][]string{{"code"}, {"metric", "unit"}, {"unit"}, {"key"}, {"id"}, {"no"}, {"day"}, {"planned_on"}}

// titles are the fields that people know a member by, best first.
var titles = []string{"name", "title", "label"}

var null = json.RawMessage("null")

// Compare lists what differs between an older and a newer text; an error tells that one
// of them is no JSON. names are what people call the units by whose codes figures are
// kept.
func Compare(older, newer []byte, names map[string]string) ([]Change, error) {
	a, err := parse(older)
	if err != nil {
		return nil, err
	}
	b, err := parse(newer)
	if err != nil {
		return nil, err
	}
	w := &walk{names: names}
	w.value(nil, a, b)
	slices.SortStableFunc(w.all, func(a, b Change) int { return cmp.Compare(items(a.Steps), items(b.Steps)) })
	return w.all, nil
}

func items(path []Step) (n int) {
	for _, s := range path {
		if s.Item != "" {
			n++
		}
	}
	return n
}

// object is a JSON object that remembers the order of its fields.
type object struct {
	keys []string
	by   map[string]any
}

func parse(raw []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	v, err := read(d, 0)
	if err != nil {
		return nil, fmt.Errorf("delta: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("delta: more than one value")
	}
	return v, nil
}

// deepest is how deep a text may be.
const deepest = 64

func read(d *json.Decoder, depth int) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	if depth > deepest {
		return nil, errors.New("too deep")
	}
	switch t {
	case json.Delim('{'):
		o := object{by: map[string]any{}}
		for d.More() {
			k, err := d.Token()
			if err != nil {
				return nil, err
			}
			key, _ := k.(string) // the decoder lets nothing else through
			if o.by[key], err = read(d, depth+1); err != nil {
				return nil, err
			}
			if !slices.Contains(o.keys, key) {
				o.keys = append(o.keys, key)
			}
		}
		_, err := d.Token()
		return o, err
	case json.Delim('['):
		all := []any{}
		for d.More() {
			one, err := read(d, depth+1)
			if err != nil {
				return nil, err
			}
			all = append(all, one)
		}
		_, err := d.Token()
		return all, err
	}
	return t, nil
}

// walk goes through two values side by side.
type walk struct {
	all   []Change
	names map[string]string
}

func (w *walk) value(path []Step, a, b any) {
	one, isOne := a.(object)
	two, isTwo := b.(object)
	if isOne && isTwo && !one.single() && !two.single() {
		w.objects(path, one, two)
		return
	}
	if a == nil && isTwo && two.figures() || b == nil && isOne && one.figures() {
		w.objects(path, one, two)
		return
	}
	older, isOld := a.([]any)
	newer, isNew := b.([]any)
	if (isOld || a == nil) && (isNew || b == nil) && (lists(older) || lists(newer)) {
		w.lists(path, older, newer)
		return
	}
	if len(older) == 0 && isOld {
		a = nil
	}
	if len(newer) == 0 && isNew {
		b = nil
	}
	if !same(a, b) {
		w.note(path, kindOf(a, b), a, b)
	}
}

// kindOf is what became of a value: null and absent are the same.
func kindOf(a, b any) Kind {
	switch {
	case a == nil:
		return Added
	case b == nil:
		return Removed
	}
	return Changed
}

func (w *walk) note(path []Step, kind Kind, a, b any) {
	c := Change{Path: text(path), Kind: kind, Steps: slices.Clone(path), Was: shown(a), Now: shown(b)}
	w.all = append(w.all, c)
}

// shown is a value as a change tells it; whole objects are told by their names only.
func shown(v any) json.RawMessage {
	if o, is := v.(object); is && !o.single() {
		return null
	}
	return plain(v)
}

// plain is a value as JSON, fields in their order.
func plain(v any) json.RawMessage {
	var b bytes.Buffer
	write(&b, v)
	return b.Bytes()
}

func write(b *bytes.Buffer, v any) {
	switch v := v.(type) {
	case object:
		b.WriteByte('{')
		for i, k := range v.keys {
			if i > 0 {
				b.WriteByte(',')
			}
			write(b, k)
			b.WriteByte(':')
			write(b, v.by[k])
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, one := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			write(b, one)
		}
		b.WriteByte(']')
	default:
		e := json.NewEncoder(b)
		e.SetEscapeHTML(false)
		_ = e.Encode(v) // a token of JSON goes back into JSON
		b.Truncate(b.Len() - 1)
	}
}

func same(a, b any) bool { return bytes.Equal(plain(a), plain(b)) }

func text(path []Step) string {
	var b strings.Builder
	for i, s := range path {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(s.Field)
		if s.Item != "" {
			b.WriteString("[" + s.Item + "]")
		}
	}
	return b.String()
}
