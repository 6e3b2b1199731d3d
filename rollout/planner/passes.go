package planner

// maker places tasks. One maker belongs to one search.
type maker struct {
	*problem
	left  []profile
	start []int
	end   []int
	made  int    // how many schedules were generated
	known []gone // by kind of task; empty when nearly every task is of a kind of its own
}

// gone is a stretch of days without room for a kind of task: none of that kind can start
// in [from, until) while a plan grows to the right, or end in (from, until] while it grows
// to the left. A plan in the making only fills up, so the stretch stays true until the
// next plan is begun, and nobody walks over it twice.
type gone struct{ from, until int }

func newMaker(q *problem) *maker {
	m := &maker{problem: q, start: make([]int, len(q.tasks)), end: make([]int, len(q.tasks))}
	for range q.base {
		m.left = append(m.left, newProfile(make([]int32, q.days)))
	}
	if q.kinds*4 <= len(q.tasks) {
		m.known = make([]gone, q.kinds)
	}
	for i := range q.tasks {
		if w := &q.tasks[i]; w.fixed >= 0 {
			m.start[i], m.end[i] = w.fixed, w.cal.end(w.fixed, w.duration)
		}
	}
	return m
}

// begin empties the plan but for what is fixed.
func (m *maker) begin() {
	m.made++
	for r := range m.left {
		m.left[r].copyFrom(&m.base[r])
	}
	for k := range m.known {
		m.known[k] = gone{-1, -1}
	}
}

// place books a task at a start where it was found to fit.
func (m *maker) place(i, start int) {
	w := &m.tasks[i]
	m.start[i], m.end[i] = start, w.cal.end(start, w.duration)
	if len(w.needs) == 0 {
		return
	}
	k := w.cal.atLeast[start]
	days := w.cal.days[k : k+w.duration]
	for _, n := range w.needs {
		m.left[n.resource].take(days, n.amount)
	}
}

// soonest is the first start >= from with everything the task needs, -1 when there is
// none on the axis.
func (m *maker) soonest(i, from int) int {
	w := &m.tasks[i]
	if len(m.known) == 0 || len(w.needs) == 0 || from > m.days {
		return m.walkRight(w, from)
	}
	k := &m.known[w.kind]
	if k.from <= from && from <= k.until {
		if k.until = m.walkRight(w, k.until); k.until < 0 {
			k.until = m.days + 1
			return -1
		}
		return k.until
	}
	s := m.walkRight(w, from)
	if s >= 0 && (from < k.from && s >= k.from || s-from > k.until-k.from) {
		*k = gone{from, s}
	}
	return s
}

// walkRight looks for the start that soonest answers.
func (m *maker) walkRight(w *work, from int) int {
	if from > m.days {
		return -1
	}
	if w.duration == 0 {
		return from
	}
	days := w.cal.days
search:
	for k := w.cal.atLeast[from]; k+w.duration <= len(days); {
		for j := k + w.duration - 1; j >= k; j-- {
			d := days[j]
			for _, n := range w.needs {
				if p := &m.left[n.resource]; p.level[0][d] < n.amount {
					k = w.cal.atLeast[p.next(d, n.amount)]
					continue search
				}
			}
			if len(w.needs) == 0 {
				break
			}
		}
		return days[k]
	}
	return -1
}

// latest is the last start that ends by a day with everything the task needs, -1 when
// there is none.
func (m *maker) latest(i, by int) int {
	w := &m.tasks[i]
	if len(m.known) == 0 || len(w.needs) == 0 || by <= 0 {
		return m.walkLeft(w, by)
	}
	k := &m.known[w.kind]
	inside := k.from <= by && by <= k.until
	at := by
	if inside {
		at = k.from
	}
	s := m.walkLeft(w, at)
	if s < 0 {
		return s
	}
	end := w.cal.end(s, w.duration)
	switch {
	case inside:
		k.from = end
	case by > k.until && end <= k.until || by-end > k.until-k.from:
		*k = gone{end, by}
	}
	return s
}

// walkLeft looks for the start that latest answers.
func (m *maker) walkLeft(w *work, by int) int {
	if w.duration == 0 {
		return by
	}
	if by <= 0 {
		return -1
	}
	days := w.cal.days
search:
	for k := w.cal.atMost(by-1) - w.duration + 1; k >= 0; {
		for j := k; j < k+w.duration; j++ {
			d := days[j]
			for _, n := range w.needs {
				if p := &m.left[n.resource]; p.level[0][d] < n.amount {
					day := p.last(d, n.amount)
					if day < 0 {
						return -1
					}
					k = w.cal.atMost(day) - w.duration + 1
					continue search
				}
			}
			if len(w.needs) == 0 {
				break
			}
		}
		return days[k]
	}
	return -1
}

// ready is the first day on which what a task follows allows it.
func (m *maker) ready(i int) int {
	w := &m.tasks[i]
	from := w.release
	for _, l := range w.pred {
		from = max(from, w.cal.after(m.end[l.Task], l.Lag))
	}
	return from
}

// build is the serial schedule generation scheme: each task of the list, in which
// everything comes after what it follows, at its first possible day. It answers the
// task that fits nowhere, or -1. Built in the order of the starts of another plan, no
// task starts later than it does there.
func (m *maker) build(list []int) int {
	m.begin()
	for _, i := range list {
		w := &m.tasks[i]
		if w.fixed >= 0 {
			continue
		}
		s := m.soonest(i, m.ready(i))
		if s < 0 || s > w.latest {
			return i
		}
		m.place(i, s)
	}
	return -1
}

// right builds the plan anew from its end, each task as late as it goes, the last to end
// first, without moving the end of the project or a due day that is kept. No task ends
// earlier than before: what was placed already lies further right, so the task's old
// place is still free.
func (m *maker) right(byEnd []int, span int) {
	m.begin()
	for k := len(byEnd) - 1; k >= 0; k-- {
		i := byEnd[k]
		w := &m.tasks[i]
		if w.fixed >= 0 {
			continue
		}
		by := span
		if w.due < m.days && m.end[i] <= w.due {
			by = min(by, w.due)
		}
		for _, s := range w.succ {
			by = min(by, m.tasks[s.Task].cal.before(m.start[s.Task], s.Lag))
		}
		m.place(i, max(m.start[i], m.latest(i, by)))
	}
}

// span is when the last task ends.
func (m *maker) span() int {
	span := 0
	for _, e := range m.end {
		span = max(span, e)
	}
	return span
}
