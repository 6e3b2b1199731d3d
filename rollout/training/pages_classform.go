package training

import (
	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/training/views"
)

// typedClass is a class as the form of the request holds it.
func typedClass(c *httpx.Ctx) ClassForm {
	return ClassForm{Course: c.FormValue("course"), Unit: c.FormValue("unit"), Day: c.FormValue("day"), From: c.FormValue("from"), Until: c.FormValue("until"), Room: c.FormValue("room"),
		Trainer: c.FormValue("trainer"), Capacity: c.FormValue("capacity"), Closes: c.FormValue("closes"), Note: c.FormValue("note")}
}

// classFields are the questions of a class, answered with f.
func (p *pages) classFields(c *httpx.Ctx, f ClassForm) ([]ui.Field, error) {
	t := c.T
	all, err := courses(c.Std(), p.DB.Read())
	if err != nil {
		return nil, err
	}
	trainers, err := p.People.Trainers(c.Std())
	if err != nil {
		return nil, err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return nil, err
	}
	course := ui.Field{Kind: ui.Select, Name: "course", Label: t.Say("training.course"), Required: true, Value: f.Course, Options: []ui.Option{{Label: t.Say("training.choose")}}}
	for _, x := range all {
		if x.Open || string(x.ID) == f.Course {
			course.Options = append(course.Options, ui.Option{Value: string(x.ID), Label: x.Code + " – " + inLang(t, x.Title, x.TitleEN)})
		}
	}
	trainer := ui.Field{Kind: ui.Select, Name: "trainer", Label: t.Say("training.trainer"), Required: true, Value: f.Trainer, Options: []ui.Option{{Label: t.Say("training.choose")}}}
	for _, a := range trainers {
		trainer.Options = append(trainer.Options, ui.Option{Value: string(a.ID), Label: a.Name})
	}
	unit := districtField(t, tree.Districts(), "unit", f.Unit)
	unit.Label, unit.Hint = t.Say("training.class.for"), t.Say("training.class.for_hint")
	return []ui.Field{course,
		{Kind: ui.Date, Name: "day", Label: t.Say("training.day"), Required: true, Value: f.Day, Narrow: true},
		{Name: "from", Label: t.Say("training.from"), Required: true, Value: f.From, Narrow: true, Max: 5}, {Name: "until", Label: t.Say("training.until"), Required: true, Value: f.Until, Narrow: true, Max: 5},
		{Name: "room", Label: t.Say("training.room"), Required: true, Value: f.Room, Max: longestRoom}, trainer,
		{Kind: ui.Whole, Name: "capacity", Label: t.Say("training.capacity"), Required: true, Value: f.Capacity, Narrow: true}, unit,
		{Kind: ui.Moment, Name: "closes", Label: t.Say("training.class.closes"), Hint: t.Say("training.class.closes_hint"), Value: f.Closes, Narrow: true},
		{Kind: ui.Area, Name: "note", Label: t.Say("training.note"), Value: f.Note, Rows: 2, Max: longestNote}}, nil
}

func (p *pages) newClass(c *httpx.Ctx) error {
	return p.classForm(c, "", ClassForm{From: "08:00", Until: "11:30", Capacity: "31"}, nil)
}

func (p *pages) editClass(c *httpx.Ctx) error {
	id, err := key(c)
	if err != nil {
		return err
	}
	v, err := p.ClassOf(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	return p.classForm(c, v.Path(), v.Form(), nil, version(v.Version))
}

// classForm asks about a class: a new one, or that of a path.
func (p *pages) classForm(c *httpx.Ctx, path string, f ClassForm, refused error, hidden ...ui.Hidden) error {
	if err := c.Who.Need(Plan); err != nil {
		return err
	}
	fields, err := p.classFields(c, f)
	if err != nil {
		return err
	}
	t := c.T
	title, to, back := t.Say("training.class.new"), classesAt, Home
	if path != "" {
		title, to, back = t.Say("training.class.edit"), path, path
	}
	return p.again(c, title, refused, func(e ui.Errors) templ.Component {
		return views.Show(t, views.Page{Head: ui.HeaderData{Title: title, Crumbs: []ui.Crumb{{Label: t.Say("training.title"), Href: Home}, {Label: title}}},
			Body: []templ.Component{views.Ask(t, views.Asked{Form: ui.FormData{Action: to, Fields: fields, Errors: e, Submit: t.Say("training.save"), Cancel: back, Hidden: hidden}})}})
	})
}

func (p *pages) plan(c *httpx.Ctx) error {
	f := typedClass(c)
	v, err := p.PlanClass(c.Std(), c.Who, f)
	if err != nil {
		return p.refusedClass(c, "", f, err)
	}
	site.Flash(c, ui.Good, c.T.Say("training.class.planned", "code", v.Code, "at", v.ClosesAt))
	return c.See(v.Path())
}

func (p *pages) change(c *httpx.Ctx) error {
	id, err := key(c)
	if err != nil {
		return err
	}
	f := typedClass(c)
	v, err := p.ChangeClass(c.Std(), c.Who, id, c.Version(), f)
	if err != nil {
		return p.refusedClass(c, classesAt+"/"+string(id), f, err, version(c.Version()))
	}
	site.Flash(c, ui.Good, c.T.Say("training.saved"))
	return c.See(v.Path())
}

func (p *pages) refusedClass(c *httpx.Ctx, path string, f ClassForm, err error, hidden ...ui.Hidden) error {
	if !own(err) {
		return err
	}
	return p.classForm(c, path, f, err, hidden...)
}

// owed is who must be taught again, and the class that is made of them in one step.
func (p *pages) owed(c *httpx.Ctx) error {
	return p.showOwed(c, ClassForm{From: "08:00", Until: "11:30", Capacity: "31"}, nil)
}

func (p *pages) showOwed(c *httpx.Ctx, f ClassForm, refused error) error {
	t := c.T
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	under := c.Query("district")
	owed, asked, err := p.Owing(c.Std(), c.Who, under)
	if err != nil {
		return err
	}
	plans := c.Who.May(Plan) && len(owed)+len(asked) > 0
	v := views.Page{Head: ui.HeaderData{Title: t.Say("training.makeup"), Lead: t.Say("training.makeup.lead")}}
	if ds := districts(tree, c.Who, Look); len(ds) > 1 {
		v.Filter = &ui.FilterData{Action: owedAt, Results: "results", Fields: []ui.Field{districtField(t, ds, "district", under)}}
	}
	d := ui.TableData{Caption: t.Say("training.makeup"), HideCap: true, Count: int64(len(owed) + len(asked)), Columns: []ui.Column{{Label: t.Say("training.person.name")}, {Label: t.Say("training.audience")}, {Label: t.Say("training.makeup.why")}},
		Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("training.makeup.none"), Text: t.Say("training.makeup.none_text")}}
	if plans {
		d.Pick = "who"
	}
	row := func(pick, person, name, unit string, a Audience, why string) ui.Row {
		return ui.Row{Pick: pick, Cells: []templ.Component{ui.Main(peopleAt+"/"+person, name, tree.Place(unit)), ui.Text(t.Say(string(audienceKey(a)))), ui.Text(why)}}
	}
	for _, x := range owed {
		why := "training.makeup.absent"
		if x.State == Attended {
			why = "training.makeup.failed"
		}
		d.Rows = append(d.Rows, row("s"+string(x.ID), string(x.Person), x.Name, x.At, x.For, t.Say(why, "code", x.Code, "day", dayText(x.Day))))
	}
	for _, x := range asked {
		d.Rows = append(d.Rows, row("p"+string(x.ID), string(x.Person), x.Name, x.Unit, x.For, t.Say("training.makeup.asked", "n", x.Tickets, "at", x.At)))
	}
	if !plans {
		v.Body = append(v.Body, views.Listed(t, ui.CardData{Flush: true}, d))
		return p.again(c, v.Head.Title, refused, func(ui.Errors) templ.Component { return views.Show(t, v) })
	}
	if f.Course == "" && len(owed) > 0 {
		f.Course = string(owed[0].Course)
	}
	fields, err := p.classFields(c, f)
	if err != nil {
		return err
	}
	return p.again(c, v.Head.Title, refused, func(e ui.Errors) templ.Component {
		for i := range fields {
			fields[i].Error = e.Of(fields[i].Name)
		}
		v.Body = append(v.Body, views.Ask(t, views.Asked{Card: ui.CardData{Title: t.Say("training.makeup.form"), Note: t.Say("training.makeup.form_note")}, Table: &d, Fields: fields,
			Form: ui.FormData{Action: at(owedAt, "district", under), Submit: t.Say("training.makeup.save"), Wide: true, Errors: e}}))
		return views.Show(t, v)
	})
}

func (p *pages) makeUp(c *httpx.Ctx) error {
	f := typedClass(c)
	seats, proposals := chosen(c)
	out, err := p.MakeUp(c.Std(), c.Who, f, seats, proposals)
	if err != nil {
		if own(err) && c.Who.May(Plan) {
			return p.showOwed(c, f, err)
		}
		return err
	}
	tone, said, more, err := saidOf(c.T, out, nil)
	if err != nil {
		return err
	}
	site.Flash(c, tone, said, more...)
	return c.See(out.Class.Path())
}

// mayPlan tells whether somebody may do a thing that a page offers.
func mayPlan(who access.Actor) error {
	if who.May(Plan) {
		return nil
	}
	if err := who.Need(Look); err != nil {
		return err
	}
	return fault.New(fault.Denied, "fault.denied")
}
