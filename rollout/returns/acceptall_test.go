package returns

import (
	"testing"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/testkit"
)

func TestReturnsThatAgreeAreAcceptedAtOnceAndTheOthersAreLeft(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		r := h.open()
		for unit, received := range map[string]string{dangXa: "5", "00559": "6", "00376": "5"} { // the system knows of 5
			x, who := h.of(r, unit), h.as("officer", unit)
			a, err := x.Answers()
			h.ok(err)
			told := full(received)
			for key, known := range a.Values {
				if key != "received" {
					told.Values[key] = known
				}
			}
			_, err = h.HandIn(t.Context(), who, Handed{ID: x.ID, Version: x.Version, Answers: told})
			h.ok(err)
		}
		if _, _, err := h.AcceptAgreeing(t.Context(), h.officer, r.ID); !fault.Is(err, fault.Denied) {
			t.Errorf("an officer: %v", err)
		}
		for i, want := range [][2]int{{1, 1}, {0, 1}} {
			accepted, left, err := h.AcceptAgreeing(t.Context(), h.her, r.ID)
			h.ok(err)
			if accepted != want[0] || left != want[1] {
				t.Errorf("press %d: %d accepted, %d left", i, accepted, left)
			}
		}
		for unit, want := range map[string]State{dangXa: Accepted, "00559": HandedIn, "00376": HandedIn} {
			if x := h.of(r, unit); x.State != want {
				t.Errorf("%s is %s", unit, x.State)
			}
		}
	})
}
