// Package live tells open pages what happens now, by server-sent events.
//
// What always holds:
//   - An event is written in the transaction of the change and reaches whoever listens
//     after it is on disk, in this process at once, in others within a second.
//   - An event holds no personal values: it names a page's part, and the reader asks
//     for that part with its own rights.
//   - A stream ends by itself before any time-out on the way and is taken up again
//     where it ended. Who comes without having listened is greeted with what stands.
//   - Nobody depends on it: every page is right without script.
//   - Streams are few per account, where the oldest gives way to a new one, and bounded
//     in all; a reader too slow is let go and comes back.
package live
