package app

import (
	"net/url"
	"strings"
	"testing"

	"lotrinh/app/demo"
	"lotrinh/internal/kit/i18n"
)

// A form that does not say which version it was filled in from has seen none: it is refused like an old one, in words,
// and nothing is changed.
func TestAFormOfADossierThatSaysNoVersionIsRefusedInWords(t *testing.T) {
	eachStreet(t, func(t *testing.T, s *street) {
		s.furnish()
		signing := s.one("SELECT min(id) FROM dossier WHERE stage = 'sign' AND status = 4 AND unit = ?", hereUnit)
		password := "password=" + url.QueryEscape(demo.Password)
		for _, c := range []struct{ login, path, body, ask string }{
			{"officer", "/dossiers/{dossier}/do/accept", "", "SELECT status FROM dossier WHERE id = '{dossier}'"},
			{"registrar", "/dossiers/{enterable}/register", password, "SELECT count(*) FROM register_entry WHERE dossier = '{enterable}'"},
			{"registrar", "/dossiers/register/proposals/{proposal}", password + "&entry={entry}&dismiss=1&reason=Khớp", "SELECT state FROM register_proposal WHERE id = '{proposal}'"},
			{"signer", "/dossiers/sign", password + "&dossier=" + signing, "SELECT ver FROM dossier WHERE id = '" + signing + "'"},
			{"signer", "/dossiers/sign/refuse", password + "&said=Sai&id=" + signing, "SELECT ver FROM dossier WHERE id = '" + signing + "'"},
			{"registrar", "/dossiers/{dossier}/legs/residence/record", "end=rejected&reason=X", "SELECT ver FROM dossier_leg WHERE dossier = '{dossier}'"},
			{"registrar", "/dossiers/{dossier}/legs/residence/answer", "answer=X", "SELECT ver FROM dossier_leg WHERE dossier = '{dossier}'"},
			{"lead", "/dossiers/exchange/differences/{difference}", "decision=explained&reason=X", "SELECT state FROM exchange_difference WHERE id = '{difference}'"},
		} {
			path, ask := fill(c.path, s.here), fill(c.ask, s.here)
			before := s.one(ask)
			for _, version := range []string{"", "&version=", "&version=0", "&version=x"} {
				body := strings.TrimPrefix(fill(c.body, s.here)+version, "&")
				if path == "/dossiers/sign" {
					body = strings.Replace(body, signing, signing+map[string]string{"": "", "&version=": ":", "&version=0": ":0", "&version=x": ":x"}[version], 1)
				}
				a := s.ask(c.login, "POST", path, body)
				if path == "/dossiers/sign" { // a list is answered dossier by dossier
					a = s.follow(c.login, a)
				} else if a.status != 409 {
					t.Errorf("%s %s: %d", path, body, a.status)
				}
				if !strings.Contains(a.body, s.Words.In(i18n.VI).Say("fault.changed_meanwhile")) {
					t.Errorf("%s %s: not refused in words", path, body)
				}
			}
			if after := s.one(ask); after != before || before == "" {
				t.Errorf("%s changed %q to %q", path, before, after)
			}
		}
	})
}

// follow is the page that somebody is sent on to, with what it is told there.
func (s *street) follow(login string, a answer) answer {
	s.t.Helper()
	cookies := []string{s.session(login)}
	for _, c := range a.head.Values("Set-Cookie") {
		pair, _, _ := strings.Cut(c, ";")
		cookies = append(cookies, pair)
	}
	return s.ask("", "GET", a.head.Get("Location"), "", "Cookie", strings.Join(cookies, "; "))
}
