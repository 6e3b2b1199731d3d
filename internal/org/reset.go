package org

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
)

const (
	// ResetLife is how long the link of a reset works.
	ResetLife = 30 * time.Minute
	// resetPause is how long an account waits for its next link.
	resetPause = 2 * time.Minute
)

// Letter is a message to a person about the account. Path is the page that it leads
// to, with the secret; it stands in no log.
type Letter struct {
	Account ident.ID
	To      string
	Name    string
	Login   string
	Lang    i18n.Lang
	Path    string
	Life    time.Duration
}

// Mailer carries letters. It is called in the transaction, so that a letter leaves
// only when its link works, and must queue rather than send.
type Mailer interface {
	Reset(ctx context.Context, tx *db.Tx, now time.Time, l Letter) error
}

type reset struct {
	bun.BaseModel `bun:"table:password_reset,alias:pr"`
	Token         string    `bun:"token,pk"` // hashed
	Account       ident.ID  `bun:"account"`
	CreatedAt     time.Time `bun:"created_at"`
	ExpiresAt     time.Time `bun:"expires_at"`
}

// Forgot sends a link for a new password to whoever has this login or address. The
// answer is the same when nobody does.
func (p *People) Forgot(ctx context.Context, typed, address string) error {
	typed = loginKey(typed)
	if typed == "" || len(typed) > 254 {
		var k fault.Check
		k.Need(false, "login", "org.forgot.needed")
		return k.Err()
	}
	now := p.machine.Now()
	return p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := (throttle{secretHash("forgot " + address), 20}).count(ctx, tx, now); err != nil {
			return err
		}
		var found []Account
		err := tx.NewSelect().Model(&found).Where("a.login_key = ? OR a.email = ?", typed, typed).
			Where("a.state = ?", Active).Where("a.email <> ''").Order("a.id").Limit(5).Scan(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		for _, a := range found {
			if err := p.sendReset(ctx, tx, now, a, address); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *People) sendReset(ctx context.Context, tx *db.Tx, now time.Time, a Account, address string) error {
	recent, err := tx.NewSelect().Model((*reset)(nil)).Where("pr.account = ?", a.ID).Where("pr.created_at > ?", now.Add(-resetPause)).Exists(ctx)
	if err != nil || recent {
		return db.Sorted(err)
	}
	secret, hash := newSecret("")
	r := reset{Token: hash, Account: a.ID, CreatedAt: now, ExpiresAt: now.Add(ResetLife)}
	if _, err := tx.NewInsert().Model(&r).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	l := Letter{Account: a.ID, To: a.Email, Name: a.Name, Login: a.Login, Lang: a.Lang, Path: "/reset?token=" + secret, Life: ResetLife}
	if err := p.mailer.Reset(ctx, tx, now, l); err != nil {
		return err
	}
	return trail.Write(ctx, tx, now, access.Actor{Via: "web", From: address}, "org.password.link_sent", string(a.ID), nil, trail.At(a.Unit))
}

// ResetLink is the login that a link of a reset is for; Missing when it has been
// used or is too old.
func (p *People) ResetLink(ctx context.Context, secret string) (login string, err error) {
	a, err := p.resetAccount(ctx, p.db.Read(), secret)
	return a.Login, err
}

func (p *People) resetAccount(ctx context.Context, idb bun.IDB, secret string) (Account, error) {
	var rs []reset
	err := idb.NewSelect().Model(&rs).Where("pr.token = ?", secretHash(secret)).Where("pr.expires_at > ?", p.machine.Now()).Scan(ctx)
	if err != nil {
		return Account{}, db.Sorted(err)
	}
	if len(rs) == 0 {
		return Account{}, fault.New(fault.Missing, "org.reset.gone")
	}
	a, err := accountByID(ctx, idb, rs[0].Account)
	if err == nil && a.State != Active {
		err = fault.New(fault.Missing, "org.reset.gone")
	}
	return a, err
}

// ResetBy sets a new password by the link of a reset. The link works once; every
// session of the account ends, and so do its other links.
func (p *People) ResetBy(ctx context.Context, secret, password, address string) error {
	a, err := p.resetAccount(ctx, p.db.Read(), secret)
	if err != nil {
		return err
	}
	if err := checkPassword(password, a); err != nil {
		return err
	}
	hash, err := HashPassword(password)
	if err != nil {
		return err
	}
	return p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := accountForChange(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		if _, err := p.resetAccount(ctx, tx, secret); err != nil {
			return err // somebody was faster with the same link
		}
		if err := p.setPassword(ctx, tx, &a, hash, false, ""); err != nil {
			return err
		}
		if err := p.activated(ctx, tx, &a); err != nil {
			return err
		}
		return trail.Write(ctx, tx, p.machine.Now(), webActor(a, address), "org.password.reset", string(a.ID), nil, trail.At(a.Unit))
	})
}

// setPassword is what every new password brings with it: the links end, the sessions
// end but the one kept, failed attempts are forgotten.
func (p *People) setPassword(ctx context.Context, tx *db.Tx, a *Account, hash string, mustChange bool, keep string) error {
	a.Password, a.MustChange, a.PasswordAt, a.PasswordUntil = hash, mustChange, p.machine.Now(), time.Time{}
	if err := saveAccount(ctx, tx, a, "password", "must_change", "password_at", "password_until"); err != nil {
		return err
	}
	if _, err := tx.NewDelete().Model((*reset)(nil)).Where("account = ?", a.ID).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	if _, err := tx.NewRaw("DELETE FROM sign_in_throttle WHERE key = ?", throttles(a.Login, "")[1].key).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	return endSessions(ctx, tx, a.ID, keep)
}

// Prove asks a signed-in person for the password again, before signing or changing
// what protects the account. Attempts are throttled like sign-ins.
func (p *People) Prove(ctx context.Context, who access.Actor, password string) error {
	a, err := p.mine(ctx, who)
	if err != nil {
		return err
	}
	if err := p.knock(ctx, a.Login, who.From); err != nil {
		return err
	}
	right, err := matches(password, a.Password)
	if err != nil {
		return err
	}
	if !right {
		var k fault.Check
		k.Need(false, "current", "org.password.current_wrong")
		return k.Err()
	}
	return p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return forgive(ctx, tx, a.Login, who.From) })
}

// mine is the actor's own account.
func (p *People) mine(ctx context.Context, who access.Actor) (Account, error) {
	if !who.SignedIn() || who.IsSystem() {
		return Account{}, fault.New(fault.SignIn, "fault.sign_in")
	}
	return accountByID(ctx, p.db.Read(), who.ID)
}

// ChangePassword sets the actor's own new password after asking for the current one.
// The session in hand lives on; every other one ends.
func (p *People) ChangePassword(ctx context.Context, who access.Actor, current, password, session string) error {
	if err := p.Prove(ctx, who, current); err != nil {
		return err
	}
	a, err := p.mine(ctx, who)
	if err != nil {
		return err
	}
	if err := checkPassword(password, a); err != nil {
		return err
	}
	var k fault.Check
	k.Need(password != current, "password", "org.password.same")
	if err := k.Err(); err != nil {
		return err
	}
	hash, err := HashPassword(password)
	if err != nil {
		return err
	}
	return p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := accountForChange(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		if err := p.setPassword(ctx, tx, &a, hash, false, session); err != nil {
			return err
		}
		if err := p.activated(ctx, tx, &a); err != nil {
			return err
		}
		return trail.Write(ctx, tx, p.machine.Now(), who, "org.password.changed", string(a.ID), nil, trail.At(a.Unit))
	})
}

// Check is how a supporter made sure of who was asking.
type Check string

// The checks that are good enough for an unlock or a reset.
const (
	InPerson   Check = "in_person"   // showed an identity document
	CalledBack Check = "called_back" // called back on the number that stands in the account
	Vouched    Check = "vouched"     // the head of the unit confirmed in writing
	ByCommand  Check = "command"     // at the machine itself
)

// Checks are those that a person can choose.
var Checks = []Check{InPerson, CalledBack, Vouched}

func (p *People) checked(who access.Actor, c Check) error {
	var k fault.Check
	k.Need(slices.Contains(Checks, c) || who.IsSystem() && c == ByCommand, "check", "org.help.check_needed")
	return k.Err()
}

// HelpReset gives an account a password for one use, after an identity check. It is
// returned once, to be told to the person; the next sign-in must change it.
func (p *People) HelpReset(ctx context.Context, who access.Actor, id ident.ID, c Check, note string) (password string, err error) {
	password = Passphrase()
	hash, err := HashPassword(password)
	if err != nil {
		return "", err
	}
	err = p.help(ctx, who, id, c, note, "org.password.reset_by_support", func(ctx context.Context, tx *db.Tx, a *Account) (map[string][2]any, error) {
		if a.State != Active {
			return nil, fault.New(fault.Conflict, "org.help.unlock_first")
		}
		return map[string][2]any{}, p.setPassword(ctx, tx, a, hash, true, "")
	})
	if err != nil {
		return "", err
	}
	return password, nil
}

// HelpUnlock opens a locked account and forgets its failed attempts, after an
// identity check.
func (p *People) HelpUnlock(ctx context.Context, who access.Actor, id ident.ID, c Check, note string) error {
	return p.help(ctx, who, id, c, note, "org.account.unlocked", func(ctx context.Context, tx *db.Tx, a *Account) (map[string][2]any, error) {
		if a.State == Closed {
			return nil, fault.New(fault.Conflict, "org.account.closed_for_good")
		}
		was := a.State
		a.State = Active
		if _, err := tx.NewRaw("DELETE FROM sign_in_throttle WHERE key = ?", throttles(a.Login, "")[1].key).Exec(ctx); err != nil {
			return nil, db.Sorted(err)
		}
		return map[string][2]any{"state": {was, a.State}}, saveAccount(ctx, tx, a, "state")
	})
}

// help runs a supporter's act on an account that the supporter may help.
func (p *People) help(ctx context.Context, who access.Actor, id ident.ID, c Check, note, act string,
	do func(context.Context, *db.Tx, *Account) (map[string][2]any, error)) error {
	if err := who.Need(AccountHelp); err != nil {
		return err
	}
	if err := p.checked(who, c); err != nil {
		return err
	}
	return p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := accountForChange(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := p.outranks(ctx, tx, who, AccountHelp, a); err != nil {
			return err
		}
		var k fault.Check
		k.Need(c != CalledBack || a.Phone != "", "check", "org.help.no_phone")
		if err := k.Err(); err != nil {
			return err
		}
		changes, err := do(ctx, tx, &a)
		if err != nil {
			return err
		}
		changes["check"] = [2]any{nil, c}
		notes := []trail.Note{trail.At(a.Unit)}
		if note = strings.TrimSpace(note); note != "" {
			notes = append(notes, trail.Personal("note", cut(note, 500)))
		}
		return trail.Write(ctx, tx, p.machine.Now(), who, act, string(a.ID), changes, notes...)
	})
}
