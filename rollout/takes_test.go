package rollout

import (
	"testing"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/testkit"
)

func TestACommuneTakesDossiersFromItsTrialOn(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		takes := func(unit string, want bool, day string) {
			t.Helper()
			got, from, err := h.Takes(t.Context(), unit)
			if err != nil || got != want || from != day {
				t.Errorf("%s: %v from %q, %v; want %v from %q", unit, got, from, err, want, day)
			}
		}
		takes("00556", false, "2016-11-10")
		takes("99999", false, "")
		h.prepare([]string{"00556"})
		_, err := h.Move(t.Context(), planner, MoveInput{Programme: "KH198", Units: []string{"00556"}, To: Trial})
		h.ok(err)
		takes("00556", true, "")
	})
	if got, _, err := New(testkit.SQLite(t), nil, nil, nil).Takes(t.Context(), "00556"); err != nil || !got {
		t.Errorf("without a programme: %v %v", got, err)
	}
}
