package helpdesk

import (
	"strconv"
	"strings"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site/ui"

	"lotrinh/helpdesk/views"
)

// aside are the quiet forms beside a ticket that is not closed, for the support side.
func (b builder) aside() []views.Form {
	all := []views.Form{b.sort(), b.tags(), b.subject()}
	if len(b.d.Offer().Fields) > 0 {
		all = append(all, b.own())
	}
	switch {
	case b.d.Phase == InWork:
		all = append(all, b.snooze())
	case b.d.Phase == Asleep:
		all = append(all, b.awake())
	}
	return append(all, b.link(), b.parent(), b.mergeInto(), b.watchers(), b.spend())
}

// value is what was typed into a refused form, else what there is.
func (b builder) line(form, name, label, value string, more ...func(*ui.Field)) ui.Field {
	f := ui.Field{Name: name, Label: b.c.T.Say(label), Value: b.typed(form, name, value)}
	for _, change := range more {
		change(&f)
	}
	if b.refused(form) {
		f.Error = b.e.Of(name)
	}
	return f
}

func needed(f *ui.Field) { f.Required = true }

func hinted(hint string) func(*ui.Field) { return func(f *ui.Field) { f.Hint = hint } }

func upTo(n int) func(*ui.Field) { return func(f *ui.Field) { f.Max = n } }

func of(kind ui.Kind, options ...ui.Option) func(*ui.Field) {
	return func(f *ui.Field) { f.Kind, f.Options = kind, options }
}

// folded is a form that unfolds; note says in a word how it stands.
func (b builder) folded(name, title, submit, note string) views.Form {
	f := b.form(name, title, submit)
	f.Quiet, f.Note = true, note
	return f
}

func (b builder) sort() views.Form {
	t, cat := b.c.T, b.d.Catalogue
	f := b.folded("sort", "helpdesk.sort.title", "helpdesk.sort.submit", t.Say("helpdesk.kind."+string(b.d.Kind)))
	f.Hidden = append(f.Hidden, was(b.d.Ticket, "kind", "service", "group")...)
	var groups []ui.Option
	for _, g := range cat.Working() {
		groups = append(groups, ui.Option{Value: string(g.Code), Label: g.name(t)})
	}
	offers := cat.Offered()
	if !b.d.Offer().Active {
		offers = append(offers, b.d.Offer())
	}
	f.Fields = []ui.Field{
		b.line("sort", "kind", "helpdesk.ticket.kind", string(b.d.Kind), needed, of(ui.Select, kindOptions(t)...)),
		b.line("sort", "service", "helpdesk.ticket.service", string(b.d.Service), needed, of(ui.Select, serviceOptions(t, offers)...)),
		b.line("sort", "group", "helpdesk.ticket.group", string(b.d.Group), needed, of(ui.Select, groups...)),
	}
	return f
}

func kindOptions(t i18n.T) []ui.Option {
	var all []ui.Option
	for _, k := range Kinds {
		all = append(all, ui.Option{Value: string(k), Label: t.Say("helpdesk.kind." + string(k))})
	}
	return all
}

func (b builder) tags() views.Form {
	t := b.c.T
	f := b.folded("tags", "helpdesk.tags.title", "helpdesk.change.submit", strings.Join(b.d.TagList(), ", "))
	hint := t.Say("helpdesk.tags.hint")
	var used []string
	for _, one := range b.d.Suggested {
		used = append(used, one.Label)
	}
	if len(used) > 0 {
		hint += " " + t.Say("helpdesk.tags.used", "tags", strings.Join(used, ", "))
	}
	f.Fields = []ui.Field{b.line("tags", "tags", "helpdesk.tags.title", b.d.Tags, hinted(hint))}
	return f
}

func (b builder) subject() views.Form {
	t := b.c.T
	f := b.folded("subject", "helpdesk.subject.title", "helpdesk.change.submit", strings.Trim(b.d.Asset+" · "+b.d.Dossier, " ·"))
	f.Fields = []ui.Field{
		b.line("subject", "asset", "helpdesk.ticket.asset", b.d.Asset, hinted(t.Say("helpdesk.subject.asset_hint")), upTo(40)),
		b.line("subject", "dossier", "helpdesk.ticket.dossier", b.d.Dossier, upTo(longestDossier)),
	}
	return f
}

// own are the questions that the ticket's service asks.
func (b builder) own() views.Form {
	f := b.folded("fields", "helpdesk.fields.title", "helpdesk.change.submit", "")
	values := map[string]string{}
	for _, one := range b.d.Offer().Fields {
		values[one.Code] = b.typed("fields", fieldName(one.Code), b.d.Answers[one.Code])
	}
	e := ui.Errors{}
	if b.refused("fields") {
		e = b.e
	}
	f.Fields = questions(b.c.T, b.d.Offer(), values, e)
	return f
}

// questions are the fields of a service in a form.
func questions(t i18n.T, o Offer, values map[string]string, e ui.Errors) []ui.Field {
	var all []ui.Field
	for _, one := range o.Fields {
		f := ui.Field{Name: fieldName(one.Code), Label: one.Label, Value: values[one.Code], Required: one.Required, Max: longestField, Error: e.Of(fieldName(one.Code))}
		switch one.Kind {
		case FieldDate:
			f.Kind, f.Max, f.Narrow = ui.Date, 0, true
		case FieldNumber:
			f.Narrow = true
		case FieldChoice:
			f.Kind, f.Max = ui.Select, 0
			f.Options = []ui.Option{{Label: t.Say("helpdesk.fields.pick")}}
			for _, option := range one.Options {
				f.Options = append(f.Options, ui.Option{Value: option, Label: option})
			}
		}
		all = append(all, f)
	}
	return all
}

func (b builder) snooze() views.Form {
	t := b.c.T
	f := b.folded("snooze", "helpdesk.snooze.title", "helpdesk.snooze.submit", "")
	f.Lead = t.Say("helpdesk.snooze.lead")
	f.Fields = []ui.Field{
		b.line("snooze", "when", "helpdesk.snooze.when", "morning", needed, of(ui.Radio,
			ui.Option{Value: "morning", Label: t.Say("helpdesk.snooze.morning")}, ui.Option{Value: "moment", Label: t.Say("helpdesk.snooze.moment")})),
		b.line("snooze", "snooze_until", "helpdesk.snooze.until", b.p.Business.Now().In(clock.City).Format("2006-01-02")+"T16:00", of(ui.Moment)),
	}
	return f
}

func (b builder) awake() views.Form {
	f := b.folded("wake", "helpdesk.wake.title", "helpdesk.wake.title", "")
	f.Lead = b.c.T.Say("helpdesk.wake.lead", "until", b.d.SortAt)
	return f
}

func (b builder) picker(form, prefix string) views.PickerView {
	return views.PickerView{Not: string(b.d.ID), ID: prefix + "found", Field: b.line(form, prefix+"to", "helpdesk.pick.label", "", needed, upTo(longestPick), hinted(b.c.T.Say("helpdesk.pick.hint")))}
}

func (b builder) link() views.Form {
	t := b.c.T
	f := b.folded("links", "helpdesk.link.title", "helpdesk.link.submit", "")
	picker := b.picker("links", "link_")
	f.Picker = &picker
	var kinds []ui.Option
	for _, k := range LinkKinds {
		kinds = append(kinds, ui.Option{Value: string(k), Label: t.Say("helpdesk.link.out." + string(k))})
	}
	f.Fields = []ui.Field{
		b.line("links", "link_kind", "helpdesk.link.kind", string(Relates), needed, of(ui.Select, kinds...)),
		b.line("links", "link_reason", "helpdesk.link.reason", "", upTo(longestReason)),
	}
	return f
}

func (b builder) parent() views.Form {
	t := b.c.T
	f := b.folded("parent", "helpdesk.parent.title", "helpdesk.parent.submit", "")
	if b.d.Parent != "" {
		f = b.folded("parent", "helpdesk.parent.out", "helpdesk.parent.out", b.d.Kin.Parent.Number())
		f.Hidden = append(f.Hidden, ui.Hidden{Name: "none", Value: "1"})
		return f
	}
	f.Lead = t.Say("helpdesk.parent.lead")
	picker := b.picker("parent", "parent_")
	f.Picker = &picker
	return f
}

func (b builder) mergeInto() views.Form {
	f := b.folded("merge", "helpdesk.merge.title", "helpdesk.merge.submit", "")
	f.Lead = b.c.T.Say("helpdesk.merge.lead")
	picker := b.picker("merge", "merge_")
	f.Picker = &picker
	return f
}

func (b builder) watchers() views.Form {
	t := b.c.T
	f := b.folded("watch", "helpdesk.watch.title", "helpdesk.watch.submit", "")
	if n := len(b.d.Watchers); n > 0 {
		f.Note = t.Int(int64(n))
	}
	options := []ui.Option{}
	if !b.d.WatchedBy(b.c.Who.ID) {
		options = append(options, ui.Option{Value: string(b.c.Who.ID), Label: t.Say("helpdesk.watch.me")})
	}
	for _, a := range b.d.Agents {
		if !b.d.WatchedBy(a.ID) && a.ID != b.c.Who.ID {
			options = append(options, ui.Option{Value: string(a.ID), Label: a.Name})
		}
	}
	if len(options) == 0 {
		options = append(options, ui.Option{Value: string(b.c.Who.ID), Label: t.Say("helpdesk.watch.me")})
	}
	f.Lead = t.Say("helpdesk.watch.lead")
	f.Fields = []ui.Field{b.line("watch", "watch_person", "helpdesk.watch.person", "", needed, of(ui.Select, options...))}
	return f
}

func (b builder) spend() views.Form {
	t := b.c.T
	note := ""
	if b.d.Ticket.Spent > 0 {
		note = minutes(t, b.d.Ticket.Spent)
	}
	f := b.folded("spent", "helpdesk.spent.title", "helpdesk.spent.submit", note)
	f.Fields = []ui.Field{
		b.line("spent", "minutes", "helpdesk.spent.minutes", "", needed, of(ui.Whole), func(f *ui.Field) { f.Narrow = true }),
		b.line("spent", "spent_note", "helpdesk.spent.note", "", upTo(longestReason)),
	}
	for _, one := range b.d.Toil {
		f.Lines = append(f.Lines, strings.TrimSuffix(t.Say("helpdesk.spent.line", "span", minutes(t, one.Minutes), "name", nameOf(t, b.d, one.By), "at", one.At)+": "+one.Note, ": "))
	}
	return f
}

// minutes writes a length of work: 45 phút, 2 giờ 5 phút.
func minutes(t i18n.T, n int64) string {
	if n < 60 {
		return t.Say("helpdesk.spent.m", "m", n)
	}
	return strings.TrimSpace(t.Say("helpdesk.spent.hm", "h", n/60, "m", n%60))
}

// question are what a resolve or a close is asked about, when there is anything.
func (b builder) question(form string, checks bool) []ui.Field {
	t := b.c.T
	var all []ui.Field
	if checks && b.d.Must > 0 {
		all = append(all, b.line(form, "anyway", "helpdesk.ticket.checks_anyway", "", of(ui.Check)))
		all[0].Label = t.Say("helpdesk.ticket.checks_anyway", "n", b.d.Must)
	}
	var open []string
	for _, c := range b.d.Kin.Children {
		if c.Phase != Done {
			open = append(open, c.Number())
		}
	}
	if len(open) > 0 {
		all = append(all, b.line(form, "children", "helpdesk.parent.then", "", of(ui.Radio,
			ui.Option{Value: string(ResolveChildren), Label: t.Say("helpdesk.parent.then.resolve")},
			ui.Option{Value: string(LeaveChildren), Label: t.Say("helpdesk.parent.then.leave")}),
			hinted(t.Say("helpdesk.parent.then_hint", "n", len(open), "numbers", strings.Join(open, ", ")))))
	}
	return all
}

// closing is the close of a resolved parent whose children are open.
func (b builder) closing() views.Form {
	f := b.form("close", "helpdesk.close", "helpdesk.close")
	text := b.text("close", "helpdesk.close.body", "")
	text.Required, text.Rows = false, 3
	f.Fields = append(b.question("close", false), text)
	return f
}

// follow is what the requester of a closed ticket may still write.
func (b builder) follow() views.Form {
	f := b.more()
	switch {
	case b.d.MergedInto != "":
		f.Note = b.c.T.Say("helpdesk.follow.merged")
	case b.p.reopens(b.d.Catalogue, b.d.Ticket):
		f.Note = b.c.T.Say("helpdesk.follow.reopens")
	default:
		f.Note = b.c.T.Say("helpdesk.follow.new")
	}
	return f
}

// checklist is the list of what is to be done on the ticket.
func checklist(t i18n.T, d Detail) *views.Checklist {
	if len(d.Checks) == 0 {
		return nil
	}
	list := &views.Checklist{Action: "/tickets/" + string(d.ID) + "/checks", Locked: d.State == Closed}
	for _, c := range d.Checks {
		line := views.CheckLine{Position: strconv.Itoa(c.Position), Label: c.Label, Mandatory: c.Mandatory, Done: c.DoneAt != nil}
		if c.DoneAt != nil {
			list.Done++
			line.By = t.Say("helpdesk.checks.by", "name", nameOf(t, d, c.DoneBy), "at", *c.DoneAt)
		}
		list.Lines = append(list.Lines, line)
	}
	list.Note = t.Say("helpdesk.checks.note", "done", list.Done, "of", len(list.Lines))
	return list
}

// related are the tickets tied to this one.
func related(t i18n.T, d Detail) *views.Related {
	r := &views.Related{Action: "/tickets/" + string(d.ID) + "/unlink"}
	add := func(how string, x Ticket, reason string, link ident.ID) {
		r.Lines = append(r.Lines, views.RelatedLine{How: how, Href: "/tickets/" + string(x.ID), Number: x.Number(), Title: x.Title, State: stateOf(t, x), Reason: reason, Link: string(link)})
	}
	if d.Kin.Parent.ID != "" {
		add(t.Say("helpdesk.parent.of"), d.Kin.Parent, "", "")
	}
	for _, c := range d.Kin.Children {
		add(t.Say("helpdesk.parent.child"), c, "", "")
	}
	for _, m := range d.Kin.Merged {
		add(t.Say("helpdesk.merge.here"), m, "", "")
	}
	for _, tie := range d.Kin.Ties {
		way := "helpdesk.link.in."
		if tie.Out {
			way = "helpdesk.link.out."
		}
		add(t.Say(way+string(tie.Kind)), tie.Other, tie.Reason, tie.ID)
	}
	if len(r.Lines) == 0 {
		return nil
	}
	return r
}
