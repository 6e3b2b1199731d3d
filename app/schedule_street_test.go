package app

import (
	"lotrinh/app/demo"
	"lotrinh/internal/kit/ident"
	"lotrinh/rollout/schedule"
)

// planned are the plan of the first phase, a task and a resource of it, its baseline and
// a variant.
func (s *street) planned(m map[string]string) {
	s.t.Helper()
	m["plan"] = s.one("SELECT id FROM plan_draft WHERE phase = 1")
	m["plantask"] = s.one("SELECT id FROM plan_task WHERE draft = ? AND unit = ? AND step = 'cutover'", m["plan"], m["unit"])
	m["planresource"] = s.one("SELECT id FROM plan_resource WHERE draft = ? AND ordinal = 0", m["plan"])
	m["baseline"] = s.one("SELECT min(id) FROM plan_baseline WHERE draft = ?", m["plan"])
	v, err := s.Schedule.Try(s.t.Context(), s.actor("planner"), ident.ID(m["plan"]), "Thử", []schedule.Change{{Unit: m["district"], Day: "2016-11-21", Resource: -1}})
	must(s.t, err)
	m["variant"] = string(v.ID)
	r, err := s.Schedule.Prepare(s.t.Context(), s.actor("planner"), schedule.RunForm{Programme: demo.Programme, Title: "Diễn tập", Unit: m["unit"], HeldOn: "2016-11-14"})
	must(s.t, err)
	m["rehearsal"] = string(r.ID)
	m["runstep"] = s.one("SELECT id FROM plan_run_step WHERE rehearsal = ? AND ordinal = 0", m["rehearsal"])
}
