package org

import (
	"context"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/trail"
)

// OnBegun is told, in the transaction, when a person uses an account for the first time:
// see Account.ActivatedAt. It is called while the house is built.
func (p *People) OnBegun(told func(context.Context, *db.Tx, Account) error) {
	p.begun = append(p.begun, told)
}

// activated keeps that the owner has come into the account, the first time only. Somebody
// who still has a password that others have seen has not. It is no change of the account as
// people edit it, so its version stays.
func (p *People) activated(ctx context.Context, tx *db.Tx, a *Account) error {
	if !a.ActivatedAt.IsZero() || a.MustChange {
		return nil
	}
	at := p.machine.Now()
	res, err := tx.NewRaw("UPDATE account SET activated_at = ? WHERE id = ? AND activated_at IS NULL", at, a.ID).Exec(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return db.Sorted(err)
	}
	a.ActivatedAt = at
	for _, told := range p.begun {
		if err := told(ctx, tx, *a); err != nil {
			return err
		}
	}
	return trail.Write(ctx, tx, a.ActivatedAt, webActor(*a, ""), "org.account.activated", string(a.ID), nil, trail.At(a.Unit))
}
