package device

import (
	"context"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/trail"
	"lotrinh/inventory"
	"lotrinh/inventory/readiness"
)

// The states of a difference. One that a person settled by taking the measured value is
// no difference any more.
const (
	Differs = "open"
	Kept    = "kept"
)

// FactSerial is the difference of which the declared value is the asset's own serial
// number: who takes the measured one corrects the asset.
const FactSerial = factSerial

// loose is by which share a figure may differ from what was declared before it is
// another: a clock is declared in round figures.
var loose = map[string]float64{factMHz: 0.05}

// passing are facts that are other every day: what was declared of them is no promise.
var passing = []string{factFree, readiness.Present}

// agrees tells whether a measured value is what was declared. Of memory a
// system can use less than what is built in, down to 85 percent.
func agrees(name, declared, measured string) bool {
	a, err := strconv.ParseFloat(declared, 64)
	b, err2 := strconv.ParseFloat(measured, 64)
	if err != nil || err2 != nil {
		return declared == measured
	}
	if name == factUsable {
		return b <= a && b >= 0.85*a
	}
	return math.Abs(a-b) <= loose[name]*math.Max(a, b)
}

// compare writes the differences of units anew, in the transaction of what changed
// them. A person's decision to keep what was declared holds until either value changes.
func (s *Service) compare(ctx context.Context, tx *db.Tx, units []string) error {
	if len(units) == 0 {
		return nil
	}
	fresh, err := s.differences(ctx, tx, units)
	if err != nil {
		return err
	}
	var have []Difference
	if err := tx.NewSelect().Model(&have).Where("fd.unit IN (?)", bun.List(units)).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	var save []Difference
	for _, f := range fresh {
		i := slices.IndexFunc(have, func(h Difference) bool { return h.Asset == f.Asset && h.Name == f.Name })
		switch {
		case i >= 0 && have[i].same(f):
			continue
		case i >= 0 && have[i].Declared == f.Declared && have[i].Measured == f.Measured:
			f.State, f.DecidedBy, f.DecidedName, f.DecidedAt, f.Said = have[i].State, have[i].DecidedBy, have[i].DecidedName, have[i].DecidedAt, have[i].Said
		}
		save = append(save, f)
	}
	for _, h := range have {
		if !slices.ContainsFunc(fresh, func(f Difference) bool { return h.Asset == f.Asset && h.Name == f.Name }) {
			if _, err := tx.NewRaw("DELETE FROM fact_difference WHERE asset = ? AND name = ?", h.Asset, h.Name).Exec(ctx); err != nil {
				return db.Sorted(err)
			}
		}
	}
	for some := range slices.Chunk(save, 200) {
		q := tx.NewInsert().Model(&some).On("CONFLICT (asset, name) DO UPDATE")
		for _, c := range []string{"unit", "declared", "declared_at", "declared_by", "measured", "measured_at", "measured_by", "ref", "state", "decided_by", "decided_name", "decided_at", "said"} {
			q = q.Set(c + " = EXCLUDED." + c)
		}
		if _, err := q.Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}

// same tells that nothing of a difference is other, but for the day it was last measured.
func (d Difference) same(f Difference) bool {
	return d.Unit == f.Unit && d.Declared == f.Declared && d.Measured == f.Measured && d.MeasuredBy == f.MeasuredBy && d.DeclaredAt.Equal(f.DeclaredAt) && sameDay(d.MeasuredAt, f.MeasuredAt)
}

func sameDay(a, b time.Time) bool {
	return a.Truncate(24 * time.Hour).Equal(b.Truncate(24 * time.Hour))
}

// differences reads what is declared one way and measured another: two queries.
func (s *Service) differences(ctx context.Context, q bun.IDB, units []string) ([]Difference, error) {
	var rows []Difference
	err := q.NewRaw(`SELECT af.asset, af.name, af.unit, af.value AS declared, af.confirmed_at AS declared_at, af.observer_name AS declared_by,
		m.value AS measured, m.confirmed_at AS measured_at, m.observer_name AS measured_by, m.ref, COALESCE(i.value, '') AS installed
		FROM asset_fact AS af JOIN asset_fact AS m ON m.unit = af.unit AND m.asset = af.asset AND m.name = af.name AND m.current AND m.source = 'measured'
		LEFT JOIN asset_fact AS i ON af.name = 'ram_mb' AND i.unit = af.unit AND i.asset = af.asset AND i.name = 'ram_installed_mb' AND i.current AND i.source = 'measured'
		WHERE af.unit IN (?) AND af.current AND af.source IN ('declared', 'photo') AND af.value <> m.value
		ORDER BY af.asset, af.name, af.confirmed_at DESC, af.id DESC`, bun.List(units)).Scan(ctx, &rows)
	if err != nil {
		return nil, db.Sorted(err)
	}
	var serials []Difference
	err = q.NewRaw(`SELECT a.id AS asset, m.name, a.unit, a.serial AS declared, a.changed_at AS declared_at, '' AS declared_by,
		m.value AS measured, m.confirmed_at AS measured_at, m.observer_name AS measured_by, m.ref
		FROM asset_fact AS m JOIN asset AS a ON a.id = m.asset
		WHERE m.unit IN (?) AND m.current AND m.source = 'measured' AND m.name = 'serial' AND a.serial <> '' AND a.serial <> m.value`, bun.List(units)).Scan(ctx, &serials)
	if err != nil {
		return nil, db.Sorted(err)
	}
	var out []Difference
	for _, r := range rows {
		if r.Installed == "" || !agrees(factInstalled, r.Declared, r.Installed) {
			serials = append(serials, r)
		}
	}
	for _, r := range serials {
		if slices.Contains(passing, r.Name) || agrees(r.Name, r.Declared, r.Measured) {
			continue
		}
		if slices.ContainsFunc(out, func(o Difference) bool { return o.Asset == r.Asset && o.Name == r.Name }) {
			continue // of several people the one who spoke last counts
		}
		r.State = Differs
		out = append(out, r)
	}
	return out, nil
}

// DifferenceView is a difference with its asset.
type DifferenceView struct {
	Difference
	Code, Title string
}

// Differences is a page of what differs and nobody has settled, within reach, by unit;
// unit keeps it to one commune.
func (s *Service) Differences(ctx context.Context, who access.Actor, unit string, r page.Request) (page.Page[DifferenceView], error) {
	if err := who.Need(inventory.Look); err != nil {
		return page.Page[DifferenceView]{}, err
	}
	q := s.DB.Read().NewSelect().Model((*Difference)(nil)).ColumnExpr("fd.*, a.code, a.name AS title").Join("JOIN asset AS a ON a.id = fd.asset").
		Where("fd.state = 'open'").Apply(who.Within(inventory.Look, "fd.unit"), r.Up("fd.unit", "fd.asset", "fd.name"))
	if unit != "" {
		q = q.Where("fd.unit = ?", unit)
	}
	var rows []DifferenceView
	err := q.Scan(ctx, &rows)
	return page.Cut(r, rows, func(d DifferenceView) []string { return []string{d.Unit, string(d.Asset), d.Name} }), db.Sorted(err)
}

// DifferencesOf are the differences of one asset, settled ones included.
func (s *Service) DifferencesOf(ctx context.Context, asset ident.ID) ([]Difference, error) {
	var rows []Difference
	err := s.DB.Read().NewSelect().Model(&rows).Where("fd.asset = ?", asset).Order("fd.name").Scan(ctx)
	return rows, db.Sorted(err)
}

// Answer settles a difference. With use the measured value becomes what the actor
// declares; otherwise the declared one is kept, and said tells why.
func (s *Service) Answer(ctx context.Context, who access.Actor, asset ident.ID, name string, use bool, measured, said string) error {
	if err := who.Need(inventory.Edit); err != nil {
		return err
	}
	var k fault.Check
	k.Need(use || said != "", "said", "device.form.reason")
	k.Need(len([]rune(said)) <= longestReason, "said", "inventory.form.long", "limit", longestReason)
	k.Need(!use || name != FactSerial, "use", "device.difference.serial")
	if err := k.Err(); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var d Difference
		err := tx.NewSelect().Model(&d).Where("fd.asset = ?", asset).Where("fd.name = ?", name).Apply(who.Within(inventory.Edit, "fd.unit"), db.ForUpdate(tx)).Scan(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if d.Measured != measured {
			return fault.New(fault.Conflict, "device.difference.moved")
		}
		now := s.Business.Now()
		err = trail.Write(ctx, tx, now, who, "inventory.device.answered", string(asset), map[string][2]any{"fact": {nil, name}, "value": {d.Declared, d.answer(use)}}, trail.At(d.Unit))
		if err != nil {
			return err
		}
		line := i18n.L("device.note.kept", "fact", i18n.Key("inventory.fact."+name), "declared", d.Declared, "measured", d.Measured)
		if use {
			line = i18n.L("device.note.used", "fact", i18n.Key("inventory.fact."+name), "declared", d.Declared, "measured", d.Measured)
		}
		if err := s.Stock.NoteIn(ctx, tx, d.Unit, string(asset), who, line, said); err != nil {
			return err
		}
		if use {
			return s.Stock.RecordIn(ctx, tx, []inventory.Fact{{ID: ident.New(now), Asset: asset, Unit: d.Unit, Name: name, Value: d.Measured, Source: readiness.Declared,
				ObservedAt: now, Observer: who.ID, ObserverName: who.Name, RecordedAt: now, Current: true, Ref: d.Ref}})
		}
		d.State, d.DecidedBy, d.DecidedName, d.DecidedAt, d.Said = Kept, who.ID, who.Name, now, said
		return db.Changed(tx.NewUpdate().Model(&d).Column("state", "decided_by", "decided_name", "decided_at", "said").WherePK().Exec(ctx))
	})
}

func (d Difference) answer(use bool) string {
	if use {
		return d.Measured
	}
	return d.Declared
}
