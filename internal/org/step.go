package org

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
)

// stepLife is how long somebody whose password was right may look for the telephone.
const stepLife = 5 * time.Minute

// step is a sign-in of which the first half is done.
type step struct {
	bun.BaseModel `bun:"table:sign_in_step,alias:st"`
	Token         string    `bun:"token,pk"` // hashed
	Account       ident.ID  `bun:"account"`
	How           string    `bun:"how"` // the first half
	ExpiresAt     time.Time `bun:"expires_at"`
}

// halfWay keeps that the first half of a sign-in is done. Wrong passwords are forgotten
// only with the second half.
func (p *People) halfWay(ctx context.Context, a Account, how string, door Door) (SignedIn, error) {
	token, hash := newSecret("")
	now := p.machine.Now()
	row := step{Token: hash, Account: a.ID, How: how, ExpiresAt: now.Add(stepLife)}
	err := p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, webActor(a, door.Address), "org.session.half_open", string(a.ID), nil, trail.At(a.Unit))
	})
	return SignedIn{Account: a, Step: token}, err
}

// SignInStep is the second half of a sign-in: a code of the authenticator application, or
// a recovery code. Either is taken once; wrong ones are counted per account, apart from
// passwords, and delayed.
func (p *People) SignInStep(ctx context.Context, token, code string, door Door) (SignedIn, error) {
	var rows []step
	if err := p.db.Read().NewSelect().Model(&rows).Where("st.token = ?", secretHash(token)).Where("st.expires_at > ?", p.machine.Now()).Scan(ctx); err != nil {
		return SignedIn{}, db.Sorted(err)
	}
	if len(rows) == 0 {
		return SignedIn{}, fault.New(fault.Conflict, "org.sign_in.step_gone")
	}
	if err := p.tryCode(ctx, rows[0].Account); err != nil {
		return SignedIn{}, err
	}
	a, err := accountByID(ctx, p.db.Read(), rows[0].Account)
	if err != nil {
		return SignedIn{}, err
	}
	if a.State != Active || a.Second == "" {
		return SignedIn{}, fault.New(fault.Conflict, "org.sign_in.step_gone")
	}
	right, how, err := p.useEither(ctx, a, code)
	if err != nil {
		return SignedIn{}, err
	}
	if !right {
		return SignedIn{}, p.codeRefused(ctx, a, door)
	}
	return p.open(ctx, a, door, map[string][2]any{"second": {nil, how}}, func(ctx context.Context, tx *db.Tx, a *Account) error {
		if err := db.Changed(tx.NewDelete().Model((*step)(nil)).Where("token = ?", secretHash(token)).Exec(ctx)); err != nil {
			return err
		}
		if err := forgiveCodes(ctx, tx, a.ID); err != nil {
			return err
		}
		if rows[0].How != ByPassword {
			return nil
		}
		return forgive(ctx, tx, a.Login, door.Address)
	})
}

// codeGate counts codes tried at an account.
func codeGate(account ident.ID) throttle {
	return throttle{secretHash("code " + string(account)), 5}
}

// forgiveCodes forgets the wrong codes of an account once a right one was shown.
func forgiveCodes(ctx context.Context, tx *db.Tx, account ident.ID) error {
	_, err := tx.NewRaw("DELETE FROM sign_in_throttle WHERE key = ?", codeGate(account).key).Exec(ctx)
	return db.Sorted(err)
}

// tryCode counts one more code tried at an account before it is looked at.
func (p *People) tryCode(ctx context.Context, account ident.ID) error {
	if account == "" {
		return fault.New(fault.SignIn, "fault.sign_in")
	}
	now := p.machine.Now()
	return p.db.InTx(db.Finally(ctx, nil), func(ctx context.Context, tx *db.Tx) error { return codeGate(account).count(ctx, tx, now) })
}

// useEither takes a code of the application or a recovery code.
func (p *People) useEither(ctx context.Context, a Account, typed string) (right bool, how string, err error) {
	if right, err = p.useCode(ctx, a, typed); right || err != nil {
		return right, ByCode, err
	}
	right, err = p.useRecovery(ctx, a, typed)
	return right, "recovery", err
}

// useCode takes a code of the application, once: the last step used is kept with it, in
// one statement, so that the same code sent twice at the same moment is right once.
func (p *People) useCode(ctx context.Context, a Account, typed string) (bool, error) {
	row, err := p.secondOf(ctx, p.db.Read(), a.ID)
	if fault.Is(err, fault.Missing) || err == nil && row.ConfirmedAt.IsZero() {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	secret, err := p.unsealed(row)
	if err != nil {
		return false, err
	}
	n, ok := secret.Match(typed, p.machine.Now(), row.UsedStep)
	if !ok {
		return false, nil
	}
	return p.once(ctx, "UPDATE account_second SET used_step = ? WHERE account = ? AND used_step < ?", n, a.ID, n)
}

// useRecovery takes a recovery code, once.
func (p *People) useRecovery(ctx context.Context, a Account, typed string) (bool, error) {
	return p.once(ctx, "UPDATE account_recovery SET used_at = ? WHERE account = ? AND code = ? AND used_at IS NULL", p.machine.Now(), a.ID, recoveryHash(typed))
}

// once tells whether a statement changed a row: whoever is second changes none.
func (p *People) once(ctx context.Context, query string, args ...any) (used bool, err error) {
	err = p.db.InTx(db.Finally(ctx, nil), func(ctx context.Context, tx *db.Tx) error {
		res, err := tx.NewRaw(query, args...).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		n, err := res.RowsAffected()
		used = n == 1
		return db.Sorted(err)
	})
	return used && err == nil, err
}

// recoveryHash reads a recovery code however its letters were grouped.
func recoveryHash(typed string) string {
	return secretHash("recovery " + strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToLower(strings.TrimSpace(typed))))
}

func (p *People) codeRefused(ctx context.Context, a Account, door Door) error {
	err := p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		return trail.Write(ctx, tx, p.machine.Now(), access.Actor{Via: "web", From: door.Address}, "org.sign_in.code_refused", string(a.ID), nil, trail.At(a.Unit))
	})
	if err != nil {
		return err
	}
	var k fault.Check
	k.Need(false, "code", "org.second.code_wrong")
	return k.Err()
}
