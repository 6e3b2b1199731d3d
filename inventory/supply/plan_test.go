package supply

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/inventory"
)

// fill puts n requests of the past into the store, each with a line, a delivery and an
// item, one in fifty still open.
func (h *house) fill(n int) (Request, Delivery) {
	h.t.Helper()
	g := h.lack(dangXa, 1)
	var rs []Request
	var ls []Line
	var ds []Delivery
	var is []Item
	communes := h.tree.Communes("")
	for i := range n {
		at := start.Add(-time.Duration(n-i) * time.Minute)
		u := communes[i%len(communes)]
		r := Request{ID: ident.New(at), Code: fmt.Sprint("DN-", i), Unit: u.Parent, State: Done, MadeAt: at, MovedAt: at, DueAt: at.AddDate(0, 0, 5), Version: 1}
		d := Delivery{ID: ident.New(at), Code: fmt.Sprint("BG-", i), Source: Bought, Request: r.ID, Unit: u.Code, State: Finished, MadeAt: at, MovedAt: at, DueAt: at.AddDate(0, 0, 5), Version: 1}
		if i%50 == 0 {
			r.State, r.Open, d.State, d.Open = Approved, true, Sent, true
		}
		l := Line{ID: ident.New(at), Request: r.ID, Unit: u.Code, Kind: inventory.Scanner, Remedy: inventory.Buy, Gap: g.ID, Asked: 2, Approved: 2, Allocated: 1}
		rs, ds, ls = append(rs, r), append(ds, d), append(ls, l)
		is = append(is, Item{ID: ident.New(at), Delivery: d.ID, Line: l.ID, Unit: u.Code, Kind: l.Kind, Asset: ident.New(at)})
	}
	err := h.DB.InTx(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for at := 0; at < n; at += 200 {
			a, b, c, e := rs[at:min(at+200, n)], ls[at:min(at+200, n)], ds[at:min(at+200, n)], is[at:min(at+200, n)]
			for _, rows := range []any{&a, &b, &c, &e} {
				if _, err := tx.NewInsert().Model(rows).Exec(ctx); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return rs[0], ds[0]
}

func TestEveryListHasItsIndex(t *testing.T) {
	d := testkit.SQLite(t)
	h := build(t, d)
	r, x := h.fill(3000)
	var seen []string
	d.Watch(func(_ context.Context, q string, _ error) {
		if strings.HasPrefix(q, "SELECT") && (strings.Contains(q, "supply_") || strings.Contains(q, "asset_fact") || strings.Contains(q, `"gap" AS "g"`)) {
			seen = append(seen, q)
		}
	})
	fine := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, who := range []access.Actor{h.planner, h.her} {
		for _, f := range []Filter{{}, {State: "all"}, {State: "done"}, {Unit: giaLam}} {
			first, err := h.Requests(t.Context(), who, f, page.Read("", "5"))
			fine(err)
			_, err = h.Requests(t.Context(), who, f, page.Read(first.Next, "5"))
			fine(err)
			_, err = h.Deliveries(t.Context(), who, f, page.Read("", "5"))
			fine(err)
		}
		_, _, err := h.Late(t.Context(), who)
		fine(err)
		for _, under := range []string{"", giaLam} {
			_, err = h.Purchases(t.Context(), who, under)
			fine(err)
		}
		_, err = h.Needs(t.Context(), who, giaLam)
		fine(err)
	}
	_, err := h.Request(t.Context(), h.planner, r.ID)
	fine(err)
	_, err = h.Delivery(t.Context(), h.planner, x.ID)
	fine(err)
	_, err = h.Spares(t.Context(), h.planner, inventory.Kinds)
	fine(err)
	_, err = h.chainOf(t.Context(), ident.New(start))
	fine(err)
	if len(seen) < 30 {
		t.Fatalf("only %d queries were seen", len(seen))
	}
	for _, q := range slices.Clone(seen) {
		var rows []struct {
			ID, Parent, Notused int64
			Detail              string
		}
		fine(d.Read().NewRaw("EXPLAIN QUERY PLAN "+strings.ReplaceAll(q, "?", "??")).Scan(t.Context(), &rows))
		for _, one := range rows {
			if strings.HasPrefix(one.Detail, "SCAN") && !strings.Contains(one.Detail, "USING") {
				t.Errorf("%s\nreads a whole table: %s", q, one.Detail)
			}
		}
	}
}
