package define

import (
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/plot"
	"lotrinh/reports/metric"
)

// lollipop is a count of each district out of another: x of N.
func (w writer) lollipop(b Block) drawing {
	if b.List != "" {
		return w.counted(b)
	}
	m, _ := metric.Find(b.Metrics[0])
	of, _ := metric.Find(b.Of)
	all := w.barsOf(b)
	if len(all) == 0 {
		return nil
	}
	return func(f plot.Frame) (string, func() (plot.Chart, error)) {
		spec := plot.LollipopSpec{Frame: f, Head: w.say("reports.define.column.district"), ValueHead: m.Name(w.T), OfHead: of.Name(w.T)}
		for _, x := range all {
			spec.Rows = append(spec.Rows, plot.Pop{Label: upper(x.unit.Name), Href: x.unit.Href, Value: x.x, Of: x.of})
		}
		return spec.Key(), func() (plot.Chart, error) { return plot.Lollipop(spec) }
	}
}

// counted is the count of each entry of a list out of its own whole.
func (w writer) counted(b Block) drawing {
	spec := plot.LollipopSpec{Head: w.head(b.List, "what"), ValueHead: w.head(b.List, "count"), OfHead: w.head(b.List, "of")}
	for _, e := range w.f.Lists[b.List].Entries {
		if e.Of > 0 && e.Count >= 0 && (b.Most == 0 || len(spec.Rows) < b.Most) {
			spec.Rows = append(spec.Rows, plot.Pop{Label: w.what(e), Href: e.Href, Value: float64(e.Count), Of: float64(e.Of)})
		}
	}
	if len(spec.Rows) == 0 {
		return nil
	}
	return func(f plot.Frame) (string, func() (plot.Chart, error)) {
		spec := spec
		spec.Frame = f
		return spec.Key(), func() (plot.Chart, error) { return plot.Lollipop(spec) }
	}
}

// pareto is where most of it lies: a metric by district, or the reasons of a list.
func (w writer) pareto(b Block) drawing {
	head, value := w.say("reports.define.column.district"), w.say("reports.define.column.count")
	var bars []plot.Bar
	if b.List != "" {
		head = w.say("reports.define.field.why")
		bars = w.reasons(b.List)
	} else {
		m, _ := metric.Find(b.Metrics[0])
		value = w.headOf(m)
		for _, x := range w.barsOf(Block{Metrics: b.Metrics, Most: Most}) {
			bars = append(bars, plot.Bar{Label: upper(x.unit.Name), Value: x.x, Href: x.unit.Href})
		}
	}
	if len(bars) == 0 {
		return nil
	}
	most := b.Most
	if most == 0 {
		most = 10
	}
	return func(f plot.Frame) (string, func() (plot.Chart, error)) {
		spec := plot.ParetoSpec{Frame: f, Head: head, ValueHead: value, ShareHead: w.say("reports.define.column.share"), SumHead: w.say("reports.define.column.running"),
			Bars: bars, Most: most, OtherLabel: w.say("reports.define.other"), CutTag: "80%"}
		return spec.Key(), func() (plot.Chart, error) { return plot.Pareto(spec) }
	}
}

// reasons are how many entries of a list name each reason; of a list without reasons,
// each cause.
func (w writer) reasons(list string) []plot.Bar {
	n := map[string]int{}
	var order []string
	add := func(why string) {
		if why == "" {
			return
		}
		if n[why] == 0 {
			order = append(order, why)
		}
		n[why]++
	}
	for _, e := range w.f.Lists[list].Entries {
		add(trimmed(e.Cause))
		for _, why := range e.Why {
			add(upper(w.T.Line(why)))
		}
	}
	var bars []plot.Bar
	for _, why := range order {
		bars = append(bars, plot.Bar{Label: why, Value: float64(n[why])})
	}
	return bars
}

// attainment is shares against one target: one metric by district, or several of the cut.
func (w writer) attainment(b Block) drawing {
	type row struct {
		label, href string
		m           metric.Metric
		unit        string
	}
	var all []row
	first, _ := metric.Find(b.Metrics[0])
	if len(b.Metrics) == 1 {
		for _, x := range w.barsOf(b) {
			all = append(all, row{upper(x.unit.Name), x.unit.Href, first, x.unit.Code})
		}
	} else {
		for _, k := range b.Metrics {
			m, _ := metric.Find(k)
			all = append(all, row{m.Name(w.T), "", m, w.f.Unit})
		}
	}
	head := w.say("reports.define.column.district")
	if len(b.Metrics) > 1 {
		head = w.say("reports.define.column.metric")
	}
	spec := plot.AttainSpec{Head: head, ValueHead: w.headOf(first), TargetHead: w.say("reports.define.column.target"), GapHead: w.say("reports.define.column.gap"), Unit: unitOf(first),
		TargetName: w.say("reports.define.column.target"), MetName: w.say("reports.define.met"), MissedName: w.say("reports.define.missed")}
	if first.Unit == metric.Share && first.Wish != metric.Less {
		spec.Top = 100
	}
	for _, r := range all {
		if x, ok := w.f.Now.At(r.m.Key, r.unit).Number(r.m); ok && x >= 0 && r.m.Unit == first.Unit {
			spec.Rows = append(spec.Rows, plot.AttainRow{Label: r.label, Href: r.href, Value: scaled(r.m, x), Target: scaled(r.m, b.Target), LowIsGood: r.m.Wish == metric.Less})
		}
	}
	if len(spec.Rows) == 0 {
		return nil
	}
	return func(f plot.Frame) (string, func() (plot.Chart, error)) {
		spec := spec
		spec.Frame = f
		return spec.Key(), func() (plot.Chart, error) { return plot.Attain(spec) }
	}
}

// steps are the upper ages of the buckets, in days; the last one is open.
var steps = []int{3, 7, 14, 30, 0}

// ages is how long the entries of a list have been waiting. A list that was not read to
// its end has no honest ages, so there is no chart of it.
func (w writer) ages(b Block) drawing {
	l := w.f.Lists[b.List]
	end, err := clock.ParseDate(w.f.Span.Until)
	if err != nil || len(l.Entries) == 0 || l.count() > len(l.Entries) {
		return nil
	}
	buckets := make([]plot.Bucket, len(steps))
	least := 0
	for i, s := range steps {
		buckets[i] = plot.Bucket{Label: w.say("reports.define.age", "from", least, "until", s), Until: float64(s)}
		if s == 0 {
			buckets[i].Label = w.say("reports.define.age.more", "from", least)
		}
		least = s
	}
	for _, e := range l.Entries {
		if e.Since.IsZero() {
			continue
		}
		days := max(0, int(end.AddDate(0, 0, 1).Sub(e.Since)/(24*time.Hour)))
		i := 0
		for i < len(steps)-1 && days >= steps[i] {
			i++
		}
		buckets[i].Value++
		if e.Late {
			buckets[i].Late++
		}
	}
	return func(f plot.Frame) (string, func() (plot.Chart, error)) {
		spec := plot.AgesSpec{Frame: f, Head: w.say("reports.define.column.age"), ValueHead: w.say("reports.define.column.count"), LateHead: w.say("reports.define.field.late"), Buckets: buckets}
		return spec.Key(), func() (plot.Chart, error) { return plot.Ages(spec) }
	}
}

// multiples is the same line of every district on one scale, with a second one dashed.
func (w writer) multiples(b Block) drawing {
	first, _ := metric.Find(b.Metrics[0])
	var panels []plot.Panel
	for _, u := range w.f.Districts {
		p := plot.Panel{Label: upper(u.Name), Href: u.Href, Verified: w.lineOf(b.Metrics[0], u.Code)}
		if len(b.Metrics) > 1 {
			p.Plan = w.lineOf(b.Metrics[1], u.Code)
		}
		if len(p.Verified.Dates) > 1 {
			panels = append(panels, p)
		}
	}
	if len(panels) == 0 {
		return nil
	}
	return func(f plot.Frame) (string, func() (plot.Chart, error)) {
		spec := plot.MultiplesSpec{Frame: f, Head: w.say("reports.define.column.district"), DateHead: w.say("reports.define.column.day"), Unit: unitOf(first), Panels: panels}
		return spec.Key(), func() (plot.Chart, error) { return plot.Multiples(spec) }
	}
}
