package supply

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/inventory"
)

// Check records that an inspector saw things of a delivery at their counters: gaps of
// which everything was seen are closed.
func (s *Service) Check(ctx context.Context, who access.Actor, id ident.ID, version int64, seen []ident.ID) (Delivery, error) {
	if err := who.Need(inventory.Inspect); err != nil {
		return Delivery{}, err
	}
	return s.changeDelivery(ctx, who, id, version, func(ctx context.Context, tx *db.Tx, d *Delivery, items []Item, now time.Time) error {
		if d.State != Signed {
			return fault.New(fault.Conflict, "supply.check.not_signed")
		}
		at := map[string][]ident.ID{}
		var units []string
		n := 0
		for i := range items {
			it := &items[i]
			if !slices.Contains(seen, it.ID) || !it.SeenAt.IsZero() {
				continue
			}
			if at[it.Unit] == nil {
				units = append(units, it.Unit)
			}
			at[it.Unit] = append(at[it.Unit], it.Asset)
			n++
			it.SeenAt = now
			if _, err := tx.NewUpdate().Model(it).Column("seen_at").WherePK().Exec(ctx); err != nil {
				return db.Sorted(err)
			}
		}
		if n == 0 {
			var k fault.Check
			k.Need(false, "seen", "supply.check.nothing")
			return k.Err()
		}
		slices.Sort(units)
		for _, u := range units {
			if err := s.Stock.SawIn(ctx, tx, who, u, at[u]); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, now, who, d.Unit, d.ID, "inventory.supply.checked", i18n.L("supply.note.checked", "code", d.Code, "n", n), "", map[string][2]any{"seen": {nil, n}})
	})
}

// gapEnded marks what was delivered for a gap as seen when the gap is closed, and ends
// deliveries and requests of which everything was.
func (s *Service) gapEnded(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var g inventory.GapClosed
	if err := e.Read(&g); err != nil || g.State != inventory.Closed {
		return err
	}
	var lines []Line
	err := tx.NewSelect().Model(&lines).Where("sl.gap = ?", g.ID).Where("sl.live").Apply(db.ForUpdate(tx)).Scan(ctx)
	if err != nil || len(lines) == 0 {
		return db.Sorted(err)
	}
	l, now := lines[0], s.Stock.Now()
	if l.Received == 0 {
		return nil // mended in another way; the request still stands
	}
	l.Seen, l.Live = l.Received, l.Received < l.Approved
	if _, err := tx.NewUpdate().Model(&l).Column("seen", "live").WherePK().Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	var deliveries []ident.ID
	err = tx.NewSelect().Model((*Item)(nil)).Column("delivery").Distinct().Where("si.line = ?", l.ID).Where("si.asset <> ''").Where("NOT si.held").Order("si.delivery").Scan(ctx, &deliveries)
	if err != nil {
		return db.Sorted(err)
	}
	_, err = tx.NewUpdate().Model((*Item)(nil)).Set("seen_at = ?", now).Where("line = ?", l.ID).Where("asset <> ''").Where("NOT held").Where("seen_at IS NULL").Exec(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	for _, id := range deliveries {
		if err := s.finish(ctx, tx, id, now); err != nil {
			return err
		}
	}
	return s.finishRequest(ctx, tx, l.Request, now)
}

// finish ends a signed delivery of which everything was seen.
func (s *Service) finish(ctx context.Context, tx *db.Tx, id ident.ID, now time.Time) error {
	var d Delivery
	if err := tx.NewSelect().Model(&d).Where("sd.id = ?", id).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	if d.State != Signed {
		return nil
	}
	var n, open int
	err := tx.NewSelect().Model((*Item)(nil)).ColumnExpr("count(*)").ColumnExpr("sum(CASE WHEN si.seen_at IS NULL THEN 1 ELSE 0 END)").Where("si.delivery = ?", id).Scan(ctx, &n, &open)
	if err != nil || open > 0 {
		return db.Sorted(err)
	}
	if err := d.move(Finished, now); err != nil {
		return err
	}
	if _, d.DueAt, err = s.turn(ctx, tx, now, d.Clock, true, d.ID, d.Unit, nil); err != nil {
		return err
	}
	d.Version++
	if _, err := tx.NewUpdate().Model(&d).WherePK().Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	return s.record(ctx, tx, now, product, d.Unit, d.ID, "inventory.supply.verified", i18n.L("supply.note.verified", "code", d.Code, "n", n), "",
		map[string][2]any{"state": {Signed, Finished}}, Proved{deliveryOf(d, n, "")})
}

// finishRequest ends a request of which everything approved was seen.
func (s *Service) finishRequest(ctx context.Context, tx *db.Tx, id ident.ID, now time.Time) error {
	r, lines, err := holdRequest(ctx, tx, id, func(q *bun.SelectQuery) *bun.SelectQuery { return q })
	if err != nil || !r.State.Granted() || slices.ContainsFunc(lines, func(l Line) bool { return l.Seen < l.Approved }) {
		return err
	}
	before := r.State
	if err := r.move(Done, now); err != nil {
		return err
	}
	if err := saveRequest(ctx, tx, &r, nil); err != nil {
		return err
	}
	return s.record(ctx, tx, now, product, r.Unit, r.ID, "inventory.supply.done", i18n.L("supply.note.done", "code", r.Code), "", map[string][2]any{"state": {before, Done}})
}
