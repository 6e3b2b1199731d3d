package testkit

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"lotrinh/internal/kit/db"
)

// Asked are the different SELECTs that do sends about tables with a part in their name.
func Asked(d *db.DB, part string, do func()) []string {
	var mu sync.Mutex
	var seen []string
	d.Watch(func(_ context.Context, query string, _ error) {
		mu.Lock()
		defer mu.Unlock()
		if strings.HasPrefix(query, "SELECT") && strings.Contains(query, part) {
			seen = append(seen, query)
		}
	})
	do()
	d.Watch(func(context.Context, string, error) {})
	slices.Sort(seen)
	return slices.Compact(seen)
}

// Walks fails the test for every query whose plan on SQLite reads a whole table, or the
// whole of an index, unless its alias or its index is named as small or
// it asks for a page in the index's order.
// The tables must be filled and analyzed, or the plan is not the one of a full store.
func Walks(t *testing.T, d *db.DB, queries []string, small ...string) {
	t.Helper()
	for _, q := range queries {
		var steps []struct {
			ID, Parent, Notused int64
			Detail              string
		}
		if err := d.Read().NewRaw("EXPLAIN QUERY PLAN "+strings.ReplaceAll(q, "?", "??")).Scan(t.Context(), &steps); err != nil {
			t.Fatal(err)
		}
		sorts := false
		for _, s := range steps {
			sorts = sorts || strings.Contains(s.Detail, "TEMP B-TREE FOR ORDER BY")
		}
		for _, s := range steps {
			alias, is := strings.CutPrefix(s.Detail, "SCAN ")
			alias, _, _ = strings.Cut(alias, " ")
			index := s.Detail[strings.LastIndexByte(s.Detail, ' ')+1:]
			if is && !slices.Contains(small, alias) && !slices.Contains(small, index) && (sorts || !strings.Contains(q, "LIMIT")) {
				t.Errorf("%s\nreads all: %s", q, s.Detail)
			}
		}
	}
}

// Analyze lets the store look at how its tables are filled, as it does by itself in time.
func Analyze(t *testing.T, d *db.DB) {
	t.Helper()
	err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("ANALYZE").Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
