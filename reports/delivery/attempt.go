package delivery

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
)

// Attempt is one try to bring something to an outlet.
type Attempt struct {
	bun.BaseModel `bun:"table:report_attempt,alias:ra"`
	ID            ident.ID  `bun:"id,pk"`
	Outlet        ident.ID  `bun:"outlet"`
	Delivery      ident.ID  `bun:"delivery"` // empty: a trial by hand
	At            time.Time `bun:"at"`       // by the machine's clock
	Good          bool      `bun:"good"`
	Status        int64     `bun:"status"` // of HTTP; 0 without an answer, and of a folder
	TookMS        int64     `bun:"took_ms"`
	Problem       string    `bun:"problem"` // message key
	Answer        string    `bun:"answer"`
}

// keepAttempts is how long attempts are remembered.
const keepAttempts = 90 * 24 * time.Hour

// Attempts is a page of the attempts at an outlet, the newest first.
func (s *Service) Attempts(ctx context.Context, who access.Actor, outlet ident.ID, r page.Request) (page.Page[Attempt], error) {
	if err := who.Need(Manage); err != nil {
		return page.Page[Attempt]{}, err
	}
	var rows []Attempt
	err := s.DB.Read().NewSelect().Model(&rows).Where("ra.outlet = ?", outlet).Apply(r.On("ra.id")).Scan(ctx)
	return page.Cut(r, rows, func(a Attempt) []string { return []string{string(a.ID)} }), db.Sorted(err)
}

// note writes down one attempt.
func (s *Service) note(ctx context.Context, outlet, delivery ident.ID, began time.Time, got taken) (Attempt, error) {
	now := s.Machine.Now()
	a := Attempt{ID: ident.New(now), Outlet: outlet, Delivery: delivery, At: began, Good: got.problem == "", Status: int64(got.status), TookMS: now.Sub(began).Milliseconds(),
		Problem: got.problem, Answer: cutTo(got.answer, longestAnswer)}
	ctx = context.WithoutCancel(ctx) // what was tried is remembered even while the process stops
	return a, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewInsert().Model(&a).Exec(ctx)
		return db.Sorted(err)
	})
}

// manyForgotten is how many attempts one round forgets.
const manyForgotten = 1000

// Forget drops attempts that have served their time.
func (s *Service) Forget(ctx context.Context) error {
	var old []ident.ID
	err := s.DB.Read().NewSelect().Model((*Attempt)(nil)).Column("id").Where("ra.at < ?", s.Machine.Now().Add(-keepAttempts)).Order("ra.at", "ra.id").Limit(manyForgotten).Scan(ctx, &old)
	if err != nil || len(old) == 0 {
		return db.Sorted(err)
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewDelete().Model((*Attempt)(nil)).Where("id IN (?)", bun.List(old)).Exec(ctx)
		return db.Sorted(err)
	})
}
