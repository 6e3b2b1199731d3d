package delivery

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/reports"
)

// SubscriptionsAt is the page where people say which reports they want.
const SubscriptionsAt = "/reports/subscriptions"

// Subscription is a report of a cut that somebody asked for.
type Subscription struct {
	bun.BaseModel `bun:"table:report_subscription,alias:su"`
	ID            ident.ID  `bun:"id,pk"`
	Account       ident.ID  `bun:"account"`
	Definition    string    `bun:"definition"`
	Cut           string    `bun:"cut"`
	MadeAt        time.Time `bun:"made_at"`
}

// mostSubscriptions is how many reports one person may ask for.
const mostSubscriptions = 100

// Subscriptions are what somebody asked for.
func (s *Service) Subscriptions(ctx context.Context, who access.Actor) ([]Subscription, error) {
	if err := who.Need(reports.Read); err != nil {
		return nil, err
	}
	var rows []Subscription
	err := s.DB.Read().NewSelect().Model(&rows).Where("su.account = ?", who.ID).Order("su.definition", "su.cut").Limit(mostSubscriptions).Scan(ctx)
	return rows, db.Sorted(err)
}

// Subscribe asks for every coming report of a definition and a cut that comes round.
func (s *Service) Subscribe(ctx context.Context, who access.Actor, definition, cut string) error {
	if err := who.NeedAt(reports.Read, cut); err != nil {
		return err
	}
	comes, err := s.Reports.Schedules(ctx, who)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(comes, func(sc reports.Schedule) bool { return sc.Definition == definition && sc.Cut == cut }) {
		return wrong("what", "delivery.subscription.none_such")
	}
	now := s.Business.Now()
	row := Subscription{ID: ident.New(s.Machine.Now()), Account: who.ID, Definition: definition, Cut: cut, MadeAt: now}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.NewSelect().Model((*Subscription)(nil)).Where("su.account = ?", who.ID).Count(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if n >= mostSubscriptions {
			return wrong("what", "delivery.subscription.full", "most", mostSubscriptions)
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			if db.Duplicate(err) {
				return fault.Because(fault.Conflict, "delivery.subscription.there", err)
			}
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "reports.subscribed", string(row.ID), map[string][2]any{"definition": {"", definition}, "cut": {"", cut}})
	})
}

// Unsubscribe ends an own subscription.
func (s *Service) Unsubscribe(ctx context.Context, who access.Actor, id ident.ID) error {
	if err := who.Need(reports.Read); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := db.Changed(tx.NewDelete().Model((*Subscription)(nil)).Where("id = ?", id).Where("account = ?", who.ID).Exec(ctx)); err != nil {
			return fault.Because(fault.Missing, "fault.missing", err)
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, "reports.unsubscribed", string(id), nil)
	})
}
