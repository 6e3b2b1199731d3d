package readiness

import (
	"strings"

	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
)

// Place is the fact where in the office an asset stands. Nobody records it apart: it is the asset's own place, and it has neither
// age nor source.
const Place = "place"

// Words are the places that a value of Among lists.
func Words(value string) []string {
	var out []string
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// among tells whether a place is one of those that a value lists: whether it holds the words of one, in their order, without regard
// to marks and case. "Quầy 2" is among "quầy, một cửa".
func among(place, value string) bool {
	have := " " + fold.Key(place) + " "
	for _, w := range Words(value) {
		if key := fold.Key(w); key != "" && strings.Contains(have, " "+key+" ") {
			return true
		}
	}
	return false
}

// place judges where an asset stands. Of one whose place nobody wrote down it is not known.
func (j *judge) place(a Asset, p Predicate, not bool) outcome {
	if strings.TrimSpace(a.Place) == "" {
		return j.open(a, p, NoData, i18n.L("readiness.place_unknown", "asset", a.label(), "want", p.Value))
	}
	if among(a.Place, p.Value) != not {
		return outcome{v: Met, held: 1}
	}
	key := "readiness.short.among"
	if not {
		key = "readiness.not.among"
	}
	return outcome{v: Unmet, failed: 1, other: 1, why: []Reason{{Verdict: Unmet, Asset: a.ID, Fact: p.Fact, Cause: Misplaced,
		Text: i18n.L(key, "asset", a.Code, "value", a.Place, "want", p.Value)}}}
}
