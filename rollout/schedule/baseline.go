package schedule

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
	"lotrinh/rollout"
	"lotrinh/rollout/planner"
)

// Frozen is the content of a baseline. Its JSON is canonical: the members stand in this
// order, there are no maps, days are written as dates.
type Frozen struct {
	Programme string           `json:"programme"`
	Phase     int              `json:"phase"`
	FromOn    string           `json:"from_on"`
	LastOn    string           `json:"last_on"`
	Resources []FrozenResource `json:"resources"`
	Tasks     []FrozenTask     `json:"tasks"`
}

// FrozenResource is a resource as it was.
type FrozenResource struct {
	Key      string `json:"key"`
	Capacity int    `json:"capacity"`
	Days     []Span `json:"days"`
}

// FrozenTask is a task with the days that were agreed on, both included.
type FrozenTask struct {
	ID       ident.ID       `json:"id"`
	Kind     Kind           `json:"kind"`
	Step     string         `json:"step"`
	Number   int            `json:"number"`
	Title    string         `json:"title"`
	Unit     string         `json:"unit"`
	Owner    string         `json:"owner"`
	Duration int            `json:"duration"`
	After    []planner.Link `json:"after"`
	Needs    []planner.Need `json:"needs"`
	DueOn    string         `json:"due_on"`
	FirstOn  string         `json:"first_on"`
	LastOn   string         `json:"last_on"`
}

// frozen is the plan as a baseline keeps it.
func (b *book) frozen() Frozen {
	f := Frozen{Programme: b.draft.Programme, Phase: b.draft.Phase, FromOn: b.draft.FromOn, LastOn: b.axis.date(b.result.Span - 1)}
	for _, r := range b.resources {
		f.Resources = append(f.Resources, FrozenResource{r.Key, r.Capacity, r.Spans()})
	}
	for _, t := range b.tasks {
		from, until, ok := b.bar(t, b.result)
		if !ok {
			continue
		}
		f.Tasks = append(f.Tasks, FrozenTask{ID: t.ID, Kind: t.Kind, Step: t.Step, Number: t.Number, Title: t.Title, Unit: t.Unit, Owner: t.Owner,
			Duration: t.Duration, After: t.after(), Needs: t.needs(), DueOn: t.DueOn, FirstOn: b.axis.date(from), LastOn: b.axis.date(until - 1)})
	}
	return f
}

// bar is where a task lies, [from, until): what is done took its working days up to the
// day on which it was finished.
func (b *book) bar(t Task, r Result) (from, until int, ok bool) {
	if done, is := b.axis.at(t.DoneOn); is {
		until = b.axis.inside(done + 1)
		for from = until - 1; from > 0 && b.axis.worked(from, until) < t.Duration; {
			from--
		}
		return max(from, 0), until, until > 0
	}
	if !r.planned(t) {
		return 0, 0, false
	}
	return r.Start[t.Ordinal], r.End[t.Ordinal], true
}

// Freeze keeps the plan as it stands, for ever.
func (s *Service) Freeze(ctx context.Context, who access.Actor, draft ident.ID, name string, version int64) (Baseline, error) {
	if err := who.Need(rollout.Plan); err != nil {
		return Baseline{}, err
	}
	name = strings.Join(strings.Fields(fold.NFC(name)), " ")
	var k fault.Check
	k.Need(name != "", "name", "schedule.form.name_needed")
	k.Need(utf8.RuneCountInString(name) <= longestTitle, "name", "schedule.form.title_long", "limit", longestTitle)
	if err := k.Err(); err != nil {
		return Baseline{}, err
	}
	b, err := s.load(ctx, s.DB.Read(), draft)
	if err != nil {
		return Baseline{}, err
	}
	if b.draft.Version != version {
		return Baseline{}, fault.New(fault.Conflict, "fault.changed_meanwhile")
	}
	if len(b.result.Start) < len(b.tasks) {
		return Baseline{}, fault.New(fault.Conflict, "schedule.not_computed")
	}
	content, err := json.Marshal(b.frozen())
	if err != nil {
		return Baseline{}, err
	}
	sum := sha256.Sum256(content)
	now := s.now()
	row := Baseline{ID: ident.New(now), Draft: draft, Name: name, Content: string(content), Hash: hex.EncodeToString(sum[:]), MadeBy: who.ID, MadeName: who.Name, MadeAt: now}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := turn(ctx, tx, draft, version); err != nil {
			return err
		}
		if err := insert(ctx, tx, []Baseline{row}); err != nil {
			return err
		}
		e := FrozenEvent{Baseline: row.ID, Draft: draft, Programme: b.draft.Programme, Phase: b.draft.Phase, Hash: row.Hash}
		if err := outbox.Write(ctx, tx, now, e); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "rollout.plan.frozen", string(row.ID), map[string][2]any{"hash": {nil, row.Hash}})
	})
	return row, err
}

// Intact tells whether the hash is still that of the content.
func (b Baseline) Intact() bool {
	sum := sha256.Sum256([]byte(b.Content))
	return hex.EncodeToString(sum[:]) == b.Hash
}

// Plan is the content, read.
func (b Baseline) Plan() Frozen { return unpack[Frozen](b.Content) }

// latest is the newest baseline of a draft; false: there is none.
func (s *Service) latest(ctx context.Context, q bun.IDB, draft ident.ID) (Frozen, bool, error) {
	var rows []Baseline
	err := q.NewSelect().Model(&rows).Where("pb.draft = ?", draft).Order("pb.id DESC").Limit(1).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return Frozen{}, false, db.Sorted(err)
	}
	return rows[0].Plan(), true, nil
}

// byTask is the tasks of a baseline by their IDs.
func (f Frozen) byTask() map[ident.ID]FrozenTask {
	all := make(map[ident.ID]FrozenTask, len(f.Tasks))
	for _, t := range f.Tasks {
		all[t.ID] = t
	}
	return all
}

// slip is by how many working days a task ends after a baseline; negative: before it.
func (b *book) slip(t Task, f Frozen) int {
	for _, was := range f.Tasks {
		if was.ID == t.ID {
			return b.slipFrom(t, was)
		}
	}
	return 0
}

func (b *book) slipFrom(t Task, was FrozenTask) int {
	agreed, ok := b.axis.at(was.LastOn)
	_, until, placed := b.bar(t, b.result)
	if !ok || !placed {
		return 0
	}
	return b.axis.worked(agreed+1, until)
}

// earned is the earned schedule against a baseline at a day.
func (b *book) earned(f Frozen, today string) (e Earned, planned int) {
	first, last := b.axis.days(), 0
	for _, t := range f.Tasks {
		if d, ok := b.axis.at(t.FirstOn); ok {
			first = min(first, d)
		}
		if d, ok := b.axis.at(t.LastOn); ok {
			last = max(last, d+1)
		}
	}
	done := map[ident.ID]bool{}
	for _, t := range b.tasks {
		done[t.ID] = t.DoneOn != ""
	}
	var ends []int
	count := 0
	for _, t := range f.Tasks {
		d, _ := b.axis.at(t.LastOn)
		ends = append(ends, b.axis.worked(first, d+1))
		if done[t.ID] {
			count++
		}
	}
	now, _ := b.axis.at(today)
	return EarnedSchedule(ends, count, b.axis.worked(first, now)), b.axis.worked(first, last)
}
