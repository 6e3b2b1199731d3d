package succession

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
)

const postTab = "account_role"

// people is how accounts and their posts follow: a person works on at the heir, a post
// over a unit that ends becomes posts over what took over.
func people() Participant {
	return Tables{Area: "succession.area.people", Moves: []Table{
		{Name: "account", ByUnit: true, Where: "t.state <> 'closed'", Version: "version", Label: "succession.row.account", Rule: RulePerson},
	}, Stays: []string{"file", "trail_entry", "import_run", "unit_version", "unit_change"}, Beside: Beside{
		Look: func(ctx context.Context, q bun.IDB, p Plan) (Report, error) {
			n, err := scopes(ctx, q, p)
			return Report{Moved: []Moved{{"succession.row.post", RuleScope, n}}}, err
		},
		Begin: movePosts, Back: takeBackPosts, Tables: []string{postTab},
	}}
}

// held selects the posts that a plan ends: over units that are no more, still held on its
// day or later.
func held(q bun.IDB, into any, p Plan) *bun.SelectQuery {
	return q.NewSelect().Model(into).Where("r.unit IN (?)", bun.List(p.Ended)).Where("r.until_date = '' OR r.until_date > ?", p.Day)
}

// scopes counts the posts that a plan ends.
func scopes(ctx context.Context, q bun.IDB, p Plan) (int64, error) {
	if len(p.Ended) == 0 {
		return 0, nil
	}
	n, err := held(q, (*org.Post)(nil), p).Count(ctx)
	return n, db.Sorted(err)
}

// reach is what a post over a unit becomes: all successors of a district, the heir of a
// commune.
func (p Plan) reach(unit string) []string {
	if p.after != nil {
		eve, err := eveOf(p.Day)
		if u, ok := p.after.Version(unit, eve); err == nil && ok && u.Level == org.Commune {
			return []string{p.Heir[unit]}
		}
	}
	return p.Heirs[unit]
}

type place struct {
	account ident.ID
	role    access.Role
	unit    string
}

func movePosts(ctx context.Context, tx *db.Tx, p Plan, who access.Actor) (Report, error) {
	r := Report{Moved: []Moved{{"succession.row.post", RuleScope, 0}}}
	if len(p.Ended) == 0 {
		return r, nil
	}
	var ended, others []org.Post
	if err := held(tx, &ended, p).Order("r.id").Scan(ctx); err != nil {
		return r, db.Sorted(err)
	}
	if len(ended) == 0 {
		return r, nil
	}
	if err := tx.NewSelect().Model(&others).Where("r.unit <> '' AND r.from_date <= ?", p.Day).Where("r.until_date = ''").Scan(ctx); err != nil {
		return r, db.Sorted(err)
	}
	has := map[place]bool{}
	for _, o := range others {
		has[place{o.Account, o.Role, o.Unit}] = true
	}
	var entries []Entry
	var fresh []org.Post
	var reviews []Review
	at := p.At
	for _, post := range ended {
		until := max(p.Day, post.From)
		entries = append(entries, Entry{Set: p.Set, Tab: postTab, Key: string(post.ID), Was: "until:" + post.Until, Became: "until:" + until})
		units := p.reach(post.Unit)
		for _, u := range units {
			if to := (place{post.Account, post.Role, u}); !has[to] {
				has[to] = post.Until == ""
				x := org.Post{ID: ident.New(at), Account: post.Account, Role: post.Role, Unit: u, From: until, Until: post.Until, GrantedAt: at, GrantedBy: who.ID}
				fresh = append(fresh, x)
				entries = append(entries, Entry{Set: p.Set, Tab: postTab, Key: string(x.ID), Became: "new"})
			}
		}
		reviews = append(reviews, Review{ID: ident.New(at), Set: p.Set, Account: post.Account, Role: post.Role, Was: post.Unit, Units: strings.Join(units, " "), State: Unseen})
	}
	r.Moved[0].Rows = int64(len(ended))
	return r, writePosts(ctx, tx, p, entries, fresh, reviews)
}

func writePosts(ctx context.Context, tx *db.Tx, p Plan, entries []Entry, fresh []org.Post, reviews []Review) error {
	if err := Note(ctx, tx, entries...); err != nil {
		return err
	}
	_, err := tx.NewRaw("UPDATE account_role AS t SET until_date = substr(j.became, 7) FROM succession_journal AS j WHERE j.set_id = ? AND j.tab = ? AND j.key = t.id AND j.was <> ''", p.Set, postTab).Exec(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	for part := range slices.Chunk(fresh, 500) {
		if _, err := tx.NewInsert().Model(&part).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	for part := range slices.Chunk(reviews, 500) {
		if _, err := tx.NewInsert().Model(&part).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return countAccounts(ctx, tx, p)
}

// countAccounts raises the version of every account whose posts changed: so its next
// request is answered with the posts as they are.
func countAccounts(ctx context.Context, tx *db.Tx, p Plan) error {
	_, err := tx.NewRaw("UPDATE account SET version = version + 1 WHERE id IN (SELECT r.account FROM account_role AS r JOIN succession_journal AS j ON j.key = r.id WHERE j.set_id = ? AND j.tab = ?)", p.Set, postTab).Exec(ctx)
	return db.Sorted(err)
}

func takeBackPosts(ctx context.Context, tx *db.Tx, p Plan) error {
	if len(p.Begun) > 0 {
		var n int64
		err := tx.NewRaw("SELECT count(*) FROM account_role AS t WHERE t.unit IN (?) AND NOT EXISTS (SELECT 1 FROM succession_journal AS j WHERE j.set_id = ? AND j.tab = ? AND j.key = t.id)",
			bun.List(p.Begun), p.Set, postTab).Scan(ctx, &n)
		if err != nil {
			return db.Sorted(err)
		}
		if n > 0 {
			return fault.New(fault.Conflict, "succession.rests", "rows", n, "what", i18n.Key("succession.row.post"))
		}
	}
	if err := countAccounts(ctx, tx, p); err != nil {
		return err
	}
	_, err := tx.NewRaw("DELETE FROM account_role WHERE id IN (SELECT j.key FROM succession_journal AS j WHERE j.set_id = ? AND j.tab = ? AND j.was = '')", p.Set, postTab).Exec(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	_, err = tx.NewRaw("UPDATE account_role AS t SET until_date = substr(j.was, 7) FROM succession_journal AS j WHERE j.set_id = ? AND j.tab = ? AND j.key = t.id AND j.was <> ''", p.Set, postTab).Exec(ctx)
	return db.Sorted(err)
}

// Seen is whether a person looked at a post that a succession moved.
type Seen string

// What was said of it: nobody looked yet, it is right, it was taken away.
const (
	Unseen Seen = "open"
	Kept   Seen = "kept"
	Taken  Seen = "taken"
)

// Review is a post over a unit that ended, with what it became.
type Review struct {
	bun.BaseModel `bun:"table:succession_review,alias:sr"`
	ID            ident.ID    `bun:"id,pk"`
	Set           ident.ID    `bun:"set_id"`
	Account       ident.ID    `bun:"account"`
	Role          access.Role `bun:"role"`
	Was           string      `bun:"was"`
	Units         string      `bun:"units"` // codes, with blanks between
	State         Seen        `bun:"state"`
	DecidedBy     ident.ID    `bun:"decided_by"`
	DecidedName   string      `bun:"decided_name"`
	DecidedAt     time.Time   `bun:"decided_at,nullzero"`
	Name          string      `bun:"name,scanonly"` // of the person
}

// Reviews are the posts that nobody looked at yet.
func (s *Service) Reviews(ctx context.Context, who access.Actor, r page.Request) (page.Page[Review], error) {
	if err := who.Need(org.AccountManage); err != nil {
		return page.Page[Review]{}, err
	}
	var rows []Review
	err := s.db.Read().NewSelect().Model(&rows).ColumnExpr("sr.*, a.name").Join("JOIN account AS a ON a.id = sr.account").
		Apply(who.Within(org.AccountManage, "a.unit")).Where("sr.state = 'open'").Apply(r.On("sr.id")).Scan(ctx)
	return page.Cut(r, rows, func(x Review) []string { return []string{string(x.ID)} }), db.Sorted(err)
}

// Decide says that a moved post is right, or takes it away from the day of its set on.
func (s *Service) Decide(ctx context.Context, who access.Actor, id ident.ID, keep bool) error {
	if err := who.Need(org.AccountManage); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var r Review
		if err := tx.NewSelect().Model(&r).Where("sr.id = ?", id).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		var home string
		if err := tx.NewSelect().Table("account").Column("unit").Where("id = ?", r.Account).Scan(ctx, &home); err != nil {
			return db.Sorted(err)
		}
		if err := who.NeedAt(org.AccountManage, home); err != nil {
			return err
		}
		if r.State != Unseen {
			return fault.New(fault.Conflict, "succession.reviewed")
		}
		now := s.machine.Now()
		r.State, r.DecidedBy, r.DecidedName, r.DecidedAt = Kept, who.ID, who.Name, now
		if !keep {
			r.State = Taken
			if err := takeAway(ctx, tx, r, clock.Date(s.business.Now())); err != nil {
				return err
			}
		}
		if err := db.Changed(tx.NewUpdate().Model(&r).Column("state", "decided_by", "decided_name", "decided_at").Where("id = ? AND state = 'open'", r.ID).Exec(ctx)); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "org.succession.post_reviewed", string(r.Account), map[string][2]any{
			"role": {r.Role, r.Role}, "was": {r.Was, ""}, "state": {Unseen, r.State}}, trail.At(home))
	})
}

// takeAway ends what a post became: today, or before it began.
func takeAway(ctx context.Context, tx *db.Tx, r Review, today string) error {
	_, err := tx.NewRaw("UPDATE account_role SET until_date = CASE WHEN from_date < ? THEN ? ELSE from_date END WHERE account = ? AND role = ? AND unit IN (?) AND id IN (SELECT j.key FROM succession_journal AS j WHERE j.set_id = ? AND j.tab = ? AND j.was = '')",
		today, today, r.Account, r.Role, bun.List(strings.Fields(r.Units)), r.Set, postTab).Exec(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	_, err = tx.NewRaw("UPDATE account SET version = version + 1 WHERE id = ?", r.Account).Exec(ctx)
	return db.Sorted(err)
}
