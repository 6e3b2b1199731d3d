// Package planner finds calendars for projects whose tasks share scarce people and
// things: the resource-constrained project scheduling problem (RCPSP) on an axis of
// whole days.
//
// A task takes a number of working days of its calendar, one after the other, and needs
// an amount of some resources on each of them. It starts no earlier than its release
// day, and after each task it follows has ended, plus a lag in working days of its own
// calendar. A resource offers an amount each day, which may differ from day to day. A
// due day is wished for and counted when it is missed; everything else is never broken:
// Solve either answers a plan that Verify finds nothing wrong with, or says why there is
// none. Verify shares no code with the scheduler.
//
// Days are numbers from 0; a span [from, until) leaves its end out, so a task that ends
// at day 5 worked on day 4 last. A fixed task keeps its start whatever happens: what is
// done or promised stays.
//
// Plans are made by the serial schedule generation scheme from a list of tasks, improved
// by forward-backward justification (Li and Willis 1992; Valls, Ballestín, Quintanilla
// 2005), inside an iterated local search with a budget that counts every generated
// schedule, justifications included. The same project, budget and seed give the same
// plan on every machine. Bound proves how early the project could end at best, and what
// stands in the way.
//
// The package is pure: it knows neither database nor clock nor people's words.
package planner
