// Package forecast says when a rollout will be done, and how sure that is. It is a pure
// engine: the same input and seed give the same answer, and it knows neither a
// database nor a clock.
//
// The pace of the days to come is drawn from the working days that were (the last
// Window of them) in blocks of Block days, so that good and bad weeks stay together,
// and each path works at a level of its own, because the mean of so few days is
// itself uncertain. Resampling single days, the usual recipe, promises 85 % and keeps
// 68 %: see docs/BENCHMARKS.md.
//
// A commune that a named gate blocks does not move with the others, so it is modelled
// apart: how long it stays blocked is drawn from how long communes were blocked
// before (a log-normal fitted to spells that ended and spells that still last), given
// how long it has been already; only then it joins the queue of work.
//
// What always holds: P50 ≤ P85 ≤ P95; no percentile is nearer than the first working
// day ahead while anything is left; nothing is said from fewer than Least working
// days, from days on which nothing was done, or of blocked communes when fewer than
// LeastSpells spells are known to have ended.
package forecast
