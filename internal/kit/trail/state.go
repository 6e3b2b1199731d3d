package trail

import (
	"context"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
)

// Chain is how the chain of seals stands.
type Chain struct {
	Seals   int64     // how many batches are sealed
	Last    time.Time // when the last one was; zero while there is none
	Hash    string    // of the last one
	Waiting int64     // entries that wait for a seal
}

// State tells how the chain stands, without proving it; Verify proves it.
func State(ctx context.Context, d *db.DB, who access.Actor) (Chain, error) {
	if err := who.Need(Read); err != nil {
		return Chain{}, err
	}
	var s []seal
	if err := d.Read().NewSelect().Model(&s).OrderExpr("ts.id DESC").Limit(1).Scan(ctx); err != nil {
		return Chain{}, db.Sorted(err)
	}
	var c Chain
	if len(s) > 0 {
		c = Chain{Seals: s[0].ID, Last: s[0].At, Hash: s[0].Hash}
	}
	err := d.Read().NewSelect().Table("trail_entry").ColumnExpr("count(*)").Where("seal IS NULL").Scan(ctx, &c.Waiting)
	return c, db.Sorted(err)
}
