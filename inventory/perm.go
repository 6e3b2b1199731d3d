package inventory

import "lotrinh/internal/kit/access"

// The rights of this area.
const (
	Look    access.Perm = "inventory.look"            // see equipment, readiness and gaps
	Edit    access.Perm = "inventory.asset.edit"      // add and change equipment and its facts, import tables
	Inspect access.Perm = "inventory.asset.inspect"   // record facts as seen at the counter
	Report  access.Perm = "inventory.gap.report"      // report a gap
	Handle  access.Perm = "inventory.gap.handle"      // own, move and close gaps
	Publish access.Perm = "inventory.profile.publish" // draft and publish requirement profiles
	Waive   access.Perm = "inventory.waive"           // excuse a commune from a requirement for a time
)
