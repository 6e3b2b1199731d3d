package helpdesk

import (
	"context"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

// Check is a line of a ticket's checklist, as its service had it when the ticket was
// opened.
type Check struct {
	bun.BaseModel `bun:"table:ticket_check,alias:tc"`
	Ticket        ident.ID   `bun:"ticket,pk"`
	Position      int        `bun:"position,pk"`
	Label         string     `bun:"label"`
	Mandatory     bool       `bun:"mandatory"`
	DoneBy        ident.ID   `bun:"done_by"`
	DoneAt        *time.Time `bun:"done_at"`
}

// checklist are the first lines of a new ticket's list, and how many must be done.
func (o Offer) checklist(t ident.ID) (all []Check, must int64) {
	for i, item := range o.Checklist {
		all = append(all, Check{Ticket: t, Position: i + 1, Label: item.Label, Mandatory: item.Mandatory})
		if item.Mandatory {
			must++
		}
	}
	return all, must
}

func checks(ctx context.Context, from bun.IDB, id ident.ID) ([]Check, error) {
	var rows []Check
	err := from.NewSelect().Model(&rows).Where("tc.ticket = ?", id).Order("tc.position").Scan(ctx)
	return rows, db.Sorted(err)
}

// Tick marks a line of the checklist as done, or as open again.
func (s *Service) Tick(ctx context.Context, who access.Actor, id ident.ID, position int, done bool) (Ticket, error) {
	if err := who.Need(Work); err != nil {
		return Ticket{}, err
	}
	return s.act(ctx, who, id, 0, func(ctx context.Context, a *action) error {
		if err := a.working(); err != nil {
			return err
		}
		a.quiet = true
		var c Check
		if err := a.tx.NewSelect().Model(&c).Where("tc.ticket = ?", id).Where("tc.position = ?", position).Scan(ctx); err != nil {
			if fault.Is(db.Sorted(err), fault.Missing) {
				return fault.New(fault.Conflict, "helpdesk.checks.none")
			}
			return db.Sorted(err)
		}
		if (c.DoneAt != nil) == done {
			return nil
		}
		was := c.DoneAt != nil
		c.DoneBy, c.DoneAt = "", nil
		n := int64(1)
		if done {
			c.DoneBy, c.DoneAt, n = who.ID, &a.now, -1
		}
		if c.Mandatory {
			a.t.Must += n
		}
		if _, err := a.tx.NewUpdate().Model(&c).WherePK().Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		a.trail("helpdesk.ticket.checked", map[string][2]any{"position": {position, position}, "done": {was, done}})
		return nil
	})
}

// working is nil when the actor stands on the answering side of a ticket that is not
// closed.
func (a *action) working() error {
	if err := a.support(); err != nil {
		return err
	}
	if a.t.State == Closed {
		return fault.New(fault.Conflict, "helpdesk.ticket.closed_for_good")
	}
	return nil
}

// Spent is time that somebody worked on a ticket.
type Spent struct {
	bun.BaseModel `bun:"table:ticket_spent,alias:tp"`
	ID            ident.ID  `bun:"id,pk"`
	Ticket        ident.ID  `bun:"ticket"`
	At            time.Time `bun:"at"`
	By            ident.ID  `bun:"by_account"`
	Minutes       int64     `bun:"minutes"`
	Note          string    `bun:"note"`
}

// Limits of time spent.
const (
	mostMinutes = 24 * 60
	mostSpent   = 100
)

// Spend notes minutes of work with what they went into. It may be noted on a closed
// ticket too: people write it down afterwards.
func (s *Service) Spend(ctx context.Context, who access.Actor, id ident.ID, minutes int64, note string) (Ticket, error) {
	if err := who.Need(Work); err != nil {
		return Ticket{}, err
	}
	note = tidy(note)
	var k fault.Check
	k.Need(minutes >= 1 && minutes <= mostMinutes, "minutes", "helpdesk.spent.minutes_needed", "max", mostMinutes)
	k.Need(utf8.RuneCountInString(note) <= longestReason, "note", "helpdesk.spent.note_long", "max", longestReason)
	if err := k.Err(); err != nil {
		return Ticket{}, err
	}
	return s.act(ctx, who, id, 0, func(ctx context.Context, a *action) error {
		if err := a.support(); err != nil {
			return err
		}
		one := Spent{ID: ident.New(a.now), Ticket: id, At: a.now, By: who.ID, Minutes: minutes, Note: note}
		if _, err := a.tx.NewInsert().Model(&one).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		a.t.Spent += minutes
		a.quiet = true
		a.trail("helpdesk.ticket.spent", map[string][2]any{"minutes": {a.before.Spent, a.t.Spent}})
		return nil
	})
}

func spent(ctx context.Context, from bun.IDB, id ident.ID) ([]Spent, error) {
	var rows []Spent
	err := from.NewSelect().Model(&rows).Where("tp.ticket = ?", id).Order("tp.at DESC", "tp.id DESC").Limit(mostSpent).Scan(ctx)
	return rows, db.Sorted(err)
}
