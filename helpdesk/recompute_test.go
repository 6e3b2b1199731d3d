package helpdesk

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"lotrinh/helpdesk/sla"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime/calstore"
)

// slower are the shipped rules with twice the time, and one of its own for a unit.
func slower() sla.Book {
	b := sla.Shipped()
	for i := range b {
		b[i].Version++
		b[i].Answer.N *= 2
		b[i].Resolve.N *= 2
	}
	return append(sla.Book{{Key: "dang-xa", Version: 1, Terms: sla.Terms{When: sla.Conditions{Units: []string{dangXa}, Services: []string{"line"}},
		Calendar: calstore.Office, Answer: sla.Budget{N: 10, Unit: sla.Minutes}, Next: sla.Budget{N: 10, Unit: sla.Minutes}, Resolve: sla.Budget{N: 20, Unit: sla.Minutes}}}}, b...)
}

func TestARecomputeMovesOpenTicketsOnlyAndKeepsTheirPauses(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		ctx := t.Context()
		fresh, line := s.ask(), s.ask(func(d *Draft) { d.Service = Line })
		done := s.given(Resolved)
		held := s.given(OnHold) // at 8:00
		asking := s.given(Open)
		asking = s.must(s.Reply(ctx, officer, asking.ID, words("Có tin gì chưa?")))
		s.at.Set(city(10, 9, 0))
		back := s.must(s.Resume(ctx, agent, s.given(OnHold).ID, 0))
		paused := s.must(s.Resume(ctx, agent, held.ID, 0)) // an hour of pause
		s.Rules = stated(slower())
		w, err := s.Weigh(ctx, lead, slower())
		if err != nil || w.Open != 5 || w.Ruled != 1 || w.Under["dang-xa"] != 1 || w.Under["p2"] != 4 {
			t.Errorf("weighed %+v, %v", w, err)
		}
		var seen []Recomputed
		got, err := s.Recompute(ctx, func(r Recomputed) error { seen = append(seen, r); return nil })
		if err != nil || got.Total != 5 || got.Seen != 5 || got.Moved != 5 || got.Ruled != 1 || len(seen) != 1 {
			t.Fatalf("%+v, %v, %v", got, err, seen)
		}
		for _, one := range []struct {
			name            string
			was             Ticket
			rule            string
			answer, resolve time.Time
		}{
			{"new", fresh, "p2@2", city(10, 10, 0), city(11, 17, 30)},
			{"by a rule of its own", line, "dang-xa@1", city(10, 8, 10), city(10, 8, 20)},
			{"that was paused", paused, "p2@2", city(10, 9, 0), city(14, 9, 0)},
			{"resolved", done, "p2@1", *done.AnswerDue, *done.ResolveDue},
		} {
			d := s.detail(agent, one.was.ID)
			if d.Rule != one.rule || !d.AnswerDue.Equal(one.answer) || !d.ResolveDue.Equal(one.resolve) || !d.Resolve.Due.Equal(*d.ResolveDue) {
				t.Errorf("one %s: %s, %v, %v", one.name, d.Rule, d.AnswerDue, d.ResolveDue)
			}
			if d.Version != one.was.Version {
				t.Errorf("one %s has version %d, not %d", one.name, d.Version, one.was.Version)
			}
		}
		if d := s.detail(agent, asking.ID); !d.AgainDue.Equal(*asking.AgainDue) {
			t.Errorf("the next answer is due %v", d.AgainDue) // its budget is the same
		}
		again, err := s.Recompute(ctx, nil)
		if err != nil || again.Moved != 0 || again.Ruled != 0 || again.Seen != 5 {
			t.Errorf("once more: %+v, %v", again, err)
		}
		stop := errors.New("stop")
		if _, err := s.Recompute(ctx, func(Recomputed) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("it did not stop: %v", err)
		}
		s.must(s.Reply(ctx, agent, back.ID, words("Vẫn làm được như thường.")))
	})
}

func TestOnlyManagersWeighRules(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		for _, who := range []access.Actor{officer, agent, lead, auditor, citizen, nobody} {
			if _, err := s.Weigh(t.Context(), who, sla.Shipped()); (err == nil) != (who.ID == lead.ID) {
				t.Errorf("%s: %v", who.ID, err)
			}
		}
	})
}

func TestARecomputeWalksNoHistory(t *testing.T) {
	s := open(t, testkit.SQLite(t))
	s.ask()
	var plan []struct {
		ID, Parent, Notused int
		Detail              string
	}
	q := unfinished(s.DB.Read(), 0).ColumnExpr("ti.*").Order("ti.seq").Limit(recomputeBatch)
	if err := s.DB.Read().NewRaw("EXPLAIN QUERY PLAN "+q.String()).Scan(t.Context(), &plan); err != nil {
		t.Fatal(err)
	}
	if len(plan) != 1 || !strings.Contains(plan[0].Detail, "ticket_unfinished") {
		t.Errorf("%+v", plan)
	}
}

// BenchmarkRecomputeTenThousand gives every open ticket another rule each time.
func BenchmarkRecomputeTenThousand(b *testing.B) {
	for name, d := range map[string]func(testing.TB) *db.DB{"sqlite": testkit.SQLite, "postgres": testkit.Postgres} {
		b.Run(name, func(b *testing.B) {
			s := open(b, d(b))
			many(b, s, 10_000)
			n := 0
			for b.Loop() {
				n++
				s.Rules = stated(slower())
				if n%2 == 0 {
					s.Rules = nil
				}
				if got, err := s.Recompute(b.Context(), nil); err != nil || got.Moved != 10_000 {
					b.Fatal(got, err)
				}
			}
		})
	}
}

// many opens tickets, a hundred in a transaction.
func many(t testing.TB, s *desk, n int) {
	t.Helper()
	r, err := s.Ready(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for done := 0; done < n; done += 100 {
		err := s.DB.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for i := range min(100, n-done) {
				if _, err := s.OpenIn(ctx, tx, r, officer, draft(func(d *Draft) { d.Title = fmt.Sprint("Phiếu ", done+i) })); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
