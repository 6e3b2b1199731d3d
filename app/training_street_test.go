package app

import (
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
	m["material"] = s.one("SELECT max(id) FROM file WHERE subject = ?", string(course.ID))
	m["certificate"] = s.one("SELECT min(ce.code) FROM training_certificate ce JOIN training_seat ts ON ts.id = ce.seat WHERE ts.class = ?", string(held.ID))
	m["learner"] = strings.TrimPrefix(room.LearnerPath(ident.ID(m["seat"])), "/hoc-vien/")
}
