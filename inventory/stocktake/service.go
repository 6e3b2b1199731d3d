package stocktake

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
	"lotrinh/inventory"
)

// Units finds the units in force at a moment; org.Units is one.
type Units interface {
	Tree(ctx context.Context, at time.Time) (*org.Tree, error)
}

// Deps is what this room stands on.
type Deps struct {
	DB    *db.DB
	Stock *inventory.Service
	Units Units
}

// Service is the counting of what is there.
type Service struct{ Deps }

// New is the room over its neighbours.
func New(d Deps) *Service { return &Service{d} }

// Limits of what is typed and counted.
const (
	longestPlace = 120
	longestSaid  = 2000
	mostExpected = 2000
	mostScans    = 5000
)

func tidy(s string) string { return strings.TrimSpace(fold.NFC(s)) }

// StartForm is what a person says about a new count.
type StartForm struct{ Unit, Place string }

// Start begins a count, or gives the open one of the same unit and place to go on with.
func (s *Service) Start(ctx context.Context, who access.Actor, f StartForm) (Count, error) {
	if err := who.Need(Take); err != nil {
		return Count{}, err
	}
	known, _, err := s.Stock.Known(ctx)
	if err != nil {
		return Count{}, err
	}
	f.Place = strings.Join(strings.Fields(fold.NFC(f.Place)), " ")
	var k fault.Check
	k.Need(known(f.Unit), "unit", "stocktake.form.unit_needed")
	k.Need(utf8.RuneCountInString(f.Place) <= longestPlace, "place", "stocktake.form.long", "limit", longestPlace)
	if err := k.Err(); err != nil {
		return Count{}, err
	}
	if err := who.NeedAt(Take, f.Unit); err != nil {
		return Count{}, err
	}
	now := s.Stock.Now()
	c := Count{ID: ident.New(now), Unit: f.Unit, Place: f.Place, PlaceFold: fold.Key(f.Place), State: Open, StartedBy: who.ID, StarterName: who.Name, StartedAt: now, Version: 1}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var running []Count
		err := tx.NewSelect().Model(&running).Where("st.unit = ?", c.Unit).Where("st.place_fold = ?", c.PlaceFold).Where("st.state = 'open'").Scan(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if len(running) > 0 {
			c = running[0]
			return nil
		}
		return s.begin(ctx, tx, who, c)
	})
	if fault.HasKey(err, "fault.duplicate") { // somebody began it at the same moment
		err = db.Sorted(s.DB.Read().NewSelect().Model(&c).Where("st.unit = ?", c.Unit).Where("st.place_fold = ?", c.PlaceFold).Where("st.state = 'open'").Scan(ctx))
	}
	return c, err
}

func (s *Service) begin(ctx context.Context, tx *db.Tx, who access.Actor, c Count) error {
	var assets []inventory.Asset
	err := tx.NewSelect().Model(&assets).Where("a.unit = ?", c.Unit).Where("a.state IN (?)", bun.List(counted)).Order("a.kind", "a.code").Limit(mostExpected + 1).Scan(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	var list []Expected
	for _, a := range assets {
		if countable(a, c.PlaceFold) {
			list = append(list, Expected{Stocktake: c.ID, Asset: a.ID, Code: a.Code, Kind: a.Kind, Name: a.Name, Serial: a.Serial, Place: a.Place, State: a.State})
		}
	}
	if len(list) > mostExpected {
		return fault.New(fault.Invalid, "stocktake.too_many", "limit", mostExpected)
	}
	if _, err := tx.NewInsert().Model(&c).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	for part := range slices.Chunk(list, 500) {
		if _, err := tx.NewInsert().Model(&part).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	if err := s.Stock.NoteIn(ctx, tx, c.Unit, "unit:"+c.Unit, who, i18n.L("stocktake.note.started", "n", len(list)), c.Place); err != nil {
		return err
	}
	return trail.Write(ctx, tx, c.StartedAt, who, "inventory.stocktake.started", string(c.ID), map[string][2]any{"expected": {nil, len(list)}}, trail.At(c.Unit))
}

// Count is a count with its result, within the actor's reach.
func (s *Service) Count(ctx context.Context, who access.Actor, id ident.ID) (Count, Result, []Proposal, error) {
	if err := who.Need(inventory.Look); err != nil {
		return Count{}, Result{}, nil, err
	}
	q := s.DB.Read()
	c, err := countByID(ctx, q, who, inventory.Look, id)
	if err != nil {
		return c, Result{}, nil, err
	}
	r, err := resultOf(ctx, q, c)
	if err != nil {
		return c, r, nil, err
	}
	var proposals []Proposal
	err = q.NewSelect().Model(&proposals).Where("sp.stocktake = ?", id).Order("sp.kind", "sp.code").Scan(ctx)
	return c, r, proposals, db.Sorted(err)
}

// Counts is a page of the counts within reach, newest first; state "" is every state.
func (s *Service) Counts(ctx context.Context, who access.Actor, state State, r page.Request) (page.Page[Count], error) {
	if err := who.Need(inventory.Look); err != nil {
		return page.Page[Count]{}, err
	}
	var rows []Count
	q := s.DB.Read().NewSelect().Model(&rows).Apply(who.Within(inventory.Look, "st.unit"), r.On("st.id"))
	if state != "" {
		q = q.Where("st.state = ?", state)
	}
	if err := q.Scan(ctx); err != nil {
		return page.Page[Count]{}, db.Sorted(err)
	}
	return page.Cut(r, rows, func(c Count) []string { return []string{string(c.ID)} }), nil
}

// Running are the open counts where the actor may count, newest first, at most so many.
func (s *Service) Running(ctx context.Context, who access.Actor, most int64) ([]Count, error) {
	if err := who.Need(Take); err != nil {
		return nil, err
	}
	var rows []Count
	err := s.DB.Read().NewSelect().Model(&rows).Where("st.state = 'open'").Apply(who.Within(Take, "st.unit")).Order("st.id DESC").Limit(most).Scan(ctx)
	return rows, db.Sorted(err)
}

func countByID(ctx context.Context, q bun.IDB, who access.Actor, need access.Perm, id ident.ID, more ...func(*bun.SelectQuery) *bun.SelectQuery) (Count, error) {
	var c Count
	if err := who.Need(need); err != nil {
		return c, err
	}
	err := q.NewSelect().Model(&c).Where("st.id = ?", id).Apply(who.Within(need, "st.unit")).Apply(more...).Scan(ctx)
	return c, db.Sorted(err)
}

func resultOf(ctx context.Context, q bun.IDB, c Count) (Result, error) {
	var expected []Expected
	if err := q.NewSelect().Model(&expected).Where("se.stocktake = ?", c.ID).Order("se.kind", "se.code").Scan(ctx); err != nil {
		return Result{}, db.Sorted(err)
	}
	var scans []Scan
	if err := q.NewSelect().Model(&scans).Where("ss.stocktake = ?", c.ID).Order("ss.at", "ss.id").Limit(mostScans).Scan(ctx); err != nil {
		return Result{}, db.Sorted(err)
	}
	return Sorted(c.Unit, expected, scans), nil
}
