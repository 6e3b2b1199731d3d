package training

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/site"
)

// badges lets a token be anybody by name.
type badges map[string]access.Actor

func (b badges) BySession(context.Context, string) (access.Actor, error) {
	return access.Actor{}, nil
}
func (b badges) ByBearer(_ context.Context, token string) (access.Actor, error) { return b[token], nil }

type said map[string]any

func (s said) list(name string) []any       { return s[name].([]any) }
func (s said) part(name string) said        { return s[name].(map[string]any) }
func (s said) first(name string) said       { return s.list(name)[0].(map[string]any) }
func (s said) version() string              { return fmt.Sprintf(`"%.0f"`, s["version"]) }
func (s said) path(root, act string) string { return root + "/" + s["id"].(string) + act }

// caller asks the operations of the house as somebody.
func caller(t *testing.T, h *house) func(who, method, path, body string, want int, heads ...string) said {
	t.Helper()
	words, err := i18n.Load(site.Locale, Locale)
	h.ok(err)
	s := httpx.New(httpx.Config{Identity: badges{"planner": h.planner, "her": h.her, "there": h.there, "trainer": h.trainer, "other": h.other, "nobody": h.nobody}, Catalog: words, DB: h.DB, Clock: clock.System{}})
	h.Routes(s.Router, &site.Site{Business: h.at})
	return func(who, method, path, body string, want int, heads ...string) said {
		t.Helper()
		r := httptest.NewRequest(method, apiRoot+path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+who)
		r.Header.Set("Content-Type", "application/json")
		for i := 0; i+1 < len(heads); i += 2 {
			r.Header.Set(heads[i], heads[i+1])
		}
		res, err := s.App().Test(r, -1)
		h.ok(err)
		defer res.Body.Close()
		if res.StatusCode != want {
			t.Fatalf("%s %s as %s: %d, not %d", method, path, who, res.StatusCode, want)
		}
		var out said
		if res.StatusCode < 300 && res.StatusCode != 204 {
			h.ok(json.NewDecoder(res.Body).Decode(&out))
		}
		return out
	}
}

func TestOtherSystemsPlanClassesRegisterAndRecordAttendance(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		ask := caller(t, h)
		if n := len(ask("her", "GET", "/courses", "", 200).list("items")); n < 2 {
			t.Fatalf("%d courses", n)
		}
		ask("nobody", "GET", "/courses/"+string(h.course.ID), "", 403)
		ask("her", "POST", "/courses", `{"code":"TH-MOI","title":"Học lại","level":"commune","audiences":["civil"],"hours":4,"open":true}`, 403)
		course := ask("planner", "POST", "/courses", `{"code":"TH-MOI","title":"Học lại","level":"commune","audiences":["civil"],"hours":4,"open":true}`, 201, "Idempotency-Key", "c1")
		if ask("her", "GET", course.path("/courses", ""), "", 200)["code"] != "TH-MOI" {
			t.Error("the new course is another")
		}
		body := fmt.Sprintf(`{"course":%q,"district":%q,"day":"2016-11-21","from":"08:00","until":"11:30","room":"Hội trường A","trainer":%q,"capacity":1}`, h.course.ID, giaLam, h.trainer.ID)
		ask("her", "POST", "/classes", body, 403)
		ask("planner", "POST", "/classes", strings.Replace(body, "08:00", "12:00", 1), 422)
		class := ask("planner", "POST", "/classes", body, 201, "Idempotency-Key", "l1")
		if again := ask("planner", "POST", "/classes", body, 201, "Idempotency-Key", "l1"); again["id"] != class["id"] {
			t.Error("sent again it is another class")
		}

		learner := ask("her", "POST", "/people", `{"unit":"`+dangXa+`","audience":"civil","name":"Trần Thị Hạnh","code":"HN-1"}`, 201)
		ask("there", "POST", "/people", `{"unit":"`+dangXa+`","audience":"civil","name":"Trần Thị Hạnh"}`, 404)
		second := ask("her", "POST", "/people", `{"unit":"`+dangXa+`","audience":"labour","name":"Trần Thị Lan"}`, 201)
		if n := len(ask("there", "GET", "/people", "", 200).list("items")); n != 0 {
			t.Errorf("%d people of Gia Lâm are told to Thanh Trì", n)
		}
		if len(ask("her", "GET", "/people?limit=1", "", 200).list("items")) != 1 {
			t.Error("a page of one is not one")
		}
		people := fmt.Sprintf(`{"people":[%q,%q]}`, learner["id"], second["id"])
		ask("there", "POST", class.path("/classes", "/registrations"), people, 404)
		got := ask("her", "POST", class.path("/classes", "/registrations"), people, 201)
		seats := got.list("seats")
		if len(seats) != 2 || said(seats[0].(map[string]any))["state"] != "registered" || said(seats[1].(map[string]any))["state"] != "waiting" || got.first("seats")["name"] != "Trần Thị Hạnh" {
			t.Fatalf("registered: %v", got)
		}
		seat := got.first("seats")
		ask("her", "POST", seat.path("/seats", "/withdrawal"), "", 428)
		ask("her", "POST", seat.path("/seats", "/withdrawal"), "", 412, "If-Match", `"9"`)
		ask("her", "POST", seat.path("/seats", "/withdrawal"), "", 200, "If-Match", seat.version())
		if c := ask("her", "GET", "/classes?from=2016-11-21&until=2016-11-22", "", 200).first("items"); c["taken"] != 1.0 || c["waiting"] != 0.0 {
			t.Errorf("who waited did not move up: %v", c)
		}

		h.clock(21, 8, 0)
		row := ask("trainer", "GET", class.path("/classes", ""), "", 200).first("seats")
		attend := fmt.Sprintf(`{"seats":[%q]}`, row["id"])
		ask("other", "POST", class.path("/classes", "/attendance"), attend, 404)
		ask("her", "POST", class.path("/classes", "/attendance"), attend, 403)
		if ask("trainer", "POST", class.path("/classes", "/attendance"), attend, 201)["attended"] != 1.0 {
			t.Error("nobody attended")
		}
		seen := ask("her", "GET", class.path("/classes", ""), "", 200)
		if x := seen.first("seats"); x["how"] != ByPaper || x["trained_at"] == nil || seen.part("class")["code"] == "" {
			t.Errorf("seat %v", x)
		}
		if n := len(ask("there", "GET", "/classes", "", 200).list("items")); n != 0 {
			t.Errorf("%d classes of Gia Lâm are told to Thanh Trì", n)
		}
		page := ask("planner", "GET", "/classes?limit=1", "", 200)
		if _, more := page["next"]; more || len(page.list("items")) != 1 {
			t.Errorf("one class, a page of one: %v", page)
		}
	})
}
