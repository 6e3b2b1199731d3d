// Package phone writes Vietnamese telephone numbers one way, so that a caller is
// found however a number was typed, stored or sent by an exchange.
//
// What always holds:
//   - A number has one form: national ones begin with 0, foreign ones with + and the
//     country, service and short ones (1022, 1900…) with 1. Normal of it is itself.
//   - Numbers of before the moves (area codes in 2017, eleven-digit mobile prefixes in
//     2018) become the numbers that they are now. Where an old area code is a mobile
//     prefix today, the number is taken for the mobile: that is whom one would reach.
//   - What has no number, "anonymous" or an extension with letters, is none.
package phone
