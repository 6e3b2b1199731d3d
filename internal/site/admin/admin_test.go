package admin

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
)

type nowhere struct{}

func (nowhere) Reset(context.Context, *db.Tx, time.Time, org.Letter) error { return nil }

// desk is the pages as one person sees them.
type desk struct {
	t        *testing.T
	d        *db.DB
	s        *httpx.Server
	people   *org.People
	business *clock.Fake
	as       string // the session
	keys     map[string]ident.ID
	tokens   map[string]string
}

const password = "mười con mèo trắng"

func open(t *testing.T, d *db.DB) *desk {
	t.Helper()
	words, err := i18n.Load(kit.Locale, site.Locale, org.Locale, worktime.Locale, calstore.Locale, Locale)
	if err != nil {
		t.Fatal(err)
	}
	business, machine := clock.At(time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC)), clock.At(time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC))
	units := org.NewUnits(d, machine)
	if _, err := units.LoadBuiltIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	calendars := calstore.New(d, machine)
	if err := calendars.Seed(t.Context(), business.Now()); err != nil {
		t.Fatal(err)
	}
	policy := access.Policy{
		org.Administrator:       append([]access.Perm{trail.Read, calstore.Look, calstore.Edit}, org.Perms...),
		org.SupportAgent:        {org.AccountHelp, org.AccountRead},
		org.DistrictCoordinator: {org.AccountRead, calstore.Look},
	}
	people := org.NewPeople(d, units, business, machine, policy, nowhere{}, nil)
	k := &desk{t: t, d: d, people: people, business: business, keys: map[string]ident.ID{}, tokens: map[string]string{}}
	hash, err := org.HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	for login, post := range map[string]org.Post{"admin": {Role: org.Administrator}, "agent": {Role: org.SupportAgent}, "lan": {Role: org.DistrictCoordinator, Unit: "018"}} {
		a, err := people.Create(t.Context(), access.System("test"), org.NewAccount{Login: login, Hash: hash, Profile: org.Profile{Name: "Nguyễn " + login, Unit: post.Unit}, Posts: []org.Post{post}})
		if err != nil {
			t.Fatal(err)
		}
		in, err := people.SignIn(t.Context(), login, password, org.Door{Address: "10.0.0.1"})
		if err != nil {
			t.Fatal(err)
		}
		k.keys[login], k.tokens[login] = a.ID, in.Token
	}
	page := &site.Site{Business: business}
	k.s = httpx.New(httpx.Config{BaseURL: "http://localhost", Identity: people, Catalog: words, DB: d, Clock: machine, ErrorPage: page.ErrorPage})
	New(d, people, units, calendars, business, machine, page).Routes(k.s.Router)
	k.as = k.tokens["admin"]
	return k
}

func (k *desk) ask(method, path string, pairs ...string) (int, string, string) {
	k.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.AddCookie(&http.Cookie{Name: "lotrinh_session", Value: k.as})
	res, err := k.s.App().Test(r, -1)
	if err != nil {
		k.t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if cerr := res.Body.Close(); err != nil || cerr != nil {
		k.t.Fatal(err, cerr)
	}
	for _, bad := range []string{"⟦", " style=", "{n}", "{name}", "%!"} {
		if i := strings.Index(string(body), bad); i >= 0 {
			k.t.Errorf("%s %s shows %q: %s", method, path, bad, body[max(0, i-40):min(len(body), i+80)])
		}
	}
	return res.StatusCode, res.Header.Get("Location"), string(body)
}

// has asks for a page and looks for its words.
func (k *desk) has(path string, words ...string) string {
	k.t.Helper()
	status, _, page := k.ask("GET", path)
	for _, w := range words {
		if status != 200 || !strings.Contains(page, w) {
			k.t.Errorf("%s: %d, lacks %q", path, status, w)
		}
	}
	return page
}

func each(t *testing.T, f func(k *desk)) {
	t.Helper()
	testkit.EachDB(t, func(t *testing.T, d *db.DB) { f(open(t, d)) })
}

func TestAnAdministratorKeepsThePeople(t *testing.T) {
	each(t, func(k *desk) {
		k.has("/admin/accounts?q=lan&role=district_coordinator&unit=018&state=active", "Nguyễn lan", "huyện Gia Lâm", "Điều phối viên cấp huyện")
		if status, _, page := k.ask("GET", "/admin/accounts?limit=1"); status != 200 || !strings.Contains(page, "after=") || !strings.Contains(page, "limit=1") {
			k.t.Error("no way to the next page")
		}
		k.has("/admin/accounts/new", "00556 – xã Đặng Xá, huyện Gia Lâm")
		status, _, page := k.ask("POST", "/admin/accounts/new", "name", "", "login", "đ", "unit", "")
		if status != 422 || !strings.Contains(page, "f-name") || !strings.Contains(page, `value="đ"`) {
			k.t.Error(status)
		}
		if status, _, page = k.ask("POST", "/admin/accounts/new", "name", "Trần Minh", "login", "minh", "unit", "kim"); status != 422 || !strings.Contains(page, "Có nhiều đơn vị") {
			k.t.Error("a name that several units have", status)
		}
		if status, _, page = k.ask("POST", "/admin/accounts/new", "name", "Trần Minh", "login", "minh", "unit", "dang xa gia lam", "role", "one_stop_officer"); status != 200 || !strings.Contains(page, "Trần Minh") {
			k.t.Fatal(status, page)
		}
		key, err := k.people.Key(k.t.Context(), "minh")
		if err != nil {
			k.t.Fatal(err)
		}
		base := "/admin/accounts/" + string(key)
		k.has(base, "xã Đặng Xá", "Công chức một cửa", "chưa tự đặt mật khẩu", base+"/help")
		k.has(base+"/edit", "Trần Minh", "00556")
		if status, _, _ = k.ask("POST", base+"/edit", "version", "1", "name", "Trần Quang Minh", "unit", "00556", "phone", "x"); status != 422 {
			k.t.Error(status)
		}
		if status, to, _ := k.ask("POST", base+"/edit", "version", "1", "name", "Trần Quang Minh", "unit", "00556"); status != 303 || to != base {
			k.t.Error(status, to)
		}
		k.has(base+"/posts/new", "Trần Quang Minh", "2016-11-10")
		if status, _, _ = k.ask("POST", base+"/posts/new", "role", "trainer", "from", "x"); status != 422 {
			k.t.Error(status)
		}
		if status, to, _ := k.ask("POST", base+"/posts/new", "role", "trainer", "from", "2016-12-01"); status != 303 || to != base {
			k.t.Error(status, to)
		}
		page = k.has(base, "Giảng viên tập huấn", "Chưa đến ngày", "Toàn thành phố")
		i := strings.Index(page, base+"/posts/")
		end := page[i+strings.Index(page[i:], "posts/0"):]
		if status, to, _ := k.ask("POST", base+"/"+end[:strings.Index(end, `"`)]); status != 303 || to != base {
			k.t.Error(status, to)
		}
		for _, act := range []string{"lock", "close"} {
			if status, _, _ := k.ask("POST", base+"/"+act); status != 303 {
				k.t.Error(act, status)
			}
		}
		if status, _, _ := k.ask("POST", base+"/close"); status != 409 {
			k.t.Error("closes twice", status)
		}
	})
}

func TestASupporterHelpsAfterACheck(t *testing.T) {
	each(t, func(k *desk) {
		k.as = k.tokens["agent"]
		base := "/admin/accounts/" + string(k.keys["lan"])
		k.has(base+"/help", "Bạn đã xác minh danh tính")
		if status, _, page := k.ask("POST", base+"/help", "do", "reset", "note", "giấy 12"); status != 422 || !strings.Contains(page, "giấy 12") || !strings.Contains(page, "Hãy chọn cách") {
			k.t.Error("without a check", status)
		}
		status, _, page := k.ask("POST", base+"/help", "do", "reset", "check", "called_back")
		if status != 422 || !strings.Contains(page, "không có số điện thoại") {
			k.t.Error("calls back on no number", status)
		}
		status, _, page = k.ask("POST", base+"/help", "do", "reset", "check", "in_person")
		if status != 200 || !strings.Contains(page, "Mật khẩu dùng một lần") {
			k.t.Fatal(status, page)
		}
		if status, _, _ = k.ask("POST", base+"/lock"); status != 303 {
			k.t.Error(status)
		}
		if status, _, _ = k.ask("POST", base+"/help", "do", "unlock", "check", "vouched"); status != 303 {
			k.t.Error(status)
		}
		if status, _, page = k.ask("POST", "/admin/accounts/"+string(k.keys["admin"])+"/help", "do", "reset", "check", "in_person"); status != 403 || !strings.Contains(page, "quản trị hệ thống") {
			k.t.Error("helps upwards", status)
		}
		for _, path := range []string{"/admin/accounts/new", base + "/edit", base + "/posts/new", "/admin/trail", "/admin/calendar"} {
			if status, _, _ := k.ask("GET", path); status != 403 {
				k.t.Error(path, status)
			}
		}
		if status, _, _ := k.ask("POST", base+"/close"); status != 403 {
			k.t.Error("closes an account", status)
		}
	})
}

func TestWhoSeesADistrictSeesNoOneElse(t *testing.T) {
	each(t, func(k *desk) {
		k.as = k.tokens["lan"]
		if page := k.has("/admin/accounts", "Nguyễn lan"); strings.Contains(page, "Nguyễn agent") {
			k.t.Error("sees people outside the district")
		}
		if status, _, _ := k.ask("GET", "/admin/accounts/"+string(k.keys["agent"])); status != 404 {
			k.t.Error(status)
		}
	})
}

func TestRolesOverEndedUnitsAreReviewed(t *testing.T) {
	each(t, func(k *desk) {
		k.has("/admin/posts", "Không có vai trò nào cần rà soát")
		k.business.Set(time.Date(2025, 7, 2, 1, 0, 0, 0, time.UTC))
		k.has("/admin/posts", "Nguyễn lan", "huyện Gia Lâm", "xã Gia Lâm")
		k.has("/admin/accounts/"+string(k.keys["lan"]), "đã sắp xếp lại")
		k.as = k.tokens["lan"]
		if status, _, _ := k.ask("GET", "/admin/posts"); status != 403 {
			k.t.Error(status)
		}
	})
}

func TestUnitsOfAnyDayAreBrowsed(t *testing.T) {
	each(t, func(k *desk) {
		k.as = k.tokens["lan"]
		k.has("/admin/units", "30 đơn vị cấp huyện, 584 đơn vị cấp xã", "Huyện Gia Lâm", "Thành phố Hà Nội")
		k.has("/admin/units?date=2025-07-01", "0 đơn vị cấp huyện, 126 đơn vị cấp xã")
		k.has("/admin/units?unit=018", "Xã Đặng Xá", "Trực thuộc huyện Gia Lâm")
		k.has("/admin/units?unit=09727&date=2021-01-01", "Xã Xuân Đình", "xã Xuân Phú", "895/NQ-UBTVQH14")
		k.has("/admin/units?q=dang+xa", "xã Đặng Xá, huyện Gia Lâm")
		k.has("/admin/units?q=zzzz", "Không có đơn vị nào")
		k.has("/admin/units?date=2010-01-01", "Không có đơn vị nào")
	})
}

func TestTheTrailIsReadAndProved(t *testing.T) {
	each(t, func(k *desk) {
		k.has("/admin/trail", "org.account.created", "Chờ niêm phong")
		k.has("/admin/trail?actor=lan&act=org.session.opened", "Nguyễn lan", "10.0.0.1")
		k.has("/admin/trail?act=nothing", "Không có mục nào khớp")
		k.has("/admin/trail?act=trail.read", "Nguyễn admin")
		if _, err := trail.Seal(k.t.Context(), k.d, clock.System{}.Now()); err != nil {
			k.t.Fatal(err)
		}
		if status, to, _ := k.ask("POST", "/admin/trail/verify"); status != 303 || to != "/admin/trail" {
			k.t.Error(status, to)
		}
		k.has("/admin/trail", "Đã niêm phong")
	})
}

func TestAYearOfWorkingTimeIsEditedAndConfirmed(t *testing.T) {
	each(t, func(k *desk) {
		page := k.has("/admin/calendar", "2016", "Đã công bố", "Dự kiến")
		if status, _, _ := k.ask("POST", "/admin/calendar", "year", "x"); status != 422 {
			k.t.Error(status)
		}
		if strings.Contains(page, `href="/admin/calendar/2030"`) {
			k.t.Fatal("2030 is there already")
		}
		if status, to, _ := k.ask("POST", "/admin/calendar", "year", "2030"); status != 303 || to != "/admin/calendar/2030" {
			k.t.Fatal(status, to)
		}
		k.has("/admin/calendar/2030", "Dự kiến", "Xác nhận lịch này", "01/01/2030 | ")
		for typed, want := range map[string][2]string{
			"30/02/2030 | Tết": {"", "Dòng 1"},
			"01/01/2030":       {"", "cần 2 phần"},
			"01/01/2030 | Tết\n01/01/2030 | Tết nữa": {"", "Dòng 2: Ngày này được ghi hai lần"},
			"01/01/2031 | Tết":                       {"", "không thuộc năm 2030"},
			"01/01/2030 | Tết Dương lịch":            {"x | y", "cần 4 phần"},
		} {
			status, _, page := k.ask("POST", "/admin/calendar/2030", "version", "1", "off", typed, "make_up", want[0])
			if status != 422 || !strings.Contains(page, want[1]) || !strings.Contains(page, strings.Split(typed, "\n")[0]) {
				k.t.Errorf("%q: %d, lacks %q", typed, status, want[1])
			}
		}
		status, to, _ := k.ask("POST", "/admin/calendar/2030", "version", "1", "off", "01/01/2030 | Tết Dương lịch", "make_up", "05/01/2030 | | 08:00-12:00 | Làm bù")
		if status != 303 || to != "/admin/calendar/2030" {
			k.t.Fatal(status, to)
		}
		k.has("/admin/calendar/2030", "Đã xác nhận", "08:00-12:00", "Nguyễn admin")
		if status, _, _ = k.ask("POST", "/admin/calendar/2030", "version", "1", "off", "01/01/2030 | Tết", "make_up", ""); status != 409 {
			k.t.Error("a lost update", status)
		}
		if status, _, _ = k.ask("GET", "/admin/calendar/nope"); status != 404 {
			k.t.Error(status)
		}
		k.as = k.tokens["lan"]
		if page = k.has("/admin/calendar/2030", "Tết Dương lịch"); strings.Contains(page, "<textarea") {
			k.t.Error("offers what it refuses")
		}
		if status, _, _ = k.ask("POST", "/admin/calendar/2030", "version", "2", "off", "01/01/2030 | Tết", "make_up", ""); status != 403 {
			k.t.Error(status)
		}
	})
}

func TestTheWeekOfACalendarIsEdited(t *testing.T) {
	each(t, func(k *desk) {
		k.has("/admin/calendar", "Giờ hành chính", "thứ Hai – thứ Sáu: 08:00-12:00, 13:")
		k.has("/admin/calendar/week/office", "thứ Bảy", "08:00-12:00")
		for name, c := range map[string]struct {
			form []string
			want string
		}{
			"no interval":     {[]string{"day6", "8-12h"}, "không phải là khoảng giờ"},
			"overlap":         {[]string{"day6", "08:00-12:00, 11:00-12:00"}, "chồng lên khoảng trước"},
			"no title":        {[]string{"title", "", "day6", "08:00-12:00"}, "Tên lịch"},
			"never open":      {[]string{"title", "Không bao giờ"}, "không có giờ làm việc nào"},
			"an unknown zone": {[]string{"timezone", "Asia/Hanoi", "day6", "08:00-12:00"}, "Không có múi giờ"},
		} {
			form := slices.Clone(c.form)
			for _, field := range [][2]string{{"version", "1"}, {"title", "Giờ hành chính"}, {"timezone", "Asia/Ho_Chi_Minh"}} {
				if !slices.Contains(form, field[0]) {
					form = append(form, field[0], field[1])
				}
			}
			status, _, page := k.ask("POST", "/admin/calendar/week/office", form...)
			if status != 422 || !strings.Contains(page, c.want) {
				k.t.Errorf("%s: %d, lacks %q", name, status, c.want)
			}
		}
		saturday := []string{"name", "thu-bay", "version", "0", "title", "Trực thứ Bảy", "timezone", "Asia/Ho_Chi_Minh", "holidays", "1", "day6", "08:00-12:00"}
		if status, to, _ := k.ask("POST", "/admin/calendar/week", saturday...); status != 303 || to != "/admin/calendar/week/thu-bay" {
			k.t.Fatal(status, to)
		}
		k.has("/admin/calendar", "Trực thứ Bảy", "thứ Bảy: 08:00-12:00")
		if status, _, page := k.ask("POST", "/admin/calendar/week", saturday...); status != 422 || !strings.Contains(page, "đã có") {
			k.t.Error("a name twice", status)
		}
		change := []string{"version", "1", "title", "Trực cuối tuần", "timezone", "Asia/Ho_Chi_Minh", "day0", "08:00-11:00", "day6", "08:00-11:00"}
		if status, _, _ := k.ask("POST", "/admin/calendar/week/thu-bay", change...); status != 303 {
			k.t.Fatal(status)
		}
		k.has("/admin/calendar/week/thu-bay", "Trực cuối tuần", "08:00-11:00")
		if status, _, _ := k.ask("POST", "/admin/calendar/week/thu-bay", change...); status != 409 {
			k.t.Error("a lost update", status)
		}
		k.as = k.tokens["lan"]
		k.has("/admin/calendar/week/office", "thứ Bảy")
		if status, _, _ := k.ask("POST", "/admin/calendar/week/office", change...); status != 403 {
			k.t.Error(status)
		}
	})
}
