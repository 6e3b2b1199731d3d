package outbox

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/testkit"
)

type moved struct {
	Thing string `json:"thing"`
	To    string `json:"to"`
}

func (moved) Topic() string     { return "thing.moved" }
func (m moved) Subject() string { return m.Thing }

var start = time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC)

func send(t *testing.T, d *db.DB, m moved, fail error) {
	t.Helper()
	err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return errors.Join(Write(ctx, tx, start, m), fail)
	})
	if (err == nil) != (fail == nil) {
		t.Fatal(err)
	}
}

func TestEachEventReachesEachHandlerOnceAndInOrder(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at := clock.At(start)
		var got []string
		down := true
		note := func(name string) Handler {
			return Handler{Name: name, Topic: "thing.moved", Do: func(ctx context.Context, tx *db.Tx, e Event) error {
				var m moved
				if err := e.Read(&m); err != nil {
					return err
				}
				if name == "second" && m.Thing == "a" && down {
					return errors.New("down")
				}
				tx.After(func() { got = append(got, name+" "+m.Thing+m.To) })
				return nil
			}}
		}
		p := NewDispatcher(d, at, slog.New(slog.DiscardHandler), note("first"), note("second"))
		send(t, d, moved{"a", "1"}, nil)
		send(t, d, moved{"a", "2"}, errors.New("the change was refused"))
		send(t, d, moved{"a", "3"}, nil)
		send(t, d, moved{"b", "1"}, nil)
		run := func(want ...string) {
			t.Helper()
			got = nil
			if _, err := p.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Fatalf("delivered %q, want %q", got, want)
			}
		}
		run("first a1", "first a3", "first b1", "second b1")
		run()
		down = false
		at.Move(time.Minute)
		run("second a1", "second a3")
		run()
	})
}

func TestAMessageFromOutsideCountsOnce(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		for i, want := range []bool{true, false} {
			err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				fresh, err := Once(ctx, tx, start, "mail", "<1@example>")
				if fresh != want {
					t.Errorf("arrival %d: fresh = %v", i+1, fresh)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}
