package planner

import "slices"

// Kind says what keeps a project from ending earlier.
type Kind string

// What a bound rests on.
const (
	ByPath     Kind = "path"     // tasks that wait for each other, with their lags, calendars and release days
	ByResource Kind = "resource" // more work for a resource than it offers between two days
)

// Bound is a day before which the project cannot have ended, and why. A plan whose span
// is Days is as short as can be.
type Bound struct {
	Days int
	Kind Kind
	Path []int // ByPath: the tasks of the chain, first to last
	// ByResource: to have ended a day earlier, Work unit-days of the resource would have
	// to lie within [From, Until), which offers Room of them.
	Resource, From, Until, Work, Room int
}

// Least proves how early a project can end at best.
func Least(p Project) (Bound, error) {
	q, err := compile(p)
	if err != nil {
		return Bound{}, err
	}
	return q.bound(), nil
}

// few is up to how many tasks the bound looks at parts of tasks and at every window.
const few = 150

// bound is the critical path, lengthened for as long as some window has more work than
// room: the larger the span, the later the tasks may end, so the first span that nothing
// speaks against is found by halving.
func (q *problem) bound() Bound {
	b := q.path()
	w := newWindows(q)
	if _, tight := w.refute(b.Days); !tight {
		return b
	}
	low := b.Days // refuted
	high := min(low+1, q.days)
	for step := 2; high < q.days; step *= 2 {
		if _, tight := w.refute(high); !tight {
			break
		}
		low, high = high, min(high+step, q.days)
	}
	for low+1 < high {
		if mid := (low + high) / 2; !w.loose(mid) {
			low = mid
		} else {
			high = mid
		}
	}
	why, _ := w.refute(low)
	why.Days = low + 1
	return why
}

func (w *windows) loose(span int) bool {
	_, tight := w.refute(span)
	return !tight
}

// path is the longest chain of tasks.
func (q *problem) path() Bound {
	b, last := Bound{Kind: ByPath, Resource: -1}, -1
	for i := range q.tasks {
		w := &q.tasks[i]
		if end := w.cal.end(w.earliest, w.duration); end >= b.Days {
			b.Days, last = end, i
		}
	}
	for i := last; i >= 0; {
		b.Path = append(b.Path, i)
		w, from := &q.tasks[i], -1
		for _, l := range w.pred {
			p := &q.tasks[l.Task]
			at := w.cal.after(p.cal.end(p.earliest, p.duration), l.Lag)
			if w.fixed < 0 && at <= w.earliest && at > w.release && w.cal.count(at, w.earliest) == 0 {
				from = l.Task
			}
		}
		i = from
	}
	slices.Reverse(b.Path)
	return b
}

// windows holds what refuting a span needs.
type windows struct {
	*problem
	last   []int   // the last day by which each task may have ended, for the span looked at
	need   [][]int // by resource: the tasks that need it
	room   [][]int // by resource: what is offered on the days before each day
	amount [][]int // by resource, beside need
}

func newWindows(q *problem) *windows {
	w := &windows{problem: q, last: make([]int, len(q.tasks)), need: make([][]int, len(q.capacity)),
		amount: make([][]int, len(q.capacity)), room: make([][]int, len(q.capacity))}
	for i := range q.tasks {
		for _, n := range q.tasks[i].needs {
			w.need[n.resource] = append(w.need[n.resource], i)
			w.amount[n.resource] = append(w.amount[n.resource], int(n.amount))
		}
	}
	for r, each := range q.capacity {
		working := q.working(w.need[r])
		w.room[r] = make([]int, q.days+1)
		for d, c := range each {
			if w.room[r][d+1] = w.room[r][d]; working[d] {
				w.room[r][d+1] += int(c)
			}
		}
	}
	return w
}

// working tells on which days anybody works of those that need a resource: what it offers
// on others is no use.
func (q *problem) working(tasks []int) []bool {
	on, seen := make([]bool, q.days), map[*calendar]bool{}
	for _, i := range tasks {
		c := q.tasks[i].cal
		if seen[c] {
			continue
		}
		seen[c] = true
		for _, d := range c.days {
			on[d] = true
		}
	}
	return on
}

// refute looks for a window in which a project that ends by span has too much to do.
func (w *windows) refute(span int) (Bound, bool) {
	for k := len(w.topo) - 1; k >= 0; k-- {
		i := w.topo[k]
		t := &w.tasks[i]
		by := span
		for _, s := range t.succ {
			to := &w.tasks[s.Task]
			by = min(by, to.cal.before(max(to.cal.begin(w.last[s.Task], to.duration), 0), s.Lag))
		}
		if w.last[i] = by; t.fixed >= 0 {
			w.last[i] = t.cal.end(t.fixed, t.duration)
		}
	}
	for r := range w.need {
		find := w.whole
		if len(w.need[r]) <= few {
			find = w.parts
		}
		if b, tight := find(r); tight {
			return b, true
		}
	}
	return Bound{}, false
}

// most is how many first days of windows are tried for a resource with many tasks.
const most = 24

// whole counts only tasks that lie wholly in a window: one walk over the ends for each
// first day.
func (w *windows) whole(r int) (Bound, bool) {
	order := make([]int, len(w.need[r])) // by last day, with the place in need
	starts := make([]int, 0, len(order))
	for k, i := range w.need[r] {
		order[k] = w.last[i]<<shift | k
		starts = append(starts, w.tasks[i].earliest)
	}
	slices.Sort(order)
	slices.Sort(starts)
	starts = slices.Compact(starts)
	step := max(1, (len(starts)+most-1)/most)
	for k := 0; k < len(starts); k += step {
		from, work := starts[k], 0
		for at, packed := range order {
			place := packed & (1<<shift - 1)
			if t := &w.tasks[w.need[r][place]]; t.earliest >= from {
				work += t.duration * w.amount[r][place]
			}
			if at+1 < len(order) && order[at+1]>>shift == packed>>shift || work == 0 {
				continue
			}
			until := max(packed>>shift, from)
			if room := w.room[r][until] - w.room[r][from]; work > room {
				return Bound{Kind: ByResource, Resource: r, From: from, Until: until, Work: work, Room: room}, true
			}
		}
	}
	return Bound{}, false
}

// parts counts for every window also the part of a task that lies in it however the task
// is moved.
func (w *windows) parts(r int) (Bound, bool) {
	var starts, ends []int
	for _, i := range w.need[r] {
		t := &w.tasks[i]
		starts = append(starts, t.earliest, max(t.cal.begin(w.last[i], t.duration), 0))
		ends = append(ends, w.last[i], t.cal.end(t.earliest, t.duration))
	}
	slices.Sort(starts)
	slices.Sort(ends)
	starts, ends = slices.Compact(starts), slices.Compact(ends)
	for _, from := range starts {
		for _, until := range ends {
			if until <= from {
				continue
			}
			work := 0
			for k, i := range w.need[r] {
				work += w.amount[r][k] * w.within(i, from, until)
			}
			if room := w.room[r][until] - w.room[r][from]; work > room {
				return Bound{Kind: ByResource, Resource: r, From: from, Until: until, Work: work, Room: room}, true
			}
		}
	}
	return Bound{}, false
}

// within is how many working days of a task lie in a window wherever it is placed: the
// fewer of its first and its last place, since what lies inside only falls towards the two.
func (w *windows) within(i, from, until int) int {
	t := &w.tasks[i]
	end := t.cal.end(t.earliest, t.duration)
	begin := t.cal.begin(w.last[i], t.duration)
	if end > w.days || begin < 0 {
		return 0
	}
	early := t.cal.count(max(from, t.earliest), min(until, end))
	late := t.cal.count(max(from, begin), min(until, w.last[i]))
	return min(early, late)
}
