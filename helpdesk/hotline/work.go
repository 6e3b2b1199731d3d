package hotline

import (
	"context"
	"strings"
	"unicode/utf8"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/live"
	"lotrinh/internal/kit/phone"
	"lotrinh/internal/kit/trail"
)

// longestNote is how many letters a note may have.
const longestNote = 4000

// change does something to a call within the actor's reach.
func (s *Service) change(ctx context.Context, who access.Actor, id ident.ID, do func(context.Context, *db.Tx, *Call) error) (Call, error) {
	var c Call
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := who.Need(helpdesk.Work); err != nil {
			return err
		}
		c = Call{}
		err := tx.NewSelect().Model(&c).Where("hc.id = ?", id).Apply(within(who, "hc.unit"), db.ForUpdate(tx)).Scan(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		was := c
		if err := do(ctx, tx, &c); err != nil {
			return err
		}
		return s.save(ctx, tx, was, &c)
	})
	return c, err
}

// Note keeps what is written while talking: the last text is what counts.
func (s *Service) Note(ctx context.Context, who access.Actor, id ident.ID, note string) (Call, error) {
	note = strings.TrimSpace(fold.NFC(note))
	var k fault.Check
	k.Need(utf8.RuneCountInString(note) <= longestNote, "note", "hotline.note_long", "max", longestNote)
	if err := k.Err(); err != nil {
		return Call{}, err
	}
	return s.change(ctx, who, id, func(ctx context.Context, tx *db.Tx, c *Call) error {
		c.Note = note
		return trail.Write(ctx, tx, s.Business.Now(), who, "hotline.call.noted", string(id), nil, trail.At(c.Unit))
	})
}

// Link says which ticket a call is about. A call that went out and was answered then
// counts as an answer of it.
func (s *Service) Link(ctx context.Context, who access.Actor, id, ticket ident.ID) (Call, error) {
	if err := who.Need(helpdesk.Work); err != nil {
		return Call{}, err
	}
	t, err := s.Desk.ByID(ctx, who, ticket)
	if err != nil {
		return Call{}, err
	}
	ready, err := s.Desk.Ready(ctx)
	if err != nil {
		return Call{}, err
	}
	return s.change(ctx, who, id, func(ctx context.Context, tx *db.Tx, c *Call) error {
		was := c.Ticket
		if was == t.ID {
			return nil
		}
		c.Ticket = t.ID
		fill(&c.Unit, t.Unit)
		if c.Direction == Out && c.Reached() {
			if err := s.spoke(ctx, tx, ready, who, *c); err != nil {
				return err
			}
		}
		return s.linked(ctx, tx, who, was, c)
	})
}

// linked tells that a call now belongs to a ticket; its card has done its duty.
func (s *Service) linked(ctx context.Context, tx *db.Tx, who access.Actor, was ident.ID, c *Call) error {
	if err := s.Live.Publish(ctx, tx, live.Gone(Room, "call-"+string(c.ID)), live.Gone(live.To(who.ID), "call-"+string(c.ID))); err != nil {
		return err
	}
	return trail.Write(ctx, tx, s.Business.Now(), who, "hotline.call.linked", string(c.ID), map[string][2]any{"ticket": {was, c.Ticket}}, trail.At(c.Unit))
}

// Asked is the ticket that a call leads to, as the agent's form says.
type Asked struct {
	helpdesk.Draft
	Caller string // the name of somebody who is not known yet
}

// MakeTicket opens a ticket of a call. Whoever is not known yet becomes a contact with
// the number that they called from.
func (s *Service) MakeTicket(ctx context.Context, who access.Actor, id ident.ID, in Asked) (helpdesk.Ticket, error) {
	if err := who.Need(helpdesk.Work); err != nil {
		return helpdesk.Ticket{}, err
	}
	ready, err := s.Desk.Ready(ctx)
	if err != nil {
		return helpdesk.Ticket{}, err
	}
	in.Source, in.Channel = "phone", helpdesk.ByPhone
	var t helpdesk.Ticket
	_, err = s.change(ctx, who, id, func(ctx context.Context, tx *db.Tx, c *Call) error {
		if c.Ticket != "" {
			return fault.New(fault.Conflict, "hotline.call.has_ticket")
		}
		if in.Requester == "" && (c.Number != "" || in.Caller != "") {
			one, err := s.stranger(ctx, tx, who, c, in)
			if err != nil {
				return err
			}
			in.Requester = one
		}
		var err error
		if t, err = s.Desk.OpenIn(ctx, tx, ready, who, in.Draft); err != nil {
			return err
		}
		c.Ticket, c.Person, c.Unit = t.ID, in.Requester, t.Unit
		fillID(&c.Agent, who.ID)
		if err := s.task(ctx, tx, c); err != nil {
			return err
		}
		return s.linked(ctx, tx, who, "", c)
	})
	return t, err
}

// stranger is a contact for somebody whom nobody knows: by the number, or, when that
// is hidden, by name alone.
func (s *Service) stranger(ctx context.Context, tx *db.Tx, who access.Actor, c *Call, in Asked) (ident.ID, error) {
	name := in.Caller
	if name == "" {
		name = phone.Mask(c.Number)
	}
	one := helpdesk.Contact{Name: name, Unit: in.Unit}
	if c.Number == "" {
		return "", nil
	}
	k, err := s.Desk.KnowIn(ctx, tx, who, one, helpdesk.Way{Kind: helpdesk.PhoneWay, Value: c.Number})
	return k.ID, err
}

// task lets the open task of a call's number know whose it is.
func (s *Service) task(ctx context.Context, tx *db.Tx, c *Call) error {
	if c.Number == "" {
		return nil
	}
	b, open, err := openTask(ctx, tx, c.Number)
	if err != nil || !open {
		return err
	}
	fillID(&b.Person, c.Person)
	fill(&b.Unit, c.Unit)
	return saveTask(ctx, tx, &b)
}

// Assign says whose number a call came from: what was perhaps theirs now is.
func (s *Service) Assign(ctx context.Context, who access.Actor, id, person ident.ID) (Call, error) {
	if err := who.Need(helpdesk.Work); err != nil {
		return Call{}, err
	}
	c, err := s.one(ctx, s.DB.Read(), who, id)
	if err != nil {
		return c, err
	}
	people, err := s.callers(ctx, c.Number)
	if err != nil {
		return c, err
	}
	for _, p := range people {
		if p.Person != person || !covers(who, p.Unit) {
			continue
		}
		return s.change(ctx, who, id, func(ctx context.Context, tx *db.Tx, c *Call) error {
			n := Number{Number: c.Number, Person: person, Unit: p.Unit, Source: fromAgent, Ticket: p.Ticket, At: s.Business.Now()}
			_, err := tx.NewInsert().Model(&n).On("CONFLICT (number, person) DO UPDATE").Set("source = EXCLUDED.source, at = EXCLUDED.at").Exec(ctx)
			if err != nil {
				return db.Sorted(err)
			}
			was := c.Person
			c.Person, c.Unit = person, p.Unit
			if err := s.task(ctx, tx, c); err != nil {
				return err
			}
			return trail.Write(ctx, tx, n.At, who, "hotline.call.assigned", string(id), map[string][2]any{"person": {was, person}}, trail.At(c.Unit))
		})
	}
	return c, fault.New(fault.Missing, "fault.missing")
}

// Block lets the exchange refuse the calls of a number from now on.
func (s *Service) Block(ctx context.Context, who access.Actor, number, reason string) error {
	if err := who.Need(helpdesk.Manage); err != nil {
		return err
	}
	n, ok := phone.Normal(number)
	reason = strings.TrimSpace(fold.NFC(reason))
	var k fault.Check
	k.Need(ok, "number", "hotline.pbx.number_wrong")
	k.Need(reason != "", "reason", "hotline.block.reason_needed")
	k.Need(utf8.RuneCountInString(reason) <= longest, "reason", "hotline.note_long", "max", longest)
	if err := k.Err(); err != nil {
		return err
	}
	b := Blocked{Number: n, Reason: reason, MadeBy: who.ID, MadeAt: s.Business.Now()}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&b).On("CONFLICT (number) DO UPDATE").Set("reason = EXCLUDED.reason").Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, b.MadeAt, who, "hotline.number.blocked", hashed(n)[:16], nil)
	})
}

// Unblock lets a number call again.
func (s *Service) Unblock(ctx context.Context, who access.Actor, number string) error {
	if err := who.Need(helpdesk.Manage); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		res, err := tx.NewDelete().Model((*Blocked)(nil)).Where("number = ?", number).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return db.Sorted(err) // it calls already
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, "hotline.number.unblocked", hashed(number)[:16], nil)
	})
}
