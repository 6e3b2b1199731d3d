package alert

import (
	"context"
	"strings"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
	"lotrinh/reports"
	"lotrinh/reports/alert/judge"
	"lotrinh/reports/metric"
)

// People tells who holds a post that reaches a unit.
type People interface {
	InPost(ctx context.Context, role access.Role, unit string) ([]ident.ID, error)
}

// Deps is what this room stands on. Roles are those that a rule may tell.
type Deps struct {
	DB       *db.DB
	Business clock.Clock
	Units    reports.Units
	People   People
	Measures reports.Measures // nil: nothing is known
	Roles    []access.Role
}

// Service is the use cases of alerts. It is safe for concurrent use.
type Service struct{ Deps }

// New is the room over its neighbours.
func New(d Deps) *Service { return &Service{Deps: d} }

func (s *Service) tree(ctx context.Context) (*org.Tree, error) {
	return s.Units.Tree(ctx, s.Business.Now())
}

// LateShare is the shipped rule: more than 5 % of a district's dossiers of the last 30
// days were finished late, of at least 20; over at 4 %.
const LateShare = "late-share"

// Seed puts in the rules that ship, once; changed or switched off, they stay so.
func (s *Service) Seed(ctx context.Context, roles ...access.Role) error {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = string(r)
	}
	now := s.Business.Now()
	r := Rule{ID: ident.New(now), Shipped: LateShare, Metric: "dossiers.late_share", Reach: Districts, Span: judge.LastDays, Days: 30, Threshold: 500, Clear: 400, Hold: 1, MinOf: 20,
		Severity: Warning, Roles: strings.Join(words, " "), Enabled: true, CheckedAt: now.Add(-24 * time.Hour), ChangedAt: now, Version: 1}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewInsert().Model(&r).On("CONFLICT (shipped) WHERE shipped <> '' DO NOTHING").Exec(ctx)
		return db.Sorted(err)
	})
}

// mostRules is how many rules there may be.
const mostRules = 100

// Rules are all rules, by name.
func (s *Service) Rules(ctx context.Context, who access.Actor) ([]Rule, error) {
	if err := who.Need(Look); err != nil {
		return nil, err
	}
	return s.rules(ctx)
}

func (s *Service) rules(ctx context.Context) ([]Rule, error) {
	var rows []Rule
	err := s.DB.Read().NewSelect().Model(&rows).Order("ar.id").Limit(mostRules).Scan(ctx)
	return rows, db.Sorted(err)
}

// Rule is one of them.
func (s *Service) Rule(ctx context.Context, who access.Actor, id ident.ID) (Rule, error) {
	var r Rule
	if err := who.Need(Configure); err != nil {
		return r, err
	}
	err := s.DB.Read().NewSelect().Model(&r).Where("ar.id = ?", id).Scan(ctx)
	return r, db.Sorted(err)
}

// AddRule makes a rule; it is checked at once.
func (s *Service) AddRule(ctx context.Context, who access.Actor, f Form) (Rule, error) {
	r, err := s.read(ctx, who, f)
	if err != nil {
		return r, err
	}
	now := s.Business.Now()
	r.ID, r.CheckedAt, r.ChangedAt, r.ChangedName, r.Version = ident.New(now), now.Add(-24*time.Hour), now, who.Name, 1
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.NewSelect().Model((*Rule)(nil)).Count(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if n >= mostRules {
			return fault.New(fault.Conflict, "alert.too_many", "max", mostRules)
		}
		if _, err := tx.NewInsert().Model(&r).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "reports.alert.rule_added", string(r.ID), map[string][2]any{"metric": {"", r.Metric}, "threshold": {"", r.Threshold}})
	})
	return r, err
}

// ChangeRule changes a rule. Open episodes stay open until the new bounds close them; of
// units that the rule no longer speaks of they are closed with the next check.
func (s *Service) ChangeRule(ctx context.Context, who access.Actor, id ident.ID, version int64, f Form) (Rule, error) {
	before, err := s.Rule(ctx, who, id)
	if err != nil {
		return before, err
	}
	r, err := s.read(ctx, who, f)
	if err != nil {
		return r, err
	}
	now := s.Business.Now()
	r.ID, r.Shipped, r.CheckedAt, r.ChangedAt, r.ChangedName, r.Version = id, before.Shipped, before.CheckedAt, now, who.Name, version+1
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := db.Changed(tx.NewUpdate().Model(&r).ExcludeColumn("checked_at").Where("id = ?", id).Where("version = ?", version).Exec(ctx)); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "reports.alert.rule_changed", string(id), map[string][2]any{"metric": {before.Metric, r.Metric},
			"threshold": {before.Threshold, r.Threshold}, "clear": {before.Clear, r.Clear}, "enabled": {before.Enabled, r.Enabled}, "roles": {before.Roles, r.Roles}})
	})
	return r, err
}

func (s *Service) read(ctx context.Context, who access.Actor, f Form) (Rule, error) {
	if err := who.Need(Configure); err != nil {
		return Rule{}, err
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return Rule{}, err
	}
	return f.rule(tree, s.Roles)
}

// units are the codes that a rule speaks of.
func (r Rule) units(tree *org.Tree) []string {
	var all []string
	switch r.Reach {
	case City:
		for _, u := range tree.Roots() {
			all = append(all, u.Code)
		}
	case Districts:
		for _, u := range tree.Districts() {
			all = append(all, u.Code)
		}
	case Chosen:
		for _, code := range strings.Fields(r.Units) {
			if _, ok := tree.Unit(code); ok {
				all = append(all, code)
			}
		}
	}
	return all
}

// Tried is what a rule would have done.
type Tried struct {
	Days, Alerts, Units int // Units had at least one
	Known               bool
}

// tried is how many days a preview looks back over.
const tried = 60

// Try tells how many alerts a rule would have raised in the 60 days up to today, judged
// once a day with the figures of its end.
func (s *Service) Try(ctx context.Context, who access.Actor, f Form) (Tried, error) {
	out := Tried{Days: tried}
	r, err := s.read(ctx, who, f)
	if err != nil {
		return out, err
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return out, err
	}
	by, err := s.history(ctx, r, tree, tried)
	if err != nil {
		return out, err
	}
	today, _ := clock.Day(s.Business.Now())
	m, _ := metric.Find(r.Metric)
	for _, h := range by {
		out.Known = true
		if n := h.Count(r.bounds(), m, r.window(), r.Past, today.AddDate(0, 0, 1-tried), tried); n > 0 {
			out.Alerts, out.Units = out.Alerts+n, out.Units+1
		}
	}
	return out, nil
}

// history is what is known of the rule's units on these days and as far before as its
// window reaches, in one reading.
func (s *Service) history(ctx context.Context, r Rule, tree *org.Tree, days int) (map[string]judge.History, error) {
	if s.Measures == nil {
		return nil, nil
	}
	today, _ := clock.Day(s.Business.Now())
	first := today.AddDate(0, 0, 1-days-r.window().Lookback(r.Past))
	lines, err := s.Measures.Series(ctx, access.System(area), metric.Ask{Metrics: metric.Base(r.Metric), Units: r.units(tree), Span: metric.Span{From: clock.Date(first), Until: clock.Date(today)}})
	by := map[string]judge.History{}
	for _, l := range lines {
		if by[l.Unit] == nil {
			by[l.Unit] = judge.History{}
		}
		by[l.Unit].Learn(l)
	}
	return by, err
}
