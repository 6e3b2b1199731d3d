package reports

import (
	"context"
	"embed"
	"log/slog"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
)

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

// Area is the name under which files of reports are kept.
const Area = "reports"

// Neighbours are whom the reports ask.
type Neighbours struct {
	Rollout     Rollout
	Inventory   Inventory
	HelpDesk    HelpDesk
	Dossiers    Dossiers
	Units       Units
	Readers     Readers
	Work        Work
	Definitions Definitions // BuiltIn when there is nobody
	Measures    Measures    // nil: no metrics are told
	Lists       Lists       // nil: no lists but those of the programme
	Directives  Directives
}

// Service is the use cases of the reports. It is safe for concurrent use.
type Service struct {
	db       *db.DB
	business clock.Clock // decides what is due and what period it is
	machine  clock.Clock // paces leases
	files    *files.Store
	words    *i18n.Catalog
	log      *slog.Logger
	near     Neighbours
	charts   *plot.Cache[plot.Chart]
	pulse    func() (<-chan time.Time, func())

	// Told, when set, is told of every state that a run comes to and, when a report is
	// there, how long after its moment.
	Told func(to State, late time.Duration)

	onRun      []RunPanel
	onSchedule []SchedulePanel
}

// keptCharts is how many drawn charts are kept by their content.
const keptCharts = 256

// New serves the reports.
func New(d *db.DB, business, machine clock.Clock, f *files.Store, words *i18n.Catalog, log *slog.Logger, near Neighbours) *Service {
	if near.Definitions == nil {
		near.Definitions = BuiltIn{}
	}
	return &Service{db: d, business: business, machine: machine, files: f, words: words, log: log, near: near,
		charts: plot.NewCache[plot.Chart](keptCharts), pulse: pulses}
}

func (s *Service) tell(to State, late time.Duration) {
	if s.Told != nil {
		s.Told(to, late)
	}
}

// AddSchedule makes a report come round.
func (s *Service) AddSchedule(ctx context.Context, who access.Actor, f ScheduleForm) (Schedule, error) {
	if err := who.NeedAt(Plan, f.Cut); err != nil {
		return Schedule{}, err
	}
	if _, err := s.definition(ctx, f.Definition); err != nil {
		return Schedule{}, err
	}
	if err := s.known(ctx, f.Programme, f.Cut); err != nil {
		return Schedule{}, err
	}
	now := s.business.Now()
	sc, spec, tm, err := s.planned(ctx, Schedule{ID: ident.New(now), Definition: f.Definition, Programme: f.Programme, Cut: f.Cut,
		MadeAt: now, ChangedAt: now, ChangedBy: who.Name, Version: 1}, f)
	if err != nil {
		return Schedule{}, err
	}
	next := tm.next(sc, spec, spec.Next(now))
	sc.NextRun, sc.NextNominal = next.At, next.Nominal
	err = s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&sc).Exec(ctx); err != nil {
			if db.Duplicate(err) {
				return fault.Because(fault.Conflict, "reports.schedule.exists", err)
			}
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "reports.schedule.added", string(sc.ID),
			map[string][2]any{"spec": {"", sc.Spec}, "cut": {"", sc.Cut}, "enabled": {false, sc.Enabled}})
	})
	return sc, err
}

// ChangeSchedule changes when a report comes round. What was missed while it was
// off, or under the old expression, is not made up.
func (s *Service) ChangeSchedule(ctx context.Context, who access.Actor, id ident.ID, version int64, f ScheduleForm) (Schedule, error) {
	before, err := s.Schedule(ctx, who, id)
	if err != nil {
		return Schedule{}, err
	}
	if err := who.NeedAt(Plan, before.Cut); err != nil {
		return Schedule{}, err
	}
	now := s.business.Now()
	sc, spec, tm, err := s.planned(ctx, before, f)
	if err != nil {
		return Schedule{}, err
	}
	sc.ChangedAt, sc.ChangedBy, sc.Version = now, who.Name, version+1
	if sc.Spec != before.Spec || sc.Zone != before.Zone || sc.Shift != before.Shift || sc.SkipHolidays != before.SkipHolidays || sc.Enabled && !before.Enabled {
		next := tm.next(sc, spec, spec.Next(now))
		sc.NextRun, sc.NextNominal = next.At, next.Nominal
	}
	err = s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		err := db.Changed(tx.NewUpdate().Model(&sc).Column("spec", "zone", "shift", "skip_holidays", "enabled", "catch_up", "next_run", "next_nominal", "changed_at", "changed_by", "version").
			Where("id = ?", id).Where("version = ?", version).Exec(ctx))
		if err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "reports.schedule.changed", string(id), map[string][2]any{
			"spec": {before.Spec, sc.Spec}, "zone": {before.Zone, sc.Zone}, "shift": {before.Shift, sc.Shift},
			"skip_holidays": {before.SkipHolidays, sc.SkipHolidays}, "enabled": {before.Enabled, sc.Enabled}, "catch_up": {before.CatchUp, sc.CatchUp}})
	})
	return sc, err
}

func (s *Service) known(ctx context.Context, programme, cut string) error {
	tree, err := s.near.Units.Tree(ctx, s.business.Now())
	if err != nil {
		return err
	}
	all, err := s.near.Rollout.Programmes(ctx)
	if err != nil {
		return err
	}
	u, ok := tree.Unit(cut)
	var k fault.Check
	k.Need(ok && u.Level != org.Commune, "cut", "reports.schedule.cut_needed")
	found := false
	for _, p := range all {
		found = found || p.Code == programme
	}
	k.Need(found, "programme", "reports.schedule.programme_needed")
	return k.Err()
}

// RunNow makes a report of the running period up to now.
func (s *Service) RunNow(ctx context.Context, who access.Actor, definition, programme, cut string) (RunRow, error) {
	if err := who.NeedAt(Run, cut); err != nil {
		return RunRow{}, err
	}
	d, err := s.definition(ctx, definition)
	if err != nil {
		return RunRow{}, err
	}
	if err := s.known(ctx, programme, cut); err != nil {
		return RunRow{}, err
	}
	cal, err := s.Calendar(ctx, programme)
	if err != nil {
		return RunRow{}, err
	}
	now := s.business.Now()
	running, ok := cal.Running(d.kind(), now)
	if !ok {
		return RunRow{}, fault.New(fault.Invalid, "reports.run.no_period")
	}
	r := s.newRun(d, programme, cut, running, now, Manual)
	r.By, r.ByName = who.ID, who.Name
	err = s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&r).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "reports.run.started", string(r.ID), map[string][2]any{"cut": {"", cut}})
	})
	return r, err
}

// Retry queues a run again that failed or was cancelled.
func (s *Service) Retry(ctx context.Context, who access.Actor, id ident.ID) error {
	r, err := s.RunOf(ctx, who, id)
	if err != nil {
		return err
	}
	if err := who.NeedAt(Run, r.Cut); err != nil {
		return err
	}
	now := s.business.Now()
	return s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		err := db.Changed(tx.NewRaw("UPDATE report_run SET state = ?, attempts = 0, problem = '{}', lease_until = ?, finished_at = NULL, version = version + 1 "+
			"WHERE id = ? AND state IN (?, ?)", Queued, s.machine.Now(), id, Failed, Cancelled).Exec(ctx))
		if err != nil {
			return err
		}
		r.Attempts = 0
		if err := s.step(ctx, tx, r, Queued, r.Editions+1, who.Name, ""); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "reports.run.retried", string(id), nil)
	})
}

func (s *Service) newRun(d Definition, programme, cut string, p Period, nominal time.Time, k Kind) RunRow {
	now, at := s.business.Now(), s.machine.Now()
	return RunRow{ID: ident.New(at), Definition: d.Key, Programme: programme, Cut: cut, PeriodKey: p.Key, PeriodKind: d.kind(), PeriodFrom: p.From, PeriodUntil: p.Until,
		Kind: k, NominalAt: nominal, MadeAt: now, State: Queued, LeaseUntil: at, Heartbeat: at, Problem: "{}", Version: 1}
}
