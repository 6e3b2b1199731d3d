package hotline

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/figures"
)

// FigureCalls is calls by unit, day, and what happened in which hour of the day.
const FigureCalls = "hotline.calls"

// What is counted in each hour of the day; waits and talks are seconds.
const (
	dimIn       = "in"
	dimAnswered = "answered"
	dimMissed   = "missed"
	dimOut      = "out"
	dimWait     = "wait"
	dimTalk     = "talk"
)

// marks are what a call counts for.
func (c Call) marks() []figures.Value {
	if c.ID == "" || c.State == Rejected {
		return nil
	}
	local := c.BeganAt.In(clock.City)
	var all []figures.Value
	add := func(what string, n int64) {
		if n != 0 {
			all = append(all, figures.Value{Name: FigureCalls, Unit: c.Unit, Dim: fmt.Sprintf("%s:%02d", what, local.Hour()), Day: clock.Date(c.BeganAt), N: n})
		}
	}
	if c.Direction == Out {
		add(dimOut, 1)
	} else {
		add(dimIn, 1)
		if c.Reached() {
			add(dimAnswered, 1)
			add(dimWait, int64(c.Waited().Seconds()))
		}
		if c.State == Missed {
			add(dimMissed, 1)
		}
	}
	add(dimTalk, int64(c.Talked().Seconds()))
	return all
}

// CountCalls counts FigureCalls from scratch.
func CountCalls(ctx context.Context, from bun.IDB) ([]figures.Value, error) {
	var rows []Call
	err := from.NewSelect().Model(&rows).Column("id", "unit", "direction", "state", "began_at", "answered_at", "ended_at").Scan(ctx)
	var all []figures.Value
	for _, c := range rows {
		all = append(all, c.marks()...)
	}
	return all, db.Sorted(err)
}

// MissedToday is how many calls of today nobody took, for those who watch.
func (s *Service) MissedToday(ctx context.Context) (int64, error) {
	sum, err := figures.Totals(ctx, s.DB.Read(), figures.Ask{Names: []string{FigureCalls}, From: clock.Date(s.Business.Now())})
	var n int64
	for dim, v := range sum {
		if strings.HasPrefix(dim, dimMissed+":") {
			n += v
		}
	}
	return n, err
}

// Figures are the figures of this room with the way to count each, for check and rebuild.
func Figures() map[string]figures.Compute {
	return map[string]figures.Compute{FigureCalls: CountCalls}
}

// Hour is what happened in one hour of the day over some days.
type Hour struct {
	In, Answered, Missed, Out int64
	Wait, Talk                int64 // seconds
}

// Hours are the calls of some days by the hour of the day, [from, until).
func (s *Service) Hours(ctx context.Context, who access.Actor, from, until string) ([24]Hour, error) {
	var hours [24]Hour
	if err := who.Need(helpdesk.Work); err != nil {
		return hours, err
	}
	ask := figures.Ask{Names: []string{FigureCalls}, From: from, Until: until}
	if everywhere, units := who.Reach(helpdesk.Work); !everywhere {
		ask.Units = append(units, "")
	}
	sum, err := figures.Totals(ctx, s.DB.Read(), ask)
	if err != nil {
		return hours, err
	}
	for h := range hours {
		of := func(what string) int64 { return sum[fmt.Sprintf("%s:%02d", what, h)] }
		hours[h] = Hour{of(dimIn), of(dimAnswered), of(dimMissed), of(dimOut), of(dimWait), of(dimTalk)}
	}
	return hours, nil
}
