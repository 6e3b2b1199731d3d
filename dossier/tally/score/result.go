package score

import "slices"

// Mark is the mean of one indicator, in tenths of a point: 0 to 20.
type Mark struct {
	Indicator Indicator
	Tenths    int64
	N         int64 // what it is the mean of
	Weight    int64 // how often it counts in the sum
}

// Level is the band of a sum.
type Level string

// The bands of officers and of units, the best first; NoData where nothing is known.
const (
	NoData    Level = ""
	Full      Level = "full"    // officer: 100 % of the work done
	Most70    Level = "most"    // officer: 70 to below 100 %
	Below     Level = "below"   // officer: below 70 %
	Excellent Level = "best"    // unit: from 15 of 18
	Good      Level = "good"    // unit: from 12
	Fair      Level = "fair"    // unit: from 9
	Average   Level = "average" // unit: from 6
	Weak      Level = "weak"    // unit: below 6
)

// Result is the marks of an officer or a unit, what they add up to, and the band.
type Result struct {
	Marks  []Mark
	Tenths int64 // the sum of the marks, each as often as it counts
	Of     int64 // what could be reached with the indicators that have data, in tenths
	Level  Level
}

// The bands, the best first; below the last bound is the last band.
var (
	unitBands   = []Level{Excellent, Good, Fair, Average, Weak}
	personBands = []Level{Full, Most70, Below}
)

// OfUnit is how a unit stands, from the tally of its dossiers and what is known of it.
func OfUnit(r Rules, dossiers Tally, u Unit) Result {
	return r.result(dossiers.Plus(u.tally(r)), Indicators, r.Unit[:], unitBands)
}

// OfOfficer is how an officer stands, from the tally of the dossiers that he handled.
func OfOfficer(r Rules, dossiers Tally) Result {
	return r.result(dossiers, r.Officer, r.Person[:], personBands)
}

func (r Rules) result(t Tally, of []Indicator, least []int64, bands []Level) Result {
	var all Result
	for _, i := range of {
		s := t[i]
		if s.N == 0 {
			continue
		}
		m := Mark{i, tenths(s), s.N, r.Weight(i)}
		all.Marks = append(all.Marks, m)
		all.Tenths += m.Tenths * m.Weight
		all.Of += Most * 10 * m.Weight
	}
	slices.SortFunc(all.Marks, func(a, b Mark) int { return int(a.Indicator - b.Indicator) })
	if all.Of == 0 {
		return all
	}
	whole := int64(len(of)) * Most * 10
	at := slices.IndexFunc(least, func(n int64) bool { return all.Tenths*whole >= n*all.Of }) // bands move with what can be reached
	if at < 0 {
		at = len(bands) - 1
	}
	all.Level = bands[at]
	return all
}

// tenths is the mean in tenths, half up.
func tenths(s Sum) int64 { return (s.Points*20 + s.N) / (2 * s.N) }
