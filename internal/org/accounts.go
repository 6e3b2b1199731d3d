package org

import (
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
)

// NewAccount is what is asked of a new account. Password or Hash may both be empty:
// then a reset by mail or by support gives the first one.
type NewAccount struct {
	Profile
	Login      string
	Password   string
	Hash       string // of HashPassword, in place of Password
	MustChange bool
	Posts      []Post // Role, Unit, From, Until; an empty From means today
}

// Create makes an account with its posts.
func (p *People) Create(ctx context.Context, who access.Actor, in NewAccount) (Account, error) {
	if err := who.Need(AccountManage); err != nil {
		return Account{}, err
	}
	a, err := p.prepare(ctx, in)
	if err != nil {
		return Account{}, err
	}
	if err := mayManage(who, a.Unit); err != nil {
		return Account{}, err
	}
	if a.Password = in.Hash; in.Password != "" {
		if a.Password, err = HashPassword(in.Password); err != nil {
			return Account{}, err
		}
	}
	err = p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&a).Exec(ctx); err != nil {
			if db.Duplicate(err) {
				return loginTaken()
			}
			return db.Sorted(err)
		}
		err := trail.Write(ctx, tx, p.machine.Now(), who, "org.account.created", string(a.ID), map[string][2]any{"unit": {nil, a.Unit}}, trail.At(a.Unit))
		if err != nil {
			return err
		}
		for _, post := range in.Posts {
			if _, err := p.grant(ctx, tx, who, a, post); err != nil {
				return err
			}
		}
		return nil
	})
	return a, err
}

func loginTaken() error {
	var k fault.Check
	k.Need(false, "login", "org.account.login_taken")
	return k.Err()
}

func (p *People) prepare(ctx context.Context, in NewAccount) (Account, error) {
	tree, err := p.units.On(ctx, p.today())
	if err != nil {
		return Account{}, err
	}
	prof, k := in.clean(tree)
	now := p.machine.Now()
	a := Account{ID: ident.New(now), Login: strings.TrimSpace(in.Login), LoginKey: loginKey(in.Login), State: Active, PasswordAt: now, MustChange: in.MustChange, CreatedAt: now, Version: 1}
	a.take(prof)
	k.Need(loginShape.MatchString(a.LoginKey), "login", "org.account.login_shape")
	if in.Password != "" {
		k.Add(checkPassword(in.Password, a))
	}
	return a, k.Err()
}

// mayManage tells whether the actor may manage people of a unit; those of the city's
// own offices are managed by who may do it everywhere.
func mayManage(who access.Actor, unit string) error {
	if who.Covers(AccountManage, unit) {
		return nil
	}
	var k fault.Check
	k.Need(false, "unit", "org.account.unit_beyond")
	return k.Err()
}

// outranks refuses to touch what protects an account that may do more than the actor
// could give: else a reset would be a way up.
func (p *People) outranks(ctx context.Context, idb bun.IDB, who access.Actor, perm access.Perm, a Account) error {
	if err := who.NeedAt(perm, a.Unit); err != nil {
		return err
	}
	if who.IsSystem() {
		return nil
	}
	atlas, err := p.units.Atlas(ctx)
	if err != nil {
		return err
	}
	target, err := p.build(ctx, idb, a, atlas, p.today())
	if err != nil {
		return err
	}
	beyond := p.rights(target)[AccountManage] && !who.May(AccountManage)
	everywhere, reach := who.Reach(perm)
	for _, g := range target.Grants {
		if everywhere {
			break
		}
		beyond = beyond || g.Everywhere || slices.ContainsFunc(g.Units, func(u string) bool {
			_, in := slices.BinarySearch(reach, u)
			return !in
		})
	}
	if beyond {
		return fault.New(fault.Denied, "org.account.outranks")
	}
	return nil
}

// rights are what the posts of an actor allow, whatever holds the actor back now.
func (p *People) rights(a access.Actor) map[access.Perm]bool {
	all := map[access.Perm]bool{}
	for _, g := range a.Grants {
		for _, perm := range p.policy[g.Role] {
			all[perm] = true
		}
	}
	return all
}

// manage runs a change of an account that the actor may manage, over the version
// that the actor saw; version 0 means whatever there is.
func (p *People) manage(ctx context.Context, who access.Actor, id ident.ID, version int64, do func(context.Context, *db.Tx, *Account) error) (Account, error) {
	if err := who.Need(AccountManage); err != nil {
		return Account{}, err
	}
	var a Account
	err := p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if a, err = accountForChange(ctx, tx, id); err != nil {
			return err
		}
		if err := p.outranks(ctx, tx, who, AccountManage, a); err != nil {
			return err
		}
		if version != 0 && version != a.Version {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		return do(ctx, tx, &a)
	})
	return a, err
}

// Change sets what is said about a person.
func (p *People) Change(ctx context.Context, who access.Actor, id ident.ID, version int64, in Profile) (Account, error) {
	tree, err := p.units.On(ctx, p.today())
	if err != nil {
		return Account{}, err
	}
	in, k := in.clean(tree)
	if err := k.Err(); err != nil {
		return Account{}, err
	}
	return p.manage(ctx, who, id, version, func(ctx context.Context, tx *db.Tx, a *Account) error {
		if err := mayManage(who, in.Unit); err != nil {
			return err
		}
		return p.saveProfile(ctx, tx, who, a, in)
	})
}

// ChangeOwn sets what a person may say about oneself: all but the unit.
func (p *People) ChangeOwn(ctx context.Context, who access.Actor, version int64, in Profile) (Account, error) {
	a, err := p.mine(ctx, who)
	if err != nil {
		return Account{}, err
	}
	tree, err := p.units.On(ctx, p.today())
	if err != nil {
		return Account{}, err
	}
	in.Unit = ""
	in, k := in.clean(tree)
	if err := k.Err(); err != nil {
		return Account{}, err
	}
	err = p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if a, err = accountForChange(ctx, tx, a.ID); err != nil {
			return err
		}
		if version != 0 && version != a.Version {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		in.Unit = a.Unit
		return p.saveProfile(ctx, tx, who, &a, in)
	})
	return a, err
}

// SwitchKeys keeps whether the actor wants keys of one letter.
func (p *People) SwitchKeys(ctx context.Context, who access.Actor, off bool) error {
	a, err := p.mine(ctx, who)
	if err != nil {
		return err
	}
	return p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := accountForChange(ctx, tx, a.ID)
		if err != nil || a.KeysOff == off {
			return err
		}
		a.KeysOff = off
		if err := saveAccount(ctx, tx, &a, "keys_off"); err != nil {
			return err
		}
		return trail.Write(ctx, tx, p.machine.Now(), who, "org.account.keys_switched", string(a.ID), map[string][2]any{"off": {!off, off}}, trail.At(a.Unit))
	})
}

func (p *People) saveProfile(ctx context.Context, tx *db.Tx, who access.Actor, a *Account, in Profile) error {
	was := a.Profile()
	if was == in {
		return nil
	}
	a.take(in)
	if err := saveAccount(ctx, tx, a, "name", "fold", "email", "phone", "unit", "lang"); err != nil {
		return err
	}
	// The trail keeps which fields changed, not the personal values themselves.
	changes := map[string][2]any{}
	for name, differs := range map[string]bool{"name": was.Name != in.Name, "email": was.Email != in.Email, "phone": was.Phone != in.Phone} {
		if differs {
			changes[name] = [2]any{"·", "·"}
		}
	}
	if was.Unit != in.Unit {
		changes["unit"] = [2]any{was.Unit, in.Unit}
	}
	if was.Email != in.Email { // a link on its way to the old address must not work
		if _, err := tx.NewDelete().Model((*reset)(nil)).Where("account = ?", a.ID).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return trail.Write(ctx, tx, p.machine.Now(), who, "org.account.changed", string(a.ID), changes, trail.At(a.Unit))
}

// Lock bars an account at once: its sessions end. Somebody who helps may lock too,
// for a lost telephone.
func (p *People) Lock(ctx context.Context, who access.Actor, id ident.ID) error {
	if who.May(AccountManage) {
		_, err := p.manage(ctx, who, id, 0, func(ctx context.Context, tx *db.Tx, a *Account) error {
			return p.bar(ctx, tx, who, a, Locked, "org.account.locked")
		})
		return err
	}
	if err := who.Need(AccountHelp); err != nil {
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
		return p.bar(ctx, tx, who, &a, Locked, "org.account.locked")
	})
}

// Close ends an account for good: its posts end today, its tokens at once.
func (p *People) Close(ctx context.Context, who access.Actor, id ident.ID) error {
	_, err := p.manage(ctx, who, id, 0, func(ctx context.Context, tx *db.Tx, a *Account) error {
		if err := p.bar(ctx, tx, who, a, Closed, "org.account.closed"); err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model((*Token)(nil)).Where("account = ?", a.ID).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		_, err := tx.NewRaw("UPDATE account_role SET until_date = ? WHERE account = ? AND (until_date = '' OR until_date > ?)", p.today(), a.ID, p.today()).Exec(ctx)
		return db.Sorted(err)
	})
	return err
}

func (p *People) bar(ctx context.Context, tx *db.Tx, who access.Actor, a *Account, to State, act string) error {
	if a.ID == who.ID {
		return fault.New(fault.Conflict, "org.account.not_oneself")
	}
	if a.State == Closed || a.State == to {
		return fault.New(fault.Conflict, "org.account.already", "state", string(a.State))
	}
	was := a.State
	a.State = to
	if err := saveAccount(ctx, tx, a, "state"); err != nil {
		return err
	}
	if err := endSessions(ctx, tx, a.ID, ""); err != nil {
		return err
	}
	return trail.Write(ctx, tx, p.machine.Now(), who, act, string(a.ID), map[string][2]any{"state": {was, to}}, trail.At(a.Unit))
}
