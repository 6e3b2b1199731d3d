package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/org"
	"lotrinh/migrations"
	plans "lotrinh/rollout"
)

// allMet is an inventory where every commune has what it needs.
type allMet struct{}

// All answers met for each.
func (allMet) All(_ context.Context, units []string, _ time.Time) (map[string]plans.Verdict, error) {
	out := make(map[string]plans.Verdict, len(units))
	for _, u := range units {
		out[u] = plans.Verdict{Answer: plans.Met}
	}
	return out, nil
}

// gated measures the gates alone, on a store of its own with all evidence of the 416
// communes: everything judged from scratch, and after one new fact; each beside its limit.
func gated(ctx context.Context) error {
	fmt.Printf("%s, scale gates: 416 communes, 9 criteria, each declared and verified\n\n", machine())
	folder, err := os.MkdirTemp("", "lotrinh-gates-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	d, err := db.Open(ctx, db.Config{File: filepath.Join(folder, "gates.db")})
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }() // measured already
	if _, err := d.Migrate(ctx, migrations.Files); err != nil {
		return err
	}
	return judged(ctx, d)
}

// judged is the measuring itself, on an empty store.
func judged(ctx context.Context, d *db.DB) error {
	at := clock.At(time.Date(2016, 11, 10, 8, 0, 0, 0, clock.City))
	who := access.System("bench")
	units := org.NewUnits(d, at)
	if _, err := units.LoadBuiltIn(ctx); err != nil {
		return err
	}
	s := plans.New(d, at, units, allMet{})
	plan, err := plans.Plan198()
	if err != nil {
		return err
	}
	if _, err := s.ImportPlan(ctx, who, plan); err != nil {
		return err
	}
	all, err := proven(ctx, s, who, plan)
	if err != nil {
		return err
	}
	judge := func(s *plans.Service) error {
		_, err := s.Board(ctx, who, plan.Code, plans.Filter{Phase: plans.Any})
		return err
	}
	scratch, err := timed(20, func(int) error { return judge(plans.New(d, at, units, allMet{})) })
	if err != nil {
		return err
	}
	tell("all gates from scratch", scratch, 3*time.Second)
	if err := told(ctx, s, who, plan.Code, all, judge); err != nil {
		return err
	}
	kept, err := timed(50, func(int) error { return judge(s) })
	if err != nil {
		return err
	}
	tell("all gates, nothing new", kept, 0)
	return nil
}

// told measures a new fact and the gates after it, in turn.
func told(ctx context.Context, s *plans.Service, who access.Actor, programme string, all []string, judge func(*plans.Service) error) error {
	fact := func(n int) error {
		answer := []plans.Answer{plans.Met, plans.Unmet}[n%2]
		return s.Verify(ctx, who, plans.EvidenceInput{Programme: programme, Units: all[n%len(all) : n%len(all)+1], Criterion: "training", Answer: answer, Source: plans.FromRecords, Note: "điểm danh"})
	}
	one, err := timed(60, func(n int) error {
		if n%2 == 0 {
			return fact(n / 2)
		}
		return judge(s)
	})
	if err != nil {
		return err
	}
	writes, reads := make([]time.Duration, 0, 30), make([]time.Duration, 0, 30)
	for i, t := range one {
		if i%2 == 0 {
			writes = append(writes, t)
		} else {
			reads = append(reads, t)
		}
	}
	tell("one new fact is written", writes, 0)
	tell("all gates after one new fact", reads, 20*time.Millisecond)
	return nil
}

// proven lets every commune of the plan declare and prove all criteria.
func proven(ctx context.Context, s *plans.Service, who access.Actor, plan plans.PlanFile) ([]string, error) {
	b, err := s.Board(ctx, who, plan.Code, plans.Filter{Phase: plans.Any})
	if err != nil {
		return nil, err
	}
	var units []string
	for _, r := range b.Rows {
		if r.Stage != plans.Live {
			units = append(units, r.Unit)
		}
	}
	if err := s.Refresh(ctx, who, plan.Code); err != nil {
		return nil, err
	}
	for _, c := range plan.Checklist {
		in := plans.EvidenceInput{Programme: plan.Code, Units: units, Criterion: c.Key, Answer: plans.Met}
		if err := s.Declare(ctx, who, in); err != nil {
			return nil, err
		}
		if in.Source = plans.FromInspection; c.Evidence == plans.EvidenceEquipment {
			continue
		}
		if err := s.Verify(ctx, who, in); err != nil {
			return nil, err
		}
	}
	return units, nil
}

// timed is how long each of n runs took.
func timed(n int, run func(int) error) ([]time.Duration, error) {
	out := make([]time.Duration, n)
	for i := range n {
		begun := clock.System{}.Now()
		if err := run(i); err != nil {
			return nil, err
		}
		out[i] = clock.System{}.Now().Sub(begun)
	}
	return out, nil
}

// tell prints the median and the 95th percentile beside a limit; 0 is none.
func tell(what string, took []time.Duration, limit time.Duration) {
	slices.Sort(took)
	p50, p95 := took[len(took)/2], took[len(took)*95/100]
	line := fmt.Sprintf("%-32s p50 %7.1f ms  p95 %7.1f ms", what, ms(p50), ms(p95))
	if limit > 0 {
		line += fmt.Sprintf("  limit %.0f ms", ms(limit))
	}
	fmt.Println(line)
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
