package office

import (
	"context"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/dossier/form"
	"lotrinh/dossier/office/views"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

type (
	ctx   = context.Context
	actor = access.Actor
)

func bunList(ids []ident.ID) any { return bun.List(ids) }

// choose lists what the counter takes.
func (p *pages) choose(c *httpx.Ctx) error {
	if err := c.Who.Need(dossier.Receive); err != nil {
		return err
	}
	all, err := p.AllInForce(c.Std(), p.Now())
	if err != nil {
		return err
	}
	t, lang := c.T, string(c.T.Lang)
	groups := map[string][]views.Item{}
	var order []string
	for _, v := range all {
		def, err := p.Definition(c.Std(), v.ID)
		if err != nil {
			return err
		}
		if _, ok := groups[def.Group]; !ok {
			order = append(order, def.Group)
		}
		at := counterAt + "/" + v.Procedure
		groups[def.Group] = append(groups[def.Group], views.Item{Label: def.Name.Say(lang), Note: def.Code + " · " + termWords(t, def.Term), Href: at,
			Do: &ui.Action{Label: t.Say("office.counter.assist"), About: def.Name.Say(lang), Href: at + "/assist", Post: true}})
	}
	slices.SortFunc(order, func(a, b string) int { return groupRank(a) - groupRank(b) })
	var out []views.Choice
	for _, g := range order {
		title := t.Say("office.group.other")
		if key := "office.group." + g; t.Has(key) {
			title = t.Say(key)
		}
		if n := len(out); n > 0 && out[n-1].Group == title {
			out[n-1].Items = append(out[n-1].Items, groups[g]...)
			continue
		}
		out = append(out, views.Choice{Group: title, Items: groups[g]})
	}
	head := ui.HeaderData{Title: t.Say("office.counter.title"), Lead: t.Say("office.counter.lead")}
	return p.shown(c, counterAt, head.Title, nil, func(ui.Errors) templ.Component { return views.ChoosePage(t, head, out) })
}

var groupOrder = []string{"birth", "death", "marriage", "guardianship", "recognition", "change", "copy", "attest", "residence"}

func groupRank(g string) int {
	if at := slices.Index(groupOrder, g); at >= 0 {
		return at
	}
	return len(groupOrder)
}

// quickRoles are what the counter types of a paper declaration, in this order.
var quickRoles = []string{form.Subject, form.Born, form.SubjectPID, form.MotherPID, form.ProofNo, form.Applicant, form.ApplicantPID, form.ApplicantTel}

func (p *pages) takeForm(c *httpx.Ctx) error { return p.showTake(c, nil) }

func (p *pages) offer(c *httpx.Ctx) (definition, error) {
	if err := c.Who.Need(dossier.Receive); err != nil {
		return definition{}, err
	}
	v, err := p.InForce(c.Std(), c.Params("procedure"), p.Now())
	if err != nil {
		return definition{}, err
	}
	return p.Definition(c.Std(), v.ID)
}

func (p *pages) showTake(c *httpx.Ctx, refused error) error {
	def, err := p.offer(c)
	if err != nil {
		return err
	}
	t, lang := c.T, string(c.T.Lang)
	f, err := formOf(def)
	if err != nil {
		return err
	}
	once := c.FormValue("key", string(ident.New(p.Now())))
	out := ui.FormData{Action: counterAt + "/" + c.Params("procedure"), Submit: t.Say("office.take.accept"), Cancel: counterAt, Hidden: []ui.Hidden{{Name: "key", Value: once}}}
	for _, role := range quickRoles {
		if field, ok := quickField(c, f, role); ok {
			out.Fields = append(out.Fields, field)
		}
	}
	out.Fields = append(out.Fields, p.documentFields(c, def, t, lang)...)
	practice := ui.Field{Kind: ui.Check, Name: "practice", Label: t.Say("office.take.practice"), Value: c.FormValue("practice")}
	out.Fields = append(out.Fields, practice)
	title := def.Name.Say(lang)
	return p.shown(c, counterAt, title, refused, func(e ui.Errors) templ.Component {
		out.Errors = e
		for i := range out.Fields {
			out.Fields[i].Error = e.Of(out.Fields[i].Name)
		}
		v := views.FormView{Head: ui.HeaderData{Title: title, Lead: t.Say("office.take.lead", "term", termWords(t, def.Term)),
			Crumbs: []ui.Crumb{{Label: t.Say("office.counter.title"), Href: counterAt}, {Label: title}}}, Form: &out}
		return views.FormPage(t, v)
	})
}

// quickField is the form's own field of a role, as the counter types it.
func quickField(c *httpx.Ctx, f form.Form, role string) (ui.Field, bool) {
	key := f.Keys[role]
	if key == "" {
		return ui.Field{}, false
	}
	label := c.T.Say("office.role." + role)
	one := ui.Field{Name: key, Label: label, Value: c.FormValue(key), Max: 200, Required: role == form.Subject || role == form.Applicant}
	base, _, _ := strings.Cut(key, "#")
	if field, _, ok := f.Field(base); ok && field.Label.VI != "" {
		one.Hint = field.Label.In(c.T.Lang)
	}
	switch role {
	case form.Born:
		one.Kind, one.Narrow = ui.Date, true
	case form.ApplicantTel:
		one.Kind, one.Narrow = ui.Phone, true
	case form.SubjectPID, form.MotherPID, form.ApplicantPID, form.ProofNo:
		one.Narrow = true
	}
	return one, true
}

func (p *pages) documentFields(c *httpx.Ctx, def definition, t i18n.T, lang string) []ui.Field {
	var submit, show []ui.Option
	for _, doc := range def.Documents {
		o := ui.Option{Value: doc.Key, Label: doc.Name.Say(lang), Hint: doc.Note.Say(lang)}
		if doc.Optional {
			o.Hint = strings.TrimSpace(t.Say("office.take.optional") + " " + o.Hint)
		}
		if doc.Show {
			show = append(show, o)
		} else {
			submit = append(submit, o)
		}
	}
	typed := typedAll(c, "present")
	var out []ui.Field
	if len(submit) > 0 {
		out = append(out, ui.Field{Kind: ui.Checks, Name: "present", Label: t.Say("slip.label.documents"), Options: submit, Values: typed})
	}
	if len(show) > 0 {
		out = append(out, ui.Field{Kind: ui.Checks, Name: "present", Label: t.Say("office.take.shown"), Hint: t.Say("office.take.shown_hint"), Options: show, Values: typed})
	}
	return out
}

func typedAll(c *httpx.Ctx, name string) []string {
	var out []string
	for _, v := range c.Context().PostArgs().PeekMulti(name) {
		out = append(out, string(v))
	}
	return out
}

// assisted begins the whole form that the officer fills in for a citizen.
func (p *pages) assisted(c *httpx.Ctx) error {
	path, err := p.assist.Begin(c.Std(), c.Who, strings.Clone(c.Params("procedure")), c.Who.Home, dossier.Assisted, false)
	if err != nil {
		return err
	}
	return c.See(path)
}

func (p *pages) take(c *httpx.Ctx) error {
	def, err := p.offer(c)
	if err != nil {
		return err
	}
	f, err := formOf(def)
	if err != nil {
		return err
	}
	in := Taken{Key: "counter:" + c.FormValue("key"), Procedure: c.Params("procedure"), Unit: c.Who.Home, Practice: c.FormValue("practice") == "1", Answers: map[string]string{}, Present: typedAll(c, "present")}
	if _, err := ident.Parse(c.FormValue("key")); err != nil {
		return fault.New(fault.Invalid, "dossier.key_needed")
	}
	for _, role := range quickRoles {
		if key := f.Keys[role]; key != "" && strings.TrimSpace(c.FormValue(key)) != "" {
			in.Answers[key] = strings.Clone(c.FormValue(key))
		}
	}
	d, err := p.Take(c.Std(), c.Who, in)
	if err != nil {
		if fault.Is(err, fault.Denied) {
			return err
		}
		return p.showTake(c, err)
	}
	papers, err := p.Papers(c.Std(), p.DB.Read(), d.ID)
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("office.take.done", "code", d.Code))
	for _, one := range papers {
		return c.See(one.Path())
	}
	return c.See(d.Path())
}
