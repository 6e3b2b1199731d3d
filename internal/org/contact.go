package org

import (
	"context"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
)

// ForNotices are the addresses, numbers and languages of active accounts, for the
// sender of notices. Closed accounts are left out.
func (p *People) ForNotices(ctx context.Context, accounts []ident.ID) (map[ident.ID]notify.Person, error) {
	var rows []Account
	err := p.db.Read().NewSelect().Model(&rows).Column("id", "email", "phone", "lang").
		Where("a.id IN (?)", bun.List(accounts)).Where("a.state <> ?", Closed).Scan(ctx)
	found := make(map[ident.ID]notify.Person, len(rows))
	for _, a := range rows {
		found[a.ID] = notify.Person{Address: a.Email, Phone: a.Phone, Lang: a.Lang}
	}
	return found, db.Sorted(err)
}

// HavingEmail are the open accounts with this address, in small letters; for telling
// who writes, which is work of the system and not a reading by a person.
func (p *People) HavingEmail(ctx context.Context, address string) ([]Account, error) {
	return p.reachable(ctx, "a.email = ?", address)
}

// HavingPhone are the open accounts with this normalised number.
func (p *People) HavingPhone(ctx context.Context, number string) ([]Account, error) {
	return p.reachable(ctx, "a.phone = ?", number)
}

// mostReachable is how many accounts may share an address or a number.
const mostReachable = 20

func (p *People) reachable(ctx context.Context, where, value string) ([]Account, error) {
	if value == "" {
		return nil, nil
	}
	var rows []Account
	err := p.db.Read().NewSelect().Model(&rows).Column("id", "name", "unit", "email", "phone", "lang").
		Where(where, value).Where("a.state <> ?", Closed).Order("a.id DESC").Limit(mostReachable).Scan(ctx)
	return rows, db.Sorted(err)
}
