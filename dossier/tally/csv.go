package tally

import (
	"bytes"
	"iter"
	"maps"
	"slices"
	"strings"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/org"
)

// file answers with everything of the board as one long table: a line for each figure.
func (p *pages) file(c *httpx.Ctx) error {
	unit, tree, err := p.asked(c)
	if err != nil {
		return err
	}
	b, err := p.Board(c.Std(), c.Who, unit, Months(c.Query("from"), c.Query("until"), p.Dossiers.Now()))
	if err != nil {
		return err
	}
	names, err := p.procedureNames(c)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := importer.WriteCSV(&out, []string{"table", "key", "name", "figure", "value", "n", "source"}, lines(c.T, tree, b, names)); err != nil {
		return err
	}
	c.Set("Content-Type", "text/csv; charset=utf-8")
	c.Set("Content-Disposition", `attachment; filename="dossiers-`+b.Unit.Code+"-"+b.Span.From[:7]+"-"+lastMonth(b.Span)+`.csv"`)
	return c.Send(out.Bytes())
}

// lines are the rows of the file: counts and shares of the place, of what lies right below
// and of procedures; times in seconds; the nine indicators.
func lines(t i18n.T, tree *org.Tree, b Board, names map[string]string) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		ok := true
		put := func(cells ...any) { ok = ok && yield(cells, nil) }
		flow := func(table, key, name string, f Flow) {
			for _, m := range Metrics {
				put(table, key, name, string(m), f[m], nil, nil)
			}
			share := func(figure string, x float64, has bool) {
				if has {
					put(table, key, name, figure, x, nil, nil)
				}
			}
			onTime, finished := f.OnTime()
			share("on_time_share", onTime, finished)
			online, filed := f.Share(FiledOnline, Filed)
			share("online_share", online, filed)
			asked, filed := f.Share(Supplemented, Filed)
			share("supplemented_share", asked, filed)
		}
		flow("place", b.Unit.Code, b.Unit.Full(), b.Total)
		for _, code := range slices.Sorted(maps.Keys(b.Units)) {
			flow("unit", code, tree.Name(code), b.Units[code])
		}
		for _, key := range slices.Sorted(maps.Keys(b.Procedures)) {
			flow("procedure", key, names[key], b.Procedures[key])
		}
		for _, one := range allTimes(b) {
			put("time", one.Key, nil, "median_seconds", one.Median, one.N, nil)
			put("time", one.Key, nil, "p90_seconds", one.P90, one.N, nil)
		}
		for _, m := range marksOut(b) {
			put("indicator", m.Indicator, t.Say("tally.indicator."+itoa(int64(m.Indicator))), "points", float64(m.Tenths)/10, m.N, strings.Join(m.Source, "+"))
		}
		put("score", b.Unit.Code, b.Unit.Full(), "points", float64(b.Score.Tenths)/10, float64(b.Score.Of)/10, string(b.Score.Level))
	}
}

// marksOut are the indicators that have data.
func marksOut(b Board) []MarkOut {
	all := []MarkOut{}
	for _, m := range b.Score.Marks {
		all = append(all, MarkOut{Indicator: int(m.Indicator), Tenths: m.Tenths, N: m.N, Weight: m.Weight, Source: sources[m.Indicator]})
	}
	return all
}
