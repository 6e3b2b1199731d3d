package install

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
	"lotrinh/inventory"
)

// Units finds the units in force at a moment; org.Units is one.
type Units interface {
	Tree(ctx context.Context, at time.Time) (*org.Tree, error)
}

// Phase is a wave of the rollout with its communes.
type Phase struct {
	Code, Name string
	Units      []string
}

// Phases tells which waves there are; app fits the rollout in.
type Phases interface {
	Phases(ctx context.Context) ([]Phase, error)
}

// Program is a program as an agent named it; the zero Program is "not there".
type Program struct{ Name, Version string }

// Evidence tells what agents saw; app fits the room of the devices in. An asset whose
// agent never sent a list of programs is absent from the answer.
type Evidence interface {
	HasSoftware(ctx context.Context, q bun.IDB, assets []ident.ID, name string) (map[ident.ID]Program, error)
}

// Deps is what this room stands on. Evidence may be nil while no room knows of programs.
type Deps struct {
	DB       *db.DB
	Stock    *inventory.Service
	Units    Units
	Phases   Phases
	Evidence Evidence
}

// Service follows software onto PCs.
type Service struct {
	Deps
	cursor ident.ID // how far the sweep has looked
}

// New is the room over its neighbours.
func New(d Deps) *Service { return &Service{Deps: d} }

// Limits of what is typed.
const (
	longestName = 120
	longestText = 1000
)

func tidy(s string) string { return strings.Join(strings.Fields(fold.NFC(s)), " ") }

// shipped is the software that the house knows from the start, an editable default.
var shipped = Software{Name: "Phần mềm máy trạm ảo (VDI client)", Pattern: "Horizon Client; Citrix Receiver; Citrix Workspace", Active: true, Version: 1}

// Seed puts the shipped software into an empty catalogue.
func (s *Service) Seed(ctx context.Context) error {
	n, err := s.DB.Read().NewSelect().Model((*Software)(nil)).Count(ctx)
	if err != nil || n > 0 {
		return db.Sorted(err)
	}
	one := shipped
	one.ID = ident.New(s.Stock.Now())
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewInsert().Model(&one).On("CONFLICT (name, phase) DO NOTHING").Exec(ctx)
		return db.Sorted(err)
	})
}

// Catalogue is all software, the active first, by name.
func (s *Service) Catalogue(ctx context.Context, who access.Actor) ([]Software, error) {
	if err := who.Need(inventory.Look); err != nil {
		return nil, err
	}
	var rows []Software
	err := s.DB.Read().NewSelect().Model(&rows).OrderExpr("sw.active DESC, sw.name, sw.id").Limit(200).Scan(ctx)
	return rows, db.Sorted(err)
}

// SoftwareByID is one of the catalogue.
func (s *Service) SoftwareByID(ctx context.Context, who access.Actor, id ident.ID) (Software, error) {
	var one Software
	if err := who.Need(inventory.Look); err != nil {
		return one, err
	}
	return one, db.Sorted(s.DB.Read().NewSelect().Model(&one).Where("sw.id = ?", id).Scan(ctx))
}

// SaveSoftware adds software to the catalogue, or changes one that has an ID and the
// version that the actor saw.
func (s *Service) SaveSoftware(ctx context.Context, who access.Actor, f Software) (Software, error) {
	if err := who.Need(inventory.Publish); err != nil {
		return f, err
	}
	phases, err := s.Phases.Phases(ctx)
	if err != nil {
		return f, err
	}
	f.Name, f.Pattern, f.MinVersion, f.Reach = tidy(f.Name), tidy(f.Pattern), tidy(f.MinVersion), strings.TrimSpace(f.Reach)
	var k fault.Check
	k.Need(f.Name != "", "name", "install.form.name_needed")
	k.Need(f.Phase == "" || slices.ContainsFunc(phases, func(p Phase) bool { return p.Code == f.Phase }), "phase", "install.form.phase")
	for field, v := range map[string]string{"name": f.Name, "pattern": f.Pattern, "min_version": f.MinVersion, "reach": f.Reach} {
		k.Need(utf8.RuneCountInString(v) <= longestName*2, field, "install.form.long", "limit", longestName*2)
	}
	k.Need(f.Reach == "" || reachable(f.Reach), "reach", "install.form.reach")
	if err := k.Err(); err != nil {
		return f, err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := s.Stock.Now()
		if f.ID == "" {
			f.ID, f.Version = ident.New(now), 1
			if _, err := tx.NewInsert().Model(&f).Exec(ctx); err != nil {
				return db.Sorted(err)
			}
		} else {
			seen := f.Version
			f.Version++
			if err := db.Changed(tx.NewUpdate().Model(&f).WherePK().Where("version = ?", seen).Exec(ctx)); err != nil {
				return err
			}
		}
		return trail.Write(ctx, tx, now, who, "inventory.install.software_saved", string(f.ID), map[string][2]any{"name": {nil, f.Name}, "active": {nil, f.Active}})
	})
	if fault.HasKey(err, "fault.duplicate") {
		k.Need(false, "name", "install.form.name_taken")
		return f, k.Err()
	}
	return f, err
}

// PlanForm says where a software goes: a phase, a district, or one commune.
type PlanForm struct {
	Software              ident.ID
	Phase, District, Unit string
}

// Plan puts a software on the list of every PC there that lacks it, within the actor's
// reach, and tells how many that were. Doing it again plans new PCs only.
func (s *Service) Plan(ctx context.Context, who access.Actor, f PlanForm) (int, error) {
	if err := who.Need(Plan); err != nil {
		return 0, err
	}
	units, err := s.where(ctx, who, f)
	if err != nil {
		return 0, err
	}
	made := 0
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var one Software
		if err := tx.NewSelect().Model(&one).Where("sw.id = ?", f.Software).Where("sw.active").Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		var assets []ident.ID
		err := lacking(tx, one.ID).ColumnExpr("a.id").Where("a.unit IN (?)", bun.List(units)).Order("a.id").Scan(ctx, &assets)
		if err != nil {
			return db.Sorted(err)
		}
		now := s.Stock.Now()
		rows := make([]Install, len(assets))
		for i, a := range assets {
			rows[i] = Install{ID: ident.New(now), Software: one.ID, Asset: a, State: Planned, PlannedAt: now, PlannedBy: who.ID, PlannerName: who.Name, Version: 1}
		}
		for some := range slices.Chunk(rows, 500) {
			if _, err := tx.NewInsert().Model(&some).On("CONFLICT (software, asset) DO NOTHING").Exec(ctx); err != nil {
				return db.Sorted(err)
			}
		}
		made = len(rows)
		return trail.Write(ctx, tx, now, who, "inventory.install.planned", string(one.ID), map[string][2]any{"pcs": {nil, made}, "phase": {nil, f.Phase}, "district": {nil, f.District}, "unit": {nil, f.Unit}})
	})
	return made, err
}

// lacking are the PCs in use, in store or on their way that a software is not planned for.
func lacking(q bun.IDB, software ident.ID) *bun.SelectQuery {
	return q.NewSelect().TableExpr("asset AS a").Where("a.kind = ?", inventory.PC).Where("a.state <> ?", inventory.Retired).
		Where("NOT EXISTS (SELECT 1 FROM install AS x WHERE x.software = ? AND x.asset = a.id)", software)
}

// where are the communes of a form that the actor may plan for.
func (s *Service) where(ctx context.Context, who access.Actor, f PlanForm) ([]string, error) {
	tree, err := s.Units.Tree(ctx, s.Stock.Now())
	if err != nil {
		return nil, err
	}
	var k fault.Check
	var units []string
	switch {
	case f.Unit != "":
		if err := who.NeedAt(Plan, f.Unit); err != nil {
			return nil, err
		}
		units = []string{f.Unit}
	case f.District != "":
		units = tree.Under(f.District)
	case f.Phase != "":
		phases, err := s.Phases.Phases(ctx)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(phases, func(p Phase) bool { return p.Code == f.Phase })
		k.Need(i >= 0, "phase", "install.form.phase")
		if i >= 0 {
			units = slices.Clone(phases[i].Units)
		}
	default:
		k.Need(false, "phase", "install.form.where")
	}
	if err := k.Err(); err != nil {
		return nil, err
	}
	units = slices.DeleteFunc(units, func(u string) bool { return !who.Covers(Plan, u) })
	if len(units) == 0 {
		return nil, fault.New(fault.Missing, "fault.missing")
	}
	return units, nil
}
