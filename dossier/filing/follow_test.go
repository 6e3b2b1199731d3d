package filing

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/dossiertest"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/org"
)

// personal is what only the applicant may see of the test's dossier.
var personal = []string{"Trần", "Gia Bảo", "Lê Thị Mai", "0912", "912 345", "khai sinh", "Khai sinh", "Đặng Xá", "Gia Lâm", "2016-11-02", "02/11/2016", "Tiếp nhận lúc"}

func TestAStrangerLearnsDoneOrNotAndNothingElse(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		filed := r.texted("0912345678")
		paths := func(code string) []string { return []string{"/tra-cuu?ma=" + code, "/tra-cuu/ki-ot?ma=" + code} }
		clean := func(path, word string) {
			t.Helper()
			body := r.sees(path, word)
			for _, secret := range append(personal, string(filed.ID), string(filed.Version)) {
				if strings.Contains(body, secret) {
					t.Errorf("%s tells a stranger %q", path, secret)
				}
			}
		}
		for _, path := range paths(filed.Track) {
			clean(path, "Chưa giải quyết xong")
		}
		officer := r.h.As(org.OneStopOfficer, dossiertest.DangXa)
		filed = r.h.Must(officer, filed, dossier.Move{Act: dossier.Accept})
		for _, path := range paths(filed.Code) {
			clean(path, "Chưa giải quyết xong")
		}
		r.h.Must(officer, filed, dossier.Move{Act: dossier.Note, Said: "x"})
		r.h.Must(dossier.Citizen(), filed, dossier.Move{Act: dossier.Withdraw, Said: "Nộp nhầm"})
		for _, path := range paths(strings.ToLower(filed.Track[:4] + " " + filed.Track[4:])) {
			clean(strings.ReplaceAll(path, " ", "%20"), "Đã giải quyết xong")
		}
		clean("/tra-cuu?ma=https%3A%2F%2Fhoso.example%2Ftra-cuu%3Fma%3D"+filed.Track, "Đã giải quyết xong")
	})
}

func TestTheKioskGoesBackByItself(t *testing.T) {
	r := open(t, testkit.SQLite(t))
	filed := r.texted("0912345678")
	for path, want := range map[string]string{"/tra-cuu/ki-ot": "", "/tra-cuu/ki-ot?ma=" + filed.Track: "20; url=/tra-cuu/ki-ot", "/tra-cuu/ki-ot?ma=KHONGCO123": "20; url=/tra-cuu/ki-ot"} {
		res, err := r.s.App().Test(httptest.NewRequest(http.MethodGet, path, nil), -1)
		must(t, err)
		must(t, res.Body.Close())
		if got := res.Header.Get("Refresh"); got != want {
			t.Errorf("%s refreshes %q, want %q", path, got, want)
		}
	}
}

// enters opens the applicant's page of a dossier.
func (r *room) enters(d dossier.Dossier) string {
	r.t.Helper()
	status, at, body := r.ask("POST", "/tra-cuu", "ma", d.Track, "number", d.Phone)
	if status != 303 {
		r.t.Fatalf("knock: %d\n%s", status, brief(body))
	}
	r.goes(at, at, "code", r.code())
	return at
}

func TestRightAndWrongNumbersLookTheSame(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		filed := r.texted("0912345678")
		before := len(r.texts("filing.notice.code"))
		wrong, right := r.goes("/tra-cuu", "", "ma", filed.Track, "number", "0987654321"), r.goes("/tra-cuu", "", "ma", filed.Track, "number", "0912345678")
		if n := len(r.texts("filing.notice.code")) - before; n != 1 {
			t.Fatalf("%d codes were sent, want one", n)
		}
		same := func(path, masked string) string {
			return strings.NewReplacer(path, "", masked, "").Replace(r.sees(path, "Nhập mã xác nhận"))
		}
		once := func(s string) string { // the form's own mark differs with each showing
			a, b, _ := strings.Cut(s, `name="_once" value="`)
			_, b, _ = strings.Cut(b, `"`)
			return a + b
		}
		if a, b := once(same(wrong, "0987 ••• 321")), once(same(right, "0912 ••• 678")); len(a) != len(b) {
			t.Errorf("the page after a wrong number differs from the one after a right one:\n%s\n%s", a, b)
		}
		// The code of the right telephone opens nothing elsewhere.
		if status, _, _ := r.ask("POST", wrong, "code", r.code()); status != 422 {
			t.Errorf("a wrong number's page took a code: %d", status)
		}
		if status, to, _ := r.ask("GET", right+"/danh-gia"); status != 303 || to != right {
			t.Errorf("a page before its code: %d %s", status, to)
		}
		r.goes(right, right, "code", r.code())
		body := r.sees(right, "Đăng ký khai sinh", "xã Đặng Xá", "Hồ sơ đã đến bộ phận một cửa")
		if strings.Contains(body, "Trần Gia Bảo") || strings.Contains(body, "0912345678") {
			t.Error("the applicant's page says more than it must")
		}
		if n := r.count("SELECT COUNT(*) FROM trail_entry WHERE act = 'dossier.read.own'"); n == 0 {
			t.Error("reading it is not in the trail")
		}
		r.at.Move(2*time.Hour + time.Minute)
		if status, _, body := r.ask("GET", right); status != 404 || !strings.Contains(body, "2 giờ") {
			t.Errorf("two hours later: %d", status)
		}
	})
}

func TestWrongTriesEnd(t *testing.T) {
	r := open(t, testkit.SQLite(t))
	filed := r.texted("0912345678")
	tried := func(address, number string) int {
		r.by = address
		status, _, _ := r.ask("POST", "/tra-cuu", "ma", filed.Track, "number", number)
		return status
	}
	for i := range ofOneCode {
		if got := tried("10.0.0."+strconv.Itoa(i), "09876543"+strconv.Itoa(10+i)); got != 303 {
			t.Fatalf("try %d: %d", i, got)
		}
	}
	if got := tried("10.0.1.1", "0912345678"); got != 429 {
		t.Errorf("the code bears more wrong numbers than it should: %d", got)
	}
	r.by = "10.0.2.1"
	for i := range ofOneHost {
		if status, _, _ := r.ask("GET", "/tra-cuu?ma=KHONGCO"+strconv.Itoa(100+i)); status != 422 {
			t.Fatalf("unknown code %d: %d", i, status)
		}
	}
	if status, _, _ := r.ask("GET", "/tra-cuu?ma="+filed.Track); status != 429 {
		t.Errorf("the address bears more wrong codes than it should: %d", status)
	}
	r.by = "10.0.2.2"
	r.sees("/tra-cuu?ma="+filed.Track, "Chưa giải quyết xong")
	r.at.Move(61 * time.Minute)
	must(t, r.Sweep(t.Context()))
	if got := tried("10.0.1.1", "0912345678"); got != 303 {
		t.Errorf("an hour later: %d", got)
	}
	// The same number again and again is stopped before the telephone has had enough.
	for range ofOnePair - 1 {
		tried("10.0.3.1", "0912345678")
	}
	if got := tried("10.0.3.1", "0912345678"); got != 429 {
		t.Errorf("a fourth code for one number: %d", got)
	}
}

func TestASupplementIsSentOnce(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		filed := r.texted("0912345678")
		officer := r.h.As(org.OneStopOfficer, dossiertest.DangXa)
		r.h.Must(officer, filed, dossier.Move{Act: dossier.AskSupplement, Said: "Chụp lại giấy chứng sinh cho rõ."})
		own := r.enters(filed)
		r.sees(own, "Hồ sơ cần bổ sung", "Chụp lại giấy chứng sinh")
		page := own + "/bo-sung"
		r.sees(page, "Giấy chứng sinh", "Giấy tờ khác")
		if status, _, body := r.ask("POST", page, "do", "send"); status != 422 || !strings.Contains(body, "ít nhất một giấy tờ") {
			t.Errorf("nothing at all: %d", status)
		}
		kind, body := multipartOf(t, "chung-sinh.pdf", pdf(4000))
		if status, _, answer := r.raw("POST", page+"?giay=birth_proof", kind, body); status != 303 {
			t.Fatalf("a picture: %d\n%s", status, brief(answer))
		}
		r.sees(page, "chung-sinh.pdf")
		for range 2 {
			if status, to, answer := r.ask("POST", page, "do", "send", "words", "Đã chụp lại."); status != 303 || !strings.HasSuffix(to, own) {
				if status != 409 && status != 303 {
					t.Fatalf("%d %s\n%s", status, to, brief(answer))
				}
			}
		}
		steps, err := r.Dossiers.StepsOf(t.Context(), r.DB.Read(), filed.ID)
		must(t, err)
		n := 0
		for _, st := range steps {
			if st.Act == dossier.Supplied {
				n++
			}
		}
		files, err := r.Files.Of(t.Context(), dossier.Area, dossier.PaperOwner(filed, "birth_proof").Subject)
		must(t, err)
		if n != 1 || len(files[dossier.PaperOwner(filed, "birth_proof").Subject]) != 2 {
			t.Errorf("sent %d times, files %v", n, files)
		}
		body = r.sees(own, "chung-sinh.pdf")
		if strings.Contains(body, "/bo-sung") {
			t.Error("it is asked for again")
		}
		for _, doc := range must2(r.Dossiers.DocumentsOf(t.Context(), r.DB.Read(), filed.ID))(t) {
			if doc.Key == "birth_proof" && doc.State != Present {
				t.Errorf("%+v", doc)
			}
		}
	})
}

func must2[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		must(t, err)
		return v
	}
}

func TestWithdrawingAsksOnceAndNamesTheDossier(t *testing.T) {
	r := open(t, testkit.SQLite(t))
	filed := r.texted("0912345678")
	own := r.enters(filed)
	r.sees(own+"/rut-ho-so", "Rút hồ sơ "+filed.Track+"?")
	if status, _, _ := r.ask("POST", own+"/rut-ho-so", "version", "1", "why", ""); status != 422 {
		t.Errorf("without a reason: %d", status)
	}
	if status, _, _ := r.ask("POST", own+"/rut-ho-so", "version", "99", "why", "Nộp nhầm nơi"); status != 409 {
		t.Error("a stale page withdrew it")
	}
	now, err := r.Dossiers.ByTrack(t.Context(), r.DB.Read(), filed.Track)
	must(t, err)
	r.goes(own+"/rut-ho-so", own, "version", saw(now), "why", "Nộp nhầm nơi")
	r.sees(own, "Bạn đã rút hồ sơ", "Nộp nhầm nơi")
	if status, to, _ := r.ask("GET", own+"/rut-ho-so"); status != 303 || to != own {
		t.Errorf("withdrawn twice: %d %s", status, to)
	}
}

// saw is the version that a page of the dossier holds.
func saw(d dossier.Dossier) string { return strconv.FormatInt(d.Ver, 10) }

// drafted is a dossier whose draft certificate waits for its applicant.
func (r *room) drafted(number string) dossier.Dossier {
	r.t.Helper()
	filed := r.texted(number)
	one, civil := r.h.As(org.OneStopOfficer, dossiertest.DangXa), r.h.As(org.CivilStatusOfficer, dossiertest.DangXa)
	r.h.Must(one, filed, dossier.Move{Act: dossier.Accept})
	r.h.Must(one, filed, dossier.Move{Act: dossier.HandOver})
	r.h.Must(civil, filed, dossier.Move{Act: dossier.HandOver})
	return r.h.Must(civil, filed, dossier.Move{Act: dossier.AskConfirm})
}

func TestTheApplicantConfirmsOrObjectsAndSilenceIsConsent(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		first := r.drafted("0912345678")
		own := r.enters(first)
		r.sees(own, "xác nhận nội dung bản dự thảo", "10/11/2016 17:30") // eight working hours from 08:00
		r.sees(own+"/xac-nhan", "Trần Gia Bảo", "Lê Thị Mai")
		if status, _, _ := r.ask("POST", own+"/xac-nhan", "do", "object", "why", ""); status != 422 {
			t.Errorf("an objection without words: %d", status)
		}
		for _, pairs := range [][]string{{"do", "object", "why", "Sai chữ đệm"}, {}, {"version", "0"}} { // pages that have seen nothing
			if status, _, _ := r.ask("POST", own+"/xac-nhan", pairs...); status != 409 {
				t.Errorf("%v without a version: %d", pairs, status)
			}
		}
		r.goes(own+"/xac-nhan", own, "version", saw(first), "do", "object", "why", "Sai chữ đệm")
		r.at.Move(16 * time.Minute) // another code may be had
		second := r.drafted("0912345679")
		own = r.enters(second)
		r.goes(own+"/xac-nhan", own, "version", saw(second))
		r.at.Move(16 * time.Minute)
		third := r.drafted("0912345680")
		if n, err := r.Consent(t.Context(), 10); err != nil || n != 0 {
			t.Errorf("consented before the time: %d %v", n, err)
		}
		r.at.Move(25 * time.Hour)
		if n, err := r.Consent(t.Context(), 10); err != nil || n != 1 {
			t.Errorf("silence was taken %d times, %v; want once", n, err)
		}
		for i, want := range []string{"examine", "register", "register"} {
			got, err := r.Dossiers.ByTrack(t.Context(), r.DB.Read(), []dossier.Dossier{first, second, third}[i].Track)
			must(t, err)
			if got.Stage != want || got.Waiting != dossier.ForNobody {
				t.Errorf("dossier %d stands at %s, waits for %q; want %s", i, got.Stage, got.Waiting, want)
			}
		}
		if n := r.count("SELECT COUNT(*) FROM filing_consent"); n != 0 {
			t.Errorf("%d consents still wait", n)
		}
	})
}

func TestADossierIsRatedWhenItIsDone(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		filed := r.texted("0912345678")
		own := r.enters(filed)
		if body := r.sees(own); strings.Contains(body, "/danh-gia") {
			t.Error("it is rated before it is done")
		}
		if status, _, _ := r.ask("POST", own+"/danh-gia", "attitude", "2"); status != 409 && status != 303 {
			t.Errorf("rated too early: %d", status)
		}
		r.h.Must(r.h.As(org.OneStopOfficer, dossiertest.DangXa), filed, dossier.Move{Act: dossier.RefuseIntake, Said: "Không thuộc thẩm quyền của xã."})
		r.sees(own+"/danh-gia", "Lịch sự")
		if status, _, _ := r.ask("POST", own+"/danh-gia", "attitude", "7"); status != 422 {
			t.Errorf("seven points: %d", status)
		}
		r.goes(own+"/danh-gia", own, "attitude", "1")
		r.goes(own+"/danh-gia", own, "attitude", "2", "contacts", "1", "comment", "Cán bộ tận tình")
		got, ok, err := r.RatingOf(t.Context(), filed.ID)
		if err != nil || !ok || got.Attitude != 2 || got.Contacts == nil || *got.Contacts != 1 || got.Openness != nil || got.Ver != 2 {
			t.Errorf("%+v %v %v", got, ok, err)
		}
		var events []outbox.Event
		must(t, r.DB.Read().NewSelect().Model(&events).Where("topic = ?", Rated{}.Topic()).Order("seq").Scan(t.Context()))
		if len(events) != 2 || strings.Contains(events[1].Body, "tận tình") || !strings.Contains(events[1].Body, `"seq":2`) {
			t.Errorf("events %+v", events)
		}
	})
}

func TestNobodyElsesPassOpensADossier(t *testing.T) {
	r := open(t, testkit.SQLite(t))
	mine, other := r.texted("0912345678"), r.texted("0912345679")
	own := r.enters(mine)
	file := func(d dossier.Dossier) string {
		var id string
		must(t, r.DB.Read().NewRaw("SELECT id FROM file WHERE subject LIKE ?", string(d.ID)+"/%").Scan(t.Context(), &id))
		return id
	}
	if other.ID == mine.ID {
		t.Fatal("one dossier for two")
	}
	r.who = access.Actor{}
	home := r.filled()
	kind, body := multipartOf(t, "a.pdf", pdf(3000))
	if status, _, answer := r.raw("POST", home+"/giay-birth_proof", kind, body); status != 303 {
		t.Fatalf("%d\n%s", status, brief(answer))
	}
	r.at.Move(16 * time.Minute)
	r.goes(home+"/dien-thoai", "/ma", "number", "0912345681")
	r.goes(home+"/ma", "/kiem-tra", "code", r.code())
	r.goes(home+"/kiem-tra", "/xong")
	all := r.dossiers()
	third := all[len(all)-1]
	if status, _, _ := r.ask("GET", own+"/tep/"+file(third)); status != 404 {
		t.Errorf("another's paper: %d", status)
	}
	theirs := r.enters(third)
	if status, _, _ := r.ask("GET", theirs+"/tep/"+file(third)); status != 200 {
		t.Errorf("one's own paper: %d", status)
	}
	if status, _, _ := r.ask("GET", theirs[:len(theirs)-2]+"AA"); status != 404 {
		t.Errorf("a made-up address: %d", status)
	}
}
