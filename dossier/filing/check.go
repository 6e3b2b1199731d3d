package filing

import (
	"github.com/a-h/templ"

	"lotrinh/dossier/filing/views"
	"lotrinh/dossier/form"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/phone"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// again says on the next page that another code is on its way.
func (p *pages) again(c *httpx.Ctx, a at) error {
	site.Flash(c, ui.Good, c.T.Say("filing.code.again.done"))
	return c.See(p.path(a.Draft, stepCode))
}

// showCheck shows every answer before it is sent, with what is wrong or doubtful.
func (p *pages) showCheck(c *httpx.Ctx, a at, refused error) error {
	v := views.CheckView{Step: p.view(c, a, c.T.Say("filing.check")), Phone: a.Number != ""}
	v.Step.Submit = c.T.Say("filing.check.send")
	for _, one := range p.Findings(a.form, a.Draft, a.seen) {
		href := ""
		if group := a.form.GroupOf(one.Field); group != "" {
			href = p.path(a.Draft, stepGroup+group) + "#" + ui.FieldID(one.Field)
		}
		text := one.Text(c.T)
		if one.Severity == form.Error {
			v.Wrong = append(v.Wrong, views.Doubt{Text: text, Href: href})
		} else {
			v.Doubts = append(v.Doubts, views.Doubt{Text: text, Href: href})
		}
	}
	papers, lacking, err := p.papersOf(c, a)
	if err != nil {
		return err
	}
	if a.Helper == "" {
		v.Wrong = append(v.Wrong, lacking...)
	} else if v.Ticks, err = p.ticks(c, a); err != nil {
		return err
	}
	tree, err := p.Units.Tree(c.Std(), p.Business.Now())
	if err != nil {
		return err
	}
	place := ui.Fact{Label: c.T.Say("filing.check.place"), Text: tree.Place(a.Unit)}
	if a.Helper == "" {
		place.Change = p.path(a.Draft, stepPlace)
	}
	v.Sections = append([]views.Section{{Title: c.T.Say("filing.check.where"), Facts: []ui.Fact{place}}}, p.answersOf(c, a)...)
	v.Sections = append(v.Sections, papers, p.reachOf(c, a))
	return p.show(c, v.Step.Title, refused, func(e ui.Errors) templ.Component {
		v.Step.Errors = e
		for i := range v.Ticks {
			v.Ticks[i].Error = e.Of(v.Ticks[i].Name)
		}
		return views.Check(c.T, v)
	})
}

// ticks ask a helper of each paper without a photo whether it is there.
func (p *pages) ticks(c *httpx.Ctx, a at) ([]ui.Field, error) {
	have, err := haveIn(c.Std(), p.DB.Read(), a.Draft)
	if err != nil {
		return nil, err
	}
	all, err := p.Lacking(a.def, a.form, a.Draft, a.seen, func(key string) bool { return have[key] }, nil)
	if err != nil {
		return nil, err
	}
	out := make([]ui.Field, 0, len(all))
	for _, one := range all {
		word := "filing.check.taken"
		if one.Show {
			word = "filing.check.seen"
		}
		out = append(out, ui.Field{Kind: ui.Check, Name: paperMark + one.Key, Label: c.T.Say(word, "paper", one.Name.Say(string(c.T.Lang))), Value: c.FormValue(paperMark + one.Key)})
	}
	return out, nil
}

// inHand are the papers that a helper ticked.
func inHand(c *httpx.Ctx, a at) []string {
	var out []string
	for _, one := range a.def.Documents {
		if c.FormValue(paperMark+one.Key) == "1" {
			out = append(out, one.Key)
		}
	}
	return out
}

// answersOf are the form's groups as they were answered.
func (p *pages) answersOf(c *httpx.Ctx, a at) []views.Section {
	var out []views.Section
	for _, s := range form.Summary(a.form, a.Answers, a.seen) {
		one := views.Section{Title: s.Title.In(c.T.Lang), Change: p.path(a.Draft, stepGroup+s.Group)}
		for _, l := range s.Lines {
			text := l.Value.In(c.T.Lang)
			if text == "" {
				text = c.T.Say("filing.check.blank")
			}
			one.Facts = append(one.Facts, ui.Fact{Label: l.Label.In(c.T.Lang), Text: text})
		}
		if len(one.Facts) > 0 {
			out = append(out, one)
		}
	}
	return out
}

// papersOf are the papers that were sent, and those that are lacking.
func (p *pages) papersOf(c *httpx.Ctx, a at) (views.Section, []views.Doubt, error) {
	out := views.Section{Title: c.T.Say("filing.check.papers")}
	wanted, err := p.Wanted(a.def, a.form, a.Draft, a.seen)
	if err != nil {
		return out, nil, err
	}
	have, err := p.Documents(c.Std(), a.Draft)
	var lacking []views.Doubt
	for _, one := range wanted {
		name := one.Name.Say(string(c.T.Lang))
		fact := ui.Fact{Label: name, Text: c.T.Say("filing.check.show")}
		if !one.Show {
			fact.Text, fact.Change = c.T.Say("filing.check.files", "n", len(have[one.Key])), p.path(a.Draft, stepPaper+one.Key)
			if len(have[one.Key]) == 0 {
				fact.Text = c.T.Say("filing.check.none")
				if !one.Optional {
					lacking = append(lacking, views.Doubt{Text: c.T.Say("filing.form.paper_photo", "paper", name), Href: fact.Change + "?" + askMissing + "=1#" + ui.FieldID("files")})
				}
			}
		}
		out.Facts = append(out.Facts, fact)
	}
	return out, lacking, err
}

func (p *pages) reachOf(c *httpx.Ctx, a at) views.Section {
	number := c.T.Say("filing.check.blank")
	if a.Number != "" {
		number = phone.Show(a.Number)
	}
	return views.Section{Title: c.T.Say("filing.check.reach"), Facts: []ui.Fact{{Label: c.T.Say("filing.phone.label"), Text: number, Change: p.path(a.Draft, stepPhone)}}}
}

func (p *pages) showDone(c *httpx.Ctx, a at) error {
	tree, err := p.Units.Tree(c.Std(), p.Business.Now())
	if err != nil {
		return err
	}
	lang := string(c.T.Lang)
	k := p.keeper(c.T, a)
	v := views.DoneView{Procedure: a.def.Name.Say(lang), Place: tree.Place(a.Unit), Track: a.Track, Follow: trackPath + "?ma=" + a.Track, Hotline: p.Hotline,
		Practice: a.Practice, Helper: a.HelperName, Texted: a.Number != "" && !a.Practice, Next: a.def.Plain.Next.Say(lang), Keeper: &k}
	for _, one := range a.def.Documents {
		if one.Show {
			v.Shown = append(v.Shown, one.Name.Say(lang))
		}
	}
	return p.show(c, c.T.Say("filing.done"), nil, func(ui.Errors) templ.Component { return views.Done(c.T, v) })
}
