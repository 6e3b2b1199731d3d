package schedule

import (
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout"
	"lotrinh/rollout/schedule/views"
)

const rehearsalsAt = Home + "/rehearsals"

// rehearsalRoutes are declared before the pages of a draft, whose address would take them.
func (p *pages) rehearsalRoutes(r *httpx.Router) {
	r.Page("GET", rehearsalsAt, p.rehearsals)
	r.Page("GET", rehearsalsAt+"/new", p.prepareForm)
	r.Page("POST", rehearsalsAt, p.prepare)
	r.Page("GET", rehearsalsAt+"/:id", p.rehearsal)
	r.Page("POST", rehearsalsAt+"/:id/steps", p.addStep)
	r.Page("POST", rehearsalsAt+"/:id/decide", p.decide)
	r.Page("POST", rehearsalsAt+"/steps/:id", p.tick)
}

var runTone = map[RunState]ui.Tone{RunPlanned: ui.Neutral, Running: ui.Info, Go: ui.Good, NoGo: ui.Bad}

func runState(t i18n.T, s RunState) ui.State {
	return ui.State{Tone: runTone[s], Word: t.Say("schedule.run." + string(s))}
}

func (p *pages) rehearsals(c *httpx.Ctx) error {
	if err := c.Who.Need(rollout.Read); err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	var all []Run
	err = p.DB.Read().NewSelect().Model(&all).ExcludeColumn("snapshot").Apply(c.Who.Within(rollout.Read, "rh.unit")).Order("rh.held_on DESC", "rh.id DESC").Limit(rowsShown).Scan(c.Std())
	if err != nil {
		return db.Sorted(err)
	}
	t := c.T
	d := ui.TableData{Caption: t.Say("schedule.runs"), Count: int64(len(all)), Columns: []ui.Column{{Label: t.Say("schedule.col.name")}, {Label: t.Say("schedule.run.held")}, {Label: t.Say("schedule.col.state")}},
		Empty: ui.EmptyData{Icon: "list-check", Title: t.Say("schedule.runs.none"), Text: t.Say("schedule.runs.none.text")}}
	for _, r := range all {
		d.Rows = append(d.Rows, ui.Row{Href: r.Path(), Cells: []templ.Component{ui.Main(r.Path(), r.Title, tree.Name(r.Unit)), ui.Text(day(t, r.HeldOn)), ui.Badge(runState(t, r.State))}})
	}
	v := views.TablesView{Header: ui.HeaderData{Title: t.Say("schedule.runs"), Lead: t.Say("schedule.runs.lead"), Crumbs: crumbs(t, ui.Crumb{Label: t.Say("schedule.runs")})}, Tables: []ui.TableData{d}}
	if plans(c.Who) {
		v.Header.Action = &ui.Action{Label: t.Say("schedule.run.new"), Href: rehearsalsAt + "/new", Icon: "plus"}
	}
	return p.show(c, v.Header.Title, views.Tables(t, v))
}

func (p *pages) prepareForm(c *httpx.Ctx) error { return p.askPrepare(c, nil) }

func (p *pages) askPrepare(c *httpx.Ctx, refused error) error {
	if err := c.Who.Need(rollout.Plan); err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	programmes, err := p.Rollout.Programmes(c.Std(), c.Who)
	if err != nil {
		return err
	}
	t, title := c.T, c.T.Say("schedule.run.new")
	var places, which []ui.Option
	for _, d := range tree.Districts() {
		places = append(places, ui.Option{Value: d.Code, Label: d.Title()})
	}
	for _, pg := range programmes {
		which = append(which, ui.Option{Value: pg.Code, Label: pg.Code})
	}
	held := c.FormValue("held")
	if held == "" {
		held = clock.Date(p.now().AddDate(0, 0, 1))
	}
	return p.again(c, title, refused, func(e ui.Errors) templ.Component {
		return views.Tables(t, views.TablesView{Header: ui.HeaderData{Title: title, Lead: t.Say("schedule.run.new.lead"), Crumbs: crumbs(t, ui.Crumb{Label: t.Say("schedule.runs"), Href: rehearsalsAt}, ui.Crumb{Label: title})},
			Forms: []views.FormView{{Form: ui.FormData{Action: rehearsalsAt, Errors: e, Submit: t.Say("schedule.run.new.do"), Cancel: rehearsalsAt, Fields: []ui.Field{
				{Name: "title", Label: t.Say("schedule.col.name"), Value: c.FormValue("title"), Max: longestTitle, Required: true},
				{Kind: ui.Select, Name: "programme", Label: t.Say("schedule.up"), Options: which, Value: c.FormValue("programme")},
				{Kind: ui.Select, Name: "unit", Label: t.Say("schedule.col.district"), Options: places, Value: c.FormValue("unit")},
				{Kind: ui.Date, Name: "held", Label: t.Say("schedule.run.held"), Value: held, Narrow: true}}}}}})
	})
}

func (p *pages) prepare(c *httpx.Ctx) error {
	r, err := p.Prepare(c.Std(), c.Who, RunForm{Programme: c.FormValue("programme"), Title: c.FormValue("title"), Unit: c.FormValue("unit"), HeldOn: c.FormValue("held")})
	if refusal(err) {
		return p.askPrepare(c, err)
	}
	if err != nil {
		return err
	}
	return c.See(r.Path())
}

func (p *pages) rehearsal(c *httpx.Ctx) error { return p.showRun(c, "", nil) }

// showRun is the run-sheet; form is the one that was refused.
func (p *pages) showRun(c *httpx.Ctx, form string, refused error) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	r, steps, err := p.run(c.Std(), p.DB.Read(), c.Who, key)
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	t, state := c.T, runState(c.T, r.State)
	v := views.TablesView{Header: ui.HeaderData{Title: r.Title, State: &state, Lead: t.Say("schedule.run.lead", "unit", tree.Name(r.Unit), "day", day(t, r.HeldOn)), Crumbs: crumbs(t, ui.Crumb{Label: t.Say("schedule.runs"), Href: rehearsalsAt}, ui.Crumb{Label: r.Title})}}
	planned, took := 0, 0
	for _, s := range steps {
		if n, ended := s.Took(); ended && !s.Back {
			planned, took = planned+s.Minutes, took+n
		}
	}
	v.Figures = []ui.FigureData{{Label: t.Say("schedule.run.took"), Value: t.Int(int64(took)), Of: t.Say("schedule.run.planned_minutes", "n", planned), SoWhat: t.Say("schedule.run.took.so")}}
	v.Parts = []templ.Component{views.RunSheet(t, runSheet(c, r, steps))}
	if r.Decided() {
		v.Parts = append(v.Parts, views.Facts(t, t.Say("schedule.run.decision"), runFacts(t, r)))
	}
	return p.again(c, r.Title, refused, func(e ui.Errors) templ.Component {
		of := func(name string) ui.Errors {
			if form == name {
				return e
			}
			return ui.Errors{}
		}
		if plans(c.Who) && r.State == Running {
			v.Forms = append(v.Forms, views.FormView{Title: t.Say("schedule.run.decide"), Note: t.Say("schedule.run.decide.note"), Form: ui.FormData{Action: r.Path() + "/decide", Errors: of("decide"), Submit: t.Say("schedule.run.say_go"), Loose: true,
				Hidden: []ui.Hidden{seen(r.Version)}, More: []ui.SubmitData{{Name: "no", Value: "1", Label: t.Say("schedule.run.say_no_go")}},
				Fields: []ui.Field{{Kind: ui.Area, Name: "reason", Label: t.Say("schedule.run.reason"), Value: c.FormValue("reason"), Rows: 2, Max: longestNote, Required: true}}}})
		}
		if plans(c.Who) && !r.Decided() {
			v.Forms = append(v.Forms, views.FormView{Title: t.Say("schedule.run.add"), Fold: true, Open: form == "step", Form: ui.FormData{Action: r.Path() + "/steps", Errors: of("step"), Submit: t.Say("schedule.add.do"), Loose: true,
				Fields: []ui.Field{{Name: "title", Label: t.Say("schedule.col.step"), Value: c.FormValue("title"), Max: longestTitle, Required: true}, {Name: "owner", Label: t.Say("schedule.run.owner"), Value: c.FormValue("owner"), Max: longestTitle},
					{Kind: ui.Whole, Name: "minutes", Label: t.Say("schedule.run.minutes"), Value: c.FormValue("minutes"), Narrow: true, Max: 4},
					{Kind: ui.Check, Name: "back", Label: t.Say("schedule.run.back"), Value: c.FormValue("back")}}}})
		}
		return views.Tables(t, v)
	})
}

// runSheet is the lines of a sheet with the button of each that may be pressed now.
func runSheet(c *httpx.Ctx, r Run, steps []RunStep) []views.RunLine {
	t := c.T
	mayTick := c.Who.Covers(rollout.Declare, r.Unit)
	var out []views.RunLine
	for _, s := range steps {
		l := views.RunLine{Number: strconv.Itoa(s.Ordinal + 1), Title: s.Title, Owner: s.Owner, Minutes: t.Say("schedule.run.n_minutes", "n", s.Minutes), Back: s.Back, Note: s.Note}
		if s.Step != "" {
			l.Title = t.Say("schedule.run.step." + s.Step)
		}
		if s.Owner == "" && s.Step != "" {
			l.Owner = t.Say("schedule.run.owner." + s.Step)
		}
		if s.StartedAt != nil {
			l.From = t.Hour(*s.StartedAt)
		}
		if n, ended := s.Took(); ended {
			l.Until, l.Took = t.Hour(*s.EndedAt), t.Say("schedule.run.n_minutes", "n", n)
			l.Over = n > s.Minutes
		}
		if mayTick && s.EndedAt == nil && r.State != Go && s.Back == (r.State == NoGo) {
			l.Action, l.Hidden, l.Do = rehearsalsAt+"/steps/"+string(s.ID), []ui.Hidden{seen(s.Version)}, t.Say("schedule.run.start")
			if s.StartedAt != nil {
				l.Do = t.Say("schedule.run.end")
			}
		}
		out = append(out, l)
	}
	return out
}

func runFacts(t i18n.T, r Run) []ui.Fact {
	k, met := unpack[Known](r.Snapshot), 0
	for _, g := range k.Gates {
		if g.Answer == rollout.Met {
			met++
		}
	}
	return []ui.Fact{{Label: t.Say("schedule.run.reason"), Text: r.Reason}, {Label: t.Say("schedule.col.made"), Text: r.DecidedName + " · " + t.Moment(*r.DecidedAt)},
		{Label: t.Say("schedule.run.gates"), Text: t.Say("schedule.run.gates.n", "met", met, "n", len(k.Gates))}, {Label: "SHA-256", Text: r.Hash}}
}

func (p *pages) addStep(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	err = p.AddStep(c.Std(), c.Who, key, RunStep{Title: c.FormValue("title"), Owner: c.FormValue("owner"), Minutes: number(c, "minutes"), Back: c.FormValue("back") == "1"})
	return p.ran(c, "step", err)
}

func (p *pages) decide(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	return p.ran(c, "decide", p.Decide(c.Std(), c.Who, key, c.FormValue("no") == "", c.FormValue("reason"), version(c)))
}

// ran shows the run-sheet again: with what was refused, or with what was saved.
func (p *pages) ran(c *httpx.Ctx, form string, err error) error {
	if refusal(err) {
		return p.showRun(c, form, err)
	}
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("schedule.saved"))
	return c.See(rehearsalsAt + "/" + c.Params("id"))
}

func (p *pages) tick(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	run, err := p.Tick(c.Std(), c.Who, key, c.FormValue("note"), version(c))
	if err != nil {
		return err
	}
	return c.See(rehearsalsAt + "/" + string(run))
}
