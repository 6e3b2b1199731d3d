// Package wire is how offices write to each other: what an envelope looks like, how it is
// signed, which schemas its contents follow, and when two records say the same.
//
// What always holds:
//   - An envelope is a CloudEvent 1.0 in structured mode. Source and ID name a message
//     for good; Subject is the code of the dossier; Seq is its place in the dossier's
//     conversation with one office; Key stays equal however often it is sent.
//   - A signature is that of Standard Webhooks 1.0.0 over the raw bytes, compared in
//     constant time, at most five minutes old, with every secret of a rotation tried.
//   - A type ends in its major version. Inside a major a schema only grows.
//   - Two records are equal when their normalised fields are: composed letters, single
//     spaces, capital names, dates as 2016-11-10, one place for the tone mark.
//
// The package opens no connection and reads no clock.
package wire
