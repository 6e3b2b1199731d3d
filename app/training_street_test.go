package app

import (
	"maps"
	"strings"

	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
	"lotrinh/rollout/training"
)

// taught puts a class to come with somebody registered, a class that was held with a
// certificate, and a course with a paper among the things.
func (s *street) taught(m map[string]string, district, unit string) {
	s.t.Helper()
	ctx, room, planner := s.t.Context(), s.Training, s.actor("planner")
	all, err := room.Courses(ctx, planner)
	must(s.t, err)
	course := all[0]
	for _, c := range all {
		if c.Level == training.OfCommune && c.PassMark == 0 {
			course = c
		}
	}
	f := training.ClassForm{Course: string(course.ID), Day: "2016-11-09", From: "18:00", Until: "19:00", Room: "Phòng " + unit, Unit: district, Trainer: string(s.actor("trainer").ID), Capacity: "5"}
	if unit != "00556" {
		f.From, f.Until = "19:00", "20:00"
	}
	held, err := room.PlanClass(ctx, planner, f)
	must(s.t, err)
	_, err = room.Guest(ctx, planner, held.ID, "", training.PersonForm{Unit: unit, Audience: "civil", Name: "Trần Thị Khách"}, "")
	must(s.t, err)
	f.Day = "2016-11-30"
	coming, err := room.PlanClass(ctx, planner, f)
	must(s.t, err)
	p, err := room.AddPerson(ctx, planner, training.PersonForm{Unit: unit, Audience: "labour", Name: "Trần Văn Học"})
	must(s.t, err)
	out, err := room.Register(ctx, planner, coming.ID, []ident.ID{p.ID})
	must(s.t, err)
	blob, err := s.Files.Receive(ctx, files.Document, "tai-lieu.png", strings.NewReader(string(picture(s.t))))
	must(s.t, err)
	must(s.t, room.Attach(ctx, planner, course, []files.Blob{blob}))
	m["class"], m["pupil"], m["seat"], m["course"] = string(coming.ID), string(p.ID), string(out.Seats[0].ID), string(course.ID)
	m["heldclass"], m["trainer"] = string(held.ID), string(s.actor("trainer").ID)
	m["heldseat"] = s.one("SELECT min(id) FROM training_seat WHERE class = ?", string(held.ID))
	m["material"] = s.one("SELECT max(id) FROM file WHERE subject = ?", string(course.ID))
	m["certificate"] = s.one("SELECT min(ce.code) FROM training_certificate ce JOIN training_seat ts ON ts.id = ce.seat WHERE ts.class = ?", string(held.ID))
	m["learner"] = strings.TrimPrefix(room.LearnerPath(ident.ID(m["seat"])), "/hoc-vien/")
}

func init() {
	maps.Copy(addresses, map[string]string{
		"/api/v1/training/classes/:id":                   "/api/v1/training/classes/{class}",
		"/api/v1/training/classes/:id/attendance":        "/api/v1/training/classes/{heldclass}/attendance",
		"/api/v1/training/classes/:id/registrations":     "/api/v1/training/classes/{class}/registrations",
		"/api/v1/training/courses/:id":                   "/api/v1/training/courses/{course}",
		"/api/v1/training/seats/:id/withdrawal":          "/api/v1/training/seats/{seat}/withdrawal",
		"/chung-nhan/:code":                              "/chung-nhan/{certificate}",
		"/chung-nhan/:code/pdf":                          "/chung-nhan/{certificate}/pdf",
		"/diem-danh/:token":                              "/diem-danh/x",
		"/hoc-vien/:token":                               "/hoc-vien/{learner}",
		"/hoc-vien/:token/kiem-tra":                      "/hoc-vien/{learner}/kiem-tra",
		"/hoc-vien/:token/tai-lieu/:file":                "/hoc-vien/{learner}/tai-lieu/{material}",
		"/hoc-vien/:token/y-kien":                        "/hoc-vien/{learner}/y-kien",
		"/rollout/training/classes/:id":                  "/rollout/training/classes/{class}",
		"/rollout/training/classes/:id/cancel":           "/rollout/training/classes/{class}/cancel",
		"/rollout/training/classes/:id/close":            "/rollout/training/classes/{class}/close",
		"/rollout/training/classes/:id/edit":             "/rollout/training/classes/{class}/edit",
		"/rollout/training/classes/:id/guest":            "/rollout/training/classes/{class}/guest",
		"/rollout/training/classes/:id/list.pdf":         "/rollout/training/classes/{class}/list.pdf",
		"/rollout/training/classes/:id/list.xlsx":        "/rollout/training/classes/{class}/list.xlsx",
		"/rollout/training/classes/:id/register":         "/rollout/training/classes/{class}/register",
		"/rollout/training/classes/:id/roll":             "/rollout/training/classes/{class}/roll",
		"/rollout/training/classes/:id/screen":           "/rollout/training/classes/{class}/screen",
		"/rollout/training/classes/:id/unrecord":         "/rollout/training/classes/{class}/unrecord",
		"/rollout/training/courses/:id":                  "/rollout/training/courses/{course}",
		"/rollout/training/courses/:id/files":            "/rollout/training/courses/{course}/files",
		"/rollout/training/courses/:id/files/:file":      "/rollout/training/courses/{course}/files/{material}",
		"/rollout/training/courses/:id/files/:file/drop": "/rollout/training/courses/{course}/files/{material}/drop",
		"/rollout/training/districts/:code":              "/rollout/training/districts/{district}",
		"/rollout/training/people/:id":                   "/rollout/training/people/{pupil}",
		"/rollout/training/people/:id/leave":             "/rollout/training/people/{pupil}/leave",
		"/rollout/training/seats/:id/withdraw":           "/rollout/training/seats/{seat}/withdraw",
	})
	maps.Copy(bodies, map[string]string{
		"POST /api/v1/training/classes":                   `{"course":"{course}","day":"x","from":"08:00","until":"09:00","room":"Phòng 1","trainer":"{course}","capacity":9}`,
		"POST /api/v1/training/classes/:id/attendance":    `{"seats":["{heldseat}"]}`,
		"POST /api/v1/training/classes/:id/registrations": `{"people":["{pupil}"]}`,
		"POST /api/v1/training/courses":                   `{"code":"","title":"","level":"commune","audiences":[],"hours":1}`,
		"POST /api/v1/training/people":                    `{"unit":"{unit}","audience":"leader","name":"Lê Văn Ba"}`,
		"POST /chung-nhan":                                "ma={certificate}",
		"POST /diem-danh":                                 "code=000000&who=1234",
		"POST /hoc-vien/:token/y-kien":                    "score=5",
		"POST /rollout/training/classes/:id":              "version=999",
		"POST /rollout/training/classes/:id/cancel":       "version=999&reason=x",
		"POST /rollout/training/classes/:id/close":        "version=999",
		"POST /rollout/training/classes/:id/guest":        "known=nobody",
		"POST /rollout/training/classes/:id/register":     "person={pupil}",
		"POST /rollout/training/classes/:id/roll":         "seat={seat}",
		"POST /rollout/training/classes/:id/unrecord":     "seat={seat}.999&reason=x",
		"POST /rollout/training/courses/:id":              "version=999",
		"POST /rollout/training/people":                   "unit={unit}&audience=leader&name=Lê+Văn+Hai",
		"POST /rollout/training/people/:id":               "version=999&unit={unit}&audience=labour&name=Khác",
		"POST /rollout/training/people/:id/leave":         "version=999",
		"POST /rollout/training/seats/:id/withdraw":       "version=999",
	})
}
