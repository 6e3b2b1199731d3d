package tally

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/dossier/tally/score"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
)

// Deps is what this room stands on.
type Deps struct {
	DB       *db.DB
	Dossiers *dossier.Service
	Files    *files.Store // evidence of what units declare
	Feedback Feedback     // nil: what people said is not counted
}

// Feedback tells how much that people proposed or complained of came in the months
// [from, until), written as first days, at units (nil: all), and how much was answered.
type Feedback interface {
	Feedback(ctx context.Context, units []string, from, until string) (came, answered int64, err error)
}

// Service is the figures of dossiers.
type Service struct{ Deps }

// New is the room over its neighbours; Join makes it count.
func New(d Deps) *Service { return &Service{d} }

// Join counts every act in its transaction.
func (s *Service) Join() { s.Dossiers.OnMove(s.count) }

// rated is what was said of a dossier, kept apart from who said it.
type rated struct {
	bun.BaseModel `bun:"table:tally_rating,alias:tr"`
	Dossier       ident.ID  `bun:"dossier,pk"`
	Publicity     int       `bun:"publicity"`
	Attitude      int       `bun:"attitude"`
	Agencies      int       `bun:"agencies"`
	Contacts      int       `bun:"contacts"`
	At            time.Time `bun:"at"`
}

func (r rated) rating() Rating { return Rating{r.Publicity, r.Attitude, r.Agencies, r.Contacts} }

func ratingOf(ctx context.Context, q bun.IDB, id ident.ID) (Rating, error) {
	var all []rated
	err := q.NewSelect().Model(&all).Where("tr.dossier = ?", id).Scan(ctx)
	if err != nil || len(all) == 0 {
		return unrated, db.Sorted(err)
	}
	return all[0].rating(), nil
}

// count changes the figures by what an act added to the history of its dossier.
func (s *Service) count(ctx context.Context, tx *db.Tx, before, after dossier.Dossier, st dossier.Step) error {
	if after.Practice {
		return nil
	}
	steps, err := s.Dossiers.StepsOf(ctx, tx, after.ID)
	if err != nil {
		return err
	}
	var m more
	if isFinish := func(x dossier.Step) bool { return x.Act == dossier.Finish }; slices.ContainsFunc(steps, isFinish) { // points are given at the end alone
		if m, err = s.moreOf(ctx, tx, after.ID); err != nil {
			return err
		}
	}
	until := func(seq int64) []dossier.Step { // another room may have moved it on already
		return steps[:slices.IndexFunc(append(steps, dossier.Step{Seq: seq + 1}), func(x dossier.Step) bool { return x.Seq > seq })]
	}
	return figures.Add(ctx, tx, less(of(after, until(st.Seq), m), of(before, until(st.Seq-1), m))...)
}

// moreOf is what the points of a dossier need beside its history.
func (s *Service) moreOf(ctx context.Context, q bun.IDB, id ident.ID) (more, error) {
	r, err := ratingOf(ctx, q, id)
	if err != nil {
		return more{}, err
	}
	legs, err := s.Dossiers.LegsOf(ctx, q, id)
	if err != nil {
		return more{}, err
	}
	book, err := rulesIn(ctx, q)
	return more{r, legs, book}, err
}

// RateIn counts what a citizen said of a dossier; saying it again replaces it.
func (s *Service) RateIn(ctx context.Context, tx *db.Tx, id ident.ID, r Rating) error {
	if r.Publicity > 2 || r.Attitude > 2 || r.Publicity < -1 || r.Attitude < -1 || r.Agencies < -1 || r.Agencies > 50 || r.Contacts < -1 || r.Contacts > 50 {
		return fault.New(fault.Invalid, "tally.rating_wrong")
	}
	var d dossier.Dossier
	if err := tx.NewSelect().Model(&d).Where("d.id = ?", id).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	steps, err := s.Dossiers.StepsOf(ctx, tx, id)
	if err != nil {
		return err
	}
	was, err := s.moreOf(ctx, tx, id)
	if err != nil {
		return err
	}
	now := was
	now.rating = r
	row := rated{Dossier: id, Publicity: r.Publicity, Attitude: r.Attitude, Agencies: r.Agencies, Contacts: r.Contacts, At: s.Dossiers.Now()}
	_, err = tx.NewInsert().Model(&row).On("CONFLICT (dossier) DO UPDATE").Set("publicity = excluded.publicity").Set("attitude = excluded.attitude").Set("agencies = excluded.agencies").Set("contacts = excluded.contacts").Set("at = excluded.at").Exec(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	return figures.Add(ctx, tx, less(of(d, steps, now), of(d, steps, was))...)
}

// Figures are the ways to count each of our figures from scratch.
func Figures() map[string]figures.Compute {
	out := map[string]figures.Compute{}
	for _, name := range []string{FigureFlow, FigureTime, FigureScore, FigureOfficer} {
		out[name] = func(ctx context.Context, from bun.IDB) ([]figures.Value, error) { return recount(ctx, from, name) }
	}
	return out
}

// together is how many dossiers are counted from scratch at a time.
const together = 500

// recount reads all histories, some dossiers at a time.
func recount(ctx context.Context, from bun.IDB, name string) ([]figures.Value, error) {
	sum := map[[3]string]int64{}
	book, err := rulesIn(ctx, from)
	if err != nil {
		return nil, err
	}
	for last := ident.ID(""); ; {
		var ds []dossier.Dossier
		if err := from.NewSelect().Model(&ds).Where("d.id > ?", last).Order("d.id").Limit(together).Scan(ctx); err != nil {
			return nil, db.Sorted(err)
		}
		if len(ds) == 0 {
			break
		}
		ids := make([]ident.ID, len(ds))
		for i, d := range ds {
			ids[i] = d.ID
		}
		last = ids[len(ids)-1]
		steps, mores, err := histories(ctx, from, book, ids)
		if err != nil {
			return nil, err
		}
		for _, d := range ds {
			for _, v := range of(d, steps[d.ID], mores[d.ID]) {
				if v.Name == name {
					sum[[3]string{v.Unit, v.Dim, v.Day}] += v.N
				}
			}
		}
	}
	out := make([]figures.Value, 0, len(sum))
	for k, n := range sum {
		out = append(out, figures.Value{Name: name, Unit: k[0], Dim: k[1], Day: k[2], N: n})
	}
	return out, nil
}

// histories are the histories of some dossiers and what belongs to them.
func histories(ctx context.Context, from bun.IDB, book score.Book, ids []ident.ID) (map[ident.ID][]dossier.Step, map[ident.ID]more, error) {
	var steps []dossier.Step
	if err := from.NewSelect().Model(&steps).Where("ds.dossier IN (?)", bun.List(ids)).Order("ds.dossier", "ds.seq").Scan(ctx); err != nil {
		return nil, nil, db.Sorted(err)
	}
	var all []rated
	if err := from.NewSelect().Model(&all).Where("tr.dossier IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, nil, db.Sorted(err)
	}
	var legs []dossier.Leg
	if err := from.NewSelect().Model(&legs).Where("dl.dossier IN (?)", bun.List(ids)).Order("dl.dossier", "dl.kind").Scan(ctx); err != nil {
		return nil, nil, db.Sorted(err)
	}
	by, mores := map[ident.ID][]dossier.Step{}, map[ident.ID]more{}
	for _, id := range ids {
		mores[id] = more{rating: unrated, rules: book}
	}
	for _, st := range steps {
		by[st.Dossier] = append(by[st.Dossier], st)
	}
	for _, r := range all {
		m := mores[r.Dossier]
		m.rating = r.rating()
		mores[r.Dossier] = m
	}
	for _, l := range legs {
		m := mores[l.Dossier]
		m.legs = append(m.legs, l)
		mores[l.Dossier] = m
	}
	return by, mores, nil
}
