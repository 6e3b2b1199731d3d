// Package ask is the pure engine of questions as data: the forms of periodic returns and
// the checklists of inspections. It knows neither database nor HTTP nor clock.
//
// What always holds:
//   - A form that Parse takes can be asked: keys are unique, choices have options, tables
//     columns, and every kind is known.
//   - Answers that Judge takes hold only what the form asks, each within its bounds.
//   - Roll adds up: the sum over all equals the sum of the sums over any parts of all.
package ask
