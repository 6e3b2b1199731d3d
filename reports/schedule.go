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
	Zone          string    `bun:"zone"` // in which the expression is read, Asia/Ho_Chi_Minh
	Shift         Shift     `bun:"shift"`
	SkipHolidays  bool      `bun:"skip_holidays"`
	Enabled       bool      `bun:"enabled"`
	NextRun       time.Time `bun:"next_run"`     // when the earliest moment that has not been planned runs
	NextNominal   time.Time `bun:"next_nominal"` // that moment as the expression says it
	CatchUp       int64     `bun:"catch_up"`     // how many missed periods are made up
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
	Spec, Zone, CatchUp        string // no zone: the city's
	Shift                      Shift
	SkipHolidays, Enabled      bool
}

// worked tells whether the schedule looks at days off.
func (s Schedule) worked() bool { return s.Shift != Stay || s.SkipHolidays }

// onto is the schedule with what was typed; everything that is wrong is said at its field.
func (f *ScheduleForm) onto(s Schedule) (Schedule, cronspec.Spec, error) {
	var k fault.Check
	if f.Zone == "" {
		f.Zone = cronspec.CityZone
	}
	spec, err := cronspec.ParseIn(f.Spec, f.Zone)
	wrong := "spec"
	if fault.HasKey(err, "cronspec.bad_zone") {
		wrong = "zone"
	}
	k.Need(err == nil, wrong, specProblem(err))
	n, bad := strconv.ParseInt(strings.TrimSpace(f.CatchUp), 10, 64)
	k.Need(slices.Contains(Shifts, f.Shift), "shift", "reports.schedule.shift_unknown")
	s.Spec, s.Zone, s.Shift, s.SkipHolidays, s.Enabled, s.CatchUp = spec.Text(), f.Zone, f.Shift, f.SkipHolidays, f.Enabled, n
	k.Need(bad == nil && n >= 0 && n <= mostCatchUp, "catch_up", "reports.schedule.catch_up_range", "most", mostCatchUp)
	return s, spec, k.Err()
}

func specProblem(err error) string {
	if err == nil {
		return ""
	}
	return fault.Of(err).Key
}

// suits refuses an expression under which a report would be made twice, or never: the
// report of a period is made once.
func (t timing) suits(s Schedule, spec cronspec.Spec, now time.Time) error {
	var keys []string
	for _, v := range t.preview(s, spec, now, previewed) {
		if v.Runs() {
			keys = append(keys, v.Period.Key)
		}
	}
	var k fault.Check
	k.Need(len(slices.Compact(keys)) == len(keys), "spec", "reports.schedule.too_often")
	k.Need(len(keys) > 0, "spec", "reports.schedule.no_period")
	return k.Err()
}

// planned is a schedule as typed, with its timing, or everything that is wrong with it.
func (s *Service) planned(ctx context.Context, sc Schedule, f ScheduleForm) (Schedule, cronspec.Spec, timing, error) {
	d, err := s.definition(ctx, sc.Definition)
	if err != nil {
		return sc, cronspec.Spec{}, timing{}, err
	}
	sc, spec, wrong := f.onto(sc)
	if spec.Text() == "" {
		return sc, spec, timing{}, wrong
	}
	tm, err := s.timing(ctx, d, sc.Programme, sc.worked())
	if err != nil {
		return sc, spec, tm, err
	}
	unfit := tm.suits(sc, spec, s.business.Now())
	return sc, spec, tm, both(unfit, wrong)
}

// both is the fields of two refusals together.
func both(a, b error) error {
	if a == nil || b == nil {
		if a == nil {
			return b
		}
		return a
	}
	one := *fault.Of(a)
	one.Fields = append(slices.Clone(one.Fields), fault.Of(b).Fields...)
	return &one
}

// Preview is the coming runs of a schedule as typed, those that are left out between
// them; its error tells what is wrong with it.
func (s *Service) Preview(ctx context.Context, f ScheduleForm) ([]Slot, error) {
	sc, spec, tm, err := s.planned(ctx, Schedule{Definition: f.Definition, Programme: f.Programme, Cut: f.Cut}, f)
	if err != nil {
		return nil, err
	}
	return tm.preview(sc, spec, s.business.Now(), previewed), nil
}

// typed is a stored schedule as its form shows it.
func (s Schedule) typed() ScheduleForm {
	return ScheduleForm{Definition: s.Definition, Programme: s.Programme, Cut: s.Cut, Spec: s.Spec, Zone: s.Zone, Shift: s.Shift,
		SkipHolidays: s.SkipHolidays, Enabled: s.Enabled, CatchUp: strconv.FormatInt(s.CatchUp, 10)}
}

// parsed is the specification of a stored schedule.
func (s Schedule) parsed() (cronspec.Spec, error) { return cronspec.ParseIn(s.Spec, s.Zone) }
