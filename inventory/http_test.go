package inventory

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"lotrinh/internal/kit"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
)

// someone is an identity whose every credential is the one actor.
type someone struct{ who access.Actor }

func (s someone) BySession(context.Context, string) (access.Actor, error) { return s.who, nil }
func (s someone) ByBearer(context.Context, string) (access.Actor, error)  { return s.who, nil }

func street(t *testing.T, h house, who access.Actor) *httpx.Server {
	t.Helper()
	words, err := i18n.Load(Locale, kit.Locale, importer.Locale, org.Locale, site.Locale, files.Locale, deadline.Locale, worktime.Locale)
	if err != nil {
		t.Fatal(err)
	}
	pages := &site.Site{Business: h.at}
	s := httpx.New(httpx.Config{Identity: someone{who}, Catalog: words, DB: h.db, Clock: clock.System{}, ErrorPage: pages.ErrorPage})
	h.Routes(s.Router, pages)
	return s
}

func ask(t *testing.T, s *httpx.Server, method, path, typ string, body io.Reader, headers ...string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(method, path, body)
	r.Header.Set("Cookie", "lotrinh_session=x")
	if typ != "" {
		r.Header.Set("Content-Type", typ)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := s.App().Test(r, -1)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), "⟦") {
		at := strings.Index(string(raw), "⟦")
		t.Errorf("%s says an unknown key: %s", path, string(raw)[at:min(len(raw), at+80)])
	}
	return res, string(raw)
}

func report(t *testing.T, fields url.Values, picture bool) (string, *bytes.Buffer) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, v := range fields {
		if err := w.WriteField(k, v[0]); err != nil {
			t.Fatal(err)
		}
	}
	if picture {
		part, err := w.CreateFormFile("photos", "quầy 2.jpg")
		if err != nil {
			t.Fatal(err)
		}
		if err := jpeg.Encode(part, image.NewRGBA(image.Rect(0, 0, 900, 600)), nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), &b
}

// The coordinator's story of the plan: a scanner is missing, two computers are below
// the specification, with a photo, and the commune's readiness says so in words.
func TestTheCoordinatorsStory(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		h.equip(dangXa)
		who := h.as("district_coordinator", giaLam)
		s := street(t, h, who)
		if _, body := ask(t, s, "GET", "/inventory", "", nil); !strings.Contains(body, "Đặng Xá") || strings.Contains(body, "Phúc Xá") || !strings.Contains(body, "Đạt") {
			t.Error("the board shows another district, or not her own")
		}
		typ, body := report(t, url.Values{"unit": {dangXa}, "kind": {"missing"}, "quantity": {"một"}, "note": {"chưa có máy nào"}}, true)
		res, text := ask(t, s, "POST", "/inventory/gaps", typ, body)
		if res.StatusCode != 422 || !strings.Contains(text, "chưa có máy nào") || !strings.Contains(text, "Số lượng phải là số nguyên") || !strings.Contains(text, "Chưa chọn loại thiết bị") {
			t.Errorf("a wrong form: %d", res.StatusCode)
		}
		for _, f := range []url.Values{
			{"unit": {dangXa}, "kind": {"missing"}, "what": {"scanner"}, "quantity": {"1"}, "_once": {"k1"}},
			{"unit": {dangXa}, "kind": {"below_spec"}, "what": {"pc"}, "quantity": {"2"}, "_once": {"k2"}},
		} {
			typ, body = report(t, f, true)
			if res, text = ask(t, s, "POST", "/inventory/gaps", typ, body); res.StatusCode != 303 || res.Header.Get("Location") != "/inventory/units/"+dangXa {
				t.Fatalf("report: %d %s", res.StatusCode, text)
			}
		}
		_, text = ask(t, s, "GET", "/inventory/units/"+dangXa, "", nil)
		for _, want := range []string{"Chưa đạt", "Xã báo thiếu 1 máy quét (Nguyễn Thị Hoa, ngày 10/11/2016)", "Xã báo 2 máy tính dưới cấu hình", "24/11/2016 08:00", "4.096 MB"} {
			if !strings.Contains(text, want) {
				t.Errorf("the commune's page lacks %q", want)
			}
		}
		gaps, err := h.Gaps(t.Context(), who, GapFilter{}, page.Read("", ""))
		if err != nil || len(gaps.Items) != 2 {
			t.Fatalf("%d gaps, %v", len(gaps.Items), err)
		}
		photo := "/inventory/photos/" + string(gaps.Items[0].Photos[0].ID)
		for path, side := range map[string]int{photo: 900, photo + "/thumb": 320} {
			res, raw := ask(t, s, "GET", path, "", nil)
			size, _, err := image.DecodeConfig(strings.NewReader(raw))
			if err != nil || size.Width != side || res.Header.Get("Content-Type") != "image/jpeg" || !strings.HasPrefix(res.Header.Get("Content-Security-Policy"), "sandbox") {
				t.Errorf("%s: %d, %v, %v", path, size.Width, res.Header, err)
			}
		}
	})
}

func TestEveryPageOpens(t *testing.T) {
	h := build(t, testkit.SQLite(t))
	h.equip(dangXa)
	who := h.as("district_coordinator", "")
	g, err := h.ReportGap(t.Context(), who, GapForm{Unit: dangXa, Kind: "broken", What: "pc", Quantity: "1"})
	if err != nil {
		t.Fatal(err)
	}
	assets, err := h.Assets(t.Context(), who, dangXa, "", page.Read("", ""))
	if err != nil {
		t.Fatal(err)
	}
	a := assets.Items[0]
	s := street(t, h, who)
	for _, path := range []string{"/inventory?district=018&verdict=unmet&q=dang", "/inventory?q=nobody", "/inventory/gaps", "/inventory/gaps?late=1&state=closed&what=pc&district=001",
		"/inventory/gaps/new?unit=" + dangXa, "/inventory/gaps/" + string(g.ID), "/inventory/assets/new?kind=line", "/inventory/assets/" + string(a.ID),
		"/inventory/assets/" + string(a.ID) + "/edit", "/inventory/city", "/inventory/districts/018", "/inventory/units/00001", "/inventory/export.xlsx", "/inventory/export.csv",
		"/api/v1/inventory/assets?unit=" + dangXa, "/api/v1/inventory/assets/" + string(a.ID), "/api/v1/inventory/gaps", "/api/v1/inventory/gaps/" + string(g.ID),
		"/api/v1/inventory/readiness/" + dangXa} {
		for _, lang := range []string{"vi", "en"} {
			if res, body := ask(t, s, "GET", path, "", nil, "Cookie", "lotrinh_session=x; lotrinh_lang="+lang); res.StatusCode != 200 {
				t.Errorf("%s: %d %s", path, res.StatusCode, body)
			}
		}
	}
	form := url.Values{"version": {"1"}, "to": {"declined"}}
	if res, body := ask(t, s, "POST", "/inventory/gaps/"+string(g.ID)+"/move", "application/x-www-form-urlencoded", strings.NewReader(form.Encode())); res.StatusCode != 422 || !strings.Contains(body, "lý do") {
		t.Errorf("declined without a word: %d", res.StatusCode)
	}
	form.Set("answer", "xã còn một máy trong kho")
	if res, _ := ask(t, s, "POST", "/inventory/gaps/"+string(g.ID)+"/move", "application/x-www-form-urlencoded", strings.NewReader(form.Encode())); res.StatusCode != 303 {
		t.Errorf("declined: %d", res.StatusCode)
	}
	form = url.Values{"version": {"1"}, "name": {"Dell"}, "state": {"planned"}, "fact_ram_mb": {"2.048"}}
	if res, body := ask(t, s, "POST", "/inventory/assets/"+string(a.ID), "application/x-www-form-urlencoded", strings.NewReader(form.Encode())); res.StatusCode != 422 || !strings.Contains(body, "Không chuyển được") || !strings.Contains(body, `value="2048"`) {
		t.Errorf("a bad move: %d", res.StatusCode)
	}
	form.Set("state", "broken")
	if res, body := ask(t, s, "POST", "/inventory/assets/"+string(a.ID), "application/x-www-form-urlencoded", strings.NewReader(form.Encode())); res.StatusCode != 422 || !strings.Contains(body, "lý do chuyển") {
		t.Errorf("broken without a reason: %d", res.StatusCode)
	}
	form.Set("said", "cháy nguồn")
	if res, _ := ask(t, s, "POST", "/inventory/assets/"+string(a.ID), "application/x-www-form-urlencoded", strings.NewReader(form.Encode())); res.StatusCode != 303 {
		t.Errorf("a good move: %d", res.StatusCode)
	}
}

func TestTheAPIKeepsItsPromises(t *testing.T) {
	h := build(t, testkit.SQLite(t))
	s := street(t, h, h.as("district_coordinator", ""))
	bearer := []string{"Authorization", "Bearer x"}
	res, body := ask(t, s, "POST", "/api/v1/inventory/assets", "application/json", strings.NewReader(`{"unit":"`+dangXa+`","kind":"pc","name":"HP","state":"in_use","facts":{"ram_mb":"1015"}}`), append(bearer, "Idempotency-Key", "a1")...)
	if res.StatusCode != 201 || !strings.Contains(body, `"source":"declared"`) {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	at := res.Header.Get("Location")
	change := `{"name":"HP 280","state":"in_use"}`
	for match, want := range map[string]int{"": 428, `"9"`: 412, `"1"`: 200} {
		if res, body := ask(t, s, "PUT", at, "application/json", strings.NewReader(change), append(bearer, "If-Match", match)...); res.StatusCode != want {
			t.Errorf("If-Match %s: %d %s", match, res.StatusCode, body)
		}
	}
	if res, body := ask(t, s, "POST", at+"/facts", "application/json", strings.NewReader(`{"source":"measured","observed_at":"2016-11-09T01:00:00Z","facts":{"ram_mb":"3887"}}`), bearer...); res.StatusCode != 200 || !strings.Contains(body, "3887") || !strings.Contains(body, "1015") {
		t.Errorf("facts: %d %s", res.StatusCode, body)
	}
	if res, _ := ask(t, s, "POST", at+"/facts", "application/json", strings.NewReader(`{"source":"guessed","observed_at":"2016-11-09T01:00:00Z","facts":{"ram_mb":"1"}}`), bearer...); res.StatusCode != 422 {
		t.Errorf("a guessed fact: %d", res.StatusCode)
	}
	res, body = ask(t, s, "POST", "/api/v1/inventory/gaps", "application/json", strings.NewReader(`{"unit":"`+dangXa+`","kind":"missing","what":"scanner","quantity":"1"}`), bearer...)
	if res.StatusCode != 201 || !strings.Contains(body, `"due":"2016-11-24T01:00:00Z"`) {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	if res, body := ask(t, s, "POST", res.Header.Get("Location")+"/move", "application/json", strings.NewReader(`{"state":"requested"}`), append(bearer, "If-Match", `"1"`)...); res.StatusCode != 200 || !strings.Contains(body, `"state":"requested"`) {
		t.Errorf("moved: %d %s", res.StatusCode, body)
	}
	if _, body := ask(t, s, "GET", "/api/v1/inventory/readiness/"+dangXa, "", nil, bearer...); !strings.Contains(body, `"verdict":"unmet"`) || !strings.Contains(body, "Xã báo thiếu 1 máy quét") {
		t.Errorf("readiness: %s", body)
	}
}
