package knowledge

import (
	"time"

	"github.com/a-h/templ"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/knowledge/views"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

func dayOf(s string) (time.Time, error) { return clock.ParseDate(s) }

var stateTones = map[State]ui.Tone{Draft: ui.Neutral, Published: ui.Good, Retired: ui.Paused}

func (p pages) article(c *httpx.Ctx) error {
	no, err := number(c, "no")
	if err != nil {
		return err
	}
	return p.showArticle(c, no, nil)
}

func (p pages) showArticle(c *httpx.Ctx, no int64, refused error) error {
	t := c.T
	a, err := p.Get(c.Std(), c.Who, no)
	if err != nil {
		return err
	}
	html, err := Render(a.Seq, a.Body)
	if err != nil {
		return err
	}
	v := views.ArticleView{Header: ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("knowledge.title"), Href: "/help"}, {Label: serviceWord(t, a.Service)}}, Title: a.Title},
		Lead: a.Lead, HTML: html, Updated: t.Say("knowledge.updated", "day", t.Day(a.ChangedAt)), Verdict: a.Path() + "/verdict",
		Words: c.Who.SignedIn(), Instead: c.Who.May(helpdesk.Ask) && !c.Who.May(helpdesk.Work)}
	if a.State != Published {
		v.Verdict = ""
	}
	if c.Who.May(Edit) {
		if err := p.desk(c, a, &v); err != nil {
			return err
		}
	} else if a.State == Published && c.Who.May(helpdesk.Ask) {
		v.Ask = &ui.Action{Label: t.Say("knowledge.still_ask"), Href: "/tickets/new?service=" + string(a.Service), Icon: "ticket"}
	}
	return p.show(c, a.Title, refused, func(e ui.Errors) templ.Component {
		v.Errors, v.Typed = e, c.FormValue("words")
		return views.Article(t, v)
	})
}

// desk is what the writers see beside an article.
func (p pages) desk(c *httpx.Ctx, a Article, v *views.ArticleView) error {
	t := c.T
	names, err := p.People.Names(c.Std(), []ident.ID{a.Owner, a.ChangedBy})
	if err != nil {
		return err
	}
	words, err := p.Words(c.Std(), c.Who, a.ID)
	if err != nil {
		return err
	}
	state := ui.State{Tone: stateTones[a.State], Word: t.Say("knowledge.state." + string(a.State))}
	v.Header.State = &state
	hidden := []ui.Hidden{{Name: "version", Value: noText(a.Version)}}
	post := func(verb, icon string) ui.Action {
		return ui.Action{Label: t.Say("knowledge." + verb), Icon: icon, Post: true, Href: a.Path() + "/" + verb, Hidden: hidden}
	}
	v.Header.Action = &ui.Action{Label: t.Say("knowledge.edit"), Href: a.Path() + "/edit", Icon: "edit"}
	if a.State != Published {
		publish := post("publish", "send")
		v.Header.Action = &publish
		v.Header.More = append(v.Header.More, ui.Action{Label: t.Say("knowledge.edit"), Href: a.Path() + "/edit", Icon: "edit"})
	} else {
		retire := post("retire", "x")
		retire.Confirm = &ui.Confirm{ID: "retire", Title: t.Say("knowledge.retire_ask", "title", a.Title), Text: t.Say("knowledge.retire_text"), Yes: t.Say("knowledge.retire")}
		v.Header.More = append(v.Header.More, retire)
	}
	v.Header.More = append(v.Header.More, ui.Action{Label: t.Say("knowledge.editions"), Href: a.Path() + "/editions", Icon: "history"})
	day, _ := dayOf(a.ReviewOn)
	v.Facts = []ui.Fact{
		{Label: t.Say("knowledge.audience"), Text: t.Say("knowledge.audience." + string(a.Audience))},
		{Label: t.Say("knowledge.owner"), Text: names[a.Owner]},
		{Label: t.Say("knowledge.review"), Text: t.Day(day)},
		{Label: t.Say("knowledge.helped"), Text: helped(t, a)},
		{Label: t.Say("knowledge.answered"), Text: t.Int(a.Answered)},
		{Label: t.Say("knowledge.used"), Text: t.Int(a.Used)},
		{Label: t.Say("knowledge.edition"), Text: t.Say("knowledge.edition_of", "no", a.Edition, "name", names[a.ChangedBy])},
	}
	if a.Due(p.Business.Now()) {
		again := post("reviewed", "check")
		v.Review = &ui.NoticeData{Tone: ui.Warn, Title: t.Say("knowledge.review_due"), Text: t.Say("knowledge.review_text", "day", t.Day(day)), Action: &again}
	}
	for _, f := range words {
		tone, word := ui.Good, "knowledge.verdict.yes"
		if !f.Helped {
			tone, word = ui.Warn, "knowledge.verdict.no"
		}
		v.Said = append(v.Said, ui.Event{At: f.At, What: t.Say(word), Note: f.Words, Tone: tone})
	}
	return nil
}

func (p pages) step(done string, do func(ctx stdContext, who actor, seq, version int64) (Article, error)) httpx.Handler {
	return func(c *httpx.Ctx) error {
		no, err := number(c, "no")
		if err != nil {
			return err
		}
		if _, err := do(c.Std(), c.Who, no, c.Version()); err != nil {
			if fault.Is(err, fault.Conflict) {
				return p.showArticle(c, no, err)
			}
			return err
		}
		site.Flash(c, ui.Good, c.T.Say(done))
		return c.See("/help/" + noText(no))
	}
}

func (p pages) newForm(c *httpx.Ctx) error {
	if err := c.Who.Need(Edit); err != nil {
		return err
	}
	return p.showForm(c, nil, Text{Title: c.Query("title"), Service: helpdesk.Category(c.Query("service")), Audience: Officers}, nil)
}

// edited is the article that the address names, for those who write.
func (p pages) edited(c *httpx.Ctx) (Article, error) {
	no, err := number(c, "no")
	if err != nil {
		return Article{}, err
	}
	if err := c.Who.Need(Edit); err != nil {
		return Article{}, err
	}
	return p.Get(c.Std(), c.Who, no)
}

func (p pages) editForm(c *httpx.Ctx) error {
	a, err := p.edited(c)
	if err != nil {
		return err
	}
	return p.showForm(c, &a, Text{Version: a.Version, Title: a.Title, Lead: a.Lead, Body: a.Body, Service: a.Service, Audience: a.Audience, ReviewOn: a.ReviewOn}, nil)
}

func readText(c *httpx.Ctx) Text {
	return Text{Version: c.Version(), Title: c.FormValue("title"), Lead: c.FormValue("lead"), Body: c.FormValue("body"), Service: helpdesk.Category(c.FormValue("service")),
		Audience: Audience(c.FormValue("audience")), ReviewOn: c.FormValue("review_on"), Note: c.FormValue("note")}
}

// showForm is the form of an article; a is nil for a new one.
func (p pages) showForm(c *httpx.Ctx, a *Article, x Text, refused error) error {
	t := c.T
	v := views.FormView{Action: "/help", Cancel: "/help", Title: t.Say("knowledge.new"), Submit: t.Say("knowledge.save_draft")}
	if a != nil {
		v.Action, v.Cancel, v.Title, v.Submit = a.Path()+"/edit", a.Path(), t.Say("knowledge.edit"), t.Say("knowledge.save")
		v.Hidden = []ui.Hidden{{Name: "version", Value: noText(x.Version)}}
		all, err := p.Files.Of(c.Std(), area, string(a.ID))
		if err != nil {
			return err
		}
		for _, f := range all[string(a.ID)] {
			src := a.Path() + "/pictures/" + string(f.ID)
			v.Pictures = append(v.Pictures, views.PictureItem{Name: f.Name, Src: src, Code: "![" + f.Name + "](" + src + ")"})
		}
	}
	v.Crumbs = []ui.Crumb{{Label: t.Say("knowledge.title"), Href: "/help"}, {Label: v.Title}}
	if x.Body != "" {
		no := int64(0)
		if a != nil {
			no = a.Seq
		}
		html, err := Render(no, x.Body)
		if err != nil {
			return err
		}
		v.Preview = html
	}
	return p.show(c, v.Title, refused, func(e ui.Errors) templ.Component {
		v.Fields, v.Errors = formFields(t, x, a != nil, e), e
		return views.Form(t, v)
	})
}

func formFields(t i18n.T, x Text, old bool, e ui.Errors) []ui.Field {
	services := []ui.Option{{Label: t.Say("knowledge.any_service")}}
	for _, s := range helpdesk.Categories {
		services = append(services, ui.Option{Value: string(s), Label: serviceWord(t, s)})
	}
	var readers []ui.Option
	for _, a := range Audiences {
		readers = append(readers, ui.Option{Value: string(a), Label: t.Say("knowledge.audience." + string(a)), Hint: t.Say("knowledge.audience_hint." + string(a))})
	}
	fields := []ui.Field{
		{Name: "title", Label: t.Say("knowledge.form.title"), Hint: t.Say("knowledge.form.title_hint"), Value: x.Title, Required: true, Max: longestTitle, Error: e.Of("title")},
		{Kind: ui.Area, Name: "lead", Label: t.Say("knowledge.form.lead"), Hint: t.Say("knowledge.form.lead_hint"), Value: x.Lead, Rows: 2, Required: true, Max: longestLead, Error: e.Of("lead")},
		{Kind: ui.Area, Name: "body", Label: t.Say("knowledge.form.body"), Hint: t.Say("knowledge.form.body_hint"), Value: x.Body, Rows: 16, Required: true, Max: longestBody, Error: e.Of("body")},
		{Kind: ui.Photo, Name: "pictures", Label: t.Say("knowledge.form.pictures"), Hint: t.Say("knowledge.form.pictures_hint"), Multiple: true, Error: e.Of("files")},
		{Kind: ui.Select, Name: "service", Label: t.Say("knowledge.service"), Value: string(x.Service), Options: services, Error: e.Of("service")},
		{Kind: ui.Radio, Name: "audience", Label: t.Say("knowledge.audience"), Value: string(x.Audience), Options: readers, Required: true, Error: e.Of("audience")},
		{Kind: ui.Date, Name: "review_on", Label: t.Say("knowledge.form.review_on"), Hint: t.Say("knowledge.form.review_hint", "days", reviewEvery), Value: x.ReviewOn, Narrow: true, Error: e.Of("review_on")},
	}
	if old {
		fields = append(fields, ui.Field{Name: "note", Label: t.Say("knowledge.form.note"), Value: x.Note, Max: longestNote, Error: e.Of("note")})
	}
	return fields
}

func (p pages) create(c *httpx.Ctx) error {
	if err := c.Who.Need(Edit); err != nil {
		return err
	}
	x := readText(c)
	pictures, err := p.Files.FromForm(c, "pictures", files.Photo, mostPictures)
	if err != nil {
		return p.showForm(c, nil, x, err)
	}
	a, err := p.Write(c.Std(), c.Who, x, pictures...)
	if err != nil {
		return p.showForm(c, nil, x, err)
	}
	site.Flash(c, ui.Good, c.T.Say("knowledge.done.written"))
	return c.See(a.Path())
}

func (p pages) edit(c *httpx.Ctx) error {
	a, err := p.edited(c)
	if err != nil {
		return err
	}
	x := readText(c)
	pictures, err := p.Files.FromForm(c, "pictures", files.Photo, mostPictures)
	if err == nil {
		_, err = p.Rewrite(c.Std(), c.Who, a.Seq, x, pictures...)
	}
	if err != nil {
		return p.showForm(c, &a, x, err)
	}
	site.Flash(c, ui.Good, c.T.Say("knowledge.done.saved"))
	return c.See(a.Path())
}

// helped is how many of the verdicts say that the article helped.
func helped(t i18n.T, a Article) string {
	if a.Helped+a.Failed == 0 {
		return t.Say("knowledge.helped_none")
	}
	return t.Say("knowledge.helped_of", "n", a.Helped, "of", a.Helped+a.Failed)
}
