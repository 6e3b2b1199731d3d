package tier

import (
	"lotrinh/helpdesk"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/files"
)

// Deps is what this room stands on.
type Deps struct {
	DB        *db.DB
	Business  clock.Clock
	Calendars deadline.Calendars
	Units     helpdesk.Units
	People    helpdesk.People
	Files     *files.Store
	Desk      *helpdesk.Service
}

// Service is the work beyond the desk.
type Service struct {
	Deps
}

// New is the room over its neighbours.
func New(d Deps) *Service { return &Service{Deps: d} }

// mostShown is how many cases, visits or sessions of one ticket are shown: the newest.
const mostShown = 20
