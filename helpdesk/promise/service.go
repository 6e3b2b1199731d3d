package promise

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/sla"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/kit/worktime/calstore"
)

// Calendars are the calendars that a rule may name.
type Calendars interface {
	Calendar(ctx context.Context, name string) (*worktime.Calendar, error)
	Calendars(ctx context.Context, who access.Actor) ([]calstore.Calendar, error)
}

// Deps is what the room stands on.
type Deps struct {
	DB        *db.DB
	Business  clock.Clock
	Store     *Store
	Desk      *helpdesk.Service
	Jobs      *job.Jobs
	Units     helpdesk.Units
	Calendars Calendars
}

// Service keeps the rules.
type Service struct{ Deps }

// New is the room, with its work registered.
func New(d Deps) *Service {
	s := &Service{d}
	s.Jobs.Register(RecomputeJob, s.recompute)
	return s
}

// RecomputeJob is the kind of job that computes open tickets again.
const RecomputeJob = "helpdesk.recompute"

// cause is why a recompute runs: a key of a sentence.
type cause struct {
	Why string `json:"why"`
}

// The causes.
const (
	causeRule     = "promise.cause.rule"
	causeCalendar = "promise.cause.calendar"
	causeAsked    = "promise.cause.asked"
)

// recompute is the work of the job. Started over, it looks at everything again and
// changes nothing twice.
func (s *Service) recompute(ctx context.Context, run *job.Run) error {
	done, err := s.Desk.Recompute(ctx, func(r helpdesk.Recomputed) error {
		return run.Step(ctx, r.Seen, r.Total, "promise.recompute.step", "seen", r.Seen, "moved", r.Moved, "ruled", r.Ruled)
	})
	if err != nil {
		return err
	}
	return run.Keep(done)
}

// Handlers are what the room learns from events: a calendar changed.
func (s *Service) Handlers() []outbox.Handler {
	return []outbox.Handler{{Name: "promise.calendar", Topic: calstore.Changed{}.Topic(), Do: func(ctx context.Context, tx *db.Tx, _ outbox.Event) error {
		waiting, err := tx.NewSelect().Model((*job.Row)(nil)).Where("jr.kind = ?", RecomputeJob).Where("jr.state = ?", job.Queued).Exists(ctx)
		if err != nil || waiting {
			return db.Sorted(err) // one that has not begun will see this change as well
		}
		_, err = s.Jobs.Start(ctx, tx, RecomputeJob, access.System("helpdesk"), cause{causeCalendar})
		return err
	}}}
}

// Draft is a rule as somebody wants it.
type Draft struct {
	Version int64 // that the writer saw; 0 for a new one
	Name    string
	sla.Terms
}

// Limits of a rule.
const (
	longestName    = 80
	mostRules      = 60
	mostSteps      = 8
	mostMinutes    = 100_000
	mostDays       = 250
	mostUnits      = 60
	farthestMinute = 50_000
)

func (d *Draft) check(key string, known map[string]bool) error {
	d.Name = strings.TrimSpace(fold.NFC(d.Name))
	var k fault.Check
	k.Need(d.Name != "" || key != "", "name", "promise.form.name_needed")
	k.Need(utf8.RuneCountInString(d.Name) <= longestName, "name", "promise.form.name_long", "max", longestName)
	k.Need(known[d.Calendar], "calendar", "promise.form.calendar_unknown")
	k.Need(key != sla.CatchAll || len(d.When.Asked()) == 0, "priorities", "promise.form.last_has_none")
	k.Need(key == sla.CatchAll || len(d.When.Asked()) > 0, "priorities", "promise.form.condition_needed")
	k.Need(len(d.When.Units) <= mostUnits, "units", "promise.form.units_many", "max", mostUnits)
	for _, p := range sla.Promises {
		k.Need(fits(d.Budget(p)), string(p)+"_n", "promise.form.budget_bad", "minutes", mostMinutes, "days", mostDays)
	}
	seen := map[string]bool{}
	for i, step := range d.Ladder {
		field := "step_minutes_" + strconv.Itoa(i)
		k.Need(step.Minutes >= -farthestMinute && step.Minutes <= farthestMinute, field, "promise.form.step_far", "max", farthestMinute)
		name := string(step.Of) + " " + step.Name()
		k.Need(!seen[name], field, "promise.form.step_twice")
		seen[name] = true
	}
	return k.Err()
}

func fits(b sla.Budget) bool {
	switch b.Unit {
	case sla.Minutes:
		return b.N >= 1 && b.N <= mostMinutes
	case sla.Days:
		return b.N >= 1 && b.N <= mostDays
	case sla.EndOfDay:
		return b.N >= 0 && b.N <= mostDays
	}
	return false
}

// calendars are the names that exist.
func (s *Service) calendars(ctx context.Context) (map[string]bool, error) {
	list, err := s.Calendars.Calendars(ctx, access.System("helpdesk"))
	known := map[string]bool{}
	for _, c := range list {
		known[c.Name] = true
	}
	return known, err
}

// Proposed is the book as it would be with a draft in the place of a rule; a new one
// comes before the last.
func (s *Service) Proposed(ctx context.Context, key string, d Draft) (sla.Book, error) {
	book, err := s.Store.Book(ctx)
	if err != nil {
		return nil, err
	}
	book = slices.Clone(book)
	i := slices.IndexFunc(book, func(r sla.Rule) bool { return r.Key == key })
	if key == "" || i < 0 {
		return slices.Insert(book, len(book)-1, sla.Rule{Key: newKey, Name: d.Name, Terms: d.Terms}), nil
	}
	book[i].Terms = d.Terms
	return book, nil
}

// newKey stands for a rule that does not exist yet.
const newKey = "new"

// Preview tells what saving a draft would do to the open tickets.
func (s *Service) Preview(ctx context.Context, who access.Actor, key string, d Draft) (helpdesk.Weight, error) {
	if err := who.Need(helpdesk.Manage); err != nil {
		return helpdesk.Weight{}, err
	}
	known, err := s.calendars(ctx)
	if err != nil {
		return helpdesk.Weight{}, err
	}
	if err := d.check(key, known); err != nil {
		return helpdesk.Weight{}, err
	}
	book, err := s.Proposed(ctx, key, d)
	if err != nil {
		return helpdesk.Weight{}, err
	}
	return s.Desk.Weigh(ctx, who, book)
}

// Save writes a rule, a new one when key is empty, and starts the recompute, whose
// key it gives.
func (s *Service) Save(ctx context.Context, who access.Actor, key string, d Draft) (run ident.ID, err error) {
	if err := who.Need(helpdesk.Manage); err != nil {
		return "", err
	}
	known, err := s.calendars(ctx)
	if err != nil {
		return "", err
	}
	if err := d.check(key, known); err != nil {
		return "", err
	}
	terms, err := written(d.Terms)
	if err != nil {
		return "", err
	}
	return s.change(ctx, who, func(ctx context.Context, tx *db.Tx, rows []row) (row, string, error) {
		if key == "" {
			return s.add(rows, d, terms)
		}
		r, err := find(rows, key)
		if err != nil {
			return r, "", err
		}
		if d.Version != r.Version {
			return r, "", fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		r.Name, r.Terms = d.Name, terms
		return r, "helpdesk.rule.changed", nil
	})
}

func (s *Service) add(rows []row, d Draft, terms string) (row, string, error) {
	if len(rows) >= mostRules {
		return row{}, "", fault.New(fault.Conflict, "promise.too_many", "max", mostRules)
	}
	position := int64(1)
	for _, r := range rows {
		if r.Key != sla.CatchAll {
			position = max(position, r.Position+1)
		}
	}
	key := "r" + strings.ReplaceAll(string(ident.New(s.Business.Now())), "-", "")
	return row{Key: key, Position: position, Name: d.Name, Terms: terms}, "helpdesk.rule.added", nil
}

func find(rows []row, key string) (row, error) {
	for _, r := range rows {
		if r.Key == key {
			return r, nil
		}
	}
	return row{}, fault.New(fault.Missing, "fault.missing")
}

// Switch turns a rule off or on. The last one stays on.
func (s *Service) Switch(ctx context.Context, who access.Actor, key string, off bool) (ident.ID, error) {
	if err := who.Need(helpdesk.Manage); err != nil {
		return "", err
	}
	return s.change(ctx, who, func(_ context.Context, _ *db.Tx, rows []row) (row, string, error) {
		r, err := find(rows, key)
		if err == nil && key == sla.CatchAll {
			err = fault.New(fault.Conflict, "promise.last_stays")
		}
		r.Off = off
		return r, "helpdesk.rule.switched", err
	})
}

// Move puts a rule one place up or down. The last one stays last.
func (s *Service) Move(ctx context.Context, who access.Actor, key string, up bool) (ident.ID, error) {
	if err := who.Need(helpdesk.Manage); err != nil {
		return "", err
	}
	return s.change(ctx, who, func(ctx context.Context, tx *db.Tx, rows []row) (row, string, error) {
		r, err := find(rows, key)
		if err != nil {
			return r, "", err
		}
		i := slices.IndexFunc(rows, func(o row) bool { return o.Key == key })
		j := i + 1
		if up {
			j = i - 1
		}
		if key == sla.CatchAll || j < 0 || j >= len(rows) || rows[j].Key == sla.CatchAll {
			return r, "", fault.New(fault.Conflict, "promise.cannot_move")
		}
		other := rows[j]
		if _, err := tx.NewUpdate().Model((*row)(nil)).Set("position = ?", r.Position).Where("sr.key = ?", other.Key).Exec(ctx); err != nil {
			return r, "", db.Sorted(err)
		}
		r.Position = other.Position
		return r, "helpdesk.rule.moved", nil
	})
}

// Again starts a recompute that nothing else asked for.
func (s *Service) Again(ctx context.Context, who access.Actor) (id ident.ID, err error) {
	if err := who.Need(helpdesk.Manage); err != nil {
		return "", err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if id, err = s.Jobs.Start(ctx, tx, RecomputeJob, who, cause{causeAsked}); err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, "helpdesk.rules.recomputed", string(id), nil)
	})
	return id, err
}

// change is one use case on the rules: reads them, writes the one that do gives as a
// new version, and starts the recompute.
func (s *Service) change(ctx context.Context, who access.Actor, do func(context.Context, *db.Tx, []row) (row, string, error)) (run ident.ID, err error) {
	now := s.Business.Now()
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var locked []string
		if err := tx.NewSelect().Model((*row)(nil)).Column("key").Order("sr.key").Apply(db.ForUpdate(tx)).Scan(ctx, &locked); err != nil {
			return db.Sorted(err)
		}
		rows, err := all(ctx, tx)
		if err != nil {
			return err
		}
		r, act, err := do(ctx, tx, rows)
		if err != nil {
			return err
		}
		before := r.Version
		r.Version, r.ChangedAt, r.ChangedBy = before+1, now, who.ID
		if before == 0 {
			_, err = tx.NewInsert().Model(&r).Exec(ctx)
			err = db.Sorted(err)
		} else {
			err = db.Changed(tx.NewUpdate().Model(&r).WherePK().Where("sr.version = ?", before).Exec(ctx))
		}
		if err != nil {
			return err
		}
		version := r.past()
		if _, err := tx.NewInsert().Model(&version).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		tx.After(s.Store.forget)
		if err := trail.Write(ctx, tx, now, who, act, r.Key, map[string][2]any{"version": {before, r.Version}, "off": {"", r.Off}, "position": {"", r.Position}}); err != nil {
			return err
		}
		run, err = s.Jobs.Start(ctx, tx, RecomputeJob, who, cause{causeRule})
		return err
	})
	return run, err
}
