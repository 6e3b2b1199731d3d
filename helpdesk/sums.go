package helpdesk

import (
	"context"
	"time"

	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/site/ui"
)

// shownClock is the clock whose due moment a list shows: the one that comes next, else
// the resolution's, kept or standing still.
func (t Ticket) shownClock() ident.ID {
	if _, clock := t.next(); clock != "" {
		return clock
	}
	return t.ResolveClock
}

// sums tell how the due moments of a page of tickets come about, by ticket: one query
// for all of them.
func (s *Service) sums(ctx context.Context, t i18n.T, cals calendars, rows []Ticket) (map[ident.ID][]string, error) {
	ids := make([]ident.ID, 0, len(rows))
	for _, x := range rows {
		ids = append(ids, x.shownClock())
	}
	clocks, err := deadline.LoadMany(ctx, s.DB.Read(), ids)
	if err != nil {
		return nil, err
	}
	out := make(map[ident.ID][]string, len(rows))
	for _, x := range rows {
		c, ok := clocks[x.shownClock()]
		if !ok {
			continue
		}
		cal, err := cals.Calendar(ctx, c.Calendar)
		if err != nil {
			return nil, err
		}
		why, err := c.Explain(cal)
		if err != nil {
			continue // beyond the years that can be counted: its list shows no moment either
		}
		for _, step := range why {
			translate(step.Args, c.PausedWhy)
		}
		out[x.ID] = worktime.Explain(t, why)
	}
	return out, nil
}

// lineDue is the next due moment of a ticket in a list; nil when nothing is due.
func lineDue(cal *worktime.Calendar, x Ticket, now time.Time, sums map[ident.ID][]string) *ui.Due {
	d := ui.Due{Steps: sums[x.ID]}
	due, from := x.NextDue(), now
	switch {
	case x.Phase == Done && x.ResolvedAt != nil && x.ResolveDue != nil:
		due, from = x.ResolveDue, *x.ResolvedAt
		d.State = ui.DueMet
		if from.After(*due) {
			d.State = ui.DueMissed
		}
	case x.Phase == Waiting && due == nil && x.ResolveDue != nil:
		due, from, d.State = x.ResolveDue, x.SortAt, ui.DuePaused
	case due == nil:
		return nil
	case due.Before(now):
		d.State = ui.DueLate
	default:
		d.State = ui.DueRunning
	}
	left, err := cal.Between(from, *due)
	if err != nil {
		return nil // beyond the years that can be counted
	}
	if d.At, d.Left = *due, left.Time; d.State == ui.DueRunning && left.Time <= soon {
		d.State = ui.DueSoon
	}
	return &d
}
