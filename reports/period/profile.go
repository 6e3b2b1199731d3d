package period

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
)

// LastOpening is the latest day of a month on which the next reporting month may open.
const LastOpening = 28

// Profile is a rule by which months close, in force from a day on.
type Profile struct {
	From    string // day, 2019-03-12; empty: always
	OpensOn int    // day of the month before on which a month opens; 1: the month's own first day
	Basis   string // what orders it, in Vietnamese
	BasisEN string
}

// Code is the rule's short name in keys: cal for calendar months, nd09 for those of
// Decree 09/2019 (15th to 14th), otherwise d and the opening day.
func (p Profile) Code() string {
	switch p.OpensOn {
	case 1:
		return "cal"
	case 15:
		return "nd09"
	}
	return fmt.Sprintf("d%02d", p.OpensOn)
}

// BuiltIn is what the law says: calendar months, and from 12/3/2019 the months of
// Decree 09/2019/NĐ-CP, article 12, from the 15th to the 14th.
func BuiltIn() []Profile {
	return []Profile{
		{OpensOn: 1, Basis: "Chế độ báo cáo theo tháng dương lịch trước Nghị định 09/2019/NĐ-CP", BasisEN: "Reporting by calendar months before Decree 09/2019/NĐ-CP"},
		{From: "2019-03-12", OpensOn: 15, Basis: "Điều 12 Nghị định 09/2019/NĐ-CP ngày 24/01/2019", BasisEN: "Article 12 of Decree 09/2019/NĐ-CP of 24/01/2019"},
	}
}

// Calendar cuts time by profiles, and by the first day of a campaign where there is
// one. It does not change after it was made and is safe for concurrent use.
type Calendar struct {
	profiles []Profile // by From
	starts   []time.Time
	campaign time.Time // zero: none
	first    string
}

// New makes a calendar of profiles in any order; a profile replaces an earlier one in
// the list of the same day. campaign is the first day of the campaign, 2016-10-26, or
// empty. A day or an opening that cannot be is refused.
func New(profiles []Profile, campaign string) (Calendar, error) {
	by := map[string]Profile{"": {OpensOn: 1}}
	for _, p := range profiles {
		if p.OpensOn < 1 || p.OpensOn > LastOpening {
			return Calendar{}, fault.New(fault.Invalid, "period.opening_range", "most", LastOpening)
		}
		by[p.From] = p
	}
	c := Calendar{first: campaign}
	for _, p := range by {
		c.profiles = append(c.profiles, p)
	}
	slices.SortFunc(c.profiles, func(a, b Profile) int { return cmp.Compare(a.From, b.From) })
	for _, p := range c.profiles {
		at := time.Time{}
		if p.From != "" {
			var err error
			if at, err = clock.ParseDate(p.From); err != nil {
				return Calendar{}, fault.Because(fault.Invalid, "period.bad_day", err, "day", p.From)
			}
		}
		c.starts = append(c.starts, at)
	}
	if campaign != "" {
		var err error
		if c.campaign, err = clock.ParseDate(campaign); err != nil {
			return Calendar{}, fault.Because(fault.Invalid, "period.bad_day", err, "day", campaign)
		}
	}
	return c, nil
}

// Profiles are the rules in force, by the day from which they hold.
func (c Calendar) Profiles() []Profile { return slices.Clone(c.profiles) }

// closing is where the month with this number (year*12 + month-1) closes by a rule:
// the midnight that opens the next one.
func (p Profile) closing(month int) time.Time {
	if p.OpensOn == 1 {
		month++
	}
	return date(month/12, time.Month(month%12+1), p.OpensOn)
}

// closing is where a month closes and the code of the rule that says so: the latest
// profile that is in force by then.
func (c Calendar) closing(month int) (time.Time, string) {
	for i := len(c.profiles) - 1; i > 0; i-- {
		if at := c.profiles[i].closing(month); !at.Before(c.starts[i]) {
			return at, c.profiles[i].Code()
		}
	}
	return c.profiles[0].closing(month), c.profiles[0].Code()
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, clock.City).UTC()
}
