package profile

import (
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
	"lotrinh/inventory/profile/views"
	"lotrinh/inventory/readiness"
)

// one shows a version; a draft with everything to change it.
func (p *pages) one(c *httpx.Ctx) error {
	v, d, err := p.found(c)
	if err != nil {
		return err
	}
	return p.version(c, v, d, nil)
}

func (p *pages) version(c *httpx.Ctx, v inventory.Profile, d inventory.ProfileDraft, refused error) error {
	all, err := p.AllProfiles(c.Std(), c.Who)
	if err != nil {
		return err
	}
	phases, err := p.AllPhases(c.Std())
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(one inventory.Profile) bool { return one.Code != v.Code })
	t := c.T
	title := v.Title(t)
	draft := v.State == inventory.Drafted
	return p.site.Form(c, p.page(c, title), refused, func(e ui.Errors) templ.Component {
		out := views.VersionView{Header: ui.HeaderData{Title: title, Crumbs: p.crumbs(t, title), Lead: t.Say("profile.version", "code", v.Code, "n", v.Revision)},
			Lines: ui.CardData{Title: t.Say("profile.lines"), Flush: true}, Versions: ui.CardData{Title: t.Say("profile.versions"), Flush: true}, All: p.versionTable(t, all, string(v.ID))}
		state := p.stateOf(t, v)
		out.Header.More = []ui.Action{{Label: t.Say("profile.export"), Href: href(v) + "/export.json", Icon: "download"}}
		var do func(int) templ.Component
		switch {
		case draft:
			p.drafting(t, v, d, phases, e, &out)
			do = func(i int) templ.Component { return views.Do(t, lineButtons(t, v, d.Lines, i)) }
		case c.Who.May(inventory.Publish):
			out.Header.Action = &ui.Action{Label: t.Say("profile.next"), Href: href(v) + "/next", Icon: "edit", Post: true}
			if v.EndsAt.IsZero() && !slices.ContainsFunc(all, func(one inventory.Profile) bool { return one.State == inventory.Published && one.Revision > v.Revision }) {
				p.ending(c, v, e, &out)
			}
		}
		if !v.EndsAt.IsZero() {
			out.Header.Lead += ". " + t.Say("profile.ends.told", "day", t.Day(v.EndsAt), "said", v.EndedSaid)
		}
		out.Header.State = &state
		out.Table = lineTable(t, title, d.Lines, do)
		return views.Version(t, out)
	})
}

// drafting puts the forms of a draft on its page.
func (p *pages) drafting(t i18n.T, v inventory.Profile, d inventory.ProfileDraft, phases []inventory.Phase, e ui.Errors, out *views.VersionView) {
	version := ui.Hidden{Name: "version", Value: strconv.FormatInt(v.Version, 10)}
	out.Header.Action = &ui.Action{Label: t.Say("profile.effect"), Href: href(v) + "/effect", Icon: "eye"}
	out.Header.More = append(out.Header.More, ui.Action{Label: t.Say("profile.discard"), Href: href(v) + "/discard", Post: true, Danger: true, Hidden: []ui.Hidden{version},
		Confirm: &ui.Confirm{ID: "discard", Title: t.Say("profile.discard"), Text: t.Say("profile.discard.ask", "title", v.Title(t)), Yes: t.Say("profile.discard.yes")}})
	out.Lines.Action = &ui.Action{Label: t.Say("profile.line.new"), Href: href(v) + "/lines/new", Icon: "plus"}
	out.Head = &ui.FormData{Action: href(v), Errors: e, Fields: headFields(t, d, false, phases), Submit: t.Say("profile.save"), Hidden: []ui.Hidden{version}}
}

func lineButtons(t i18n.T, v inventory.Profile, lines []readiness.Line, i int) []ui.Action {
	l := lines[i]
	here := href(v) + "/lines/" + l.Code
	version := []ui.Hidden{{Name: "version", Value: strconv.FormatInt(v.Version, 10)}}
	out := []ui.Action{{Label: t.Say("profile.edit"), Href: here}}
	if i > 0 {
		out = append(out, ui.Action{Label: t.Say("profile.up"), Href: here + "/up", Post: true, Hidden: version})
	}
	if i < len(lines)-1 {
		out = append(out, ui.Action{Label: t.Say("profile.down"), Href: here + "/down", Post: true, Hidden: version})
	}
	return append(out, ui.Action{Label: t.Say("profile.drop"), Href: here + "/drop", Post: true, Danger: true, Hidden: version,
		Confirm: &ui.Confirm{ID: "drop-" + l.Code, Title: t.Say("profile.drop"), Text: t.Say("profile.drop.ask", "line", inventory.LineLabel(t, l)), Yes: t.Say("profile.drop")}})
}

func (p *pages) saveHead(c *httpx.Ctx) error {
	v, d, err := p.found(c)
	if err != nil {
		return err
	}
	readHead(c, &d)
	saved, err := p.SaveDraft(c.Std(), c.Who, v.ID, c.Version(), d)
	if err != nil {
		if nerr := c.Who.Need(inventory.Publish); nerr != nil {
			return nerr
		}
		return p.version(c, v, d, err)
	}
	site.Flash(c, ui.Good, c.T.Say("profile.saved"))
	return c.See(href(saved))
}

func (p *pages) discard(c *httpx.Ctx) error {
	v, _, err := p.found(c)
	if err != nil {
		return err
	}
	if err := p.DiscardDraft(c.Std(), c.Who, v.ID, c.Version()); err != nil {
		return err
	}
	site.Flash(c, ui.Info, c.T.Say("profile.discarded", "title", v.Title(c.T)))
	return c.See(at)
}

// effect shows what publishing the draft would change, and offers to do it.
func (p *pages) effect(c *httpx.Ctx) error {
	v, d, err := p.found(c)
	if err != nil {
		return err
	}
	e, err := p.Effect(c.Std(), c.Who, v.ID)
	if err != nil {
		return err
	}
	_, tree, err := p.Known(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	title := t.Say("profile.effect")
	out := views.EffectView{Header: ui.HeaderData{Title: title, Lead: t.Say("profile.effect.lead", "title", v.Title(t), "n", e.Units, "moved", len(e.Moved)),
		Crumbs: []ui.Crumb{{Label: t.Say("inventory.profiles.title"), Href: at}, {Label: v.Title(t), Href: href(v)}, {Label: title}}}}
	if v.State == inventory.Drafted && len(d.Lines) > 0 {
		out.Header.Action = &ui.Action{Label: t.Say("profile.publish"), Href: href(v) + "/publish", Post: true, Hidden: []ui.Hidden{{Name: "version", Value: strconv.FormatInt(v.Version, 10)}},
			Confirm: &ui.Confirm{ID: "publish", Title: t.Say("profile.publish"), Text: t.Say("profile.publish.ask", "title", v.Title(t), "n", v.Revision, "moved", len(e.Moved)), Yes: t.Say("profile.publish")}}
	}
	for _, one := range []readiness.Verdict{readiness.Met, readiness.Waived, readiness.Unknown, readiness.Unmet} {
		out.Figures = append(out.Figures, ui.FigureData{Label: t.Say("readiness.verdict." + string(one)), Value: t.Int(int64(e.After[one])), Of: t.Say("profile.effect.now", "n", e.Before[one])})
	}
	out.Table = ui.TableData{Caption: t.Say("profile.effect.moved"), Count: int64(len(e.Moved)), Columns: []ui.Column{{Label: t.Say("inventory.column.unit")},
		{Label: t.Say("profile.effect.before")}, {Label: t.Say("profile.effect.after")}, {Label: t.Say("profile.effect.why")}},
		Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("profile.effect.none"), Text: t.Say("profile.effect.none.hint")}}
	for _, m := range e.Moved {
		link := "/inventory/units/" + m.Unit
		why := ""
		if m.Because.Text.Key != "" {
			why = t.Line(m.Because.Text)
		}
		out.Table.Rows = append(out.Table.Rows, ui.Row{Href: link, Cells: []templ.Component{ui.Main(link, tree.Name(m.Unit), tree.Name(tree.District(m.Unit))),
			ui.Badge(inventory.VerdictBadge(t, m.Before)), ui.Badge(inventory.VerdictBadge(t, m.After)), ui.Text(why)}})
	}
	return p.show(c, title, views.Effect(t, out))
}

func (p *pages) publish(c *httpx.Ctx) error {
	v, _, err := p.found(c)
	if err != nil {
		return err
	}
	if _, _, err = p.PublishDraft(c.Std(), c.Who, v.ID, c.Version()); err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("profile.published", "title", v.Title(c.T), "n", v.Revision))
	return c.See(at)
}

// diff shows what is another between two versions, the older one first.
func (p *pages) diff(c *httpx.Ctx) error {
	v, _, err := p.found(c)
	if err != nil {
		return err
	}
	other, err := ident.Parse(c.Query("with"))
	if err != nil {
		return err
	}
	w, err := p.ProfileByID(c.Std(), c.Who, other)
	if err != nil {
		return err
	}
	if w.Code != v.Code {
		return fault.New(fault.Missing, "fault.missing")
	}
	if w.Revision > v.Revision {
		v, w = w, v
	}
	a, err := w.Draft()
	if err != nil {
		return err
	}
	b, err := v.Draft()
	if err != nil {
		return err
	}
	t := c.T
	title := t.Say("profile.diff.title", "a", w.Revision, "b", v.Revision)
	d := ui.TableData{Caption: title, HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("profile.lines")}, {Label: t.Say("profile.diff.what")},
		{Label: t.Say("profile.col.version", "n", w.Revision)}, {Label: t.Say("profile.col.version", "n", v.Revision)}}, Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("profile.diff.none")}}
	for _, one := range differences(t, a, b) {
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(one.Line), ui.Text(one.What), ui.Text(one.Before), ui.Text(one.After)}})
	}
	out := views.DiffView{Header: ui.HeaderData{Title: title, Crumbs: []ui.Crumb{{Label: t.Say("inventory.profiles.title"), Href: at}, {Label: v.Title(t), Href: href(v)}, {Label: title}}}, Table: d}
	return p.show(c, title, views.Diff(t, out))
}
