package catalogue

import (
	"testing"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/form"
	"lotrinh/internal/kit/fault"
)

func TestEveryProcedureOfTheHouseIsWhole(t *testing.T) {
	all, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	codes, last := map[string]string{}, Built{}
	for _, b := range all {
		if err := checked(b.Definition); err != nil {
			for _, one := range fault.Of(err).Fields {
				t.Errorf("%s %s: %s %s %v", b.Procedure, b.From, one.Name, one.Key, one.Args)
			}
			if len(fault.Of(err).Fields) == 0 {
				t.Errorf("%s %s: %v", b.Procedure, b.From, err)
			}
		}
		if b.Procedure == last.Procedure && b.From <= last.From {
			t.Errorf("%s: %s stands behind %s", b.Procedure, b.From, last.From)
		}
		if code := b.Definition.Code; codes[code] != "" && codes[code] != b.Procedure {
			t.Errorf("%s is the code of %s and of %s", code, codes[code], b.Procedure)
		}
		codes[b.Definition.Code], last = b.Procedure, b
		if planned := b.From >= "2027"; planned != (b.State == dossier.Draft) {
			t.Errorf("%s %s is %s", b.Procedure, b.From, b.State)
		}
		if d := b.Definition; d.Plain.What.EN == "" || d.Plain.Next.VI == "" || d.Plain.Who.VI == "" || d.Plain.Where.VI == "" || len(d.Words) == 0 {
			t.Errorf("%s %s lacks plain words", b.Procedure, b.From)
		}
		f, err := form.Read(b.Definition.Form)
		if err != nil {
			t.Fatal(err)
		}
		for _, role := range []string{form.Subject, form.Applicant, form.ApplicantTel} {
			if f.Keys[role] == "" {
				t.Errorf("%s %s has no %s", b.Procedure, b.From, role)
			}
		}
	}
	if len(codes) != 27 {
		t.Errorf("%d codes, want the 27 of the 22 rows", len(codes))
	}
}

var november = time.Date(2016, 11, 10, 2, 0, 0, 0, time.UTC)
