package inventory

import (
	"net/url"
	"slices"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory/readiness"
	"lotrinh/inventory/views"
)

// trendDays is how far back a trend reaches.
const trendDays = 180

// city shows all districts within reach.
func (p pages) city(c *httpx.Ctx) error {
	roll, err := p.Roll(c.Std(), c.Who)
	if err != nil {
		return err
	}
	tree, err := p.units.Tree(c.Std(), p.clock.Now())
	if err != nil {
		return err
	}
	t := c.T
	v := views.Standing{Header: ui.HeaderData{Title: t.Say("inventory.city.title"), Lead: t.Say("inventory.city.lead")},
		Figures: tallyFigures(t, roll.All, "/inventory/gaps", func(v readiness.Verdict) string { return boardHref(BoardFilter{Verdict: string(v)}) }),
		Units:   ui.CardData{Title: t.Say("inventory.city.districts"), Flush: true}, Table: districtTable(t, roll)}
	if roots := tree.Roots(); len(roots) > 0 && c.Who.Covers(Look, roots[0].Code) {
		if v.Charts, err = p.trend(c, roots[0].Code, roll.All); err != nil {
			return err
		}
	}
	stack, err := p.stacked(t, roll)
	if err != nil {
		return err
	}
	v.Charts = append(v.Charts, stack)
	if v.Lines, v.Lacking, err = p.lacking(c, ""); err != nil {
		return err
	}
	return p.show(c, v.Header.Title, views.StandingPage(t, v))
}

// district shows the communes of one district.
func (p pages) district(c *httpx.Ctx) error {
	code := c.Params("code")
	tree, err := p.units.Tree(c.Std(), p.clock.Now())
	if err != nil {
		return err
	}
	d, ok := tree.Unit(code)
	if !ok || d.Level != org.District {
		return fault.New(fault.Missing, "fault.missing")
	}
	b, err := p.Board(c.Std(), c.Who, BoardFilter{District: code})
	if err != nil {
		return err
	}
	if b.Total == 0 {
		return fault.New(fault.Missing, "fault.missing")
	}
	t := c.T
	tally := Tally{Communes: b.Total, Count: b.Count, Gaps: b.OpenGaps}
	v := views.Standing{Header: ui.HeaderData{Title: d.Title(), Lead: t.Say("inventory.district.lead"), Crumbs: []ui.Crumb{{Label: t.Say("inventory.city.title"), Href: "/inventory/city"}, {Label: d.Title()}}},
		Figures: tallyFigures(t, tally, "/inventory/gaps?district="+url.QueryEscape(code), func(v readiness.Verdict) string { return boardHref(BoardFilter{District: code, Verdict: string(v)}) }),
		Units:   ui.CardData{Title: t.Say("inventory.district.communes"), Flush: true}, Table: boardTable(t, b)}
	v.Table.HideCap = true
	if c.Who.Covers(Look, code) {
		if v.Charts, err = p.trend(c, code, tally); err != nil {
			return err
		}
	}
	if v.Lines, v.Lacking, err = p.lacking(c, code); err != nil {
		return err
	}
	return p.show(c, d.Title(), views.StandingPage(t, v))
}

// trend is how many communes were ready at the end of each day, and how many more were
// excused; today's number is the one of this moment.
func (p pages) trend(c *httpx.Ctx, unit string, now Tally) ([]ui.ChartData, error) {
	t, at := c.T, p.clock.Now()
	days, err := p.Days(c.Std(), c.Who, unit, clock.Date(at.AddDate(0, 0, -trendDays)))
	if err != nil {
		return nil, err
	}
	today, _ := clock.Day(at)
	days = append(days, dayOfTally(unit, clock.Date(at), now, at))
	spec := plot.SCurveSpec{DateHead: t.Say("inventory.trend.day"), Total: float64(now.Communes), TotalTag: t.Say("inventory.trend.communes", "n", now.Communes),
		Today: today, TodayTag: t.Say("inventory.trend.today")}
	spec.Title = t.Say("inventory.trend.title", "n", now.Count[readiness.Met], "all", now.Communes, "change", moved(t, days))
	spec.Lang, spec.Empty = t.Lang, t.Say("ui.chart.none")
	spec.Verified.Name, spec.Declared.Name = t.Say("inventory.trend.met"), t.Say("inventory.trend.waived")
	excused := slices.ContainsFunc(days, func(d Day) bool { return d.Waived > 0 })
	for _, one := range days {
		d, err := clock.ParseDate(one.Day)
		if err != nil {
			return nil, err
		}
		point(&spec.Verified, d, one.Met)
		if excused {
			point(&spec.Declared, d, one.Met+one.Waived)
		}
	}
	wide, narrow := spec, spec
	wide.Width, wide.Class = 960, "plot-wide"
	narrow.Width, narrow.Class = 360, "plot-narrow"
	big, err := p.drawn(wide)
	if err != nil {
		return nil, err
	}
	small, err := p.drawn(narrow)
	if err != nil {
		return nil, err
	}
	return []ui.ChartData{ui.Plotted(spec.Title, big, small)}, nil
}

func (p pages) drawn(spec plot.SCurveSpec) (plot.Chart, error) {
	return p.charts.Get(spec.Key(), func() (plot.Chart, error) { return plot.SCurve(spec) })
}

func point(l *plot.Line, d time.Time, n int64) {
	l.Dates, l.Values = append(l.Dates, d), append(l.Values, float64(n))
}

// moved says by how many the ready communes are more or fewer than on the first day.
func moved(t i18n.T, days []Day) string {
	if len(days) < 2 {
		return ""
	}
	d, err := clock.ParseDate(days[0].Day)
	n := days[len(days)-1].Met - days[0].Met
	switch {
	case err != nil:
		return ""
	case n > 0:
		return t.Say("inventory.trend.more", "n", n, "day", t.Day(d))
	case n < 0:
		return t.Say("inventory.trend.fewer", "n", -n, "day", t.Day(d))
	}
	return t.Say("inventory.trend.same", "day", t.Day(d))
}

// stacked are the districts side by side in absolute numbers.
func (p pages) stacked(t i18n.T, roll Roll) (ui.ChartData, error) {
	order := []readiness.Verdict{readiness.Met, readiness.Waived, readiness.Unknown, readiness.Unmet}
	tones := []plot.Tone{plot.Good, plot.Declared, plot.Neutral, plot.Late}
	spec := plot.StackedSpec{Head: t.Say("inventory.column.district"), TotalHead: t.Say("inventory.trend.total")}
	for i, v := range order {
		spec.Segments = append(spec.Segments, plot.Segment{Tone: tones[i], Name: t.Say("readiness.verdict." + string(v))})
	}
	worst, name := 0, ""
	for _, d := range roll.Districts {
		row := plot.StackRow{Label: d.District.Title(), Href: "/inventory/districts/" + d.District.Code}
		for _, v := range order {
			row.Values = append(row.Values, float64(d.Count[v]))
		}
		spec.Rows = append(spec.Rows, row)
		if d.Count[readiness.Unmet] > worst {
			worst, name = d.Count[readiness.Unmet], d.District.Title()
		}
	}
	spec.Title = t.Say("inventory.city.none_unmet")
	if worst > 0 {
		spec.Title = t.Say("inventory.city.worst", "name", name, "n", worst)
	}
	spec.Lang, spec.Empty = t.Lang, t.Say("ui.chart.none")
	wide, narrow := spec, spec
	wide.Width, wide.Class = 960, "plot-wide"
	narrow.Width, narrow.Class = 360, "plot-narrow"
	big, err := p.charts.Get(wide.Key(), func() (plot.Chart, error) { return plot.Stacked(wide) })
	if err != nil {
		return ui.ChartData{}, err
	}
	small, err := p.charts.Get(narrow.Key(), func() (plot.Chart, error) { return plot.Stacked(narrow) })
	return ui.Plotted(spec.Title, big, small), err
}

func districtTable(t i18n.T, roll Roll) ui.TableData {
	d := ui.TableData{Caption: t.Say("inventory.city.districts"), HideCap: true, Count: int64(len(roll.Districts)), Columns: []ui.Column{{Label: t.Say("inventory.column.district")},
		{Label: t.Say("inventory.trend.communes_head"), Num: true}}, Empty: ui.EmptyData{Icon: "search", Title: t.Say("inventory.board.none"), Text: t.Say("inventory.board.none.hint")}}
	for _, v := range verdicts {
		d.Columns = append(d.Columns, ui.Column{Label: t.Say("readiness.verdict." + string(v)), Num: true})
	}
	d.Columns = append(d.Columns, ui.Column{Label: t.Say("inventory.city.rate"), Num: true}, ui.Column{Label: t.Say("inventory.board.assets"), Num: true}, ui.Column{Label: t.Say("inventory.board.gaps"), Num: true})
	for _, one := range roll.Districts {
		href := "/inventory/districts/" + one.District.Code
		row := ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, one.District.Title(), ""), ui.Number(t, int64(one.Communes))}}
		for _, v := range verdicts {
			row.Cells = append(row.Cells, ui.Number(t, int64(one.Count[v])))
		}
		rate := t.Percent(float64(one.Count[readiness.Met]) / float64(max(one.Communes, 1)))
		row.Cells = append(row.Cells, ui.Text(rate), ui.Number(t, one.Assets), ui.Number(t, one.Gaps))
		d.Rows = append(d.Rows, row)
	}
	return d
}

// lacking is what is short most, line by line of the profiles in force.
func (p pages) lacking(c *httpx.Ctx, district string) (ui.CardData, ui.TableData, error) {
	t := c.T
	card := ui.CardData{Title: t.Say("inventory.lacking.title"), Note: t.Say("inventory.lacking.note"), Flush: true}
	tallies, err := p.LineTallies(c.Std(), c.Who, district)
	if err != nil {
		return card, ui.TableData{}, err
	}
	labels, err := p.lineLabels(c)
	if err != nil {
		return card, ui.TableData{}, err
	}
	d := ui.TableData{Caption: card.Title, HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("inventory.lacking.line")}, {Label: t.Say("inventory.profiles.weight")},
		{Label: t.Say("inventory.lacking.short"), Num: true}}, Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("inventory.lacking.none")}}
	for _, v := range verdicts {
		d.Columns = append(d.Columns, ui.Column{Label: t.Say("readiness.verdict." + string(v)), Num: true})
	}
	for _, one := range tallies {
		label, ok := labels[one.Profile+"/"+one.Line]
		if !ok {
			continue // of a version that no longer applies; its communes are judged anew
		}
		row := ui.Row{Cells: []templ.Component{ui.Two(label.line, label.profile), ui.Text(weightWord(t, one.Must)), ui.Number(t, one.Short)}}
		for _, v := range verdicts {
			row.Cells = append(row.Cells, ui.Number(t, int64(one.Count[v])))
		}
		d.Rows = append(d.Rows, row)
	}
	return card, d, nil
}

type lineLabel struct{ line, profile string }

// lineLabels are the names of the lines of the profiles in force, by "profile/line".
func (p pages) lineLabels(c *httpx.Ctx) (map[string]lineLabel, error) {
	all, err := p.Profiles(c.Std(), c.Who)
	if err != nil {
		return nil, err
	}
	rules, err := rulesOf(all)
	if err != nil {
		return nil, err
	}
	out := map[string]lineLabel{}
	for _, r := range rules {
		for _, l := range r.lines {
			out[r.Code+"/"+l.Code] = lineLabel{LineLabel(c.T, l), r.Title(c.T)}
		}
	}
	return out, nil
}
