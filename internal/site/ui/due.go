package ui

import (
	"strconv"
	"time"

	"lotrinh/internal/kit/i18n"
)

// DueState is how a due moment stands.
type DueState string

// The states of a due moment.
const (
	DueRunning    DueState = "running"     // counting down
	DueSoon       DueState = "soon"        // counting down, little is left
	DueLate       DueState = "late"        // passed
	DuePaused     DueState = "paused"      // the clock stands still
	DueMet        DueState = "met"         // done in time
	DueMissed     DueState = "missed"      // done, but late
	DueNoCalendar DueState = "no_calendar" // the year has no calendar yet: computed when it arrives
)

// Due is a due moment as a person must see it: when, how much is left, and why.
type Due struct {
	State     DueState
	At        time.Time
	Left      time.Duration // working time left, or how much it is late by; the sign does not matter
	PerDay    time.Duration // working time of one day; zero means 8 hours
	Year      int           // the year that lacks a calendar
	Tentative bool          // counted on a calendar that is marked "dự kiến"
	Steps     []string      // the explanation, one sentence per step
}

func (d Due) state(t i18n.T) State {
	per := d.PerDay
	if per == 0 {
		per = 8 * time.Hour
	}
	span := Span(t, d.Left, per)
	switch d.State {
	case DueSoon:
		return State{Warn, t.Say("ui.due.left", "span", span)}
	case DueLate:
		return State{Late, t.Say("ui.due.late", "span", span)}
	case DuePaused:
		return State{Paused, t.Say("ui.due.paused", "span", span)}
	case DueMet:
		return State{Good, t.Say("ui.due.met")}
	case DueMissed:
		return State{Late, t.Say("ui.due.missed", "span", span)}
	case DueNoCalendar:
		return State{Unknown, t.Say("ui.due.no_calendar", "year", strconv.Itoa(d.Year))}
	}
	return State{Neutral, t.Say("ui.due.left", "span", span)}
}

// moment is the due moment in words, or nothing while it cannot be known.
func (d Due) moment(t i18n.T) string {
	if d.State == DueNoCalendar || d.At.IsZero() {
		return ""
	}
	return t.Moment(d.At)
}
