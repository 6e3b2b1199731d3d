package office

import (
	"context"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/dossier/form"
	"lotrinh/dossier/office/views"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/site/ui"
)

type (
	ctx   = context.Context
	actor = access.Actor
)

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
	names := map[string]string{}
	for _, v := range all {
		def, err := p.Definition(c.Std(), v.ID)
		if err != nil {
			return err
		}
		if _, ok := groups[def.Group]; !ok {
			order = append(order, def.Group)
		}
		at := counterAt + "/" + v.Procedure
		names[v.Procedure] = def.Name.Say(lang)
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
	left, err := p.left(c, names)
	if err != nil {
		return err
	}
	return p.shown(c, counterAt, head.Title, nil, func(ui.Errors) templ.Component { return views.ChoosePage(t, head, left, out) })
}

// left are the officer's intakes that were not taken yet.
func (p *pages) left(c *httpx.Ctx, names map[string]string) ([]views.Item, error) {
	all, err := p.Unfinished(c.Std(), c.Who)
	if err != nil {
		return nil, err
	}
	out := make([]views.Item, 0, len(all))
	for _, in := range all {
		v, err := p.Definition(c.Std(), in.Version)
		if err != nil {
			return nil, err
		}
		f, err := formOf(v)
		if err != nil {
			return nil, err
		}
		label := f.Of(form.Subject, in.Answers)
		if label == "" {
			label = c.T.Say("office.intake.nameless")
		}
		out = append(out, views.Item{Label: label, Note: names[in.Procedure] + " · " + c.T.Moment(in.ChangedAt), Href: counterAt + "/" + in.Procedure + "?intake=" + string(in.ID)})
	}
	return out, nil
}

var groupOrder = []string{"birth", "death", "marriage", "guardianship", "recognition", "change", "copy", "attest", "residence"}

func groupRank(g string) int {
	if at := slices.Index(groupOrder, g); at >= 0 {
		return at
	}
	return len(groupOrder)
}

// assisted begins the whole form that the officer fills in for a citizen.
func (p *pages) assisted(c *httpx.Ctx) error {
	path, err := p.assist.Begin(c.Std(), c.Who, strings.Clone(c.Params("procedure")), c.Who.Home, dossier.Assisted, false)
	if err != nil {
		return err
	}
	return c.See(path)
}
