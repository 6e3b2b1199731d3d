package incident

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/incident/views"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// unitsMeant are the codes of the units that somebody typed, by code or by a name that
// only one unit answers to, with commas, semicolons or lines between.
func unitsMeant(tree *org.Tree, text string) ([]string, error) {
	var codes []string
	var k fault.Check
	for _, one := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == '\n' || r == '\r' }) {
		if one = strings.TrimSpace(one); one == "" {
			continue
		}
		if _, ok := tree.Unit(one); ok {
			codes = append(codes, one)
			continue
		}
		hits := tree.Search(one, 4)
		switch {
		case len(hits) == 0:
			k.Need(false, "units", "incident.form.unit_unknown", "code", one)
		case len(hits) == 1 || fold.Key(hits[0].Title()) == fold.Key(one) || fold.Key(hits[0].Place) == fold.Key(one):
			codes = append(codes, hits[0].Code)
		default:
			k.Need(false, "units", "incident.form.unit_many", "name", one)
		}
	}
	return codes, k.Err()
}

// unitsText writes codes as the form reads them again: whole districts by their name.
func unitsText(tree *org.Tree, codes []string) string {
	return written(tree, codes, func(code string) string { return code })
}

// unitsNamed writes codes as people read them: every unit by its name.
func unitsNamed(tree *org.Tree, codes []string) string { return written(tree, codes, tree.Name) }

func written(tree *org.Tree, codes []string, say func(code string) string) string {
	in := map[string]bool{}
	for _, c := range codes {
		in[c] = true
	}
	var names []string
	whole := map[string]bool{}
	for _, d := range tree.Districts() {
		communes := tree.Communes(d.Code)
		if len(communes) > 0 && !slices.ContainsFunc(communes, func(u org.Unit) bool { return !in[u.Code] }) {
			whole[d.Code] = true
			names = append(names, d.Title())
		}
	}
	for _, c := range codes {
		if !whole[tree.District(c)] {
			names = append(names, say(c))
		}
	}
	return strings.Join(names, ", ")
}

func readDraft(c *httpx.Ctx, tree *org.Tree) (Draft, error) {
	d := Draft{Title: c.FormValue("title"), Service: helpdesk.Category(c.FormValue("service")), Known: c.FormValue("known"), Advice: c.FormValue("advice"),
		Everywhere: c.FormValue("reach") != "some", Big: c.FormValue("big") == "1", Tickets: picked(c, "ticket")}
	if d.Everywhere {
		return d, nil
	}
	units, err := unitsMeant(tree, c.FormValue("units"))
	if err != nil {
		return d, err
	}
	d.Units = units
	return d, nil
}

// typedForm is an incident's form as it was typed.
type typedForm struct {
	title, service, known, advice, reach, units string
	big                                         bool
}

func typedOf(c *httpx.Ctx) typedForm {
	return typedForm{c.FormValue("title"), c.FormValue("service"), c.FormValue("known"), c.FormValue("advice"), c.FormValue("reach"), c.FormValue("units"), c.FormValue("big") == "1"}
}

func services(t i18n.T) []ui.Option {
	var all []ui.Option
	for _, s := range helpdesk.Categories {
		all = append(all, ui.Option{Value: string(s), Label: t.Say("incident.of." + string(s))})
	}
	return all
}

func reachFields(t i18n.T, reach, units string, e ui.Errors) []ui.Field {
	return []ui.Field{
		{Kind: ui.Radio, Name: "reach", Label: t.Say("incident.form.reach"), Value: reach, Required: true, Options: []ui.Option{
			{Value: "all", Label: t.Say("incident.reach.all")}, {Value: "some", Label: t.Say("incident.reach.some")}}},
		{Kind: ui.Area, Name: "units", Label: t.Say("incident.form.units"), Hint: t.Say("incident.form.units_hint"), Value: units, Rows: 2, Error: e.Of("units")},
	}
}

func (f typedForm) fields(t i18n.T, e ui.Errors) []ui.Field {
	big := ""
	if f.big {
		big = "1"
	}
	fields := []ui.Field{
		{Name: "title", Label: t.Say("incident.form.title"), Hint: t.Say("incident.form.title_hint"), Value: f.title, Required: true, Max: longestTitle, Error: e.Of("title")},
		{Kind: ui.Select, Name: "service", Label: t.Say("incident.service"), Value: f.service, Options: append([]ui.Option{{Label: t.Say("incident.form.pick")}}, services(t)...), Required: true, Error: e.Of("service")},
		{Kind: ui.Area, Name: "known", Label: t.Say("incident.known"), Hint: t.Say("incident.form.known_hint"), Value: f.known, Rows: 3, Max: longestText, Error: e.Of("known")},
		{Kind: ui.Area, Name: "advice", Label: t.Say("incident.advice"), Hint: t.Say("incident.form.advice_hint"), Value: f.advice, Rows: 2, Max: longestText, Error: e.Of("advice")},
	}
	fields = append(fields, reachFields(t, f.reach, f.units, e)...)
	return append(fields, ui.Field{Kind: ui.Check, Name: "big", Label: t.Say("incident.form.big"), Hint: t.Say("incident.form.big_hint"), Value: big})
}

// newForm is the form of an incident, filled in from the tickets that it is declared for.
func (p pages) newForm(c *httpx.Ctx) error {
	if err := c.Who.Need(Lead); err != nil {
		return err
	}
	var ids []ident.ID
	for _, raw := range c.Request().URI().QueryArgs().PeekMulti("ticket") {
		if id, err := ident.Parse(string(raw)); err == nil {
			ids = append(ids, id)
		}
	}
	f := typedForm{title: c.Query("title"), service: c.Query("service"), reach: "all"}
	tickets, err := p.readable(c.Std(), c.Who, ids)
	if err != nil {
		return err
	}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	if len(tickets) > 0 {
		f.title, f.service = tickets[0].Title, string(tickets[0].Service)
		districts, units := map[string]bool{}, []string{}
		for _, t := range tickets {
			districts[tree.District(t.Unit)] = true
			units = append(units, t.Unit)
		}
		slices.Sort(units)
		f.units = unitsText(tree, slices.Compact(units))
		if len(districts) < 3 {
			f.reach = "some"
		}
		f.big = len(tickets) >= few
	}
	return p.showNew(c, f, tickets, nil)
}

func (p pages) showNew(c *httpx.Ctx, f typedForm, tickets []helpdesk.Ticket, refused error) error {
	t := c.T
	v := views.FormView{Crumbs: []ui.Crumb{{Label: t.Say("incident.title"), Href: "/incidents"}, {Label: t.Say("incident.declare")}}, Title: t.Say("incident.declare"),
		Lead: t.Say("incident.declare_lead"), Action: "/incidents", Submit: t.Say("incident.declare"), Cancel: "/incidents"}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	for _, x := range tickets {
		v.Hidden = append(v.Hidden, ui.Hidden{Name: "ticket", Value: string(x.ID)})
		v.Tickets = append(v.Tickets, views.TicketLine{Href: "/tickets/" + string(x.ID), Text: x.Number() + " · " + x.Title, Unit: tree.Place(x.Unit)})
	}
	return p.show(c, v.Title, "/incidents", refused, func(e ui.Errors) templ.Component {
		v.Fields, v.Errors = f.fields(t, e), e
		return views.Form(t, v)
	})
}

func (p pages) declare(c *httpx.Ctx) error {
	if err := c.Who.Need(Lead); err != nil {
		return err
	}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	d, err := readDraft(c, tree)
	var inc Incident
	if err == nil {
		inc, err = p.Declare(c.Std(), c.Who, d)
	}
	if err != nil {
		tickets, terr := p.readable(c.Std(), c.Who, d.Tickets)
		if terr != nil {
			return terr
		}
		return p.showNew(c, typedOf(c), tickets, err)
	}
	site.Flash(c, ui.Good, c.T.Say("incident.done.declared", "number", inc.Number()))
	return c.See(inc.Path())
}

func (p pages) editForm(c *httpx.Ctx) error {
	if err := c.Who.Need(Lead); err != nil {
		return err
	}
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	return p.showEdit(c, id, nil)
}

func (p pages) showEdit(c *httpx.Ctx, id ident.ID, refused error) error {
	inc, err := p.byID(c.Std(), p.DB.Read(), id)
	if err != nil {
		return err
	}
	of, err := reaches(c.Std(), p.DB.Read(), []ident.ID{id})
	if err != nil {
		return err
	}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	f := typedForm{inc.Title, string(inc.Service), inc.Known, inc.Advice, "all", unitsText(tree, of[id]), inc.Big}
	if !inc.Everywhere {
		f.reach = "some"
	}
	if refused != nil {
		f = typedOf(c)
	}
	t := c.T
	v := views.FormView{Crumbs: []ui.Crumb{{Label: t.Say("incident.title"), Href: "/incidents"}, {Label: inc.Number(), Href: inc.Path()}, {Label: t.Say("incident.edit")}},
		Title: t.Say("incident.edit"), Action: inc.Path() + "/edit", Submit: t.Say("incident.save"), Cancel: inc.Path(),
		Hidden: []ui.Hidden{{Name: "version", Value: seqText(inc.Version)}}}
	return p.show(c, v.Title, "/incidents", refused, func(e ui.Errors) templ.Component {
		v.Fields, v.Errors = f.fields(t, e), e
		return views.Form(t, v)
	})
}
