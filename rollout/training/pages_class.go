package training

import (
	"context"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/training/views"
)

func (p *pages) class(c *httpx.Ctx) error { return p.showClass(c, "", nil) }

// classPage builds the page of one class; form names the form that was refused.
type classPage struct {
	p    *pages
	c    *httpx.Ctx
	v    ClassView
	tree *org.Tree
	form string
	e    ui.Errors
}

func (p *pages) showClass(c *httpx.Ctx, form string, refused error) error {
	id, err := key(c)
	if err != nil {
		return err
	}
	v, err := p.ClassOf(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	b := classPage{p: p, c: c, v: v, tree: tree, form: form}
	wanted, err := b.wanted(c.Std())
	if err != nil {
		return err
	}
	return p.again(c, v.Code, refused, func(e ui.Errors) templ.Component {
		b.e = e
		return views.Show(c.T, b.page(wanted))
	})
}

// refusedAt are the errors of a form, when it is the one that was refused.
func (b classPage) refusedAt(form string) ui.Errors {
	if b.form == form {
		return b.e
	}
	return ui.Errors{}
}

// typed is what was typed into a field of the refused form.
func (b classPage) typed(form, name string) string {
	if b.form == form {
		return b.c.FormValue(name)
	}
	return ""
}

func (b classPage) page(wanted []Person) views.Page {
	t, v := b.c.T, b.v
	state := b.p.classState(t, v.Class)
	head := ui.HeaderData{Title: t.Say("training.class.title", "code", v.Code), State: &state, Lead: inLang(t, v.Course.Title, v.Course.TitleEN),
		Crumbs: []ui.Crumb{{Label: t.Say("training.title"), Href: Home}, {Label: v.Code}}}
	now := b.p.now()
	began := v.Class.State == Planned && !now.Before(v.StartsAt)
	if v.Teaches && v.Class.Running(now) {
		head.Action = &ui.Action{Label: t.Say("training.screen.open"), Href: v.Path() + "/screen", Icon: "device-desktop"}
	}
	if len(v.Seats) > 0 && v.Teaches {
		head.More = append(head.More, ui.Action{Label: t.Say("training.list.pdf"), Href: v.Path() + "/list.pdf", Icon: "printer"}, ui.Action{Label: t.Say("training.list.xlsx"), Href: v.Path() + "/list.xlsx", Icon: "download"})
	}
	if b.c.Who.May(Plan) && v.Class.State == Planned {
		head.More = append(head.More, ui.Action{Label: t.Say("training.class.edit"), Href: v.Path() + "/edit", Icon: "edit"})
	}
	pg := views.Page{Head: head, Figures: b.figures()}
	pg.Body = append(pg.Body, b.people(now.Before(v.StartsAt)))
	if len(wanted) > 0 || b.form == "register" {
		pg.Body = append(pg.Body, b.register(wanted))
	}
	if v.Teaches && v.Class.State != CalledOff && !now.Before(v.StartsAt.Add(-runUp)) {
		pg.Body = append(pg.Body, b.guest())
		if v.Attended > 0 {
			pg.Body = append(pg.Body, b.takeBack())
		}
	}
	var do []ui.Action
	if v.Teaches && began {
		do = append(do, ui.Action{Label: t.Say("training.class.close"), Href: v.Path() + "/close", Post: true, Icon: "circle-check", Hidden: []ui.Hidden{version(v.Version)},
			Confirm: &ui.Confirm{ID: "close", Title: t.Say("training.class.close.ask", "code", v.Code), Text: t.Say("training.class.close.text", "n", v.Taken-v.Attended), Yes: t.Say("training.class.close")}})
	}
	pg.Side = append(pg.Side, views.Known(t, ui.CardData{Title: t.Say("training.class.facts")}, b.facts(), do))
	if len(v.Feedback) > 0 {
		pg.Side = append(pg.Side, b.feedback())
	}
	if b.c.Who.May(Plan) && v.Class.State == Planned && v.Attended == 0 {
		pg.Side = append(pg.Side, views.Ask(t, views.Asked{Card: ui.CardData{Title: t.Say("training.class.call_off")}, Folded: true,
			Form: ui.FormData{Action: v.Path() + "/cancel", Submit: t.Say("training.class.call_off"), Danger: true, Hidden: []ui.Hidden{version(v.Version)}, Errors: b.refusedAt("cancel"),
				Fields: []ui.Field{{Kind: ui.Area, Name: "reason", Label: t.Say("training.reason"), Required: true, Rows: 2, Max: longestNote, Value: b.typed("cancel", "reason")}}}}))
	}
	return pg
}

func (b classPage) figures() []ui.FigureData {
	t, v := b.c.T, b.v.Class
	all := []ui.FigureData{{Label: t.Say("training.seats"), Value: t.Int(v.Taken), Of: t.Say("training.of", "n", v.Capacity), SoWhat: t.Say("training.seats.free", "n", v.Free())},
		{Label: t.Say("training.seat.state.attended"), Value: t.Int(v.Attended), Of: t.Say("training.of", "n", v.Taken)}}
	if v.Waiting > 0 {
		all = append(all, ui.FigureData{Label: t.Say("training.seat.state.waiting"), Value: t.Int(v.Waiting), SoWhat: t.Say("training.waiting.so")})
	}
	if v.State == Held {
		tone := ui.Good
		if v.Taken > v.Attended {
			tone = ui.Warn
		}
		all = append(all, ui.FigureData{Label: t.Say("training.seat.state.absent"), Value: t.Int(v.Taken - v.Attended), SoWhat: t.Say("training.absent.so"), Href: owedAt, Tone: tone})
	}
	return all
}

func (b classPage) facts() []ui.Fact {
	t, v := b.c.T, b.v.Class
	where := t.Say("training.every_district")
	if v.Unit != "" {
		where = capital(b.tree.Name(v.Unit))
	}
	return []ui.Fact{{Label: t.Say("training.when"), Text: longDay(t, v.Day) + ", " + hours(t, v)}, {Label: t.Say("training.room"), Text: v.Room}, {Label: t.Say("training.trainer"), Text: v.TrainerName},
		{Label: t.Say("training.class.closes"), Text: t.Moment(v.ClosesAt)}, {Label: t.Say("training.class.for"), Text: where}, {Label: t.Say("training.course"), Text: b.v.Course.Code, Value: ui.Link(b.v.Course.Path(), b.v.Course.Code)},
		{Label: t.Say("training.note"), Text: v.Note}}
}

// people is who sits in the class; its trainer picks who signed the paper list.
func (b classPage) people(before bool) templ.Component {
	t, v := b.c.T, b.v
	d := ui.TableData{Caption: t.Say("training.learners"), HideCap: true, Count: int64(len(v.Seats)), Columns: []ui.Column{{Label: t.Say("training.person.name")}, {Label: t.Say("training.audience")}, {Label: t.Say("training.state")}},
		Empty: ui.EmptyData{Icon: "users", Title: t.Say("training.learners.none"), Text: t.Say("training.learners.none_text")}}
	roll := v.Teaches && v.Class.State != CalledOff && !b.p.now().Before(v.StartsAt.Add(-runUp))
	pickable := false
	for _, x := range v.Seats {
		row := ui.Row{Cells: []templ.Component{ui.Main(peopleAt+"/"+string(x.Person), x.Name, b.tree.Place(x.Unit)), ui.Text(t.Say(string(audienceKey(x.Audience)))), b.seatCell(x)}}
		if before {
			row.Cells = append(row.Cells, b.withdraw(x))
		}
		if roll && x.State != Attended {
			row.Pick, pickable = string(x.ID), true
		}
		d.Rows = append(d.Rows, row)
	}
	if before {
		d.Columns = append(d.Columns, ui.Column{Label: t.Say("training.act")})
	}
	card := ui.CardData{Title: t.Say("training.learners"), Flush: true}
	if !roll || !pickable {
		return views.Listed(t, card, d)
	}
	d.Pick = "seat"
	a := views.Asked{Card: ui.CardData{Title: t.Say("training.roll"), Note: t.Say("training.roll.note")}, Table: &d,
		Form: ui.FormData{Action: v.Path() + "/roll", Submit: t.Say("training.roll.save"), Wide: true, Loose: true, Errors: b.refusedAt("roll")}}
	if v.Class.State == Held {
		a.Fields = []ui.Field{{Kind: ui.Area, Name: "reason", Label: t.Say("training.roll.reason"), Hint: t.Say("training.roll.reason_hint"), Required: true, Rows: 2, Max: longestNote, Value: b.typed("roll", "reason"), Error: b.refusedAt("roll").Of("reason")}}
	}
	return views.Ask(t, a)
}

// seatCell is how a seat stands, since when and how that is known.
func (b classPage) seatCell(x Sitting) templ.Component {
	t := b.c.T
	all := []templ.Component{ui.Badge(seatState(t, x.State))}
	if x.State == Attended {
		say := t.Say("training.how."+x.How, "at", hourText(x.ArrivedAt))
		if x.WalkIn {
			say += " · " + t.Say("training.walk_in")
		}
		all = append(all, ui.Two("", say))
	}
	if b.v.Course.PassMark > 0 && x.State == Attended {
		word := ui.State{Tone: ui.Neutral, Word: t.Say("training.test.todo")}
		switch x.Result {
		case Passed:
			word = ui.State{Tone: ui.Good, Word: t.Say("training.test.result.passed")}
		case Failed:
			word = ui.State{Tone: ui.Bad, Word: t.Say("training.test.result.failed")}
		}
		all = append(all, ui.Badge(word))
	}
	if x.Reason != "" {
		all = append(all, ui.Two("", x.Reason))
	}
	return ui.Parts(all)
}

func (b classPage) withdraw(x Sitting) templ.Component {
	t := b.c.T
	if x.State != Registered && x.State != Waiting || !b.c.Who.Covers(Enrol, x.Unit) {
		return ui.Text("")
	}
	return ui.Button(t, ui.Action{Label: t.Say("training.withdraw"), Href: Home + "/seats/" + string(x.ID) + "/withdraw", Post: true, Hidden: []ui.Hidden{version(x.Version)},
		Confirm: &ui.Confirm{ID: "w-" + string(x.ID), Title: t.Say("training.withdraw.ask", "name", x.Name), Text: t.Say("training.withdraw.text"), Yes: t.Say("training.withdraw")}}, "btn btn-sm")
}

// wanted are people whom the reader could register now: of the district asked for, else of
// the reader's own.
func (b classPage) wanted(ctx context.Context) ([]Person, error) {
	v, who := b.v, b.c.Who
	if v.Class.State != Planned || !b.p.now().Before(v.EndsAt) || !v.Class.Registering(b.p.now()) && !who.May(Plan) {
		return nil, nil
	}
	return b.p.candidates(ctx, who, b.tree, v.Class, v.Course, b.under(who))
}

func (b classPage) under(who access.Actor) string {
	if asked := b.c.Query("under"); asked != "" {
		return asked
	}
	if b.v.Unit != "" {
		return b.v.Unit
	}
	if d := b.tree.District(who.Home); d != "" {
		return d
	}
	if all := b.tree.Districts(); len(all) > 0 {
		return all[0].Code
	}
	return ""
}

// register is the form that gives seats to people of the roster.
func (b classPage) register(wanted []Person) templ.Component {
	t := b.c.T
	d := ui.TableData{Caption: t.Say("training.register"), HideCap: true, Count: int64(len(wanted)), Pick: "person", Columns: []ui.Column{{Label: t.Say("training.person.name")}, {Label: t.Say("training.unit")}, {Label: t.Say("training.audience")}}}
	for _, p := range wanted {
		d.Rows = append(d.Rows, ui.Row{Pick: string(p.ID), Cells: []templ.Component{ui.Text(p.Name), ui.Text(capital(b.tree.Name(p.Unit))), ui.Text(t.Say(string(audienceKey(p.Audience))))}})
	}
	return views.Ask(t, views.Asked{Card: ui.CardData{Title: t.Say("training.register.title", "place", b.tree.Name(b.under(b.c.Who)))}, Folded: true, Table: &d,
		Form: ui.FormData{Action: at(b.v.Path()+"/register", "under", b.c.Query("under")), Submit: t.Say("training.register"), Wide: true, Loose: true, Errors: b.refusedAt("register")}})
}

// guest is the form for who came unannounced.
func (b classPage) guest() templ.Component {
	t := b.c.T
	e := b.refusedAt("guest")
	f := func(kind ui.Kind, name, label, hint string) ui.Field {
		return ui.Field{Kind: kind, Name: name, Label: t.Say(label), Hint: hint, Value: b.typed("guest", name), Error: e.Of(name)}
	}
	audience := f(ui.Select, "audience", "training.audience", "")
	audience.Options = audienceOptions(t, b.v.Course.Level)
	fields := []ui.Field{f(ui.Line, "known", "training.guest.known", t.Say("training.guest.known_hint")), districtField(t, b.tree.Districts(), "district", b.typed("guest", "district")),
		f(ui.Line, "unit", "training.unit", t.Say("training.unit.hint")), audience, f(ui.Line, "name", "training.person.name", ""), f(ui.Line, "code", "training.person.code", ""), f(ui.Phone, "phone", "training.person.phone", "")}
	if b.v.Class.State == Held {
		fields = append(fields, f(ui.Area, "reason", "training.roll.reason", ""))
	}
	return views.Ask(t, views.Asked{Card: ui.CardData{Title: t.Say("training.guest")}, Folded: true,
		Form: ui.FormData{Action: b.v.Path() + "/guest", Submit: t.Say("training.guest.save"), Errors: e, Fields: fields}})
}

func audienceOptions(t i18n.T, levels ...Level) []ui.Option {
	out := []ui.Option{{Label: t.Say("training.choose")}}
	for _, a := range everyAudience {
		for _, l := range levels {
			if slices.Contains(l.Audiences(), a) && (len(out) == 0 || out[len(out)-1].Value != string(a)) {
				out = append(out, ui.Option{Value: string(a), Label: t.Say(string(audienceKey(a)))})
			}
		}
	}
	return out
}

// takeBack is the form that says that somebody who was noted did not come.
func (b classPage) takeBack() templ.Component {
	t := b.c.T
	choice := ui.Field{Kind: ui.Select, Name: "seat", Label: t.Say("training.person"), Required: true, Options: []ui.Option{{Label: t.Say("training.choose")}}, Value: b.typed("unrecord", "seat")}
	for _, x := range b.v.Seats {
		if x.State == Attended {
			choice.Options = append(choice.Options, ui.Option{Value: string(x.ID) + "." + strconv.FormatInt(x.Version, 10), Label: x.Name + ", " + b.tree.Name(x.Unit)})
		}
	}
	return views.Ask(t, views.Asked{Card: ui.CardData{Title: t.Say("training.take_back")}, Folded: true,
		Form: ui.FormData{Action: b.v.Path() + "/unrecord", Submit: t.Say("training.take_back.save"), Danger: true, Errors: b.refusedAt("unrecord"),
			Fields: []ui.Field{choice, {Kind: ui.Area, Name: "reason", Label: t.Say("training.reason"), Required: true, Rows: 2, Max: longestNote, Value: b.typed("unrecord", "reason")}}}})
}

// fewestSaid is how many must have spoken before anything is shown of it, so that nobody
// is known by it.
const fewestSaid = 3

func (b classPage) feedback() templ.Component {
	t, all := b.c.T, b.v.Feedback
	if len(all) < fewestSaid {
		return views.Known(t, ui.CardData{Title: t.Say("training.feedback")}, []ui.Fact{{Label: t.Say("training.feedback.n"), Text: t.Say("training.feedback.few", "n", len(all), "least", fewestSaid)}}, nil)
	}
	var sum int64
	var facts []ui.Fact
	for _, f := range all {
		sum += f.Score
		if f.Remark != "" {
			facts = append(facts, ui.Fact{Label: t.Say("training.feedback.score", "n", f.Score), Text: f.Remark})
		}
	}
	mean := ui.Fact{Label: t.Say("training.feedback.n"), Text: t.Say("training.feedback.mean", "mean", t.Decimal(float64(sum)/float64(len(all)), 1), "n", len(all))}
	return views.Known(t, ui.CardData{Title: t.Say("training.feedback")}, append([]ui.Fact{mean}, facts...), nil)
}

// onClass does something with the class of the address and comes back to it; a refusal of
// the form's own shows the page with it.
func (p *pages) onClass(c *httpx.Ctx, form string, do func(id ident.ID) (tone ui.Tone, said string, more []string, err error)) error {
	id, err := key(c)
	if err != nil {
		return err
	}
	tone, said, more, err := do(id)
	if err != nil {
		if own(err) {
			return p.showClass(c, form, err)
		}
		return err
	}
	site.Flash(c, tone, said, more...)
	return c.See(classesAt + "/" + string(id))
}
