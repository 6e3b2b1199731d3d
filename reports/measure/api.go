package measure

import (
	"cmp"
	"slices"
	"strconv"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/page"
	"lotrinh/reports/metric"
)

// MetricOut is an entry of the catalogue as the API shows it.
type MetricOut struct {
	Key         string `json:"key"`
	Name        string `json:"name"`
	Definition  string `json:"definition"`
	Kind        string `json:"kind" doc:"flow (summed over days), level (at the end of a day), rate (numerator over denominator, each summed) or figure (never summed)"`
	Unit        string `json:"unit" doc:"what is counted; share is a part of one, day is days since 1970-01-01"`
	Numerator   string `json:"numerator,omitempty"`
	Denominator string `json:"denominator,omitempty"`
	Source      string `json:"source"`
	Owner       string `json:"owner"`
	Grain       string `json:"grain" doc:"the smallest part of the city that it is told for: commune, district or city"`
	Dimension   string `json:"dimension,omitempty"`
	Better      string `json:"better,omitempty" doc:"more or less"`
}

// PointOut is a value as the API shows it.
type PointOut struct {
	Unit  string   `json:"unit"`
	Day   string   `json:"day" doc:"of a flow by unit, the last day of the span"`
	Value *float64 `json:"value,omitempty" doc:"in the metric's unit; absent for a rate of nothing"`
	N     int64    `json:"n" doc:"the value as it is kept; of a rate the numerator"`
	Of    int64    `json:"of,omitempty" doc:"of a rate the denominator"`
}

func (s *Service) api(r *httpx.Router) {
	const tag = "metrics"
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/metrics", ID: "listMetrics", Tag: tag, Summary: "The catalogue of metrics", Query: httpx.Paged, Out: httpx.List[MetricOut]{}}, s.apiList)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/metrics/:key", ID: "getMetric", Tag: tag, Summary: "Values of a metric, day by day of one unit or of every unit right below it; what is unknown is left out",
		Query: append([]httpx.Param{{Name: "unit", Doc: "code of a unit, the city unasked"}, {Name: "from", Doc: "first day, 2016-11-01; six weeks back unasked"}, {Name: "until", Doc: "last day, today unasked"},
			{Name: "by", Doc: "day: each day of the unit; unit: the units right below it over the span", Enum: []string{"day", "unit"}},
			{Name: "of", Doc: "one value of the metric's dimension; all together unasked"},
			{Name: "format", Doc: "csv: the unit and what lies right below it by day, in one file", Enum: []string{"json", "csv"}}}, httpx.Paged...),
		Out: httpx.List[PointOut]{}}, s.apiOne)
}

func (s *Service) apiList(c *httpx.Ctx) error {
	if err := s.mayRead(c.Who); err != nil {
		return err
	}
	r := page.Read(c.Query("after"), c.Query("limit"))
	all := slices.SortedFunc(slices.Values(metric.All), func(a, b metric.Metric) int { return cmp.Compare(a.Key, b.Key) })
	var rows []MetricOut
	for _, m := range all {
		if after := r.After(); len(after) == 1 && string(m.Key) <= after[0] {
			continue
		}
		o := MetricOut{Key: string(m.Key), Name: m.Name(c.T), Definition: m.Definition(c.T), Kind: string(m.Kind), Unit: string(m.Unit), Numerator: string(m.Num),
			Denominator: string(m.Den), Source: m.Source(), Owner: m.Owner, Grain: string(m.Grain), Dimension: string(m.Dim)}
		switch m.Wish {
		case metric.More:
			o.Better = "more"
		case metric.Less:
			o.Better = "less"
		}
		rows = append(rows, o)
	}
	return reply(c, r, rows, func(o MetricOut) string { return o.Key })
}

func (s *Service) apiOne(c *httpx.Ctx) error {
	if c.Query("format") == "csv" {
		return s.file(c)
	}
	a, err := s.read(c.Std(), c.Who, func(name string) string { return c.Query(name) }, c.Params("key"))
	if err != nil {
		return err
	}
	r := page.Read(c.Query("after"), c.Query("limit"))
	if c.Query("by") == "unit" {
		return s.apiUnits(c, a, r)
	}
	if after := r.After(); len(after) == 1 { // only the days of this page are read
		next, err := step(after[0], 1)
		if err != nil || next > a.span.Until {
			return reply(c, r, nil, func(PointOut) string { return "" })
		}
		a.span.From = max(a.span.From, next)
	}
	lines, err := s.Series(c.Std(), c.Who, a.ask(a.unit.Code))
	if err != nil {
		return err
	}
	var rows []PointOut
	for _, l := range lines {
		for _, m := range l.Marks {
			rows = append(rows, point(a.m, l.Unit, m.Day, m.Value))
		}
	}
	return reply(c, r, rows, func(p PointOut) string { return p.Day })
}

func (s *Service) apiUnits(c *httpx.Ctx, a asked, r page.Request) error {
	var units []string
	for _, u := range a.parts(c.Who) {
		if after := r.After(); len(after) != 1 || u.Code > after[0] {
			units = append(units, u.Code)
		}
	}
	slices.Sort(units)
	t, err := s.Values(c.Std(), c.Who, a.ask(units...))
	if err != nil {
		return err
	}
	var rows []PointOut
	for _, u := range units {
		if v := t.At(a.m.Key, u); v.Known {
			rows = append(rows, point(a.m, u, a.span.Until, v))
		}
	}
	return reply(c, r, rows, func(p PointOut) string { return p.Unit })
}

func point(m metric.Metric, unit, day string, v metric.Value) PointOut {
	p := PointOut{Unit: unit, Day: day, N: v.N, Of: v.Of}
	if x, ok := v.Number(m); ok {
		p.Value = &x
	}
	return p
}

// reply is one page of rows that are in the order of their keys.
func reply[T any](c *httpx.Ctx, r page.Request, rows []T, key func(T) string) error {
	cut := page.Cut(r, rows, func(x T) []string { return []string{key(x)} })
	out := httpx.List[T]{Items: cut.Items, Next: cut.Next}
	if out.Items == nil {
		out.Items = []T{}
	}
	return c.Reply(0, out)
}

// plain is a number for other programs: a point for decimals, nothing between thousands.
func plain(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
