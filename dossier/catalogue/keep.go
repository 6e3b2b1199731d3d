package catalogue

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/dossier/catalogue/views"
	"lotrinh/dossier/form"
	"lotrinh/dossier/procedure"
	"lotrinh/dossier/term"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// at is where procedures are kept.
const at = "/dossiers/procedures"

// keeping declares the pages of those who keep procedures.
func (p *pages) keeping(r *httpx.Router) {
	r.Page("GET", at, p.list)
	r.Page("GET", at+"/new", p.fresh)
	r.Page("POST", at+"/new", p.start)
	r.Page("GET", at+"/:key", p.procedure)
	r.Page("GET", at+"/:key/:id", p.version)
	r.Page("POST", at+"/:key/:id/next", p.next)
	r.Page("POST", at+"/:key/:id/publish", p.publish)
	r.Page("POST", at+"/:key/:id/withdraw", p.withdraw)
	r.Page("POST", at+"/:key/:id/discard", p.discard)
	r.Page("GET", at+"/:key/:id/compare/:other", p.compare)
	r.Page("GET", at+"/:key/:id/preview", p.preview)
	r.Page("POST", at+"/:key/:id/preview", p.preview)
	r.Page("GET", at+"/:key/:id/json", p.jsonForm)
	r.Page("POST", at+"/:key/:id/json", p.saveJSON)
	r.Page("GET", at+"/:key/:id/edit/:part/:n", p.edit)
	r.Page("POST", at+"/:key/:id/edit/:part/:n", p.save)
}

func (p *pages) page(title string) site.Page {
	return site.Page{Title: title, At: at}
}

func href(v dossier.Version) string { return at + "/" + v.Procedure + "/" + string(v.ID) }

func crumbs(t i18n.T, more ...ui.Crumb) []ui.Crumb {
	return append([]ui.Crumb{{Label: t.Say("catalogue.nav"), Href: at}}, more...)
}

// Known are all procedures with one version each: the one in force, else the next to
// come, else the newest draft; and the versions of each.
func (s *Service) Known(ctx context.Context, who access.Actor) ([]Offer, map[string][]Head, error) {
	if err := who.Need(dossier.Configure); err != nil {
		return nil, nil, err
	}
	heads, err := s.heads(ctx, "")
	if err != nil {
		return nil, nil, err
	}
	of := map[string][]Head{}
	var keys []string
	for _, h := range heads {
		if of[h.Procedure] == nil {
			keys = append(keys, h.Procedure)
		}
		of[h.Procedure] = append(of[h.Procedure], h)
	}
	today := clock.Date(s.Business.Now())
	var out []Offer
	var read []ident.ID
	for _, key := range keys {
		h := of[key][0]
		if i := slices.IndexFunc(of[key], func(h Head) bool { return h.State == dossier.Published && h.From <= today }); i >= 0 {
			h = of[key][i]
		} else if i := slices.IndexFunc(next(of[key]), func(h Head) bool { return h.State == dossier.Published }); i >= 0 {
			h = next(of[key])[i]
		}
		out = append(out, Offer{Key: key, Head: h})
		read = append(read, h.ID)
	}
	defs, err := s.definitions(ctx, read)
	if err != nil {
		return nil, nil, err
	}
	for i := range out {
		out[i].Definition = defs[out[i].ID]
	}
	order := houseOrder()
	slices.SortStableFunc(out, func(a, b Offer) int { return place(order, a.Key) - place(order, b.Key) })
	return out, of, nil
}

// next are versions with the earliest first.
func next(all []Head) []Head {
	out := slices.Clone(all)
	slices.Reverse(out)
	return out
}

// definitions read several versions at once.
func (s *Service) definitions(ctx context.Context, ids []ident.ID) (map[ident.ID]procedure.Definition, error) {
	out := map[ident.ID]procedure.Definition{}
	if len(ids) == 0 {
		return out, nil
	}
	var rows []dossier.Version
	if err := s.DB.Read().NewSelect().Model(&rows).Column("id", "definition").Where("pv.id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	for _, v := range rows {
		d, err := procedure.Read(string(v.Definition))
		if err != nil {
			return nil, err
		}
		out[v.ID] = d
	}
	return out, nil
}

// list shows every procedure with the version in force and what comes.
func (p *pages) list(c *httpx.Ctx) error {
	all, of, err := p.Known(c.Std(), c.Who)
	if err != nil {
		return err
	}
	t, today := c.T, clock.Date(p.Business.Now())
	table := ui.TableData{Caption: t.Say("catalogue.nav"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("catalogue.c.name")}, {Label: t.Say("catalogue.c.state")}, {Label: t.Say("catalogue.c.next")}, {Label: t.Say("catalogue.c.doubt")}}}
	for _, o := range all {
		doubt := ui.Text("")
		if len(o.Doubts) > 0 {
			doubt = ui.Badge(ui.State{Tone: ui.Unknown, Word: t.Say("catalogue.doubts", "n", len(o.Doubts))})
		}
		here := at + "/" + o.Key
		table.Rows = append(table.Rows, ui.Row{Href: here, Cells: []templ.Component{
			ui.Main(here, o.Name.Say(string(t.Lang)), o.Code+" · "+t.Say("catalogue.group."+o.Group)+" · "+sayLevel(t, o.Definition)),
			ui.Parts([]templ.Component{ui.Badge(stateOf(t, o.Head, of[o.Key], today)), views.Said([]string{t.Say("catalogue.since", "day", form.ShowDate(o.From))})}), coming(t, of[o.Key], today), doubt}})
	}
	v := views.ListView{Table: table, Header: ui.HeaderData{Title: t.Say("catalogue.nav"), Lead: t.Say("catalogue.lead"), Action: &ui.Action{Label: t.Say("catalogue.new"), Href: at + "/new", Icon: "plus"}}}
	return p.site.Show(c, p.page(v.Header.Title), views.List(t, v))
}

// coming are the versions that are not in force yet, the next first.
func coming(t i18n.T, all []Head, today string) templ.Component {
	var out []ui.State
	for _, h := range slices.Backward(all) {
		switch {
		case h.State == dossier.Published && h.From > today:
			out = append(out, ui.State{Tone: ui.Info, Word: t.Say("catalogue.coming", "day", form.ShowDate(h.From))})
		case h.State == dossier.Draft:
			out = append(out, ui.State{Tone: ui.Prepare, Word: t.Say("catalogue.draft_of", "day", form.ShowDate(h.From))})
		}
	}
	if len(out) == 0 {
		return ui.Text("")
	}
	return ui.Badges(out...)
}

// stateOf is how a version stands among those of its procedure, on a day.
func stateOf(t i18n.T, h Head, all []Head, today string) ui.State {
	switch {
	case h.State == dossier.Draft:
		return ui.State{Tone: ui.Prepare, Word: t.Say("catalogue.state.draft")}
	case h.State == dossier.WithdrawnRule:
		return ui.State{Tone: ui.Neutral, Word: t.Say("catalogue.state.withdrawn")}
	case h.From > today:
		return ui.State{Tone: ui.Info, Word: t.Say("catalogue.state.future")}
	case slices.ContainsFunc(all, func(x Head) bool { return x.State == dossier.Published && x.From > h.From && x.From <= today }):
		return ui.State{Tone: ui.Neutral, Word: t.Say("catalogue.state.past")}
	}
	return ui.State{Tone: ui.Good, Word: t.Say("catalogue.state.in_force")}
}

// procedure shows the versions of a procedure over time.
func (p *pages) procedure(c *httpx.Ctx) error {
	all, err := p.Versions(c.Std(), c.Who, c.Params("key"))
	if err != nil {
		return err
	}
	ids := make([]ident.ID, len(all))
	for i, h := range all {
		ids[i] = h.ID
	}
	defs, err := p.definitions(c.Std(), ids)
	if err != nil {
		return err
	}
	t, today := c.T, clock.Date(p.Business.Now())
	now := all[0]
	for _, h := range all {
		if stateOf(t, h, all, today).Tone == ui.Good {
			now = h
		}
	}
	title := defs[now.ID].Name.Say(string(t.Lang))
	table := ui.TableData{Caption: t.Say("catalogue.versions"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("catalogue.c.from")}, {Label: t.Say("catalogue.c.state")}, {Label: t.Say("catalogue.c.note")}, {Label: t.Say("catalogue.c.do")}}}
	for i, h := range all {
		here := at + "/" + h.Procedure + "/" + string(h.ID)
		compare, doubt := ui.Text(""), ""
		if i+1 < len(all) {
			compare = ui.Link(here+"/compare/"+string(all[i+1].ID), t.Say("catalogue.compare.before"))
		}
		if n := len(defs[h.ID].Doubts); n > 0 {
			doubt = t.Say("catalogue.doubts", "n", n)
		}
		table.Rows = append(table.Rows, ui.Row{Href: here, Cells: []templ.Component{ui.Main(here, h.day(), t.Say("catalogue.made", "day", t.Day(h.MadeAt))),
			ui.Parts([]templ.Component{ui.Badge(stateOf(t, h, all, today)), views.Said([]string{doubt})}), ui.Text(h.Note), compare}})
	}
	v := views.ListView{Table: table, Header: ui.HeaderData{Title: title, Crumbs: crumbs(t, ui.Crumb{Label: title}), Lead: defs[now.ID].Code,
		Action: &ui.Action{Label: t.Say("catalogue.draft_next"), Href: at + "/" + now.Procedure + "/" + string(now.ID) + "/next", Icon: "edit", Post: true}}}
	return p.site.Show(c, p.page(title), views.List(t, v))
}

func (p *pages) fresh(c *httpx.Ctx) error { return p.askNew(c, nil) }

func (p *pages) askNew(c *httpx.Ctx, refused error) error {
	if err := c.Who.Need(dossier.Configure); err != nil {
		return err
	}
	t := c.T
	title := t.Say("catalogue.new")
	fields := []ui.Field{input(t, "key", c.FormValue("key"), must), input(t, "name_vi", c.FormValue("name_vi"), must), input(t, "name_en", c.FormValue("name_en")), input(t, "code", c.FormValue("code"), must)}
	return p.site.Form(c, p.page(title), refused, func(e ui.Errors) templ.Component {
		return views.Ask(t, views.AskView{Header: ui.HeaderData{Title: title, Crumbs: crumbs(t, ui.Crumb{Label: title}), Lead: t.Say("catalogue.new.lead")},
			Form: ui.FormData{Action: at + "/new", Fields: fields, Errors: e, Submit: t.Say("catalogue.new.go"), Cancel: at}})
	})
}

// start drafts a procedure that the house did not have: the least that can be edited.
func (p *pages) start(c *httpx.Ctx) error {
	v := typed(func(name string) string { return c.FormValue(name) })
	d := procedure.Definition{Code: v.text("code"), Name: v.words("name"), Group: "copy", Level: 2, Term: term.Rule{Kind: term.SameDay}, Form: form.Form{Groups: []form.Group{}}.JSON(),
		Steps: []procedure.Step{{Key: "receive", Kind: procedure.Receive, Name: procedure.Text{VI: c.T.Say("catalogue.step.receive")}}, {Key: "return", Kind: procedure.Return, Name: procedure.Text{VI: c.T.Say("catalogue.step.return")}}}}
	made, err := p.Start(c.Std(), c.Who, v.text("key"), d)
	if err != nil {
		return p.askNew(c, err)
	}
	return c.See(href(made))
}

// found is the version that the address names.
func (p *pages) found(c *httpx.Ctx) (dossier.Version, procedure.Definition, error) {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return dossier.Version{}, procedure.Definition{}, err
	}
	v, d, err := p.Open(c.Std(), c.Who, id)
	if err == nil && v.Procedure != c.Params("key") {
		err = fault.New(fault.Missing, "fault.missing")
	}
	return v, d, err
}

func (p *pages) next(c *httpx.Ctx) error {
	v, _, err := p.found(c)
	if err != nil {
		return err
	}
	made, err := p.Begin(c.Std(), c.Who, v.ID, "")
	if err != nil {
		return err
	}
	return c.See(href(made))
}

func hidden(v dossier.Version) []ui.Hidden {
	return []ui.Hidden{{Name: "version", Value: strconv.FormatInt(v.Ver, 10)}}
}

func (p *pages) publish(c *httpx.Ctx) error {
	v, d, err := p.found(c)
	if err != nil {
		return err
	}
	if err := p.Publish(c.Std(), c.Who, v.ID, c.Version(), c.FormValue("from")); err != nil {
		return p.show(c, v, d, err)
	}
	site.Flash(c, ui.Good, c.T.Say("catalogue.published", "day", form.ShowDate(c.FormValue("from"))))
	return c.See(at + "/" + v.Procedure)
}

func (p *pages) withdraw(c *httpx.Ctx) error {
	v, _, err := p.found(c)
	if err != nil {
		return err
	}
	if err := p.Withdraw(c.Std(), c.Who, v.ID, c.Version()); err != nil {
		return err
	}
	site.Flash(c, ui.Info, c.T.Say("catalogue.withdrawn"))
	return c.See(at + "/" + v.Procedure)
}

func (p *pages) discard(c *httpx.Ctx) error {
	v, _, err := p.found(c)
	if err != nil {
		return err
	}
	if err := p.Discard(c.Std(), c.Who, v.ID, c.Version()); err != nil {
		return err
	}
	site.Flash(c, ui.Info, c.T.Say("catalogue.discarded"))
	return c.See(at)
}

// day is the first day of a version as people read it.
func (h Head) day() string { return form.ShowDate(h.From) }

// tomorrow is the day that a form offers for a version to come.
func tomorrow(now time.Time) string { return clock.Date(now.Add(24 * time.Hour)) }
