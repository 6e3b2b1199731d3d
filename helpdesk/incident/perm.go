package incident

import "lotrinh/internal/kit/access"

// What may be done here. Linking tickets takes the right to work on them.
const (
	Read access.Perm = "helpdesk.incident.read" // incidents with who is hit, problems
	Lead access.Perm = "helpdesk.incident.lead" // declare, tell, solve, note; maintenance; problems
)

// Perms are all of them, for the policy.
var Perms = []access.Perm{Read, Lead}
