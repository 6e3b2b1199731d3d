package device

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/inventory/agent"
)

// TestEveryQueryHasItsIndex takes in reports and opens every list, and looks at how
// SQLite means to answer each query about devices: none reads a whole table.
func TestEveryQueryHasItsIndex(t *testing.T) {
	d := testkit.SQLite(t)
	var lock sync.Mutex
	seen, lists := map[string]bool{}, false // of each query whether only a list asks it
	d.Watch(func(_ context.Context, q string, _ error) {
		q = strings.TrimSpace(q)
		ours := strings.Contains(q, "device") || strings.Contains(q, "fact_difference") || strings.Contains(q, `"asset" AS "a"`) || strings.Contains(q, "asset_fact AS af JOIN")
		if !strings.HasPrefix(q, "INSERT") && !strings.HasPrefix(q, "EXPLAIN") && ours {
			lock.Lock()
			if _, before := seen[q]; !before {
				seen[q] = lists
			}
			lock.Unlock()
		}
	})
	h := build(t, d)
	boss, planner := h.as("district_coordinator", giaLam), h.as("planner", "")
	h.add(dangXa, "Dell", "4KX1003Q2", map[string]string{"ram_mb": "2048"})
	things := func(r *agent.Report) { r.Monitors = []agent.Monitor{{Name: "E1914H", Serial: "CN0JF8PV"}} }
	for n := range 4 {
		h.arrive(dangXa, dangXa, report(n, things))
		h.arrive(dangXa, dangXa, report(n))
	}
	h.arrive(h.other(), h.other(), report(1))
	h.arrive(h.other(), h.other(), report(2, func(r *agent.Report) {
		r.BIOS.Serial, r.BIOS.BoardSerial, r.Hardware.UUID, r.Networks = "ANOTHER", "ZZ", "", nil
	}))
	lock.Lock()
	lists = true
	lock.Unlock()
	for _, who := range []access.Actor{boss, planner} {
		open(t, h, who)
	}
	if len(seen) < 40 {
		t.Fatalf("only %d queries were seen", len(seen))
	}
	for q, list := range seen {
		var rows []struct {
			ID, Parent, Notused int64
			Detail              string
		}
		if err := d.Read().NewRaw("EXPLAIN QUERY PLAN "+strings.ReplaceAll(q, "?", "??")).Scan(t.Context(), &rows); err != nil {
			t.Fatal(err, q)
		}
		for _, r := range rows {
			// a list walks its index page by page; whatever takes a report in looks up what it needs
			walks := strings.HasPrefix(r.Detail, "SCAN") && !(list && strings.Contains(r.Detail, "USING"))
			if walks && !strings.HasPrefix(r.Detail, "SCAN one") && !strings.Contains(r.Detail, "CONSTANT ROW") {
				t.Errorf("%s\nreads a whole table: %s", q, r.Detail)
			}
		}
	}
}

// open opens everything that people can look at.
func open(t *testing.T, h *house, who access.Actor) {
	t.Helper()
	ctx, few := t.Context(), page.Read("", "2")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []Filter{{}, {Unit: dangXa}, {State: Linked}, {State: Doubted}, {State: Nowhere, Unit: dangXa}} {
		p, err := h.Devices(ctx, who, f, few)
		must(err)
		_, err = h.Devices(ctx, who, f, page.Read(p.Next, "2"))
		must(err)
		for _, d := range p.Items {
			_, err = h.Device(ctx, who, d.ID)
			must(err)
		}
	}
	for _, state := range []DoubtState{Open, Merged, Apart} {
		p, err := h.Doubts(ctx, who, state, few)
		must(err)
		for _, x := range p.Items {
			_, _, _, err = h.DoubtOf(ctx, who, x.ID)
			must(err)
		}
	}
	_, err := h.Sightings(ctx, who, few)
	must(err)
	for _, unit := range []string{"", dangXa} {
		_, err = h.Differences(ctx, who, unit, few)
		must(err)
	}
	_, err = h.Standing(ctx, dangXa)
	must(err)
	var assets []ident.ID
	must(h.DB.Read().NewRaw("SELECT id FROM asset ORDER BY id LIMIT 5").Scan(ctx, &assets))
	for _, a := range assets {
		_, err = h.OfAsset(ctx, a)
		must(err)
		_, err = h.PlacesOf(ctx, a)
		must(err)
		_, err = h.DifferencesOf(ctx, a)
		must(err)
		_, _, err = h.Stock.FactsOf(ctx, who, a, "ram_mb", few)
		must(err)
	}
	_, err = h.HasSoftware(ctx, h.DB.Read(), assets, "VDI client")
	must(err)
	_, err = h.Stock.InUnit(ctx, who, "inventory.look", dangXa, nil)
	must(err)
}

// BenchmarkKeep takes in the second report of each of many machines: nothing but the
// free space of a disk is new.
func BenchmarkKeep(b *testing.B) {
	h := build(b, testkit.SQLite(b))
	communes := h.tree.Communes("")
	for n := range 200 {
		unit := communes[n%20].Code
		h.arrive(unit, unit, report(n))
	}
	for b.Loop() {
		for n := range 200 {
			unit := communes[n%20].Code
			h.arrive(unit, unit, report(n, func(r *agent.Report) {
				r.Drives[0].FreeMB = agent.Known(float64(20000 + h.at.Now().Unix()%9999))
				r.Sections = append(r.Sections, section("DRIVES", fmt.Sprint("FREE\t", h.at.Now().UnixNano())))
			}))
		}
	}
	b.ReportMetric(float64(b.N*200)/b.Elapsed().Seconds(), "reports/s")
}
