package alert

import (
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/reports/alert/views"
	"lotrinh/reports/metric"
)

// Home is the room's first page; rulesAt lists the rules.
const (
	Home    = "/reports/alerts"
	rulesAt = Home + "/rules"
)

// pages are this room on the site.
type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages and the API.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	r.Page("GET", Home, p.list)
	r.Page("GET", rulesAt, p.rulesPage)
	r.Page("GET", rulesAt+"/new", p.newRule)
	r.Page("POST", rulesAt+"/new", p.addRule)
	r.Page("GET", rulesAt+"/:id", p.rule)
	r.Page("POST", rulesAt+"/:id", p.changeRule)
	r.Page("GET", Home+"/:id", p.one)
	r.Page("POST", Home+"/:id/ack", p.ack)
	r.Page("POST", Home+"/:id/snooze", p.snooze)
	s.api(r)
}

var tones = map[Severity]ui.Tone{Info: ui.Info, Warning: ui.Warn, Critical: ui.Bad}

func (e Episode) state(t i18n.T) ui.State {
	switch {
	case e.ClosedAt != nil:
		return ui.State{Tone: ui.Good, Word: t.Say("alert.state.closed")}
	case e.AckedAt != nil:
		return ui.State{Tone: ui.Info, Word: t.Say("alert.state.acked")}
	}
	return ui.State{Tone: tones[e.Severity], Word: t.Say("alert.severity." + string(e.Severity))}
}

func (p *pages) list(c *httpx.Ctx) error {
	all := c.Query("only") == "all"
	rows, err := p.List(c.Std(), c.Who, all, page.Read(c.Query("after"), ""))
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	v := views.List{Head: ui.HeaderData{Title: t.Say("alert.title"), Lead: t.Say("alert.lead"), More: []ui.Action{{Label: t.Say("alert.rules"), Href: rulesAt, Icon: "settings"}}},
		Filter: ui.FilterData{Action: Home, Results: "results", Presets: []ui.Preset{{Label: t.Say("alert.only.open"), Href: Home, Active: !all, Count: -1}, {Label: t.Say("alert.only.all"), Href: Home + "?only=all", Active: all, Count: -1}}},
		Table: ui.TableData{Caption: t.Say("alert.title"), HideCap: true, Count: -1, Columns: columns(t),
			Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("alert.none"), Text: t.Say("alert.none.text")}, Pager: &ui.PagerData{Shown: len(rows.Items)}}}
	base := Home + "?"
	if all {
		base += "only=all&"
	}
	if rows.Next != "" {
		v.Table.Pager.Next, v.Table.Pager.First = base+"after="+rows.Next, strings.TrimRight(base, "?&")
	}
	v.Table.Rows = rowsOf(t, tree, rows.Items)
	return p.site.Show(c, site.Page{Title: v.Head.Title, At: Home}, views.ListPage(t, v))
}

func (p *pages) one(c *httpx.Ctx) error { return p.oneAgain(c, "", nil) }

func (p *pages) oneAgain(c *httpx.Ctx, form string, refused error) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	e, quiet, err := p.Get(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	return p.site.Form(c, site.Page{Title: e.Title(c.T), At: Home}, refused, func(wrong ui.Errors) templ.Component {
		return views.OnePage(c.T, p.view(c, e, quiet, tree.Place(e.Unit), form, wrong))
	})
}

func (p *pages) view(c *httpx.Ctx, e Episode, quiet *time.Time, place, form string, wrong ui.Errors) views.One {
	t := c.T
	m, _ := metric.Find(e.Metric)
	state := e.state(t)
	v := views.One{Head: ui.HeaderData{Title: e.Title(t), State: &state, Lead: place, Crumbs: []ui.Crumb{{Label: t.Say("alert.title"), Href: Home}, {Label: place}}}, Facts: []ui.Fact{
		{Label: t.Say("alert.metric"), Text: m.Name(t)}, {Label: t.Say("alert.threshold"), Text: written(t, m, e.Past, e.Threshold)},
		{Label: t.Say("alert.value"), Text: t.Say("alert.value.at", "value", written(t, m, e.Past, e.Value), "at", e.OpenedAt)}, {Label: t.Say("alert.peak"), Text: written(t, m, e.Past, e.Peak)}}}
	if e.ClosedAt != nil {
		v.Facts = append(v.Facts, ui.Fact{Label: t.Say("alert.closed"), Text: t.Say("alert.value.at", "value", written(t, m, e.Past, e.ClosedValue), "at", *e.ClosedAt)})
	}
	v.Facts = append(v.Facts, ui.Fact{Label: t.Say("alert.told"), Text: t.Say("alert.told.n", "n", e.Told)})
	if e.AckedAt != nil {
		v.Facts = append(v.Facts, ui.Fact{Label: t.Say("alert.acked"), Text: t.Say("alert.acked.by", "who", e.AckedName, "at", *e.AckedAt)}, ui.Fact{Label: t.Say("alert.note"), Text: e.AckNote})
	}
	if quiet != nil {
		v.Facts = append(v.Facts, ui.Fact{Label: t.Say("alert.quiet"), Text: t.Say("alert.quiet.until", "at", *quiet)})
	}
	if m.Href != "" {
		v.Head.More = append(v.Head.More, ui.Action{Label: t.Say("alert.records"), Href: strings.ReplaceAll(m.Href, "{unit}", e.Unit)})
	}
	if !c.Who.Covers(Handle, e.Unit) {
		return v
	}
	seen := []ui.Hidden{{Name: "version", Value: strconv.FormatInt(e.Version, 10)}}
	typed := func(name, other string) string {
		if refusedForm := map[string]string{"note": "ack", "days": "snooze"}[name]; refusedForm == form {
			return c.FormValue(name)
		}
		return other
	}
	if e.AckedAt == nil {
		f := ui.FormData{ID: "form-ack", Action: e.Path() + "/ack", Submit: t.Say("alert.ack"), Hidden: seen, Fields: []ui.Field{{Kind: ui.Area, Name: "note", Label: t.Say("alert.note"), Hint: t.Say("alert.note.hint"), Value: typed("note", ""), Required: true, Max: longestNote}}}
		if form == "ack" {
			f.Errors = wrong
		}
		v.Ack = &f
	}
	f := ui.FormData{ID: "form-snooze", Action: e.Path() + "/snooze", Submit: t.Say("alert.snooze"), Hidden: seen, Fields: []ui.Field{{Kind: ui.Whole, Name: "days", Label: t.Say("alert.days"), Hint: t.Say("alert.snooze.hint"), Value: typed("days", "3"), Required: true, Narrow: true}}}
	if form == "snooze" {
		f.Errors = wrong
	}
	v.Snooze = &f
	return v
}

func (p *pages) ack(c *httpx.Ctx) error {
	return p.act(c, "ack", func(id ident.ID) (Episode, error) {
		return p.Acknowledge(c.Std(), c.Who, id, c.Version(), c.FormValue("note"))
	})
}

func (p *pages) snooze(c *httpx.Ctx) error {
	return p.act(c, "snooze", func(id ident.ID) (Episode, error) {
		return p.Snooze(c.Std(), c.Who, id, c.Version(), c.Whole("days"))
	})
}

func (p *pages) act(c *httpx.Ctx, form string, do func(ident.ID) (Episode, error)) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	e, err := do(id)
	if err != nil {
		return p.oneAgain(c, form, err)
	}
	site.Flash(c, ui.Good, c.T.Say("alert.said."+form))
	return c.See(e.Path())
}
