package plot

import (
	"slices"
	"time"

	"lotrinh/internal/kit/fault"
)

// GanttRow is one bar over days, such as a wave. Days are inclusive at both ends; the zero
// time means that there is none: a row may have no bar yet, or no baseline.
type GanttRow struct {
	Label, Href         string
	State               string // in words, beside the colour
	From, Until         time.Time
	BaseFrom, BaseUntil time.Time // what was agreed on, as a ghost under the bar
	Tone                Tone      // Neutral when empty
}

func (r GanttRow) tone() Tone {
	if r.Tone == "" {
		return Neutral
	}
	return r.Tone
}

// Milestone is a day that matters to all rows.
type Milestone struct {
	Label, Href, State string
	Day                time.Time
	Met                bool // drawn full, otherwise hollow
}

// GanttSpec is waves over days with what was agreed on, milestones and today.
type GanttSpec struct {
	Frame
	Head, StateHead             string // heads of the table: "Đợt", "Tình trạng"
	FromHead, UntilHead         string
	BaseFromHead, BaseUntilHead string    // left out when no row has a baseline
	Tones                       []Segment // the legend
	BaseName                    string    // legend of the ghosts: "Kế hoạch gốc"
	MetName, OpenName           string    // legend of milestones: "Mốc đã đạt", "Mốc chưa đạt"
	Rows                        []GanttRow
	Milestones                  []Milestone
	Today                       time.Time // a rule at this day, when set
	TodayTag                    string    // "Hôm nay"
}

// Key names the content of the specification.
func (s GanttSpec) Key() string { return keyOf(s) }

// Gantt draws waves over days.
func Gantt(spec GanttSpec) (c Chart, err error) {
	defer rescue(&err)
	key := spec.Key()
	f, err := spec.settle(key)
	if err != nil {
		return Chart{}, err
	}
	if err := spec.check(); err != nil {
		return Chart{}, err
	}
	spec.Milestones = slices.Clone(spec.Milestones)
	slices.SortStableFunc(spec.Milestones, func(a, b Milestone) int { return a.Day.Compare(b.Day) })
	g := &gantt{spec: spec, f: f}
	empty := !g.reach()
	if !empty {
		g.lay()
	}
	return finish(f, key, sketch{kind: "gantt", height: max(g.height, 96), table: spec.table(f), empty: empty, linked: spec.linked(), draw: g.draw})
}

func (s GanttSpec) check() error {
	var k fault.Check
	count := len(s.Rows) + len(s.Milestones)
	k.Need(count <= mostMarks, "rows", "plot.too_many", "count", count, "most", mostMarks)
	for _, seg := range s.Tones {
		known(&k, seg.Tone)
	}
	for _, r := range s.Rows {
		known(&k, r.tone())
		for _, span := range [][2]time.Time{{r.From, r.Until}, {r.BaseFrom, r.BaseUntil}} {
			k.Need(span[0].IsZero() == span[1].IsZero() && dayNumber(span[1]) >= dayNumber(span[0]), "rows", "plot.unordered", "name", r.Label)
			k.Need(span[0].IsZero() || sane(span[0]) && sane(span[1]), "rows", "plot.not_finite", "name", r.Label)
		}
	}
	for _, m := range s.Milestones {
		k.Need(sane(m.Day), "milestones", "plot.not_finite", "name", m.Label)
	}
	k.Need(s.Today.IsZero() || sane(s.Today), "today", "plot.not_finite", "name", s.TodayTag)
	return k.Err()
}

// sane tells whether a day is one that a plan may hold: an axis of a thousand years has
// nothing to say.
func sane(at time.Time) bool { return at.Year() >= 1900 && at.Year() <= 2200 }

func (s GanttSpec) linked() bool {
	return slices.ContainsFunc(s.Rows, func(r GanttRow) bool { return followed(r.Href) }) ||
		slices.ContainsFunc(s.Milestones, func(m Milestone) bool { return followed(m.Href) })
}

func (s GanttSpec) hasBase() bool {
	return slices.ContainsFunc(s.Rows, func(r GanttRow) bool { return !r.BaseFrom.IsZero() })
}

func (s GanttSpec) table(f Frame) Table {
	t := Table{Head: []string{tidy(s.Head), tidy(s.FromHead), tidy(s.UntilHead)}}
	base := s.hasBase()
	if base {
		t.Head = append(t.Head, tidy(s.BaseFromHead), tidy(s.BaseUntilHead))
	}
	t.Head = append(t.Head, tidy(s.StateHead))
	day := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return f.day(at)
	}
	add := func(label, from, until, baseFrom, baseUntil, state string) {
		row := []string{tidy(label), from, until}
		if base {
			row = append(row, baseFrom, baseUntil)
		}
		t.Rows = append(t.Rows, append(row, tidy(state)))
	}
	for _, r := range s.Rows {
		add(r.Label, day(r.From), day(r.Until), day(r.BaseFrom), day(r.BaseUntil), r.State)
	}
	for _, m := range s.Milestones {
		add(m.Label, day(m.Day), day(m.Day), "", "", m.State)
	}
	return t
}
