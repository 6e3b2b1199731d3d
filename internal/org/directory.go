package org

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/phone"
	"lotrinh/internal/kit/trail"
)

// PersonFilter narrows a list of people; empty fields do not narrow.
type PersonFilter struct {
	Text  string // name, login or telephone
	Role  access.Role
	Unit  string // the person works in this part of the city
	State State
}

// Person is an account with its posts of today.
type Person struct {
	Account
	Posts []Post
}

// List is a page of people by name, within the reader's reach. It is a reading of
// personal data: one entry of the trail says whom it showed.
func (p *People) List(ctx context.Context, who access.Actor, f PersonFilter, r page.Request) (page.Page[Person], error) {
	if err := who.Need(AccountRead); err != nil {
		return page.Page[Person]{}, err
	}
	tree, err := p.units.On(ctx, p.today())
	if err != nil {
		return page.Page[Person]{}, err
	}
	var rows []Account
	err = p.db.Read().NewSelect().Model(&rows).Apply(who.Within(AccountRead, "a.unit"), f.narrow(tree, p.today()), r.Up("a.fold", "a.id")).Scan(ctx)
	if err != nil {
		return page.Page[Person]{}, db.Sorted(err)
	}
	cut := page.Cut(r, rows, func(a Account) []string { return []string{a.Fold, string(a.ID)} })
	people, err := p.withPosts(ctx, cut.Items)
	if err != nil {
		return page.Page[Person]{}, err
	}
	return page.Page[Person]{Items: people, Next: cut.Next, First: cut.First}, p.seen(ctx, who, people)
}

func (f PersonFilter) narrow(tree *Tree, date string) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		for _, w := range fold.Words(f.Text) {
			like := "%" + w + "%" // folded words hold no sign of a pattern
			q = q.Where("(a.fold LIKE ? OR a.phone LIKE ?)", like, like)
		}
		if f.Unit != "" {
			q = q.Where("a.unit IN (?)", bun.List(tree.Under(f.Unit)))
		}
		if f.State != "" {
			q = q.Where("a.state = ?", f.State)
		}
		if f.Role != "" {
			q = q.Where("EXISTS (SELECT 1 FROM account_role AS r WHERE r.account = a.id AND r.role = ? AND r.from_date <= ? AND (r.until_date = '' OR r.until_date > ?))", f.Role, date, date)
		}
		return q
	}
}

func (p *People) withPosts(ctx context.Context, rows []Account) ([]Person, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	people := make([]Person, len(rows))
	ids := make([]ident.ID, len(rows))
	at := map[ident.ID]int{}
	for i, a := range rows {
		people[i].Account, ids[i], at[a.ID] = a, a.ID, i
	}
	posts, err := postsOf(ctx, p.db.Read(), ids...)
	date := p.today()
	for _, post := range posts {
		if post.On(date) {
			i := at[post.Account]
			people[i].Posts = append(people[i].Posts, post)
		}
	}
	return people, err
}

func (p *People) seen(ctx context.Context, who access.Actor, people []Person) error {
	if who.IsSystem() || len(people) == 0 {
		return nil
	}
	ids := make([]string, len(people))
	for i, one := range people {
		ids[i] = string(one.ID)
	}
	return p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		return trail.Seen(ctx, tx, p.machine.Now(), who, "org.account.seen", ids)
	})
}

// Find is the first people that a search finds, for a box that searches everything.
func (p *People) Find(ctx context.Context, who access.Actor, text string, limit int) ([]Person, error) {
	if len(fold.Words(text)) == 0 || !who.May(AccountRead) {
		return nil, nil
	}
	r := page.Request{Limit: limit}
	found, err := p.List(ctx, who, PersonFilter{Text: text, State: Active}, r)
	return found.Items, err
}

// Get is one person with all posts, past and coming ones too; the reading is an entry
// of the trail, unless it is one's own.
func (p *People) Get(ctx context.Context, who access.Actor, id ident.ID) (Person, error) {
	own := who.SignedIn() && who.ID == id
	if !own {
		if err := who.Need(AccountRead); err != nil {
			return Person{}, err
		}
	}
	var a Account
	q := p.db.Read().NewSelect().Model(&a).Where("a.id = ?", id)
	if !own {
		q = q.Apply(who.Within(AccountRead, "a.unit"))
	}
	if err := q.Scan(ctx); err != nil {
		return Person{}, db.Sorted(err)
	}
	posts, err := postsOf(ctx, p.db.Read(), a.ID)
	one := Person{Account: a, Posts: posts}
	if err != nil || own {
		return one, err
	}
	return one, p.seen(ctx, who, []Person{one})
}

// ByPhone is the active people with this telephone number, whom a hotline agent may
// see: the caller on the screen.
func (p *People) ByPhone(ctx context.Context, who access.Actor, number string) ([]Person, error) {
	if err := who.Need(AccountRead); err != nil {
		return nil, err
	}
	n, ok := phone.Normal(number)
	if !ok {
		return nil, nil
	}
	var rows []Account
	err := p.db.Read().NewSelect().Model(&rows).Where("a.phone IN (?)", bun.List(phone.Alike(n))).Where("a.phone <> ''").Where("a.state = ?", Active).
		Apply(who.Within(AccountRead, "a.unit")).Order("a.fold", "a.id").Limit(10).Scan(ctx)
	if err != nil {
		return nil, db.Sorted(err)
	}
	people, err := p.withPosts(ctx, rows)
	if err != nil {
		return nil, err
	}
	return people, p.seen(ctx, who, people)
}

// Names are what colleagues are called, for pages that show who did something: a name
// without the rest of the record. Unknown keys are left out.
func (p *People) Names(ctx context.Context, ids []ident.ID) (map[ident.ID]string, error) {
	names := map[ident.ID]string{}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	if len(ids) == 0 {
		return names, nil
	}
	var rows []Account
	err := p.db.Read().NewSelect().Model(&rows).Column("id", "name").Where("a.id IN (?)", bun.List(ids)).Scan(ctx)
	for _, a := range rows {
		names[a.ID] = a.Name
	}
	return names, db.Sorted(err)
}

// Holders are the active people whose post of this role reaches the unit today; an
// empty unit asks for those who hold it anywhere. For assigning and notifying: it is
// work of the system, not a reading by a person.
func (p *People) Holders(ctx context.Context, role access.Role, unit string) ([]Account, error) {
	atlas, err := p.units.Atlas(ctx)
	if err != nil {
		return nil, err
	}
	date := p.today()
	var posts []Post
	err = p.db.Read().NewSelect().Model(&posts).Where("r.role = ?", role).Where("r.from_date <= ?", date).
		Where("r.until_date = '' OR r.until_date > ?", date).Scan(ctx)
	if err != nil {
		return nil, db.Sorted(err)
	}
	var ids []ident.ID
	for _, post := range posts {
		g := post.grant(atlas, date)
		if unit == "" || g.Everywhere || slices.Contains(g.Units, unit) {
			ids = append(ids, post.Account)
		}
	}
	var rows []Account
	if len(ids) == 0 {
		return nil, nil
	}
	err = p.db.Read().NewSelect().Model(&rows).Where("a.id IN (?)", bun.List(ids)).Where("a.state = ?", Active).Order("a.fold", "a.id").Scan(ctx)
	return rows, db.Sorted(err)
}

// RolesOf are the roles among posts, each once, in the order of Roles.
func RolesOf(posts []Post) []access.Role {
	var list []access.Role
	for _, r := range Roles {
		if slices.ContainsFunc(posts, func(p Post) bool { return p.Role == r }) {
			list = append(list, r)
		}
	}
	return list
}
