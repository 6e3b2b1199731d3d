package helpdesk

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
)

// history is the steps, newest first.
func history(t i18n.T, d Detail) []ui.Event {
	var all []ui.Event
	for _, st := range d.Steps {
		e := ui.Event{At: st.At, Who: nameOf(t, d, st.Actor), Tone: stateTones[st.After]}
		switch st.Act {
		case ActAssigned:
			e.What = t.Say("helpdesk.act.assigned", "name", nameOf(t, d, ident.ID(st.About)))
		case ActHanded:
			e.What = t.Say("helpdesk.act.handed." + st.About)
		case ActHeld:
			e.What = t.Say("helpdesk.act.held." + st.About)
		case ActLinked, ActUnlinked:
			e.What = t.Say("helpdesk.act."+string(st.Act), "code", st.About)
		case ActRanked:
			e.What = t.Say("helpdesk.act.ranked", "priority", i18n.Key("helpdesk.priority."+st.About))
		default:
			e.What = said(t, d, st)
		}
		all = append(all, e)
	}
	return all
}

// said is what a step says whose subject is a word, a moment or another ticket.
func said(t i18n.T, d Detail, st Step) string {
	about := []any{}
	switch {
	case aboutTickets[st.Act]:
		other, ok := d.Named[ident.ID(st.About)]
		number := t.Say("helpdesk.ticket.unseen")
		if ok {
			number = other.Number()
		}
		about = []any{"other", number}
	case st.Act == ActKind:
		about = []any{"kind", i18n.Key("helpdesk.kind." + st.About)}
	case st.Act == ActService:
		about = []any{"service", d.Catalogue.Service(t, Category(st.About))}
	case st.Act == ActGroup:
		about = []any{"group", d.Catalogue.Group(t, Group(st.About))}
	case st.Act == ActAbout:
		about = []any{"about", st.About}
	case st.Act == ActSnoozed:
		until, err := time.Parse(time.RFC3339, st.About)
		if err == nil {
			about = []any{"until", until}
		}
	}
	return t.Say("helpdesk.act."+string(st.Act), about...)
}

func facts(t i18n.T, d Detail, tree *org.Tree) []ui.Fact {
	owner := t.Say("helpdesk.no_owner")
	if d.Owner != "" {
		owner = nameOf(t, d, d.Owner)
	}
	effect := t.Say("helpdesk.impact."+strconv.Itoa(d.Impact)) + ", " + strings.ToLower(t.Say("helpdesk.urgency."+strconv.Itoa(d.Urgency)))
	all := []ui.Fact{
		{Label: t.Say("helpdesk.ticket.kind"), Text: t.Say("helpdesk.kind." + string(d.Kind))},
		{Label: t.Say("helpdesk.ticket.priority"), Value: ui.Badge(priorityOf(t, d.Priority))},
		{Label: t.Say("helpdesk.ticket.unit"), Text: tree.Place(d.Unit)},
		{Label: t.Say("helpdesk.ticket.requester"), Text: nameOf(t, d, d.Requester)},
		{Label: t.Say("helpdesk.ticket.service"), Text: d.Catalogue.Service(t, d.Service)},
		{Label: t.Say("helpdesk.ticket.effect"), Text: effect},
		{Label: t.Say("helpdesk.ticket.group"), Text: d.Catalogue.Group(t, d.Group)},
		{Label: t.Say("helpdesk.ticket.owner"), Text: owner},
		{Label: t.Say("helpdesk.ticket.opened"), Text: t.Moment(d.OpenedAt)},
		{Label: t.Say("helpdesk.ticket.source"), Text: t.Say("helpdesk.source." + d.Source)},
	}
	return append(all, more(t, d)...)
}

// more are the facts that not every ticket has.
func more(t i18n.T, d Detail) []ui.Fact {
	var all []ui.Fact
	add := func(label, text string) {
		if text != "" {
			all = append(all, ui.Fact{Label: label, Text: text})
		}
	}
	if d.Equipment.Code != "" {
		all = append(all, ui.Fact{Label: t.Say("helpdesk.ticket.asset"), Value: ui.Link(d.Equipment.Href, d.Equipment.Code+" · "+d.Equipment.Name)})
	} else {
		add(t.Say("helpdesk.ticket.asset"), d.Asset)
	}
	add(t.Say("helpdesk.ticket.dossier"), d.Dossier)
	for _, f := range d.Offer().Fields {
		add(f.Label, f.show(t, d.Answers[f.Code]))
	}
	add(t.Say("helpdesk.tags.title"), d.Tags)
	if d.Supports && d.Ticket.Spent > 0 {
		add(t.Say("helpdesk.spent.title"), minutes(t, d.Ticket.Spent))
	}
	if d.Supports && d.Phase == Asleep {
		add(t.Say("helpdesk.ticket.asleep"), t.Moment(d.SortAt))
	}
	return all
}

// show writes an answer as people do.
func (f FieldDef) show(t i18n.T, value string) string {
	switch f.Kind {
	case FieldDate:
		if day, err := time.ParseInLocation(dayForm, value, clock.City); err == nil {
			return t.Day(day)
		}
	case FieldNumber:
		if n, err := strconv.ParseFloat(value, 64); err == nil {
			_, places, _ := strings.Cut(value, ".")
			return t.Decimal(n, len(places))
		}
	}
	return value
}

// ended says why nothing more is done on a ticket.
func ended(t i18n.T, d Detail) *ui.NoticeData {
	switch {
	case d.MergedInto != "":
		n := &ui.NoticeData{Tone: ui.Info, Title: t.Say("helpdesk.merge.into", "number", d.numberOf(d.MergedInto)), Text: t.Say("helpdesk.merge.into_text")}
		if d.Kin.Into.ID != "" {
			n.Action = &ui.Action{Label: t.Say("helpdesk.merge.open", "number", d.Kin.Into.Number()), Href: "/tickets/" + string(d.MergedInto)}
		}
		return n
	case d.State == Closed:
		return &ui.NoticeData{Tone: ui.Neutral, Title: t.Say("helpdesk.closed.text", "number", d.Number())}
	case d.Phase == Asleep && d.Supports:
		return &ui.NoticeData{Tone: ui.Info, Title: t.Say("helpdesk.wake.lead", "until", d.SortAt)}
	}
	return nil
}

// numberOf is what a ticket tied to this one is called.
func (d *Detail) numberOf(id ident.ID) string {
	if one, ok := d.Named[id]; ok {
		return one.Number()
	}
	for _, m := range d.Kin.Merged {
		if m.ID == id {
			return m.Number()
		}
	}
	return ""
}

// busy tells whether children are open.
func (k Kin) busy() bool {
	return slices.ContainsFunc(k.Children, func(t Ticket) bool { return t.Phase != Done })
}
