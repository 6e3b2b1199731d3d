package deadline

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/worktime"
)

// AsOf is the clock as it stood at a moment gone by, computed by a calendar of now, and whether
// it had been started and not stopped by then. What it allows is what it allows now: amendments
// are not dated. Time for which it stood stopped until it was reopened is a pause.
func (c Clock) AsOf(cal *worktime.Calendar, at time.Time) (then Clock, open bool, err error) {
	if c.Start.After(at) || c.StoppedAt != nil && !c.StoppedAt.After(at) {
		return c, false, nil
	}
	then = c
	then.State, then.StoppedAt, then.PausedAt, then.Pauses, then.Steps = Running, nil, nil, nil, nil
	if c.PausedAt != nil && !c.PausedAt.After(at) {
		then.State, then.PausedAt = Paused, c.PausedAt
	}
	for _, p := range c.Pauses {
		switch {
		case p.From.After(at):
		case p.To.After(at):
			from := p.From
			then.State, then.PausedAt, then.PausedWhy = Paused, &from, p.Why
		default:
			then.Pauses = append(then.Pauses, p)
		}
	}
	return then, true, then.Compute(cal)
}

// Then are the clocks of these subjects of an area that had been started and not stopped at a
// moment gone by, as they stood then: one query, and one for each calendar.
func Then(ctx context.Context, idb bun.IDB, cals Calendars, area string, subjects []string, at time.Time) (map[string][]Clock, error) {
	all, err := Of(ctx, idb, area, subjects...)
	if err != nil {
		return nil, err
	}
	known, out := map[string]*worktime.Calendar{}, map[string][]Clock{}
	for subject, clocks := range all {
		for _, c := range clocks {
			cal := known[c.Calendar]
			if cal == nil {
				if cal, err = cals.Calendar(ctx, c.Calendar); err != nil {
					return nil, err
				}
				known[c.Calendar] = cal
			}
			then, open, err := c.AsOf(cal, at)
			if err != nil {
				return nil, err
			}
			if open {
				out[subject] = append(out[subject], then)
			}
		}
	}
	return out, nil
}
