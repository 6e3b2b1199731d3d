package worktime

import (
	"time"
)

// An explanation names the first and the last days one by one; what lies between
// is one summary, so that a count over decades still reads on one page.
const (
	headLines = 24
	tailLines = 12
)

type lineKind int

const (
	lineWork    lineKind = iota // a day of which working time was counted
	lineCount                   // the nth working day
	lineRest                    // weekly rest
	lineHoliday                 // a day off by date
	lineStep                    // a step said as it is
)

// stretch is one counted or paused piece of a day.
type stretch struct {
	a, b   int64
	paused bool
}

// line is one day of an explanation in the making.
type line struct {
	kind       lineKind
	day, until Day
	name       string
	nth        int
	spans      []stretch
	step       Step
}

// trace gathers how a count went. A nil trace gathers nothing.
type trace struct {
	c        *Calendar
	pauses   []Pause
	lines    []line
	more     summary
	expected int
	opening  Step
}

// summary stands for the days in the middle of a long count.
type summary struct {
	from, to  Day
	work, off int
	time      time.Duration
}

func (tr *trace) moment(ns int64) Moment { return Moment{time.Unix(0, ns).In(tr.c.zone)} }

func (tr *trace) start(t int64, d time.Duration, back bool) {
	key := "worktime.step.start"
	if back {
		key = "worktime.step.start_back"
	}
	tr.opening = Step{Key: key, Args: []any{"from", tr.moment(t), "amount", Amount(d)}}
}

func (tr *trace) startDays(t int64, n int, back bool) {
	key := "worktime.step.days"
	if back {
		key = "worktime.step.days_back"
	}
	tr.opening = Step{Key: key, Args: []any{"from", tr.moment(t), "n", n}}
}

func (tr *trace) between(t, end int64) {
	tr.opening = Step{Key: "worktime.step.between", Args: []any{"from", tr.moment(t), "to", tr.moment(end)}}
}

func (tr *trace) moved(t int64, back bool) {
	key := "worktime.step.moved"
	if back {
		key = "worktime.step.moved_back"
	}
	tr.add(line{kind: lineStep, step: Step{Key: key, Args: []any{"at", tr.moment(t)}}})
}

func (tr *trace) unfit(u int64, d Day) {
	tr.add(line{kind: lineStep, day: d, step: Step{Key: "worktime.step.unfit", Args: []any{"at", tr.moment(u)}}})
}

func (tr *trace) lost(t int64, d time.Duration, back bool) {
	key := "worktime.step.lost"
	if back {
		key = "worktime.step.lost_back"
	}
	tr.add(line{kind: lineStep, step: Step{Key: key, Args: []any{"at", tr.moment(t), "amount", Amount(d)}}})
}

// day notes what one chunk gave, up to the moment edge where counting stopped.
func (tr *trace) day(ch chunk, parts []part, edge int64, back bool) {
	if tr == nil {
		return
	}
	tr.note(ch.day)
	if len(parts) == 0 {
		tr.rest(ch.day)
		return
	}
	l := line{kind: lineWork, day: ch.day, until: ch.day, name: tr.c.Holiday(ch.day)}
	for _, p := range parts {
		s := stretch{p.a, p.b, p.paused}
		if !back {
			s.b = min(s.b, edge)
		} else {
			s.a = max(s.a, edge)
		}
		if s.a < s.b {
			l.spans = append(l.spans, s)
		}
	}
	if n := len(tr.lines); n > 0 && tr.lines[n-1].kind == lineWork && tr.lines[n-1].day == ch.day {
		tr.lines[n-1].spans = append(tr.lines[n-1].spans, l.spans...) // a day in two chunks
		return
	}
	tr.add(l)
}

// whole notes a day that counts, or does not count, as a working day.
func (tr *trace) whole(d Day, works bool, nth int) {
	tr.note(d)
	if !works {
		tr.rest(d)
		return
	}
	tr.add(line{kind: lineCount, day: d, until: d, nth: nth, name: tr.c.Holiday(d)})
}

func (tr *trace) note(d Day) {
	if tr.expected == 0 && tr.c.years != nil {
		if y := d.Year(); tr.c.years[y] == Expected {
			tr.expected = y
		}
	}
}

func (tr *trace) rest(d Day) {
	if len(tr.c.Hours(d)) > 0 {
		return // the day works, but on the far side of the start
	}
	l := line{kind: lineRest, day: d, until: d}
	_, off := tr.c.off[d]
	_, special := tr.c.extra[d]
	if off || special {
		l.kind, l.name = lineHoliday, tr.c.Holiday(d)
	}
	if n := len(tr.lines); n > 0 {
		last := &tr.lines[n-1]
		if last.kind == l.kind && last.name == l.name && (last.until == d || last.until == d-1 || last.until == d+1) {
			last.until = d
			return
		}
	}
	tr.add(l)
}

func (tr *trace) add(l line) {
	tr.lines = append(tr.lines, l)
	if len(tr.lines) < headLines+2*tailLines {
		return
	}
	for _, old := range tr.lines[headLines : headLines+tailLines] {
		tr.more.take(old)
	}
	tr.lines = append(tr.lines[:headLines], tr.lines[headLines+tailLines:]...)
}

func (s *summary) take(l line) {
	if l.kind == lineStep {
		return
	}
	if s.from == 0 && s.to == 0 {
		s.from = l.day
	}
	s.to = l.until
	switch l.kind {
	case lineRest, lineHoliday:
		s.off += max(int(l.until-l.day), int(l.day-l.until)) + 1
	default:
		s.work++
		s.time += l.worked(false)
	}
}

func (l line) worked(paused bool) (sum time.Duration) {
	for _, s := range l.spans {
		if s.paused == paused {
			sum += time.Duration(s.b - s.a)
		}
	}
	return sum
}

func (tr *trace) due(at int64, missing int, back bool) Due {
	d := Due{Missing: missing, Expected: tr.expected, Steps: tr.steps()}
	if missing != 0 {
		d.Steps = append(d.Steps, Step{Key: "worktime.step.missing", Args: []any{"year", yearText(missing)}})
		return d
	}
	d.At = time.Unix(0, at).In(tr.c.zone)
	key := "worktime.step.due"
	if back {
		key = "worktime.step.due_back"
	}
	d.Steps = append(d.Steps, Step{Key: key, Args: []any{"at", tr.moment(at)}})
	return d
}

func (tr *trace) worked(sum time.Duration, missing int) Worked {
	w := Worked{Time: sum, Missing: missing, Expected: tr.expected, Steps: tr.steps()}
	last := Step{Key: "worktime.step.sum", Args: []any{"amount", Amount(sum)}}
	if missing != 0 {
		w.Time = 0
		last = Step{Key: "worktime.step.missing", Args: []any{"year", yearText(missing)}}
	}
	w.Steps = append(w.Steps, last)
	return w
}

func (tr *trace) steps() []Step {
	steps := []Step{tr.opening}
	if tr.opening.Key == "" {
		steps = nil
	}
	for i, l := range tr.lines {
		if i == headLines && tr.more.work+tr.more.off > 0 {
			steps = append(steps, tr.more.step())
		}
		steps = l.steps(steps, tr.c.zone)
	}
	if tr.expected != 0 {
		steps = append(steps, Step{Key: "worktime.step.expected", Args: []any{"year", yearText(tr.expected)}})
	}
	return steps
}

func (s summary) step() Step {
	st := Step{Key: "worktime.step.more", Time: s.time, Days: s.work,
		Args: []any{"from", s.from, "to", s.to, "work", s.work, "off", s.off, "amount", Amount(s.time)}}
	if s.time == 0 {
		st.Key = "worktime.step.more_days"
	}
	return st
}

func (l line) steps(steps []Step, zone *time.Location) []Step {
	named := ""
	if l.name != "" {
		named = "_named"
	}
	switch l.kind {
	case lineStep:
		return append(steps, l.step)
	case lineCount:
		return append(steps, Step{Key: "worktime.step.count" + named, Days: 1, Args: []any{"n", l.nth, "day", l.day, "name", l.name}})
	case lineRest:
		if l.day != l.until {
			return append(steps, Step{Key: "worktime.step.rest_run", Args: []any{"from", l.day, "to", l.until}})
		}
		return append(steps, Step{Key: "worktime.step.rest", Args: []any{"day", l.day}})
	case lineHoliday:
		if l.day != l.until {
			return append(steps, Step{Key: "worktime.step.off_run" + named, Args: []any{"from", l.day, "to", l.until, "name", l.name}})
		}
		return append(steps, Step{Key: "worktime.step.off" + named, Args: []any{"day", l.day, "name", l.name}})
	}
	if sum := l.worked(false); sum > 0 {
		steps = append(steps, Step{Key: "worktime.step.work" + named, Time: sum, Days: 1,
			Args: []any{"day", l.day, "name", l.name, "parts", l.pieces(false, zone)}})
	}
	if sum := l.worked(true); sum > 0 {
		steps = append(steps, Step{Key: "worktime.step.paused", Paused: sum,
			Args: []any{"day", l.day, "parts", l.pieces(true, zone)}})
	}
	return steps
}

func (l line) pieces(paused bool, zone *time.Location) (all Pieces) {
	for _, s := range l.spans {
		if s.paused == paused {
			all = append(all, Piece{time.Unix(0, s.a).In(zone), time.Unix(0, s.b).In(zone)})
		}
	}
	return all
}
