package org

import (
	"context"
	"log/slog"
	"sync"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

// ChoosePassword is the page to which somebody with a password for one use is held.
const ChoosePassword = "/account/password"

// People answers who somebody is and what they may do.
type People struct {
	db       *db.DB
	units    *Units
	business clock.Clock // posts begin and end on its days
	machine  clock.Clock // sessions, resets, throttling, tokens
	policy   access.Policy
	mailer   Mailer
	log      *slog.Logger
	second   second // how codes beside passwords are kept, and who needs them
	begun    []func(context.Context, *db.Tx, Account) error

	mu     sync.Mutex
	actors map[ident.ID]known
}

// known is an actor as built for one version of the account, one day, one atlas.
type known struct {
	version int64
	date    string
	atlas   *Atlas
	actor   access.Actor
}

// NewPeople serves the people of a store. The policy says what each role may do;
// the mailer carries links for resets.
func NewPeople(d *db.DB, units *Units, business, machine clock.Clock, policy access.Policy, mailer Mailer, log *slog.Logger) *People {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &People{db: d, units: units, business: business, machine: machine, policy: policy, mailer: mailer, log: log, actors: map[ident.ID]known{}}
}

// today is the day of the business clock.
func (p *People) today() string { return clock.Date(p.business.Now()) }

// actor is the account with the rights of its posts today. The version in the
// account's row tells whether the copy in memory still holds: whatever changes an
// account or its posts counts it up, so a revocation is seen by the next request.
func (p *People) actor(ctx context.Context, idb bun.IDB, a Account) (access.Actor, error) {
	atlas, err := p.units.Atlas(ctx)
	if err != nil {
		return access.Actor{}, err
	}
	date := p.today()
	p.mu.Lock()
	k, ok := p.actors[a.ID]
	p.mu.Unlock()
	if ok && k.version == a.Version && k.date == date && k.atlas == atlas {
		return k.actor, nil
	}
	who, err := p.build(ctx, idb, a, atlas, date)
	if err != nil {
		return access.Actor{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.actors) > 5000 {
		clear(p.actors)
	}
	p.actors[a.ID] = known{a.Version, date, atlas, who}
	return who, nil
}

// build reads the posts of an account into an actor, past the copies in memory.
func (p *People) build(ctx context.Context, idb bun.IDB, a Account, atlas *Atlas, date string) (access.Actor, error) {
	posts, err := postsOf(ctx, idb, a.ID)
	if err != nil {
		return access.Actor{}, err
	}
	who := access.Actor{ID: a.ID, Name: a.Name, Login: a.Login, Home: a.Unit, KeysOff: a.KeysOff}
	for _, post := range posts {
		if post.On(date) {
			who.Grants = append(who.Grants, post.grant(atlas, date))
		}
	}
	who = p.policy.As(who)
	if a.MustChange {
		who = who.Only()
		who.Held = ChoosePassword
	}
	return who, nil
}

func postsOf(ctx context.Context, idb bun.IDB, ids ...ident.ID) ([]Post, error) {
	var posts []Post
	err := idb.NewSelect().Model(&posts).Where("r.account IN (?)", bun.List(ids)).Order("r.account", "r.id").Scan(ctx)
	return posts, db.Sorted(err)
}

// Actor is the account as an actor, for work done in somebody's name: the demo, a
// command, a schedule that a person set up. A locked account has no rights.
func (p *People) Actor(ctx context.Context, login string) (access.Actor, error) {
	a, err := accountByLogin(ctx, p.db.Read(), login)
	if err != nil {
		return access.Actor{}, err
	}
	if a.State != Active {
		return access.Actor{}, fault.New(fault.Denied, "org.account.not_active")
	}
	return p.actor(ctx, p.db.Read(), a)
}

// ActorOf is Actor by the account's key.
func (p *People) ActorOf(ctx context.Context, id ident.ID) (access.Actor, error) {
	a, err := accountByID(ctx, p.db.Read(), id)
	if err != nil {
		return access.Actor{}, err
	}
	if a.State != Active {
		return access.Actor{}, fault.New(fault.Denied, "org.account.not_active")
	}
	return p.actor(ctx, p.db.Read(), a)
}

func accountByID(ctx context.Context, idb bun.IDB, id ident.ID) (Account, error) {
	var a Account
	err := idb.NewSelect().Model(&a).Where("a.id = ?", id).Scan(ctx)
	return a, db.Sorted(err)
}

func accountByLogin(ctx context.Context, idb bun.IDB, login string) (Account, error) {
	var a Account
	err := idb.NewSelect().Model(&a).Where("a.login_key = ?", loginKey(login)).Scan(ctx)
	return a, db.Sorted(err)
}

// accountForChange holds the account's row until the operation ends.
func accountForChange(ctx context.Context, tx *db.Tx, id ident.ID) (Account, error) {
	var a Account
	err := tx.NewSelect().Model(&a).Where("a.id = ?", id).Apply(db.ForUpdate(tx)).Scan(ctx)
	return a, db.Sorted(err)
}

// saveAccount writes the columns of the account over the version that was read.
func saveAccount(ctx context.Context, tx *db.Tx, a *Account, columns ...string) error {
	was := a.Version
	a.Version++
	return db.Changed(tx.NewUpdate().Model(a).Column(append(columns, "version")...).Where("id = ? AND version = ?", a.ID, was).Exec(ctx))
}

// Key is the key of the account with this login.
func (p *People) Key(ctx context.Context, login string) (ident.ID, error) {
	a, err := accountByLogin(ctx, p.db.Read(), login)
	return a.ID, err
}
