package portal

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

	"lotrinh/helpdesk"
	"lotrinh/internal/kit"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/otp"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/signed"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
)

// thursday is 10/11/2016 08:00 in the city.
var thursday = time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC)

const dangXa = "00556"

var policy = access.Policy{"officer": {helpdesk.Ask}, "agent": {helpdesk.Ask, helpdesk.Read, helpdesk.Work}}

func actor(id string, role access.Role, units ...string) access.Actor {
	return policy.As(access.Actor{ID: ident.ID(id), Name: id, Via: "web", Grants: []access.Grant{{Role: role, Everywhere: len(units) == 0, Units: units}}})
}

type people struct{}

func (people) Names(context.Context, []ident.ID) (map[ident.ID]string, error) {
	return map[ident.ID]string{}, nil
}
func (people) Agents(context.Context, string) ([]helpdesk.Agent, error) { return nil, nil }
func (people) Reachable(context.Context, helpdesk.WayKind, string) ([]helpdesk.Contact, error) {
	return nil, nil
}
func (people) BySession(context.Context, string) (access.Actor, error) { return access.Actor{}, nil }
func (people) ByBearer(context.Context, string) (access.Actor, error)  { return access.Actor{}, nil }

type room struct {
	*Service
	at   *clock.Fake
	tell *outbox.Dispatcher
	s    *httpx.Server
	t    *testing.T
	sms  bool
}

func open(t *testing.T, d *db.DB) *room {
	t.Helper()
	words, err := i18n.Load(kit.Locale, site.Locale, org.Locale, notify.Locale, otp.Locale, helpdesk.Locale, Locale)
	if err != nil {
		t.Fatal(err)
	}
	at := clock.At(thursday)
	units := org.NewUnits(d, at)
	if _, err := units.LoadBuiltIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	cals := calstore.New(d, at)
	if err := cals.Seed(t.Context(), thursday); err != nil {
		t.Fatal(err)
	}
	blobs, err := files.Folder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	desk := helpdesk.New(helpdesk.Deps{DB: d, Business: at, Calendars: cals, Calendar: calstore.Office, Units: units, People: people{}, Files: files.New(d, at, blobs)})
	r := &room{at: at, t: t, sms: true}
	r.Service = New(Deps{DB: d, Business: at, Machine: at, Units: units, Desk: desk, Words: words, Key: signed.Key("secret"), Hotline: "1022",
		Texting: func() bool { return r.sms }, Rate: func(ident.ID) string { return "/danh-gia/x" }, Answers: func(_ context.Context, words string) ([]Answer, error) {
			if !strings.Contains(words, "thanh toán") {
				return nil, nil
			}
			return []Answer{{Title: "Thanh toán báo lỗi", Lead: "Chờ năm phút rồi thử lại.", Href: "/help/7"}}, nil
		}})
	r.tell = outbox.NewDispatcher(d, at, nil, r.Handlers()...)
	frame := &site.Site{Business: at}
	r.s = httpx.New(httpx.Config{BaseURL: "http://localhost", Identity: people{}, Catalog: words, DB: d, Clock: at, ErrorPage: frame.ErrorPage})
	r.Routes(r.s.Router, frame)
	return r
}

// ask calls a page as a browser without script would.
func (r *room) ask(method, path string, pairs ...string) (status int, to, body string) {
	r.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	q := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
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
		r.t.Errorf("%s %s shows a key without a sentence", method, path)
	}
	return res.StatusCode, res.Header.Get("Location"), string(raw)
}

// goes posts a form and expects to be led to a step.
func (r *room) goes(path string, to Step, pairs ...string) string {
	r.t.Helper()
	status, at, body := r.ask("POST", path, pairs...)
	if status != 303 || !strings.HasSuffix(at, "/"+string(to)) {
		r.t.Fatalf("%s %v: %d %s, want %s\n%s", path, pairs, status, at, to, body)
	}
	return at
}

// texts are the messages of a template, the newest last, as they wait.
func (r *room) texts(template string) []notify.Notice {
	r.t.Helper()
	var rows []notify.Notice
	if err := r.DB.Read().NewSelect().Model(&rows).Where("no.template = ?", template).Order("no.id").Scan(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	return rows
}

var six = regexp.MustCompile(`"code","s":"(\d+)"`)

func codeOf(n notify.Notice) string {
	m := six.FindStringSubmatch(strings.ReplaceAll(n.Args, " ", ""))
	if m == nil {
		return ""
	}
	return m[1]
}

// reported goes the whole way and gives the ticket's number and code.
func (r *room) reported() (number, code string) {
	r.t.Helper()
	_, at, _ := r.ask("POST", "/bao-loi")
	at = r.goes(at, Matter, "place", "xã Đặng Xá, huyện Gia Lâm")
	at = r.goes(at, Words, "matter", "payment")
	at = r.goes(at, Phone, "body", "Bấm thanh toán thì báo lỗi 500.")
	at = r.goes(at, Code, "number", "+84 912 345 678")
	sent := r.texts("portal.notice.code")
	at = r.goes(at, Check, "code", codeOf(sent[len(sent)-1]))
	at = r.goes(at, Done)
	_, _, page := r.ask("GET", at)
	number = regexp.MustCompile(`HT-2016-\d{6}`).FindString(page)
	code = regexp.MustCompile(`<strong>(\d{8})</strong>`).FindStringSubmatch(page)[1]
	return number, code
}

func each(t *testing.T, f func(r *room)) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) { f(open(t, d)) })
}

func TestACitizenReportsAndFollowsWithoutAnAccount(t *testing.T) {
	each(t, func(r *room) {
		number, code := r.reported()
		if code == "" || number == "" {
			t.Fatal(number, code)
		}
		opened := r.texts("portal.notice.opened")
		if len(opened) != 1 || opened[0].Address != "0912345678" || opened[0].Channel != notify.BySMS || !opened[0].Private || codeOf(opened[0]) != code {
			t.Fatalf("%+v", opened)
		}
		tk, err := r.Follow(t.Context(), number, code, "a")
		if err != nil || tk.Channel != helpdesk.BySMS || tk.Source != "citizen" || tk.Unit != dangXa || strings.Contains(tk.Title, "500") {
			t.Fatal(tk, err)
		}
		agent := actor("agent", "agent")
		if _, err := r.Desk.Note(t.Context(), agent, tk.ID, helpdesk.Words{Body: "Ghi chú nội bộ."}); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Desk.Resolve(t.Context(), agent, tk.ID, helpdesk.Words{Body: "Đã sửa, mời thử lại."}); err != nil {
			t.Fatal(err)
		}
		if _, err := r.tell.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if told := r.texts("portal.notice.resolved"); len(told) != 1 || strings.Contains(told[0].Args, "thử lại") || told[0].Link != "/theo-doi?phieu="+number {
			t.Fatalf("%+v", told)
		}
		status, _, page := r.ask("POST", "/theo-doi", "number", number, "code", code)
		if status != 200 || !strings.Contains(page, "mời thử lại") || strings.Contains(page, "nội bộ") || strings.Contains(page, "0912") {
			t.Error(status, page)
		}
		status, _, page = r.ask("POST", "/theo-doi", "number", number, "code", code, "do", "write", "body", "Vẫn chưa được.")
		if status != 200 || !strings.Contains(page, "Đã mở lại") || !strings.Contains(page, "Vẫn chưa được.") {
			t.Error("not opened again", status)
		}
	})
}

func TestWhatIsWrittenForCitizensIsOfferedBeforeAReportIsSent(t *testing.T) {
	each(t, func(r *room) {
		_, at, _ := r.ask("POST", "/bao-loi")
		at = r.goes(at, Matter, "unit", dangXa, "place", "Đặng Xá")
		at = r.goes(at, Words, "matter", "payment")
		words := at
		at = r.goes(words, Phone, "body", "Bấm thanh toán thì báo lỗi 500.")
		if _, _, page := r.ask("GET", at); !strings.Contains(page, `href="/help/7"`) || !strings.Contains(page, "Chờ năm phút") {
			t.Error("the article is not offered")
		}
		at = r.goes(words, Phone, "body", "Không gửi được hồ sơ khai sinh.")
		if _, _, page := r.ask("GET", at); strings.Contains(page, "/help/7") || strings.Contains(page, "đã có câu trả lời") {
			t.Error("an article is offered that answers nothing")
		}
	})
}

func TestNothingTypedIsLostAndNothingIsSkipped(t *testing.T) {
	each(t, func(r *room) {
		_, at, _ := r.ask("POST", "/bao-loi")
		base := strings.TrimSuffix(at, string(Place))
		for _, s := range []Step{Matter, Code, Check, Done} {
			if status, to, _ := r.ask("GET", base+string(s)); status != 303 || to != at {
				t.Errorf("%s before its time: %d %s", s, status, to)
			}
		}
		if status, _, page := r.ask("POST", at, "place", ""); status != 422 || !strings.Contains(page, `href="#f-place"`) || !strings.Contains(page, "<title>Lỗi: ") {
			t.Error("an empty place", status)
		}
		if status, _, page := r.ask("POST", at, "place", "Trung"); status != 422 || !strings.Contains(page, `name="unit"`) || !strings.Contains(page, `value="Trung"`) {
			t.Error("several places", status)
		}
		at = r.goes(at, Matter, "unit", dangXa, "place", "Đặng Xá")
		at = r.goes(at, Words, "matter", "form")
		if status, _, page := r.ask("POST", at, "body", "ngắn"); status != 422 || !strings.Contains(page, "ngắn</textarea>") {
			t.Error("a short report", status)
		}
		at = r.goes(at, Phone, "body", "Không gửi được hồ sơ khai sinh.")
		if status, _, page := r.ask("POST", at, "number", "024 3825 3536"); status != 422 || !strings.Contains(page, `value="024 3825 3536"`) {
			t.Error("a landline", status)
		}
		at = r.goes(at, Code, "number", "0912 345 678")
		if status, _, _ := r.ask("POST", at, "code", "000000x"); status != 422 {
			t.Error("a wrong code", status)
		}
		first := codeOf(r.texts("portal.notice.code")[0])
		r.at.Move(time.Minute)
		r.goes(at, Code, "do", "again")
		if all := r.texts("portal.notice.code"); len(all) != 2 || codeOf(all[1]) == first && codeOf(all[0]) != first {
			t.Error("no other code", len(all))
		}
		at = r.goes(at, Check, "code", codeOf(r.texts("portal.notice.code")[1]))
		_, _, page := r.ask("GET", at)
		for _, want := range []string{"Đặng Xá", "Điền hoặc gửi hồ sơ", "khai sinh", "0912 345 678", base + "words"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page of all answers lacks %q", want)
			}
		}
		r.goes(base+"words", Check, "body", "Không gửi được hồ sơ kết hôn.")
		r.goes(base+"phone", Code, "number", "0987654321")
		all := r.texts("portal.notice.code")
		at = r.goes(base+"code", Check, "code", codeOf(all[len(all)-1]))
		r.goes(at, Done)
		r.goes(at, Done)
		var tickets int
		if err := r.DB.Read().NewRaw("SELECT count(*) FROM ticket").Scan(t.Context(), &tickets); err != nil || tickets != 1 {
			t.Errorf("%d tickets, %v", tickets, err)
		}
		r.at.Move(life + time.Minute)
		if status, _, _ := r.ask("GET", base+"done"); status != 404 {
			t.Error("the pages live longer than a day", status)
		}
	})
}

func TestCodesOfReportsAreNotGuessed(t *testing.T) {
	each(t, func(r *room) {
		number, code := r.reported()
		for range ofOneTicket {
			if _, err := r.Follow(t.Context(), number, "12345678", "host"); !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
		}
		if _, err := r.Follow(t.Context(), number, code, "elsewhere"); !fault.Is(err, fault.TooMany) {
			t.Errorf("the right code after ten wrong ones: %v", err)
		}
		r.at.Move(tried + time.Second)
		if _, err := r.Follow(t.Context(), number, code[:4]+" "+code[4:], "host"); err != nil {
			t.Error(err)
		}
		for i := range ofOneHost {
			if _, err := r.Follow(t.Context(), "HT-2016-"+strings.Repeat("9", 5)+string(rune('0'+i%10)), "1", "host"); !fault.Is(err, fault.Invalid) {
				t.Fatal(i, err)
			}
			if i%9 == 8 {
				r.at.Move(time.Minute)
			}
		}
		if _, err := r.Follow(t.Context(), number, code, "host"); !fault.Is(err, fault.TooMany) {
			t.Errorf("after thirty wrong tries of one address: %v", err)
		}
		other, err := r.Desk.Open(t.Context(), actor("officer", "officer", dangXa), helpdesk.Draft{Unit: dangXa, Title: "Máy quét", Body: "Hỏng.", Service: "device", Impact: 1, Urgency: 1, Source: "web"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Follow(t.Context(), other.Number(), r.FollowCode(other.ID), "far"); !fault.Is(err, fault.Invalid) {
			t.Errorf("an officer's ticket is shown to a stranger: %v", err)
		}
	})
}

func TestATextMessageIsFiledWithItsSendersReport(t *testing.T) {
	each(t, func(r *room) {
		number, code := r.reported()
		take := func(from, body string) (took bool) {
			err := r.DB.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
				_, took, err = r.Take(ctx, tx, notify.In{Number: from, Body: body})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return took
		}
		if !take("0912345678", "Thẻ của ngân hàng Vietcombank.") || take("0900000001", "Xin chào.") || take("0912345678", " ") {
			t.Error("filed wrongly")
		}
		if _, _, page := r.ask("POST", "/theo-doi", "number", number, "code", code); !strings.Contains(page, "Vietcombank") {
			t.Error("the message is not there")
		}
	})
}

func TestWithoutAGatewayNobodyIsLedAstray(t *testing.T) {
	each(t, func(r *room) {
		r.sms = false
		if _, _, page := r.ask("GET", "/bao-loi"); strings.Contains(page, ">Bắt đầu<") || !strings.Contains(page, "1022") {
			t.Error("the way is open")
		}
		if status, to, _ := r.ask("POST", "/bao-loi"); status != 303 || to != "/bao-loi" {
			t.Error(status, to)
		}
		if _, err := r.Begin(t.Context(), "a"); !fault.Is(err, fault.Unavailable) {
			t.Error(err)
		}
	})
}

func TestReportsOfOneAddressAreLimitedAndForgotten(t *testing.T) {
	each(t, func(r *room) {
		for range begun {
			if _, err := r.Begin(t.Context(), "a"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := r.Begin(t.Context(), "a"); !fault.Is(err, fault.TooMany) {
			t.Error(err)
		}
		r.reported()
		r.at.Move(life + time.Minute)
		if err := r.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		var kept []Report
		if err := r.DB.Read().NewSelect().Model(&kept).Scan(t.Context()); err != nil || len(kept) != 1 || kept[0].Ticket == "" || kept[0].Body != "" {
			t.Errorf("%+v %v", kept, err)
		}
	})
}

func TestLikeTicketsAreShownToThoseWhoMaySeeThem(t *testing.T) {
	each(t, func(r *room) {
		for range 5 {
			r.at.Move(time.Second)
			_, err := r.Desk.Open(t.Context(), actor("officer", "officer", dangXa), helpdesk.Draft{Unit: dangXa, Title: "Máy quét", Body: "Hỏng.", Service: "device", Impact: 1, Urgency: 1, Source: "web"})
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct {
			name       string
			who        access.Actor
			unit       string
			seen, more int
		}{
			{"the requester", actor("officer", "officer", dangXa), dangXa, 3, 2}, {"a colleague", actor("other", "officer", dangXa), dangXa, 0, 5},
			{"the support side", actor("agent", "agent"), dangXa, 3, 2}, {"another unit", actor("agent", "agent"), "00376", 0, 0},
		} {
			seen, more, err := r.Alike(t.Context(), c.who, c.unit, "device")
			if err != nil || len(seen) != c.seen || more != c.more {
				t.Errorf("%s: %d seen, %d more, %v", c.name, len(seen), more, err)
			}
		}
	})
}
