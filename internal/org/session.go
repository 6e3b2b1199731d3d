package org

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
)

// How long a session lives: without a sign of life, and at most (OWASP ASVS 5.0, 7.3).
const (
	Idle     = 30 * time.Minute
	Lifetime = 12 * time.Hour
	// touch is how often a session in use is written down.
	touch = time.Minute
)

// Session is one signed-in browser.
type Session struct {
	bun.BaseModel `bun:"table:session,alias:s"`
	ID            ident.ID  `bun:"id,pk"`
	Token         string    `bun:"token"` // hashed
	Account       ident.ID  `bun:"account"`
	CreatedAt     time.Time `bun:"created_at"`
	SeenAt        time.Time `bun:"seen_at"`
	ExpiresAt     time.Time `bun:"expires_at"`
	Address       string    `bun:"address"`
	Agent         string    `bun:"agent"`
}

func (s Session) alive(now time.Time) bool {
	return now.Before(s.ExpiresAt) && now.Before(s.SeenAt.Add(Idle))
}

// SignedIn is the outcome of a sign-in. Token goes into the cookie and nowhere else.
type SignedIn struct {
	Token   string
	Account Account
	// MustChange says that the person has to choose a password before anything else.
	MustChange bool
	// Step stands for a sign-in that is half done, when a code is asked for as well; then
	// there is no Token. It goes into the form that asks for the code and nowhere else.
	Step string
}

// Door is where a sign-in came from.
type Door struct {
	Address string
	Agent   string
	// Old is the session that the browser had before; it ends.
	Old string
}

// SignIn proves a person by login and password and opens a session under a new token.
// Unknown, locked and mistyped are one answer, and take the same time.
func (p *People) SignIn(ctx context.Context, login, password string, door Door) (SignedIn, error) {
	if err := p.knock(ctx, login, door.Address); err != nil {
		return SignedIn{}, err
	}
	a, err := accountByLogin(ctx, p.db.Read(), login)
	if err != nil && !fault.Is(err, fault.Missing) {
		return SignedIn{}, err
	}
	right, err := matches(password, a.Password)
	if err != nil {
		return SignedIn{}, err
	}
	if !right {
		return SignedIn{}, p.refused(ctx, a, door)
	}
	if a.State != Active { // only who knows the password learns this
		return SignedIn{}, fault.New(fault.SignIn, "org.sign_in.locked")
	}
	if a.MustChange && !a.PasswordUntil.IsZero() && !p.business.Now().Before(a.PasswordUntil) {
		return SignedIn{}, fault.New(fault.SignIn, "org.sign_in.first_over")
	}
	if a.Second != "" {
		return p.halfWay(ctx, a, ByPassword, door)
	}
	return p.open(ctx, a, door, nil, func(ctx context.Context, tx *db.Tx, a *Account) error {
		return forgive(ctx, tx, a.Login, door.Address)
	})
}

// open opens a session for an account whose owner has proved to be there; also is done in
// the same transaction, over the account's row as it is now.
func (p *People) open(ctx context.Context, a Account, door Door, how map[string][2]any, also func(context.Context, *db.Tx, *Account) error) (SignedIn, error) {
	token, hash := newSecret("")
	now := p.machine.Now()
	s := Session{ID: ident.New(now), Token: hash, Account: a.ID, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(Lifetime), Address: door.Address, Agent: cut(door.Agent, 200)}
	err := p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if door.Old != "" {
			if _, err := tx.NewDelete().Model((*Session)(nil)).Where("token = ?", secretHash(door.Old)).Exec(ctx); err != nil {
				return db.Sorted(err)
			}
		}
		if err := also(ctx, tx, &a); err != nil {
			return err
		}
		if err := p.activated(ctx, tx, &a); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&s).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, webActor(a, door.Address), "org.session.opened", string(a.ID), how, trail.At(a.Unit))
	})
	return SignedIn{Token: token, Account: a, MustChange: a.MustChange}, err
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

func webActor(a Account, address string) access.Actor {
	return access.Actor{ID: a.ID, Name: a.Name, Login: a.Login, Home: a.Unit, Via: "web", From: address}
}

// refused writes the failed attempt into the trail of the account that it was at.
func (p *People) refused(ctx context.Context, a Account, door Door) error {
	no := fault.New(fault.SignIn, "org.sign_in.wrong")
	if a.ID == "" {
		return no
	}
	err := p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		return trail.Write(ctx, tx, p.machine.Now(), access.Actor{Via: "web", From: door.Address}, "org.sign_in.refused", string(a.ID), nil, trail.At(a.Unit))
	})
	if err != nil {
		return err
	}
	return no
}

// BySession is who holds a session; a stranger when there is none or it has ended.
func (p *People) BySession(ctx context.Context, token string) (access.Actor, error) {
	a, s, err := p.holder(ctx, token)
	if err != nil || a.ID == "" {
		return access.Actor{}, err
	}
	now := p.machine.Now()
	if now.Sub(s.SeenAt) >= touch {
		err = p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewRaw("UPDATE session SET seen_at = ? WHERE id = ?", now, s.ID).Exec(ctx)
			return db.Sorted(err)
		})
		if err != nil {
			return access.Actor{}, err
		}
	}
	who, err := p.actor(ctx, p.db.Read(), a)
	if err == nil && p.secondNeeded(a, who) {
		who = who.Only()
		who.Held = SecondAt
	}
	return who, err
}

// holder is the active account of a living session; the zero Account when there is none.
func (p *People) holder(ctx context.Context, token string) (Account, Session, error) {
	var ss []Session
	hash := secretHash(token)
	if err := p.db.Read().NewSelect().Model(&ss).Where("s.token = ?", hash).Scan(ctx); err != nil {
		return Account{}, Session{}, db.Sorted(err)
	}
	if len(ss) == 0 || !ss[0].alive(p.machine.Now()) {
		return Account{}, Session{}, nil
	}
	a, err := accountByID(ctx, p.db.Read(), ss[0].Account)
	if err != nil || a.State != Active {
		return Account{}, Session{}, err
	}
	return a, ss[0], nil
}

// SignOut ends the session of a token.
func (p *People) SignOut(ctx context.Context, who access.Actor, token string) error {
	return p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		res, err := tx.NewDelete().Model((*Session)(nil)).Where("token = ?", secretHash(token)).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, p.machine.Now(), who, "org.session.closed", string(who.ID), nil, trail.At(who.Home))
	})
}

// Sessions are the actor's own living sessions, the newest first; current tells which
// one the token belongs to.
func (p *People) Sessions(ctx context.Context, who access.Actor, token string) (list []Session, current ident.ID, err error) {
	if !who.SignedIn() {
		return nil, "", fault.New(fault.SignIn, "fault.sign_in")
	}
	now := p.machine.Now()
	var all []Session
	err = p.db.Read().NewSelect().Model(&all).Where("s.account = ?", who.ID).Order("s.seen_at DESC").Limit(100).Scan(ctx)
	hash := secretHash(token)
	for _, s := range all {
		if s.alive(now) {
			list = append(list, s)
		}
		if s.Token == hash {
			current = s.ID
		}
	}
	return list, current, db.Sorted(err)
}

// EndSession ends one of the actor's own sessions.
func (p *People) EndSession(ctx context.Context, who access.Actor, id ident.ID) error {
	if !who.SignedIn() {
		return fault.New(fault.SignIn, "fault.sign_in")
	}
	return p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		res, err := tx.NewDelete().Model((*Session)(nil)).Where("id = ? AND account = ?", id, who.ID).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return fault.New(fault.Missing, "fault.missing")
		}
		return trail.Write(ctx, tx, p.machine.Now(), who, "org.session.revoked", string(who.ID), nil, trail.At(who.Home))
	})
}

// endSessions ends every session of an account but the one whose token is kept.
func endSessions(ctx context.Context, tx *db.Tx, account ident.ID, keep string) error {
	q := tx.NewDelete().Model((*Session)(nil)).Where("account = ?", account)
	if keep != "" {
		q = q.Where("token <> ?", secretHash(keep))
	}
	_, err := q.Exec(ctx)
	return db.Sorted(err)
}

// Sweep forgets sessions and resets that have ended, and throttles that no longer bite.
func (p *People) Sweep(ctx context.Context) error {
	now := p.machine.Now()
	return p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, q := range []struct {
			sql string
			at  time.Time
		}{
			{"DELETE FROM session WHERE expires_at <= ?", now},
			{"DELETE FROM session WHERE seen_at <= ?", now.Add(-Idle)},
			{"DELETE FROM sign_in_flight WHERE expires_at <= ?", now},
			{"DELETE FROM sign_in_step WHERE expires_at <= ?", now},
			{"DELETE FROM password_reset WHERE expires_at <= ?", now},
			{"DELETE FROM sign_in_throttle WHERE last_at <= ?", now.Add(-memory)},
		} {
			if _, err := tx.NewRaw(q.sql, q.at).Exec(ctx); err != nil {
				return db.Sorted(err)
			}
		}
		return nil
	})
}
