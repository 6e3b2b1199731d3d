package line

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/inventory"
	"lotrinh/inventory/line/quality"
	"lotrinh/inventory/readiness"
)

// someone is an identity whose every credential is the one actor.
type someone struct{ who access.Actor }

func (s someone) BySession(context.Context, string) (access.Actor, error) { return s.who, nil }
func (s someone) ByBearer(context.Context, string) (access.Actor, error)  { return s.who, nil }

// door is the room on the street, for one reader.
func (r *room) door(who access.Actor) *httpx.Server {
	r.t.Helper()
	words, err := i18n.Load(Locale, inventory.Locale, kit.Locale, importer.Locale, site.Locale, org.Locale, files.Locale, deadline.Locale, worktime.Locale, plot.Locale)
	if err != nil {
		r.t.Fatal(err)
	}
	on := &site.Site{Business: r.at}
	s := httpx.New(httpx.Config{Identity: someone{who}, Catalog: words, DB: r.DB, Clock: clock.System{}, ErrorPage: on.ErrorPage})
	r.Routes(s.Router, on)
	r.Inventory.Routes(s.Router, on)
	return s
}

func (r *room) ask(s *httpx.Server, method, path, typ, body string) (*http.Response, string) {
	r.t.Helper()
	q := httptest.NewRequest(method, path, strings.NewReader(body))
	q.Header.Set("Cookie", "lotrinh_session=x")
	q.Header.Set("Authorization", "Bearer x")
	if typ != "" {
		q.Header.Set("Content-Type", typ)
	}
	res, err := s.App().Test(q, -1)
	if err != nil {
		r.t.Fatal(err)
	}
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	if at := strings.Index(string(raw), "⟦"); at >= 0 {
		r.t.Errorf("%s says an unknown key: %s", path, string(raw)[at:min(len(raw), at+80)])
	}
	return res, string(raw)
}

const formType = "application/x-www-form-urlencoded"

func TestThePageMeasuresAndSaysItInWords(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		a := r.line("")
		s := r.door(officer)
		if res, body := r.ask(s, "GET", home+"/measure", "", ""); res.StatusCode != 200 || !strings.Contains(body, string(a.ID)) || !strings.Contains(body, "measure-") {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		res, body := r.ask(s, "POST", home+"/runs", formType, "line="+string(a.ID))
		var begun beginJSON
		if err := json.Unmarshal([]byte(body), &begun); err != nil || res.StatusCode != 200 || begun.Pings != pings {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		sum := 0
		for _, n := range append(append([]int{}, begun.Down...), begun.Up...) {
			sum += n
		}
		if sum+mostPings*pingBytes > RunBytes {
			t.Fatalf("a run is asked to move %d bytes", sum)
		}
		if res, _ := r.ask(s, "GET", begun.Run+"/ping", "", ""); res.StatusCode != 200 || res.Header.Get("Cache-Control") != "no-store" {
			t.Fatalf("%d %s", res.StatusCode, res.Header.Get("Cache-Control"))
		}
		res, body = r.ask(s, "GET", fmt.Sprintf("%s/down?n=%d", begun.Run, begun.Down[0]), "", "")
		if res.StatusCode != 200 || len(body) != begun.Down[0] || res.Header.Get("Content-Encoding") != "" || res.Header.Get("Cache-Control") != "no-store" {
			t.Fatalf("%d, %d bytes, %v", res.StatusCode, len(body), res.Header)
		}
		if res, _ := r.ask(s, "POST", begun.Run+"/up", "text/plain", strings.Repeat("x", begun.Up[0])); res.StatusCode != 200 {
			t.Fatal(res.StatusCode)
		}
		if res, _ := r.ask(s, "POST", begun.Run+"/up", "text/plain", strings.Repeat("x", mostPiece+1)); res.StatusCode != 413 {
			t.Fatal(res.StatusCode)
		}
		found := fmt.Sprintf(`{"rtts":[40,41],"sent":20,"lost":2,"down":[{"bytes":%d,"ms":400}],"up":[{"bytes":%d,"ms":100}]}`, begun.Down[0], begun.Up[0])
		if res, _ := r.ask(r.door(admin), "POST", begun.Run, "application/json", found); res.StatusCode != 404 {
			t.Fatalf("somebody else finished the run: %d", res.StatusCode)
		}
		res, body = r.ask(s, "POST", begun.Run, "application/json", found)
		var done finishJSON
		if err := json.Unmarshal([]byte(body), &done); err != nil || res.StatusCode != 200 || len(done.Lines) != 4 || done.Tone != "bad" {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		for _, want := range []string{"10 %, không đạt (cần không quá 1 %)", "41 ms, đạt (cần không quá 150 ms)", "0,7 Mbps, không đạt"} {
			if !strings.Contains(body, want) {
				t.Errorf("%q is not in %s", want, body)
			}
		}
		if res, body := r.ask(s, "POST", begun.Run, "application/json", found); res.StatusCode != 409 || !strings.Contains(body, "kết thúc") {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
	})
}

func TestTheBoardAndALineAreShown(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		f := farEnd(t)
		s := r.door(admin)
		res, body := r.ask(s, "POST", home+"/providers", formType, url.Values{"name": {"VNPT"}, "phone": {"18001166"}, "active": {"1"}}.Encode())
		if res.StatusCode != 303 {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		if res, _ := r.ask(s, "POST", home+"/providers", formType, "name=VNPT"); res.StatusCode != 422 {
			t.Fatalf("a name was given twice: %d", res.StatusCode)
		}
		all := must[[]Provider](r)(r.Providers(t.Context(), admin))
		form := url.Values{"unit": {dangXa}, "name": {"FTTH"}, "provider": {string(all[0].ID)}, "circuit": {"HNI-9"}, "contract_down": {"8"}, "contract_up": {"2"}, "target": {f.URL}}
		res, body = r.ask(s, "POST", home, formType, form.Encode())
		if res.StatusCode != 303 {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		where := res.Header.Get("Location")
		for _, bad := range []string{"target=http://169.254.169.254/", "target=nonsense", "contract_down=much", "provider=" + string(ident.New(thursday))} {
			if res, _ := r.ask(s, "POST", where, formType, bad+"&version=2"); res.StatusCode != 422 {
				t.Errorf("%s: %d", bad, res.StatusCode)
			}
		}
		for day := range 3 {
			r.at.Set(time.Date(2016, 11, 14+day, 1, 0, 0, 0, time.UTC))
			for i := range 12 {
				f.hush(day == 2 && i > 6)
				r.round()
			}
			must[int](r)(r.Figures(t.Context()))
		}
		for path, wants := range map[string][]string{
			home:                               {"Đặng Xá", "Mất kết nối", "VNPT", "hợp đồng 8 Mbps"},
			home + "?health=dead&district=018": {"Đặng Xá"},
			where:                              {"<svg", "đang mất kết nối", "HNI-9", "18001166", "Báo gián đoạn", "plot-late"},
			where + "/edit":                    {f.URL, "HNI-9"},
			home + "/new":                      {"Địa chỉ thăm dò"},
			home + "/providers":                {"VNPT"},
			strings.Replace(where, "lines", "assets", 1): {"Chất lượng đường truyền", "Mất kết nối"},
		} {
			if res, body := r.ask(s, "GET", path, "", ""); res.StatusCode != 200 {
				t.Errorf("%s: %d", path, res.StatusCode)
			} else {
				for _, want := range wants {
					if !strings.Contains(body, want) {
						t.Errorf("%s lacks %q", path, want)
					}
				}
			}
		}
		for _, path := range []string{home + "?health=fine", home + "?district=016", home + "?provider=none", home + "?probed=no"} {
			if _, body := r.ask(s, "GET", path, "", ""); strings.Contains(body, "Đặng Xá") {
				t.Errorf("%s shows the line", path)
			}
		}
		if _, body := r.ask(r.door(neighbour), "GET", home, "", ""); strings.Contains(body, "Đặng Xá") {
			t.Error("the neighbour sees the line")
		}
		r.outageByForm(s, where)
	})
}

// outageByForm reports an outage by the page, ends it, and is refused what is wrong.
func (r *room) outageByForm(s *httpx.Server, where string) {
	r.t.Helper()
	if res, body := r.ask(s, "POST", where+"/outages", formType, "from=never&note=x"); res.StatusCode != 422 || !strings.Contains(body, "never") {
		r.t.Fatalf("%d", res.StatusCode)
	}
	if res, _ := r.ask(s, "POST", where+"/outages", formType, "from=2016-11-16T08:10&reference=VN-1"); res.StatusCode != 303 {
		r.t.Fatal(res.StatusCode)
	}
	var o Outage
	if err := r.DB.Read().NewSelect().Model(&o).Where("lo.source = ?", ByPerson).Scan(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	at := home + "/outages/" + string(o.ID)
	if res, body := r.ask(s, "GET", at, "", ""); res.StatusCode != 200 || !strings.Contains(body, "2016-11-16T08:10") || !strings.Contains(body, "VN-1") {
		r.t.Fatalf("%d", res.StatusCode)
	}
	if res, _ := r.ask(s, "POST", at, formType, "version=1&from=2016-11-16T08:10&until=2016-11-16T08:20"); res.StatusCode != 303 {
		r.t.Fatal(res.StatusCode)
	}
	if res, _ := r.ask(s, "POST", at, formType, "version=1&from=2016-11-16T08:10&until=2016-11-16T08:20"); res.StatusCode != 409 {
		r.t.Fatal(res.StatusCode)
	}
}

// The chooser offers the districts that the reader covers, and no other.
func TestTheBoardOffersTheReadersDistricts(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		for who, offered := range map[*access.Actor]bool{&admin: true, &officer: false} {
			res, body := r.ask(r.door(*who), "GET", home, "", "")
			if res.StatusCode != 200 || strings.Contains(body, `<option value="016"`) != offered {
				t.Errorf("%s: %d, offers a district elsewhere: %t", who.ID, res.StatusCode, !offered)
			}
		}
	})
}

func TestAProgramPostsAndReads(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		a := r.line("")
		s := r.door(officer)
		path := "/api/v1/inventory/lines/" + string(a.ID)
		res, body := r.ask(s, "POST", path+"/measurements", "application/json", `{"rtts_ms":[41,43],"sent":3,"lost":1,"down_mbps":5.2,"up_mbps":1.1}`)
		if res.StatusCode != 201 || !strings.Contains(body, `"down_mbps":5.2`) {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		for _, bad := range []string{`{}`, `{"sent":31}`, `{"sent":2,"lost":3}`, `{"rtts_ms":[1]}`, `{"down_mbps":-1}`, `{"sent":1,"rtts_ms":[-4]}`, `{"at":"2016-11-01T00:00:00Z","down_mbps":1}`, `{"speed":3}`} {
			if res, _ := r.ask(s, "POST", path+"/measurements", "application/json", bad); res.StatusCode != 422 {
				t.Errorf("%s: %d", bad, res.StatusCode)
			}
		}
		if res, body := r.ask(s, "GET", path, "", ""); res.StatusCode != 200 || !strings.Contains(body, `"health":"unknown"`) || !strings.Contains(body, `"down_mbps":null`) {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		if res, body := r.ask(s, "GET", "/api/v1/inventory/lines?health=unknown", "", ""); res.StatusCode != 200 || !strings.Contains(body, a.Code) {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		if res, body := r.ask(r.door(neighbour), "GET", path, "", ""); res.StatusCode != 404 {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
	})
}

func TestBrowsersAreNamedByTheirClass(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 5.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/49.0.2623.112 Safari/537.36": "chrome/49 windows/5.1",
		"Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko":                                   "ie/11 windows/6.1",
		"Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1; Trident/4.0)":                                        "ie/8 windows/5.1",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:49.0) Gecko/20100101 Firefox/49.0":                         "firefox/49 windows/10.0",
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36":                      "chrome/120 linux",
		"curl/8.0": "other", "": "other", "Windows NT " + strings.Repeat("9", 500): "other windows/9999",
	} {
		if got := agentClass(agent); got != want {
			t.Errorf("%s is %q, not %q", agent, got, want)
		}
	}
}

// city gives every commune a line with a fortnight of probes, five minutes apart.
func (r *room) city(tb testing.TB, days int) int {
	tb.Helper()
	tree, err := r.Units.Tree(tb.Context(), r.at.Now())
	if err != nil {
		tb.Fatal(err)
	}
	var forms []inventory.AssetForm
	for _, u := range tree.Communes("") {
		forms = append(forms, inventory.AssetForm{Unit: u.Code, Kind: string(inventory.WANLine), Name: "FTTH", State: string(inventory.InUse), Facts: map[string]string{"contract_mbps": "8"}})
	}
	if err := r.Inventory.AddAssets(tb.Context(), access.System("test"), forms); err != nil {
		tb.Fatal(err)
	}
	for {
		n, err := r.Adopt(tb.Context())
		if err != nil {
			tb.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	var lines []Line
	if err := r.DB.Read().NewSelect().Model(&lines).Scan(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	first, _ := clock.Day(r.at.Now().AddDate(0, 0, -days))
	err = r.DB.InTx(tb.Context(), func(ctx context.Context, tx *db.Tx) error {
		for i := range lines {
			var hours []hourRow
			for h := range days * 24 {
				hour := first.Add(time.Duration(h) * time.Hour)
				var all []quality.Sample
				for m := range 12 {
					all = append(all, quality.Sample{At: hour.Add(time.Duration(m*5) * time.Minute), RTT: float64(20 + (i*7+h*m)%90)})
				}
				hours = append(hours, hourRow{Asset: lines[i].Asset, Hour: hour, Samples: quality.Pack(hour, all)})
			}
			if _, err := tx.NewInsert().Model(&hours).Exec(ctx); err != nil {
				return err
			}
			lines[i].dirty(clock.Date(first))
			lines[i].ProbedAt = r.at.Now()
		}
		return saveLines(ctx, tx, lines)
	})
	if err != nil {
		tb.Fatal(err)
	}
	return len(lines)
}

// BenchmarkFiguresOfTheCity is one round after every line was probed once: 584 lines,
// a fortnight kept, today computed anew.
func BenchmarkFiguresOfTheCity(b *testing.B) {
	r := build(b, testkit.SQLite(b))
	n := r.city(b, quality.Window)
	if _, err := r.Service.Figures(b.Context()); err != nil {
		b.Fatal(err)
	}
	today := clock.Date(r.at.Now())
	for b.Loop() {
		b.StopTimer()
		err := r.DB.InTx(b.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewRaw("UPDATE wan_line SET dirty_from = ?", today).Exec(ctx)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if got, err := r.Service.Figures(b.Context()); err != nil || got != n {
			b.Fatal(got, err)
		}
	}
	b.ReportMetric(float64(n), "lines")
}

// TestFiguresCostTheSameForEveryBatch counts the queries of a round, and looks that
// none of them, nor any of the pages, reads a whole table of samples.
func TestFiguresCostTheSameForEveryBatch(t *testing.T) {
	d := testkit.SQLite(t)
	var seen []string
	watch := false
	d.Watch(func(_ context.Context, q string, _ error) {
		if watch {
			seen = append(seen, q)
		}
	})
	r := build(t, d)
	n := r.city(t, 2)
	watch = true
	if got := must[int](r)(r.Figures(t.Context())); got != n {
		t.Fatalf("%d of %d lines", got, n)
	}
	batches := (n + atATime - 1) / atATime
	if most := batches*25 + 10; len(seen) > most {
		t.Errorf("%d queries for %d batches", len(seen), batches)
	}
	for _, f := range []Filter{{}, {Health: Unknown}, {District: "018"}} {
		must[Board](r)(r.Lines(t.Context(), reader, f, page.Read("", "")))
	}
	var one ident.ID
	if err := d.Read().NewRaw("SELECT min(asset) FROM wan_line").Scan(t.Context(), &one); err != nil {
		t.Fatal(err)
	}
	must[View](r)(r.Line(t.Context(), reader, one))
	must[int](r)(r.Tell(t.Context()))
	must[Round](r)(r.Probe(t.Context()))
	if err := r.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	watch = false
	for _, q := range seen {
		if !strings.HasPrefix(q, "SELECT") && !strings.HasPrefix(q, "DELETE") && !strings.HasPrefix(q, "UPDATE") {
			continue
		}
		var rows []struct {
			ID, Parent, Notused int64
			Detail              string
		}
		if err := d.Read().NewRaw("EXPLAIN QUERY PLAN "+strings.ReplaceAll(q, "?", "??")).Scan(t.Context(), &rows); err != nil {
			t.Fatal(err, q)
		}
		for _, row := range rows {
			for _, table := range []string{"lh", "ld", "lr", "lo", "line_hour", "line_day", "line_run", "line_outage", "a"} {
				if strings.HasPrefix(row.Detail, "SCAN "+table+" ") || row.Detail == "SCAN "+table {
					t.Errorf("%s\nreads a whole table: %s", q, row.Detail)
				}
			}
		}
	}
	if v := r.fact(one, factRTT, readiness.Probe); v != "" {
		t.Fatalf("two days are not enough, yet %s", v)
	}
}
