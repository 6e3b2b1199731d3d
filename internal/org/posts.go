package org

import (
	"context"
	"slices"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
)

// Grant gives an account a post. An empty From means today.
func (p *People) Grant(ctx context.Context, who access.Actor, id ident.ID, post Post) (Post, error) {
	_, err := p.manage(ctx, who, id, 0, func(ctx context.Context, tx *db.Tx, a *Account) error {
		if a.State == Closed {
			return fault.New(fault.Conflict, "org.account.closed_for_good")
		}
		var err error
		if post, err = p.grant(ctx, tx, who, *a, post); err != nil {
			return err
		}
		return saveAccount(ctx, tx, a)
	})
	return post, err
}

func (p *People) grant(ctx context.Context, tx *db.Tx, who access.Actor, a Account, post Post) (Post, error) {
	if post.From == "" {
		post.From = p.today()
	}
	tree, err := p.units.On(ctx, max(post.From, p.today()))
	if err != nil {
		return Post{}, err
	}
	if err := post.check(tree); err != nil {
		return Post{}, err
	}
	if err := p.mayGive(who, post, tree); err != nil {
		return Post{}, err
	}
	now := p.machine.Now()
	post.ID, post.Account, post.GrantedAt, post.GrantedBy = ident.New(now), a.ID, now, who.ID
	if _, err := tx.NewInsert().Model(&post).Exec(ctx); err != nil {
		return Post{}, db.Sorted(err)
	}
	return post, trail.Write(ctx, tx, now, who, "org.post.given", string(a.ID), map[string][2]any{
		"role": {nil, post.Role}, "unit": {nil, post.Unit}, "from": {nil, post.From}, "until": {nil, post.Until}}, trail.At(a.Unit))
}

// mayGive lets somebody who manages a part of the city give only what lies in it,
// and only rights that the giver has there; who manages everywhere may give anything.
func (p *People) mayGive(who access.Actor, post Post, tree *Tree) error {
	if everywhere, _ := who.Reach(AccountManage); everywhere {
		return nil
	}
	var k fault.Check
	if post.Unit == "" || !who.Covers(AccountManage, post.Unit) {
		k.Need(false, "unit", "org.account.unit_beyond")
		return k.Err()
	}
	if slices.ContainsFunc(tree.Under(post.Unit), func(u string) bool { return !who.Covers(AccountManage, u) }) {
		k.Need(false, "unit", "org.account.unit_beyond")
	}
	for _, perm := range p.policy[post.Role] {
		if !who.Covers(perm, post.Unit) {
			k.Need(false, "role", "org.post.beyond")
			break
		}
	}
	return k.Err()
}

// EndPost ends a post today; one that has not begun is gone.
func (p *People) EndPost(ctx context.Context, who access.Actor, id, post ident.ID) error {
	_, err := p.manage(ctx, who, id, 0, func(ctx context.Context, tx *db.Tx, a *Account) error {
		posts, err := postsOf(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(posts, func(x Post) bool { return x.ID == post })
		if i < 0 {
			return fault.New(fault.Missing, "fault.missing")
		}
		was, today := posts[i], p.today()
		if was.Until != "" && was.Until <= today {
			return fault.New(fault.Conflict, "org.post.already_ended")
		}
		if a.ID == who.ID && slices.Contains(p.policy[was.Role], AccountManage) {
			return fault.New(fault.Conflict, "org.account.not_oneself")
		}
		if was.From >= today {
			_, err = tx.NewDelete().Model(&was).WherePK().Exec(ctx)
		} else {
			_, err = tx.NewRaw("UPDATE account_role SET until_date = ? WHERE id = ?", today, was.ID).Exec(ctx)
		}
		if err != nil {
			return db.Sorted(err)
		}
		if err := saveAccount(ctx, tx, a); err != nil {
			return err
		}
		return trail.Write(ctx, tx, p.machine.Now(), who, "org.post.ended", string(a.ID), map[string][2]any{
			"role": {was.Role, nil}, "unit": {was.Unit, nil}, "until": {was.Until, today}}, trail.At(a.Unit))
	})
	return err
}

// Review is a post over a unit that has ended, with what it reaches now.
type Review struct {
	Post  Post
	Was   string   // the unit's last name
	Units []string // codes of what took over
}

// PostsToReview are the posts in force over units that have ended: they reach what
// took over from the unit until a person decides.
func (p *People) PostsToReview(ctx context.Context, who access.Actor) ([]Review, error) {
	if err := who.Need(AccountManage); err != nil {
		return nil, err
	}
	atlas, err := p.units.Atlas(ctx)
	if err != nil {
		return nil, err
	}
	date := p.today()
	tree := atlas.Tree(date)
	var posts []Post
	err = p.db.Read().NewSelect().Model(&posts).Join("JOIN account AS a ON a.id = r.account").Apply(who.Within(AccountManage, "a.unit")).
		Where("r.unit <> ''").Where("r.from_date <= ?", date).Where("r.until_date = '' OR r.until_date > ?", date).Order("r.unit", "r.id").Scan(ctx)
	if err != nil {
		return nil, db.Sorted(err)
	}
	var list []Review
	for _, post := range posts {
		if _, lives := tree.Unit(post.Unit); !lives {
			list = append(list, Review{Post: post, Was: atlas.Name(post.Unit, date), Units: atlas.Scope(post.Unit, date)})
		}
	}
	return list, nil
}
