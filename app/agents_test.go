package app

import (
	"strconv"
	"testing"
	"time"

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

// An agent that falls silent opens a ticket by the rule, and its next report says on it
// that it is over.
func TestASilentAgentOpensATicketAndItsNextReportEndsIt(t *testing.T) {
	a, _ := demoHouse(t)
	ctx := t.Context()
	must(t, a.quietAgents(ctx))
	count := func(more string) (n int) {
		t.Helper()
		must(t, a.DB.Read().NewRaw("SELECT count(*) FROM desk_signal AS sg JOIN ticket AS te ON te.id = sg.ticket WHERE sg.kind = 'silent_agent' AND "+more).Scan(ctx, &n))
		return n
	}
	settle := func() {
		t.Helper()
		_, err := a.Events.Run(ctx)
		must(t, err)
	}
	settle()
	if n := count("TRUE"); n != 0 {
		t.Fatalf("%d tickets while every agent reports", n)
	}
	a.Business.SetOffset(a.Business.Offset() + 16*24*time.Hour)
	must(t, a.quietAgents(ctx))
	settle()
	all := count("TRUE")
	if all == 0 || count("sg.ended_at IS NULL") != all {
		t.Fatalf("%d tickets of silent agents, %d of them open", all, count("sg.ended_at IS NULL"))
	}
	must(t, a.quietAgents(ctx)) // told once
	settle()
	if n := count("TRUE"); n != all {
		t.Errorf("told again: %d tickets, before %d", n, all)
	}
	key, err := a.Inventory.Intake.MakeKey(ctx, a.as(t, "planner"), "020", "")
	must(t, err)
	pcs, err := a.Inventory.Unit(ctx, a.as(t, "planner"), "00646")
	must(t, err)
	m := specimen.Desk(7000)
	m.DeviceID, m.Tag, m.Serial, m.Maker, m.Model = "mc-00646-0-2016-10-30-08-12-40", "00646", pcs.Assets[0].Serial, "Dell Inc.", "OptiPlex 3040"
	_, err = a.Inventory.Intake.Receive(ctx, key.Key, "10.20.0.1", "FusionInventory-Agent_v2.6-3", m.XML())
	must(t, err)
	settle()
	if n := count("sg.ended_at IS NOT NULL"); n != 1 {
		t.Errorf("%d silences are over after one report", n)
	}
}
