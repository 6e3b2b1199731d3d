package reports

import (
	"context"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
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

// shipped are the reports that the product knows by itself.
var shipped = []Definition{{
	Key: Weekly, Version: 2, Spec: "30 7 * * 1", CatchUp: 8,
	Sections: []Section{
		{Heading: "reports.section.results", Parts: []Part{standing, weekPart, curvePart, districtPart, tilesPart, casesPart}},
		{Heading: "reports.section.difficulties", Parts: []Part{heldPart, gapsPart, ticketsPart}},
		{Heading: "reports.section.next", Parts: []Part{nextPart}},
	},
}}

// definition is what runs of now are made by; Missing when there is none of the key.
func (s *Service) definition(ctx context.Context, key string) (Definition, error) {
	all, err := s.definitions(ctx)
	if err != nil {
		return Definition{}, err
	}
	for _, d := range all {
		if d.Key == key {
			return d, nil
		}
	}
	return Definition{}, fault.New(fault.Missing, "fault.missing")
}

// definitions are the published ones, in the order in which they are offered.
func (s *Service) definitions(context.Context) ([]Definition, error) { return shipped, nil }

// definitionOf is what frozen figures were made by.
func definitionOf(f Figures) (Definition, error) {
	for _, d := range shipped {
		if d.Key == f.Definition {
			return d, nil
		}
	}
	return Definition{}, fault.New(fault.Missing, "fault.missing")
}

// title is what the report is called.
func (d Definition) title(t i18n.T) string { return t.Say("reports." + d.Key + ".title") }

// period is what a run at this nominal moment reports.
func (d Definition) period(at time.Time) Period { return lastWeek(at) }

// current is what a run by hand reports.
func (d Definition) current(at time.Time) Period { return thisWeek(at) }

// earliest is the first moment whose period is among the last so many.
func (d Definition) earliest(now time.Time, periods int) time.Time {
	return monday(now).In(clock.City).AddDate(0, 0, -7*(periods-1)).UTC()
}
