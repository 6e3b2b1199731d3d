package rollout

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/testkit"
)

// change does something to the programme that a reader may see, or moves the clock.
func (h *house) change(r *rand.Rand, waivers *[]*Waiver) string {
	h.t.Helper()
	all := h.communes("018", "016", "017")
	n := 1 + r.IntN(5)
	from := r.IntN(len(all) - n)
	units := all[from : from+n]
	keys := []string{"one-stop", "accounts", "training", "test-dossier", "posted"}
	in := EvidenceInput{Programme: "KH198", Units: units, Criterion: keys[r.IntN(len(keys))], Answer: []Answer{Met, Met, Unmet}[r.IntN(3)], Note: "đã xem"}
	ctx := h.t.Context()
	may := func(err error) { // what the state of things refuses changes nothing
		if err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Invalid) {
			h.t.Fatal(err)
		}
	}
	switch r.IntN(9) {
	case 8:
		lists, err := h.Checklists(ctx, planner, "KH198")
		h.ok(err)
		list := lists[r.IntN(len(lists))].Criteria
		one := list[r.IntN(len(list))]
		if len(list) > 4 && r.IntN(4) == 0 {
			h.ok(h.WithdrawCriterion(ctx, planner, one.ID, one.Version, "gộp với tiêu chí khác"))
			return "withdraw " + one.Key
		}
		in := CriterionInput{Title: one.Title, TitleEN: one.TitleEN, Source: one.Source, Evidence: one.Evidence, Must: r.IntN(2) == 0, Stage: Official, TTLDays: r.IntN(3) * 5, Reason: "rà soát"}
		h.ok(h.ChangeCriterion(ctx, planner, one.ID, one.Version, in))
		return "change " + one.Key
	case 0:
		may(h.Declare(ctx, planner, in))
		return "declare " + in.Criterion
	case 1, 2:
		in.Source = FromInspection
		may(h.Verify(ctx, planner, in))
		return "verify " + in.Criterion
	case 3:
		w, err := h.GiveWaiver(ctx, planner, WaiverInput{Programme: "KH198", Units: units, Criterion: in.Criterion, Reason: "sửa trụ sở", Step: "tiếp dân ở nhà văn hóa", Signer: "Giám đốc Sở",
			Until: h.at.Now().AddDate(0, 0, r.IntN(6)).Format(time.DateOnly)})
		may(err)
		if err == nil {
			*waivers = append(*waivers, &w)
		}
		return "waive " + in.Criterion
	case 4:
		if len(*waivers) > 0 {
			w := (*waivers)[r.IntN(len(*waivers))]
			may(h.RevokeWaiver(ctx, planner, w.ID, w.Version, "xong"))
		}
		return "revoke"
	case 5:
		_, err := h.Move(ctx, planner, MoveInput{Programme: "KH198", Units: units, To: []Stage{Trial, Official}[r.IntN(2)]})
		may(err)
		return "move"
	}
	step := time.Duration(r.IntN(96*60)) * time.Minute
	if r.IntN(4) == 0 {
		step = -step / 2
	}
	h.at.Move(step)
	return fmt.Sprint("clock ", step)
}

// strict asks for all evidence from the trial on, so that much hangs on it, and lets it
// grow old within so many days; 0 never.
func (h *house) strict(days int) {
	h.t.Helper()
	p, err := Plan198()
	h.ok(err)
	p.hash = fmt.Sprint("strict ", days)
	for i := range p.Checklist {
		p.Checklist[i].Stage, p.Checklist[i].TTLDays = Trial, 0
		if days > 0 {
			p.Checklist[i].TTLDays = 2 + i%days
		}
	}
	_, err = h.ImportPlan(h.t.Context(), planner, p)
	h.ok(err)
}

func TestWhatIsKeptIsWhatIsCountedAnew(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.prepare(h.communes(phase1...), "training")
		readers := map[string]access.Actor{"planner": planner, "leader of a commune": h.within("leadership", "00556"),
			"coordinator": h.within("district_coordinator", "018"), "neighbour": h.within("district_coordinator", "016")}
		filters := []Filter{{Phase: Any}, {Phase: 1}, {Phase: Any, District: "018"}, {Phase: Any, Stage: Trial}, {Phase: Any, Answer: Unmet}}
		for seed, days := range []int{0, 4} {
			h.strict(days)
			r := rand.New(rand.NewPCG(198, uint64(seed)))
			var waivers []*Waiver
			for i := range 20 {
				did := h.change(r, &waivers)
				for name, who := range readers {
					fresh := New(d, h.at, h.units, h.shop)
					f := filters[r.IntN(len(filters))]
					kept, err := h.Board(t.Context(), who, "KH198", f)
					h.ok(err)
					anew, err := fresh.Board(t.Context(), who, "KH198", f)
					h.ok(err)
					if !reflect.DeepEqual(kept, anew) {
						t.Fatalf("seed %d, step %d (%s): the kept board of the %s differs", seed, i, did, name)
					}
					for _, row := range kept.Rows {
						if !who.Covers(Read, row.Unit) {
							t.Fatalf("the %s is shown %s", name, row.Unit)
						}
					}
					clear(kept.Rows) // what a reader does with its rows is its own affair
					line, err := h.Curve(t.Context(), who, "KH198", Any, "2016-10-20", "2016-12-10")
					h.ok(err)
					again, err := fresh.Curve(t.Context(), who, "KH198", Any, "2016-10-20", "2016-12-10")
					h.ok(err)
					if !reflect.DeepEqual(line, again) {
						t.Fatalf("seed %d, step %d (%s): the kept curve of the %s differs", seed, i, did, name)
					}
					clear(line)
				}
			}
		}
	})
}

func TestABoardIsJudgedOnceForAllReaders(t *testing.T) {
	h := open(t, testkit.SQLite(t))
	h.prepare(h.communes(phase1...))
	board := func(who access.Actor) {
		_, err := h.Board(t.Context(), who, "KH198", Filter{Phase: Any})
		h.ok(err)
	}
	board(planner)
	b, err := h.bookOf(t.Context(), "KH198")
	h.ok(err)
	first := b.kept.sheet
	h.at.Move(time.Hour)
	board(h.within("district_coordinator", "018"))
	if b.kept.sheet != first {
		t.Error("the board is judged again for another reader an hour later")
	}
	h.at.Move(-2 * time.Hour) // the demo's clock can be turned back
	board(planner)
	if b.kept.sheet == first {
		t.Error("a moment before the board was judged is answered by it")
	}
}

func TestTheKeptBoardKnowsWhenAWaiverEnds(t *testing.T) {
	h := open(t, testkit.SQLite(t))
	h.strict(0)
	mine := h.communes("018")
	h.prepare(mine, "training")
	_, err := h.GiveWaiver(t.Context(), planner, WaiverInput{Programme: "KH198", Units: mine, Criterion: "training", Reason: "sửa trụ sở", Step: "tiếp dân ở nhà văn hóa", Signer: "Giám đốc Sở", Until: "2016-11-10"})
	h.ok(err)
	for _, at := range []struct {
		moment time.Time
		want   Answer
	}{{hanoi(2016, 11, 8, 9, 0, 0), Met}, {hanoi(2016, 11, 10, 23, 59, 59), Met}, {hanoi(2016, 11, 11, 0, 0, 0), Unknown}} {
		h.at.Move(at.moment.Sub(h.at.Now()))
		b, err := h.Board(t.Context(), planner, "KH198", Filter{Phase: Any, District: "018"})
		h.ok(err)
		if got := b.Rows[0].Gate.Answer; got != at.want {
			t.Errorf("at %s the gate is %s, want %s", at.moment, got, at.want)
		}
	}
}
