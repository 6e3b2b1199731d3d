package reports

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/site"
)

// someone is an identity whose every credential is the one actor.
type someone struct{ who access.Actor }

func (s someone) BySession(context.Context, string) (access.Actor, error) { return s.who, nil }
func (s someone) ByBearer(context.Context, string) (access.Actor, error)  { return s.who, nil }

func (h *house) street(who access.Actor) *httpx.Server {
	pages := &site.Site{Business: h.at}
	s := httpx.New(httpx.Config{Identity: someone{who}, Catalog: h.words, DB: h.db, Clock: clock.System{}, ErrorPage: pages.ErrorPage})
	h.Routes(s.Router, pages)
	return s
}

func (h *house) ask(s *httpx.Server, method, path, body string, headers ...string) (*http.Response, string) {
	h.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if strings.HasPrefix(path, "/api/") {
		r.Header.Set("Authorization", "Bearer x")
		r.Header.Set("Content-Type", "application/json")
	} else {
		r.Header.Set("Cookie", "lotrinh_session=x")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	res, err := s.App().Test(r, -1)
	if err != nil {
		h.t.Fatal(err)
	}
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	if at := strings.Index(string(raw), "⟦"); at >= 0 {
		h.t.Errorf("%s says an unknown key: %s", path, string(raw)[at:min(len(raw), at+80)])
	}
	return res, string(raw)
}

func TestPagesShowTheFiguresOfTheSnapshot(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		r := h.made()
		s := h.street(everywhere("planner"))
		for path, wants := range map[string][]string{
			"/reports":                      {"Thứ Hai hằng tuần lúc 07:30", "07/11/2016 – 13/11/2016", "Đã lập", "Mười lần lập tới", "21/11/2016"},
			"/reports/runs/" + string(r.ID): {h.snapshot(r.ID).Hash, "33/53 xã", "còn chậm 20 đơn vị", "report.pdf", "report.xlsx", "Xã Tản Hồng"},
			"/reports/schedules/new":        {"30 7 * * 1", "Huyện Gia Lâm"},
		} {
			res, body := h.ask(s, "GET", path, "")
			if res.StatusCode != 200 {
				t.Errorf("%s answers %d", path, res.StatusCode)
			}
			for _, want := range wants {
				if !strings.Contains(body, want) {
					t.Errorf("%s does not show %q", path, want)
				}
			}
		}
		res, body := h.ask(s, "GET", "/reports/runs/"+string(r.ID)+"/report.pdf", "")
		if res.StatusCode != 200 || !strings.HasPrefix(body, "%PDF") {
			t.Errorf("the PDF: %d", res.StatusCode)
		}
	})
}

func TestABadSpecificationComesBackAsTyped(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		sc := h.weekly()
		s := h.street(everywhere("planner"))
		res, body := h.ask(s, "POST", "/reports/schedules/"+string(sc.ID), "spec=61+7+*+*+1&catch_up=8&enabled=1&version=1")
		if res.StatusCode != 422 || !strings.Contains(body, `value="61 7 * * 1"`) {
			t.Errorf("%d: the typed value is gone", res.StatusCode)
		}
		res, body = h.ask(s, "POST", "/reports/schedules/"+string(sc.ID), "spec=0+9+*+*+5&catch_up=8&enabled=1&version=1&do=preview")
		if res.StatusCode != 200 || !strings.Contains(body, "Thứ Sáu, 11/11/2016 09:00") {
			t.Errorf("%d: no preview of the typed value", res.StatusCode)
		}
		api := "/api/v1/reports/schedules/" + string(sc.ID)
		if res, _ = h.ask(s, "PUT", api, `{"spec":"0 9 * * 5","enabled":true,"catch_up":2}`); res.StatusCode != 428 {
			t.Errorf("without If-Match: %d", res.StatusCode)
		}
		if res, _ = h.ask(s, "PUT", api, `{"spec":"0 9 * * 5","enabled":true,"catch_up":2}`, "If-Match", `"1"`); res.StatusCode != 200 {
			t.Errorf("with If-Match: %d", res.StatusCode)
		}
		if res, _ = h.ask(s, "PUT", api, `{"spec":"0 9 * * 5","enabled":true,"catch_up":2}`, "If-Match", `"1"`); res.StatusCode != 412 {
			t.Errorf("with an old If-Match: %d", res.StatusCode)
		}
		post := `{"definition":"weekly-progress","programme":"KH198","cut":"01"}`
		first, one := h.ask(s, "POST", "/api/v1/reports/runs", post, "Idempotency-Key", "k")
		again, two := h.ask(s, "POST", "/api/v1/reports/runs", post, "Idempotency-Key", "k")
		if first.StatusCode != 201 || again.StatusCode != 201 || one != two || h.count("report_run") != 1 {
			t.Errorf("%d, %d: %d runs", first.StatusCode, again.StatusCode, h.count("report_run"))
		}
	})
}

func TestPagesTakeAConstantNumberOfQueries(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.weekly()
		s := h.street(everywhere("planner"))
		var n atomic.Int64
		h.db.Watch(func(context.Context, string, error) { n.Add(1) })
		count := func() int64 {
			n.Store(0)
			if res, _ := h.ask(s, "GET", "/reports", ""); res.StatusCode != 200 {
				t.Fatal(res.StatusCode)
			}
			return n.Load()
		}
		few := count()
		h.at.Set(hanoi(2016, 12, 30, 9, 0))
		h.due(7)
		if many := count(); many != few {
			t.Errorf("%d queries with 7 reports, %d with none", many, few)
		}
	})
}
