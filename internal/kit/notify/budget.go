package notify

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/trail"
)

// The names of the figures of text messages, by unit that pays and day.
const (
	FigureParts = "notify.sms.parts" // parts handed to the gateway
	FigureCost  = "notify.sms.cost"  // what they cost, in đồng
)

// Budget is what a unit may send in a month and what one part costs. The unit "" stands
// for every unit without a budget of its own; only its price counts.
type Budget struct {
	bun.BaseModel `bun:"table:sms_budget,alias:sb"`
	Unit          string `bun:"unit,pk"`
	Monthly       int64  `bun:"monthly"` // parts; negative is without limit
	Price         int64  `bun:"price"`   // đồng for a part
	Version       int64  `bun:"version"`
}

// standard is what holds until somebody says otherwise: no limit, and the usual price of
// a message with a brand name.
var standard = Budget{Monthly: -1, Price: 350}

// mostMonthly and mostPrice are what a form may ask for.
const (
	mostMonthly = 10_000_000
	mostPrice   = 100_000
)

// Budgets are all budgets that were set, the standard one under "".
func Budgets(ctx context.Context, from bun.IDB, who access.Actor) (map[string]Budget, error) {
	if err := who.Need(Manage); err != nil {
		return nil, err
	}
	return budgets(ctx, from, nil)
}

func budgets(ctx context.Context, from bun.IDB, units []string) (map[string]Budget, error) {
	var rows []Budget
	q := from.NewSelect().Model(&rows)
	if units != nil {
		q = q.Where("sb.unit IN (?)", bun.List(units))
	}
	err := q.Scan(ctx)
	all := map[string]Budget{"": standard}
	for _, b := range rows {
		all[b.Unit] = b
	}
	return all, db.Sorted(err)
}

// SetBudget keeps a unit's budget, or the standard one.
func SetBudget(ctx context.Context, d *db.DB, who access.Actor, now time.Time, b Budget) error {
	if err := who.Need(Manage); err != nil {
		return err
	}
	var k fault.Check
	k.Need(b.Monthly >= -1 && b.Monthly <= mostMonthly, "monthly", "notify.budget.monthly_wrong", "most", int64(mostMonthly))
	k.Need(b.Price >= 0 && b.Price <= mostPrice, "price", "notify.budget.price_wrong", "most", int64(mostPrice))
	if err := k.Err(); err != nil {
		return err
	}
	return d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := budgets(ctx, tx, []string{b.Unit})
		if err != nil {
			return err
		}
		b.Version = before[b.Unit].Version + 1
		_, err = tx.NewInsert().Model(&b).On("CONFLICT (unit) DO UPDATE").Set("monthly = excluded.monthly").
			Set("price = excluded.price").Set("version = excluded.version").Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		old := before[b.Unit]
		return trail.Write(ctx, tx, now, who, "notify.budget.set", b.Unit,
			map[string][2]any{"monthly": {old.Monthly, b.Monthly}, "price": {old.Price, b.Price}}, trail.At(b.Unit))
	})
}

// hand saves that a text message is about to be handed over, with its token and its
// cost; over tells that the unit has used up its month, and nothing was saved. What
// is critical goes out all the same, and counts.
func (s *Sender) hand(ctx context.Context, n *Notice) (over bool, err error) {
	if n.Token, err = newToken(); err != nil {
		return false, err
	}
	now := s.Clock.Now()
	day := clock.Date(now)
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		all, err := budgets(ctx, tx, []string{"", n.Unit})
		if err != nil {
			return err
		}
		mine, has := all[n.Unit]
		if !has {
			mine = all[""]
		}
		n.Cost = n.Parts * all[""].Price
		if over, err = s.spent(ctx, tx, *n, mine.Monthly); err != nil || over {
			return err
		}
		n.HandedAt = &now
		err = db.Changed(tx.NewUpdate().Model((*Notice)(nil)).Set("handed_at = ?", now).Set("token = ?", n.Token).Set("parts = ?", n.Parts).
			Set("cost = ?", n.Cost).Set("channel = ?", BySMS).Where("id = ?", n.ID).Where("state = ?", Sending).Where("handed_at IS NULL").Exec(ctx))
		if err != nil {
			return err
		}
		return figures.Add(ctx, tx, n.figures(day, 1)...)
	})
	return over, err
}

func (n Notice) figures(day string, sign int64) []figures.Value {
	return []figures.Value{
		{Name: FigureParts, Unit: n.Unit, Day: day, N: sign * n.Parts}, {Name: FigureCost, Unit: n.Unit, Day: day, N: sign * n.Cost},
	}
}

// spent tells whether the message goes beyond what its unit may send this month.
func (s *Sender) spent(ctx context.Context, tx *db.Tx, n Notice, monthly int64) (bool, error) {
	if monthly < 0 || n.Critical {
		return false, nil
	}
	used, err := figures.Totals(ctx, tx, figures.Ask{Names: []string{FigureParts}, Units: []string{n.Unit}, From: clock.Date(s.Clock.Now())[:8] + "01"})
	return used[""]+n.Parts > monthly, err
}

// back takes a message that the gateway did not take out of the account again.
func (s *Sender) back(ctx context.Context, n Notice) error {
	return s.DB.InTx(context.WithoutCancel(ctx), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewUpdate().Model((*Notice)(nil)).Set("handed_at = NULL").Set("token = ''").Set("parts = 0").Set("cost = 0").
			Where("id = ?", n.ID).Where("state = ?", Sending).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		return figures.Add(ctx, tx, n.figures(clock.Date(*n.HandedAt), -1)...)
	})
}

// Used is what every unit has sent from a day until before another, by unit: parts and
// their cost in đồng.
func Used(ctx context.Context, from bun.IDB, who access.Actor, since, until string) (parts, cost map[string]int64, err error) {
	if err := who.Need(Manage); err != nil {
		return nil, nil, err
	}
	if parts, err = figures.ByUnit(ctx, from, figures.Ask{Names: []string{FigureParts}, From: since, Until: until}); err != nil {
		return nil, nil, err
	}
	cost, err = figures.ByUnit(ctx, from, figures.Ask{Names: []string{FigureCost}, From: since, Until: until})
	return parts, cost, err
}

// Figures are the figures of text messages with the way to count each anew.
func Figures() map[string]figures.Compute {
	count := func(name string, of func(Notice) int64) figures.Compute {
		return func(ctx context.Context, from bun.IDB) ([]figures.Value, error) {
			var rows []Notice
			err := from.NewSelect().Model(&rows).Column("unit", "parts", "cost", "handed_at").Where("no.handed_at IS NOT NULL").Scan(ctx)
			all := make([]figures.Value, len(rows))
			for i, n := range rows {
				all[i] = figures.Value{Name: name, Unit: n.Unit, Day: clock.Date(*n.HandedAt), N: of(n)}
			}
			return all, db.Sorted(err)
		}
	}
	return map[string]figures.Compute{
		FigureParts: count(FigureParts, func(n Notice) int64 { return n.Parts }),
		FigureCost:  count(FigureCost, func(n Notice) int64 { return n.Cost }),
	}
}
