// Package services is the second dimension of the rollout: not which communes work
// online, but which services do.
//
// A service goes through steps: submitted, surveyed, built, tested, live. The 102
// procedures of ten departments are counted slots from the start; a name, a wave and its
// form and process files come later, by import and by the department's focal point. A
// group of procedures of districts or communes goes the same way in every unit of its
// level. A group that a programme of communes carries is not reported twice: where its
// units stand is what the programme says (rollout.StagesAt).
//
// What always holds:
//   - Every change of a step is a dated line that is never altered; how far a service was
//     on a day is read from the lines up to that day. Forwards it goes one step at a time,
//     backwards with a reason. A procedure is submitted when it has a name, a form and a
//     process file.
//   - x of N: N is dated as well. It is the units of the level in force on the day, the
//     procedures of the list, or the number that was published with a count.
//   - A published count (63 of 63 provinces) keeps its day and its source; a later one
//     stands beside it, not in its place.
//   - A quantity target goes through stages of its own (entered, checked, approved), each
//     at most the one before, the first at most the unit's total. Reports are dated and
//     never altered; less than before needs a note.
//   - A focal point reports the procedures of the departments that it is appointed for,
//     on the days of the appointment; others report the units that they hold.
//
// The programme, its waves and milestones are rows of the rollout: see rollout.SetServices.
package services
