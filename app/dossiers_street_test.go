package app

import (
	"context"
	"encoding/json"

	"lotrinh/dossier"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
)

// plainProcedure is what the tests of the routes file dossiers under.
const plainProcedure = `{"code":"1.001193","name":{"vi":"Đăng ký khai sinh","en":"Birth registration"},"level":3,"term":{"kind":"same_day"},"form":{},
"steps":[{"key":"receive","kind":"receive","name":{"vi":"Tiếp nhận"}},{"key":"examine","kind":"examine","name":{"vi":"Thẩm tra"}},{"key":"return","kind":"return","name":{"vi":"Trả"}}]}`

// filed is a dossier of a commune, filed by a citizen.
func (s *street) filed(m map[string]string) {
	s.t.Helper()
	now := s.Business.Now()
	must(s.t, s.DB.InTx(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		v := dossier.Version{ID: ident.New(now), Procedure: "plain_" + m["unit"], From: "2016-01-01", State: dossier.Published, Definition: json.RawMessage(plainProcedure), MadeAt: now, Ver: 1}
		if _, err := tx.NewInsert().Model(&v).Exec(ctx); err != nil {
			return err
		}
		d, err := s.Dossiers.SubmitIn(ctx, tx, dossier.Citizen(), dossier.Submission{Key: "street-" + m["unit"], Procedure: v.Procedure, Unit: m["unit"], Channel: dossier.Online,
			Answers: json.RawMessage(`{}`), Facts: dossier.Facts{Subject: "Trần Gia Bảo", Applicant: "Lê Thị Mai", Phone: "0912345678"}})
		m["dossier"] = string(d.ID)
		return err
	}))
}
