package hotline

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/hotline/views"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/phone"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
)

// askedFor is a ticket of a call as it is typed.
type askedFor struct {
	person, caller, unit, service, title, body, impact, urgency, incident string
}

func readAsked(c *httpx.Ctx) askedFor {
	return askedFor{person: c.FormValue("person"), caller: c.FormValue("caller"), unit: c.FormValue("unit"), service: c.FormValue("service"),
		title: c.FormValue("title"), body: c.FormValue("body"), impact: c.FormValue("impact"), urgency: c.FormValue("urgency"), incident: c.FormValue("incident")}
}

// filled is the form as the call fills it in: nothing need be typed.
func (p *pages) filled(c *httpx.Ctx, call Call) (askedFor, error) {
	people, err := p.callers(c.Std(), call.Number)
	if err != nil {
		return askedFor{}, err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return askedFor{}, err
	}
	f := askedFor{service: string(helpdesk.Usage), impact: "1", urgency: "2", person: string(call.Person), caller: call.Names}
	if call.Unit != "" {
		f.unit = tree.Place(call.Unit)
	}
	name := call.Names
	for _, one := range people {
		if one.Person == call.Person {
			name = one.Name
		}
	}
	if call.Person != "" && name == "" {
		names, err := p.Desk.NamesOf(c.Std(), []ident.ID{call.Person})
		if err != nil {
			return f, err
		}
		name = names[call.Person]
	}
	if name == "" {
		name = c.T.Say("hotline.ticket.someone")
	}
	f.title = c.T.Say("hotline.ticket.title", "name", name)
	f.body = c.T.Say("hotline.ticket.body", "at", call.BeganAt)
	if call.Note != "" {
		f.body = call.Note
	}
	return f, nil
}

// asked is the ticket that was meant.
func (p *pages) asked(c *httpx.Ctx, call Call, f askedFor) (Asked, error) {
	tree, err := p.tree(c.Std())
	if err != nil {
		return Asked{}, err
	}
	impact, _ := strconv.Atoi(f.impact) // what is no number is no level, and the help desk says so
	urgency, _ := strconv.Atoi(f.urgency)
	in := Asked{Caller: f.caller, Draft: helpdesk.Draft{Title: f.title, Body: f.body, Service: helpdesk.Category(f.service), Impact: impact, Urgency: urgency}}
	if in.Unit, err = unitOf(tree, f.unit); err != nil {
		return in, err
	}
	if in.Incident, err = p.belongs(c, call, f.incident); err != nil || f.person == "" {
		return in, err
	}
	people, err := p.callers(c.Std(), call.Number)
	if err != nil {
		return in, err
	}
	for _, one := range people {
		if string(one.Person) == f.person && covers(c.Who, one.Unit) {
			in.Requester = one.Person
			return in, nil
		}
	}
	if f.person == string(call.Person) {
		in.Requester = call.Person
		return in, nil
	}
	var k fault.Check
	k.Need(false, "person", "hotline.ticket.person_unknown")
	return in, k.Err()
}

// belongs is the running incident that was chosen, if it is one that was offered.
func (p *pages) belongs(c *httpx.Ctx, call Call, chosen string) (ident.ID, error) {
	if chosen == "" {
		return "", nil
	}
	all, err := p.running(c.Std(), c.T, c.Who, call.Unit)
	if err != nil {
		return "", err
	}
	for _, r := range all {
		if string(r.Incident) == chosen {
			return r.Incident, nil
		}
	}
	return "", nil // it is over: the ticket stands alone
}

// unitOf is the code of the unit that somebody typed: its code, or a name that only
// one unit answers to.
func unitOf(tree *org.Tree, text string) (string, error) {
	text = strings.TrimSpace(text)
	if _, ok := tree.Unit(text); ok {
		return text, nil
	}
	hits := tree.Search(text, 4)
	if text != "" && (len(hits) == 1 || len(hits) > 1 && fold.Key(hits[0].Place) == fold.Key(text)) {
		return hits[0].Code, nil
	}
	var k fault.Check
	k.Need(false, "unit", "hotline.ticket.unit_needed")
	return "", k.Err()
}

func (p *pages) showTicketForm(c *httpx.Ctx, call Call, f askedFor, refused error) error {
	people, err := p.callers(c.Std(), call.Number)
	if err != nil {
		return err
	}
	running, err := p.running(c.Std(), c.T, c.Who, call.Unit)
	if err != nil {
		return err
	}
	return p.shown(c, c.T.Say("hotline.ticket.new"), refused, func(e ui.Errors) (templ.Component, error) {
		return views.Form(c.T, views.FormView{
			Head: ui.HeaderData{Crumbs: []ui.Crumb{{Label: c.T.Say("hotline.title"), Href: home}, {Label: c.T.Say("hotline.call.title"), Href: callPage(call.ID)}, {Label: c.T.Say("hotline.ticket.new")}},
				Title: c.T.Say("hotline.ticket.new"), Lead: c.T.Say("hotline.ticket.lead", "at", call.BeganAt, "number", shownNumber(c, call.Number))},
			Form: ui.FormData{ID: "call-ticket", Action: callPage(call.ID) + "/ticket", Errors: e, Fields: ticketFields(c, f, people, running),
				Submit: c.T.Say("hotline.ticket.save"), Cancel: callPage(call.ID)},
		}), nil
	})
}

// ticketFields are the questions; the title has the focus, so that Enter saves.
func ticketFields(c *httpx.Ctx, f askedFor, people []Caller, running []Running) []ui.Field {
	t := c.T
	var fields []ui.Field
	who := []ui.Option{}
	for _, one := range people {
		if covers(c.Who, one.Unit) {
			who = append(who, ui.Option{Value: string(one.Person), Label: one.Name})
		}
	}
	title := ui.Field{Name: "title", Label: t.Say("helpdesk.new.title"), Value: f.title, Required: true, Max: 150, Attrs: templ.Attributes{"data-focus": true, "autofocus": true}}
	fields = append(fields, title)
	if len(who) > 0 {
		who = append(who, ui.Option{Label: t.Say("hotline.ticket.other_person")})
		fields = append(fields, ui.Field{Kind: ui.Select, Name: "person", Label: t.Say("hotline.ticket.person"), Value: f.person, Options: who})
	}
	if len(who) == 0 || f.person == "" {
		fields = append(fields, ui.Field{Name: "caller", Label: t.Say("hotline.ticket.caller"), Value: f.caller, Max: 100})
	}
	same := []ui.Option{{Label: t.Say("hotline.ticket.alone")}}
	for _, r := range running {
		if r.Incident != "" {
			same = append(same, ui.Option{Value: string(r.Incident), Label: r.Title})
		}
	}
	if len(same) > 1 {
		fields = append(fields, ui.Field{Kind: ui.Select, Name: "incident", Label: t.Say("hotline.same_as"), Value: f.incident, Options: same})
	}
	var services []ui.Option
	for _, s := range helpdesk.Categories {
		services = append(services, ui.Option{Value: string(s), Label: t.Say("helpdesk.service." + string(s))})
	}
	return append(fields,
		ui.Field{Name: "unit", Label: t.Say("helpdesk.new.unit"), Hint: t.Say("helpdesk.new.unit_hint"), Value: f.unit, Required: true},
		ui.Field{Kind: ui.Radio, Name: "service", Label: t.Say("helpdesk.new.service"), Value: f.service, Options: services, Required: true},
		ui.Field{Kind: ui.Area, Name: "body", Label: t.Say("helpdesk.new.body"), Value: f.body, Rows: 4, Required: true},
		ui.Field{Kind: ui.Select, Name: "impact", Label: t.Say("helpdesk.new.impact"), Value: f.impact, Options: levels(c, "helpdesk.impact.")},
		ui.Field{Kind: ui.Select, Name: "urgency", Label: t.Say("helpdesk.new.urgency"), Value: f.urgency, Options: levels(c, "helpdesk.urgency.")})
}

func levels(c *httpx.Ctx, prefix string) []ui.Option {
	var all []ui.Option
	for n := helpdesk.Least; n <= helpdesk.Most; n++ {
		all = append(all, ui.Option{Value: strconv.Itoa(n), Label: c.T.Say(prefix + strconv.Itoa(n))})
	}
	return all
}

// shownNumber is a number as people read it, or that it is hidden.
func shownNumber(c *httpx.Ctx, n string) string {
	if n == "" {
		return c.T.Say("hotline.anonymous")
	}
	return phone.Show(n)
}
