package rollout

import (
	"context"
	"strings"
	"sync"
	"testing"

	"lotrinh/internal/kit/testkit"
)

func TestNoQueryWalksWhatGrows(t *testing.T) {
	d := testkit.SQLite(t)
	var mu sync.Mutex
	asked := map[string]bool{}
	d.Watch(func(_ context.Context, query string, _ error) {
		mu.Lock()
		defer mu.Unlock()
		if strings.HasPrefix(query, "SELECT") && strings.Contains(query, "rollout_") {
			asked[query] = true
		}
	})
	h := open(t, d)
	all := h.communes(phase1...)
	h.prepare(all)
	r := h.move(Trial, all)
	coordinator := h.within("district_coordinator", "018")
	_, err := h.GiveWaiver(t.Context(), planner, WaiverInput{Programme: "KH198", Units: all[:3], Criterion: "posted", Reason: "x", Step: "z", Signer: "y", Until: "2016-11-08"})
	h.ok(err)
	clear(asked)
	for _, who := range []string{"planner", "coordinator"} {
		actor := planner
		if who == "coordinator" {
			actor = coordinator
		}
		_, err := h.Overview(t.Context(), actor, "KH198")
		h.ok(err)
		_, err = h.Board(t.Context(), actor, "KH198", Filter{Phase: 1, District: "018", Stage: Trial})
		h.ok(err)
		_, err = h.Unit(t.Context(), actor, "KH198", "00556")
		h.ok(err)
		_, err = h.Curve(t.Context(), actor, "KH198", 1, "2016-11-01", "2016-11-10")
		h.ok(err)
		_, err = h.BoardOn(t.Context(), actor, "KH198", "2016-11-07")
		h.ok(err)
		_, err = h.Waivers(t.Context(), actor, "KH198")
		h.ok(err)
		_, err = h.MoveOf(t.Context(), actor, r.ID)
		h.ok(err)
	}
	h.move(Official, all[:5])
	h.at.Set(hanoi(2016, 11, 9, 8, 0, 0))
	_, err = h.Sweep(t.Context())
	h.ok(err)
	mu.Lock()
	queries := make([]string, 0, len(asked))
	for q := range asked {
		queries = append(queries, q)
	}
	mu.Unlock()
	if len(queries) < 15 {
		t.Fatalf("only %d queries were seen", len(queries))
	}
	small := []string{"SCAN pg", "SCAN ph", "SCAN cr", "SCAN ms", "SCAN wv", "USE TEMP"} // a programme has few of these
	for _, q := range queries {
		var steps []struct {
			ID, Parent, Notused int
			Detail              string
		}
		h.ok(d.Read().NewRaw("EXPLAIN QUERY PLAN "+strings.ReplaceAll(q, "?", "??")).Scan(t.Context(), &steps))
		for _, s := range steps {
			walks := strings.HasPrefix(s.Detail, "SCAN")
			for _, ok := range small {
				walks = walks && !strings.HasPrefix(s.Detail, ok)
			}
			if walks {
				t.Errorf("%s\n in %.300s", s.Detail, q)
			}
		}
	}
}
