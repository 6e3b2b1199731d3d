package plot

import (
	"slices"

	chart "github.com/wcharczuk/go-chart/v2"

	"lotrinh/internal/kit/fault"
)

// SparkSpec is a line without axes beside a figure in a table. Its floor is zero.
type SparkSpec struct {
	Frame               // Width is 120 when zero
	Height          int // 28 when zero
	Head, ValueHead string
	Labels          []string
	Values          []float64
	Tone            Tone // Verified when empty
}

// Key names the content of the specification.
func (s SparkSpec) Key() string { return keyOf(s) }

// Spark draws a line without axes.
func Spark(spec SparkSpec) (c Chart, err error) {
	defer rescue(&err)
	key := spec.Key()
	if spec.Width == 0 {
		spec.Width = 120
	}
	if spec.Height == 0 {
		spec.Height = 28
	}
	if spec.Tone == "" {
		spec.Tone = Verified
	}
	f, err := spec.settle(key)
	if err != nil {
		return Chart{}, err
	}
	var k fault.Check
	known(&k, spec.Tone)
	k.Need(spec.Height >= 12 && spec.Height <= widest, "height", "plot.bad_width", "from", 12, "to", widest)
	k.Need(len(spec.Labels) == len(spec.Values), "values", "plot.unequal", "name", spec.ValueHead, "labels", len(spec.Labels), "values", len(spec.Values))
	k.Need(len(spec.Values) <= mostMarks, "values", "plot.too_many", "count", len(spec.Values), "most", mostMarks)
	finite(&k, spec.ValueHead, spec.Values...)
	notNegative(&k, spec.ValueHead, spec.Values...)
	if err := k.Err(); err != nil {
		return Chart{}, err
	}
	t := Table{Head: []string{tidy(spec.Head), tidy(spec.ValueHead)}}
	for i, v := range spec.Values {
		t.Rows = append(t.Rows, []string{tidy(spec.Labels[i]), f.number(v)})
	}
	return finish(f, key, sketch{
		kind: "spark", height: spec.Height, table: t, empty: len(spec.Values) == 0,
		draw: func(p pen, top int) { spec.draw(p, f.Width, top) },
	})
}

func (s SparkSpec) draw(p pen, wide, top int) {
	box := chart.Box{Left: 4, Right: wide - 6, Top: top + 4, Bottom: top + s.Height - 4}
	most := max(slices.Max(s.Values), 1)
	x := chart.ContinuousRange{Max: float64(max(len(s.Values)-1, 1)), Domain: box.Width()}
	y := chart.ContinuousRange{Max: most, Domain: box.Height()}
	tone := must(s.Tone)
	days := make([]float64, len(s.Values))
	for i := range days {
		days[i] = float64(i)
	}
	if len(days) > 1 {
		l := stroked(tone, 2)
		chart.Draw.LineSeries(p.Renderer, box, &x, &y, chart.Style{
			ClassName: l.class, StrokeColor: l.stroke, StrokeWidth: l.width, StrokeDashArray: l.dash,
		}, chart.ContinuousSeries{XValues: days, YValues: s.Values})
	}
	last := len(days) - 1
	p.disc(filled(tone), 3, box.Left+x.Translate(days[last]), box.Bottom-y.Translate(s.Values[last]))
}
