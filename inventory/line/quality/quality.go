package quality

import (
	"math"
	"slices"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/worktime"
)

const (
	// Enough is how many measurements make a figure.
	Enough = 20
	// EnoughDays is on how many days they must have been taken.
	EnoughDays = 3
	// Window is how many days a figure looks back, today included.
	Window = 14
)

// Sample is one request to the far end: when it was sent and after how many
// milliseconds the answer came, or that none came.
type Sample struct {
	At   time.Time
	RTT  float64
	Lost bool
}

// Measurement is one go at a line: a single probe, or a run with many requests.
// Down and Up are Mbps, nil where they were not measured.
type Measurement struct {
	At       time.Time
	Requests []Sample // their At is not looked at
	Down, Up *float64
}

// Day is what the measurements of one day in working hours came to. RTTs, Down and Up
// rise. Runs are the measurements outside of outages, Seen all of them.
type Day struct {
	Date       string // the city's, 2016-11-10
	Seen, Runs int
	Sent, Lost int // requests
	RTTs       []float64
	Down, Up   []float64
}

// Span is a length of time [From, Until); a zero Until has not ended.
type Span struct{ From, Until time.Time }

// Holds tells whether t lies in the span.
func (s Span) Holds(t time.Time) bool {
	return !t.Before(s.From) && (s.Until.IsZero() || t.Before(s.Until))
}

// ByDay puts measurements taken in working hours together by day, rising. What fell
// into an outage is only counted as seen.
func ByDay(cal *worktime.Calendar, all []Measurement, outages []Span) []Day {
	days := map[string]*Day{}
	for _, m := range all {
		if open, known := cal.IsOpen(m.At); !open || !known {
			continue
		}
		date := clock.Date(m.At)
		d := days[date]
		if d == nil {
			d = &Day{Date: date}
			days[date] = d
		}
		d.Seen++
		if !slices.ContainsFunc(outages, func(s Span) bool { return s.Holds(m.At) }) {
			d.add(m)
		}
	}
	out := make([]Day, 0, len(days))
	for _, d := range days {
		slices.Sort(d.RTTs)
		slices.Sort(d.Down)
		slices.Sort(d.Up)
		out = append(out, *d)
	}
	slices.SortFunc(out, func(a, b Day) int {
		if a.Date < b.Date {
			return -1
		}
		return 1
	})
	return out
}

func (d *Day) add(m Measurement) {
	d.Runs++
	for _, r := range m.Requests {
		d.Sent++
		if r.Lost {
			d.Lost++
		} else {
			d.RTTs = append(d.RTTs, r.RTT)
		}
	}
	if m.Down != nil {
		d.Down = append(d.Down, *m.Down)
	}
	if m.Up != nil {
		d.Up = append(d.Up, *m.Up)
	}
}

// Figures are what some days come to; nil is not known.
type Figures struct {
	Seen, SeenDays int // measurements, those in outages included, and on how many days
	Runs, Days     int
	P50, P95       *float64 // of the round trip, ms
	Loss           *float64 // percent of the requests
	Down, Up       *float64 // Mbps, the median
	// DownLow and UpLow are the speeds that 95 of 100 measurements reached.
	DownLow, UpLow *float64
}

// Sum adds days up. A figure that rests on too little stays unknown.
func Sum(days []Day) Figures {
	var f Figures
	var rtts, down, up []float64
	var sent, lost, rttDays, downDays, upDays int
	for _, d := range days {
		f.Seen, f.Runs = f.Seen+d.Seen, f.Runs+d.Runs
		if d.Seen > 0 {
			f.SeenDays++
		}
		if d.Runs > 0 {
			f.Days++
		}
		sent, lost = sent+d.Sent, lost+d.Lost
		rtts, down, up = append(rtts, d.RTTs...), append(down, d.Down...), append(up, d.Up...)
		rttDays, downDays, upDays = rttDays+some(d.RTTs), downDays+some(d.Down), upDays+some(d.Up)
	}
	enough := f.Runs >= Enough && f.Days >= EnoughDays
	if enough && len(rtts) >= Enough && rttDays >= EnoughDays {
		slices.Sort(rtts)
		f.P50, f.P95 = of(rtts, 0.5), of(rtts, 0.95)
	}
	if enough && sent >= Enough {
		loss := float64(lost) / float64(sent) * 100
		f.Loss = &loss
	}
	if len(down) >= Enough && downDays >= EnoughDays {
		slices.Sort(down)
		f.Down, f.DownLow = of(down, 0.5), of(down, 0.05)
	}
	if len(up) >= Enough && upDays >= EnoughDays {
		slices.Sort(up)
		f.Up, f.UpLow = of(up, 0.5), of(up, 0.05)
	}
	return f
}

func some(values []float64) int {
	if len(values) > 0 {
		return 1
	}
	return 0
}

func of(rising []float64, part float64) *float64 {
	v := Percentile(rising, part)
	return &v
}

// Watched tells whether the line was looked at often enough to say how available it is.
func (f Figures) Watched() bool { return f.Seen >= Enough && f.SeenDays >= EnoughDays }

// Percentile is the smallest of the rising values that at least part (0 to 1) of them
// do not exceed; NaN of none.
func Percentile(rising []float64, part float64) float64 {
	if len(rising) == 0 {
		return math.NaN()
	}
	rank := int(math.Ceil(part * float64(len(rising))))
	return rising[min(max(rank, 1), len(rising))-1]
}

// Availability is the percentage of the working time in [from, until) outside the
// outages. It is not known where no working time lies in between, or the calendar
// does not cover it.
func Availability(cal *worktime.Calendar, from, until time.Time, outages []Span) (percent float64, known bool) {
	if !until.After(from) {
		return 0, false
	}
	all, err := cal.Between(from, until)
	if err != nil || !all.Known() || all.Time <= 0 {
		return 0, false
	}
	var down []worktime.Pause
	for _, s := range outages {
		if s.Until.IsZero() || s.Until.After(until) {
			s.Until = until
		}
		if s.From.Before(from) {
			s.From = from
		}
		if s.Until.After(s.From) {
			down = append(down, worktime.Pause{From: s.From, To: s.Until})
		}
	}
	up, err := cal.Between(from, until, down...)
	if err != nil || !up.Known() {
		return 0, false
	}
	return float64(up.Time) / float64(all.Time) * 100, true
}
