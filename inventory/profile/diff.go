package profile

import (
	"lotrinh/internal/kit/i18n"
	"lotrinh/inventory"
	"lotrinh/inventory/readiness"
)

// change is one thing that differs between two versions: of a line, or of the whole
// profile when the line is empty. Nothing before is new, nothing after is gone.
type change struct {
	Line, What    string
	Before, After string
}

// said is one facet of a line in words.
type said struct{ what, text string }

// words are everything that a line asks, facet by facet.
func words(t i18n.T, l readiness.Line) []said {
	weight := t.Say("inventory.unit.should")
	if l.Must {
		weight = t.Say("inventory.profiles.must")
	}
	out := []said{{t.Say("profile.field.label"), inventory.LineLabel(t, l)}, {t.Say("profile.field.quantity"), inventory.SayQuantity(t, l)}, {t.Say("inventory.profiles.weight"), weight}}
	distinct := t.Say("inventory.fact.no")
	if l.Distinct {
		distinct = t.Say("inventory.fact.yes")
	}
	return append(out, said{t.Say("profile.field.distinct"), distinct}, said{t.Say("inventory.profiles.want"), inventory.SayWants(t, l)})
}

// differences are what is another in the second version of a profile.
func differences(t i18n.T, a, b inventory.ProfileDraft) []change {
	var out []change
	for _, x := range [][3]string{{t.Say("profile.field.title_vi"), a.TitleVI, b.TitleVI}, {t.Say("profile.field.title_en"), a.TitleEN, b.TitleEN}, {t.Say("profile.field.phase"), a.Phase, b.Phase}} {
		if x[1] != x[2] {
			out = append(out, change{What: x[0], Before: x[1], After: x[2]})
		}
	}
	byCode := func(d inventory.ProfileDraft) map[string]readiness.Line {
		all := make(map[string]readiness.Line, len(d.Lines))
		for _, l := range d.Lines {
			all[l.Code] = l
		}
		return all
	}
	was, is := byCode(a), byCode(b)
	for _, l := range a.Lines {
		if _, stays := is[l.Code]; !stays {
			out = append(out, change{Line: inventory.LineLabel(t, l), What: t.Say("profile.diff.dropped"), Before: inventory.SayQuantity(t, l)})
		}
	}
	for _, l := range b.Lines {
		old, had := was[l.Code]
		if !had {
			out = append(out, change{Line: inventory.LineLabel(t, l), What: t.Say("profile.diff.added"), After: inventory.SayQuantity(t, l) + ". " + inventory.SayWants(t, l)})
			continue
		}
		before, after := words(t, old), words(t, l)
		for i := range after {
			if before[i].text != after[i].text {
				out = append(out, change{Line: inventory.LineLabel(t, l), What: after[i].what, Before: before[i].text, After: after[i].text})
			}
		}
	}
	return out
}
