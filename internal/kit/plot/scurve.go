package plot

import (
	"slices"
	"time"

	chart "github.com/wcharczuk/go-chart/v2"

	"lotrinh/internal/kit/fault"
)

// Line is a named line over days. Dates rise; each has one value.
type Line struct {
	Name   string
	Dates  []time.Time
	Values []float64
}

// Band is a forecast: for each day a low, a likely and a high value.
type Band struct {
	Name              string
	LowName, HighName string // column heads of the table
	Dates             []time.Time
	Low, Mid, High    []float64
}

// SCurveSpec is progress over time: what was declared (hollow), what was verified
// (solid), what was planned (dashed), and what may come (band).
type SCurveSpec struct {
	Frame
	DateHead string // head of the table's first column: "Ngày"
	Declared Line
	Verified Line
	Plan     Line
	Forecast Band
	Total    float64   // where the end is; the axis reaches it
	TotalTag string    // "139 xã"
	Today    time.Time // a rule at this day, when set
	TodayTag string    // "Hôm nay"
}

// Key names the content of the specification.
func (s SCurveSpec) Key() string { return keyOf(s) }

// curve is a line ready to be drawn.
type curve struct {
	name   string
	tone   shade
	days   []float64
	values []float64
}

// SCurve draws progress over time.
func SCurve(spec SCurveSpec) (c Chart, err error) {
	defer rescue(&err)
	key := spec.Key()
	f, err := spec.settle(key)
	if err != nil {
		return Chart{}, err
	}
	if err := spec.check(); err != nil {
		return Chart{}, err
	}
	curves := spec.curves()
	g := &scurve{spec: spec, f: f, curves: curves}
	g.lay()
	var t Table
	t, g.rows = dayTable(f, spec.DateHead, "", spec.columns())
	return finish(f, key, sketch{
		kind: "scurve", height: g.height, table: t, empty: len(curves) == 0, draw: g.draw,
	})
}

func (s SCurveSpec) check() error {
	var k fault.Check
	for _, l := range []Line{s.Plan, s.Declared, s.Verified} {
		k.Need(len(l.Dates) == len(l.Values), "values", "plot.unequal", "name", l.Name, "labels", len(l.Dates), "values", len(l.Values))
		k.Need(rising(l.Dates), "dates", "plot.unordered", "name", l.Name)
		k.Need(len(l.Values) <= mostMarks, "values", "plot.too_many", "count", len(l.Values), "most", mostMarks)
		finite(&k, l.Name, l.Values...)
		notNegative(&k, l.Name, l.Values...)
	}
	b := s.Forecast
	n := len(b.Dates)
	k.Need(len(b.Low) == n && len(b.Mid) == n && len(b.High) == n, "values", "plot.unequal", "name", b.Name, "labels", n, "values", max(len(b.Low), len(b.Mid), len(b.High)))
	k.Need(rising(b.Dates), "dates", "plot.unordered", "name", b.Name)
	k.Need(n <= mostMarks, "values", "plot.too_many", "count", n, "most", mostMarks)
	finite(&k, b.Name, slices.Concat(b.Low, b.Mid, b.High)...)
	notNegative(&k, b.Name, slices.Concat(b.Low, b.Mid, b.High)...)
	for i := range min(len(b.Low), len(b.High)) {
		if b.Low[i] > b.High[i] {
			k.Need(false, "values", "plot.band_crossed", "name", b.Name)
			break
		}
	}
	finite(&k, s.TotalTag, s.Total)
	notNegative(&k, s.TotalTag, s.Total)
	return k.Err()
}

func rising(days []time.Time) bool {
	for i := 1; i < len(days); i++ {
		if !days[i].After(days[i-1]) {
			return false
		}
	}
	return true
}

func (s SCurveSpec) curves() []curve {
	return slices.Concat(s.Plan.as(Plan), Line{s.Forecast.Name, s.Forecast.Dates, s.Forecast.Mid}.as(Forecast), s.Declared.as(Declared), s.Verified.as(Verified))
}

// as is the line as a curve of a tone, or none where it has no points.
func (l Line) as(tone Tone) []curve {
	if len(l.Dates) == 0 {
		return nil
	}
	c := curve{name: tidy(l.Name), tone: must(tone), values: l.Values}
	for _, d := range l.Dates {
		c.days = append(c.days, dayNumber(d))
	}
	return []curve{c}
}

// column is a line as a column of the table behind a chart.
type column struct {
	head  string
	dates []time.Time
	v     []float64
}

func (s SCurveSpec) columns() []column {
	return []column{
		{s.Declared.Name, s.Declared.Dates, s.Declared.Values}, {s.Verified.Name, s.Verified.Dates, s.Verified.Values},
		{s.Plan.Name, s.Plan.Dates, s.Plan.Values}, {s.Forecast.Name, s.Forecast.Dates, s.Forecast.Mid},
		{s.Forecast.LowName, s.Forecast.Dates, s.Forecast.Low}, {s.Forecast.HighName, s.Forecast.Dates, s.Forecast.High},
	}
}

// dayTable has one row a day on which any line has a value; days are those of the rows.
func dayTable(f Frame, dateHead, unit string, all []column) (t Table, days []float64) {
	all = slices.DeleteFunc(all, func(c column) bool { return len(c.dates) == 0 })
	t.Head = []string{tidy(dateHead)}
	values := map[float64][]string{}
	for i, c := range all {
		t.Head = append(t.Head, tidy(c.head))
		for j, at := range c.dates {
			d := dayNumber(at)
			if values[d] == nil {
				values[d] = make([]string, len(all))
				days = append(days, d)
			}
			values[d][i] = f.figure(c.v[j], unit)
		}
	}
	slices.Sort(days)
	for _, d := range days {
		t.Rows = append(t.Rows, append([]string{f.day(fromDayNumber(d))}, values[d]...))
	}
	return t, days
}

// series is a curve as go-chart takes it.
func (c curve) series() chart.ContinuousSeries {
	return chart.ContinuousSeries{XValues: c.days, YValues: c.values}
}

// span is the forecast band as go-chart takes it.
type span struct {
	days      []float64
	low, high []float64
}

// Len is how many days the band has.
func (s span) Len() int { return len(s.days) }

// GetBoundedValues is one day of the band.
func (s span) GetBoundedValues(i int) (x, y1, y2 float64) { return s.days[i], s.high[i], s.low[i] }
