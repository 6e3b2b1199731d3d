package helpdesk

import "lotrinh/internal/kit/access"

// What may be done here. Whoever opened a ticket may read it, write on it, and close
// or reopen it without any of these.
const (
	Ask    access.Perm = "helpdesk.ticket.open"   // open tickets for a unit
	Read   access.Perm = "helpdesk.ticket.read"   // read the tickets of units, notes aside
	Work   access.Perm = "helpdesk.ticket.work"   // answer, note, take, hold, resolve
	Assign access.Perm = "helpdesk.ticket.assign" // give tickets to others
	Manage access.Perm = "helpdesk.manage"        // catalogue, rules, shared views, quarantine, exchanges
)

// Perms are all of them, for the policy.
var Perms = []access.Perm{Ask, Read, Work, Assign, Manage}
