package tier

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
)

// VisitState is where a visit stands.
type VisitState string

// The states.
const (
	Planned   VisitState = "planned"
	OnTheWay  VisitState = "on_the_way"
	OnSite    VisitState = "on_site"
	Signed    VisitState = "signed"
	Cancelled VisitState = "cancelled"
)

// steps are the changes of state that exist; signing has its own use case.
var steps = map[VisitState][]VisitState{
	Planned:  {OnTheWay, OnSite, Cancelled},
	OnTheWay: {OnSite, Cancelled},
	OnSite:   {Cancelled, Signed},
}

// Visit is a technician's way to a commune for a ticket.
type Visit struct {
	bun.BaseModel `bun:"table:desk_visit,alias:vi"`
	ID            ident.ID   `bun:"id,pk"`
	Ticket        ident.ID   `bun:"ticket"`
	Unit          string     `bun:"unit"`
	Technician    ident.ID   `bun:"technician"`
	Day           string     `bun:"day"`      // "2016-11-10"
	Position      int64      `bun:"position"` // on the day's route, from 1
	State         VisitState `bun:"state"`
	PlannedBy     ident.ID   `bun:"planned_by"`
	LeftAt        *time.Time `bun:"left_at"`
	ArrivedAt     *time.Time `bun:"arrived_at"`
	EndedAt       *time.Time `bun:"ended_at"`
	Found         string     `bun:"found"`
	Did           string     `bun:"did"`
	Signer        string     `bun:"signer"`
	SignerPost    string     `bun:"signer_post"`
	Hash          string     `bun:"hash"` // of what was signed: SHA-256, hexadecimal
	Reason        string     `bun:"reason"`
	Version       int64      `bun:"version"`
}

// Part is something that was used on a visit.
type Part struct {
	bun.BaseModel `bun:"table:desk_visit_part,alias:vp"`
	Visit         ident.ID `bun:"visit,pk"`
	Position      int64    `bun:"position,pk"`
	Name          string   `bun:"name"`
	Serial        string   `bun:"serial"`
	Quantity      int64    `bun:"quantity"`
}

// Limits of a record.
const (
	longestText = 4000
	mostParts   = 20
	mostQuant   = 1000
)

// Plan puts a visit at the end of a technician's route of a day.
func (s *Service) Plan(ctx context.Context, who access.Actor, ticket, technician ident.ID, day string) (Visit, error) {
	t, err := s.supported(ctx, who, ticket)
	if err != nil {
		return Visit{}, err
	}
	agents, err := s.People.Agents(ctx, t.Unit)
	if err != nil {
		return Visit{}, err
	}
	now := s.Business.Now()
	var k fault.Check
	k.Need(slices.ContainsFunc(agents, func(a helpdesk.Agent) bool { return a.ID == technician }), "technician", "tier.form.technician_needed")
	_, err = clock.ParseDate(day)
	k.Need(err == nil, "day", "tier.form.day_needed")
	k.Need(err != nil || day >= clock.Date(now), "day", "tier.form.day_past")
	if err := k.Err(); err != nil {
		return Visit{}, err
	}
	v := Visit{ID: ident.New(now), Ticket: t.ID, Unit: t.Unit, Technician: technician, Day: day, State: Planned, PlannedBy: who.ID, Version: 1}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		err := tx.NewRaw("SELECT coalesce(max(position), 0) + 1 FROM desk_visit WHERE day = ? AND technician = ?", day, technician).Scan(ctx, &v.Position)
		if err != nil {
			return db.Sorted(err)
		}
		if _, err := tx.NewInsert().Model(&v).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "tier.visit.planned", string(v.ID), map[string][2]any{"day": {"", day}, "technician": {"", technician}}, trail.At(v.Unit))
	})
	return v, err
}

// supported is a ticket on whose answering side the actor stands.
func (s *Service) supported(ctx context.Context, who access.Actor, id ident.ID) (helpdesk.Ticket, error) {
	if err := who.Need(helpdesk.Work); err != nil {
		return helpdesk.Ticket{}, err
	}
	t, err := s.Desk.Ticket(ctx, who, id)
	if err == nil && !t.Supports(who) {
		err = fault.New(fault.Denied, "helpdesk.ticket.support_only")
	}
	return t, err
}

// Route is a day's visits within the actor's reach, in their order: one technician's,
// or everybody's.
func (s *Service) Route(ctx context.Context, who access.Actor, day string, technician ident.ID) ([]Visit, error) {
	if err := who.Need(helpdesk.Work); err != nil {
		return nil, err
	}
	var rows []Visit
	q := s.DB.Read().NewSelect().Model(&rows).Where("vi.day = ?", day).Apply(who.Within(helpdesk.Work, "vi.unit"))
	if technician != "" {
		q = q.Where("vi.technician = ?", technician)
	}
	err := q.Order("vi.technician", "vi.position", "vi.id").Limit(mostRoute).Scan(ctx)
	return rows, db.Sorted(err)
}

// mostRoute is how many visits of a day are shown.
const mostRoute = 300

// Visit is one visit with its parts, within the actor's reach.
func (s *Service) Visit(ctx context.Context, who access.Actor, id ident.ID) (Visit, []Part, error) {
	var v Visit
	if err := who.Need(helpdesk.Work); err != nil {
		return v, nil, err
	}
	if err := s.DB.Read().NewSelect().Model(&v).Where("vi.id = ?", id).Apply(who.Within(helpdesk.Work, "vi.unit")).Scan(ctx); err != nil {
		return v, nil, db.Sorted(err)
	}
	var parts []Part
	err := s.DB.Read().NewSelect().Model(&parts).Where("vp.visit = ?", id).Order("vp.position").Scan(ctx)
	return v, parts, db.Sorted(err)
}

// visitsOf are the visits for a ticket, newest first.
func (s *Service) visitsOf(ctx context.Context, ticket ident.ID) ([]Visit, error) {
	var rows []Visit
	err := s.DB.Read().NewSelect().Model(&rows).Where("vi.ticket = ?", ticket).Order("vi.id DESC").Limit(mostShown).Scan(ctx)
	return rows, db.Sorted(err)
}

// change holds a visit that is not over, lets do change it, and saves it.
func (s *Service) change(ctx context.Context, who access.Actor, id ident.ID, version int64, act string, do func(context.Context, *db.Tx, *Visit) error) (Visit, error) {
	var v Visit
	if err := who.Need(helpdesk.Work); err != nil {
		return v, err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		v = Visit{}
		err := tx.NewSelect().Model(&v).Where("vi.id = ?", id).Apply(who.Within(helpdesk.Work, "vi.unit")).Apply(db.ForUpdate(tx)).Scan(ctx)
		switch {
		case err != nil:
			return db.Sorted(err)
		case v.State == Signed || v.State == Cancelled:
			return fault.New(fault.Conflict, "tier.visit.over")
		case version != v.Version:
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		before := v.State
		if err := do(ctx, tx, &v); err != nil {
			return err
		}
		v.Version++
		if err := db.Changed(tx.NewUpdate().Model(&v).WherePK().Where("version = ?", version).Exec(ctx)); err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, act, string(v.ID), map[string][2]any{"state": {before, v.State}}, trail.At(v.Unit))
	})
	return v, err
}

// Step moves a visit on: on the way, on site, or cancelled with a reason.
func (s *Service) Step(ctx context.Context, who access.Actor, id ident.ID, version int64, to VisitState, reason string) (Visit, error) {
	reason = strings.TrimSpace(fold.NFC(reason))
	var k fault.Check
	k.Need(to != Cancelled || reason != "", "reason", "tier.form.reason_needed")
	k.Need(utf8.RuneCountInString(reason) <= longestPhrase, "reason", "tier.form.long", "max", longestPhrase)
	if err := k.Err(); err != nil {
		return Visit{}, err
	}
	return s.change(ctx, who, id, version, "tier.visit.moved", func(_ context.Context, _ *db.Tx, v *Visit) error {
		if to == Signed || !slices.Contains(steps[v.State], to) {
			return fault.New(fault.Conflict, "tier.visit.no_such_move")
		}
		now := s.Business.Now()
		switch v.State = to; to {
		case OnTheWay:
			v.LeftAt = &now
		case OnSite:
			v.ArrivedAt = &now
		case Cancelled:
			v.EndedAt, v.Reason = &now, reason
		}
		return nil
	})
}

// Reorder moves a visit one place up (-1) or down (+1) on its route.
func (s *Service) Reorder(ctx context.Context, who access.Actor, id ident.ID, version, by int64) (Visit, error) {
	return s.change(ctx, who, id, version, "tier.visit.reordered", func(ctx context.Context, tx *db.Tx, v *Visit) error {
		op, order := ">", "ASC"
		if by < 0 {
			op, order = "<", "DESC"
		}
		var next []Visit
		err := tx.NewSelect().Model(&next).Where("vi.day = ?", v.Day).Where("vi.technician = ?", v.Technician).
			Where("vi.position ? ?", bun.Safe(op), v.Position).OrderExpr("vi.position " + order).Limit(1).Apply(db.ForUpdate(tx)).Scan(ctx)
		if err != nil || len(next) == 0 {
			return db.Sorted(err)
		}
		_, err = tx.NewUpdate().Model((*Visit)(nil)).Set("position = ?", v.Position).Set("version = version + 1").Where("id = ?", next[0].ID).Exec(ctx)
		v.Position = next[0].Position
		return db.Sorted(err)
	})
}
