package inventory

import (
	"context"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
)

// AddAssets records many pieces of equipment at once: all of them, or none.
func (s *Service) AddAssets(ctx context.Context, who access.Actor, forms []AssetForm) error {
	if err := who.Need(Edit); err != nil {
		return err
	}
	known, _, err := s.Known(ctx)
	if err != nil {
		return err
	}
	for i := range forms {
		if err := forms[i].check(known); err != nil {
			return err
		}
		if err := who.NeedAt(Edit, forms[i].Unit); err != nil {
			return err
		}
		if forms[i].Seen {
			if err := who.NeedAt(Inspect, forms[i].Unit); err != nil {
				return err
			}
		}
	}
	err = s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := s.addAssets(ctx, tx, who, forms)
		return err
	})
	if fault.HasKey(err, "fault.duplicate") {
		return taken()
	}
	return err
}
