package knowledge

import (
	"context"
	"strconv"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/alike"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/search"
)

func noText(n int64) string { return strconv.FormatInt(n, 10) }

func keepEdition(ctx context.Context, tx *db.Tx, a Article, note string) error {
	e := Edition{Article: a.ID, No: a.Edition, At: a.ChangedAt, Author: a.ChangedBy, Note: note, Title: a.Title, Lead: a.Lead, Body: a.Body}
	_, err := tx.NewInsert().Model(&e).Exec(ctx)
	return db.Sorted(err)
}

func edition(ctx context.Context, from bun.IDB, article ident.ID, no int64) (Edition, error) {
	var e Edition
	err := from.NewSelect().Model(&e).Where("ke.article = ?", article).Where("ke.no = ?", no).Scan(ctx)
	return e, db.Sorted(err)
}

// Get is an article that the reader may see.
func (s *Service) Get(ctx context.Context, who access.Actor, seq int64) (Article, error) {
	return s.one(ctx, who, "ka.seq = ?", seq)
}

// ByID is Get by the key that the search index keeps.
func (s *Service) ByID(ctx context.Context, who access.Actor, id ident.ID) (Article, error) {
	return s.one(ctx, who, "ka.id = ?", id)
}

func (s *Service) one(ctx context.Context, who access.Actor, where string, key any) (Article, error) {
	var a Article
	if err := s.DB.Read().NewSelect().Model(&a).Where(where, key).Scan(ctx); err != nil {
		return a, db.Sorted(err)
	}
	if !a.visible(who) {
		return Article{}, fault.New(fault.Missing, "fault.missing")
	}
	return a, nil
}

// Filter narrows the list; empty fields do not narrow. State is for writers.
type Filter struct {
	State   State
	Service helpdesk.Category
	Words   string
}

// mostFound is how many articles a search shows.
const mostFound = 30

// List is a page of the articles that the reader may see, the newest first; a search
// gives the best first.
func (s *Service) List(ctx context.Context, who access.Actor, f Filter, r page.Request) (page.Page[Article], error) {
	if f.State == "" || !who.May(Edit) {
		f.State = Published
	}
	if f.Words != "" {
		return s.found(ctx, who, f)
	}
	var rows []Article
	q := s.DB.Read().NewSelect().Model(&rows).ExcludeColumn("body").Where("ka.state = ?", f.State).Where("ka.audience IN (?)", bun.List(readable(who)))
	if f.Service != "" {
		q = q.Where("ka.service = ?", f.Service)
	}
	err := q.Apply(r.On("ka.seq")).Scan(ctx)
	return page.Cut(r, rows, func(a Article) []string { return []string{noText(a.Seq)} }), db.Sorted(err)
}

func (s *Service) found(ctx context.Context, who access.Actor, f Filter) (page.Page[Article], error) {
	p := page.Page[Article]{First: true}
	hits, err := search.Find(ctx, s.DB, f.Words, s.SearchScopes(who), mostFound)
	if err != nil || len(hits) == 0 {
		return p, err
	}
	ids := make([]ident.ID, len(hits))
	for i, h := range hits {
		ids[i] = ident.ID(h.Subject)
	}
	var rows []Article
	if err := s.DB.Read().NewSelect().Model(&rows).ExcludeColumn("body").Where("ka.id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return p, db.Sorted(err)
	}
	by := map[ident.ID]Article{}
	for _, a := range rows {
		by[a.ID] = a
	}
	for _, id := range ids {
		if a, ok := by[id]; ok && a.visible(who) && (f.Service == "" || a.Service == f.Service) {
			p.Items = append(p.Items, a)
		}
	}
	return p, nil
}

// Limits of suggestions: how many articles are looked at, the newest changes first,
// and how many are shown.
const (
	mostLooked = 1000
	mostLikely = 3
)

// sameService is how much likelier an article of the service asked about is.
const sameService = 0.08

// Likely are the articles that may answer what somebody types, the likeliest first.
// Unlike a search it does not ask for every word.
func (s *Service) Likely(ctx context.Context, who access.Actor, service helpdesk.Category, words ...string) ([]Article, error) {
	typed := alike.Of(words...)
	if typed.Empty() {
		return nil, nil
	}
	var rows []Article
	err := s.DB.Read().NewSelect().Model(&rows).Column("seq", "id", "title", "lead", "service", "audience", "state").Where("ka.state = ?", Published).
		Where("ka.audience IN (?)", bun.List(readable(who))).Order("ka.seq DESC").Limit(mostLooked).Scan(ctx)
	if err != nil {
		return nil, db.Sorted(err)
	}
	var best []Article
	var scores []float64
	for _, a := range rows {
		score := max(typed.Score(alike.Of(a.Title)), typed.Score(alike.Of(a.Title, a.Lead)))
		if service != "" && a.Service == service {
			score += sameService
		}
		if score < alike.Near {
			continue
		}
		at := len(best)
		for at > 0 && scores[at-1] < score {
			at--
		}
		best, scores = insert(best, at, a), insert(scores, at, score)
		best, scores = best[:min(len(best), mostLikely)], scores[:min(len(scores), mostLikely)]
	}
	return best, nil
}

func insert[T any](all []T, at int, one T) []T {
	all = append(all, one)
	copy(all[at+1:], all[at:])
	all[at] = one
	return all
}

// Editions are an article's editions, newest first, without their bodies.
func (s *Service) Editions(ctx context.Context, who access.Actor, seq int64) (Article, []Edition, error) {
	if err := who.Need(Edit); err != nil {
		return Article{}, nil, err
	}
	a, err := s.Get(ctx, who, seq)
	if err != nil {
		return a, nil, err
	}
	var rows []Edition
	err = s.DB.Read().NewSelect().Model(&rows).ExcludeColumn("body").Where("ke.article = ?", a.ID).Order("ke.no DESC").Limit(200).Scan(ctx)
	return a, rows, db.Sorted(err)
}

// Compared is an edition beside the one before it.
func (s *Service) Compared(ctx context.Context, who access.Actor, seq, no int64) (a Article, before, after Edition, err error) {
	if err = who.Need(Edit); err != nil {
		return
	}
	if a, err = s.Get(ctx, who, seq); err != nil {
		return
	}
	if after, err = edition(ctx, s.DB.Read(), a.ID, no); err != nil || no == 1 {
		return
	}
	before, err = edition(ctx, s.DB.Read(), a.ID, no-1)
	return
}

// Words are the newest verdicts that say something, for the writers.
func (s *Service) Words(ctx context.Context, who access.Actor, article ident.ID) ([]Feedback, error) {
	if !who.May(Edit) {
		return nil, nil
	}
	var rows []Feedback
	err := s.DB.Read().NewSelect().Model(&rows).Where("kf.article = ?", article).Where("kf.words <> ''").Order("kf.id DESC").Limit(20).Scan(ctx)
	return rows, db.Sorted(err)
}

// Picture is a picture of an article that the reader may see.
func (s *Service) Picture(ctx context.Context, who access.Actor, seq int64, id ident.ID) (files.File, error) {
	a, err := s.Get(ctx, who, seq)
	if err != nil {
		return files.File{}, err
	}
	f, err := s.Files.Get(ctx, area, id)
	if err == nil && f.Subject != string(a.ID) {
		err = fault.New(fault.Missing, "fault.missing")
	}
	return f, err
}

// due are the published articles whose day of review has come.
func due(ctx context.Context, from bun.IDB, owner ident.ID, day string) ([]Article, error) {
	var rows []Article
	q := from.NewSelect().Model(&rows).ExcludeColumn("body").Where("ka.state = ?", Published).Where("ka.review_on <= ?", day)
	if owner != "" {
		q = q.Where("ka.owner = ?", owner)
	}
	err := q.Order("ka.review_on", "ka.seq").Limit(100).Scan(ctx)
	return rows, db.Sorted(err)
}

// today is the city's day.
func (s *Service) today() string { return clock.Date(s.Business.Now()) }
