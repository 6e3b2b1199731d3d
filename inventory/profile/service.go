package profile

import (
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/inventory"

	"github.com/a-h/templ"
)

// Service is the room, standing on the inventory.
type Service struct {
	*inventory.Service
}

// New is the room, and puts its panel on the page of every commune.
func New(i *inventory.Service) *Service {
	s := &Service{i}
	i.OnUnit(s.unitPanel)
	return s
}

const at = "/inventory/profiles"

// pages are the room on the site.
type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages and the API of the room.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	r.Page("GET", at, p.list)
	r.Page("POST", at, p.begin)
	r.Page("GET", at+"/new", p.fresh)
	r.Page("GET", at+"/import", p.importForm)
	r.Page("POST", at+"/import", p.importText)
	r.Page("GET", at+"/:id", p.one)
	r.Page("POST", at+"/:id", p.saveHead)
	r.Page("POST", at+"/:id/next", p.next)
	r.Page("POST", at+"/:id/discard", p.discard)
	r.Page("GET", at+"/:id/effect", p.effect)
	r.Page("POST", at+"/:id/publish", p.publish)
	r.Page("GET", at+"/:id/diff", p.diff)
	r.Page("GET", at+"/:id/export.json", p.export)
	r.Page("GET", at+"/:id/lines/new", p.newLine)
	r.Page("POST", at+"/:id/lines", p.saveLine)
	r.Page("POST", at+"/:id/withdraw", p.withdraw)
	r.Page("GET", at+"/:id/lines/:line", p.line)
	r.Page("POST", at+"/:id/lines/:line", p.saveLine)
	r.Page("POST", at+"/:id/lines/:line/drop", p.moveLine)
	r.Page("POST", at+"/:id/lines/:line/up", p.moveLine)
	r.Page("POST", at+"/:id/lines/:line/down", p.moveLine)
	r.Page("GET", "/inventory/units/:code/waive", p.waiveForm)
	r.Page("POST", "/inventory/units/:code/waive", p.waive)
	r.Page("POST", "/inventory/waivers/:id/end", p.endWaiver)
	r.Page("GET", "/inventory/units/:code/site", p.siteForm)
	r.Page("POST", "/inventory/units/:code/site", p.setSite)
	s.api(r)
}

func (p *pages) page(c *httpx.Ctx, title string) site.Page {
	return site.Page{Title: title, At: "/inventory", Tabs: p.Tabs(c.T, c.Who, at)}
}

func (p *pages) show(c *httpx.Ctx, title string, body templ.Component) error {
	return p.site.Show(c, p.page(c, title), body)
}

// found is the version that the address names.
func (p *pages) found(c *httpx.Ctx) (inventory.Profile, inventory.ProfileDraft, error) {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return inventory.Profile{}, inventory.ProfileDraft{}, err
	}
	v, err := p.ProfileByID(c.Std(), c.Who, id)
	if err != nil {
		return v, inventory.ProfileDraft{}, err
	}
	d, err := v.Draft()
	return v, d, err
}

func href(v inventory.Profile) string { return at + "/" + string(v.ID) }
