package returns

import (
	"context"
	"slices"
	"strings"
	"testing"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
)

func TestAFormChangesForLaterRoundsOnly(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		r := h.open()
		_, err := h.SaveForm(t.Context(), h.planner, "monthly", Commune, 1, `{"fields":[{"key":"a","kind":"text","label":"A","must":true}]}`)
		h.ok(err)
		if _, err := h.SaveForm(t.Context(), h.planner, "monthly", Commune, 1, `{"fields":[{"key":"b","kind":"text","label":"B"}]}`); !fault.Is(err, fault.Conflict) {
			t.Errorf("changed meanwhile: %v", err)
		}
		v, err := h.Sheet(t.Context(), h.officer, h.of(r, dangXa).ID)
		h.ok(err)
		if len(v.Form.Fields) < 10 {
			t.Error("the open round keeps its form")
		}
		h.at.Set(start.AddDate(0, 1, 0))
		if x := h.of(h.open(), dangXa); x.Asked != 1 {
			t.Errorf("the next round asks the new one: %+v", x)
		}
	})
}

func TestPagesOfReturnsAskAFixedNumberOfQueriesByIndex(t *testing.T) {
	d := testkit.SQLite(t)
	h := build(t, d)
	r := h.open()
	for m := range 5 {
		h.at.Set(start.AddDate(0, m+1, 0))
		h.open()
	}
	var seen []string
	d.Watch(func(_ context.Context, q string, _ error) {
		if strings.HasPrefix(q, "SELECT") {
			seen = append(seen, q)
		}
	})
	cost := func(do func() error) int { seen = seen[:0]; h.ok(do()); return len(seen) }
	var plans []string
	count := func() []int {
		var all []int
		for _, do := range []func() error{
			func() error { _, _, err := h.Rounds(t.Context(), h.planner); return err },
			func() error { _, err := h.Round(t.Context(), h.planner, r.ID); return err },
			func() error { _, err := h.Rolled(t.Context(), h.planner, r.ID); return err },
			func() error {
				_, err := h.Sheets(t.Context(), h.planner, r.ID, Filter{Only: "late"}, page.Read("", "50"))
				return err
			},
			func() error { _, err := h.Sheets(t.Context(), h.her, r.ID, Filter{}, page.Read("", "50")); return err },
			func() error { _, err := h.Mine(t.Context(), h.officer, 5); return err },
			func() error { _, _, err := h.ToCheck(t.Context(), h.her); return err },
			func() error { _, err := h.LateNow(t.Context(), h.planner, h.at.Now()); return err },
		} {
			all = append(all, cost(do))
			plans = append(plans, seen...)
		}
		return all
	}
	before := count()
	for _, q := range plans {
		var rows []struct {
			ID, Parent, Notused int64
			Detail              string
		}
		h.ok(d.Read().NewRaw("EXPLAIN QUERY PLAN "+strings.ReplaceAll(q, "?", "??")).Scan(t.Context(), &rows))
		for _, one := range rows {
			if strings.HasPrefix(one.Detail, "SCAN rs") && !strings.Contains(one.Detail, "USING") {
				t.Errorf("%s\nreads all sheets of all months: %s", q, one.Detail)
			}
		}
	}
	h.handIn(h.as("officer", dangXa), h.of(r, dangXa), "3")
	if after := count(); !slices.Equal(before, after) {
		t.Errorf("%v, then %v", before, after)
	}
	for i, n := range before {
		if n > 4 {
			t.Errorf("page %d asks %d queries", i, n)
		}
	}
}
