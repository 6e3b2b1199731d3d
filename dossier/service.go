package dossier

import (
	"context"
	"sync"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/org"

	"lotrinh/dossier/procedure"
)

// Area is how the kit's packages know this one.
const Area = "dossier"

// Units finds the units in force at a moment; org.Units is one.
type Units interface {
	Tree(ctx context.Context, at time.Time) (*org.Tree, error)
}

// Deps is what dossiers stand on. Business is the clock of terms and acts.
type Deps struct {
	DB        *db.DB
	Business  clock.Clock
	Units     Units
	Files     *files.Store
	Calendars deadline.Calendars
	Calendar  string // by which terms are counted
	Words     *i18n.Catalog
	Jobs      *job.Jobs
	Root      string // the city's agency code: "H26"
}

// Service is what can be done with dossiers.
type Service struct {
	Deps
	panels  []Panel
	tabs    []Tab
	moved   []Moved
	guards  map[Act][]Guard
	actions []Actions
	parsed  sync.Map // ident.ID of a version → procedure.Definition
}

// New is the service over its neighbours.
func New(d Deps) *Service { return &Service{Deps: d, guards: map[Act][]Guard{}} }

// Now is the business's time.
func (s *Service) Now() time.Time { return s.Business.Now() }

// Known tells which codes are communes, and the units in force.
func (s *Service) Known(ctx context.Context) (func(string) bool, *org.Tree, error) {
	tree, err := s.Units.Tree(ctx, s.Now())
	if err != nil {
		return nil, nil, err
	}
	return func(code string) bool {
		u, ok := tree.Unit(code)
		return ok && u.Level == org.Commune
	}, tree, nil
}

// Moved takes part in the transaction of every act: figures, clocks, messages, legs. The
// dossier before a submission is the zero one. It may itself move the dossier on with
// DoIn as its last deed.
type Moved func(ctx context.Context, tx *db.Tx, before, after Dossier, st Step) error

// Guard is a room's condition on an act; it answers with the fault to be told.
type Guard func(ctx context.Context, tx *db.Tx, who access.Actor, d Dossier, m Move) error

// OnMove lets a room take part in every act, in the order of the calls. Like all of
// these it is called while the house is built, before anything is served.
func (s *Service) OnMove(f Moved) { s.moved = append(s.moved, f) }

// Guard puts a condition on an act, beside those of the table.
func (s *Service) Guard(a Act, f Guard) { s.guards[a] = append(s.guards[a], f) }

// Definition is what a version says. A published one never changes, so it is read once.
func (s *Service) Definition(ctx context.Context, version ident.ID) (procedure.Definition, error) {
	if d, ok := s.kept(version); ok {
		return d, nil
	}
	var v Version
	if err := s.DB.Read().NewSelect().Model(&v).Where("pv.id = ?", version).Scan(ctx); err != nil {
		return procedure.Definition{}, db.Sorted(err)
	}
	return s.read(v)
}

// kept is what a version says, if it was read before.
func (s *Service) kept(version ident.ID) (procedure.Definition, bool) {
	kept, _ := s.parsed.Load(version)
	d, ok := kept.(procedure.Definition)
	return d, ok
}

func (s *Service) read(v Version) (procedure.Definition, error) {
	if d, ok := s.kept(v.ID); ok {
		return d, nil
	}
	d, err := procedure.Read(string(v.Definition))
	if err == nil && v.State == Published {
		s.parsed.Store(v.ID, d)
	}
	return d, err
}
