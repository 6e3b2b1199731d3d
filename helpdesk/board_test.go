package helpdesk

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
)

// countable are views that between them ask for every condition.
func (s *desk) countable() []Saved {
	var all []Saved
	for i, raw := range []string{`{}`, `{"owner":"me"}`, `{"owner":"none"}`, `{"phase":"hold"}`, `{"phase":"asleep","snoozed":"yes"}`, `{"group":"infra","owner":"any"}`,
		`{"unit":"018","priority":2}`, `{"state":"reopened"}`, `{"late":true}`, `{"tag":"may in"}`, `{"watched":true}`, `{"source":"phone"}`, `{"service":"line"}`} {
		all = append(all, Saved{ID: ident.ID(fmt.Sprint(i)), Raw: raw})
	}
	return all
}

// counted is what an agent's counters say, as one text.
func (s *desk) counted(who access.Actor, views []Saved) string {
	s.t.Helper()
	tree, err := s.Units.Tree(s.t.Context(), thursday)
	if err != nil {
		s.t.Fatal(err)
	}
	tally, err := s.Tally(s.t.Context(), who, tree, views)
	if err != nil {
		s.t.Fatal(err)
	}
	counts, err := s.Counts(s.t.Context(), who)
	if err != nil {
		s.t.Fatal(err)
	}
	return fmt.Sprintf("%+v %+v", counts, tally)
}

// A service that has kept its board through any number of changes counts what one
// counts that reads the store anew.
func TestTheBoardFollowsWhatIsSaved(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		views := s.countable()
		r := rand.New(rand.NewPCG(3, 198))
		ctx := t.Context()
		var all []ident.ID
		ignore := func(_ Ticket, _ error) {} // a move that the state does not allow changes nothing
		for step := range 120 {
			if step%3 == 0 || len(all) == 0 {
				d := draft(func(d *Draft) { d.Service, d.Urgency = Categories[r.IntN(5)], 1+r.IntN(3) })
				all = append(all, s.must(s.Open(ctx, officer, d)).ID)
			}
			id := all[r.IntN(len(all))]
			switch r.IntN(9) {
			case 0:
				ignore(s.Reply(ctx, agent, id, words("Đang xem.")))
			case 1:
				ignore(s.Hold(ctx, agent, id, Requester, words("Gửi giúp ảnh.")))
			case 2:
				ignore(s.Resolve(ctx, agent, id, words("Đã thay cáp.")))
			case 3:
				ignore(s.Reopen(ctx, officer, id, words("Vẫn không nhận.")))
			case 4:
				ignore(s.Snooze(ctx, agent, id, 0, s.at.Now().Add(26*time.Hour)))
			case 5:
				ignore(s.SetTags(ctx, agent, id, 0, [][]string{{"Máy in"}, {"mạng"}, nil}[r.IntN(3)]))
			case 6:
				ignore(s.Assign(ctx, lead, id, 0, []ident.ID{"agent", "second-agent"}[r.IntN(2)]))
			case 7:
				ignore(s.Watch(ctx, agent, id, "agent"))
			case 8:
				ignore(s.Close(ctx, officer, id, 0, ""))
			}
			if step%10 == 7 {
				s.at.Move(time.Hour)
			}
			kept := s.counted(agent, views)
			s.board.forget()
			if anew := s.counted(agent, views); kept != anew {
				t.Fatalf("step %d: the kept board says\n%s\nthe store says\n%s", step, kept, anew)
			}
		}
	})
}

// What is saved while the board is being read is on it in the end.
func TestAChangeWhileTheBoardIsReadIsNotLost(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		first, second := s.ask(), s.ask()
		changed := false
		s.DB.Watch(func(_ context.Context, q string, _ error) {
			if !changed && strings.Contains(q, "snoozed_until") && strings.Contains(q, "phase <> 'done'") {
				changed = true // the rows are read, and nobody has them yet
				s.must(s.Resolve(t.Context(), agent, first.ID, words("Đã thay cáp.")))
				s.ask()
				s.must(s.Reply(t.Context(), agent, second.ID, words("Đang xem.")))
			}
		})
		c, err := s.Counts(t.Context(), agent)
		if err != nil || !changed || c.Work != 2 || c.Mine != 1 || c.Free != 1 {
			t.Errorf("changed: %v, the counters: %+v, %v; want 2 in work, one of them the agent's", changed, c, err)
		}
	})
}

// What another process saves is counted when the board is old.
func TestTheBoardIsReadAgainWhenItIsOld(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		other := New(s.Deps)
		count := func() int64 {
			c, err := s.Counts(t.Context(), agent)
			if err != nil {
				t.Fatal(err)
			}
			return c.Work
		}
		if n := count(); n != 0 {
			t.Fatal(n)
		}
		if _, err := other.Open(t.Context(), officer, draft()); err != nil {
			t.Fatal(err)
		}
		s.at.Move(recheckBoard)
		if n := count(); n != 1 {
			t.Errorf("%d tickets in work, want the one of the other process", n)
		}
		list, err := s.Queue(t.Context(), agent, Filter{View: ViewWork}, page.Read("", ""))
		if err != nil || len(list.Items) != 1 {
			t.Error(len(list.Items), err)
		}
	})
}

// While the store is read again, others go on with what is known, and their own changes
// count at once.
func TestNobodyWaitsForACounter(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		s.ask()
		count := func() int64 {
			c, err := s.Counts(t.Context(), agent)
			if err != nil {
				t.Fatal(err)
			}
			return c.Work
		}
		if n := count(); n != 1 {
			t.Fatal(n)
		}
		var while []int64
		s.DB.Watch(func(_ context.Context, q string, _ error) {
			if len(while) == 0 && strings.Contains(q, "snoozed_until") && strings.Contains(q, "phase <> 'done'") {
				while = append(while, -1) // what is counted here reads nothing
				n := count()
				s.ask()
				while = []int64{n, count()}
			}
		})
		s.at.Move(recheckBoard)
		if n := count(); n != 2 || len(while) != 2 || while[0] != 1 || while[1] != 2 {
			t.Errorf("in the end %d, and while the store was read %v; want 2, and 1 and 2", n, while)
		}
	})
}

// Nobody counts what they may not read.
func TestCountersKeepToTheReach(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		s.ask()
		tree, err := s.Units.Tree(t.Context(), thursday)
		if err != nil {
			t.Fatal(err)
		}
		views := []Saved{{ID: "v", Raw: `{}`}, {ID: "w", Raw: `{"unit":"018"}`}}
		for who, want := range map[*access.Actor]int64{&agent: 1, &auditor: 1, &local: 0, &officer: 0, &citizen: 0, &nobody: 0} {
			tally, err := s.Tally(t.Context(), *who, tree, views)
			if err != nil || !maps.Equal(tally, map[ident.ID]int64{"v": want, "w": want}) {
				t.Errorf("%s: %v, %v; want %d", who.ID, tally, err, want)
			}
			if c, err := s.Counts(t.Context(), *who); err != nil || c.Work != want {
				t.Errorf("%s: %+v, %v; want %d", who.ID, c, err, want)
			}
		}
	})
}
