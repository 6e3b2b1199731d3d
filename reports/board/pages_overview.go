package board

import (
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
	"lotrinh/reports"
	"lotrinh/reports/board/views"
	"lotrinh/reports/metric"
)

const (
	listed = 5 // rows of a list before it leads to all of them
	told   = 1 // measured details of a commune in such a list
)

// overview is the city, or as much of it as the reader may see.
func (p *pages) overview(c *httpx.Ctx) error {
	b := p.page(c)
	_, tree, err := p.place(c.Std(), c.Who, "")
	if err != nil {
		return err
	}
	roots := tree.Roots()
	if len(roots) == 0 {
		return p.none(b)
	}
	b.tree, b.st.Unit = tree, ""
	return p.whole(b, Home, roots[0])
}

// district is one district, or whatever unit lies between the city and its communes.
func (p *pages) district(c *httpx.Ctx) error {
	b := p.page(c)
	u, tree, err := p.place(c.Std(), c.Who, c.Params("code"))
	if err != nil {
		return err
	}
	if u.Parent == "" || u.Level == org.Commune {
		return fault.New(fault.Missing, "fault.missing")
	}
	b.tree, b.st.Unit = tree, ""
	return p.whole(b, Home+"/districts/"+u.Code, u)
}

// whole is the board of the city or of a district: how far, how true, what is in the way.
func (p *pages) whole(b *page, path string, u org.Unit) error {
	of, err := p.standing(b.c.Std(), b.c.Who, b.st, u.Code, b.day)
	if noProgramme(err) {
		return p.none(b)
	} else if err != nil {
		return err
	}
	narrowed := of.Under("", b.st.Phase)
	n := narrowed.Sum()
	w, err := b.work(u.Code)
	if err != nil {
		return err
	}
	v := views.Board{Header: b.header(u, of.Programme), Days: b.days(path)}
	if u.Parent == "" {
		v.Phases = b.phases(path, of)
	}
	if len(of.Communes) == 0 && len(of.Days) == 0 {
		v.Empty = &ui.EmptyData{Icon: "chart-bar", Title: b.t.Say("board.empty"), Text: b.t.Say("board.empty.text")}
		return p.show(b, path, u, v)
	}
	v.Figures = b.figures(u, n, w)
	if b.st.With != "" {
		part, err := b.against(u, n, w)
		if err != nil {
			return err
		}
		v.Parts = append(v.Parts, part)
	}
	if u.Parent != "" {
		v.Parts = append(v.Parts, b.reasons(u, narrowed))
	} else if b.st.On == "" {
		panels, err := p.panelParts(b.c)
		if err != nil {
			return err
		}
		v.Parts = append(v.Parts, panels...)
	}
	charts, err := b.charts(u, narrowed, n, w)
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, charts...)
	if u.Parent == "" {
		v.Parts = append(v.Parts, b.reasons(u, narrowed))
	}
	v.Parts = append(v.Parts, b.todo("gaps", w.gaps.Href, w.gaps.Oldest), b.todo("tickets", w.tickets.LateHref, w.tickets.Overdue))
	return p.show(b, path, u, v)
}

// header heads a board of a unit; its path leads back up.
func (b *page) header(u org.Unit, of reports.Programme) ui.HeaderData {
	h := ui.HeaderData{Title: b.t.Say("board.title"), Lead: b.lead(of)}
	if u.Parent != "" {
		h.Title = upperFirst(u.Full())
		h.Crumbs = []ui.Crumb{{Label: b.t.Say("board.title"), Href: b.st.lasting().At(Home)}, {Label: u.Full()}}
		h.More = []ui.Action{{Label: b.t.Say("board.to_district"), Href: "/rollout/districts/" + u.Code, Icon: "route"}}
	}
	if b.c.Who.May(reports.Read) {
		h.Action = &ui.Action{Label: b.t.Say("reports.title"), Href: "/reports", Icon: "report"}
	}
	return h
}

// work is what is lacking and what is asked for in a unit, with its lists: now, or at the end of
// a day gone by with the figures that were stored of it.
type work struct {
	gaps    reports.Gaps
	tickets reports.Tickets
	known   metric.Table
}

var workKeys = []metric.Key{"gaps.open", "gaps.late", "tickets.open", "tickets.late"}

func (b *page) work(unit string) (w work, err error) {
	ctx, who := b.c.Std(), b.c.Who
	a := reports.Ask{Who: who, Unit: unit}
	from, until := clock.Day(b.s.Business.Now())
	if b.st.On != "" {
		day, err := clock.ParseDate(b.st.On)
		if err != nil {
			return w, err
		}
		from, until = clock.Day(day)
		a.At = until.Add(-time.Microsecond)
	}
	if w.gaps, err = b.s.Inventory.Gaps(ctx, a); err != nil {
		return w, err
	}
	if w.tickets, err = b.s.HelpDesk.Tickets(ctx, a, from.Add(-(week-1)*24*time.Hour), until); err != nil {
		return w, err
	}
	if b.st.On != "" {
		w.known, err = b.s.values(ctx, who, workKeys, []string{unit}, State{}, b.day)
		return w, err
	}
	w.known = metric.Table{}
	for k, n := range map[metric.Key]int{"gaps.open": w.gaps.Open, "gaps.late": w.gaps.Late, "tickets.open": w.tickets.Open, "tickets.late": w.tickets.Late} {
		w.known.Put(k, unit, metric.Value{N: int64(n), Known: true})
	}
	return w, nil
}

// figures are what stands on top, each with what follows from it and a way on.
func (b *page) figures(u org.Unit, n Sum, w work) []ui.FigureData {
	t, unit := b.t, u.Code
	if u.Parent == "" {
		unit = ""
	}
	count := func(key string, n int, show Show) ui.FigureData {
		return ui.FigureData{Label: t.Say(key), Value: t.Int(int64(n)), Href: b.st.communes(unit, show)}
	}
	total := t.Say("board.of", "n", n.Total)
	official := count("board.card.official", n.Official, ShowOfficial)
	official.Of = total
	switch due := n.Planned - n.Official; {
	case n.Late > 0:
		official.SoWhat = t.Say("board.card.planned", "n", n.Planned)
	case due > 0:
		official.SoWhat, official.Tone = t.Say("board.card.due", "n", due), ui.Warn
	case n.Planned == 0:
		official.SoWhat = t.Say("board.card.not_begun")
	default:
		official.SoWhat, official.Tone = t.Say("board.card.on_plan"), ui.Good
	}
	late := count("board.card.late", n.Late, ShowLate)
	late.SoWhat, late.Tone = t.Say("board.card.late.none"), ui.Good
	if n.Late > 0 {
		late.SoWhat, late.Tone = t.Say("board.card.late.so"), ui.Late
	}
	verified := count("board.card.verified", n.Verified, ShowReady)
	verified.Of, verified.SoWhat, verified.Tone = total, t.Say("board.card.verified.all", "declared", n.Declared), ui.Good
	if ahead := n.Declared - n.Verified; ahead > 0 {
		verified.SoWhat, verified.Tone = t.Say("board.card.verified.ahead", "declared", n.Declared, "n", ahead), ui.Warn
	}
	held := count("board.card.unmet", n.Unmet, ShowUnmet)
	switch {
	case n.Unknown > 0:
		held.SoWhat, held.Tone = t.Say("board.card.unmet.unknown", "n", n.Unknown), ui.Warn
	case n.Unmet > 0:
		held.SoWhat = t.Say("board.card.unmet.some")
	default:
		held.SoWhat, held.Tone = t.Say("board.card.unmet.none"), ui.Good
	}
	return []ui.FigureData{official, late, verified, held, b.open("gaps", "equipment", u.Code, w), b.open("tickets", "helpdesk", u.Code, w)}
}

// open is how much of something waits in a unit, and how much of it is late.
func (b *page) open(of, theme, unit string, w work) ui.FigureData {
	t := b.t
	f := ui.FigureData{Label: t.Say("board.card." + of), Value: t.Say("board.unknown"), Href: b.st.theme(theme, unit, metric.Key(of+".open"))}
	n, late := w.known.At(metric.Key(of+".open"), unit), w.known.At(metric.Key(of+".late"), unit)
	if !n.Known {
		f.SoWhat = t.Say("board.unknown.so")
		return f
	}
	f.Value = t.Int(n.N)
	switch {
	case late.N > 0:
		f.SoWhat, f.Tone = t.Say("board.card.overdue", "n", late.N), ui.Late
	case n.N > 0:
		f.SoWhat = t.Say("board.card." + of + ".some")
	default:
		f.SoWhat, f.Tone = t.Say("board.card."+of+".none"), ui.Good
	}
	return f
}

// charts are the pictures of a board.
func (b *page) charts(u org.Unit, of Standing, n Sum, w work) ([]views.Part, error) {
	places := of.Districts()
	var all []ui.ChartData
	add := func(c ui.ChartData, err error) error {
		all = append(all, c)
		return err
	}
	if b.st.Phase == "" { // the curve is of all phases
		if err := add(b.curve(of, n)); err != nil {
			return nil, err
		}
	}
	if u.Parent == "" {
		if err := add(b.stages(places)); err != nil {
			return nil, err
		}
	}
	if err := add(b.tiles(of, n, places, u.Parent == "")); err != nil {
		return nil, err
	}
	if u.Parent == "" && b.st.On == "" {
		if err := add(b.gapBars(w.gaps.Districts)); err != nil {
			return nil, err
		}
	}
	parts := make([]views.Part, len(all))
	for i := range all {
		parts[i].Chart = &all[i]
	}
	return parts, nil
}

// mostBars is how many bars a chart of the worst shows.
const mostBars = 12

// gapBars is where most is lacking; a bar leads to the equipment of its district.
func (b *page) gapBars(rows []reports.Tally) (ui.ChartData, error) {
	title := b.t.Say("board.gaps.none")
	if len(rows) > 0 && rows[0].Open > 0 {
		title = b.t.Say("board.gaps.most", "name", upperFirst(rows[0].Name), "n", rows[0].Open)
	}
	var bars []plot.Bar
	for _, r := range rows[:min(len(rows), mostBars)] {
		if r.Open == 0 {
			continue
		}
		one := plot.Bar{Label: upperFirst(r.Name), Value: float64(r.Open), Href: b.st.theme("equipment", r.Code, "gaps.open")}
		if r.Late > 0 {
			one.Tone = plot.Late
		}
		bars = append(bars, one)
	}
	return b.lying(title, b.t.Say("reports.column.district"), b.t.Say("reports.column.gaps_open"), bars)
}

// reasons are the communes that want attention first, with why.
func (b *page) reasons(u org.Unit, of Standing) views.Part {
	show := ShowLate
	rows := of.Choice(show)
	if len(rows) == 0 {
		show = ShowUnmet
		rows = of.Choice(show)
	}
	unit := u.Code
	if u.Parent == "" {
		unit = ""
	}
	card := ui.CardData{Title: b.t.Say("board.list." + string(show)), Flush: true, Action: &ui.Action{Label: b.t.Say("board.list.all"), Href: b.st.communes(unit, show)}}
	d := b.communeTable(of.PlanAt(), rows[:min(listed, len(rows))], u.Parent == "", told)
	d.Caption, d.HideCap, d.Count = card.Title, true, int64(len(rows))
	return views.Part{Card: card, Table: d}
}

// todo is a list of gaps or tickets.
func (b *page) todo(name, href string, items []reports.Item) views.Part {
	t := b.t
	card := ui.CardData{Title: t.Say("board.list." + name), Flush: true}
	if href != "" && b.st.On == "" { // the way leads to what is open now
		card.Action = &ui.Action{Label: t.Say("board.list.all"), Href: href}
	}
	d := ui.TableData{Caption: card.Title, HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("reports.column.code")}, {Label: t.Say("reports.column.what")},
		{Label: t.Say("reports.column.since"), Quiet: true}, {Label: t.Say("reports.column.due")}}, Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("board.list." + name + ".none")}}
	for _, i := range items[:min(listed, len(items))] {
		row := ui.Row{Href: i.Href, Cells: []templ.Component{ui.Main(i.Href, i.Code, upperFirst(i.Name)), ui.Text(t.Line(i.What)), ui.Text(t.Day(i.Since)), ui.Text("")}}
		if !i.Due.IsZero() {
			row.Cells[3] = ui.Text(t.Moment(i.Due))
		}
		if i.Late {
			row.Tone = ui.Late
			row.Cells[3] = ui.Badge(ui.State{Tone: ui.Late, Word: t.Say("board.late_since", "day", t.Day(i.Due))})
		}
		d.Rows = append(d.Rows, row)
	}
	return views.Part{Card: card, Table: d}
}
