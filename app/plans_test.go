package app

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lotrinh/helpdesk"
)

// small are the tables that a page may read whole: they are as many as the city's offices,
// posts, rules and plans. Every other table is taken to grow without end.
var small = []string{
	"account_role", "agent_sender", "commune_duty", "desk_mail_alias", "desk_mailbox", "desk_signal_rule", "desk_tag", "desk_vendor", "duty_district",
	"duty_group", "duty_shift", "exchange_partner", "hotline_block", "install_software", "line_provider", "plan_draft", "procedure_version",
	"report_calendar", "report_definition", "report_outlet", "report_schedule", "requirement_profile", "return_form", "return_plan", "return_round", "rollout_gate", "rollout_gate_phase", "rollout_programme",
	"service_focal", "sms_budget", "tally_rules", "training_course", "training_feedback", "training_person", "unit_readiness", "wan_line", "work_calendar", "work_year",
}

// partial are indexes that a page may go through: of what is still open, which is little
// however much there was, and two from which alone the city's equipment and its officers
// are counted: some thousand short rows, which do not grow with the years.
var partial = []string{"ticket_open", "ticket_open_seq", "ticket_unfinished", "gap_open", "gap_open_newest", "gap_owner", "dossier_open_due", "exchange_message_overdue", "return_sheet_checks", "alert_episode_open", "trail_entry_unsealed",
	"asset_tally", "issue_request_state"}

var (
	scanned = regexp.MustCompile(`^SCAN (\w+)`)
	named   = regexp.MustCompile(`"?(\w+)"? AS "?(\w+)"?`)
)

// walks says what a plan of SQLite does that becomes slow with the years: going through
// a table that grows, unless in the order of its key and only as far as the page needs,
// or sorting rows that no index brings in order.
func walks(query string, steps []string) (bad []string) {
	paged := strings.Contains(query, "LIMIT")
	sorts := slices.ContainsFunc(steps, func(s string) bool { return strings.Contains(s, "TEMP B-TREE FOR ORDER BY") })
	tables := map[string]string{}
	for _, m := range named.FindAllStringSubmatch(query, -1) {
		tables[m[2]] = m[1]
	}
	for _, s := range steps {
		m := scanned.FindStringSubmatch(s)
		if m == nil {
			continue
		}
		table := cmp.Or(tables[m[1]], m[1])
		if table == m[1] && !strings.Contains(query, "FROM "+table) && !strings.Contains(query, `FROM "`+table) {
			continue // values that the query itself holds
		}
		if slices.Contains(small, table) || paged && !sorts || slices.Contains(partial, s[strings.LastIndexByte(s, ' ')+1:]) {
			continue
		}
		bad = append(bad, s+" ("+table+")")
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
