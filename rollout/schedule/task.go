package schedule

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
	"lotrinh/rollout"
	"lotrinh/rollout/planner"
)

// The longest texts of a task.
const (
	longestTitle = 160
	longestNote  = 1000
	longestTask  = 60 // working days
	mostTasks    = 20_000
)

// TaskForm is what a planner changes of a task. After names the tasks it follows by
// ordinal; Resource is the ordinal of what it needs, -1 for nothing.
type TaskForm struct {
	Kind                               Kind
	Title, Unit, Owner                 string
	Duration                           int
	ReleaseOn, DueOn, PromisedOn, Note string
	After                              []int
	Lag, Resource, Amount              int
	Version                            int64
}

func (f *TaskForm) check(tree *org.Tree) *fault.Check {
	var k fault.Check
	f.Title, f.Note = strings.Join(strings.Fields(fold.NFC(f.Title)), " "), strings.TrimSpace(fold.NFC(f.Note))
	k.Need(utf8.RuneCountInString(f.Title) <= longestTitle, "title", "schedule.form.title_long", "limit", longestTitle)
	k.Need(utf8.RuneCountInString(f.Note) <= longestNote, "note", "schedule.form.note_long", "limit", longestNote)
	k.Need(f.Duration >= 1 && f.Duration <= longestTask, "duration", "schedule.form.number", "least", 1, "most", longestTask)
	for name, day := range map[string]string{"release": f.ReleaseOn, "due": f.DueOn, "promised": f.PromisedOn} {
		_, err := clock.ParseDate(day)
		k.Need(day == "" || err == nil, name, "form.bad_day")
	}
	for name, unit := range map[string]string{"unit": f.Unit, "owner": f.Owner} {
		_, known := tree.Unit(unit)
		k.Need(unit == "" || known, name, "schedule.form.unit")
	}
	return &k
}

// Change saves what a planner changed of a task.
func (s *Service) Change(ctx context.Context, who access.Actor, id ident.ID, f TaskForm) error {
	if err := who.Need(rollout.Plan); err != nil {
		return err
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		t, err := taskByID(ctx, tx, who, id)
		if err != nil {
			return err
		}
		f.Unit = t.Unit
		if err := f.check(tree).Err(); err != nil {
			return err
		}
		was := t
		t.Duration, t.Owner, t.ReleaseOn, t.DueOn, t.PromisedOn, t.Note = f.Duration, f.Owner, f.ReleaseOn, f.DueOn, f.PromisedOn, f.Note
		if err := saveTask(ctx, tx, t, f.Version); err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.now(), who, "rollout.plan.task_changed", string(id), map[string][2]any{"release": {was.ReleaseOn, t.ReleaseOn},
			"due": {was.DueOn, t.DueOn}, "promised": {was.PromisedOn, t.PromisedOn}, "days": {was.Duration, t.Duration}, "owner": {was.Owner, t.Owner}}, trail.At(t.Unit))
	})
}

func saveTask(ctx context.Context, tx *db.Tx, t Task, version int64) error {
	t.Version = version + 1
	err := db.Changed(tx.NewUpdate().Model(&t).Column("duration", "owner", "release_on", "due_on", "promised_on", "done_on", "note", "version").
		WherePK().Where("version = ?", version).Exec(ctx))
	if err != nil {
		return err
	}
	return bump(ctx, tx, t.Draft)
}

// Add puts a task of one's own into a draft, behind the tasks that it follows.
func (s *Service) Add(ctx context.Context, who access.Actor, draft ident.ID, f TaskForm) (Task, error) {
	if err := who.Need(rollout.Plan); err != nil {
		return Task{}, err
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return Task{}, err
	}
	k := f.check(tree)
	k.Need(f.Title != "", "title", "schedule.form.title_needed")
	k.Need(slices.Contains(Kinds, f.Kind), "kind", "schedule.form.kind")
	k.Need(f.Lag >= 0 && f.Lag <= longestTask, "lag", "schedule.form.number", "least", 0, "most", longestTask)
	k.Need(f.Resource < 0 || f.Amount >= 1 && f.Amount <= most, "amount", "schedule.form.number", "least", 1, "most", most)
	if err := k.Err(); err != nil {
		return Task{}, err
	}
	var t Task
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		b, err := s.load(ctx, tx, draft)
		if err != nil {
			return err
		}
		now, links, needs := s.now(), []planner.Link{}, []planner.Need{}
		var k fault.Check
		for _, a := range f.After {
			k.Need(a >= 0 && a < len(b.tasks), "after", "schedule.form.after")
			links = append(links, planner.Link{Task: a, Lag: f.Lag})
		}
		k.Need(f.Resource < len(b.resources), "resource", "schedule.form.resource")
		k.Need(len(b.tasks) < mostTasks, "title", "schedule.form.full", "most", mostTasks)
		if err := k.Err(); err != nil {
			return err
		}
		if f.Resource >= 0 {
			needs = append(needs, planner.Need{Resource: f.Resource, Amount: f.Amount})
		}
		t = Task{ID: ident.New(now), Draft: draft, Ordinal: len(b.tasks), Kind: f.Kind, Title: f.Title, Unit: f.Unit, Owner: f.Owner, Duration: f.Duration,
			Links: pack(links), Needs: pack(needs), ReleaseOn: f.ReleaseOn, DueOn: f.DueOn, PromisedOn: f.PromisedOn, Note: f.Note, Version: 1}
		if err := insert(ctx, tx, []Task{t}); err != nil {
			return err
		}
		if err := bump(ctx, tx, draft); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "rollout.plan.task_added", string(t.ID), map[string][2]any{"kind": {nil, f.Kind}}, trail.At(f.Unit))
	})
	return t, err
}

// Finish reports the day on which a task was finished; an empty day takes it back.
func (s *Service) Finish(ctx context.Context, who access.Actor, id ident.ID, day string, version int64) error {
	if err := s.finishable(day); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		t, err := taskByID(ctx, tx, who, id)
		if err != nil {
			return err
		}
		if err := s.mayReport(who, t); err != nil {
			return err
		}
		was := t.DoneOn
		t.DoneOn = day
		if err := saveTask(ctx, tx, t, version); err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.now(), who, "rollout.plan.task_done", string(id), map[string][2]any{"done": {was, day}}, trail.At(t.Unit))
	})
}

func (s *Service) finishable(day string) error {
	var k fault.Check
	_, err := clock.ParseDate(day)
	k.Need(day == "" || err == nil, "done", "form.bad_day")
	k.Need(day <= s.today(), "done", "schedule.form.future")
	return k.Err()
}

// FinishStep reports for many communes at once that a step of theirs was finished on a day.
func (s *Service) FinishStep(ctx context.Context, who access.Actor, draft ident.ID, step string, units []string, day string) error {
	if err := s.finishable(day); err != nil {
		return err
	}
	if len(units) == 0 {
		return fault.New(fault.Invalid, "schedule.form.nobody")
	}
	for _, u := range units {
		if err := who.NeedAt(rollout.Declare, u); err != nil {
			return err
		}
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewUpdate().Table("plan_task").Set("done_on = ?", day).Set("version = version + 1").Where("draft = ? AND step = ?", draft, step).
			Where("unit IN (?)", bun.List(units)).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if err := bump(ctx, tx, draft); err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.now(), who, "rollout.plan.step_done", string(draft), map[string][2]any{"step": {nil, step}, "units": {nil, len(units)}, "done": {nil, day}})
	})
}

// SetResource changes what a resource offers.
func (s *Service) SetResource(ctx context.Context, who access.Actor, id ident.ID, capacity int, days []Span, version int64) (Resource, error) {
	if err := who.Need(rollout.Plan); err != nil {
		return Resource{}, err
	}
	var k fault.Check
	k.Need(capacity >= 0 && capacity <= most, "capacity", "schedule.form.number", "least", 0, "most", most)
	for _, d := range days {
		_, err1 := clock.ParseDate(d.From)
		_, err2 := clock.ParseDate(d.Until)
		k.Need(err1 == nil && err2 == nil && d.From <= d.Until, "days", "schedule.form.span")
		k.Need(d.Capacity >= 0 && d.Capacity <= most, "days", "schedule.form.number", "least", 0, "most", most)
	}
	if err := k.Err(); err != nil {
		return Resource{}, err
	}
	var r Resource
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.NewSelect().Model(&r).Where("pr.id = ?", id).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		was := r.Capacity
		r.Capacity, r.Days, r.Version = capacity, pack(slices.Clip(days)), version+1
		err := db.Changed(tx.NewUpdate().Model(&r).Column("capacity", "days", "version").WherePK().Where("version = ?", version).Exec(ctx))
		if err != nil {
			return err
		}
		if err := bump(ctx, tx, r.Draft); err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.now(), who, "rollout.plan.resource_changed", string(id), map[string][2]any{"capacity": {was, capacity}})
	})
	return r, err
}

// Explain writes the reason of a slip, or one more word on it.
func (s *Service) Explain(ctx context.Context, who access.Actor, id ident.ID, reason Reason, comment string) error {
	comment = strings.TrimSpace(fold.NFC(comment))
	var k fault.Check
	k.Need(slices.Contains(Reasons, reason), "reason", "schedule.form.reason")
	k.Need(comment != "" || reason != "other", "comment", "schedule.form.comment")
	k.Need(utf8.RuneCountInString(comment) <= longestNote, "comment", "schedule.form.note_long", "limit", longestNote)
	if err := k.Err(); err != nil {
		return err
	}
	t, err := taskByID(ctx, s.DB.Read(), who, id)
	if err != nil {
		return err
	}
	if err := s.mayReport(who, t); err != nil {
		return err
	}
	b, err := s.load(ctx, s.DB.Read(), t.Draft)
	if err != nil {
		return err
	}
	base, _, err := s.latest(ctx, s.DB.Read(), t.Draft)
	if err != nil {
		return err
	}
	days := b.slip(t, base)
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := s.now()
		row := Slip{ID: ident.New(now), Draft: t.Draft, Task: id, Unit: t.Unit, Days: days, Reason: reason, Comment: comment, MadeBy: who.ID, MadeName: who.Name, MadeAt: now}
		if err := insert(ctx, tx, []Slip{row}); err != nil {
			return err
		}
		if err := outbox.Write(ctx, tx, now, Slipped{Task: id, Unit: t.Unit, Days: days, Reason: reason}); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "rollout.plan.slip_explained", string(id), map[string][2]any{"reason": {nil, reason}, "days": {nil, days}}, trail.At(t.Unit))
	})
}
