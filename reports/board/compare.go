package board

import (
	"lotrinh/reports/metric"
)

// Verdict says how one value stands beside another.
type Verdict string

// The verdicts. Changed is a difference of which nobody says which way is better.
const (
	Better  Verdict = "better"
	Worse   Verdict = "worse"
	Same    Verdict = "same"
	Changed Verdict = "changed"
	NoData  Verdict = "no_data"
)

// Difference is a metric for two sides: the second is what the first is compared with.
type Difference struct {
	Metric  metric.Metric
	A, B    metric.Value
	By      float64 // A less B in the metric's unit; a share of one for a rate
	Verdict Verdict
}

// Compare holds a metric's value against another.
func Compare(m metric.Metric, a, b metric.Value) Difference {
	d := Difference{Metric: m, A: a, B: b, Verdict: NoData}
	x, known := a.Number(m)
	y, other := b.Number(m)
	if !known || !other {
		return d
	}
	d.By = x - y
	switch {
	case same(m, a, b):
		d.By, d.Verdict = 0, Same
	case m.Wish == metric.Neither:
		d.Verdict = Changed
	case (d.By > 0) == (m.Wish == metric.More):
		d.Verdict = Better
	default:
		d.Verdict = Worse
	}
	return d
}

// OfPlaces is the difference of two places: counts of places that are not of one size are
// neither better nor worse, shares and indices are.
func (d Difference) OfPlaces() Difference {
	if (d.Verdict == Better || d.Verdict == Worse) && (d.Metric.Kind == metric.Flow || d.Metric.Kind == metric.Level) {
		d.Verdict = Changed
	}
	return d
}

// same tells exactly whether two values are one: shares by their cross products.
func same(m metric.Metric, a, b metric.Value) bool {
	if m.Kind == metric.Rate {
		return a.N*b.Of == b.N*a.Of
	}
	return a.N == b.N
}
