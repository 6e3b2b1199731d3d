package define

import (
	"cmp"
	"slices"

	"lotrinh/internal/kit/plot"
	"lotrinh/reports/metric"
)

// mostBars is how many bars a chart shows unless its block says otherwise.
const mostBars = 30

// chart is a chart with its finding; none when there is nothing to draw.
func (w writer) chart(b Block) []Piece {
	draw := map[string]func(Block) drawing{
		"bars": w.bars, "stacked": w.stacked, "lollipop": w.lollipop, "pareto": w.pareto, "attainment": w.attainment, "ages": w.ages, "trend": w.trend, "multiples": w.multiples,
	}[b.Chart]
	if draw == nil {
		return nil
	}
	to := draw(b)
	if to == nil {
		return nil
	}
	return []Piece{w.picture(w.fill(b.Name), func(frame plot.Frame) (plot.Chart, error) {
		key, do := to(frame)
		return w.Draw(key, do)
	})}
}

// drawing makes a chart inside a frame: the key of its content, and how to draw it.
type drawing func(plot.Frame) (key string, do func() (plot.Chart, error))

// bar is a district with a number of a metric.
type bar struct {
	unit Unit
	x    float64
	of   float64
}

// barsOf are the districts whose number is known, the biggest first.
func (w writer) barsOf(b Block) []bar {
	m, _ := metric.Find(b.Metrics[0])
	of, _ := metric.Find(b.Of)
	var all []bar
	for _, u := range w.f.Districts {
		x, ok := w.f.Now.At(m.Key, u.Code).Number(m)
		if !ok || x < 0 {
			continue
		}
		one := bar{unit: u, x: scaled(m, x)}
		if b.Of != "" {
			y, known := w.f.Now.At(of.Key, u.Code).Number(of)
			if !known || y <= 0 {
				continue
			}
			one.of = y
		}
		all = append(all, one)
	}
	slices.SortStableFunc(all, func(a, b bar) int {
		if a.of > 0 && b.of > 0 {
			return cmp.Compare(b.x/b.of, a.x/a.of)
		}
		return cmp.Compare(b.x, a.x)
	})
	most := b.Most
	if most == 0 {
		most = mostBars
	}
	return all[:min(len(all), most)]
}

// scaled is a number as charts want it: shares in percent.
func scaled(m metric.Metric, x float64) float64 {
	if m.Unit == metric.Share {
		return x * 100
	}
	return x
}

// unitOf is the unit that a chart writes behind its numbers.
func unitOf(m metric.Metric) string {
	if m.Unit == metric.Share {
		return "%"
	}
	return ""
}

func toneOf(m metric.Metric) plot.Tone {
	if m.Wish == metric.Less {
		return plot.Late
	}
	return plot.Neutral
}

// bars is one metric by district.
func (w writer) bars(b Block) drawing {
	m, _ := metric.Find(b.Metrics[0])
	all := w.barsOf(b)
	if len(all) == 0 {
		return nil
	}
	return func(f plot.Frame) (string, func() (plot.Chart, error)) {
		spec := plot.BarsSpec{Frame: f, Head: w.say("reports.define.column.district"), ValueHead: w.headOf(m)}
		for _, x := range all {
			spec.Bars = append(spec.Bars, plot.Bar{Label: upper(x.unit.Name), Value: x.x, Href: x.unit.Href, Tone: toneOf(m)})
		}
		return spec.Key(), func() (plot.Chart, error) { return plot.Bars(spec) }
	}
}

// headOf is a metric as the head of a chart's table.
func (w writer) headOf(m metric.Metric) string {
	if m.Unit == metric.Share {
		return w.say("reports.define.head.percent", "name", m.Name(w.T))
	}
	return m.Name(w.T)
}

// layers are the tones of stacked metrics, by their place.
var layers = []plot.Tone{plot.Official, plot.Trial, plot.Preparing, plot.Held, plot.Good, plot.Neutral}

// stacked is several counts by district.
func (w writer) stacked(b Block) drawing {
	var rows []plot.StackRow
	for _, u := range w.f.Districts {
		row := plot.StackRow{Label: upper(u.Name), Href: u.Href}
		known := false
		for _, k := range b.Metrics {
			m, _ := metric.Find(k)
			x, ok := w.f.Now.At(k, u.Code).Number(m)
			known = known || ok
			row.Values = append(row.Values, max(0, x))
		}
		if known {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return func(f plot.Frame) (string, func() (plot.Chart, error)) {
		spec := plot.StackedSpec{Frame: f, Head: w.say("reports.define.column.district"), TotalHead: w.say("reports.define.column.sum"), Rows: rows}
		for i, k := range b.Metrics {
			m, _ := metric.Find(k)
			spec.Segments = append(spec.Segments, plot.Segment{Tone: layers[i%len(layers)], Name: m.Name(w.T)})
		}
		return spec.Key(), func() (plot.Chart, error) { return plot.Stacked(spec) }
	}
}

// lineOf is a metric of a unit as a line of a chart.
func (w writer) lineOf(k metric.Key, unit string) plot.Line {
	m, _ := metric.Find(k)
	l := plot.Line{Name: w.headOf(m)}
	for _, x := range w.marks(k, unit) {
		l.Dates, l.Values = append(l.Dates, x.at), append(l.Values, scaled(m, x.x))
	}
	return l
}

// trend is a metric of the cut day by day.
func (w writer) trend(b Block) drawing {
	l := w.lineOf(b.Metrics[0], w.f.Unit)
	if len(l.Dates) < 2 {
		return nil
	}
	return func(f plot.Frame) (string, func() (plot.Chart, error)) {
		spec := plot.SCurveSpec{Frame: f, DateHead: w.say("reports.define.column.day"), Verified: l}
		return spec.Key(), func() (plot.Chart, error) { return plot.SCurve(spec) }
	}
}
