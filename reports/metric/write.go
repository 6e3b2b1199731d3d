package metric

import (
	"time"

	"lotrinh/internal/kit/i18n"
)

// Write is a value as a reader sees it: "1.234", "83,3%", "0,85", "28/12/2016"; the
// words for "no data" when there is none.
func (m Metric) Write(t i18n.T, v Value) string {
	x, ok := v.Number(m)
	switch {
	case !ok:
		return t.Say("metric.unknown")
	case m.Unit == Share:
		return t.Percent(x)
	case m.Unit == Day:
		return t.Day(time.Unix(0, 0).UTC().AddDate(0, 0, int(v.N)))
	case m.Scale > 1:
		return t.Decimal(x, places(m.Scale))
	}
	return t.Int(v.N)
}

// places is how many digits stand behind the comma of a scale, two at most.
func places(scale int64) int {
	n := 0
	for ; scale > 1 && n < 2; scale /= 10 {
		n++
	}
	return n
}

// Name is what the metric is called.
func (m Metric) Name(t i18n.T) string { return t.Say("metric." + string(m.Key)) }

// Definition is what it means, in words.
func (m Metric) Definition(t i18n.T) string { return t.Say("metric." + string(m.Key) + ".say") }
