package main

import (
	"math"
	"math/rand/v2"

	"lotrinh/rollout/planner"
)

// network is the parameters of one group of projects as Kolisch, Sprecher and Drexl vary
// them ("Characterization and generation of a general class of resource-constrained
// project scheduling problems", 1995): arcs a job, how many resources a job needs, and
// how scarce they are.
type network struct{ complexity, factor, strength float64 }

// networks are the 48 groups of PSPLIB's j30, of ten projects each.
func networks() []network {
	var all []network
	for _, nc := range []float64{1.5, 1.8, 2.1} {
		for _, rf := range []float64{0.25, 0.5, 0.75, 1} {
			for _, rs := range []float64{0.2, 0.5, 0.7, 1} {
				all = append(all, network{nc, rf, rs})
			}
		}
	}
	return all
}

// The shape of every project of j30: 30 jobs between a source and a sink, of which the
// first three follow the source only and the last three lead to the sink only.
const (
	jobs     = 32
	gates    = 3
	mostArcs = 3
	kinds    = 4
	longest  = 10
)

// drawn is a network in the making.
type drawn struct {
	random     *rand.Rand
	p          planner.Project
	succ, pred [jobs]int
	reach      [jobs][jobs]bool
	arcs       int
}

// draw makes one project of a group.
func (n network) draw(r *rand.Rand) planner.Project {
	for {
		d := &drawn{random: r, p: planner.Project{Tasks: make([]planner.Task, jobs), Resources: make([]planner.Resource, kinds), Days: 1}}
		for i := range d.p.Tasks {
			d.p.Tasks[i].Calendar = planner.EveryDay
			if i > 0 && i < jobs-1 {
				d.p.Tasks[i].Duration = 1 + r.IntN(longest)
				d.p.Days += d.p.Tasks[i].Duration
			}
		}
		if d.connect(int(math.Round(n.complexity * jobs))) {
			d.load(n)
			return d.p
		}
	}
}

// link adds an arc and what can be reached by it.
func (d *drawn) link(from, to int) {
	d.p.Tasks[to].After = append(d.p.Tasks[to].After, planner.Link{Task: from})
	d.succ[from]++
	d.pred[to]++
	d.arcs++
	for x := range jobs {
		if x != from && !d.reach[x][from] {
			continue
		}
		d.reach[x][to] = true
		for y := range jobs {
			d.reach[x][y] = d.reach[x][y] || d.reach[to][y]
		}
	}
}

// connect gives every job something before and behind it, then adds arcs up to the number
// that is wanted; false: this draw came to a dead end.
func (d *drawn) connect(want int) bool {
	for i := 1; i <= gates; i++ {
		d.link(0, i)
		d.link(jobs-1-i, jobs-1)
	}
	for i := gates + 1; i < jobs-1; i++ {
		for try := 0; d.pred[i] == 0 && try < 200; try++ {
			if from := 1 + d.random.IntN(min(i, jobs-1-gates)-1); d.succ[from] < mostArcs {
				d.link(from, i)
			}
		}
	}
	for i := 1; i < jobs-1-gates; i++ {
		for try := 0; d.succ[i] == 0 && try < 200; try++ {
			if to := i + 1 + d.random.IntN(jobs-2-i); d.free(i, to) {
				d.link(i, to)
			}
		}
	}
	for try := 0; d.arcs < want && try < 5000; try++ {
		from := 1 + d.random.IntN(jobs-2-gates)
		if to := from + 1 + d.random.IntN(jobs-2-from); d.free(from, to) && !d.redundant(from, to) {
			d.link(from, to)
		}
	}
	for i := 1; i < jobs-1; i++ {
		if d.succ[i] == 0 || d.pred[i] == 0 {
			return false
		}
	}
	return d.arcs >= want-1
}

func (d *drawn) free(from, to int) bool {
	return to > gates && to < jobs-1 && d.succ[from] < mostArcs && d.pred[to] < mostArcs
}

// redundant tells whether an arc would add nothing, or make another one add nothing.
func (d *drawn) redundant(from, to int) bool {
	if d.reach[from][to] {
		return true
	}
	for _, l := range d.p.Tasks[to].After {
		if d.reach[l.Task][from] {
			return true
		}
	}
	return false
}

// load draws what jobs need and offers between the least that is possible and the peak
// of the earliest plan.
func (d *drawn) load(n network) {
	var needs [jobs][kinds]bool
	total := 0
	add := func(i, k int) {
		if !needs[i][k] {
			needs[i][k] = true
			total++
		}
	}
	for i := 1; i < jobs-1; i++ {
		add(i, d.random.IntN(kinds))
	}
	for total < int(math.Round(n.factor*kinds*(jobs-2))) {
		add(1+d.random.IntN(jobs-2), d.random.IntN(kinds))
	}
	var most, peak [kinds]int
	var start [jobs]int
	used := make([][kinds]int, d.p.Days+1)
	for i := range d.p.Tasks { // arcs lead from smaller to larger numbers
		t := &d.p.Tasks[i]
		for _, l := range t.After {
			start[i] = max(start[i], start[l.Task]+d.p.Tasks[l.Task].Duration)
		}
		for k := range kinds {
			if !needs[i][k] {
				continue
			}
			amount := 1 + d.random.IntN(10)
			t.Needs = append(t.Needs, planner.Need{Resource: k, Amount: amount})
			most[k] = max(most[k], amount)
			for day := start[i]; day < start[i]+t.Duration; day++ {
				used[day][k] += amount
				peak[k] = max(peak[k], used[day][k])
			}
		}
	}
	for k := range kinds {
		d.p.Resources[k].Capacity = most[k] + int(math.Round(n.strength*float64(peak[k]-most[k])))
	}
}
