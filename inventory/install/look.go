package install

import (
	"context"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/inventory"
)

// Line is an install with its PC.
type Line struct {
	Install
	Code, Name, Serial, Place, Unit string
	AssetState                      inventory.State
}

// lines begins a query of installs with the PCs that they stand on, within reach.
func lines(q bun.IDB, who access.Actor, need access.Perm) *bun.SelectQuery {
	return q.NewSelect().TableExpr("install AS ins").ColumnExpr("ins.*").ColumnExpr("a.code, a.name, a.serial, a.place, a.unit, a.state AS asset_state").
		Join("JOIN asset AS a ON a.id = ins.asset").Apply(who.Within(need, "a.unit"))
}

// OfUnit are the installs on the PCs of a commune, by PC and software.
func (s *Service) OfUnit(ctx context.Context, who access.Actor, unit string) ([]Line, error) {
	if err := who.NeedAt(inventory.Look, unit); err != nil {
		return nil, err
	}
	var rows []Line
	err := lines(s.DB.Read(), who, inventory.Look).Where("a.unit = ?", unit).Where("a.state <> ?", inventory.Retired).Order("a.code", "ins.software").Limit(1000).Scan(ctx, &rows)
	return rows, db.Sorted(err)
}

// OfAsset are the installs on one PC with their events, newest first.
func (s *Service) OfAsset(ctx context.Context, who access.Actor, asset ident.ID) ([]Line, []Event, error) {
	if err := who.Need(inventory.Look); err != nil {
		return nil, nil, err
	}
	var rows []Line
	if err := lines(s.DB.Read(), who, inventory.Look).Where("a.id = ?", asset).Order("ins.id").Limit(100).Scan(ctx, &rows); err != nil || len(rows) == 0 {
		return nil, nil, db.Sorted(err)
	}
	ids := make([]ident.ID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	var events []Event
	err := s.DB.Read().NewSelect().Model(&events).Where("ie.install IN (?)", bun.List(ids)).OrderExpr("ie.at DESC, ie.id DESC").Limit(100).Scan(ctx)
	return rows, events, db.Sorted(err)
}

// One is one install, where the actor may record.
func (s *Service) One(ctx context.Context, who access.Actor, id ident.ID) (Line, error) {
	var row Line
	if err := who.Need(Record); err != nil {
		return row, err
	}
	return row, db.Sorted(lines(s.DB.Read(), who, Record).Where("ins.id = ?", id).Scan(ctx, &row))
}

// PCs are the PCs of a commune, for choosing one.
func (s *Service) PCs(ctx context.Context, who access.Actor, unit string) ([]inventory.Asset, error) {
	if err := who.NeedAt(Record, unit); err != nil {
		return nil, err
	}
	var rows []inventory.Asset
	err := s.DB.Read().NewSelect().Model(&rows).Where("a.unit = ?", unit).Where("a.kind = ?", inventory.PC).Where("a.state <> ?", inventory.Retired).Order("a.code").Limit(500).Scan(ctx)
	return rows, db.Sorted(err)
}

// Tally is how far a software is on the PCs of a commune.
type Tally struct {
	PCs, Planned, Installed, Works, Fails int64
}

// Left is how many PCs the software does not work on yet.
func (t Tally) Left() int64 { return t.PCs - t.Works }

// Add sums two tallies, for a district.
func (t Tally) Add(o Tally) Tally {
	return Tally{t.PCs + o.PCs, t.Planned + o.Planned, t.Installed + o.Installed, t.Works + o.Works, t.Fails + o.Fails}
}

// Progress is the tally of a software in every commune within reach that has a PC: two
// queries, however many there are.
func (s *Service) Progress(ctx context.Context, who access.Actor, software ident.ID) (map[string]Tally, error) {
	if err := who.Need(inventory.Look); err != nil {
		return nil, err
	}
	var pcs []struct {
		Unit string
		N    int64
	}
	err := s.DB.Read().NewSelect().TableExpr("asset AS a").ColumnExpr("a.unit, count(*) AS n").Where("a.kind = ?", inventory.PC).Where("a.state <> ?", inventory.Retired).
		Apply(who.Within(inventory.Look, "a.unit")).GroupExpr("a.unit").Scan(ctx, &pcs)
	if err != nil {
		return nil, db.Sorted(err)
	}
	out := make(map[string]Tally, len(pcs))
	for _, p := range pcs {
		out[p.Unit] = Tally{PCs: p.N}
	}
	var rows []struct {
		Unit  string
		State State
		N     int64
	}
	err = s.DB.Read().NewSelect().TableExpr("install AS ins").ColumnExpr("a.unit, ins.state, count(*) AS n").Join("JOIN asset AS a ON a.id = ins.asset").Where("ins.software = ?", software).
		Where("a.state <> ?", inventory.Retired).Apply(who.Within(inventory.Look, "a.unit")).GroupExpr("a.unit, ins.state").Scan(ctx, &rows)
	for _, r := range rows {
		t := out[r.Unit]
		t.count(r.State, r.N)
		out[r.Unit] = t
	}
	return out, db.Sorted(err)
}
