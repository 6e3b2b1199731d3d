package procedure

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"

	"lotrinh/internal/kit/fault"
)

// Read reads a definition as it is stored. Unknown fields are left alone, so that an
// older program can show a newer version.
func Read(raw string) (Definition, error) {
	var d Definition
	err := json.Unmarshal([]byte(raw), &d)
	if err != nil {
		return d, fault.Because(fault.Invalid, "procedure.unreadable", err)
	}
	return d, nil
}

// Most are the bounds of a definition.
const (
	MostSteps     = 20
	MostDocuments = 40
	MostLegs      = 6
)

var (
	codeForm = regexp.MustCompile(`^[0-9]\.[0-9]{6}(\.[A-Z0-9.]+)?$`)
	keyForm  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
)

// Check is everything that is wrong with a definition but its form, which dossier/form
// checks, each at its field.
func (d Definition) Check() error {
	var k fault.Check
	k.Need(codeForm.MatchString(d.Code), "code", "procedure.code_form")
	k.Need(d.Name.VI != "", "name", "procedure.name_needed")
	k.Need(d.Level >= 1 && d.Level <= 4, "level", "procedure.level_range")
	k.Need(len(d.Basis) > 0, "basis", "procedure.basis_needed")
	k.Need(d.Fee.Amount >= 0 && d.Fee.Late >= 0 && d.Fee.PerCopy >= 0, "fee", "procedure.fee_negative")
	k.Need(len(d.Results) > 0, "results", "procedure.result_needed")
	k.Add(d.Term.Check())
	d.checkDocuments(&k)
	d.checkSteps(&k)
	k.Need(len(d.Legs) <= MostLegs, "legs", "procedure.too_many_legs", "n", MostLegs)
	for _, l := range d.Legs {
		k.Add(l.Term.Check())
		k.Need(keyForm.MatchString(l.Kind) && l.Partner != "", "legs", "procedure.leg_form")
	}
	return k.Err()
}

func (d Definition) checkDocuments(k *fault.Check) {
	k.Need(len(d.Documents) <= MostDocuments, "documents", "procedure.too_many_documents", "n", MostDocuments)
	seen := map[string]bool{}
	for i, doc := range d.Documents {
		field := "documents." + strconv.Itoa(i)
		k.Need(keyForm.MatchString(doc.Key) && !seen[doc.Key], field, "procedure.key_form")
		k.Need(doc.Name.VI != "", field, "procedure.name_needed")
		seen[doc.Key] = true
	}
}

// checkSteps: a dossier is received first, returned last, and signed only after it was
// registered.
func (d Definition) checkSteps(k *fault.Check) {
	n := len(d.Steps)
	k.Need(n >= 2 && n <= MostSteps, "steps", "procedure.steps_count", "n", MostSteps)
	if n == 0 {
		return
	}
	k.Need(d.Steps[0].Kind == Receive && d.Steps[n-1].Kind == Return, "steps", "procedure.steps_ends")
	last := -1
	seen := map[string]bool{}
	for i, s := range d.Steps {
		field := "steps." + strconv.Itoa(i)
		at := slices.Index(StepKinds, s.Kind)
		k.Need(at >= 0, field, "procedure.step_kind")
		k.Need(at >= last, field, "procedure.steps_order")
		k.Need(keyForm.MatchString(s.Key) && !seen[s.Key], field, "procedure.key_form")
		k.Need(s.Name.VI != "", field, "procedure.name_needed")
		seen[s.Key], last = true, max(last, at)
	}
}
