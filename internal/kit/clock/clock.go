// Package clock is the only place that asks the machine for the time. Everything
// else is handed a Clock, so that tests set it and the demo moves it.
package clock

import (
	"sync"
	"sync/atomic"
	"time"
	_ "time/tzdata" // the zone of Hanoi must exist on a machine without zone files
)

// City is the zone in which people read and type times: Asia/Ho_Chi_Minh.
var City = mustZone("Asia/Ho_Chi_Minh")

func mustZone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // the zone table is embedded above: this is a broken build
	}
	return z
}

// Clock tells the time. Now is UTC, cut to microseconds, as both databases keep it.
type Clock interface {
	Now() time.Time
}

// System is the machine's clock.
type System struct{}

// Now is the machine's time.
func (System) Now() time.Time { return cut(time.Now()) }

func cut(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// Fake stands still until it is moved. It is safe for concurrent use.
type Fake struct {
	mu sync.Mutex
	t  time.Time
}

// At is a fake clock that shows t.
func At(t time.Time) *Fake { return &Fake{t: cut(t)} }

// Now is the moment that was set.
func (f *Fake) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.t
}

// Move turns the clock by d, either way.
func (f *Fake) Move(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.t = cut(f.t.Add(d))
}

// Set turns the clock to t.
func (f *Fake) Set(t time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.t = cut(t)
}

// Shifted runs at the speed of a base clock, some distance away from it: the
// business clock of the demo. It is safe for concurrent use.
type Shifted struct {
	base Clock
	by   atomic.Int64
}

// Shift is a clock that reads base plus d.
func Shift(base Clock, d time.Duration) *Shifted {
	s := &Shifted{base: base}
	s.by.Store(int64(d))
	return s
}

// Now is the base clock's moment plus the shift.
func (s *Shifted) Now() time.Time { return cut(s.base.Now().Add(s.Offset())) }

// Offset is the distance from the base clock.
func (s *Shifted) Offset() time.Duration { return time.Duration(s.by.Load()) }

// SetOffset puts the clock at base plus d.
func (s *Shifted) SetOffset(d time.Duration) { s.by.Store(int64(d)) }

// Day is the city's calendar day that holds t, as [from, until) in UTC.
func Day(t time.Time) (from, until time.Time) {
	y, m, d := t.In(City).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, City).UTC(), time.Date(y, m, d+1, 0, 0, 0, 0, City).UTC()
}

// Date is the city's date of t, written 2016-11-10: how days are stored.
func Date(t time.Time) string { return t.In(City).Format(time.DateOnly) }

// ParseDate reads 2016-11-10 as the midnight that opens that day in the city, in UTC.
func ParseDate(s string) (time.Time, error) {
	t, err := time.ParseInLocation(time.DateOnly, s, City)
	return t.UTC(), err
}
