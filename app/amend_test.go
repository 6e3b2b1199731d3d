package app

import (
	"net/url"
	"strings"
	"testing"
)

// What was declared can be mended until it is registered: with a reason, kept as it was and as it is, never over what
// somebody else has just done.
func TestOfficersMendADeclarationUntilItIsRegistered(t *testing.T) {
	eachStreet(t, func(t *testing.T, s *street) {
		s.offered("invariants", bookProcedure)
		c := &caller{s, map[string][]string{}}
		id := c.filed("amend", "Lê Văn Tư", "1942-01-01", "", true)
		at, version := "/dossiers/"+string(id)+"/answers", func() string { return s.one("SELECT CAST(ver AS TEXT) FROM dossier WHERE id = ?", id) }
		if a := s.ask("registrar", "GET", at, ""); a.status != 200 || !strings.Contains(a.body, `value="Lê Văn Tư"`) {
			t.Fatalf("the form: %d", a.status)
		}
		post := func(login string, pairs ...string) answer {
			v := url.Values{"who": {"Lê Văn Tứ"}, "born": {"01/01/1942"}, "_said": {"Đối chiếu giấy tờ"}, "version": {version()}}
			for i := 0; i+1 < len(pairs); i += 2 {
				v.Set(pairs[i], pairs[i+1])
			}
			return s.ask(login, "POST", at, v.Encode())
		}
		for _, tc := range []struct {
			what, login string
			pairs       []string
			status      int
			words       string
		}{
			{"without a reason", "registrar", []string{"_said", ""}, 422, "Lý do"},
			{"without a change", "registrar", []string{"who", "Lê Văn Tư"}, 422, "Chưa có nội dung nào thay đổi"},
			{"an old page", "registrar", []string{"version", "1"}, 409, "vừa sửa"},
			{"no version", "registrar", []string{"version", ""}, 409, "vừa sửa"},
			{"no name", "registrar", []string{"who", "L3"}, 422, `value="L3"`},
			{"from afar", "minhtri", nil, 404, ""},
			{"a leader", "signer", nil, 403, ""},
			{"a stranger", "", nil, 401, ""},
		} {
			if a := post(tc.login, tc.pairs...); a.status != tc.status || !strings.Contains(a.body, tc.words) {
				t.Errorf("%s: %d, want %d with %q", tc.what, a.status, tc.status, tc.words)
			}
		}
		if s.one("SELECT subject FROM dossier WHERE id = ?", id) != "Lê Văn Tư" {
			t.Error("what was refused is written")
		}
		if a := post("registrar"); a.status != 303 {
			t.Fatalf("mended: %d", a.status)
		}
		page := s.ask("registrar", "GET", "/dossiers/"+string(id), "").body
		if s.one("SELECT subject FROM dossier WHERE id = ?", id) != "Lê Văn Tứ" || !strings.Contains(page, "Nội dung đã sửa") || !strings.Contains(page, "Trước khi sửa") || !strings.Contains(page, "Đối chiếu giấy tờ") {
			t.Error("the page does not show what it was and what it is")
		}
		if n := s.one("SELECT CAST(count(*) AS TEXT) FROM trail_entry WHERE target = ? AND act IN ('dossier.amend', 'dossier.answers.changed')", id); n != "2" {
			t.Errorf("the trail has %s lines of it", n)
		}
		c.wants("past the form", c.act("registrar", id, `{"act":"amend","said":"Sửa"}`), 422, "dossier.act_unknown")
		c.wants("registered", c.enter("registrar", id), 201, "")
		if a := post("registrar", "who", "Lê Văn Năm"); a.status != 409 {
			t.Errorf("mended after it was registered: %d", a.status)
		}
		if a := s.ask("registrar", "GET", at, ""); a.status != 409 {
			t.Errorf("the form after that: %d", a.status)
		}
	})
}
