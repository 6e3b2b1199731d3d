package rollout

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/testkit"
)

// stood is what a board says of a commune on a day, the words of its gate with it.
type stood struct {
	District                 string
	Phase                    int
	Stage                    Stage
	Answer                   Answer
	Declared, Verified, Bare bool
	Why                      []string
}

func (h *house) stand(b Board) map[string]stood {
	all := map[string]stood{}
	for _, r := range b.Rows {
		if r.Stage == Live {
			continue
		}
		s := stood{r.District, r.Phase, r.Stage, r.Gate.Answer, r.Declared, r.Verified, r.Bare, nil}
		for _, why := range r.Gate.Reasons {
			s.Why = append(s.Why, why.Key)
		}
		all[r.Unit] = s
	}
	return all
}

// TestTheBoardOfADayIsTheOneThatWasSeenThatDay remembers the board at the end of days and
// asks for those days later, whatever happened since.
func TestTheBoardOfADayIsTheOneThatWasSeenThatDay(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.prepare(h.communes(phase1...), "training")
		r := rand.New(rand.NewPCG(198, 7))
		var waivers []*Waiver
		seen := map[string]map[string]stood{}
		var counted []Overview
		coordinator := h.within("district_coordinator", "018")
		for range 5 {
			for range 4 {
				h.change(r, &waivers)
			}
			now := h.at.Now()
			h.at.Set(hanoi(now.In(clock.City).Year(), now.In(clock.City).Month(), now.In(clock.City).Day(), 23, 59, 59).Add(time.Second - time.Microsecond))
			b, err := h.Board(t.Context(), planner, "KH198", Filter{Phase: Any})
			h.ok(err)
			day := b.At.In(clock.City).Format(time.DateOnly)
			seen[day] = h.stand(b)
			on, err := h.BoardOn(t.Context(), planner, "KH198", day)
			h.ok(err)
			if got := h.stand(on); !reflect.DeepEqual(got, seen[day]) {
				t.Fatalf("the board of today, %s, differs from the board", day)
			}
			o, err := h.Overview(t.Context(), planner, "KH198")
			h.ok(err)
			counted = append(counted, o)
			h.at.Move(9 * time.Hour)
		}
		for _, want := range counted {
			got, _, err := h.OverviewAt(t.Context(), planner, "KH198", want.At)
			h.ok(err)
			want.Milestones, got.Milestones, want.Programme, got.Programme = nil, nil, Programme{}, Programme{} // no figures
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("at %s the overview said %+v, and is now said to have been %+v", want.At, want.Rollout, got.Rollout)
			}
		}
		for day, want := range seen {
			b, err := h.BoardOn(t.Context(), planner, "KH198", day)
			h.ok(err)
			got := h.stand(b)
			for unit, s := range want {
				if !reflect.DeepEqual(got[unit], s) {
					t.Fatalf("%s, %s: stood %+v, is now said to have stood %+v", day, unit, s, got[unit])
				}
			}
			mine, err := h.BoardOn(t.Context(), coordinator, "KH198", day)
			h.ok(err)
			if len(mine.Rows) == 0 {
				t.Error("a coordinator sees nothing of her own district")
			}
			for _, row := range mine.Rows {
				if !coordinator.Covers(Read, row.Unit) {
					t.Fatalf("the coordinator is shown %s", row.Unit)
				}
			}
		}
		for _, day := range []string{"2116-11-08", "yesterday", ""} {
			if _, err := h.BoardOn(t.Context(), planner, "KH198", day); !fault.Is(err, fault.Invalid) {
				t.Errorf("%q: %v", day, err)
			}
		}
		if _, _, err := h.OverviewAt(t.Context(), planner, "KH198", h.at.Now().Add(time.Minute)); !fault.Is(err, fault.Invalid) {
			t.Errorf("an overview of a moment to come: %v", err)
		}
		if _, _, err := h.OverviewAt(t.Context(), access.Actor{}, "KH198", h.at.Now()); !fault.Is(err, fault.SignIn) {
			t.Errorf("nobody read an overview: %v", err)
		}
		if _, err := h.BoardOn(t.Context(), access.Actor{}, "KH198", "2016-11-08"); !fault.Is(err, fault.SignIn) {
			t.Errorf("nobody read the board: %v", err)
		}
	})
}
