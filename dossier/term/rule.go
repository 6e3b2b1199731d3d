package term

import (
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/worktime"
)

// Kind is how a term is counted.
type Kind string

// The kinds of terms.
const (
	SameDay      Kind = "same_day"      // today, or the next working day when accepted after the cut
	WorkingDays  Kind = "working_days"  // Days working days, the day of acceptance not counted
	CalendarDays Kind = "calendar_days" // Days days; a rest day at the end moves on to a working day (Civil Code art. 148.5)
)

// Cut is the time of day after which an acceptance counts for the next working day,
// "15:00" when a rule says none.
const Cut worktime.Minute = 15 * 60

// Rule is how long an act may take. Of Extra and Total at most one is set: Extra days
// are added when verification was needed ("+5"), Total replaces Days ("in all 5").
// With neither the clock stands while a verification runs.
type Rule struct {
	Kind    Kind   `json:"kind"`
	Days    int    `json:"days,omitempty"`
	Extra   int    `json:"extra,omitempty"`
	Total   int    `json:"total,omitempty"`
	Cut     string `json:"cut,omitempty"`      // HH:MM
	Shifts  bool   `json:"shifts,omitempty"`   // after the cut, terms of several days begin a day later too
	OnReply bool   `json:"on_reply,omitempty"` // the last reply of a verification ends the term on its day
}

// Longest is the longest term that a rule may state, in days.
const Longest = 366

// Check is what is wrong with a rule, at its fields.
func (r Rule) Check() error {
	var k fault.Check
	k.Need(r.Kind == SameDay || r.Kind == WorkingDays || r.Kind == CalendarDays, "term_kind", "term.kind_unknown")
	k.Need(r.Days >= 0 && r.Days <= Longest && (r.Kind == SameDay) == (r.Days == 0), "term_days", "term.days_range")
	k.Need(r.Extra >= 0 && r.Extra <= Longest, "term_extra", "term.days_range")
	k.Need(r.Total >= 0 && r.Total <= Longest && (r.Total == 0 || r.Extra == 0), "term_total", "term.extra_or_total")
	k.Need(r.Total == 0 || r.Total >= r.Days, "term_total", "term.total_short")
	_, err := r.cut()
	k.Need(err == nil, "term_cut", "term.cut_form")
	return k.Err()
}

func (r Rule) cut() (worktime.Minute, error) {
	if r.Cut == "" {
		return Cut, nil
	}
	return worktime.ParseMinute(r.Cut)
}
