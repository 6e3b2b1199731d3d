// Package board is the dashboards: the overview of leadership, a district, the programme,
// the help desk, the equipment and the dossiers, from the city down to the records of one
// commune in a few presses, of this moment or of the end of any past day, and two of
// either side by side.
//
// What always holds:
//   - The address holds the whole state of a page (State): programme, unit, phase, day,
//     the day to compare with, the metric. What an address says wrongly is left out.
//   - A page of a day gone by says so above everything else. The rollout of that day is
//     counted from dated facts, as the map, the criteria and the waivers were then; all
//     else is read from the daily store of metrics, and what nobody stored is said to be
//     unknown, never shown as zero.
//   - Every figure is summed over what the reader may see and over nothing else; a unit
//     out of reach is missing. Nothing is kept between readers but drawn charts, by their
//     content.
//   - The number of queries of a page does not depend on the number of units or days.
//   - Boards name no person.
package board

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS
