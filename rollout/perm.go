package rollout

import "lotrinh/internal/kit/access"

// The rights of the rollout; app/policy.go says which role holds which.
const (
	Read    access.Perm = "rollout.read"        // see programmes and the communes in reach
	Declare access.Perm = "rollout.declare"     // say that a commune meets a criterion
	Verify  access.Perm = "rollout.verify"      // record what was measured or seen
	MoveTo  access.Perm = "rollout.stage.move"  // move communes between stages, and back
	Waive   access.Perm = "rollout.waiver.give" // give and revoke waivers
	Plan    access.Perm = "rollout.plan.change" // import a plan, change days, reach milestones
)
