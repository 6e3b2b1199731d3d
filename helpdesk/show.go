package helpdesk

import (
	"github.com/a-h/templ"
	"strconv"
	"strings"
	"time"

	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"

	"lotrinh/helpdesk/views"
)

func priorityKey(n int) i18n.Key { return i18n.Key("helpdesk.priority." + strconv.Itoa(n)) }

var stateTones = map[State]ui.Tone{StateNew: ui.Info, Open: ui.Neutral, OnHold: ui.Paused, Resolved: ui.Good, Reopened: ui.Warn, Closed: ui.Neutral}

// stateOf is a ticket's state as a badge; on hold it says for whom it waits.
func stateOf(t i18n.T, x Ticket) ui.State {
	if x.State == OnHold {
		return ui.State{Tone: ui.Paused, Word: t.Say("helpdesk.waits_for." + string(x.WaitsFor))}
	}
	return ui.State{Tone: stateTones[x.State], Word: t.Say(string(stateKey(x.State)))}
}

func priorityOf(t i18n.T, n int) ui.State {
	tone := ui.Neutral
	if n <= 2 {
		tone = ui.Warn
	}
	return ui.State{Tone: tone, Word: t.Say(string(priorityKey(n)))}
}

// soon is when a due moment is called near: an hour of work.
const soon = time.Hour

// due is one of the ticket's clocks as a due moment.
func (p Promised) due(t i18n.T, now time.Time) ui.Due {
	d := ui.Due{State: ui.DueRunning, Left: p.Left.Time, Tentative: p.ExpectedYear != 0, Steps: worktime.Explain(t, p.Why)}
	if p.Due == nil {
		d.State, d.Year = ui.DueNoCalendar, p.MissingYear
		return d
	}
	d.At = *p.Due
	switch {
	case p.State == deadline.Met:
		d.State = ui.DueMet
	case p.State == deadline.Missed:
		d.State = ui.DueMissed
	case p.State == deadline.Paused:
		d.State = ui.DuePaused
	case now.After(d.At):
		d.State = ui.DueLate
	case d.Left <= soon:
		d.State = ui.DueSoon
	}
	return d
}

// view is the ticket's page.
func (p *pages) view(c *httpx.Ctx, d Detail, tree *org.Tree, a attempt, e ui.Errors) views.TicketView {
	t, now := c.T, p.Business.Now()
	state := stateOf(t, d.Ticket)
	v := views.TicketView{
		Head: ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("helpdesk.ticket.crumb"), Href: "/tickets"}, {Label: d.Number()}},
			Title: d.Title, State: &state, Lead: d.Number() + " · " + tree.Place(d.Unit)},
		Conflict:     isChanged(a.err),
		Conversation: conversation(t, d), History: history(t, d), Facts: facts(t, d, tree),
	}
	if d.Conversation.Next != "" {
		v.Older = "/tickets/" + string(d.ID) + "?after=" + d.Conversation.Next + "#conversation"
	}
	if !d.Conversation.First {
		v.Newest = "/tickets/" + string(d.ID) + "#conversation"
	}
	for _, one := range []struct {
		title string
		of    Promised
	}{{t.Say("helpdesk.due.answer"), d.Answer}, {t.Say("helpdesk.due.next"), d.Next}, {t.Say("helpdesk.due.resolve"), d.Resolve}} {
		if one.of.ID != "" && one.of.State != deadline.Cancelled {
			v.Promises = append(v.Promises, promiseCard(t, one.title, one.of, now))
		}
	}
	p.actions(t, c.Who.ID, d, &v)
	v.Forms, v.Side = p.forms(c, d, a, e)
	v.Checklist, v.Related = checklist(t, d), related(t, d)
	v.Notice = ended(t, d)
	return v
}

// actions are the buttons in the page's head.
func (p *pages) actions(t i18n.T, me ident.ID, d Detail, v *views.TicketView) {
	post := func(verb, label, icon string, saws ...string) ui.Action {
		return ui.Action{Label: t.Say(label), Icon: icon, Post: true, Href: "/tickets/" + string(d.ID) + "/" + verb, Hidden: append(versioned(d.Ticket), was(d.Ticket, saws...)...)}
	}
	switch {
	case d.Supports && d.MergedInto != "":
		v.Head.More = append(v.Head.More, post("unmerge", "helpdesk.merge.undo", "arrow-left"))
	case d.Supports && d.Phase == Asleep:
		v.Head.More = append(v.Head.More, post("wake", "helpdesk.wake.title", "player-play"))
	case d.Supports && d.State == OnHold:
		a := post("resume", "helpdesk.resume", "player-play", "state")
		v.Head.Action = &a
	case d.Supports && d.Phase == InWork && d.Owner == "":
		a := post("take", "helpdesk.take", "user", "owner")
		a.Key = "a"
		v.Head.Action = &a
	case d.Supports && d.State == Resolved && !d.Kin.busy():
		v.Head.More = append(v.Head.More, post("close", "helpdesk.close", "check"))
	case d.Own && d.Phase != Done:
		a := post("close", "helpdesk.withdraw", "x")
		a.Confirm = &ui.Confirm{ID: "withdraw", Title: t.Say("helpdesk.withdraw.ask", "number", d.Number()), Text: t.Say("helpdesk.withdraw.text")}
		v.Head.More = append(v.Head.More, a)
	case d.Guest:
		v.Head.More = append(v.Head.More, post("unwatch", "helpdesk.watch.stop", "x"))
	}
	if d.Supports && d.WatchedBy(me) {
		v.Head.More = append(v.Head.More, post("unwatch", "helpdesk.watch.stop", "x"))
	}
}

func versioned(x Ticket) []ui.Hidden {
	return []ui.Hidden{{Name: "version", Value: strconv.FormatInt(x.Version, 10)}}
}

func promiseCard(t i18n.T, title string, p Promised, now time.Time) views.PromiseCard {
	card := views.PromiseCard{Title: title, Due: p.due(t, now)}
	if p.Paused > 0 {
		card.Paused = t.Say("helpdesk.due.paused", "span", ui.Span(t, p.Paused, 8*time.Hour))
	}
	say := func(why, sentence string) string {
		if why == "" {
			return sentence
		}
		return sentence + " (" + t.Say(why) + ")"
	}
	for _, one := range p.Pauses {
		card.Pauses = append(card.Pauses, say(one.Why, t.Say("helpdesk.due.pause", "from", one.From, "to", one.To)))
	}
	if p.PausedAt != nil {
		card.Pauses = append(card.Pauses, say(p.PausedWhy, t.Say("helpdesk.due.pause_open", "from", *p.PausedAt)))
	}
	return card
}

// nameOf is what a person is called on the page.
func nameOf(t i18n.T, d Detail, id ident.ID) string {
	if strings.HasPrefix(string(id), "system:") {
		return t.Say("helpdesk.system")
	}
	return d.Names[id]
}

// conversation is the messages shown, oldest first.
func conversation(t i18n.T, d Detail) []ui.Event {
	var all []ui.Event
	for i := len(d.Conversation.Items) - 1; i >= 0; i-- {
		m := d.Conversation.Items[i]
		e := ui.Event{At: m.At, Who: t.Say("helpdesk.message.requester"), What: nameOf(t, d, m.Author), Note: m.Body, Tone: ui.Neutral}
		switch {
		case m.Internal:
			e.Who, e.Tone = t.Say("helpdesk.message.note"), ui.Warn
		case m.FromAgent:
			e.Who, e.Tone = t.Say("helpdesk.message.agent"), ui.Info
		}
		if m.Ticket != d.ID {
			e.Who = t.Say("helpdesk.message.of", "who", e.Who, "number", d.numberOf(m.Ticket))
		}
		var list []views.File
		for _, f := range d.Files[string(m.ID)] {
			list = append(list, views.File{Href: "/tickets/" + string(m.Ticket) + "/files/" + string(f.ID), Name: f.Name, Size: t.Decimal(float64(f.Size)/1024, 0) + " KB"})
		}
		under := views.UnderView{Why: m.Why, Files: list}
		if d.Supports && !m.Internal && !(d.Conversation.Next == "" && i == len(d.Conversation.Items)-1) {
			under.Split = "/tickets/" + string(m.Ticket) + "/split?message=" + string(m.ID)
		}
		parts := d.Remarks[m.ID]
		if under.Why != "" || under.Split != "" || len(list) > 0 {
			parts = append([]templ.Component{views.Under(t, under)}, parts...)
		}
		if len(parts) > 0 {
			e.Detail = ui.Parts(parts)
		}
		all = append(all, e)
	}
	return all
}
