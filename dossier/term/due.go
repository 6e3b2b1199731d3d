package term

import (
	"slices"
	"strconv"
	"time"

	"lotrinh/internal/kit/worktime"
)

// Span is a stretch in which the authority waits for somebody else. A zero Until is one
// that still runs.
type Span struct{ From, Until time.Time }

// History is what happened to a dossier as far as it moves its due moment.
type History struct {
	Accepted      time.Time // when the one-stop office accepted it
	Restarted     time.Time // when the asked-for completion was whole; zero when none was asked
	Stopped       time.Time // when a completion was asked for that has not come; zero else
	Verifications []Span    // letters to other authorities
	Reappointed   time.Time // the one new date of an apology (form 04); zero when there was none
}

// Due is until when, with how it was counted. While the clock stands, At is zero and
// Standing tells so.
type Due struct {
	worktime.Due
	Standing bool
}

// count walks over the working days of a calendar.
type count struct {
	cal   *worktime.Calendar
	due   Due
	spans []daySpan
}

// daySpan is a verification in days: those after From up to and including Until are
// not counted.
type daySpan struct{ from, until worktime.Day }

// Of is the due moment of a dossier. A history without acceptance has none.
func Of(cal *worktime.Calendar, r Rule, h History) (Due, error) {
	c := &count{cal: cal}
	if h.Accepted.IsZero() {
		return c.due, nil
	}
	if !h.Reappointed.IsZero() {
		day := cal.Today(h.Reappointed)
		c.say("term.step.reappointed", "day", day)
		return c.close(day), nil
	}
	start := h.Accepted
	c.say("term.step.accepted", "at", worktime.Moment{Time: start.In(cal.Zone())})
	if h.Restarted.After(start) {
		start = h.Restarted
		c.say("term.step.restarted", "at", worktime.Moment{Time: start.In(cal.Zone())})
	}
	if !h.Stopped.IsZero() || slices.ContainsFunc(h.Verifications, func(s Span) bool { return s.Until.IsZero() }) {
		c.say("term.step.standing")
		c.due.Standing = true
		return c.due, nil
	}
	asked := c.within(start, h.Verifications)
	if r.Kind == SameDay && r.Total > 0 && len(asked) > 0 {
		r.Kind = WorkingDays // "in all five working days" is no longer a matter of today
	}
	first, ok, err := c.first(r, start)
	if err != nil || !ok {
		return c.due, err
	}
	days := r.Days
	if len(asked) > 0 {
		switch {
		case r.Total > 0:
			days = r.Total
			c.say("term.step.total", "n", days)
		case r.Extra > 0:
			days += r.Extra
			c.say("term.step.extra", "n", r.Extra)
		default:
			c.spans = asked
		}
	}
	if r.Kind == CalendarDays {
		return c.calendarDays(first, days), nil
	}
	return c.workingDays(first, days, r, asked), nil
}

func (c *count) say(key string, pairs ...any) {
	c.due.Steps = append(c.due.Steps, worktime.Step{Key: key, Args: pairs})
}

// within are the verifications since the count began, in days, in order.
func (c *count) within(start time.Time, all []Span) []daySpan {
	var out []daySpan
	for _, s := range all {
		if s.Until.Before(start) {
			continue
		}
		from, until := c.cal.Today(s.From), c.cal.Today(s.Until)
		out = append(out, daySpan{max(from, c.cal.Today(start)), until})
		c.say("term.step.verification", "from", from, "until", until)
	}
	return joined(out)
}

// joined are spans in order, those that overlap or touch made one.
func joined(all []daySpan) []daySpan {
	slices.SortFunc(all, func(a, b daySpan) int { return int(a.from - b.from) })
	out := all[:0]
	for _, s := range all {
		if n := len(out); n > 0 && s.from <= out[n-1].until {
			out[n-1].until = max(out[n-1].until, s.until)
			continue
		}
		out = append(out, s)
	}
	return out
}

// first is the working day that counts as the day of acceptance: its own day, the next
// working day for a rest day, and after the cut the next one where the rule says so.
func (c *count) first(r Rule, start time.Time) (worktime.Day, bool, error) {
	cut, err := r.cut()
	if err != nil {
		return 0, false, err
	}
	local := start.In(c.cal.Zone())
	day := c.cal.Today(start)
	works, ok := c.works(day)
	if !ok {
		return 0, false, nil
	}
	if !works {
		day, ok = c.next(day)
		c.say("term.step.rest", "day", day)
		return day, ok, nil
	}
	past := local.Hour()*60+local.Minute() > int(cut) || local.Hour()*60+local.Minute() == int(cut) && (local.Second() > 0 || local.Nanosecond() > 0)
	if past && (r.Kind == SameDay || r.Shifts) {
		day, ok = c.next(day)
		c.say("term.step.after_cut", "cut", cut.String(), "day", day)
	}
	return day, ok, nil
}

// workingDays counts n working days behind the first, leaving out those that a
// verification took.
func (c *count) workingDays(day worktime.Day, n int, r Rule, asked []daySpan) Due {
	if n > 0 {
		c.say("term.step.working_days", "n", n)
	} else {
		c.say("term.step.same_day")
	}
	paused := 0
	for {
		for n > 0 {
			var ok bool
			if day, ok = c.next(day); !ok {
				return c.due
			}
			if c.taken(day) {
				paused++
				continue
			}
			n--
		}
		until, on := c.under(day)
		if !on {
			break
		}
		for day < until {
			var ok bool
			if day, ok = c.next(day); !ok {
				return c.due
			}
			paused++
		}
	}
	if paused > 0 {
		c.say("term.step.paused", "n", paused)
	}
	if r.OnReply && len(asked) > 0 {
		last := asked[0].until
		for _, s := range asked {
			last = max(last, s.until)
		}
		if works, ok := c.works(last); ok && !works {
			last, _ = c.next(last)
		}
		day = last
		c.say("term.step.on_reply", "day", day)
	}
	return c.close(day)
}

// taken tells whether a verification took a day: those after its sending, up to and with
// the day of the reply.
func (c *count) taken(day worktime.Day) bool {
	return slices.ContainsFunc(c.spans, func(s daySpan) bool { return s.from < day && day <= s.until })
}

// under tells whether the clock stands at the end of a day, and until which one.
func (c *count) under(day worktime.Day) (worktime.Day, bool) {
	for _, s := range c.spans {
		if s.from <= day && day < s.until {
			return s.until, true
		}
	}
	return 0, false
}

func (c *count) calendarDays(day worktime.Day, n int) Due {
	c.say("term.step.calendar_days", "n", n)
	day += worktime.Day(n)
	for _, s := range c.spans {
		day += s.until - s.from
	}
	if works, ok := c.works(day); !ok {
		return c.due
	} else if !works {
		var known bool
		if day, known = c.next(day); !known {
			return c.due
		}
		c.say("term.step.rest", "day", day)
	}
	return c.close(day)
}

// works tells whether a day is a working day; a year without calendar ends the count.
func (c *count) works(day worktime.Day) (works, ok bool) {
	works, ok = c.cal.WorksOn(day)
	if !ok {
		c.due.Missing = day.Year()
		c.say("term.step.no_calendar", "year", strconv.Itoa(day.Year()))
	}
	return works, ok
}

func (c *count) next(day worktime.Day) (worktime.Day, bool) {
	for {
		day++
		if works, ok := c.works(day); works || !ok {
			return day, ok
		}
	}
}

// close is the end of a working day; a day without hours ends at midnight.
func (c *count) close(day worktime.Day) Due {
	end := worktime.Midnight
	if spans := c.cal.Hours(day); len(spans) > 0 {
		end = spans[len(spans)-1].To
	}
	y, m, d := day.Date()
	c.due.At = time.Date(y, m, d, 0, int(end), 0, 0, c.cal.Zone())
	c.say("term.step.due", "at", worktime.Moment{Time: c.due.At})
	return c.due
}
