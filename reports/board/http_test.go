package board

import (
	"context"
	"io"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"lotrinh/internal/kit"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/reports"
	"lotrinh/reports/metric"
)

const (
	city   = "01"
	socSon = "016"
	giaLam = "018"
	dangXa = "00556"
)

// town is fake neighbours: they tell what the reader covers, as the real ones do.
type town struct {
	standing Standing
	values   metric.Table
	asked    []metric.Ask
	days     []string // of which the rollout was asked
	none     bool     // no programme
}

func (w *town) Programmes(context.Context) ([]reports.Programme, error) {
	if w.none {
		return nil, nil
	}
	return []reports.Programme{w.standing.Programme}, nil
}

func (w *town) Standing(_ context.Context, a reports.Ask, _, day string) (Standing, error) {
	w.days = append(w.days, day)
	s := w.standing
	if at, err := clock.ParseDate(day); err == nil && day != today {
		_, over := clock.Day(at)
		s.At = over.Add(-time.Microsecond)
	}
	s.Communes = slices.DeleteFunc(slices.Clone(s.Communes), func(c Commune) bool {
		return !a.Who.Covers(reports.Overview, c.Unit) || a.Unit != city && c.District != a.Unit && c.Unit != a.Unit
	})
	return s, nil
}

func (w *town) Gaps(_ context.Context, a reports.Ask) (reports.Gaps, error) {
	if !a.Who.Covers(reports.Overview, socSon) {
		return reports.Gaps{Href: "/inventory/gaps"}, nil
	}
	oldest := reports.Item{Code: "TH-2016-000017", Name: "xã Tản Hồng", What: i18n.L("board.title"), Since: time.Date(2016, 11, 3, 2, 0, 0, 0, time.UTC)}
	if !a.At.IsZero() {
		oldest.Code = "TH-" + a.At.In(clock.City).Format(time.DateTime)
	}
	return reports.Gaps{Open: 27, Late: 8, Href: "/inventory/gaps", Oldest: []reports.Item{oldest}, Districts: []reports.Tally{{Code: socSon, Name: "huyện Sóc Sơn", Open: 27, Late: 8}}}, nil
}

func (w *town) Tickets(context.Context, reports.Ask, time.Time, time.Time) (reports.Tickets, error) {
	return reports.Tickets{Open: 43, Late: 0, Href: "/tickets"}, nil
}

func (w *town) Values(_ context.Context, who access.Actor, a metric.Ask) (metric.Table, error) {
	w.asked = append(w.asked, a)
	t := metric.Table{}
	for k, by := range w.values {
		for unit, v := range by {
			if slices.Contains(a.Metrics, k) && slices.Contains(a.Units, unit) && who.Covers(reports.Overview, unit) {
				t.Put(k, unit, v)
			}
		}
	}
	return t, nil
}

func (w *town) Series(_ context.Context, _ access.Actor, a metric.Ask) ([]metric.Line, error) {
	return []metric.Line{{Metric: a.Metrics[0], Unit: a.Units[0], Marks: []metric.Mark{{Day: "2016-11-08", Value: metric.Value{N: 5, Known: true}}, {Day: "2016-11-09", Value: metric.Value{N: 7, Known: true}}}}}, nil
}

// lively is Sóc Sơn with 26 communes, 22 of them official and 4 late, and Gia Lâm in time,
// on the morning after the promised day.
func lively() *town {
	w := &town{values: metric.Table{}}
	w.standing = Standing{At: time.Date(2016, 11, 10, 8, 0, 0, 0, clock.City), Programme: reports.Programme{Code: "KH198", Title: "Dịch vụ công mức độ 3", TitleEN: "Level 3 services"}}
	w.standing.Phases = []reports.Phase{{No: 1, Name: "Giai đoạn 1", NameEN: "Phase 1", TrialOn: "2016-11-01", OfficialOn: "2016-11-09"}}
	w.standing.Days = []reports.Day{{Day: "2016-11-08", Known: true, Declared: 20, Verified: 18}, {Day: "2016-11-09", Planned: 48, Known: true, Declared: 48, Verified: 44}, {Day: "2016-11-10", Planned: 48, Known: true, Declared: 48, Verified: 44}}
	w.standing.Milestones = []reports.Milestone{{Title: "Vận hành chính thức", TitleEN: "Official start", PlannedOn: "2016-11-09"}}
	for i := range 26 {
		c := Commune{Unit: "003" + strconv.Itoa(76+i), Name: "xã Hồng Kỳ " + strconv.Itoa(i), District: socSon, DistrictName: "huyện Sóc Sơn", Phase: 1, Stage: "official", Answer: "met", Declared: true, Verified: true, Href: "/rollout/units/003" + strconv.Itoa(76+i)}
		if i < 4 {
			c.Stage, c.Answer, c.Verified = "trial", "unmet", false
			c.Reasons, c.Details = []i18n.Line{i18n.L("test.lacks", "what", "máy quét")}, []i18n.Line{i18n.L("test.lacks", "what", "bộ lưu điện")}
		}
		w.standing.Communes = append(w.standing.Communes, c)
	}
	for i := range 22 {
		code := "005" + strconv.Itoa(56+i)
		w.standing.Communes = append(w.standing.Communes, Commune{Unit: code, Name: "xã Đặng Xá " + strconv.Itoa(i), District: giaLam, DistrictName: "huyện Gia Lâm", Phase: 1, Stage: "official", Answer: "met", Declared: true, Verified: true, Href: "/rollout/units/" + code})
	}
	for unit, n := range map[string]int64{city: 27, socSon: 20, giaLam: 7, dangXa: 2} {
		w.values.Put("gaps.open", unit, metric.Value{N: n, Known: true})
		w.values.Put("gaps.late", unit, metric.Value{N: n / 4, Known: true})
		w.values.Put("lines.measured", unit, metric.Value{N: 10, Known: true})
		w.values.Put("lines.good", unit, metric.Value{N: n % 10, Known: true})
	}
	return w
}

// someone is an identity whose every credential is the one actor.
type someone struct{ who access.Actor }

func (s someone) BySession(context.Context, string) (access.Actor, error) { return s.who, nil }
func (s someone) ByBearer(context.Context, string) (access.Actor, error)  { return s.who, nil }

// testWords are sentences of this test alone.
var testWords = fstest.MapFS{"locale/vi.json": {Data: []byte(says)}, "locale/en.json": {Data: []byte(says)}}

const says = `{"test.lacks": "Thiếu {what}"}`

type house struct {
	t     *testing.T
	town  *town
	tree  *org.Tree
	serve func(who access.Actor) *httpx.Server
}

func open(t *testing.T) *house {
	t.Helper()
	d := testkit.SQLite(t)
	at := clock.At(time.Date(2016, 11, 10, 8, 0, 0, 0, clock.City))
	units := org.NewUnits(d, at)
	if _, err := units.LoadBuiltIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	words, err := i18n.Load(Locale, reports.Locale, metric.Locale, site.Locale, kit.Locale, plot.Locale, testWords)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, town: lively()}
	if h.tree, err = units.Tree(t.Context(), at.Now()); err != nil {
		t.Fatal(err)
	}
	room := New(Deps{Business: at, Rollout: h.town, Inventory: h.town, HelpDesk: h.town, Units: units, Measures: h.town})
	h.serve = func(who access.Actor) *httpx.Server {
		pages := &site.Site{Business: at}
		s := httpx.New(httpx.Config{Identity: someone{who}, Catalog: words, DB: d, Clock: clock.System{}, ErrorPage: pages.ErrorPage})
		room.Routes(s.Router, pages)
		return s
	}
	return h
}

func (h *house) get(who access.Actor, path string) (int, string) {
	h.t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Cookie", "lotrinh_session=x")
	res, err := h.serve(who).App().Test(r, -1)
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
	return res.StatusCode, string(raw)
}

var policy = access.Policy{"leadership": {reports.Overview, reports.Read}, "district_coordinator": {reports.Overview}, "support_agent": {}}

func everywhere(role access.Role) access.Actor {
	return policy.As(access.Actor{ID: "a", Name: "Nguyễn Thị Lan", Via: "web", Grants: []access.Grant{{Role: role, Everywhere: true}}})
}

func (h *house) within(district string) access.Actor {
	return policy.As(access.Actor{ID: "c", Name: "Trần Văn Bình", Via: "web", Grants: []access.Grant{{Role: "district_coordinator", Units: append([]string{district}, h.tree.Under(district)...)}}})
}

func TestFromTheBarOfADistrictToTheReasonsInPresses(t *testing.T) {
	h := open(t)
	leader := everywhere("leadership")
	for _, step := range []struct {
		path  string
		wants []string
		not   []string
	}{
		{"/overview", []string{`href="/overview/districts/016"`, "Huyện Sóc Sơn trễ hạn nhiều nhất: 4 đơn vị", "/overview/communes?show=late", "plot-narrow"}, []string{"lt-warn\" role"}},
		{"/overview/districts/016", []string{"Huyện Sóc Sơn", `href="/overview/communes?show=late&amp;unit=016"`, "xem lý do từng đơn vị", "Thiếu máy quét", "/overview/equipment?metric=gaps.open&amp;unit=016"}, []string{"Gia Lâm"}},
		{"/overview/communes?show=late&unit=016", []string{"Thiếu máy quét; Thiếu bộ lưu điện", "Trễ chính thức từ 09/11/2016", `href="/rollout/units/00376"`, `href="/overview/districts/016"`}, []string{"/rollout/units/00380", "Gia Lâm"}},
		{"/overview/communes?show=official", []string{"/rollout/units/00556"}, []string{"/rollout/units/00376\""}},
		{"/overview/equipment", []string{`/overview/equipment?metric=gaps.open&amp;unit=016`, "27", "08/11"}, nil},
		{"/overview/equipment?unit=016&metric=lines.share", []string{"huyện Sóc Sơn", "0,0%", "xã"}, nil},
		{"/overview/equipment?unit=" + dangXa, []string{"Đặng Xá", `/inventory/gaps?district=00556`}, nil},
		{"/overview/programme", []string{"Vận hành chính thức", "Giai đoạn 1", "Trễ", "/overview/communes?phase=1&amp;show=late"}, nil},
		{"/overview/helpdesk", []string{"Hỗ trợ kỹ thuật", "chưa có số liệu"}, nil},
		{"/overview/dossiers", []string{"Hồ sơ: Thành phố Hà Nội"}, nil},
		{"/overview/compare?a=018&b=016", []string{"Huyện Gia Lâm", "Huyện Sóc Sơn", "−13", "Tốt hơn", "Có chênh lệch"}, nil},
	} {
		status, body := h.get(leader, step.path)
		if status != 200 {
			t.Errorf("%s answers %d", step.path, status)
		}
		for _, want := range step.wants {
			if !strings.Contains(body, want) {
				t.Errorf("%s does not show %q", step.path, want)
			}
		}
		for _, not := range step.not {
			if strings.Contains(body, not) {
				t.Errorf("%s shows %q", step.path, not)
			}
		}
	}
}

func TestAPastDaySaysSoAndFollowsTheReader(t *testing.T) {
	h := open(t)
	for _, path := range []string{"/overview?on=2016-11-08", "/overview/districts/016?on=2016-11-08", "/overview/communes?show=trial&on=2016-11-08", "/overview/programme?on=2016-11-08", "/overview/equipment?on=2016-11-08"} {
		status, body := h.get(everywhere("leadership"), path)
		if status != 200 || !strings.Contains(body, `class="lt-notice-title">Số liệu ngày 08/11/2016`) || !strings.Contains(body, "Về hôm nay") {
			t.Errorf("%s: %d, and does not say of which day it is", path, status)
		}
		if !strings.Contains(body, "/overview/programme?on=2016-11-08") {
			t.Errorf("%s: the day does not follow to the next board", path)
		}
	}
	if !slices.Contains(h.town.days, "2016-11-08") || slices.Contains(h.town.days, today) {
		t.Errorf("the rollout was asked of %v", h.town.days)
	}
	if _, body := h.get(everywhere("leadership"), "/overview?on=2016-11-08"); !strings.Contains(body, "TH-2016-11-08 23:59:59") || strings.Contains(body, `href="/inventory/gaps"`) {
		t.Error("the list of gaps is not that of the day")
	}
	if _, body := h.get(everywhere("leadership"), "/overview"); !strings.Contains(body, "TH-2016-000017") || !strings.Contains(body, `href="/inventory/gaps"`) {
		t.Error("the list of gaps of now is missing")
	}
	for _, a := range h.town.asked {
		if a.Span.Until != "2016-11-08" {
			t.Errorf("metrics were asked of %+v", a.Span)
		}
	}
	h.town.asked = nil
	status, body := h.get(everywhere("leadership"), "/overview/equipment?with=2016-11-01")
	if status != 200 || strings.Contains(body, "lt-notice-title") || len(h.town.asked) != 2 || h.town.asked[1].Span != (metric.Span{From: "2016-10-26", Until: "2016-11-01"}) {
		t.Errorf("%d: compared with %+v", status, h.town.asked)
	}
}

func TestABoardIsOfWhatItsReaderMaySee(t *testing.T) {
	h := open(t)
	coordinator := h.within(giaLam)
	for path, want := range map[string][4]int{ // leadership, coordinator of Gia Lâm, support, nobody
		"/overview":                         {200, 200, 403, 303},
		"/overview/districts/018":           {200, 200, 403, 303},
		"/overview/districts/016":           {200, 404, 403, 303},
		"/overview/districts/01":            {404, 404, 403, 303},
		"/overview/districts/" + dangXa:     {404, 404, 403, 303},
		"/overview/districts/nowhere":       {404, 404, 403, 303},
		"/overview/communes?unit=018":       {200, 200, 403, 303},
		"/overview/communes?unit=016":       {200, 404, 403, 303},
		"/overview/communes":                {200, 200, 403, 303},
		"/overview/equipment":               {200, 200, 403, 303},
		"/overview/equipment?unit=01":       {200, 404, 403, 303},
		"/overview/equipment?unit=016":      {200, 404, 403, 303},
		"/overview/dossiers?unit=" + dangXa: {200, 200, 403, 303},
		"/overview/compare?a=018&b=016":     {200, 404, 403, 303},
		"/overview/compare?a=016":           {200, 404, 403, 303},
		"/overview/compare":                 {200, 200, 403, 303},
	} {
		for i, who := range []access.Actor{everywhere("leadership"), coordinator, everywhere("support_agent"), {}} {
			status, body := h.get(who, path)
			if status != want[i] {
				t.Errorf("%s as number %d: %d, want %d", path, i, status, want[i])
			}
			if i == 1 && (strings.Contains(body, "Sóc Sơn") || strings.Contains(body, "Hồng Kỳ")) {
				t.Errorf("%s tells the coordinator of Gia Lâm about Sóc Sơn", path)
			}
		}
	}
}

func TestWhatNobodyStoredIsUnknown(t *testing.T) {
	h := open(t)
	h.town.values = metric.Table{}
	status, body := h.get(everywhere("leadership"), "/overview/equipment")
	if status != 200 || !strings.Contains(body, "chưa có số liệu") || strings.Contains(body, `lt-fig-value">0`) {
		t.Errorf("%d: what is unknown is shown as zero", status)
	}
	h.town.none = true
	if status, body = h.get(everywhere("leadership"), "/overview"); status != 200 || !strings.Contains(body, "Chưa có chương trình nào") {
		t.Errorf("%d without a programme", status)
	}
}
