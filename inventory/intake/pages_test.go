package intake

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/testkit"
	"lotrinh/inventory/agent/specimen"
)

// ask calls a page as somebody.
func (r *room) ask(who access.Actor, method, path, typ string, body io.Reader) (int, string) {
	r.t.Helper()
	r.who.who = who
	req := httptest.NewRequest(method, path, body)
	req.Header.Set("Cookie", "lotrinh_session=x")
	req.Header.Set("Authorization", "Bearer x")
	if typ != "" {
		req.Header.Set("Content-Type", typ)
	}
	res, err := r.server.App().Test(req, -1)
	if err != nil {
		r.t.Fatal(err)
	}
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	if at := strings.Index(string(raw), "⟦"); at >= 0 {
		r.t.Errorf("%s says an unknown key: %s", path, string(raw)[at:min(len(raw), at+60)])
	}
	return res.StatusCode, string(raw)
}

const form = "application/x-www-form-urlencoded"

func TestTheCoordinatorAdmitsAgentsAndSeesThem(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		who := r.as("district_coordinator", giaLam)
		if _, page := r.ask(who, "GET", home, "", nil); !strings.Contains(page, "Chưa có khóa nào") {
			t.Error("the empty board says the first step")
		}
		if code, page := r.ask(who, "POST", home+"/keys", form, strings.NewReader(url.Values{"unit": {socSon}}.Encode())); code != 404 || strings.Contains(page, "ag_") {
			t.Errorf("a key of another district: %d", code)
		}
		if code, page := r.ask(who, "POST", home+"/keys", form, strings.NewReader("note=x")); code != 422 || !strings.Contains(page, `value="x"`) {
			t.Errorf("a form without a unit: %d", code)
		}
		_, page := r.ask(who, "POST", home+"/keys", form, strings.NewReader(url.Values{"unit": {giaLam}, "note": {"đợt 8"}}.Encode()))
		secret := regexp.MustCompile(`/agent/(ag_[a-z0-9]+)`).FindStringSubmatch(page)
		if secret == nil || !strings.Contains(page, "http://018-") {
			t.Fatal("the secret is shown once")
		}
		if _, page = r.ask(who, "GET", home+"/keys", "", nil); strings.Contains(page, secret[1]) || !strings.Contains(page, "đợt 8") {
			t.Error("the list shows a secret, or not the key")
		}
		m := specimen.Desk(1)
		m.Tag = dangXa
		r.send("/agent/"+secret[1], m.XML())
		r.at.Move(time.Minute)
		r.send("/agent/"+secret[1], []byte("<broken"))
		r.send("/agent", m.XML(), "Authorization", basic("018-none", "x"))
		if err := r.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, page = r.ask(who, "GET", home, "", nil)
		if !strings.Contains(page, m.DeviceID) || !strings.Contains(page, "Đặng Xá") || !strings.Contains(page, "Dữ liệu bị cắt cụt") {
			t.Error("the board names machines and their faults")
		}
		if _, page = r.ask(r.as("planner", ""), "GET", home+"?state=failing&days=7", "", nil); !strings.Contains(page, "Không có tên này") {
			t.Error("the planner sees the credentials that nobody knows")
		}
		x := r.all(Filter{State: Failing})[0]
		if _, page = r.ask(who, "GET", home+"/"+string(x.ID), "", nil); !strings.Contains(page, "Không đọc được") || !strings.Contains(page, "Dữ liệu bị cắt cụt") {
			t.Error("the machine's page shows its log")
		}
		if code, _ := r.ask(who, "POST", home+"/"+string(x.ID)+"/aside", form, strings.NewReader("aside=1")); code != 303 {
			t.Errorf("set aside: %d", code)
		}
	})
}

func TestSeveralFilesAtOnceEachWithItsAnswer(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		who := r.as("district_coordinator", giaLam)
		m := specimen.Desk(3)
		m.Tag = dangXa
		send := func(unit string, files map[string][]byte) (int, string) {
			var b bytes.Buffer
			w := multipart.NewWriter(&b)
			if err := w.WriteField("unit", unit); err != nil {
				t.Fatal(err)
			}
			for name, body := range files {
				part, err := w.CreateFormFile("files", name)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := part.Write(body); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			return r.ask(who, "POST", home+"/upload", w.FormDataContentType(), &b)
		}
		if code, page := send(giaLam, nil); code != 422 || !strings.Contains(page, "ít nhất một tệp") {
			t.Errorf("no file: %d", code)
		}
		code, page := send(giaLam, map[string][]byte{"máy 3.ocs": m.XML(), "hỏng.xml": []byte("<a")})
		if code != 422 || !strings.Contains(page, "máy 3.ocs") || !strings.Contains(page, "Đã ghi nhận máy "+m.DeviceID) || !strings.Contains(page, "Dữ liệu bị cắt cụt") {
			t.Errorf("%d %s", code, page)
		}
		if code, _ = send(giaLam, map[string][]byte{"máy 3.ocs": m.XML()}); code != 200 || len(r.keeper.all) != 1 {
			t.Errorf("again: %d, kept %d times", code, len(r.keeper.all))
		}
	})
}

func TestTheAPI(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		who := r.as("district_coordinator", giaLam)
		const base = "/api/v1/inventory/"
		code, body := r.ask(who, "POST", base+"agent-keys", "application/json", strings.NewReader(`{"unit":"`+dangXa+`"}`))
		var k KeyOut
		if err := json.Unmarshal([]byte(body), &k); err != nil || code != 201 || k.Password == "" || k.Path != "/agent/"+k.Password {
			t.Fatalf("%d %s %v", code, body, err)
		}
		m := specimen.Desk(1)
		if code, body = r.ask(who, "POST", base+"reports?unit="+dangXa+"&name=may.ocs", "application/xml", bytes.NewReader(specimen.Packed(m.XML()))); code != 200 || !strings.Contains(body, `"result":"kept"`) {
			t.Errorf("%d %s", code, body)
		}
		if code, body = r.ask(who, "POST", base+"reports?unit="+dangXa, "application/xml", strings.NewReader("<x>")); code != 422 || !strings.Contains(body, "intake.refused") {
			t.Errorf("%d %s", code, body)
		}
		r.send(k.Path, specimen.Desk(2).XML())
		_, body = r.ask(who, "GET", base+"agents?state=fine", "", nil)
		var list struct{ Items []SenderOut }
		if err := json.Unmarshal([]byte(body), &list); err != nil || len(list.Items) != 1 || list.Items[0].State != Fine || list.Items[0].Unit != dangXa {
			t.Fatalf("%s %v", body, err)
		}
		if _, body = r.ask(who, "GET", base+"agents/"+string(list.Items[0].ID)+"/messages", "", nil); !strings.Contains(body, `"result":"kept"`) || !strings.Contains(body, `"kind":"inventory"`) {
			t.Error(body)
		}
		if code, body = r.ask(who, "DELETE", base+"agent-keys/"+string(k.ID), "", nil); code != 200 || strings.Contains(body, `"revoked_at":null`) {
			t.Errorf("%d %s", code, body)
		}
		if res, _ := r.send(k.Path, m.XML()); res.StatusCode != http.StatusNotFound {
			t.Errorf("the revoked key: %d", res.StatusCode)
		}
		if code, _ = r.ask(r.as("one_stop_officer", dangXa), "GET", base+"agent-keys", "", nil); code != 403 {
			t.Errorf("an officer asks for keys: %d", code)
		}
	})
}

func TestTheCommands(t *testing.T) {
	r := open(t, testkit.SQLite(t))
	say := r.Words.In(i18n.VI)
	run := func(do func(*bytes.Buffer) error) (string, error) {
		var b bytes.Buffer
		err := do(&b)
		return b.String(), err
	}
	keys := func(args ...string) (string, error) {
		return run(func(b *bytes.Buffer) error { return r.KeyCommand(t.Context(), say, args, b) })
	}
	out, err := keys("create", "--unit", dangXa)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	login, secret, ok := strings.Cut(lines[0], ":")
	if err != nil || len(lines) != 2 || !ok || lines[1] != "/agent/"+secret || !strings.HasPrefix(login, dangXa+"-") {
		t.Fatalf("%q %v", out, err)
	}
	if out, err = keys("list"); err != nil || !strings.Contains(out, login) || strings.Contains(out, secret) {
		t.Errorf("%q %v", out, err)
	}
	if _, err = keys("revoke", login); err != nil {
		t.Error(err)
	}
	if out, _ = keys("list", "--unit", dangXa); !strings.Contains(out, "Đã thu hồi") {
		t.Error(out)
	}
	if _, err = keys("revoke", "nobody"); !fault.Is(err, fault.Missing) {
		t.Error(err)
	}
	if _, err = keys("burn"); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	dir := t.TempDir()
	m := specimen.Desk(1)
	m.Tag = dangXa
	write := func(name string, body []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, body, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good, bad := write("good.ocs", m.XML()), write("bad.ocs", []byte("<x"))
	files := func(args ...string) (string, error) {
		return run(func(b *bytes.Buffer) error { return r.ImportCommand(t.Context(), say, args, b) })
	}
	if out, err = files(good); err != nil || !strings.Contains(out, m.DeviceID) || r.keeper.all[0].Unit != dangXa {
		t.Errorf("%q %v", out, err)
	}
	if out, err = files("--unit", dangXa, good, bad, filepath.Join(dir, "none")); !fault.HasKey(err, "intake.import.refused") || strings.Count(out, "\n") != 3 {
		t.Errorf("%q %v", out, err)
	}
	if _, err = files(); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}

// BenchmarkAnInventory takes a full Linux inventory of 390 KB, 29 KB on the wire, whose
// packages all differ, to the stored row: at most 10 ms each on one core, so that two
// take 100 a second beside the keeper's own work.
func BenchmarkAnInventory(b *testing.B) {
	r := open(b, testkit.SQLite(b))
	o := Origin{Scope: dangXa, Units: []string{dangXa}, Remote: "10.0.0.1", by: machine}
	bodies := make([][]byte, 64)
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		if n%len(bodies) == 0 {
			b.StopTimer()
			for i := range bodies {
				bodies[i] = specimen.Packed(specimen.Full(n + i).XML())
			}
			b.StartTimer()
		}
		if _, err := r.take(b.Context(), o, bodies[n%len(bodies)]); err != nil {
			b.Fatal(err)
		}
		n++
	}
}
