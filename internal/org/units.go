package org

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
)

// recheck is how long a process may believe in its copy of the units before it asks
// whether another process has imported new ones.
const recheck = 5 * time.Second

// revisionKey is the setting that counts the imports of units.
const revisionKey = "org.units.revision"

// Units answers what the city consisted of on any day.
type Units struct {
	db    *db.DB
	clock clock.Clock

	mu       sync.Mutex
	atlas    *Atlas
	revision int64
	checked  time.Time
}

// NewUnits serves the units of a store; the clock is the machine's.
func NewUnits(d *db.DB, machine clock.Clock) *Units { return &Units{db: d, clock: machine} }

// Tree is the units in force at a moment. It is held in memory and shared.
func (u *Units) Tree(ctx context.Context, at time.Time) (*Tree, error) {
	return u.On(ctx, clock.Date(at))
}

// On is the units in force on a day (2016-11-10).
func (u *Units) On(ctx context.Context, date string) (*Tree, error) {
	a, err := u.Atlas(ctx)
	if err != nil {
		return nil, err
	}
	return a.Tree(date), nil
}

// Successors says what became of a unit between two days; see Atlas.Successors.
func (u *Units) Successors(ctx context.Context, code string, from, to time.Time) ([]Successor, error) {
	a, err := u.Atlas(ctx)
	if err != nil {
		return nil, err
	}
	return a.Successors(code, clock.Date(from), clock.Date(to)), nil
}

// Atlas is every version of every unit, held in memory and shared.
func (u *Units) Atlas(ctx context.Context) (*Atlas, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	now := u.clock.Now()
	if u.atlas != nil && now.Sub(u.checked) < recheck && !now.Before(u.checked) {
		return u.atlas, nil
	}
	revision, err := readRevision(ctx, u.db.Read())
	if err != nil {
		return nil, err
	}
	if u.atlas == nil || revision != u.revision {
		a, err := readAtlas(ctx, u.db.Read())
		if err != nil {
			return nil, err
		}
		u.atlas, u.revision = a, revision
	}
	u.checked = now
	return u.atlas, nil
}

// forget makes the next question read the store again.
func (u *Units) forget() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.atlas = nil
}

func readRevision(ctx context.Context, idb bun.IDB) (int64, error) {
	var values []string
	err := idb.NewSelect().Table("setting").Column("value").Where("name = ?", revisionKey).Scan(ctx, &values)
	if err != nil || len(values) == 0 {
		return 0, db.Sorted(err)
	}
	n, err := strconv.ParseInt(values[0], 10, 64)
	return n, db.Sorted(err)
}

func readAtlas(ctx context.Context, idb bun.IDB) (*Atlas, error) {
	var versions []Unit
	if err := idb.NewSelect().Model(&versions).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	var changes []Change
	if err := idb.NewSelect().Model(&changes).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	a, err := NewAtlas(versions, changes)
	if err != nil {
		return nil, fault.Because(fault.Invalid, "org.units.do_not_fit", err, "why", err.Error())
	}
	return a, nil
}

// LoadBuiltIn loads the units of Hanoi that ship with the program, when the store
// has none, and tells whether it did.
func (u *Units) LoadBuiltIn(ctx context.Context) (bool, error) {
	n, err := u.db.Read().NewSelect().Table("unit_version").Count(ctx)
	if err != nil || n > 0 {
		return false, db.Sorted(err)
	}
	versions, err := builtIn("units.tsv", ReadUnits)
	if err != nil {
		return false, db.Sorted(err)
	}
	changes, err := builtIn("changes.tsv", ReadChanges)
	if err != nil {
		return false, db.Sorted(err)
	}
	if _, err := u.Import(ctx, access.System("units"), versions, changes); err != nil {
		return false, err
	}
	return true, nil
}

// UnitsChanged tells that the tree of units is another than before. When a succession
// came into force, Set names it and Heirs says which unit follows which, so that rooms
// can follow; Reversed says that it was taken back, and the way is the other one.
type UnitsChanged struct {
	Revision int64             `json:"revision"`
	Dates    []string          `json:"dates"` // the days on which units begin or change
	Set      string            `json:"set,omitempty"`
	Day      string            `json:"day,omitempty"`
	Heirs    map[string]string `json:"heirs,omitempty"`
	Reversed bool              `json:"reversed,omitempty"`
}

// Topic is the event's name.
func (UnitsChanged) Topic() string { return "org.units.changed" }

// Subject is the key of what changed.
func (UnitsChanged) Subject() string { return "units" }

// Imported says what an import did.
type Imported struct {
	Units, Changes int
	Revision       int64
}

// Import adds versions of units and successions to the store, or puts them right:
// a row is known by code and first day, a succession by day, from and to. All of it
// must fit together with what is there; importing the same again changes nothing.
func (u *Units) Import(ctx context.Context, who access.Actor, versions []Unit, changes []Change) (Imported, error) {
	if err := who.Need(UnitImport); err != nil {
		return Imported{}, err
	}
	done := Imported{Units: len(versions), Changes: len(changes)}
	err := u.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if _, done.Revision, err = u.Amend(ctx, tx, Edit{Put: versions, PutChanges: changes}); err != nil {
			return err
		}
		now := u.clock.Now()
		if err := outbox.Write(ctx, tx, now, UnitsChanged{Revision: done.Revision, Dates: datesOf(versions, changes)}); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "org.units.imported", "units", map[string][2]any{
			"units": {0, len(versions)}, "changes": {0, len(changes)}, "revision": {done.Revision - 1, done.Revision}})
	})
	return done, err
}

func datesOf(versions []Unit, changes []Change) []string {
	var dates []string
	for _, v := range versions {
		dates = append(dates, v.From)
	}
	for _, c := range changes {
		dates = append(dates, c.Date)
	}
	slices.Sort(dates)
	return slices.Compact(dates)
}

func upsertUnits(ctx context.Context, tx *db.Tx, versions []Unit, changes []Change) error {
	for part := range slices.Chunk(versions, 200) {
		_, err := tx.NewInsert().Model(&part).On("CONFLICT (code, valid_from) DO UPDATE").
			Set("valid_until = EXCLUDED.valid_until, name = EXCLUDED.name, fold = EXCLUDED.fold").
			Set("kind = EXCLUDED.kind, level = EXCLUDED.level, parent = EXCLUDED.parent").Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
	}
	for part := range slices.Chunk(changes, 200) {
		_, err := tx.NewInsert().Model(&part).On("CONFLICT (date, from_code, to_code) DO UPDATE").
			Set("kind = EXCLUDED.kind, share = EXCLUDED.share, main = EXCLUDED.main").
			Set("basis = EXCLUDED.basis, confidence = EXCLUDED.confidence").Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}
