// Package post carries messages between this house and other offices. It knows nothing of
// dossiers: rooms write messages and learn what came of them.
//
// What always holds:
//   - A message is a row, written in the transaction of the change that it tells of. Its
//     key is its own for good: written twice it is one message, sent often it is one fact.
//   - Messages of one dossier to one office go out in their order; the next waits until
//     the one before has arrived or a person has set it aside.
//   - A message is claimed with a lease, sent outside any transaction, and marked by
//     whoever still holds the claim. Whether an unanswered message arrived is not
//     known: the office is asked by key before the same key is sent again.
//   - Arrived, received as a case, and answered are three things, each with its own time.
//   - What comes in is stored with what it does in one transaction, once for each source
//     and id. The same id with another body is refused and remembered; what comes too
//     early is parked; a version that we do not know is kept for later.
//   - An office that is down is left alone for a while and keeps nobody else waiting.
//   - No message is edited. What was given up is sent again as it is, with a reason.
package post
