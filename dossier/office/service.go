package office

import (
	"context"
	"sync"
	"time"

	"lotrinh/dossier"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/org"
)

// People finds who answers for a unit.
type People interface {
	// Holding are the accounts that hold a right at a unit.
	Holding(ctx context.Context, need access.Perm, unit string) ([]ident.ID, error)
}

// Assistant begins the online filing that an officer does for a citizen.
type Assistant interface {
	// Begin makes the draft and gives the address of its first page.
	Begin(ctx context.Context, who access.Actor, procedure, unit string, channel dossier.Channel, practice bool) (path string, err error)
}

// Deps is what this room stands on. CheckHours is within how many working hours what was
// filed must be looked at; no text settles it, so it is set per house (8 unasked).
type Deps struct {
	Dossiers   *dossier.Service
	Units      *org.Units // of the days that declarations speak of
	People     People
	Assistant  Assistant
	Words      *i18n.Catalog // papers are Vietnamese, whoever prints them
	BaseURL    string        // the address that QR codes open
	CheckHours int64
	// Contact is whom one asks at a commune today: a number, and name, number and hours in
	// a sentence; empty where the commune has put nothing up. Nil says nothing anywhere.
	Contact func(ctx context.Context, unit string) (phone, said string, err error)
}

// Service is the work of officers on dossiers.
type Service struct {
	*dossier.Service
	units  *org.Units
	people People
	assist Assistant
	words  *i18n.Catalog
	base   string
	check  int64 // working minutes
	asked  func(ctx context.Context, unit string) (phone, said string, err error)
	forms  sync.Map // ident.ID of a version → form.Form
}

// New is the room, which from now on takes part in every act.
func New(d Deps) *Service {
	if d.CheckHours <= 0 {
		d.CheckHours = 8
	}
	s := &Service{Service: d.Dossiers, units: d.Units, people: d.People, assist: d.Assistant, words: d.Words, base: d.BaseURL, check: d.CheckHours * 60, asked: d.Contact}
	s.OnMove(s.bookLine)
	s.OnMove(s.paper)
	s.OnMove(s.task)
	s.OnMove(s.closeLetters)
	s.guards()
	return s
}

func (s *Service) vi() i18n.T { return s.words.In(i18n.VI) }

func (s *Service) calendar(ctx context.Context) (*worktime.Calendar, error) {
	return s.Calendars.Calendar(ctx, s.Calendar)
}

func (s *Service) tree(ctx context.Context) (*org.Tree, error) {
	_, tree, err := s.Known(ctx)
	return tree, err
}

// within is a moment so many working minutes after another; what the calendar cannot
// count yet is taken as the same moment, so that nothing is put off by it.
func within(cal *worktime.Calendar, at time.Time, minutes int64) time.Time {
	due, err := cal.AddMinutes(at, minutes)
	if err != nil || !due.Known() {
		return at
	}
	return due.At.UTC()
}
