package loop

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/trail"
)

// Kind is what is proposed.
type Kind string

// The kinds.
const (
	MakeUpClass  Kind = "class" // one officer asks again and again how things are done
	EquipmentGap Kind = "gap"   // one commune's devices fail again and again
)

// State is what became of a proposal.
type State string

// The states.
const (
	Proposed State = "proposed"
	Accepted State = "accepted"
	Declined State = "declined"
)

// Proposal is something that repeated tickets suggest.
type Proposal struct {
	bun.BaseModel `bun:"table:desk_proposal,alias:pr"`
	ID            ident.ID   `bun:"id,pk"`
	Kind          Kind       `bun:"kind"`
	Unit          string     `bun:"unit"`
	Subject       ident.ID   `bun:"subject"` // the officer whom a class would help; empty for a gap
	Tickets       string     `bun:"tickets"` // JSON: the numbers and IDs that it was drawn from
	At            time.Time  `bun:"at"`
	State         State      `bun:"state"`
	DecidedBy     ident.ID   `bun:"decided_by"`
	DecidedAt     *time.Time `bun:"decided_at"`
	Outcome       string     `bun:"outcome"` // address of what came of it
	Version       int64      `bun:"version"`
}

// Evidence is one ticket that a proposal was drawn from.
type Evidence struct {
	ID     ident.ID `json:"id"`
	Number string   `json:"number"`
	Title  string   `json:"title"`
}

// Evidence are the tickets that the proposal was drawn from.
func (p Proposal) Evidence() []Evidence {
	var all []Evidence
	if json.Unmarshal([]byte(p.Tickets), &all) != nil {
		return nil
	}
	return all
}

const (
	// repeats is how many tickets within window make a proposal.
	repeats = 3
	window  = 30 * 24 * time.Hour
)

// Suggested tells other areas what repeated tickets suggest; what they make of it is
// theirs. Its topics are helpdesk.class.proposed and helpdesk.gap.proposed; accepted
// ones come as helpdesk.class.accepted and helpdesk.gap.accepted.
type Suggested struct {
	topic    string
	Proposal ident.ID   `json:"proposal"`
	Unit     string     `json:"unit"`
	Account  ident.ID   `json:"account,omitempty"`
	Tickets  []ident.ID `json:"tickets"`
	At       time.Time  `json:"at"`
}

// Topic is the event's name.
func (s Suggested) Topic() string { return s.topic }

// Subject is the proposal.
func (s Suggested) Subject() string { return string(s.Proposal) }

func (p Proposal) event(what string, at time.Time) Suggested {
	e := Suggested{topic: "helpdesk." + string(p.Kind) + "." + what, Proposal: p.ID, Unit: p.Unit, Account: p.Subject, At: at}
	for _, one := range p.Evidence() {
		e.Tickets = append(e.Tickets, one.ID)
	}
	return e
}

// opened looks whether a new ticket is one too many of its sort.
func (s *Service) opened(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var t helpdesk.Happened
	if err := e.Read(&t); err != nil {
		return err
	}
	p := Proposal{Unit: t.Unit, At: e.At}
	switch t.Service {
	case helpdesk.Usage:
		p.Kind, p.Subject = MakeUpClass, t.Requester
	case helpdesk.Device:
		p.Kind = EquipmentGap
	default:
		return nil
	}
	rows, err := s.alike(ctx, tx, p, t.Service)
	if err != nil || len(rows) < repeats {
		return err
	}
	known, err := s.decidedLately(ctx, tx, p)
	if err != nil || known {
		return err
	}
	var list []Evidence
	for _, x := range rows {
		list = append(list, Evidence{x.ID, x.Number(), x.Title})
	}
	raw, err := json.Marshal(list)
	if err != nil {
		return err
	}
	p.ID, p.Tickets, p.State, p.Version = ident.New(e.At), string(raw), Proposed, 1
	res, err := tx.NewInsert().Model(&p).On("CONFLICT DO NOTHING").Exec(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return outbox.Write(ctx, tx, e.At, p.event("proposed", e.At))
}

// alike are the tickets of the last month that the proposal would be drawn from.
func (s *Service) alike(ctx context.Context, tx *db.Tx, p Proposal, service helpdesk.Category) ([]helpdesk.Ticket, error) {
	var rows []helpdesk.Ticket
	q := tx.NewSelect().Model(&rows).Column("ti.id", "ti.seq", "ti.year", "ti.title").Where("ti.unit = ?", p.Unit).Where("ti.service = ?", service).
		Where("ti.opened_at > ?", p.At.Add(-window)).Where("ti.opened_at <= ?", p.At)
	if p.Subject != "" {
		q = q.Where("ti.requester = ?", p.Subject)
	}
	err := q.Order("ti.opened_at DESC").Limit(10).Scan(ctx)
	return rows, db.Sorted(err)
}

// decidedLately tells whether the same was open, or decided, within the last month.
func (s *Service) decidedLately(ctx context.Context, tx *db.Tx, p Proposal) (bool, error) {
	var last []Proposal
	err := tx.NewSelect().Model(&last).Where("pr.kind = ?", p.Kind).Where("pr.subject = ?", p.Subject).Where("pr.unit = ?", p.Unit).
		Order("pr.id DESC").Limit(1).Scan(ctx)
	if err != nil || len(last) == 0 {
		return false, db.Sorted(err)
	}
	return last[0].State == Proposed || last[0].DecidedAt != nil && last[0].DecidedAt.After(p.At.Add(-window)), nil
}

// Proposals is a page of what is proposed in the reader's units, newest first.
func (s *Service) Proposals(ctx context.Context, who access.Actor, state State, r page.Request) (page.Page[Proposal], error) {
	if err := who.Need(Decide); err != nil {
		return page.Page[Proposal]{}, err
	}
	var rows []Proposal
	err := s.DB.Read().NewSelect().Model(&rows).Where("pr.state = ?", state).Apply(who.Within(Decide, "pr.unit")).Apply(r.On("pr.id")).Scan(ctx)
	return page.Cut(r, rows, func(p Proposal) []string { return []string{string(p.ID)} }), db.Sorted(err)
}

// Waiting is how many proposals wait for a decision in the reader's units, at most 100.
func (s *Service) Waiting(ctx context.Context, who access.Actor) (int, error) {
	if !who.May(Decide) {
		return 0, nil
	}
	var ids []ident.ID
	err := s.DB.Read().NewSelect().Model((*Proposal)(nil)).Column("pr.id").Where("pr.state = ?", Proposed).Apply(who.Within(Decide, "pr.unit")).Limit(100).Scan(ctx, &ids)
	return len(ids), db.Sorted(err)
}

// Accept takes a proposal up. For a gap the inventory opens one for the device named,
// and the proposal keeps where it is; a class is taken up by training.
func (s *Service) Accept(ctx context.Context, who access.Actor, id ident.ID, version int64, device string) (Proposal, error) {
	return s.decide(ctx, who, id, version, Accepted, func(ctx context.Context, tx *db.Tx, p *Proposal) error {
		if p.Kind == EquipmentGap {
			var err error
			if p.Outcome, err = s.Gaps.Open(ctx, tx, who, p.Unit, device, s.reason(*p)); err != nil {
				return err
			}
		}
		return outbox.Write(ctx, tx, *p.DecidedAt, p.event("accepted", *p.DecidedAt))
	})
}

// Decline says that nothing should come of it; it is not proposed again for a month.
func (s *Service) Decline(ctx context.Context, who access.Actor, id ident.ID, version int64) (Proposal, error) {
	return s.decide(ctx, who, id, version, Declined, func(context.Context, *db.Tx, *Proposal) error { return nil })
}

// decide settles a proposal once: it is locked, what comes of it is done, and both are
// kept together.
func (s *Service) decide(ctx context.Context, who access.Actor, id ident.ID, version int64, to State, do func(context.Context, *db.Tx, *Proposal) error) (Proposal, error) {
	var p Proposal
	if err := who.Need(Decide); err != nil {
		return p, err
	}
	now := s.Business.Now()
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		err := tx.NewSelect().Model(&p).Where("pr.id = ?", id).Apply(who.Within(Decide, "pr.unit"), db.ForUpdate(tx)).Scan(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if p.State != Proposed || p.Version != version {
			return fault.New(fault.Conflict, "loop.decided")
		}
		p.State, p.DecidedBy, p.DecidedAt, p.Version = to, who.ID, &now, version+1
		if err := do(ctx, tx, &p); err != nil {
			return err
		}
		err = db.Changed(tx.NewUpdate().Model(&p).Column("state", "decided_by", "decided_at", "outcome", "version").WherePK().Where("version = ?", version).Exec(ctx))
		if err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "helpdesk.proposal.decided", string(p.ID), map[string][2]any{"state": {Proposed, to}}, trail.At(p.Unit))
	})
	return p, err
}
