package deadline

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/kit/worktime/calstore"
)

var admin = access.Policy{"administrator": {calstore.Look, calstore.Edit}}.As(
	access.Actor{ID: "a", Grants: []access.Grant{{Role: "administrator", Everywhere: true}}})

func TestAnEditedYearMovesOpenClocks(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		machine := clock.At(city(10, 8, 0))
		store := calstore.New(d, machine)
		if err := store.Seed(t.Context(), machine.Now()); err != nil {
			t.Fatal(err)
		}
		events := outbox.NewDispatcher(d, machine, slog.New(slog.NewTextHandler(io.Discard, nil)), Handler())
		catchUp := func() int {
			if _, err := events.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			n, err := CatchUp(t.Context(), d, Stored(store), machine.Now(), nil)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		c := start(t, d, store, func(s *Spec) { s.Budget, s.Kind = 2, Days })
		isAt(t, "due", c.Due, city(14, 9, 0))
		if n := catchUp(); n != 0 {
			t.Errorf("seeding moved %d clocks", n)
		}
		y, err := store.Year(t.Context(), admin, 2016)
		if err != nil {
			t.Fatal(err)
		}
		y.Off = append(y.Off, worktime.DayOff{Day: worktime.DayOf(2016, time.November, 14), Name: "Nghỉ bão"})
		if err := store.SaveYear(t.Context(), admin, y.Year, y.Version); err != nil {
			t.Fatal(err)
		}
		if n := catchUp(); n != 1 {
			t.Errorf("an edited year moved %d clocks", n)
		}
		got, err := Load(t.Context(), d.Read(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		isAt(t, "due", got.Due, city(15, 9, 0))
		if n := catchUp(); n != 0 {
			t.Errorf("caught up twice: %d", n)
		}
	})
}

func TestAChangeWhileCatchingUpIsNotLost(t *testing.T) {
	d := testkit.SQLite(t)
	mark := func(value string) {
		in(t, d, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewRaw("INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", stale, value).Exec(ctx)
			return err
		})
	}
	cals := &calendars{worktime.Vietnam(2016, 2017)}
	start(t, d, cals)
	mark("office 1")
	if _, err := CatchUp(t.Context(), d, fixed(cals), city(10, 9, 0), func(int, int) { mark("office 2") }); err != nil {
		t.Fatal(err)
	}
	var left []string
	if err := d.Read().NewRaw("SELECT value FROM setting WHERE name = ?", stale).Scan(t.Context(), &left); err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
}

// The two queries that run every minute must not grow with the number of clocks.
func TestPlansUseTheirIndexes(t *testing.T) {
	d := testkit.SQLite(t)
	cals := &calendars{worktime.Vietnam(2016, 2017)}
	in(t, d, func(ctx context.Context, tx *db.Tx) error {
		for i := range 300 {
			s := ticket(func(s *Spec) { s.Subject = fmt.Sprintf("t-%d", i) })
			if _, err := Start(ctx, tx, cals, s); err != nil {
				return err
			}
		}
		return nil
	})
	var seen []string
	d.Watch(func(_ context.Context, query string, _ error) { seen = append(seen, query) })
	if _, err := Tick(t.Context(), d, city(1, 0, 0), 100); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t.Context(), d, "office", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := Of(t.Context(), d.Read(), "helpdesk", "t-1", "t-2"); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"deadline_next_step", "deadline_calendar", "deadline_subject"} {
		var plan []struct {
			ID, Parent, Notused int
			Detail              string
		}
		if err := d.Read().NewRaw("EXPLAIN QUERY PLAN "+seen[i]).Scan(t.Context(), &plan); err != nil {
			t.Fatal(err)
		}
		if said := fmt.Sprint(plan); !strings.Contains(said, want) || i < 2 && strings.Contains(said, "TEMP B-TREE") {
			t.Errorf("%s: %s", seen[i], said)
		}
	}
}

func BenchmarkRecomputeTenThousand(b *testing.B) {
	d := testkit.SQLite(b)
	cals := &calendars{worktime.Vietnam(2016, 2017)}
	err := d.InTx(b.Context(), func(ctx context.Context, tx *db.Tx) error {
		for i := range 10_000 {
			if _, err := Start(ctx, tx, cals, ticket(func(s *Spec) { s.Subject = fmt.Sprint(i) })); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	week := worktime.Office()
	n := 0
	for b.Loop() {
		n++
		week[time.Thursday][0].To -= worktime.Minute(n % 2) // every due moment moves
		week[time.Thursday][0].To += worktime.Minute((n + 1) % 2)
		cals.cal = worktime.Compose(clock.City, week, worktime.PublishedYears())
		if moved, err := Recompute(b.Context(), d, fixed(cals), "", city(10, 9, 0), nil); err != nil || moved != 10_000 {
			b.Fatal(moved, err)
		}
	}
}
