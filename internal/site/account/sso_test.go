package account

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"lotrinh/internal/kit/openid"
	"lotrinh/internal/kit/openid/opentest"
)

// through lets the browser's site send people to a house that vouches for them.
func through(b *browser, byEmail bool) *opentest.Provider {
	b.t.Helper()
	p := opentest.New(b.t, b.machine.Now)
	b.people.Guard("house")
	b.pages.Through(Shared{Client: openid.New(openid.Config{Issuer: p.URL, ClientID: p.ClientID, Secret: p.Secret, Redirect: "http://localhost" + SSOBack}, b.machine.Now), Name: "Cổng Hà Nội", ByEmail: byEmail})
	return p
}

// enter goes out to the other house and comes back.
func enter(b *browser, p *opentest.Provider) (status int, where, page string) {
	b.t.Helper()
	status, to, _ := b.ask("GET", "/sign-in/sso?next=/account")
	if status != 303 || !strings.HasPrefix(to, p.URL+"/authorize?") {
		b.t.Fatal(status, to)
	}
	return b.ask("GET", SSOBack+"?"+p.Visit(b.t, to).Encode())
}

func TestAPersonLinksAnIdentityAndSignsInByIt(t *testing.T) {
	each(t, func(b *browser) {
		t := b.t
		p := through(b, false)
		if status, _, page := enter(b, p); status != 401 || !strings.Contains(page, "Chưa có tài khoản nào") {
			t.Error("an unknown identity is let in", status)
		}
		b.signIn()
		if status, _, _ := b.ask("POST", "/account/sso", "do", "link", "current", "wrong password"); status != 422 {
			t.Error("linked without the password", status)
		}
		_, _, page := b.ask("POST", "/account/sso", "do", "link", "current", password)
		to := regexp.MustCompile(`href="(` + regexp.QuoteMeta(p.URL) + `/authorize[^"]+)"`).FindStringSubmatch(page)
		if to == nil {
			t.Fatal("no way to the other house", page)
		}
		back := SSOBack + "?" + p.Visit(t, html.UnescapeString(to[1])).Encode()
		if status, where, _ := b.ask("GET", back); status != 303 || where != "/account/sso" {
			t.Fatal(status, where)
		}
		b.ask("POST", "/sign-out")
		if status, where, _ := enter(b, p); status != 303 || where != "/account" {
			t.Error("a linked identity is not let in", status, where)
		}
		if status, _, _ := b.ask("GET", back); status != 409 {
			t.Error("a state serves twice", status)
		}
		b.ask("POST", "/account/sso", "do", "unlink", "current", password)
		b.ask("POST", "/sign-out")
		if status, _, _ := enter(b, p); status != 401 {
			t.Error("an unlinked identity is let in", status)
		}
	})
}

func TestAnotherBrowserDoesNotComeBack(t *testing.T) {
	each(t, func(b *browser) {
		p := through(b, true)
		_, to, _ := b.ask("GET", "/sign-in/sso")
		back := SSOBack + "?" + p.Visit(b.t, to).Encode()
		delete(b.cookies, ssoCookie)
		if status, _, _ := b.ask("GET", back); status != 409 || b.cookies["lotrinh_session"] != "" {
			b.t.Error("somebody comes back from another's way out", status)
		}
	})
}

func TestAVerifiedAddressLinksOnlyWhereASettingSaysSo(t *testing.T) {
	each(t, func(b *browser) {
		t := b.t
		p := through(b, true)
		p.Verified = false
		if status, _, _ := enter(b, p); status != 401 {
			t.Error("an address that nobody verified opens an account", status)
		}
		p.Verified = true
		if status, where, _ := enter(b, p); status != 303 || where != "/account" {
			t.Fatal(status, where)
		}
		b.ask("POST", "/sign-out")
		p.Email = "somebody@else.example"
		if status, _, _ := enter(b, p); status != 303 {
			t.Error("the subject is forgotten", status)
		}
		b.ask("POST", "/sign-out")
		p.Subject, p.Email = "s-2", "lan@hanoi.example"
		if status, _, _ := enter(b, p); status != 401 {
			t.Error("a second identity takes the account", status)
		}
	})
}
