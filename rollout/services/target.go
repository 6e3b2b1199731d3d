package services

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
	"lotrinh/rollout"
)

// Target is a quantity that units work off by stages: register books entered, checked,
// approved. Stages are the words that the planner gave them, in order.
type Target struct {
	bun.BaseModel `bun:"table:service_target,alias:st"`
	ID            ident.ID  `bun:"id,pk"`
	Title         string    `bun:"title"`
	Measure       string    `bun:"measure"` // "sổ hộ tịch"
	Stages        []string  `bun:"stages"`
	From          string    `bun:"from_day"`
	Due           string    `bun:"due_day"`
	CreatedAt     time.Time `bun:"created_at"`
	Version       int64     `bun:"version"`
}

// quota is how much a unit has to do, as known from a day on.
type quota struct {
	bun.BaseModel `bun:"table:service_quota,alias:sq"`
	Target        ident.ID  `bun:"target,pk"`
	Unit          string    `bun:"unit,pk"`
	AsOf          string    `bun:"as_of,pk"`
	Total         int64     `bun:"total"`
	Actor         string    `bun:"actor"`
	RecordedAt    time.Time `bun:"recorded_at"`
}

// Count is what a unit had done on a day, by stage; lines are never altered.
type Count struct {
	bun.BaseModel `bun:"table:service_count,alias:sn"`
	Seq           int64     `bun:"seq,pk,autoincrement"`
	ID            ident.ID  `bun:"id"`
	Target        ident.ID  `bun:"target"`
	Unit          string    `bun:"unit"`
	AsOf          string    `bun:"as_of"`
	Done          []int64   `bun:"done"`
	Note          string    `bun:"note"`
	RecordedAt    time.Time `bun:"recorded_at"`
	Actor         string    `bun:"actor"`
	ActorName     string    `bun:"actor_name"`
	Latest        bool      `bun:"latest"`
}

const mostStages = 5

// AddTarget sets a quantity target up.
func (s *Service) AddTarget(ctx context.Context, who access.Actor, t Target) (Target, error) {
	if err := who.Need(Keep); err != nil {
		return t, err
	}
	t.Title, t.Measure = tidy(t.Title), tidy(t.Measure)
	var stages []string
	for _, one := range t.Stages {
		if one = tidy(one); one != "" {
			stages = append(stages, one)
		}
	}
	t.Stages = stages
	_, bad1 := clock.ParseDate(t.From)
	_, bad2 := clock.ParseDate(t.Due)
	distinct := slices.Clone(stages)
	slices.Sort(distinct)
	var k fault.Check
	k.Need(t.Title != "", "title", "services.form.title")
	k.Need(utf8.RuneCountInString(t.Title) <= 200, "title", "services.form.long", "max", 200)
	k.Need(t.Measure != "", "measure", "services.form.measure")
	k.Need(utf8.RuneCountInString(t.Measure) <= 60, "measure", "services.form.long", "max", 60)
	k.Need(len(stages) > 0 && len(stages) <= mostStages && len(slices.Compact(distinct)) == len(stages), "stages", "services.form.stages", "max", mostStages)
	k.Need(bad1 == nil, "from", "form.bad_day")
	k.Need(bad2 == nil, "due", "form.bad_day")
	k.Need(bad1 != nil || bad2 != nil || t.From <= t.Due, "due", "services.form.due")
	if err := k.Err(); err != nil {
		return t, err
	}
	now := s.now()
	t.ID, t.CreatedAt, t.Version = ident.New(now), now, 1
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&t).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "rollout.service.target_added", string(t.ID), map[string][2]any{"due": {"", t.Due}})
	})
	if fault.HasKey(err, "fault.duplicate") {
		k.Need(false, "title", "services.form.title_taken")
		return t, k.Err()
	}
	return t, err
}

// Targets are all quantity targets, the newest first.
func (s *Service) Targets(ctx context.Context, who access.Actor) ([]Target, error) {
	if err := who.Need(rollout.Read); err != nil {
		return nil, err
	}
	var rows []Target
	err := s.DB.Read().NewSelect().Model(&rows).OrderExpr("st.id DESC").Limit(200).Scan(ctx)
	return rows, db.Sorted(err)
}

// Doing is how far a unit is with a target: its total and what is done by stage.
type Doing struct {
	Unit, Name, District string
	Total                int64
	Done                 []int64
	AsOf                 string // of the last report, empty before one
	Report               bool   // the actor reports it
}

// Quantity is a target with its units, their sum and that of each district.
type Quantity struct {
	Target
	Sum       Doing
	Districts []Doing
	Units     []Doing
}

// Quantity shows how far a target is, over the units that the actor may see: three
// queries, however many units there are.
func (s *Service) Quantity(ctx context.Context, who access.Actor, id ident.ID) (Quantity, error) {
	if err := who.Need(rollout.Read); err != nil {
		return Quantity{}, err
	}
	var q Quantity
	if err := s.DB.Read().NewSelect().Model(&q.Target).Where("st.id = ?", id).Scan(ctx); err != nil {
		return q, db.Sorted(err)
	}
	tree, err := s.tree(ctx, s.now())
	if err != nil {
		return q, err
	}
	totals, err := quotas(ctx, s.DB.Read(), who, id, clock.Date(s.now()), "")
	if err != nil {
		return q, err
	}
	var counts []Count
	err = s.DB.Read().NewSelect().Model(&counts).Where("sn.target = ?", id).Where("sn.latest").Apply(who.Within(rollout.Read, "sn.unit")).Scan(ctx)
	if err != nil {
		return q, db.Sorted(err)
	}
	last := map[string]Count{}
	for _, c := range counts {
		last[c.Unit] = c
	}
	q.Sum.Done = make([]int64, len(q.Stages))
	at := map[string]int{}
	for _, u := range tree.All() {
		total, asked := totals[u.Code]
		if !asked {
			continue
		}
		c := last[u.Code]
		d := Doing{Unit: u.Code, Name: u.Full(), District: tree.District(u.Code), Total: total, Done: make([]int64, len(q.Stages)), AsOf: c.AsOf, Report: who.Covers(Tell, u.Code)}
		copy(d.Done, c.Done)
		q.Units = append(q.Units, d)
		i, known := at[d.District]
		if !known {
			i = len(q.Districts)
			at[d.District] = i
			q.Districts = append(q.Districts, Doing{Unit: d.District, Name: nameOf(tree, d.District), Done: make([]int64, len(q.Stages))})
		}
		q.Districts[i].add(d)
		q.Sum.add(d)
	}
	return q, nil
}

func nameOf(tree *org.Tree, code string) string {
	u, _ := tree.Unit(code)
	return u.Full()
}

func (d *Doing) add(o Doing) {
	d.Total += o.Total
	for i := range o.Done {
		d.Done[i] += o.Done[i]
	}
	d.AsOf = max(d.AsOf, o.AsOf)
}

// quotas are the totals of a target by unit as they hold on a day; one unit's, when named.
func quotas(ctx context.Context, idb bun.IDB, who access.Actor, target ident.ID, day, unit string) (map[string]int64, error) {
	var rows []quota
	q := idb.NewSelect().Model(&rows).Where("sq.target = ?", target).Where("sq.as_of <= ?", day).Apply(who.Within(rollout.Read, "sq.unit")).Order("sq.as_of")
	if unit != "" {
		q = q.Where("sq.unit = ?", unit)
	}
	err := q.Scan(ctx)
	out := make(map[string]int64, len(rows))
	for _, r := range rows {
		out[r.Unit] = r.Total
	}
	return out, db.Sorted(err)
}

// CountForm is what a unit reports: how much is done by stage on a day.
type CountForm struct {
	AsOf string
	Done []int64
	Note string
}

// check is pure: total is the unit's, last its latest report.
func (f *CountForm) check(t Target, total int64, last Count, today string) error {
	f.Note = tidy(f.Note)
	_, bad := clock.ParseDate(f.AsOf)
	var k fault.Check
	k.Need(bad == nil, "as_of", "form.bad_day")
	k.Need(bad != nil || f.AsOf <= today, "as_of", "services.form.future")
	k.Need(bad != nil || f.AsOf >= last.AsOf, "as_of", "services.form.older")
	if k.Need(len(f.Done) == len(t.Stages), "stage0", "services.form.number"); len(f.Done) != len(t.Stages) {
		return k.Err()
	}
	most, less := total, false
	for i, n := range f.Done {
		field := stageField(i)
		k.Need(n >= 0, field, "services.form.number")
		k.Need(n <= most, field, "services.form.most", "max", most)
		most = n
		less = less || i < len(last.Done) && n < last.Done[i]
	}
	k.Need(!less || f.Note != "", "note", "services.form.less")
	k.Need(utf8.RuneCountInString(f.Note) <= longestNote, "note", "services.form.long", "max", longestNote)
	return k.Err()
}

func stageField(i int) string { return "stage" + string(rune('0'+i)) }

// Count writes down what a unit reports.
func (s *Service) Count(ctx context.Context, who access.Actor, target ident.ID, unit string, f CountForm) error {
	if err := who.NeedAt(Tell, unit); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var t Target
		if err := tx.NewSelect().Model(&t).Where("st.id = ?", target).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		now := s.now()
		totals, err := quotas(ctx, tx, access.System("services"), target, clock.Date(now), unit)
		if err != nil {
			return err
		}
		total, asked := totals[unit]
		if !asked {
			return fault.New(fault.Missing, "fault.missing")
		}
		var last []Count
		if err := tx.NewSelect().Model(&last).Where("sn.target = ?", target).Where("sn.unit = ?", unit).Where("sn.latest").Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if err := f.check(t, total, append(last, Count{})[0], clock.Date(now)); err != nil {
			return err
		}
		if len(last) > 0 {
			if _, err := tx.NewRaw("UPDATE service_count SET latest = FALSE WHERE id = ?", last[0].ID).Exec(ctx); err != nil {
				return db.Sorted(err)
			}
		}
		row := Count{ID: ident.New(now), Target: target, Unit: unit, AsOf: f.AsOf, Done: f.Done, Note: f.Note, RecordedAt: now, Actor: string(who.ID), ActorName: who.Name, Latest: true}
		if _, err := tx.NewInsert().Model(&row).ExcludeColumn("seq").Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		if err := trail.Write(ctx, tx, now, who, "rollout.service.counted", string(row.ID), map[string][2]any{"target": {"", target}, "as_of": {"", f.AsOf}}, trail.At(unit)); err != nil {
			return err
		}
		return outbox.Write(ctx, tx, now, Counted{Target: target, Unit: unit, AsOf: f.AsOf, Done: f.Done})
	})
}

// UnitCounts is a unit's part of a target with its reports, the newest first.
type UnitCounts struct {
	Target
	Doing
	Place string
	Log   []Count
}

// UnitCounts shows it.
func (s *Service) UnitCounts(ctx context.Context, who access.Actor, target ident.ID, unit string) (UnitCounts, error) {
	if err := who.NeedAt(rollout.Read, unit); err != nil {
		return UnitCounts{}, err
	}
	var v UnitCounts
	q := s.DB.Read()
	if err := q.NewSelect().Model(&v.Target).Where("st.id = ?", target).Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	totals, err := quotas(ctx, q, who, target, clock.Date(s.now()), unit)
	if err != nil {
		return v, err
	}
	total, asked := totals[unit]
	if !asked {
		return v, fault.New(fault.Missing, "fault.missing")
	}
	tree, err := s.tree(ctx, s.now())
	if err != nil {
		return v, err
	}
	v.Doing = Doing{Unit: unit, Name: nameOf(tree, unit), District: tree.District(unit), Total: total, Done: make([]int64, len(v.Stages)), Report: who.Covers(Tell, unit)}
	v.Place = tree.Place(unit)
	if err := q.NewSelect().Model(&v.Log).Where("sn.target = ?", target).Where("sn.unit = ?", unit).OrderExpr("sn.seq DESC").Limit(100).Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	if len(v.Log) > 0 {
		copy(v.Done, v.Log[0].Done)
		v.AsOf = v.Log[0].AsOf
	}
	return v, nil
}
