package period

import (
	"fmt"
	"time"

	"lotrinh/internal/kit/clock"
)

// epoch is a Monday; days and weeks are numbered from it.
var epoch = time.Date(1900, 1, 1, 0, 0, 0, 0, clock.City)

// months is how many months a kind takes; 0 for kinds that are not made of months.
func (k Kind) months() int {
	switch k {
	case Month, CalendarMonth:
		return 1
	case Quarter, CalendarQuarter:
		return 3
	case Half:
		return 6
	case Year, CalendarYear, Nine:
		return 12
	}
	return 0
}

// plain are the kinds that no profile changes.
func (k Kind) plain() bool { return k == CalendarMonth || k == CalendarQuarter || k == CalendarYear }

// opening is where the nth period of a kind opens. Periods are numbered without holes
// in the order of time.
func (c Calendar) opening(k Kind, n int) time.Time {
	switch {
	case k == Day:
		return date(1900, 1, 1+n)
	case k == Week:
		return date(1900, 1, 1+7*n)
	case k == CampaignWeek:
		y, m, d := c.campaign.In(clock.City).Date()
		return date(y, m, d+7*n)
	case k.plain():
		return date(0, time.Month(n*k.months()+1), 1)
	}
	at, _ := c.closing(n*k.months() - 1)
	return at
}

// nth is the nth period of a kind.
func (c Calendar) nth(k Kind, n int) Period {
	p := Period{Kind: k, From: c.opening(k, n), Until: c.opening(k, n+1)}
	last := (n+1)*k.months() - 1
	if k == Nine {
		last -= 3
		p.Until, _ = c.closing(last)
	}
	p.Key = c.key(k, n, p.From)
	if k.months() > 0 && !k.plain() {
		_, rule := c.closing(last)
		p.Key += "/" + rule
	}
	return p
}

// key is the key of the nth period without its rule.
func (c Calendar) key(k Kind, n int, from time.Time) string {
	switch k {
	case Day:
		return clock.Date(from)
	case Week:
		year, week := from.In(clock.City).ISOWeek()
		return fmt.Sprintf("%d-W%02d", year, week)
	case CampaignWeek:
		return fmt.Sprintf("%s/C%02d", c.first, n+1)
	case Month, CalendarMonth:
		return fmt.Sprintf("%d-%02d", n/12, n%12+1)
	case Quarter, CalendarQuarter:
		return fmt.Sprintf("%d-Q%d", n/4, n%4+1)
	case Half:
		return fmt.Sprintf("%d-H%d", n/2, n%2+1)
	case Nine:
		return fmt.Sprintf("%d-M9", n)
	}
	return fmt.Sprintf("%d", n)
}

// number is the number of the period of a kind that opens last before or at a moment.
func (c Calendar) number(k Kind, at time.Time) int {
	from := epoch
	if k == CampaignWeek {
		from = c.campaign
	}
	city := at.In(clock.City)
	var n int
	switch span := k.months(); {
	case k == Day:
		n = int(at.Sub(from).Hours()) / 24
	case span == 0:
		n = int(at.Sub(from).Hours()) / (7 * 24)
	default:
		n = (city.Year()*12 + int(city.Month()) - 1) / span
	}
	for c.opening(k, n).After(at) {
		n--
	}
	for !c.opening(k, n+1).After(at) {
		n++
	}
	return n
}

// has tells whether a kind has an nth period at all.
func (c Calendar) has(k Kind, n int) bool {
	return k.Known() && (k != CampaignWeek || !c.campaign.IsZero() && n >= 0)
}

// At is the period of a kind that holds a moment; false where there is none.
func (c Calendar) At(k Kind, at time.Time) (Period, bool) {
	if !c.has(k, 0) {
		return Period{}, false
	}
	n := c.number(k, at)
	p := c.nth(k, n)
	return p, c.has(k, n) && p.Holds(at)
}

// Last is the last whole period of a kind that ended by a moment: at 00:00 on 15
// November that of November is whole. False where there is none.
func (c Calendar) Last(k Kind, at time.Time) (Period, bool) {
	if !c.has(k, 0) {
		return Period{}, false
	}
	n := c.number(k, at)
	if k != Nine || c.nth(k, n).Until.After(at) {
		n--
	}
	return c.nth(k, n), c.has(k, n)
}

// Running is the period that holds a moment, as far as the moment; the moment is part
// of its key. False where no period holds it.
func (c Calendar) Running(k Kind, at time.Time) (Period, bool) {
	p, ok := c.At(k, at)
	p.Key += "@" + at.UTC().Format("20060102T150405.000000")
	p.Until = at.UTC()
	return p, ok
}

// Before is the whole period before a period; before the running one, the last whole
// one. False where there is none.
func (c Calendar) Before(p Period) (Period, bool) { return c.beside(p, -1) }

// After is the whole period after a period.
func (c Calendar) After(p Period) (Period, bool) { return c.beside(p, 1) }

func (c Calendar) beside(p Period, by int) (Period, bool) {
	k := p.kind()
	if !c.has(k, 0) {
		return Period{}, false
	}
	n := c.number(k, p.From) + by
	return c.nth(k, n), c.has(k, n)
}

// YearBefore is the period of the same name a year ago: the same day, the ISO week of
// the same number, the same month. The running period is compared with the same
// stretch of time of its counterpart. False where a year ago there was none: 29
// February, week 53, a campaign younger than that.
func (c Calendar) YearBefore(p Period) (Period, bool) {
	k := p.kind()
	if !c.has(k, 0) {
		return Period{}, false
	}
	n, ok := c.yearBack(k, p)
	if !ok || !c.has(k, n) {
		return Period{}, false
	}
	ago := c.nth(k, n)
	if !p.Whole() {
		until := ago.From.Add(p.Until.Sub(p.From))
		if until.Before(ago.Until) {
			ago.Until, ago.Key = until, ago.Key+"@"+until.Format("20060102T150405.000000")
		}
	}
	return ago, true
}

func (c Calendar) yearBack(k Kind, p Period) (int, bool) {
	n, from := c.number(k, p.From), p.From.In(clock.City)
	switch k {
	case Day:
		ago := from.AddDate(-1, 0, 0)
		return c.number(k, ago), ago.Day() == from.Day()
	case Week:
		year, week := from.ISOWeek()
		ago := n - 52
		for range 2 {
			if y, w := c.opening(k, ago).In(clock.City).ISOWeek(); y == year-1 && w == week {
				return ago, true
			}
			ago--
		}
		return 0, false
	case CampaignWeek:
		return n - 52, true
	}
	return n - 12/k.months(), true
}
