package app

import (
	"strings"
	"testing"

	"lotrinh/app/demo"
	"lotrinh/internal/site/assets"
)

func TestHealthReadinessAndMetricsAnswer(t *testing.T) {
	eachStreet(t, func(t *testing.T, s *street) {
		s.ask("planner", "GET", "/rollout", "")
		for path, want := range map[string]string{"/healthz": "ok", "/readyz": "ready", "/metrics": `lotrinh_request_seconds_count{method="GET",route="/rollout",status="200"} 1`} {
			if a := s.ask("", "GET", path, ""); a.status != 200 || !strings.Contains(a.body, want) {
				t.Errorf("%s: %d without %q", path, a.status, want)
			}
		}
		for _, name := range []string{"lotrinh_queries_total", "lotrinh_outbox_waiting 0", "lotrinh_outbox_failed 0", "lotrinh_trail_unsealed", "lotrinh_supply_requests_waiting", "lotrinh_installs_failed", "go_goroutines"} {
			if !strings.Contains(s.ask("", "GET", "/metrics", "").body, name) {
				t.Errorf("/metrics does not say %s", name)
			}
		}
	})
}

func TestEveryKindOfAnswerCarriesTheDefences(t *testing.T) {
	s := openStreet(t, Config{BaseURL: "https://lotrinh.example"})
	for _, c := range []struct {
		login, method, path, body string
		status                    int
	}{
		{"planner", "GET", "/rollout", "", 200},
		{"planner", "GET", "/inventory/export.csv", "", 200},
		{"planner", "GET", "/api/v1/programmes", "", 200},
		{"planner", "GET", "/api/v1/nothing", "", 404},
		{"", "GET", "/api/v1/me", "", 401},
		{"", "GET", "/sign-in", "", 200},
		{"", "GET", "/rollout", "", 303},
		{"", "GET", "/healthz", "", 200},
		{"", "GET", "/nothing", "", 404},
		{"", "GET", assets.Path("app.css"), "", 200},
		{"leadership", "POST", "/rollout/moves", "to=trial", 403},
		{"planner", "POST", "/rollout/moves", "to=never&u=00556&p=" + demo.Programme, 422},
	} {
		a := s.ask(c.login, c.method, c.path, c.body)
		if a.status != c.status {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, a.status, c.status)
		}
		policy := a.head.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s %s: content policy %q", c.method, c.path, policy)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000"} {
			if got := a.head.Get(name); got != want {
				t.Errorf("%s %s: %s is %q, want %q", c.method, c.path, name, got, want)
			}
		}
		cache, public := a.head.Get("Cache-Control"), strings.HasPrefix(c.path, "/assets/")
		if !public && cache != "no-store" || public && !strings.Contains(cache, "immutable") {
			t.Errorf("%s %s: Cache-Control is %q", c.method, c.path, cache)
		}
	}
}

func TestCookiesAreForThisSiteAndNoScript(t *testing.T) {
	for base, secure := range map[string]bool{"https://lotrinh.example": true, "http://127.0.0.1:8198": false} {
		s := openStreet(t, Config{BaseURL: base})
		for path, body := range map[string]string{"/sign-in": "login=planner&password=" + demo.Password, "/language": "lang=en", "/sign-out": ""} {
			login := ""
			if path == "/sign-out" {
				login = "officer"
			}
			set := s.ask(login, "POST", path, body).head.Values("Set-Cookie")
			if len(set) == 0 {
				t.Errorf("%s %s sets no cookie", base, path)
			}
			for _, c := range set {
				low := strings.ToLower(c)
				if !strings.Contains(low, "; httponly") || !strings.Contains(low, "; samesite=lax") || !strings.Contains(low, "; path=/") || strings.Contains(low, "; secure") != secure || strings.Contains(low, "domain=") {
					t.Errorf("%s %s: %s", base, path, c)
				}
				if strings.Contains(c, "lotrinh_session") && strings.HasPrefix(c, "__Host-") != secure {
					t.Errorf("%s: the session's cookie is %s", base, c)
				}
			}
		}
	}
}

func TestAnotherSiteChangesNothing(t *testing.T) {
	s := openStreet(t, Config{})
	for _, heads := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"}} {
		for _, path := range []string{"/language", "/sign-out", "/rollout/moves", "/api/v1/tickets"} {
			if a := s.ask("planner", "POST", path, "", heads...); a.status != 403 {
				t.Errorf("POST %s with %v: %d", path, heads, a.status)
			}
		}
	}
	if a := s.ask("planner", "GET", "/account", ""); a.status != 200 {
		t.Errorf("the session did not live on: %d", a.status)
	}
}

func TestHeadIsNoWayAround(t *testing.T) {
	lines, _ := routesFile(t)
	s := openStreet(t, Config{})
	for _, l := range lines {
		if l.method != "GET" || l.inside == "open" || l.inside == "nobody" {
			continue
		}
		if a := s.ask("", "HEAD", l.path, ""); a.status != 303 && a.status != 401 || a.body != "" {
			t.Errorf("HEAD %s by a stranger: %d %q", l.path, a.status, a.body)
		}
	}
}

func TestAKeyBelongsToOneAccount(t *testing.T) {
	eachStreet(t, func(t *testing.T, s *street) {
		for login, unit := range map[string]string{"officer": hereUnit, "bactrang": "00583"} {
			body := fill(bodies["POST /api/v1/tickets"], map[string]string{"unit": unit})
			if a := s.ask(login, "POST", "/api/v1/tickets", body, "Idempotency-Key", "1"); a.status != 201 || a.head.Get("Idempotency-Replayed") != "" {
				t.Errorf("%s: %d %s", login, a.status, a.body)
			}
		}
	})
}

func TestAFormSentTwiceIsSavedOnce(t *testing.T) {
	eachStreet(t, func(t *testing.T, s *street) {
		form := fill(bodies["POST /tickets"], map[string]string{"unit": hereUnit}) + "&_once=abc"
		first, again := s.ask("officer", "POST", "/tickets", form), s.ask("officer", "POST", "/tickets", form)
		if first.status != 303 || again.status != 303 || first.head.Get("Location") != again.head.Get("Location") {
			t.Errorf("%d %s, then %d %s", first.status, first.head.Get("Location"), again.status, again.head.Get("Location"))
		}
		if a := s.ask("bactrang", "GET", first.head.Get("Location"), ""); a.status != 404 {
			t.Errorf("another commune's officer reads the ticket: %d", a.status)
		}
	})
}
