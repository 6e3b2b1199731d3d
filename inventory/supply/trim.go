package supply

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/inventory"
)

// Cut takes back what was approved and is not on its way: Keep is how many of a line stay approved; a line that is not named stays
// as it is.
type Cut struct {
	Keep   map[ident.ID]int64
	Reason string
}

func (c *Cut) check(lines []Line) error {
	c.Reason = tidy(c.Reason)
	var k fault.Check
	some := false
	for _, l := range lines {
		n, named := c.Keep[l.ID]
		k.Need(!named || n >= l.Allocated && n <= l.Approved, "keep-"+string(l.ID), "supply.trim.bounds", "from", l.Allocated, "to", l.Approved)
		some = some || named && n < l.Approved
	}
	k.Need(some, "keep", "supply.trim.nothing")
	k.Need(c.Reason != "", "reason", "supply.trim.reason_needed")
	k.Need(utf8.RuneCountInString(c.Reason) <= longestNote, "reason", "inventory.form.long", "limit", longestNote)
	return k.Err()
}

// Trim cuts down what was approved and never allocated: by the city, or by the district that does without. What is cut is lacking
// again, as a gap of its own where a part of its line stays. A request of which nothing is left is cancelled, one of which
// everything left was seen is done.
func (s *Service) Trim(ctx context.Context, who access.Actor, id ident.ID, version int64, c Cut) (Request, error) {
	need := Decide
	if !who.May(Decide) {
		need = Ask
	}
	return s.change(ctx, who, need, id, version, func(ctx context.Context, tx *db.Tx, r *Request, lines []Line, now time.Time) error {
		if !r.State.Granted() {
			return fault.New(fault.Conflict, "supply.request.not_granted")
		}
		if err := c.check(lines); err != nil {
			return err
		}
		var cut int64
		for i := range lines {
			l := &lines[i]
			keep, named := c.Keep[l.ID]
			if !named || keep == l.Approved {
				continue
			}
			n := l.Approved - keep
			l.Approved, l.Trimmed, cut = keep, l.Trimmed+n, cut+n
			if err := s.doWithout(ctx, tx, who, l); err != nil {
				return err
			}
		}
		return s.trimmed(ctx, tx, who, r, lines, cut, c.Reason, now)
	})
}

// doWithout gives the gap of a line back what was cut. A gap that was ended in another way stays ended.
func (s *Service) doWithout(ctx context.Context, tx *db.Tx, who access.Actor, l *Line) error {
	gaps, err := s.Stock.GapsIn(ctx, tx, act(who), inventory.Handle, []ident.ID{l.Gap})
	if err != nil {
		return err
	}
	if l.Approved == 0 {
		l.Live = false
	}
	if len(gaps) == 0 || gaps[0].State.Ended() {
		l.Live = l.Live && l.Received < l.Approved
		return nil
	}
	if l.Approved == 0 {
		return s.gapTo(ctx, tx, who, l.Gap, inventory.GapOpen)
	}
	if l.Approved < gaps[0].Quantity {
		if _, err := s.Stock.SplitIn(ctx, tx, act(who), l.Gap, l.Approved); err != nil {
			return err
		}
	}
	if l.Received == l.Approved {
		return s.gapTo(ctx, tx, who, l.Gap, inventory.Delivered)
	}
	return nil
}

// trimmed takes a request to where it stands after a cut, and tells.
func (s *Service) trimmed(ctx context.Context, tx *db.Tx, who access.Actor, r *Request, lines []Line, cut int64, reason string, now time.Time) error {
	before, total := r.State, r.ApprovedTotal
	_, r.ApprovedTotal = totals(lines)
	left := slices.ContainsFunc(lines, func(l Line) bool { return l.Approved > 0 })
	waits := slices.ContainsFunc(lines, func(l Line) bool { return l.Seen < l.Approved })
	to := Partly
	switch {
	case !left:
		to = Cancelled
	case !waits:
		to = Done
	}
	if to != before {
		if err := r.move(to, now); err != nil {
			return err
		}
	}
	var err error
	switch {
	case to == Cancelled:
		if r.Open {
			_, err = deadline.Cancel(ctx, tx, s.Calendars, r.Clock, now)
		}
		r.Open, r.DueAt = false, time.Time{}
	default:
		err = s.allGone(ctx, tx, r, lines, now)
	}
	if err != nil {
		return err
	}
	line := i18n.L("supply.note.trimmed", "code", r.Code, "n", cut, "total", r.ApprovedTotal)
	err = s.record(ctx, tx, now, who, r.Unit, r.ID, "inventory.supply.trimmed", line, reason,
		map[string][2]any{"state": {before, r.State}, "approved_total": {total, r.ApprovedTotal}, "pieces": {nil, cut}}, Trimmed{eventOf(*r, who.ID)})
	if err != nil {
		return err
	}
	return s.tell(ctx, tx, now, who, nil, told{"supply.notice.trimmed", []any{"code", r.Code, "n", cut, "total", r.ApprovedTotal}, r.Path(),
		"supply:" + string(r.ID) + ":trimmed:" + string(ident.New(now))}, r.MadeBy, r.DecidedBy, r.Owner)
}
