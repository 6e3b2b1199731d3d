package training

import (
	"context"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/training/views"
)

func (p *pages) courses(c *httpx.Ctx) error {
	t := c.T
	all, err := p.Courses(c.Std(), c.Who)
	if err != nil {
		return err
	}
	d := ui.TableData{Caption: t.Say("training.courses"), HideCap: true, Count: int64(len(all)), Columns: []ui.Column{{Label: t.Say("training.course")}, {Label: t.Say("training.audiences")}, {Label: t.Say("training.course.hours"), Num: true}, {Label: t.Say("training.test")}, {Label: t.Say("training.state")}},
		Empty: ui.EmptyData{Icon: "book", Title: t.Say("training.courses.none")}}
	for _, x := range all {
		state := ui.State{Tone: ui.Good, Word: t.Say("training.course.open")}
		if !x.Open {
			state = ui.State{Tone: ui.Neutral, Word: t.Say("training.course.shut")}
		}
		d.Rows = append(d.Rows, ui.Row{Href: x.Path(), Cells: []templ.Component{ui.Main(x.Path(), inLang(t, x.Title, x.TitleEN), x.Code), ui.Text(audienceWords(t, x)), ui.Number(t, x.Hours), ui.Text(testWords(t, x)), ui.Badge(state)}})
	}
	v := views.Page{Head: ui.HeaderData{Title: t.Say("training.courses"), Lead: t.Say("training.courses.lead")}, Body: []templ.Component{views.Listed(t, ui.CardData{Flush: true}, d)}}
	if c.Who.May(Plan) {
		v.Head.Action = &ui.Action{Label: t.Say("training.course.new"), Href: coursesAt + "/new", Icon: "plus"}
	}
	return p.show(c, v.Head.Title, views.Show(t, v))
}

func audienceWords(t i18n.T, c Course) string {
	var out []string
	for _, a := range strings.Fields(c.Audiences) {
		out = append(out, t.Say("training.audience."+a))
	}
	return strings.Join(out, ", ")
}

func testWords(t i18n.T, c Course) string {
	if c.PassMark == 0 {
		return t.Say("training.test.without")
	}
	return t.Say("training.test.mark", "mark", c.PassMark, "of", len(c.Test()), "tries", c.Tries)
}

func (p *pages) newCourse(c *httpx.Ctx) error {
	if err := mayPlan(c.Who); err != nil {
		return err
	}
	return p.courseForm(c, "", CourseForm{Level: string(OfCommune), Audiences: []string{"leader", "onestop", "civil", "labour"}, Hours: "4", PassMark: "0", Tries: "3", Counts: true, Open: true}, nil)
}

func typedCourse(c *httpx.Ctx) CourseForm {
	f := CourseForm{Code: c.FormValue("code"), Title: c.FormValue("title"), TitleEN: c.FormValue("title_en"), Level: c.FormValue("level"), Hours: c.FormValue("hours"), PassMark: c.FormValue("pass_mark"),
		Tries: c.FormValue("tries"), Counts: c.FormValue("counts") != "", Open: c.FormValue("open") != "", Questions: c.FormValue("questions")}
	for _, raw := range c.Request().PostArgs().PeekMulti("audiences") {
		f.Audiences = append(f.Audiences, string(raw))
	}
	return f
}

func courseFields(t i18n.T, f CourseForm) []ui.Field {
	tick := func(name string, on bool) ui.Field {
		x := ui.Field{Kind: ui.Check, Name: name, Label: t.Say("training.course.tick." + name)}
		if on {
			x.Value = "1"
		}
		return x
	}
	level := ui.Field{Kind: ui.Radio, Name: "level", Label: t.Say("training.level"), Required: true, Value: f.Level}
	for _, l := range Levels {
		level.Options = append(level.Options, ui.Option{Value: string(l), Label: t.Say("training.level." + string(l))})
	}
	audience := ui.Field{Kind: ui.Checks, Name: "audiences", Label: t.Say("training.audiences"), Hint: t.Say("training.audiences.hint"), Required: true, Values: f.Audiences}
	audience.Options = audienceOptions(t, Levels...)[1:]
	return []ui.Field{{Name: "code", Label: t.Say("training.course.code"), Required: true, Value: f.Code, Max: longestCode, Narrow: true}, {Name: "title", Label: t.Say("training.course.title"), Required: true, Value: f.Title, Max: longestTitle},
		{Name: "title_en", Label: t.Say("training.course.title_en"), Value: f.TitleEN, Max: longestTitle}, level, audience, {Kind: ui.Whole, Name: "hours", Label: t.Say("training.course.hours"), Required: true, Value: f.Hours, Narrow: true},
		{Kind: ui.Area, Name: "questions", Label: t.Say("training.questions"), Hint: t.Say("training.questions.hint"), Value: f.Questions, Rows: 12},
		{Kind: ui.Whole, Name: "pass_mark", Label: t.Say("training.pass_mark"), Hint: t.Say("training.pass_mark.hint"), Required: true, Value: f.PassMark, Narrow: true},
		{Kind: ui.Whole, Name: "tries", Label: t.Say("training.tries"), Required: true, Value: f.Tries, Narrow: true}, tick("counts", f.Counts), tick("open", f.Open)}
}

// courseForm asks about a course: a new one, or that of a path.
func (p *pages) courseForm(c *httpx.Ctx, path string, f CourseForm, refused error, hidden ...ui.Hidden) error {
	t := c.T
	title, to := t.Say("training.course.new"), coursesAt
	if path != "" {
		title, to = t.Say("training.course.edit"), path
	}
	return p.again(c, title, refused, func(e ui.Errors) templ.Component {
		return views.Show(t, views.Page{Head: ui.HeaderData{Title: title, Crumbs: []ui.Crumb{{Label: t.Say("training.courses"), Href: coursesAt}, {Label: title}}},
			Body: []templ.Component{views.Ask(t, views.Asked{Form: ui.FormData{Action: to, Fields: courseFields(t, f), Errors: e, Submit: t.Say("training.save"), Cancel: coursesAt, Hidden: hidden}})}})
	})
}

// course is a course with its materials; who plans may change both.
func (p *pages) course(c *httpx.Ctx) error { return p.showCourse(c, nil, CourseForm{}) }

func (p *pages) showCourse(c *httpx.Ctx, refused error, typed CourseForm) error {
	if err := c.Who.Need(Look); err != nil {
		return err
	}
	x, err := p.Service.course(c.Std(), c.Params("id"))
	if err != nil {
		return err
	}
	all, err := p.Files.Of(c.Std(), area, string(x.ID))
	if err != nil {
		return err
	}
	t := c.T
	if refused == nil {
		typed = x.Form()
	}
	return p.again(c, x.Code, refused, func(e ui.Errors) templ.Component {
		v := views.Page{Head: ui.HeaderData{Title: inLang(t, x.Title, x.TitleEN), Lead: x.Code, Crumbs: []ui.Crumb{{Label: t.Say("training.courses"), Href: coursesAt}, {Label: x.Code}}}}
		facts := []ui.Fact{{Label: t.Say("training.audiences"), Text: audienceWords(t, x)}, {Label: t.Say("training.course.hours"), Text: t.Int(x.Hours)}, {Label: t.Say("training.test"), Text: testWords(t, x)}}
		v.Side = append(v.Side, views.Known(t, ui.CardData{}, facts, nil), p.materials(c, x, all[string(x.ID)]))
		if c.Who.May(Plan) {
			v.Body = append(v.Body, views.Ask(t, views.Asked{Card: ui.CardData{Title: t.Say("training.course.edit")},
				Form: ui.FormData{Action: x.Path(), Fields: courseFields(t, typed), Errors: e, Submit: t.Say("training.save"), Hidden: []ui.Hidden{version(x.Version)}}}))
		} else {
			v.Body, v.Side = v.Side, nil
		}
		return views.Show(t, v)
	})
}

// materials are the papers of a course, with the form that adds one.
func (p *pages) materials(c *httpx.Ctx, x Course, all []files.File) templ.Component {
	t := c.T
	d := ui.TableData{Caption: t.Say("training.materials"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("training.material")}}, Empty: ui.EmptyData{Icon: "file-text", Title: t.Say("training.materials.none")}}
	for _, f := range all {
		at := x.Path() + "/files/" + string(f.ID)
		parts := []templ.Component{ui.Link(at, f.Name)}
		if c.Who.May(Plan) {
			parts = append(parts, ui.Text(" "), ui.Button(t, ui.Action{Label: t.Say("training.material.drop"), Href: at + "/drop", Post: true,
				Confirm: &ui.Confirm{ID: "f-" + string(f.ID), Title: t.Say("training.material.drop_ask", "name", f.Name), Yes: t.Say("training.material.drop")}}, "btn btn-sm"))
		}
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Parts(parts)}})
	}
	list := views.Listed(t, ui.CardData{Title: t.Say("training.materials"), Flush: true}, d)
	if !c.Who.May(Plan) {
		return list
	}
	return ui.Parts([]templ.Component{list, views.Ask(t, views.Asked{Card: ui.CardData{Title: t.Say("training.material.add")}, Folded: true,
		Form: ui.FormData{Action: x.Path() + "/files", Multipart: true, Submit: t.Say("training.material.save"), Fields: []ui.Field{{Kind: ui.File, Name: "file", Label: t.Say("training.material"), Hint: t.Say("training.material.hint"), Accept: ".pdf,.jpg,.jpeg,.png", Multiple: true}}}})})
}

func (p *pages) makeCourse(c *httpx.Ctx) error {
	f := typedCourse(c)
	x, err := p.SaveCourse(c.Std(), c.Who, "", 0, f)
	if err != nil {
		if own(err) {
			return p.courseForm(c, "", f, err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("training.saved"))
	return c.See(x.Path())
}

func (p *pages) saveCourse(c *httpx.Ctx) error {
	if err := mayPlan(c.Who); err != nil {
		return err
	}
	id, err := key(c)
	if err != nil {
		return err
	}
	f := typedCourse(c)
	x, err := p.SaveCourse(c.Std(), c.Who, id, c.Version(), f)
	if err != nil {
		if own(err) {
			return p.showCourse(c, err, f)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("training.saved"))
	return c.See(x.Path())
}

func (p *pages) addFile(c *httpx.Ctx) error {
	if err := mayPlan(c.Who); err != nil {
		return err
	}
	x, err := p.Service.course(c.Std(), c.Params("id"))
	if err != nil {
		return err
	}
	blobs, err := p.Files.FromForm(c, "file", files.Document, 5)
	if err == nil && len(blobs) == 0 {
		var k fault.Check
		k.Need(false, "file", "training.material.needed")
		err = k.Err()
	}
	if err != nil {
		if own(err) || fault.Is(err, fault.TooLarge) {
			return p.showCourse(c, err, x.Form())
		}
		return err
	}
	if err := p.Attach(c.Std(), c.Who, x, blobs); err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("training.material.done", "n", len(blobs)))
	return c.See(x.Path())
}

// Attach gives received papers to a course.
func (s *Service) Attach(ctx context.Context, who access.Actor, x Course, blobs []files.Blob) error {
	if err := who.Need(Plan); err != nil {
		return err
	}
	now := s.now()
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, b := range blobs {
			if _, err := files.Attach(ctx, tx, now, who, b, files.Owner{Area: area, Subject: string(x.ID)}); err != nil {
				return err
			}
		}
		return trail.Write(ctx, tx, now, who, "rollout.training.course.material", string(x.ID), map[string][2]any{"added": {nil, len(blobs)}})
	})
}

// material is a paper of a course.
func (p *pages) material(c *httpx.Ctx, course ident.ID) (files.File, error) {
	id, err := ident.Parse(c.Params("file"))
	if err != nil {
		return files.File{}, err
	}
	f, err := p.Files.Get(c.Std(), area, id)
	if err == nil && f.Subject != string(course) {
		err = fault.New(fault.Missing, "fault.missing")
	}
	return f, err
}

func (p *pages) file(c *httpx.Ctx) error {
	if err := c.Who.Need(Look); err != nil {
		return err
	}
	id, err := key(c)
	if err != nil {
		return err
	}
	f, err := p.material(c, id)
	if err != nil {
		return err
	}
	return p.Files.Send(c, f)
}

func (p *pages) dropFile(c *httpx.Ctx) error {
	if err := mayPlan(c.Who); err != nil {
		return err
	}
	id, err := key(c)
	if err != nil {
		return err
	}
	f, err := p.material(c, id)
	if err != nil {
		return err
	}
	err = p.DB.InTx(c.Std(), func(ctx context.Context, tx *db.Tx) error {
		if err := files.Drop(ctx, tx, area, string(id), f.ID); err != nil {
			return err
		}
		return trail.Write(ctx, tx, p.now(), c.Who, "rollout.training.course.material", string(id), map[string][2]any{"dropped": {strconv.Quote(f.Hash), nil}})
	})
	if err != nil {
		return err
	}
	return c.See(coursesAt + "/" + string(id))
}
