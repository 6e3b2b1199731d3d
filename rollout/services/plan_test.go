package services

import (
	"context"
	"fmt"
	"testing"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/testkit"
)

// fill puts eight targets with quotas, two years of monthly counts of every commune, the
// steps of every commune's groups and two years of published counts into the store.
func (h *house) fill() Target {
	h.t.Helper()
	var target Target
	var quotas []quota
	for n := range 8 {
		made, err := h.AddTarget(h.t.Context(), h.planner, Target{Title: fmt.Sprint("Số hóa sổ hộ tịch ", n), Measure: "trang sổ", Stages: []string{"Đã nhập", "Đã kiểm tra", "Đã phê duyệt"}, From: "2015-01-01", Due: "2017-03-31"})
		h.ok(err)
		target = made
		for _, u := range h.tree.Communes("") {
			quotas = append(quotas, quota{Target: target.ID, Unit: u.Code, AsOf: "2015-01-01", Total: 1000})
		}
	}
	groups, err := h.Items(h.t.Context(), h.planner, Commune)
	h.ok(err)
	essential, err := h.Items(h.t.Context(), h.planner, National)
	h.ok(err)
	var counts []Count
	var steps []Change
	var told []Coverage
	for _, u := range h.tree.Communes("") {
		for n := range 24 {
			at := h.at.Now().AddDate(0, -n, 0)
			counts = append(counts, Count{ID: ident.New(at), Target: target.ID, Unit: u.Code, AsOf: clock.Date(at), Done: []int64{900, 800, int64(700 - n)}, RecordedAt: at, Latest: n == 0})
		}
		for _, g := range groups {
			steps = append(steps, Change{ID: ident.New(h.at.Now()), Item: g.ID, Unit: u.Code, To: g.Step, At: h.at.Now(), Latest: true})
		}
	}
	for n := range 24 {
		at := h.at.Now().AddDate(0, -n, 0)
		for _, one := range essential {
			told = append(told, Coverage{ID: ident.New(at), Item: one.ID, Done: 30, Total: 63, AsOf: clock.Date(at), Source: fmt.Sprint("Báo cáo ", n), RecordedAt: at})
		}
	}
	h.ok(h.DB.InTx(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&quotas).Exec(ctx); err != nil {
			return err
		}
		for _, rows := range [][]Count{counts[:len(counts)/2], counts[len(counts)/2:]} {
			if _, err := tx.NewInsert().Model(&rows).ExcludeColumn("seq").Exec(ctx); err != nil {
				return err
			}
		}
		if _, err := tx.NewInsert().Model(&steps).ExcludeColumn("seq").On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(&told).ExcludeColumn("seq").Exec(ctx)
		return err
	}))
	testkit.Analyze(h.t.(*testing.T), h.DB)
	return target
}

func TestEveryListOfServicesHasItsIndex(t *testing.T) {
	d := testkit.SQLite(t)
	h := build(t, d)
	target := h.fill()
	one := h.essential()
	asked := testkit.Asked(d, "service_", func() {
		for _, who := range []access.Actor{h.planner, h.her} {
			_, err := h.Essentials(t.Context(), who)
			h.ok(err)
			_, err = h.Essential(t.Context(), who, one.ID)
			h.ok(err)
			_, err = h.Matrix(t.Context(), who, Commune, "018", "")
			h.ok(err)
			_, err = h.Matrix(t.Context(), who, Commune, "018", "2016-11-08")
			h.ok(err)
			_, err = h.Targets(t.Context(), who)
			h.ok(err)
			_, err = h.Quantity(t.Context(), who, target.ID)
			h.ok(err)
			_, err = h.UnitCounts(t.Context(), who, target.ID, "00556")
			h.ok(err)
			_, err = h.UnitGroups(t.Context(), who, "00556")
			h.ok(err)
			_, err = h.Todo(t.Context(), h.Words.In("vi"), who)
			h.ok(err)
		}
		_, _, err := h.Departments(t.Context(), h.planner)
		h.ok(err)
		_, err = h.Focals(t.Context(), h.planner)
		h.ok(err)
		_, err = h.Item(t.Context(), h.planner, one.ID)
		h.ok(err)
	})
	if len(asked) < 15 {
		t.Fatalf("only %d queries were seen", len(asked))
	}
	// The services, the targets and who stands for a department are some dozens.
	testkit.Walks(t, d, asked, "si", "st", "sf")
}

func (h *house) essential() Item {
	h.t.Helper()
	all, err := h.Items(h.t.Context(), h.planner, National)
	h.ok(err)
	return all[0]
}

func TestPagesOfServicesAskAConstantNumberOfTimes(t *testing.T) {
	d := testkit.SQLite(t)
	h := build(t, d)
	count := func(do func() error) int {
		t.Helper()
		n := 0
		d.Watch(func(context.Context, string, error) { n++ })
		h.ok(do())
		d.Watch(func(context.Context, string, error) {})
		return n
	}
	asks := map[string]func() error{
		"essentials":  func() error { _, err := h.Essentials(t.Context(), h.planner); return err },
		"matrix":      func() error { _, err := h.Matrix(t.Context(), h.planner, Commune, "018", ""); return err },
		"targets":     func() error { _, err := h.Targets(t.Context(), h.planner); return err },
		"departments": func() error { _, _, err := h.Departments(t.Context(), h.planner); return err },
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
