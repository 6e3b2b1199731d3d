// Package search is the one index over everything that the product keeps: units,
// people, tickets, dossiers. An area puts a document in the transaction of the
// change itself; Find answers across all areas.
//
// Text is indexed folded (no marks, đ as d), so "dang xa" finds "Đặng Xá" however
// it was typed; titles are indexed with their marks as well, and a query with marks
// puts titles that carry the same marks first. What a reader may see is a set of
// words of the match itself, never a filter afterwards.
//
// A document put again gets a new row number: the order of row numbers is the order
// of change, and "newest first" costs no sorting.
package search

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fold"
)

// Doc is one thing, or one part of it, that can be found.
type Doc struct {
	Area    string // "helpdesk"
	Kind    string // "ticket": what a Scope speaks of
	Subject string // key of the thing to open
	Part    string // key of a part of it, such as one message; empty for the thing itself
	Unit    string // code of the unit it belongs to
	Owner   string // account that may see it whatever the unit; may be empty
	Title   string // the line that a hit shows
	Lead    string // a second line; may be empty
	Body    string // further text to be found by, not shown
	Updated time.Time
}

// Scope is what a reader may find of one kind: everything, the units listed, what
// the reader owns, or units and own together.
type Scope struct {
	Kind       string
	Everywhere bool
	Units      []string
	Owner      string
}

// Reach is the scope of a kind that shows itself to whoever holds a permission.
func Reach(who access.Actor, p access.Perm, kind string) Scope {
	everywhere, units := who.Reach(p)
	return Scope{Kind: kind, Everywhere: everywhere, Units: units}
}

// Hit is a thing found, the best first.
type Hit struct {
	Area, Kind, Subject, Part, Unit, Title, Lead string
	Updated                                      time.Time
}

type row struct {
	bun.BaseModel `bun:"table:search_doc,alias:sd"`
	ID            int64     `bun:"id,pk,autoincrement"`
	Area          string    `bun:"area"`
	Kind          string    `bun:"kind"`
	Subject       string    `bun:"subject"`
	Part          string    `bun:"part"`
	Unit          string    `bun:"unit"`
	Owner         string    `bun:"owner"`
	Title         string    `bun:"title"`
	Lead          string    `bun:"lead"`
	Updated       time.Time `bun:"updated"`
	Scope         string    `bun:"scope"`
	Marked        string    `bun:"marked"`
	Head          string    `bun:"head"`
	Body          string    `bun:"body"`
}

// longest is how much folded text of one document is indexed: more would let one
// pasted log fill the index.
const longest = 16_000

func (d Doc) row() row {
	scope := token(d.Kind, 'a', "") + " " + token(d.Kind, 'u', d.Unit)
	if d.Owner != "" {
		scope += " " + token(d.Kind, 'o', d.Owner)
	}
	body := fold.Key(d.Body)
	if len(body) > longest {
		body = strings.ToValidUTF8(body[:longest], "")
	}
	return row{Area: d.Area, Kind: d.Kind, Subject: d.Subject, Part: d.Part, Unit: d.Unit, Owner: d.Owner,
		Title: d.Title, Lead: d.Lead, Updated: d.Updated, Scope: scope,
		Marked: strings.Join(marked(d.Title), " "), Head: fold.Key(d.Title), Body: body}
}

// token is the word by which a document says who may find it. It lies in a column of
// its own, which the words of a query are never looked up in.
func token(kind string, what byte, value string) string {
	var b strings.Builder
	b.WriteString("x9")
	for _, part := range []string{kind, value} {
		for _, r := range part {
			if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
				b.WriteRune(unicode.ToLower(r))
			}
		}
		b.WriteByte('9')
		b.WriteByte(what)
	}
	return b.String()
}

// Add indexes documents that are new; it does not look for older copies.
func Add(ctx context.Context, tx *db.Tx, docs ...Doc) error {
	if len(docs) == 0 {
		return nil
	}
	rows := make([]row, len(docs))
	for i, d := range docs {
		rows[i] = d.row()
	}
	_, err := tx.NewInsert().Model(&rows).ExcludeColumn("id").Exec(ctx)
	return db.Sorted(err)
}

// Put indexes a document in place of its older copy.
func Put(ctx context.Context, tx *db.Tx, docs ...Doc) error {
	for _, d := range docs {
		_, err := tx.NewDelete().Model((*row)(nil)).Where("kind = ?", d.Kind).Where("subject = ?", d.Subject).Where("part = ?", d.Part).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
	}
	return Add(ctx, tx, docs...)
}

// Remove forgets a thing of a kind with all its parts.
func Remove(ctx context.Context, tx *db.Tx, kind string, subjects ...string) error {
	if len(subjects) == 0 {
		return nil
	}
	_, err := tx.NewDelete().Model((*row)(nil)).Where("kind = ?", kind).Where("subject IN (?)", bun.List(subjects)).Exec(ctx)
	return db.Sorted(err)
}

// RemoveKind forgets every document of a kind, before it is indexed anew.
func RemoveKind(ctx context.Context, tx *db.Tx, kind string) error {
	_, err := tx.NewDelete().Model((*row)(nil)).Where("kind = ?", kind).Exec(ctx)
	return db.Sorted(err)
}

// candidates is how many of the newest matches are ranked: ranking all of a common
// word's would take longer than a person waits.
const candidates = 300

// looks is how often further back is looked when what was found are parts of few things:
// a ticket of 500 messages must not hide all others.
const looks = 4

// Find is what the query finds within the scopes, at most limit things: titles with
// the same marks first, then titles with the words, then the newest. Whole words are
// looked up first, which costs the same however many carry them; only when they are
// too few is the last word taken as the start of one.
func Find(ctx context.Context, d *db.DB, query string, scopes []Scope, limit int) ([]Hit, error) {
	words, exact := cut(fold.Words(query)), cut(marked(query))
	within := scopeWords(scopes)
	if len(words) == 0 || len(within) == 0 || limit <= 0 {
		return nil, nil
	}
	var rows []row
	look := func(a asked, n int) error {
		a.before = math.MaxInt64
		for range looks {
			more, err := match(ctx, d, within, a, n)
			rows = append(rows, more...)
			if err != nil || len(more) < n || things(rows) >= limit {
				return err
			}
			a.before = more[n-1].ID
		}
		return nil
	}
	if !slices.Equal(exact, words) {
		if err := look(asked{words: exact, marks: true, starts: true}, candidates/3); err != nil {
			return nil, err
		}
	}
	if err := look(asked{words: words}, candidates); err != nil {
		return nil, err
	}
	if hits := rank(rows, exact, words, limit); len(hits) == limit {
		return hits, nil
	}
	if err := look(asked{words: words, starts: true}, candidates); err != nil {
		return nil, err
	}
	return rank(rows, exact, words, limit), nil
}

// things is of how many things rows are parts.
func things(rows []row) int {
	seen := map[string]bool{}
	for _, r := range rows {
		seen[r.key()] = true
	}
	return len(seen)
}

func (r row) key() string { return r.Area + "\x00" + r.Subject }

func rank(rows []row, exact, words []string, limit int) []Hit {
	type scored struct {
		row
		points int
	}
	best := map[string]scored{}
	for _, r := range rows {
		s := scored{r, 0}
		if holds(strings.Fields(r.Marked), exact) {
			s.points += 4
		}
		if holds(strings.Fields(r.Head), words) {
			s.points += 2
		}
		if r.Head == strings.Join(words, " ") {
			s.points++
		}
		key := r.key()
		if old, ok := best[key]; !ok || s.points > old.points || s.points == old.points && s.ID > old.ID {
			best[key] = s
		}
	}
	list := make([]scored, 0, len(best))
	for _, s := range best {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b scored) int {
		if a.points != b.points {
			return b.points - a.points
		}
		return int(b.ID - a.ID)
	})
	hits := make([]Hit, 0, min(limit, len(list)))
	for _, s := range list[:min(limit, len(list))] {
		hits = append(hits, Hit{s.Area, s.Kind, s.Subject, s.Part, s.Unit, s.Title, s.Lead, s.Updated})
	}
	return hits
}

// holds tells whether every word of the query is in the text, the last one as a start.
func holds(text, query []string) bool {
	for i, q := range query {
		last := i == len(query)-1
		if !slices.ContainsFunc(text, func(w string) bool { return w == q || last && strings.HasPrefix(w, q) }) {
			return false
		}
	}
	return true
}
