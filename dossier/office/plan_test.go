package office

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"lotrinh/dossier"
	"lotrinh/dossier/dossiertest"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/org"
)

// watched are the queries that a store was asked while something ran.
func watched(t *testing.T, d *db.DB, do func()) []string {
	t.Helper()
	var mu sync.Mutex
	var all []string
	on := true
	d.Watch(func(_ context.Context, query string, _ error) {
		mu.Lock()
		defer mu.Unlock()
		if on && strings.HasPrefix(query, "SELECT") {
			all = append(all, query)
		}
	})
	do()
	mu.Lock()
	defer mu.Unlock()
	on = false
	return all
}

func TestEveryListHasItsIndex(t *testing.T) {
	d := testkit.SQLite(t)
	r := open(t, d)
	ctx := t.Context()
	x := r.examined(asMarital)
	born := r.accepted(func(f *dossier.Submission) {
		f.ProofNo, f.MotherPID, f.SubjectPID = "GCS-1", "001090000001", "001216000001"
	})
	coordinator := r.As(org.DistrictCoordinator, "018")
	queries := watched(t, d, func() {
		for _, who := range []access.Actor{r.desk, r.officer, coordinator} {
			for _, v := range Views {
				if _, err := r.Queue(ctx, who, Filter{View: v}, page.Read("", "")); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, words := range []string{"bao", "0912345678", born.Code, born.Track} {
			if _, err := r.Queue(ctx, r.desk, Filter{Words: words}, page.Read("", "")); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := r.Counts(ctx, r.desk, Filter{}); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Twins(ctx, d.Read(), born); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Tend(ctx, 10); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Papers(ctx, d.Read(), x.ID); err != nil {
			t.Fatal(err)
		}
	})
	if len(queries) < 20 {
		t.Fatalf("only %d queries were seen", len(queries))
	}
	for _, q := range queries {
		var plan []struct {
			ID, Parent, Notused int
			Detail              string
		}
		if err := d.Read().NewRaw("EXPLAIN QUERY PLAN "+strings.ReplaceAll(q, "?", "??")).Scan(ctx, &plan); err != nil {
			t.Fatal(err)
		}
		for _, line := range plan {
			for _, big := range []string{"SCAN d", "SCAN t", "SCAN sl", "SCAN dossier"} {
				if (line.Detail == big || strings.HasPrefix(line.Detail, big+" ")) && !strings.Contains(line.Detail, "dossier_task_next") {
					t.Errorf("%s:\n%s", line.Detail, q)
				}
			}
		}
	}
}

func TestPagesAskTheSameHoweverMuchThereIs(t *testing.T) {
	d := testkit.SQLite(t)
	r := open(t, d)
	ctx := t.Context()
	x := r.accepted(named("Trần Gia Bảo", "2016-11-02"))
	ask := func() int {
		return len(watched(t, d, func() {
			if _, err := r.Queue(ctx, r.desk, Filter{View: ViewOpen}, page.Read("", "")); err != nil {
				t.Fatal(err)
			}
			if _, err := r.Counts(ctx, r.desk, Filter{}); err != nil {
				t.Fatal(err)
			}
			if _, err := r.Twins(ctx, d.Read(), x); err != nil {
				t.Fatal(err)
			}
		}))
	}
	r.accepted(named("Trần Gia Bảo", "2016-11-03"), func(f *dossier.Submission) { f.Unit = dossiertest.DangXa })
	few := ask()
	for i := range 12 {
		r.accepted(named(fmt.Sprint("Trần Gia Bảo ", i%3), "2016-11-02"))
	}
	if many := ask(); many != few {
		t.Errorf("%d queries with few dossiers, %d with many", few, many)
	}
}
