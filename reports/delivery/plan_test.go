package delivery

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
)

// years fills the store with the deliveries of years: many editions of one run to many
// people, all sent but those of the newest.
func (h *house) years(run ident.ID) {
	h.t.Helper()
	err := h.db.InTx(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for edition := range int64(40) {
			var rows []Row
			for who := range 100 {
				for _, by := range []Channel{Inbox, Mail, Webhook} {
					account := ident.ID(fmt.Sprintf("person-%d", who))
					r := Row{ID: ident.New(h.machine.Now()), Run: run, Edition: edition + 2, Definition: "weekly-progress", Cut: city, PeriodFrom: sunday, PeriodUntil: sunday, Channel: by,
						Recipient: accountKey + string(account), Account: account, Why: ByList, State: Sent, NextAt: sunday, MadeAt: sunday, ReadAt: &sunday}
					if by != Inbox {
						r.MessageID, r.ReadAt = messageID(run, edition+2, r.Recipient), nil
					}
					rows = append(rows, r)
				}
			}
			if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	testkit.Analyze(h.t, h.db)
}

// TestNoListOfDeliveriesIsReadThrough: every question about deliveries is answered by an
// index, in the same number of queries however many rows a page shows.
func TestNoListOfDeliveriesIsReadThrough(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx, planner, admin, chairman := t.Context(), h.who("planner"), h.who("admin"), h.who("chairman")
		sc := h.weekly(city)
		h.clocks(hanoi(2016, 11, 14, 7, 30))
		h.made(1)
		run := h.row("account:chairman").Run
		h.years(run)
		hook, _ := h.outlet(Webhook, OutletForm{Name: "Kho", Address: "https://kho.example/"})
		ask := func(limit int) func() {
			return func() {
				t.Helper()
				r := page.Request{Limit: limit}
				_, e1 := h.Of(ctx, planner, run, r)
				_, e2 := h.ReadBefore(ctx, chairman, r)
				_, e3 := h.Unread(ctx, chairman)
				_, e4 := h.CountUnread(ctx, chairman)
				_, e5 := h.Counts(ctx, planner, run)
				_, e6 := h.Attempts(ctx, admin, hook.ID, r)
				_, e7 := h.Links(ctx, planner, run)
				_, e8 := h.Outlets(ctx, admin, Webhook)
				_, e9 := h.Entries(ctx, planner, sc.ID)
				_, e10 := h.Subscriptions(ctx, chairman)
				for i, err := range []error{e1, e2, e3, e4, e5, e6, e7, e8, e9, e10, h.MarkRead(ctx, h.who("deputy"), run), h.Forget(ctx)} {
					if err != nil {
						t.Error(i+1, err)
					}
				}
			}
		}
		if d.SQLite() {
			seen := testkit.Asked(d, "report_delivery", ask(20))
			for _, table := range []string{"report_attempt", "report_link", "report_outlet", "report_recipient", "report_subscription"} {
				seen = append(seen, testkit.Asked(d, table, ask(20))...)
			}
			seen = append(seen, testkit.Asked(d, "report_delivery", func() {
				for _, by := range Outgoing {
					if _, err := h.claim(ctx, by); err != nil {
						t.Error(err)
					}
				}
				if _, err := h.Waiting(ctx); err != nil {
					t.Error(err)
				}
				if err := d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
					_, err := h.Returned(ctx, tx, []string{"report-0@x.example"})
					return err
				}); err != nil {
					t.Error(err)
				}
			})...)
			if len(seen) < 15 {
				t.Fatalf("only %d questions were seen", len(seen))
			}
			testkit.Walks(t, d, seen, "report_delivery_due") // what waits is little, however much was sent
		}
		few, many := counted(d, ask(5)), counted(d, ask(90))
		if few != many || few == 0 {
			t.Errorf("%d queries for 5 rows a list, %d for 90", few, many)
		}
	})
}

// counted is how many queries do sends.
func counted(d *db.DB, do func()) int {
	var mu sync.Mutex
	n := 0
	d.Watch(func(_ context.Context, query string, _ error) {
		mu.Lock()
		defer mu.Unlock()
		if strings.HasPrefix(query, "SELECT") {
			n++
		}
	})
	do()
	d.Watch(func(context.Context, string, error) {})
	return n
}
