package tier

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/trail"
)

// area is how kit packages know us.
const area = "helpdesk.tier"

// The purposes of a case's clocks.
const (
	reaction = "vendor_answer"
	repair   = "vendor_fix"
)

// Outcome is how a case ended.
type Outcome string

// The outcomes; empty is not ended.
const (
	Fixed     Outcome = "fixed"
	Returned  Outcome = "returned"  // given back unrepaired
	Withdrawn Outcome = "withdrawn" // the ticket was closed without the vendor
)

// Case is one time that a ticket was with a vendor.
type Case struct {
	bun.BaseModel `bun:"table:desk_vendor_case,alias:vc"`
	ID            ident.ID   `bun:"id,pk"`
	Ticket        ident.ID   `bun:"ticket"`
	Unit          string     `bun:"unit"`
	Vendor        ident.ID   `bun:"vendor"`
	Month         string     `bun:"month"` // of the hand-over in the city's calendar, "2016-11"
	Priority      int        `bun:"priority"`
	HandedAt      time.Time  `bun:"handed_at"`
	HandedBy      ident.ID   `bun:"handed_by"`
	Reference     string     `bun:"reference"`
	AnswerClock   ident.ID   `bun:"answer_clock"`
	FixClock      ident.ID   `bun:"fix_clock"`
	AnswerDue     *time.Time `bun:"answer_due"`
	FixDue        *time.Time `bun:"fix_due"`
	AnsweredAt    *time.Time `bun:"answered_at"`
	EndedAt       *time.Time `bun:"ended_at"`
	Outcome       Outcome    `bun:"outcome"`
	Worked        int64      `bun:"worked"` // working minutes from the hand-over to the end
	Version       int64      `bun:"version"`
}

// Month is the month of a moment in the city's calendar.
func Month(at time.Time) string { return at.In(clock.City).Format("2006-01") }

// In is a hand-over as somebody asks for it. Vendor is needed for the vendor's tier.
type In struct {
	helpdesk.HandOver
	Vendor ident.ID
}

// HandOver passes a ticket to another tier; a vendor's clocks begin at once.
func (s *Service) HandOver(ctx context.Context, who access.Actor, ticket ident.ID, in In) (helpdesk.Ticket, error) {
	var v Vendor
	if in.To == helpdesk.VendorTier {
		var k fault.Check
		var err error
		if v, err = s.Vendor(ctx, who, in.Vendor); err != nil && !fault.Is(err, fault.Missing) {
			return helpdesk.Ticket{}, err
		}
		k.Need(err == nil && v.Active, "vendor", "tier.form.vendor_pick")
		if err := k.Err(); err != nil {
			return helpdesk.Ticket{}, err
		}
	}
	r, err := s.Desk.Ready(ctx)
	if err != nil {
		return helpdesk.Ticket{}, err
	}
	var t helpdesk.Ticket
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if t, err = s.Desk.HandOverIn(ctx, tx, r, who, ticket, in.HandOver); err != nil {
			return err
		}
		if in.To == helpdesk.VendorTier {
			return s.begin(ctx, tx, who, t, v)
		}
		return s.end(ctx, tx, who, t.ID, Returned, s.Business.Now())
	})
	return t, err
}

// begin opens the vendor's case with the clocks of its contract.
func (s *Service) begin(ctx context.Context, tx *db.Tx, who access.Actor, t helpdesk.Ticket, v Vendor) error {
	now := s.Business.Now()
	c := Case{ID: ident.New(now), Ticket: t.ID, Unit: t.Unit, Vendor: v.ID, Month: Month(now), Priority: t.Priority, HandedAt: now,
		HandedBy: who.ID, Reference: t.Reference, Version: 1}
	one := func(purpose string, budget int64) deadline.Spec {
		return deadline.Spec{Area: area, Subject: string(c.ID), Purpose: purpose, Unit: t.Unit, Calendar: v.Calendar, Start: now.Truncate(time.Second),
			Budget: budget, Kind: deadline.Minutes, Steps: []deadline.StepSpec{{Name: "soon", Minutes: -budget / 4}, {Name: "due"}}}
	}
	clocks, err := deadline.StartMany(ctx, tx, s.Calendars, one(reaction, v.Answer), one(repair, v.Fix(t.Priority)))
	if err != nil {
		return err
	}
	c.AnswerClock, c.AnswerDue = clocks[0].ID, clocks[0].Due
	c.FixClock, c.FixDue = clocks[1].ID, clocks[1].Due
	if _, err := tx.NewInsert().Model(&c).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	return trail.Write(ctx, tx, now, who, "tier.case.begun", string(c.ID), map[string][2]any{"vendor": {"", v.ID}, "ticket": {"", t.ID}}, trail.At(t.Unit))
}

// end closes the case that a ticket has with a vendor, if it has one.
func (s *Service) end(ctx context.Context, tx *db.Tx, who access.Actor, ticket ident.ID, how Outcome, now time.Time) error {
	var rows []Case
	err := tx.NewSelect().Model(&rows).Where("vc.ticket = ?", ticket).Where("vc.ended_at IS NULL").Apply(db.ForUpdate(tx)).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return db.Sorted(err)
	}
	c := rows[0]
	stop := deadline.Meet
	if how == Withdrawn {
		stop = deadline.Cancel
	}
	fix, err := stop(ctx, tx, s.Calendars, c.FixClock, now.Truncate(time.Second))
	if err != nil {
		return err
	}
	if c.AnsweredAt == nil {
		if _, err := stop(ctx, tx, s.Calendars, c.AnswerClock, now.Truncate(time.Second)); err != nil {
			return err
		}
		if how != Withdrawn {
			c.AnsweredAt = &now
		}
	}
	cal, err := s.Calendars.Calendar(ctx, fix.Calendar)
	if err != nil {
		return err
	}
	worked, err := cal.Between(c.HandedAt, now)
	if err != nil {
		return err
	}
	before := c.Version
	c.EndedAt, c.Outcome, c.Worked = &now, how, int64(worked.Time/time.Minute)
	c.Version++
	err = db.Changed(tx.NewUpdate().Model(&c).WherePK().Where("version = ?", before).Exec(ctx))
	if err != nil {
		return err
	}
	return trail.Write(ctx, tx, now, who, "tier.case.ended", string(c.ID), map[string][2]any{"outcome": {"", how}}, trail.At(c.Unit))
}

// Reacted notes that the vendor has reacted, and its number when it gave one.
func (s *Service) Reacted(ctx context.Context, who access.Actor, id ident.ID, version int64, reference string) (Case, error) {
	r, err := s.Desk.Ready(ctx)
	if err != nil {
		return Case{}, err
	}
	var c Case
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if c, err = s.hold(ctx, tx, who, id, version); err != nil {
			return err
		}
		now := s.Business.Now()
		if c.AnsweredAt == nil {
			if _, err := deadline.Meet(ctx, tx, s.Calendars, c.AnswerClock, now.Truncate(time.Second)); err != nil {
				return err
			}
			c.AnsweredAt = &now
		}
		t, err := s.Desk.ReferIn(ctx, tx, r, who, c.Ticket, reference)
		if err != nil {
			return err
		}
		c.Reference = t.Reference
		c.Version++
		if err := db.Changed(tx.NewUpdate().Model(&c).WherePK().Where("version = ?", c.Version-1).Exec(ctx)); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "tier.case.reacted", string(c.ID), map[string][2]any{"reference": {"", c.Reference}}, trail.At(c.Unit))
	})
	return c, err
}

// hold is an open case within the actor's reach, held for a change.
func (s *Service) hold(ctx context.Context, tx *db.Tx, who access.Actor, id ident.ID, version int64) (Case, error) {
	var c Case
	if err := who.Need(helpdesk.Work); err != nil {
		return c, err
	}
	err := tx.NewSelect().Model(&c).Where("vc.id = ?", id).Apply(who.Within(helpdesk.Work, "vc.unit")).Apply(db.ForUpdate(tx)).Scan(ctx)
	switch {
	case err != nil:
		return c, db.Sorted(err)
	case c.EndedAt != nil:
		return c, fault.New(fault.Conflict, "tier.case.ended")
	case version != c.Version:
		return c, fault.New(fault.Conflict, "fault.changed_meanwhile")
	}
	return c, nil
}

// TakeBack brings a ticket back from the vendor to the city's team: repaired or not.
// The words say what the vendor did; they are an internal note.
func (s *Service) TakeBack(ctx context.Context, who access.Actor, id ident.ID, version int64, how Outcome, did string) (helpdesk.Ticket, error) {
	var k fault.Check
	k.Need(how == Fixed || how == Returned, "outcome", "tier.form.outcome_needed")
	if err := k.Err(); err != nil {
		return helpdesk.Ticket{}, err
	}
	r, err := s.Desk.Ready(ctx)
	if err != nil {
		return helpdesk.Ticket{}, err
	}
	var t helpdesk.Ticket
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := s.hold(ctx, tx, who, id, version)
		if err != nil {
			return err
		}
		if err := s.end(ctx, tx, who, c.Ticket, how, s.Business.Now()); err != nil {
			return err
		}
		t, err = s.Desk.HandOverIn(ctx, tx, r, who, c.Ticket, helpdesk.HandOver{To: helpdesk.CityTeam, Tried: did, Reference: c.Reference})
		return err
	})
	return t, err
}

// Case is one case within the reader's reach.
func (s *Service) Case(ctx context.Context, who access.Actor, id ident.ID) (Case, error) {
	var c Case
	if err := who.Need(helpdesk.Work); err != nil {
		return c, err
	}
	err := s.DB.Read().NewSelect().Model(&c).Where("vc.id = ?", id).Apply(who.Within(helpdesk.Work, "vc.unit")).Scan(ctx)
	return c, db.Sorted(err)
}

// cases are the times that a ticket was with a vendor, newest first.
func (s *Service) cases(ctx context.Context, ticket ident.ID) ([]Case, error) {
	var rows []Case
	err := s.DB.Read().NewSelect().Model(&rows).Where("vc.ticket = ?", ticket).Order("vc.id DESC").Limit(mostShown).Scan(ctx)
	return rows, db.Sorted(err)
}

// CasesOf is a page of a vendor's cases within the reader's reach, newest first.
func (s *Service) CasesOf(ctx context.Context, who access.Actor, vendor ident.ID, r page.Request) (page.Page[Case], error) {
	if err := looks(who); err != nil {
		return page.Page[Case]{}, err
	}
	var rows []Case
	err := s.DB.Read().NewSelect().Model(&rows).Where("vc.vendor = ?", vendor).Apply(who.Within(helpdesk.Work, "vc.unit")).Apply(r.On("vc.id")).Scan(ctx)
	return page.Cut(r, rows, func(c Case) []string { return []string{string(c.ID)} }), db.Sorted(err)
}

// Handlers are what this room learns from events.
func (s *Service) Handlers() []outbox.Handler {
	ended := func(how Outcome) func(context.Context, *db.Tx, outbox.Event) error {
		return func(ctx context.Context, tx *db.Tx, e outbox.Event) error {
			return s.end(ctx, tx, access.System("helpdesk"), ident.ID(e.Subject), how, e.At)
		}
	}
	return []outbox.Handler{
		{Name: "tier.resolved", Topic: "helpdesk.ticket.resolved", Do: ended(Fixed)},
		{Name: "tier.closed", Topic: "helpdesk.ticket.closed", Do: ended(Withdrawn)},
		{Name: "tier.warn", Topic: deadline.Stepped{}.Topic(), Do: s.warn},
		{Name: "tier.due_moved", Topic: deadline.Moved{}.Topic(), Do: s.dueMoved},
	}
}

// warn tells who handed the ticket over that the vendor's moment is near or has passed.
func (s *Service) warn(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var step deadline.Stepped
	if err := e.Read(&step); err != nil || step.Area != area || step.Due == nil {
		return err
	}
	var c Case
	if err := tx.NewSelect().Model(&c).Where("vc.id = ?", step.About).Scan(ctx); err != nil || c.EndedAt != nil {
		return db.Sorted(err)
	}
	var v Vendor
	if err := tx.NewSelect().Model(&v).Where("dv.id = ?", c.Vendor).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	return notify.Write(ctx, tx, e.At, notify.Message{Account: c.HandedBy, Template: "tier.notice." + step.Purpose + "_" + step.Step,
		Link: "/tickets/" + string(c.Ticket), Args: []any{"vendor", v.Name, "due", *step.Due}, Dedupe: string(e.ID)})
}

// dueMoved copies due moments that a changed calendar has moved.
func (s *Service) dueMoved(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var moved deadline.Moved
	if err := e.Read(&moved); err != nil || moved.Area != area {
		return err
	}
	column := "fix_due"
	if moved.Purpose == reaction {
		column = "answer_due"
	}
	_, err := tx.NewUpdate().Model((*Case)(nil)).Set("? = ?", bun.Ident(column), moved.Due).Where("id = ?", moved.About).Exec(ctx)
	return db.Sorted(err)
}
