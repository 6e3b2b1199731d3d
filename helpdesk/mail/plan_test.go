package mail

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"lotrinh/internal/kit/db"
)

// TestTheListsOfMailAreReadByTheirIndexes asks the database how it would go about them.
func TestTheListsOfMailAreReadByTheirIndexes(t *testing.T) {
	eachDB(t, func(t *testing.T, p *post) {
		p.do("INSERT INTO desk_letter (id, mailbox, uid_validity, uid, message_id, at, from_mail, from_name, as_mail, subject, size, decision, why, ticket, message, contact, acknowledged, reopened, state, decided_by) "+
			series(p.DB, 5000), p.box.ID, monday, false, false)
		if err := p.DB.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { _, err := tx.NewRaw("ANALYZE").Exec(ctx); return err }); err != nil {
			t.Fatal(err)
		}
		for _, q := range []string{
			"SELECT * FROM desk_letter WHERE state = 'held' ORDER BY id DESC LIMIT 50",
			"SELECT * FROM desk_letter WHERE decision = 'new' ORDER BY id DESC LIMIT 50",
			"SELECT id FROM desk_letter WHERE mailbox = 'x' AND message_id = 'y' AND decision <> 'duplicate'",
			"SELECT ticket FROM desk_letter WHERE message_id IN ('a', 'b') AND ticket <> '' AND decision <> 'automatic'",
			"SELECT why FROM desk_letter WHERE message <> '' AND message IN ('a', 'b')",
			"SELECT count(*) FROM desk_letter WHERE from_mail = 'a@b.example' AND at >= '2016-11-14'",
			"SELECT id FROM desk_letter WHERE ticket = 'x' AND ticket <> '' ORDER BY id DESC LIMIT 1",
		} {
			if plan := p.plan(q); strings.Contains(plan, "SCAN dl") || strings.Contains(plan, "SCAN desk_letter\n") || strings.Contains(plan, "Seq Scan") {
				t.Errorf("%s\n%s", q, plan)
			}
		}
	})
}

// series makes rows in whichever way the database has.
func series(d *db.DB, n int) string {
	rows, key := fmt.Sprintf("generate_series(1, %d) AS n", n), "n::text"
	if d.SQLite() {
		rows, key = fmt.Sprintf("(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < %d) SELECT n FROM s)", n), "CAST(n AS TEXT)"
	}
	return "SELECT 'l' || " + key + ", ?, 1, n, 'm' || " + key + ", ?, 'a' || " + key + ", '', '', '', 1, CASE WHEN n % 9 = 0 THEN 'new' ELSE 'automatic' END, '[]', 't' || " + key + ", 'g' || " + key + ", '', ?, ?, '', '' FROM " + rows
}

func (p *post) plan(query string) string {
	p.t.Helper()
	var lines []string
	if p.DB.SQLite() {
		var rows []struct {
			ID, Parent, Notused int
			Detail              string
		}
		if err := p.DB.Read().NewRaw("EXPLAIN QUERY PLAN "+query).Scan(p.t.Context(), &rows); err != nil {
			p.t.Fatal(err)
		}
		for _, r := range rows {
			lines = append(lines, r.Detail)
		}
	} else if err := p.DB.Read().NewRaw("EXPLAIN "+query).Scan(p.t.Context(), &lines); err != nil {
		p.t.Fatal(err)
	}
	return strings.Join(lines, "\n") + "\n"
}
