package rollout

import (
	"context"

	"lotrinh/internal/kit/db"
)

// Takes tells whether a commune takes dossiers online: at its trial or official stage in
// some programme, or live before. While it does not, from is the first day that a plan
// names (2016-11-10), or empty. Where no programme rolls anything out nobody is held back.
func (s *Service) Takes(ctx context.Context, unit string) (open bool, from string, err error) {
	var rows []struct {
		Stage      Stage  `bun:"stage"`
		OfficialOn string `bun:"official_on"`
	}
	err = s.db.Read().NewSelect().TableExpr("rollout_progress AS pr").Join("JOIN rollout_phase AS ph ON ph.id = pr.phase").
		ColumnExpr("pr.stage, ph.official_on").Where("pr.unit = ?", unit).Scan(ctx, &rows)
	if err != nil {
		return false, "", db.Sorted(err)
	}
	for _, r := range rows {
		if r.Stage == Trial || r.Stage == Official || r.Stage == Live {
			return true, "", nil
		}
		if r.OfficialOn != "" && (from == "" || r.OfficialOn < from) {
			from = r.OfficialOn
		}
	}
	if len(rows) > 0 {
		return false, from, nil
	}
	some, err := s.db.Read().NewSelect().Model((*Programme)(nil)).Where("pg.kind = ?", OfUnits).Exists(ctx)
	return !some, "", db.Sorted(err)
}
