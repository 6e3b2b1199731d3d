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
	"lotrinh/internal/kit/openid"
	"lotrinh/internal/kit/trail"
)

// ByHouse is how somebody proved to be there whom another house vouches for.
const ByHouse = "openid"

// flightLife is how long somebody may be away at the house that vouches.
const flightLife = 10 * time.Minute

// flight is somebody who was sent to another house to be vouched for.
type flight struct {
	bun.BaseModel `bun:"table:sign_in_flight,alias:sx"`
	ID            ident.ID  `bun:"id,pk"`
	State         string    `bun:"state"`    // hashed
	Browser       string    `bun:"browser"`  // hashed: only the browser that went out may come back
	Nonce         string    `bun:"nonce"`    // goes into the ID token; no secret
	Verifier      string    `bun:"verifier"` // encrypted
	Next          string    `bun:"next"`
	Account       ident.ID  `bun:"account"` // who wants to link; empty for a sign-in
	ExpiresAt     time.Time `bun:"expires_at"`
}

// Away is somebody on the way to another house and back: what Depart kept.
type Away struct {
	Flight  openid.Flight
	Next    string
	Account ident.ID // who wants to link an identity; empty for a sign-in
}

// sealedFlight is the purpose under which verifiers are encrypted.
const sealedFlight = "openid"

// Depart keeps somebody who goes to another house. browser is a secret that only this
// browser holds; it comes back with Return, once.
func (p *People) Depart(ctx context.Context, a Away, browser, address string) error {
	now := p.machine.Now()
	row := flight{ID: ident.New(now), State: secretHash(a.Flight.State), Browser: secretHash(browser), Nonce: a.Flight.Nonce, Next: a.Next, Account: a.Account, ExpiresAt: now.Add(flightLife)}
	var err error
	if row.Verifier, err = p.second.key.Seal(sealedFlight, row.ID, []byte(a.Flight.Verifier)); err != nil {
		return fault.Because(fault.Internal, "fault.internal", err)
	}
	return p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := (throttle{secretHash("flight " + address), 100}).count(ctx, tx, now); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(&row).Exec(ctx)
		return db.Sorted(err)
	})
}

// Return is the somebody of a state, once, in the browser that went out.
func (p *People) Return(ctx context.Context, state, browser string) (Away, error) {
	gone := fault.New(fault.Conflict, "org.flight.gone")
	var rows []flight
	err := p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		err := tx.NewSelect().Model(&rows).Where("sx.state = ?", secretHash(state)).Where("sx.browser = ?", secretHash(browser)).Where("sx.expires_at > ?", p.machine.Now()).Scan(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if len(rows) == 0 {
			return gone
		}
		res, err := tx.NewDelete().Model((*flight)(nil)).Where("id = ?", rows[0].ID).Exec(ctx)
		if err := db.Changed(res, err); err != nil {
			return gone // somebody was faster with the same state
		}
		return nil
	})
	if err != nil {
		return Away{}, err
	}
	verifier, err := p.second.key.Unseal(sealedFlight, rows[0].ID, rows[0].Verifier)
	if err != nil {
		return Away{}, fault.Because(fault.Internal, "fault.internal", err)
	}
	return Away{Flight: openid.Flight{State: state, Nonce: rows[0].Nonce, Verifier: string(verifier)}, Next: rows[0].Next, Account: rows[0].Account}, nil
}

// identity is a person at another house who is a person here.
type identity struct {
	bun.BaseModel `bun:"table:account_identity,alias:ai"`
	Issuer        string    `bun:"issuer,pk"`
	Subject       string    `bun:"subject,pk"`
	Account       ident.ID  `bun:"account"`
	How           string    `bun:"how"` // "owner": linked while signed in; "email": by the verified address
	LinkedAt      time.Time `bun:"linked_at"`
}

// The ways in which an identity was linked.
const (
	linkedByOwner = "owner"
	linkedByEmail = "email"
)

// SignInAs opens a session for the person that another house vouches for. The identity
// must be linked; with byEmail, one that is not yet is linked to the only active account
// with the verified address. A code is still asked for where the account has one.
func (p *People) SignInAs(ctx context.Context, who openid.Identity, byEmail bool, door Door) (SignedIn, error) {
	a, linked, err := p.vouched(ctx, who, byEmail)
	if err != nil {
		return SignedIn{}, err
	}
	if a.State != Active {
		return SignedIn{}, fault.New(fault.SignIn, "org.sign_in.locked")
	}
	if a.Second != "" {
		if linked {
			return p.halfWay(ctx, a, ByHouse, door)
		}
		return SignedIn{}, fault.New(fault.SignIn, "org.identity.unknown") // linked by its owner only
	}
	return p.open(ctx, a, door, map[string][2]any{"by": {nil, ByHouse}}, func(ctx context.Context, tx *db.Tx, a *Account) error {
		if !linked {
			if err := p.link(ctx, tx, webActor(*a, door.Address), a, who, linkedByEmail); err != nil {
				return err
			}
		}
		return p.outgrow(ctx, tx, a)
	})
}

// outgrow ends a first password that others have seen: its owner came in without it. The
// account opens by the other house, and by a password once one is set by mail.
func (p *People) outgrow(ctx context.Context, tx *db.Tx, a *Account) error {
	if !a.MustChange {
		return nil
	}
	now, err := accountForChange(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	*a = now
	return p.setPassword(ctx, tx, a, "", false, "")
}

// vouched is the account of an identity, or the one that it may be linked to.
func (p *People) vouched(ctx context.Context, who openid.Identity, byEmail bool) (a Account, linked bool, err error) {
	unknown := fault.New(fault.SignIn, "org.identity.unknown")
	var rows []identity
	if err := p.db.Read().NewSelect().Model(&rows).Where("ai.issuer = ? AND ai.subject = ?", who.Issuer, who.Subject).Scan(ctx); err != nil {
		return Account{}, false, db.Sorted(err)
	}
	if len(rows) > 0 {
		a, err = accountByID(ctx, p.db.Read(), rows[0].Account)
		return a, true, err
	}
	if !byEmail || !who.EmailVerified || who.Email == "" {
		return Account{}, false, unknown
	}
	var found []Account
	err = p.db.Read().NewSelect().Model(&found).Where("a.email = ?", strings.ToLower(who.Email)).Where("a.email <> ''").Where("a.state <> ?", Closed).
		Where("NOT EXISTS (SELECT 1 FROM account_identity AS ai WHERE ai.account = a.id AND ai.issuer = ?)", who.Issuer).Limit(2).Scan(ctx)
	if err != nil || len(found) != 1 {
		if err == nil {
			err = unknown
		}
		return Account{}, false, db.Sorted(err)
	}
	return found[0], false, nil
}

func (p *People) link(ctx context.Context, tx *db.Tx, who access.Actor, a *Account, id openid.Identity, how string) error {
	now := p.machine.Now()
	row := identity{Issuer: id.Issuer, Subject: id.Subject, Account: a.ID, How: how, LinkedAt: now}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		if db.Duplicate(err) {
			return fault.New(fault.Conflict, "org.identity.taken")
		}
		return db.Sorted(err)
	}
	return trail.Write(ctx, tx, now, who, "org.identity.linked", string(a.ID), map[string][2]any{"issuer": {nil, id.Issuer}, "how": {nil, how}}, trail.At(a.Unit))
}

// Link lets the actor sign in as a person of another house from now on. The password was
// asked for before they left.
func (p *People) Link(ctx context.Context, who access.Actor, id openid.Identity) error {
	if !who.SignedIn() || who.IsSystem() {
		return fault.New(fault.SignIn, "fault.sign_in")
	}
	return p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := accountForChange(ctx, tx, who.ID)
		if err != nil {
			return err
		}
		return p.link(ctx, tx, who, &a, id, linkedByOwner)
	})
}

// Linked is since when the actor may sign in at a house; zero when not.
func (p *People) Linked(ctx context.Context, who access.Actor, issuer string) (time.Time, error) {
	var rows []identity
	err := p.db.Read().NewSelect().Model(&rows).Where("ai.account = ? AND ai.issuer = ?", who.ID, issuer).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return time.Time{}, db.Sorted(err)
	}
	return rows[0].LinkedAt, nil
}

// Unlink ends signing in at a house, after asking for the password: who has none keeps the
// link.
func (p *People) Unlink(ctx context.Context, who access.Actor, issuer, password string) error {
	if err := p.Prove(ctx, who, password); err != nil {
		return err
	}
	return p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := accountForChange(ctx, tx, who.ID)
		if err != nil {
			return err
		}
		res, err := tx.NewDelete().Model((*identity)(nil)).Where("account = ? AND issuer = ?", a.ID, issuer).Exec(ctx)
		if err := db.Changed(res, err); err != nil {
			return err
		}
		return trail.Write(ctx, tx, p.machine.Now(), who, "org.identity.unlinked", string(a.ID), map[string][2]any{"issuer": {issuer, nil}}, trail.At(a.Unit))
	})
}
