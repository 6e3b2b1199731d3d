package reports

import (
	"context"
	"time"

	"lotrinh/internal/kit/access"
)

// Conclude is the right to write conclusions down and to confirm that they were carried
// out; the room reports/directive asks for it.
const Conclude access.Perm = "reports.directive.write"

// Directives tells what became of conclusions: those under the unit and in the actor's
// reach that were not closed before a period, as they stood when it ended (or now, while
// it runs). Three queries however many there are.
type Directives interface {
	Followed(ctx context.Context, a Ask, from, until time.Time) (Followed, error)
}

// Conclusion is a conclusion as a report lists it. It names no person.
type Conclusion struct {
	Code     string `json:"code"`   // KL-2016-000012
	Doc      string `json:"doc"`    // "215/TB-UBND"; may be empty
	DocDay   string `json:"on_day"` // of the document or meeting
	Text     string `json:"text"`
	Unit     string `json:"unit"`
	Name     string `json:"name"`      // of the unit
	Post     string `json:"post"`      // role of whoever owns it; "role.POST" names it
	State    string `json:"state"`     // open, reported, returned, done, cancelled; "directive.state.STATE" names it
	DueDay   string `json:"due_day"`   // empty while a year has no calendar
	FirstDue string `json:"first_due"` // before it was extended
	Closed   string `json:"closed"`    // day; empty while it is followed
	New      bool   `json:"new"`       // written down in the period
	Late     bool   `json:"late"`      // due and not reported done in time
	Href     string `json:"href"`
}

// Followed is what became of conclusions in a period. Closed ones come first closed first,
// open ones first due first; the counts cover them all, the lists end at MostFollowed each.
type Followed struct {
	At      time.Time    `json:"at"` // they stand as they stood then
	Closed  []Conclusion `json:"closed"`
	Open    []Conclusion `json:"open"`
	ClosedN int          `json:"closed_n"`
	OpenN   int          `json:"open_n"`
	LateN   int          `json:"late_n"` // of the open ones
	NewN    int          `json:"new_n"`  // of all
	Href    string       `json:"href"`
}

// MostFollowed is how many conclusions of a kind a report lists.
const MostFollowed = 100
