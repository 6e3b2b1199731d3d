package helpdesk

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
)

// stood is what was seen at a moment.
type stood struct {
	at    time.Time
	loads map[string]Load
	late  []string
}

func (s *desk) stands() stood {
	s.t.Helper()
	loads, err := s.Loads(s.t.Context(), lead)
	if err != nil {
		s.t.Fatal(err)
	}
	late, err := s.Queue(s.t.Context(), lead, Filter{View: ViewLate}, page.Read("", ""))
	if err != nil {
		s.t.Fatal(err)
	}
	one := stood{at: s.at.Now(), loads: loads}
	for _, x := range late.Items {
		one.late = append(one.late, x.Number()+" "+x.SortAt.UTC().String())
	}
	return one
}

// TestWhatStoodAtAMomentIsWhatWasSeenThen does acts by chance, remembers the loads and the
// overdue at moments, and asks for those moments when everything has moved on.
func TestWhatStoodAtAMomentIsWhatWasSeenThen(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		r, ctx := rand.New(rand.NewPCG(7, 2016)), t.Context() //nolint:gosec // a test's dice
		var ids []ident.ID
		var seen []stood
		for n := range 90 {
			s.at.Move(time.Duration(1+r.IntN(200)) * time.Minute)
			if n%10 == 9 {
				seen = append(seen, s.stands())
				s.at.Move(time.Microsecond)
			}
			if len(ids) == 0 || r.IntN(6) == 0 {
				ids = append(ids, s.ask(func(d *Draft) { d.Urgency, d.Service = 1+r.IntN(3), Categories[r.IntN(5)] }).ID)
				continue
			}
			id := ids[r.IntN(len(ids))]
			acts := []func() (Ticket, error){
				func() (Ticket, error) { return s.Reply(ctx, agent, id, words("a")) },
				func() (Ticket, error) { return s.Reply(ctx, officer, id, words("b")) },
				func() (Ticket, error) { return s.Note(ctx, second, id, words("c")) },
				func() (Ticket, error) { return s.Hold(ctx, agent, id, Vendor, words("d")) },
				func() (Ticket, error) { return s.Resume(ctx, agent, id, 0) },
				func() (Ticket, error) { return s.Resolve(ctx, agent, id, words("e")) },
				func() (Ticket, error) { return s.Reopen(ctx, officer, id, words("f")) },
				func() (Ticket, error) { return s.Close(ctx, officer, id, 0, "") },
			}
			if _, err := acts[r.IntN(len(acts))](); err != nil && !fault.Is(err, fault.Conflict) {
				t.Fatal(err)
			}
		}
		for _, want := range seen {
			got, err := s.StoodAt(ctx, lead, want.at, page.Default)
			if err != nil {
				t.Fatal(err)
			}
			var late []string
			for _, x := range got.Late {
				late = append(late, x.Number()+" "+x.SortAt.UTC().String())
			}
			if !reflect.DeepEqual(got.Loads, want.loads) || !reflect.DeepEqual(late, want.late) {
				t.Errorf("at %s: %+v %v, then it was %+v %v", want.at, got.Loads, late, want.loads, want.late)
			}
			if mine, err := s.StoodAt(ctx, local, want.at, page.Default); err != nil || len(mine.Loads) != 0 || len(mine.Late) != 0 {
				t.Errorf("an agent elsewhere is told %+v (%v)", mine, err)
			}
			for _, who := range []struct {
				name string
				err  error
			}{{"nobody", refusal(s.StoodAt(ctx, nobody, want.at, 1))}, {"a citizen", refusal(s.StoodAt(ctx, citizen, want.at, 1))}} {
				if who.err == nil {
					t.Errorf("%s is told what stood", who.name)
				}
			}
		}
	})
}

func refusal(_ Stood, err error) error { return err }
