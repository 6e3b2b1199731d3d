package planner

// Break is one thing that a calendar does against the project.
type Break struct {
	Task     int // the task, -1 when the whole project is meant
	Other    int // the task that it should have followed, -1: none
	Resource int // the resource of which too much is used, -1: none
	Day      int // the day on which it happens, -1: none
	What     string
}

// What a calendar can do wrong.
const (
	BreakStart    = "start"    // outside the axis, on a day off, or before the release day
	BreakFixed    = "fixed"    // not where a fixed task must be
	BreakOrder    = "order"    // before what it follows has ended and the lag went by
	BreakCapacity = "capacity" // more of a resource than there is
	BreakLength   = "length"   // not a start for every task
)

// Verify looks at a calendar with nothing but the project: it walks over days one by one
// and shares no code with the scheduler. An empty answer means that nothing is broken.
func Verify(p Project, start []int) []Break {
	if len(start) != len(p.Tasks) {
		return []Break{{-1, -1, -1, -1, BreakLength}}
	}
	var found []Break
	end := make([]int, len(start))
	used := make([]map[int]int, len(p.Resources))
	for r := range used {
		used[r] = map[int]int{}
	}
	for i, t := range p.Tasks {
		day, left := start[i], t.Duration
		wrong := day < t.Release || day < 0 || day > p.Days || left > 0 && (day >= p.Days || rests(p, t, day))
		for ; left > 0 && day >= 0 && day < p.Days; day++ {
			if rests(p, t, day) {
				continue
			}
			left--
			for _, n := range t.Needs {
				used[n.Resource][day] += n.Amount
			}
		}
		end[i] = day
		if wrong || left > 0 {
			found = append(found, Break{i, -1, -1, start[i], BreakStart})
		}
		if t.Fixed && start[i] != t.Start {
			found = append(found, Break{i, -1, -1, start[i], BreakFixed})
		}
	}
	for i, t := range p.Tasks {
		for _, l := range t.After {
			if !waits(p, t, end[l.Task], start[i], l.Lag) {
				found = append(found, Break{i, l.Task, -1, start[i], BreakOrder})
			}
		}
	}
	return append(found, overused(p, used)...)
}

// rests tells whether a day is off for a task.
func rests(p Project, t Task, day int) bool {
	return t.Calendar >= 0 && day >= 0 && day < len(p.Calendars[t.Calendar].Off) && p.Calendars[t.Calendar].Off[day]
}

// waits tells whether a start lies at least lag working days of the task behind an end.
func waits(p Project, t Task, end, start, lag int) bool {
	if start < end {
		return false
	}
	for day := end; day < start && lag > 0; day++ {
		if !rests(p, t, day) {
			lag--
		}
	}
	return lag == 0
}

func overused(p Project, used []map[int]int) []Break {
	var found []Break
	for r, res := range p.Resources {
		for day := range p.Days {
			offered := res.Capacity
			if day < len(res.Each) {
				offered = res.Each[day]
			}
			if used[r][day] > offered {
				found = append(found, Break{-1, -1, r, day, BreakCapacity})
			}
		}
	}
	return found
}
