package planner

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// Options is how long and how a plan is sought.
type Options struct {
	Schedules int    // the budget: how many schedules are generated at most; at least one is
	Seed      uint64 // the same seed gives the same plan
	// Prior is the start of every task in the plan that people know, -1 where it has none.
	// Of plans that end the same day with the same due days missed the one is taken that
	// moves the fewest days away from it. Empty: there is no such plan.
	Prior []int
}

// Plan is a calendar that breaks nothing.
type Plan struct {
	Start, End []int // by task; End leaves the last day out
	Span       int   // when the last task ends
	Late       int   // days by which due days are missed, summed over the tasks
	Moved      int   // days away from the prior starts, summed over the tasks
	Schedules  int   // how many were generated
}

// cost orders plans: due days first, then the end of the project, then peace.
type cost struct{ late, span, moved int }

func (c cost) worse(than cost) bool {
	switch {
	case c.late != than.late:
		return c.late > than.late
	case c.span != than.span:
		return c.span > than.span
	}
	return c.moved > than.moved
}

// Solve plans a project. It ends early, with the best plan so far, when ctx does, when
// the budget is spent or when the plan cannot be better. The error is an *Impossible
// when there is no plan, or none was found for a fixed task that leaves little room.
func Solve(ctx context.Context, p Project, o Options) (Plan, error) {
	q, err := compile(p)
	if err != nil {
		return Plan{}, err
	}
	return q.solve(ctx, o, q.bound().Days)
}

func (q *problem) solve(ctx context.Context, o Options, least int) (Plan, error) {
	s := newSearch(ctx, q, o, least)
	if err := s.first(); err != nil {
		return Plan{}, err
	}
	s.improve()
	return Plan{Start: s.best.start, End: s.best.end, Span: s.best.cost.span, Late: s.best.cost.late, Moved: s.best.cost.moved, Schedules: s.made}, nil
}

// kept is a plan with what it costs and the list that it follows from.
type kept struct {
	cost       cost
	start, end []int
	list       []int
}

func (k *kept) set(s *search, c cost) {
	k.cost, k.start, k.end = c, append(k.start[:0], s.start...), append(k.end[:0], s.end...)
	k.list = append(k.list[:0], s.byTime(s.start)...)
}

// search is one run of the iterated local search.
type search struct {
	*maker
	ctx     context.Context
	o       Options
	random  *rand.Rand
	least   int   // no plan ends before it
	rank    []int // the place of each task in topo
	now     kept  // where the search stands
	best    kept
	elite   []kept
	keys    []int
	order   []int
	waiting []int
	heap    []int
	list    []int
}

func newSearch(ctx context.Context, q *problem, o Options, least int) *search {
	n := len(q.tasks)
	s := &search{maker: newMaker(q), ctx: ctx, o: o, random: rand.New(rand.NewPCG(o.Seed, 0x4c6f5472696e68)), least: least,
		rank: make([]int, n), keys: make([]int, n), waiting: make([]int, n)}
	for k, i := range q.topo {
		s.rank[i] = k
	}
	return s
}

// shift leaves room for a task's index behind a sort key.
const shift = 20

// byTime is the tasks in the order of their times, what is followed first; valid until
// it is called again.
func (s *search) byTime(times []int) []int {
	s.order = s.order[:0]
	for i, t := range times {
		s.order = append(s.order, t<<shift|s.rank[i])
	}
	slices.Sort(s.order)
	for k, v := range s.order {
		s.order[k] = s.topo[v&(1<<shift-1)]
	}
	return s.order
}

// listed makes a list by the keys, the smallest first, in which everything comes after
// what it follows; valid until it is called again.
func (s *search) listed() []int {
	s.list, s.heap = s.list[:0], s.heap[:0]
	for i := range s.tasks {
		if s.waiting[i] = len(s.tasks[i].pred); s.waiting[i] == 0 {
			s.push(s.keys[i]<<shift | i)
		}
	}
	for len(s.heap) > 0 {
		i := s.pop() & (1<<shift - 1)
		s.list = append(s.list, i)
		for _, l := range s.tasks[i].succ {
			if s.waiting[l.Task]--; s.waiting[l.Task] == 0 {
				s.push(s.keys[l.Task]<<shift | l.Task)
			}
		}
	}
	return s.list
}

func (s *search) push(v int) {
	s.heap = append(s.heap, v)
	for k := len(s.heap) - 1; k > 0; {
		up := (k - 1) / 2
		if s.heap[up] <= s.heap[k] {
			return
		}
		s.heap[up], s.heap[k] = s.heap[k], s.heap[up]
		k = up
	}
}

func (s *search) pop() int {
	h := s.heap
	top, n := h[0], len(h)-1
	h[0] = h[n]
	s.heap = h[:n]
	for k := 0; ; {
		child := 2*k + 1
		if child >= n {
			return top
		}
		if child+1 < n && h[child+1] < h[child] {
			child++
		}
		if h[k] <= h[child] {
			return top
		}
		h[k], h[child] = h[child], h[k]
		k = child
	}
}

// cost is what the plan in the making costs.
func (s *search) cost() cost {
	c := cost{span: s.span()}
	for i := range s.tasks {
		if due := s.tasks[i].due; due < s.days {
			c.late += max(0, s.end[i]-due)
		}
	}
	for i, before := range s.o.Prior {
		if before >= 0 && i < len(s.start) {
			c.moved += abs(s.start[i] - before)
		}
	}
	return c
}

func abs(n int) int { return max(n, -n) }

// perfect tells whether no plan can be better than this cost.
func (s *search) perfect(c cost) bool { return c.late == 0 && c.span <= s.least && c.moved == 0 }

func (s *search) spent() bool { return s.made >= s.o.Schedules || s.ctx.Err() != nil }

// keep remembers the plan in the making when it is the best so far.
func (s *search) keep(c cost) {
	if s.best.list == nil || s.best.cost.worse(c) {
		s.best.set(s, c)
	}
}

// first makes a plan by rule: what people know first when there is a prior plan, else by
// the last start that the due days allow. A task that a fixed one leaves too little room
// is moved to the front with all that it waits for.
func (s *search) first() error {
	for i := range s.tasks {
		s.keys[i] = max(s.tasks[i].wantedStart, 0)
		if len(s.o.Prior) == len(s.tasks) && s.o.Prior[i] >= 0 {
			s.keys[i] = s.o.Prior[i]
		}
	}
	stuck := -1
	for try := 0; try <= min(s.free, 200); try++ {
		if stuck = s.build(s.listed()); stuck < 0 {
			c := s.cost()
			s.keep(c)
			s.now.set(s, c)
			return nil
		}
		for i := range s.keys {
			s.keys[i]++
		}
		s.toFront(stuck)
	}
	return &Impossible{Why: NoRoom, Task: stuck, Other: s.heldBy(stuck), Resource: -1, Day: s.tasks[stuck].latest}
}

// toFront gives a task and what it waits for the smallest keys.
func (s *search) toFront(i int) {
	seen, todo := map[int]bool{i: true}, []int{i}
	for len(todo) > 0 {
		k := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		s.keys[k] = 0
		for _, l := range s.tasks[k].pred {
			if !seen[l.Task] {
				seen[l.Task] = true
				todo = append(todo, l.Task)
			}
		}
	}
}

// heldBy is the nearest fixed task behind one, -1 when there is none.
func (s *search) heldBy(i int) int {
	seen, todo := map[int]bool{i: true}, []int{i}
	for k := 0; k < len(todo); k++ {
		for _, l := range s.tasks[todo[k]].succ {
			if s.tasks[l.Task].fixed >= 0 {
				return l.Task
			}
			if !seen[l.Task] {
				seen[l.Task] = true
				todo = append(todo, l.Task)
			}
		}
	}
	return -1
}

// polish justifies the plan in the making to the right and to the left, and answers its cost.
func (s *search) polish() cost {
	c := s.cost()
	s.keep(c)
	if s.perfect(c) || s.spent() {
		return c
	}
	s.right(s.byTime(s.end), c.span)
	s.build(s.byTime(s.start))
	c = s.cost()
	s.keep(c)
	return c
}

// try builds the list of the keys and polishes it; false: it breaks a promise.
func (s *search) try() (cost, bool) {
	if s.build(s.listed()) >= 0 {
		return cost{late: math.MaxInt}, false
	}
	return s.polish(), true
}

// improve spends the budget: first on plans by the rule with noise, then on changes of
// what was found.
func (s *search) improve() {
	if s.perfect(s.best.cost) || s.free == 0 || s.spent() {
		return
	}
	s.now.set(s, s.polish())
	samples := max(1, min(s.o.Schedules/30, 60))
	for range samples {
		if s.spent() || s.perfect(s.best.cost) {
			return
		}
		s.sample()
		if c, ok := s.try(); ok {
			s.toElite(c)
		}
	}
	s.climb()
}

// sample fills the keys with the rule and a noise.
func (s *search) sample() {
	noise := 1 + s.random.IntN(max(1, s.best.cost.span/2))
	for i := range s.tasks {
		s.keys[i] = max(s.tasks[i].wantedStart, 0) + s.random.IntN(noise)
	}
}

// elites is how many different good plans the search returns to.
const elites = 6

func (s *search) toElite(c cost) {
	if s.now.cost.worse(c) {
		s.now.set(s, c)
	}
	for k := range s.elite {
		if slices.Equal(s.elite[k].start, s.start) {
			return
		}
	}
	if len(s.elite) < elites {
		s.elite = append(s.elite, kept{})
		s.elite[len(s.elite)-1].set(s, c)
		return
	}
	worst := 0
	for k := range s.elite {
		if s.elite[k].cost.worse(s.elite[worst].cost) {
			worst = k
		}
	}
	if s.elite[worst].cost.worse(c) {
		s.elite[worst].set(s, c)
	}
}

// climb changes the plan where the search stands and goes on from what is not worse.
func (s *search) climb() {
	patience, idle := 150, 0
	for !s.spent() && !s.perfect(s.best.cost) {
		s.change()
		c, ok := s.try()
		if !ok {
			continue
		}
		if !c.worse(s.now.cost) || c.late <= s.now.cost.late && c.span == s.now.cost.span+1 && s.random.IntN(20) == 0 {
			if s.now.cost.worse(c) {
				idle = 0
			}
			s.now.set(s, c)
		}
		if idle++; idle > patience {
			s.restart()
			idle = 0
		}
	}
}

// restart goes on from a good plan found before, or from a fresh one.
func (s *search) restart() {
	if len(s.elite) > 0 && s.random.IntN(3) > 0 {
		e := &s.elite[s.random.IntN(len(s.elite))]
		s.now.cost, s.now.start, s.now.end = e.cost, append(s.now.start[:0], e.start...), append(s.now.end[:0], e.end...)
		s.now.list = append(s.now.list[:0], e.list...)
		return
	}
	s.sample()
	if c, ok := s.try(); ok {
		s.now.set(s, c)
	}
}

// change fills the keys with the order of the plan, disturbed: a stretch of it is mixed,
// or a few tasks go elsewhere.
func (s *search) change() {
	n := len(s.now.list)
	for k, i := range s.now.list {
		s.keys[i] = k
	}
	if s.random.IntN(10) < 6 {
		size := min(n, 4+s.random.IntN(max(2, min(n/2, 60))))
		from := s.random.IntN(n - size + 1)
		part := s.now.list[from : from+size]
		for range size {
			a, b := part[s.random.IntN(size)], part[s.random.IntN(size)]
			s.keys[a], s.keys[b] = s.keys[b], s.keys[a]
		}
		return
	}
	for range 1 + s.random.IntN(4) {
		s.keys[s.now.list[s.random.IntN(n)]] = s.random.IntN(n)
	}
}
