package reports

import (
	"cmp"
	"slices"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/plot"
	"lotrinh/reports/render"
)

// drawn is a chart from the cache, or newly drawn.
func (w writer) drawn(key string, draw func() (plot.Chart, error)) (plot.Chart, error) {
	return w.s.charts.Get(key, draw)
}

// now is the last day of the curve that is known.
func (p Progress) now() (Day, bool) {
	for i := len(p.Days) - 1; i >= 0; i-- {
		if p.Days[i].Known {
			return p.Days[i], true
		}
	}
	return Day{}, false
}

// promised is what the plan promised for the days before d: a promise for a day is
// kept until the day is over.
func (p Progress) promised(d Day) int {
	i, found := slices.BinarySearchFunc(p.Days, d.Day, func(d Day, day string) int { return cmp.Compare(d.Day, day) })
	if !found || i == 0 {
		return 0
	}
	return p.Days[i-1].Planned
}

// promised is what the plan had promised by the moment that the figures are of.
func (w writer) promised(d Day) int {
	if dayOver(w.f.Stood()) {
		return d.Planned
	}
	return w.f.Progress.promised(d)
}

// on is the end of a day, if the curve knows it.
func (p Progress) on(day string) (Day, bool) {
	i, found := slices.BinarySearchFunc(p.Days, day, func(d Day, day string) int { return cmp.Compare(d.Day, day) })
	if !found || !p.Days[i].Known {
		return Day{}, false
	}
	return p.Days[i], true
}

// curveTitle is what the curve shows.
func (w writer) curveTitle() string {
	p := w.f.Progress
	now, known := p.now()
	switch {
	case !known || p.Total.Total == 0:
		return w.say("reports.curve.no_data")
	case w.promised(now) > now.Official:
		return w.say("reports.curve.behind", "n", w.promised(now)-now.Official, "official", now.Official, "planned", w.promised(now))
	case now.Planned > now.Official:
		return w.say("reports.curve.today_due", "n", now.Planned-now.Official, "official", now.Official, "planned", now.Planned)
	case p.Total.Declared > p.Total.Verified:
		return w.say("reports.curve.unverified", "n", p.Total.Declared-p.Total.Verified, "declared", p.Total.Declared, "verified", p.Total.Verified)
	}
	return w.say("reports.curve.kept", "verified", p.Total.Verified, "total", p.Total.Total)
}

// todayKey names the last known day: today on the overview, the day of reading on paper.
func (w writer) todayKey() string {
	if w.f.Kind == "" {
		return "reports.curve.today"
	}
	return "reports.curve.read"
}

// curve is the S-curve, with the days behind it.
func (w writer) curve() Picture {
	p := w.f.Progress
	pic := w.picture(w.curveTitle(), func(frame plot.Frame) (plot.Chart, error) {
		spec := plot.SCurveSpec{Frame: frame, DateHead: w.say("reports.column.day"),
			Declared: plot.Line{Name: w.say("reports.column.declared")}, Verified: plot.Line{Name: w.say("reports.column.verified")},
			Plan: plot.Line{Name: w.say("reports.column.planned")}, TodayTag: w.say(w.todayKey())}
		for _, d := range p.Days {
			at, err := clock.ParseDate(d.Day)
			if err != nil {
				return plot.Chart{}, err
			}
			spec.Plan.Dates, spec.Plan.Values = append(spec.Plan.Dates, at), append(spec.Plan.Values, float64(d.Planned))
			if !d.Known {
				continue
			}
			spec.Today = at
			spec.Declared.Dates, spec.Declared.Values = append(spec.Declared.Dates, at), append(spec.Declared.Values, float64(d.Declared))
			spec.Verified.Dates, spec.Verified.Values = append(spec.Verified.Dates, at), append(spec.Verified.Values, float64(d.Verified))
		}
		spec.Desc = w.say("reports.curve.desc", "name", w.f.Cut.Name)
		if p.Total.Total > 0 {
			spec.Total, spec.TotalTag = float64(p.Total.Total), w.say("reports.units", "n", p.Total.Total)
		}
		return w.drawn(spec.Key(), func() (plot.Chart, error) { return plot.SCurve(spec) })
	})
	pic.Data = w.curveDays()
	return pic
}

// curveDays is the curve as a table: a row a day, nothing where a day is to come.
func (w writer) curveDays() *render.Table {
	p := w.f.Progress
	if len(p.Days) == 0 {
		return nil
	}
	t := &render.Table{Caption: w.say("reports.grid.curve"), Sheet: w.say("reports.grid.curve.sheet"),
		Columns: []render.Column{w.column("day", render.Date), w.column("planned", render.Whole), w.column("declared", render.Whole), w.column("verified", render.Whole), w.column("official", render.Whole)},
		Chart: &render.Native{Kind: render.Lines, Title: w.curveTitle(), Series: []render.NativeSeries{{Column: 1, Tone: plot.Plan}, {Column: 2, Tone: plot.Declared},
			{Column: 3, Tone: plot.Verified}, {Column: 4, Tone: plot.Good}}}}
	for _, d := range p.Days {
		row := []any{dayOf(d.Day), d.Planned, nil, nil, nil}
		if d.Known {
			row = []any{dayOf(d.Day), d.Planned, d.Declared, d.Verified, d.Official}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// rolled are the districts of the rollout, each once; the ones where the service was
// live before are left out.
func (p Progress) rolled() []District {
	live := map[int]bool{}
	for _, ph := range p.Phases {
		live[ph.No] = ph.Live
	}
	var all []District
	at := map[string]int{}
	for _, d := range p.Districts {
		if live[d.Phase] {
			continue
		}
		if i, known := at[d.Code]; known {
			all[i].add(d.Counts)
			continue
		}
		at[d.Code] = len(all)
		all = append(all, d)
	}
	return all
}

func (w writer) districtsTitle() string {
	worst, left := "", 0
	today, begun := clock.Date(w.f.Stood()), map[int]bool{}
	for _, ph := range w.f.Progress.Phases {
		begun[ph.No] = ph.TrialOn != "" && ph.TrialOn <= today
	}
	for _, d := range w.f.Progress.rolled() {
		if !begun[d.Phase] {
			continue // not due yet
		}
		if n := d.Total - d.Official; n > left {
			worst, left = d.Name, n
		}
	}
	switch {
	case w.f.Progress.Total.Total == 0:
		return w.say("reports.districts.no_data")
	case left == 0 && w.f.Progress.Total.Official < w.f.Progress.Total.Total:
		return w.say("reports.districts.begun_official")
	case left == 0:
		return w.say("reports.districts.all_official")
	}
	return w.say("reports.districts.worst", "name", upperFirst(worst), "n", left)
}

func (w writer) segments() []plot.Segment {
	return []plot.Segment{{Tone: plot.Official, Name: w.say("reports.stage.official")}, {Tone: plot.Trial, Name: w.say("reports.stage.trial")},
		{Tone: plot.Preparing, Name: w.say("reports.stage.preparing")}}
}

func (w writer) districts() Picture {
	pic := w.picture(w.districtsTitle(), func(frame plot.Frame) (plot.Chart, error) {
		spec := plot.StackedSpec{Frame: frame, Head: w.say("reports.column.district"), TotalHead: w.say("reports.column.total"), Segments: w.segments()}
		for _, d := range w.f.Progress.rolled() {
			spec.Rows = append(spec.Rows, plot.StackRow{Label: upperFirst(d.Name), Href: d.Href,
				Values: []float64{float64(d.Official), float64(d.Trial), float64(d.Preparing)}})
		}
		return w.drawn(spec.Key(), func() (plot.Chart, error) { return plot.Stacked(spec) })
	})
	pic.Listed = true
	return pic
}

var tileTone = map[string]plot.Tone{"preparing": plot.Preparing, "trial": plot.Trial, "official": plot.Official}

const (
	across  = 6 // tiles side by side in a district
	abreast = 5 // districts side by side
)

// gridOf places the districts: the first cell of each, rows as high as their highest.
func gridOf(sizes []int) (x, y []int) {
	top, high := 0, 0
	for i, n := range sizes {
		if i > 0 && i%abreast == 0 {
			top, high = top+high+2, 0
		}
		x, y = append(x, i%abreast*(across+1)), append(y, top)
		high = max(high, (n+across-1)/across)
	}
	return x, y
}

func (w writer) tiles() Picture {
	p := w.f.Progress
	title := w.say("reports.tiles.title", "official", p.Total.Official, "trial", p.Total.Trial, "preparing", p.Total.Preparing)
	if p.Total.Total == 0 {
		title = w.say("reports.tiles.no_data")
	}
	return w.picture(title, func(frame plot.Frame) (plot.Chart, error) {
		spec := plot.TilesSpec{Frame: frame, Stages: w.segments(), Head: w.say("reports.column.district"), TotalHead: w.say("reports.column.total")}
		at, sizes := map[string]int{}, []int{}
		for i, d := range p.rolled() {
			at[d.Code], sizes = i, append(sizes, d.Total)
			spec.Blocks = append(spec.Blocks, plot.Block{Label: upperFirst(d.Name), Href: d.Href})
		}
		left, top := gridOf(sizes)
		for _, x := range p.Tiles {
			i, known := at[x.District]
			tone, rolled := tileTone[x.Stage]
			if !known || !rolled {
				continue
			}
			b := &spec.Blocks[i]
			n := len(b.Tiles)
			b.Tiles = append(b.Tiles, plot.Tile{X: left[i] + n%across, Y: top[i] + n/across, Tone: tone, Title: upperFirst(x.Name)})
		}
		return w.drawn(spec.Key(), func() (plot.Chart, error) { return plot.Tiles(spec) })
	})
}

// dayOf is a stored day as a moment; the zero time when it is none.
func dayOf(day string) time.Time {
	at, err := clock.ParseDate(day)
	if err != nil {
		return time.Time{}
	}
	return at
}
