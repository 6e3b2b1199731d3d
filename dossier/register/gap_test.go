package register

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/dossiertest"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/testkit"
)

// fate decides whether an act fails after everything of it was written.
type fate struct {
	mu sync.Mutex
	r  *rand.Rand
}

var errFate = errors.New("the line is cut")

func (f *fate) strikes() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.r.IntN(3) == 0
}

// Whatever fails, is refused or comes at the same moment: numbers run from the first to
// the last without a gap, none is given twice, and the count of the year agrees.
func TestARegisterHasNoGapWhateverHappens(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		f := &fate{r: rand.New(rand.NewPCG(7, 11))}
		h.OnMove(func(_ context.Context, _ *db.Tx, _, _ dossier.Dossier, st dossier.Step) error {
			if (st.Act == dossier.Enter || st.Act == dossier.Declined) && f.strikes() {
				return errFate
			}
			return nil
		})
		const many = 12
		var todo []dossier.Dossier
		for range many {
			todo = append(todo, h.dead("Trần Văn An", "1950-01-02", ""))
		}
		entered := h.race(todo, f)
		h.noGap(entered)
		h.At.Set(time.Date(2016, 12, 31, 9, 0, 0, 0, clock.City))
		locks, err := h.LockYear(t.Context(), h.leader, h.proof(h.leader), dossiertest.DangXa, 2016)
		must(t, err)
		voids, err := h.Service.DB.Read().NewSelect().Model((*Void)(nil)).Count(t.Context())
		must(t, err)
		if locks[0].Entries != int64(entered) || locks[0].Voided != voids {
			t.Errorf("the year counts %d and %d void; %d and %d happened", locks[0].Entries, locks[0].Voided, entered, voids)
		}
	})
}

// race lets three officers enter the same dossiers at once, some entries being refused by
// the leader, and tells how many entries stand in the book.
func (h *house) race(todo []dossier.Dossier, f *fate) int {
	h.t.Helper()
	officers := []access.Actor{h.civil, h.second, h.person("civil_status_officer", dossiertest.DangXa, "Người Ba")}
	lead := h.proof(h.leader)
	var wg sync.WaitGroup
	var mu sync.Mutex
	entered := 0
	for _, who := range officers {
		proof := h.proof(who)
		wg.Go(func() {
			for range 3 {
				for _, x := range todo {
					if _, err := h.Enter(h.t.Context(), who, proof, x.ID, 0); err != nil {
						continue // refused, struck by fate, or somebody else was faster
					}
					mu.Lock()
					entered++
					mu.Unlock()
					if f.strikes() {
						_, _ = h.Refuse(h.t.Context(), h.leader, lead, Ask{Dossier: x.ID}, "Sai") // may be struck as well
					}
				}
			}
		})
	}
	wg.Wait()
	return entered
}

func (h *house) noGap(entered int) {
	h.t.Helper()
	var numbers []int64
	must(h.t, h.Service.DB.Read().NewSelect().Model((*Entry)(nil)).Column("number").Order("re.number").Scan(h.t.Context(), &numbers))
	want := make([]int64, entered)
	for i := range want {
		want[i] = int64(i + 1)
	}
	if entered == 0 || !slices.Equal(numbers, want) {
		h.t.Errorf("%d entries have the numbers %v", entered, numbers)
	}
	var double int
	must(h.t, h.Service.DB.Read().NewRaw("SELECT COUNT(*) FROM (SELECT dossier FROM register_entry AS e WHERE NOT EXISTS (SELECT 1 FROM register_void AS v WHERE v.entry = e.id) GROUP BY dossier HAVING COUNT(*) > 1) AS x").Scan(h.t.Context(), &double))
	if double != 0 {
		h.t.Errorf("%d dossiers have two valid entries", double)
	}
}
