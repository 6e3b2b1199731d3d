package schedule

import (
	"strconv"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/org"
	"lotrinh/rollout/schedule/views"
)

// tones are the colours of the kinds; each kind has a lane of its own as well, so that
// colour never stands alone.
var tones = map[Kind]string{Telling: "plot-neutral", Class: "plot-declared", Shipment: "plot-plan", Setup: "plot-stage-live", Rehearsal: "plot-stage-trial",
	Cutover: "plot-stage-official", Milestone: "plot-good", Other: "plot-stage-preparing"}

// chart is a Gantt in the making: rows of lanes over the days [first, last).
type chart struct {
	b           *book
	t           i18n.T
	first, last int
	ghosts      Frozen
	agreed      map[string][2]int // by row: where the baseline has it
}

// roomToMove is how many days a chart goes on behind the last bar where bars are moved.
const roomToMove = 30

func (b *book) chart(t i18n.T, today string, r Result, base Frozen, moves bool) *chart {
	c := &chart{b: b, t: t, ghosts: base, agreed: map[string][2]int{}}
	if now, ok := b.axis.at(today); ok {
		c.last = now + 1
	}
	for _, k := range b.tasks {
		if _, until, ok := b.bar(k, r); ok {
			c.last = max(c.last, until)
		}
	}
	for _, was := range base.Tasks {
		if d, ok := b.axis.at(was.LastOn); ok {
			c.last = max(c.last, d+1)
		}
	}
	c.last += 3
	if moves {
		c.last += roomToMove
	}
	c.last = min(c.last, b.axis.days())
	return c
}

// x is a day as a share of the width.
func (c *chart) x(d int) string {
	return strconv.FormatFloat(100*float64(d-c.first)/float64(max(1, c.last-c.first)), 'f', 3, 64) + "%"
}

func (c *chart) width(from, until int) string {
	return strconv.FormatFloat(100*float64(until-from)/float64(max(1, c.last-c.first)), 'f', 3, 64) + "%"
}

// frame is the scale and what script needs to know of the days.
func (c *chart) frame(today string, moves bool) views.Gantt {
	g := views.Gantt{Days: strconv.Itoa(c.last - c.first), From: c.b.axis.date(c.first), Moves: moves}
	off := make([]byte, 0, c.last)
	for d := c.first; d < c.last; d++ {
		mark := byte('1')
		if c.b.axis.off[d] {
			mark = '0'
		}
		off = append(off, mark)
		at := c.b.axis.moment(d).In(clock.City)
		if d > c.last-(c.last-c.first)/14 {
			continue // no room for its word
		}
		if at.Day() == 1 || d == c.first && at.Day() < 22 {
			g.Ticks = append(g.Ticks, views.Tick{X: c.x(d), Word: at.Format("02/01"), Line: at.Day() == 1})
		} else if at.Day() == 15 && c.last-c.first < 120 && d-c.first > (c.last-c.first)/12 {
			g.Ticks = append(g.Ticks, views.Tick{X: c.x(d), Word: at.Format("02/01")})
		}
	}
	g.Works = string(off)
	if now, ok := c.b.axis.at(today); ok && now >= c.first && now < c.last {
		g.Today = c.x(now)
	}
	for _, k := range Kinds {
		g.Legend = append(g.Legend, views.Legend{Class: tones[k], Word: c.t.Say("schedule.kind." + string(k))})
	}
	return g
}

// rows draws a row for each place that of names, in the order in which tasks name them.
func (c *chart) rows(r Result, of func(Task) string, made func(place string) views.GanttRow) []views.GanttRow {
	index, lanes := map[string]int{}, []map[Kind][2]int{}
	var names []string
	for _, k := range c.b.tasks {
		place := of(k)
		from, until, ok := c.b.bar(k, r)
		if place == "" || !ok {
			continue
		}
		n, known := index[place]
		if !known {
			n = len(names)
			index[place], names, lanes = n, append(names, place), append(lanes, map[Kind][2]int{})
		}
		if was, drawn := lanes[n][k.Kind]; drawn {
			from, until = min(from, was[0]), max(until, was[1])
		}
		lanes[n][k.Kind] = [2]int{from, until}
	}
	c.agree(of)
	var out []views.GanttRow
	for n, place := range names {
		out = append(out, c.row(place, lanes[n], made(place)))
	}
	return out
}

// agree finds where the baseline has the tasks of each place.
func (c *chart) agree(of func(Task) string) {
	was := c.ghosts.byTask()
	for _, k := range c.b.tasks {
		f, known := was[k.ID]
		from, ok := c.b.axis.at(f.FirstOn)
		until, also := c.b.axis.at(f.LastOn)
		if !known || !ok || !also {
			continue
		}
		place := of(k)
		if a, drawn := c.agreed[place]; drawn {
			from, until = min(from, a[0]), max(until, a[1]-1)
		}
		c.agreed[place] = [2]int{from, until + 1}
	}
}

// laneHeight is the height of a kind's lane, in pixels.
const laneHeight = 5

func (c *chart) row(place string, lanes map[Kind][2]int, row views.GanttRow) views.GanttRow {
	first, last := c.last, 0
	for k, kind := range Kinds {
		at, drawn := lanes[kind]
		if !drawn {
			continue
		}
		first, last = min(first, at[0]), max(last, at[1])
		row.Bars = append(row.Bars, views.Bar{X: c.x(at[0]), Width: c.width(at[0], at[1]), Y: strconv.Itoa(2 + k*laneHeight), Class: tones[kind],
			Title: c.t.Say("schedule.bar", "kind", c.t.Say("schedule.kind."+string(kind)), "from", c.t.Day(c.b.axis.moment(at[0])), "until", c.t.Day(c.b.axis.moment(at[1]-1)))})
	}
	if a, known := c.agreed[place]; known {
		row.Ghost = &views.Bar{X: c.x(a[0]), Width: c.width(a[0], a[1]), Title: c.t.Say("schedule.ghost", "from", c.t.Day(c.b.axis.moment(a[0])), "until", c.t.Day(c.b.axis.moment(a[1]-1)))}
		row.Slip = c.b.axis.worked(a[1], last)
	}
	row.Start, row.X, row.Width = strconv.Itoa(first-c.first), c.x(first), c.width(first, last)
	row.FirstDay, row.Days = c.t.Day(c.b.axis.moment(first)), c.t.Say("schedule.days", "from", c.t.Day(c.b.axis.moment(first)), "until", c.t.Day(c.b.axis.moment(last-1)))
	row.Until = c.t.Day(c.b.axis.moment(last - 1))
	return row
}

// districts is the Gantt of a draft by district; the tasks of the whole city stand on top.
func (b *book) districts(t i18n.T, tree *org.Tree, who access.Actor, today string, base Frozen, moves bool) views.Gantt {
	c := b.chart(t, today, b.result, base, moves)
	g := c.frame(today, moves)
	const city = "-"
	of := func(k Task) string {
		switch {
		case !sees(who, k):
			return ""
		case k.Unit == "":
			return city
		}
		return tree.District(k.Unit)
	}
	missed := map[string]int{}
	for i := range b.missed(b.result) {
		missed[of(b.tasks[i])]++
	}
	g.Rows = c.rows(b.result, of, func(place string) views.GanttRow {
		row := views.GanttRow{Name: t.Say("schedule.city"), Late: missed[place]}
		if place != city {
			row.Name, row.Unit, row.Href = tree.Name(place), place, b.draft.Path()+"/tasks?district="+place
		}
		return row
	})
	return g
}

// communes is the Gantt of one district by commune.
func (b *book) communes(t i18n.T, tree *org.Tree, who access.Actor, district, today string, base Frozen, moves bool) views.Gantt {
	c := b.chart(t, today, b.result, base, moves)
	g := c.frame(today, moves)
	of := func(k Task) string {
		if !sees(who, k) || k.Unit == "" || tree.District(k.Unit) != district && k.Unit != district {
			return ""
		}
		return k.Unit
	}
	missed := map[string]int{}
	for i := range b.missed(b.result) {
		missed[of(b.tasks[i])]++
	}
	g.Rows = c.rows(b.result, of, func(place string) views.GanttRow {
		return views.GanttRow{Name: tree.Name(place), Unit: place, Late: missed[place]}
	})
	return g
}
