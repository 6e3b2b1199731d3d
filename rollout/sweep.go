package rollout

import (
	"context"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
)

// Sweep tells, once each, of the waivers whose last day is over, and which communes
// fell back with them. Verdicts do not wait for it: they are judged at the moment of
// reading. It may run in several processes and returns how many it told of.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	var ids []ident.ID
	err := s.db.Read().NewSelect().Table("rollout_waiver").Column("id").Where("NOT expiry_told").
		Where("until_day < ?", clock.Date(s.clock.Now())).Where("revoked_at IS NULL").Order("id").Limit(200).Scan(ctx, &ids)
	if err != nil {
		return 0, db.Sorted(err)
	}
	told := 0
	for _, id := range ids {
		fresh := false
		err := s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			var err error
			fresh, err = s.tellExpiry(ctx, tx, id)
			return err
		})
		if err != nil {
			return told, err
		}
		if fresh {
			told++
		}
	}
	return told, nil
}

func (s *Service) tellExpiry(ctx context.Context, tx *db.Tx, id ident.ID) (bool, error) {
	now := s.clock.Now()
	res, err := tx.NewRaw("UPDATE rollout_waiver SET expiry_told = TRUE, version = version + 1 WHERE id = ? AND NOT expiry_told", id).Exec(ctx)
	if err != nil {
		return false, db.Sorted(err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return false, db.Sorted(err) // another process was faster
	}
	w, pg, err := waiverByID(ctx, tx, id)
	if err != nil {
		return false, err
	}
	if err := touch(ctx, tx, pg.ID); err != nil {
		return false, err
	}
	b, err := readBook(ctx, tx, pg, w.Units)
	if err != nil {
		return false, err
	}
	stand, err := lockProgress(ctx, tx, pg.ID, w.Units)
	if err != nil {
		return false, err
	}
	e := WaiverExpired{Waiver: id, Programme: pg.Code, Criterion: w.Criterion, Units: w.Units, Until: w.UntilDay, Fallen: []string{}}
	for _, u := range w.Units {
		g := Judge(Official, b.criteria[stand[u].Phase], b.known[u], b.waiversOf[u], now)
		if g.Answer != Met {
			e.Fallen = append(e.Fallen, u)
		}
		changes := map[string][2]any{"state": {InForce, Expired}, "gate": {"", g.Answer}}
		if err := trail.Write(ctx, tx, now, access.System("rollout"), "rollout.waiver.expired", string(id), changes, trail.At(u)); err != nil {
			return false, err
		}
	}
	return true, outbox.Write(ctx, tx, now, e)
}
