package openid_test

import (
	"crypto/rand"
	"crypto/rsa"
	"testing"
	"time"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/openid"
	"lotrinh/internal/kit/openid/opentest"
)

var at = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func now() time.Time { return at }

func client(p *opentest.Provider) *openid.Client {
	return openid.New(openid.Config{Issuer: p.URL, ClientID: p.ClientID, Secret: p.Secret, Redirect: "https://lotrinh.example/sign-in/sso/back"}, now)
}

func TestSomebodyComesBackAsWhoTheOtherHouseSays(t *testing.T) {
	p := opentest.New(t, now)
	c := client(p)
	f, to, err := c.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	back := p.Visit(t, to)
	if back.Get("state") != f.State {
		t.Error("another state comes back")
	}
	id, err := c.Finish(t.Context(), f, back.Get("code"))
	if err != nil || id != (openid.Identity{Issuer: p.URL, Subject: "s-1", Email: "lan@hanoi.example", EmailVerified: true}) {
		t.Fatal(id, err)
	}
	if _, err := c.Finish(t.Context(), f, back.Get("code")); !fault.Is(err, fault.SignIn) {
		t.Errorf("a code serves twice: %v", err)
	}
}

func TestWhatDoesNotHoldIsRefused(t *testing.T) {
	strange, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*opentest.Provider, *openid.Flight){
		"another nonce": func(_ *opentest.Provider, f *openid.Flight) { f.Nonce = "x" },
		"no nonce": func(p *opentest.Provider, f *openid.Flight) {
			f.Nonce = ""
			p.Spoil = func(c map[string]any) { delete(c, "nonce") }
		},
		"another verifier": func(_ *opentest.Provider, f *openid.Flight) {
			f.Verifier = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		},
		"another audience": func(p *opentest.Provider, _ *openid.Flight) { p.Spoil = func(c map[string]any) { c["aud"] = "else" } },
		"another issuer": func(p *opentest.Provider, _ *openid.Flight) {
			p.Spoil = func(c map[string]any) { c["iss"] = "https://else.example" }
		},
		"an old token": func(p *opentest.Provider, _ *openid.Flight) {
			p.Spoil = func(c map[string]any) { c["exp"] = at.Add(-time.Hour).Unix() }
		},
		"nobody named":                func(p *opentest.Provider, _ *openid.Flight) { p.Spoil = func(c map[string]any) { c["sub"] = "" } },
		"a key that is not published": func(p *opentest.Provider, _ *openid.Flight) { p.Key = strange },
		"another client secret":       func(p *opentest.Provider, _ *openid.Flight) { p.Secret = "else" },
	} {
		t.Run(name, func(t *testing.T) {
			p := opentest.New(t, now)
			c := client(p)
			f, to, err := c.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			back := p.Visit(t, to)
			spoil(p, &f)
			if id, err := c.Finish(t.Context(), f, back.Get("code")); !fault.Is(err, fault.SignIn) {
				t.Errorf("%+v %v", id, err)
			}
		})
	}
}

func TestAHouseThatIsDownIsAskedAgain(t *testing.T) {
	p := opentest.New(t, now)
	c := client(p)
	p.Close()
	if _, _, err := c.Begin(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a house that is down: %v", err)
	}
}
