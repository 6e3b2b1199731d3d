package inventory

import (
	"fmt"
	"regexp"
	"slices"
	"unicode/utf8"

	"lotrinh/internal/kit/fault"
	"lotrinh/inventory/readiness"
)

// ProfileDraft is what a profile asks, as it is written, exported and imported.
type ProfileDraft struct {
	Code    string           `json:"code"`
	TitleVI string           `json:"title_vi"`
	TitleEN string           `json:"title_en"`
	Phase   string           `json:"phase,omitempty"` // empty: every commune
	Said    string           `json:"said,omitempty"`  // why this version
	Lines   []readiness.Line `json:"lines"`
}

// How much a profile may hold.
const (
	mostLines      = 60
	mostPredicates = 60
)

var codeForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,59}$`)

// check refuses what could not be judged. A draft may still be without lines.
func (d *ProfileDraft) check(whole bool) error {
	d.TitleVI, d.TitleEN, d.Said = tidy(d.TitleVI), tidy(d.TitleEN), tidy(d.Said)
	var k fault.Check
	k.Need(codeForm.MatchString(d.Code), "code", "inventory.profile.code_needed")
	for field, said := range map[string]string{"title_vi": d.TitleVI, "title_en": d.TitleEN} {
		k.Need(said != "", field, "inventory.profile.title_needed")
		k.Need(utf8.RuneCountInString(said) <= 120, field, "inventory.form.long", "limit", 120)
	}
	k.Need(utf8.RuneCountInString(d.Said) <= 500, "said", "inventory.form.long", "limit", 500)
	k.Need(len(d.Lines) > 0 || !whole, "lines", "inventory.profile.lines_needed")
	k.Need(len(d.Lines) <= mostLines, "lines", "inventory.profile.lines_many", "most", mostLines)
	codes := map[string]bool{}
	for i, l := range d.Lines {
		k.Need(!codes[l.Code], "lines", "inventory.profile.line_twice", "line", l.Code)
		codes[l.Code] = true
		if err := CheckLine(l); err != nil {
			for _, f := range fault.Of(err).Fields {
				k.Need(false, fmt.Sprintf("lines.%d.%s", i, f.Name), f.Key, f.Args...)
			}
		}
	}
	return k.Err()
}

// CheckLine refuses a line that could not be judged; the fields are those of the line,
// a predicate's is "row" with its place, counted from the top through all groups.
func CheckLine(l readiness.Line) error {
	var k fault.Check
	k.Need(codeForm.MatchString(l.Code), "code", "inventory.profile.code_needed")
	k.Need(utf8.RuneCountInString(l.LabelVI) <= 120, "label_vi", "inventory.form.long", "limit", 120)
	k.Need(utf8.RuneCountInString(l.LabelEN) <= 120, "label_en", "inventory.form.long", "limit", 120)
	k.Need(slices.Contains(Kinds, Kind(l.Kind)), "kind", "inventory.form.kind_needed")
	least := int64(1)
	if l.Per != nil {
		least = 0
	}
	k.Need(l.Quantity >= least && l.Quantity <= 1000, "quantity", "inventory.form.count_bad")
	k.Need(l.MaxAge >= 0 && l.MaxAge <= 3650, "max_age_days", "inventory.profile.age_bad")
	k.Need(l.Evidence == "" || l.Evidence.Rank() > 0, "evidence_min", "inventory.fact.bad_source")
	k.Need(len(l.Predicates) > 0 || l.MaxAge > 0 || l.Evidence != "", "max_age_days", "inventory.profile.age_needed")
	checkPer(&k, l.Per)
	if readiness.Shape(l.Predicates) != nil {
		k.Need(false, "predicates", "inventory.profile.shape_bad")
		return k.Err()
	}
	row := 0
	for _, p := range l.Predicates {
		checkPredicate(&k, Kind(l.Kind), p, &row)
	}
	k.Need(row <= mostPredicates, "predicates", "inventory.profile.lines_many", "most", mostPredicates)
	return k.Err()
}

func checkPer(k *fault.Check, p *readiness.Per) {
	if p == nil {
		return
	}
	k.Need(slices.Contains(readiness.SiteFacts, p.Of), "per", "inventory.site.name_needed")
	k.Need(p.MaxAge >= 0 && p.MaxAge <= 3650, "per", "inventory.profile.age_bad")
	if len(p.Bands) == 0 {
		k.Need(p.Each >= 1 && p.Each <= 1_000_000, "each", "inventory.profile.each_bad")
		return
	}
	k.Need(p.Each == 0 && len(p.Bands) <= 20, "bands", "inventory.profile.bands_bad")
	for i, b := range p.Bands {
		k.Need(b.From >= 0 && b.N >= 0 && b.N <= 1000 && (i == 0 || b.From > p.Bands[i-1].From), "bands", "inventory.profile.bands_bad")
	}
}

func checkPredicate(k *fault.Check, kind Kind, p readiness.Predicate, row *int) {
	field := fmt.Sprint("row", *row)
	*row++
	if p.Not != nil {
		checkPredicate(k, kind, *p.Not, row)
		return
	}
	if p.Group() {
		for _, q := range slices.Concat(p.All, p.Any) {
			checkPredicate(k, kind, q, row)
		}
		return
	}
	_, known := infoOf(p.Fact)
	bad := !known || !slices.Contains(AskedNames(kind), p.Fact) || !slices.Contains(AskedOps(p.Fact), p.Op) ||
		p.Tolerance < 0 || p.Tolerance >= 100 || p.MaxAge < 0 || p.MaxAge > 3650 || p.Samples < 0 || p.Samples > 1_000_000 || p.Days < 0 || p.Days > 366 ||
		p.Evidence != "" && p.Evidence.Rank() == 0 || p.Per != "" && !slices.Contains(readiness.SiteFacts, p.Per)
	k.Need(!bad, field, "inventory.profile.predicate_bad", "fact", p.Fact)
	if bad {
		return
	}
	v, err := ReadFact(p.Fact, p.Value)
	k.Need(err == nil && v == p.Value && p.Value != "", field, "inventory.profile.value_bad", "fact", factName(p.Fact))
}
