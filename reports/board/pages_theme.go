package board

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
	"lotrinh/reports"
	"lotrinh/reports/board/views"
	"lotrinh/reports/metric"
)

// theme answers with the board of an area's metrics for a unit: one of them is chosen, shown
// by the units below and day by day.
func (p *pages) theme(th theme) httpx.Handler {
	return func(c *httpx.Ctx) error {
		b := p.page(c)
		u, tree, err := p.place(c.Std(), c.Who, b.st.Unit)
		if err != nil {
			return err
		}
		b.tree = tree
		m := th.chosen(b.st.Metric)
		of, err := p.programme(c.Std(), b.st.Programme)
		if noProgramme(err) {
			return p.none(b)
		} else if err != nil {
			return err
		}
		path := Home + "/" + th.Name
		v := views.Board{Header: b.themeHeader(th, u, of), Days: b.days(path)}
		known, before, err := b.read(th, u)
		if err != nil {
			return err
		}
		for _, k := range th.Metrics {
			v.Figures = append(v.Figures, b.tile(path, k, m.Key, u, known, before))
		}
		if th.Name == "programme" {
			if err := b.plan(u, &v); err != nil {
				return err
			}
		}
		if err := b.themeParts(th, u, m, known, &v); err != nil {
			return err
		}
		return p.show(b, path, u, v)
	}
}

func (b *page) themeHeader(th theme, u org.Unit, of reports.Programme) ui.HeaderData {
	h := ui.HeaderData{Title: b.t.Say("board.theme."+th.Name, "place", upperFirst(u.Full())), Lead: b.lead(of),
		Crumbs: []ui.Crumb{{Label: b.t.Say("board.title"), Href: b.st.lasting().At(Home)}}}
	path := b.tree.Path(u.Code)
	for i, step := range path {
		if !b.c.Who.Covers(reports.Overview, step.Code) {
			continue
		}
		one := ui.Crumb{Label: step.Full()}
		if i < len(path)-1 {
			one.Href = b.st.theme(th.Name, step.Code, b.st.Metric)
		}
		h.Crumbs = append(h.Crumbs, one)
	}
	return h
}

// read asks the store for the metrics of a theme, of a unit and of those below it; before is
// the unit on the day to compare with.
func (b *page) read(th theme, u org.Unit) (known, before metric.Table, err error) {
	units := []string{u.Code}
	for _, one := range below(b.c.Who, b.tree, u.Code) {
		units = append(units, one.Code)
	}
	if known, err = b.s.values(b.c.Std(), b.c.Who, th.Metrics, units, b.st, b.day); err != nil || b.st.With == "" {
		return known, metric.Table{}, err
	}
	before, err = b.s.values(b.c.Std(), b.c.Who, th.Metrics, units[:1], b.st, b.st.With)
	return known, before, err
}

// tile is a metric of a theme; pressing it chooses the metric, pressing the chosen one leads
// to the records.
func (b *page) tile(path string, k, chosen metric.Key, u org.Unit, known, before metric.Table) ui.FigureData {
	t := b.t
	m, _ := metric.Find(k)
	v := known.At(k, u.Code)
	st := b.st
	st.Metric = k
	f := ui.FigureData{Label: m.Name(t), Value: m.Write(t, v), Href: st.At(path)}
	if m.Kind == metric.Rate && v.Known && v.Of != 0 {
		f.Of = t.Say("board.part_of", "n", v.N, "of", v.Of)
	}
	if _, is := v.Number(m); !is {
		f.Value, f.SoWhat = t.Say("board.unknown"), t.Say("metric.unknown")
		return f
	}
	if m.Kind == metric.Flow {
		f.SoWhat = t.Say("board.in_days", "n", week)
	}
	if href := records(m, u); k == chosen && href != "" && b.st.On == "" {
		f.Href, f.SoWhat = href, t.Say("board.records")
	}
	if b.st.With != "" {
		d := Compare(m, v, before.At(k, u.Code))
		f.SoWhat = t.Say("board.verdict." + string(d.Verdict))
		if d.Verdict != NoData {
			f.SoWhat = t.Say("board.against", "by", b.by(d), "verdict", f.SoWhat, "day", dayWords(t, b.st.With))
		}
		switch d.Verdict {
		case Better:
			f.Tone = ui.Good
		case Worse:
			f.Tone = ui.Bad
		}
	}
	return f
}

// records is where the records behind a metric of a unit are listed; empty when nowhere.
func records(m metric.Metric, u org.Unit) string {
	code := u.Code
	if u.Parent == "" {
		code = ""
	}
	return strings.ReplaceAll(m.Href, "{unit}", url.QueryEscape(code))
}

// themeParts are the chosen metric by unit and by day, and the table of all of them.
func (b *page) themeParts(th theme, u org.Unit, m metric.Metric, known metric.Table, v *views.Board) error {
	children := below(b.c.Who, b.tree, u.Code)
	if len(children) > 0 {
		bars, err := b.bars(th, m, children, known)
		if err != nil {
			return err
		}
		if len(bars.Rows) > 0 {
			v.Parts = append(v.Parts, views.Part{Chart: &bars})
		}
	}
	lines, err := b.s.series(b.c.Std(), b.c.Who, m.Key, []string{u.Code}, b.st, b.day)
	if err != nil {
		return err
	}
	line := metric.Line{}
	if len(lines) > 0 {
		line = lines[0]
	}
	days, err := b.daily(b.t.Say("board.daily", "metric", m.Name(b.t), "n", lookBack), m, line)
	if err != nil {
		return err
	}
	if len(days.Rows) > 0 {
		v.Parts = append(v.Parts, views.Part{Chart: &days})
	}
	if len(children) > 0 {
		v.Parts = append(v.Parts, b.themeTable(th, m, children, known))
	}
	return nil
}

// bars is the chosen metric of the units below; a bar leads down to its unit.
func (b *page) bars(th theme, m metric.Metric, children []org.Unit, known metric.Table) (ui.ChartData, error) {
	type one struct {
		u org.Unit
		v metric.Value
		x float64
	}
	var all []one
	for _, u := range children {
		v := known.At(m.Key, u.Code)
		if x, is := v.Number(m); is && m.Unit != metric.Day && (x != 0 || m.Kind == metric.Rate) {
			all = append(all, one{u, v, x})
		}
	}
	slices.SortStableFunc(all, func(a, b one) int { return cmp.Compare(b.x, a.x) })
	if len(all) == 0 {
		return ui.ChartData{}, nil
	}
	name := func(o one) string { return upperFirst(o.u.Full()) }
	title := b.t.Say("board.bars.most", "metric", m.Name(b.t), "name", name(all[0]), "value", m.Write(b.t, all[0].v))
	all = all[:min(len(all), 3*mostBars)]
	if m.Kind == metric.Rate {
		var pops []plot.Pop
		for _, o := range all {
			pops = append(pops, plot.Pop{Label: name(o), Href: b.st.theme(th.Name, o.u.Code, m.Key), Value: float64(o.v.N), Of: float64(o.v.Of)})
		}
		return b.shares(title, m, pops)
	}
	var bars []plot.Bar
	for _, o := range all {
		bars = append(bars, plot.Bar{Label: name(o), Value: o.x, Href: b.st.theme(th.Name, o.u.Code, m.Key)})
	}
	return b.lying(title, b.t.Say("reports.column.commune"), m.Name(b.t), bars)
}

// themeTable is every metric of a theme for the units below; a number leads to its records.
func (b *page) themeTable(th theme, chosen metric.Metric, children []org.Unit, known metric.Table) views.Part {
	t := b.t
	card := ui.CardData{Title: t.Say("board.table"), Note: t.Say("board.table.note", "n", week), Flush: true}
	d := ui.TableData{Caption: card.Title, HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("reports.column.commune")}},
		Empty: ui.EmptyData{Icon: "chart-bar", Title: t.Say("board.empty"), Text: t.Say("board.table.none")}}
	var shown []metric.Metric
	for _, k := range th.Metrics {
		if m, _ := metric.Find(k); m.Grain != metric.ByCity {
			shown = append(shown, m)
			d.Columns = append(d.Columns, ui.Column{Label: m.Name(t), Num: true, Quiet: m.Key != chosen.Key && len(shown) > 2})
		}
	}
	for _, u := range children {
		href := b.st.theme(th.Name, u.Code, b.st.Metric)
		row := ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, upperFirst(u.Full()), "")}}
		told := false
		for _, m := range shown {
			v := known.At(m.Key, u.Code)
			told = told || v.Known
			text := ui.Text(m.Write(t, v))
			if _, is := v.Number(m); !is {
				text = ui.Text("")
			} else if to := records(m, u); to != "" && b.st.On == "" {
				text = ui.Link(to, m.Write(t, v))
			}
			row.Cells = append(row.Cells, text)
		}
		if told {
			d.Rows = append(d.Rows, row)
		}
	}
	return views.Part{Card: card, Table: d}
}

// plan puts the curve, the phases and the milestones of the programme on its board.
func (b *page) plan(u org.Unit, v *views.Board) error {
	of, err := b.s.standing(b.c.Std(), b.c.Who, b.st, u.Code, b.day)
	if err != nil {
		return err
	}
	v.Phases = b.phases(Home+"/programme", of)
	of = of.Under("", b.st.Phase)
	n := of.Sum()
	if b.st.Phase == "" {
		c, err := b.curve(of, n)
		if err != nil {
			return err
		}
		v.Parts = append(v.Parts, views.Part{Chart: &c})
	}
	if u.Level != org.Commune {
		c, err := b.stages(of.Districts())
		if err != nil {
			return err
		}
		v.Parts = append(v.Parts, views.Part{Chart: &c})
	}
	if u.Parent == "" {
		small, err := b.multiples(of.Districts())
		if err != nil {
			return err
		}
		if len(small.Rows) > 0 {
			v.Parts = append(v.Parts, views.Part{Chart: &small})
		}
	}
	v.Parts = append(v.Parts, b.phaseTable(u, of), b.milestones(of))
	return nil
}

// phaseTable is how each phase stands against its days.
func (b *page) phaseTable(u org.Unit, of Standing) views.Part {
	t := b.t
	card := ui.CardData{Title: t.Say("board.phases"), Flush: true}
	d := ui.TableData{Caption: card.Title, HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("board.column.phase")}, {Label: t.Say("board.column.trial_on")},
		{Label: t.Say("board.column.official_on")}, {Label: t.Say("reports.column.total"), Num: true}, {Label: t.Say("reports.stage.official"), Num: true},
		{Label: t.Say("board.card.late"), Num: true}, {Label: t.Say("board.card.unmet"), Num: true}}, Empty: ui.EmptyData{Icon: "route", Title: t.Say("board.empty")}}
	unit := u.Code
	if u.Parent == "" {
		unit = ""
	}
	for _, ph := range of.Phases {
		n := of.Under("", strconv.Itoa(ph.No)).Sum()
		st := b.st
		st.Phase = strconv.Itoa(ph.No)
		row := ui.Row{Cells: []templ.Component{ui.Main(st.communes(unit, ShowAll), b.say(ph.Name, ph.NameEN), ""), ui.Text(dayWords(t, ph.TrialOn)), ui.Text(dayWords(t, ph.OfficialOn)),
			ui.Number(t, int64(n.Total)), ui.Link(st.communes(unit, ShowOfficial), t.Int(int64(n.Official))), ui.Link(st.communes(unit, ShowLate), t.Int(int64(n.Late))),
			ui.Link(st.communes(unit, ShowUnmet), t.Int(int64(n.Unmet)))}}
		if n.Late > 0 {
			row.Tone = ui.Late
		}
		d.Rows = append(d.Rows, row)
	}
	return views.Part{Card: card, Table: d}
}

// milestones are the promised days and what became of them by the day of the board.
func (b *page) milestones(of Standing) views.Part {
	t := b.t
	over := of.PlanAt().over
	card := ui.CardData{Title: t.Say("board.milestones"), Flush: true}
	d := ui.TableData{Caption: card.Title, HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("board.column.milestone")}, {Label: t.Say("board.column.planned_on")},
		{Label: t.Say("board.column.actual_on")}, {Label: t.Say("board.column.state")}}, Empty: ui.EmptyData{Icon: "calendar", Title: t.Say("board.milestones.none")}}
	for _, m := range of.Milestones {
		actual := m.ActualOn
		if actual > b.day {
			actual = "" // not yet reached on that day
		}
		state := ui.State{Tone: ui.Neutral, Word: t.Say("board.milestone.ahead")}
		row := ui.Row{}
		switch {
		case actual != "" && actual <= m.PlannedOn:
			state = ui.State{Tone: ui.Good, Word: t.Say("board.milestone.kept")}
		case actual != "":
			state = ui.State{Tone: ui.Warn, Word: t.Say("board.milestone.later")}
		case m.PlannedOn <= over:
			state, row.Tone = ui.State{Tone: ui.Late, Word: t.Say("board.milestone.late")}, ui.Late
		}
		done := ""
		if actual != "" {
			done = dayWords(t, actual)
		}
		row.Cells = []templ.Component{ui.Text(b.say(m.Title, m.TitleEN)), ui.Text(dayWords(t, m.PlannedOn)), ui.Text(done), ui.Badge(state)}
		d.Rows = append(d.Rows, row)
	}
	return views.Part{Card: card, Table: d}
}
