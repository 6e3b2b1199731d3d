package issuance

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/site/ui"
)

// fill puts the officers of every commune into the store, issued in batches of forty,
// and two years of reviews.
func (h *house) fill() (Request, Batch, Review) {
	h.t.Helper()
	tree, err := h.Units.Tree(h.t.Context(), h.at.Now())
	h.ok(err)
	var people []Request
	var batches []Batch
	var reviews []Review
	var lines []ReviewLine
	for i, u := range tree.Communes("") {
		for n, post := range Posts {
			at := h.at.Now().Add(time.Duration(-i*10-n) * time.Minute)
			if len(people)%40 == 0 {
				batches = append(batches, Batch{ID: ident.New(at), Unit: tree.District(u.Code), Channel: BySlip, MadeAt: at, Issued: 40, DoneAt: at})
			}
			p := Request{ID: ident.New(at), Unit: u.Code, Post: post, Name: "Người", NameFold: fmt.Sprint("nguoi ", i, n), Code: fmt.Sprint(i, n), Phone: fmt.Sprint("8491", i, n), State: States[len(people)%len(States)],
				AskedAt: at, Batch: batches[len(batches)-1].ID, Channel: BySlip, UntilAt: at.AddDate(0, 0, 15), EndedOn: "2016-10-01", Version: 1}
			people = append(people, p)
		}
		for q := range 8 {
			at := h.at.Now().AddDate(0, -3*q, 0)
			r := Review{ID: ident.New(at), Quarter: fmt.Sprint("2015-Q", q), Unit: u.Code, OpenedAt: at, DueAt: at.AddDate(0, 0, 10), SignedAt: at, Version: 1}
			if q == 0 {
				r.SignedAt = time.Time{}
			}
			reviews = append(reviews, r)
			lines = append(lines, ReviewLine{Review: r.ID, Account: people[len(people)-1].ID, Unit: u.Code})
		}
	}
	h.ok(h.DB.InTx(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for _, rows := range []any{&people, &batches, &reviews, &lines} {
			if _, err := tx.NewInsert().Model(rows).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	}))
	testkit.Analyze(h.t, h.DB)
	at := slices.IndexFunc(people, func(p Request) bool { return p.Unit == dangXa })
	return people[at], batches[0], reviews[0]
}

func TestEveryListOfAccountsHasItsIndex(t *testing.T) {
	d := testkit.SQLite(t)
	h := build(t, d)
	one, batch, review := h.fill()
	words := h.Words.In("vi")
	due := func(time.Time) *ui.Due { return nil }
	asked := testkit.Asked(d, "issue_", func() { h.look(one, batch, words, due) })
	asked = append(asked, testkit.Asked(d, "access_review", func() {
		for _, signed := range []bool{true, false} {
			first, err := h.Reviews(t.Context(), h.admin, signed, page.Read("", "5"))
			h.ok(err)
			_, err = h.Reviews(t.Context(), h.admin, signed, page.Read(first.Next, "5"))
			h.ok(err)
		}
		_, _, _, err := h.Reviewed(t.Context(), h.admin, review.ID)
		h.ok(err)
		_, err = h.Waiting(t.Context(), h.her, 5)
		h.ok(err)
		h.ok(h.RemindReviews(t.Context()))
	})...)
	if len(asked) < 20 {
		t.Fatalf("only %d queries were seen", len(asked))
	}
	testkit.Walks(t, d, asked, "access_review_open") // those that nobody has signed yet
}

// look reads every list of requests and batches as who sees the city and who sees a district.
func (h *house) look(one Request, batch Batch, words i18n.T, due func(time.Time) *ui.Due) {
	ctx := h.t.Context()
	for _, who := range []access.Actor{h.admin, h.her} {
		for _, f := range []Filter{{}, {Unit: "018"}, {State: Issued}, {State: Asked, Unit: dangXa}, {Text: "nguoi 1"}, {Never: true}} {
			first, err := h.List(ctx, who, f, page.Read("", "5"))
			h.ok(err)
			_, err = h.List(ctx, who, f, page.Read(first.Next, "5"))
			h.ok(err)
		}
		_, err := h.Counts(ctx, who, "018")
		h.ok(err)
		_, err = h.Get(ctx, who, one.ID)
		h.ok(err)
		_, err = h.Todo(ctx, words, who, due)
		h.ok(err)
	}
	_, err := h.Batches(ctx, h.admin, page.Read("", "5"))
	h.ok(err)
	_, err = h.Batch(ctx, h.admin, batch.ID)
	h.ok(err)
	_, err = h.NotBegun(ctx)
	h.ok(err)
	h.ok(h.Remind(ctx))
	h.ok(h.CloseLeft(ctx))
}

func TestPagesOfAccountsAskAConstantNumberOfTimes(t *testing.T) {
	d := testkit.SQLite(t)
	h := build(t, d)
	h.bring(h.her, roster(dangXa))
	some, err := h.List(t.Context(), h.her, Filter{}, page.Read("", "50"))
	h.ok(err)
	count := func(do func() error) int {
		t.Helper()
		n := 0
		d.Watch(func(context.Context, string, error) { n++ })
		h.ok(do())
		d.Watch(func(context.Context, string, error) {})
		return n
	}
	asks := map[string]func() error{
		"list":    func() error { _, err := h.List(t.Context(), h.admin, Filter{}, page.Read("", "50")); return err },
		"counts":  func() error { _, err := h.Counts(t.Context(), h.admin, ""); return err },
		"person":  func() error { _, err := h.Get(t.Context(), h.admin, some.Items[0].ID); return err },
		"batches": func() error { _, err := h.Batches(t.Context(), h.admin, page.Read("", "50")); return err },
		"reviews": func() error { _, err := h.Reviews(t.Context(), h.admin, false, page.Read("", "50")); return err },
	}
	before := map[string]int{}
	for name, do := range asks {
		before[name] = count(do)
	}
	h.fill()
	for name, do := range asks {
		if n := count(do); n != before[name] {
			t.Errorf("%s: %d queries, %d with few rows", name, n, before[name])
		}
	}
}
