// Package duty is the room of who can be called at a commune: the hotline, the counter and
// the volunteers (tình nguyện viên) who help at machines, each with a number and hours,
// and the public page of the commune that tells it: which services, since when, whom to
// call.
//
// What always holds:
//   - A line of duty holds from a day until a day of the city and is never altered but to
//     end it: what was posted on a day can be told later.
//   - The public page shows names and numbers that the commune itself has posted, today's
//     only, and nothing else of a person.
//   - That the number is posted can be declared from here only while a hotline stands here.
package duty

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS
