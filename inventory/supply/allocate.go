package supply

import (
	"context"
	"slices"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/inventory"
)

// Plan says where the things of a request come from. Buy is how many are bought for
// each line; Spares are spare assets of elsewhere, which fill the lines of their kind
// in order.
type Plan struct {
	Buy              map[ident.ID]int64
	Spares           []ident.ID
	Supplier         string
	Contract         string
	ToDistrict       bool // one delivery to the district instead of one to each commune
	supplier, number string
}

const longestName = 120

func (p *Plan) check(lines []Line) error {
	p.supplier, p.number = tidy(p.Supplier), tidy(p.Contract)
	var k fault.Check
	n := int64(len(p.Spares))
	for _, l := range lines {
		b := p.Buy[l.ID]
		k.Need(b >= 0 && b <= l.Left(), "buy-"+string(l.ID), "supply.allocate.too_many", "left", l.Left())
		n += b
	}
	k.Need(n > 0, "buy", "supply.allocate.nothing")
	k.Need(len([]rune(p.supplier)) <= longestName, "supplier", "inventory.form.long", "limit", longestName)
	k.Need(len([]rune(p.number)) <= longestName, "contract", "inventory.form.long", "limit", longestName)
	return k.Err()
}

// way is one delivery to be made.
type way struct {
	from, to string
	source   Source
}

// Allocate orders and moves things for the approved lines of a request. Spare assets
// are asked of the units that hold them. An asset that is on its way already, and more
// than was approved, is a Conflict, also when two try at once.
func (s *Service) Allocate(ctx context.Context, who access.Actor, id ident.ID, version int64, p Plan) ([]Delivery, error) {
	need := Allocate
	if !who.May(Allocate) {
		need = Ask
	}
	var made []Delivery
	_, err := s.change(ctx, who, need, id, version, func(ctx context.Context, tx *db.Tx, r *Request, lines []Line, now time.Time) error {
		switch {
		case !r.State.Granted():
			return fault.New(fault.Conflict, "supply.request.not_granted")
		case !who.Covers(Allocate, r.Unit) && (!r.Own || len(p.Spares) > 0):
			return fault.New(fault.Denied, "fault.denied")
		}
		if err := p.check(lines); err != nil {
			return err
		}
		goods, err := s.divide(ctx, tx, who, *r, lines, p)
		if err != nil {
			return err
		}
		if made, err = s.dispatch(ctx, tx, who, *r, p, goods, now); err != nil {
			return err
		}
		for _, l := range lines {
			if l.Allocated > 0 {
				if err := s.gapTo(ctx, tx, who, l.Gap, inventory.Ordered); err != nil {
					return err
				}
			}
		}
		return s.allGone(ctx, tx, r, lines, now)
	})
	if fault.HasKey(err, "fault.duplicate") {
		err = fault.New(fault.Conflict, "supply.allocate.taken")
	}
	return made, err
}

// divide gives each thing its line and its way.
func (s *Service) divide(ctx context.Context, tx *db.Tx, who access.Actor, r Request, lines []Line, p Plan) (map[way][]Item, error) {
	goods := map[way][]Item{}
	put := func(l *Line, w way, it Item) {
		if w.to = l.Unit; p.ToDistrict {
			w.to = r.Unit
		}
		it.Line, it.Unit, it.Kind, it.Held = l.ID, l.Unit, l.Kind, true
		goods[w] = append(goods[w], it)
		l.Allocated++
	}
	spares, err := s.Stock.AssetsIn(ctx, tx, who, Allocate, p.Spares)
	if len(p.Spares) > 0 && err != nil {
		return nil, err
	}
	if len(spares) != len(p.Spares) {
		return nil, fault.New(fault.Missing, "fault.missing")
	}
	for _, a := range spares {
		if a.State != inventory.Spare {
			return nil, fault.New(fault.Conflict, "supply.allocate.not_spare", "code", a.Code)
		}
		i := slices.IndexFunc(lines, func(l Line) bool { return l.Kind == a.Kind && l.Left() > p.Buy[l.ID] && l.Unit != a.Unit })
		if i < 0 {
			return nil, fault.New(fault.Conflict, "supply.allocate.no_line", "code", a.Code)
		}
		put(&lines[i], way{from: a.Unit, source: Transfer}, Item{Name: a.Name, Serial: a.Serial, Asset: a.ID, Code: a.Code})
	}
	from := ""
	if r.Own {
		from = r.Unit
	}
	for i := range lines {
		for range p.Buy[lines[i].ID] {
			put(&lines[i], way{from: from, source: Bought}, Item{Price: lines[i].ApprovedPrice})
		}
	}
	return goods, nil
}

// dispatch makes the deliveries, in the order of their ways.
func (s *Service) dispatch(ctx context.Context, tx *db.Tx, who access.Actor, r Request, p Plan, goods map[way][]Item, now time.Time) ([]Delivery, error) {
	ways := make([]way, 0, len(goods))
	for w := range goods {
		ways = append(ways, w)
	}
	slices.SortFunc(ways, func(a, b way) int {
		return slices.Compare([]string{string(a.source), a.from, a.to}, []string{string(b.source), b.from, b.to})
	})
	codes, err := s.Stock.CodesIn(ctx, tx, "BG", len(ways))
	if err != nil {
		return nil, err
	}
	var made []Delivery
	for i, w := range ways {
		d := Delivery{ID: ident.New(now), Code: codes[i], Source: w.source, Request: r.ID, From: w.from, Unit: w.to, State: Proposed, Open: true,
			MadeBy: who.ID, MadeName: who.Name, MadeAt: now, MovedAt: now, Version: 1}
		if w.source == Bought {
			d.State, d.Supplier, d.Contract, d.Owner, d.OwnerName = Ordered, p.supplier, p.number, who.ID, who.Name
		}
		if err := s.begin(ctx, tx, who, r, &d, goods[w], now); err != nil {
			return nil, err
		}
		made = append(made, d)
	}
	return made, nil
}

func (s *Service) begin(ctx context.Context, tx *db.Tx, who access.Actor, r Request, d *Delivery, items []Item, now time.Time) error {
	st := d.asks()
	var err error
	if d.Clock, d.DueAt, err = s.turn(ctx, tx, now, "", false, d.ID, d.Unit, &st); err != nil {
		return err
	}
	if _, err := tx.NewInsert().Model(d).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	for i := range items {
		items[i].ID, items[i].Delivery = ident.New(now), d.ID
	}
	for some := range slices.Chunk(items, 300) {
		if _, err := tx.NewInsert().Model(&some).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	line := i18n.L("supply.note."+string(d.Source), "code", d.Code, "request", r.Code, "n", len(items))
	err = s.record(ctx, tx, now, who, d.Unit, d.ID, "inventory.supply.allocated", line, "",
		map[string][2]any{"code": {nil, d.Code}, "source": {nil, d.Source}, "from": {nil, d.From}, "items": {nil, len(items)}}, Allocated{deliveryOf(*d, len(items), who.ID)})
	if err != nil {
		return err
	}
	if err := s.Stock.NoteIn(ctx, tx, r.Unit, string(r.ID), who, line, ""); err != nil {
		return err
	}
	return s.tell(ctx, tx, now, who, &st, told{"supply.notice." + string(d.State), []any{"code", d.Code, "n", len(items)}, d.Path(), "supply:" + string(d.ID) + ":" + string(d.State)})
}

// allGone stops the clock of a request of which everything is on its way, and starts it
// again when something came back.
func (s *Service) allGone(ctx context.Context, tx *db.Tx, r *Request, lines []Line, now time.Time) error {
	left := slices.ContainsFunc(lines, func(l Line) bool { return l.Left() > 0 })
	if left == r.Open {
		return nil
	}
	var st *step
	if left {
		next := r.asks()
		st = &next
	}
	var err error
	r.Clock, r.DueAt, err = s.turn(ctx, tx, now, r.Clock, r.Open, r.ID, r.Unit, st)
	r.Open = left
	return err
}
