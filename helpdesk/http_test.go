package helpdesk

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"lotrinh/internal/kit"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
)

// faces lets the name of an account stand for its session and its token.
type faces struct{}

func (faces) BySession(_ context.Context, token string) (access.Actor, error) {
	for _, a := range []access.Actor{officer, other, agent, second, lead, auditor, citizen} {
		if string(a.ID) == token {
			return a, nil
		}
	}
	return access.Actor{}, nil
}

func (f faces) ByBearer(ctx context.Context, token string) (access.Actor, error) {
	return f.BySession(ctx, token)
}

type web struct {
	*desk
	server *httpx.Server
}

func eachWeb(t *testing.T, f func(t *testing.T, w *web)) {
	t.Helper()
	words, err := i18n.Load(kit.Locale, site.Locale, org.Locale, files.Locale, deadline.Locale, worktime.Locale, Locale)
	if err != nil {
		t.Fatal(err)
	}
	eachDB(t, func(t *testing.T, s *desk) {
		frame := &site.Site{Business: s.at}
		server := httpx.New(httpx.Config{BaseURL: "http://localhost", Identity: faces{}, Catalog: words, DB: s.DB, Clock: clock.System{}, ErrorPage: frame.ErrorPage})
		s.Routes(server.Router, frame)
		f(t, &web{s, server})
	})
}

// send sends a request as somebody; a body that is a form is sent as one.
func (w *web) send(who access.Actor, method, path, body string, headers ...string) (*http.Response, string) {
	w.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.AddCookie(&http.Cookie{Name: "lotrinh_session", Value: string(who.ID)})
	if strings.HasPrefix(path, "/api/") {
		r.Header.Set("Authorization", "Bearer "+string(who.ID))
		r.Header.Set("Content-Type", "application/json")
	} else if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := w.server.App().Test(r, -1)
	if err != nil {
		w.t.Fatal(err)
	}
	raw, err := io.ReadAll(res.Body)
	if cerr := res.Body.Close(); err != nil || cerr != nil {
		w.t.Fatal(err, cerr)
	}
	if i := strings.Index(string(raw), "⟦"); i >= 0 {
		w.t.Errorf("%s %s shows a key without a sentence: %.60s", method, path, raw[i:])
	}
	return res, string(raw)
}

func (w *web) post(who access.Actor, path string, pairs ...string) (*http.Response, string) {
	w.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return w.send(who, http.MethodPost, path, form.Encode())
}

func (w *web) shows(who access.Actor, path string, wants ...string) string {
	w.t.Helper()
	res, body := w.send(who, http.MethodGet, path, "")
	if res.StatusCode != http.StatusOK {
		w.t.Fatalf("%s: %d %.300s", path, res.StatusCode, body)
	}
	for _, want := range wants {
		if !strings.Contains(body, want) {
			w.t.Errorf("%s does not show %q", path, want)
		}
	}
	return body
}

func TestTheStoryOfATicketInPages(t *testing.T) {
	eachWeb(t, func(t *testing.T, w *web) {
		w.shows(officer, "/tickets", "Bạn chưa gửi phiếu nào.")
		w.shows(officer, "/tickets/new", `name="title"`, "Đặng Xá", "10/11/2016")
		w.shows(officer, "/tickets/promise?service=device&impact=2&urgency=3", "Tổ thiết bị và đường truyền", "10/11/2016 09:00", "Cao")
		res, body := w.post(officer, "/tickets", "unit", dangXa, "title", "Máy quét hỏng", "service", "device", "impact", "2", "urgency", "3")
		if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "Mô tả điều đang xảy ra.") || !strings.Contains(body, `value="Máy quét hỏng"`) {
			t.Fatalf("without a description: %d", res.StatusCode)
		}
		res, _ = w.post(officer, "/tickets", "unit", dangXa, "title", "Máy quét hỏng", "body", "Đèn đỏ", "service", "device", "impact", "2", "urgency", "3")
		at := res.Header.Get("Location")
		if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(at, "/tickets/") {
			t.Fatal(res.StatusCode, at)
		}
		w.shows(officer, at, "HT-2016-000001", "Đèn đỏ", "Hạn xử lý xong", "Không cần nữa", "Gửi phiếu")
		w.shows(agent, "/tickets?view=free", "Máy quét hỏng", "xã Đặng Xá, huyện Gia Lâm", "Chưa ai nhận")
		w.post(agent, at+"/take", "version", "1")
		w.shows(agent, "/tickets", "Máy quét hỏng")
		w.post(agent, at+"/note", "body", "Kho còn một máy.", "version", "2")
		res, _ = w.post(agent, at+"/reply", "body", "Cho biết kiểu máy.", "then", "requester", "version", "3")
		if res.StatusCode != http.StatusSeeOther {
			t.Fatal("hold", res.StatusCode)
		}
		body = w.shows(officer, at, "Chờ người báo bổ sung", "Cho biết kiểu máy.", "Bổ sung thông tin")
		if strings.Contains(body, "Kho còn một máy.") {
			t.Error("the officer reads the internal note")
		}
		w.post(officer, at+"/reply", "body", "Máy Canon.")
		w.post(agent, at+"/reply", "body", "Đã đổi máy.", "then", "resolved", "version", "5")
		w.shows(officer, at, "Vấn đề đã được giải quyết chưa?", "Báo đã xử lý xong", "Tiếp tục xử lý")
		w.post(officer, at+"/close", "version", "6")
		w.shows(officer, at, "Đã đóng", "Phiếu đã đóng.")
		w.shows(agent, "/tickets?view=done", "Máy quét hỏng")
		w.shows(agent, "/tickets?q=may+quet+do", "Máy quét hỏng")
		w.shows(agent, "/tickets?q=HT-2016-000001", "Máy quét hỏng")
		w.shows(agent, "/tickets?q=khong+co", "Không tìm thấy phiếu nào có “khong co”.")
	})
}

func TestASecondAgentKeepsWhatWasTyped(t *testing.T) {
	eachWeb(t, func(t *testing.T, w *web) {
		at := "/tickets/" + string(w.ask().ID)
		w.post(agent, at+"/reply", "body", "Tôi xử lý.", "then", "open", "version", "1")
		res, body := w.post(second, at+"/reply", "body", "Để tôi làm.", "then", "vendor", "version", "1")
		if res.StatusCode != http.StatusConflict || !strings.Contains(body, "Phiếu vừa có người khác cập nhật.") || !strings.Contains(body, "Để tôi làm.") ||
			!strings.Contains(body, "Tôi xử lý.") || !strings.Contains(body, `name="version" value="2"`) {
			t.Errorf("%d %.2000s", res.StatusCode, body)
		}
		res, body = w.post(second, at+"/reply", "body", "  ", "then", "open", "version", "2")
		if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "Nội dung còn trống.") {
			t.Errorf("an empty answer: %d", res.StatusCode)
		}
	})
}

func TestAttachmentsFollowTheirMessage(t *testing.T) {
	eachWeb(t, func(t *testing.T, w *web) {
		id := w.ask().ID
		blob, err := w.Files.Receive(t.Context(), files.Document, "bien-ban.pdf", strings.NewReader("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer <<>>\n%%EOF\n"))
		if err != nil {
			t.Fatal(err)
		}
		w.must(w.Note(t.Context(), agent, id, Words{Body: "Biên bản", Files: []files.Blob{blob}}))
		d := w.detail(agent, id)
		var path string
		for _, list := range d.Files {
			path = "/tickets/" + string(id) + "/files/" + string(list[0].ID)
		}
		w.shows(agent, "/tickets/"+string(id), "bien-ban.pdf")
		for who, want := range map[string]int{"agent": 200, "officer": 404, "other-officer": 404} {
			a, _ := faces{}.BySession(t.Context(), who)
			if res, _ := w.send(a, http.MethodGet, path, ""); res.StatusCode != want {
				t.Errorf("%s gets %d, want %d", who, res.StatusCode, want)
			}
		}
		var form bytes.Buffer
		m := multipart.NewWriter(&form)
		for k, v := range map[string]string{"body": "Ảnh đây", "version": ""} {
			if err := m.WriteField(k, v); err != nil {
				t.Fatal(err)
			}
		}
		part, err := m.CreateFormFile("photos", "x.png")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte("không phải ảnh")); err != nil {
			t.Fatal(err)
		}
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
		res, body := w.send(officer, http.MethodPost, "/tickets/"+string(id)+"/reply", form.String(), "Content-Type", m.FormDataContentType())
		if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "Ảnh đây") {
			t.Errorf("a photo that is none: %d", res.StatusCode)
		}
	})
}

func TestPagesForWhomTheyAre(t *testing.T) {
	eachWeb(t, func(t *testing.T, w *web) {
		at := "/tickets/" + string(w.ask().ID)
		for _, tc := range []struct {
			who  access.Actor
			path string
			want int
		}{
			{citizen, "/tickets/new", 403}, {auditor, "/tickets/new", 403}, {auditor, "/tickets", 200}, {citizen, "/tickets", 200}, {citizen, at, 404},
			{other, at, 404}, {auditor, at, 200}, {lead, at, 200}, {officer, "/tickets/nonsense", 404}, {nobody, at, 303},
			{agent, "/tickets?view=magic&group=x&service=y&priority=9&unit=zz&after=rubbish&limit=-1", 200},
		} {
			if res, _ := w.send(tc.who, http.MethodGet, tc.path, ""); res.StatusCode != tc.want {
				t.Errorf("%q at %s: %d, want %d", tc.who.ID, tc.path, res.StatusCode, tc.want)
			}
		}
		if res, _ := w.post(auditor, at+"/reply", "body", "x"); res.StatusCode != http.StatusForbidden {
			t.Errorf("an auditor answers: %d", res.StatusCode)
		}
		var n int
		err := w.DB.Read().NewRaw("SELECT count(*) FROM trail_entry WHERE act = 'helpdesk.ticket.seen'").Scan(t.Context(), &n)
		if err != nil || n < 2 {
			t.Errorf("%d readings in the trail, %v", n, err)
		}
	})
}

func TestTheAPI(t *testing.T) {
	eachWeb(t, func(t *testing.T, w *web) {
		const in = `{"unit":"00556","title":"Mất mạng","body":"Từ 8 giờ","service":"line","impact":2,"urgency":3}`
		var first TicketOut
		for range 2 {
			res, body := w.send(officer, "POST", "/api/v1/tickets", in, "Idempotency-Key", "k1")
			var out TicketOut
			if err := json.Unmarshal([]byte(body), &out); err != nil || res.StatusCode != http.StatusCreated || first.ID != "" && out.ID != first.ID {
				t.Fatalf("%d %s %v", res.StatusCode, body, err)
			}
			first = out
		}
		at := "/api/v1/tickets/" + string(first.ID)
		if res, body := w.send(officer, "POST", "/api/v1/tickets", `{"unit":"00556"}`); res.StatusCode != 422 || !strings.Contains(body, `"field":"service"`) {
			t.Errorf("bad input: %d %s", res.StatusCode, body)
		}
		for _, tc := range []struct {
			who                 access.Actor
			method, path, body  string
			header, value, want string
			status              int
		}{
			{officer, "GET", "/api/v1/tickets", "", "", "", first.Number, 200},
			{agent, "GET", "/api/v1/tickets?view=free&q=mat+mang", "", "", "", first.Number, 200},
			{agent, "PUT", at + "/state", `{"state":"resolved","body":"Đã nối lại."}`, "", "", "", 428},
			{agent, "PUT", at + "/state", `{"state":"resolved","body":"Đã nối lại."}`, "If-Match", `"7"`, "", 412},
			{agent, "PUT", at + "/state", `{"state":"magic"}`, "If-Match", `"1"`, `"field":"state"`, 422},
			{agent, "POST", at + "/messages", `{"body":"Gọi nhà mạng","internal":true}`, "", "", `"version":2`, 201},
			{agent, "PUT", at + "/state", `{"state":"on_hold","waits_for":"vendor","body":"Chờ nhà mạng."}`, "If-Match", `"2"`, `"waits_for":"vendor"`, 200},
			{agent, "PUT", at + "/state", `{"state":"open"}`, "If-Match", `"3"`, `"state":"open"`, 200},
			{agent, "PUT", at + "/state", `{"state":"resolved","body":"Đã nối lại."}`, "If-Match", `"4"`, `"state":"resolved"`, 200},
			{officer, "PUT", at + "/state", `{"state":"reopened","body":"Lại mất."}`, "If-Match", `"5"`, `"state":"reopened"`, 200},
			{officer, "PUT", at + "/state", `{"state":"closed"}`, "If-Match", `"6"`, `"state":"closed"`, 200},
			{other, "GET", at, "", "", "", "", 404},
		} {
			res, body := w.send(tc.who, tc.method, tc.path, tc.body, tc.header, tc.value)
			if res.StatusCode != tc.status || !strings.Contains(body, tc.want) {
				t.Errorf("%s %s %s: %d %s", tc.method, tc.path, tc.body, res.StatusCode, body)
			}
		}
		if _, body := w.send(officer, "GET", at, ""); strings.Contains(body, "Gọi nhà mạng") || !strings.Contains(body, "Lại mất.") {
			t.Errorf("the requester reads %s", body)
		}
	})
}

func TestLongListsTurnPages(t *testing.T) {
	eachWeb(t, func(t *testing.T, w *web) {
		w.fill(300)
		seen, after := map[int64]bool{}, ""
		for range 20 {
			p, err := w.Queue(t.Context(), agent, Filter{View: ViewDone}, page.Read(after, "40"))
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range p.Items {
				if seen[x.Seq] {
					t.Fatalf("%d comes twice", x.Seq)
				}
				seen[x.Seq] = true
			}
			if after = p.Next; after == "" {
				break
			}
		}
		if len(seen) != 284 { // 300 less 8 in work and 8 on hold
			t.Errorf("%d done tickets over the pages, want 284", len(seen))
		}
		w.shows(agent, "/tickets?view=done&limit=20&unit="+giaLam, "huyện Gia Lâm")
	})
}

// Every due moment of a list unfolds into the sum that its ticket's page shows.
func TestListsShowTheSumOfEveryDueMoment(t *testing.T) {
	sums := regexp.MustCompile(`(?s)<details class="lt-why">.*?<ol>(.*?)</ol>`)
	eachWeb(t, func(t *testing.T, w *web) {
		one := w.ask()
		held := w.given(OnHold)
		w.given(Resolved)
		for path, who := range map[string]access.Actor{"/tickets?view=work": agent, "/tickets?view=hold": agent, "/tickets?view=done": agent, "/tickets": officer} {
			page := w.shows(who, path)
			if due, why := strings.Count(page, `class="lt-due-line"`), len(sums.FindAllString(page, -1)); due == 0 || why != due {
				t.Errorf("%s: %d due moments, %d sums", path, due, why)
			}
		}
		for view, x := range map[string]Ticket{"work": one, "hold": held} {
			list, page := w.shows(agent, "/tickets?view="+view), w.shows(agent, "/tickets/"+string(x.ID))
			if sum := sums.FindStringSubmatch(list); sum == nil || !strings.Contains(page, sum[1]) {
				t.Errorf("%s: the list says %v, the ticket's page does not", view, sum)
			}
		}
	})
}
