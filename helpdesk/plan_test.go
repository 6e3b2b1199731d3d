package helpdesk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk/sla"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
)

// fill puts n tickets of the past into the store, one in forty not done, with rows
// as wide as real ones.
func (s *desk) fill(n int) {
	s.t.Helper()
	tree, err := s.Units.Tree(s.t.Context(), thursday)
	if err != nil {
		s.t.Fatal(err)
	}
	communes := tree.Communes("")
	rows := make([]Ticket, n)
	for i := range rows {
		at := thursday.Add(-time.Duration(n-i) * time.Minute)
		t := Ticket{ID: ident.New(at), Year: 2016, Title: fmt.Sprintf("Phiếu cũ %d về máy in của bộ phận một cửa", i), Unit: communes[i%len(communes)].Code,
			Requester: ident.ID(fmt.Sprintf("requester-%d", i%3000)), Service: Categories[i%5], Impact: 1, Urgency: 1 + i%3, Priority: 4 - i%4, State: Closed,
			Phase: Done, Group: Groups[i%2], Owner: ident.ID(fmt.Sprintf("agent-%d", i%60)), Source: "web", OpenedAt: at, ClosedAt: &at, ResolvedAt: &at,
			ChangedAt: at, SortAt: at, Messages: 1, Version: 1}
		switch i % 40 {
		case 0:
			t.State, t.Phase, t.ClosedAt, t.ResolvedAt = Open, InWork, nil, nil
		case 1:
			t.State, t.Phase, t.WaitsFor, t.ClosedAt, t.ResolvedAt = OnHold, Waiting, Vendor, nil, nil
		case 2:
			t.State, t.ClosedAt = Resolved, nil
		}
		if i%80 == 0 {
			t.Owner = ""
		}
		rows[i] = t
	}
	err = s.DB.InTx(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for part := range slices.Chunk(rows, 200) {
			if _, err := tx.NewInsert().Model(&part).ExcludeColumn("seq").Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.board.forget() // these rows came in by no use case
	if !s.DB.SQLite() {
		if _, err := s.DB.Read().ExecContext(s.t.Context(), "ANALYZE ticket"); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *desk) plan(q string) string {
	s.t.Helper()
	var lines []string
	if s.DB.SQLite() {
		var rows []struct {
			ID, Parent, Notused int64
			Detail              string
		}
		if err := s.DB.Read().NewRaw("EXPLAIN QUERY PLAN "+q).Scan(s.t.Context(), &rows); err != nil {
			s.t.Fatal(err, q)
		}
		for _, r := range rows {
			lines = append(lines, r.Detail)
		}
		return strings.Join(lines, "\n")
	}
	err := s.DB.InTx(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.ExecContext(ctx, "SET LOCAL enable_seqscan = off"); err != nil { // so few rows are soon read
			return err
		}
		return tx.NewRaw("EXPLAIN "+q).Scan(ctx, &lines)
	})
	if err != nil {
		s.t.Fatal(err, q)
	}
	return strings.Join(lines, "\n")
}

func TestEveryListHasItsIndex(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		s.fill(6_000)
		tree, err := s.Units.Tree(t.Context(), thursday)
		if err != nil {
			t.Fatal(err)
		}
		district := actor("district-agent", "support_agent", tree.Under(giaLam)...)
		later, err := s.Queue(t.Context(), agent, Filter{View: ViewDone}, page.Read("", "50"))
		if err != nil || later.Next == "" {
			t.Fatal("no second page of done tickets", err)
		}
		queries := map[string]*bun.SelectQuery{}
		for _, who := range []access.Actor{agent, district} {
			for _, after := range []string{"", later.Next} {
				for name, f := range map[string]Filter{"mine": {View: ViewMine}, "free": {View: ViewFree}, "work": {View: ViewWork}, "late": {View: ViewLate},
					"hold": {View: ViewHold}, "done": {View: ViewDone}, "group": {View: ViewDone, Group: Desk}, "commune": {View: ViewDone, Units: []string{dangXa}},
					"district": {View: ViewDone, Units: tree.Under(giaLam)}, "service": {View: ViewDone, Service: Line, Priority: 2},
					"open": {}, "open newest": {Sort: ByNewest}, "open mine": {Owner: OwnedByMe}, "open of a service": {Phase: InWork, Service: Line, Priority: 2}, "done oldest": {Phase: Done, Sort: ByOldest, State: Closed},
					"open commune": {Units: []string{dangXa}}, "open of a group": {Group: Desk, Source: "web", Snoozed: No}} {
					r := page.Read(after, "50")
					if f.Sort != ByDue && after != "" {
						r = page.Read(page.Key("900"), "50")
					}
					queries[fmt.Sprintf("%s of %s, after %q", name, who.ID, after)] = queue(s.DB, who, f, thursday, r)
					if border := f.settled().border(s.DB, who, thursday, r); border != nil {
						queries[fmt.Sprintf("border of %s of %s, after %q", name, who.ID, after)] = border
					}
				}
			}
		}
		queries["own"] = s.DB.Read().NewSelect().Model((*Ticket)(nil)).Where("ti.requester = ?", "requester-7").Apply(page.Read("", "50").On("ti.seq"))
		queries["quiet"] = s.DB.Read().NewSelect().TableExpr("ticket AS ti").Column("ti.id").Where("ti.state = ?", Resolved).Where("ti.sort_at < ?", thursday).Order("ti.sort_at").Limit(10)
		queries["late count"] = lateOf(s.DB.Read(), thursday).ColumnExpr("ti.unit").ColumnExpr("count(*)").GroupExpr("ti.unit")
		for name, q := range queries {
			plan := s.plan(q.String())
			bad := strings.Contains(plan, "Seq Scan")
			if s.DB.SQLite() {
				bad = !strings.Contains(plan, "USING") || strings.Contains(strings.ReplaceAll(plan, "SCAN ti USING INDEX ticket_open", ""), "SCAN ti") || strings.Contains(plan, "TEMP B-TREE") && name != "late count"
			}
			if bad {
				t.Errorf("%s:\n%s\n%s", name, q.String(), plan)
			}
		}
	})
}

// TestPagesAskAConstantNumberOfQueries compares a page over few rows with one over many.
func TestPagesAskAConstantNumberOfQueries(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		n := 0
		s.DB.Watch(func(_ context.Context, q string, _ error) {
			if !strings.HasPrefix(q, "SAVEPOINT") && !strings.HasPrefix(q, "RELEASE") {
				n++
			}
		})
		count := func(do func() error) int {
			n = 0
			if err := do(); err != nil {
				t.Fatal(err)
			}
			return n
		}
		talk := s.ask()
		pages := map[string]func() error{
			"queue": func() error {
				_, err := s.Queue(t.Context(), agent, Filter{View: ViewWork}, page.Read("", ""))
				return err
			},
			"counts": func() error { _, err := s.Counts(t.Context(), agent); return err },
			"loads":  func() error { _, err := s.ByDistrict(t.Context(), lead); return err },
			"ticket": func() error { _, err := s.Get(t.Context(), agent, talk.ID, page.Read("", "")); return err },
		}
		before := map[string]int{}
		for name, do := range pages {
			if err := do(); err != nil { // calendars and units are remembered from here on
				t.Fatal(err)
			}
			before[name] = count(do)
		}
		s.fill(2000)
		for i := range 60 {
			s.must(s.Reply(t.Context(), agent, talk.ID, words(fmt.Sprint("tin ", i))))
			s.must(s.Note(t.Context(), second, talk.ID, words("ghi chú")))
		}
		for name, do := range pages {
			count(do) // so is what is open
			if after := count(do); after != before[name] {
				t.Errorf("%s: %d queries with few rows, %d with many", name, before[name], after)
			}
		}
	})
}

// BenchmarkOpen makes tickets as fast as sixteen officers can, beside the bare insert
// of the same rows.
func BenchmarkOpen(b *testing.B) {
	b.Run("ticket", func(b *testing.B) {
		s := open(b, testkit.SQLite(b))
		b.SetParallelism(8)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := s.Open(b.Context(), officer, draft()); err != nil {
					b.Error(err)
				}
			}
		})
	})
	b.Run("bare", func(b *testing.B) {
		s := open(b, testkit.SQLite(b))
		made, err := s.Open(b.Context(), officer, draft())
		if err != nil {
			b.Fatal(err)
		}
		b.SetParallelism(8)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := s.DB.InTx(b.Context(), func(ctx context.Context, tx *db.Tx) error { return bare(ctx, tx, made) }); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

// bare inserts what one ticket consists of, by plain statements.
func bare(ctx context.Context, tx *db.Tx, like Ticket) error {
	id := ident.New(thursday)
	like.ID = id
	if _, err := tx.NewInsert().Model(&like).ExcludeColumn("seq").Exec(ctx); err != nil {
		return err
	}
	for _, q := range []string{
		"INSERT INTO ticket_message SELECT ?, ?, at, author, from_agent, internal, source, body FROM ticket_message LIMIT 1",
		"INSERT INTO ticket_step SELECT ?, ?, at, actor, act, state_before, state_after, about, internal FROM ticket_step LIMIT 1",
	} {
		if _, err := tx.NewRaw(q, ident.New(thursday), id).Exec(ctx); err != nil {
			return err
		}
	}
	for _, purpose := range []sla.Promise{sla.Answer, sla.Resolve} {
		_, err := tx.NewRaw("INSERT INTO deadline SELECT ?, area, ?, purpose, unit, calendar, started_at, budget, budget_kind, due_at, missing_year, expected_year,"+
			" state, paused_at, stopped_at, pauses, steps, next_step_at, version FROM deadline WHERE purpose = ? LIMIT 1", ident.New(thursday), id, purpose).Exec(ctx)
		if err != nil {
			return err
		}
	}
	for _, q := range []string{
		"INSERT INTO search_doc (area, kind, subject, part, unit, owner, title, lead, updated, scope, marked, head, body)" +
			" SELECT area, kind, ?, part, unit, owner, title, lead, updated, scope, marked, head, body FROM search_doc LIMIT 1",
		"INSERT INTO outbox_event (id, topic, subject, at, body) SELECT ?, topic, subject, at, body FROM outbox_event LIMIT 1",
		"INSERT INTO trail_entry (at, actor, via, act, target, unit, changes, personal_hash, personal_salt, personal)" +
			" SELECT at, actor, via, act, ?, unit, changes, personal_hash, personal_salt, personal FROM trail_entry LIMIT 1",
	} {
		if _, err := tx.NewRaw(q, id).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}
