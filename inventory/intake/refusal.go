package intake

import (
	"context"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
)

// Refusal is how often credentials were turned away from one address, for one reason.
type Refusal struct {
	bun.BaseModel `bun:"table:agent_refusal,alias:ar"`
	Key           ident.ID  `bun:"agent_key,pk"` // empty when nobody knows it
	Remote        string    `bun:"remote,pk"`
	Reason        Reason    `bun:"reason,pk"`
	Unit          string    `bun:"unit"` // of the key
	Times         int64     `bun:"times"`
	FirstAt       time.Time `bun:"first_at"`
	LastAt        time.Time `bun:"last_at"`
}

type refusalKey struct {
	key    ident.ID
	remote string
	reason Reason
}

type refusal struct {
	unit        string
	times       int64
	first, last time.Time
}

// mostTurned is how many different refusals wait to be written: an attack does not fill
// the memory or the store.
const mostTurned = 500

// turned gathers refusals until they are written together.
type turned struct {
	mu  sync.Mutex
	all map[refusalKey]*refusal
}

func (t *turned) add(k Key, remote string, why Reason, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := refusalKey{k.ID, remote, why}
	r := t.all[at]
	if r == nil {
		if len(t.all) >= mostTurned {
			return
		}
		r = &refusal{unit: k.Unit, first: now}
		t.all[at] = r
	}
	r.times++
	r.last = now
}

func (t *turned) take() map[refusalKey]*refusal {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := t.all
	t.all = map[refusalKey]*refusal{}
	return all
}

// keepRefusals is how long it is remembered that credentials were turned away.
const keepRefusals = 30 * 24 * time.Hour

// Flush writes what was turned away since the last time. A chore runs it.
func (s *Service) Flush(ctx context.Context) error {
	all := s.turned.take()
	if len(all) == 0 {
		return nil
	}
	rows := make([]Refusal, 0, len(all))
	for k, r := range all {
		rows = append(rows, Refusal{Key: k.key, Remote: k.remote, Reason: k.reason, Unit: r.unit, Times: r.times, FirstAt: r.first, LastAt: r.last})
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewInsert().Model(&rows).On("CONFLICT (agent_key, remote, reason) DO UPDATE").
			Set("times = ar.times + EXCLUDED.times").Set("last_at = EXCLUDED.last_at").Exec(ctx)
		return db.Sorted(err)
	})
}

// Refusals are the last credentials that were turned away within reach, at most 50.
// Those of nobody's key are for who reaches everywhere.
func (s *Service) Refusals(ctx context.Context, who access.Actor) ([]Refusal, error) {
	if !who.May(Keys) {
		return nil, nil
	}
	var rows []Refusal
	err := s.DB.Read().NewSelect().Model(&rows).Apply(who.Within(Keys, "ar.unit")).OrderExpr("ar.last_at DESC").Limit(50).Scan(ctx)
	return rows, db.Sorted(err)
}
