package inventory

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"lotrinh/internal/kit/i18n"
	"lotrinh/inventory/readiness"
)

// LineLabel names a line of a profile: by its own label, else by its kind of equipment.
func LineLabel(t i18n.T, l readiness.Line) string {
	label := l.LabelVI
	if t.Lang == i18n.EN {
		label = l.LabelEN
	}
	if label == "" {
		first, n := utf8.DecodeRuneInString(t.Say("inventory.kind." + l.Kind))
		label = string(unicode.ToUpper(first)) + t.Say("inventory.kind." + l.Kind)[n:]
	}
	return label
}

// SayQuantity writes how many of what a line asks for.
func SayQuantity(t i18n.T, l readiness.Line) string {
	kind := kindKey(Kind(l.Kind))
	if l.Per == nil {
		return t.Say("inventory.profiles.count", "n", l.Quantity, "kind", kind)
	}
	of := factName(l.Per.Of)
	var parts []string
	if len(l.Per.Bands) == 0 {
		parts = append(parts, t.Say("inventory.profiles.each", "kind", kind, "each", l.Per.Each, "of", of))
	}
	for _, b := range l.Per.Bands {
		parts = append(parts, t.Say("inventory.profiles.band", "n", b.N, "kind", kind, "from", b.From, "of", of))
	}
	if l.Quantity > 0 {
		parts = append(parts, t.Say("inventory.profiles.least", "n", l.Quantity))
	}
	return strings.Join(parts, "; ")
}

// SayWants writes the conditions of a line in words.
func SayWants(t i18n.T, l readiness.Line) string {
	var parts []string
	for _, p := range l.Predicates {
		parts = append(parts, SayPredicate(t, p))
	}
	if l.MaxAge > 0 || l.Evidence != "" {
		parts = append(parts, t.Say("inventory.profiles.there")+evidenceWords(t, l.Evidence, l.MaxAge, 0, 0))
	}
	return strings.Join(parts, "; ")
}

// SayPredicate writes a condition in words, groups in brackets.
func SayPredicate(t i18n.T, p readiness.Predicate) string {
	join := func(all []readiness.Predicate, key string) string {
		words := make([]string, len(all))
		for i, q := range all {
			words[i] = SayPredicate(t, q)
		}
		if len(all) == 1 {
			return words[0]
		}
		return "(" + strings.Join(words, " "+t.Say(key)+" ") + ")"
	}
	switch {
	case p.Not != nil:
		return t.Say("inventory.profiles.not", "what", SayPredicate(t, *p.Not))
	case p.All != nil:
		return join(p.All, "inventory.profiles.and")
	case p.Any != nil:
		return join(p.Any, "inventory.profiles.or")
	}
	s := t.Say("inventory.profiles.op."+string(p.Op), "fact", factName(p.Fact), "value", SayFact(t, p.Fact, p.Value))
	if p.Per != "" {
		s += t.Say("inventory.profiles.times", "of", factName(p.Per))
	}
	if p.Tolerance > 0 {
		s += t.Say("inventory.profiles.tolerance", "n", p.Tolerance)
	}
	return s + evidenceWords(t, p.Evidence, p.MaxAge, p.Samples, p.Days)
}

// evidenceWords says what evidence counts, in brackets behind a condition.
func evidenceWords(t i18n.T, least readiness.Source, age, samples, days int64) string {
	var parts []string
	if least != "" {
		parts = append(parts, t.Say("inventory.profiles.evidence", "source", i18n.Key("readiness.evidence."+string(least))))
	}
	if samples > 0 || days > 0 {
		parts = append(parts, t.Say("inventory.profiles.samples", "n", samples, "days", max(days, 1)))
	}
	if age > 0 {
		parts = append(parts, t.Say("inventory.profiles.age", "days", age))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}
