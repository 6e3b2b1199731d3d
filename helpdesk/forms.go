package helpdesk

import (
	"strconv"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"

	"lotrinh/helpdesk/views"
)

// isChanged tells whether somebody else was faster.
func isChanged(err error) bool { return fault.HasKey(err, "fault.changed_meanwhile") }

// forms are what the reader may do on the ticket's page: the ones beside the
// conversation, and the quieter ones at the side.
func (p *pages) forms(c *httpx.Ctx, d Detail, a attempt, e ui.Errors) (main, side []views.Form) {
	b := builder{p, c, d, a, e}
	switch {
	case d.State == Closed && d.Supports:
		return nil, []views.Form{b.spend()}
	case d.State == Closed && d.Own:
		return []views.Form{b.follow()}, nil
	case d.State == Closed:
		return nil, nil
	case d.Supports && d.Phase != Done:
		main = append(main, b.answer(), b.note())
		side = append(append(side, b.rank()), b.aside()...)
		if len(d.Agents) > 0 {
			side = append([]views.Form{b.assign()}, side...)
		}
	case d.Supports:
		if len(b.question("close", false)) > 0 {
			main = append(main, b.closing())
		}
		main = append(main, b.note())
		side = append(side, b.tags(), b.link(), b.watchers(), b.spend())
	case d.Own && d.State == Resolved:
		main = append(main, b.solved(), b.notSolved())
	case d.Own, d.Guest:
		main = append(main, b.more())
	}
	return main, side
}

// builder makes the forms of one answer.
type builder struct {
	p *pages
	c *httpx.Ctx
	d Detail
	a attempt
	e ui.Errors
}

// formKeys are the keys that open the quiet forms.
var formKeys = map[string]string{"note": "n", "assign": "e", "rank": "p", "tags": "t", "snooze": "z", "watch": "w"}

// form is the frame of a form; the one that was refused has its faults and what was
// typed into it.
func (b builder) form(name, title, submit string) views.Form {
	t := b.c.T
	f := views.Form{ID: "form-" + name, Title: t.Say(title), Submit: t.Say(submit), Action: "/tickets/" + string(b.d.ID) + "/" + name, Hidden: versioned(b.d.Ticket)}
	f.Key = formKeys[name]
	if b.refused(name) {
		f.Errors, f.Open = b.e, true
	}
	return f
}

func (b builder) refused(name string) bool { return b.a.form == name && b.a.err != nil }

// typed is what was typed into a field of a refused form.
func (b builder) typed(form, field, other string) string {
	switch {
	case b.a.form == form && b.a.fill != nil:
		return b.a.fill[field]
	case b.refused(form):
		return b.c.FormValue(field)
	}
	return other
}

func (b builder) text(form, label, hint string) ui.Field {
	f := ui.Field{Kind: ui.Area, Name: "body", Label: b.c.T.Say(label), Rows: 5, Required: true, Max: longestBody, Value: b.typed(form, "body", "")}
	if hint != "" {
		f.Hint = b.c.T.Say(hint)
	}
	if b.refused(form) {
		f.Error = b.e.Of("body")
	}
	return f
}

func (b builder) answer() views.Form {
	t := b.c.T
	f := b.form("reply", "helpdesk.reply.title", "helpdesk.reply.submit")
	f.Files, f.Hidden = true, append(f.Hidden, saw(b.d.Ticket)...)
	keep := "helpdesk.reply.then.open"
	if b.d.State == OnHold {
		keep = "helpdesk.reply.then.keep"
	}
	then := ui.Field{Kind: ui.Radio, Name: "then", Label: t.Say("helpdesk.reply.then"), Value: b.typed("reply", "then", "open"), Required: true,
		Options: []ui.Option{{Value: "open", Label: t.Say(keep)}, {Value: string(Resolved), Label: t.Say("helpdesk.reply.then.resolved"), Key: "s"}}}
	if b.d.State != OnHold {
		hint := t.Say("helpdesk.reply.then.hold_hint")
		then.Options = append(then.Options,
			ui.Option{Value: string(Requester), Label: t.Say("helpdesk.reply.then.requester"), Hint: hint},
			ui.Option{Value: string(Vendor), Label: t.Say("helpdesk.reply.then.vendor"), Hint: hint})
	}
	f.Fields = append([]ui.Field{b.text("reply", "helpdesk.reply.body", "helpdesk.reply.body_hint"), then}, b.question("reply", true)...)
	f.Fields = append(f.Fields, photos(t, b.e))
	return f
}

func (b builder) note() views.Form {
	f := b.form("note", "helpdesk.note.title", "helpdesk.note.submit")
	f.Quiet = true
	text := b.text("note", "helpdesk.note.body", "helpdesk.note.body_hint")
	text.Attrs = map[string]any{"id": "f-note"}
	f.Fields = []ui.Field{text}
	return f
}

func (b builder) more() views.Form {
	f := b.form("reply", "helpdesk.more.title", "helpdesk.reply.submit")
	f.Files, f.Hidden = true, nil
	f.Fields = []ui.Field{b.text("reply", "helpdesk.more.body", ""), photos(b.c.T, b.e)}
	return f
}

func (b builder) solved() views.Form {
	f := b.form("close", "helpdesk.verdict.title", "helpdesk.verdict.yes")
	f.Note = b.c.T.Say("helpdesk.verdict.text", "n", quietDays)
	return f
}

func (b builder) notSolved() views.Form {
	f := b.form("reopen", "helpdesk.verdict.no", "helpdesk.verdict.no")
	f.Files, f.Quiet = true, true
	f.Fields = []ui.Field{b.text("reopen", "helpdesk.verdict.no_body", ""), photos(b.c.T, b.e)}
	return f
}

func (b builder) assign() views.Form {
	t := b.c.T
	f := b.form("assign", "helpdesk.assign.title", "helpdesk.assign.submit")
	f.Quiet, f.Hidden = true, append(f.Hidden, was(b.d.Ticket, "owner")...)
	options := []ui.Option{{Label: t.Say("helpdesk.assign.pick")}}
	for _, one := range b.d.Agents {
		options = append(options, ui.Option{Value: string(one.ID), Label: one.Name})
	}
	owner := ui.Field{Kind: ui.Select, Name: "owner", Label: t.Say("helpdesk.ticket.owner"), Value: b.typed("assign", "owner", string(b.d.Owner)), Options: options, Required: true}
	if b.refused("assign") {
		owner.Error = b.e.Of("owner")
	}
	f.Fields = []ui.Field{owner}
	return f
}

func (b builder) rank() views.Form {
	t := b.c.T
	f := b.form("rank", "helpdesk.rank.title", "helpdesk.rank.submit")
	f.Quiet, f.Hidden = true, append(f.Hidden, was(b.d.Ticket, "impact", "urgency")...)
	f.Fields = []ui.Field{
		level(t, "impact", b.typed("rank", "impact", strconv.Itoa(b.d.Impact))),
		level(t, "urgency", b.typed("rank", "urgency", strconv.Itoa(b.d.Urgency))),
	}
	return f
}

func level(t i18n.T, name, value string) ui.Field {
	return ui.Field{Kind: ui.Select, Name: name, Label: t.Say("helpdesk.new." + name), Value: value, Options: levels(t, "helpdesk."+name+"."), Required: true}
}
