package difficulty

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/difficulty/views"
)

// home is the room's first page.
const home = "/rollout/difficulties"

// pages are this room on the site.
type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	r.Page("GET", home, p.list)
	r.Page("POST", home, p.raise)
	r.Page("GET", home+"/new", p.ask)
	r.Page("GET", home+"/:id", p.one)
	r.Page("POST", home+"/:id/answer", p.answer)
	r.Page("POST", home+"/:id/done", p.done)
	r.Page("POST", home+"/:id/close", p.close)
	r.Page("POST", home+"/:id/reopen", p.reopen)
	r.Page("POST", home+"/:id/links", p.link)
}

func (p *pages) form(c *httpx.Ctx, title string, refused error, body func(ui.Errors) templ.Component) error {
	return p.site.Form(c, site.Page{Title: title, At: home}, refused, body)
}

var tones = map[State]ui.Tone{Raised: ui.Warn, InHand: ui.Info, Done: ui.Good, Closed: ui.Neutral}

func (d Difficulty) state(t i18n.T, now time.Time) ui.State {
	if d.Late(now) {
		return ui.State{Tone: ui.Late, Word: t.Say("difficulty.state.late")}
	}
	return ui.State{Tone: tones[d.State], Word: t.Say("difficulty.state." + string(d.State))}
}

func (p *pages) list(c *httpx.Ctx) error {
	only := c.Query("only")
	rows, err := p.List(c.Std(), c.Who, only, page.Read(c.Query("after"), ""))
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	t, now := c.T, p.Business.Now()
	preset := func(word, label string) ui.Preset {
		return ui.Preset{Label: t.Say(label), Href: home + "?only=" + word, Active: only == word, Count: -1}
	}
	table := ui.TableData{Caption: t.Say("difficulty.title"), Count: -1, Columns: []ui.Column{{Label: t.Say("difficulty.what")}, {Label: t.Say("difficulty.unit")}, {Label: t.Say("difficulty.state")}, {Label: t.Say("difficulty.owner")}, {Label: t.Say("difficulty.due")}},
		Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("difficulty.none"), Text: t.Say("difficulty.none.text")}, Pager: &ui.PagerData{Shown: len(rows.Items)}}
	if rows.Next != "" {
		table.Pager.Next, table.Pager.First = home+"?only="+only+"&after="+rows.Next, home+"?only="+only
	}
	for _, d := range rows.Items {
		row := ui.Row{Href: d.Path(), Cells: []templ.Component{ui.Main(d.Path(), d.Title, d.Code), ui.Text(tree.Place(d.Unit)), ui.Badge(d.state(t, now)), ui.Text(d.OwnerName), nil}}
		if due := d.due(now); due != nil {
			row.Cells[4] = ui.DueCell(t, *due)
		}
		if d.Late(now) {
			row.Tone = ui.Late
		}
		table.Rows = append(table.Rows, row)
	}
	v := views.List{Head: ui.HeaderData{Title: t.Say("difficulty.title"), Lead: t.Say("difficulty.lead")}, Table: table,
		Filter: ui.FilterData{Action: home, Results: "results", Presets: []ui.Preset{preset("", "difficulty.open"), preset("late", "difficulty.state.late"), preset("all", "difficulty.all")}}}
	if c.Who.May(Raise) {
		v.Head.Action = &ui.Action{Label: t.Say("difficulty.new"), Href: home + "/new", Icon: "plus"}
	}
	return p.site.Show(c, site.Page{Title: v.Head.Title, At: home}, views.ListPage(t, v))
}

func (p *pages) ask(c *httpx.Ctx) error { return p.askAgain(c, nil) }

func (p *pages) askAgain(c *httpx.Ctx, refused error) error {
	if err := c.Who.Need(Raise); err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	get := func(name string) string { return c.FormValue(name, c.Query(name)) }
	unit := c.FormValue("unit", c.Query("unit", c.Who.Home))
	if unit != "" {
		if err := c.Who.NeedAt(Raise, unit); err != nil {
			return err
		}
	}
	return p.form(c, t.Say("difficulty.new"), refused, func(e ui.Errors) templ.Component {
		return views.FormPage(t, ui.HeaderData{Title: t.Say("difficulty.new"), Lead: t.Say("difficulty.new.lead"), Crumbs: []ui.Crumb{{Label: t.Say("difficulty.title"), Href: home}, {Label: t.Say("difficulty.new")}}},
			ui.FormData{Action: home, Submit: t.Say("difficulty.send"), Cancel: home, Errors: e, Hidden: []ui.Hidden{{Name: "from", Value: get("from")}}, Fields: []ui.Field{
				{Kind: ui.Select, Name: "unit", Label: t.Say("difficulty.unit"), Value: unit, Options: unitOptions(tree, c), Required: true},
				{Name: "title", Label: t.Say("difficulty.what"), Value: get("title"), Required: true, Max: longestTitle},
				{Kind: ui.Area, Name: "cause", Label: t.Say("difficulty.cause"), Value: get("cause"), Required: true, Max: longestText},
				{Kind: ui.Area, Name: "proposal", Label: t.Say("difficulty.proposal"), Value: get("proposal"), Required: true, Max: longestText}}})
	})
}

// unitOptions are the units for which the reader may write a difficulty down.
func unitOptions(tree *org.Tree, c *httpx.Ctx) []ui.Option {
	var out []ui.Option
	for _, u := range tree.All() {
		if c.Who.Covers(Raise, u.Code) && (u.Level == org.Commune || u.Level == org.District) {
			out = append(out, ui.Option{Value: u.Code, Label: tree.Place(u.Code)})
		}
	}
	return out
}

func (p *pages) raise(c *httpx.Ctx) error {
	d, err := p.Raise(c.Std(), c.Who, Form{Unit: c.FormValue("unit"), Source: c.FormValue("from"), Title: c.FormValue("title"), Cause: c.FormValue("cause"), Proposal: c.FormValue("proposal")})
	if err != nil {
		return p.askAgain(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("difficulty.raised", "code", d.Code))
	return c.See(d.Path())
}

func (p *pages) one(c *httpx.Ctx) error { return p.oneAgain(c, "", nil) }

func (p *pages) oneAgain(c *httpx.Ctx, form string, refused error) error {
	key, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	v, err := p.Get(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	var owners []ui.Option
	if c.Who.Covers(Answer, v.Unit) {
		ids, names, err := p.owners(c.Std(), v.Unit)
		if err != nil {
			return err
		}
		for _, id := range ids {
			owners = append(owners, ui.Option{Value: string(id), Label: names[id]})
		}
	}
	return p.form(c, v.Code, refused, func(e ui.Errors) templ.Component {
		b := onePage{c: c, v: v, place: tree.Place(v.Unit), owners: owners, form: form, e: e, now: p.Business.Now()}
		return views.OnePage(c.T, b.view())
	})
}

func (p *pages) act(c *httpx.Ctx, form string, do func(ident.ID) (Difficulty, error)) error {
	key, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	d, err := do(key)
	if err != nil {
		return p.oneAgain(c, form, err)
	}
	site.Flash(c, ui.Good, c.T.Say("difficulty.said."+form))
	return c.See(d.Path())
}

func (p *pages) answer(c *httpx.Ctx) error {
	return p.act(c, "answer", func(key ident.ID) (Difficulty, error) {
		days, err := strconv.ParseInt(c.FormValue("days"), 10, 64)
		if err != nil {
			days = 0
		}
		return p.Reply(c.Std(), c.Who, key, c.Version(), Reply{Answer: c.FormValue("answer"), Owner: ident.ID(c.FormValue("owner")), Days: days})
	})
}

func (p *pages) done(c *httpx.Ctx) error {
	return p.act(c, "done", func(key ident.ID) (Difficulty, error) {
		return p.Finish(c.Std(), c.Who, key, c.Version(), c.FormValue("result"))
	})
}

func (p *pages) close(c *httpx.Ctx) error {
	return p.act(c, "close", func(key ident.ID) (Difficulty, error) { return p.Close(c.Std(), c.Who, key, c.Version()) })
}

func (p *pages) reopen(c *httpx.Ctx) error {
	return p.act(c, "reopen", func(key ident.ID) (Difficulty, error) {
		return p.Reopen(c.Std(), c.Who, key, c.Version(), c.FormValue("reason"))
	})
}

func (p *pages) link(c *httpx.Ctx) error {
	return p.act(c, "links", func(key ident.ID) (Difficulty, error) {
		return p.Connect(c.Std(), c.T, c.Who, key, c.FormValue("link"))
	})
}
