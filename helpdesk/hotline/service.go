package hotline

import (
	"context"
	"sync"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/live"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/org"
)

// area is how kit packages know us.
const area = "hotline"

// Room is the room of pages that are told of calls coming in.
const Room = "hotline"

// Keep is the right to keep the call log of a commune's own hotline.
const Keep access.Perm = "hotline.log.keep"

// Perms are the rights of this room, for the policy; the rest is the help desk's.
var Perms = []access.Perm{Keep}

// People knows accounts; app fits org behind it.
type People interface {
	// Names are the names of accounts, in one query.
	Names(ctx context.Context, accounts []ident.ID) (map[ident.ID]string, error)
	// Duties are the roles that accounts hold today, in one query.
	Duties(ctx context.Context, accounts []ident.ID) (map[ident.ID][]access.Role, error)
	// Seated is the account known by a number, a login or a key; empty when none is.
	Seated(ctx context.Context, word string) (ident.ID, error)
	// ActorOf is an account as an actor.
	ActorOf(ctx context.Context, account ident.ID) (access.Actor, error)
	// Leads are those who lead the support of a unit.
	Leads(ctx context.Context, unit string) ([]ident.ID, error)
}

// Running is something that hits many now, to be offered while somebody calls.
type Running struct {
	Incident ident.ID // a new ticket may belong to it; empty for a mere guess
	Title    string
	Href     string
	Note     string
}

// SameAs answers what a caller of a unit may be calling about together with others.
type SameAs func(ctx context.Context, t i18n.T, who access.Actor, unit string) ([]Running, error)

// Deps is what the hotline stands on.
type Deps struct {
	DB        *db.DB
	Business  clock.Clock // calls and due moments
	Machine   clock.Clock // the pace of exchanges
	Calendars deadline.Calendars
	Calendar  string // by which calls back are due and nights are told
	Units     helpdesk.Units
	People    People
	Desk      *helpdesk.Service
	Live      *live.Hub
	Words     *i18n.Catalog
	// Keep is how long numbers and names of callers are kept; 0 is for ever.
	Keep time.Duration
}

// Service is the hotline.
type Service struct {
	Deps
	sameAs []SameAs
	rates  rates
	seen   struct {
		sync.Mutex
		events map[string]int64
	}
}

// New is the hotline beside the help desk.
func New(d Deps) *Service {
	s := &Service{Deps: d}
	s.seen.events = map[string]int64{}
	s.sameAs = []SameAs{s.surges}
	if d.Live != nil {
		d.Live.Room(Room, func(who access.Actor) bool { return who.May(helpdesk.Work) })
		d.Live.Greet(s.standing)
	}
	if d.Desk != nil {
		d.Desk.Panel(s.panel)
	}
	return s
}

// SameAs lets another room say what runs now; it is called while the house is built.
func (s *Service) SameAs(f SameAs) { s.sameAs = append([]SameAs{f}, s.sameAs...) }

// Events are how many events of each kind exchanges have told since the start.
func (s *Service) Events() map[string]int64 {
	s.seen.Lock()
	defer s.seen.Unlock()
	out := make(map[string]int64, len(s.seen.events))
	for k, n := range s.seen.events {
		out[k] = n
	}
	return out
}

func (s *Service) count(what string) {
	s.seen.Lock()
	defer s.seen.Unlock()
	s.seen.events[what]++
}

// oneCalendar hands out a calendar that was read before the operation began.
type oneCalendar struct{ cal *worktime.Calendar }

// Calendar is that calendar, whatever the name.
func (o oneCalendar) Calendar(context.Context, string) (*worktime.Calendar, error) { return o.cal, nil }

func (s *Service) calendar(ctx context.Context) (oneCalendar, error) {
	cal, err := s.Calendars.Calendar(ctx, s.Calendar)
	return oneCalendar{cal}, err
}

// night tells whether nobody is at work; in a year without a calendar somebody is.
func (o oneCalendar) night(at time.Time) bool {
	open, known := o.cal.IsOpen(at)
	return known && !open
}

func (s *Service) tree(ctx context.Context) (*org.Tree, error) {
	return s.Units.Tree(ctx, s.Business.Now())
}
