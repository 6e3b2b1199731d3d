package org

import (
	"context"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
)

// ForNotices are the addresses and languages of active accounts, for the sender of
// notices. Closed accounts and those without an address are left out.
func (p *People) ForNotices(ctx context.Context, accounts []ident.ID) (map[ident.ID]notify.Person, error) {
	var rows []Account
	err := p.db.Read().NewSelect().Model(&rows).Column("id", "email", "lang").
		Where("a.id IN (?)", bun.List(accounts)).Where("a.state <> ?", Closed).Where("a.email <> ''").Scan(ctx)
	found := make(map[ident.ID]notify.Person, len(rows))
	for _, a := range rows {
		found[a.ID] = notify.Person{Address: a.Email, Lang: a.Lang}
	}
	return found, db.Sorted(err)
}
