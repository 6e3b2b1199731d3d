package inventory

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
)

// fill puts n gaps of the past into the store, one in fifty open, and as many assets.
func (h house) fill(n int) {
	h.t.Helper()
	communes := h.tree.Communes("")
	gaps, assets := make([]Gap, n), make([]Asset, n)
	for i := range gaps {
		at := start.Add(-time.Duration(n-i) * time.Minute)
		unit := communes[i%len(communes)].Code
		gaps[i] = Gap{ID: ident.New(at), Code: fmt.Sprintf("TH-2016-%06d", i), Unit: unit, Kind: Lacking, What: Kinds[i%7], Quantity: 1, State: Closed,
			Note: "Quầy một cửa chưa được cấp máy", ReportedAt: at, MovedAt: at, DueAt: at.AddDate(0, 0, 10), Owner: ident.ID(fmt.Sprint("owner-", i%60)), Version: 1}
		if i%50 == 0 {
			gaps[i].State, gaps[i].Open = GapStates[i/50%4], true
		}
		assets[i] = Asset{ID: ident.New(at), Code: fmt.Sprintf("TB-2016-%06d", i), Unit: unit, Kind: Kinds[i%7], Name: "Dell", Serial: fmt.Sprint("S", i), State: InUse, MadeAt: at, ChangedAt: at, Version: 1}
	}
	err := h.db.InTx(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		if err := insertAll(ctx, tx, gaps); err != nil {
			return err
		}
		return insertAll(ctx, tx, assets)
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func TestEveryListHasItsIndex(t *testing.T) {
	d := testkit.SQLite(t)
	var seen []string
	d.Watch(func(_ context.Context, q string, _ error) {
		if strings.HasPrefix(q, "SELECT") && (strings.Contains(q, `"gap" AS "g"`) || strings.Contains(q, `"asset" AS "a"`) || strings.Contains(q, "gap AS g") || strings.Contains(q, "asset AS a") || strings.Contains(q, `"asset_view"`)) {
			seen = append(seen, q)
		}
	})
	h := build(t, d)
	h.fill(6000)
	for _, who := range []access.Actor{h.as("planner", ""), h.as("district_coordinator", giaLam)} {
		for _, f := range []GapFilter{{}, {State: "all"}, {State: string(Closed)}, {State: string(Ordered)}, {District: giaLam}, {Unit: dangXa}, {What: "pc"}, {Late: true}, {Mine: true}} {
			first, err := h.Gaps(t.Context(), who, f, page.Read("", "5"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.Gaps(t.Context(), who, f, page.Read(first.Next, "5")); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := h.Waivers(t.Context(), who, dangXa); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Days(t.Context(), who, dangXa, "2016-01-01"); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Cases(t.Context(), d.Read(), []string{dangXa, giaLam}, start); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Unit(t.Context(), who, dangXa); err != nil {
			t.Fatal(err)
		}
		if _, err := h.LateGaps(t.Context(), who, start); err != nil {
			t.Fatal(err)
		}
		for _, unit := range []string{"", dangXa} {
			if _, err := h.Assets(t.Context(), who, unit, "", page.Read("", "")); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, who := range []access.Actor{h.as("planner", ""), h.as("district_coordinator", giaLam)} {
		for _, f := range []AssetFilter{{}, {District: giaLam}, {Unit: dangXa}, {Kind: "pc"}, {State: "broken"}, {Words: "dell"}, {Custodian: "binh"}, {Custodian: "-"},
			{Warranty: "soon"}, {Warranty: "over"}, {Source: "measured"}, {Source: "none"}, {Older: 5}, {Silent: 30},
			{Sort: "name"}, {Sort: "unit"}, {Sort: "warranty"}, {Sort: "bought", Down: true}, {Sort: "changed", Down: true}} {
			first, err := h.AssetList(t.Context(), who, f, page.Read("", "5"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.AssetList(t.Context(), who, f, page.Read(first.Next, "5")); err != nil {
				t.Fatal(err)
			}
			if _, err := h.TallyAssets(t.Context(), who, f); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := h.SavedLists(t.Context(), who); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) < 40 {
		t.Fatalf("only %d queries were seen", len(seen))
	}
	for _, q := range slices.Clone(seen) {
		var rows []struct {
			ID, Parent, Notused int64
			Detail              string
		}
		if err := d.Read().NewRaw("EXPLAIN QUERY PLAN "+strings.ReplaceAll(q, "?", "??")).Scan(t.Context(), &rows); err != nil {
			t.Fatal(err, q)
		}
		for _, r := range rows {
			if strings.HasPrefix(r.Detail, "SCAN") && !strings.Contains(r.Detail, "USING") && r.Detail != "SCAN late" {
				t.Errorf("%s\nreads a whole table: %s", q, r.Detail)
			}
		}
	}
}

// Whoever sees the whole city turns the pages of every order by an index, and never
// sorts ten thousand assets to show fifty.
func TestEveryOrderOfTheListHasItsIndex(t *testing.T) {
	d := testkit.SQLite(t)
	h := build(t, d)
	h.fill(10_000)
	var seen []string
	d.Watch(func(_ context.Context, q string, _ error) {
		if strings.Contains(q, `FROM "asset" AS "a"`) {
			seen = append(seen, q)
		}
	})
	for sort := range assetSorts {
		for _, down := range []bool{false, true} {
			first, err := h.AssetList(t.Context(), h.as("planner", ""), AssetFilter{Sort: sort, Down: down}, page.Read("", "50"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.AssetList(t.Context(), h.as("planner", ""), AssetFilter{Sort: sort, Down: down}, page.Read(first.Next, "50")); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(seen) < 20 {
		t.Fatalf("only %d queries were seen", len(seen))
	}
	for _, q := range slices.Clone(seen) {
		var rows []struct {
			ID, Parent, Notused int64
			Detail              string
		}
		if err := d.Read().NewRaw("EXPLAIN QUERY PLAN "+strings.ReplaceAll(q, "?", "??")).Scan(t.Context(), &rows); err != nil {
			t.Fatal(err, q)
		}
		for _, r := range rows {
			if strings.Contains(r.Detail, "TEMP B-TREE") || strings.HasPrefix(r.Detail, "SCAN a") && !strings.Contains(r.Detail, "USING") {
				t.Errorf("%s\nis %s", q, r.Detail)
			}
		}
	}
}
