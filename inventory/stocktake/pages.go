package stocktake

import (
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/offline"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"

	"lotrinh/inventory/stocktake/views"
)

var stateTones = map[State]ui.Tone{Open: ui.Info, Closed: ui.Good, Cancelled: ui.Neutral}

func stateOf(t i18n.T, s State) ui.State {
	return ui.State{Tone: stateTones[s], Word: t.Say("stocktake.state." + string(s))}
}

// where is what a count covers, in words.
func where(t i18n.T, tree *org.Tree, n Count) string {
	if n.Place == "" {
		return tree.Name(n.Unit)
	}
	return t.Say("stocktake.where", "unit", tree.Name(n.Unit), "place", n.Place)
}

func (p *pages) list(c *httpx.Ctx) error {
	state := State(c.Query("state"))
	if state != Open && state != Closed && state != Cancelled {
		state = ""
	}
	all, err := p.Counts(c.Std(), c.Who, state, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	tree, err := p.Units.Tree(c.Std(), p.Stock.Now())
	if err != nil {
		return err
	}
	t := c.T
	v := views.List{Head: ui.HeaderData{Title: t.Say("stocktake.title"), Lead: t.Say("stocktake.lead")}, Filter: ui.FilterData{Action: home, Results: "results"}}
	if c.Who.May(Take) {
		v.Head.Action = &ui.Action{Label: t.Say("stocktake.start"), Href: home + "/new", Icon: "plus"}
	}
	if c.Who.May(inventory.Edit) {
		v.Head.More = []ui.Action{{Label: t.Say("stocktake.proposals"), Href: home + "/proposals", Icon: "clipboard-check"}}
	}
	for _, s := range []State{"", Open, Closed, Cancelled} {
		label, href := t.Say("stocktake.state.all"), home
		if s != "" {
			label, href = t.Say("stocktake.state."+string(s)), home+"?state="+string(s)
		}
		v.Filter.Presets = append(v.Filter.Presets, ui.Preset{Label: label, Href: href, Active: s == state, Count: -1})
	}
	v.Table = ui.TableData{Caption: t.Say("stocktake.title"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("stocktake.column.where")}, {Label: t.Say("stocktake.column.state")},
		{Label: t.Say("stocktake.column.started")}, {Label: t.Say("stocktake.column.ended"), Quiet: true}},
		Empty: ui.EmptyData{Icon: "clipboard-check", Title: t.Say("stocktake.none"), Text: t.Say("stocktake.none.text")}}
	for _, n := range all.Items {
		ended := ""
		if n.EndedAt != nil {
			ended = t.Moment(*n.EndedAt)
		}
		v.Table.Rows = append(v.Table.Rows, ui.Row{Href: home + "/" + string(n.ID), Cells: []templ.Component{
			ui.Main(home+"/"+string(n.ID), where(t, tree, n), tree.Place(n.Unit)), ui.Badge(stateOf(t, n.State)),
			ui.Two(t.Moment(n.StartedAt), n.StarterName), ui.Two(ended, n.EnderName)}})
	}
	if all.Next != "" || !all.First {
		at := home + "?state=" + string(state)
		v.Table.Pager = &ui.PagerData{Shown: len(all.Items)}
		if !all.First {
			v.Table.Pager.First = at
		}
		if all.Next != "" {
			v.Table.Pager.Next = at + "&after=" + all.Next
		}
	}
	return p.show(c, t.Say("stocktake.title"), views.ListPage(t, v))
}

func (p *pages) ask(c *httpx.Ctx) error { return p.askStart(c, c.Query("unit"), c.Query("place"), nil) }

func (p *pages) askStart(c *httpx.Ctx, unit, place string, refused error) error {
	if err := c.Who.Need(Take); err != nil {
		return err
	}
	units, err := p.Stock.UnitOptions(c, Take)
	if err != nil {
		return err
	}
	t := c.T
	return p.site.Form(c, p.frame(c, t.Say("stocktake.start")), refused, func(e ui.Errors) templ.Component {
		return views.FormPage(t, ui.HeaderData{Title: t.Say("stocktake.start"), Lead: t.Say("stocktake.start.lead"), Crumbs: []ui.Crumb{{Label: t.Say("stocktake.title"), Href: home}, {Label: t.Say("stocktake.start")}}},
			ui.FormData{Action: home, Errors: e, Submit: t.Say("stocktake.start.submit"), Cancel: home, Fields: []ui.Field{
				{Kind: ui.Select, Name: "unit", Label: t.Say("stocktake.unit"), Options: units, Value: unit, Required: true},
				{Name: "place", Label: t.Say("stocktake.place"), Hint: t.Say("stocktake.place.hint"), Value: place, Max: longestPlace}}})
	})
}

func (p *pages) start(c *httpx.Ctx) error {
	f := StartForm{Unit: c.FormValue("unit"), Place: c.FormValue("place")}
	n, err := p.Start(c.Std(), c.Who, f)
	if err != nil {
		return p.askStart(c, f.Unit, f.Place, err)
	}
	return c.See(offline.Prefix + "/stocktakes/" + string(n.ID))
}

func (p *pages) work(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	return p.showWork(c, key, nil)
}

// showWork is the page in the hand of whoever counts.
func (p *pages) showWork(c *httpx.Ctx, key ident.ID, refused error) error {
	if err := c.Who.Need(Take); err != nil {
		return err
	}
	n, r, _, err := p.Count(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	if err := c.Who.NeedAt(Take, n.Unit); err != nil {
		return err
	}
	if n.State != Open && refused == nil {
		return c.See(home + "/" + string(n.ID))
	}
	tree, err := p.Units.Tree(c.Std(), p.Stock.Now())
	if err != nil {
		return err
	}
	t, at := c.T, offline.Prefix+"/stocktakes/"+string(key)
	return p.site.Form(c, p.frame(c, t.Say("stocktake.work")), refused, func(e ui.Errors) templ.Component {
		v := views.Work{Head: ui.HeaderData{Title: where(t, tree, n), Lead: t.Say("stocktake.work.lead"), Crumbs: []ui.Crumb{{Label: t.Say("stocktake.title"), Href: home}, {Label: tree.Place(n.Unit)}},
			Action: &ui.Action{Label: t.Say("stocktake.work.result"), Href: home + "/" + string(key), Icon: "clipboard-check"}},
			Again: at, Account: string(c.Who.ID), Pages: []string{at}, Found: len(r.Found), Expected: len(r.Found) + len(r.Missing),
			Form: ui.FormData{ID: "scan", Action: at + "/scans", Errors: e, Submit: t.Say("stocktake.scan.submit"), Loose: true,
				Hidden: []ui.Hidden{{Name: "id", Value: string(ident.New(p.Stock.Now()))}, {Name: "how", Value: Typed}},
				Attrs:  templ.Attributes{"data-kept-form": "/api/v1/inventory/stocktakes/" + string(key) + "/scans", "data-kept-label": t.Say("stocktake.scan.label", "tag", "{tag}"), "data-kept-scan": "tag"},
				Fields: []ui.Field{{Name: "tag", Label: t.Say("stocktake.scan.field"), Hint: t.Say("stocktake.scan.hint"), Value: c.FormValue("tag"), Required: true, Max: longestTag,
					Attrs: templ.Attributes{"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}}}}}
		for _, h := range r.Found {
			v.List = append(v.List, lineOf(t, h.Expected, h.Scan.ByName))
		}
		for _, m := range r.Missing {
			v.List = append(v.List, lineOf(t, m, ""))
		}
		for _, x := range r.Surplus {
			v.Others = append(v.Others, otherOf(t, tree, x, Surplus))
		}
		for _, x := range r.Elsewhere {
			v.Others = append(v.Others, otherOf(t, tree, x, Elsewhere))
		}
		return views.WorkPage(t, v)
	})
}

func lineOf(t i18n.T, e Expected, by string) views.Line {
	l := views.Line{Code: e.Code, Name: t.Say("inventory.kind."+string(e.Kind)) + " " + e.Name, Note: e.Place, Tags: []string{e.Code, string(e.Asset)}, Found: by != "", By: by}
	if e.Serial != "" {
		l.Tags = append(l.Tags, e.Serial)
		l.Note = t.Say("stocktake.serial", "serial", e.Serial) + dot(e.Place)
	}
	return l
}

func dot(s string) string {
	if s == "" {
		return ""
	}
	return " · " + s
}

// otherOf is a scan that the list does not hold, in words.
func otherOf(t i18n.T, tree *org.Tree, x Scan, g Group) views.Line {
	l := views.Line{Code: x.Tag, Note: t.Say("stocktake.scan.by", "who", x.ByName, "at", t.Moment(x.At)), State: groupBadge(t, g)}
	switch {
	case g == Elsewhere:
		l.Code, l.Name = x.Code, t.Say("stocktake.belongs", "name", x.Name, "unit", tree.Place(x.Unit))
	case x.Asset == "":
		l.Name = t.Say("stocktake.unknown_tag")
	default:
		l.Code, l.Name = x.Code, t.Say("stocktake.not_listed", "name", x.Name, "state", t.Say("inventory.state."+string(x.State)), "place", t.Say("stocktake.at_place", "place", orDash(x.Place)))
	}
	return l
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

var groupTones = map[Group]ui.Tone{Found: ui.Good, Missing: ui.Bad, Surplus: ui.Warn, Elsewhere: ui.Info}

func groupBadge(t i18n.T, g Group) ui.State {
	return ui.State{Tone: groupTones[g], Word: t.Say("stocktake.group." + string(g))}
}

func seen(n Count) ui.Hidden {
	return ui.Hidden{Name: "version", Value: strconv.FormatInt(n.Version, 10)}
}

func (p *pages) end(c *httpx.Ctx) error {
	return p.over(c, "stocktake.ended", func(key ident.ID) (Count, error) { return p.End(c.Std(), c.Who, key, c.Version(), c.FormValue("said")) })
}

func (p *pages) cancel(c *httpx.Ctx) error {
	return p.over(c, "stocktake.cancelled", func(key ident.ID) (Count, error) {
		return p.Cancel(c.Std(), c.Who, key, c.Version(), c.FormValue("said"))
	})
}

func (p *pages) over(c *httpx.Ctx, said string, do func(ident.ID) (Count, error)) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	if _, err := do(key); err != nil {
		return p.showResult(c, key, err)
	}
	site.Flash(c, ui.Good, c.T.Say(said))
	return c.See(home + "/" + string(key))
}
