package reports

import "lotrinh/internal/kit/access"

// The rights of this area; app/policy.go says which role holds which.
const (
	Overview  access.Perm = "reports.overview.read"   // see the overview of this moment
	Read      access.Perm = "reports.read"            // see reports of the units in reach, and their files
	Run       access.Perm = "reports.run.start"       // make a report now, try a failed one again, cancel one
	Plan      access.Perm = "reports.schedule.change" // add and change schedules
	Issue     access.Perm = "reports.run.issue"       // record number, day and signer of a signed report
	Reissue   access.Perm = "reports.run.reissue"     // replace a report by another edition, with a reason
	Calendars access.Perm = "reports.calendar.change" // say by which rule reporting months close
)

// Perms are all of them, for the policy.
var Perms = []access.Perm{Overview, Read, Run, Plan, Issue, Reissue, Calendars}
