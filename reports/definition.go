package reports

import (
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
)

// Definition is a report as data: which period it covers, when it comes round unless
// told otherwise, and what it holds, in order. Its version grows when its content
// does; a snapshot names the version that it was made under.
type Definition struct {
	Key      string // weekly-progress; "reports.KEY.title" names it
	Version  int
	Spec     string // the schedule that is offered
	CatchUp  int64
	Sections []Section
}

// Section is a heading with its parts.
type Section struct {
	Heading string // message key
	Parts   []Part
}

// Part makes some blocks of a report from the figures.
type Part func(w writer) []Block

// Weekly is the key of the weekly progress report.
const Weekly = "weekly-progress"

// Definitions are all reports that the product knows.
var Definitions = []Definition{{
	Key: Weekly, Version: 2, Spec: "30 7 * * 1", CatchUp: 8,
	Sections: []Section{
		{Heading: "reports.section.results", Parts: []Part{standing, weekPart, curvePart, districtPart, tilesPart, casesPart}},
		{Heading: "reports.section.difficulties", Parts: []Part{heldPart, gapsPart, ticketsPart}},
		{Heading: "reports.section.next", Parts: []Part{nextPart}},
	},
}}

func definitionOf(key string) (Definition, error) {
	for _, d := range Definitions {
		if d.Key == key {
			return d, nil
		}
	}
	return Definition{}, fault.New(fault.Missing, "fault.missing")
}

// period is what a run at this nominal moment reports.
func (d Definition) period(at time.Time) Period { return lastWeek(at) }

// current is what a run by hand reports.
func (d Definition) current(at time.Time) Period { return thisWeek(at) }

// earliest is the first moment whose period is among the last so many.
func (d Definition) earliest(now time.Time, periods int) time.Time {
	return monday(now).In(clock.City).AddDate(0, 0, -7*(periods-1)).UTC()
}
