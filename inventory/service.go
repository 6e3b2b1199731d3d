package inventory

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
	"lotrinh/inventory/readiness"
)

// Units finds the units in force at a moment; org.Units is one.
type Units interface {
	Tree(ctx context.Context, at time.Time) (*org.Tree, error)
}

// Service is what can be done with equipment, readiness and gaps. Its clock is the
// business's.
type Service struct {
	db        *db.DB
	clock     clock.Clock
	units     Units
	files     *files.Store
	calendars deadline.Calendars
	catalog   *i18n.Catalog
	imports   *importer.Importer
	// PhaseOf tells the phase of a unit, for profiles that belong to one; nil knows none.
	PhaseOf func(unit string) string

	assetPanels []AssetPanel
	unitPanels  []UnitPanel
	gapPanels   []GapPanel
	tabs        []Tab
	followers   []Judged
}

// New is the service over a store, and registers its imports.
func New(d *db.DB, business clock.Clock, units Units, f *files.Store, cals deadline.Calendars, catalog *i18n.Catalog, imports *importer.Importer) *Service {
	s := &Service{db: d, clock: business, units: units, files: f, calendars: cals, catalog: catalog, imports: imports}
	imports.Register(s.assetImport())
	return s
}

// known tells which codes are units where equipment may stand.
// Known tells which codes are units where equipment may stand, and the units in force.
func (s *Service) Known(ctx context.Context) (func(string) bool, *org.Tree, error) {
	tree, err := s.units.Tree(ctx, s.clock.Now())
	if err != nil {
		return nil, nil, err
	}
	return func(code string) bool {
		u, ok := tree.Unit(code)
		return ok && u.Level == org.Commune
	}, tree, nil
}

// AddAsset records a new piece of equipment with what is declared about it.
func (s *Service) AddAsset(ctx context.Context, who access.Actor, f AssetForm) (Asset, error) {
	if err := who.Need(Edit); err != nil {
		return Asset{}, err
	}
	known, _, err := s.Known(ctx)
	if err != nil {
		return Asset{}, err
	}
	if err := f.check(known); err != nil {
		return Asset{}, err
	}
	if err := who.NeedAt(Edit, f.Unit); err != nil {
		return Asset{}, err
	}
	var a Asset
	err = s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		made, err := s.addAssets(ctx, tx, who, []AssetForm{f})
		if err == nil {
			a = made[0]
		}
		return err
	})
	if fault.HasKey(err, "fault.duplicate") {
		return Asset{}, taken()
	}
	return a, err
}

func missingUnit() error {
	var k fault.Check
	k.Need(false, "unit", "inventory.form.unit_needed")
	return k.Err()
}

func taken() error {
	var k fault.Check
	k.Need(false, "serial", "inventory.form.serial_taken")
	return k.Err()
}

// addAssets inserts checked assets, their facts, their notes, and judges their units.
func (s *Service) addAssets(ctx context.Context, tx *db.Tx, who access.Actor, forms []AssetForm) ([]Asset, error) {
	now := s.clock.Now()
	codes, err := nextCodes(ctx, tx, "TB", now, len(forms))
	if err != nil {
		return nil, err
	}
	made := make([]Asset, len(forms))
	var known []Fact
	var units []string
	for i, f := range forms {
		made[i] = Asset{ID: ident.New(now), Code: codes[i], Unit: f.Unit, Kind: Kind(f.Kind), Name: f.Name, Serial: f.Serial,
			Place: f.Place, State: State(f.State), MadeBy: who.ID, MadeAt: now, ChangedAt: now, Version: 1}
		made[i].refold()
		known = append(known, s.factsOf(who, made[i], f, now)...)
		units = append(units, f.Unit)
	}
	if err := insertAll(ctx, tx, made); err != nil {
		return nil, err
	}
	if err := insertAll(ctx, tx, known); err != nil {
		return nil, err
	}
	for _, a := range made {
		if err := trail.Write(ctx, tx, now, who, "inventory.asset.added", string(a.ID), map[string][2]any{"code": {nil, a.Code}, "kind": {nil, a.Kind}}, trail.At(a.Unit)); err != nil {
			return nil, err
		}
		if err := note(ctx, tx, now, a.Unit, string(a.ID), who, i18n.L("inventory.note.added", "code", a.Code, "kind", kindKey(a.Kind), "name", a.Name), ""); err != nil {
			return nil, err
		}
	}
	return made, s.judge(ctx, tx, units...)
}

// factsOf are the facts that a form declares: its values, and that the asset is there.
func (s *Service) factsOf(who access.Actor, a Asset, f AssetForm, now time.Time) []Fact {
	source := readiness.Declared
	switch {
	case f.Seen:
		source = readiness.Seen
	case f.Measured:
		source = readiness.Measured
	}
	fact := func(name, value string) Fact {
		return Fact{ID: ident.New(now), Asset: a.ID, Unit: a.Unit, Name: name, Value: value, Source: source, ObservedAt: now,
			ConfirmedAt: now, Observer: who.ID, ObserverName: who.Name, RecordedAt: now, Current: true}
	}
	var out []Fact
	for _, n := range FactNames(a.Kind) {
		if v := f.Facts[n]; v != "" {
			out = append(out, fact(n, v))
		}
	}
	if a.State == InUse || a.State == Spare {
		out = append(out, fact(readiness.Present, "yes"))
	}
	return out
}

// ChangeAsset saves what a person typed about an asset. Values that differ from what
// was declared become new facts beside the old ones; the others are declared anew,
// so that their age is right.
func (s *Service) ChangeAsset(ctx context.Context, who access.Actor, id ident.ID, version int64, f AssetForm) (Asset, error) {
	if f.Seen {
		if err := who.Need(Inspect); err != nil {
			return Asset{}, err
		}
	}
	known, _, err := s.Known(ctx)
	if err != nil {
		return Asset{}, err
	}
	var a Asset
	err = s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if a, err = assetByID(ctx, tx, who, Edit, id, db.ForUpdate(tx)); err != nil {
			return err
		}
		f.Unit, f.Kind = a.Unit, string(a.Kind)
		if err := f.check(known); err != nil {
			return err
		}
		before := a
		if err := a.move(State(f.State)); err != nil {
			return err
		}
		a.Name, a.Serial, a.Place = f.Name, f.Serial, f.Place
		_, err = s.saveAsset(ctx, tx, who, before, &a, version, f)
		return err
	})
	if fault.HasKey(err, "fault.duplicate") {
		return Asset{}, taken()
	}
	return a, err
}

// saveAsset saves a changed asset and tells which facts it recorded.
func (s *Service) saveAsset(ctx context.Context, tx *db.Tx, who access.Actor, before Asset, a *Asset, version int64, f AssetForm) ([]ident.ID, error) {
	now := s.clock.Now()
	a.refold()
	a.ChangedAt, a.Version = now, version+1
	err := db.Changed(tx.NewUpdate().Model(a).Column("name", "serial", "place", "state", "fold", "changed_at", "version").
		Where("id = ?", a.ID).Where("version = ?", version).Exec(ctx))
	if err != nil {
		return nil, err
	}
	news := s.factsOf(who, *a, f, now)
	if err := record(ctx, tx, news); err != nil {
		return nil, err
	}
	line := i18n.L("inventory.note.changed", "code", a.Code)
	if before.State != a.State {
		line = i18n.L("inventory.note.moved", "code", a.Code, "from", stateKey(before.State), "to", stateKey(a.State))
	}
	if err := note(ctx, tx, now, a.Unit, string(a.ID), who, line, ""); err != nil {
		return nil, err
	}
	err = trail.Write(ctx, tx, now, who, "inventory.asset.changed", string(a.ID), map[string][2]any{
		"name": {before.Name, a.Name}, "serial": {before.Serial, a.Serial}, "place": {before.Place, a.Place}, "state": {before.State, a.State}}, trail.At(a.Unit))
	if err != nil {
		return nil, err
	}
	ids := make([]ident.ID, len(news))
	for i, n := range news {
		ids[i] = n.ID
	}
	return ids, s.judge(ctx, tx, a.Unit)
}

// Observe records facts about an asset from a machine or an inspection, beside what
// was declared.
func (s *Service) Observe(ctx context.Context, who access.Actor, id ident.ID, source readiness.Source, at time.Time, values map[string]string) error {
	need := Edit
	if source == readiness.Seen {
		need = Inspect
	}
	now := s.clock.Now()
	if at.IsZero() || at.After(now) {
		at = now
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := assetByID(ctx, tx, who, need, id)
		if err != nil {
			return err
		}
		var out []Fact
		var k fault.Check
		for _, f := range facts {
			raw, ok := values[f.name]
			if !ok {
				continue
			}
			v, err := ReadFact(f.name, raw)
			if err != nil {
				e := fault.Of(err)
				k.Need(false, "facts."+f.name, e.Key, e.Args...)
			}
			out = append(out, Fact{ID: ident.New(now), Asset: a.ID, Unit: a.Unit, Name: f.name, Value: v, Source: source, ObservedAt: at,
				Observer: who.ID, ObserverName: who.Name, RecordedAt: now, Current: true})
		}
		k.Need(len(out) == len(values) && len(out) > 0, "facts", "inventory.fact.unknown")
		if err := k.Err(); err != nil {
			return err
		}
		if err := record(ctx, tx, out); err != nil {
			return err
		}
		err = note(ctx, tx, now, a.Unit, string(a.ID), who, i18n.L("inventory.note.observed", "code", a.Code, "source", i18n.Key("readiness.source."+string(source))), "")
		if err != nil {
			return err
		}
		if err := trail.Write(ctx, tx, now, who, "inventory.asset.observed", string(a.ID), map[string][2]any{"facts": {nil, len(out)}, "source": {nil, source}}, trail.At(a.Unit)); err != nil {
			return err
		}
		return s.judge(ctx, tx, a.Unit)
	})
}

// nextCodes draws numbers that people say, TB-2016-000042; gaps are allowed.
func nextCodes(ctx context.Context, tx *db.Tx, prefix string, now time.Time, n int) ([]string, error) {
	series := prefix + "-" + now.In(clock.City).Format("2006")
	var last int64
	err := tx.NewRaw("INSERT INTO inventory_counter (name, last) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET last = inventory_counter.last + EXCLUDED.last RETURNING last",
		series, n).Scan(ctx, &last)
	if err != nil {
		return nil, db.Sorted(err)
	}
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%s-%06d", series, last-int64(n)+int64(i)+1)
	}
	return out, nil
}

// Note is one line of a unit's history.
type Note struct {
	bun.BaseModel `bun:"table:inventory_note,alias:nt"`
	ID            ident.ID  `bun:"id,pk"`
	Unit          string    `bun:"unit"`
	Subject       string    `bun:"subject"`
	At            time.Time `bun:"at"`
	Who           string    `bun:"who"`
	LineJSON      string    `bun:"line"`
	Said          string    `bun:"said"`
}
