package reports

import (
	"slices"

	"github.com/a-h/templ"

	"lotrinh/internal/site/ui"
	"lotrinh/reports/render"
	"lotrinh/reports/views"
)

// cards are the figures on top of the overview, each with what follows from it.
func (w writer) cards() []ui.FigureData {
	p, g, k := w.f.Progress, w.f.Gaps, w.f.Tickets
	c := p.Total
	of := w.say("reports.card.of", "n", c.Total)
	official := ui.FigureData{Label: w.say("reports.card.official"), Value: w.t.Int(int64(c.Official)), Of: of, Href: p.Href}
	if now, known := p.now(); known {
		switch n := p.promised(now) - now.Official; {
		case n > 0:
			official.SoWhat, official.Tone = w.say("reports.card.behind", "n", n), ui.Late
		case now.Planned > now.Official:
			official.SoWhat, official.Tone = w.say("reports.card.today_due", "n", now.Planned-now.Official), ui.Warn
		case now.Planned == 0:
			official.SoWhat = w.say("reports.card.not_begun")
		default:
			official.SoWhat, official.Tone = w.say("reports.card.on_plan"), ui.Good
		}
	} else {
		official.SoWhat = w.say("reports.no_data")
	}
	verified := ui.FigureData{Label: w.say("reports.card.verified"), Value: w.t.Int(int64(c.Verified)), Of: of, Href: p.Href}
	if n := c.Declared - c.Verified; n > 0 {
		verified.SoWhat, verified.Tone = w.say("reports.card.unverified", "declared", c.Declared, "n", n), ui.Warn
	} else {
		verified.SoWhat, verified.Tone = w.say("reports.card.all_verified", "declared", c.Declared), ui.Good
	}
	unmet := 0
	for _, h := range p.Held {
		if h.Answer == "unmet" {
			unmet++
		}
	}
	held := w.open("held", unmet, 0, p.HeldHref)
	if n := len(p.Held) - unmet; n > 0 {
		held.SoWhat, held.Tone = w.say("reports.card.held.unknown", "n", n), ui.Warn
	}
	return []ui.FigureData{official, verified, held, w.open("gaps", g.Open, g.Late, g.Href), w.open("tickets", k.Open, k.Late, k.LateHref)}
}

// open is a figure of which nothing would be best.
func (w writer) open(name string, n, late int, href string) ui.FigureData {
	f := ui.FigureData{Label: w.say("reports.card." + name), Value: w.t.Int(int64(n)), Href: href}
	switch {
	case late > 0:
		f.SoWhat, f.Tone = w.say("reports.card.late", "n", late), ui.Late
	case n > 0:
		f.SoWhat = w.say("reports.card." + name + ".some")
	default:
		f.SoWhat, f.Tone = w.say("reports.card."+name+".none"), ui.Good
	}
	return f
}

// listed is how many rows a list of the overview shows.
const listed = 10

// lists are the rows behind the figures: those that want attention first.
func (w writer) lists() []views.ListCard {
	held := make([]Held, min(listed, len(w.f.Progress.Held)))
	copy(held, w.f.Progress.Held)
	table := ui.TableData{Caption: w.say("reports.card.held"), HideCap: true, Count: int64(len(w.f.Progress.Held)),
		Columns: []ui.Column{{Label: w.say("reports.column.commune")}, {Label: w.say("reports.column.answer")}, {Label: w.say("reports.column.reasons")}},
		Empty:   ui.EmptyData{Icon: "circle-check", Title: w.say("reports.card.held.none")}}
	for _, h := range held {
		table.Rows = append(table.Rows, ui.Row{Href: h.Href, Cells: []templ.Component{
			ui.Main(h.Href, upperFirst(h.Name), upperFirst(h.DistrictName)), ui.Badge(w.verdict(h.Answer)), ui.Text(w.why(h))}})
	}
	all := []views.ListCard{{Card: w.card("held", w.f.Progress.HeldHref), Table: table}}
	all = append(all, views.ListCard{Card: w.card("gaps", w.f.Gaps.Href), Table: w.todo("gaps", w.f.Gaps.Oldest)})
	return append(all, views.ListCard{Card: w.card("tickets", w.f.Tickets.LateHref), Table: w.todo("tickets", w.f.Tickets.Overdue)})
}

func (w writer) card(name, href string) ui.CardData {
	c := ui.CardData{Title: w.say("reports.list." + name), Flush: true}
	if href != "" {
		c.Action = &ui.Action{Label: w.say("reports.list.all"), Href: href}
	}
	return c
}

func (w writer) verdict(answer string) ui.State {
	if answer == "unmet" {
		return ui.State{Tone: ui.Bad, Word: w.say("reports.answer.unmet")}
	}
	return ui.State{Tone: ui.Unknown, Word: w.say("reports.answer.unknown")}
}

// told is how many measured details a line of the overview tells.
const told = 2

func (w writer) why(h Held) string {
	return w.lines(slices.Concat(h.Reasons, h.Details[:min(told, len(h.Details))]))
}

// todo is a table of gaps or tickets, as on the overview.
func (w writer) todo(name string, items []Item) ui.TableData {
	d := ui.TableData{Caption: w.say("reports.card." + name), HideCap: true, Count: -1,
		Columns: []ui.Column{{Label: w.say("reports.column.code")}, {Label: w.say("reports.column.what")}, {Label: w.say("reports.column.since"), Quiet: true}, {Label: w.say("reports.column.due")}},
		Empty:   ui.EmptyData{Icon: "circle-check", Title: w.say("reports.list." + name + ".none")}}
	for _, i := range items[:min(listed, len(items))] {
		row := ui.Row{Href: i.Href, Cells: []templ.Component{ui.Main(i.Href, i.Code, upperFirst(i.Name)), ui.Text(w.t.Line(i.What)), ui.Text(w.t.Day(i.Since)), ui.Text("")}}
		if !i.Due.IsZero() {
			row.Cells[3] = ui.Text(w.t.Moment(i.Due))
		}
		if i.Late {
			row.Tone = ui.Late
			row.Cells[3] = ui.Badge(ui.State{Tone: ui.Late, Word: w.say("reports.late_since", "day", w.t.Day(i.Due))})
		}
		d.Rows = append(d.Rows, row)
	}
	return d
}

// block is a part of a frozen report on the screen: the same content as on paper.
func (w writer) block(b Block) (views.Block, error) {
	switch b := b.(type) {
	case Para:
		return views.Block{Para: string(b)}, nil
	case Items:
		return views.Block{Items: b}, nil
	case Grid:
		t := w.table(b)
		return views.Block{Table: &t}, nil
	case Picture:
		c, err := w.shown(b)
		c.Title = b.Caption
		return views.Block{Chart: &c}, err
	}
	return views.Block{}, nil
}

func (w writer) table(g Grid) ui.TableData {
	d := ui.TableData{Caption: g.Caption, Count: -1}
	for _, c := range g.Columns {
		d.Columns = append(d.Columns, ui.Column{Label: c.Head, Num: c.Form != render.Text})
	}
	line := func(cells []any, href string) ui.Row {
		row := ui.Row{Href: href}
		linked := href == ""
		for i, cell := range cells {
			text := g.Columns[i].Write(w.t, cell)
			if !linked && g.Columns[i].Form == render.Text {
				linked = true
				row.Cells = append(row.Cells, ui.Main(href, text, ""))
				continue
			}
			row.Cells = append(row.Cells, ui.Text(text))
		}
		return row
	}
	for i, cells := range g.Rows {
		href := ""
		if i < len(g.Hrefs) {
			href = g.Hrefs[i]
		}
		d.Rows = append(d.Rows, line(cells, href))
	}
	if g.Foot != nil {
		d.Rows = append(d.Rows, line(g.Foot, ""))
	}
	return d
}
