// Package cronspec reads the five fields by which people say when something comes
// round (minute, hour, day of month, month, day of week) and tells the next moments, in
// the city's time or in that of another zone. robfig/cron does the parsing; what it does badly is
// refused here first: zones inside the text make it panic, @every and @reboot have no
// meaning for a schedule kept in a database, and a day that never comes would wait for ever.
package cronspec

import (
	"embed"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	_ "lotrinh/internal/kit/clock" // brings the table of zones
	"lotrinh/internal/kit/fault"
)

// Locale is what the package says about a bad specification.
//
//go:embed locale
var Locale embed.FS

// longest is the most characters of a specification.
const longest = 100

// CityZone is the name of the zone in which people of the city say when.
const CityZone = "Asia/Ho_Chi_Minh"

// Spec is a schedule that comes round.
type Spec struct {
	text  string
	sched cron.Schedule
	zone  *time.Location
}

// Parse reads "30 7 * * 1": every Monday at 07:30 in Hanoi. When both day fields are
// given, either suffices, as in cron(8).
func Parse(text string) (Spec, error) { return ParseIn(text, CityZone) }

// ParseIn reads a specification in the time of a zone of the IANA list, named as there.
func ParseIn(text, zone string) (Spec, error) {
	where, err := time.LoadLocation(zone)
	if err != nil || zone == "" || zone == "Local" {
		return Spec{}, fault.New(fault.Invalid, "cronspec.bad_zone")
	}
	text = strings.Join(strings.Fields(text), " ")
	if text == "" || len(text) > longest || strings.ContainsAny(text, "=@") || strings.Count(text, " ") != 4 {
		return Spec{}, fault.New(fault.Invalid, "cronspec.five_fields")
	}
	sched, err := cron.ParseStandard(text)
	if err != nil {
		return Spec{}, fault.Because(fault.Invalid, "cronspec.bad_field", err)
	}
	s := Spec{text, sched, where}
	if sched.Next(time.Date(2016, 1, 1, 0, 0, 0, 0, where)).IsZero() {
		return Spec{}, fault.New(fault.Invalid, "cronspec.never")
	}
	return s, nil
}

// Text is the specification as it is kept.
func (s Spec) Text() string { return s.text }

// Next is the first moment after t, in UTC.
func (s Spec) Next(t time.Time) time.Time { return s.sched.Next(t.In(s.zone)).UTC() }

// Preview is the next n moments after t, in UTC.
func (s Spec) Preview(t time.Time, n int) []time.Time {
	var list []time.Time
	for range n {
		t = s.Next(t)
		list = append(list, t)
	}
	return list
}

// Between are the moments in (after, until], at most limit of them: what was missed
// while nobody looked.
func (s Spec) Between(after, until time.Time, limit int) []time.Time {
	var list []time.Time
	for t := s.Next(after); !t.After(until) && len(list) < limit; t = s.Next(t) {
		list = append(list, t)
	}
	return list
}
