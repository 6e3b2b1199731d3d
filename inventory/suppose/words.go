package suppose

import (
	"slices"
	"strings"

	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
	"lotrinh/inventory/readiness"
	"lotrinh/inventory/whatif"
)

func kind(t i18n.T, k string) string { return t.Say("inventory.kind." + k) }

func badge(t i18n.T, v readiness.Verdict) ui.State {
	tone := map[readiness.Verdict]ui.Tone{readiness.Met: ui.Good, readiness.Waived: ui.Warn, readiness.Unmet: ui.Bad}[v]
	if tone == "" {
		tone = ui.Unknown
	}
	return ui.State{Tone: tone, Word: t.Say("readiness.verdict." + string(v))}
}

// wants says what an item must be.
func wants(t i18n.T, all []whatif.Want) string {
	var parts []string
	for _, w := range all {
		parts = append(parts, inventory.SayPredicate(t, predicate(w)))
	}
	return strings.Join(parts, "; ")
}

// facts says what an item is, in the order of forms, memory as built in before memory as
// the system sees it.
func facts(t i18n.T, it whatif.Item) string {
	var parts []string
	names := inventory.FactNames(inventory.Kind(it.Kind))
	if at := slices.Index(names, readiness.RAMUsable); at >= 0 && it.Facts[readiness.RAMInstalled] != "" {
		names[at] = readiness.RAMInstalled
	}
	for _, name := range names {
		if v := it.Facts[name]; v != "" {
			parts = append(parts, t.Say("inventory.fact."+name)+" "+inventory.SayFact(t, name, v))
		}
	}
	return strings.Join(parts, ", ")
}

// name is a sort in one line.
func (x Type) label(t i18n.T) string {
	if x.Name == "" {
		if what := wants(t, x.Wants); what != "" {
			return t.Say("suppose.standard.with", "kind", i18n.Key("inventory.kind."+x.Item.Kind), "what", what)
		}
		return t.Say("suppose.standard", "kind", i18n.Key("inventory.kind."+x.Item.Kind))
	}
	label := t.Say("suppose.type", "kind", i18n.Key("inventory.kind."+x.Item.Kind), "name", x.Name, "n", x.Count)
	if what := facts(t, x.Item); what != "" {
		label += " · " + what
	}
	return label
}

// lot is a lot in one line: 40 máy tính.
func lot(t i18n.T, l whatif.Lot) string {
	s := t.Say("suppose.lot", "n", l.Count, "kind", i18n.Key("inventory.kind."+l.Kind))
	if what := facts(t, l.Item); what != "" {
		s += " (" + what + ")"
	}
	return s
}

// gets says what a commune gets of each lot.
func gets(t i18n.T, lots []whatif.Lot, n []int) string {
	var parts []string
	for i, l := range lots {
		if n[i] > 0 {
			parts = append(parts, t.Say("suppose.lot", "n", n[i], "kind", i18n.Key("inventory.kind."+l.Kind)))
		}
	}
	return strings.Join(parts, " + ")
}

// mostSaid is how many reasons stand in a cell.
const mostSaid = 2

// lacks says what is missing: the deciding reasons, or of a commune that is ready the
// ones that do not decide.
func lacks(t i18n.T, r readiness.Result, limit int) string {
	var parts []string
	for _, one := range r.Reasons {
		if one.Must == whatif.Ready(r.Verdict) || one.Asset == whatif.Given {
			continue
		}
		if text := strings.TrimSuffix(t.Line(one.Text), "."); !slices.Contains(parts, text) {
			parts = append(parts, text)
		}
	}
	more := len(parts) - limit
	if limit > 0 && more > 0 {
		parts = append(parts[:limit:limit], t.Say("suppose.more", "n", more))
	}
	return strings.Join(parts, "; ")
}

// step says one thing to do for a commune.
func step(t i18n.T, tree interface{ Place(string) string }, s whatif.Step) string {
	args := []any{"kind", i18n.Key("inventory.kind." + s.Kind), "code", s.Asset.Code, "name", s.Asset.Name}
	if s.From != "" {
		args = append(args, "from", tree.Place(s.From))
	}
	text := t.Say("suppose.step."+string(s.Do), args...)
	if what := wants(t, s.Wants); what != "" {
		text += ": " + what
	}
	return text
}

// steps are the steps of a plan in words, equal ones together.
func steps(t i18n.T, tree interface{ Place(string) string }, all []whatif.Step) []string {
	var out []string
	count := map[string]int{}
	for _, s := range all {
		text := step(t, tree, s)
		if count[text]++; count[text] == 1 {
			out = append(out, text)
		}
	}
	for i, text := range out {
		if n := count[text]; n > 1 {
			out[i] = t.Say("suppose.times", "n", n, "what", text)
		}
	}
	return out
}
