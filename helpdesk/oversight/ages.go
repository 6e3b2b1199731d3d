package oversight

import (
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/site/ui"
)

// ageTable is how old the open tickets of each group are.
func ageTable(t i18n.T, called *helpdesk.Catalogue, ages map[helpdesk.Group][4]helpdesk.Aged) ui.TableData {
	d := ui.TableData{Caption: t.Say("oversight.ages"), Count: -1, Columns: []ui.Column{{Label: t.Say("oversight.team.groups.of")}, {Label: t.Say("oversight.age.0"), Num: true},
		{Label: t.Say("oversight.age.1"), Num: true}, {Label: t.Say("oversight.age.2"), Num: true}, {Label: t.Say("oversight.age.3"), Num: true}}}
	for _, g := range called.Teams {
		if _, has := ages[g.Code]; !has && !g.Active {
			continue
		}
		r := ui.Row{Cells: []templ.Component{ui.Text(called.Group(t, g.Code))}}
		for _, n := range ages[g.Code] {
			r.Cells = append(r.Cells, ui.Number(t, n.Open))
		}
		d.Rows = append(d.Rows, r)
	}
	return d
}

// ageChart is how old all open tickets are, and how many of them are over due. There is no
// rule at a limit: each ticket has a term of its own.
func ageChart(t i18n.T, ages map[helpdesk.Group][4]helpdesk.Aged) (ui.ChartData, error) {
	until := [4]float64{1, 7, 30, 0} // days; the last is open
	spec := plot.AgesSpec{Head: t.Say("oversight.age"), ValueHead: t.Say("oversight.open"), LateHead: t.Say("oversight.late")}
	var sum helpdesk.Aged
	for i := range until {
		b := plot.Bucket{Label: t.Say("oversight.age." + strconv.Itoa(i)), Until: until[i]}
		for _, group := range ages {
			b.Value, b.Late = b.Value+float64(group[i].Open), b.Late+float64(group[i].Late)
			sum.Open, sum.Late = sum.Open+group[i].Open, sum.Late+group[i].Late
		}
		spec.Buckets = append(spec.Buckets, b)
	}
	spec.Title = t.Say("oversight.ages.chart", "n", sum.Open, "late", sum.Late)
	spec.Lang, spec.Empty = t.Lang, t.Say("oversight.ages.none")
	var both []plot.Chart
	for _, f := range []plot.Frame{{Width: 960, Class: "plot-wide"}, {Width: 360, Class: "plot-narrow"}} {
		spec.Width, spec.Class = f.Width, f.Class
		one, err := plot.Ages(spec)
		if err != nil {
			return ui.ChartData{}, err
		}
		both = append(both, one)
	}
	return ui.Plotted(spec.Title, both...), nil
}
