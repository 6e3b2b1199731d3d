// Package org is the ground on which the areas stand: the units of the city as
// they were on any day, the people with their roles, sessions and API tokens.
//
// What always holds:
//   - A unit is known by its code of the statistical list; names repeat.
//   - A unit has versions with days [from, until); on a day there is at most one.
//   - A role is held over a part of the tree, or everywhere, on days [from, until).
//   - Secrets (passwords, session and reset and API tokens) are stored hashed only.
//   - Sessions, resets and throttling run on the machine's clock; roles and units
//     on the business clock.
//   - A revocation takes effect with the next request.
package org

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS
