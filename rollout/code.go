package rollout

import (
	"context"
	"fmt"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
)

// NextCode draws the number that people say of a thing that a room keeps: VM-2016-000042.
// Gaps are allowed.
func NextCode(ctx context.Context, tx *db.Tx, prefix string, now time.Time) (string, error) {
	key := prefix + "-" + clock.Date(now)[:4]
	var last int64
	err := tx.NewRaw("INSERT INTO rollout_code (prefix, last) VALUES (?, 1) ON CONFLICT (prefix) DO UPDATE SET last = rollout_code.last + 1 RETURNING last", key).Scan(ctx, &last)
	return fmt.Sprintf("%s-%06d", key, last), db.Sorted(err)
}
