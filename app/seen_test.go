package app

import (
	"maps"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// ofPersons are the routes that are looked at: dossiers, registers, search, the home page,
// and what a citizen opens.
var ofPersons = regexp.MustCompile(`^/$|dossiers|registers|^/search|^/field/counter|^/overview|^/tra-cuu|^/phieu-tam|^/nop-ho-so/:key/:draft`)

// persons are the names of citizens in dossiers and registers that no account bears.
func (s *street) persons() map[string]bool {
	s.t.Helper()
	all := map[string]bool{}
	for name := range strings.SplitSeq(s.one(`SELECT group_concat(DISTINCT n) FROM (SELECT subject AS n FROM dossier UNION SELECT applicant FROM dossier UNION SELECT name FROM register_party) AS x
		WHERE n <> '' AND n NOT IN (SELECT name FROM account)`), ",") {
		if strings.Contains(name, " ") {
			all[name] = true
		}
	}
	return all
}

// TestWhoeverReadsOfAPersonIsInTheTrail fetches everything about dossiers and registers that
// officers, their leader and whoever runs the exchange may read: an answer that names a
// citizen leaves an entry of its reader, about that dossier where the address names it.
func TestWhoeverReadsOfAPersonIsInTheTrail(t *testing.T) {
	lines, _ := routesFile(t)
	s := openStreet(t, Config{})
	s.furnish()
	persons := s.persons()
	if len(persons) < 10 {
		t.Fatalf("only %d persons are known", len(persons))
	}
	told := map[string]int{}
	for _, login := range []string{"officer", "registrar", "signer", "lead", "coordinator", "leadership", "admin", ""} {
		things := maps.Clone(s.here)
		actor := "system:citizen"
		if login != "" {
			maps.Copy(things, s.owned(login))
			actor = string(s.actor(login).ID)
		}
		for _, l := range lines {
			if l.method != "GET" || !ofPersons.MatchString(l.path) || login != "" && strings.Contains(l.path, "/tra-cuu/:pass") { // whoever has its address is the applicant
				continue
			}
			path := addresses[l.path]
			if path == "" {
				path = l.path
			}
			path = fill(path, things)
			for _, asked := range asPersonsAreSought(l.path, path) {
				before := s.one("SELECT CAST(coalesce(max(seq), 0) AS TEXT) FROM trail_entry")
				a := s.ask(login, "GET", asked, "")
				name := names(strings.ReplaceAll(a.body, "Ví dụ: Trần Gia Bảo", ""), persons) // a hint names nobody
				own := strings.HasPrefix(l.path, "/tra-cuu/:pass")                            // says nothing by name, and is the applicant's record all the same
				if a.status != 200 || name == "" && !own {
					continue
				}
				told[login]++
				targets := s.one("SELECT coalesce(group_concat(target), '-') FROM trail_entry WHERE seq > CAST(? AS INTEGER) AND actor = ?", before, actor)
				if targets == "-" {
					t.Errorf("%q reads of %s at %s, and nothing stands in the trail", login, name, asked)
				} else if (own || strings.Contains(asked, things["dossier"])) && !strings.Contains(targets, things["dossier"]) {
					t.Errorf("%q reads the dossier at %s; the trail knows %s", login, asked, targets)
				}
			}
		}
	}
	for _, login := range []string{"officer", "registrar", "signer", ""} {
		if told[login] == 0 {
			t.Errorf("%q was told of nobody: nothing was looked at", login)
		}
	}
	for _, login := range []string{"coordinator", "leadership"} { // they see codes and numbers alone
		if told[login] > 0 {
			t.Errorf("%s was told of citizens %d times", login, told[login])
		}
	}
}

// asPersonsAreSought is an address as it is and, for lists, as somebody asks for a person:
// without the marks, so that what was typed is no name.
func asPersonsAreSought(route, path string) []string {
	if strings.Contains(route, ":") {
		return []string{path}
	}
	join := "?"
	if strings.Contains(path, "?") {
		join = "&"
	}
	return []string{path, path + join + "q=" + url.QueryEscape("tran gia bao"), path + join + "view=all"}
}

// names is a citizen whom a text names.
func names(text string, persons map[string]bool) string {
	for name := range persons {
		if strings.Contains(text, name) {
			return name
		}
	}
	return ""
}
