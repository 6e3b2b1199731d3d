package outlook

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout"
	"lotrinh/rollout/outlook/views"
)

// sentence is what leadership reads of a forecast: "xong trước 28/12/2016, chắc chắn 85 %".
func sentence(t i18n.T, f Forecast) string {
	switch {
	case f.Done >= f.Total:
		return t.Say("outlook.said.done", "n", f.Total)
	case f.Why != "":
		return t.Say("outlook.said." + string(f.Why))
	case f.P85On == "":
		return t.Say("outlook.said.beyond")
	}
	return t.Say("outlook.said", "day", day(t, f.P85On))
}

// madeBy is who made a forecast.
func madeBy(t i18n.T, f Forecast) string {
	if f.MadeByName == system.Name {
		return t.Say("outlook.by.system")
	}
	return f.MadeByName
}

// lineOf is a forecast as a row: the sentence and what it rests on.
func lineOf(t i18n.T, f Forecast) views.Line {
	l := views.Line{Phase: phaseOf(t, f.Phase), Said: sentence(t, f), Made: t.Say("outlook.made", "at", f.MadeAt), Progress: t.Say("outlook.progress", "done", f.Done, "total", f.Total)}
	if f.P50On != "" && f.Done < f.Total {
		l.Likely = t.Say("outlook.likely", "p50", day(t, f.P50On))
		if f.P95On != "" {
			l.Likely = t.Say("outlook.likely95", "p50", day(t, f.P50On), "p95", day(t, f.P95On))
		}
	}
	if f.Blocked > 0 {
		l.Blocked = t.Say("outlook.blocked", "n", f.Blocked)
		if f.FreeP85On != "" {
			l.Blocked = t.Say("outlook.blocked_free", "n", f.Blocked, "day", day(t, f.FreeP85On))
		}
	}
	return l
}

// look is what this room adds to the programme's page.
func (s *Service) look(ctx context.Context, t i18n.T, who access.Actor, code string) (rollout.Ahead, error) {
	all, err := s.Latest(ctx, who, code)
	if err != nil || len(all) == 0 {
		return rollout.Ahead{}, err
	}
	var a rollout.Ahead
	v := views.Panel{Title: t.Say("outlook.panel"), Action: ui.Action{Label: t.Say("outlook.panel.more"), Href: here + "?p=" + code}}
	for _, f := range all {
		v.Lines = append(v.Lines, lineOf(t, f))
	}
	a.Panel = views.Sentences(t, v)
	if f := all[0]; f.Phase == rollout.Any && f.Done < f.Total && len(f.Cone) > 0 {
		a.Days, a.Low, a.Mid, a.High = coneOf(f)
	}
	return a, nil
}

// coneOf is the cone from the day of the forecast on.
func coneOf(f Forecast) (days []time.Time, low, mid, high []float64) {
	add := func(date string, l, m, h int) {
		if d, err := clock.ParseDate(date); err == nil {
			days, low, mid, high = append(days, d), append(low, float64(l)), append(mid, float64(m)), append(high, float64(h))
		}
	}
	if f.Cone[0].Day > f.MadeOn {
		add(f.MadeOn, f.Done, f.Done, f.Done)
	}
	for _, c := range f.Cone {
		add(c.Day, c.Low, c.Mid, c.High)
	}
	return days, low, mid, high
}

func (p pages) main(c *httpx.Ctx) error {
	pg, err := p.chosen(c)
	if err != nil {
		return err
	}
	latest, err := p.Latest(c.Std(), c.Who, pg.Code)
	if err != nil {
		return err
	}
	calibrations, err := p.Calibrations(c.Std(), c.Who, pg.Code)
	if err != nil {
		return err
	}
	history, err := p.History(c.Std(), c.Who, pg.Code, rollout.Any)
	if err != nil {
		return err
	}
	watches, err := p.Watches(c.Std(), c.Who, pg.ID)
	if err != nil {
		return err
	}
	holds, err := p.Holds(c.Std(), c.Who, pg.ID)
	if err != nil {
		return err
	}
	t := c.T
	v := views.Main{Head: ui.HeaderData{Title: t.Say("outlook.title"), Lead: t.Say("outlook.lead"), Crumbs: crumbs(c)}, Panel: views.Panel{Title: t.Say("outlook.panel")}}
	if c.Who.May(rollout.Plan) {
		v.Head.Action = &ui.Action{Label: t.Say("outlook.forecast_now"), Href: here + "/forecast", Post: true, Icon: "refresh", Hidden: []ui.Hidden{{Name: "p", Value: pg.Code}}}
	}
	if c.Who.May(Set) {
		v.Head.More = []ui.Action{{Label: t.Say("outlook.settings"), Href: here + "/settings?p=" + pg.Code, Icon: "settings"}}
	}
	for _, f := range latest {
		v.Panel.Lines = append(v.Panel.Lines, lineOf(t, f))
	}
	if v.Kept, v.Chart, err = p.kept(t, calibrations); err != nil {
		return err
	}
	v.History = historyTable(t, history)
	v.Waves = wavesTable(t, watches)
	v.Holds = holdsTable(t, holds)
	return p.site.Show(c, site.Page{Title: v.Head.Title, At: here}, views.MainPage(t, v))
}

// kept says how many of the sentences came true, with a chart beside what was promised.
func (p pages) kept(t i18n.T, all []Calibration) ([]string, ui.ChartData, error) {
	var lines []string
	spec := plot.ColumnsSpec{Head: t.Say("outlook.kept.percent"), ValueHead: t.Say("outlook.kept.share")}
	for _, k := range all {
		if k.Said == 0 {
			continue
		}
		lines = append(lines, t.Say("outlook.kept.line", "said", k.Said, "percent", k.Percent, "kept", k.Kept))
		share := float64(k.Kept) * 100 / float64(k.Said)
		spec.Columns = append(spec.Columns, plot.Bar{Label: t.Say("outlook.kept.promised", "percent", k.Percent), Value: float64(k.Percent)},
			plot.Bar{Label: t.Say("outlook.kept.true", "percent", k.Percent), Value: share, Tone: plot.Verified})
	}
	if len(lines) == 0 {
		return nil, ui.ChartData{}, nil
	}
	spec.Title, spec.Lang, spec.Empty = t.Say("outlook.kept.chart"), t.Lang, t.Say("ui.chart.none")
	wide, narrow := spec, spec
	wide.Width, wide.Class, narrow.Width, narrow.Class = 720, "plot-wide", 360, "plot-narrow"
	return p.plotted(spec.Title, lines, func() (plot.Chart, error) { return plot.Columns(wide) }, func() (plot.Chart, error) { return plot.Columns(narrow) }, wide.Key(), narrow.Key())
}

// plotted draws a chart twice, as it was last drawn from the same numbers.
func (p pages) plotted(title string, lines []string, wide, narrow func() (plot.Chart, error), wideKey, narrowKey string) ([]string, ui.ChartData, error) {
	big, err := p.charts.Get(wideKey, wide)
	if err != nil {
		return nil, ui.ChartData{}, err
	}
	small, err := p.charts.Get(narrowKey, narrow)
	return lines, ui.Plotted(title, big, small), err
}

func historyTable(t i18n.T, all []Forecast) ui.TableData {
	table := ui.TableData{Caption: t.Say("outlook.history"), Count: -1, Columns: []ui.Column{{Label: t.Say("outlook.col.made")}, {Label: t.Say("outlook.col.done"), Num: true},
		{Label: t.Say("outlook.col.p50")}, {Label: t.Say("outlook.col.p85")}, {Label: t.Say("outlook.col.p95")}},
		Empty: ui.EmptyData{Icon: "chart-line", Title: t.Say("outlook.history.none"), Text: t.Say("outlook.history.none.text")}}
	for _, f := range all {
		p85 := day(t, f.P85On)
		if p85 == "" {
			p85 = sentence(t, f)
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []templ.Component{ui.Two(day(t, f.MadeOn), madeBy(t, f)), ui.Number(t, int64(f.Done)), ui.Text(day(t, f.P50On)), ui.Text(p85), ui.Text(day(t, f.P95On))}})
	}
	return table
}

func wavesTable(t i18n.T, all []Watch) ui.TableData {
	table := ui.TableData{Caption: t.Say("outlook.waves"), Count: -1, Columns: []ui.Column{{Label: t.Say("outlook.col.wave")}, {Label: t.Say("outlook.col.units"), Num: true},
		{Label: t.Say("outlook.col.seen"), Num: true}, {Label: t.Say("outlook.col.expected"), Num: true}, {Label: t.Say("outlook.col.state")}},
		Empty: ui.EmptyData{Icon: "route", Title: t.Say("outlook.waves.none"), Text: t.Say("outlook.waves.none.text")}}
	for _, w := range all {
		seen, expected := 0, 0.0
		for _, s := range w.Steps {
			seen, expected = seen+s.Seen, expected+s.Expected
		}
		href := here + "/waves/" + w.Name
		table.Rows = append(table.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, t.Say("outlook.wave", "n", w.Phase, "day", day(t, w.From)), t.Say("outlook.wave.until", "day", day(t, w.Until))),
			ui.Number(t, int64(w.Units)), ui.Number(t, int64(seen)), ui.Text(t.Decimal(expected, 1)), ui.Badge(waveState(t, w))}})
	}
	return table
}

func waveState(t i18n.T, w Watch) ui.State {
	switch {
	case w.OverOn != "":
		return ui.State{Tone: ui.Bad, Word: t.Say("outlook.state.over", "day", day(t, w.OverOn))}
	case w.RatesKey == "":
		return ui.State{Tone: ui.Unknown, Word: t.Say("outlook.state.simulating")}
	case len(w.Steps) == 0:
		return ui.State{Tone: ui.Neutral, Word: t.Say("outlook.state.begins")}
	}
	return ui.State{Tone: ui.Good, Word: t.Say("outlook.state.healthy")}
}

var holdTones = map[HoldState]ui.Tone{Proposed: ui.Late, Held: ui.Bad, LetGo: ui.Neutral, Released: ui.Good}

func holdState(t i18n.T, h Hold) ui.State {
	return ui.State{Tone: holdTones[h.State], Word: t.Say("outlook.hold." + string(h.State))}
}

func holdsTable(t i18n.T, all []Hold) ui.TableData {
	table := ui.TableData{Caption: t.Say("outlook.holds"), Count: -1, Columns: []ui.Column{{Label: t.Say("outlook.col.proposal")}, {Label: t.Say("outlook.col.seen"), Num: true},
		{Label: t.Say("outlook.col.expected"), Num: true}, {Label: t.Say("outlook.col.state")}},
		Empty: ui.EmptyData{Icon: "shield-check", Title: t.Say("outlook.holds.none")}}
	for _, h := range all {
		href := here + "/holds/" + string(h.ID)
		table.Rows = append(table.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, t.Say("outlook.hold.because", "wave", h.Wave), t.Moment(h.ProposedAt)),
			ui.Number(t, int64(h.Figures.Seen)), ui.Text(t.Decimal(h.Figures.Expected, 1)), ui.Badge(holdState(t, h))}})
	}
	return table
}
