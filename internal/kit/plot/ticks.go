package plot

import (
	"math"
	"time"

	"lotrinh/internal/kit/clock"
)

// niceTop is the end of an axis that starts at zero, and the step of its ticks: 1,
// 2 or 5 times a power of ten, never under one, since what is counted is whole, never flat.
func niceTop(most float64, ticks int) (top, step float64) {
	if most <= 0 {
		return 1, 1
	}
	raw := most / float64(max(ticks, 1))
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	step = 10 * power
	for _, m := range []float64{1, 2, 5} {
		if m*power >= raw*0.9999 {
			step = m * power
			break
		}
	}
	if step < 1 {
		step = 1
	}
	return math.Ceil(most/step-1e-9) * step, step
}

func steps(top, step float64) []float64 {
	var all []float64
	for i := 0; float64(i)*step <= top*1.0001; i++ {
		all = append(all, float64(i)*step)
	}
	return all
}

type dateTick struct {
	at    float64
	label string
}

// dateTicks are round days of an axis from one day number to another: days, weeks
// that start on Monday, or months, so that at most so many labels stand.
func dateTicks(from, until float64, most int) []dateTick {
	days := until - from
	for _, every := range []float64{1, 2} {
		if days/every+1 <= float64(most) {
			return everyDays(from, until, every, from)
		}
	}
	for _, every := range []float64{7, 14} {
		if days/every+1 <= float64(most) {
			monday := from + math.Mod(4-from+7*1e6, 7) // day number 4 is Monday 5/1/1970
			return everyDays(from, until, every, monday)
		}
	}
	return months(from, until, most)
}

func everyDays(from, until, every, first float64) []dateTick {
	var all []dateTick
	for d := first; d <= until; d += every {
		if d >= from {
			all = append(all, dateTick{d, fromDayNumber(d).In(clock.City).Format("02/01")})
		}
	}
	return all
}

func months(from, until float64, most int) []dateTick {
	y, m, _ := fromDayNumber(from).In(clock.City).Date()
	count := (until - from) / 30.4
	every := 1
	for _, n := range []int{1, 2, 3, 6, 12, 24, 60, 120} {
		every = n
		if count/float64(n)+1 <= float64(most) {
			break
		}
	}
	var all []dateTick
	for i := 0; ; i++ {
		at := time.Date(y, m+time.Month(i), 1, 0, 0, 0, 0, clock.City)
		d := dayNumber(at)
		if d > until {
			return all
		}
		if d >= from && (int(at.Month())-1+12*at.Year())%every == 0 {
			all = append(all, dateTick{d, at.Format("01/2006")})
		}
	}
}
