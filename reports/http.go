package reports

import (
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

type pages struct {
	*Service
	page *site.Site
}

// Routes declares the pages and the API of the reports.
func (s *Service) Routes(r *httpx.Router, page *site.Site) {
	p := pages{s, page}
	r.Page("GET", "/reports", p.list)
	r.Page("POST", "/reports/runs", p.runNow)
	r.Page("GET", "/reports/runs/:id", p.run)
	r.Page("GET", "/reports/runs/:id/state", p.runState)
	r.Page("POST", "/reports/runs/:id/retry", p.retry)
	r.Page("POST", "/reports/runs/:id/cancel", p.cancel)
	r.Page("GET", "/reports/runs/:id/editions/new", p.editionForm)
	r.Page("POST", "/reports/runs/:id/editions", p.reissue)
	r.Page("GET", "/reports/calendars", p.calendars)
	r.Page("POST", "/reports/calendars", p.addRule)
	p.paperRoutes(r)
	r.Page("GET", "/reports/schedules/new", p.newSchedule)
	r.Page("POST", "/reports/schedules/new", p.addSchedule)
	r.Page("GET", "/reports/schedules/:id", p.schedule)
	r.Page("POST", "/reports/schedules/:id", p.changeSchedule)
	s.api(r)
}

// shown is a chart for wide and for narrow screens, with its table.
func (w writer) shown(p Picture) (ui.ChartData, error) {
	wide, err := p.Draw(960, "plot-wide")
	if err != nil {
		return ui.ChartData{}, err
	}
	narrow, err := p.Draw(360, "plot-narrow")
	if err != nil {
		return ui.ChartData{}, err
	}
	d := ui.Plotted(p.Title, wide, narrow)
	d.Source = w.say("reports.source", "at", w.f.ReadAt)
	return d, nil
}

func (p pages) runNow(c *httpx.Ctx) error {
	r, err := p.RunNow(c.Std(), c.Who, c.FormValue("definition"), c.FormValue("programme"), c.FormValue("cut"))
	if err != nil {
		return err
	}
	return c.See("/reports/runs/" + string(r.ID))
}

func (p pages) retry(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if err := p.Retry(c.Std(), c.Who, id); err != nil {
		return err
	}
	return c.See("/reports/runs/" + string(id))
}
