package app

import (
	"context"
	"io/fs"
	"time"

	"lotrinh/dossier/feedback"
	"lotrinh/dossier/filing"
	"lotrinh/dossier/practice"
	"lotrinh/dossier/register"
	"lotrinh/dossier/tally"
	"lotrinh/dossier/ticket"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/outbox"
)

// bookWords are what these rooms say.
var bookWords = []fs.FS{feedback.Locale, practice.Locale, ticket.Locale}

// books are the rooms beside the registers: practice, and counters without a line.
type books struct {
	Feedback *feedback.Service
	Practice *practice.Service
	Tickets  *ticket.Service
}

// openBooks builds the registers and the signatures of dossiers.
func (h *House) openBooks(d *dossiers) {
	d.Registers = register.New(register.Deps{DB: h.DB, Dossiers: d.Service, People: h.People, Units: h.Units})
	d.Registers.Join()
	said := feedback.New(feedback.Deps{DB: h.DB, Dossiers: d.Service})
	d.Tally = tally.New(tally.Deps{DB: h.DB, Dossiers: d.Service, Files: h.Files, Feedback: said})
	d.Tally.Join()
	h.books = books{Feedback: said, Practice: practice.New(practice.Deps{DB: h.DB, Dossiers: d.Service}), Tickets: ticket.New(ticket.Deps{DB: h.DB, Dossiers: d.Service, Key: h.signs, BaseURL: h.Config.BaseURL})}
	h.books.Practice.Join()
}

// rated counts what an applicant said of a dossier. Events of one dossier come in their
// order, so the last word counts.
func (d *dossiers) rated(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var said filing.Rated
	if err := e.Read(&said); err != nil {
		return err
	}
	return d.Tally.RateIn(ctx, tx, said.ID, heard(said))
}

// heard is what an applicant said as the figures take it. The form asks how often one had
// to come back and how many offices one went to in points: two for never, two for one.
func heard(said filing.Rated) tally.Rating {
	r := tally.Rating{Publicity: -1, Attitude: int(said.Attitude), Agencies: -1, Contacts: -1}
	if said.Openness != nil {
		r.Publicity = int(*said.Openness)
	}
	if said.Contacts != nil {
		r.Contacts = 2 - int(*said.Contacts)
	}
	if said.Agencies != nil {
		r.Agencies = 3 - int(*said.Agencies)
	}
	return r
}

// bookRoutes declares the routes of the rooms around the registers.
func (a *App) bookRoutes(r *httpx.Router) {
	a.Dossiers.Registers.Routes(r, a.Site)
	a.Dossiers.Tally.Routes(r, a.Site, a.People)
	a.books.Feedback.Routes(r, a.Site)
	a.books.Practice.Routes(r, a.Site)
	a.books.Tickets.Routes(r, a.Site)
	a.count("/dossiers/sign", func(c *httpx.Ctx) (int64, bool) {
		n, late, err := a.Dossiers.Registers.CountToSign(c.Std(), c.Who)
		if err != nil {
			return 0, false // a number beside a place is no reason to show no page
		}
		return n, late
	})
}

// bookChores is the work of these rooms that comes round.
func (a *App) bookChores() []chore {
	return []chore{{"locks of registers", 6 * time.Hour, a.remindLocks}}
}

// remindLocks tells leaders of registers whose year should have been locked.
func (a *App) remindLocks(ctx context.Context) error {
	_, err := a.Dossiers.Registers.RemindLocks(ctx)
	return err
}
