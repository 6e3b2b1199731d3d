package org

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/phone"
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
	return p.reachable(ctx, "a.email IN (?)", address)
}

// HavingPhone are the open accounts with this normalised number.
func (p *People) HavingPhone(ctx context.Context, number string) ([]Account, error) {
	return p.reachable(ctx, "a.phone <> '' AND a.phone IN (?)", phone.Alike(number)...)
}

// mostReachable is how many accounts may share an address or a number.
const mostReachable = 20

func (p *People) reachable(ctx context.Context, where string, values ...string) ([]Account, error) {
	if values[0] == "" {
		return nil, nil
	}
	var rows []Account
	err := p.db.Read().NewSelect().Model(&rows).Column("id", "name", "unit", "email", "phone", "lang").
		Where(where, bun.List(values)).Where("a.state <> ?", Closed).Order("a.id DESC").Limit(mostReachable).Scan(ctx)
	return rows, db.Sorted(err)
}

// Duties are the roles that accounts hold today, in one query: what a colleague does,
// without the rest of the record.
func (p *People) Duties(ctx context.Context, accounts []ident.ID) (map[ident.ID][]access.Role, error) {
	duties := map[ident.ID][]access.Role{}
	if len(accounts) == 0 {
		return duties, nil
	}
	posts, err := postsOf(ctx, p.db.Read(), accounts...)
	date := p.today()
	for _, post := range posts {
		if post.On(date) && !slices.Contains(duties[post.Account], post.Role) {
			duties[post.Account] = append(duties[post.Account], post.Role)
		}
	}
	return duties, err
}

// Seated is the account that an exchange knows by a number, a login or a key; empty
// when there is none, or more than one of a number.
func (p *People) Seated(ctx context.Context, word string) (ident.ID, error) {
	if n, ok := phone.Normal(word); ok {
		all, err := p.HavingPhone(ctx, n)
		if err != nil || len(all) == 1 {
			return onlyKey(all), err
		}
	}
	var rows []Account
	err := p.db.Read().NewSelect().Model(&rows).Column("id").Where("a.login_key = ? OR a.id = ?", loginKey(word), word).
		Where("a.state = ?", Active).Limit(1).Scan(ctx)
	return onlyKey(rows), db.Sorted(err)
}

func onlyKey(all []Account) ident.ID {
	if len(all) == 0 {
		return ""
	}
	return all[0].ID
}
