package services

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// home is the room's first page.
const home = "/rollout/services"

// pages answers the site's requests.
type pages struct {
	*Service
	site   *site.Site
	charts *plot.Cache[plot.Chart]
}

// Routes declares the pages of the room.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on, plot.NewCache[plot.Chart](32)}
	r.Page("GET", home, p.overview)
	r.Page("POST", home+"/setup", p.setUp)
	r.Page("GET", home+"/departments/:lead", p.department)
	r.Page("GET", home+"/items/:id", p.item)
	r.Page("POST", home+"/items/:id/step", p.advance)
	r.Page("POST", home+"/items/:id/papers", p.paper, httpx.Body(files.FormBody))
	r.Page("GET", home+"/items/:id/papers/:file", p.sendPaper)
	r.Page("GET", home+"/matrix", p.matrix)
	r.Page("GET", home+"/units/:unit", p.unit)
	r.Page("POST", home+"/units/:unit", p.fill)
	r.Page("GET", home+"/essential", p.essentials)
	r.Page("GET", home+"/essential/:id", p.essential)
	r.Page("POST", home+"/essential/:id", p.publish)
	r.Page("GET", home+"/focal", p.focal)
	r.Page("POST", home+"/focal", p.appoint)
	r.Page("POST", home+"/focal/:id/dismiss", p.dismiss)
	r.Page("GET", home+"/targets", p.targets)
	r.Page("GET", home+"/targets/new", p.newTarget)
	r.Page("POST", home+"/targets", p.addTarget)
	r.Page("GET", home+"/targets/:id", p.target)
	r.Page("GET", home+"/targets/:id/units/:unit", p.counts)
	r.Page("POST", home+"/targets/:id/units/:unit", p.count)
}

func (p *pages) show(c *httpx.Ctx, title string, body templ.Component) error {
	return p.site.Show(c, site.Page{Title: title, At: home}, body)
}

// again shows a refused form as it was typed.
func (p *pages) again(c *httpx.Ctx, title string, err error, body func(ui.Errors) templ.Component) error {
	return p.site.Form(c, site.Page{Title: title, At: home}, err, body)
}

func crumbs(c *httpx.Ctx, more ...ui.Crumb) []ui.Crumb {
	return append([]ui.Crumb{{Label: c.T.Say("services.title"), Href: home}}, more...)
}

func id(c *httpx.Ctx) (ident.ID, error) { return ident.Parse(c.Params("id")) }

// number reads a whole number that was typed, points between thousands too; nonsense is -1.
func number(s string) int64 {
	n, err := strconv.ParseInt(strings.NewReplacer(".", "", " ", "").Replace(strings.TrimSpace(s)), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func cells(all ...templ.Component) []templ.Component { return all }
