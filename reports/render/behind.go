package render

import (
	"math"
	"strconv"
	"strings"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/plot"
)

// drawnAs is how a workbook draws what a chart shows; other kinds bring no numbers.
var drawnAs = map[string]NativeKind{"scurve": Lines, "burnup": Lines, "days": Lines, "stacked": Layers, "bars": Bars, "lollipop": Bars, "attain": Bars,
	"columns": Columns, "ages": Columns, "pareto": Columns}

// tones are the colours of several series, in their order; one alone is neutral.
var tones = map[NativeKind][]plot.Tone{
	Lines:  {plot.Declared, plot.Verified, plot.Plan, plot.Forecast, plot.Neutral, plot.Good},
	Layers: {plot.Official, plot.Trial, plot.Preparing, plot.Held, plot.Good, plot.Neutral},
}

// behind is the numbers of a figure as a table, none when a table of the document has
// them or the chart is of a kind that is no table of numbers.
func (f Figure) behind(t i18n.T) *Table {
	kind, known := drawnAs[f.Chart.Kind()]
	switch {
	case f.Listed:
		return nil
	case f.Data != nil:
		return f.Data
	case !known || f.Chart.Empty():
		return nil
	}
	name, _, _ := strings.Cut(f.Caption, ". ")
	return read(t, f.Chart.Table(), Table{Caption: f.Caption, Sheet: name}, kind, f.Chart.Alt())
}

// read turns the written cells of a chart's table back into numbers and days.
func read(t i18n.T, from plot.Table, to Table, kind NativeKind, title string) *Table {
	to.Rows = make([][]any, len(from.Rows))
	var series []NativeSeries
	for i, head := range from.Head {
		cells, form := column(t, from.Rows, i)
		if i == 0 && form != Date {
			cells, form = words(from.Rows), Text
		}
		to.Columns = append(to.Columns, Column{Head: head, Form: form})
		for j := range cells {
			to.Rows[j] = append(to.Rows[j], cells[j])
		}
		if i > 0 && form != Text && form != Date {
			series = append(series, NativeSeries{Column: i})
		}
	}
	switch kind {
	case Layers:
		series = series[:max(0, len(series)-1)] // the last is the sum
	case Bars, Columns:
		series = series[:min(1, len(series))]
	}
	for i := range series {
		if all := tones[kind]; len(series) > 1 && len(all) > 0 {
			series[i].Tone = all[i%len(all)]
		}
	}
	if len(series) > 0 {
		to.Chart = &Native{Kind: kind, Title: title, Series: series}
	}
	return &to
}

func words(rows [][]string) []any {
	all := make([]any, len(rows))
	for i, r := range rows {
		all[i] = at(r, 0)
	}
	return all
}

func at(row []string, i int) string {
	if i < len(row) {
		return row[i]
	}
	return ""
}

// column is the cells of one column in the narrowest form that holds all of them.
func column(t i18n.T, rows [][]string, i int) ([]any, Form) {
	for _, form := range []Form{Whole, Decimal, Rate, Date} {
		all, fits := make([]any, len(rows)), false
		for j, r := range rows {
			s := strings.TrimSpace(at(r, i))
			if s == "" || s == "–" {
				continue
			}
			v, ok := cell(t, s, form)
			if fits = ok; !ok {
				break
			}
			all[j] = v
		}
		if fits {
			return all, form
		}
	}
	all := make([]any, len(rows))
	for j, r := range rows {
		all[j] = at(r, i)
	}
	return all, Text
}

// cell is a written cell as a value of a form.
func cell(t i18n.T, s string, form Form) (any, bool) {
	if form == Date {
		day, err := time.ParseInLocation("02/01/2006", s, clock.City)
		return day, err == nil
	}
	bare, share := strings.CutSuffix(s, "%")
	group, point := ".", ","
	if t.Lang == i18n.EN {
		group, point = ",", "."
	}
	v, err := strconv.ParseFloat(strings.Replace(strings.ReplaceAll(strings.TrimSpace(bare), group, ""), point, ".", 1), 64)
	switch {
	case err != nil || math.IsInf(v, 0) || math.IsNaN(v) || share != (form == Rate):
		return nil, false
	case form == Rate:
		return v / 100, true
	case form == Whole:
		return int64(v), v == math.Trunc(v) && math.Abs(v) < 1e15
	}
	return v, true
}
