package admin

import (
	"net/url"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/admin/views"
	"lotrinh/internal/site/ui"
)

const unitsAt = "/admin/units"

// unitTree shows the units of a day: what lies in one of them, or what a search finds.
func (p *Pages) unitTree(c *httpx.Ctx) error {
	atlas, err := p.units.Atlas(c.Std())
	if err != nil {
		return err
	}
	date := c.Query("date")
	if _, err := clock.ParseDate(date); err != nil {
		date = today(p.business)
	}
	b := browse{t: c.T, atlas: atlas, tree: atlas.Tree(date), date: date, query: c.Query("q")}
	b.unit, b.found = b.tree.Unit(c.Query("unit"))
	if old := c.Query("unit"); !b.found && old != "" {
		b.ended(old)
	}
	if roots := b.tree.Roots(); !b.found && len(roots) > 0 {
		b.unit, b.found = roots[0], true
	}
	return p.page.Show(c, site.Page{Title: c.T.Say("admin.units"), At: unitsAt}, views.Units(c.T, b.page(c)))
}

// browse is one look at the units.
type browse struct {
	t           i18n.T
	atlas       *org.Atlas
	tree        *org.Tree
	date, query string
	unit        org.Unit
	found       bool
}

// ended shows a unit that is not in force on the day as it was last, or will be first.
func (b *browse) ended(code string) {
	for _, v := range b.atlas.Versions(code) {
		if b.unit.Code == "" || v.From <= b.date {
			b.unit, b.found = v, true
		}
	}
}

// page is the view with what leads on: the sets of changes, and where an ended unit lies.
func (b browse) page(c *httpx.Ctx) views.UnitsView {
	v := b.view()
	if c.Who.May(org.AccountRead) {
		v.More = []ui.Action{{Label: b.t.Say("admin.units.changes"), Href: unitsAt + "/changes", Icon: "history"}}
	}
	if b.query != "" {
		return v
	}
	if heir, ended := b.atlas.Present(b.unit.Code, b.date); ended {
		v.Present = b.t.Say("admin.unit.present", "name", b.atlas.Name(heir, b.date), "code", heir)
		v.PresentAt = &ui.Action{Label: b.t.Say("admin.unit.present.open"), Href: b.href(heir, b.date)}
	}
	return v
}

func (b browse) href(unit, date string) string {
	return address(unitsAt, url.Values{"unit": {unit}, "date": {date}})
}

func (b browse) view() views.UnitsView {
	t := b.t
	v := views.UnitsView{Title: t.Say("admin.units"), Lead: b.count(), Day: day(t, b.date), Filter: ui.FilterData{Action: unitsAt, Results: "results", Fields: []ui.Field{
		{Kind: ui.Search, Name: "q", Label: t.Say("admin.find.unit"), Value: b.query},
		{Kind: ui.Date, Name: "date", Label: t.Say("admin.units.on"), Value: b.date},
	}}}
	since := ""
	for _, d := range b.atlas.Dates() {
		if d <= b.date {
			since = d
		}
	}
	for _, d := range b.atlas.Dates() {
		v.Filter.Presets = append(v.Filter.Presets, ui.Preset{Label: day(t, d), Href: b.href("01", d), Active: d == since, Count: -1})
	}
	if b.query != "" {
		v.Filter.Clear = b.href(b.unit.Code, b.date)
		for _, h := range b.tree.Search(b.query, 50) {
			v.Rows = append(v.Rows, b.row(h.Unit, h.Place))
		}
		for _, old := range b.atlas.Ended(b.query, b.date, 20) {
			place := old.Title()
			if heir, ok := b.atlas.Present(old.Code, b.date); ok {
				place = t.Say("admin.units.old", "name", old.Title(), "now", b.atlas.Name(heir, b.date))
			}
			v.Rows = append(v.Rows, b.row(old, place))
		}
		v.Caption = t.Say("admin.units.found", "q", b.query)
		return v
	}
	if !b.found {
		v.Caption = t.Say("admin.units")
		return v
	}
	path := b.tree.Path(b.unit.Code)
	for _, u := range path {
		v.Crumbs = append(v.Crumbs, ui.Crumb{Label: u.Title(), Href: b.href(u.Code, b.date)})
	}
	if len(path) > 0 {
		v.Crumbs[len(path)-1].Href = ""
	}
	v.Title, v.Caption = b.unit.Title(), t.Say("admin.units.in", "name", b.unit.Full())
	for _, u := range b.tree.Children(b.unit.Code) {
		v.Rows = append(v.Rows, b.row(u, u.Title()))
	}
	v.Facts = []ui.Fact{{Label: t.Say("admin.unit.code"), Text: b.unit.Code}}
	for _, one := range b.atlas.Versions(b.unit.Code) {
		until := day(t, one.Until)
		if until == "" {
			until = t.Say("admin.unit.still")
		}
		v.Facts = append(v.Facts, ui.Fact{Label: t.Say("admin.unit.days", "from", day(t, one.From), "until", until), Text: one.Full()})
	}
	v.Changes = b.changes()
	return v
}

func (b browse) count() string {
	return b.t.Say("admin.units.count", "day", day(b.t, b.date), "districts", len(b.tree.Districts()), "communes", len(b.tree.Communes("")))
}

func (b browse) row(u org.Unit, name string) ui.Row {
	var communes templ.Component
	if u.Level != org.Commune {
		communes = ui.Number(b.t, int64(len(b.tree.Communes(u.Code))))
	}
	href := b.href(u.Code, b.date)
	return ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, name, ""), ui.Text(u.Code), ui.Text(b.t.Say("admin.level." + string(u.Level))), communes, ui.Text(day(b.t, u.From))}}
}

// changes are the successions into and out of the unit, on any day.
func (b browse) changes() []ui.Row {
	var rows []ui.Row
	for _, d := range b.atlas.Dates() {
		for _, ch := range b.atlas.Changes(d) {
			if ch.From != b.unit.Code && ch.To != b.unit.Code {
				continue
			}
			share := b.t.Say("admin.share." + ch.Share)
			if ch.Confidence == "C" {
				share = b.t.Say("admin.share.inferred", "share", share)
			}
			from := b.atlas.Name(ch.From, eve(d))
			rows = append(rows, ui.Row{Cells: []templ.Component{
				ui.Text(day(b.t, d)), ui.Link(b.href(ch.From, eve(d)), from+" ("+ch.From+")"), ui.Link(b.href(ch.To, d), b.atlas.Name(ch.To, d)+" ("+ch.To+")"),
				ui.Text(share), ui.Text(ch.Basis)}})
		}
	}
	return rows
}

// eve is the day before.
func eve(date string) string {
	at, err := clock.ParseDate(date)
	if err != nil {
		return date
	}
	return clock.Date(at.AddDate(0, 0, -1))
}
