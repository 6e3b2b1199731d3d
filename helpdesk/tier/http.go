package tier

import (
	"github.com/a-h/templ"

	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// pages are this room on the site.
type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages and puts the panel beside the tickets.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	s.Desk.Panel(p.panel)
	r.Page("GET", "/tickets/:id/handover", p.handoverForm)
	r.Page("POST", "/tickets/:id/handover", p.handover)
	r.Page("GET", "/tickets/:id/visits/new", p.visitForm)
	r.Page("POST", "/tickets/:id/visits", p.plan)
	r.Page("GET", "/tickets/:id/remote", p.remoteForm)
	r.Page("POST", "/tickets/:id/remote", p.remote)
	r.Page("POST", "/desk/cases/:id/reacted", p.reacted)
	r.Page("POST", "/desk/cases/:id/back", p.back)
	r.Page("GET", "/desk/vendors", p.vendors)
	r.Page("POST", "/desk/vendors", p.saveVendor)
	r.Page("GET", "/desk/vendors/new", p.newVendor)
	r.Page("GET", "/desk/vendors/:id", p.vendor)
	r.Page("POST", "/desk/vendors/:id", p.saveVendor)
	r.Page("GET", "/desk/visits", p.route)
	r.Page("GET", "/desk/visits/:id", p.visit)
	r.Page("POST", "/desk/visits/:id/step", p.step)
	r.Page("POST", "/desk/visits/:id/order", p.order)
	r.Page("POST", "/desk/visits/:id/record", p.record)
	r.Page("POST", "/desk/visits/:id/sign", p.sign, httpx.Body(files.FormBody))
	r.Page("GET", "/desk/visits/:id/record", p.paper)
	r.Page("GET", "/desk/visits/:id/signature", p.signature)
}

func (p *pages) tree(c *httpx.Ctx) (*org.Tree, error) { return p.Units.Tree(c.Std(), p.Business.Now()) }

// shown answers with a page; a form that was refused comes back with its faults, and
// what is not the form's own goes on to the error page.
func (p *pages) shown(c *httpx.Ctx, at, title string, refused error, body func(ui.Errors) templ.Component) error {
	return p.site.Form(c, site.Page{Title: title, At: at}, refused, body)
}

func id(c *httpx.Ctx) (ident.ID, error) { return ident.Parse(c.Params("id")) }
