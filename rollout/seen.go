package rollout

import (
	"context"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
)

// VerifyIn is Verify within the transaction of the fact itself: an inspection handed in,
// a finding closed. A criterion that the commune's phase does not ask is passed over: it
// tells false.
func (s *Service) VerifyIn(ctx context.Context, tx *db.Tx, who access.Actor, in EvidenceInput) (bool, error) {
	if err := reach(who, Verify, in.Units); err != nil {
		return false, err
	}
	if err := in.check(Verification, s.clock.Now()); err != nil {
		return false, err
	}
	pg, err := programmeByCode(ctx, tx, in.Programme)
	if err != nil {
		return false, err
	}
	c, err := askedOf(ctx, tx, pg.ID, in.Criterion, in.Units)
	switch {
	case fault.Is(err, fault.Missing) || fault.HasKey(err, "rollout.form.not_asked"):
		return false, nil
	case err != nil:
		return false, err
	case c.Evidence == EvidenceEquipment:
		return false, nil // the inventory answers, from what was seen of each thing
	}
	return true, s.recordIn(ctx, tx, who, Verification, in)
}

// Rolled are the communes to which a programme brings the service: those of its phases
// that were not live before, by code. An unknown programme has none.
func Rolled(ctx context.Context, idb bun.IDB, programme string) ([]string, error) {
	var units []string
	err := idb.NewSelect().TableExpr("rollout_progress AS pr").Join("JOIN rollout_programme AS pg ON pg.id = pr.programme").
		Column("pr.unit").Where("pg.code = ?", programme).Where("pr.stage <> ?", Live).Order("pr.unit").Scan(ctx, &units)
	return units, db.Sorted(err)
}
