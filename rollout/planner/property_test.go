package planner

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func rnd(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 77)) }

// randomProject has everything that a project can have: calendars, days of little, lags,
// releases, due days, moments, and now and then a fixed task.
func randomProject(r *rand.Rand, n int) Project {
	p := Project{Days: 80 + 30*n}
	for range r.IntN(3) {
		off := make([]bool, r.IntN(p.Days))
		for d := range off {
			off[d] = d%7 >= 5 || r.IntN(15) == 0
		}
		p.Calendars = append(p.Calendars, Calendar{off})
	}
	for range r.IntN(4) {
		res := Resource{Capacity: 1 + r.IntN(6)}
		for range r.IntN(40) {
			res.Each = append(res.Each, r.IntN(res.Capacity+2))
		}
		p.Resources = append(p.Resources, res)
	}
	for i := range n {
		t := Task{Duration: r.IntN(7), Calendar: r.IntN(len(p.Calendars)+1) - 1}
		for a := range i {
			if r.IntN(n) < 2 {
				t.After = append(t.After, Link{a, r.IntN(3) * r.IntN(3)})
			}
		}
		for k, res := range p.Resources {
			if r.IntN(2) == 0 {
				t.Needs = append(t.Needs, Need{k, r.IntN(res.Capacity + 1)})
			}
		}
		if r.IntN(5) == 0 {
			t.Release = r.IntN(30)
		}
		if r.IntN(5) == 0 {
			t.Due = 1 + r.IntN(60)
		}
		p.Tasks = append(p.Tasks, t)
	}
	return p
}

func TestNoPlanEverBreaksAnything(t *testing.T) {
	r := rnd(1)
	planned, promised := 0, 0
	for range 400 {
		p, o := randomProject(r, 1+r.IntN(30)), Options{Schedules: 1 + r.IntN(60), Seed: r.Uint64()}
		plan, err := Solve(t.Context(), p, o)
		if err != nil {
			continue
		}
		planned++
		held(t, p, plan)
		if again, _ := Solve(t.Context(), p, o); !slices.Equal(again.Start, plan.Start) {
			t.Fatal("the same seed gave two plans")
		}
		for i := range p.Tasks { // promise some of it and plan the rest again
			if r.IntN(4) == 0 {
				p.Tasks[i].Fixed, p.Tasks[i].Start = true, plan.Start[i]
			}
		}
		o.Prior = plan.Start
		if again, err := Solve(t.Context(), p, o); err == nil {
			promised++
			held(t, p, again)
		} else if e, _ := Reason(err); e == nil || e.Why != NoRoom {
			t.Fatalf("what was promised from a plan that breaks nothing: %v", err)
		}
	}
	if planned < 300 || promised < planned*95/100 {
		t.Errorf("only %d of 400 projects were planned, %d again with promises", planned, promised)
	}
}

// held checks a plan against the project, its own figures and the bound.
func held(t *testing.T, p Project, plan Plan) {
	t.Helper()
	if broken := Verify(p, plan.Start); broken != nil {
		t.Fatalf("broken: %+v", broken)
	}
	late := 0
	for i, task := range p.Tasks {
		if task.Due > 0 {
			late += max(0, plan.End[i]-task.Due)
		}
	}
	b, err := Least(p)
	if err != nil || b.Days > plan.Span || plan.Span != slices.Max(plan.End) || plan.Late != late {
		t.Fatalf("bound %+v (%v), span %d, ends %v, late %d of %d", b, err, plan.Span, plan.End, plan.Late, late)
	}
}

// exhaust finds the shortest span by trying every order of the tasks day by day, with
// nothing of the scheduler: for projects of a few tasks without lags or calendars.
func exhaust(p Project) int {
	best, start := p.Days+1, make([]int, len(p.Tasks))
	for i := range start {
		start[i] = -1
	}
	used := make([][]int, p.Days+1)
	for d := range used {
		used[d] = make([]int, len(p.Resources))
	}
	var try func(placed, span int)
	try = func(placed, span int) {
		if span >= best {
			return
		}
		if placed == len(p.Tasks) {
			best = span
			return
		}
		for i, t := range p.Tasks {
			from, waiting := t.Release, start[i] >= 0
			for _, l := range t.After {
				waiting = waiting || start[l.Task] < 0
				from = max(from, start[l.Task]+p.Tasks[l.Task].Duration)
			}
			if waiting {
				continue
			}
			for !roomFor(p, t, used, from) {
				from++
			}
			book(t, used, from, 1)
			start[i] = from
			try(placed+1, max(span, from+t.Duration))
			book(t, used, from, -1)
			start[i] = -1
		}
	}
	try(0, 0)
	return best
}

func roomFor(p Project, t Task, used [][]int, from int) bool {
	for d := from; d < from+t.Duration; d++ {
		for _, n := range t.Needs {
			if used[d][n.Resource]+n.Amount > p.Resources[n.Resource].Capacity {
				return false
			}
		}
	}
	return true
}

func book(t Task, used [][]int, from, sign int) {
	for d := from; d < from+t.Duration; d++ {
		for _, n := range t.Needs {
			used[d][n.Resource] += sign * n.Amount
		}
	}
}

func TestSmallProjectsAreSolvedToTheOptimum(t *testing.T) {
	r := rnd(8)
	for range 120 {
		p := Project{Days: 80, Resources: []Resource{{Capacity: 2 + r.IntN(3)}, {Capacity: 2 + r.IntN(3)}}}
		for i := range 7 {
			made := task(1 + r.IntN(6))
			for a := range i {
				if r.IntN(4) == 0 {
					made.After = append(made.After, Link{Task: a})
				}
			}
			for k, res := range p.Resources {
				made = needing(made, k, r.IntN(res.Capacity+1))
			}
			made.Release = r.IntN(3)
			p.Tasks = append(p.Tasks, made)
		}
		plan, b, exact := solved(t, p, Options{Schedules: 1000, Seed: 4}), must(Least(p))(t), exhaust(p)
		if plan.Span != exact || b.Days > exact {
			t.Fatalf("span %d, optimum %d, bound %+v of %+v", plan.Span, exact, b, p)
		}
	}
}

func TestTheProfileFindsTheSameDaysAsAWalk(t *testing.T) {
	r := rnd(3)
	each := make([]int32, 5000)
	for d := range each {
		each[d] = int32(r.IntN(4))
	}
	p := newProfile(each)
	for range 3000 {
		from := r.IntN(len(each))
		days := []int{}
		for d := from; d < min(len(each), from+1+r.IntN(40)); d++ {
			days = append(days, d)
		}
		p.take(days, int32(r.IntN(5)-2))
		at, amount := r.IntN(len(each)), int32(r.IntN(9))
		next, last := at, at
		for next < len(each) && each[next] < amount {
			next++
		}
		for last >= 0 && each[last] < amount {
			last--
		}
		if p.next(at, amount) != next || p.last(at, amount) != last {
			t.Fatalf("from %d for %d: %d and %d, want %d and %d", at, amount, p.next(at, amount), p.last(at, amount), next, last)
		}
	}
}

func TestTheVerifierSeesWhatIsBroken(t *testing.T) {
	p := Project{Days: 20, Resources: []Resource{{Capacity: 1}}, Calendars: []Calendar{{[]bool{false, false, true}}}, Tasks: []Task{
		needing(task(2), 0, 1), needing(task(2), 0, 1), task(1, 0), {Duration: 1}, {Duration: 1, Fixed: true, Start: 4},
		{Duration: 1, Release: 6, Calendar: EveryDay}, {Duration: 1, After: []Link{{Task: 0, Lag: 1}}},
	}}
	fine := []int{0, 2, 2, 0, 4, 6, 4}
	if broken := Verify(p, fine); broken != nil {
		t.Fatalf("nothing is broken, yet %+v", broken)
	}
	for _, c := range []struct {
		task, start int
		what        string
	}{{1, 1, BreakCapacity}, {2, 1, BreakOrder}, {3, 2, BreakStart}, {4, 5, BreakFixed}, {5, 5, BreakStart}, {6, 3, BreakOrder}, {0, -1, BreakStart}, {5, 20, BreakStart}} {
		bad := slices.Clone(fine)
		bad[c.task] = c.start
		if broken := Verify(p, bad); !slices.ContainsFunc(broken, func(b Break) bool { return b.What == c.what }) {
			t.Errorf("task %d at %d: %+v, want %s", c.task, c.start, broken, c.what)
		}
	}
	if broken := Verify(p, fine[1:]); len(broken) != 1 || broken[0].What != BreakLength {
		t.Errorf("a start is missing: %+v", broken)
	}
}

func FuzzReadSM(f *testing.F) {
	f.Add("jobs (incl. supersource/sink ):  2\n  - renewable : 1 R\nPRECEDENCE RELATIONS:\n1 1 1 2\n2 1 0\nREQUESTS/DURATIONS:\n1 1 3 1\n2 1 0 0\nRESOURCEAVAILABILITIES:\n 4\n")
	f.Add("jobs : 3\n  - renewable : 0 R\nPRECEDENCE RELATIONS:\n1 1 1 2\n2 1 1 1\n3 1 0\nREQUESTS/DURATIONS:\n1 1 1\n2 1 1\n3 1 1\nRESOURCEAVAILABILITIES:\n")
	f.Add("jobs : 2\n  - nonrenewable : 2 N\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ReadSM(strings.NewReader(text))
		if err != nil || len(p.Tasks) > 200 || p.Days > 20_000 {
			return
		}
		plan, err := Solve(t.Context(), p, Options{Schedules: 5})
		if err != nil {
			if _, ok := Reason(err); !ok {
				t.Fatal(err)
			}
			return
		}
		held(t, p, plan)
	})
}

func FuzzNoPlanBreaksAnything(f *testing.F) {
	f.Add(uint64(1), 12)
	f.Add(uint64(99), 30)
	f.Fuzz(func(t *testing.T, seed uint64, n int) {
		r := rnd(seed)
		p := randomProject(r, 1+abs(n%40))
		if plan, err := Solve(t.Context(), p, Options{Schedules: 20, Seed: seed}); err == nil {
			held(t, p, plan)
		}
	})
}
