package intake

import (
	"context"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
)

// Bodies are the bodies of sections by their hashes. One that is kept no more is absent.
func (s *Service) Bodies(ctx context.Context, q bun.IDB, hashes []string) (map[string][]byte, error) {
	out := map[string][]byte{}
	if len(hashes) == 0 {
		return out, nil
	}
	var rows []stored
	if err := q.NewSelect().Model(&rows).Where("se.hash IN (?)", bun.List(hashes)).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	for _, r := range rows {
		body, err := unpack(r)
		if err != nil {
			return nil, fault.Because(fault.Internal, "fault.internal", err)
		}
		out[r.Hash] = body
	}
	return out, nil
}
