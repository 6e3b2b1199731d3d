package rollout

import (
	"context"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
)

// PhasesOn are the communes of each phase, by ordinal, on the map of a day (như khi đó),
// each counted once; org.Atlas.Recount carries them onto today's map.
func (s *Service) PhasesOn(ctx context.Context, who access.Actor, code, day string) (map[int]map[string]int64, error) {
	if err := who.Need(Read); err != nil {
		return nil, err
	}
	if _, err := clock.ParseDate(day); err != nil {
		return nil, fault.New(fault.Invalid, "rollout.form.bad_day")
	}
	pg, err := programmeByCode(ctx, s.db.Read(), code)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Ordinal int    `bun:"ordinal"`
		Unit    string `bun:"unit"`
	}
	err = s.db.Read().NewSelect().TableExpr("rollout_phase_unit AS pu").Join("JOIN rollout_phase AS ph ON ph.id = pu.phase").ColumnExpr("ph.ordinal, pu.unit").
		Where("pu.programme = ?", pg.ID).Where("pu.from_day <= ?", day).Where("pu.until_day = '' OR pu.until_day > ?", day).Apply(who.Within(Read, "pu.unit")).Scan(ctx, &rows)
	out := map[int]map[string]int64{}
	for _, r := range rows {
		if out[r.Ordinal] == nil {
			out[r.Ordinal] = map[string]int64{}
		}
		out[r.Ordinal][r.Unit]++
	}
	return out, db.Sorted(err)
}
