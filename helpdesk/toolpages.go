package helpdesk

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"

	"lotrinh/helpdesk/views"
)

// tools declares what the support side does to a ticket beside answering it.
func (p *pages) tools(r *httpx.Router) {
	r.Page("POST", "/tickets/:id/sort", p.sort)
	r.Page("POST", "/tickets/:id/subject", p.about)
	r.Page("POST", "/tickets/:id/fields", p.ownFields)
	r.Page("POST", "/tickets/:id/tags", p.tag)
	r.Page("POST", "/tickets/:id/links", p.link)
	r.Page("POST", "/tickets/:id/unlink", p.unlink)
	r.Page("POST", "/tickets/:id/parent", p.parent)
	r.Page("POST", "/tickets/:id/merge", p.merge)
	r.Page("POST", "/tickets/:id/unmerge", p.unmerge)
	r.Page("GET", "/tickets/:id/split", p.splitForm)
	r.Page("POST", "/tickets/:id/split", p.split)
	r.Page("POST", "/tickets/:id/watch", p.watch)
	r.Page("POST", "/tickets/:id/unwatch", p.unwatch)
	r.Page("POST", "/tickets/:id/checks", p.check)
	r.Page("POST", "/tickets/:id/snooze", p.snooze)
	r.Page("POST", "/tickets/:id/wake", p.wake)
	r.Page("POST", "/tickets/:id/spent", p.spend)
}

// called gives the faults of a form the names of its inputs, where these are not the
// use case's: name, input, name, input …
func called(err error, names ...string) error {
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return err
	}
	same := *f
	same.Fields = slices.Clone(f.Fields)
	for i := range same.Fields {
		for j := 0; j+1 < len(names); j += 2 {
			if same.Fields[i].Name == names[j] {
				same.Fields[i].Name = names[j+1]
			}
		}
	}
	return &same
}

// pickLimit is how many tickets a picker offers.
const pickLimit = 8

// pick answers a picker while somebody types: the tickets that may be meant.
func (p *pages) pick(c *httpx.Ctx) error {
	typed := cmp.Or(c.Query("q"), c.Query("link_to"), c.Query("parent_to"), c.Query("merge_to"))
	rows, err := p.Pick(c.Std(), c.Who, typed, pickLimit)
	if err != nil {
		return err
	}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	var all []views.Pickable
	for _, x := range rows {
		if string(x.ID) != c.Query("not") {
			all = append(all, views.Pickable{ID: string(x.ID), Number: x.Number(), Title: x.Title, Place: tree.Place(x.Unit), State: stateOf(c.T, x)})
		}
	}
	return p.site.ShowPart(c, views.Picked(c.T, all, typed != ""))
}

// picked is the ticket that a form's picker names, for whoever supports the one that
// the form is about; prefix tells the form.
func (p *pages) picked(c *httpx.Ctx, id ident.ID, prefix string) (ident.ID, error) {
	if err := p.supported(c, id); err != nil {
		return "", err
	}
	to, err := p.meantTicket(c.Std(), c.Who, c.FormValue("picked"), c.FormValue(prefix+"to"))
	return to, called(err, "to", prefix+"to")
}

func (p *pages) sort(c *httpx.Ctx) error {
	return p.did(c, "sort", "helpdesk.done.sorted", func(id ident.ID) (Ticket, error) {
		kind, service, group := c.FormValue("kind"), c.FormValue("service"), c.FormValue("group")
		return p.merged(c, id, map[string]string{"kind": kind, "service": service, "group": group}, func(version int64) (Ticket, error) {
			return p.Sort(c.Std(), c.Who, id, version, Kind(kind), Category(service), Group(group))
		})
	})
}

func (p *pages) about(c *httpx.Ctx) error {
	return p.did(c, "subject", "helpdesk.done.changed", func(id ident.ID) (Ticket, error) {
		return p.SetSubject(c.Std(), c.Who, id, c.Version(), c.FormValue("asset"), c.FormValue("dossier"))
	})
}

// typedFields are the answers to a service's own questions, as a form sent them.
func typedFields(c *httpx.Ctx, o Offer) map[string]string {
	typed := map[string]string{}
	for _, f := range o.Fields {
		typed[f.Code] = c.FormValue(fieldName(f.Code))
	}
	return typed
}

func (p *pages) ownFields(c *httpx.Ctx) error {
	return p.did(c, "fields", "helpdesk.done.changed", func(id ident.ID) (Ticket, error) {
		t, err := p.one(c.Std(), p.DB.Read(), c.Who, id)
		if err != nil {
			return t, err
		}
		cat, err := p.Catalogue(c.Std())
		if err != nil {
			return t, err
		}
		offer, _ := cat.Offer(t.Service)
		return p.SetFields(c.Std(), c.Who, id, c.Version(), typedFields(c, offer))
	})
}

func (p *pages) tag(c *httpx.Ctx) error {
	return p.did(c, "tags", "helpdesk.done.changed", func(id ident.ID) (Ticket, error) {
		return p.SetTags(c.Std(), c.Who, id, c.Version(), strings.Split(c.FormValue("tags"), ","))
	})
}

func (p *pages) link(c *httpx.Ctx) error {
	return p.did(c, "links", "helpdesk.done.linked", func(id ident.ID) (Ticket, error) {
		to, err := p.picked(c, id, "link_")
		if err != nil {
			return Ticket{}, err
		}
		t, err := p.Link(c.Std(), c.Who, id, to, LinkKind(c.FormValue("link_kind")), c.FormValue("link_reason"))
		return t, called(err, "to", "link_to", "kind", "link_kind", "reason", "link_reason")
	})
}

func (p *pages) unlink(c *httpx.Ctx) error {
	return p.did(c, "unlink", "helpdesk.done.unlinked", func(id ident.ID) (Ticket, error) {
		link, err := ident.Parse(c.FormValue("link"))
		if err != nil {
			return Ticket{}, err
		}
		return p.Unlink(c.Std(), c.Who, id, link)
	})
}

func (p *pages) parent(c *httpx.Ctx) error {
	return p.did(c, "parent", "helpdesk.done.changed", func(id ident.ID) (Ticket, error) {
		if c.FormValue("none") != "" {
			return p.SetParent(c.Std(), c.Who, id, c.Version(), "")
		}
		to, err := p.picked(c, id, "parent_")
		if err != nil {
			return Ticket{}, err
		}
		t, err := p.SetParent(c.Std(), c.Who, id, c.Version(), to)
		return t, called(err, "to", "parent_to")
	})
}

func (p *pages) merge(c *httpx.Ctx) error {
	return p.did(c, "merge", "helpdesk.done.merged", func(id ident.ID) (Ticket, error) {
		into, err := p.picked(c, id, "merge_")
		if err != nil {
			return Ticket{}, err
		}
		t, err := p.Merge(c.Std(), c.Who, id, c.Version(), into)
		return t, called(err, "to", "merge_to")
	})
}

func (p *pages) unmerge(c *httpx.Ctx) error {
	return p.did(c, "unmerge", "helpdesk.done.unmerged", func(id ident.ID) (Ticket, error) {
		return p.Unmerge(c.Std(), c.Who, id, c.Version())
	})
}

// splitForm asks what the ticket that a message becomes is called.
func (p *pages) splitForm(c *httpx.Ctx) error { return p.showSplit(c, nil) }

func (p *pages) showSplit(c *httpx.Ctx, refused error) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	m, err := p.message(c, id)
	if err != nil {
		return err
	}
	t, href := c.T, "/tickets/"+string(id)
	title := c.FormValue("title", firstLine(m.Body))
	return p.shown(c, t.Say("helpdesk.split.title"), refused, func(e ui.Errors) templ.Component {
		return views.Split(t, views.SplitView{
			Head: ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("helpdesk.ticket.crumb"), Href: "/tickets"}, {Label: t.Say("helpdesk.split.back"), Href: href}, {Label: t.Say("helpdesk.split.title")}},
				Title: t.Say("helpdesk.split.title"), Lead: t.Say("helpdesk.split.lead")},
			Said: m.Body,
			Form: ui.FormData{Action: href + "/split", Errors: e, Submit: t.Say("helpdesk.split.submit"), Cancel: href, Hidden: []ui.Hidden{{Name: "message", Value: string(m.ID)}},
				Fields: []ui.Field{{Name: "title", Label: t.Say("helpdesk.new.title"), Value: title, Required: true, Max: longestTitle}}},
		})
	})
}

// supported refuses whoever does not stand on the answering side of a ticket.
func (p *pages) supported(c *httpx.Ctx, id ident.ID) error {
	if err := c.Who.Need(Work); err != nil {
		return err
	}
	t, err := p.one(c.Std(), p.DB.Read(), c.Who, id)
	if err == nil && !t.supports(c.Who) {
		err = fault.New(fault.Denied, "helpdesk.ticket.support_only")
	}
	return err
}

// message is the message that a form names, of a ticket that the reader supports.
func (p *pages) message(c *httpx.Ctx, id ident.ID) (Message, error) {
	if err := p.supported(c, id); err != nil {
		return Message{}, err
	}
	key, err := ident.Parse(c.FormValue("message"))
	if err != nil {
		return Message{}, err
	}
	return messageOf(c.Std(), p.DB.Read(), id, key)
}

func (p *pages) split(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	message, err := ident.Parse(c.FormValue("message"))
	if err != nil {
		return err
	}
	t, err := p.Split(c.Std(), c.Who, id, message, c.FormValue("title"))
	if err != nil {
		return p.showSplit(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("helpdesk.done.split", "number", t.Number()))
	return c.See("/tickets/" + string(t.ID))
}

func (p *pages) watch(c *httpx.Ctx) error {
	return p.did(c, "watch", "helpdesk.done.watching", func(id ident.ID) (Ticket, error) {
		person := ident.ID(c.FormValue("watch_person"))
		if person == "" {
			person = c.Who.ID
		}
		t, err := p.Watch(c.Std(), c.Who, id, person)
		return t, called(err, "person", "watch_person")
	})
}

func (p *pages) unwatch(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	person := ident.ID(c.FormValue("person"))
	if person == "" {
		person = c.Who.ID
	}
	t, err := p.Unwatch(c.Std(), c.Who, id, person)
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("helpdesk.done.unwatched", "number", t.Number()))
	if p.shows(c.Std(), p.DB.Read(), t, c.Who) != nil {
		return c.See("/tickets")
	}
	return c.See("/tickets/" + string(id))
}

func (p *pages) check(c *httpx.Ctx) error {
	return p.did(c, "checks", "helpdesk.done.checked", func(id ident.ID) (Ticket, error) {
		position, err := strconv.Atoi(c.FormValue("position"))
		if err != nil {
			return Ticket{}, fault.New(fault.Missing, "fault.missing")
		}
		return p.Tick(c.Std(), c.Who, id, position, c.FormValue("done") == "1")
	})
}

// momentForm is how a form sends a moment of the city's wall clock.
const momentForm = "2006-01-02T15:04"

func (p *pages) snooze(c *httpx.Ctx) error {
	return p.did(c, "snooze", "helpdesk.done.snoozed", func(id ident.ID) (Ticket, error) {
		until := time.Time{}
		if typed := c.FormValue("snooze_until"); c.FormValue("when") == "moment" {
			at, err := time.ParseInLocation(momentForm, typed, clock.City)
			if err != nil {
				var k fault.Check
				k.Need(false, "snooze_until", "helpdesk.snooze.needed")
				return Ticket{}, k.Err()
			}
			until = at
		}
		t, err := p.Snooze(c.Std(), c.Who, id, c.Version(), until)
		return t, called(err, "until", "snooze_until")
	})
}

func (p *pages) wake(c *httpx.Ctx) error {
	return p.did(c, "wake", "helpdesk.done.woken", func(id ident.ID) (Ticket, error) {
		return p.Wake(c.Std(), c.Who, id, c.Version())
	})
}

func (p *pages) spend(c *httpx.Ctx) error {
	return p.did(c, "spent", "helpdesk.done.spent", func(id ident.ID) (Ticket, error) {
		minutes, err := strconv.ParseInt(strings.TrimSpace(c.FormValue("minutes")), 10, 64)
		if err != nil {
			minutes = 0 // which the use case refuses with the form's own sentence
		}
		t, err := p.Spend(c.Std(), c.Who, id, minutes, c.FormValue("spent_note"))
		return t, called(err, "note", "spent_note")
	})
}
