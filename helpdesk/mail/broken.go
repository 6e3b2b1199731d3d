package mail

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
)

// Broken is an address that takes no mail, and the letter that says so.
type Broken struct {
	bun.BaseModel `bun:"table:desk_broken_mail,alias:bm"`
	Address       string    `bun:"address,pk"`
	At            time.Time `bun:"at"`
	Letter        ident.ID  `bun:"letter"`
}

// mostBroken is how many broken addresses the page shows, by address.
const mostBroken = 200

// Broken are the addresses that take no mail.
func (s *Service) Broken(ctx context.Context, who access.Actor) ([]Broken, error) {
	if err := who.Need(helpdesk.Manage); err != nil {
		return nil, err
	}
	var rows []Broken
	err := s.DB.Read().NewSelect().Model(&rows).Order("bm.address").Limit(mostBroken).Scan(ctx)
	return rows, db.Sorted(err)
}

// Mend says that an address takes mail again.
func (s *Service) Mend(ctx context.Context, who access.Actor, address string) error {
	if err := who.Need(helpdesk.Manage); err != nil {
		return err
	}
	address = strings.ToLower(strings.TrimSpace(address))
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var b Broken
		err := tx.NewSelect().Model(&b).Where("bm.address = ?", address).Scan(ctx)
		if errors.Is(err, sql.ErrNoRows) {
			return nil // it takes mail already
		}
		if err != nil {
			return db.Sorted(err)
		}
		if _, err := tx.NewRaw("DELETE FROM desk_broken_mail WHERE address = ?", address).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		if _, err := tx.NewRaw("UPDATE desk_way SET broken = ? WHERE kind = ? AND value = ?", false, helpdesk.MailWay, address).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, "helpdesk.address.mended", string(b.Letter), nil)
	})
}
