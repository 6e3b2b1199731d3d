package app

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lotrinh/dossier"
	"lotrinh/dossier/form"
	"lotrinh/dossier/office"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
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
		if err := s.typed(ctx, tx, m, d.Version); err != nil {
			return err
		}
		for _, p := range papers {
			m["slip"] = string(p.ID)
		}
		return err
	}))
}

// typed is what an officer of the demo types at the counter of their commune, with a paper;
// at the counter of another it is somebody else's.
func (s *street) typed(ctx context.Context, tx *db.Tx, m map[string]string, version ident.ID) error {
	now, officer := s.Business.Now(), s.actor("officer")
	in := office.Draft{ID: ident.New(now), Procedure: "papers", Version: version, Unit: m["unit"], Officer: "nobody", FilledBy: office.ByPaper, Answers: form.Answers{}, Papers: []string{}, At: now, ChangedAt: now}
	if officer.Home == m["unit"] {
		in.Officer = officer.ID
	}
	if _, err := tx.NewInsert().Model(&in).Exec(ctx); err != nil {
		return err
	}
	paper, err := s.Files.Receive(ctx, files.Document, "to-khai.pdf", strings.NewReader("%PDF-1.4\n%%EOF"))
	if err != nil {
		return err
	}
	one, err := files.Attach(ctx, tx, now, officer, paper, files.Owner{Area: "intake", Subject: string(in.ID) + "/paper", Unit: m["unit"]})
	m["counter_file"] = string(one.ID)
	return err
}

// marriedProcedure takes three working days, so that everything can be asked of it.
const marriedProcedure = `{"code":"1.004873","name":{"vi":"Xác nhận tình trạng hôn nhân","en":"Marital status"},"level":3,"term":{"kind":"working_days","days":3},"form":{},
"results":[{"key":"c","name":{"vi":"Giấy xác nhận","en":"Certificate"}}],"steps":[{"key":"receive","kind":"receive","name":{"vi":"Tiếp nhận"}},{"key":"examine","kind":"examine","name":{"vi":"Thẩm tra"}},{"key":"return","kind":"return","name":{"vi":"Trả"}}]}`

func TestTheAPIAsksForACompletionOnceAndGivesOneNewDate(t *testing.T) {
	eachStreet(t, func(t *testing.T, s *street) {
		var d dossier.Dossier
		must(t, s.DB.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			v := dossier.Version{ID: ident.New(s.Business.Now()), Procedure: "married", From: "2016-01-01", State: dossier.Published, Definition: json.RawMessage(marriedProcedure), MadeAt: s.Business.Now(), Ver: 1}
			if _, err := tx.NewInsert().Model(&v).Exec(ctx); err != nil {
				return err
			}
			var err error
			d, err = s.Dossiers.SubmitIn(ctx, tx, dossier.Citizen(), dossier.Submission{Key: "married", Procedure: "married", Unit: hereUnit, Channel: dossier.Online, Answers: json.RawMessage(`{}`),
				Facts: dossier.Facts{Subject: "Nguyễn Văn Đức", Applicant: "Nguyễn Văn Đức"}})
			return err
		}))
		token := s.bearer("officer")
		version := d.Ver
		act := func(body string) answer {
			a := s.ask("", "POST", "/api/v1/dossiers/"+string(d.ID)+"/act", body, append(slices.Clone(token), "If-Match", `"`+strconv.FormatInt(version, 10)+`"`)...)
			var out struct{ Version int64 }
			if a.status == 200 && json.Unmarshal([]byte(a.body), &out) == nil {
				version = out.Version
			}
			return a
		}
		day := func(n int) string { return clock.Date(s.Business.Now().AddDate(0, 0, n)) }
		for _, step := range []struct {
			body   string
			status int
		}{
			{`{"act":"accept"}`, 200},
			{`{"act":"ask_supplement","said":"Thiếu"}`, 422},
			{`{"act":"ask_supplement","said":"Thiếu","items":["Bản án ly hôn"]}`, 200},
			{`{"act":"complete_supplement"}`, 200},
			{`{"act":"ask_supplement","said":"Thiếu nữa","items":["Giấy khác"]}`, 409},
			{`{"act":"reappoint","said":"Chờ","until":"` + day(0) + `"}`, 422},
			{`{"act":"reappoint","said":"Chờ","until":"` + day(14) + `"}`, 200},
			{`{"act":"reappoint","said":"Chờ nữa","until":"` + day(21) + `"}`, 409},
			{`{"act":"sign"}`, 422},
			{`{"act":"return","receiver":"Nguyễn Văn Đức","how":"counter","identity":"CMND"}`, 409},
		} {
			if a := act(step.body); a.status != step.status {
				t.Errorf("%s: %d %s", step.body, a.status, a.body)
			}
		}
		if a := s.ask("", "POST", "/api/v1/dossiers/"+string(d.ID)+"/act", `{"act":"note"}`, append(slices.Clone(token), "If-Match", `"1"`)...); a.status != 412 {
			t.Errorf("an old version was taken: %d", a.status)
		}
	})
}

func TestWhatIsPrintedAgainSaysForWhichTime(t *testing.T) {
	eachStreet(t, func(t *testing.T, s *street) {
		m := map[string]string{"unit": hereUnit}
		s.papered(m)
		at := "/dossiers/slips/" + m["slip"]
		if a := s.ask("officer", "GET", at+"/paper?copy=1", ""); a.status != 404 {
			t.Errorf("a print that was never made: %d", a.status)
		}
		for _, n := range []string{"1", "2"} {
			a := s.ask("officer", "POST", at+"/copy", "x=1")
			if to := a.head.Get("Location"); a.status != 303 || to != at+"/paper?copy="+n {
				t.Errorf("print %s: %d %s", n, a.status, to)
			}
			if a := s.ask("officer", "GET", at+"/paper?copy="+n, ""); a.status != 200 || !strings.HasPrefix(a.body, "%PDF") {
				t.Errorf("print %s: %d", n, a.status)
			}
		}
		if a := s.ask("officer", "GET", at, ""); !strings.Contains(a.body, "Đã in lại 2 lần") {
			t.Error("the page does not say how often it was printed")
		}
		if a := s.ask("minhtri", "POST", at+"/copy", "x=1"); a.status != 404 {
			t.Errorf("printed from afar: %d", a.status)
		}
		if n := s.one("SELECT CAST(count(*) AS TEXT) FROM trail_entry WHERE act = 'dossier.slip.reprinted' AND target = ?", m["slip"]); n != "2" {
			t.Errorf("the trail has %s prints", n)
		}
		if a := s.ask("officer", "GET", "/dossiers/book/paper", ""); a.status != 200 || !strings.HasPrefix(a.body, "%PDF") {
			t.Errorf("the book of the year: %d", a.status)
		}
	})
}

func TestEveryButtonOfTheCounterSaysWhatItIsAbout(t *testing.T) {
	s := openStreet(t, Config{})
	body := s.ask("officer", "GET", "/dossiers/counter", "").body
	label := s.Words.In(i18n.VI).Say("office.counter.assist")
	names := map[string]bool{}
	for _, part := range strings.Split(body, label)[1:] {
		_, after, _ := strings.Cut(part, `<span class="visually-hidden">`)
		name, _, _ := strings.Cut(after, "</span>")
		names[name] = true
	}
	if n := strings.Count(body, label); n < 20 || len(names) != n || names[""] {
		t.Errorf("%d buttons have %d names", n, len(names))
	}
}
