package device

import (
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
)

// The places of this room.
const (
	homePath   = "/inventory/devices"
	reviewPath = "/inventory/review"
	awayPath   = "/inventory/elsewhere"
	differPath = "/inventory/differences"
)

// pages are this room on the site.
type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages and puts the panels on the pages of assets and communes.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	s.Stock.AddTab(inventory.Tab{Label: "device.tab", Href: homePath, Needs: []access.Perm{inventory.Look}})
	s.Stock.AddTab(inventory.Tab{Label: "device.tab.review", Href: reviewPath, Needs: []access.Perm{inventory.Look}, Under: homePath})
	s.Stock.OnAsset(p.onAsset)
	s.Stock.OnUnit(p.onUnit)
	r.Page("GET", homePath, p.devices)
	r.Page("GET", homePath+"/:id", p.device)
	r.Page("GET", homePath+"/:id/sections/:name", p.section)
	r.Page("POST", homePath+"/:id/split", p.split)
	r.Page("POST", homePath+"/:id/stand", p.stand)
	r.Page("POST", homePath+"/:id/things", p.register)
	r.Page("GET", reviewPath, p.doubts)
	r.Page("GET", reviewPath+"/:id", p.doubtPage)
	r.Page("POST", reviewPath+"/:id/decide", p.decide)
	r.Page("POST", reviewPath+"/:id/undo", p.undo)
	r.Page("GET", awayPath, p.sightings)
	r.Page("GET", awayPath+"/:id", p.sighting)
	r.Page("POST", awayPath+"/:id", p.settle)
	r.Page("GET", differPath, p.differList)
	r.Page("GET", differPath+"/:id", p.difference)
	r.Page("POST", differPath+"/:id", p.answer)
	r.Page("GET", "/inventory/assets/:id/facts", p.facts)
	p.apiRoutes(r)
}

func (p *pages) tree(c *httpx.Ctx) (*org.Tree, error) { return p.Units.Tree(c.Std(), p.Business.Now()) }

// frame is a page of this area; at is the place whose tab is marked.
func (p *pages) frame(c *httpx.Ctx, title, at string) site.Page {
	return site.Page{Title: title, At: "/inventory", Tabs: p.Stock.Tabs(c.T, c.Who, at)}
}

// show answers with a page; a form that was refused comes back with its faults, and
// what is not the form's own goes on to the error page.
func (p *pages) show(c *httpx.Ctx, title, at string, refused error, body func(ui.Errors) templ.Component) error {
	return p.site.Form(c, p.frame(c, title, at), refused, body)
}

func id(c *httpx.Ctx) (ident.ID, error) { return ident.Parse(c.Params("id")) }

func versionField(n int64) ui.Hidden {
	return ui.Hidden{Name: "version", Value: strconv.FormatInt(n, 10)}
}

// once is the hidden field by which a form is saved once, however often it is sent.
func (p *pages) once() ui.Hidden {
	return ui.Hidden{Name: httpx.OnceField, Value: string(ident.New(p.Business.Now()))}
}

// reason is the field that asks why.
func reason(c *httpx.Ctx, label string, needed bool, e ui.Errors) ui.Field {
	return ui.Field{Kind: ui.Area, Name: "said", Label: label, Value: c.FormValue("said"), Required: needed, Rows: 2, Max: longestReason, Error: e.Of("said")}
}

// queueTabs lead between the lists of what waits for a person.
func queueTabs(t i18n.T, at string) []ui.Tab {
	var out []ui.Tab
	for _, x := range []struct{ href, key string }{{reviewPath, "device.queue.doubts"}, {awayPath, "device.queue.away"}, {differPath, "device.queue.differ"},
		{homePath + "?state=nowhere", "device.queue.nowhere"}} {
		out = append(out, ui.Tab{Label: t.Say(x.key), Href: x.href, Active: x.href == at, Count: -1})
	}
	return out
}
