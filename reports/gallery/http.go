package gallery

import (
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// Home is the address of the gallery.
const Home = "/reports/definitions"

// pages are this room on the site.
type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	r.Page("GET", Home, p.all)
	r.Page("GET", Home+"/new", p.newForm)
	r.Page("POST", Home+"/new", p.create)
	r.Page("GET", Home+"/:key", p.one)
	r.Page("GET", Home+"/:key/preview", p.preview)
	r.Page("GET", Home+"/:key/versions/:no", p.version)
	r.Page("POST", Home+"/:key/versions/:no/restore", p.restore)
	r.Page("POST", Home+"/:key/draft", p.begin)
	r.Page("GET", Home+"/:key/draft", p.draft)
	r.Page("POST", Home+"/:key/draft/act", p.act)
	r.Page("POST", Home+"/:key/draft/publish", p.publish)
	r.Page("POST", Home+"/:key/draft/discard", p.discard)
	r.Page("GET", Home+"/:key/draft/head", p.headForm)
	r.Page("POST", Home+"/:key/draft/head", p.saveHead)
	r.Page("GET", Home+"/:key/draft/:section", p.sectionForm)
	r.Page("POST", Home+"/:key/draft/:section", p.saveSection)
	r.Page("GET", Home+"/:key/draft/:section/:block", p.blockForm)
	r.Page("POST", Home+"/:key/draft/:section/:block", p.saveBlock)
}

// shown answers with a page; a refused form comes back with its faults.
func (p *pages) shown(c *httpx.Ctx, title string, refused error, body func(ui.Errors) templ.Component) error {
	return p.site.Form(c, site.Page{Title: title, At: "/reports"}, refused, body)
}

// number is a whole number of the address or the form; what is none is Missing.
func number(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0, fault.New(fault.Missing, "fault.missing")
	}
	return n, nil
}

// seen is the version of a draft that the form was made from.
func seen(c *httpx.Ctx) (int64, error) {
	n, err := strconv.ParseInt(c.FormValue("version"), 10, 64)
	if err != nil {
		return 0, fault.Because(fault.Invalid, "fault.invalid", err)
	}
	return n, nil
}

func at(key string) string { return Home + "/" + key }
