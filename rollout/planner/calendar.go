package planner

// calendar is the working days of an axis, ready to walk.
type calendar struct {
	days    []int // the working days, in order
	atLeast []int // atLeast[d]: the index in days of the first working day >= d, for 0 <= d <= length of the axis
}

func newCalendar(off []bool, length int) calendar {
	c := calendar{atLeast: make([]int, length+1), days: make([]int, 0, length)}
	for d := range length {
		c.atLeast[d] = len(c.days)
		if d >= len(off) || !off[d] {
			c.days = append(c.days, d)
		}
	}
	c.atLeast[length] = len(c.days)
	return c
}

// atMost is the index of the last working day <= d, -1 when there is none.
func (c *calendar) atMost(d int) int {
	if d+1 >= len(c.atLeast) {
		return len(c.days) - 1
	}
	return c.atLeast[d+1] - 1
}

// count is how many working days [from, until) has.
func (c *calendar) count(from, until int) int {
	if until <= from {
		return 0
	}
	return c.atLeast[until] - c.atLeast[from]
}

// end is the day at which work ends that starts on a working day and takes so many of
// them; beyond the axis it is one day behind its end.
func (c *calendar) end(start, work int) int {
	if work == 0 {
		return start
	}
	last := c.atLeast[start] + work - 1
	if last >= len(c.days) {
		return len(c.atLeast)
	}
	return c.days[last] + 1
}

// begin is the last day on which work may start to have ended by a day; -1: too late.
func (c *calendar) begin(by, work int) int {
	if work == 0 {
		return by
	}
	if by <= 0 {
		return -1
	}
	first := c.atMost(by-1) - work + 1
	if first < 0 {
		return -1
	}
	return c.days[first]
}

// after is the first day by which so many working days went by since an end, not moved to
// a working day. Beyond the axis it is one day behind its end.
func (c *calendar) after(end, lag int) int {
	if lag == 0 {
		return end
	}
	if end >= len(c.atLeast) {
		return len(c.atLeast)
	}
	k := c.atLeast[end] + lag - 1
	if k >= len(c.days) {
		return len(c.atLeast)
	}
	return c.days[k] + 1
}

// before is the latest end that leaves so many working days before a start; -1: none does.
func (c *calendar) before(start, lag int) int {
	if lag == 0 {
		return start
	}
	if start <= 0 {
		return -1
	}
	k := c.atMost(start-1) - lag + 1
	if k < 0 {
		return -1
	}
	return c.days[k]
}
