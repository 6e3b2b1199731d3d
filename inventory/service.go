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
	"lotrinh/internal/kit/job"
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
	jobs      *job.Jobs
	// Phases tells the phases of units, for profiles that belong to one; nil knows none.
	Phases Phases
	// Address is where people find the house, https://…; labels lead there.
	Address string

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
		before, err := assetByID(ctx, tx, who, Edit, id, db.ForUpdate(tx))
		if err != nil {
			return err
		}
		f.Unit, f.Kind = before.Unit, string(before.Kind)
		if err := f.check(known); err != nil {
			return err
		}
		a, before.Version = before, version
		if err := a.move(State(f.State)); err != nil {
			return err
		}
		if err := reasoned(before.State, a.State, f.Said); err != nil {
			return err
		}
		f.put(&a)
		one := change{before: before, after: a, facts: s.factsOf(who, a, f, s.clock.Now()), said: f.Said}
		a.Version = version + 1
		return s.saveAssets(ctx, tx, who, []change{one})
	})
	if fault.HasKey(err, "fault.duplicate") {
		return Asset{}, taken()
	}
	return a, err
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
	Who           string    `bun:"who"` // a person's name; of the product's own acts nothing, or what acted
	LineJSON      string    `bun:"line"`
	Said          string    `bun:"said"`
}
