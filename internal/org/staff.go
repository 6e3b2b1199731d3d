package org

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
)

// StaffRoles are the posts of a commune's officers: those that a rollout gives accounts
// for, and that whoever holds AccountStaff gives and takes.
var StaffRoles = []access.Role{OneStopOfficer, CivilStatusOfficer, LabourOfficer, SigningLeader}

// HireIn makes an account for an officer of a commune, or gives an account that is there
// one more post, in the transaction of whoever decided it. It wants AccountStaff at the
// unit. A new account without a password opens for nobody until FirstPasswordIn.
func (p *People) HireIn(ctx context.Context, tx *db.Tx, who access.Actor, in NewAccount) (Account, error) {
	if err := who.NeedAt(AccountStaff, in.Unit); err != nil {
		return Account{}, err
	}
	in.Password = "" // hashes only: hashing has no place in a transaction
	a, err := p.prepare(ctx, in)
	if err != nil {
		return Account{}, err
	}
	a.Password = in.Hash
	if _, err := tx.NewInsert().Model(&a).Exec(ctx); err != nil {
		if db.Duplicate(err) {
			return Account{}, loginTaken()
		}
		return Account{}, db.Sorted(err)
	}
	err = trail.Write(ctx, tx, p.machine.Now(), who, "org.account.created", string(a.ID), map[string][2]any{"unit": {nil, a.Unit}}, trail.At(a.Unit))
	if err != nil {
		return Account{}, err
	}
	for _, post := range in.Posts {
		if err := p.grantStaff(ctx, tx, who, a, post); err != nil {
			return Account{}, err
		}
	}
	return a, nil
}

// grantStaff gives a post of a commune's officer, within the reach of AccountStaff.
func (p *People) grantStaff(ctx context.Context, tx *db.Tx, who access.Actor, a Account, post Post) error {
	if !slices.Contains(StaffRoles, post.Role) || post.Unit == "" {
		return fault.New(fault.Denied, "org.staff.role")
	}
	if err := who.NeedAt(AccountStaff, post.Unit); err != nil {
		return err
	}
	if post.From == "" {
		post.From = p.today()
	}
	tree, err := p.units.On(ctx, max(post.From, p.today()))
	if err != nil {
		return err
	}
	if err := post.check(tree); err != nil {
		return err
	}
	now := p.machine.Now()
	post.ID, post.Account, post.GrantedAt, post.GrantedBy = ident.New(now), a.ID, now, who.ID
	if _, err := tx.NewInsert().Model(&post).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	return trail.Write(ctx, tx, now, who, "org.post.given", string(a.ID), map[string][2]any{
		"role": {nil, post.Role}, "unit": {nil, post.Unit}, "from": {nil, post.From}, "until": {nil, post.Until}}, trail.At(a.Unit))
}

// staffIn is an account that the actor may deal with as staff: every post that it holds,
// or will hold, is one of a commune's officer in the actor's reach.
func (p *People) staffIn(ctx context.Context, tx *db.Tx, who access.Actor, id ident.ID) (Account, []Post, error) {
	a, err := accountForChange(ctx, tx, id)
	if err != nil {
		return Account{}, nil, err
	}
	if err := who.NeedAt(AccountStaff, a.Unit); err != nil {
		return Account{}, nil, err
	}
	if a.State == Closed {
		return Account{}, nil, fault.New(fault.Conflict, "org.account.closed_for_good")
	}
	posts, err := postsOf(ctx, tx, a.ID)
	if err != nil {
		return Account{}, nil, err
	}
	for _, post := range posts {
		if over := post.Until != "" && post.Until <= p.today(); !over && (!slices.Contains(StaffRoles, post.Role) || !who.Covers(AccountStaff, post.Unit)) {
			return Account{}, nil, fault.New(fault.Denied, "org.account.outranks")
		}
	}
	return a, posts, nil
}

// GrantStaffIn gives an officer of a commune one more post there; a post that is held
// already stays as it is.
func (p *People) GrantStaffIn(ctx context.Context, tx *db.Tx, who access.Actor, id ident.ID, post Post) (Account, error) {
	a, posts, err := p.staffIn(ctx, tx, who, id)
	if err != nil {
		return Account{}, err
	}
	if slices.ContainsFunc(posts, func(x Post) bool { return x.Role == post.Role && x.Unit == post.Unit && x.On(p.today()) }) {
		return a, nil
	}
	if err := p.grantStaff(ctx, tx, who, a, post); err != nil {
		return Account{}, err
	}
	return a, saveAccount(ctx, tx, &a)
}

// FirstPasswordIn gives an officer's account a password for one first use, good until a
// moment of the business clock; the first sign-in must change it. An account whose owner
// has come in already is helped by HelpReset only.
func (p *People) FirstPasswordIn(ctx context.Context, tx *db.Tx, who access.Actor, id ident.ID, hash string, until time.Time) (Account, error) {
	a, _, err := p.staffIn(ctx, tx, who, id)
	if err != nil {
		return Account{}, err
	}
	if !a.ActivatedAt.IsZero() || a.State != Active {
		return Account{}, fault.New(fault.Conflict, "org.staff.begun", "login", a.Login)
	}
	if err := p.setPassword(ctx, tx, &a, hash, true, ""); err != nil {
		return Account{}, err
	}
	if _, err := tx.NewRaw("UPDATE account SET password_until = ? WHERE id = ?", until.UTC(), a.ID).Exec(ctx); err != nil {
		return Account{}, db.Sorted(err)
	}
	a.PasswordUntil = until.UTC()
	return a, trail.Write(ctx, tx, p.machine.Now(), who, "org.password.first", string(a.ID), nil, trail.At(a.Unit))
}

// MoveStaffIn ends an officer's post, by role and unit, on the day from which another is
// held: the account and its history stay the person's.
func (p *People) MoveStaffIn(ctx context.Context, tx *db.Tx, who access.Actor, id ident.ID, from, to Post) error {
	a, posts, err := p.staffIn(ctx, tx, who, id)
	if err != nil {
		return err
	}
	if err := p.endStaff(ctx, tx, who, a, posts, from, to.From); err != nil {
		return err
	}
	if err := p.grantStaff(ctx, tx, who, a, to); err != nil {
		return err
	}
	was := a.Unit
	a.Unit = to.Unit
	if err := saveAccount(ctx, tx, &a, "unit"); err != nil {
		return err
	}
	return trail.Write(ctx, tx, p.machine.Now(), who, "org.account.moved", string(a.ID), map[string][2]any{"unit": {was, to.Unit}, "from": {nil, to.From}}, trail.At(was))
}

// LeaveStaffIn ends an officer's post, by role and unit, on a day. Who holds none from
// today on is closed at once: sessions and tokens end.
func (p *People) LeaveStaffIn(ctx context.Context, tx *db.Tx, who access.Actor, id ident.ID, post Post, day string) error {
	a, posts, err := p.staffIn(ctx, tx, who, id)
	if err != nil {
		return err
	}
	if err := p.endStaff(ctx, tx, who, a, posts, post, day); err != nil {
		return err
	}
	if err := saveAccount(ctx, tx, &a); err != nil {
		return err
	}
	return p.closeIdle(ctx, tx, who, &a)
}

// CloseIdleIn closes an officer's account whose posts have all ended; it does nothing to
// one that holds a post or will.
func (p *People) CloseIdleIn(ctx context.Context, tx *db.Tx, who access.Actor, id ident.ID) error {
	a, err := accountForChange(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := who.NeedAt(AccountStaff, a.Unit); err != nil {
		return err
	}
	return p.closeIdle(ctx, tx, who, &a)
}

func (p *People) closeIdle(ctx context.Context, tx *db.Tx, who access.Actor, a *Account) error {
	posts, err := postsOf(ctx, tx, a.ID)
	if err != nil || a.State == Closed {
		return err
	}
	if slices.ContainsFunc(posts, func(x Post) bool { return x.Until == "" || x.Until > p.today() }) {
		return nil
	}
	if err := p.bar(ctx, tx, who, a, Closed, "org.account.closed"); err != nil {
		return err
	}
	_, err = tx.NewDelete().Model((*Token)(nil)).Where("account = ?", a.ID).Exec(ctx)
	return db.Sorted(err)
}

// endStaff ends a post on a day; one that has not begun by then is gone.
func (p *People) endStaff(ctx context.Context, tx *db.Tx, who access.Actor, a Account, posts []Post, which Post, day string) error {
	for _, post := range posts {
		if post.Unit != which.Unit || post.Role != which.Role || post.Until != "" && post.Until <= day {
			continue
		}
		var err error
		if post.From >= day {
			_, err = tx.NewDelete().Model((*Post)(nil)).Where("id = ?", post.ID).Exec(ctx)
		} else {
			_, err = tx.NewRaw("UPDATE account_role SET until_date = ? WHERE id = ?", day, post.ID).Exec(ctx)
		}
		if err != nil {
			return db.Sorted(err)
		}
		err = trail.Write(ctx, tx, p.machine.Now(), who, "org.post.ended", string(a.ID), map[string][2]any{
			"role": {post.Role, nil}, "unit": {post.Unit, nil}, "until": {post.Until, day}}, trail.At(a.Unit))
		if err != nil {
			return err
		}
	}
	return nil
}

// InPost are the open accounts with their posts of today: what access reviews list. It is
// work of the system, not a reading by a person.
func (p *People) InPost(ctx context.Context, q bun.IDB) ([]Person, error) {
	date := p.today()
	var posts []Post
	err := q.NewSelect().Model(&posts).Where("r.from_date <= ?", date).Where("r.until_date = '' OR r.until_date > ?", date).Order("r.account", "r.id").Scan(ctx)
	if err != nil || len(posts) == 0 {
		return nil, db.Sorted(err)
	}
	held := map[ident.ID][]Post{}
	for _, post := range posts {
		held[post.Account] = append(held[post.Account], post)
	}
	var out []Person
	for some := range slices.Chunk(slices.Sorted(maps.Keys(held)), 500) {
		var rows []Account
		if err := q.NewSelect().Model(&rows).Where("a.id IN (?)", bun.List(some)).Where("a.state <> ?", Closed).Order("a.fold", "a.id").Scan(ctx); err != nil {
			return nil, db.Sorted(err)
		}
		for _, a := range rows {
			out = append(out, Person{Account: a, Posts: held[a.ID]})
		}
	}
	return out, nil
}

// DismissIn ends every post of an account today and closes it, in the transaction of the
// review that decided so. It wants AccountReview, and nobody dismisses oneself.
func (p *People) DismissIn(ctx context.Context, tx *db.Tx, who access.Actor, id ident.ID) error {
	a, err := accountForChange(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := who.NeedAt(AccountReview, a.Unit); err != nil {
		return err
	}
	if a.ID == who.ID {
		return fault.New(fault.Conflict, "org.account.not_oneself")
	}
	posts, err := postsOf(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	for _, post := range posts {
		if err := p.endStaff(ctx, tx, who, a, []Post{post}, post, p.today()); err != nil {
			return err
		}
	}
	if err := saveAccount(ctx, tx, &a); err != nil {
		return err
	}
	return p.closeIdle(ctx, tx, who, &a)
}

// NameKey is the folded name of an account's owner, without the login.
func NameKey(a Account) string { return fold.Key(a.Name) }

// Alike are the open accounts with one of these numbers, or whose owner has one of these
// folded names: people who may be somebody that an account is asked for. It is work of the
// system, not a reading by a person.
func (p *People) Alike(ctx context.Context, q bun.IDB, phones, folds []string) ([]Account, error) {
	var out []Account
	for some := range slices.Chunk(folds, 200) {
		var rows []Account
		err := q.NewSelect().Model(&rows).Column("id", "login", "name", "unit", "phone").Where("a.state <> ?", Closed).
			WhereGroup(" AND ", func(g *bun.SelectQuery) *bun.SelectQuery {
				for _, f := range some {
					g = g.WhereOr("a.fold LIKE ?", f+" %") // folded words hold no sign of a pattern
				}
				return g
			}).Order("a.id").Limit(1000).Scan(ctx)
		if err != nil {
			return nil, db.Sorted(err)
		}
		out = append(out, rows...)
	}
	for some := range slices.Chunk(phones, 500) {
		var rows []Account
		err := q.NewSelect().Model(&rows).Column("id", "login", "name", "unit", "phone").Where("a.phone <> ''").Where("a.phone IN (?)", bun.List(some)).
			Where("a.state <> ?", Closed).Order("a.id").Limit(1000).Scan(ctx)
		if err != nil {
			return nil, db.Sorted(err)
		}
		for _, a := range rows {
			if !slices.ContainsFunc(out, func(o Account) bool { return o.ID == a.ID }) {
				out = append(out, a)
			}
		}
	}
	return slices.DeleteFunc(out, func(a Account) bool {
		return !slices.Contains(folds, NameKey(a)) && !slices.Contains(phones, a.Phone)
	}), nil
}

// LoginsLike are the logins, as they are compared, that begin so.
func (p *People) LoginsLike(ctx context.Context, q bun.IDB, begins string) ([]string, error) {
	var out []string
	err := q.NewSelect().Model((*Account)(nil)).Column("login_key").Where("a.login_key = ? OR a.login_key LIKE ?", loginKey(begins), loginKey(begins)+".%").Limit(1000).Scan(ctx, &out)
	return out, db.Sorted(err)
}
