package worktime

import (
	"time"
)

// Status says how sure a year's days off are.
type Status string

// The standings of a year's calendar.
const (
	Published Status = "published" // as the authorities announced it; shipped
	Expected  Status = "expected"  // drawn from the statutory rule: "dự kiến"
	Confirmed Status = "confirmed" // looked at, perhaps edited, by an administrator
)

// DayOff is a day on which nobody works although the week says so.
type DayOff struct {
	Day  Day    `json:"day"`
	Name string `json:"name"`
}

// MakeUp is a day that is worked although it is a rest day, or worked at other
// hours. Without hours it has those of the day that it makes up for.
type MakeUp struct {
	Day   Day    `json:"day"`
	For   Day    `json:"for,omitzero"`
	Hours []Span `json:"hours,omitempty"`
	Name  string `json:"name"`
}

// Year is the days off and make-up days of one year.
type Year struct {
	Year      int         `json:"year"`
	Status    Status      `json:"status"`
	Off       []DayOff    `json:"off"`
	MakeUp    []MakeUp    `json:"make_up,omitempty"`
	Unsettled []Unsettled `json:"unsettled,omitempty"`
}

// Unsettled is a day that may become a day off, but is none yet.
type Unsettled struct {
	Day  Day    `json:"day"`
	Note string `json:"note"`
}

var dayNames = [7]string{time.Sunday: "sun", time.Monday: "mon", time.Tuesday: "tue", time.Wednesday: "wed",
	time.Thursday: "thu", time.Friday: "fri", time.Saturday: "sat"}

// Office is the ordinary week of a Vietnamese office: Monday to Friday, 08:00 to
// 12:00 and 13:30 to 17:30.
func Office() Week {
	var w Week
	for d := time.Monday; d <= time.Friday; d++ {
		w[d] = []Span{{8 * 60, 12 * 60}, {13*60 + 30, 17*60 + 30}}
	}
	return w
}
