package worktime

import (
	"math"
	"time"
)

// The Vietnamese lunar calendar, computed for UTC+7: a month begins on the day of
// the new moon; the winter solstice lies in month 11; of thirteen months between
// two solstices the first without a principal term repeats the month before it.

// New moon and solar longitude follow Jean Meeus, "Astronomical Algorithms"
// (1998), in the truncation that Hồ Ngọc Đức gives in "Thuật toán tính âm lịch"
// (2004), good to a few minutes. A new moon that close to midnight could move a
// month by a day: one more reason why a drawn year is only expected.
const (
	unixJulian  = 2440588           // the Julian day number of 1970-01-01
	firstMoon   = 2415021.076998695 // the new moon of January 1900, k = 0
	synodic     = 29.530588853      // mean days from new moon to new moon
	hanoi       = 7.0 / 24          // days ahead of UTC
	radians     = math.Pi / 180
	monthsAhead = 13        // more months than lie between two solstices
	century     = 36525.0   // days
	epoch2000   = 2451545.0 // Julian day of the epoch of solar longitude
	moonCentury = 1236.85   // lunations
)

// newMoon is the day in Hanoi of the k-th new moon since January 1900.
func newMoon(k int) Day {
	n := float64(k)
	t := n / moonCentury
	t2, t3 := t*t, t*t*t
	mean := 2415020.75933 + 29.53058868*n + 0.0001178*t2 - 0.000000155*t3 +
		0.00033*math.Sin((166.56+132.87*t-0.009173*t2)*radians)
	sun := (359.2242 + 29.10535608*n - 0.0000333*t2 - 0.00000347*t3) * radians
	moon := (306.0253 + 385.81691806*n + 0.0107306*t2 + 0.00001236*t3) * radians
	node := (21.2964 + 390.67050646*n - 0.0016528*t2 - 0.00000239*t3) * radians
	exact := mean
	for _, w := range []struct{ size, sun, moon, node float64 }{
		{0.1734 - 0.000393*t, 1, 0, 0}, {0.0021, 2, 0, 0},
		{-0.4068, 0, 1, 0}, {0.0161, 0, 2, 0}, {-0.0004, 0, 3, 0},
		{0.0104, 0, 0, 2}, {-0.0051, 1, 1, 0}, {-0.0074, 1, -1, 0},
		{0.0004, 1, 0, 2}, {-0.0004, -1, 0, 2}, {-0.0006, 0, 1, 2},
		{0.0010, 0, -1, 2}, {0.0005, 1, 2, 0},
	} {
		exact += w.size * math.Sin(w.sun*sun+w.moon*moon+w.node*node)
	}
	lag := -0.000278 + 0.000265*t + 0.000262*t2 // dynamical time ahead of UTC
	return Day(math.Floor(exact-lag+0.5+hanoi)) - unixJulian
}

// sunSector is which twelfth of its yearly way the sun is in as a day begins in Hanoi.
func sunSector(d Day) int {
	t := (float64(d) + unixJulian - 0.5 - hanoi - epoch2000) / century
	m := (357.52910 + 35999.05030*t - 0.0001559*t*t - 0.00000048*t*t*t) * radians
	long := 280.46645 + 36000.76983*t + 0.0003032*t*t +
		(1.914600-0.004817*t-0.000014*t*t)*math.Sin(m) +
		(0.019993-0.000101*t)*math.Sin(2*m) + 0.000290*math.Sin(3*m)
	return int(math.Mod(math.Mod(long, 360)+360, 360) / 30)
}

// solsticeMoon is which new moon opens the month 11 that ends in a year.
func solsticeMoon(year int) int {
	k := int(math.Floor((float64(DayOf(year, time.December, 31)) + unixJulian - 2415021) / synodic))
	if newMoon(k+1) <= DayOf(year, time.December, 31) {
		k++
	}
	if sunSector(newMoon(k)) >= 9 {
		k--
	}
	return k
}

// leapAfter counts, from month 11 of the year before, the months until the leap
// month; 0 when the thirteen months between two solstices are only twelve.
func leapAfter(k, next int) int {
	if next-k < monthsAhead {
		return 0
	}
	last := sunSector(newMoon(k + 1))
	for i := 2; i <= monthsAhead; i++ {
		sector := sunSector(newMoon(k + i))
		if sector == last {
			return i - 1
		}
		last = sector
	}
	return 0
}

// lunarDay is the date of a day in a common (not a leap) month of a lunar year.
func lunarDay(year, month, day int) Day {
	from := year - 1
	if month >= 11 {
		from = year
	}
	k, next := solsticeMoon(from), solsticeMoon(from+1)
	ahead := (month + 1) % 12
	if leap := leapAfter(k, next); leap != 0 && ahead >= leap {
		ahead++
	}
	return newMoon(k+ahead) + Day(day-1)
}
