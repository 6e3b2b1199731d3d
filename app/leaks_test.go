package app

import (
	"archive/zip"
	"bytes"
	"io"
	"maps"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"lotrinh/internal/kit/clock"
)

// public pages show units of the whole city to everybody: the tree itself.
var public = map[string]bool{"/admin/units": true, "/api/v1/units": true, "/_book": true, "/_book/citizen": true, "/api/v1/openapi.json": true, "/assets/:name": true, "/metrics": true}

// TestNoListShowsAnotherDistrict fetches every page, list, table and file that a district's
// coordinator and a commune's officer may read, also with filters that ask for other
// places, and looks for anything of another district in it.
func TestNoListShowsAnotherDistrict(t *testing.T) {
	lines, _ := routesFile(t)
	eachStreet(t, func(t *testing.T, s *street) {
		s.furnish()
		foreign := s.foreign()
		for _, login := range []string{"coordinator", "officer"} {
			things := maps.Clone(s.here)
			maps.Copy(things, s.owned(login))
			for _, l := range lines {
				if l.method != "GET" || public[l.path] {
					continue
				}
				path := addresses[l.path]
				if path == "" {
					path = l.path
				}
				path = fill(path, things)
				for _, filter := range s.filters(l, path) {
					a := s.ask(login, "GET", filter, "")
					if a.status != 200 {
						continue
					}
					if found := foreign(unpacked(t, a.body), filter); found != "" {
						t.Errorf("%s sees %s of another district at %s", login, found, filter)
					}
				}
			}
		}
	})
}

// filters are a page as it is and, for lists, as somebody curious asks for it.
func (s *street) filters(l line, path string) []string {
	all := []string{path}
	if l.outside != "-" {
		return all
	}
	join := "?"
	if strings.Contains(path, "?") {
		join = "&"
	}
	for _, q := range []string{"unit=" + thereUnit, "district=" + thereDistrict, "under=" + thereDistrict, "limit=200", "view=work", "view=done",
		"state=all&limit=200", "q=" + url.QueryEscape("Máy quét"), "q=" + url.QueryEscape("bắc sơn"), "q=" + s.there["number"]} {
		all = append(all, path+join+q)
	}
	return all
}

// foreign finds what belongs to other districts in a text: IDs of rows, addresses of
// mail, codes of communes that the reader did not type.
func (s *street) foreign() func(text, asked string) string {
	s.t.Helper()
	tree, err := s.Units.Tree(s.t.Context(), s.Business.Now())
	must(s.t, err)
	own := map[string]bool{}
	for _, code := range tree.Under(hereDistrict) {
		own[code] = true
	}
	ids := map[string]bool{}
	for _, query := range []string{"SELECT id, unit FROM asset", "SELECT id, unit FROM gap", "SELECT id, unit FROM ticket", "SELECT id, unit FROM account WHERE unit <> ''",
		"SELECT w.id, min(u.unit) FROM rollout_waiver w JOIN rollout_waiver_unit u ON u.waiver = w.id GROUP BY w.id"} {
		var rows []struct {
			ID   string `bun:"id"`
			Unit string `bun:"unit"`
		}
		must(s.t, s.DB.Read().NewRaw(strings.Replace(query, "min(u.unit)", "min(u.unit) AS unit", 1)).Scan(s.t.Context(), &rows))
		for _, r := range rows {
			if !own[r.Unit] {
				ids[r.ID] = true
			}
		}
	}
	communes := map[string]bool{}
	for _, u := range tree.Communes("") {
		communes[u.Code] = !own[u.Code] && u.Code < "1" // those from 10000 on read like any number
	}
	if len(ids) < 100 || !communes[thereUnit] || communes[hereUnit] {
		s.t.Fatalf("%d rows outside are too few to prove anything on %s", len(ids), clock.Date(s.Business.Now()))
	}
	code := regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9]{5}\b`)
	return func(text, asked string) string {
		for _, word := range code.FindAllString(text, -1) {
			// The tree itself is public: a search finds communes, not what lies in them.
			if ids[word] || communes[word] && !strings.Contains(asked, word) && !strings.HasPrefix(asked, "/search") {
				return word
			}
		}
		return ""
	}
}

// unpacked is the text of an answer; a workbook's is that of its parts.
func unpacked(t *testing.T, body string) string {
	t.Helper()
	if !strings.HasPrefix(body, "PK\x03\x04") {
		return body
	}
	z, err := zip.NewReader(bytes.NewReader([]byte(body)), int64(len(body)))
	must(t, err)
	var all strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		must(t, err)
		_, err = io.Copy(&all, r)
		must(t, err)
		must(t, r.Close())
	}
	return all.String()
}
