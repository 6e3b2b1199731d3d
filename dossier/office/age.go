package office

import (
	"context"
	"slices"
	"time"

	"lotrinh/dossier"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/kit/worktime"
)

// The steps of ageing, in working time around the moment by which a dossier must be done.
const (
	soon    = "soon"    // half a working day before
	pidLate = "pid"     // 16:00 of the due day, and the personal number is not there
	atDue   = "due"     // at the moment
	after   = "after"   // one working day after: those above are told
	silence = "silence" // no reply to a letter for 20 days
)

const (
	soonMinutes  = 4 * 60
	afterMinutes = 8 * 60
	// SilentDays is after how many days without a reply a sworn statement stands in for
	// the verification of marital status (period of the national portal's process).
	SilentDays = 20
)

// stage is one step of ageing at its moment.
type stage struct {
	name string
	at   time.Time
}

// stages are the steps of a task in the order of time.
func (t Task) stages(cal *worktime.Calendar, d dossier.Dossier) []stage {
	var all []stage
	if t.Desk == Letters {
		return []stage{{silence, t.Since.AddDate(0, 0, SilentDays)}}
	}
	if t.DueAt.IsZero() || t.Desk == Citizen {
		return nil
	}
	if back, err := cal.BackMinutes(t.DueAt, soonMinutes); err == nil && back.Known() && d.Status != dossier.Submitted {
		all = append(all, stage{soon, back.At.UTC()})
	}
	if d.Waiting == dossier.ForPID {
		y, m, day := t.DueAt.In(clock.City).Date()
		all = append(all, stage{pidLate, time.Date(y, m, day, 16, 0, 0, 0, clock.City).UTC()})
	}
	all = append(all, stage{atDue, t.DueAt}, stage{after, within(cal, t.DueAt, afterMinutes)})
	slices.SortStableFunc(all, func(a, b stage) int { return a.at.Compare(b.at) })
	return all
}

// age sets the next step behind a moment: steps before the present are past, but the one
// at the due moment and the one after it are told even when they come late.
func (t *Task) age(cal *worktime.Calendar, d dossier.Dossier, at time.Time) {
	t.Step, t.NextAt = "", time.Time{}
	for _, one := range t.stages(cal, d) {
		if one.at.After(at) {
			t.Step, t.NextAt = one.name, one.at
			return
		}
	}
}

// next moves a task on behind a step that was told.
func (t *Task) next(cal *worktime.Calendar, d dossier.Dossier) {
	told := t.Step
	t.Step, t.NextAt = "", time.Time{}
	all := t.stages(cal, d)
	at := slices.IndexFunc(all, func(s stage) bool { return s.name == told })
	if at >= 0 && at+1 < len(all) {
		t.Step, t.NextAt = all[at+1].name, all[at+1].at
	}
}

// needs says whose desk it is, in rights.
var needs = map[Desk][]access.Perm{Intake: {dossier.Receive}, OneStop: {dossier.Receive}, Handing: {dossier.Receive}, Citizen: {dossier.Receive},
	Officer: {dossier.Examine}, Letters: {dossier.Examine}, Authority: {dossier.Examine}, Leader: {dossier.Sign}}

// Tend tells people what becomes old: who has it before and at its moment, those above
// afterwards. It tells how many dossiers it looked at; a chore runs it.
func (s *Service) Tend(ctx context.Context, limit int) (int, error) {
	at := s.Now()
	var tasks []Task
	err := s.DB.Read().NewSelect().Model(&tasks).Where("t.next_at IS NOT NULL").Where("t.next_at <= ?", at).Order("t.next_at", "t.dossier").Limit(int64(limit)).Scan(ctx)
	if err != nil || len(tasks) == 0 {
		return 0, db.Sorted(err)
	}
	for _, t := range tasks {
		if err := s.tend(ctx, t.Dossier, at); err != nil {
			return 0, err
		}
	}
	return len(tasks), nil
}

// tend tells one step of one dossier, once: whoever else tends it meanwhile finds it told.
func (s *Service) tend(ctx context.Context, id ident.ID, at time.Time) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var rows []Task
		err := tx.NewSelect().Model(&rows).Where("t.dossier = ?", id).Where("t.next_at <= ?", at).Apply(db.ForUpdate(tx)).Scan(ctx)
		if err != nil || len(rows) == 0 {
			return db.Sorted(err)
		}
		t := rows[0]
		var d dossier.Dossier
		if err := tx.NewSelect().Model(&d).Where("d.id = ?", id).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		cal, err := s.calendar(ctx)
		if err != nil {
			return err
		}
		if err := s.told(ctx, tx, t, d, at); err != nil {
			return err
		}
		name := t.Step
		t.next(cal, d)
		if _, err := tx.NewUpdate().Model(&t).Column("step", "next_at").WherePK().Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, at, access.System("ageing"), "dossier.aged", string(d.ID), map[string][2]any{"step": {nil, name}}, trail.At(d.Unit))
	})
}

// told writes the notices of a step: by code, without persons.
func (s *Service) told(ctx context.Context, tx *db.Tx, t Task, d dossier.Dossier, at time.Time) error {
	readers, err := s.readers(ctx, t)
	if err != nil {
		return err
	}
	template := "office.notice." + t.Step
	if d.Status == dossier.Submitted {
		template = "office.notice.check"
	}
	var all []notify.Message
	seen := map[ident.ID]bool{"": true}
	for _, r := range readers {
		if seen[r] {
			continue
		}
		seen[r] = true
		all = append(all, notify.Message{Account: r, Template: template, Link: d.Path(), Args: []any{"code", d.Number(), "at", t.DueAt},
			Dedupe: "dossier.age " + string(d.ID) + " " + t.Step + " " + t.RankAt.UTC().Format(time.RFC3339)})
	}
	return notify.Write(ctx, tx, at, all...)
}

// readers are who is told: whose desk it is; from the due moment on the leader, a day
// later the coordinator above as well.
func (s *Service) readers(ctx context.Context, t Task) ([]ident.ID, error) {
	perms := slices.Clone(needs[t.Desk])
	switch t.Step {
	case atDue:
		perms = append(perms, dossier.Sign)
	case after:
		perms = append(perms, dossier.Sign, dossier.Supervise)
	}
	var all []ident.ID
	if t.Handler != "" {
		all = append(all, t.Handler)
		perms = slices.DeleteFunc(perms, func(p access.Perm) bool { return slices.Contains(needs[t.Desk], p) && p != dossier.Sign })
	}
	for _, p := range perms {
		some, err := s.people.Holding(ctx, p, t.Unit)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}
