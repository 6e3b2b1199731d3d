package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"lotrinh/rollout/planner"
)

// planned measures the planner: how near it comes to the optimum on projects drawn like
// PSPLIB's j30, or on the instances themselves when their folder is named by PSPLIB, and
// how its time grows with the communes.
func planned(ctx context.Context) error {
	fmt.Printf("%s, scale plan\n\n", machine())
	instances, err := published(os.Getenv("PSPLIB"))
	if err != nil {
		return err
	}
	if len(instances) == 0 {
		r := rand.New(rand.NewPCG(1, 2))
		for g, n := range networks() {
			for k := range 10 {
				instances = append(instances, instance{name: fmt.Sprintf("drawn %d_%d", g+1, k+1), project: n.draw(r)})
			}
		}
	}
	if err := curve(ctx); err != nil {
		return err
	}
	return gaps(ctx, instances)
}

// instance is a project with the optimum, when that is known.
type instance struct {
	name    string
	project planner.Project
	optimum int
}

// published reads the .sm files of a folder, and beside them the optima: lines of group,
// number and makespan in a file whose name ends in opt.sm.
func published(folder string) ([]instance, error) {
	if folder == "" {
		return nil, nil
	}
	names, err := filepath.Glob(filepath.Join(folder, "*.sm"))
	if err != nil {
		return nil, err
	}
	var all []instance
	optima := map[string]int{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if base := strings.TrimSuffix(filepath.Base(name), ".sm"); strings.HasSuffix(base, "opt") {
			for line := range strings.Lines(string(text)) {
				if f := strings.Fields(line); len(f) >= 3 {
					if span, err := strconv.Atoi(f[2]); err == nil {
						optima[strings.TrimSuffix(base, "opt")+f[0]+"_"+f[1]] = span
					}
				}
			}
		} else if p, err := planner.ReadSM(strings.NewReader(string(text))); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		} else {
			all = append(all, instance{name: base, project: p})
		}
	}
	for i := range all {
		all[i].optimum = optima[all[i].name]
	}
	return all, nil
}

// long is how many schedules stand in for an optimum that nobody proved.
const long = 100_000

// gaps compares budgets with the optimum: as published, as proved by the bound, or else
// the best of a long search.
func gaps(ctx context.Context, all []instance) error {
	proved := 0
	for i := range all {
		least, err := planner.Least(all[i].project)
		if err != nil {
			return err
		}
		if all[i].optimum == 0 {
			best, err := planner.Solve(ctx, all[i].project, planner.Options{Schedules: long, Seed: 99})
			if err != nil {
				return err
			}
			if all[i].optimum = best.Span; best.Span > least.Days {
				continue
			}
		}
		proved++
	}
	fmt.Printf("%d projects of 30 jobs; the optimum of %d is published or proved by the bound, of the others it is the best of %d schedules\n\n", len(all), proved, long)
	fmt.Println("| schedules | average above the optimum | worst | optimal | ms each |")
	fmt.Println("|---:|---:|---:|---:|---:|")
	for _, budget := range []int{1, 1000, 5000} {
		var sum, worst float64
		hit, began := 0, time.Now()
		for i, one := range all {
			plan, err := planner.Solve(ctx, one.project, planner.Options{Schedules: budget, Seed: uint64(i)})
			if err != nil {
				return err
			}
			if broken := planner.Verify(one.project, plan.Start); broken != nil {
				return fmt.Errorf("%s: the plan breaks %+v", one.name, broken)
			}
			gap := 100 * float64(plan.Span-one.optimum) / float64(one.optimum)
			sum, worst = sum+gap, max(worst, gap)
			if plan.Span <= one.optimum {
				hit++
			}
		}
		n := float64(len(all))
		fmt.Printf("| %d | %.3f %% | %.1f %% | %d | %.2f |\n", budget, sum/n, worst, hit, time.Since(began).Seconds()*1000/n)
	}
	fmt.Println()
	return nil
}

// rollout is communes of seven steps each that share five sorts of people and things,
// five days a week.
func rollout(communes int) planner.Project {
	p := planner.Project{Days: 200 + communes, Calendars: []planner.Calendar{{}}}
	for d := range p.Days {
		p.Calendars[0].Off = append(p.Calendars[0].Off, d%7 >= 5)
	}
	for _, capacity := range []int{8, 6, 16, 8, 8} { // trainers, lorries, technicians, testers, volunteers' teams
		p.Resources = append(p.Resources, planner.Resource{Capacity: capacity})
	}
	steps := []planner.Task{
		{Duration: 2}, // survey
		{Duration: 1, Needs: []planner.Need{{Resource: 1, Amount: 1}}},
		{Duration: 2, Needs: []planner.Need{{Resource: 2, Amount: 1}}},
		{Duration: 1, Needs: []planner.Need{{Resource: 0, Amount: 1}}},
		{Duration: 1, Needs: []planner.Need{{Resource: 4, Amount: 1}}},
		{Duration: 1, Needs: []planner.Need{{Resource: 3, Amount: 1}}},
		{Duration: 1},
	}
	r := rand.New(rand.NewPCG(3, 4)) // communes are not alike, and nothing is scarce by itself
	for range communes {
		for k, step := range steps {
			step.Duration += r.IntN(2)
			step.Needs = slices.Clone(step.Needs)
			for i := range step.Needs {
				step.Needs[i].Amount += r.IntN(3)
			}
			if k > 0 {
				step.After = []planner.Link{{Task: len(p.Tasks) - 1, Lag: k % 2}}
			}
			p.Tasks = append(p.Tasks, step)
		}
	}
	return p
}

// curve prints time and memory of the first and the improved plan.
func curve(ctx context.Context) error {
	fmt.Println("| communes | tasks | first plan ms | ns a task and log2 task | improved plan ms (schedules) | bound | span | MB |")
	fmt.Println("|---:|---:|---:|---:|---:|---:|---:|---:|")
	for _, communes := range []int{100, 139, 277, 416, 1000, 2500, 5000, 10_000} {
		p := rollout(communes)
		n := float64(len(p.Tasks))
		first, err := quickest(ctx, p, 1)
		if err != nil {
			return err
		}
		budget := max(3, min(300, 600_000/len(p.Tasks)))
		began := time.Now()
		better, err := planner.Solve(ctx, p, planner.Options{Schedules: budget, Seed: 1})
		if err != nil {
			return err
		}
		took := time.Since(began)
		least, err := planner.Least(p)
		if err != nil {
			return err
		}
		if broken := planner.Verify(p, better.Start); broken != nil {
			return fmt.Errorf("%d communes: the plan breaks %+v", communes, broken)
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		fmt.Printf("| %d | %d | %.1f | %.0f | %.0f (%d) | %d | %d | %d |\n", communes, len(p.Tasks), first.Seconds()*1000,
			float64(first.Nanoseconds())/(n*math.Log2(n)), took.Seconds()*1000, better.Schedules, least.Days, better.Span, m.Sys>>20)
	}
	return nil
}

// quickest is the middle of five runs.
func quickest(ctx context.Context, p planner.Project, schedules int) (time.Duration, error) {
	var took []time.Duration
	for range 5 {
		began := time.Now()
		if _, err := planner.Solve(ctx, p, planner.Options{Schedules: schedules}); err != nil {
			return 0, err
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}
