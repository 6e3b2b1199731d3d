package suppose

import (
	"bytes"
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
	"lotrinh/inventory/suppose/views"
	"lotrinh/inventory/whatif"
)

const (
	givePath = "/inventory/what-if"
	listPath = givePath + "/list"
)

// shown is how many communes of one table a page shows; the file holds all.
const shown = 100

type pages struct {
	*Service
	site *site.Site
	tabs func(t i18n.T, who access.Actor, at string) []ui.Tab
}

// Routes declares the pages and the API of the room. tabs are the places of the area.
func (s *Service) Routes(r *httpx.Router, on *site.Site, tabs func(t i18n.T, who access.Actor, at string) []ui.Tab) {
	p := &pages{s, on, tabs}
	r.Page("GET", givePath, p.give)
	r.Page("GET", givePath+"/table.xlsx", p.giveTable)
	r.Page("GET", listPath, p.list)
	r.Page("GET", listPath+"/table.xlsx", p.listTable)
	s.api(r)
}

func (p *pages) page(c *httpx.Ctx, title string) site.Page {
	return site.Page{Title: title, At: "/inventory", Tabs: p.tabs(c.T, c.Who, givePath)}
}

// two are the two questions of the room.
func two(t i18n.T, at string) []ui.Tab {
	return []ui.Tab{{Label: t.Say("suppose.give.tab"), Href: givePath, Active: at == givePath, Count: -1},
		{Label: t.Say("suppose.list.tab"), Href: listPath, Active: at == listPath, Count: -1}}
}

func (p *pages) give(c *httpx.Ctx) error {
	q := read(c)
	t, err := p.look(c.Std(), c.Who, q.Where)
	if err != nil {
		return err
	}
	types := t.types()
	w := c.T
	v := views.GiveView{Header: ui.HeaderData{Title: w.Say("suppose.title"), Lead: w.Say("suppose.give.lead")}, Label: w.Say("suppose.title"), Tabs: two(w, givePath),
		Action: givePath}
	var refused error
	if q.run {
		lots, err := q.lots(types)
		if err != nil && !fault.Is(err, fault.Invalid) {
			return err
		}
		if refused = err; err == nil {
			v.Answer = p.answer(w, q, t.give(lots))
		}
	}
	return p.site.Form(c, p.page(c, v.Header.Title), refused, func(e ui.Errors) templ.Component {
		v.Errors, v.Lots, v.Where, v.Typed = e, q.lotFields(w, types, e), q.whereFields(w, t), q.typedFields(w, e)
		v.TypedOpen = q.types[0] == typedKey || q.types[1] == typedKey || q.types[2] == typedKey
		return views.Give(w, v)
	})
}

// lotFields are a sort and a number for each lot.
func (q question) lotFields(t i18n.T, types []Type, e ui.Errors) []ui.Field {
	options := []ui.Option{{Label: t.Say("suppose.type.pick")}}
	for _, x := range types {
		options = append(options, ui.Option{Value: x.Key, Label: x.label(t)})
	}
	options = append(options, ui.Option{Value: typedKey, Label: t.Say("suppose.own")})
	var out []ui.Field
	for i := range rows {
		n := strconv.Itoa(i + 1)
		out = append(out,
			ui.Field{Kind: ui.Select, Name: "type", Label: t.Say("suppose.type.n", "n", i+1), Options: options, Value: q.types[i], Error: e.Of("type" + n), Attrs: templ.Attributes{"id": "f-type" + n}},
			ui.Field{Kind: ui.Whole, Name: "n", Label: t.Say("suppose.count.n", "n", i+1), Value: q.counts[i], Narrow: true, Max: 5, Error: e.Of("n" + n), Attrs: templ.Attributes{"id": "f-n" + n}})
	}
	return out
}

// typedFields ask for a sort that stands nowhere yet.
func (q question) typedFields(t i18n.T, e ui.Errors) []ui.Field {
	var kinds []ui.Option
	for _, k := range inventory.Kinds {
		kinds = append(kinds, ui.Option{Value: string(k), Label: kind(t, string(k))})
	}
	out := []ui.Field{{Kind: ui.Select, Name: "kind", Label: t.Say("suppose.own.kind"), Options: kinds, Value: q.kind, Error: e.Of("kind")}}
	for _, name := range typedFacts() {
		label := t.Say("inventory.fact." + name)
		if unit := "inventory.unit." + name; t.Has(unit) {
			label += " (" + t.Say(unit) + ")"
		}
		out = append(out, ui.Field{Name: name, Label: label, Value: q.facts[name], Narrow: true, Max: 40, Error: e.Of(name)})
	}
	return out
}

// whereFields narrow the question.
func (q question) whereFields(t i18n.T, x *town) []ui.Field {
	districts := []ui.Option{{Label: t.Say("suppose.every_district")}}
	for _, d := range x.districts() {
		districts = append(districts, ui.Option{Value: d.Code, Label: d.Title()})
	}
	out := []ui.Field{{Kind: ui.Select, Name: "district", Label: t.Say("suppose.district"), Options: districts, Value: q.District}}
	if len(x.phases) == 0 {
		return out
	}
	phases := []ui.Option{{Label: t.Say("suppose.every_phase")}}
	for _, p := range x.phases {
		name := p.NameVI
		if t.Lang == i18n.EN {
			name = p.NameEN
		}
		phases = append(phases, ui.Option{Value: p.Key, Label: name})
	}
	return append(out, ui.Field{Kind: ui.Select, Name: "phase", Label: t.Say("suppose.phase"), Options: phases, Value: q.Phase})
}

// answer is what the page says of a division.
func (p *pages) answer(t i18n.T, q question, g Given) *views.AnswerView {
	v := &views.AnswerView{Export: ui.Action{Label: t.Say("suppose.export"), Href: givePath + "/table.xlsx?" + q.values().Encode(), Icon: "download"}}
	of := t.Say("suppose.of", "n", g.Asked)
	v.Figures = []ui.FigureData{
		{Label: t.Say("suppose.figure.ready"), Value: t.Int(int64(len(g.Ready))), Of: of, SoWhat: t.Say("suppose.figure.already", "n", g.Already), Tone: ui.Good},
		{Label: t.Say("suppose.figure.wanting"), Value: t.Int(int64(len(g.Wanting))), Of: of, SoWhat: t.Say("suppose.figure.wanting.so")},
		{Label: t.Say("suppose.figure.beyond"), Value: t.Int(int64(len(g.Beyond))), Of: of, SoWhat: t.Say("suppose.figure.beyond.so")},
		{Label: t.Say("suppose.figure.blind"), Value: t.Int(int64(len(g.Blind))), Of: of, SoWhat: t.Say("suppose.figure.blind.so"), Tone: ui.Unknown},
	}
	for i, l := range g.Lots {
		v.Lots = append(v.Lots, t.Say("suppose.left", "lot", lot(t, l), "left", g.Left[i]))
	}
	if !g.Exact() {
		v.Bound = &ui.NoticeData{Tone: ui.Info, Title: t.Say("suppose.bound", "n", len(g.Ready), "most", g.AtMost)}
	}
	v.Tables = []ui.TableData{
		p.outcomes(t, g, "ready", g.Ready, true),
	}
	if len(g.Wanting) > 0 {
		v.Tables = append(v.Tables, p.outcomes(t, g, "wanting", g.Wanting, true))
	}
	if len(g.Beyond) > 0 {
		v.Tables = append(v.Tables, p.outcomes(t, g, "beyond", g.Beyond, false))
	}
	return v
}

// outcomes is a table of communes; those beyond reach get nothing.
func (p *pages) outcomes(t i18n.T, g Given, which string, all []whatif.Outcome, gives bool) ui.TableData {
	d := ui.TableData{ID: which, Caption: t.Say("suppose.table." + which), Count: int64(len(all)), Columns: []ui.Column{{Label: t.Say("suppose.column.unit")}},
		Empty: ui.EmptyData{Icon: "search", Title: t.Say("suppose.none")}}
	if gives {
		d.Columns = append(d.Columns, ui.Column{Label: t.Say("suppose.column.gets." + which)})
	}
	d.Columns = append(d.Columns, ui.Column{Label: t.Say("suppose.column.verdict")}, ui.Column{Label: t.Say("suppose.column.lacks." + which)})
	for _, o := range all[:min(len(all), shown)] {
		href := "/inventory/units/" + o.Unit
		r := ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, g.tree.Name(o.Unit), g.tree.Name(g.tree.District(o.Unit)))}}
		if gives {
			r.Cells = append(r.Cells, ui.Text(gets(t, g.Lots, o.Gets)))
		}
		r.Cells = append(r.Cells, views.Change(badge(t, o.Before.Verdict), badge(t, o.After.Verdict)), ui.Text(lacks(t, o.After, mostSaid)))
		d.Rows = append(d.Rows, r)
	}
	if len(all) > shown {
		d.Caption += " " + t.Say("suppose.first", "n", shown)
	}
	return d
}

func (p *pages) giveTable(c *httpx.Ctx) error {
	q := read(c)
	x, err := p.look(c.Std(), c.Who, q.Where)
	if err != nil {
		return err
	}
	lots, err := q.lots(x.types())
	if err != nil {
		return err
	}
	g, t := x.give(lots), c.T
	head := []string{t.Say("suppose.column.district"), t.Say("suppose.column.code"), t.Say("suppose.column.unit"), t.Say("suppose.column.outcome")}
	for i := range lots {
		head = append(head, t.Say("suppose.column.lot", "n", i+1, "lot", lot(t, lots[i])))
	}
	head = append(head, t.Say("suppose.column.before"), t.Say("suppose.column.after"), t.Say("suppose.column.lacks"))
	var b bytes.Buffer
	err = importer.WriteXLSX(&b, t.Say("suppose.sheet.give"), head, func(yield func([]any, error) bool) {
		for _, part := range []struct {
			key string
			all []whatif.Outcome
		}{{"ready", g.Ready}, {"wanting", g.Wanting}, {"beyond", g.Beyond}} {
			for _, o := range part.all {
				row := []any{x.tree.Name(x.tree.District(o.Unit)), o.Unit, x.tree.Name(o.Unit), t.Say("suppose.table." + part.key)}
				for _, n := range o.Gets {
					row = append(row, n)
				}
				row = append(row, badge(t, o.Before.Verdict).Word, badge(t, o.After.Verdict).Word, lacks(t, o.After, 0))
				if !yield(row, nil) {
					return
				}
			}
		}
	})
	if err != nil {
		return err
	}
	return handOver(c, "gia-dinh-cap-them.xlsx", b.Bytes())
}

func handOver(c *httpx.Ctx, name string, body []byte) error {
	c.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	c.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	return c.Send(body)
}
