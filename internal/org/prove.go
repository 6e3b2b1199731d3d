package org

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/totp"
	"lotrinh/internal/kit/trail"
)

// The ways in which somebody proves to be there: the password was typed, or a code of the
// authenticator application.
const (
	ByPassword = "password"
	ByCode     = "totp"
)

// fresh is how long a proof serves: as long as one request may take.
const fresh = time.Minute

// Proof says that somebody who is signed in has just shown once more to be the holder
// of the account. Only Reprove makes one that holds, so an act that asks for a Proof
// cannot be reached without it.
type Proof struct {
	account ident.ID
	how     string
	at      time.Time // machine clock
}

// How is the way in which it was proved, ByPassword or ByCode; empty for no proof.
func (p Proof) How() string { return p.how }

// Of is nil when the proof is this actor's, else SignIn.
func (p Proof) Of(who access.Actor) error {
	if p.account == "" || p.account != who.ID {
		return fault.New(fault.SignIn, "org.prove.needed")
	}
	return nil
}

// Reprove asks somebody who is signed in for the password again, before an act that
// binds: signing. Who has an authenticator application may type its code in place of the
// password; a code is taken once. What is wrong is Invalid at the field "password"; tries
// are counted per account and delayed as at the sign-in, but apart from it.
func (p *People) Reprove(ctx context.Context, who access.Actor, password string) (Proof, error) {
	if !who.SignedIn() || who.IsSystem() {
		return Proof{}, fault.New(fault.SignIn, "fault.sign_in")
	}
	ctx = db.Finally(ctx, nil) // a request that is sent once is done when its act is, not when its proof is
	now := p.machine.Now()
	gate := throttle{secretHash("prove " + string(who.ID)), 5}
	if err := p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return gate.count(ctx, tx, now) }); err != nil {
		return Proof{}, err
	}
	a, err := accountByID(ctx, p.db.Read(), who.ID)
	if err != nil {
		return Proof{}, err
	}
	how, right, err := p.provedBy(ctx, a, password)
	if err != nil {
		return Proof{}, err
	}
	if !right || a.State != Active {
		return Proof{}, p.notProved(ctx, who, a)
	}
	err = p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("DELETE FROM sign_in_throttle WHERE key = ?", gate.key).Exec(ctx)
		return db.Sorted(err)
	})
	return Proof{account: a.ID, how: how, at: now}, err
}

// provedBy tells in which way what was typed proves the owner of an account. A password is
// longer than a code, so the one is never taken for the other.
func (p *People) provedBy(ctx context.Context, a Account, typed string) (how string, right bool, err error) {
	if a.Second == ByCode && len(totp.OnlyDigits(typed)) == totp.Digits {
		right, err = p.useCode(ctx, a, typed)
		return ByCode, right, err
	}
	right, err = matches(typed, a.Password)
	return ByPassword, right, err
}

func (p *People) notProved(ctx context.Context, who access.Actor, a Account) error {
	err := p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		return trail.Write(ctx, tx, p.machine.Now(), who, "org.prove.refused", string(a.ID), nil, trail.At(a.Unit))
	})
	if err != nil {
		return err
	}
	var k fault.Check
	k.Need(false, "password", "org.prove.wrong")
	return k.Err()
}

// Fresh is nil while the proof is of the request in which it was given.
func (p *People) Fresh(proof Proof) error {
	if proof.account == "" || p.machine.Now().Sub(proof.at) > fresh {
		return fault.New(fault.SignIn, "org.prove.needed")
	}
	return nil
}

// PostAt is a post that lets its holder act in a role for a unit on a day: over the
// unit itself, what it lies in, or what it took over from. Missing when there is none.
// It is read through q, so that a signature and the post it rests on are one
// transaction.
func (p *People) PostAt(ctx context.Context, q bun.IDB, account ident.ID, role access.Role, unit, date string) (Post, error) {
	atlas, err := p.units.Atlas(ctx)
	if err != nil {
		return Post{}, err
	}
	posts, err := postsOf(ctx, q, account)
	if err != nil {
		return Post{}, err
	}
	for _, post := range posts {
		if post.Role != role || !post.On(date) {
			continue
		}
		g := post.grant(atlas, date)
		if g.Everywhere {
			return post, nil
		}
		for _, u := range g.Units {
			if u == unit {
				return post, nil
			}
		}
	}
	return Post{}, fault.New(fault.Missing, "org.post.none")
}
