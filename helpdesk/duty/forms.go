package duty

import (
	"strconv"

	"lotrinh/helpdesk/duty/views"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/site/ui"
)

// forms are what the reader may change of the roster.
func (b *builder) forms() []views.FormView {
	all := []views.FormView{b.form("absences", b.leaveFields())}
	if b.manage {
		all = append(all, b.form("shifts", b.shiftFields()), b.form("exceptions", b.exceptFields()), b.form("districts", b.districtFields()))
	}
	return all
}

// form is one of them; the one that was refused is open and has its faults.
func (b *builder) form(name string, fields []ui.Field) views.FormView {
	t := b.c.T
	return views.FormView{Title: t.Say("duty.form." + name), Open: b.refused == name,
		Form: ui.FormData{Action: at + "/" + name, Fields: fields, Errors: b.faults(name), Submit: t.Say("duty.form." + name + ".submit")}}
}

// typed is what was typed into a field of the refused form.
func (b *builder) typed(form, field, other string) string {
	if b.refused == form {
		return b.c.FormValue(field)
	}
	return other
}

func (b *builder) people(label, form, name string) ui.Field {
	f := ui.Field{Kind: ui.Select, Name: name, Label: b.c.T.Say(label), Value: b.typed(form, name, ""), Required: true, Options: []ui.Option{{Label: b.c.T.Say("duty.form.pick")}}}
	for _, a := range b.agents {
		f.Options = append(f.Options, ui.Option{Value: string(a.ID), Label: a.Name})
	}
	return f
}

func (b *builder) groupField(form string) ui.Field {
	f := ui.Field{Kind: ui.Select, Name: "group", Label: b.c.T.Say("duty.group"), Value: b.typed(form, "group", ""), Required: true}
	for _, g := range b.called.Working() {
		f.Options = append(f.Options, ui.Option{Value: string(g.Code), Label: b.called.Group(b.c.T, g.Code)})
	}
	return f
}

func (b *builder) hours(form string) []ui.Field {
	t := b.c.T
	return []ui.Field{
		{Name: "from", Label: t.Say("duty.form.from"), Value: b.typed(form, "from", "08:00"), Narrow: true, Required: true, Max: 5},
		{Name: "to", Label: t.Say("duty.form.to"), Value: b.typed(form, "to", "17:30"), Narrow: true, Required: true, Max: 5},
	}
}

func (b *builder) leaveFields() []ui.Field {
	t := b.c.T
	var fields []ui.Field
	if b.manage {
		who := b.people("duty.person", "absences", "account")
		who.Value = b.typed("absences", "account", string(b.c.Who.ID))
		fields = append(fields, who)
	}
	return append(fields, b.people("duty.stand_in", "absences", "stand_in"),
		ui.Field{Kind: ui.Moment, Name: "from", Label: t.Say("duty.form.away_from"), Value: b.typed("absences", "from", b.now.In(clock.City).Format(inputMoment)), Required: true},
		ui.Field{Kind: ui.Moment, Name: "until", Label: t.Say("duty.form.away_until"), Value: b.typed("absences", "until", ""), Required: true},
		ui.Field{Name: "note", Label: t.Say("duty.form.note"), Value: b.typed("absences", "note", ""), Max: longestNote})
}

func (b *builder) shiftFields() []ui.Field {
	days := ui.Field{Kind: ui.Checks, Name: "weekday", Label: b.c.T.Say("duty.form.weekdays"), Required: true, Values: []string{"1", "2", "3", "4", "5"}}
	for _, n := range []int{1, 2, 3, 4, 5, 6, 0} {
		days.Options = append(days.Options, ui.Option{Value: strconv.Itoa(n), Label: b.c.T.Say("duty.weekday." + strconv.Itoa(n) + ".long")})
	}
	return append([]ui.Field{b.groupField("shifts"), b.people("duty.person", "shifts", "account"), days}, b.hours("shifts")...)
}

func (b *builder) exceptFields() []ui.Field {
	t := b.c.T
	fields := []ui.Field{b.groupField("exceptions"), b.people("duty.person", "exceptions", "account"),
		{Kind: ui.Date, Name: "day", Label: t.Say("duty.form.day"), Value: b.typed("exceptions", "day", clock.Date(b.now)), Required: true},
		{Kind: ui.Radio, Name: "works", Label: t.Say("duty.form.works"), Value: b.typed("exceptions", "works", "0"), Required: true,
			Options: []ui.Option{{Value: "0", Label: t.Say("duty.form.works.no")}, {Value: "1", Label: t.Say("duty.form.works.yes")}}}}
	return append(append(fields, b.hours("exceptions")...), ui.Field{Name: "note", Label: t.Say("duty.form.note"), Value: b.typed("exceptions", "note", ""), Max: longestNote})
}

func (b *builder) districtFields() []ui.Field {
	t := b.c.T
	d := ui.Field{Kind: ui.Select, Name: "district", Label: t.Say("duty.district"), Value: b.typed("districts", "district", ""), Required: true}
	for _, u := range b.tree.Districts() {
		label := u.Title()
		for _, r := range b.districts {
			if r.District == u.Code {
				label += " (" + b.name(r.Account) + ")"
			}
		}
		d.Options = append(d.Options, ui.Option{Value: u.Code, Label: label})
	}
	who := b.people("duty.person", "districts", "account")
	who.Required, who.Hint = false, t.Say("duty.form.district_hint")
	return []ui.Field{b.groupField("districts"), d, who}
}
