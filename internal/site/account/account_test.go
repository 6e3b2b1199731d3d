package account

import (
	"context"
	"encoding/base32"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/totp"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
)

const password = "mười con mèo trắng"

type postbox struct{ path string }

func (p *postbox) Reset(_ context.Context, _ *db.Tx, _ time.Time, l org.Letter) error {
	p.path = l.Path
	return nil
}

// browser keeps cookies and remembers the page it shows.
type browser struct {
	t       *testing.T
	s       *httpx.Server
	cookies map[string]string
	mail    *postbox
	people  *org.People
	machine *clock.Fake
	pages   *Pages
}

func open(t *testing.T, d *db.DB) *browser {
	t.Helper()
	words, err := i18n.Load(kit.Locale, site.Locale, org.Locale, Locale)
	if err != nil {
		t.Fatal(err)
	}
	business, machine := clock.At(time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC)), clock.At(time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC))
	units := org.NewUnits(d, machine)
	if _, err := units.LoadBuiltIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	mail := &postbox{}
	policy := access.Policy{org.DistrictCoordinator: {org.TokenOwn}, org.SupportAgent: {org.AccountHelp, org.AccountRead}}
	people := org.NewPeople(d, units, business, machine, policy, mail, nil)
	_, err = people.Create(t.Context(), access.System("test"), org.NewAccount{Login: "lan", Password: password,
		Profile: org.Profile{Name: "Nguyễn Thị Lan", Email: "lan@hanoi.example", Unit: "018"},
		Posts:   []org.Post{{Role: org.DistrictCoordinator, Unit: "018"}, {Role: org.SupportAgent}}})
	if err != nil {
		t.Fatal(err)
	}
	page := &site.Site{Business: business}
	s := httpx.New(httpx.Config{BaseURL: "http://localhost", Identity: people, Catalog: words, DB: d, Clock: machine, ErrorPage: page.ErrorPage})
	pages := New(people, units, business, page, Demo{Login: "lan", Name: "Lan", Role: "planner", Password: password})
	pages.Routes(s.Router)
	s.Page("GET", "/", func(c *httpx.Ctx) error { return c.SendString("home of " + c.Who.Name) })
	return &browser{t: t, s: s, cookies: map[string]string{}, mail: mail, people: people, machine: machine, pages: pages}
}

// ask asks for a page, or posts a form when pairs are given, and returns status,
// where it leads, and the page.
func (b *browser) ask(method, path string, pairs ...string) (int, string, string) {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for k, v := range b.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	res, err := b.s.App().Test(r, -1)
	if err != nil {
		b.t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if cerr := res.Body.Close(); err != nil || cerr != nil {
		b.t.Fatal(err, cerr)
	}
	for _, c := range res.Cookies() {
		if b.cookies[c.Name] = c.Value; c.MaxAge < 0 || c.Value == "" {
			delete(b.cookies, c.Name)
		}
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode {
			b.t.Errorf("the cookie %s lacks its guards", c.Name)
		}
	}
	if strings.Contains(string(body), "⟦") {
		b.t.Errorf("%s %s shows a key without a sentence: %s", method, path, body[strings.Index(string(body), "⟦"):][:60])
	}
	return res.StatusCode, res.Header.Get("Location"), string(body)
}

func (b *browser) signIn() {
	b.t.Helper()
	if status, to, _ := b.ask("POST", "/sign-in", "login", "lan", "password", password, "next", "/account"); status != 303 || to != "/account" {
		b.t.Fatal(status, to)
	}
}

func each(t *testing.T, f func(b *browser)) {
	t.Helper()
	testkit.EachDB(t, func(t *testing.T, d *db.DB) { f(open(t, d)) })
}

func TestAPersonSignsInAndOut(t *testing.T) {
	each(t, func(b *browser) {
		if status, to, _ := b.ask("GET", "/"); status != 303 || to != "/sign-in?next=%2F" {
			b.t.Error("a stranger is not sent to sign in", status, to)
		}
		status, _, page := b.ask("GET", "/sign-in?next=//evil.example")
		if status != 200 || strings.Contains(page, `value="//evil`) || !strings.Contains(page, "Đăng nhập") || !strings.Contains(page, "Cán bộ kế hoạch") {
			b.t.Error(status, page)
		}
		status, _, page = b.ask("POST", "/sign-in", "login", "lan", "password", "wrong")
		if status != 401 || !strings.Contains(page, `value="lan"`) || !strings.Contains(page, "không đúng") {
			b.t.Error("a refused sign-in", status, page)
		}
		if status, to, _ := b.ask("POST", "/sign-in", "login", "lan", "password", password, "next", "https://evil.example"); status != 303 || to != "/" {
			b.t.Error(status, to)
		}
		if _, _, page = b.ask("GET", "/"); page != "home of Nguyễn Thị Lan" {
			b.t.Error(page)
		}
		if status, to, _ := b.ask("GET", "/sign-in?next=/account"); status != 303 || to != "/account" {
			b.t.Error("asks again who it is", status, to)
		}
		if status, to, _ := b.ask("POST", "/sign-out"); status != 303 || to != "/sign-in" {
			b.t.Error(status, to)
		}
		if status, _, _ := b.ask("GET", "/"); status != 303 {
			b.t.Error("still signed in", status)
		}
		for range 5 {
			if status, _, _ := b.ask("POST", "/sign-in", "login", "lan", "password", "wrong"); status == 303 {
				b.t.Error("let in with a wrong password")
			}
		}
		if status, _, page = b.ask("POST", "/sign-in", "login", "lan", "password", password); status != 429 || !strings.Contains(page, "giây") {
			b.t.Error("not throttled", status)
		}
	})
}

func TestAForgottenPasswordIsSetAgain(t *testing.T) {
	each(t, func(b *browser) {
		_, _, unknown := b.ask("POST", "/forgot", "login", "nobody@x.example")
		status, _, known := b.ask("POST", "/forgot", "login", "lan@hanoi.example")
		if status != 200 || unknown != known {
			b.t.Error("the answers tell who has an account")
		}
		if status, _, page := b.ask("POST", "/forgot", "login", ""); status != 422 || !strings.Contains(page, "f-login") {
			b.t.Error("nothing typed", status)
		}
		status, _, page := b.ask("GET", b.mail.path)
		_, token, _ := strings.Cut(b.mail.path, "=")
		if status != 200 || !strings.Contains(page, token) || !strings.Contains(page, "lan") {
			b.t.Fatal(status, page)
		}
		if status, _, page = b.ask("POST", "/reset", "token", token, "password", "hai con chó đen", "again", "ba con"); status != 422 || !strings.Contains(page, "không giống nhau") {
			b.t.Error(status, page)
		}
		if status, _, _ = b.ask("POST", "/reset", "token", token, "password", "123", "again", "123"); status != 422 {
			b.t.Error("a short password", status)
		}
		if status, to, _ := b.ask("POST", "/reset", "token", token, "password", "hai con chó đen", "again", "hai con chó đen"); status != 303 || to != "/sign-in" {
			b.t.Fatal(status, to)
		}
		if status, _, _ = b.ask("GET", b.mail.path); status != 404 {
			b.t.Error("the link works twice", status)
		}
	})
}

func TestThePageOfOnesOwnAccount(t *testing.T) {
	each(t, func(b *browser) {
		b.signIn()
		status, _, page := b.ask("GET", "/account")
		for _, want := range []string{"huyện Gia Lâm", "Điều phối viên cấp huyện", "Toàn thành phố", "lan@hanoi.example", "Phiên này", "Mã truy cập API"} {
			if status != 200 || !strings.Contains(page, want) {
				b.t.Errorf("%d, the page lacks %q", status, want)
			}
		}
		if status, _, page = b.ask("POST", "/account", "version", "1", "name", "", "email", "no", "lang", "en"); status != 422 || !strings.Contains(page, `value="no"`) || !strings.Contains(page, "Hãy nhập họ và tên") {
			b.t.Error("a wrong profile", status, page)
		}
		if status, to, _ := b.ask("POST", "/account", "version", "1", "name", "Nguyễn Lan", "lang", "en"); status != 303 || to != "/account" {
			b.t.Error(status, to)
		}
		if _, _, page = b.ask("GET", "/account"); !strings.Contains(page, "My account") || !strings.Contains(page, "Nguyễn Lan") {
			b.t.Error("the language did not change")
		}
		if status, _, _ = b.ask("POST", "/account", "version", "1", "name", "Khác", "lang", "vi"); status != 409 {
			b.t.Error("a lost update", status)
		}
	})
}

func TestTokensAndSessionsAreMadeAndEnded(t *testing.T) {
	each(t, func(b *browser) {
		b.signIn()
		kept := b.cookies["lotrinh_session"]
		delete(b.cookies, "lotrinh_session")
		b.signIn()
		status, _, page := b.ask("POST", "/account/tokens/new", "name", "", "days", "x")
		if status != 422 || !strings.Contains(page, "f-name") || !strings.Contains(page, "f-days") {
			b.t.Error(status, page)
		}
		status, _, page = b.ask("POST", "/account/tokens/new", "name", "báo cáo", "days", "30", "scope", "org.token.own")
		i := strings.Index(page, org.TokenPrefix)
		if status != 200 || i < 0 {
			b.t.Fatal(status, page)
		}
		secret := page[i : i+strings.IndexAny(page[i:], `"<`)]
		if who, err := b.people.ByBearer(b.t.Context(), secret); err != nil || !who.May(org.TokenOwn) || who.May(org.AccountRead) {
			b.t.Error(who, err)
		}
		_, _, page = b.ask("GET", "/account")
		if strings.Contains(page, secret) {
			b.t.Error("the token is shown again")
		}
		for _, what := range []string{"/account/tokens/", "/account/sessions/"} {
			i := strings.Index(page, what)
			if i < 0 {
				b.t.Fatal("no button to end " + what)
			}
			path := page[i : i+strings.Index(page[i:], `"`)]
			if what == "/account/tokens/" {
				path = what + page[strings.Index(page, "end-")+4:][:36] + "/end"
			}
			if status, to, _ := b.ask("POST", path); status != 303 || to != "/account" {
				b.t.Error(path, status, to)
			}
			if status, _, _ := b.ask("POST", path); status != 404 {
				b.t.Error(path, "ends twice", status)
			}
		}
		if who, err := b.people.ByBearer(b.t.Context(), secret); err != nil || who.SignedIn() {
			b.t.Error("the token still works", err)
		}
		b.cookies["lotrinh_session"] = kept
		if status, _, _ := b.ask("GET", "/account"); status != 303 {
			b.t.Error("the other session lives", status)
		}
	})
}

func TestAPasswordForOneUseMustBeChanged(t *testing.T) {
	each(t, func(b *browser) {
		who, err := b.people.Actor(b.t.Context(), "lan")
		if err != nil {
			b.t.Fatal(err)
		}
		once, err := b.people.HelpReset(b.t.Context(), access.System("test"), who.ID, org.InPerson, "")
		if err != nil {
			b.t.Fatal(err)
		}
		if status, to, _ := b.ask("POST", "/sign-in", "login", "lan", "password", once); status != 303 || to != "/account/password" {
			b.t.Fatal(status, to)
		}
		for _, path := range []string{"/", "/account", "/account/tokens/new"} {
			if status, to, _ := b.ask("GET", path); status != 303 || to != "/account/password" {
				b.t.Error("works with a password for one use", path, status, to)
			}
		}
		if status, _, page := b.ask("POST", "/account/password", "current", "x", "password", "hai con chó đen", "again", "hai con chó đen"); status != 422 || !strings.Contains(page, "f-current") {
			b.t.Error(status)
		}
		if status, to, _ := b.ask("POST", "/account/password", "current", once, "password", "hai con chó đen", "again", "hai con chó đen"); status != 303 || to != "/account" {
			b.t.Error(status, to)
		}
		if status, _, page := b.ask("GET", "/account"); status != 200 || !strings.Contains(page, "Đã đổi mật khẩu") {
			b.t.Error(status)
		}
	})
}

func TestCodesAreSetUpAndAskedForOnPages(t *testing.T) {
	each(t, func(b *browser) {
		t := b.t
		b.people.Guard("house")
		b.signIn()
		_, _, page := b.ask("POST", "/account/second", "do", "begin", "current", "wrong password")
		if strings.Contains(page, "viewBox=\"0 0 5") || !strings.Contains(page, "Mật khẩu hiện tại không đúng.") {
			t.Error("set up without the password")
		}
		_, _, page = b.ask("POST", "/account/second", "do", "begin", "current", password)
		key := regexp.MustCompile(`[A-Z2-7]{4}( [A-Z2-7]{4}){7}`).FindString(page)
		raw, err := base32.StdEncoding.DecodeString(strings.ReplaceAll(key, " ", ""))
		if err != nil || !strings.Contains(page, "viewBox") {
			t.Fatal("no key to scan or type", err)
		}
		code := func() string { return totp.Secret(raw).Code(totp.StepAt(b.machine.Now())) }
		if status, _, page := b.ask("POST", "/account/second", "do", "confirm", "code", "000000"); status != 422 || !strings.Contains(page, key) {
			t.Error("a wrong code loses the key", status)
		}
		_, _, page = b.ask("POST", "/account/second", "do", "confirm", "code", code())
		recovery := regexp.MustCompile(`<code>([a-z0-9-]{29})</code>`).FindAllStringSubmatch(page, -1)
		if len(recovery) != 10 {
			t.Fatal("no recovery codes", page)
		}
		if _, _, page = b.ask("GET", "/account/second"); strings.Contains(page, recovery[0][1]) || strings.Contains(page, key) || !strings.Contains(page, "Còn 10 mã khôi phục") {
			t.Error("secrets are shown twice")
		}
		b.ask("POST", "/sign-out")
		_, _, page = b.ask("POST", "/sign-in", "login", "lan", "password", password, "next", "/account")
		step := regexp.MustCompile(`name="step" value="([^"]+)"`).FindStringSubmatch(page)
		if step == nil || b.cookies["lotrinh_session"] != "" {
			t.Fatal("the password alone signs in")
		}
		if status, _, page := b.ask("POST", "/sign-in/code", "step", step[1], "next", "/account", "code", "000000"); status != 422 || !strings.Contains(page, step[1]) {
			t.Error("a wrong code loses the first half", status)
		}
		if status, where, _ := b.ask("POST", "/sign-in/code", "step", step[1], "next", "/account", "code", recovery[0][1]); status != 303 || where != "/account" {
			t.Error(status, where)
		}
		if status, _, page := b.ask("POST", "/sign-in/code", "step", step[1], "code", recovery[1][1]); status != 409 || !strings.Contains(page, "Đăng nhập lại từ đầu") && !strings.Contains(page, "đăng nhập lại từ đầu") {
			t.Error("the first half serves twice", status)
		}
		_, _, page = b.ask("POST", "/account/second", "do", "off", "current", password)
		if !strings.Contains(page, "Bắt đầu cài đặt") {
			t.Error("codes stay on")
		}
	})
}
