package form

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// surnameElsewhere: a child's family name is its father's or its mother's, by agreement
// or by custom (Decree 123/2015/NĐ-CP, art. 4.1a). Others are the parents' names; when
// none is known nothing is compared.
func surnameElsewhere(c *checker, r Rule) bool {
	got := surname(c.get(r.Field))
	some := false
	for _, k := range r.Others {
		if s := surname(c.get(k)); s != "" {
			if some = true; s == got {
				return false
			}
		}
	}
	return got != "" && some
}

func surname(name string) string {
	first, _, _ := strings.Cut(FoldName(name), " ")
	return first
}

// staysOverlap: the rows of a repeated group with the parts from and to name periods
// that end after they begin and do not run into each other, except on one day.
func staysOverlap(c *checker, r Rule) bool {
	f, ok := c.form.field(r.Field)
	if !ok || f.Kind != Repeat || !c.shown[r.Field] {
		return false
	}
	type stay struct{ from, to string }
	var all []stay
	for i := range RowsOf(f, c.answers) {
		at := r.Field + "." + strconv.Itoa(i) + "."
		from, known := dayOf(c.answers[at+"from"])
		to, ended := lastOf(c.answers[at+"to"])
		if !ended {
			to = c.on
		}
		if !known {
			continue
		}
		if to < from {
			return true
		}
		// a year only is a whole year: it may touch its neighbours'
		if len(c.answers[at+"to"]) < 10 && ended {
			to, _ = dayOf(c.answers[at+"to"])
			to = max(to, from)
		}
		all = append(all, stay{from, to})
	}
	slices.SortFunc(all, func(a, b stay) int { return strings.Compare(a.from+a.to, b.from+b.to) })
	for i := 1; i < len(all); i++ {
		if all[i].from < all[i-1].to {
			return true
		}
	}
	return false
}

// gcsForm is the code of a birth proof since 1/10/2025: NNNNN.GCS.FFFFF.YY.
var gcsForm = regexp.MustCompile(`^[0-9]{5}\.GCS\.[0-9A-Z]{5}\.[0-9]{2}$`)

// gcsFrom is the first day of proofs with that code.
const gcsFrom = "2025-10-01"

// gcsCodeWrong: a birth proof given since 1/10/2025 has its code in the national form
// and names its own year. Other is the day of the proof.
func gcsCodeWrong(c *checker, r Rule) bool {
	got := c.get(r.Field)
	day, known := c.day(r.Other)
	if got == "" || !known || day < gcsFrom {
		return false
	}
	return !gcsForm.MatchString(got) || got[len(got)-2:] != day[2:4]
}

// elsewhere: an address lies in the district of the unit that accepts, where both are
// known (joint circular 05/2015: all offices of an interlinked dossier are of one
// district).
func elsewhere(c *checker, r Rule) bool {
	code := c.get(r.Field + ".unit")
	if code == "" || c.ctx.District == nil {
		return false
	}
	there, here := c.ctx.District(code), c.ctx.District(c.ctx.Unit)
	return there != "" && here != "" && there != here
}
