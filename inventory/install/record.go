package install

import (
	"context"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
	"lotrinh/inventory"
	"lotrinh/inventory/readiness"
)

// Changed says that an install stands elsewhere on its way than before.
type Changed struct {
	ID       ident.ID `json:"id"`
	Software ident.ID `json:"software"`
	Asset    ident.ID `json:"asset"`
	Unit     string   `json:"unit"`
	State    State    `json:"state"`
	Before   State    `json:"before"`
	By       ident.ID `json:"by"`
}

// Topic is the event's name.
func (Changed) Topic() string { return "inventory.install.changed" }

// Subject is the install.
func (e Changed) Subject() string { return "install:" + string(e.ID) }

// RecordForm is what somebody did to a software on a PC. ID was made where it was
// written down and names the record for ever; At is when.
type RecordForm struct {
	ID, Software, Asset ident.ID
	Kind                string // DidInstall, DidTry or DidRemove
	OK                  bool   // of a try
	Why                 string // of a try that failed, and of a removal
	ProgramVersion      string
	How                 string // Manual or Browser
	MS                  int64  // how long a browser took to reach it
	At                  time.Time
}

func (f *RecordForm) check() error {
	f.Why, f.ProgramVersion = tidy(f.Why), tidy(f.ProgramVersion)
	_, bad := ident.Parse(string(f.ID))
	var k fault.Check
	k.Need(bad == nil, "id", "install.form.id")
	k.Need(f.Kind == DidInstall || f.Kind == DidTry || f.Kind == DidRemove, "kind", "install.form.kind")
	k.Need(f.How == Manual || f.How == Browser && f.Kind == DidTry, "how", "install.form.how")
	k.Need(f.Kind != DidTry || f.OK || f.Why != "", "why", "install.form.why_needed")
	k.Need(f.Kind != DidRemove || f.Why != "", "why", "install.form.why_needed")
	k.Need(utf8.RuneCountInString(f.Why) <= longestText, "why", "install.form.long", "limit", longestText)
	k.Need(utf8.RuneCountInString(f.ProgramVersion) <= longestName, "program_version", "install.form.long", "limit", longestName)
	k.Need(f.MS >= 0 && f.MS <= 600_000, "ms", "install.form.ms")
	return k.Err()
}

// Record writes down what was done. A PC that nobody planned for is planned by it. The
// same ID again answers with what stands.
func (s *Service) Record(ctx context.Context, who access.Actor, f RecordForm) (Install, error) {
	if err := who.Need(Record); err != nil {
		return Install{}, err
	}
	if err := f.check(); err != nil {
		return Install{}, err
	}
	var out Install
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := s.Stock.AssetIn(ctx, tx, who, Record, f.Asset, db.ForUpdate(tx))
		if err != nil {
			return err
		}
		var one Software
		if err := tx.NewSelect().Model(&one).Where("sw.id = ?", f.Software).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		var k fault.Check
		k.Need(a.Kind == inventory.PC, "asset", "install.form.pc_only")
		k.Need(f.How != Browser || one.Reach != "", "how", "install.form.no_reach")
		if err := k.Err(); err != nil {
			return err
		}
		i, err := s.installOf(ctx, tx, who, one.ID, a.ID)
		if err != nil {
			return err
		}
		now := s.Stock.Now()
		e := Event{ID: f.ID, Install: i.ID, Kind: f.Kind, OK: f.OK && f.Kind == DidTry, Why: f.Why, ProgramVersion: f.ProgramVersion, How: f.How, MS: f.MS,
			Source: readiness.Declared, At: f.At, ArrivedAt: now, By: who.ID, ByName: who.Name}
		if e.At.IsZero() || e.At.After(now) {
			e.At = now
		}
		if f.How == Browser {
			e.Source = readiness.Measured
		} else if who.Covers(inventory.Inspect, a.Unit) {
			e.Source = readiness.Seen
		}
		out, err = s.happened(ctx, tx, who, one, a, i, e)
		return err
	})
	return out, err
}

// installOf is the install of a software on a PC, planned now where nobody did.
func (s *Service) installOf(ctx context.Context, tx *db.Tx, who access.Actor, software, asset ident.ID) (Install, error) {
	now := s.Stock.Now()
	i := Install{ID: ident.New(now), Software: software, Asset: asset, State: Planned, PlannedAt: now, PlannedBy: who.ID, PlannerName: who.Name, Version: 1}
	if _, err := tx.NewInsert().Model(&i).On("CONFLICT (software, asset) DO NOTHING").Exec(ctx); err != nil {
		return i, db.Sorted(err)
	}
	var kept Install
	err := tx.NewSelect().Model(&kept).Where("ins.software = ?", software).Where("ins.asset = ?", asset).Apply(db.ForUpdate(tx)).Scan(ctx)
	return kept, db.Sorted(err)
}

// happened adds an event to an install, unless it is there, and folds it anew.
func (s *Service) happened(ctx context.Context, tx *db.Tx, who access.Actor, one Software, a inventory.Asset, i Install, e Event) (Install, error) {
	var old []Event
	if err := tx.NewSelect().Model(&old).Where("ie.id = ?", e.ID).Scan(ctx); err != nil {
		return i, db.Sorted(err)
	}
	if len(old) > 0 {
		if old[0].Install != i.ID {
			return i, fault.New(fault.Invalid, "install.form.id")
		}
		return i, nil
	}
	if _, err := tx.NewInsert().Model(&e).Exec(ctx); err != nil {
		return i, db.Sorted(err)
	}
	var all []Event
	if err := tx.NewSelect().Model(&all).Where("ie.install = ?", i.ID).Order("ie.at", "ie.id").Scan(ctx); err != nil {
		return i, db.Sorted(err)
	}
	before, seen := i.State, i.Version
	i = Fold(i, all)
	i.Version = seen + 1
	if err := db.Changed(tx.NewUpdate().Model(&i).WherePK().Where("version = ?", seen).Exec(ctx)); err != nil {
		return i, err
	}
	now := s.Stock.Now()
	if before != i.State {
		line := i18n.L("install.note."+string(i.State), "code", a.Code, "software", one.Name)
		if err := s.Stock.NoteIn(ctx, tx, a.Unit, string(a.ID), who, line, e.Why); err != nil {
			return i, err
		}
		if err := outbox.Write(ctx, tx, now, Changed{ID: i.ID, Software: one.ID, Asset: a.ID, Unit: a.Unit, State: i.State, Before: before, By: who.ID}); err != nil {
			return i, err
		}
	}
	return i, trail.Write(ctx, tx, now, who, "inventory.install."+e.Kind, string(i.ID), map[string][2]any{"state": {before, i.State}, "how": {nil, e.How}, "ok": {nil, e.OK}}, trail.At(a.Unit))
}

// sweepAtOnce is how many installs one round of the sweep looks at.
const sweepAtOnce = 300

// Sweep asks the agents' lists about installs that no machine has confirmed yet, some at
// a time, and records those it finds. It tells how many these were. One caller at a time.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	if s.Evidence == nil {
		return 0, nil
	}
	var open []struct {
		Install
		Unit string
	}
	err := s.DB.Read().NewSelect().TableExpr("install AS ins").ColumnExpr("ins.*").ColumnExpr("a.unit").Join("JOIN asset AS a ON a.id = ins.asset").
		Join("JOIN install_software AS sw ON sw.id = ins.software").Where("ins.installed_source <> ?", readiness.Measured).Where("ins.id > ?", s.cursor).
		Where("sw.active").Where("sw.pattern <> ''").Where("a.state <> ?", inventory.Retired).Order("ins.id").Limit(sweepAtOnce).Scan(ctx, &open)
	if err != nil {
		return 0, db.Sorted(err)
	}
	if s.cursor = ""; len(open) == sweepAtOnce {
		s.cursor = open[len(open)-1].ID
	}
	who, n := access.System("agent"), 0
	by := map[ident.ID][]ident.ID{}
	for _, o := range open {
		by[o.Software] = append(by[o.Software], o.Asset)
	}
	for software, assets := range by {
		one, err := s.SoftwareByID(ctx, who, software)
		if err != nil {
			return n, err
		}
		found, err := s.seen(ctx, s.DB.Read(), one, assets)
		if err != nil {
			return n, err
		}
		for _, asset := range assets {
			p := found[asset]
			if p.Name == "" || !AtLeast(p.Version, one.MinVersion) {
				continue
			}
			if err := s.confirm(ctx, who, one, asset, p); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, nil
}

// seen is what agents saw of a software on PCs, by any of its names.
func (s *Service) seen(ctx context.Context, q bun.IDB, one Software, assets []ident.ID) (map[ident.ID]Program, error) {
	out := map[ident.ID]Program{}
	for _, name := range one.Patterns() {
		some, err := s.Evidence.HasSoftware(ctx, q, assets, name)
		if err != nil {
			return nil, err
		}
		for id, p := range some {
			if old, ok := out[id]; !ok || old.Name == "" || p.Name != "" && AtLeast(p.Version, old.Version) {
				out[id] = p
			}
		}
	}
	return out, nil
}

func (s *Service) confirm(ctx context.Context, who access.Actor, one Software, asset ident.ID, p Program) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := s.Stock.AssetIn(ctx, tx, who, Record, asset, db.ForUpdate(tx))
		if err != nil {
			return err
		}
		i, err := s.installOf(ctx, tx, who, one.ID, a.ID)
		if err != nil {
			return err
		}
		now := s.Stock.Now()
		_, err = s.happened(ctx, tx, who, one, a, i, Event{ID: ident.New(now), Install: i.ID, Kind: DidInstall, ProgramVersion: p.Version, How: Agent, Source: readiness.Measured,
			At: now, ArrivedAt: now, By: who.ID, ByName: p.Name})
		return err
	})
}
