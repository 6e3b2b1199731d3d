package app

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"lotrinh/internal/kit/db"
	"lotrinh/reports/metric"
)

// TestEveryMetricIsToldAndLeadsToItsRecords: each metric of the catalogue has one source that
// tells it, its page, and an address of records that exists for the city, a district and a
// commune.
func TestEveryMetricIsToldAndLeadsToItsRecords(t *testing.T) {
	s := openStreet(t, Config{})
	told := map[metric.Key]int{}
	for _, src := range s.measured() {
		for _, k := range src.Metrics() {
			told[k]++
			if m, _ := metric.Find(k); m.Source() != src.Name() {
				t.Errorf("%s tells %s", src.Name(), k)
			}
		}
	}
	for _, m := range metric.All {
		if (told[m.Key] == 1) != (m.Kind != metric.Rate) {
			t.Errorf("%s is told by %d sources", m.Key, told[m.Key])
		}
	}
	seen := map[string]bool{}
	for _, m := range metric.All {
		paths := []string{"/reports/metrics/" + string(m.Key), m.Records("01", true, false), m.Records(hereDistrict, false, false), m.Records(hereUnit, false, true)}
		for _, path := range paths {
			if path == "" || seen[path] {
				continue
			}
			seen[path] = true
			ok := func(login string) bool { return s.ask(login, "GET", path, "").status == 200 }
			if !slices.ContainsFunc([]string{"planner", "lead", "leadership"}, ok) {
				t.Errorf("%s leads to %s, which answers nobody", m.Key, path)
			}
		}
	}
}

// TestOpenFiguresAreTheReadersOwn: a district's reader gets his district by page, API and
// file, page by page, and nothing of another.
func TestOpenFiguresAreTheReadersOwn(t *testing.T) {
	eachStreet(t, func(t *testing.T, s *street) {
		must(t, s.Measures.Tend(t.Context()))
		city, mine := s.bearer("leadership"), s.bearer("coordinator")
		type out struct {
			Items []struct {
				Unit, Day string
				Value     *float64
				N         int64
			}
			Next string
		}
		get := func(token []string, path string) (o out) {
			t.Helper()
			a := s.ask("", "GET", "/api/v1/metrics/"+path, "", token...)
			if a.status != 200 {
				t.Fatalf("%s: %d %s", path, a.status, a.body)
			}
			must(t, json.Unmarshal([]byte(a.body), &o))
			return o
		}
		const span = "from=2016-11-01&until=2016-11-10"
		all := get(city, "rollout.communes?by=unit&"+span)
		sum := int64(0)
		for _, x := range all.Items {
			sum += x.N
		}
		if sum != 416 {
			t.Errorf("the communes of the districts come to %d", sum)
		}
		if own := get(mine, "rollout.communes?by=unit&"+span); len(own.Items) != 1 || own.Items[0].Unit != hereDistrict {
			t.Errorf("the coordinator sees %+v", own)
		}
		if a := s.ask("", "GET", "/api/v1/metrics/rollout.communes?unit="+thereDistrict, "", mine...); a.status != 404 {
			t.Errorf("another district: %d", a.status)
		}
		var days []string
		for next := ""; ; {
			o := get(mine, "tickets.opened?by=day&unit="+hereDistrict+"&limit=4&"+span+"&after="+next)
			for _, x := range o.Items {
				days = append(days, x.Day)
			}
			if next = o.Next; next == "" {
				break
			}
		}
		if len(days) != 10 || !slices.IsSorted(days) || len(slices.Compact(days)) != 10 {
			t.Errorf("ten days come as %v", days)
		}
		a := s.ask("", "GET", "/api/v1/metrics/dossiers.late_share?format=csv&"+span, "", mine...)
		lines := strings.Split(strings.TrimSpace(strings.TrimPrefix(a.body, "\uFEFF")), "\n")
		if a.status != 200 || lines[0] != "metric,day,unit,unit_name,parent,value,n,of" || len(lines) < 2 || strings.Contains(a.body, ","+thereDistrict+",") || strings.Contains(a.body, ",01,thành phố") {
			t.Errorf("the file: %d %q", a.status, lines)
		}
		if page := s.ask("coordinator", "GET", "/reports/metrics/tickets.open/days.csv?"+span, ""); page.status != 200 || !strings.Contains(page.body, "tickets.open,2016-11-09,"+hereDistrict) {
			t.Errorf("the page's file: %d %.300s", page.status, page.body)
		}
		if a := s.ask("", "GET", "/api/v1/metrics", "", mine...); !strings.Contains(a.body, `"key":"accounts.activated"`) || a.status != 200 {
			t.Errorf("the catalogue: %d", a.status)
		}
		for _, bad := range []string{"tickets.nothing", "tickets.open?from=x", "tickets.open?from=2016-11-10&until=2016-11-01"} {
			if a := s.ask("", "GET", "/api/v1/metrics/"+bad, "", city...); a.status != 404 && a.status != 422 {
				t.Errorf("%s: %d", bad, a.status)
			}
		}
	})
}

// TestFiguresAreCountedAgainByACommand: what the demo kept is what counting gives; a wrong
// row is found, and mended.
func TestFiguresAreCountedAgainByACommand(t *testing.T) {
	s := openStreet(t, Config{})
	run := func(args ...string) (string, int) {
		var out, errs bytes.Buffer
		code := Command(t.Context(), append([]string{"figures", "--data", s.Config.Data}, args...), Terminal{Out: &out, Err: &errs})
		return out.String() + errs.String(), code
	}
	if said, code := run("check", "2016-11-01", "2016-11-09"); code != exitOK || !strings.Contains(said, ": 0 số") {
		t.Fatalf("%d %s", code, said)
	}
	must(t, s.DB.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("UPDATE metric_flow SET n = n + 1 WHERE metric = 'tickets.opened' AND unit = '01' AND dim = '' AND day = '2016-11-07'").Exec(ctx)
		return err
	}))
	if said, code := run("check", "2016-11-01", "2016-11-09"); code != exitFailed || !strings.Contains(said, "tickets.opened 01  2016-11-07") || !strings.Contains(said, "figures rebuild 2016-11-01 2016-11-09") {
		t.Errorf("%d %s", code, said)
	}
	if said, _ := run("rebuild", "2016-11-07", "2016-11-07"); !strings.Contains(said, ": 1 số") {
		t.Error(said)
	}
	if said, _ := run("check", "2016-11-07", "2016-11-07"); !strings.Contains(said, ": 0 số") {
		t.Error(said)
	}
	if _, code := run("guess"); code == exitOK {
		t.Error("a word that is none is taken")
	}
}
