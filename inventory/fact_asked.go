package inventory

import (
	"slices"
	"strings"
	"unicode/utf8"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/inventory/readiness"
)

// machineOnly are the facts that no form asks for: machines tell them.
var machineOnly = []string{readiness.RAMInstalled, readiness.Samples, readiness.SampleDays}

// derived are the facts that the engine puts together from others. A profile may ask
// for them; nobody records them.
var derived = []factInfo{
	{readiness.RAM, []Kind{PC, Kiosk}, figure, 16, 4 << 20},
	{readiness.Virtualization, []Kind{PC, Kiosk}, yesNo, 0, 0},
	{readiness.Place, Kinds, standing, 0, 0},
}

// unjudged are the words of machines that no predicate can ask for; cpu_id is what virtualization is derived from.
var unjudged = func() []string {
	var out []string
	for _, f := range facts {
		if f.typ == told && f.name != readiness.CPU {
			out = append(out, f.name)
		}
	}
	return out
}()

// AskedNames are the facts of which a profile may ask something for a kind of equipment.
func AskedNames(k Kind) []string {
	var out []string
	for _, f := range slices.Concat(facts, derived) {
		if f.typ != yesOnly && f.typ != told && slices.Contains(f.kinds, k) && f.name != readiness.Samples && f.name != readiness.SampleDays {
			out = append(out, f.name)
		}
	}
	return out
}

// AskedOps are the comparisons that make sense for a fact.
func AskedOps(name string) []readiness.Op {
	switch f, _ := infoOf(name); f.typ {
	case system:
		return []readiness.Op{readiness.VersionFrom, readiness.Is}
	case bits, yesNo, yesOnly:
		return []readiness.Op{readiness.Is}
	case standing:
		return []readiness.Op{readiness.Among}
	case told:
		return nil
	}
	return []readiness.Op{readiness.AtLeast, readiness.AtMost, readiness.Is}
}

// longestPlaces is how many letters a list of places may have.
const longestPlaces = 200

// readPlaces reads a list of places, parted by commas.
func readPlaces(raw string) (string, error) {
	all := readiness.Words(tidy(raw))
	out := strings.Join(all, ", ")
	if len(all) == 0 || slices.ContainsFunc(all, func(w string) bool { return fold.Key(w) == "" }) || utf8.RuneCountInString(out) > longestPlaces {
		return raw, fault.New(fault.Invalid, "inventory.fact.bad_places", "limit", longestPlaces)
	}
	return out, nil
}

func readYesNo(raw string) (string, error) {
	switch fold.Key(raw) {
	case "yes", "co", "1", "bat", "on":
		return "yes", nil
	case "no", "khong", "0", "tat", "off":
		return "no", nil
	}
	return raw, fault.New(fault.Invalid, "inventory.fact.bad_yes")
}
