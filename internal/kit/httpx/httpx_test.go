package httpx

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/testkit"
)

type anyone struct{}

func (anyone) BySession(_ context.Context, token string) (access.Actor, error) {
	return access.Actor{ID: "web-1", Login: token}, nil
}

func (anyone) ByBearer(_ context.Context, token string) (access.Actor, error) {
	if token != "good" {
		return access.Actor{}, nil
	}
	return access.Actor{ID: "api-1"}, nil
}

type thing struct {
	Name string `json:"name" doc:"what people call it"`
}

func edge(t *testing.T, d *db.DB) *Server {
	t.Helper()
	words := fstest.MapFS{
		"locale/vi.json": {Data: []byte(`{"fault.denied":"Không được phép"}`)},
		"locale/en.json": {Data: []byte(`{"fault.denied":"Not allowed"}`)},
	}
	c, err := i18n.Load(words)
	if err != nil {
		t.Fatal(err)
	}
	s := New(Config{Identity: anyone{}, Catalog: c, DB: d, Clock: clock.System{}})
	s.Page("GET", "/open", func(c *Ctx) error { return c.SendString("hello") }, Open)
	s.Page("POST", "/change", func(c *Ctx) error { return c.See("/done") })
	s.Page("GET", "/bug", func(*Ctx) error { panic("a bug") }, Open)
	s.API(Op{Method: "POST", Path: "/api/v1/things", ID: "createThing", Tag: "things", In: thing{}, Out: thing{}, Status: 201, Creates: true}, func(c *Ctx) error {
		in, err := ReadJSON[thing](c)
		if err != nil {
			return err
		}
		err = d.InTx(c.Std(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewRaw("INSERT INTO inbox (source, message, at) VALUES ('t', ?, ?)", in.Name+c.Reference(), clock.System{}.Now()).Exec(ctx)
			return db.Sorted(err)
		})
		if err != nil {
			return err
		}
		return c.Created("/api/v1/things/1", 1, in)
	})
	s.API(Op{Method: "PUT", Path: "/api/v1/things/:id", ID: "changeThing", Tag: "things", In: thing{}, Changes: true}, func(c *Ctx) error {
		if _, err := c.IfMatch(); err != nil {
			return err
		}
		return fault.New(fault.Denied, "fault.denied")
	})
	return s
}

func call(t *testing.T, s *Server, method, path, body string, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := s.App().Test(r, -1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := res.Body.Close(); err != nil {
			t.Error(err)
		}
	})
	return res
}

func TestTheDoor(t *testing.T) {
	s := edge(t, testkit.SQLite(t))
	const cookie = plainName + "=x"
	for _, tc := range []struct {
		name, method, path string
		headers            []string
		want               int
	}{
		{"a stranger on an open page", "GET", "/open", nil, 200},
		{"only the head", "HEAD", "/open", nil, 200},
		{"an unknown address", "GET", "/nowhere", nil, 404},
		{"a stranger may not change", "POST", "/change", nil, 401},
		{"signed in", "POST", "/change", []string{"Cookie", cookie}, 303},
		{"same origin", "POST", "/change", []string{"Cookie", cookie, "Sec-Fetch-Site", "same-origin"}, 303},
		{"another site", "POST", "/change", []string{"Cookie", cookie, "Sec-Fetch-Site", "cross-site"}, 403},
		{"another site, old browser", "POST", "/change", []string{"Cookie", cookie, "Origin", "https://evil.example"}, 403},
		{"a neighbour's prefix", "GET", "/openly", nil, 404},
		{"a bug", "GET", "/bug", nil, 500},
		{"an unknown token", "PUT", "/api/v1/things/1", []string{"Authorization", "Bearer bad"}, 401},
		{"no If-Match", "PUT", "/api/v1/things/1", []string{"Authorization", "Bearer good"}, 428},
		{"denied", "PUT", "/api/v1/things/1", []string{"Authorization", "Bearer good", "If-Match", `"1"`}, 403},
	} {
		if res := call(t, s, tc.method, tc.path, "", tc.headers...); res.StatusCode != tc.want {
			t.Errorf("%s: %d, want %d", tc.name, res.StatusCode, tc.want)
		}
	}
}

func TestProblemsSayWhatIsWrongInTheReadersLanguage(t *testing.T) {
	s := edge(t, testkit.SQLite(t))
	for lang, want := range map[string]string{"vi": "Không được phép", "en": "Not allowed"} {
		res := call(t, s, "PUT", "/api/v1/things/1", "", "Authorization", "Bearer good", "If-Match", `"1"`, "Accept-Language", lang)
		var p Problem
		if err := json.NewDecoder(res.Body).Decode(&p); err != nil || p.Title != want || p.Reference == "" {
			t.Errorf("%s: %+v, %v", lang, p, err)
		}
	}
	res := call(t, s, "POST", "/api/v1/things", `{"nme":"x"}`, "Authorization", "Bearer good")
	var p Problem
	if err := json.NewDecoder(res.Body).Decode(&p); err != nil || p.Status != 422 || len(p.Errors) != 1 || p.Errors[0].Field != "nme" {
		t.Errorf("an unknown field: %+v, %v", p, err)
	}
}

func TestACreationSentTwiceHappensOnce(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		s := edge(t, d)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				res := call(t, s, "POST", "/api/v1/things", `{"name":"a"}`, "Authorization", "Bearer good", "Idempotency-Key", "k1")
				if res.StatusCode != 201 && res.StatusCode != 409 {
					t.Errorf("status %d", res.StatusCode)
				}
			})
		}
		wg.Wait()
		res := call(t, s, "POST", "/api/v1/things", `{"name":"a"}`, "Authorization", "Bearer good", "Idempotency-Key", "k1")
		body, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != 201 || string(body) != `{"name":"a"}` || res.Header.Get("Location") != "/api/v1/things/1" {
			t.Errorf("the kept answer: %d %s %v", res.StatusCode, body, err)
		}
		var n int
		if err := d.Read().NewRaw("SELECT count(*) FROM inbox").Scan(t.Context(), &n); err != nil || n != 1 {
			t.Errorf("%d things were made, %v", n, err)
		}
		if res := call(t, s, "POST", "/api/v1/things", `{"name":"b"}`, "Authorization", "Bearer good", "Idempotency-Key", "k1"); res.StatusCode != 422 {
			t.Errorf("the key on another request: %d, want 422", res.StatusCode)
		}
	})
}

func TestAFormSentTwiceHappensOnce(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		s := edge(t, d)
		s.Page("POST", "/make", func(c *Ctx) error {
			err := d.InTx(c.Std(), func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.NewRaw("INSERT INTO inbox (source, message, at) VALUES ('f', ?, ?)", c.Reference(), clock.System{}.Now()).Exec(ctx)
				return db.Sorted(err)
			})
			if err != nil {
				return err
			}
			return c.See("/made/" + c.FormValue("name"))
		})
		for _, tc := range []struct {
			body string
			rows int
		}{{"_once=x&name=a", 1}, {"_once=x&name=a", 1}, {"_once=x&name=b", 2}, {"_once=y&name=a", 3}} {
			res := call(t, s, "POST", "/make", tc.body, "Cookie", plainName+"=x", "Content-Type", "application/x-www-form-urlencoded")
			if want := "/made/" + tc.body[len(tc.body)-1:]; res.StatusCode != 303 || res.Header.Get("Location") != want {
				t.Errorf("%s: %d to %q", tc.body, res.StatusCode, res.Header.Get("Location"))
			}
			var n int
			if err := d.Read().NewRaw("SELECT count(*) FROM inbox").Scan(t.Context(), &n); err != nil || n != tc.rows {
				t.Errorf("%s: %d rows, want %d, %v", tc.body, n, tc.rows, err)
			}
		}
	})
}

func TestOpenAPIDescribesTheDeclaredRoutes(t *testing.T) {
	s := edge(t, testkit.SQLite(t))
	raw, err := json.Marshal(s.OpenAPI("Lộ Trình", "1", "/"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"/api/v1/things/{id}"`, `"operationId":"createThing"`, `"Thing"`, `"Idempotency-Key"`, `"If-Match"`, `"what people call it"`} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("the document lacks %s", want)
		}
	}
	if strings.Contains(string(raw), `"/open"`) {
		t.Error("a page of the site is in the document")
	}
}

func TestLocalKeepsRedirectsAtHome(t *testing.T) {
	for path, want := range map[string]string{"/tickets?x=1": "/tickets?x=1", "//evil.example": "/", "https://evil.example": "/", `/\evil`: "/", "": "/"} {
		if got := Local(path, "/"); got != want {
			t.Errorf("Local(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestABodyIsNeverUnpacked(t *testing.T) {
	s := edge(t, testkit.SQLite(t))
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(append([]byte(`{"name":"a"}`), bytes.Repeat([]byte(" "), 4<<20)...)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	res := call(t, s, "POST", "/api/v1/things", b.String(), "Authorization", "Bearer good", "Content-Encoding", "gzip")
	if res.StatusCode != 422 {
		t.Errorf("a packed body was read: %d", res.StatusCode)
	}
}
