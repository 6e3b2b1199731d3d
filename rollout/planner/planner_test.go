package planner

import (
	"context"
	"os"
	"slices"
	"testing"
)

func solved(t *testing.T, p Project, o Options) Plan {
	t.Helper()
	plan, err := Solve(t.Context(), p, o)
	if err != nil {
		t.Fatal(err)
	}
	if broken := Verify(p, plan.Start); broken != nil {
		t.Fatalf("the plan breaks %+v", broken)
	}
	return plan
}

func task(days int, after ...int) Task {
	t := Task{Duration: days, Calendar: EveryDay}
	for _, a := range after {
		t.After = append(t.After, Link{Task: a})
	}
	return t
}

func needing(t Task, resource, amount int) Task {
	t.Needs = append(slices.Clone(t.Needs), Need{resource, amount})
	return t
}

func TestReadsAndSolvesPublishedFormat(t *testing.T) {
	for name, want := range map[string]struct{ span, least int }{"eight": {12, 11}, "chain": {15, 15}} {
		file, err := os.Open("testdata/" + name + ".sm")
		if err != nil {
			t.Fatal(err)
		}
		p, err := ReadSM(file)
		_ = file.Close()
		if err != nil {
			t.Fatal(name, err)
		}
		plan, least := solved(t, p, Options{Schedules: 300, Seed: 1}), must(Least(p))(t)
		if exact := exhaust(p); plan.Span != exact || plan.Span != want.span || least.Days > want.span || least.Days < want.least {
			t.Errorf("%s: span %d, exact %d, bound %+v, want %+v", name, plan.Span, exact, least, want)
		}
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestDaysOffAndLagsAreWalkedOver(t *testing.T) {
	off := make([]bool, 30)
	for d := range off {
		off[d] = d%7 >= 5 // day 0 is a Monday
	}
	p := Project{Days: 30, Calendars: []Calendar{{off}}, Tasks: []Task{
		{Duration: 3, Release: 3}, // Thursday, Friday, Monday
		{Duration: 1, After: []Link{{Task: 0, Lag: 2}}},
		{Duration: 0, Calendar: EveryDay, After: []Link{{Task: 1}}},
	}}
	plan := solved(t, p, Options{Schedules: 1})
	if want := []int{3, 10, 11}; !slices.Equal(plan.Start, want) || plan.End[0] != 8 || plan.Span != 11 {
		t.Errorf("starts %v, ends %v; want starts %v", plan.Start, plan.End, want)
	}
	b := must(Least(p))(t)
	if b.Days != 11 || b.Kind != ByPath || !slices.Equal(b.Path, []int{0, 1, 2}) {
		t.Errorf("bound %+v", b)
	}
}

func TestTheBoundSaysWhichResourceStandsInTheWay(t *testing.T) {
	p := Project{Days: 60, Resources: []Resource{{Capacity: 4}, {Capacity: 9}}}
	for i := range 20 { // 20 loads of 2 lorry-days behind two days of packing, before one day of fitting
		p.Tasks = append(p.Tasks, task(2), needing(needing(task(1, 3*i), 0, 2), 1, 1), task(1, 3*i+1))
	}
	b := must(Least(p))(t)
	if b.Days != 13 || b.Kind != ByResource || b.Resource != 0 || b.From != 2 || b.Until != 11 || b.Work != 40 || b.Room != 36 {
		t.Errorf("bound %+v; 40 lorry-days at 4 a day between a head of 2 and a tail of 1 take until day 13", b)
	}
	if plan := solved(t, p, Options{Schedules: 50}); plan.Span != 13 {
		t.Errorf("span %d", plan.Span)
	}
}

func TestAResourceMayOfferMoreOnSomeDays(t *testing.T) {
	p := Project{Days: 40, Resources: []Resource{{Capacity: 1, Each: []int{0, 2, 0, 0, 3}}}}
	for range 6 {
		p.Tasks = append(p.Tasks, needing(task(1), 0, 1))
	}
	plan := solved(t, p, Options{Schedules: 20})
	starts := slices.Clone(plan.Start)
	slices.Sort(starts)
	if want := []int{1, 1, 4, 4, 4, 5}; !slices.Equal(starts, want) {
		t.Errorf("starts %v, want %v", starts, want)
	}
}

func TestWhatIsFixedStaysAndWhatLeadsToItComesBefore(t *testing.T) {
	p := Project{Days: 50, Resources: []Resource{{Capacity: 1}}}
	for i := range 6 {
		late := needing(task(3), 0, 1)
		late.Due = 3 // everybody wants to be first
		if i == 5 {
			late.Due = 0
		}
		p.Tasks = append(p.Tasks, late)
	}
	p.Tasks = append(p.Tasks, Task{Duration: 2, Calendar: EveryDay, After: []Link{{Task: 5}}, Needs: []Need{{0, 1}}, Fixed: true, Start: 4})
	plan := solved(t, p, Options{Schedules: 60, Seed: 3})
	if plan.Start[6] != 4 || plan.End[5] > 4 {
		t.Errorf("starts %v", plan.Start)
	}
	p.Tasks[6].Start = 2
	_, err := Solve(t.Context(), p, Options{Schedules: 60})
	if e, ok := Reason(err); !ok || e.Why != NoRoom && e.Why != FixedOrder {
		t.Errorf("a promise that cannot be kept gives %v", err)
	}
}

func TestWhatCannotBePlannedIsSaid(t *testing.T) {
	two := []Resource{{Capacity: 2}}
	fixed := func(start int, after ...int) Task {
		f := needing(task(2, after...), 0, 2)
		f.Fixed, f.Start = true, start
		return f
	}
	cases := map[string]struct {
		p    Project
		want Why
	}{
		"circle":        {Project{Days: 9, Tasks: []Task{task(1, 1), task(1, 0)}}, Circle},
		"itself":        {Project{Days: 9, Tasks: []Task{task(1, 0)}}, BadTask},
		"nobody":        {Project{Days: 9, Tasks: []Task{task(1, 7)}}, BadTask},
		"too much":      {Project{Days: 9, Resources: two, Tasks: []Task{needing(task(1), 0, 3)}}, TooMuch},
		"fixed clash":   {Project{Days: 9, Resources: two, Tasks: []Task{fixed(1), fixed(2)}}, FixedClash},
		"fixed order":   {Project{Days: 9, Resources: two, Tasks: []Task{fixed(1), fixed(2, 0)}}, FixedClash},
		"fixed early":   {Project{Days: 9, Resources: two, Tasks: []Task{task(3), fixed(2, 0)}}, FixedOrder},
		"fixed day off": {Project{Days: 9, Resources: two, Calendars: []Calendar{{[]bool{true, true}}}, Tasks: []Task{{Duration: 1, Fixed: true, Start: 1}}}, FixedOff},
		"no days left":  {Project{Days: 3, Resources: two, Tasks: []Task{needing(task(2), 0, 2), needing(task(2), 0, 2)}}, NoRoom},
		"negative":      {Project{Days: 3, Tasks: []Task{task(-1)}}, BadTask},
	}
	for name, c := range cases {
		_, err := Solve(t.Context(), c.p, Options{Schedules: 10})
		if e, ok := Reason(err); !ok || e.Why != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func TestAPlanMadeAgainMovesAsLittleAsItCan(t *testing.T) {
	p := Project{Days: 60, Resources: []Resource{{Capacity: 1}}}
	for range 8 {
		p.Tasks = append(p.Tasks, needing(task(2), 0, 1))
	}
	prior := []int{14, 12, 10, 8, 6, 4, 2, 0}
	again := solved(t, p, Options{Schedules: 400, Seed: 9, Prior: prior})
	if again.Moved != 0 || !slices.Equal(again.Start, prior) {
		t.Errorf("nothing changed, yet %d days moved: %v", again.Moved, again.Start)
	}
	p.Tasks[5].Fixed, p.Tasks[5].Start = true, 20
	again = solved(t, p, Options{Schedules: 400, Seed: 9, Prior: prior})
	for i, s := range again.Start {
		if i < 5 && s > prior[i] || i > 5 && s != prior[i] {
			t.Errorf("task %d went from %d to %d", i, prior[i], s)
		}
	}
}

func TestDueDaysComeFirstAndMissedOnesAreCounted(t *testing.T) {
	p := Project{Days: 60, Resources: []Resource{{Capacity: 1}}}
	for range 5 {
		p.Tasks = append(p.Tasks, needing(task(2), 0, 1))
	}
	p.Tasks[4].Due = 2
	plan := solved(t, p, Options{Schedules: 50})
	if plan.Start[4] != 0 || plan.Late != 0 {
		t.Errorf("the one with a due day starts at %d, late %d", plan.Start[4], plan.Late)
	}
	p.Tasks[3].Due = 2
	if plan = solved(t, p, Options{Schedules: 50}); plan.Late != 2 {
		t.Errorf("late by %d days, want 2", plan.Late)
	}
}

func TestABudgetIsKeptAndAnEndedContextEndsTheSearch(t *testing.T) {
	p := randomProject(rnd(5), 40)
	for _, budget := range []int{0, 1, 7, 100} {
		plan, err := Solve(t.Context(), p, Options{Schedules: budget})
		if err != nil {
			continue
		}
		if most := max(1, budget) + 2; plan.Schedules > most {
			t.Errorf("budget %d: %d schedules", budget, plan.Schedules)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if plan, err := Solve(ctx, p, Options{Schedules: 1 << 40}); err == nil && plan.Schedules > 3 {
		t.Errorf("%d schedules after the end", plan.Schedules)
	}
}
