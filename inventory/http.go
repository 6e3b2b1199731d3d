package inventory

import (
	"github.com/a-h/templ"

	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// keptCharts is how many drawn charts are kept.
const keptCharts = 128

// pages answers the site's requests.
type pages struct {
	*Service
	site   *site.Site
	charts *plot.Cache[plot.Chart]
}

// Routes declares the pages and the API of the inventory.
func (s *Service) Routes(r *httpx.Router, page *site.Site) {
	p := pages{s, page, plot.NewCache[plot.Chart](keptCharts)}
	r.Page("GET", "/inventory", p.board)
	r.Page("GET", "/inventory/city", p.city)
	r.Page("GET", "/inventory/districts/:code", p.district)
	r.Page("GET", "/inventory/export.xlsx", p.exportXLSX)
	r.Page("GET", "/inventory/export.csv", p.exportCSV)
	r.Page("GET", "/inventory/units/:code", p.unit)
	r.Page("GET", "/inventory/gaps", p.gaps)
	r.Page("GET", "/inventory/gaps/new", p.gapForm)
	r.Page("POST", "/inventory/gaps", p.reportGap, httpx.Body(files.FormBody))
	r.Page("GET", "/inventory/gaps/:id", p.gap)
	r.Page("POST", "/inventory/gaps/:id/move", p.moveGap)
	r.Page("POST", "/inventory/gaps/:id/take", p.takeGap)
	r.Page("POST", "/inventory/gaps/:id/diagnose", p.diagnoseGap)
	r.Page("POST", "/inventory/units/:code/lacks", p.reportLack)
	r.Page("GET", "/inventory/assets", p.assets)
	r.Page("GET", "/inventory/lists", p.lists)
	r.Page("POST", "/inventory/lists", p.keepList)
	r.Page("GET", "/inventory/lists/new", p.newList)
	r.Page("POST", "/inventory/lists/:id/drop", p.dropList)
	r.Page("POST", "/inventory/picked", p.picked)
	r.Page("GET", "/inventory/edits/:id", p.editDone)
	r.Page("GET", "/inventory/labels", p.labelForm)
	r.Page("POST", "/inventory/labels.pdf", p.labels)
	r.Page("GET", "/t/:code", p.short)
	r.Page("GET", "/inventory/assets/new", p.newAsset)
	r.Page("POST", "/inventory/assets", p.addAsset)
	r.Page("GET", "/inventory/assets/:id", p.asset)
	r.Page("POST", "/inventory/assets/:id/papers", p.attach, httpx.Body(files.FormBody))
	r.Page("GET", "/inventory/assets/:id/papers/:paper", p.paper)
	r.Page("POST", "/inventory/assets/:id/papers/:paper/drop", p.paper)
	r.Page("GET", "/inventory/assets/:id/edit", p.editAsset)
	r.Page("POST", "/inventory/assets/:id", p.changeAsset)
	r.Page("GET", "/inventory/photos/:id", p.photo)
	r.Page("GET", "/inventory/photos/:id/thumb", p.photo)
	s.api(r)
}

// page is the frame of a page of this area, with the places of the area above it.
func (p pages) page(c *httpx.Ctx, title string) site.Page {
	return site.Page{Title: title, At: "/inventory", Tabs: p.Tabs(c.T, c.Who, c.Path())}
}

func (p pages) show(c *httpx.Ctx, title string, body templ.Component) error {
	return p.site.Show(c, p.page(c, title), body)
}

// again shows a refused form as it was typed; what is not the form's own fault goes
// on to the error page.
func (p pages) again(c *httpx.Ctx, title string, err error, body func(ui.Errors) templ.Component) error {
	return p.site.Form(c, p.page(c, title), err, body)
}

// once is the hidden field by which a form is saved once, however often it is sent.
func (p pages) once() ui.Hidden {
	return ui.Hidden{Name: httpx.OnceField, Value: string(ident.New(p.clock.Now()))}
}

func (p pages) photo(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	f, err := p.Photo(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	if c.Route().Path == "/inventory/photos/:id/thumb" {
		return p.files.SendThumb(c, f)
	}
	return p.files.Send(c, f)
}
