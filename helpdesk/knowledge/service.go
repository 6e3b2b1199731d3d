package knowledge

import (
	"context"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/search"
	"lotrinh/internal/kit/trail"
)

// area is how kit packages know us.
const area = "knowledge"

// People knows names; app fits org behind it.
type People interface {
	// Names are the names of accounts, in one query.
	Names(ctx context.Context, accounts []ident.ID) (map[ident.ID]string, error)
}

// Deps is what the collection stands on.
type Deps struct {
	DB       *db.DB
	Business clock.Clock
	People   People
	Files    *files.Store
	BaseURL  string // the address that people use, for links in answers
}

// Service is the collection of articles.
type Service struct {
	Deps
}

// New is the collection over its neighbours.
func New(d Deps) *Service { return &Service{d} }

// Write makes an article, a draft that only its writers see.
func (s *Service) Write(ctx context.Context, who access.Actor, x Text, pictures ...files.Blob) (Article, error) {
	if err := who.Need(Edit); err != nil {
		return Article{}, err
	}
	now := s.Business.Now()
	if err := x.check(now); err != nil {
		return Article{}, err
	}
	a := Article{ID: ident.New(now), State: Draft, Owner: who.ID, MadeAt: now}
	a.take(x, now, who)
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&a).ExcludeColumn("seq").Returning("seq").Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		if err := keepEdition(ctx, tx, a, x.Note); err != nil {
			return err
		}
		if err := attach(ctx, tx, now, who, a, pictures); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "helpdesk.article.written", string(a.ID), map[string][2]any{"audience": {"", a.Audience}})
	})
	return a, err
}

// take puts what was typed into the article, as its next edition.
func (a *Article) take(x Text, now time.Time, who access.Actor) {
	a.Title, a.Lead, a.Body, a.Service, a.Audience, a.ReviewOn = x.Title, x.Lead, x.Body, x.Service, x.Audience, x.ReviewOn
	a.Edition++
	a.ChangedAt, a.ChangedBy = now, who.ID
	a.Version++
}

func attach(ctx context.Context, tx *db.Tx, now time.Time, who access.Actor, a Article, pictures []files.Blob) error {
	for _, b := range pictures {
		if _, err := files.Attach(ctx, tx, now, who, b, files.Owner{Area: area, Subject: string(a.ID)}); err != nil {
			return err
		}
	}
	return nil
}

// change runs a use case of the writers on one article and saves it with its place in
// the search index.
func (s *Service) change(ctx context.Context, who access.Actor, seq, version int64, do func(ctx context.Context, tx *db.Tx, now time.Time, a *Article) error) (Article, error) {
	var a Article
	if err := who.Need(Edit); err != nil {
		return a, err
	}
	now := s.Business.Now()
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		a = Article{}
		if err := tx.NewSelect().Model(&a).Where("ka.seq = ?", seq).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if version != 0 && version != a.Version {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		before := a.Version
		if err := do(ctx, tx, now, &a); err != nil {
			return err
		}
		if a.Version == before {
			a.Version++
		}
		err := db.Changed(tx.NewUpdate().Model(&a).ExcludeColumn("seq", "id", "made_at", "helped", "failed", "answered", "used").
			Where("ka.seq = ?", seq).Where("ka.version = ?", before).Exec(ctx))
		if err != nil {
			return err
		}
		return index(ctx, tx, a)
	})
	return a, err
}

// Rewrite saves an article's new words as an edition. An article that is published
// shows them at once.
func (s *Service) Rewrite(ctx context.Context, who access.Actor, seq int64, x Text, pictures ...files.Blob) (Article, error) {
	if err := who.Need(Edit); err != nil {
		return Article{}, err
	}
	if err := x.check(s.Business.Now()); err != nil {
		return Article{}, err
	}
	return s.change(ctx, who, seq, x.Version, func(ctx context.Context, tx *db.Tx, now time.Time, a *Article) error {
		return s.rewrite(ctx, tx, now, who, a, x, pictures)
	})
}

func (s *Service) rewrite(ctx context.Context, tx *db.Tx, now time.Time, who access.Actor, a *Article, x Text, pictures []files.Blob) error {
	before := *a
	a.take(x, now, who)
	if err := keepEdition(ctx, tx, *a, x.Note); err != nil {
		return err
	}
	if err := attach(ctx, tx, now, who, *a, pictures); err != nil {
		return err
	}
	return trail.Write(ctx, tx, now, who, "helpdesk.article.rewritten", string(a.ID),
		map[string][2]any{"edition": {before.Edition, a.Edition}, "audience": {before.Audience, a.Audience}})
}

// Restore makes the words of an old edition the newest one.
func (s *Service) Restore(ctx context.Context, who access.Actor, seq, no, version int64) (Article, error) {
	return s.change(ctx, who, seq, version, func(ctx context.Context, tx *db.Tx, now time.Time, a *Article) error {
		old, err := edition(ctx, tx, a.ID, no)
		if err != nil {
			return err
		}
		x := Text{Title: old.Title, Lead: old.Lead, Body: old.Body, Service: a.Service, Audience: a.Audience, ReviewOn: a.ReviewOn}
		before := a.Edition
		a.take(x, now, who)
		e := Edition{Article: a.ID, No: a.Edition, At: now, Author: who.ID, Note: "↺ " + noText(no), Title: a.Title, Lead: a.Lead, Body: a.Body}
		if _, err := tx.NewInsert().Model(&e).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "helpdesk.article.restored", string(a.ID), map[string][2]any{"edition": {before, a.Edition}, "from": {"", no}})
	})
}

// Publish shows an article to its audience.
func (s *Service) Publish(ctx context.Context, who access.Actor, seq, version int64) (Article, error) {
	return s.change(ctx, who, seq, version, func(ctx context.Context, tx *db.Tx, now time.Time, a *Article) error {
		if a.State == Published {
			return fault.New(fault.Conflict, "knowledge.already_published")
		}
		before := a.State
		a.State = Published
		if err := outbox.Write(ctx, tx, now, Happened{topic: "helpdesk.article.published", Article: a.ID, Number: a.Seq, Service: a.Service,
			Audience: a.Audience, Edition: a.Edition, By: who.ID, At: now}); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "helpdesk.article.published", string(a.ID), map[string][2]any{"state": {before, a.State}})
	})
}

// Retire takes an article away from its readers; its history stays.
func (s *Service) Retire(ctx context.Context, who access.Actor, seq, version int64) (Article, error) {
	return s.change(ctx, who, seq, version, func(ctx context.Context, tx *db.Tx, now time.Time, a *Article) error {
		if a.State == Retired {
			return fault.New(fault.Conflict, "knowledge.already_retired")
		}
		before := a.State
		a.State = Retired
		return trail.Write(ctx, tx, now, who, "helpdesk.article.retired", string(a.ID), map[string][2]any{"state": {before, a.State}})
	})
}

// Reviewed says that an article was looked at and still holds, until another day.
func (s *Service) Reviewed(ctx context.Context, who access.Actor, seq, version int64) (Article, error) {
	return s.change(ctx, who, seq, version, func(ctx context.Context, tx *db.Tx, now time.Time, a *Article) error {
		before := a.ReviewOn
		a.ReviewOn = clock.Date(now.AddDate(0, 0, reviewEvery))
		return trail.Write(ctx, tx, now, who, "helpdesk.article.reviewed", string(a.ID), map[string][2]any{"review_on": {before, a.ReviewOn}})
	})
}

// Happened is the body of this package's events.
type Happened struct {
	topic    string
	Article  ident.ID          `json:"article"`
	Number   int64             `json:"number"`
	Service  helpdesk.Category `json:"service,omitempty"`
	Audience Audience          `json:"audience"`
	Edition  int64             `json:"edition"`
	By       ident.ID          `json:"by"`
	At       time.Time         `json:"at"`
}

// Topic is the event's name.
func (h Happened) Topic() string { return h.topic }

// Subject is the article.
func (h Happened) Subject() string { return string(h.Article) }

// kind is the search kind of an audience's articles.
func kind(a Audience) string { return "article_" + string(a) }

// index puts the article where its audience finds it, or takes it away.
func index(ctx context.Context, tx *db.Tx, a Article) error {
	for _, one := range Audiences {
		if a.State != Published || one != a.Audience {
			if err := search.Remove(ctx, tx, kind(one), string(a.ID)); err != nil {
				return err
			}
		}
	}
	if a.State != Published {
		return nil
	}
	return search.Put(ctx, tx, search.Doc{Area: area, Kind: kind(a.Audience), Subject: string(a.ID), Title: a.Title, Lead: a.Lead,
		Body: a.Lead + "\n" + a.Body, Updated: a.ChangedAt})
}

// SearchScopes is what the reader may find of the articles in the search index.
func (s *Service) SearchScopes(who access.Actor) []search.Scope {
	var all []search.Scope
	for _, a := range readable(who) {
		all = append(all, search.Scope{Kind: kind(a), Everywhere: true})
	}
	return all
}

// Area tells whether a hit of the search index is an article; its page is HitPath.
func Area(h search.Hit) bool { return h.Area == area }

// HitPath is where a hit of the search index leads.
func HitPath(h search.Hit) string { return "/help/of/" + h.Subject }
