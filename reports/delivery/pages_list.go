package delivery

import (
	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/reports"
	"lotrinh/reports/delivery/views"
)

// listBlock is the list of a schedule; with buttons where it can be changed.
func (s *Service) listBlock(c *httpx.Ctx, sc reports.Schedule, change bool) (views.Block, error) {
	t := c.T
	all, err := s.Entries(c.Std(), c.Who, sc.ID)
	if err != nil {
		return views.Block{}, err
	}
	tree, err := s.Units.Tree(c.Std(), s.Business.Now())
	if err != nil {
		return views.Block{}, err
	}
	d := &ui.TableData{Caption: t.Say("delivery.list.title"), HideCap: true, Count: int64(len(all)),
		Columns: []ui.Column{{Label: t.Say("delivery.col.recipient")}, {Label: t.Say("delivery.col.kind")}},
		Empty:   ui.EmptyData{Icon: "users", Title: t.Say("delivery.list.none"), Text: t.Say("delivery.list.none.text", "unit", tree.Name(sc.Cut))}}
	if change {
		d.Columns = append(d.Columns, ui.Column{Label: t.Say("delivery.col.do")})
	}
	for _, e := range all {
		row := ui.Row{Cells: []templ.Component{entryName(t, tree, e, sc.Cut), ui.Text(t.Say("delivery.list.kind." + string(e.Kind)))}}
		if change {
			row.Cells = append(row.Cells, views.Acts(t, []ui.Action{{Label: t.Say("delivery.list.remove"), About: e.Name, Post: true,
				Href: "/reports/schedules/" + string(sc.ID) + "/recipients/" + string(e.ID) + "/remove"}}))
		}
		d.Rows = append(d.Rows, row)
	}
	return views.Block{Card: ui.CardData{Title: t.Say("delivery.list.title"), Note: t.Say("delivery.list.note"), Flush: true}, Table: d}, nil
}

func entryName(t i18n.T, tree *org.Tree, e Entry, cut string) templ.Component {
	switch e.Kind {
	case OfRole:
		unit := e.Unit
		if unit == "" {
			unit = cut
		}
		return ui.Two(t.Say("role."+string(e.Role)), upper(tree.Name(unit)))
	case OfAddress:
		return ui.Two(e.Name, e.Address)
	case OfAccount:
	}
	return ui.Text(e.Name)
}

func (p pages) scheduleAsked(c *httpx.Ctx) (reports.Schedule, error) {
	id, err := idOf(c, "id")
	if err != nil {
		return reports.Schedule{}, err
	}
	sc, err := p.Reports.Schedule(c.Std(), c.Who, id)
	if err != nil {
		return sc, err
	}
	return sc, c.Who.NeedAt(reports.Plan, sc.Cut)
}

func (p pages) recipients(c *httpx.Ctx) error {
	sc, err := p.scheduleAsked(c)
	if err != nil {
		return err
	}
	return p.showRecipients(c, sc, EntryForm{}, nil)
}

func (p pages) showRecipients(c *httpx.Ctx, sc reports.Schedule, typed EntryForm, refused error) error {
	t := c.T
	list, err := p.listBlock(c, sc, true)
	if err != nil {
		return err
	}
	tree, err := p.Units.Tree(c.Std(), p.Business.Now())
	if err != nil {
		return err
	}
	name, err := p.Reports.Titles(c.Std(), t)
	if err != nil {
		return err
	}
	at := "/reports/schedules/" + string(sc.ID)
	head := ui.HeaderData{Title: t.Say("delivery.list.title"), Lead: name(sc.Definition) + ", " + tree.Name(sc.Cut),
		Crumbs: []ui.Crumb{{Label: t.Say("reports.title"), Href: "/reports"}, {Label: t.Say("reports.schedule"), Href: at}, {Label: t.Say("delivery.list.title")}}}
	return p.site.Form(c, site.Page{Title: head.Title, At: "/reports"}, refused, func(e ui.Errors) templ.Component {
		v := views.View{Head: head, Blocks: []views.Block{list}}
		for _, kind := range []EntryKind{OfRole, OfAccount, OfAddress} {
			form := entryForm(t, tree, sc, kind, typed)
			form.Action = at + "/recipients"
			if typed.Kind == string(kind) {
				form.Errors = e
			}
			v.Blocks = append(v.Blocks, views.Block{Card: ui.CardData{Title: t.Say("delivery.list.add." + string(kind)), Note: t.Say("delivery.list.add." + string(kind) + ".note")}, Form: &form})
		}
		return views.Page(t, v)
	})
}

// entryForm asks for one line of one kind.
func entryForm(t i18n.T, tree *org.Tree, sc reports.Schedule, kind EntryKind, typed EntryForm) ui.FormData {
	f := ui.FormData{ID: "add-" + string(kind), Submit: t.Say("delivery.list.add"), Hidden: []ui.Hidden{{Name: "kind", Value: string(kind)}}}
	if typed.Kind != string(kind) {
		typed = EntryForm{Role: string(org.Leadership)}
	}
	id := func(name string) templ.Attributes { return templ.Attributes{"id": "f-" + string(kind) + "-" + name} }
	switch kind {
	case OfRole:
		var roles []ui.Option
		for _, r := range org.Roles {
			roles = append(roles, ui.Option{Value: string(r), Label: t.Say("role." + string(r))})
		}
		units := []ui.Option{{Value: "", Label: t.Say("delivery.list.same_unit", "unit", tree.Name(sc.Cut))}}
		for _, u := range append(tree.Roots(), tree.Districts()...) {
			if u.Code != sc.Cut {
				units = append(units, ui.Option{Value: u.Code, Label: upper(tree.Name(u.Code))})
			}
		}
		f.Fields = []ui.Field{{Kind: ui.Select, Name: "role", Label: t.Say("delivery.field.role"), Value: typed.Role, Options: roles, Required: true},
			{Kind: ui.Select, Name: "unit", Label: t.Say("delivery.field.unit"), Value: typed.Unit, Options: units}}
	case OfAccount:
		f.Fields = []ui.Field{{Name: "login", Label: t.Say("delivery.field.login"), Value: typed.Login, Required: true, Max: 64, Autocomplete: "off", Attrs: templ.Attributes{"autocapitalize": "none", "spellcheck": "false"}}}
	case OfAddress:
		f.Fields = []ui.Field{{Kind: ui.Email, Name: "address", Label: t.Say("delivery.field.address"), Value: typed.Address, Required: true, Max: 254},
			{Name: "name", Label: t.Say("delivery.field.name"), Value: typed.Name, Max: longestName, Attrs: id("name")}}
	}
	return f
}

func (p pages) addRecipient(c *httpx.Ctx) error {
	sc, err := p.scheduleAsked(c)
	if err != nil {
		return err
	}
	f := EntryForm{Kind: c.FormValue("kind"), Role: c.FormValue("role"), Unit: c.FormValue("unit"), Login: c.FormValue("login"), Address: c.FormValue("address"), Name: c.FormValue("name")}
	if _, err := p.Add(c.Std(), c.Who, sc.ID, f); err != nil {
		return p.showRecipients(c, sc, f, err)
	}
	return act(c, nil, "delivery.list.added", "/reports/schedules/"+string(sc.ID)+"/recipients")
}

func (p pages) removeRecipient(c *httpx.Ctx) error {
	sc, err := p.scheduleAsked(c)
	if err != nil {
		return err
	}
	entry, err := idOf(c, "entry")
	if err != nil {
		return err
	}
	return act(c, p.Remove(c.Std(), c.Who, sc.ID, entry), "delivery.list.removed", "/reports/schedules/"+string(sc.ID)+"/recipients")
}
