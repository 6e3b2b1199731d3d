package partners

import (
	"slices"

	"lotrinh/internal/wire"
)

// The codes of the offices.
const (
	Residence  = "residence"  // the police, for permanent residence
	Insurance  = "insurance"  // social insurance, for the health insurance card
	Ministry   = "ministry"   // the ministry's civil-status software
	Population = "population" // the national population database
	Portal     = "portal"     // the national portal
)

// Offices are all of them, in the order in which they are shown.
var Offices = []string{Residence, Insurance, Ministry, Population, Portal}

// trait is how one office works.
type trait struct {
	source string   // who it says it is
	takes  []string // types that it has a use for
	prefix string   // of its case numbers
	result string   // of the numbers of its results
}

var traits = map[string]trait{
	Residence:  {"https://cu-tru.congan.hanoi.example/", []string{wire.ResidenceRequested, wire.CompletionAnswered}, "CA", "HK"},
	Insurance:  {"https://thu-the.bhxh.hanoi.example/", []string{wire.InsuranceRequested, wire.CompletionAnswered}, "BHXH", "TE1"},
	Ministry:   {"https://hotich.moj.example/", []string{wire.BirthRegistered, wire.BirthCorrected, wire.BirthAnnulled, wire.DeathRegistered}, "HT", "HTDT"},
	Population: {"https://dancu.example/", []string{wire.PIDRequested, wire.DeathRegistered}, "DC", ""},
	Portal:     {"https://dichvucong.example/", []string{wire.StatusChanged}, "DVC", ""},
}

// Source is the address under which an office speaks.
func Source(office string) string { return traits[office].source }

func known(office string) bool { return slices.Contains(Offices, office) }

// The states of a case.
const (
	stored     = "stored"
	received   = "received"
	completion = "completion"
	rejected   = "rejected"
	done       = "done"
)
