package directive

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/reports/directive/views"
)

// onePage builds the page of a directive; a refused form keeps what was typed into it.
type onePage struct {
	c     *httpx.Ctx
	v     View
	place string
	why   []string
	form  Act
	e     ui.Errors
	now   time.Time
}

func (p *pages) one(c *httpx.Ctx) error { return p.oneAgain(c, "", nil) }

func (p *pages) oneAgain(c *httpx.Ctx, form Act, refused error) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	v, err := p.Get(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	steps, err := p.Why(c.Std(), v.Directive)
	if err != nil {
		return err
	}
	return p.form(c, v.Code, refused, func(e ui.Errors) templ.Component {
		b := onePage{c: c, v: v, place: tree.Place(v.Unit), why: worktime.Explain(c.T, steps), form: form, e: e, now: p.Business.Now()}
		return views.OnePage(c.T, b.view())
	})
}

func (p *pages) act(a Act) httpx.Handler {
	return func(c *httpx.Ctx) error {
		id, err := ident.Parse(c.Params("id"))
		if err != nil {
			return err
		}
		v, err := p.Get(c.Std(), c.Who, id) // who may not see it sends no files
		if err != nil {
			return err
		}
		x := Doing{Act: a, Said: c.FormValue("said"), Due: c.FormValue("due")}
		if a == Report && v.May(c.Who, Report) {
			x.Files, err = p.Files.FromForm(c, "files", files.Document, MostFiles)
		}
		if err == nil {
			_, err = p.Do(c.Std(), c.Who, id, c.Version(), x)
		}
		if err != nil {
			return p.oneAgain(c, a, err)
		}
		site.Flash(c, ui.Good, c.T.Say("directive.said."+string(a)))
		return c.See(v.Path())
	}
}

func (b onePage) view() views.One {
	t, v := b.c.T, b.v
	state := v.badge(t, b.now)
	out := views.One{Head: ui.HeaderData{Title: t.Say("directive.one", "code", v.Code), State: &state, Lead: b.place, Crumbs: []ui.Crumb{{Label: t.Say("directive.title"), Href: Home}, {Label: v.Code}}},
		Text: v.Text, Why: b.why}
	doc := t.Say("directive.doc.none", "day", sayDay(b, v.DocDay))
	if v.DocNo != "" {
		doc = t.Say("directive.doc.said", "no", v.DocNo, "day", sayDay(b, v.DocDay))
	}
	out.Facts = []ui.Fact{{Label: t.Say("directive.concluded_by"), Text: v.ConcludedBy}, {Label: t.Say("directive.doc"), Text: doc}}
	switch v.Source {
	case FromRun:
		out.Facts = append(out.Facts, ui.Fact{Label: t.Say("directive.source"), Value: ui.Link("/reports/runs/"+string(v.SourceRun), v.SourceTitle)})
	case FromMeeting:
		out.Facts = append(out.Facts, ui.Fact{Label: t.Say("directive.source"), Text: t.Say("directive.source.at", "title", v.SourceTitle, "day", sayDay(b, v.SourceDay))})
	}
	out.Facts = append(out.Facts, ui.Fact{Label: t.Say("directive.owner"), Text: v.ownerWords(t)})
	out.Facts = append(out.Facts, b.due()...)
	out.Facts = append(out.Facts, ui.Fact{Label: t.Say("directive.made"), Text: t.Say("directive.by", "who", v.MadeName, "at", v.MadeAt)})
	for _, f := range v.Files {
		out.Files = append(out.Files, ui.Fact{Label: t.Moment(f.At), Value: ui.Link(v.Path()+"/files/"+string(f.ID), f.Name)})
	}
	for _, s := range v.Steps {
		e := ui.Event{At: s.At, Who: s.ByName, What: t.Say("directive.step." + string(s.Act)), Note: s.Said}
		if s.Act == Extend && s.DueAt != nil {
			e.What = t.Say("directive.step.extend.to", "due", t.Day(*s.DueAt))
		}
		out.History = append(out.History, e)
	}
	b.acts(&out)
	return out
}

// due is by when it must be done, how it was put off, and whether it was in time.
func (b onePage) due() []ui.Fact {
	t, v := b.c.T, b.v
	var out []ui.Fact
	switch due := v.due(b.now); {
	case due != nil:
		out = append(out, ui.Fact{Label: t.Say("directive.due"), Value: ui.DueMoment(t, *due)})
	case v.DueAt != nil:
		word := "directive.due.kept"
		if v.Late(b.now) {
			word = "directive.due.missed"
		}
		if v.State == Cancelled {
			return append(out, ui.Fact{Label: t.Say("directive.due"), Text: t.Day(*v.DueAt)})
		}
		out = append(out, ui.Fact{Label: t.Say("directive.due"), Text: t.Say(word, "day", t.Day(*v.DueAt))})
	default:
		out = append(out, ui.Fact{Label: t.Say("directive.due"), Text: t.Say("directive.due.unknown")})
	}
	if v.Extended() {
		out = append(out, ui.Fact{Label: t.Say("directive.first_due"), Text: t.Day(*v.FirstDueAt)})
	}
	return out
}

// sayDay writes a stored day; one that cannot be read as it stands.
func sayDay(b onePage, day string) string {
	at, err := clock.ParseDate(day)
	if err != nil {
		return day
	}
	return b.c.T.Day(at)
}

func (b onePage) seen() ui.Hidden {
	return ui.Hidden{Name: "version", Value: strconv.FormatInt(b.v.Version, 10)}
}

func (b onePage) typed(a Act, name string) string {
	if b.form == a {
		return b.c.FormValue(name)
	}
	return ""
}

// acts are the forms of what the reader may do now.
func (b onePage) acts(out *views.One) {
	t, v, who := b.c.T, b.v, b.c.Who
	for _, a := range []Act{Report, Confirm, Return, Extend, Cancel} {
		if !v.May(who, a) {
			continue
		}
		if a == Confirm && v.State == Reported {
			out.Do = append(out.Do, ui.Action{Label: t.Say("directive.act.confirm"), Post: true, Href: v.Path() + "/confirm", Hidden: []ui.Hidden{b.seen()}, Icon: "circle-check"})
			continue
		}
		f := ui.FormData{ID: "form-" + string(a), Action: v.Path() + "/" + string(a), Submit: t.Say("directive.act." + string(a)), Hidden: []ui.Hidden{b.seen()}, Danger: a == Cancel}
		if b.form == a {
			f.Errors = b.e
		}
		if a == Extend {
			f.Fields = append(f.Fields, ui.Field{Name: "due", Label: t.Say("directive.due.new"), Hint: t.Say("directive.due.hint"), Value: b.typed(a, "due"), Required: true, Max: 30, Narrow: true})
		}
		said := ui.Field{Kind: ui.Area, Name: "said", Label: t.Say("directive.said." + string(a) + ".label"), Value: b.typed(a, "said"), Required: rules[a].worded, Max: longestText, Rows: 3}
		f.Fields = append(f.Fields, said)
		if a == Report {
			f.Multipart = true
			f.Fields = append(f.Fields, ui.Field{Kind: ui.File, Name: "files", Label: t.Say("directive.files"), Hint: t.Say("directive.files.hint", "n", MostFiles), Multiple: true, Accept: "application/pdf,image/*"})
		}
		for i := range f.Fields { // several forms stand on one page
			f.Fields[i].Attrs = templ.Attributes{"id": "f-" + string(a) + "-" + f.Fields[i].Name}
		}
		out.Acts = append(out.Acts, views.Act{Title: t.Say("directive.act." + string(a) + ".title"), Form: f, Open: a == Report})
	}
}
