package app

import (
	"lotrinh/internal/kit/fault"
)

// followed puts a round of returns, and the returns of a commune and its district, among
// the things.
func (s *street) followed(m map[string]string, district, unit string) {
	s.t.Helper()
	ctx, planner := s.t.Context(), s.actor("planner")
	if _, err := s.Follow.Returns.Open(ctx, planner, "monthly", "2016-11"); !fault.Is(err, fault.Conflict) {
		must(s.t, err)
	}
	m["round"] = s.one("SELECT id FROM return_round WHERE month = '2016-11'")
	m["return"] = s.one("SELECT id FROM return_sheet WHERE unit = ? AND round = ?", unit, m["round"])
	m["return_up"] = s.one("SELECT id FROM return_sheet WHERE unit = ? AND round = ?", district, m["round"])
}
