package schedule

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/rollout"
)

// RunState is where a rehearsal of a cut-over stands.
type RunState string

// The states of a rehearsal. Go and NoGo are decided once; after NoGo the way back is run.
const (
	RunPlanned RunState = "planned"
	Running    RunState = "running"
	Go         RunState = "go"
	NoGo       RunState = "no_go"
)

// Run is a rehearsal of a cut-over, or the cut-over itself, by a run-sheet. Snapshot is
// what was known when it was decided on, JSON of Known; Hash covers it.
type Run struct {
	bun.BaseModel `bun:"table:plan_rehearsal,alias:rh"`
	ID            ident.ID   `bun:"id,pk"`
	Programme     string     `bun:"programme"`
	Title         string     `bun:"title"`
	Unit          string     `bun:"unit"` // a district or a commune
	HeldOn        string     `bun:"held_on"`
	State         RunState   `bun:"state"`
	Reason        string     `bun:"reason"`
	Snapshot      string     `bun:"snapshot"`
	Hash          string     `bun:"hash"`
	DecidedName   string     `bun:"decided_name"`
	DecidedAt     *time.Time `bun:"decided_at"`
	MadeBy        ident.ID   `bun:"made_by"`
	MadeName      string     `bun:"made_name"`
	MadeAt        time.Time  `bun:"made_at"`
	Version       int64      `bun:"version"`
}

// Path is the page of the rehearsal.
func (r Run) Path() string { return rehearsalsAt + "/" + string(r.ID) }

// Decided tells whether somebody said go or no-go.
func (r Run) Decided() bool { return r.State == Go || r.State == NoGo }

// RunStep is a line of a run-sheet: what is done, by whom, in how many minutes, and when
// it really began and ended. The steps Back lead back when it is no-go.
type RunStep struct {
	bun.BaseModel `bun:"table:plan_run_step,alias:rs"`
	ID            ident.ID   `bun:"id,pk"`
	Rehearsal     ident.ID   `bun:"rehearsal"`
	Ordinal       int        `bun:"ordinal"`
	Step          string     `bun:"step"` // of the usual sheet; its words name it
	Title         string     `bun:"title"`
	Owner         string     `bun:"owner"` // who does it: a name or a post, as typed; empty: as usual for the step
	Minutes       int        `bun:"minutes"`
	Back          bool       `bun:"back"`
	StartedAt     *time.Time `bun:"started_at"`
	EndedAt       *time.Time `bun:"ended_at"`
	Note          string     `bun:"note"`
	Version       int64      `bun:"version"`
}

// Took is how many minutes a step took, begun ones counted as whole; false while it runs.
func (s RunStep) Took() (int, bool) {
	if s.StartedAt == nil || s.EndedAt == nil {
		return 0, false
	}
	return int((s.EndedAt.Sub(*s.StartedAt) + time.Minute - 1) / time.Minute), true
}

// usual is the run-sheet that a rehearsal begins with.
var usual = []RunStep{
	{Step: "announce", Minutes: 15}, {Step: "backup", Minutes: 30}, {Step: "switch", Minutes: 20}, {Step: "signin", Minutes: 20},
	{Step: "dossier", Minutes: 45}, {Step: "print", Minutes: 15}, {Step: "hotline", Minutes: 10},
	{Step: "back_switch", Minutes: 20, Back: true}, {Step: "back_tell", Minutes: 15, Back: true},
}

// Known is what a decision on a rehearsal rested on: the gates of its communes, and how
// long each step took.
type Known struct {
	At    string      `json:"at"`
	Gates []KnownGate `json:"gates"`
	Steps []KnownStep `json:"steps"`
}

// KnownGate is the gate of a commune.
type KnownGate struct {
	Unit   string         `json:"unit"`
	Stage  rollout.Stage  `json:"stage"`
	Answer rollout.Answer `json:"answer"`
}

// KnownStep is a step with its planned and measured minutes; -1: it was not ended.
type KnownStep struct {
	Step    string `json:"step"`
	Title   string `json:"title"`
	Minutes int    `json:"minutes"`
	Took    int    `json:"took"`
}

// RunForm is a rehearsal as somebody typed it.
type RunForm struct{ Programme, Title, Unit, HeldOn string }

// Prepare makes a rehearsal with the usual run-sheet.
func (s *Service) Prepare(ctx context.Context, who access.Actor, f RunForm) (Run, error) {
	f.Title = strings.Join(strings.Fields(fold.NFC(f.Title)), " ")
	tree, err := s.tree(ctx)
	if err != nil {
		return Run{}, err
	}
	var k fault.Check
	_, known := tree.Unit(f.Unit)
	k.Need(known, "unit", "schedule.form.unit")
	k.Need(f.Title != "", "title", "schedule.form.title_needed")
	k.Need(utf8.RuneCountInString(f.Title) <= longestTitle, "title", "schedule.form.title_long", "limit", longestTitle)
	_, err = clock.ParseDate(f.HeldOn)
	k.Need(err == nil, "held", "form.bad_day")
	if err := who.Need(rollout.Plan); err != nil {
		return Run{}, err
	}
	if err := k.Err(); err != nil {
		return Run{}, err
	}
	if err := who.NeedAt(rollout.Plan, f.Unit); err != nil {
		return Run{}, err
	}
	now := s.now()
	r := Run{ID: ident.New(now), Programme: f.Programme, Title: f.Title, Unit: f.Unit, HeldOn: f.HeldOn, State: RunPlanned, MadeBy: who.ID, MadeName: who.Name, MadeAt: now, Version: 1}
	steps := slices.Clone(usual)
	for i := range steps {
		steps[i].ID, steps[i].Rehearsal, steps[i].Ordinal, steps[i].Version = ident.New(now), r.ID, i, 1
	}
	return r, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := insert(ctx, tx, []Run{r}); err != nil {
			return err
		}
		if err := insert(ctx, tx, steps); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "rollout.rehearsal.prepared", string(r.ID), map[string][2]any{"held_on": {nil, f.HeldOn}}, trail.At(r.Unit))
	})
}

// run reads a rehearsal that the actor may see, with its sheet.
func (s *Service) run(ctx context.Context, q bun.IDB, who access.Actor, id ident.ID) (Run, []RunStep, error) {
	var r Run
	if err := q.NewSelect().Model(&r).Where("rh.id = ?", id).Scan(ctx); err != nil {
		return r, nil, db.Sorted(err)
	}
	if err := who.NeedAt(rollout.Read, r.Unit); err != nil {
		return r, nil, err
	}
	var steps []RunStep
	err := q.NewSelect().Model(&steps).Where("rs.rehearsal = ?", id).Order("rs.ordinal").Scan(ctx)
	return r, steps, db.Sorted(err)
}

// AddStep puts one more step at the end of a run-sheet that is not decided on.
func (s *Service) AddStep(ctx context.Context, who access.Actor, id ident.ID, step RunStep) error {
	if err := who.Need(rollout.Plan); err != nil {
		return err
	}
	step.Title, step.Owner = strings.Join(strings.Fields(fold.NFC(step.Title)), " "), strings.Join(strings.Fields(fold.NFC(step.Owner)), " ")
	var k fault.Check
	k.Need(step.Title != "", "title", "schedule.form.title_needed")
	k.Need(utf8.RuneCountInString(step.Title) <= longestTitle && utf8.RuneCountInString(step.Owner) <= longestTitle, "title", "schedule.form.title_long", "limit", longestTitle)
	k.Need(step.Minutes >= 1 && step.Minutes <= 1440, "minutes", "schedule.form.number", "least", 1, "most", 1440)
	if err := k.Err(); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, steps, err := s.run(ctx, tx, who, id)
		if err != nil {
			return err
		}
		if r.Decided() || len(steps) >= 60 {
			return fault.New(fault.Conflict, "schedule.run.decided")
		}
		step.ID, step.Rehearsal, step.Ordinal, step.Step, step.Version = ident.New(s.now()), id, len(steps), "", 1
		if err := insert(ctx, tx, []RunStep{step}); err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.now(), who, "rollout.rehearsal.step_added", string(id), map[string][2]any{"minutes": {nil, step.Minutes}}, trail.At(r.Unit))
	})
}

// Tick begins a step of a run-sheet, or ends one that runs. The way back is open only
// after a no-go, everything else only before a decision.
func (s *Service) Tick(ctx context.Context, who access.Actor, id ident.ID, note string, version int64) (ident.ID, error) {
	note = strings.TrimSpace(fold.NFC(note))
	if utf8.RuneCountInString(note) > longestNote {
		return "", fault.New(fault.Invalid, "schedule.form.note_long", "limit", longestNote)
	}
	var run ident.ID
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var step RunStep
		if err := tx.NewSelect().Model(&step).Where("rs.id = ?", id).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		r, _, err := s.run(ctx, tx, who, step.Rehearsal)
		if err != nil {
			return err
		}
		if err := who.NeedAt(rollout.Declare, r.Unit); err != nil {
			return err
		}
		if step.EndedAt != nil || step.Back != (r.State == NoGo) || r.State == Go {
			return fault.New(fault.Conflict, "schedule.run.not_now")
		}
		run = r.ID
		now := s.now()
		if step.StartedAt == nil {
			step.StartedAt = &now
		} else {
			step.EndedAt = &now
		}
		step.Note, step.Version = note, version+1
		err = db.Changed(tx.NewUpdate().Model(&step).Column("started_at", "ended_at", "note", "version").WherePK().Where("version = ?", version).Exec(ctx))
		if err != nil {
			return err
		}
		if r.State == RunPlanned {
			if err := db.Changed(tx.NewRaw("UPDATE plan_rehearsal SET state = ?, version = version + 1 WHERE id = ?", Running, r.ID).Exec(ctx)); err != nil {
				return err
			}
		}
		return trail.Write(ctx, tx, now, who, "rollout.rehearsal.ticked", string(step.ID), map[string][2]any{"ended": {nil, step.EndedAt != nil}}, trail.At(r.Unit))
	})
	return run, err
}

// Decide says go or no-go of a rehearsal that runs, with what is known at that moment: the
// gate of each of its communes and the time of each step. It is said once.
func (s *Service) Decide(ctx context.Context, who access.Actor, id ident.ID, yes bool, reason string, version int64) error {
	if err := who.Need(rollout.Plan); err != nil {
		return err
	}
	reason = strings.TrimSpace(fold.NFC(reason))
	var k fault.Check
	k.Need(reason != "", "reason", "schedule.run.reason_needed")
	k.Need(utf8.RuneCountInString(reason) <= longestNote, "reason", "schedule.form.note_long", "limit", longestNote)
	if err := k.Err(); err != nil {
		return err
	}
	r, steps, err := s.run(ctx, s.DB.Read(), who, id)
	if err != nil {
		return err
	}
	if err := who.NeedAt(rollout.Plan, r.Unit); err != nil {
		return err
	}
	if r.State != Running {
		return fault.New(fault.Conflict, "schedule.run.not_now")
	}
	for _, one := range steps {
		if yes && !one.Back && one.EndedAt == nil {
			return fault.New(fault.Conflict, "schedule.run.unfinished")
		}
	}
	known, err := s.known(ctx, who, r, steps)
	if err != nil {
		return err
	}
	content, err := json.Marshal(known)
	if err != nil {
		return err
	}
	sum, now := sha256.Sum256(content), s.now()
	r.State, r.Reason, r.Snapshot, r.Hash, r.DecidedName, r.DecidedAt, r.Version = NoGo, reason, string(content), hex.EncodeToString(sum[:]), who.Name, &now, version+1
	if yes {
		r.State = Go
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		err := db.Changed(tx.NewUpdate().Model(&r).Column("state", "reason", "snapshot", "hash", "decided_name", "decided_at", "version").WherePK().
			Where("version = ?", version).Where("state = ?", Running).Exec(ctx))
		if err != nil {
			return err
		}
		if yes {
			if err := s.feed(ctx, tx, r, workday(steps)); err != nil {
				return err
			}
		}
		return trail.Write(ctx, tx, now, who, "rollout.rehearsal.decided", string(id), map[string][2]any{"state": {Running, r.State}, "hash": {nil, r.Hash}}, trail.At(r.Unit))
	})
}

// workday is how many working days the steps of a sheet took together, the way back apart:
// eight hours make one.
func workday(steps []RunStep) int {
	minutes := 0
	for _, one := range steps {
		if n, ended := one.Took(); ended && !one.Back {
			minutes += n
		}
	}
	return min(max(1, (minutes+479)/480), longestTask)
}

// feed gives the cut-overs of a rehearsal's place that are still to come the days that it
// took: what was measured is what is planned from now on.
func (s *Service) feed(ctx context.Context, tx *db.Tx, r Run, days int) error {
	tree, err := s.tree(ctx)
	if err != nil {
		return err
	}
	drafts := tx.NewSelect().Table("plan_draft").Column("id").Where("programme = ?", r.Programme)
	_, err = tx.NewUpdate().Table("plan_task").Set("duration = ?", days).Set("version = version + 1").Where("draft IN (?)", drafts).
		Where("kind = ? AND done_on = '' AND duration <> ?", Cutover, days).Where("unit IN (?)", bun.List(tree.Under(r.Unit))).Exec(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	_, err = tx.NewRaw("UPDATE plan_draft SET version = version + 1 WHERE programme = ?", r.Programme).Exec(ctx)
	return db.Sorted(err)
}

// known is what a decision rests on now.
func (s *Service) known(ctx context.Context, who access.Actor, r Run, steps []RunStep) (Known, error) {
	board, err := s.Rollout.Board(ctx, who, r.Programme, rollout.Filter{Phase: rollout.Any})
	if err != nil {
		return Known{}, err
	}
	k := Known{At: s.now().Format(time.RFC3339)}
	for _, row := range board.Rows {
		if row.Unit == r.Unit || row.District == r.Unit {
			k.Gates = append(k.Gates, KnownGate{row.Unit, row.Stage, row.Gate.Answer})
		}
	}
	for _, one := range steps {
		took, ended := one.Took()
		if !ended {
			took = -1
		}
		k.Steps = append(k.Steps, KnownStep{one.Step, one.Title, one.Minutes, took})
	}
	return k, nil
}
