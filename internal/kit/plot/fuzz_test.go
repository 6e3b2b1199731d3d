package plot

import (
	"math"
	"strings"
	"testing"
	"time"
)

// hostile are specifications of every kind in which a label stands wherever one may.
func hostile(label string, v float64) map[string]func() (Chart, error) {
	f := Frame{Title: "T " + label, Desc: label, Empty: "E " + label, Class: label, Width: 400}
	href := "/" + label
	dates, values := []time.Time{day(0), day(1)}, []float64{0, v}
	l := Line{Name: label, Dates: dates, Values: values}
	bar := []Bar{{Label: label, Href: href, Value: v}, {Label: label, Value: v / 2}}
	return map[string]func() (Chart, error){
		"scurve": func() (Chart, error) {
			return SCurve(SCurveSpec{Frame: f, DateHead: label, Declared: l, Verified: l, Plan: l, TotalTag: label, Total: v, Today: day(1), TodayTag: label,
				Forecast: Band{label, label, label, dates, []float64{0, 0}, values, values}})
		},
		"stacked": func() (Chart, error) {
			return Stacked(StackedSpec{Frame: f, Head: label, TotalHead: label, Segments: []Segment{{Official, label}}, Rows: []StackRow{{Label: label, Href: href, Values: []float64{v}}}})
		},
		"tiles": func() (Chart, error) {
			return Tiles(TilesSpec{Frame: f, Stages: []Segment{{Official, label}}, Blocks: []Block{{Label: label, Href: label, Tiles: []Tile{{Tone: Official, Title: label, Href: href}}}}})
		},
		"bars": func() (Chart, error) { return Bars(BarsSpec{Frame: f, Head: label, ValueHead: label, Bars: bar}) },
		"columns": func() (Chart, error) {
			return Columns(ColumnsSpec{Frame: f, Columns: bar, MarkBefore: 1, MarkTag: label, TargetTag: label, Target: v, Unit: label})
		},
		"gantt": func() (Chart, error) {
			return Gantt(GanttSpec{Frame: f, Head: label, StateHead: label, Tones: []Segment{{Held, label}}, BaseName: label, MetName: label, OpenName: label, Today: day(2), TodayTag: label,
				Rows:       []GanttRow{{Label: label, Href: href, State: label, From: day(0), Until: day(4), BaseFrom: day(1), BaseUntil: day(2)}, {Label: label}},
				Milestones: []Milestone{{Label: label, Href: href, State: label, Day: day(1)}, {Label: label, Day: day(1), Met: true}}})
		},
		"burnup": func() (Chart, error) {
			return BurnUp(BurnUpSpec{Frame: f, DateHead: label, Done: l, Scope: l, Plan: l, EarlyTag: label, LikelyTag: label, LateTag: label,
				Forecast: Band{label, label, label, dates, []float64{0, 0}, values, values}})
		},
		"ages": func() (Chart, error) {
			return Ages(AgesSpec{Frame: f, Head: label, ValueHead: label, LateHead: label, Limit: 3, LimitTag: label, Buckets: []Bucket{{label, 4, v, v / 2, href}, {label, 0, v, v, label}}})
		},
		"attain": func() (Chart, error) {
			return Attain(AttainSpec{Frame: f, Head: label, GapHead: label, Unit: label, TargetName: label, MetName: label, MissedName: label, Rows: []AttainRow{{Label: label, Href: href, Value: v, Target: v / 2}}})
		},
		"pareto": func() (Chart, error) {
			return Pareto(ParetoSpec{Frame: f, Head: label, Bars: append(bar, bar...), Most: 2, OtherLabel: label, CutTag: label})
		},
		"lollipop": func() (Chart, error) {
			return Lollipop(LollipopSpec{Frame: f, Head: label, Rows: []Pop{{Label: label, Href: href, Value: v / 2, Of: v}}})
		},
		"multiples": func() (Chart, error) {
			return Multiples(MultiplesSpec{Frame: f, Head: label, DateHead: label, Unit: label, Panels: []Panel{{label, href, l, l}, {Label: label}}})
		},
		"spark": func() (Chart, error) {
			return Spark(SparkSpec{Frame: f, Head: label, Labels: []string{label, label}, Values: values})
		},
		"days": func() (Chart, error) { return Days(DaysSpec{Frame: f, Low: l, High: l, Limit: v, LimitTag: label}) },
	}
}

func FuzzLabels(f *testing.F) {
	f.Add("Đặng Xá", 1.0)
	f.Add("<a href='x'>&amp;\x00]]>", 1e14)
	f.Add("e\u0301\u200f\U0010ffff\xff", -0.1)
	f.Add(strings.Repeat("Phường Đình Bảng ", 40), 0.0)
	f.Add("", 5e-324)
	f.Fuzz(func(t *testing.T, label string, value float64) {
		for name, build := range hostile(label, value) {
			c, err := build()
			rubbish := math.IsNaN(value) || value < 0 || value > 1e15
			if name == "tiles" || name == "gantt" {
				rubbish = false
			}
			if rubbish != (err != nil) {
				t.Fatalf("%s of %v: %v", name, value, err)
			}
			if err != nil {
				continue
			}
			if strings.ContainsRune(c.SVG(), 0) {
				t.Fatalf("%s holds what XML forbids", name)
			}
			wellFormed(t, c.SVG())
			for _, row := range c.Table().Rows {
				if len(row) != len(c.Table().Head) {
					t.Fatalf("%s: a row of %d cells under %d heads", name, len(row), len(c.Table().Head))
				}
			}
		}
	})
}
