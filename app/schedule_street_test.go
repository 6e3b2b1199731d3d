package app

import (
	"maps"

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

func init() {
	maps.Copy(addresses, map[string]string{
		"/api/v1/plans/:id":                  "/api/v1/plans/{plan}",
		"/api/v1/plans/:id/baselines":        "/api/v1/plans/{plan}/baselines",
		"/api/v1/plans/:id/computation":      "/api/v1/plans/{plan}/computation",
		"/api/v1/plans/:id/tasks":            "/api/v1/plans/{plan}/tasks",
		"/api/v1/plans/baselines/:id":        "/api/v1/plans/baselines/{baseline}",
		"/api/v1/plans/tasks/:id/completion": "/api/v1/plans/tasks/{plantask}/completion",
	})
	maps.Copy(bodies, map[string]string{
		"POST /api/v1/plans":                      `{"programme":"KH198","phase":1,"from_on":"x","classes":1,"trainers":2,"trucks":1,"stops":1,"technicians":1,"volunteers":1,"testers":1,"notice":0,"trial":0}`,
		"POST /api/v1/plans/:id/baselines":        `{"name":"Đã duyệt"}`,
		"POST /api/v1/plans/tasks/:id/completion": `{"on":"2016-11-09"}`,
	})
}
