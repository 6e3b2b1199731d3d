package define

import (
	"cmp"
	"slices"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"lotrinh/internal/kit/plot"
	"lotrinh/reports/metric"
	"lotrinh/reports/render"
)

// line is a row of a table before it is cut to what is wanted.
type line struct {
	unit  Unit
	cells []any
}

func (w writer) table(b Block) []Piece {
	if b.Rows == ByMetric {
		return w.metricTable(b)
	}
	units := w.f.Districts
	head := "district"
	if b.Rows == ByCommune {
		units, head = w.f.Communes, "commune"
	}
	columns := []render.Column{{Head: w.say("reports.define.column." + head)}}
	for _, c := range b.Columns {
		columns = append(columns, w.column(c))
	}
	all := make([]line, 0, len(units))
	known := false
	for _, u := range units {
		l := line{unit: u, cells: []any{upper(u.Name)}}
		for _, c := range b.Columns {
			cell := w.cell(c, u.Code)
			known = known || cell != nil
			l.cells = append(l.cells, cell)
		}
		all = append(all, l)
	}
	if !known {
		return nil
	}
	if b.Sort != nil {
		sorted(all, *b.Sort)
	}
	if b.Most > 0 {
		all = all[:min(len(all), b.Most)]
	}
	var rows [][]any
	var hrefs []string
	var foot []any
	for _, l := range all {
		rows, hrefs = append(rows, l.cells), append(hrefs, l.unit.Href)
	}
	if b.Foot == "sum" && len(units) > 1 {
		foot = []any{w.say("reports.define.column.sum")}
		for _, c := range b.Columns {
			foot = append(foot, w.sum(c, units))
		}
	}
	g := w.grid(b.Name, columns, rows, hrefs, foot)
	if b.Spark != "" {
		for _, l := range all {
			g.Sparks = append(g.Sparks, w.spark(b.Spark, l.unit))
		}
	}
	return []Piece{g}
}

func (w writer) column(c Column) render.Column {
	m, _ := metric.Find(c.Metric)
	out := render.Column{Head: c.Head.In(w.T.Lang), Form: formOf(m)}
	if out.Head == "" {
		out.Head = m.Name(w.T)
		if c.Show != "" && c.Show != Now {
			out.Head = w.say("reports.define.head."+string(c.Show), "name", out.Head)
		}
	}
	if c.Show == Share {
		out.Form = render.Rate
	}
	if c.Show == Change && m.Unit == metric.Day {
		out.Form = render.Whole
	}
	return out
}

func formOf(m metric.Metric) render.Form {
	switch {
	case m.Unit == metric.Share:
		return render.Rate
	case m.Unit == metric.Day:
		return render.Date
	case m.Scale > 1:
		return render.Decimal
	}
	return render.Whole
}

// cell is what a column shows of a unit; nil when it is unknown.
func (w writer) cell(c Column, unit string) any {
	m, known := metric.Find(c.Metric)
	if !known {
		return nil
	}
	return shown(m, c, w.f.Now.At(c.Metric, unit), w.f.Before.At(c.Metric, unit), w.f.Now.At(c.Of, unit))
}

func shown(m metric.Metric, c Column, now, before, of metric.Value) any {
	switch c.Show {
	case Before:
		return number(m, before)
	case Change:
		a, had := before.Number(m)
		b, has := now.Number(m)
		switch {
		case !had || !has:
			return nil
		case m.Unit == metric.Share || m.Scale > 1:
			return b - a
		}
		return int64(b - a)
	case Share:
		if !now.Known || !of.Known || of.N == 0 {
			return nil
		}
		return float64(now.N) / float64(of.N)
	}
	return number(m, now)
}

// number is a value as a cell; nil when it is unknown.
func number(m metric.Metric, v metric.Value) any {
	x, ok := v.Number(m)
	switch {
	case !ok:
		return nil
	case m.Unit == metric.Day:
		return time.Unix(0, 0).UTC().AddDate(0, 0, int(min(max(v.N, 0), 80000)))
	case m.Unit == metric.Share || m.Scale > 1:
		return x
	}
	return v.N
}

// sum is the foot of a column over all units: of a rate its parts are summed first; of
// a figure there is none.
func (w writer) sum(c Column, units []Unit) any {
	m, known := metric.Find(c.Metric)
	if !known || m.Kind == metric.Figure {
		return nil
	}
	var now, before, of metric.Value
	for _, u := range units {
		now = plus(now, w.f.Now.At(c.Metric, u.Code))
		before = plus(before, w.f.Before.At(c.Metric, u.Code))
		of = plus(of, w.f.Now.At(c.Of, u.Code))
	}
	return shown(m, c, now, before, of)
}

func plus(a, b metric.Value) metric.Value {
	if !b.Known {
		return a
	}
	return metric.Value{N: a.N + b.N, Of: a.Of + b.Of, Known: true}
}

// sorted orders rows by a column; what is unknown stands last, what is alike keeps its order.
func sorted(all []line, s Sort) {
	col := collate.New(language.Vietnamese)
	slices.SortStableFunc(all, func(x, y line) int {
		a, b := x.cells[s.Column], y.cells[s.Column]
		if a == nil || b == nil {
			return cmp.Compare(rank(a), rank(b))
		}
		var n int
		switch a := a.(type) { // a column holds one type
		case string:
			b, _ := b.(string)
			n = col.CompareString(a, b)
		case int64:
			b, _ := b.(int64)
			n = cmp.Compare(a, b)
		case float64:
			b, _ := b.(float64)
			n = cmp.Compare(a, b)
		case time.Time:
			b, _ := b.(time.Time)
			n = a.Compare(b)
		}
		if s.Desc {
			return -n
		}
		return n
	})
}

func rank(cell any) int {
	if cell == nil {
		return 1
	}
	return 0
}

// metricTable has a row for each metric, of the cut's own unit.
func (w writer) metricTable(b Block) []Piece {
	columns := []render.Column{{Head: w.say("reports.define.column.metric")}, {Head: w.say("reports.define.column.unit")}}
	for _, c := range b.Columns {
		head := c.Head.In(w.T.Lang)
		if head == "" {
			head = w.say("reports.define.head." + string(cmp.Or(c.Show, Now)) + ".short")
		}
		columns = append(columns, render.Column{Head: head, Form: render.Mixed})
	}
	var rows [][]any
	known := false
	for _, k := range b.Metrics {
		m, _ := metric.Find(k)
		row := []any{m.Name(w.T), w.say("metric.unit." + string(m.Unit))}
		for _, c := range b.Columns {
			cell := w.cell(Column{Metric: k, Show: c.Show, Of: c.Of}, w.f.Unit)
			known = known || cell != nil
			row = append(row, mixed(m, c, cell))
		}
		rows = append(rows, row)
	}
	if !known {
		return nil
	}
	return []Piece{w.grid(b.Name, columns, rows, nil, nil)}
}

// mixed is a cell of a column that holds different units: shares are told in percent.
func mixed(m metric.Metric, c Column, cell any) any {
	if x, is := cell.(float64); is && (m.Unit == metric.Share || c.Show == Share) {
		return x * 100
	}
	return cell
}

// spark is the line of a metric of a unit, without axes.
func (w writer) spark(k metric.Key, u Unit) Picture {
	m, _ := metric.Find(k)
	title := w.say("reports.define.spark", "name", m.Name(w.T), "where", upper(u.Name))
	return Picture{Title: title, Draw: func(width int, class string) (plot.Chart, error) {
		spec := plot.SparkSpec{Frame: plot.Frame{Title: title, Empty: w.say("reports.define.no_data"), Lang: w.T.Lang, Width: width, Class: class},
			Head: w.say("reports.define.column.day"), ValueHead: m.Name(w.T)}
		for _, mark := range w.marks(k, u.Code) {
			spec.Labels, spec.Values = append(spec.Labels, w.day(mark.Day)), append(spec.Values, mark.x)
		}
		return w.Draw(spec.Key(), func() (plot.Chart, error) { return plot.Spark(spec) })
	}}
}

// mark is a number on a day.
type mark struct {
	Day string
	at  time.Time
	x   float64
}

// mostMarks is the longest line that is drawn, in days.
const mostMarks = 800

// marks are the known numbers of a metric of a unit, day by day; of a rate they are
// made of its parts.
func (w writer) marks(k metric.Key, unit string) []mark {
	m, _ := metric.Find(k)
	days := map[string]metric.Table{}
	var order []string
	for _, l := range w.f.Series {
		if l.Unit != unit {
			continue
		}
		for _, x := range l.Marks {
			if days[x.Day] == nil {
				days[x.Day], order = metric.Table{}, append(order, x.Day)
			}
			days[x.Day].Put(l.Metric, unit, x.Value)
		}
	}
	slices.Sort(order)
	var all []mark
	for _, day := range order[max(0, len(order)-mostMarks):] {
		at, err := time.Parse("2006-01-02", day)
		if x, ok := days[day].At(k, unit).Number(m); ok && err == nil {
			all = append(all, mark{day, at, x})
		}
	}
	return all
}
