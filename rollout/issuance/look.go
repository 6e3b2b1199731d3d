package issuance

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
)

// Filter narrows a list of requests; empty fields do not narrow.
type Filter struct {
	Unit  string // a commune or a district
	State State
	Text  string // name or login
	Never bool   // issued or handed out, and its owner has never come in
}

func (s *Service) narrow(ctx context.Context, f Filter) (func(*bun.SelectQuery) *bun.SelectQuery, error) {
	var units []string
	if f.Unit != "" {
		tree, err := s.tree(ctx)
		if err != nil {
			return nil, err
		}
		units = tree.Under(f.Unit)
	}
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		switch {
		case f.Never:
			q = q.Where("iq.state = ?", Issued)
		case f.State != "":
			q = q.Where("iq.state = ?", f.State)
		}
		if f.Unit != "" {
			q = q.Where("iq.unit IN (?)", bun.List(units))
		}
		for _, w := range fold.Words(f.Text) {
			like := "%" + w + "%" // folded words hold no sign of a pattern
			q = q.Where("(iq.name_fold LIKE ? OR iq.login LIKE ?)", like, like)
		}
		return q
	}, nil
}

// List is a page of requests by commune and name, within the reader's reach. It is a
// reading of personal data: one entry of the trail says whom it showed.
func (s *Service) List(ctx context.Context, who access.Actor, f Filter, r page.Request) (page.Page[Request], error) {
	if err := who.Need(Look); err != nil {
		return page.Page[Request]{}, err
	}
	narrow, err := s.narrow(ctx, f)
	if err != nil {
		return page.Page[Request]{}, err
	}
	var rows []Request
	err = s.DB.Read().NewSelect().Model(&rows).Apply(who.Within(Look, "iq.unit"), narrow, r.Up("iq.unit", "iq.name_fold", "iq.id")).Scan(ctx)
	if err != nil {
		return page.Page[Request]{}, db.Sorted(err)
	}
	cut := page.Cut(r, rows, func(r Request) []string { return []string{r.Unit, r.NameFold, string(r.ID)} })
	return cut, s.seen(ctx, who, cut.Items)
}

func (s *Service) seen(ctx context.Context, who access.Actor, rows []Request) error {
	if who.IsSystem() || len(rows) == 0 {
		return nil
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = string(r.ID)
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		return trail.Seen(ctx, tx, s.Machine.Now(), who, "rollout.accounts.seen", ids)
	})
}

// Counts are how many requests of the reader's reach stand in each state, under a unit.
// There are some thousands in a city, one for each officer.
func (s *Service) Counts(ctx context.Context, who access.Actor, unit string) (map[State]int64, error) {
	narrow, err := s.narrow(ctx, Filter{Unit: unit})
	if err != nil {
		return nil, err
	}
	var rows []struct {
		State State
		N     int64
	}
	err = s.DB.Read().NewSelect().TableExpr("issue_request AS iq").ColumnExpr("iq.state, count(*) AS n").Apply(who.Within(Look, "iq.unit"), narrow).
		Group("iq.state").Scan(ctx, &rows)
	out := map[State]int64{}
	for _, r := range rows {
		out[r.State] = r.N
	}
	return out, db.Sorted(err)
}

// Person is a request with what is known around it.
type Person struct {
	Request
	Twins   []Twin
	Trained bool
	Posts   []org.Post // of the account, past and coming ones too
	Began   time.Time  // when the owner first came in; zero when not yet
}

// Get is one request with its twins and its person's history; the reading is an entry of
// the trail.
func (s *Service) Get(ctx context.Context, who access.Actor, id ident.ID) (Person, error) {
	r, err := byID(ctx, s.DB.Read(), who, Look, id)
	if err != nil {
		return Person{}, err
	}
	p := Person{Request: r}
	if r.State == Asked || r.State == Refused {
		twins, err := s.twins(ctx, s.DB.Read(), []Request{r})
		if err != nil {
			return Person{}, err
		}
		p.Twins = twins[r.ID]
	}
	can, err := s.trained(ctx, s.DB.Read(), []Request{r})
	if err != nil {
		return Person{}, err
	}
	p.Trained = can[r.ID]
	if r.Account != "" {
		one, err := s.People.Get(ctx, access.System("accounts"), r.Account)
		if err != nil {
			return Person{}, err
		}
		p.Posts, p.Began = one.Posts, one.ActivatedAt
		slices.SortStableFunc(p.Posts, func(a, b org.Post) int { return strings.Compare(a.From, b.From) })
	}
	return p, s.seen(ctx, who, []Request{r})
}

// Batches are the last batches that the reader may see, newest first.
func (s *Service) Batches(ctx context.Context, who access.Actor, r page.Request) (page.Page[Batch], error) {
	if err := who.Need(Issue); err != nil {
		return page.Page[Batch]{}, err
	}
	var rows []Batch
	err := s.DB.Read().NewSelect().Model(&rows).Apply(who.Within(Issue, "ib.unit"), r.On("ib.id")).Scan(ctx)
	return page.Cut(r, rows, func(b Batch) []string { return []string{string(b.ID)} }), db.Sorted(err)
}

// BatchView is a batch with how many of its slips wait to be printed.
type BatchView struct {
	Batch
	Unprinted, NotIn int64
}

// Batch is one batch.
func (s *Service) Batch(ctx context.Context, who access.Actor, id ident.ID) (BatchView, error) {
	if err := who.Need(Issue); err != nil {
		return BatchView{}, err
	}
	var v BatchView
	if err := s.DB.Read().NewSelect().Model(&v.Batch).Where("ib.id = ?", id).Apply(who.Within(Issue, "ib.unit")).Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	for _, one := range []struct {
		into  *int64
		where string
	}{{&v.Unprinted, "iq.handed_at IS NULL AND iq.channel = 'slip'"}, {&v.NotIn, "iq.handed_at IS NOT NULL"}} {
		n, err := s.DB.Read().NewSelect().Model((*Request)(nil)).Where("iq.batch = ?", id).Where("iq.batch <> ''").Where("iq.state = ?", Issued).Where(one.where).Count(ctx)
		if err != nil {
			return v, db.Sorted(err)
		}
		*one.into = n
	}
	return v, nil
}

// exportMost is how many rows one export holds.
const exportMost = 20_000

// Export gives the requests of a filter row by row for other systems: no password and no
// trace of one is among them. The export is an entry of the trail.
func (s *Service) Export(ctx context.Context, who access.Actor, f Filter) (iter.Seq2[Request, error], error) {
	if err := who.Need(Look); err != nil {
		return nil, err
	}
	narrow, err := s.narrow(ctx, f)
	if err != nil {
		return nil, err
	}
	var rows []Request
	err = s.DB.Read().NewSelect().Model(&rows).Apply(who.Within(Look, "iq.unit"), narrow).Order("iq.unit", "iq.name_fold", "iq.id").Limit(exportMost + 1).Scan(ctx)
	if err != nil {
		return nil, db.Sorted(err)
	}
	if len(rows) > exportMost {
		return nil, fault.New(fault.Invalid, "issuance.export.many", "limit", exportMost)
	}
	if err := s.exported(ctx, who, rows); err != nil {
		return nil, err
	}
	return func(yield func(Request, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}, nil
}

func (s *Service) exported(ctx context.Context, who access.Actor, rows []Request) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		return trail.Write(ctx, tx, s.Machine.Now(), who, "rollout.accounts.exported", "", map[string][2]any{"rows": {nil, len(rows)}}, trail.At(who.Home))
	})
}
