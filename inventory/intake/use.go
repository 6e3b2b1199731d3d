package intake

import (
	"context"
	"time"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
)

// usedEvery is how often the last use of a key is noted.
const usedEvery = 10 * time.Minute

// used notes that a key admitted somebody. That it fails is for the log: the message
// matters more.
func (s *Service) used(c *httpx.Ctx, k Key) {
	now := s.Business.Now()
	if k.UsedAt != nil && now.Sub(*k.UsedAt) < usedEvery {
		return
	}
	err := s.DB.InTx(c.Std(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewUpdate().Model((*Key)(nil)).Set("used_at = ?", now).Where("id = ?", k.ID).Exec(ctx)
		return db.Sorted(err)
	})
	if err != nil {
		s.Log.Error("agent key", "cause", err.Error())
	}
}
