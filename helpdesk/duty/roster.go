package duty

import (
	"cmp"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/worktime"
)

// Shift is part of somebody's weekly pattern in a group.
type Shift struct {
	bun.BaseModel `bun:"table:duty_shift,alias:ds"`
	ID            ident.ID        `bun:"id,pk"`
	Group         helpdesk.Group  `bun:"grp"`
	Account       ident.ID        `bun:"account"`
	Weekday       time.Weekday    `bun:"weekday"`
	From          worktime.Minute `bun:"from_minute"`
	To            worktime.Minute `bun:"to_minute"`
}

// Exception replaces somebody's pattern on one day.
type Exception struct {
	bun.BaseModel `bun:"table:duty_exception,alias:de"`
	ID            ident.ID        `bun:"id,pk"`
	Group         helpdesk.Group  `bun:"grp"`
	Account       ident.ID        `bun:"account"`
	Day           string          `bun:"day"` // "2016-11-10"
	Works         bool            `bun:"works"`
	From          worktime.Minute `bun:"from_minute"`
	To            worktime.Minute `bun:"to_minute"`
	Note          string          `bun:"note"`
}

// The states of an absence.
const (
	Planned   = "planned"
	Away      = "away"
	Over      = "over"
	Cancelled = "cancelled"
)

// Absence is a time during which somebody is away and another stands in.
type Absence struct {
	bun.BaseModel `bun:"table:duty_absence,alias:ab"`
	ID            ident.ID  `bun:"id,pk"`
	Account       ident.ID  `bun:"account"`
	StandIn       ident.ID  `bun:"stand_in"`
	From          time.Time `bun:"from_at"`
	Until         time.Time `bun:"until_at"`
	Note          string    `bun:"note"`
	State         string    `bun:"state"`
	Moved         int64     `bun:"moved"` // tickets that went to the stand-in
	MadeBy        ident.ID  `bun:"made_by"`
	Version       int64     `bun:"version"`
}

// Roster is what is known of who works when.
type Roster struct {
	Shifts     []Shift
	Exceptions []Exception
	Absences   []Absence // planned and current ones
}

// Days tells whether a day is a working day of the house.
type Days func(worktime.Day) bool

// Away tells whether somebody is away at a moment.
func (r Roster) Away(who ident.ID, at time.Time) bool {
	return slices.ContainsFunc(r.Absences, func(a Absence) bool { return a.Account == who && !at.Before(a.From) && at.Before(a.Until) })
}

// Spans are when somebody is on duty in a group on a day.
func (r Roster) Spans(g helpdesk.Group, who ident.ID, day worktime.Day, works Days) []worktime.Span {
	text := day.String()
	for _, e := range r.Exceptions {
		if e.Group == g && e.Account == who && e.Day == text {
			if !e.Works {
				return nil
			}
			return []worktime.Span{{From: e.From, To: e.To}}
		}
	}
	if !works(day) {
		return nil
	}
	var all []worktime.Span
	for _, s := range r.Shifts {
		if s.Group == g && s.Account == who && s.Weekday == day.Weekday() {
			all = append(all, worktime.Span{From: s.From, To: s.To})
		}
	}
	slices.SortFunc(all, func(a, b worktime.Span) int { return cmp.Compare(a.From, b.From) })
	return all
}

// People are everybody who is in a group's roster, each once.
func (r Roster) People(g helpdesk.Group) []ident.ID {
	seen := map[ident.ID]bool{}
	var all []ident.ID
	add := func(group helpdesk.Group, who ident.ID) {
		if group == g && !seen[who] {
			seen[who] = true
			all = append(all, who)
		}
	}
	for _, s := range r.Shifts {
		add(s.Group, s.Account)
	}
	for _, e := range r.Exceptions {
		add(e.Group, e.Account)
	}
	slices.Sort(all)
	return all
}

// On are the people who are on duty in a group at a moment and not away.
func (r Roster) On(g helpdesk.Group, at time.Time, works Days) []ident.ID {
	t := at.In(clock.City)
	day, minute := worktime.DayOf(t.Date()), worktime.Minute(t.Hour()*60+t.Minute())
	var all []ident.ID
	for _, who := range r.People(g) {
		on := slices.ContainsFunc(r.Spans(g, who, day, works), func(s worktime.Span) bool { return minute >= s.From && minute < s.To })
		if on && !r.Away(who, at) {
			all = append(all, who)
		}
	}
	return all
}

// Mode is how a group's new tickets find an owner.
type Mode string

// The modes.
const (
	ByHand     Mode = "off"      // whoever takes it
	RoundRobin Mode = "round"    // one after the other
	ByLoad     Mode = "load"     // who has the least work
	ByDistrict Mode = "district" // who answers for the district, else who has the least work
)

// Modes are all of them.
var Modes = []Mode{ByHand, RoundRobin, ByLoad, ByDistrict}

// weights say how much work an open ticket of a priority counts as.
var weights = map[int]int64{1: 4, 2: 3, 3: 2, 4: 1}

// Choose is who of those on duty gets the next ticket; empty when nobody is. Those who
// have equally little come in turn after the last one who was given a ticket.
func Choose(m Mode, on []ident.ID, load map[ident.ID]int64, last, ofDistrict ident.ID) ident.ID {
	if len(on) == 0 || m == ByHand {
		return ""
	}
	if m == ByDistrict && slices.Contains(on, ofDistrict) {
		return ofDistrict
	}
	turn := slices.Clone(on)
	slices.Sort(turn)
	i := slices.IndexFunc(turn, func(who ident.ID) bool { return who > last })
	if i > 0 {
		turn = slices.Concat(turn[i:], turn[:i])
	}
	if m == RoundRobin {
		return turn[0]
	}
	return slices.MinFunc(turn, func(a, b ident.ID) int { return cmp.Compare(load[a], load[b]) })
}
