package services

import (
	"context"
	"errors"
	"io"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout"
	"lotrinh/rollout/services/views"
	base "lotrinh/rollout/views"
)

// dueOf is the last day of the waves, which a plan promises.
func dueOf(phases []rollout.Phase) string {
	last := ""
	for _, p := range phases {
		last = max(last, p.OfficialOn)
	}
	return last
}

// waves is the table of the waves with their days and how many procedures each holds.
func waves(t i18n.T, phases []rollout.Phase, _ []Tally, items []Item) ui.TableData {
	d := ui.TableData{Caption: t.Say("services.waves"), Count: -1, Columns: []ui.Column{{Label: t.Say("services.col.wave")}, {Label: t.Say("services.col.days")},
		{Label: t.Say("services.col.slots"), Num: true}, {Label: stepWord(t, Live), Num: true}}}
	row := func(name, days string, wave int) {
		n, live := 0, 0
		for _, i := range items {
			if i.Wave == wave {
				n++
				if i.Step == Live {
					live++
				}
			}
		}
		if wave > 0 || n > 0 {
			d.Rows = append(d.Rows, ui.Row{Cells: cells(ui.Text(name), ui.Text(days), ui.Number(t, int64(n)), ui.Number(t, int64(live)))})
		}
	}
	for _, p := range phases {
		name := p.Name
		if t.Lang == i18n.EN {
			name = p.NameEN
		}
		row(name, t.Say("services.days", "from", dayWords(t, p.TrialOn), "until", dayWords(t, p.OfficialOn)), p.Ordinal)
	}
	row(t.Say("services.wave.none"), "", 0)
	return d
}

// badgeSince is a step with the day since when.
func badgeSince(t i18n.T, i Item) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if err := ui.Badge(stepState(t, i.Step)).Render(ctx, w); err != nil {
			return err
		}
		return base.Lines([]string{t.Say("services.since", "day", t.Day(i.Since))}).Render(ctx, w)
	})
}

func (p *pages) item(c *httpx.Ctx) error { return p.showItem(c, "", "", nil) }

// showItem shows a procedure with its forms; to and note are what was typed in a refused
// one.
func (p *pages) showItem(c *httpx.Ctx, to Step, note string, refused error) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	i, err := p.Item(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	if i.Level != Department {
		return fault.New(fault.Missing, "fault.missing")
	}
	t := c.T
	state := stepState(t, i.Step)
	title := i.say(t)
	v := views.Item{Header: ui.HeaderData{Crumbs: crumbs(c, ui.Crumb{Label: i.LeadName, Href: home + "/departments/" + i.Lead}, ui.Crumb{Label: i.Key}), Title: title, State: &state},
		Facts: []ui.Fact{{Label: t.Say("services.col.code"), Text: i.Key}, {Label: t.Say("services.col.lead"), Text: i.LeadName}, {Label: t.Say("services.col.wave"), Text: waveWords(t, i.Wave)}}}
	for _, s := range Steps[1:] {
		st := ui.State{Tone: ui.Neutral, Word: stepWord(t, s)}
		if i.Step.rank() >= s.rank() {
			st.Tone = ui.Good
		}
		v.Steps = append(v.Steps, st)
	}
	for _, sort := range Papers {
		list := views.Papers{Title: t.Say("services.paper." + sort), None: t.Say("services.paper.missing")}
		for _, f := range i.Files[sort] {
			list.All = append(list.All, views.Paper{Name: f.Name, Href: home + "/items/" + string(i.ID) + "/papers/" + string(f.ID), By: t.Moment(f.At)})
		}
		v.Papers = append(v.Papers, list)
	}
	for _, h := range i.History {
		v.History = append(v.History, ui.Event{At: h.At, Who: h.ActorName, What: t.Say("services.went", "from", stepWord(t, h.From), "to", stepWord(t, h.To)), Note: h.Note, Tone: stepTone[h.To]})
	}
	return p.again(c, title, refused, func(e ui.Errors) templ.Component {
		if i.Mine {
			v.Move, v.Upload = itemForms(t, i, to, note, e)
		}
		return views.ItemPage(t, v)
	})
}

// itemForms are the forms of a procedure: a step forwards, or back, and its papers.
func itemForms(t i18n.T, i ItemView, to Step, note string, e ui.Errors) (move, upload *ui.FormData) {
	at := home + "/items/" + string(i.ID)
	var steps, sorts []ui.Option
	for _, s := range Steps {
		if s.rank() <= i.Step.rank()+1 && s != i.Step {
			steps = append(steps, ui.Option{Value: s.word(), Label: stepWord(t, s)})
		}
	}
	if to == "" && i.Step != Live {
		to = Steps[i.Step.rank()+1]
	}
	for _, s := range Papers {
		sorts = append(sorts, ui.Option{Value: s, Label: t.Say("services.paper." + s)})
	}
	move = &ui.FormData{ID: "move", Action: at + "/step", Errors: e, Submit: t.Say("services.move.do"), Hidden: []ui.Hidden{{Name: "version", Value: itoa(i.Version)}},
		Fields: []ui.Field{{Kind: ui.Select, Name: "to", Label: t.Say("services.col.step"), Value: to.word(), Options: steps, Required: true, Narrow: true, Error: e.Of("to")},
			{Kind: ui.Area, Name: "note", Label: t.Say("services.note"), Hint: t.Say("services.note.hint"), Value: note, Rows: 2, Max: longestNote, Error: e.Of("note")}}}
	upload = &ui.FormData{ID: "papers", Action: at + "/papers", Submit: t.Say("services.paper.send"), Multipart: true,
		Fields: []ui.Field{{Kind: ui.Select, Name: "sort", Label: t.Say("services.paper.sort"), Options: sorts, Required: true},
			{Kind: ui.File, Name: "file", Label: t.Say("services.paper.file"), Accept: "application/pdf,image/jpeg,image/png", Required: true, Error: e.Of("file")}}}
	return move, upload
}

// stepTyped is the step that a form names; one that is none is kept to be refused.
func stepTyped(word string) Step {
	if word == Waiting.word() {
		return Waiting
	}
	if word == "" {
		return "?"
	}
	return Step(word)
}

func sameForm(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && (f.Kind == fault.Invalid || f.Kind == fault.Conflict)
}

func (p *pages) advance(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	to, note := stepTyped(c.FormValue("to")), c.FormValue("note")
	if err := p.Advance(c.Std(), c.Who, key, number(c.FormValue("version")), to, note); err != nil {
		if sameForm(err) {
			return p.showItem(c, to, note, err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("services.moved"))
	return c.See(home + "/items/" + string(key))
}

func (p *pages) paper(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	i, err := p.Item(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	if err := p.mayReport(c.Std(), p.DB.Read(), c.Who, i.Lead); err != nil {
		return err // before the file is taken in
	}
	blobs, err := p.Files.FromForm(c, "file", files.Document, 5)
	if err == nil {
		err = p.Paper(c.Std(), c.Who, key, c.FormValue("sort"), blobs)
	}
	if err != nil {
		if sameForm(err) {
			return p.showItem(c, "", "", err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("services.paper.kept"))
	return c.See(home + "/items/" + string(key))
}

func (p *pages) sendPaper(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	file, err := ident.Parse(c.Params("file"))
	if err != nil {
		return err
	}
	i, err := p.Item(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	for _, all := range i.Files {
		for _, f := range all {
			if f.ID == file {
				return p.Files.Send(c, f)
			}
		}
	}
	return fault.New(fault.Missing, "fault.missing")
}
