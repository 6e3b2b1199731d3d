package supply

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/inventory"
)

// Want is one chosen need with what is known of its price.
type Want struct {
	Key   string // of a Need
	Price int64  // đồng for one, an estimate
}

// RequestForm is what a district asks.
type RequestForm struct {
	District string
	Own      bool // it asks to buy on its own
	Note     string
	Wants    []Want
}

const longestNote = 1000

func tidy(s string) string { return strings.TrimSpace(fold.NFC(s)) }

// act is the product acting for a person on equipment and gaps of both ends of an act
// that was judged here: who signs for a scanner need not hold the rights of the unit
// that gave it.
func act(who access.Actor) access.Actor {
	a := access.System("supply")
	a.ID, a.Name, a.Login, a.Home, a.Via, a.From = who.ID, who.Name, who.Login, who.Home, who.Via, who.From
	return a
}

// product acts by itself; histories call it by no name.
var product = act(access.Actor{ID: "system:supply", Login: "supply", Via: "system"})

// Ask makes a request of a district from its needs. A need that nobody reported yet
// becomes a gap in the same transaction; one that is asked for already is a Conflict.
func (s *Service) Ask(ctx context.Context, who access.Actor, f RequestForm) (Request, []Line, error) {
	if err := who.NeedAt(Ask, f.District); err != nil {
		return Request{}, nil, err
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return Request{}, nil, err
	}
	if u, ok := tree.Unit(f.District); !ok || u.Level != org.District {
		return Request{}, nil, fault.New(fault.Missing, "fault.missing")
	}
	needs, err := s.Needs(ctx, who, f.District)
	if err != nil {
		return Request{}, nil, err
	}
	picked, err := f.pick(needs)
	if err != nil {
		return Request{}, nil, err
	}
	now := s.Stock.Now()
	r := Request{ID: ident.New(now), Unit: f.District, Own: f.Own, Note: tidy(f.Note), State: Asked, Open: true, MadeBy: who.ID, MadeName: who.Name, MadeAt: now,
		MovedAt: now, Version: 1}
	var lines []Line
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		lines, err = s.ask(ctx, tx, who, &r, f, picked)
		return err
	})
	if fault.HasKey(err, "fault.duplicate") {
		err = fault.New(fault.Conflict, "supply.request.already")
	}
	return r, lines, err
}

// pick are the chosen needs with their prices, in the order of the list.
func (f RequestForm) pick(needs []Need) (map[string]Need, error) {
	out := map[string]Need{}
	var k fault.Check
	k.Need(len(f.Wants) > 0, "pick", "supply.request.pick_needed")
	k.Need(len(f.Wants) <= MaxLines, "pick", "supply.request.pick_many", "limit", MaxLines)
	k.Need(utf8.RuneCountInString(tidy(f.Note)) <= longestNote, "note", "inventory.form.long", "limit", longestNote)
	k.Need(!f.Own || tidy(f.Note) != "", "note", "supply.request.own_note")
	for _, w := range f.Wants {
		i := slices.IndexFunc(needs, func(n Need) bool { return n.Key == w.Key })
		k.Need(i >= 0, "pick", "supply.request.pick_gone")
		k.Need(w.Price >= 0 && w.Price <= MaxPrice, "price", "supply.price_bad")
		if i < 0 {
			continue
		}
		k.Need(needs[i].Request == "", "pick", "supply.request.already")
		k.Need(needs[i].Remedy.Supplied(), "pick", "supply.request.not_supplied")
		out[w.Key] = needs[i]
	}
	return out, k.Err()
}

func (s *Service) ask(ctx context.Context, tx *db.Tx, who access.Actor, r *Request, f RequestForm, picked map[string]Need) ([]Line, error) {
	now := r.MadeAt
	codes, err := s.Stock.CodesIn(ctx, tx, "DN", 1)
	if err != nil {
		return nil, err
	}
	r.Code = codes[0]
	var lines []Line
	for _, w := range f.Wants {
		n, ok := picked[w.Key]
		if !ok {
			continue
		}
		delete(picked, w.Key) // the same need twice is one line
		gap := n.Gap
		if gap == "" {
			g, err := s.Stock.GapOfLackIn(ctx, tx, act(who), n.Lack)
			if err != nil {
				return nil, err
			}
			gap = g.ID
		}
		if err := s.gapTo(ctx, tx, who, gap, inventory.Requested); err != nil {
			return nil, err
		}
		lines = append(lines, Line{ID: ident.New(now), Request: r.ID, Unit: n.Unit, Kind: n.Kind, Remedy: n.Remedy, Spec: n.Spec, Gap: gap, Live: true,
			Asked: n.Quantity, AskedPrice: w.Price})
	}
	r.AskedTotal, r.ApprovedTotal = totals(lines)
	st := r.asks()
	if r.Clock, r.DueAt, err = s.turn(ctx, tx, now, "", false, r.ID, r.Unit, &st); err != nil {
		return nil, err
	}
	if _, err := tx.NewInsert().Model(r).Exec(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	if _, err := tx.NewInsert().Model(&lines).Exec(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	line := i18n.L("supply.note.asked", "code", r.Code, "n", len(lines), "total", r.AskedTotal)
	err = s.record(ctx, tx, now, who, r.Unit, r.ID, "inventory.supply.requested", line, r.Note,
		map[string][2]any{"code": {nil, r.Code}, "lines": {nil, len(lines)}, "total": {nil, r.AskedTotal}, "own": {nil, r.Own}}, Requested{eventOf(*r, who.ID)})
	if err != nil {
		return nil, err
	}
	return lines, s.tell(ctx, tx, now, who, &st, told{"supply.notice.asked", []any{"code", r.Code, "name", who.Name, "total", r.AskedTotal}, r.Path(), "supply:" + string(r.ID) + ":asked"})
}

// gapTo takes a gap to a state if it is on its way there; one that was ended or moved
// by hand keeps what people made of it.
func (s *Service) gapTo(ctx context.Context, tx *db.Tx, who access.Actor, id ident.ID, to inventory.GapState) error {
	gaps, err := s.Stock.GapsIn(ctx, tx, act(who), inventory.Handle, []ident.ID{id})
	if err != nil {
		return err
	}
	if len(gaps) == 0 {
		return fault.New(fault.Missing, "fault.missing")
	}
	g := gaps[0]
	if g.State == to || g.State.Ended() || !slices.Contains(g.State.Next(), to) {
		return nil
	}
	_, err = s.Stock.MoveGapIn(ctx, tx, act(who), id, to, "")
	return err
}

// Grant is what is approved of a line: how many, and what one may cost at most.
type Grant struct {
	Approved int64
	Price    int64
}

// Decision is the city's answer to a request, line by line.
type Decision struct {
	Grants map[ident.ID]Grant
	Reason string
}

func (d *Decision) check(lines []Line) error {
	d.Reason = tidy(d.Reason)
	var k fault.Check
	less := false
	for _, l := range lines {
		g := d.Grants[l.ID]
		k.Need(g.Approved >= 0 && g.Approved <= l.Asked, "approved-"+string(l.ID), "supply.approve.too_many", "asked", l.Asked)
		k.Need(g.Price >= 0 && g.Price <= MaxPrice, "price-"+string(l.ID), "supply.price_bad")
		less = less || g.Approved < l.Asked
	}
	k.Need(!less || d.Reason != "", "reason", "supply.approve.reason_needed")
	k.Need(utf8.RuneCountInString(d.Reason) <= longestNote, "reason", "inventory.form.long", "limit", longestNote)
	return k.Err()
}

// Decide approves a request in full or in part, with amounts, or refuses it. What is
// not approved goes back to the gaps: the rest of a line becomes a gap of its own.
func (s *Service) Decide(ctx context.Context, who access.Actor, id ident.ID, version int64, d Decision) (Request, error) {
	return s.change(ctx, who, Decide, id, version, func(ctx context.Context, tx *db.Tx, r *Request, lines []Line, now time.Time) error {
		if r.State != Asked {
			return fault.New(fault.Conflict, "supply.bad_move", "from", requestKey(r.State), "to", requestKey(Approved))
		}
		if err := d.check(lines); err != nil {
			return err
		}
		to := Approved
		var granted int64
		for i := range lines {
			l, g := &lines[i], d.Grants[lines[i].ID]
			l.Approved, l.ApprovedPrice, l.Live = g.Approved, g.Price, g.Approved > 0
			granted += g.Approved
			if g.Approved < l.Asked {
				to = Partly
			}
			if err := s.giveBack(ctx, tx, who, *l); err != nil {
				return err
			}
		}
		if granted == 0 {
			to = Refused
		}
		r.DecidedBy, r.DecidedName, r.DecidedAt, r.Reason = who.ID, who.Name, now, d.Reason
		_, r.ApprovedTotal = totals(lines)
		return s.decided(ctx, tx, who, r, to, now)
	})
}

// giveBack returns to the gaps what was not approved of a line.
func (s *Service) giveBack(ctx context.Context, tx *db.Tx, who access.Actor, l Line) error {
	switch {
	case l.Approved == 0:
		return s.gapTo(ctx, tx, who, l.Gap, inventory.GapOpen)
	case l.Approved < l.Asked:
		_, err := s.Stock.SplitIn(ctx, tx, act(who), l.Gap, l.Approved)
		return err
	}
	return nil
}

func (s *Service) decided(ctx context.Context, tx *db.Tx, who access.Actor, r *Request, to RequestState, now time.Time) error {
	if err := r.move(to, now); err != nil {
		return err
	}
	var st *step
	if to.Granted() {
		next := r.asks()
		st = &next
		if r.Owner, r.OwnerName = who.ID, who.Name; r.Own {
			r.Owner, r.OwnerName = r.MadeBy, r.MadeName
		}
	}
	var err error
	if r.Clock, r.DueAt, err = s.turn(ctx, tx, now, r.Clock, true, r.ID, r.Unit, st); err != nil {
		return err
	}
	r.Open = st != nil
	line := i18n.L("supply.note.decided", "code", r.Code, "state", requestKey(to), "total", r.ApprovedTotal, "asked", r.AskedTotal)
	err = s.record(ctx, tx, now, who, r.Unit, r.ID, "inventory.supply.decided", line, r.Reason,
		map[string][2]any{"state": {Asked, to}, "approved_total": {0, r.ApprovedTotal}}, Decided{eventOf(*r, who.ID)})
	if err != nil {
		return err
	}
	return s.tell(ctx, tx, now, who, st, told{"supply.notice.decided", []any{"code", r.Code, "state", requestKey(to), "total", r.ApprovedTotal}, r.Path(),
		"supply:" + string(r.ID) + ":decided"}, r.MadeBy)
}

// Cancel takes a request back: by the district while it is undecided, or while nothing
// of it is on its way. Its gaps are open again.
func (s *Service) Cancel(ctx context.Context, who access.Actor, id ident.ID, version int64, reason string) (Request, error) {
	reason = tidy(reason)
	return s.change(ctx, who, Ask, id, version, func(ctx context.Context, tx *db.Tx, r *Request, lines []Line, now time.Time) error {
		for i := range lines {
			if lines[i].Allocated > 0 {
				return fault.New(fault.Conflict, "supply.request.on_its_way")
			}
			lines[i].Live = false
			if err := s.gapTo(ctx, tx, who, lines[i].Gap, inventory.GapOpen); err != nil {
				return err
			}
		}
		before := r.State
		if err := r.move(Cancelled, now); err != nil {
			return err
		}
		if r.Open {
			if _, err := deadline.Cancel(ctx, tx, s.Calendars, r.Clock, now); err != nil {
				return err
			}
		}
		r.Open, r.Reason, r.DueAt = false, reason, time.Time{}
		err := s.record(ctx, tx, now, who, r.Unit, r.ID, "inventory.supply.cancelled", i18n.L("supply.note.cancelled", "code", r.Code), reason,
			map[string][2]any{"state": {before, r.State}}, Withdrawn{eventOf(*r, who.ID)})
		if err != nil {
			return err
		}
		return s.tell(ctx, tx, now, who, nil, told{"supply.notice.cancelled", []any{"code", r.Code, "name", who.Name}, r.Path(), "supply:" + string(r.ID) + ":cancelled"}, r.DecidedBy, r.MadeBy)
	})
}

// change holds a request and its lines, lets do change them, and saves them.
func (s *Service) change(ctx context.Context, who access.Actor, need access.Perm, id ident.ID, version int64, do func(context.Context, *db.Tx, *Request, []Line, time.Time) error) (Request, error) {
	var r Request
	if err := who.Need(need); err != nil {
		return r, err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var lines []Line
		var err error
		if r, lines, err = holdRequest(ctx, tx, id, who.Within(need, "sr.unit")); err != nil {
			return err
		}
		if r.Version != version {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		if err := do(ctx, tx, &r, lines, s.Stock.Now()); err != nil {
			return err
		}
		return saveRequest(ctx, tx, &r, lines)
	})
	return r, err
}

func holdRequest(ctx context.Context, tx *db.Tx, id ident.ID, scope func(*bun.SelectQuery) *bun.SelectQuery) (r Request, lines []Line, err error) {
	if err := tx.NewSelect().Model(&r).Where("sr.id = ?", id).Apply(scope).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
		return r, nil, db.Sorted(err)
	}
	err = tx.NewSelect().Model(&lines).Where("sl.request = ?", id).Order("sl.unit", "sl.id").Apply(db.ForUpdate(tx)).Scan(ctx)
	return r, lines, db.Sorted(err)
}

func saveRequest(ctx context.Context, tx *db.Tx, r *Request, lines []Line) error {
	version := r.Version
	r.Version++
	if err := db.Changed(tx.NewUpdate().Model(r).WherePK().Where("version = ?", version).Exec(ctx)); err != nil {
		return err
	}
	for i := range lines {
		if _, err := tx.NewUpdate().Model(&lines[i]).WherePK().Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}

// readMoney reads whole đồng as people write them: 12.500.000. Nothing is zero.
func readMoney(raw string) (int64, error) {
	s := strings.NewReplacer(".", "", ",", "", " ", "", "\u00a0", "", "đ", "", "₫", "").Replace(strings.TrimSpace(raw))
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > MaxPrice {
		return -1, fault.New(fault.Invalid, "supply.price_bad")
	}
	return n, nil
}
