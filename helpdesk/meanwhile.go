package helpdesk

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/site/ui"

	"lotrinh/helpdesk/views"
)

// Two people work on one ticket at once. A form carries the version of the ticket that
// its writer saw, and beside it what it is about: the fields that it changes as they
// stood, or how far the conversation had come. When the version is old but what the
// form is about has not changed, the form goes through; otherwise the writer sees both
// sides and chooses. The row's own version still guards the moment of writing.

// field is a field of a ticket that a form may change.
type field struct {
	label string // message key
	value func(Ticket) string
	word  string // prefix of the message keys that say its values; empty shows them as they are
}

// changeable are the fields that forms change, by the name of their input.
var changeable = map[string]field{
	"owner":   {label: "helpdesk.ticket.owner", value: func(t Ticket) string { return string(t.Owner) }},
	"kind":    {label: "helpdesk.ticket.kind", value: func(t Ticket) string { return string(t.Kind) }, word: "helpdesk.kind."},
	"impact":  {label: "helpdesk.new.impact", value: func(t Ticket) string { return strconv.Itoa(t.Impact) }, word: "helpdesk.impact."},
	"urgency": {label: "helpdesk.new.urgency", value: func(t Ticket) string { return strconv.Itoa(t.Urgency) }, word: "helpdesk.urgency."},
	"title":   {label: "helpdesk.new.title", value: func(t Ticket) string { return t.Title }},
	"unit":    {label: "helpdesk.ticket.unit", value: func(t Ticket) string { return t.Unit }},
	"service": {label: "helpdesk.ticket.service", value: func(t Ticket) string { return string(t.Service) }, word: "helpdesk.service."},
	"group":   {label: "helpdesk.ticket.group", value: func(t Ticket) string { return string(t.Group) }, word: "helpdesk.group."},
	"state":   {label: "helpdesk.ticket.state", value: func(t Ticket) string { return string(t.State) }, word: "helpdesk.state."},
}

// was are the hidden inputs by which a form says what it saw of the fields it changes.
func was(t Ticket, names ...string) []ui.Hidden {
	var all []ui.Hidden
	for _, n := range names {
		all = append(all, ui.Hidden{Name: "was_" + n, Value: changeable[n].value(t)})
	}
	return all
}

// Clash is one field that somebody else changed while a form was open.
type Clash struct {
	Field              string
	Was, Theirs, Yours string
}

// clashed is the cause of a form refused because of fields.
type clashed struct {
	clashes []Clash
	yours   []ui.Hidden // what the form wanted, to be sent again
}

func (*clashed) Error() string { return "the same field was changed meanwhile" }

// answered is the cause of an answer held back because somebody was faster.
type answered struct {
	messages []Message // oldest first
	from, to State
}

func (*answered) Error() string { return "somebody wrote meanwhile" }

// merged does a form's work on fields by their names. wanted are the values that the
// form asks for.
func (p *pages) merged(c *httpx.Ctx, id ident.ID, wanted map[string]string, do func(version int64) (Ticket, error)) (Ticket, error) {
	return p.again(c, id, do, func(t Ticket) error {
		var all []Clash
		for name, mine := range wanted {
			seen, now := c.FormValue("was_"+name), changeable[name].value(t)
			if c.FormValue("was_"+name) == "" && !hasKey(c, "was_"+name) {
				return fault.New(fault.Conflict, "fault.changed_meanwhile") // the form never said what it saw
			}
			if now != seen && now != mine {
				all = append(all, Clash{Field: name, Was: seen, Theirs: now, Yours: mine})
			}
		}
		if len(all) == 0 {
			return nil
		}
		slices.SortFunc(all, func(a, b Clash) int { return compare(a.Field, b.Field) })
		var yours []ui.Hidden
		for name, mine := range wanted {
			yours = append(yours, ui.Hidden{Name: name, Value: mine})
		}
		slices.SortFunc(yours, func(a, b ui.Hidden) int { return compare(a.Name, b.Name) })
		return fault.Because(fault.Conflict, "helpdesk.ticket.field_changed", &clashed{all, yours})
	})
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func hasKey(c *httpx.Ctx, name string) bool {
	if c.Request().PostArgs().Has(name) {
		return true
	}
	form, err := c.MultipartForm()
	return err == nil && len(form.Value[name]) > 0
}

// answering sends an answer unless somebody else has written to the requester, or has
// changed the state, since the writer looked.
func (p *pages) answering(c *httpx.Ctx, id ident.ID, do func(version int64) (Ticket, error)) (Ticket, error) {
	return p.again(c, id, do, func(t Ticket) error {
		seen, err := strconv.ParseInt(c.FormValue("was_messages"), 10, 64)
		from := State(c.FormValue("was_state"))
		if err != nil || seen < 0 || from == "" {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		news, err := p.since(c.Std(), t, seen)
		if err != nil || len(news) == 0 && from == t.State {
			return err
		}
		return fault.Because(fault.Conflict, "helpdesk.ticket.answered_meanwhile", &answered{news, from, t.State})
	})
}

// again does a form's work at the version that it saw; when the ticket has gone on, it
// asks whether that concerns the form, and if not does it at the newest version.
func (p *pages) again(c *httpx.Ctx, id ident.ID, do func(version int64) (Ticket, error), concerns func(Ticket) error) (Ticket, error) {
	saw := c.Version()
	for try := 0; ; try++ {
		done, err := do(saw)
		if try == 3 || !isChanged(err) {
			return done, err
		}
		t, err := p.one(c.Std(), p.DB.Read(), c.Who, id)
		if err != nil {
			return t, err
		}
		if err := concerns(t); err != nil {
			return t, err
		}
		saw = t.Version
	}
}

// mostNews is how many of the messages that came meanwhile are shown.
const mostNews = 20

// since are the public messages that came after the first seen ones, oldest first.
func (s *Service) since(ctx context.Context, t Ticket, seen int64) ([]Message, error) {
	n := min(t.Messages-seen, mostNews)
	if n <= 0 {
		return nil, nil
	}
	got, err := messages(ctx, s.DB.Read(), []ident.ID{t.ID}, true, page.Read("", strconv.FormatInt(n, 10)))
	if err != nil {
		return nil, err
	}
	slices.Reverse(got.Items)
	return slices.DeleteFunc(got.Items, func(m Message) bool { return m.Internal }), nil
}

// saw are the hidden inputs by which an answer says how far the conversation had come.
func saw(t Ticket) []ui.Hidden {
	return []ui.Hidden{{Name: "was_messages", Value: strconv.FormatInt(t.Messages, 10)}, {Name: "was_state", Value: string(t.State)}}
}

// meanwhile is what the page says when a form was refused because of somebody else.
func (p *pages) meanwhile(c *httpx.Ctx, d Detail, a attempt) (*views.Meanwhile, error) {
	t := c.T
	var fields *clashed
	if errors.As(a.err, &fields) {
		v := &views.Meanwhile{Title: t.Say("helpdesk.meanwhile.field"), Text: t.Say("helpdesk.meanwhile.field_text"), Keep: "/tickets/" + string(d.ID),
			Action: "/tickets/" + string(d.ID) + "/" + a.form, Hidden: append(versioned(d.Ticket), fields.yours...)}
		names, err := p.People.Names(c.Std(), owners(fields.clashes))
		if err != nil {
			return nil, err
		}
		for _, x := range fields.clashes {
			say := func(value string) string { return x.say(t, value, names) }
			v.Clashes = append(v.Clashes, views.Clash{Field: t.Say(changeable[x.Field].label), Was: say(x.Was), Theirs: say(x.Theirs), Yours: say(x.Yours)})
		}
		for _, h := range fields.yours {
			v.Hidden = append(v.Hidden, was(d.Ticket, h.Name)...)
		}
		return v, nil
	}
	var wrote *answered
	if !errors.As(a.err, &wrote) {
		return nil, nil //nolint:nilnil // nothing to say
	}
	v := &views.Meanwhile{Title: t.Say("helpdesk.meanwhile.answered"), Text: t.Say("helpdesk.meanwhile.answered_text"), Form: "form-" + a.form, Keep: "#conversation"}
	if wrote.from != wrote.to {
		v.State = t.Say("helpdesk.meanwhile.state", "from", stateKey(wrote.from), "to", stateKey(wrote.to))
	}
	for _, m := range wrote.messages {
		v.Messages = append(v.Messages, ui.Event{At: m.At, What: nameOf(t, d, m.Author), Note: m.Body, Tone: ui.Warn})
	}
	return v, nil
}

// owners are the accounts that clashes speak of.
func owners(all []Clash) []ident.ID {
	var ids []ident.ID
	for _, x := range all {
		if x.Field != "owner" {
			continue
		}
		for _, v := range []string{x.Was, x.Theirs, x.Yours} {
			if v != "" {
				ids = append(ids, ident.ID(v))
			}
		}
	}
	return ids
}

// say is a value of the field in words.
func (x Clash) say(t i18n.T, value string, names map[ident.ID]string) string {
	word := changeable[x.Field].word
	switch {
	case x.Field == "owner" && value == "":
		return t.Say("helpdesk.no_owner")
	case x.Field == "owner":
		return names[ident.ID(value)]
	case word != "" && t.Has(word+value):
		return t.Say(word + value)
	}
	return value
}
