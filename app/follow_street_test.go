package app

import (
	"bytes"

	"lotrinh/app/demo"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
	"lotrinh/rollout/ask"
	"lotrinh/rollout/difficulty"
	"lotrinh/rollout/inspection"
)

// followed puts a return, a difficulty and an inspected visit with its finding among the things.
func (s *street) followed(m map[string]string, unit, coordinator string) {
	s.t.Helper()
	ctx, planner := s.t.Context(), s.actor("planner")
	if _, err := s.Follow.Returns.Open(ctx, planner, "monthly", "2016-11"); !fault.Is(err, fault.Conflict) {
		must(s.t, err)
	}
	m["round"] = s.one("SELECT id FROM return_round WHERE month = '2016-11'")
	m["return"] = s.one("SELECT id FROM return_sheet WHERE unit = ? AND round = ?", unit, m["round"])
	d, err := s.Follow.Difficulties.Raise(ctx, s.actor(coordinator), difficulty.Form{Unit: unit, Title: "Thiếu máy quét", Cause: "Máy cũ hỏng", Proposal: "Điều chuyển"})
	must(s.t, err)
	m["difficulty"] = string(d.ID)
	inspector := s.actor("inspector")
	r, err := s.Follow.Inspections.Plan(ctx, planner, inspection.Form{Title: "Kiểm tra", Programme: demo.Programme, Team: []ident.ID{inspector.ID}})
	must(s.t, err)
	visits, err := s.Follow.Inspections.AddVisits(ctx, planner, r.ID, clock.Date(s.Business.Now()), []string{unit})
	must(s.t, err)
	photo, err := s.Files.Receive(ctx, files.Photo, "quay.png", bytes.NewReader(picture(s.t)))
	must(s.t, err)
	v, err := s.Follow.Inspections.HandIn(ctx, inspector, visits[0].ID, inspection.Record{ID: ident.New(s.Business.Now()), Notes: map[string]string{"books": "Sổ chưa khớp"},
		Answers: ask.Answers{Values: map[string]string{"one_stop": "yes", "posted": "yes", "loudspeaker": "yes", "equipment": "yes", "books": "no", "dossiers": "3", "waits": "fair"}}}, []files.Blob{photo})
	must(s.t, err)
	m["inspection"], m["inspected"] = string(r.ID), string(v.ID)
	m["finding"] = s.one("SELECT id FROM inspection_finding WHERE visit = ?", m["inspected"])
	m["inspected_photo"] = s.one("SELECT id FROM file WHERE area = ? AND subject = ?", inspection.Area, m["inspected"])
}
