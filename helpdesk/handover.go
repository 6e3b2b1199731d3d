package helpdesk

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
)

// Tiers are all of them, from the commune outwards.
var Tiers = []Tier{DistrictTeam, CityTeam, VendorTier}

// ActHanded is the step by which a ticket went to another tier; about: the tier.
const ActHanded Act = "handed"

// HandOver passes a ticket to another tier. Tried is what has been tried so far:
// whoever gets it must not begin anew.
type HandOver struct {
	Version   int64
	To        Tier
	Tried     string
	Reference string // the vendor's number, when it is known already
}

// Limits of a hand-over.
const (
	shortestTried    = 10
	longestReference = 60
)

func (h *HandOver) check() error {
	h.Tried, h.Reference = strings.TrimSpace(fold.NFC(h.Tried)), strings.TrimSpace(fold.NFC(h.Reference))
	var k fault.Check
	k.Need(slices.Contains(Tiers, h.To), "to", "helpdesk.form.tier_needed")
	k.Need(utf8.RuneCountInString(h.Tried) >= shortestTried, "tried", "helpdesk.form.tried_needed", "min", shortestTried)
	k.Need(utf8.RuneCountInString(h.Tried) <= longestBody, "tried", "helpdesk.form.body_long", "max", longestBody)
	k.Need(utf8.RuneCountInString(h.Reference) <= longestReference, "reference", "helpdesk.form.reference_long", "max", longestReference)
	return k.Err()
}

// HandOverIn passes the ticket to another tier, in the caller's transaction. With the
// vendor it is on hold; back from there it is open. A team finds it without an owner;
// what goes to the vendor keeps the owner, who sees to it.
func (s *Service) HandOverIn(ctx context.Context, tx *db.Tx, r Ready, who access.Actor, id ident.ID, h HandOver) (Ticket, error) {
	if err := who.Need(Work); err != nil {
		return Ticket{}, err
	}
	if err := h.check(); err != nil {
		return Ticket{}, err
	}
	return s.actIn(ctx, tx, r, who, id, h.Version, func(ctx context.Context, a *action) error {
		if err := a.support(); err != nil {
			return err
		}
		if a.t.Phase == Done {
			return fault.New(fault.Conflict, "helpdesk.ticket.already_done")
		}
		if a.t.Tier == h.To {
			return fault.New(fault.Conflict, "helpdesk.ticket.same_tier")
		}
		if err := a.handOver(ctx, h); err != nil {
			return err
		}
		a.say(Words{Body: h.Tried}, true, true)
		a.step(ActHanded, string(h.To), false)
		a.trail("helpdesk.ticket.handed_over", map[string][2]any{"tier": {a.before.Tier, h.To}, "owner": {a.before.Owner, a.t.Owner}})
		a.tell("helpdesk.ticket.handed_over")
		return nil
	})
}

func (a *action) handOver(ctx context.Context, h HandOver) error {
	a.t.Tier, a.t.Reference = h.To, h.Reference
	if a.t.State == OnHold && (h.To == VendorTier || a.t.WaitsFor == Vendor) {
		if err := a.move(ctx, Open, ""); err != nil {
			return err
		}
	}
	if h.To != VendorTier {
		if a.before.Tier != VendorTier {
			a.t.Owner = ""
		}
		return nil
	}
	if err := a.move(ctx, OnHold, "helpdesk.waits_for."+string(Vendor)); err != nil {
		return err
	}
	a.t.WaitsFor = Vendor
	if a.t.Owner == "" {
		a.t.Owner = a.who.ID
	}
	a.notify(a.t.Requester, "helpdesk.notice.held_"+string(Vendor))
	return nil
}

// ReferIn notes the number by which the vendor calls the ticket.
func (s *Service) ReferIn(ctx context.Context, tx *db.Tx, r Ready, who access.Actor, id ident.ID, reference string) (Ticket, error) {
	if err := who.Need(Work); err != nil {
		return Ticket{}, err
	}
	reference = strings.TrimSpace(fold.NFC(reference))
	var k fault.Check
	k.Need(utf8.RuneCountInString(reference) <= longestReference, "reference", "helpdesk.form.reference_long", "max", longestReference)
	if err := k.Err(); err != nil {
		return Ticket{}, err
	}
	return s.actIn(ctx, tx, r, who, id, 0, func(_ context.Context, a *action) error {
		if err := a.support(); err != nil {
			return err
		}
		a.t.Reference = reference
		a.trail("helpdesk.ticket.referred", map[string][2]any{"reference": {a.before.Reference, reference}})
		return nil
	})
}

// Ticket is a ticket that the reader may see, without its conversation.
func (s *Service) Ticket(ctx context.Context, who access.Actor, id ident.ID) (Ticket, error) {
	return s.one(ctx, s.DB.Read(), who, id)
}

// Supports tells whether the actor stands on the answering side of the ticket.
func (t Ticket) Supports(who access.Actor) bool { return t.supports(who) }
