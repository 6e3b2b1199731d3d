package reports

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/cronspec"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

// Schedule says when a report of one cut comes round.
type Schedule struct {
	bun.BaseModel `bun:"table:report_schedule,alias:rs"`
	ID            ident.ID  `bun:"id,pk"`
	Definition    string    `bun:"definition"`
	Programme     string    `bun:"programme"`
	Cut           string    `bun:"cut"` // code of a unit
	Spec          string    `bun:"spec"`
	Enabled       bool      `bun:"enabled"`
	NextRun       time.Time `bun:"next_run"` // the earliest moment that has not been planned
	CatchUp       int64     `bun:"catch_up"` // how many missed periods are made up
	MadeAt        time.Time `bun:"made_at"`
	ChangedAt     time.Time `bun:"changed_at"`
	ChangedBy     string    `bun:"changed_by"`
	Version       int64     `bun:"version"`
}

const (
	// mostCatchUp is the most periods that a schedule makes up.
	mostCatchUp = 26
	// previewed is how many coming runs a page shows.
	previewed = 10
)

// ScheduleForm is what a person typed about a schedule.
type ScheduleForm struct {
	Definition, Programme, Cut string
	Spec, CatchUp              string
	Enabled                    bool
}

// check reads the parts of a schedule that may change.
func (f *ScheduleForm) check(d Definition, now time.Time) (cronspec.Spec, int64, error) {
	var k fault.Check
	spec, err := cronspec.Parse(f.Spec)
	k.Need(err == nil, "spec", specProblem(err))
	k.Need(err != nil || d.atMostOnce(spec, now), "spec", "reports.schedule.too_often")
	n, bad := strconv.ParseInt(strings.TrimSpace(f.CatchUp), 10, 64)
	k.Need(bad == nil && n >= 0 && n <= mostCatchUp, "catch_up", "reports.schedule.catch_up_range", "most", mostCatchUp)
	return spec, n, k.Err()
}

func specProblem(err error) string {
	if err == nil {
		return ""
	}
	return fault.Of(err).Key
}

// atMostOnce tells whether none of the coming moments falls into the period of
// another: the report of a period is made once.
func (d Definition) atMostOnce(spec cronspec.Spec, now time.Time) bool {
	var keys []string
	for _, at := range spec.Preview(now, previewed) {
		keys = append(keys, d.period(at).Key)
	}
	return len(slices.Compact(keys)) == previewed
}

// Coming is the next moments of a specification and the periods that they report,
// for the preview beside a form.
type Coming struct {
	At     time.Time
	Period Period
}

// Preview is the coming runs of a specification as typed; its error tells what is
// wrong with it.
func (s *Service) Preview(ctx context.Context, definition, spec string, now time.Time) ([]Coming, error) {
	d, err := s.definition(ctx, definition)
	if err != nil {
		return nil, err
	}
	parsed, err := cronspec.Parse(spec)
	if err != nil {
		return nil, err
	}
	var all []Coming
	for _, at := range parsed.Preview(now, previewed) {
		all = append(all, Coming{At: at, Period: d.period(at)})
	}
	return all, nil
}

// due is a moment of a schedule that has come, with its period.
type due struct {
	at     time.Time
	period Period
}

// dues are the moments of a schedule that have come by now, one a period, the
// latest as far as catch-up goes: one of the present and so many missed. The second
// value is the next moment to come.
func (s Schedule) dues(d Definition, spec cronspec.Spec, now time.Time) ([]due, time.Time) {
	most := int(s.CatchUp) + 1
	first := s.NextRun
	if oldest := d.earliest(now, most); first.Before(oldest) {
		first = spec.Next(oldest.Add(-time.Microsecond))
	}
	var all []due
	for at := first; !at.After(now); at = spec.Next(at) {
		p := d.period(at)
		if len(all) == 0 || all[len(all)-1].period.Key != p.Key {
			all = append(all, due{at, p})
		}
	}
	return all[max(0, len(all)-most):], spec.Next(now)
}
