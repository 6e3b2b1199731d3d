package alert

import (
	"context"
	"errors"
	"strings"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/org"
	"lotrinh/reports/alert/judge"
	"lotrinh/reports/metric"
)

// area is how kit packages know us.
const area = "reports.alert"

// Every is how often a rule is checked.
const Every = 5 * time.Minute

// Check checks the rules whose time has come and tells how many alerts opened. A rule
// that cannot be read keeps no other from its check. It may run in several processes.
func (s *Service) Check(ctx context.Context) (int, error) {
	all, err := s.rules(ctx)
	if err != nil {
		return 0, err
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return 0, err
	}
	opened := 0
	var faults []error
	for _, r := range all {
		now := s.Business.Now()
		if !r.Enabled || r.CheckedAt.After(now.Add(-Every)) && !r.CheckedAt.After(now) {
			continue
		}
		n, err := s.check(ctx, r, tree, now)
		if err != nil {
			faults = append(faults, err)
		}
		opened += n
	}
	return opened, errors.Join(faults...)
}

// found is one change of a unit that a check brought about.
type found struct {
	event judge.Event
	unit  string
	value int64
	quiet bool
}

func (s *Service) check(ctx context.Context, r Rule, tree *org.Tree, now time.Time) (int, error) {
	by, err := s.history(ctx, r, tree, 1)
	if err != nil {
		return 0, err
	}
	units := r.units(tree)
	m, _ := metric.Find(r.Metric)
	today, _ := clock.Day(now)
	opened := 0
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		opened = 0
		res, err := tx.NewRaw("UPDATE alert_rule SET checked_at = ? WHERE id = ? AND checked_at = ? AND version = ?", now, r.ID, r.CheckedAt, r.Version).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 { // another process was faster, or the rule changed
			return db.Sorted(err)
		}
		open, watches, err := s.standing(ctx, tx, r.ID)
		if err != nil {
			return err
		}
		for _, u := range units {
			x := by[u].Read(m, r.window(), r.Past, today)
			w, e := watches[u], open[u]
			state := judge.State{Open: e != nil, Hits: int(w.Hits)}
			if e != nil {
				state.Peak = float64(e.Peak) / grain
			}
			next, event := judge.Step(r.bounds(), state, x)
			if err := s.remember(ctx, tx, r.ID, u, w, next); err != nil {
				return err
			}
			f := found{event, u, kept(x.Value), w.QuietUntil != nil && w.QuietUntil.After(now)}
			if err := s.keep(ctx, tx, r, m, tree, e, f, next, now); err != nil {
				return err
			}
			if event == judge.Opened {
				opened++
			}
			delete(open, u)
		}
		for _, e := range open { // of units that the rule no longer speaks of
			if err := s.close(ctx, tx, *e, e.Peak, now); err != nil {
				return err
			}
		}
		return nil
	})
	return opened, err
}

// standing are the open episodes of a rule and what is remembered of its units.
func (s *Service) standing(ctx context.Context, tx *db.Tx, rule ident.ID) (map[string]*Episode, map[string]Watch, error) {
	var rows []Episode
	if err := tx.NewSelect().Model(&rows).Where("ae.rule = ?", rule).Where("ae.closed_at IS NULL").Scan(ctx); err != nil {
		return nil, nil, db.Sorted(err)
	}
	open := make(map[string]*Episode, len(rows))
	for i := range rows {
		open[rows[i].Unit] = &rows[i]
	}
	var seen []Watch
	if err := tx.NewSelect().Model(&seen).Where("aw.rule = ?", rule).Scan(ctx); err != nil {
		return nil, nil, db.Sorted(err)
	}
	watches := make(map[string]Watch, len(seen))
	for _, w := range seen {
		watches[w.Unit] = w
	}
	return open, watches, nil
}

func (s *Service) remember(ctx context.Context, tx *db.Tx, rule ident.ID, unit string, w Watch, next judge.State) error {
	if w.Hits == int64(next.Hits) {
		return nil
	}
	row := Watch{Rule: rule, Unit: unit, Hits: int64(next.Hits)}
	_, err := tx.NewInsert().Model(&row).On("CONFLICT (rule, unit) DO UPDATE").Set("hits = EXCLUDED.hits").Exec(ctx)
	return db.Sorted(err)
}

// keep writes what a check of one unit brought about.
func (s *Service) keep(ctx context.Context, tx *db.Tx, r Rule, m metric.Metric, tree *org.Tree, e *Episode, f found, next judge.State, now time.Time) error {
	switch {
	case f.event == judge.Opened:
		return s.open(ctx, tx, r, m, tree, f, now)
	case f.event == judge.Closed:
		return s.close(ctx, tx, *e, f.value, now)
	case e != nil && kept(next.Peak) != e.Peak:
		_, err := tx.NewRaw("UPDATE alert_episode SET peak = ? WHERE id = ?", kept(next.Peak), e.ID).Exec(ctx)
		return db.Sorted(err)
	}
	return nil
}

func (s *Service) open(ctx context.Context, tx *db.Tx, r Rule, m metric.Metric, tree *org.Tree, f found, now time.Time) error {
	e := Episode{ID: ident.New(now), Rule: r.ID, RuleName: r.Name, Metric: r.Metric, Past: r.Past, Threshold: r.Threshold, Severity: r.Severity, Unit: f.unit,
		OpenedAt: now, Value: f.value, Peak: f.value, Version: 1}
	if r.Name == "" {
		e.RuleName = "=" + r.Shipped
	}
	var tell []notify.Message
	if !f.quiet {
		to, err := s.told(ctx, r, f.unit)
		if err != nil {
			return err
		}
		for _, id := range to {
			tell = append(tell, notify.Message{Account: id, Template: "alert.notice.opened", Link: e.Path(), Dedupe: "alert:" + string(e.ID), Critical: r.Severity == Critical,
				Args: []any{"metric", i18n.Key("metric." + string(m.Key)), "place", tree.Place(f.unit), "value", figure(m, r.Past, f.value), "bound", figure(m, r.Past, r.Threshold)}})
		}
	}
	e.Told = int64(len(tell))
	if _, err := tx.NewInsert().Model(&e).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	if err := outbox.Write(ctx, tx, now, Happened{ID: e.ID, Rule: r.ID, Metric: r.Metric, Unit: f.unit, Open: true, Value: f.value}); err != nil {
		return err
	}
	return notify.Write(ctx, tx, now, tell...)
}

// told are the people whom a rule tells of a unit, each once.
func (s *Service) told(ctx context.Context, r Rule, unit string) ([]ident.ID, error) {
	var all []ident.ID
	seen := map[ident.ID]bool{}
	for _, role := range strings.Fields(r.Roles) {
		held, err := s.People.InPost(ctx, access.Role(role), unit)
		if err != nil {
			return nil, err
		}
		for _, id := range held {
			if !seen[id] {
				seen[id], all = true, append(all, id)
			}
		}
	}
	return all, nil
}

func (s *Service) close(ctx context.Context, tx *db.Tx, e Episode, value int64, now time.Time) error {
	_, err := tx.NewRaw("UPDATE alert_episode SET closed_at = ?, closed_value = ?, version = version + 1 WHERE id = ? AND closed_at IS NULL", now, value, e.ID).Exec(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	return outbox.Write(ctx, tx, now, Happened{ID: e.ID, Rule: e.Rule, Metric: e.Metric, Unit: e.Unit, Value: value})
}
