package rollout

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/views"
)

func (p pages) overview(c *httpx.Ctx) error {
	pg, all, err := p.chosen(c)
	if err != nil {
		if len(all) == 0 && c.Who.May(Read) {
			return p.show(c, c.T.Say("rollout.title"), ui.Empty(c.T, ui.EmptyData{Icon: "route", Title: c.T.Say("rollout.none"), Text: c.T.Say("rollout.none.text")}))
		}
		return err
	}
	o, err := p.Overview(c.Std(), c.Who, pg.Code)
	if err != nil {
		return err
	}
	from, until := span(o)
	points, err := p.Curve(c.Std(), c.Who, pg.Code, Any, from, until)
	if err != nil {
		return err
	}
	t := c.T
	v := views.Overview{
		Header: ui.HeaderData{Title: inLang(t, pg.Title, pg.TitleEN), Lead: pg.LegalBasis,
			Action: &ui.Action{Label: t.Say("rollout.board"), Href: at(c, "/rollout/board"), Icon: "list-check"},
			More: []ui.Action{{Label: t.Say("rollout.beyond"), Href: at(c, "/rollout/beyond"), Icon: "eye"},
				{Label: t.Say("rollout.criteria"), Href: at(c, "/rollout/criteria"), Icon: "list-check"}, {Label: t.Say("rollout.waivers"), Href: at(c, "/rollout/waivers"), Icon: "shield-check"}}},
		Figures: overviewFigures(c, o),
	}
	v.Holds, err = p.holdNotices(c, pg.Code)
	if err != nil {
		return err
	}
	ahead, err := p.ahead(c, pg.Code)
	if err != nil {
		return err
	}
	for _, a := range ahead {
		if a.Panel != nil {
			v.Panels = append(v.Panels, a.Panel)
		}
	}
	if v.Chart, err = p.curveChart(t, o, points, ahead); err != nil {
		return err
	}
	for _, one := range all {
		v.Choices = append(v.Choices, views.ProgrammeChoice{Title: inLang(t, one.Title, one.TitleEN), Href: "/rollout?p=" + one.Code, Active: one.ID == pg.ID})
	}
	for _, ph := range o.Phases {
		v.Phases = append(v.Phases, phaseView(c, ph, o.At))
	}
	for _, m := range o.Milestones {
		v.Milestones = append(v.Milestones, milestoneView(c, m, o.At))
	}
	if err := p.districtTable(c, o, &v); err != nil {
		return err
	}
	return p.show(c, v.Header.Title, views.OverviewPage(t, v))
}

// span is the days that the curve shows: from the decision to the last planned day,
// or to today when that is later, and at most its longest.
func span(o Overview) (from, until string) {
	from, until = o.Programme.DecidedOn, clock.Date(o.At)
	for _, ph := range o.Phases {
		until = max(until, ph.OfficialOn)
	}
	if first, err := clock.ParseDate(from); err == nil {
		until = min(until, clock.Date(first.AddDate(0, 0, longestCurve-1)))
	}
	return from, max(from, until)
}

func overviewFigures(c *httpx.Ctx, o Overview) []ui.FigureData {
	t := c.T
	r := o.Rollout
	of := t.Say("rollout.of", "n", r.Total)
	said := ui.FigureData{Label: t.Say("rollout.fig.declared"), Value: t.Int(int64(r.Declared)), Of: of, SoWhat: t.Say("rollout.fig.declared.so"), Href: at(c, "/rollout/beyond")}
	if ahead := r.Declared - r.Verified; ahead > 0 {
		said.SoWhat, said.Tone = t.Say("rollout.fig.ahead", "n", ahead), ui.Warn
	}
	seen := ui.FigureData{Label: t.Say("rollout.fig.verified"), Value: t.Int(int64(r.Verified)), Of: of, SoWhat: t.Say("rollout.fig.verified.so"), Href: at(c, "/rollout/board", "answer", string(Met))}
	if waived := r.Verified - r.Bare; waived > 0 {
		seen.SoWhat, seen.Tone = t.Say("rollout.fig.waived", "n", waived, "bare", r.Bare), ui.Warn
	}
	stages := ui.FigureData{Label: t.Say("rollout.fig.official"), Value: t.Int(int64(r.Stages[Official])), Of: of,
		SoWhat: t.Say("rollout.fig.trial", "n", r.Stages[Trial]), Href: at(c, "/rollout/board", "stage", string(Official))}
	planned := 0
	today := clock.Date(o.At)
	for _, ph := range o.Phases {
		if !ph.Live && ph.OfficialOn <= today {
			planned += ph.Total
		}
	}
	plan := ui.FigureData{Label: t.Say("rollout.fig.planned"), Value: t.Int(int64(planned)), Of: of, SoWhat: t.Say("rollout.fig.on_plan"), Tone: ui.Good}
	if behind := planned - r.Verified; behind > 0 {
		plan.SoWhat, plan.Tone = t.Say("rollout.fig.behind", "n", behind), ui.Late
	}
	return []ui.FigureData{plan, said, seen, stages}
}

// holdNotices say which waves are held, and why.
func (p pages) holdNotices(c *httpx.Ctx, code string) ([]ui.NoticeData, error) {
	held, err := p.HeldPhases(c.Std(), code)
	if err != nil {
		return nil, err
	}
	var all []ui.NoticeData
	for _, ordinal := range slices.Sorted(maps.Keys(held)) {
		holds := held[ordinal]
		all = append(all, ui.NoticeData{Tone: ui.Bad, Title: c.T.Say("rollout.held.phase", "phase", ordinal), Items: sentences(c.T, why(holds)),
			Action: &ui.Action{Label: c.T.Say("rollout.held.look"), Href: holds[0].Href}})
	}
	return all, nil
}

// ahead is what the rooms add, for who reads the whole programme.
func (p pages) ahead(c *httpx.Ctx, code string) ([]Ahead, error) {
	if everywhere, _ := c.Who.Reach(Read); !everywhere {
		return nil, nil
	}
	var all []Ahead
	for _, l := range p.looks {
		a, err := l(c.Std(), c.T, c.Who, code)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

func (p pages) curveChart(t i18n.T, o Overview, points []Point, ahead []Ahead) (ui.ChartData, error) {
	today, _ := clock.Day(o.At)
	spec := plot.SCurveSpec{DateHead: t.Say("rollout.col.day"), Total: float64(o.Rollout.Total), TotalTag: t.Say("rollout.communes", "n", o.Rollout.Total),
		Today: today, TodayTag: t.Say("rollout.today")}
	spec.Title = t.Say("rollout.chart.title", "declared", o.Rollout.Declared, "verified", o.Rollout.Verified, "n", o.Rollout.Total)
	spec.Lang, spec.Empty = t.Lang, t.Say("ui.chart.none")
	spec.Declared.Name, spec.Verified.Name, spec.Plan.Name = t.Say("rollout.line.declared"), t.Say("rollout.line.verified"), t.Say("rollout.line.plan")
	for _, a := range ahead {
		if len(a.Days) > 0 {
			spec.Forecast = plot.Band{Name: t.Say("rollout.line.forecast"), LowName: t.Say("rollout.line.forecast.low"), HighName: t.Say("rollout.line.forecast.high"),
				Dates: a.Days, Low: a.Low, Mid: a.Mid, High: a.High}
		}
	}
	for _, one := range points {
		d, err := clock.ParseDate(one.Day)
		if err != nil {
			return ui.ChartData{}, err
		}
		add(&spec.Plan, d, one.Planned)
		if one.Known {
			add(&spec.Declared, d, one.Declared)
			add(&spec.Verified, d, one.Verified)
		}
	}
	wide, narrow := spec, spec
	wide.Width, wide.Class = 960, "plot-wide"
	narrow.Width, narrow.Class = 360, "plot-narrow"
	big, err := p.drawn(wide)
	if err != nil {
		return ui.ChartData{}, err
	}
	small, err := p.drawn(narrow)
	if err != nil {
		return ui.ChartData{}, err
	}
	return ui.Plotted(spec.Title, big, small), nil
}

// drawn is a curve as it was last drawn from the same numbers.
func (p pages) drawn(spec plot.SCurveSpec) (plot.Chart, error) {
	return p.charts.Get(spec.Key(), func() (plot.Chart, error) { return plot.SCurve(spec) })
}

func add(l *plot.Line, d time.Time, n int) {
	l.Dates, l.Values = append(l.Dates, d), append(l.Values, float64(n))
}

func phaseView(c *httpx.Ctx, ph PhaseCounts, now time.Time) views.Phase {
	t := c.T
	v := views.Phase{Name: inLang(t, ph.Name, ph.NameEN), Href: at(c, "/rollout/board", "phase", strconv.Itoa(ph.Ordinal)), Live: ph.Live}
	if ph.Live {
		v.State = stageState(t, Live)
		v.Days = t.Say("rollout.communes", "n", ph.Total)
		return v
	}
	if c.Who.May(Plan) {
		v.Change = at(c, "/rollout/phases/"+strconv.Itoa(ph.Ordinal))
	}
	planned := int64(-1)
	if clock.Date(now) >= ph.OfficialOn {
		planned = int64(ph.Total)
	}
	tone := map[PhaseState]ui.Tone{PhasePlanned: ui.Prepare, PhaseTrial: ui.Trial, PhaseOfficial: ui.Official}[ph.State(now)]
	v.State = ui.State{Tone: tone, Word: t.Say("rollout.phase." + string(ph.State(now)))}
	v.Days = t.Say("rollout.phase.days", "n", ph.Total, "trial", dayWords(t, ph.TrialOn), "official", dayWords(t, ph.OfficialOn))
	v.Progress = ui.ProgressData{Label: v.Name, Declared: int64(ph.Declared), Verified: int64(ph.Verified), Planned: planned, Total: int64(ph.Total), Bare: true}
	if ph.Verified != ph.Bare {
		v.Note = t.Say("rollout.fig.waived", "n", ph.Verified-ph.Bare, "bare", ph.Bare)
	}
	return v
}

func milestoneView(c *httpx.Ctx, m Milestone, now time.Time) views.Milestone {
	t := c.T
	v := views.Milestone{Title: inLang(t, m.Title, m.TitleEN), Planned: dayWords(t, m.PlannedOn), Actual: dayWords(t, m.ActualOn), Note: m.Note,
		State: ui.State{Tone: ui.Neutral, Word: t.Say("rollout.milestone.waiting")}}
	switch {
	case m.ActualOn != "" && m.Late(now):
		v.State = ui.State{Tone: ui.Warn, Word: t.Say("rollout.milestone.reached_late")}
	case m.ActualOn != "":
		v.State = ui.State{Tone: ui.Good, Word: t.Say("rollout.milestone.reached")}
	case m.Late(now):
		v.State = ui.State{Tone: ui.Late, Word: t.Say("rollout.milestone.late")}
	}
	if c.Who.May(Plan) {
		v.Href = at(c, "/rollout/milestones/"+m.Key)
	}
	return v
}

// districtTable is the table by district: as it is today or, once units have changed, the
// figures of the last day of a map before, on either map.
func (p pages) districtTable(c *httpx.Ctx, o Overview, v *views.Overview) error {
	v.Districts = districtViews(c, o, "")
	days, err := p.LastsOfMaps(c.Std(), o.Programme)
	if err != nil || len(days) == 0 {
		return err
	}
	t, day := c.T, days[0]
	if slices.Contains(days, c.Query("on")) {
		day = c.Query("on")
	}
	by := Map(c.Query("map"))
	if by == MapThen || by == MapNow {
		if o.Districts, err = p.DistrictsOn(c.Std(), c.Who, o.Programme.Code, day, by); err != nil {
			return err
		}
		total := 0
		for _, d := range o.Districts {
			total += d.Total
		}
		v.Districts = districtViews(c, o, by)
		v.MapNote = t.Say("rollout.map."+string(by)+".note", "day", dayWords(t, day), "n", total)
	}
	v.Maps = []views.ProgrammeChoice{{Title: t.Say("rollout.map.today"), Href: at(c, "/rollout") + "#districts", Active: v.MapNote == ""}}
	for _, d := range days {
		for _, m := range []Map{MapThen, MapNow} {
			v.Maps = append(v.Maps, views.ProgrammeChoice{Title: t.Say("rollout.map."+string(m), "day", dayWords(t, d)),
				Href: at(c, "/rollout", "map", string(m), "on", d) + "#districts", Active: by == m && d == day})
		}
	}
	return nil
}

// districtViews are the lines of the table; those of a day gone by lead nowhere, since the
// pages of districts show today.
func districtViews(c *httpx.Ctx, o Overview, by Map) []views.District {
	t := c.T
	name := map[int]string{}
	live := map[int]bool{}
	for _, ph := range o.Phases {
		name[ph.Ordinal], live[ph.Ordinal] = inLang(t, ph.Name, ph.NameEN), ph.Live
	}
	var all []views.District
	for _, d := range o.Districts {
		if live[d.PhaseNo] {
			continue // shown as one line in the phases: nothing is left to do there
		}
		line := views.District{Name: capital(d.Name), Sub: name[d.PhaseNo], Total: int64(d.Total),
			Preparing: int64(d.Stages[Preparing]), Trial: int64(d.Stages[Trial]), Official: int64(d.Stages[Official]), Live: int64(d.Stages[Live]),
			Declared: int64(d.Declared), Verified: int64(d.Verified), Beyond: int64(d.Beyond)}
		if d.Code == "" {
			line.Name = t.Say("rollout.districts.direct")
		}
		if by == "" {
			line.Href, line.BeyondHref = at(c, "/rollout/districts/"+d.Code), at(c, "/rollout/beyond", "district", d.Code)
			if d.Code == "" {
				line.Href = at(c, "/rollout/board")
			}
		}
		all = append(all, line)
	}
	return all
}
