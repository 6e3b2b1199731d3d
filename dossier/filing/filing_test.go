package filing

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/dossiertest"
	"lotrinh/dossier/fields"
	"lotrinh/dossier/form"
	"lotrinh/internal/kit"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/otp"
	"lotrinh/internal/kit/signed"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
)

// formOf is a small form: who files, whom it is about, and a paper only for the late.
const formOf = `{"groups":[
{"key":"requester","title":{"vi":"Người yêu cầu"},"fields":[{"key":"applicant","kind":"name","label":{"vi":"Họ và tên của bạn"},"required":true},
 {"key":"relation","kind":"choice","label":{"vi":"Quan hệ"},"required":true,"options":[{"value":"mother","label":{"vi":"Mẹ"}},{"value":"father","label":{"vi":"Cha"}}]}]},
{"key":"child","title":{"vi":"Trẻ được khai sinh"},"fields":[{"key":"name","kind":"name","label":{"vi":"Họ và tên của trẻ"},"required":true},
 {"key":"born","kind":"date","label":{"vi":"Ngày sinh"},"required":true},{"key":"late","kind":"check","label":{"vi":"Đăng ký quá hạn"}},{"key":"pid","kind":"pid","label":{"vi":"Số định danh"}}]}],
"keys":{"subject":"name","born":"born","applicant":"applicant"}}`

const steps = `"steps":[{"key":"receive","kind":"receive","name":{"vi":"Tiếp nhận"}},{"key":"examine","kind":"examine","name":{"vi":"Thẩm tra"}},
{"key":"confirm","kind":"confirm","online_only":true,"name":{"vi":"Người nộp xác nhận"}},{"key":"register","kind":"register","name":{"vi":"Ghi sổ"}},
{"key":"sign","kind":"sign","name":{"vi":"Ký"}},{"key":"return","kind":"return","name":{"vi":"Trả kết quả"}}]`

func definition(f string) string {
	return `{"code":"1.001193","name":{"vi":"Đăng ký khai sinh","en":"Birth registration"},"group":"birth","level":3,
"basis":[{"text":"Luật Hộ tịch 60/2014/QH13"}],"term":{"kind":"same_day"},"fee":{},"results":[{"key":"certificate","name":{"vi":"Giấy khai sinh"},"book":"ks"}],
"documents":[{"key":"birth_proof","name":{"vi":"Giấy chứng sinh"}},{"key":"identity","name":{"vi":"Giấy tờ tùy thân"},"show":true},
 {"key":"late_reason","name":{"vi":"Giải trình chậm"},"when":{"field":"late","op":"is","value":"1"},"optional":true}],
"form":` + f + `,` + steps + `}`
}

const (
	birth   = "birth_test"
	notLive = "00379" // Bắc Sơn, Sóc Sơn
)

// room is the room of filing with a street before it.
type room struct {
	*Service
	h   *dossiertest.House
	at  *clock.Fake
	t   *testing.T
	s   *httpx.Server
	who access.Actor
	sms bool
	by  string // the network address that asks
}

// BySession and ByBearer let a test be whoever it says.
func (r *room) BySession(context.Context, string) (access.Actor, error) { return r.who, nil }
func (r *room) ByBearer(context.Context, string) (access.Actor, error)  { return access.Actor{}, nil }

func open(t *testing.T, d *db.DB) *room {
	t.Helper()
	h := dossiertest.New(t, d)
	h.Offer(birth, "2016-01-01", definition(formOf))
	words, err := i18n.Load(kit.Locale, site.Locale, org.Locale, files.Locale, notify.Locale, otp.Locale, form.Locale, fields.Locale, dossier.Locale, Locale)
	if err != nil {
		t.Fatal(err)
	}
	r := &room{h: h, at: h.At, t: t, sms: true}
	r.Service = New(Deps{DB: d, Business: h.At, Machine: h.At, Dossiers: h.Service, Files: h.Files, Units: h.Units, Calendars: h.Cals, Calendar: calstore.Office,
		Key: signed.Key("secret"), Words: words, Hotline: "1022", Texting: func() bool { return r.sms },
		Live: func(_ context.Context, unit string) (Opening, error) {
			return Opening{Open: unit != notLive, From: "2016-12-01"}, nil
		}})
	frame := &site.Site{Business: h.At}
	r.s = httpx.New(httpx.Config{BaseURL: "http://localhost", TrustedProxies: []string{"0.0.0.0"}, Identity: r, Catalog: words, DB: d, Clock: h.At, ErrorPage: frame.ErrorPage})
	r.Routes(r.s.Router, frame)
	return r
}

// ask calls a page as a browser without script would.
func (r *room) ask(method, path string, pairs ...string) (status int, to, body string) {
	r.t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return r.raw(method, path, "application/x-www-form-urlencoded", v.Encode())
}

func (r *room) raw(method, path, kind, body string) (status int, to, answer string) {
	r.t.Helper()
	q := httptest.NewRequest(method, path, strings.NewReader(body))
	if method != http.MethodGet {
		q.Header.Set("Content-Type", kind)
	}
	if r.who.SignedIn() {
		q.AddCookie(&http.Cookie{Name: "lotrinh_session", Value: "x"})
	}
	if r.by != "" {
		q.Header.Set("X-Real-IP", r.by)
	}
	res, err := r.s.App().Test(q, -1)
	if err != nil {
		r.t.Fatal(err)
	}
	raw, err := io.ReadAll(res.Body)
	if cerr := res.Body.Close(); err != nil || cerr != nil {
		r.t.Fatal(err, cerr)
	}
	if strings.Contains(string(raw), "⟦") {
		r.t.Errorf("%s %s shows a key without a sentence: %s", method, path, regexp.MustCompile(`⟦[^⟧]*⟧`).FindString(string(raw)))
	}
	return res.StatusCode, res.Header.Get("Location"), string(raw)
}

// brief is the part of a page that a failing test shows.
func brief(body string) string {
	if i := strings.Index(body, "<main"); i >= 0 {
		body = body[i:]
	}
	return regexp.MustCompile(`data-words="[^"]*"`).ReplaceAllString(body[:min(len(body), 2500)], "")
}

// goes posts a form and expects to be led to an address that ends so.
func (r *room) goes(path, to string, pairs ...string) string {
	r.t.Helper()
	status, at, body := r.ask("POST", path, pairs...)
	if status != 303 || !strings.HasSuffix(at, to) {
		r.t.Fatalf("POST %s %v: %d %s, want %s\n%s", path, pairs, status, at, to, brief(body))
	}
	return at
}

// sees fetches a page and expects these words in it.
func (r *room) sees(path string, words ...string) string {
	r.t.Helper()
	status, to, body := r.ask("GET", path)
	if status != 200 {
		r.t.Fatalf("GET %s: %d %s\n%s", path, status, to, brief(body))
	}
	for _, w := range words {
		if !strings.Contains(body, w) {
			r.t.Errorf("GET %s lacks %q\n%s", path, w, brief(body))
		}
	}
	return body
}

// code is the newest one-time code that waits to be sent.
func (r *room) code() string {
	r.t.Helper()
	m := regexp.MustCompile(`"code","s":"(\d+)"`).FindStringSubmatch(strings.ReplaceAll(r.texts("filing.notice.code")[0].Args, " ", ""))
	if m == nil {
		r.t.Fatal("no code was sent")
	}
	return m[1]
}

// texts are the messages of a template, the newest first.
func (r *room) texts(template string) []notify.Notice {
	r.t.Helper()
	var rows []notify.Notice
	must(r.t, r.DB.Read().NewSelect().Model(&rows).Where("no.template = ?", template).Order("no.id DESC").Scan(r.t.Context()))
	return rows
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// draft begins a draft and gives its address.
func (r *room) draft() string {
	r.t.Helper()
	home := r.goes("/nop-ho-so/"+birth, "", "place", "dang xa gia lam")
	if !strings.HasPrefix(home, "/nop-ho-so/"+birth+"/") {
		r.t.Fatalf("a draft begins at %s", home)
	}
	return home
}

// filled is a draft with every answer but the telephone.
func (r *room) filled() string {
	r.t.Helper()
	home := r.draft()
	r.goes(home+"/muc-requester", "/muc-child", "applicant", "Lê Thị Mai", "relation", "mother")
	r.goes(home+"/muc-child", "/giay-birth_proof", "name", "Trần Gia Bảo", "born", "2016-11-02")
	return home
}

// photographed sends a photo of the birth proof with a draft, as a form without script does.
func (r *room) photographed(home string) {
	r.t.Helper()
	kind, body := multipartOf(r.t, "giay-chung-sinh.pdf", pdf(3000))
	if status, _, answer := r.raw("POST", home+"/giay-birth_proof", kind, body); status != 303 {
		r.t.Fatalf("a photo: %d\n%s", status, brief(answer))
	}
}

// proved is a filled draft whose number is proved.
func (r *room) proved(number string) string {
	r.t.Helper()
	home := r.filled()
	r.photographed(home)
	r.goes(home+"/dien-thoai", "/ma", "number", number)
	r.goes(home+"/ma", "/kiem-tra", "code", r.code())
	return home
}

func (r *room) dossiers() []dossier.Dossier {
	r.t.Helper()
	var all []dossier.Dossier
	must(r.t, r.DB.Read().NewSelect().Model(&all).Order("d.id").Scan(r.t.Context()))
	return all
}

func (r *room) count(query string, args ...any) int {
	r.t.Helper()
	var n int
	must(r.t, r.DB.Read().NewRaw(query, args...).Scan(r.t.Context(), &n))
	return n
}

func TestAFamilyFilesOnceHoweverOftenItPresses(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		r.sees("/nop-ho-so/"+birth, "Đăng ký khai sinh", "Giấy chứng sinh", "Giấy tờ tùy thân")
		home := r.proved("0912 345 678")
		if secret := r.code(); !r.texts("filing.notice.code")[0].Private || strings.Contains(r.sees(home+"/kiem-tra"), secret) {
			t.Error("the code is not private")
		}
		r.sees(home+"/kiem-tra", "Trần Gia Bảo", "Lê Thị Mai", "1 tệp", "xã Đặng Xá")
		for range 3 {
			r.goes(home+"/kiem-tra", "/xong", "sure", "1")
		}
		all := r.dossiers()
		if len(all) != 1 {
			t.Fatalf("%d dossiers, want one", len(all))
		}
		got := all[0]
		if got.Status != dossier.Submitted || got.Unit != dossiertest.DangXa || got.Phone != "0912345678" || got.Subject != "Trần Gia Bảo" || got.Applicant != "Lê Thị Mai" || got.Channel != dossier.Online || got.Practice {
			t.Errorf("filed %+v", got)
		}
		r.sees(home+"/xong", got.Track, "Việc tiếp theo", "data-over")
		sent := r.texts("filing.notice.submitted")
		if len(sent) != 1 || !strings.Contains(sent[0].Args, got.Track) || strings.Contains(sent[0].Args, "Trần") || !sent[0].Private || sent[0].Address != "0912345678" {
			t.Errorf("messages %+v", sent)
		}
		// What was typed is the dossier's alone now, and every page leads to the end.
		if n := r.count("SELECT COUNT(*) FROM filing_draft WHERE CAST(answers AS TEXT) LIKE '%Mai%'"); n != 0 {
			t.Error("the draft still holds what was typed")
		}
		if status, to, _ := r.ask("GET", home+"/muc-child"); status != 303 || !strings.HasSuffix(to, "/xong") {
			t.Errorf("a sent draft's page: %d %s", status, to)
		}
	})
}

func TestThePlaceIsFoundWithoutMarksAndMustTakeDossiers(t *testing.T) {
	r := open(t, testkit.SQLite(t))
	for _, tc := range []struct{ typed, want string }{
		{"", "Nhập tên xã"}, {"khong co noi nay", "Không tìm thấy"}, {"xa bac son", "từ ngày 01/12/2016"}, {"trung", "Chọn một nơi"},
	} {
		status, _, body := r.ask("POST", "/nop-ho-so/"+birth, "place", tc.typed)
		if status != 422 || !strings.Contains(body, tc.want) || !strings.Contains(body, "lt-errors") {
			t.Errorf("%q: %d, want %q\n%s", tc.typed, status, tc.want, brief(body))
		}
	}
	if n := r.count("SELECT COUNT(*) FROM filing_draft"); n != 0 {
		t.Errorf("%d drafts were kept before the first answer", n)
	}
	r.sms = false
	if body := r.sees("/nop-ho-so/" + birth); strings.Contains(body, `name="place"`) || !strings.Contains(body, "chưa nộp hồ sơ qua mạng được") {
		t.Error("without text messages nobody is led into a form that cannot be sent")
	}
}

func TestAPageSaysWhatIsWrongAndKeepsWhatWasTyped(t *testing.T) {
	r := open(t, testkit.SQLite(t))
	home := r.draft()
	status, _, body := r.ask("POST", home+"/muc-requester", "applicant", "Mai", "relation", "")
	if status != 422 || !strings.Contains(body, `value="Mai"`) || !strings.Contains(body, "lt-errors") {
		t.Errorf("%d\n%s", status, brief(body))
	}
	r.sees(home+"/muc-requester", `value="Mai"`) // kept although refused
	if status, to, _ := r.ask("GET", home+"/kiem-tra"); status != 303 || !strings.HasSuffix(to, "/dien-thoai") {
		t.Errorf("the last page before its time: %d %s", status, to)
	}
	// A paper is asked for only where the answers want it.
	r.goes(home+"/muc-child", "/giay-birth_proof", "name", "Trần Gia Bảo", "born", "2016-05-02", "late", "1")
	r.goes(home+"/giay-birth_proof", "/giay-late_reason", "do", "next")
	r.goes(home+"/muc-child", "/giay-birth_proof", "name", "Trần Gia Bảo", "born", "2016-05-02")
	r.goes(home+"/giay-birth_proof", "/dien-thoai", "do", "next")
}

func TestADraftLivesThirtyDaysAndBelongsToItsAddress(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		home := r.filled()
		for _, path := range []string{home + "x", strings.Replace(home, birth+"/", birth+"/A", 1)} {
			if status, _, body := r.ask("GET", path); status != 404 || strings.Contains(body, "Trần") {
				t.Errorf("%s: %d", path, status)
			}
		}
		r.at.Move(29 * 24 * time.Hour)
		r.goes(home+"/muc-child", "/giay-birth_proof", "name", "Trần Gia Bảo", "born", "2016-11-02")
		r.at.Move(29 * 24 * time.Hour)
		must(t, r.Sweep(t.Context()))
		r.sees(home+"/muc-child", "Trần Gia Bảo")
		r.at.Move(2 * 24 * time.Hour)
		if status, _, body := r.ask("GET", home+"/muc-child"); status != 404 || !strings.Contains(body, "30 ngày") || !strings.Contains(body, "Bắt đầu lại") {
			t.Errorf("an old draft: %d\n%s", status, brief(body))
		}
		must(t, r.Sweep(t.Context()))
		if n := r.count("SELECT COUNT(*) FROM filing_draft"); n != 0 {
			t.Errorf("%d old drafts are kept", n)
		}
	})
}

// A needed paper without a photo keeps a dossier from being sent from home, and says so where
// it is asked for; what is only to be shown does not, and a tick of the citizen's own counts
// for nothing.
func TestAPaperThatIsMissingKeepsADossierFromBeingSent(t *testing.T) {
	r := open(t, testkit.SQLite(t))
	home := r.filled()
	r.sees(home+"/giay-birth_proof", "Giấy này bắt buộc")
	r.goes(home+"/dien-thoai", "/ma", "number", "0912345678")
	r.goes(home+"/ma", "/kiem-tra", "code", r.code())
	body := r.sees(home+"/kiem-tra", "Thiếu ảnh: Giấy chứng sinh", "/giay-birth_proof?thieu=1#f-files")
	if strings.Contains(body, "Nộp hồ sơ</button>") || strings.Contains(body, "Thiếu ảnh: Giấy tờ tùy thân") {
		t.Error("it can be sent, or a paper only to be shown is asked for")
	}
	if status, _, body := r.ask("POST", home+"/kiem-tra", "sure", "1", "paper:birth_proof", "1"); status != 422 || !strings.Contains(body, "Thiếu ảnh: Giấy chứng sinh") {
		t.Errorf("sent without its photo: %d", status)
	}
	if body := r.sees(home+"/giay-birth_proof?thieu=1", "Thiếu ảnh: Giấy chứng sinh"); !strings.Contains(body, `id="f-files-error"`) {
		t.Error("the sentence is not at its place")
	}
	r.photographed(home)
	if strings.Contains(r.sees(home+"/giay-birth_proof?thieu=1"), "Thiếu ảnh") {
		t.Error("it still lacks")
	}
	r.goes(home+"/kiem-tra", "/xong", "sure", "1")
}

func TestANewVersionAsksToLookAgain(t *testing.T) {
	r := open(t, testkit.SQLite(t))
	home := r.proved("0912345678")
	second := strings.Replace(formOf, `{"key":"late"`, `{"key":"place","kind":"text","label":{"vi":"Nơi sinh"},"required":true},{"key":"late"`, 1)
	r.h.Offer(birth, "2016-11-10", definition(second))
	if status, _, body := r.ask("POST", home+"/kiem-tra", "sure", "1"); status != 409 || !strings.Contains(body, "Quy định") {
		t.Errorf("sent under another version: %d\n%s", status, brief(body))
	}
	if status, to, _ := r.ask("GET", home+"/kiem-tra"); status != 303 || !strings.HasSuffix(to, "/thay-doi") {
		t.Fatalf("%d %s", status, to)
	}
	r.sees(home+"/thay-doi", "vẫn được giữ")
	to := r.goes(home+"/thay-doi", "")
	if status, to, _ := r.ask("GET", to); status != 303 || !strings.HasSuffix(to, "/muc-child") {
		t.Errorf("it goes on at %d %s, want the page with the new question", status, to)
	}
	r.sees(home+"/muc-child", "Nơi sinh", "Trần Gia Bảo")
	r.goes(home+"/muc-child", "/giay-birth_proof", "name", "Trần Gia Bảo", "born", "2016-11-02", "place", "Bệnh viện Gia Lâm")
	r.goes(home+"/kiem-tra", "/xong", "sure", "1")
	if len(r.dossiers()) != 1 {
		t.Error("it was not filed")
	}
}

func TestAnOfficerFilesForACitizen(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		here := r.h.As(org.OneStopOfficer, dossiertest.DangXa, "Vũ Thị Lan")
		for _, tc := range []struct {
			name string
			who  access.Actor
			want fault.Kind
		}{
			{"another unit", r.h.As(org.OneStopOfficer, dossiertest.BacSon), fault.Missing}, {"no right", r.h.As(org.Planner, ""), fault.Denied}, {"nobody", access.Actor{}, fault.SignIn},
		} {
			if _, err := r.Begin(t.Context(), tc.who, birth, dossiertest.DangXa, dossier.Assisted, false); !fault.Is(err, tc.want) {
				t.Errorf("%s: %v", tc.name, err)
			}
		}
		_, err := r.Begin(t.Context(), here, birth, dossiertest.DangXa, dossier.Assisted, false)
		must(t, err)
		if body := r.sees("/nop-ho-so/" + birth + "?ho=1"); strings.Contains(body, "Nộp hộ") {
			t.Error("a stranger files for others")
		}
		r.who = here
		r.sees("/nop-ho-so/"+birth, "Nộp hộ người dân")
		if status, _, _ := r.ask("POST", "/nop-ho-so/"+birth, "ho", "1", "place", "xa bac son"); status != 404 {
			t.Errorf("in another's unit: %d", status)
		}
		home := r.goes("/nop-ho-so/"+birth, "", "ho", "1", "place", "dang xa gia lam")
		r.sees(home+"/muc-requester", "Nộp hộ bởi Vũ Thị Lan")
		r.goes(home+"/muc-requester", "/muc-child", "applicant", "Lê Thị Mai", "relation", "mother")
		r.goes(home+"/muc-child", "/giay-birth_proof", "name", "Trần Gia Bảo", "born", "2016-11-02")
		r.goes(home+"/dien-thoai", "/kiem-tra", "number", "")
		r.who = access.Actor{} // the address alone is not enough: nobody vouches
		if status, _, _ := r.ask("POST", home+"/kiem-tra", "sure", "1"); status != 409 {
			t.Errorf("sent without anybody who vouches: %d", status)
		}
		r.who = here
		r.sees(home+"/kiem-tra", "Đã nhận bản giấy: Giấy chứng sinh", "Đã xem bản chính: Giấy tờ tùy thân")
		if status, _, body := r.ask("POST", home+"/kiem-tra", "sure", "1", "paper:birth_proof", "1"); status != 422 || !strings.Contains(body, "Chưa xem: Giấy tờ tùy thân") {
			t.Errorf("an original that nobody saw: %d", status)
		}
		r.goes(home+"/kiem-tra", "/xong", "sure", "1", "paper:birth_proof", "1", "paper:identity", "1")
		all := r.dossiers()
		if len(all) != 1 || all[0].Channel != dossier.Assisted {
			t.Fatalf("%+v", all)
		}
		st, err := r.Dossiers.StepsOf(t.Context(), r.DB.Read(), all[0].ID)
		must(t, err)
		if st[0].Actor != here.ID || st[0].Said != "Vũ Thị Lan" {
			t.Errorf("the record says %+v", st[0])
		}
		for _, doc := range must2(r.Dossiers.DocumentsOf(t.Context(), r.DB.Read(), all[0].ID))(t) {
			if doc.State != Present || doc.Shown != (doc.Key == "identity") {
				t.Errorf("%+v", doc)
			}
		}
	})
}

func TestPracticeStaysPractice(t *testing.T) {
	r := open(t, testkit.SQLite(t))
	if body := r.sees("/nop-ho-so/" + birth + "?thu=1"); strings.Contains(body, "Hồ sơ tập dượt") {
		t.Error("a stranger practises")
	}
	r.who = r.h.As(org.OneStopOfficer, notLive, "Vũ Thị Lan")
	r.sees("/nop-ho-so/"+birth+"?thu=1", "Hồ sơ tập dượt")
	// Before a commune is live its officers practise there, without a telephone.
	home := r.goes("/nop-ho-so/"+birth, "", "thu", "1", "place", "xa bac son")
	r.goes(home+"/muc-requester", "/muc-child", "applicant", "Lê Thị Mai", "relation", "mother")
	r.goes(home+"/muc-child", "/giay-birth_proof", "name", "Trần Gia Bảo", "born", "2016-11-02")
	r.goes(home+"/dien-thoai", "/kiem-tra", "number", "0912345678")
	r.photographed(home)
	r.goes(home+"/kiem-tra", "/xong", "sure", "1", "paper:identity", "1")
	all := r.dossiers()
	if len(all) != 1 || !all[0].Practice || len(r.texts("filing.notice.submitted")) != 0 {
		t.Errorf("%+v", all)
	}
	if status, _, _ := r.ask("POST", "/nop-ho-so/"+birth, "thu", "1", "place", "dang xa gia lam"); status != 404 {
		t.Errorf("practice in another unit: %d", status)
	}
}

// texted is a dossier that was filed, and the telephone behind it.
func (r *room) texted(number string) dossier.Dossier {
	r.t.Helper()
	home := r.proved(number)
	r.goes(home+"/kiem-tra", "/xong", "sure", "1")
	all := r.dossiers()
	return all[len(all)-1]
}
