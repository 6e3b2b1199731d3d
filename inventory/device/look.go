package device

import (
	"context"
	"slices"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/inventory"
	"lotrinh/inventory/identity"
)

// Filter keeps a list of devices to a commune, and to those in a state.
type Filter struct {
	Unit  string
	State State
}

// Devices is a page of the devices that reported from units within reach, newest first.
func (s *Service) Devices(ctx context.Context, who access.Actor, f Filter, r page.Request) (page.Page[Device], error) {
	if err := who.Need(inventory.Look); err != nil {
		return page.Page[Device]{}, err
	}
	var rows []Device
	q := s.DB.Read().NewSelect().Model(&rows).Apply(who.Within(inventory.Look, "d.unit"), r.On("d.id"))
	if f.Unit != "" {
		q = q.Where("d.unit = ?", f.Unit)
	}
	if f.State != "" {
		q = q.Where("d.state = ?", f.State)
	}
	if f.State != "" && f.State != Linked {
		q = q.Where("d.state <> 'linked'") // so that the index of what is open is taken
	}
	err := q.Scan(ctx, &rows)
	return page.Cut(r, rows, func(d Device) []string { return []string{string(d.ID)} }), db.Sorted(err)
}

// View is a device with all that is kept of it.
type View struct {
	Device
	Marks    []identity.Mark
	Sections []Section
	Things   []Attached
	Changes  []Change
	Asset    *inventory.Asset // the one that it is, when the reader may see it
	Doubt    ident.ID         // the open or settled doubt, if there was one
}

// mostChanges is how many lines of a device's history are shown: the newest.
const mostChanges = 50

// Device is one device: for those who see the commune that it reports from, and for
// those who see the asset that it is.
func (s *Service) Device(ctx context.Context, who access.Actor, id ident.ID) (View, error) {
	if err := who.Need(inventory.Look); err != nil {
		return View{}, err
	}
	q := s.DB.Read()
	d, err := byID(ctx, q, id)
	if err != nil {
		return View{}, err
	}
	v := View{Device: d}
	if d.Asset != "" {
		a, err := s.Stock.AssetIn(ctx, q, who, inventory.Look, d.Asset)
		if err == nil {
			v.Asset = &a
		} else if !fault.Is(err, fault.Missing) {
			return View{}, err
		}
	}
	if v.Asset == nil && !who.Covers(inventory.Look, d.Unit) {
		return View{}, fault.New(fault.Missing, "fault.missing")
	}
	marks, err := marksOf(ctx, q, []Device{d})
	if err != nil {
		return View{}, err
	}
	v.Marks = marks[d.ID]
	slices.SortStableFunc(v.Marks, func(a, b identity.Mark) int {
		return slices.Index(identity.Kinds, a.Kind) - slices.Index(identity.Kinds, b.Kind)
	})
	if err := q.NewSelect().Model(&v.Sections).Where("ds.device = ?", id).Scan(ctx); err != nil {
		return View{}, db.Sorted(err)
	}
	slices.SortFunc(v.Sections, func(a, b Section) int { return slices.Index(Sections, a.Name) - slices.Index(Sections, b.Name) })
	if err := q.NewSelect().Model(&v.Things).Where("dt.device = ?", id).Order("dt.kind", "dt.thing").Scan(ctx); err != nil {
		return View{}, db.Sorted(err)
	}
	if err := q.NewSelect().Model(&v.Changes).Where("dc.device = ?", id).OrderExpr("dc.id DESC").Limit(mostChanges).Scan(ctx); err != nil {
		return View{}, db.Sorted(err)
	}
	var doubts []ident.ID
	err = q.NewSelect().Model((*Doubt)(nil)).Column("id").Where("dd.device = ?", id).Scan(ctx, &doubts)
	if len(doubts) > 0 {
		v.Doubt = doubts[0]
	}
	return v, db.Sorted(err)
}

// SectionOf is one section of a device with its entries.
func (s *Service) SectionOf(ctx context.Context, who access.Actor, id ident.ID, name string) (Device, Section, []Entry, error) {
	v, err := s.Device(ctx, who, id)
	if err != nil {
		return v.Device, Section{}, nil, err
	}
	i := slices.IndexFunc(v.Sections, func(x Section) bool { return x.Name == name })
	if i < 0 {
		return v.Device, Section{}, nil, fault.New(fault.Missing, "fault.missing")
	}
	bodies, err := s.bodies(ctx, s.DB.Read(), []string{v.Sections[i].Hash})
	return v.Device, v.Sections[i], entries(bodies[v.Sections[i].Hash]), err
}

// OfAsset are the devices of an asset, newest first, at most a few.
func (s *Service) OfAsset(ctx context.Context, asset ident.ID) ([]Device, error) {
	var rows []Device
	err := s.DB.Read().NewSelect().Model(&rows).Where("d.asset = ?", asset).Where("d.asset <> ''").OrderExpr("d.id DESC").Limit(5).Scan(ctx)
	return rows, db.Sorted(err)
}

// PlacesOf are the open sightings of an asset.
func (s *Service) PlacesOf(ctx context.Context, asset ident.ID) ([]Elsewhere, error) {
	var rows []Elsewhere
	err := s.DB.Read().NewSelect().Model(&rows).Where("de.asset = ?", asset).Where("de.state = 'open'").OrderExpr("de.id DESC").Scan(ctx)
	return rows, db.Sorted(err)
}

// Standing is what of a commune waits for a person.
type Standing struct {
	Devices, Doubts, Away, Differences int64
}

// Standing tells what waits in a commune, each number no more than most.
func (s *Service) Standing(ctx context.Context, unit string) (Standing, error) {
	var out Standing
	err := s.DB.Read().NewRaw(`SELECT
		(SELECT COUNT(*) FROM (SELECT 1 FROM device WHERE unit = ? LIMIT 1000) AS one) AS devices,
		(SELECT COUNT(*) FROM (SELECT 1 FROM device_doubt WHERE unit = ? AND state = 'open' LIMIT 1000) AS one) AS doubts,
		(SELECT COUNT(*) FROM (SELECT 1 FROM device_elsewhere WHERE unit = ? AND state = 'open' LIMIT 1000) AS one)
		+ (SELECT COUNT(*) FROM (SELECT 1 FROM device_elsewhere WHERE seen_unit = ? AND state = 'open' LIMIT 1000) AS one) AS away,
		(SELECT COUNT(*) FROM (SELECT 1 FROM fact_difference WHERE unit = ? AND state = 'open' LIMIT 1000) AS one) AS differences`,
		unit, unit, unit, unit, unit).Scan(ctx, &out.Devices, &out.Doubts, &out.Away, &out.Differences)
	return out, db.Sorted(err)
}
