package schedule

import "slices"

// Earned is how far work is in time: the earned schedule of Lipke ("Schedule is
// different", 2003). At and Schedule are working days since the baseline began.
type Earned struct {
	At       int     // how many went by
	Schedule float64 // by how many the baseline would have had as much done
}

// Index is SPI(t): 1 is on time, less is late. Before the first working day there is none.
func (e Earned) Index() (float64, bool) {
	if e.At <= 0 {
		return 0, false
	}
	return e.Schedule / float64(e.At), true
}

// Forecast is how many working days the whole takes at this pace; planned is how many it
// should take. There is none while nothing is done.
func (e Earned) Forecast(planned int) (float64, bool) {
	i, ok := e.Index()
	if !ok || i == 0 {
		return 0, false
	}
	return float64(planned) / i, true
}

// EarnedSchedule finds where the baseline would stand with as much done as there is: on
// the last day by whose end it has no more than that, and the share of the next day that
// is done beyond it. planned holds for each task of the baseline after how many working
// days it ends there, in any order; done is how many are finished, at how many working
// days went by.
func EarnedSchedule(planned []int, done, at int) Earned {
	ends := slices.Sorted(slices.Values(planned))
	if len(ends) == 0 {
		return Earned{At: at}
	}
	done = max(0, min(done, len(ends)))
	if done == len(ends) {
		return Earned{At: at, Schedule: float64(ends[done-1])}
	}
	next := ends[done] // the day on which the plan has more than is done
	day := next - 1
	have, _ := slices.BinarySearch(ends, next) // by the end of the day before
	more, _ := slices.BinarySearch(ends, next+1)
	return Earned{At: at, Schedule: max(0, float64(day)+float64(done-have)/float64(more-have))}
}
