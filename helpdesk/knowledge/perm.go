package knowledge

import "lotrinh/internal/kit/access"

// Edit is the right to write, publish and retire articles.
const Edit access.Perm = "helpdesk.article.edit"

// Perms are all rights of this package, for the policy.
var Perms = []access.Perm{Edit}
