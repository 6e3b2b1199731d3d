package suppose

import (
	"bytes"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory/suppose/views"
	"lotrinh/inventory/whatif"
)

// list is the least that makes communes ready.
func (p *pages) list(c *httpx.Ctx) error {
	q := read(c)
	s, err := p.Shop(c.Std(), c.Who, q.Where, q.allow)
	if err != nil {
		return err
	}
	t := c.T
	check := func(name string, on bool) ui.Field {
		return ui.Field{Kind: ui.Check, Name: name, Label: t.Say("suppose.allow." + name), Value: map[bool]string{true: "1"}[on]}
	}
	of := t.Say("suppose.of", "n", s.Asked)
	v := views.ListView{Header: ui.HeaderData{Title: t.Say("suppose.title"), Lead: t.Say("suppose.list.lead")}, Label: t.Say("suppose.title"), Tabs: two(t, listPath), Action: listPath,
		Where:  append(q.whereFields(t, s.town), check("move", q.allow.Move), check("upgrade", q.allow.Upgrade), check("repair", q.allow.Repair)),
		Export: ui.Action{Label: t.Say("suppose.export"), Href: listPath + "/table.xlsx?" + q.values().Encode(), Icon: "download"},
		Figures: []ui.FigureData{
			{Label: t.Say("suppose.figure.plans"), Value: t.Int(int64(len(s.Plans))), Of: of, SoWhat: t.Say("suppose.figure.already", "n", s.Already), Tone: ui.Good},
			{Label: t.Say("suppose.figure.buy"), Value: t.Int(int64(count(s.Shopping, whatif.Buy))), SoWhat: t.Say("suppose.figure.buy.so", "moved", count(s.Shopping, whatif.Move))},
			{Label: t.Say("suppose.figure.stuck"), Value: t.Int(int64(len(s.Stuck))), Of: of, SoWhat: t.Say("suppose.figure.stuck.so")},
			{Label: t.Say("suppose.figure.blind"), Value: t.Int(int64(len(s.Blind))), Of: of, SoWhat: t.Say("suppose.figure.blind.so"), Tone: ui.Unknown},
		}, Totals: totals(t, s), Plans: plans(t, s), Again: q.again()}
	if at := q.District; p.Supply != nil {
		if own := s.districts(); at == "" && len(own) == 1 {
			at = own[0].Code
		}
		if href := p.Supply(c.Who, at); at != "" && href != "" {
			v.Header.Action = &ui.Action{Label: t.Say("suppose.order"), Href: href, Icon: "clipboard-check"}
		}
	}
	if len(q.Units) > 0 {
		all := q
		all.Units = nil
		v.All = &ui.Action{Label: t.Say("suppose.every_unit"), Href: listPath + "?" + all.values().Encode()}
	}
	if len(s.Stuck) > 0 {
		v.Stuck = stuck(t, s)
	}
	return p.site.Show(c, p.page(c, v.Header.Title), views.List(t, v))
}

// again are the hidden fields by which the ticked communes are asked about again.
func (q question) again() []ui.Hidden {
	out := []ui.Hidden{{Name: "ask", Value: "1"}}
	for name, on := range map[string]bool{"move": q.allow.Move, "upgrade": q.allow.Upgrade, "repair": q.allow.Repair} {
		if on {
			out = append(out, ui.Hidden{Name: name, Value: "1"})
		}
	}
	return out
}

func count(s whatif.Shopping, do whatif.Do) int {
	n := 0
	for _, row := range s.Totals() {
		if row.Do == do {
			n += row.Count
		}
	}
	return n
}

// totals is the list itself: equal things together.
func totals(t i18n.T, s Shopped) ui.TableData {
	all := s.Totals()
	d := ui.TableData{ID: "totals", Caption: t.Say("suppose.list.totals"), Count: int64(len(all)), Columns: []ui.Column{{Label: t.Say("suppose.column.do")}, {Label: t.Say("suppose.column.what")},
		{Label: t.Say("suppose.column.count"), Num: true}, {Label: t.Say("suppose.column.units"), Num: true}},
		Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("suppose.list.none"), Text: t.Say("suppose.list.none.text")}}
	for _, row := range all {
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Badge(doState(t, row.Do)), ui.Two(kind(t, row.Kind), wants(t, row.Wants)),
			ui.Number(t, int64(row.Count)), ui.Number(t, int64(len(row.Units)))}})
	}
	return d
}

func doState(t i18n.T, do whatif.Do) ui.State {
	tone := map[whatif.Do]ui.Tone{whatif.Buy: ui.Warn, whatif.Check: ui.Unknown}[do]
	if tone == "" {
		tone = ui.Info
	}
	return ui.State{Tone: tone, Word: t.Say("suppose.do." + string(do))}
}

// plans is what is done for each commune; ticked ones can be asked about again.
func plans(t i18n.T, s Shopped) ui.TableData {
	d := ui.TableData{ID: "plans", Caption: t.Say("suppose.list.plans"), Count: int64(len(s.Plans)), Pick: "unit", PickForm: "again", Columns: []ui.Column{{Label: t.Say("suppose.column.unit")},
		{Label: t.Say("suppose.column.verdict")}, {Label: t.Say("suppose.column.steps")}},
		Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("suppose.list.none")}}
	for _, one := range s.Plans[:min(len(s.Plans), shown)] {
		href := "/inventory/units/" + one.Unit
		d.Rows = append(d.Rows, ui.Row{Href: href, Pick: one.Unit, Cells: []templ.Component{ui.Main(href, s.tree.Name(one.Unit), s.tree.Name(s.tree.District(one.Unit))),
			views.Change(badge(t, one.Before.Verdict), badge(t, one.After.Verdict)), views.Steps(steps(t, s.tree, one.Steps))}})
	}
	if len(s.Plans) > shown {
		d.Caption += " " + t.Say("suppose.first", "n", shown)
	}
	return d
}

// stuck is what no purchase makes ready, and why.
func stuck(t i18n.T, s Shopped) *ui.TableData {
	d := ui.TableData{ID: "stuck", Caption: t.Say("suppose.list.stuck"), Count: int64(len(s.Stuck)), Columns: []ui.Column{{Label: t.Say("suppose.column.unit")}, {Label: t.Say("suppose.column.lacks.beyond")}}}
	for _, one := range s.Stuck[:min(len(s.Stuck), shown)] {
		href := "/inventory/units/" + one.Unit
		d.Rows = append(d.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, s.tree.Name(one.Unit), s.tree.Name(s.tree.District(one.Unit))), ui.Text(lacks(t, one.After, mostSaid))}})
	}
	return &d
}

func (p *pages) listTable(c *httpx.Ctx) error {
	q := read(c)
	s, err := p.Shop(c.Std(), c.Who, q.Where, q.allow)
	if err != nil {
		return err
	}
	t := c.T
	head := []string{t.Say("suppose.column.district"), t.Say("suppose.column.code"), t.Say("suppose.column.unit"), t.Say("suppose.column.do"), t.Say("suppose.column.kind"),
		t.Say("suppose.column.count"), t.Say("suppose.column.spec"), t.Say("suppose.column.asset"), t.Say("suppose.column.from")}
	var b bytes.Buffer
	err = importer.WriteXLSX(&b, t.Say("suppose.sheet.list"), head, func(yield func([]any, error) bool) {
		for _, one := range s.Plans {
			for _, x := range one.Steps {
				from := ""
				if x.From != "" {
					from = s.tree.Place(x.From)
				}
				row := []any{s.tree.Name(s.tree.District(one.Unit)), one.Unit, s.tree.Name(one.Unit), t.Say("suppose.do." + string(x.Do)), kind(t, x.Kind), 1, wants(t, x.Wants), x.Asset.Code, from}
				if !yield(row, nil) {
					return
				}
			}
		}
	})
	if err != nil {
		return err
	}
	return handOver(c, "danh-sach-toi-thieu.xlsx", b.Bytes())
}
