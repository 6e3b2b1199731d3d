package office

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"testing"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/dossiertest"
	"lotrinh/dossier/form"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/org"
)

const copied = `{"code":"2.000635","name":{"vi":"Cấp bản sao trích lục","en":"Copy"},"group":"copy","level":3,"basis":[{"text":"Luật Hộ tịch"}],"term":{"kind":"same_day"},"fee":{},
"documents":[{"key":"form","name":{"vi":"Tờ khai","en":"Form"}},{"key":"id","name":{"vi":"Giấy tờ tùy thân","en":"Identity"},"show":true},
{"key":"letter","name":{"vi":"Văn bản ủy quyền","en":"Authorisation"},"when":{"field":"who.is","op":"is","value":"other"}}],
"form":{"keys":{"subject":"person.name","applicant":"who.name","phone":"who.phone"},"groups":[{"key":"person","title":{"vi":"Người"},"fields":[{"key":"person.name","kind":"name","label":{"vi":"Họ tên"},"required":true},
{"key":"person.born","kind":"date","label":{"vi":"Ngày sinh"}}]},{"key":"who","title":{"vi":"Người yêu cầu"},"fields":[
{"key":"who.name","kind":"name","label":{"vi":"Người yêu cầu"},"required":true},{"key":"who.phone","kind":"phone","label":{"vi":"Điện thoại"}},
{"key":"who.is","kind":"choice","label":{"vi":"Là ai"},"options":[{"value":"self","label":{"vi":"Bản thân"}},{"value":"other","label":{"vi":"Người khác"}}]}]}],
"rules":[{"key":"alive","check":"not_after","field":"person.born","other":"@accepted","warn":true,"say":{"vi":"Ngày sinh ở tương lai."}}]},
"results":[{"key":"copy","name":{"vi":"Bản sao","en":"Copy"}}],"steps":[{"key":"receive","kind":"receive","name":{"vi":"Tiếp nhận","en":"Receive"}},{"key":"return","kind":"return","name":{"vi":"Trả","en":"Return"}}]}`

// counter is a room that offers copies.
func counter(t *testing.T, d *db.DB) (*room, definition) {
	t.Helper()
	r := open(t, d)
	v := r.House.Offer("copy", "2016-01-01", copied)
	def, err := r.Definition(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	return r, def
}

// typed is what the counter typed of a copy, with its papers on the counter.
func (r *room) typed(change ...func(*Draft)) Draft {
	r.House.T.Helper()
	v, err := r.InForce(r.House.T.Context(), "copy", r.Now())
	if err != nil {
		r.House.T.Fatal(err)
	}
	in := Draft{ID: ident.New(r.Now()), Procedure: "copy", Version: v.ID, Unit: dossiertest.DangXa, FilledBy: ByPaper, Papers: []string{"form", "id"},
		Answers: form.Answers{"person.name": "Trần Văn An", "who.name": "Trần Thị Bé", "who.phone": "0912345678"}}
	for _, f := range change {
		f(&in)
	}
	return in
}

func (r *room) photo(shade uint8) files.Blob {
	r.House.T.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 30, 40))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{shade * 60, 9, 9, 255}), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		r.House.T.Fatal(err)
	}
	blob, err := r.Files.Receive(r.House.T.Context(), files.Document, "giay.png", &b)
	if err != nil {
		r.House.T.Fatal(err)
	}
	return blob
}

func TestTheCounterTakesADossierOnce(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r, _ := counter(t, d)
		ctx := t.Context()
		in, err := r.Keep(ctx, r.desk, r.typed(), nil)
		if err != nil {
			t.Fatal(err)
		}
		x, judged, err := r.Take(ctx, r.desk, in.ID, false)
		if err != nil || judged.Stops() || x.Status != dossier.Accepted || x.Code == "" || x.Phone == "" || x.Channel != dossier.Counter {
			t.Fatalf("%+v %+v %v", x, judged, err)
		}
		if again, taken, err := r.TakenAs(ctx, r.desk, in.ID); err != nil || !taken || again.ID != x.ID {
			t.Errorf("%+v %v %v", again, taken, err)
		}
		if _, err := r.Keep(ctx, r.desk, in, nil); err != nil {
			t.Fatal(err)
		}
		if y, _, err := r.Take(ctx, r.desk, in.ID, false); err != nil || y.ID != x.ID {
			t.Errorf("taken twice: %v", err)
		}
		if left, err := r.Unfinished(ctx, r.desk); err != nil || len(left) != 0 {
			t.Errorf("%d are left: %v", len(left), err)
		}
	})
}

// Every rule of the form and every paper is asked for, and what was typed stays.
func TestTheCounterJudgesTheWholeFormAndItsPapers(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r, def := counter(t, d)
		ctx := t.Context()
		for name, c := range map[string]struct {
			in      Draft
			sure    bool
			errors  int
			lacking string
			doubt   bool
			taken   bool
		}{
			"all there":                      {in: r.typed(), taken: true},
			"a needed answer is blank":       {in: r.typed(func(x *Draft) { delete(x.Answers, "person.name") }), errors: 1},
			"an answer cannot be":            {in: r.typed(func(x *Draft) { x.Answers["who.phone"] = "12" }), errors: 1},
			"a paper is not there":           {in: r.typed(func(x *Draft) { x.Papers = []string{"id"} }), lacking: "form"},
			"an original was not shown":      {in: r.typed(func(x *Draft) { x.Papers = []string{"form"} }), lacking: "id"},
			"an answer asks for a paper":     {in: r.typed(func(x *Draft) { x.Answers["who.is"] = "other" }), lacking: "letter"},
			"a doubt is not looked at":       {in: r.typed(func(x *Draft) { x.Answers["person.born"] = "2016-12-01" }), doubt: true},
			"a doubt that was looked at":     {in: r.typed(func(x *Draft) { x.Answers["person.born"] = "2016-12-01" }), sure: true, taken: true},
			"a helper has no name":           {in: r.typed(func(x *Draft) { x.FilledBy = ByVolunteer })},
			"nobody is said to have written": {in: r.typed(func(x *Draft) { x.FilledBy = "" })},
		} {
			in, err := r.Keep(ctx, r.desk, c.in, nil)
			if err != nil {
				t.Fatal(err)
			}
			x, judged, err := r.Take(ctx, r.desk, in.ID, c.sure)
			lacking := ""
			for _, doc := range judged.Lacking {
				lacking += doc.Key
			}
			if len(form.Errors(judged.Findings)) != c.errors || lacking != c.lacking || judged.Doubtful != c.doubt || (x.Status == dossier.Accepted) != c.taken {
				t.Errorf("%s: %+v %v", name, judged, err)
			}
			if refused := !c.taken && !judged.Stops(); refused != fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
			if !c.taken {
				if kept, err := r.DraftOf(ctx, d.Read(), r.desk, in.ID); err != nil || kept.Answers["who.name"] != "Trần Thị Bé" {
					t.Errorf("%s: what was typed is lost: %v", name, err)
				}
			}
		}
		if n := len(def.Documents); n != 3 {
			t.Fatal(n)
		}
	})
}

func TestPhotosStayWithARefusedFormAndGoToTheDossier(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r, def := counter(t, d)
		ctx := t.Context()
		one, two := r.photo(1), r.photo(2)
		in := r.typed(func(x *Draft) {
			x.Papers = []string{"id"}
			delete(x.Answers, "person.name")
			x.FilledBy, x.Helper = ByVolunteer, "Lê Văn  Tư"
		})
		for range 2 { // pressed twice, the same pictures come once
			if _, err := r.Keep(ctx, r.desk, in, map[string][]files.Blob{"form": {one, two}}); err != nil {
				t.Fatal(err)
			}
		}
		if _, judged, err := r.Take(ctx, r.desk, in.ID, false); err != nil || !judged.Stops() {
			t.Fatalf("%+v %v", judged, err)
		}
		photos, err := r.Photos(ctx, def, in)
		if err != nil || len(photos["form"]) != 2 {
			t.Fatalf("%v %v", photos, err)
		}
		if err := r.DropPhoto(ctx, r.desk, def, in, photos["form"][1].ID); err != nil {
			t.Fatal(err)
		}
		in.Answers["person.name"] = "Trần Văn An"
		if _, err := r.Keep(ctx, r.desk, in, nil); err != nil {
			t.Fatal(err)
		}
		x, judged, err := r.Take(ctx, r.desk, in.ID, false)
		if err != nil || judged.Stops() || x.Channel != dossier.Assisted {
			t.Fatalf("%+v %+v %v", x, judged, err)
		}
		steps, _ := r.StepsOf(ctx, d.Read(), x.ID)
		if steps[0].Said != "Lê Văn Tư" || steps[0].ActorName != r.desk.Name {
			t.Errorf("the record names %q by %q", steps[0].Said, steps[0].ActorName)
		}
		docs, _ := r.DocumentsOf(ctx, d.Read(), x.ID)
		got, err := r.PhotosOf(ctx, x, docs)
		if err != nil || len(got["form"]) != 1 {
			t.Fatalf("%v %v", got, err)
		}
		file := got["form"][0].ID
		far := r.As(org.OneStopOfficer, dossiertest.BacSon)
		for name, c := range map[string]struct {
			who access.Actor
			ok  bool
		}{"the officer who examines": {r.officer, true}, "the leader": {r.leader, true}, "another commune": {far, false}, "the coordinator": {r.As(org.DistrictCoordinator, "018"), false}, "nobody": {access.Actor{}, false}} {
			if _, err := r.Photo(ctx, c.who, x.ID, file, true); (err == nil) != c.ok {
				t.Errorf("%s: %v", name, err)
			}
		}
		other := r.accepted(named("Người Khác", "1980-01-01"))
		if _, err := r.Photo(ctx, r.officer, other.ID, file, true); !fault.Is(err, fault.Missing) {
			t.Errorf("a photo of another dossier: %v", err)
		}
	})
}

func TestADraftOfTheCounterIsItsOfficersOwn(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r, def := counter(t, d)
		ctx := t.Context()
		in, err := r.Keep(ctx, r.desk, r.typed(), map[string][]files.Blob{"form": {r.photo(1)}})
		if err != nil {
			t.Fatal(err)
		}
		beside := r.House.As(org.OneStopOfficer, dossiertest.DangXa, "Phạm Thị Bên")
		for name, c := range map[string]struct {
			who  access.Actor
			kind fault.Kind
		}{"a colleague": {beside, fault.Missing}, "no right": {r.officer, fault.Denied}, "nobody": {access.Actor{}, fault.SignIn}} {
			if _, _, err := r.Take(ctx, c.who, in.ID, false); !fault.Is(err, c.kind) {
				t.Errorf("%s takes: %v", name, err)
			}
			if _, err := r.Keep(ctx, c.who, in, nil); !fault.Is(err, c.kind) {
				t.Errorf("%s keeps: %v", name, err)
			}
			if err := r.DropPhoto(ctx, c.who, def, in, "x"); !fault.Is(err, c.kind) {
				t.Errorf("%s drops: %v", name, err)
			}
		}
		far := r.typed(func(x *Draft) { x.Unit = dossiertest.BacSon })
		if _, err := r.Keep(ctx, r.desk, far, nil); !fault.Is(err, fault.Denied) && !fault.Is(err, fault.Missing) {
			t.Errorf("for another commune: %v", err)
		}
		r.At.Set(r.At.Now().Add(intakeLife + time.Hour))
		if err := r.SweepDrafts(ctx); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := d.Read().NewRaw("SELECT (SELECT count(*) FROM office_intake) + (SELECT count(*) FROM file WHERE area = ?)", intakeArea).Scan(ctx, &n); err != nil || n != 0 {
			t.Errorf("%d rows are left after a week: %v", n, err)
		}
	})
}

// What an applicant brings later is taken at the counter: the paper is there, its photo is
// seen, and the history names it.
func TestPapersComeLater(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		ctx := context.Background()
		x := r.House.Submit(func(f *dossier.Submission) {
			f.Documents = []dossier.Document{{Key: "birth_proof", State: missing}, {Key: "identity", Shown: true, State: missing}}
		})
		if _, err := r.Do(ctx, r.desk, x.ID, 0, dossier.Move{Act: dossier.Accept}); !fault.Is(err, fault.Invalid) {
			t.Fatalf("accepted without its proof: %v", err)
		}
		if err := r.AddPapers(ctx, r.desk, x.ID, nil, nil); !fault.HasKey(err, "office.papers.nothing") {
			t.Error(err)
		}
		for name, who := range map[string]access.Actor{"leader": r.leader, "another commune": r.As(org.OneStopOfficer, dossiertest.BacSon), "nobody": {}} {
			if err := r.AddPapers(ctx, who, x.ID, []string{"identity"}, nil); err == nil {
				t.Errorf("%s added a paper", name)
			}
		}
		if err := r.AddPapers(ctx, r.desk, x.ID, []string{"identity"}, map[string][]files.Blob{"birth_proof": {r.photo(3)}}); err != nil {
			t.Fatal(err)
		}
		docs, _ := r.DocumentsOf(ctx, d.Read(), x.ID)
		for _, one := range docs {
			if one.State != present || one.Shown != (one.Key == "identity") {
				t.Errorf("%+v", one)
			}
		}
		if got, err := r.PhotosOf(ctx, x, docs); err != nil || len(got["birth_proof"]) != 1 {
			t.Errorf("%v %v", got, err)
		}
		r.Must(r.desk, x, dossier.Move{Act: dossier.Accept})
	})
}
