// Package agent reads what inventory agents say: the FusionInventory, OCS and GLPI
// agents in XML, and the files that a GLPI agent writes in JSON. It is an engine of
// bytes in and values out: it knows no database and no network.
//
// What always holds:
//   - A body is told by its first bytes, never by the content type that is claimed for it.
//   - Nothing grows without a bound: the decoded size, the depth, the number of values,
//     the length of one value. A compressed bomb is refused before it is unpacked.
//   - What nobody needs is dropped at the door: environment, processes, users and groups,
//     who last signed in, product keys. Only sections and fields that are listed stay.
//   - A number that is absent or makes no sense is unknown, never zero.
//   - The canonical form of a section does not depend on spaces, on the order of its
//     entries or on values that change by themselves, so that the same section has the
//     same hash next month.
package agent
