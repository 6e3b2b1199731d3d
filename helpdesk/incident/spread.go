package incident

import (
	"context"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/job"
)

// SpreadJob is the kind of long work that says an update on every ticket.
const SpreadJob = "incident.spread"

// few is up to how many tickets an update is said on at once rather than by a job.
const few = 20

// spread is what the job is started with.
type spread struct {
	Update ident.ID `json:"update"`
}

// work is the job: it may start over, and goes on where it was.
func (s *Service) work(ctx context.Context, run *job.Run) error {
	var in spread
	if err := run.Want(&in); err != nil {
		return err
	}
	var u Update
	if err := s.DB.Read().NewSelect().Model(&u).Where("iu.id = ?", in.Update).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	return s.spread(ctx, run.Who, u, run)
}

// spread says an update on every ticket of its incident, each in a transaction of its
// own. A ticket that cannot take it (done, gone elsewhere meanwhile) holds up nobody.
func (s *Service) spread(ctx context.Context, who access.Actor, u Update, run *job.Run) error {
	tickets, err := s.Desk.OfIncident(ctx, who, u.Incident)
	if err != nil {
		return err
	}
	ready, err := s.Desk.Ready(ctx)
	if err != nil {
		return err
	}
	var before []told
	if err := s.DB.Read().NewSelect().Model(&before).Where("it.upd = ?", u.ID).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	done := map[ident.ID]bool{}
	for _, one := range before {
		done[one.Ticket] = true
	}
	for i, t := range tickets {
		if !done[t.ID] {
			if err := s.say(ctx, who, ready, u, t.ID); err != nil {
				return err
			}
		}
		if run != nil && (i%5 == 4 || i == len(tickets)-1) {
			if err := run.Step(ctx, int64(i+1), int64(len(tickets)), "incident.job.told", "done", i+1, "total", len(tickets)); err != nil {
				return err
			}
		}
	}
	return nil
}

// say says an update on one ticket, once.
func (s *Service) say(ctx context.Context, who access.Actor, ready helpdesk.Ready, u Update, ticket ident.ID) error {
	outcome := said
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		w := helpdesk.Words{Body: u.Body}
		var t helpdesk.Ticket
		if err := tx.NewSelect().Model(&t).Column("phase").Where("ti.id = ?", ticket).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		var err error
		switch {
		case t.Phase == helpdesk.Done:
			outcome = skipped
		case u.Kind == Solved:
			_, err = s.Desk.ResolveIn(ctx, tx, ready, who, ticket, w)
		default:
			_, err = s.Desk.ReplyIn(ctx, tx, ready, who, ticket, w)
		}
		if err != nil {
			return err
		}
		return s.keepTold(ctx, tx, u.ID, ticket, outcome)
	})
	if !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Denied) && !fault.Is(err, fault.Missing) {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return s.keepTold(ctx, tx, u.ID, ticket, skipped) })
}

func (s *Service) keepTold(ctx context.Context, tx *db.Tx, update, ticket ident.ID, outcome string) error {
	one := told{Update: update, Ticket: ticket, Outcome: outcome, At: s.Business.Now()}
	_, err := tx.NewInsert().Model(&one).On("CONFLICT (upd, ticket) DO NOTHING").Exec(ctx)
	return db.Sorted(err)
}

// Link puts tickets under an incident.
func (s *Service) Link(ctx context.Context, who access.Actor, id ident.ID, tickets ...ident.ID) error {
	return s.link(ctx, who, id, tickets, true)
}

// Unlink takes tickets out of an incident.
func (s *Service) Unlink(ctx context.Context, who access.Actor, id ident.ID, tickets ...ident.ID) error {
	return s.link(ctx, who, id, tickets, false)
}

func (s *Service) link(ctx context.Context, who access.Actor, id ident.ID, tickets []ident.ID, in bool) error {
	if err := who.Need(helpdesk.Work); err != nil {
		return err
	}
	var k fault.Check
	k.Need(len(tickets) > 0, "ticket", "incident.form.tickets_needed")
	if err := k.Err(); err != nil {
		return err
	}
	inc, err := s.byID(ctx, s.DB.Read(), id)
	if err != nil {
		return err
	}
	if inc.State == Closed {
		return fault.New(fault.Conflict, "incident.closed")
	}
	ready, err := s.Desk.Ready(ctx)
	if err != nil {
		return err
	}
	under := inc.ID
	if !in {
		under = ""
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, t := range tickets {
			if _, err := s.Desk.LinkIn(ctx, tx, ready, who, t, under, inc.Number()); err != nil {
				return err
			}
		}
		return nil
	})
}
