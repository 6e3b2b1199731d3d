package metric

import "slices"

// Span is days of the city's time, both ends in, as "2016-11-10". Flows are summed over
// it, levels and figures are those of its last day.
type Span struct {
	From  string `json:"from"`
	Until string `json:"until"`
}

// Ask is which metrics are wanted of which units. The answer holds what the reader may
// see and is silent about the rest.
type Ask struct {
	Metrics []Key
	Units   []string // codes of communes, districts or the city
	Span    Span
	Phase   int    // only communes of this phase of the programme; 0 is all
	Of      string // one value of the metric's further dimension; "" is the sum
}

// Value is what a metric is for a unit: N, and of a rate N of Of. The zero Value is
// unknown.
type Value struct {
	N     int64 `json:"n"`
	Of    int64 `json:"of,omitempty"`
	Known bool  `json:"known"`
}

// Number is the value in the metric's unit: a share of one for a rate, else N over the
// scale. The second value tells whether there is one: a rate of nothing has none.
func (v Value) Number(m Metric) (float64, bool) {
	switch {
	case !v.Known:
		return 0, false
	case m.Kind == Rate:
		return float64(v.N) / float64(v.Of), v.Of != 0
	case m.Scale > 1:
		return float64(v.N) / float64(m.Scale), true
	}
	return float64(v.N), true
}

// Table holds values by metric and unit; encoded, its keys are sorted.
type Table map[Key]map[string]Value

// Put sets a value.
func (t Table) Put(k Key, unit string, v Value) {
	if t[k] == nil {
		t[k] = map[string]Value{}
	}
	t[k][unit] = v
}

// Add sums a value into the one that is there; what is unknown adds nothing.
func (t Table) Add(k Key, unit string, n int64) {
	v := t.At(k, unit)
	t.Put(k, unit, Value{N: v.N + n, Known: true})
}

// At is the value of a metric for a unit. A rate is made of its parts.
func (t Table) At(k Key, unit string) Value {
	if v, ok := t[k][unit]; ok {
		return v
	}
	m, ok := Find(k)
	if !ok || m.Kind != Rate {
		return Value{}
	}
	num, den := t[m.Num][unit], t[m.Den][unit]
	if !num.Known || !den.Known {
		return Value{}
	}
	return Value{N: num.N, Of: den.N, Known: true}
}

// Units are the codes that the table says something about, sorted.
func (t Table) Units() []string {
	seen := map[string]bool{}
	var all []string
	for _, by := range t {
		for u := range by {
			if !seen[u] {
				seen[u], all = true, append(all, u)
			}
		}
	}
	slices.Sort(all)
	return all
}

// Mark is a value on a day.
type Mark struct {
	Day   string `json:"day"`
	Value Value  `json:"value"`
}

// Line is a metric of a unit from day to day, oldest first; days that nobody told are
// left out.
type Line struct {
	Metric Key    `json:"metric"`
	Unit   string `json:"unit"`
	Marks  []Mark `json:"marks"`
}
