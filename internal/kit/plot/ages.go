package plot

import (
	"lotrinh/internal/kit/fault"
)

// Bucket is one class of ages: what is older than the bucket before it and not older than
// Until. The last may be open: Until zero.
type Bucket struct {
	Label string
	Until float64 // in the unit of the limit, such as hours
	Value float64 // how many
	Late  float64 // how many of them are past their own term; drawn as the lower part
	Href  string
}

// AgesSpec is an ageing histogram: how many are how old, with a rule at the age that is
// promised. Buckets wholly past the limit are drawn as late; so is, in the others, the part
// that is late by its own term.
type AgesSpec struct {
	Frame
	Head, ValueHead string
	LateHead        string // "Quá hạn"; the column is left out when empty
	Buckets         []Bucket
	Limit           float64 // no rule when zero
	LimitTag        string  // "Hạn xử lý 24 giờ"
}

// Key names the content of the specification.
func (s AgesSpec) Key() string { return keyOf(s) }

// Ages draws an ageing histogram.
func Ages(spec AgesSpec) (c Chart, err error) {
	defer rescue(&err)
	key := spec.Key()
	f, err := spec.settle(key)
	if err != nil {
		return Chart{}, err
	}
	if err := spec.check(); err != nil {
		return Chart{}, err
	}
	g, t, sum := spec.laid(f)
	g.lay()
	return finish(f, key, sketch{kind: "ages", height: g.height, table: t, empty: sum == 0, linked: linked(g.spec.Columns), draw: g.draw})
}

// laid is the buckets as columns, and their table and sum.
func (s AgesSpec) laid(f Frame) (g *ages, t Table, sum float64) {
	g = &ages{columns: columns{f: f}, late: make([]float64, len(s.Buckets))}
	t.Head = []string{tidy(s.Head), tidy(s.ValueHead)}
	if s.LateHead != "" {
		t.Head = append(t.Head, tidy(s.LateHead))
		g.keys = []key{{tone: must(Neutral), name: tidy(s.ValueHead)}, {tone: must(Late), name: tidy(s.LateHead)}}
	}
	from := 0.0
	for i, b := range s.Buckets {
		tone := Neutral
		if s.Limit > 0 && from >= s.Limit {
			tone = Late
		} else {
			g.late[i] = b.Late
		}
		g.spec.Columns = append(g.spec.Columns, Bar{Label: b.Label, Value: b.Value, Tone: tone, Href: b.Href})
		row := []string{tidy(b.Label), f.number(b.Value)}
		if s.LateHead != "" {
			row = append(row, f.number(b.Late))
		}
		t.Rows = append(t.Rows, row)
		from, sum = b.Until, sum+b.Value
	}
	g.spec.MarkTag = s.LimitTag
	g.mark, g.marked = s.stands()
	g.part = g.drawLate
	return g, t, sum
}

func (s AgesSpec) check() error {
	var k fault.Check
	k.Need(len(s.Buckets) <= mostMarks, "buckets", "plot.too_many", "count", len(s.Buckets), "most", mostMarks)
	finite(&k, s.LimitTag, s.Limit)
	notNegative(&k, s.LimitTag, s.Limit)
	from := 0.0
	for i, b := range s.Buckets {
		finite(&k, b.Label, b.Until, b.Value, b.Late)
		notNegative(&k, b.Label, b.Value, b.Late)
		open := b.Until == 0 && i == len(s.Buckets)-1
		k.Need(open || b.Until > from, "buckets", "plot.unordered", "name", b.Label)
		k.Need(b.Late <= b.Value, "buckets", "plot.part_over_whole", "name", b.Label)
		from = b.Until
	}
	return k.Err()
}

// stands is where the rule of the limit stands, in buckets from the left; within an open
// bucket it stands at its beginning, since nobody knows how far it goes.
func (s AgesSpec) stands() (at float64, ok bool) {
	if s.Limit <= 0 || s.LimitTag == "" {
		return 0, false
	}
	from := 0.0
	for i, b := range s.Buckets {
		switch {
		case b.Until == 0:
			return float64(i), true
		case s.Limit <= b.Until:
			return float64(i) + (s.Limit-from)/(b.Until-from), true
		}
		from = b.Until
	}
	return float64(len(s.Buckets)), true
}

// ages is the layout of an ageing histogram: that of columns, with late parts.
type ages struct {
	columns
	late []float64
}

// drawLate lays the late part of a column over its foot.
func (g *ages) drawLate(p pen, i, x, bottom, wide int) {
	if g.late[i] <= 0 {
		return
	}
	h := max(1, g.y.Translate(g.late[i]))
	p.segment(must(Late), x, bottom-h, wide, h)
}
