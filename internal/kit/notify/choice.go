package notify

import (
	"context"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
)

// Choice is what a person wants: mail besides the screen, and mail at any hour.
type Choice struct {
	bun.BaseModel `bun:"table:notice_choice,alias:nc"`
	Account       ident.ID `bun:"account,pk"`
	Mail          bool     `bun:"mail"`
	AnyHour       bool     `bun:"any_hour"`
}

// ChoiceOf is a person's choice; whoever has not chosen gets mail in working time.
func ChoiceOf(ctx context.Context, from bun.IDB, account ident.ID) (Choice, error) {
	all, err := choices(ctx, from, []ident.ID{account})
	return all[account], err
}

func choices(ctx context.Context, from bun.IDB, accounts []ident.ID) (map[ident.ID]Choice, error) {
	out := map[ident.ID]Choice{}
	for _, a := range accounts {
		out[a] = Choice{Account: a, Mail: true}
	}
	var rows []Choice
	err := from.NewSelect().Model(&rows).Where("nc.account IN (?)", bun.List(accounts)).Scan(ctx)
	for _, c := range rows {
		out[c.Account] = c
	}
	return out, db.Sorted(err)
}

// Choose keeps a person's choice.
func Choose(ctx context.Context, tx *db.Tx, c Choice) error {
	_, err := tx.NewInsert().Model(&c).On("CONFLICT (account) DO UPDATE").Set("mail = excluded.mail").Set("any_hour = excluded.any_hour").Exec(ctx)
	return db.Sorted(err)
}
