package inventory

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/inventory/readiness"
)

// This file holds what closes a gap: not that somebody says so, but that the thing was
// seen after it was delivered, by a machine's report, a photo, a probe or an inspector.

// GapItem says which asset was delivered for a gap.
type GapItem struct {
	bun.BaseModel `bun:"table:gap_item,alias:gi"`
	Gap           ident.ID `bun:"gap,pk"`
	Asset         ident.ID `bun:"asset,pk"`
}

// sighting is when an asset was last seen by more than a word.
type sighting struct {
	Asset  ident.ID
	Unit   string
	Kind   Kind
	MadeAt time.Time
	At     time.Time
}

// since is the moment from which on a sighting counts for a gap.
func (g Gap) since() time.Time {
	if g.State == Delivered && !g.DeliveredAt.IsZero() {
		return g.DeliveredAt
	}
	return g.ReportedAt
}

// seenFor are the assets that prove that a gap is mended. Of a gap with delivered
// items only these count, of one about an asset only that one; of any other an asset
// that is new since the gap, or one that was measured anew where data were lacking.
func (g Gap) seenFor(items []ident.ID, all []sighting) []ident.ID {
	delivered := map[ident.ID]bool{}
	for _, id := range items {
		delivered[id] = true
	}
	var out []ident.ID
	for _, x := range all {
		if x.Unit != g.Unit || x.Kind != g.What || x.At.Before(g.since()) {
			continue
		}
		counts := !x.MadeAt.Before(g.ReportedAt) || g.Cause == CauseNoData || g.Cause == CauseStale || g.Cause == CauseSlow
		switch {
		case len(items) > 0:
			counts = delivered[x.Asset]
		case g.Asset != "":
			counts = x.Asset == g.Asset
		}
		if counts {
			out = append(out, x.Asset)
		}
	}
	return out
}

// wanted is how many things must be seen.
func (g Gap) wanted() int {
	if g.Asset != "" {
		return 1
	}
	return int(g.Quantity)
}

// sightings are the assets in use or in store of units that were ever seen by more than
// a word, with when last.
func sightings(ctx context.Context, q bun.IDB, units []string) ([]sighting, error) {
	var rows []sighting
	err := q.NewSelect().TableExpr("asset_fact AS af").Join("JOIN asset AS a ON a.id = af.asset").
		ColumnExpr("a.id AS asset, a.unit, a.kind, a.made_at, af.confirmed_at AS at").
		Where("af.unit IN (?)", bun.List(units)).Where("af.current").Where("af.source <> ?", readiness.Declared).
		Where("a.state IN (?)", bun.List([]State{InUse, Spare})).Order("a.id").Scan(ctx, &rows)
	if err != nil {
		return nil, db.Sorted(err)
	}
	var out []sighting
	for _, r := range rows {
		if n := len(out); n > 0 && out[n-1].Asset == r.Asset {
			if r.At.After(out[n-1].At) {
				out[n-1].At = r.At
			}
			continue
		}
		out = append(out, r)
	}
	return out, nil
}

func itemsOf(ctx context.Context, q bun.IDB, gaps []Gap) (map[ident.ID][]ident.ID, error) {
	ids := make([]ident.ID, len(gaps))
	for i, g := range gaps {
		ids[i] = g.ID
	}
	var rows []GapItem
	if err := q.NewSelect().Model(&rows).Where("gi.gap IN (?)", bun.List(ids)).Order("gi.gap", "gi.asset").Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	out := map[ident.ID][]ident.ID{}
	for _, r := range rows {
		out[r.Gap] = append(out[r.Gap], r.Asset)
	}
	return out, nil
}

// Proof is how far a gap is proved mended: the assets that were seen, of how many.
type Proof struct {
	Seen []ident.ID
	Want int
}

// Complete tells whether everything was seen.
func (p Proof) Complete() bool { return len(p.Seen) >= p.Want }

// ProofsIn are the proofs of gaps: a number of queries that does not grow with them.
// What is too weak is mended only when the readiness of its unit no longer says so.
func (s *Service) ProofsIn(ctx context.Context, q bun.IDB, gaps []Gap) (map[ident.ID]Proof, error) {
	out := map[ident.ID]Proof{}
	if len(gaps) == 0 {
		return out, nil
	}
	var units, judged []string
	for _, g := range gaps {
		units = append(units, g.Unit)
		if g.Cause == CauseWeak || g.Cause == CauseSlow {
			judged = append(judged, g.Unit)
		}
	}
	all, err := sightings(ctx, q, units)
	if err != nil {
		return nil, err
	}
	items, err := itemsOf(ctx, q, gaps)
	if err != nil {
		return nil, err
	}
	fresh := map[string]computed{}
	if len(judged) > 0 {
		if fresh, err = s.compute(ctx, q, judged, s.clock.Now()); err != nil {
			return nil, err
		}
	}
	for _, g := range gaps {
		p := Proof{Want: g.wanted()}
		for _, id := range g.seenFor(items[g.ID], all) {
			if !fresh[g.Unit].short(id) {
				p.Seen = append(p.Seen, id)
			}
		}
		out[g.ID] = p
	}
	return out, nil
}

// short tells whether an asset falls short of what is asked of it.
func (c computed) short(asset ident.ID) bool {
	for _, r := range c.result.Reasons {
		if r.Asset == string(asset) && r.Verdict == readiness.Unmet {
			return true
		}
	}
	return false
}

// proved is nil when a gap may be closed by the actor. Who may inspect sees the things
// now: what was delivered, or the asset, is recorded as seen.
func (s *Service) proved(ctx context.Context, tx *db.Tx, who access.Actor, g Gap) error {
	proofs, err := s.ProofsIn(ctx, tx, []Gap{g})
	if err != nil || proofs[g.ID].Complete() {
		return err
	}
	if !who.Covers(Inspect, g.Unit) {
		return fault.New(fault.Conflict, "inventory.gap.not_seen", "have", len(proofs[g.ID].Seen), "want", proofs[g.ID].Want)
	}
	items, err := itemsOf(ctx, tx, []Gap{g})
	if err != nil {
		return err
	}
	ids := items[g.ID]
	if len(ids) == 0 && g.Asset != "" {
		ids = []ident.ID{g.Asset}
	}
	return s.sawIn(ctx, tx, who, g.Unit, ids)
}

// sawIn records that the actor saw assets of a unit. Nobody is judged yet.
func (s *Service) sawIn(ctx context.Context, tx *db.Tx, who access.Actor, unit string, ids []ident.ID) error {
	now := s.clock.Now()
	var facts []Fact
	for _, id := range ids {
		facts = append(facts, Fact{ID: ident.New(now), Asset: id, Unit: unit, Name: readiness.Present, Value: "yes", Source: readiness.Seen, ObservedAt: now,
			ConfirmedAt: now, Observer: who.ID, ObserverName: who.Name, RecordedAt: now, Current: true})
	}
	return record(ctx, tx, facts)
}

// SawIn records that somebody who may inspect saw assets of a unit, and judges it: gaps
// that this proves are closed.
func (s *Service) SawIn(ctx context.Context, tx *db.Tx, who access.Actor, unit string, ids []ident.ID) error {
	if err := who.NeedAt(Inspect, unit); err != nil {
		return err
	}
	if err := s.sawIn(ctx, tx, who, unit, ids); err != nil {
		return err
	}
	return s.judge(ctx, tx, unit)
}

// seer closes gaps when their things are seen; histories call the product by no name.
var seer = func() access.Actor {
	a := access.System("inventory")
	a.Name = ""
	return a
}()

// closeSeen closes the delivered gaps of units of which everything was seen. It asks one
// query where nothing was delivered.
func (s *Service) closeSeen(ctx context.Context, tx *db.Tx, units []string) error {
	var gaps []Gap
	err := tx.NewSelect().Model(&gaps).Where("g.unit IN (?)", bun.List(units)).Where("g.state = 'delivered'").Order("g.id").Apply(db.ForUpdate(tx)).Scan(ctx)
	if err != nil || len(gaps) == 0 {
		return db.Sorted(err)
	}
	proofs, err := s.ProofsIn(ctx, tx, gaps)
	if err != nil {
		return err
	}
	done := map[string]bool{} // closing the first judges its unit, which closes the others
	for _, g := range gaps {
		if !proofs[g.ID].Complete() || done[g.Unit] {
			continue
		}
		done[g.Unit] = true
		if _, err := s.changeGapIn(ctx, tx, seer, g, s.closing(len(proofs[g.ID].Seen)), ""); err != nil {
			return err
		}
	}
	return nil
}

// closing ends a gap because its things were seen.
func (s *Service) closing(n int) gapStep {
	return func(ctx context.Context, tx *db.Tx, g *Gap, now time.Time) (i18n.Line, error) {
		_, err := s.stepOf(seer, Closed, "")(ctx, tx, g, now)
		return i18n.L("inventory.note.gap_seen", "code", g.Code, "n", n), err
	}
}

// FillIn says which assets were delivered for a gap, and that everything was, or takes
// that back.
func (s *Service) FillIn(ctx context.Context, tx *db.Tx, who access.Actor, gap ident.ID, assets []ident.ID, complete bool) error {
	var rows []GapItem
	for _, a := range assets {
		rows = append(rows, GapItem{Gap: gap, Asset: a})
	}
	if len(rows) > 0 {
		if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	if !complete {
		return nil
	}
	_, err := s.MoveGapIn(ctx, tx, who, gap, Delivered, "")
	return err
}

// SplitIn keeps part of a gap and reports the rest as a gap of its own: what was
// approved goes its way, what was not stays open.
func (s *Service) SplitIn(ctx context.Context, tx *db.Tx, who access.Actor, id ident.ID, keep int64) (Gap, error) {
	g, err := gapByID(ctx, tx, who, Handle, id, db.ForUpdate(tx))
	if err != nil {
		return g, err
	}
	if keep < 1 || keep >= g.Quantity {
		return g, fault.New(fault.Conflict, "inventory.gap.bad_split")
	}
	rest := Gap{ID: ident.New(s.clock.Now()), Unit: g.Unit, Kind: g.Kind, What: g.What, Quantity: g.Quantity - keep, Note: g.Note, State: GapOpen, Open: true,
		ReportedBy: g.ReportedBy, ReporterName: g.ReporterName, ReportedAt: s.clock.Now(), MovedAt: s.clock.Now(), Cause: g.Cause, Remedy: g.Remedy,
		Requirement: g.Requirement, Version: 1}
	_, err = s.changeGapIn(ctx, tx, who, g, func(_ context.Context, _ *db.Tx, g *Gap, _ time.Time) (i18n.Line, error) {
		line := i18n.L("inventory.note.gap_split", "code", g.Code, "keep", keep, "rest", rest.Quantity)
		g.Quantity = keep
		return line, nil
	}, "")
	if err != nil {
		return rest, err
	}
	return rest, s.saveReport(ctx, tx, who, &rest, nil)
}
