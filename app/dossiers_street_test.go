package app

import (
	"context"
	"encoding/json"
	"strings"

	"lotrinh/dossier"
	"lotrinh/dossier/filing"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/files"
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
	m["enterable"], m["enter_ver"] = m["dossier"], "1"
	if m["unit"] == hereUnit { // the demo has one whose register entry is to be written
		m["enterable"] = s.one("SELECT min(id) FROM dossier WHERE unit = ? AND stage = 'register'", hereUnit)
		m["enter_ver"] = s.one("SELECT CAST(ver AS TEXT) FROM dossier WHERE id = ?", m["enterable"])
	}
	s.drafted(m)
}

// drafted is a citizen's draft with a paper and an upload, and the open page of the
// dossier that was filed: whoever has their addresses may use them.
func (s *street) drafted(m map[string]string) {
	s.t.Helper()
	f, now, ctx := s.Dossiers.Filing, s.Machine.Now(), s.t.Context()
	home, err := f.Begin(ctx, access.System("street"), "plain_"+m["unit"], m["unit"], dossier.Online, false)
	must(s.t, err)
	m["draft"] = home[strings.LastIndexByte(home, '/')+1:]
	d, err := f.ByKey(ctx, m["draft"])
	must(s.t, err)
	paper, err := s.Files.Receive(ctx, files.Document, "a.pdf", strings.NewReader("%PDF-1.4 "+m["unit"]))
	must(s.t, err)
	put, err := f.Put(ctx, d, "paper", []files.Blob{paper})
	must(s.t, err)
	m["draft_file"] = string(put[0].File)
	u, err := f.BeginUpload(ctx, d, "paper", "b.pdf", 12, strings.Repeat("0", 64))
	must(s.t, err)
	m["draft_upload"] = string(u.Upload)
	pass := filing.Pass{ID: ident.New(now), Dossier: ident.ID(m["dossier"]), Number: "0912345678", VerifiedAt: &now, At: now}
	m["pass"] = f.Key.Token("filing-pass", pass.ID)
	must(s.t, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&pass).Exec(ctx); err != nil {
			return err
		}
		one, err := files.Attach(ctx, tx, now, access.System("street"), paper, dossier.PaperOwner(dossier.Dossier{ID: pass.Dossier, Unit: m["unit"]}, "paper"))
		m["dossier_file"] = string(one.ID)
		return err
	}))
}
