package rollout

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
)

// badges lets a session or a token be anybody by name.
type badges map[string]access.Actor

func (b badges) BySession(_ context.Context, token string) (access.Actor, error) {
	return b[token], nil
}
func (b badges) ByBearer(_ context.Context, token string) (access.Actor, error) { return b[token], nil }

type desk struct {
	*house
	server *httpx.Server
}

func openDesk(t testing.TB, d *db.DB) *desk {
	t.Helper()
	h := open(t, d)
	words, err := i18n.Load(site.Locale, org.Locale, plot.Locale, Locale)
	if err != nil {
		t.Fatal(err)
	}
	who := badges{"planner": planner, "coordinator": h.within("district_coordinator", "018"), "inspector": h.within("inspector", "018"), "leader": everywhere("leadership")}
	s := httpx.New(httpx.Config{Identity: who, Catalog: words, DB: d, Clock: clock.System{}})
	frame := &site.Site{Business: h.at}
	frame.Routes(s.Router)
	h.Routes(s.Router, frame)
	return &desk{h, s}
}

func (d *desk) send(method, path string, form url.Values, who string, headers ...string) (*http.Response, string) {
	d.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, path, body)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Cookie", "lotrinh_session="+who)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := d.server.App().Test(r, -1)
	d.ok(err)
	text, err := io.ReadAll(res.Body)
	d.ok(err)
	d.ok(res.Body.Close())
	return res, string(text)
}

func (d *desk) see(path, who string, status int, words ...string) string {
	d.t.Helper()
	return d.check("GET", path, nil, who, status, words...)
}

func (d *desk) post(path string, form url.Values, who string, status int, words ...string) string {
	d.t.Helper()
	return d.check("POST", path, form, who, status, words...)
}

// check wants a status and words in the body, and no sentence that is not written;
// it answers with the address that a redirect leads to, or the body.
func (d *desk) check(method, path string, form url.Values, who string, status int, words ...string) string {
	d.t.Helper()
	res, text := d.send(method, path, form, who)
	if res.StatusCode != status {
		d.t.Fatalf("%s %s as %s: %d, want %d\n%.600s", method, path, who, res.StatusCode, status, text)
	}
	if i := strings.Index(text, "⟦"); i >= 0 {
		d.t.Errorf("%s: unwritten %.60s", path, text[i:])
	}
	for _, w := range words {
		if !strings.Contains(text, w) {
			d.t.Errorf("%s as %s lacks %q", path, who, w)
		}
	}
	if to := res.Header.Get("Location"); to != "" {
		return to
	}
	return text
}

func TestPagesTellTheStory(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		k := openDesk(t, d)
		six := k.communes("018")[:6]
		k.prepare(k.communes("018"))
		k.ok(k.Verify(t.Context(), planner, EvidenceInput{Programme: "KH198", Units: six, Criterion: "one-stop", Answer: Unmet, Source: FromInspection, Note: "Đang sửa chữa"}))
		k.see("/rollout", "planner", 200, "Kế hoạch 198/KH-UBND", "Huyện Gia Lâm"[len("Huyện "):], "Khai báo sẵn sàng", "Đã xác minh", "<svg")
		k.see("/rollout", "coordinator", 200, "trên 22")
		k.see("/rollout?p=nothing", "planner", 404)
		board := k.see("/rollout/board", "planner", 200, "Đặng Xá", `name="u"`)
		if n := strings.Count(board, "<tr data-href"); n != 416 {
			t.Errorf("the board has %d rows", n)
		}
		k.see("/rollout/board?answer=unmet&district=018&stage=preparing&phase=1&q=dang+xa", "leader", 200, "Bỏ lọc")
		if mine := k.see("/rollout/board", "coordinator", 200); strings.Count(mine, "<tr data-href") != 22 || strings.Contains(mine, `name="u"`) {
			t.Error("the coordinator's board is not hers alone, or lets her move")
		}
		k.see("/rollout/districts/018", "planner", 200, "Chuyển bước cả huyện")
		k.see("/rollout/districts/016", "coordinator", 404)
		k.see("/rollout/units/00556", "coordinator", 200, "Bộ phận một cửa sử dụng được", "/rollout/units/00556/declare")
		k.see("/rollout/units/00001", "planner", 200, "Đã triển khai từ trước")
		k.see("/rollout/units/00556/declare?c=posted", "coordinator", 200)
		k.see("/rollout/units/00556/verify?c=posted", "coordinator", 403)
		k.see("/rollout/units/00556/verify?c=posted", "inspector", 200)
		k.post("/rollout/units/00556/declare", url.Values{"p": {"KH198"}, "c": {"posted"}, "answer": {"unmet"}}, "coordinator", 422, "Ghi rõ vì sao không đạt")
		k.post("/rollout/units/00556/declare", url.Values{"p": {"KH198"}, "c": {"posted"}, "answer": {"met"}}, "coordinator", 303)
		k.post("/rollout/units/00556/verify", url.Values{"p": {"KH198"}, "c": {"posted"}, "answer": {"met"}, "source": {"test"}, "observed": {"hôm qua"}}, "inspector", 422, "hôm qua")
		k.post("/rollout/units/00556/verify", url.Values{"p": {"KH198"}, "c": {"posted"}, "answer": {"met"}, "source": {"test"}, "observed": {"2016-11-07T09:30"}}, "inspector", 303)
		k.see("/rollout/units/00556", "planner", 200, "07/11/2016 09:30", "Trần Văn Bình")
	})
}

func TestMovingByPages(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		k := openDesk(t, d)
		six := k.communes("018")[:6]
		k.prepare(k.communes("018"))
		k.ok(k.Verify(t.Context(), planner, EvidenceInput{Programme: "KH198", Units: six, Criterion: "one-stop", Answer: Unmet, Source: FromInspection, Note: "Đang sửa chữa"}))
		whole := url.Values{"p": {"KH198"}, "district": {"018"}, "to": {"trial"}}
		k.post("/rollout/move", whole, "planner", 200, "22 trên 22 xã sẽ được chuyển")
		k.post("/rollout/move", whole, "coordinator", 403)
		k.see(k.post("/rollout/moves", whole, "planner", 303), "leader", 200, "Đã chuyển 22 xã, từ chối 0 xã")
		whole.Set("to", "official")
		k.post("/rollout/move", whole, "planner", 200, "16 trên 22 xã sẽ được chuyển", "Bộ phận một cửa sử dụng được: kiểm tra không đạt")
		waiver := url.Values{"p": {"KH198"}, "u": six, "criterion": {"one-stop"}, "signer": {"Phó Chủ tịch"}, "until": {"15/11"}}
		k.post("/rollout/waivers/new", waiver, "planner", 200)
		k.post("/rollout/waivers", waiver, "planner", 422, "Ghi lý do", "Ghi biện pháp thay thế", "Ngày không đúng", "Phó Chủ tịch")
		waiver.Set("until", "2016-11-15")
		waiver.Set("reason", "Đang sửa chữa")
		waiver.Set("step", "Tiếp dân ở nhà văn hóa")
		k.post("/rollout/waivers", waiver, "inspector", 403)
		k.see(k.post("/rollout/waivers", waiver, "planner", 303), "planner", 200, "Đến hết 15/11/2016", "Còn hiệu lực", "/revoke")
		result := k.post("/rollout/moves", whole, "planner", 303)
		k.see(result, "planner", 200, "Đã chuyển 22 xã", "(có miễn trừ)")
		k.see("/rollout/units/"+six[0], "planner", 200, "nhờ miễn trừ đến hết 15/11/2016")
		k.post(result+"/undo", url.Values{"reason": {""}}, "planner", 422, "Ghi lý do")
		k.see(k.post(result+"/undo", url.Values{"reason": {"Nhầm"}}, "planner", 303), "planner", 200, "Chạy thử")
		back := url.Values{"p": {"KH198"}, "u": six[:1], "to": {"preparing"}}
		k.post("/rollout/move", back, "planner", 200, "1 trên 1 xã sẽ được chuyển")
		back.Set("back", "1")
		k.post("/rollout/moves", back, "planner", 422, "Ghi lý do")
		ws, err := k.Waivers(t.Context(), planner, "KH198")
		k.ok(err)
		revoke := "/rollout/waivers/" + string(ws[0].ID) + "/revoke"
		k.see(revoke, "planner", 200)
		k.see(revoke, "leader", 403)
		k.post(revoke, url.Values{"version": {"9"}, "reason": {"Đã sửa xong"}}, "planner", 409)
		k.post(revoke, url.Values{"version": {"1"}, "reason": {"Đã sửa xong"}}, "planner", 303)
		k.see("/rollout/waivers", "leader", 200, "Đã thu hồi")
		k.see("/rollout/milestones/trial-1", "planner", 200)
		k.see("/rollout/milestones/trial-1", "leader", 403)
		k.post("/rollout/milestones/trial-1", url.Values{"p": {"KH198"}, "actual": {"2016-12-01"}, "version": {"1"}}, "planner", 422)
		k.post("/rollout/milestones/trial-1", url.Values{"p": {"KH198"}, "actual": {"2016-11-01"}, "version": {"1"}}, "planner", 303)
		k.see("/rollout", "leader", 200, "Đúng hạn")
	})
}

func TestLaterPagesAreSmall(t *testing.T) {
	k := openDesk(t, testkit.SQLite(t))
	k.prepare(k.communes(phase1...), "training")
	for _, path := range []string{"/rollout/board", "/rollout", "/rollout/units/00556"} {
		for _, encoding := range []string{"gzip", "br"} {
			_, packed := k.send("GET", path, nil, "planner", "Accept-Encoding", encoding)
			if len(packed) > 20<<10 {
				t.Errorf("%s is %d bytes as %s", path, len(packed), encoding)
			}
		}
	}
}

func TestTheAPI(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		k := openDesk(t, d)
		k.prepare(k.communes("018"), "posted")
		call := func(method, path, body, who string, status int, headers ...string) map[string]any {
			t.Helper()
			r := httptest.NewRequest(method, "/api/v1"+path, strings.NewReader(body))
			r.Header.Set("Authorization", "Bearer "+who)
			r.Header.Set("Content-Type", "application/json")
			for i := 0; i+1 < len(headers); i += 2 {
				r.Header.Set(headers[i], headers[i+1])
			}
			res, err := k.server.App().Test(r, -1)
			k.ok(err)
			raw, err := io.ReadAll(res.Body)
			k.ok(err)
			k.ok(res.Body.Close())
			if res.StatusCode != status {
				t.Fatalf("%s %s: %d, want %d: %s", method, path, res.StatusCode, status, raw)
			}
			var out map[string]any
			if len(raw) > 0 {
				k.ok(json.Unmarshal(raw, &out))
			}
			return out
		}
		items := func(v map[string]any) int { return len(v["items"].([]any)) } //nolint:errcheck // a list has items
		call("GET", "/programmes", "", "nobody", 401)
		if n := items(call("GET", "/programmes", "", "leader", 200)); n != 1 {
			t.Errorf("%d programmes", n)
		}
		call("GET", "/programmes/KH198", "", "coordinator", 200)
		first := call("GET", "/programmes/KH198/communes?limit=20", "", "coordinator", 200)
		next, _ := first["next"].(string)
		if rest := call("GET", "/programmes/KH198/communes?limit=20&after="+next, "", "coordinator", 200); items(first) != 20 || items(rest) != 2 || rest["next"] != nil {
			t.Errorf("pages of %d and %d", items(first), items(rest))
		}
		call("GET", "/programmes/KH198/communes/00556", "", "coordinator", 200)
		call("GET", "/programmes/KH198/communes/00376", "", "coordinator", 404)
		if n := items(call("GET", "/programmes/KH198/curve?from=2016-11-01&until=2016-11-10&phase=1", "", "leader", 200)); n != 10 {
			t.Errorf("a curve of %d days", n)
		}
		call("GET", "/programmes/KH198/curve?from=x", "", "leader", 422)
		call("POST", "/programmes/KH198/moves/preview", `{"district":"018","to":"trial"}`, "planner", 200)
		call("POST", "/programmes/KH198/moves", `{"district":"018","to":"trial"}`, "coordinator", 403)
		for range 2 { // sent twice, done once
			r := call("POST", "/programmes/KH198/moves", `{"district":"018","to":"trial"}`, "planner", 201, "Idempotency-Key", "k1")
			if len(r["moved"].([]any)) != 22 {
				t.Errorf("moved %v", r["moved"])
			}
		}
		call("POST", "/programmes/KH198/declarations", `{"units":["00556"],"criterion":"posted","answer":"met"}`, "coordinator", 204)
		call("POST", "/programmes/KH198/verifications", `{"units":["00556"],"criterion":"posted","answer":"met","source":"test"}`, "coordinator", 403)
		call("POST", "/programmes/KH198/verifications", `{"units":["00376"],"criterion":"posted","answer":"met","source":"test"}`, "inspector", 404)
		call("POST", "/programmes/KH198/waivers", `{"units":["00556"],"criterion":"posted","until":"2016-11-15"}`, "planner", 422)
		w := call("POST", "/programmes/KH198/waivers", `{"units":["00556"],"criterion":"posted","reason":"r","step":"t","signer":"s","until":"2016-11-15"}`, "planner", 201)
		if n := items(call("GET", "/programmes/KH198/waivers", "", "leader", 200)); n != 1 {
			t.Errorf("%d waivers", n)
		}
		revoke := "/waivers/" + w["id"].(string) + "/revocation"
		call("POST", revoke, `{"reason":"r"}`, "planner", 428)
		call("POST", revoke, `{"reason":"r"}`, "planner", 412, "If-Match", `"7"`)
		call("POST", revoke, `{"reason":"r"}`, "planner", 204, "If-Match", `"1"`)
	})
}
