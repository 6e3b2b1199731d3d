package planner

// fan is how many days, or blocks of days, make a block of the next level.
const fan = 16

// flat is the longest axis that is searched day by day.
const flat = 256

// profile is what is left of a resource each day, with the largest rest of every block of
// days above it, so that the next day with enough left is found without walking over a
// full stretch: each search and each change cost the logarithm of the axis.
type profile struct{ level [][]int32 }

func newProfile(each []int32) profile {
	p := profile{level: [][]int32{each}}
	for below := each; len(each) > flat && len(below) > fan; {
		above := make([]int32, (len(below)+fan-1)/fan)
		p.level = append(p.level, above)
		below = above
	}
	for l := 1; l < len(p.level); l++ {
		p.lift(l, 0, len(p.level[l])-1)
	}
	return p
}

// lift counts blocks [first, last] of a level anew from the one below.
func (p *profile) lift(l, first, last int) {
	below, above := p.level[l-1], p.level[l]
	for b := first; b <= last; b++ {
		most := int32(0)
		for _, v := range below[b*fan : min(len(below), b*fan+fan)] {
			most = max(most, v)
		}
		above[b] = most
	}
}

// copyFrom makes the profile equal to another of the same axis.
func (p *profile) copyFrom(q *profile) {
	for l := range p.level {
		copy(p.level[l], q.level[l])
	}
}

// take takes an amount on each of the days; a negative amount gives it back.
func (p *profile) take(days []int, amount int32) {
	free := p.level[0]
	for _, d := range days {
		free[d] -= amount
	}
	first, last := days[0], days[len(days)-1]
	for l := 1; l < len(p.level); l++ {
		first, last = first/fan, last/fan
		p.lift(l, first, last)
	}
}

// next is the first day >= day with so much left, the end of the axis when there is none.
func (p *profile) next(day int, amount int32) int {
	l, i := 0, day
	for i < len(p.level[l]) {
		if p.level[l][i] >= amount {
			for ; l > 0; l-- {
				i *= fan
				for p.level[l-1][i] < amount {
					i++
				}
			}
			return i
		}
		i++
		if i%fan == 0 && l+1 < len(p.level) {
			i, l = i/fan, l+1
		}
	}
	return len(p.level[0])
}

// last is the last day <= day with so much left, -1 when there is none.
func (p *profile) last(day int, amount int32) int {
	l, i := 0, day
	for i >= 0 {
		if p.level[l][i] >= amount {
			for ; l > 0; l-- {
				i = min(i*fan+fan, len(p.level[l-1])) - 1
				for p.level[l-1][i] < amount {
					i--
				}
			}
			return i
		}
		i--
		if (i+1)%fan == 0 && i >= 0 && l+1 < len(p.level) {
			i, l = i/fan, l+1
		}
	}
	return -1
}
