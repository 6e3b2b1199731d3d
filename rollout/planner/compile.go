package planner

import (
	"errors"
	"fmt"
	"slices"
)

// need is a need on the axis of resources.
type need struct {
	resource int
	amount   int32
}

// work is a task ready to be placed.
type work struct {
	duration    int
	cal         *calendar
	needs       []need
	pred, succ  []Link // by index, with the lag between the two
	release     int
	due         int // the end of the axis when there is none
	fixed       int // -1: free
	kind        int // tasks of a kind need the same on the same calendar for as long
	latest      int // the last start that fixed followers allow
	earliest    int // by what it follows, resources apart
	wantedStart int // the last start that keeps every due day behind it, resources apart
}

// problem is a checked project.
type problem struct {
	days     int
	tasks    []work
	capacity [][]int32
	base     []profile // with the fixed tasks taken off
	topo     []int
	free     int // how many tasks are not fixed
	kinds    int
}

func compile(p Project) (*problem, error) {
	if err := check(p); err != nil {
		return nil, err
	}
	q := &problem{days: p.Days, tasks: make([]work, len(p.Tasks))}
	calendars := make([]calendar, len(p.Calendars)+1)
	for i, c := range p.Calendars {
		calendars[i] = newCalendar(c.Off, p.Days)
	}
	calendars[len(p.Calendars)] = newCalendar(nil, p.Days)
	for i, t := range p.Tasks {
		w := &q.tasks[i]
		*w = work{duration: t.Duration, cal: &calendars[len(p.Calendars)], pred: t.After, release: t.Release, due: t.Due, fixed: -1}
		if t.Calendar != EveryDay {
			w.cal = &calendars[t.Calendar]
		}
		if w.due == 0 || w.due > p.Days {
			w.due = p.Days
		}
		if t.Fixed {
			w.fixed = t.Start
		} else {
			q.free++
		}
		for _, n := range t.Needs {
			if n.Amount > 0 && t.Duration > 0 {
				w.needs = append(w.needs, need{n.Resource, int32(n.Amount)})
			}
		}
		for _, l := range t.After {
			q.tasks[l.Task].succ = append(q.tasks[l.Task].succ, Link{i, l.Lag})
		}
	}
	q.sort()
	if err := q.order(); err != nil {
		return nil, err
	}
	if err := q.resources(p); err != nil {
		return nil, err
	}
	return q, errors.Join(q.heads(), q.tails())
}

// sort tells the kinds of tasks apart.
func (q *problem) sort() {
	kinds := map[string]int{}
	var key []byte
	for i := range q.tasks {
		w := &q.tasks[i]
		key = fmt.Appendf(key[:0], "%p %d", w.cal, w.duration)
		for _, n := range w.needs {
			key = fmt.Appendf(key, " %d:%d", n.resource, n.amount)
		}
		k, known := kinds[string(key)]
		if !known {
			k = len(kinds)
			kinds[string(key)] = k
		}
		w.kind = k
	}
	q.kinds = len(kinds)
}

// order finds an order in which everything comes after what it follows.
func (q *problem) order() error {
	waits := make([]int, len(q.tasks))
	q.topo = make([]int, 0, len(q.tasks))
	for i := range q.tasks {
		if waits[i] = len(q.tasks[i].pred); waits[i] == 0 {
			q.topo = append(q.topo, i)
		}
	}
	for k := 0; k < len(q.topo); k++ {
		for _, s := range q.tasks[q.topo[k]].succ {
			if waits[s.Task]--; waits[s.Task] == 0 {
				q.topo = append(q.topo, s.Task)
			}
		}
	}
	if len(q.topo) < len(q.tasks) {
		return impossible(Circle, slices.IndexFunc(waits, func(w int) bool { return w > 0 }))
	}
	return nil
}

// resources lays out what is offered each day and takes the fixed tasks off.
func (q *problem) resources(p Project) error {
	most := make([]int32, len(p.Resources))
	for r, res := range p.Resources {
		each := make([]int32, p.Days)
		for d := range each {
			each[d] = int32(res.on(d))
			most[r] = max(most[r], each[d])
		}
		q.capacity = append(q.capacity, each)
		q.base = append(q.base, newProfile(slices.Clone(each)))
	}
	for i := range q.tasks {
		w := &q.tasks[i]
		for _, n := range w.needs {
			if n.amount > most[n.resource] {
				return &Impossible{Why: TooMuch, Task: i, Other: -1, Resource: n.resource, Day: -1}
			}
		}
		if w.fixed < 0 {
			continue
		}
		if err := q.takeFixed(i); err != nil {
			return err
		}
	}
	return nil
}

func (q *problem) takeFixed(i int) error {
	w := &q.tasks[i]
	k := w.cal.atLeast[w.fixed]
	if w.fixed < w.release || w.duration > 0 && (k >= len(w.cal.days) || w.cal.days[k] != w.fixed) {
		return &Impossible{Why: FixedOff, Task: i, Other: -1, Resource: -1, Day: w.fixed}
	}
	if k+w.duration > len(w.cal.days) {
		return impossible(NoRoom, i)
	}
	days := w.cal.days[k : k+w.duration]
	for _, n := range w.needs {
		for _, d := range days {
			if q.base[n.resource].level[0][d] < n.amount {
				return &Impossible{Why: FixedClash, Task: i, Other: -1, Resource: n.resource, Day: d}
			}
		}
		q.base[n.resource].take(days, n.amount)
	}
	return nil
}

// heads finds the earliest starts, resources apart.
func (q *problem) heads() error {
	for _, i := range q.topo {
		w := &q.tasks[i]
		w.earliest = w.release
		for _, l := range w.pred {
			from := &q.tasks[l.Task]
			at := w.cal.after(from.cal.end(from.earliest, from.duration), l.Lag)
			if w.fixed >= 0 && at > w.fixed {
				return &Impossible{Why: FixedOrder, Task: i, Other: l.Task, Resource: -1, Day: w.fixed}
			}
			w.earliest = max(w.earliest, at)
		}
		if w.fixed >= 0 {
			w.earliest = w.fixed
			continue
		}
		if w.earliest > q.days {
			return impossible(NoRoom, i)
		}
		if k := w.cal.atLeast[w.earliest]; w.duration > 0 {
			if k+w.duration > len(w.cal.days) {
				return impossible(NoRoom, i)
			}
			w.earliest = w.cal.days[k]
		}
	}
	return nil
}

// tails finds the latest starts that fixed followers allow, and those that due days want.
func (q *problem) tails() error {
	for k := len(q.topo) - 1; k >= 0; k-- {
		i := q.topo[k]
		w := &q.tasks[i]
		by, wanted := q.days, w.due
		for _, s := range w.succ {
			to := &q.tasks[s.Task]
			by = min(by, to.cal.before(to.latest, s.Lag))
			wanted = min(wanted, to.cal.before(max(to.wantedStart, 0), s.Lag))
		}
		w.wantedStart = w.cal.begin(wanted, w.duration)
		w.latest = w.cal.begin(by, w.duration)
		if w.fixed >= 0 {
			if w.latest < w.fixed {
				return &Impossible{Why: FixedOrder, Task: q.blocked(i), Other: i, Resource: -1, Day: w.fixed}
			}
			w.latest, w.wantedStart = w.fixed, min(w.fixed, w.wantedStart)
			continue
		}
		if w.latest < w.earliest {
			return impossible(NoRoom, i)
		}
	}
	return nil
}

// blocked is the fixed follower, near or far, that leaves a fixed task no room.
func (q *problem) blocked(i int) int {
	for _, s := range q.tasks[i].succ {
		to := &q.tasks[s.Task]
		if to.cal.before(to.latest, s.Lag) < q.tasks[i].cal.end(q.tasks[i].fixed, q.tasks[i].duration) {
			return s.Task
		}
	}
	return i
}
