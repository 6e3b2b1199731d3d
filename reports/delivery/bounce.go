package delivery

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
)

// Returned notes that mails came back, by the Message-IDs that the report of a mail
// server names, and tells the addresses that we had written to. IDs of others are left
// alone: whoever reads mail asks with all that it finds.
func (s *Service) Returned(ctx context.Context, tx *db.Tx, messageIDs []string) ([]string, error) {
	var ours []string
	for _, m := range messageIDs {
		local, _, _ := strings.Cut(strings.Trim(m, "<> "), "@")
		if strings.HasPrefix(local, "report-") {
			ours = append(ours, local)
		}
	}
	if len(ours) == 0 {
		return nil, nil
	}
	var rows []Row
	err := tx.NewSelect().Model(&rows).Column("id", "address", "state").Where("rd.channel = ?", Mail).Where("rd.message_id IN (?)", bun.List(ours)).Scan(ctx)
	if err != nil {
		return nil, db.Sorted(err)
	}
	var broken []string
	for _, r := range rows {
		res, err := tx.NewUpdate().Model((*Row)(nil)).Set("state = ?", Bounced).Set("problem = ?", "delivery.problem.bounced").Where("id = ?", r.ID).Where("state = ?", Sent).Exec(ctx)
		if err != nil {
			return nil, db.Sorted(err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			continue // sent again meanwhile
		}
		if s.Settled != nil {
			s.Settled(string(Mail), string(Bounced))
		}
		broken = append(broken, strings.ToLower(r.Address))
	}
	return broken, nil
}
