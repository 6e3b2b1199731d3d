package figures

import (
	"context"
	"reflect"
	"sync"
	"testing"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/testkit"
)

func add(t *testing.T, d *db.DB, vs ...Value) {
	t.Helper()
	if err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { return Add(ctx, tx, vs...) }); err != nil {
		t.Fatal(err)
	}
}

func open(unit, dim string, n int64) Value {
	return Value{Name: "ticket.open", Unit: unit, Dim: dim, N: n}
}

func TestFiguresAddUpUnderConcurrentChange(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() { add(t, d, open("00575", "new", 1), open("00574", "new", 1)) })
			wg.Go(func() { add(t, d, open("00574", "new", -1), open("00574", "open", 1), open("00575", "new", 0)) })
		}
		wg.Wait()
		got, err := Totals(t.Context(), d.Read(), Ask{Names: []string{"ticket.open"}})
		if want := map[string]int64{"new": 40, "open": 40}; err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%v, %v; want %v", got, err, want)
		}
		rows, err := Read(t.Context(), d.Read(), Ask{Names: []string{"ticket.open"}, Units: []string{"00574"}})
		if err != nil || len(rows) != 1 || rows[0].Dim != "open" || rows[0].N != 40 {
			t.Fatalf("%v, %v: a figure of nothing is not shown", rows, err)
		}
	})
}

func TestRebuildProvesAndMends(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		add(t, d, open("1", "new", 3), open("2", "new", 5), open("4", "new", 1))
		count := func(context.Context, bun.IDB) ([]Value, error) {
			return []Value{open("1", "new", 3), open("2", "new", 2), open("2", "new", 2), open("3", "new", 7)}, nil
		}
		want := map[string][2]int64{"2": {5, 4}, "3": {0, 7}, "4": {1, 0}}
		for range 2 {
			var wrong []Difference
			err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
				wrong, err = Rebuild(ctx, tx, "ticket.open", count)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string][2]int64{}
			for _, w := range wrong {
				got[w.Unit] = [2]int64{w.N, w.Counted}
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("differences %v, want %v", got, want)
			}
			want = map[string][2]int64{}
		}
	})
}

func TestFiguresByDay(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		for _, day := range []string{"2016-11-09", "2016-11-10", "2016-11-11"} {
			add(t, d, Value{Name: "filed", Unit: "1", Day: day, N: 2})
		}
		got, err := Totals(t.Context(), d.Read(), Ask{Names: []string{"filed"}, From: "2016-11-10", Until: "2016-11-11"})
		if err != nil || got[""] != 2 {
			t.Fatalf("%v %v", got, err)
		}
	})
}
