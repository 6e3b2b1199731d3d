package measure

import (
	"bytes"
	"iter"
	"strings"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/reports/metric"
)

// Home is where the catalogue lies.
const Home = "/reports/metrics"

// path is the page of a metric.
func path(k metric.Key) string { return Home + "/" + string(k) }

// pages are the catalogue on the site.
type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages and the API.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	r.Page("GET", Home, p.list)
	r.Page("GET", Home+"/:key", p.one)
	r.Page("GET", Home+"/:key/days.csv", p.days)
	s.api(r)
}

// days is a metric of a unit and of what lies right below it, day by day, as a file for
// other programs: days as 2016-11-10, decimals with a point, what is unknown left out.
func (p *pages) days(c *httpx.Ctx) error { return p.file(c) }

func (s *Service) file(c *httpx.Ctx) error {
	a, err := s.read(c.Std(), c.Who, func(name string) string { return c.Query(name) }, c.Params("key"))
	if err != nil {
		return err
	}
	var units []string
	if reach(c.Who)(a.unit.Code) { // else its row would be the sum of a part
		units = append(units, a.unit.Code)
	}
	for _, u := range a.parts(c.Who) {
		units = append(units, u.Code)
	}
	lines, err := s.Series(c.Std(), c.Who, a.ask(units...))
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := importer.WriteCSV(&b, []string{"metric", "day", "unit", "unit_name", "parent", "value", "n", "of"}, rowsOf(a, lines)); err != nil {
		return err
	}
	name := strings.ReplaceAll(string(a.m.Key), ".", "-") + "-" + a.unit.Code + "-" + a.span.From + "-" + a.span.Until
	c.Set("Content-Type", "text/csv; charset=utf-8")
	c.Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
	return c.Send(b.Bytes())
}

// rowsOf are the rows of a file.
func rowsOf(a asked, lines []metric.Line) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, l := range lines {
			u, known := a.tree.Unit(l.Unit)
			if !known {
				u = org.Unit{Code: l.Unit}
			}
			for _, m := range l.Marks {
				var value, of any
				if x, ok := m.Value.Number(a.m); ok {
					value = plain(x)
				}
				if a.m.Kind == metric.Rate {
					of = m.Value.Of
				}
				if !yield([]any{string(l.Metric), m.Day, u.Code, a.tree.Name(u.Code), u.Parent, value, m.Value.N, of}, nil) {
					return
				}
			}
		}
	}
}
