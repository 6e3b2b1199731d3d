package dossier

import "lotrinh/internal/kit/access"

// What may be done with dossiers.
const (
	Read      access.Perm = "dossier.read"      // see dossiers of a unit with what they say of persons
	Receive   access.Perm = "dossier.receive"   // the one-stop office: accept, hand over, return
	Examine   access.Perm = "dossier.examine"   // the civil-status officer
	Register  access.Perm = "dossier.register"  // write and sign the register
	Sign      access.Perm = "dossier.sign"      // the leader who signs certificates
	Supervise access.Perm = "dossier.supervise" // see how many are late and where, by code, without persons
	Exchange  access.Perm = "dossier.exchange"  // run the exchange with other authorities
	Configure access.Perm = "dossier.configure" // procedures and their versions
	Figures   access.Perm = "dossier.figures"   // the numbers
)

// Citizen is the applicant who proved it: by the address of a draft, by a code on the
// telephone. Only the room that asked for the proof may use it.
func Citizen() access.Actor { return access.System("citizen") }
