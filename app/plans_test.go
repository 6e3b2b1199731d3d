package app

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lotrinh/helpdesk"
)

// growing are the aliases of tables that have no end. Others (units, roles, criteria,
// calendars, schedules …) are as many as the city's offices and rules.
var growing = []string{
	"a", "te", "no", "jr", "ir", "iw", "rr", "ti", "tm", "ts", "g", "af", "nt", "fi", "oe", "od", "ev", "sm", "mv", "asset", "asset_fact", "gap",
	"am", "se", "dc", "de", "fd", "ad", "ins", "ie", "ss", "sp", "sl", "sd", "si", "lr", "lh", "ld", "lo", "iq", "ib", "al", "ar", "fc", "rw", "td", "sp", "sc", "rh",
	"ticket", "ticket_message", "trail_entry", "notice", "outbox_event", "outbox_delivery", "search_doc", "session", "deadline", "dl",
}

// partial are indexes that a page may go through: of what is still open, which is little
// however much there was, and two from which alone the city's equipment and its officers
// are counted: some thousand short rows, which do not grow with the years.
var partial = []string{"ticket_open", "ticket_open_seq", "gap_open", "gap_open_newest", "trail_entry_unsealed", "asset_tally", "issue_request_state"}

var scanned = regexp.MustCompile(`^SCAN (\w+)`)

// walks says what a plan of SQLite does that becomes slow with the years: going through
// a growing table, unless in the order of its key and only as far as the page needs,
// or sorting rows that no index brings in order.
func walks(query string, steps []string) (bad []string) {
	paged := strings.Contains(query, "LIMIT")
	sorts := slices.ContainsFunc(steps, func(s string) bool { return strings.Contains(s, "TEMP B-TREE FOR ORDER BY") })
	for _, s := range steps {
		m := scanned.FindStringSubmatch(s)
		if m == nil || !slices.Contains(growing, m[1]) || paged && !sorts || slices.Contains(partial, s[strings.LastIndexByte(s, ' ')+1:]) {
			continue
		}
		bad = append(bad, s)
	}
	return bad
}

func TestNoPageWalksThroughATableThatGrows(t *testing.T) {
	eachStreet(t, func(t *testing.T, s *street) {
		if !s.DB.SQLite() {
			return // PostgreSQL chooses by statistics; the indexes are the same
		}
		c := &counter{}
		s.DB.Watch(c.seen)
		officer := s.actor("officer")
		first, err := s.Desk.Open(t.Context(), officer, helpdesk.Draft{Unit: officer.Home, Title: "Máy quét", Body: "Máy quét không nhận.", Service: "device", Impact: 1, Urgency: 2, Source: "web"})
		must(t, err)
		s.crowd(first)
		seen := map[string]bool{}
		for page, queries := range s.cost(c, s.visits(string(first.ID))) {
			for _, q := range queries {
				if !strings.HasPrefix(q, "SELECT") || seen[q] {
					continue
				}
				seen[q] = true
				if bad := walks(q, s.plan(t.Context(), q)); len(bad) > 0 {
					t.Errorf("%s: %s\n%s", page, strings.Join(bad, "; "), q)
				}
			}
		}
		if len(seen) < 50 {
			t.Errorf("only %d queries were looked at", len(seen))
		}
	})
}

func (s *street) plan(ctx context.Context, query string) []string {
	s.t.Helper()
	var rows []struct {
		ID, Parent, Notused int
		Detail              string
	}
	must(s.t, s.DB.Read().NewRaw("EXPLAIN QUERY PLAN "+strings.ReplaceAll(query, "?", "??")).Scan(ctx, &rows))
	steps := make([]string, len(rows))
	for i, r := range rows {
		steps[i] = r.Detail
	}
	return steps
}
