package training

import (
	"slices"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/phone"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/training/views"
)

// fewUnits is how many units a list of choices names; more are typed.
const fewUnits = 60

func (p *pages) people(c *httpx.Ctx) error {
	t, under := c.T, c.Query("under")
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	r := page.Read(c.Query("after"), c.Query("limit"))
	all, err := p.Persons(c.Std(), c.Who, under, r)
	if err != nil {
		return err
	}
	d := ui.TableData{Caption: t.Say("training.people"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("training.person.name")}, {Label: t.Say("training.unit")}, {Label: t.Say("training.audience")}, {Label: t.Say("training.person.code")}, {Label: t.Say("training.person.phone")}},
		Empty: ui.EmptyData{Icon: "users", Title: t.Say("training.people.none"), Text: t.Say("training.people.none_text")}, Pager: &ui.PagerData{Shown: len(all.Items)}}
	for _, x := range all.Items {
		href := peopleAt + "/" + string(x.ID)
		number := ""
		if x.Phone != "" {
			number = phone.Mask(x.Phone)
		}
		d.Rows = append(d.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, x.Name, ""), ui.Text(tree.Place(x.Unit)), ui.Text(t.Say(string(audienceKey(x.Audience)))), ui.Text(x.Code), ui.Text(number)}})
	}
	if !all.First {
		d.Pager.First = at(peopleAt, "under", under)
	}
	if all.Next != "" {
		d.Pager.Next = at(peopleAt, "under", under, "after", all.Next)
	}
	v := views.Page{Head: ui.HeaderData{Title: t.Say("training.people"), Lead: t.Say("training.people.lead")}, Body: []templ.Component{views.Listed(t, ui.CardData{Flush: true}, d)}}
	if ds := districts(tree, c.Who, Look); len(ds) > 1 {
		v.Filter = &ui.FilterData{Action: peopleAt, Results: "results", Fields: []ui.Field{districtField(t, ds, "under", under)}}
	}
	if c.Who.May(Enrol) {
		v.Head.Action = &ui.Action{Label: t.Say("training.import"), Href: "/imports/" + RosterImport, Icon: "upload"}
		v.Head.More = []ui.Action{{Label: t.Say("training.person.new"), Href: peopleAt + "/new", Icon: "plus"}}
	}
	if err := p.seen(c.Std(), c.Who, "rollout.training.roster.seen", under, len(all.Items)); err != nil {
		return err
	}
	return p.show(c, v.Head.Title, views.Show(t, v))
}

// personForm is a person as the form of the request holds it; the unit may be a code or a
// name, with its district.
func (p *pages) personForm(c *httpx.Ctx) (PersonForm, error) {
	tree, err := p.tree(c.Std())
	f := PersonForm{Unit: c.FormValue("unit"), Audience: c.FormValue("audience"), Name: c.FormValue("name"), Code: c.FormValue("code"), Phone: c.FormValue("phone"), Email: c.FormValue("email"), Born: c.FormValue("born")}
	if err != nil {
		return f, err
	}
	if code, problem := place(tree, placeNames(tree), f.Unit, districtName(tree, c.FormValue("district"))); problem == "" {
		f.Unit = code
	}
	return f, nil
}

// districtName is the name by which a chosen district is known in tables.
func districtName(tree *org.Tree, code string) string {
	if u, ok := tree.Unit(code); ok {
		return u.Name
	}
	return ""
}

func (p *pages) personFields(t i18n.T, tree *org.Tree, who access.Actor, f PersonForm, district string) []ui.Field {
	var mine []org.Unit
	for _, u := range tree.All() {
		if _, ok := levelOf(tree, u.Code); ok && who.Covers(Enrol, u.Code) {
			mine = append(mine, u)
		}
	}
	var fields []ui.Field
	if len(mine) <= fewUnits {
		unit := ui.Field{Kind: ui.Select, Name: "unit", Label: t.Say("training.unit"), Required: true, Value: f.Unit}
		for _, u := range mine {
			unit.Options = append(unit.Options, ui.Option{Value: u.Code, Label: u.Title()})
		}
		fields = append(fields, unit)
	} else {
		fields = append(fields, districtField(t, tree.Districts(), "district", district),
			ui.Field{Name: "unit", Label: t.Say("training.unit"), Hint: t.Say("training.unit.hint"), Required: true, Value: f.Unit})
	}
	levels := slices.Clone(Levels)
	if !slices.ContainsFunc(mine, func(u org.Unit) bool { return u.Level == org.District }) {
		levels = []Level{OfCommune}
	}
	return append(fields, ui.Field{Kind: ui.Select, Name: "audience", Label: t.Say("training.audience"), Required: true, Value: f.Audience, Options: audienceOptions(t, levels...)},
		ui.Field{Name: "name", Label: t.Say("training.person.name"), Required: true, Value: f.Name, Max: longestName, Autocomplete: "off"}, ui.Field{Name: "code", Label: t.Say("training.person.code"), Value: f.Code, Max: longestCode, Narrow: true},
		ui.Field{Kind: ui.Phone, Name: "phone", Label: t.Say("training.person.phone"), Hint: t.Say("training.person.phone_hint"), Value: f.Phone, Narrow: true}, ui.Field{Kind: ui.Email, Name: "email", Label: t.Say("training.person.email"), Value: f.Email},
		ui.Field{Kind: ui.Date, Name: "born", Label: t.Say("training.person.born"), Value: f.Born, Narrow: true})
}

func (p *pages) newPerson(c *httpx.Ctx) error {
	return p.newPersonForm(c, PersonForm{Unit: c.Query("unit")}, nil)
}

func (p *pages) newPersonForm(c *httpx.Ctx, f PersonForm, refused error) error {
	if err := c.Who.Need(Enrol); err != nil {
		return err
	}
	t := c.T
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	title := t.Say("training.person.new")
	return p.again(c, title, refused, func(e ui.Errors) templ.Component {
		return views.Show(t, views.Page{Head: ui.HeaderData{Title: title, Crumbs: []ui.Crumb{{Label: t.Say("training.people"), Href: peopleAt}, {Label: title}}},
			Body: []templ.Component{views.Ask(t, views.Asked{Form: ui.FormData{Action: peopleAt, Fields: p.personFields(t, tree, c.Who, f, c.FormValue("district")), Errors: e, Submit: t.Say("training.save"), Cancel: peopleAt}})}})
	})
}

func (p *pages) addPerson(c *httpx.Ctx) error {
	f, err := p.personForm(c)
	if err != nil {
		return err
	}
	x, err := p.AddPerson(c.Std(), c.Who, f)
	if err != nil {
		if own(err) {
			return p.newPersonForm(c, f, err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("training.person.added", "name", x.Name))
	return c.See(at(peopleAt, "under", x.Unit))
}

func (p *pages) person(c *httpx.Ctx) error { return p.showPerson(c, nil, PersonForm{}) }

func (p *pages) showPerson(c *httpx.Ctx, refused error, typed PersonForm) error {
	id, err := key(c)
	if err != nil {
		return err
	}
	h, err := p.PersonOf(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	if refused == nil {
		typed = h.Form()
	}
	d := ui.TableData{Caption: t.Say("training.history"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("training.class")}, {Label: t.Say("training.state")}, {Label: t.Say("training.certificate")}},
		Empty: ui.EmptyData{Icon: "history", Title: t.Say("training.history.none")}}
	for _, x := range h.Seats {
		paper := ui.Text("")
		if x.Certificate != "" {
			paper = ui.Link(CertificatePath(x.Certificate), x.Certificate)
		}
		href := classesAt + "/" + string(x.Class)
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Main(href, x.ClassCode, dayText(x.Day)+" · "+inLang(t, x.Title, x.TitleEN)), ui.Badge(seatState(t, x.State)), paper}})
	}
	mine := h.LeftOn == "" && c.Who.Covers(Enrol, h.Unit)
	return p.again(c, h.Name, refused, func(e ui.Errors) templ.Component {
		v := views.Page{Head: ui.HeaderData{Title: h.Name, Lead: t.Say(string(audienceKey(h.Audience))) + ", " + tree.Place(h.Unit), Crumbs: []ui.Crumb{{Label: t.Say("training.people"), Href: peopleAt}, {Label: h.Name}}}}
		if h.LeftOn != "" {
			v.Head.State = &ui.State{Tone: ui.Neutral, Word: t.Say("training.person.left_on", "day", dayText(h.LeftOn))}
		}
		v.Body = append(v.Body, views.Listed(t, ui.CardData{Title: t.Say("training.history"), Flush: true}, d))
		if !mine {
			return views.Show(t, v)
		}
		v.Body = append(v.Body, views.Ask(t, views.Asked{Card: ui.CardData{Title: t.Say("training.person.edit")},
			Form: ui.FormData{Action: peopleAt + "/" + string(id), Fields: p.personFields(t, tree, c.Who, typed, tree.District(typed.Unit)), Errors: e, Submit: t.Say("training.save"), Hidden: []ui.Hidden{version(h.Version)}}}))
		v.Side = append(v.Side, views.Known(t, ui.CardData{Title: t.Say("training.person.leave"), Note: t.Say("training.person.leave_note")}, nil, []ui.Action{{Label: t.Say("training.person.leave"), Href: peopleAt + "/" + string(id) + "/leave", Post: true, Danger: true,
			Hidden: []ui.Hidden{version(h.Version)}, Confirm: &ui.Confirm{ID: "leave", Title: t.Say("training.person.leave_ask", "name", h.Name), Text: t.Say("training.person.leave_note"), Yes: t.Say("training.person.leave")}}}))
		return views.Show(t, v)
	})
}

func (p *pages) savePerson(c *httpx.Ctx) error {
	id, err := key(c)
	if err != nil {
		return err
	}
	f, err := p.personForm(c)
	if err != nil {
		return err
	}
	if _, err := p.ChangePerson(c.Std(), c.Who, id, c.Version(), f); err != nil {
		if own(err) {
			return p.showPerson(c, err, f)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("training.saved"))
	return c.See(peopleAt + "/" + string(id))
}

func (p *pages) leave(c *httpx.Ctx) error {
	id, err := key(c)
	if err != nil {
		return err
	}
	x, err := p.Leave(c.Std(), c.Who, id, c.Version())
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("training.person.left_now", "name", x.Name))
	return c.See(peopleAt + "/" + string(id))
}

// chosen are the seats and proposals that a form's boxes name.
func chosen(c *httpx.Ctx) (seats, proposals []ident.ID) {
	for _, raw := range c.Request().PostArgs().PeekMulti("who") {
		s := string(raw)
		if len(s) < 2 {
			continue
		}
		id, err := ident.Parse(s[1:])
		switch {
		case err != nil:
		case s[0] == 's':
			seats = append(seats, id)
		case s[0] == 'p':
			proposals = append(proposals, id)
		}
	}
	return seats, proposals
}
