package app

import (
	"strconv"

	"lotrinh/inventory/agent/specimen"
	"lotrinh/inventory/intake"
)

// agents are a key of a commune, an agent of it, and a message.
func (s *street) agents(m map[string]string, coordinator string) {
	s.t.Helper()
	key, err := s.Inventory.Intake.MakeKey(s.t.Context(), s.actor("planner"), m["unit"], "")
	must(s.t, err)
	n, err := strconv.Atoi(m["unit"])
	must(s.t, err)
	got, err := s.Inventory.Intake.TakeFiles(s.t.Context(), s.actor(coordinator), m["unit"], []intake.File{{Name: "may.ocs", Body: specimen.Desk(70_000 + n).XML()}})
	must(s.t, err)
	if got[0].Problem != nil {
		s.t.Fatal(got[0].Problem)
	}
	m["agent_key"], m["agent_secret"], m["agent_message"] = string(key.ID), key.Plain, string(got[0].Message)
	m["agent"] = s.one("SELECT sender FROM agent_message WHERE id = ?", m["agent_message"])
}
