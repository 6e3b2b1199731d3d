package inventory

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/org/succession"
)

// What the journal calls the rows that a set changes here beside the lists.
const (
	readinessTab = "unit_readiness"
	noteTab      = "inventory_note"
)

// Succession is how equipment takes part when units change: it follows the place, and so
// does what is open about it; notes, days past and facts of the counter itself, which has
// to be described anew, stay with the unit that they were of. The heirs are judged anew.
func (s *Service) Succession() succession.Participant {
	const place, work = succession.RulePlace, succession.RuleWork
	return succession.Tables{Area: "succession.area.inventory", Moves: []succession.Table{
		{Name: "asset", Version: "version", Label: "succession.row.asset", Rule: place},
		{Name: "asset_fact", Rule: place},
		{Name: "device", Version: "version", Label: "succession.row.device", Rule: place},
		{Name: "device_thing", Key: "t.device || '|' || t.thing", Rule: place},
		{Name: "device_doubt", Where: "t.state = 'open'", Version: "version", Rule: work},
		{Name: "device_elsewhere", Where: "t.state = 'open'", Version: "version", Rule: work},
		{Name: "device_elsewhere", Unit: "seen_unit", Where: "t.state = 'open'", Rule: work, Once: []string{"asset"}, OnceWhere: "t.state = 'open'", Label: "succession.row.elsewhere"},
		{Name: "fact_difference", Key: "t.asset || '|' || t.name", Where: "t.state = 'open'", Rule: work},
		{Name: "agent_key", Label: "succession.row.agent_key", Rule: place},
		{Name: "agent_sender", Rule: place},
		{Name: "requirement_waiver", Where: "t.ended_at IS NULL", Version: "version", Label: "succession.row.requirement_waiver", Rule: place},
		{Name: "gap", Where: "t.open", Version: "version", Label: "succession.row.gap", Rule: work},
		{Name: "supply_request", Where: "t.open", Version: "version", Label: "succession.row.supply", Rule: work},
		{Name: "supply_line", Where: "t.live", Rule: work},
		{Name: "supply_delivery", Where: "t.open", Version: "version", Label: "succession.row.delivery", Rule: work},
		{Name: "supply_delivery", Unit: "from_unit", Where: "t.open", Rule: work},
		{Name: "supply_item", Where: "t.delivery IN (SELECT d.id FROM supply_delivery AS d WHERE d.open)", Rule: work},
		{Name: "stocktake", Where: "t.state = 'open'", Version: "version", Label: "succession.row.stocktake", Rule: work, Once: []string{"place_fold"}, OnceWhere: "t.state = 'open'"},
		{Name: "stocktake_proposal", Where: "t.state = 'open'", Rule: work},
		{Name: "stocktake_proposal", Unit: "from_unit", Where: "t.state = 'open'", Rule: work},
		{Name: "stocktake_proposal", Unit: "to_unit", Where: "t.state = 'open'", Rule: work},
		{Name: "deadline", As: "deadline of inventory", Where: "t.area = 'inventory' AND t.state IN ('running', 'paused')", Version: "version", Rule: work},
	}, Stays: []string{"agent_message", "agent_refusal", "asset_declaration", "readiness_day", "site_fact", "stocktake_scan"},
		Beside: succession.Beside{End: s.heirsJudged, Undone: s.heirsUnjudged, Tables: []string{readinessTab, noteTab}}}
}

// heirsJudged judges the heirs by what they have now; what was known of the units that
// gave is no answer any more.
func (s *Service) heirsJudged(ctx context.Context, tx *db.Tx, p succession.Plan, _ access.Actor) error {
	touched := map[string]bool{}
	for from, to := range p.Heir {
		touched[from], touched[to] = true, true
	}
	var rows []Readiness
	if err := tx.NewSelect().Model(&rows).Where("ur.unit IN (?)", bun.List(succession.Codes(touched))).Order("ur.unit").Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	var entries []succession.Entry
	heirs := map[string]bool{}
	for _, r := range rows {
		was, err := succession.Pack(r)
		if err != nil {
			return err
		}
		entries = append(entries, succession.Entry{Set: p.Set, Tab: readinessTab, Key: r.Unit, Was: was})
		to, gave := p.Heir[r.Unit]
		if !gave {
			to = r.Unit
		}
		heirs[to] = true
	}
	if err := succession.Note(ctx, tx, entries...); err != nil {
		return err
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err := tx.NewRaw("DELETE FROM unit_readiness WHERE unit IN (?)", bun.List(succession.Codes(p.Heir))).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	since := s.clock.Now()
	for some := range slices.Chunk(succession.Codes(heirs), batch) {
		if _, err := s.rejudge(ctx, tx, some); err != nil {
			return err
		}
	}
	return notedSince(ctx, tx, p, since)
}

// notedSince keeps in the journal what the new answers said in the units' histories.
func notedSince(ctx context.Context, tx *db.Tx, p succession.Plan, since time.Time) error {
	var ids []string
	if err := tx.NewSelect().Table("inventory_note").Column("id").Where("unit IN (?)", bun.List(values(p.Heir))).Where("at >= ?", since).Scan(ctx, &ids); err != nil {
		return db.Sorted(err)
	}
	entries := make([]succession.Entry, len(ids))
	for i, id := range ids {
		entries[i] = succession.Entry{Set: p.Set, Tab: noteTab, Key: id, Became: "new"}
	}
	return succession.Note(ctx, tx, entries...)
}

// values are the units that take over, each once.
func values(heirs map[string]string) []string {
	all := map[string]bool{}
	for _, to := range heirs {
		all[to] = true
	}
	return succession.Codes(all)
}

// heirsUnjudged puts back the answers that the set found; time judges them again where it
// must.
func (s *Service) heirsUnjudged(ctx context.Context, tx *db.Tx, p succession.Plan) error {
	entries, err := succession.Noted(ctx, tx, p, readinessTab)
	if err != nil || len(entries) == 0 {
		return err
	}
	_, err = tx.NewRaw("DELETE FROM inventory_note WHERE id IN (SELECT j.key FROM succession_journal AS j WHERE j.set_id = ? AND j.tab = ?)", p.Set, noteTab).Exec(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	gone := append(succession.Codes(p.Heir), values(p.Heir)...)
	if _, err := tx.NewRaw("DELETE FROM unit_readiness WHERE unit IN (?)", bun.List(gone)).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	rows := make([]Readiness, len(entries))
	for i, e := range entries {
		if err := succession.Unpack(e.Was, &rows[i]); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(rows, 200) {
		if _, err := tx.NewInsert().Model(&some).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}
