package deadline

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

type row struct {
	bun.BaseModel `bun:"table:deadline,alias:dl"`
	ID            ident.ID   `bun:"id,pk"`
	Area          string     `bun:"area"`
	Subject       string     `bun:"subject"`
	Purpose       string     `bun:"purpose"`
	Unit          string     `bun:"unit"`
	Calendar      string     `bun:"calendar"`
	StartedAt     time.Time  `bun:"started_at"`
	Budget        int64      `bun:"budget"`
	BudgetKind    string     `bun:"budget_kind"`
	DueAt         *time.Time `bun:"due_at"`
	MissingYear   int        `bun:"missing_year"`
	ExpectedYear  int        `bun:"expected_year"`
	State         string     `bun:"state"`
	PausedAt      *time.Time `bun:"paused_at"`
	StoppedAt     *time.Time `bun:"stopped_at"`
	Pauses        string     `bun:"pauses"`
	Steps         string     `bun:"steps"`
	NextStepAt    *time.Time `bun:"next_step_at"`
	Version       int64      `bun:"version"`
}

// pauseList is the JSON of the column pauses: the closed ones and why the open one is.
type pauseList struct {
	Closed []Break `json:"closed"`
	Why    string  `json:"why,omitempty"`
}

func (c *Clock) row() (row, error) {
	pauses, err := json.Marshal(pauseList{c.Pauses, c.PausedWhy})
	if err != nil {
		return row{}, fault.Because(fault.Internal, "fault.internal", err)
	}
	steps, err := json.Marshal(c.Steps)
	if err != nil {
		return row{}, fault.Because(fault.Internal, "fault.internal", err)
	}
	return row{ID: c.ID, Area: c.Area, Subject: c.Subject, Purpose: c.Purpose, Unit: c.Unit, Calendar: c.Calendar,
		StartedAt: c.Start, Budget: c.Budget, BudgetKind: string(c.Kind), DueAt: c.Due, MissingYear: c.MissingYear,
		ExpectedYear: c.ExpectedYear, State: string(c.State), PausedAt: c.PausedAt, StoppedAt: c.StoppedAt,
		Pauses: string(pauses), Steps: string(steps), NextStepAt: c.next(), Version: c.Version}, nil
}

func (r row) clock() (Clock, error) {
	c := Clock{ID: r.ID, Area: r.Area, Subject: r.Subject, Purpose: r.Purpose, Unit: r.Unit, Calendar: r.Calendar,
		Start: r.StartedAt.UTC(), Budget: r.Budget, Kind: Kind(r.BudgetKind), Due: utc(r.DueAt), MissingYear: r.MissingYear,
		ExpectedYear: r.ExpectedYear, State: State(r.State), PausedAt: utc(r.PausedAt), StoppedAt: utc(r.StoppedAt), Version: r.Version}
	var pauses pauseList
	if err := json.Unmarshal([]byte(r.Pauses), &pauses); err != nil {
		return c, fault.Because(fault.Internal, "fault.internal", err)
	}
	c.Pauses, c.PausedWhy = pauses.Closed, pauses.Why
	if err := json.Unmarshal([]byte(r.Steps), &c.Steps); err != nil {
		return c, fault.Because(fault.Internal, "fault.internal", err)
	}
	return c, nil
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

// Start starts a clock in the transaction of its subject. A second open clock for
// the same purpose of the same subject is a Conflict.
func Start(ctx context.Context, tx *db.Tx, cals Calendars, s Spec) (Clock, error) {
	all, err := StartMany(ctx, tx, cals, s)
	if err != nil {
		return Clock{}, err
	}
	return all[0], nil
}

// StartMany is Start for several clocks, written in one statement.
func StartMany(ctx context.Context, tx *db.Tx, cals Calendars, specs ...Spec) ([]Clock, error) {
	clocks, rows := make([]Clock, len(specs)), make([]row, len(specs))
	for i, s := range specs {
		c, err := New(s)
		if err != nil {
			return nil, err
		}
		if err := c.compute(ctx, cals); err != nil {
			return nil, err
		}
		c.ID, c.Version = ident.New(c.Start), 1
		if rows[i], err = c.row(); err != nil {
			return nil, err
		}
		clocks[i] = c
	}
	_, err := tx.NewInsert().Model(&rows).Exec(ctx)
	return clocks, db.Sorted(err)
}

func (c *Clock) compute(ctx context.Context, cals Calendars) error {
	cal, err := cals.Calendar(ctx, c.Calendar)
	if err != nil {
		return err
	}
	return c.Compute(cal)
}

// Load is one clock, Missing when there is none.
func Load(ctx context.Context, idb bun.IDB, id ident.ID) (Clock, error) {
	var r row
	if err := idb.NewSelect().Model(&r).Where("dl.id = ?", id).Scan(ctx); err != nil {
		return Clock{}, db.Sorted(err)
	}
	return r.clock()
}

// LoadMany are the clocks of these keys, in one query.
func LoadMany(ctx context.Context, idb bun.IDB, ids []ident.ID) (map[ident.ID]Clock, error) {
	all := map[ident.ID]Clock{}
	if len(ids) == 0 {
		return all, nil
	}
	var rows []row
	if err := idb.NewSelect().Model(&rows).Where("dl.id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	for _, r := range rows {
		c, err := r.clock()
		if err != nil {
			return nil, err
		}
		all[c.ID] = c
	}
	return all, nil
}

// Hold is LoadMany for those who will change the clocks: it locks them, in the order
// of their keys.
func Hold(ctx context.Context, tx *db.Tx, ids []ident.ID) (map[ident.ID]Clock, error) {
	all := map[ident.ID]Clock{}
	if len(ids) == 0 {
		return all, nil
	}
	rows, err := held(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if all[r.ID], err = r.clock(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func held(ctx context.Context, tx *db.Tx, ids []ident.ID) (rows []row, err error) {
	err = tx.NewSelect().Model(&rows).Where("dl.id IN (?)", bun.List(ids)).Order("dl.id").Apply(db.ForUpdate(tx)).Scan(ctx)
	return rows, db.Sorted(err)
}

// Save writes clocks that Hold gave and that were computed again, in one statement.
func Save(ctx context.Context, tx *db.Tx, clocks ...*Clock) error {
	if len(clocks) == 0 {
		return nil
	}
	rows := make([]row, len(clocks))
	for i, c := range clocks {
		c.Version++
		var err error
		if rows[i], err = c.row(); err != nil {
			return err
		}
	}
	return saveRows(ctx, tx, rows)
}

// saveRows writes what may change of open clocks that this transaction holds.
func saveRows(ctx context.Context, tx *db.Tx, rows []row) error {
	if len(rows) == 0 {
		return nil
	}
	q := tx.NewUpdate().With("_data", tx.NewValues(&rows)).Model((*row)(nil)).TableExpr("_data")
	for _, column := range []string{"calendar", "budget", "budget_kind", "due_at", "missing_year", "expected_year", "state", "paused_at", "stopped_at",
		"pauses", "steps", "next_step_at", "version"} {
		value := "_data." + column
		if !tx.SQLite() && (column == "pauses" || column == "steps") {
			value += "::jsonb"
		}
		q = q.Set(column + " = " + value)
	}
	return db.Changed(q.Where("dl.id = _data.id").Exec(ctx))
}

// Of are the clocks of these subjects of an area, oldest first, in one query.
func Of(ctx context.Context, idb bun.IDB, area string, subjects ...string) (map[string][]Clock, error) {
	all := map[string][]Clock{}
	if len(subjects) == 0 {
		return all, nil
	}
	var rows []row
	err := idb.NewSelect().Model(&rows).Where("dl.area = ?", area).Where("dl.subject IN (?)", bun.List(subjects)).
		Order("dl.started_at", "dl.id").Scan(ctx)
	if err != nil {
		return nil, db.Sorted(err)
	}
	for _, r := range rows {
		c, err := r.clock()
		if err != nil {
			return nil, err
		}
		all[c.Subject] = append(all[c.Subject], c)
	}
	return all, nil
}

// Change does something to a clock within the transaction of its subject, computes
// it again and saves it.
func Change(ctx context.Context, tx *db.Tx, cals Calendars, id ident.ID, do func(*Clock) error) (Clock, error) {
	var r row
	if err := tx.NewSelect().Model(&r).Where("dl.id = ?", id).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
		return Clock{}, db.Sorted(err)
	}
	c, err := r.clock()
	if err != nil {
		return Clock{}, err
	}
	if err := do(&c); err != nil {
		return Clock{}, err
	}
	if err := c.compute(ctx, cals); err != nil {
		return Clock{}, err
	}
	return c, save(ctx, tx, &c)
}

func save(ctx context.Context, tx *db.Tx, c *Clock) error {
	before := c.Version
	c.Version++
	r, err := c.row()
	if err != nil {
		return err
	}
	res, err := tx.NewUpdate().Model(&r).WherePK().Where("version = ?", before).Exec(ctx)
	return db.Changed(res, err)
}

// Pause pauses a clock from a moment on.
func Pause(ctx context.Context, tx *db.Tx, cals Calendars, id ident.ID, at time.Time, why string) (Clock, error) {
	return Change(ctx, tx, cals, id, func(c *Clock) error { return c.Pause(at, why) })
}

// Resume lets a paused clock run on.
func Resume(ctx context.Context, tx *db.Tx, cals Calendars, id ident.ID, at time.Time) (Clock, error) {
	return Change(ctx, tx, cals, id, func(c *Clock) error { return c.Resume(at) })
}

// Meet ends a clock because its purpose was reached.
func Meet(ctx context.Context, tx *db.Tx, cals Calendars, id ident.ID, at time.Time) (Clock, error) {
	return Change(ctx, tx, cals, id, func(c *Clock) error { return c.Meet(at) })
}

// Cancel ends a clock that nobody asks for any more.
func Cancel(ctx context.Context, tx *db.Tx, cals Calendars, id ident.ID, at time.Time) (Clock, error) {
	return Change(ctx, tx, cals, id, func(c *Clock) error { return c.Cancel(at) })
}

// Reopen lets a stopped clock run on; the time between counts as a pause.
func Reopen(ctx context.Context, tx *db.Tx, cals Calendars, id ident.ID, at time.Time, why string) (Clock, error) {
	return Change(ctx, tx, cals, id, func(c *Clock) error { return c.Reopen(at, why) })
}

// Amend changes what a clock allows: another calendar, budget or ladder.
func Amend(ctx context.Context, tx *db.Tx, cals Calendars, id ident.ID, s Spec) (Clock, error) {
	return Change(ctx, tx, cals, id, func(c *Clock) error { return c.Amend(s.Calendar, s.Budget, s.Kind, s.Steps) })
}
