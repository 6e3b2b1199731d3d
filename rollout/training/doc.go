// Package training is the room where the people of communes and districts learn to use
// the service: who they are (the roster), courses, classes with their seats, who came,
// the short test, certificates, and what all this proves to the gates of the rollout.
//
// What always holds:
//   - A person of the roster stands for one audience of one unit. What somebody learned
//     follows the person; who left counts for nobody.
//   - A room and a trainer have one class at a time: a class that overlaps is refused.
//   - A class never gives out more seats than it has, except to those who came
//     unannounced; nobody waits while a seat is free and the class has not begun. The
//     counters of a class are the counts of its seats.
//   - Who came is recorded once, with how it is known: by code, by the paper roll, or
//     afterwards with a reason. Only a person who attended, and passed where the course
//     asks, is trained and holds a certificate; both end with the attendance.
//   - Training proves the gate of a commune when each of its four audiences has somebody
//     who is trained. The verdict is written in the transaction of the fact.
//   - The code on the hall's screen is made of the class and the moment, signed, and is
//     good for a minute and a half.
package training

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS
