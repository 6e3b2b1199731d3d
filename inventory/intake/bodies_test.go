package intake

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"lotrinh/inventory/agent/specimen"
)

// Whatever an agent sends that cannot be taken gets a refusal in words that agents read, and the board names the agent with the
// reason; the message's page says what mends it.
func TestEveryBadBodyIsRefusedInWordsAndNamesItsSender(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		k, who := r.key(dangXa), r.as("district_coordinator", giaLam)
		whole := string(specimen.Desk(1).XML())
		inside := func(body string) []byte { return []byte("<REQUEST><DEVICEID>x</DEVICEID>" + body + "</REQUEST>") }
		packed := specimen.Packed([]byte(whole))
		broken := append(bytes.Clone(packed[:40]), bytes.Repeat([]byte{0xff}, 200)...)
		for i, tc := range []struct {
			name   string
			body   []byte
			status int
			reason string
		}{
			{"broken XML", []byte(strings.Replace(whole, "</CONTENT>", "</CONTEND>", 1)), http.StatusBadRequest, "syntax"},
			{"broken compression", broken, http.StatusBadRequest, "compressed"},
			{"truncated", []byte(whole[:len(whole)/2]), http.StatusBadRequest, "truncated"},
			{"truncated compression", packed[:len(packed)/2], http.StatusBadRequest, "truncated"},
			{"huge", specimen.Packed(inside("<CONTENT>" + strings.Repeat("<SOFTWARES><NAME>a</NAME></SOFTWARES>", 31_000) + "</CONTENT><QUERY>INVENTORY</QUERY>")), http.StatusBadRequest, "too_many"},
			{"a bomb", specimen.Packed(bytes.Repeat([]byte(" "), 65<<20)), http.StatusRequestEntityTooLarge, "too_large"},
			{"nested", inside(strings.Repeat("<A>", 40) + strings.Repeat("</A>", 40)), http.StatusBadRequest, "too_deep"},
			{"binary", bytes.Repeat([]byte{0xfe, 0x01, 0x80}, 100), http.StatusBadRequest, "not_agent"},
			{"of somebody else", []byte("<html><body>x</body></html>"), http.StatusBadRequest, "not_agent"},
			{"of an unknown kind", inside("<QUERY>DOWNLOAD</QUERY>"), http.StatusBadRequest, "query"},
			{"without content", inside("<QUERY>INVENTORY</QUERY>"), http.StatusBadRequest, "no_content"},
		} {
			r.at.Move(time.Hour) // nobody else spoke from this address lately
			m := specimen.Desk(100 + i)
			r.send(k.Path(), specimen.Packed(m.Prolog()))
			key := "intake.refused." + tc.reason
			said := r.Words.In("vi").Say(key, "limit", map[string]int{"too_large": 64, "too_deep": 24, "too_many": 30_000}[tc.reason], "query", "DOWNLOAD")
			res, answer := r.send(k.Path(), tc.body)
			if res.StatusCode != tc.status || !strings.Contains(answer, "<REPLY><ERROR>") || !strings.Contains(answer, said) {
				t.Errorf("%s: %d %s, want %d %s", tc.name, res.StatusCode, answer, tc.status, said)
				continue
			}
			bad := r.all(Filter{State: Failing})
			at := -1
			for n, x := range bad {
				if line, ok := x.Problem(); ok && line.Key == key && (x.Device == m.DeviceID || x.Device == "x") {
					at = n
				}
			}
			if at < 0 {
				t.Errorf("%s: the board does not name the sender: %+v", tc.name, bad)
				continue
			}
			if _, page := r.ask(who, "GET", home+"?state=failing", "", nil); !strings.Contains(page, bad[at].Device) || !strings.Contains(page, said) {
				t.Errorf("%s: the page of the board does not", tc.name)
			}
			var ids []string
			err := r.DB.Read().NewRaw("SELECT id FROM agent_message WHERE sender = ? AND result = 'refused' ORDER BY id DESC LIMIT 1", bad[at].ID).Scan(t.Context(), &ids)
			if err != nil || len(ids) != 1 {
				t.Fatal(ids, err)
			}
			mend := r.Words.In("vi").Say("intake.mend." + tc.reason)
			if code, page := r.ask(who, "GET", MessagePath(ids[0]), "", nil); code != 200 || !strings.Contains(page, mend[:40]) {
				t.Errorf("%s: its message does not say what to do: %d", tc.name, code)
			}
		}
		latin := strings.Replace(whole, "<WORKGROUP>", "<WORKGROUP>Caf\xe9 ", 1)
		if res, answer := r.send(k.Path(), []byte(latin)); !strings.Contains(latin, "\xe9") || res.StatusCode != http.StatusOK || strings.Contains(answer, "ERROR") {
			t.Errorf("what is not UTF-8 is read as Windows-1252: %d %s", res.StatusCode, answer)
		}
	})
}
