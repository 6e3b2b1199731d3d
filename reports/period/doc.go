// Package period is the calendars by which reports are cut: day, ISO week, week of a
// campaign, the months that close on a day of their own with the quarters, half-years,
// nine months and years made of them, and plain months, quarters and years.
//
// What is always true:
//   - The moment a thing happened decides its period. A period is [From, Until) in the
//     city's time, exact to the microsecond: with the rule of Decree 09/2019/NĐ-CP
//     00:00 on 15 November opens December, and the microsecond before it closes November.
//   - The periods of a kind follow each other without gap or overlap, so a moment
//     belongs to exactly one. The only kinds with moments of none are nine months (the
//     last quarter of a year is in no nine months) and campaign weeks (before the
//     campaign began).
//   - Months, quarters, half-years, nine months and years are made of the same months:
//     three months are their quarter whatever the rule.
//   - Rules are profiles with the day from which they hold. A month closes by the latest
//     profile that was in force on the day it closes; it opens where the month before
//     closed. So the month in which the rule changes is shorter or longer, and nothing
//     is counted twice or not at all.
//
// The key of a period is a text that is unique within its kind: 2016-11-10, 2016-W45,
// 2016-10-26/C03, 2016-11/nd09, 2016-Q4/nd09, 2016-H2/nd09, 2016-M9/nd09, 2016/nd09,
// 2016-11, 2016-Q4, 2016. What runs still has the moment behind an "@".
//
// The package is pure: no database, no HTTP.
package period
