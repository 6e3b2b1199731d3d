// Package sms knows what a text message is: which alphabet it needs, how many parts
// a telephone network makes of it, how Kannel is asked to send one, and what its
// answers and delivery reports mean. It opens no connection and reads no clock.
//
// What always holds:
//   - A text that fits the GSM alphabet is sent in it (160 letters a part, 153 of
//     several); every other one, so all Vietnamese with marks, in UCS-2 (70, or 67).
//   - A letter is never cut in two: an escaped letter of the GSM alphabet and a pair
//     of UTF-16 move to the next part whole.
//   - Answer tells apart what was certainly not sent, which may be sent again, from
//     what may have been, which may not.
package sms
