package app

import (
	"context"
	"encoding/json"

	"lotrinh/dossier"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
)

// paperProcedure is what the counter of the routes' tests takes.
const paperProcedure = `{"code":"2.000635","name":{"vi":"Cấp bản sao trích lục","en":"Copy"},"level":3,"term":{"kind":"same_day"},"form":{},"documents":[{"key":"paper","name":{"vi":"Tờ khai","en":"Form"}}],
"results":[{"key":"copy","name":{"vi":"Bản sao","en":"Copy"}}],"steps":[{"key":"receive","kind":"receive","name":{"vi":"Tiếp nhận"}},{"key":"return","kind":"return","name":{"vi":"Trả"}}]}`

// papered is an accepted dossier of a commune with its receipt, and the procedure that
// counters take.
func (s *street) papered(m map[string]string) {
	s.t.Helper()
	now := s.Business.Now()
	must(s.t, s.DB.InTx(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		there, err := tx.NewSelect().Model((*dossier.Version)(nil)).Where("pv.procedure = ?", "papers").Exists(ctx)
		if err != nil {
			return err
		}
		v := dossier.Version{ID: ident.New(now), Procedure: "papers", From: "2016-01-01", State: dossier.Published, Definition: json.RawMessage(paperProcedure), MadeAt: now, Ver: 1}
		if !there {
			if _, err := tx.NewInsert().Model(&v).Exec(ctx); err != nil {
				return err
			}
		}
		d, err := s.Dossiers.SubmitIn(ctx, tx, dossier.Citizen(), dossier.Submission{Key: "papers-" + m["unit"], Procedure: "papers", Unit: m["unit"], Channel: dossier.Counter,
			Answers: json.RawMessage(`{}`), Facts: dossier.Facts{Subject: "Nguyễn Văn Đức", Applicant: "Nguyễn Văn Đức"}})
		if err != nil {
			return err
		}
		if d, err = s.Dossiers.DoIn(ctx, tx, access.System("test"), d.ID, 0, dossier.Move{Act: dossier.Accept}); err != nil {
			return err
		}
		papers, err := s.Dossiers.Office.Papers(ctx, tx, d.ID)
		m["papered"] = string(d.ID)
		for _, p := range papers {
			m["slip"] = string(p.ID)
		}
		return err
	}))
}
