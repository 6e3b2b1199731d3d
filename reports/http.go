package reports

import (
	"context"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/reports/views"
)

type pages struct {
	*Service
	page *site.Site
}

// Routes declares the pages and the API of the reports.
func (s *Service) Routes(r *httpx.Router, page *site.Site) {
	p := pages{s, page}
	r.Page("GET", "/overview", p.overview)
	r.Page("GET", "/reports", p.list)
	r.Page("POST", "/reports/runs", p.runNow)
	r.Page("GET", "/reports/runs/:id", p.run)
	r.Page("GET", "/reports/runs/:id/state", p.runState)
	r.Page("POST", "/reports/runs/:id/retry", p.retry)
	r.Page("GET", "/reports/runs/:id/report.pdf", p.file(PDF))
	r.Page("GET", "/reports/runs/:id/report.xlsx", p.file(XLSX))
	r.Page("GET", "/reports/schedules/new", p.newSchedule)
	r.Page("POST", "/reports/schedules/new", p.addSchedule)
	r.Page("GET", "/reports/schedules/:id", p.schedule)
	r.Page("POST", "/reports/schedules/:id", p.changeSchedule)
	s.api(r)
}

// overview is the page of leadership.
func (p pages) overview(c *httpx.Ctx) error {
	t := c.T
	f, err := p.Now(c.Std(), c.Who, c.Query("programme"))
	v := views.OverviewView{Header: ui.HeaderData{Title: t.Say("reports.overview.title")}}
	switch {
	case fault.HasKey(err, "reports.overview.no_programme") || err == nil && f.Progress.Total.Total == 0 && len(f.Progress.Tiles) == 0:
		v.Empty = &ui.EmptyData{Icon: "chart-bar", Title: t.Say("reports.overview.empty"), Text: t.Say("reports.overview.no_programme"),
			Action: &ui.Action{Label: t.Say("reports.overview.to_rollout"), Href: "/rollout"}}
	case err != nil:
		return err
	default:
		if err := p.fill(c.Std(), t, f, &v); err != nil {
			return err
		}
		v.Header.Lead = t.Say("reports.overview.lead", "name", writer{t: t}.name(f.Progress.Programme.Title, f.Progress.Programme.TitleEN), "at", f.ReadAt)
	}
	if c.Who.May(Read) {
		v.Header.Action = &ui.Action{Label: t.Say("reports.title"), Href: "/reports", Icon: "report"}
	}
	return p.page.Show(c, site.Page{Title: v.Header.Title, At: "/overview"}, views.Overview(t, v))
}

func (p pages) fill(_ context.Context, t i18n.T, f Figures, v *views.OverviewView) error {
	w := p.writer(t, f)
	v.Figures = w.cards()
	for _, one := range []struct {
		pic Picture
		to  *ui.ChartData
	}{{w.curve(), &v.Curve}, {w.districts(), &v.Stages}, {w.tiles(), &v.Tiles}, {w.gapBars(), &v.Gaps}} {
		c, err := w.shown(one.pic)
		if err != nil {
			return err
		}
		*one.to = c
	}
	v.Lists = w.lists()
	return nil
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

func (p pages) file(form string) httpx.Handler {
	return func(c *httpx.Ctx) error {
		id, err := ident.Parse(c.Params("id"))
		if err != nil {
			return err
		}
		f, err := p.FileOf(c.Std(), c.Who, id, form)
		if err != nil {
			return err
		}
		return p.files.Send(c, f)
	}
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
