package delivery

import (
	"lotrinh/internal/kit/i18n"
	"lotrinh/reports"
)

// key is one key figure of a report in words: what it counts, how many, of how many, and
// what is wrong with it.
type key struct{ Label, Value, Of, SoWhat string }

// keysOf are the figures that a reader wants before anything else, from the frozen ones. A
// programme without communes has none of the rollout.
func keysOf(t i18n.T, f reports.Figures) []key {
	var all []key
	if c := f.Progress.Total; c.Total > 0 {
		of := t.Say("delivery.key.of", "n", c.Total)
		verified := key{Label: t.Say("delivery.key.verified"), Value: t.Int(int64(c.Verified)), Of: of}
		if n := c.Declared - c.Verified; n > 0 {
			verified.SoWhat = t.Say("delivery.key.unverified", "declared", c.Declared, "n", n)
		}
		all = append(all, key{Label: t.Say("delivery.key.official"), Value: t.Int(int64(c.Official)), Of: of}, verified)
	}
	for _, one := range []struct {
		name       string
		open, late int
	}{{"gaps", f.Gaps.Open, f.Gaps.Late}, {"tickets", f.Tickets.Open, f.Tickets.Late}} {
		k := key{Label: t.Say("delivery.key." + one.name), Value: t.Int(int64(one.open))}
		if one.late > 0 {
			k.SoWhat = t.Say("delivery.key.late", "n", one.late)
		}
		all = append(all, k)
	}
	return all
}
