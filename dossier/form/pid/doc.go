// Package pid reads personal identification numbers (số định danh cá nhân) as Nghị định
// 137/2015/NĐ-CP, điều 13 and Thông tư 07/2016/TT-BCA, điều 7 compose them: three digits
// for the province or country where the birth was registered, one for century and sex,
// two for the year of birth, six at random. There is no check digit.
//
// What always holds:
//   - What cannot be is an error: form, a code below 100 that no province has, another
//     sex, another year, a birth in the future. What only may be wrong is a warning: a
//     province other than the one that registers, since provinces merge and people move.
//   - A code that was once issued stays valid whatever becomes of its province.
//   - Nothing here makes a number up. Numbers come from the population database.
package pid
