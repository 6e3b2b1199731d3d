package practice

import (
	"encoding/json"
	"slices"
	"testing"

	"lotrinh/dossier"
	"lotrinh/dossier/dossiertest"
	"lotrinh/dossier/form"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/org"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// whole has a form, so it is worth practising, and a step of another authority.
const whole = `{"code":"9.000001","name":{"vi":"Thủ tục đầy đủ"},"group":"birth","level":3,"basis":[{"text":"x"}],"term":{"kind":"same_day"},"fee":{},
"documents":[{"key":"paper","name":{"vi":"Tờ khai"}}],
"form":{"groups":[{"key":"child","title":{"vi":"Trẻ"},"fields":[{"key":"name","kind":"name","required":true,"label":{"vi":"Họ tên"}},{"key":"born","kind":"date","required":true,"label":{"vi":"Ngày sinh"}},
{"key":"pid","kind":"pid","required":true,"label":{"vi":"Số định danh"}},{"key":"sex","kind":"choice","required":true,"options":[{"value":"male","label":{"vi":"Nam"}}],"label":{"vi":"Giới tính"}},{"key":"home","kind":"address","required":true,"label":{"vi":"Nơi ở"}}]}],
"keys":{"subject":"name","born":"born"}},"results":[{"key":"c","name":{"vi":"Giấy"}}],
"steps":[{"key":"receive","kind":"receive","name":{"vi":"Tiếp nhận"}},{"key":"examine","kind":"examine","name":{"vi":"Thẩm tra"}},{"key":"pid","kind":"pid","name":{"vi":"Cấp số"}},{"key":"deliver","kind":"deliver","name":{"vi":"Liên thông"}},{"key":"return","kind":"return","name":{"vi":"Trả"}}]}`

func TestPracticeIsDoneFromEndToEndAndApart(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := dossiertest.New(t, d)
		s := New(Deps{DB: d, Dossiers: h.Service})
		s.Join()
		h.Offer("whole", "2016-01-01", whole)
		stop, civil, idle := h.As(org.OneStopOfficer, dossiertest.DangXa, "Tiếp"), h.As(org.CivilStatusOfficer, dossiertest.DangXa, "Tịch"), h.As(org.SigningLeader, dossiertest.DangXa, "Chủ")
		made, err := s.Start(t.Context(), civil, dossiertest.DangXa)
		must(t, err)
		if len(made) != 1 || made[0].Procedure != "whole" {
			t.Fatalf("%+v: only procedures with a form of their own are practised", made)
		}
		open, err := s.Open(t.Context(), stop, dossiertest.DangXa)
		must(t, err)
		x := open[0]
		raw, err := h.AnswersOf(t.Context(), d.Read(), x.ID)
		must(t, err)
		var a form.Answers
		must(t, json.Unmarshal(raw, &a))
		if !x.Practice || a["pid"] != "" || a["name"] == "" || a["born"] == "" || a["sex"] != "male" || a["home.unit"] != dossiertest.DangXa || x.SubjectPID != "" {
			t.Errorf("%+v %v", x, a)
		}
		x = h.Must(stop, x, dossier.Move{Act: dossier.Accept})
		if x.Code[:4] != "THU-" {
			t.Errorf("code %s", x.Code)
		}
		x = h.Must(stop, x, dossier.Move{Act: dossier.HandOver})
		x = h.Must(civil, x, dossier.Move{Act: dossier.HandOver})
		if x.Stage != "return" {
			t.Fatalf("steps of other authorities are not left out: %s", x.Stage)
		}
		x = h.Must(stop, x, dossier.Move{Act: dossier.Finish})
		if passes, err := s.Passes(t.Context(), idle, dossiertest.DangXa); err != nil || len(passes) != 0 {
			t.Error("passed before the end", err)
		}
		h.Must(stop, x, dossier.Move{Act: dossier.Return})
		passes, err := s.Passes(t.Context(), idle, dossiertest.DangXa)
		must(t, err)
		if len(passes) != 2 {
			t.Fatalf("%+v", passes)
		}
		for _, p := range passes {
			if p.Account != stop.ID && p.Account != civil.ID || p.Procedure != "whole" || !p.At.Equal(h.At.Now()) {
				t.Errorf("%+v", p)
			}
		}
		done, err := s.Done(t.Context(), d.Read(), []string{dossiertest.DangXa, dossiertest.BacSon})
		if err != nil || len(done) != 1 || done[dossiertest.DangXa].IsZero() {
			t.Error(done, err)
		}
		if told, err := d.Read().NewSelect().Table("outbox_event").Where("topic = ?", Done{}.Topic()).Where("subject = ?", "unit:"+dossiertest.DangXa).Count(t.Context()); err != nil || told != 1 {
			t.Errorf("told %d times that a dossier came to its end, %v", told, err)
		}
	})
}

func TestWhoMayPractise(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := dossiertest.New(t, d)
		s := New(Deps{DB: d, Dossiers: h.Service})
		h.Offer("whole", "2016-01-01", whole)
		for _, c := range []struct {
			who  access.Actor
			kind fault.Kind
		}{{access.Actor{}, fault.SignIn}, {h.As(org.Planner, ""), fault.Denied}, {h.As(org.OneStopOfficer, dossiertest.BacSon), fault.Missing}} {
			if _, err := s.Start(t.Context(), c.who, dossiertest.DangXa); !fault.Is(err, c.kind) {
				t.Errorf("%s: %v, want %s", c.who.Name, err, c.kind)
			}
		}
		stop := h.As(org.OneStopOfficer, dossiertest.DangXa)
		if _, err := s.Start(t.Context(), stop, dossiertest.DangXa, slices.Repeat([]string{"whole"}, mostOpen)...); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Start(t.Context(), stop, dossiertest.DangXa, "whole"); !fault.HasKey(err, "practice.too_many") {
			t.Errorf("too many: %v", err)
		}
		if _, err := s.Start(t.Context(), stop, dossiertest.DangXa, "unknown"); err == nil {
			t.Error("an unknown procedure is practised")
		}
	})
}
