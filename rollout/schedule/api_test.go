package schedule

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

// caller asks the operations of the house as somebody.
func caller(t *testing.T, h *house) func(who, method, path, body string, want int, heads ...string) map[string]any {
	t.Helper()
	words, err := i18n.Load(site.Locale, Locale)
	h.ok(err)
	s := httpx.New(httpx.Config{Identity: badges{"planner": h.planner, "her": h.her, "stranger": h.stranger}, Catalog: words, DB: h.DB, Clock: clock.System{}})
	h.Routes(s.Router, &site.Site{Business: h.at})
	return func(who, method, path, body string, want int, heads ...string) map[string]any {
		t.Helper()
		r := httptest.NewRequest(method, "/api/v1/plans"+path, strings.NewReader(body))
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
		var out map[string]any
		if res.StatusCode < 300 && res.StatusCode != 204 {
			h.ok(json.NewDecoder(res.Body).Decode(&out))
		}
		return out
	}
}

func TestOtherSystemsReadPlansAndReportWhatIsDone(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		ask := caller(t, h)
		body := `{"programme":"KH198","phase":1,"from_on":"2016-11-14","classes":18,"trainers":8,"trucks":4,"stops":3,"technicians":14,"volunteers":24,"testers":14,"notice":5,"trial":5}`
		made := ask("planner", "POST", "", body, 201, "Idempotency-Key", "k0")
		if again := ask("planner", "POST", "", body, 201, "Idempotency-Key", "k0"); again["id"] != made["id"] {
			t.Errorf("sent again it is another plan: %v, %v", made, again)
		}
		at := "/" + made["id"].(string)
		tag := fmt.Sprintf(`"%.0f"`, made["version"])
		ask("her", "POST", at+"/baselines", `{"name":"Đã duyệt"}`, 403, "If-Match", tag)
		ask("planner", "POST", at+"/baselines", `{"name":"Đã duyệt"}`, 428)
		ask("planner", "POST", at+"/baselines", `{"name":"Đã duyệt"}`, 412, "If-Match", `"77"`)
		frozen := ask("planner", "POST", at+"/baselines", `{"name":"Đã duyệt"}`, 201, "If-Match", tag, "Idempotency-Key", "k1")
		if again := ask("planner", "POST", at+"/baselines", `{"name":"Đã duyệt"}`, 201, "If-Match", tag, "Idempotency-Key", "k1"); again["id"] != frozen["id"] {
			t.Errorf("sent again it is another baseline: %v, %v", frozen, again)
		}
		if frozen["intact"] != true || len(frozen["hash"].(string)) != 64 {
			t.Errorf("baseline %v", frozen)
		}
		whole := ask("planner", "GET", "/baselines/"+frozen["id"].(string), "", 200)
		if len(whole["content"].(map[string]any)["tasks"].([]any)) == 0 {
			t.Error("the content of the baseline is empty")
		}
		ask("her", "GET", "/baselines/"+frozen["id"].(string), "", 404)

		tasks := ask("her", "GET", at+"/tasks?unit="+dangXa, "", 200)["items"].([]any)
		if len(tasks) == 0 {
			t.Fatal("no task in Đặng Xá")
		}
		first := tasks[0].(map[string]any)
		if first["unit"] != dangXa || first["first_on"] == "" || first["slip_days"] != 0.0 {
			t.Errorf("task %v", first)
		}
		all, next := 0, ""
		for {
			page := ask("her", "GET", at+"/tasks?limit=50&after="+next, "", 200)
			for _, x := range page["items"].([]any) {
				if u, ok := x.(map[string]any)["unit"].(string); ok && !h.her.Covers("rollout.read", u) {
					t.Errorf("a task of %s is told to the coordinator of Gia Lâm", u)
				}
				all++
			}
			more, _ := page["next"].(string)
			if next = more; next == "" {
				break
			}
		}
		if all < 22*5 {
			t.Errorf("%d tasks within reach", all)
		}
		done := "/tasks/" + first["id"].(string) + "/completion"
		ask("stranger", "POST", done, `{"on":"2016-11-10"}`, 404, "If-Match", `"1"`)
		ask("her", "POST", done, `{"on":"2016-11-31"}`, 422, "If-Match", `"1"`)
		ask("her", "POST", done, `{"on":"2016-11-10"}`, 204, "If-Match", `"1"`)
		ask("her", "POST", done, `{"on":"2016-11-09"}`, 412, "If-Match", `"1"`)
		plan := ask("her", "GET", at, "", 200)
		if plan["done"] != 1.0 || plan["least_on"] == nil || len(plan["resources"].([]any)) == 0 {
			t.Errorf("plan %v", plan)
		}
		if ask("stranger", "GET", at, "", 403); len(ask("planner", "GET", "", "", 200)["items"].([]any)) != 1 {
			t.Error("not one plan")
		}
	})
}
