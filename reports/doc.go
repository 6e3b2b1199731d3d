// Package reports tells how far the city is: a page that is always of this moment,
// and reports that are frozen, repeatable and on time without anybody's work.
//
// A definition says as data, with a version, what a report holds and which period it
// covers. A schedule says for one definition, programme and cut (a unit: the city or
// one district) when it comes round. A run is one report of one period; its row is
// unique for definition, programme, cut and period and is written before any work,
// in the transaction that moves the schedule on. So two processes never make one
// report twice, and what was missed while nobody ran is made up: the latest periods,
// as many as the schedule's catch-up allows.
//
// What is always true:
//   - The moment a thing happened decides its period. A run reports the last period of
//     its definition's kind that was whole at its nominal moment (package period), in
//     Hanoi time, and is never made before that period is over, however days off move
//     it. Sums over the period come from dated facts. Standing figures (stages, readiness,
//     gaps, tickets, late dossiers) are those of the period's last moment, which the
//     report names, by what had been recorded until it was read (package app answers
//     from dated facts). Of a period that still runs they are those of now.
//   - Figures are read once, into one snapshot in canonical JSON with its SHA-256. The
//     database refuses to change or delete it. Web page, PDF and workbook are made from
//     the snapshot alone, and the same snapshot gives the same bytes.
//   - Snapshot, files, state, event and notices of a run are one transaction: a run is
//     rendered with everything or not at all. A run whose process died is claimed again
//     when its lease ends; who makes one gives signs of life and stops when the run was
//     cancelled or taken over. Every state has its moment.
//   - A report is never changed. Another edition reads the same period anew by the same
//     text of the definition, names the edition before by its hash, and lists every
//     difference inside its own frozen figures: what was recorded later about that
//     period, not what merely moved on since.
//   - A manual run covers the running period up to its own moment and is told apart from
//     scheduled ones by its key.
//
// Other areas are asked through the small interfaces of neighbours.go.
package reports
