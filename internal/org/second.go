package org

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/signed"
	"lotrinh/internal/kit/totp"
	"lotrinh/internal/kit/trail"
)

// SecondAt is the page of codes beside the password, to which somebody is held whose role
// needs them.
const SecondAt = "/account/second"

// Service is the name under which an authenticator application lists the account.
const Service = "Lộ Trình"

const (
	// enrolling is how long a secret waits for its first code.
	enrolling = 15 * time.Minute
	// recoveries is how many recovery codes there are.
	recoveries = 10
	// sealedFor is the purpose under which secrets are encrypted.
	sealedFor = "totp"
)

// second is how the house keeps the secrets of authenticator applications, and which roles
// cannot do without one.
type second struct {
	key  signed.Key
	need []access.Role
}

// Guard lets people sign in with a code of an authenticator application beside the
// password. Secrets are encrypted with the key; who holds one of the roles is held at the
// page that sets it up until it is. It is called while the house is built.
func (p *People) Guard(key signed.Key, needed ...access.Role) { p.second = second{key, needed} }

// secondNeeded tells whether the person's role needs a code and there is none yet.
func (p *People) secondNeeded(a Account, who access.Actor) bool {
	return a.Second == "" && who.Held == "" && slices.ContainsFunc(p.second.need, who.Has)
}

// secondRow is the secret that an account shares with an authenticator application.
type secondRow struct {
	bun.BaseModel `bun:"table:account_second,alias:sf"`
	Account       ident.ID  `bun:"account,pk"`
	Secret        string    `bun:"secret"` // encrypted
	MadeAt        time.Time `bun:"made_at"`
	ConfirmedAt   time.Time `bun:"confirmed_at,nullzero"`
	UsedStep      int64     `bun:"used_step"` // no code of this step or an earlier one is taken
}

type recovery struct {
	bun.BaseModel `bun:"table:account_recovery,alias:rc"`
	Account       ident.ID  `bun:"account,pk"`
	Code          string    `bun:"code,pk"` // hashed: 24 letters of 4.9 bits each
	UsedAt        time.Time `bun:"used_at,nullzero"`
}

// Second is what a person sees of the codes beside one's password.
type Second struct {
	On     bool
	Needed bool      // a role that the person holds cannot do without
	Since  time.Time // zero while off
	Left   int64     // recovery codes that are not used
}

// MySecond is how it stands with the actor's codes.
func (p *People) MySecond(ctx context.Context, who access.Actor) (Second, error) {
	a, err := p.mine(ctx, who)
	if err != nil {
		return Second{}, err
	}
	s := Second{On: a.Second != "", Needed: slices.ContainsFunc(p.second.need, who.Has)}
	if !s.On {
		return s, nil
	}
	var rows []secondRow
	if err := p.db.Read().NewSelect().Model(&rows).Where("sf.account = ?", a.ID).Scan(ctx); err != nil {
		return s, db.Sorted(err)
	}
	if len(rows) > 0 {
		s.Since = rows[0].ConfirmedAt
	}
	s.Left, err = p.db.Read().NewSelect().Model((*recovery)(nil)).Where("rc.account = ?", a.ID).Where("rc.used_at IS NULL").Count(ctx)
	return s, db.Sorted(err)
}

// Enrol makes a secret for the actor's authenticator application, after asking for the
// password. It waits a quarter of an hour for its first code, and replaces nothing until
// then.
func (p *People) Enrol(ctx context.Context, who access.Actor, password string) (totp.Secret, error) {
	if p.second.key == "" {
		return nil, fault.New(fault.Unavailable, "org.second.off")
	}
	if err := p.Prove(ctx, who, password); err != nil {
		return nil, err
	}
	secret := totp.New()
	sealed, err := p.second.key.Seal(sealedFor, who.ID, secret)
	if err != nil {
		return nil, fault.Because(fault.Internal, "fault.internal", err)
	}
	return secret, p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := accountForChange(ctx, tx, who.ID)
		if err != nil {
			return err
		}
		if a.Second != "" {
			return fault.New(fault.Conflict, "org.second.already")
		}
		row := secondRow{Account: a.ID, Secret: sealed, MadeAt: p.machine.Now()}
		_, err = tx.NewInsert().Model(&row).On("CONFLICT (account) DO UPDATE").Set("secret = EXCLUDED.secret").Set("made_at = EXCLUDED.made_at").
			Set("confirmed_at = NULL").Set("used_step = 0").Exec(ctx)
		return db.Sorted(err)
	})
}

// Enrolling is the secret that waits for the actor's first code; Missing when none does.
func (p *People) Enrolling(ctx context.Context, who access.Actor) (totp.Secret, error) {
	if !who.SignedIn() || who.IsSystem() {
		return nil, fault.New(fault.SignIn, "fault.sign_in")
	}
	row, err := p.secondOf(ctx, p.db.Read(), who.ID)
	if err != nil {
		return nil, err
	}
	if !row.ConfirmedAt.IsZero() || p.machine.Now().Sub(row.MadeAt) > enrolling {
		return nil, fault.New(fault.Missing, "org.second.begin_again")
	}
	return p.unsealed(row)
}

func (p *People) secondOf(ctx context.Context, idb bun.IDB, account ident.ID) (secondRow, error) {
	var rows []secondRow
	err := idb.NewSelect().Model(&rows).Where("sf.account = ?", account).Scan(ctx)
	if err == nil && len(rows) == 0 {
		return secondRow{}, fault.New(fault.Missing, "org.second.begin_again")
	}
	if err != nil {
		return secondRow{}, db.Sorted(err)
	}
	return rows[0], nil
}

func (p *People) unsealed(row secondRow) (totp.Secret, error) {
	plain, err := p.second.key.Unseal(sealedFor, row.Account, row.Secret)
	if err != nil {
		return nil, fault.Because(fault.Internal, "fault.internal", err)
	}
	return plain, nil
}

// ConfirmSecond switches codes on once the application has shown a right one, and answers
// with the recovery codes, which are told only now. The session in hand lives on; every
// other one ends.
func (p *People) ConfirmSecond(ctx context.Context, who access.Actor, code, session string) (codes []string, err error) {
	if err := p.tryCode(ctx, who.ID); err != nil {
		return nil, err
	}
	secret, err := p.Enrolling(ctx, who)
	if err != nil {
		return nil, err
	}
	step, ok := secret.Match(code, p.machine.Now(), 0)
	var k fault.Check
	k.Need(ok, "code", "org.second.code_wrong")
	if err := k.Err(); err != nil {
		return nil, err
	}
	err = p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := accountForChange(ctx, tx, who.ID)
		if err != nil {
			return err
		}
		now := p.machine.Now()
		err = db.Changed(tx.NewUpdate().Model((*secondRow)(nil)).Set("confirmed_at = ?", now).Set("used_step = ?", step).Where("account = ?", a.ID).Where("confirmed_at IS NULL").Exec(ctx))
		if err != nil {
			return err
		}
		a.Second = ByCode
		if err := saveAccount(ctx, tx, &a, "second"); err != nil {
			return err
		}
		if codes, err = newRecoveries(ctx, tx, a.ID); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, a.ID, session); err != nil {
			return err
		}
		if err := forgiveCodes(ctx, tx, a.ID); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "org.second.on", string(a.ID), nil, trail.At(a.Unit))
	})
	return codes, err
}

// newRecoveries replaces the recovery codes of an account.
func newRecoveries(ctx context.Context, tx *db.Tx, account ident.ID) ([]string, error) {
	if _, err := tx.NewDelete().Model((*recovery)(nil)).Where("account = ?", account).Exec(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	var codes []string
	var rows []recovery
	for range recoveries {
		code := groups(6)
		codes, rows = append(codes, code), append(rows, recovery{Account: account, Code: recoveryHash(code)})
	}
	_, err := tx.NewInsert().Model(&rows).Exec(ctx)
	return codes, db.Sorted(err)
}

// NewRecoveryCodes replaces the actor's recovery codes, after asking for the password.
func (p *People) NewRecoveryCodes(ctx context.Context, who access.Actor, password string) (codes []string, err error) {
	err = p.changeSecond(ctx, who, password, func(ctx context.Context, tx *db.Tx, a *Account) error {
		if codes, err = newRecoveries(ctx, tx, a.ID); err != nil {
			return err
		}
		return trail.Write(ctx, tx, p.machine.Now(), who, "org.second.codes_made", string(a.ID), nil, trail.At(a.Unit))
	})
	return codes, err
}

// DropSecond switches codes off, after asking for the password. Who holds a role that
// needs them cannot.
func (p *People) DropSecond(ctx context.Context, who access.Actor, password string) error {
	if slices.ContainsFunc(p.second.need, who.Has) {
		return fault.New(fault.Conflict, "org.second.needed")
	}
	return p.changeSecond(ctx, who, password, func(ctx context.Context, tx *db.Tx, a *Account) error {
		return p.dropSecond(ctx, tx, who, a, "org.second.off")
	})
}

func (p *People) changeSecond(ctx context.Context, who access.Actor, password string, do func(context.Context, *db.Tx, *Account) error) error {
	if err := p.Prove(ctx, who, password); err != nil {
		return err
	}
	return p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := accountForChange(ctx, tx, who.ID)
		if err != nil {
			return err
		}
		if a.Second == "" {
			return fault.New(fault.Conflict, "org.second.is_off")
		}
		return do(ctx, tx, &a)
	})
}

// dropSecond forgets the secret and the recovery codes of an account.
func (p *People) dropSecond(ctx context.Context, tx *db.Tx, who access.Actor, a *Account, act string) error {
	if err := p.forgetSecond(ctx, tx, a); err != nil {
		return err
	}
	return trail.Write(ctx, tx, p.machine.Now(), who, act, string(a.ID), nil, trail.At(a.Unit))
}

func (p *People) forgetSecond(ctx context.Context, tx *db.Tx, a *Account) error {
	for _, q := range []string{"DELETE FROM account_second WHERE account = ?", "DELETE FROM account_recovery WHERE account = ?", "DELETE FROM sign_in_step WHERE account = ?"} {
		if _, err := tx.NewRaw(q, a.ID).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	a.Second = ""
	return saveAccount(ctx, tx, a, "second")
}

// HelpSecond takes the codes from an account whose owner has lost the application and the
// recovery codes, after an identity check. Its sessions end.
func (p *People) HelpSecond(ctx context.Context, who access.Actor, id ident.ID, c Check, note string) error {
	return p.help(ctx, who, id, c, note, "org.second.reset_by_support", func(ctx context.Context, tx *db.Tx, a *Account) (map[string][2]any, error) {
		if a.Second == "" {
			return nil, fault.New(fault.Conflict, "org.second.is_off")
		}
		if err := p.forgetSecond(ctx, tx, a); err != nil {
			return nil, err
		}
		return map[string][2]any{"second": {ByCode, ""}}, endSessions(ctx, tx, a.ID, "")
	})
}
