package supply

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/inventory"
)

// Move is what somebody says with a step of a delivery.
type Move struct {
	To     DeliveryState
	Giver  string // who hands over, by name and post; asked when it is sent
	Post   string
	Reason string // asked when it is refused or taken back
}

func (m *Move) check() error {
	m.Giver, m.Post, m.Reason = tidy(m.Giver), tidy(m.Post), tidy(m.Reason)
	var k fault.Check
	k.Need(m.To != Sent || m.Giver != "" && len([]rune(m.Giver)) <= longestName, "giver", "supply.form.giver_needed")
	k.Need(m.To != Sent || m.Post != "" && len([]rune(m.Post)) <= longestName, "post", "supply.form.post_needed")
	k.Need(m.To != Declined && m.To != Recalled || m.Reason != "", "reason", "supply.form.reason_needed")
	k.Need(len([]rune(m.Reason)) <= longestNote, "reason", "inventory.form.long", "limit", longestNote)
	return k.Err()
}

// mayMove tells whether the actor may take a delivery this step: the giver agrees,
// refuses and sends; who allocated it takes it back.
func (d Delivery) mayMove(who access.Actor, r Request, to DeliveryState) bool {
	if to == Recalled {
		return who.Covers(Allocate, r.Unit) || r.Own && who.Covers(Ask, r.Unit)
	}
	return to != Signed && to != Finished && d.gives(who)
}

// gives tells whether the actor stands on the giving side: the unit's own people, or
// the city's for what the city buys.
func (d Delivery) gives(who access.Actor) bool {
	if d.From == "" {
		everywhere, _ := who.Reach(Deliver)
		return everywhere
	}
	return who.Covers(Deliver, d.From)
}

// Step takes a delivery on its way: agreed to or refused by the giver, sent, or taken
// back. What is refused or taken back can be allocated anew.
func (s *Service) Step(ctx context.Context, who access.Actor, id ident.ID, version int64, m Move) (Delivery, error) {
	if err := who.Need(Deliver); err != nil {
		return Delivery{}, err
	}
	if err := m.check(); err != nil {
		return Delivery{}, err
	}
	return s.changeDelivery(ctx, who, id, version, func(ctx context.Context, tx *db.Tx, d *Delivery, items []Item, now time.Time) error {
		r, lines, err := holdRequest(ctx, tx, d.Request, func(q *bun.SelectQuery) *bun.SelectQuery { return q })
		if err != nil {
			return err
		}
		if !d.mayMove(who, r, m.To) {
			return fault.New(fault.Denied, "fault.denied")
		}
		before := d.State
		if err := d.move(m.To, now); err != nil {
			return err
		}
		var st *step
		switch m.To {
		case Sent:
			if d.Pin, err = newPin(); err != nil {
				return err
			}
			d.SentAt, d.Giver, d.GiverPost, d.Tries = now, m.Giver, m.Post, 0
			d.Owner, d.OwnerName = "", ""
		case Agreed:
			d.Owner, d.OwnerName = who.ID, who.Name
		default:
			d.Reason = m.Reason
			if err := s.unload(ctx, tx, who, &r, lines, items, now); err != nil {
				return err
			}
		}
		if d.Open {
			next := d.asks()
			st = &next
		}
		if d.Clock, d.DueAt, err = s.turn(ctx, tx, now, d.Clock, true, d.ID, d.Unit, st); err != nil {
			return err
		}
		line := i18n.L("supply.note.moved", "code", d.Code, "from", deliveryKey(before), "to", deliveryKey(d.State))
		err = s.record(ctx, tx, now, who, d.Unit, d.ID, "inventory.supply.moved", line, m.Reason,
			map[string][2]any{"state": {before, d.State}}, Delivered{deliveryOf(*d, len(items), who.ID)})
		if err != nil {
			return err
		}
		return s.tell(ctx, tx, now, who, st, told{"supply.notice." + string(d.State), []any{"code", d.Code, "n", len(items)}, d.Path(),
			"supply:" + string(d.ID) + ":" + string(d.State)}, d.MadeBy)
	})
}

// unload lets the things of a delivery go: their lines can be filled anew.
func (s *Service) unload(ctx context.Context, tx *db.Tx, who access.Actor, r *Request, lines []Line, items []Item, now time.Time) error {
	for _, it := range items {
		i := slices.IndexFunc(lines, func(l Line) bool { return l.ID == it.Line })
		lines[i].Allocated--
	}
	if _, err := tx.NewUpdate().Model((*Item)(nil)).Set("held = FALSE").Where("delivery = ?", items[0].Delivery).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	for _, l := range lines {
		if l.Approved > 0 && l.Allocated == 0 {
			if err := s.gapTo(ctx, tx, who, l.Gap, inventory.Requested); err != nil {
				return err
			}
		}
	}
	if err := s.allGone(ctx, tx, r, lines, now); err != nil {
		return err
	}
	return saveRequest(ctx, tx, r, lines)
}

// newPin is six figures that nobody can guess.
func newPin() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", fault.Because(fault.Internal, "fault.internal", err)
	}
	return fmt.Sprintf("%06d", n.Int64()), nil
}

// Batch is what somebody typed or scanned for the things of one kind that one commune
// gets: what they are, and their serial numbers, one a line.
type Batch struct {
	Unit    string
	Kind    inventory.Kind
	Name    string
	Serials string
}

// Key names a batch in forms.
func (b Batch) Key() string { return b.Unit + "-" + string(b.Kind) }

// Label writes the names and serial numbers of bought things. Too many numbers, the
// same one twice, and one that another asset has are refused at their batch.
func (s *Service) Label(ctx context.Context, who access.Actor, id ident.ID, version int64, batches []Batch) (Delivery, error) {
	if !who.May(Deliver) {
		if err := who.Need(Sign); err != nil {
			return Delivery{}, err
		}
	}
	return s.changeDelivery(ctx, who, id, version, func(ctx context.Context, tx *db.Tx, d *Delivery, items []Item, now time.Time) error {
		switch {
		case d.Source != Bought || d.State != Ordered && d.State != Sent:
			return fault.New(fault.Conflict, "supply.label.not_now")
		case !d.gives(who) && !who.Covers(Sign, d.Unit):
			return fault.New(fault.Denied, "fault.denied")
		}
		taken, err := takenSerials(ctx, tx, batches)
		if err != nil {
			return err
		}
		if err := label(items, batches, taken); err != nil {
			return err
		}
		for i := range items {
			if _, err := tx.NewUpdate().Model(&items[i]).Column("name", "serial").WherePK().Exec(ctx); err != nil {
				return db.Sorted(err)
			}
		}
		return s.record(ctx, tx, now, who, d.Unit, d.ID, "inventory.supply.labelled", i18n.L("supply.note.labelled", "code", d.Code, "n", labelled(items)), "",
			map[string][2]any{"serials": {nil, labelled(items)}})
	})
}

func labelled(items []Item) int {
	n := 0
	for _, it := range items {
		if it.Serial != "" {
			n++
		}
	}
	return n
}

// lines are the serial numbers of a batch as they are stored.
func (b Batch) lines() []string {
	var out []string
	for one := range strings.SplitSeq(b.Serials, "\n") {
		if one = strings.ToUpper(strings.Join(strings.Fields(tidy(one)), " ")); one != "" {
			out = append(out, one)
		}
	}
	return out
}

// takenSerials are those of the numbers that an asset of the same kind has already.
func takenSerials(ctx context.Context, tx *db.Tx, batches []Batch) (map[string]bool, error) {
	out := map[string]bool{}
	for _, b := range batches {
		all := b.lines()
		if len(all) == 0 {
			continue
		}
		var have []string
		err := tx.NewSelect().Model((*inventory.Asset)(nil)).Column("serial").Where("a.serial IN (?)", bun.List(all)).Where("a.serial <> ''").Where("a.kind = ?", b.Kind).Scan(ctx, &have)
		if err != nil {
			return nil, db.Sorted(err)
		}
		for _, one := range have {
			out[string(b.Kind)+" "+one] = true
		}
	}
	return out, nil
}

// label puts names and numbers on the items of their batch, in order.
func label(items []Item, batches []Batch, taken map[string]bool) error {
	var k fault.Check
	used := map[string]bool{}
	for _, b := range batches {
		var mine []int
		for i, it := range items {
			if it.Unit == b.Unit && it.Kind == b.Kind {
				mine = append(mine, i)
			}
		}
		name, all := strings.Join(strings.Fields(tidy(b.Name)), " "), b.lines()
		k.Need(name != "" && len([]rune(name)) <= longestName, "name-"+b.Key(), "supply.label.name_needed")
		k.Need(len(all) <= len(mine), "serials-"+b.Key(), "supply.label.too_many", "n", len(all), "most", len(mine))
		for i, serial := range all {
			key := string(b.Kind) + " " + serial
			k.Need(len([]rune(serial)) <= 60, "serials-"+b.Key(), "inventory.form.long", "limit", 60)
			k.Need(!used[key], "serials-"+b.Key(), "supply.label.twice", "serial", serial)
			k.Need(!taken[key], "serials-"+b.Key(), "supply.label.taken", "serial", serial)
			used[key] = true
			if i < len(mine) {
				items[mine[i]].Serial = serial
			}
		}
		for i, at := range mine {
			items[at].Name = name
			if i >= len(all) {
				items[at].Serial = ""
			}
		}
	}
	return k.Err()
}

// changeDelivery holds a delivery that the actor sees from either side, with its items,
// lets do change it, and saves it.
func (s *Service) changeDelivery(ctx context.Context, who access.Actor, id ident.ID, version int64, do func(context.Context, *db.Tx, *Delivery, []Item, time.Time) error) (Delivery, error) {
	var d Delivery
	if err := who.Need(inventory.Look); err != nil {
		return d, err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		d = Delivery{}
		if err := tx.NewSelect().Model(&d).Where("sd.id = ?", id).Apply(within(who)).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if d.Version != version {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		var items []Item
		if err := tx.NewSelect().Model(&items).Where("si.delivery = ?", id).Order("si.id").Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if err := do(ctx, tx, &d, items, s.Stock.Now()); err != nil {
			return err
		}
		d.Version++
		return db.Changed(tx.NewUpdate().Model(&d).WherePK().Where("version = ?", version).Exec(ctx))
	})
	return d, err
}

// within keeps deliveries to those that the actor sees as giver or as receiver.
func within(who access.Actor) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		everywhere, units := who.Reach(inventory.Look)
		switch {
		case everywhere:
			return q
		case len(units) == 0:
			return q.Where("1 = 0")
		}
		return q.Where("sd.unit IN (?) OR sd.from_unit IN (?)", bun.List(units), bun.List(units))
	}
}
