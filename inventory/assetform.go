package inventory

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/importer"
)

// AssetForm is what a person typed about an asset; Facts are declared values by name.
type AssetForm struct {
	Unit, Kind, Name, Serial, Tag, Place, State string
	Custodian, Supplier, Contract               string
	BoughtOn, WarrantyUntil                     string // 15/8/2016 or 2016-08-15; stored as the latter
	Note                                        string
	Facts                                       map[string]string
	// Seen tells that the values were looked at on the spot, by somebody who may say so.
	Seen bool
	// Measured tells that a program on the machine said so, and no person. That it is
	// there is told by facts of their own, with the moment at which it was seen.
	Measured bool
	// Said is why the asset moves to another state; grave moves need it.
	Said string
}

// detail is a column of an asset that a person fills in.
type detail struct {
	name  string // of the column, the field, the table's column
	most  int    // letters; 0 is a day
	of    func(*Asset) *string
	typed func(*AssetForm) *string
	named bool // it may name a person, so the trail keeps it apart
}

// details are these columns, in the order in which forms ask for them.
var details = []detail{
	{"name", 120, func(a *Asset) *string { return &a.Name }, func(f *AssetForm) *string { return &f.Name }, false},
	{"serial", 60, func(a *Asset) *string { return &a.Serial }, func(f *AssetForm) *string { return &f.Serial }, false},
	{"tag", 40, func(a *Asset) *string { return &a.Tag }, func(f *AssetForm) *string { return &f.Tag }, false},
	{"place", 120, func(a *Asset) *string { return &a.Place }, func(f *AssetForm) *string { return &f.Place }, false},
	{"custodian", 80, func(a *Asset) *string { return &a.Custodian }, func(f *AssetForm) *string { return &f.Custodian }, true},
	{"supplier", 120, func(a *Asset) *string { return &a.Supplier }, func(f *AssetForm) *string { return &f.Supplier }, false},
	{"contract", 60, func(a *Asset) *string { return &a.Contract }, func(f *AssetForm) *string { return &f.Contract }, false},
	{"bought_on", 0, func(a *Asset) *string { return &a.BoughtOn }, func(f *AssetForm) *string { return &f.BoughtOn }, false},
	{"warranty_until", 0, func(a *Asset) *string { return &a.WarrantyUntil }, func(f *AssetForm) *string { return &f.WarrantyUntil }, false},
	{"note", 500, func(a *Asset) *string { return &a.Note }, func(f *AssetForm) *string { return &f.Note }, true},
}

// assetColumns are the columns that a change of an asset saves.
var assetColumns = func() []string {
	out := []string{"state", "fold", "custodian_fold", "changed_at", "version"}
	for _, d := range details {
		out = append(out, d.name)
	}
	return out
}()

// formOfAsset is an asset as a form shows it, without facts.
func formOfAsset(a Asset) AssetForm {
	f := AssetForm{Unit: a.Unit, Kind: string(a.Kind), State: string(a.State), Facts: map[string]string{}}
	for _, d := range details {
		*d.typed(&f) = *d.of(&a)
	}
	return f
}

// put writes what the form says into the asset, but for its state.
func (f *AssetForm) put(a *Asset) {
	for _, d := range details {
		*d.of(a) = *d.typed(f)
	}
	a.refold()
}

// check tidies the form and says everything that is wrong with it.
func (f *AssetForm) check(known func(unit string) bool) error {
	f.Serial = strings.ToUpper(f.Serial)
	if slices.Contains(placeholders, fold.Key(f.Serial)) {
		f.Serial = ""
	}
	var k fault.Check
	k.Need(known(f.Unit), "unit", "inventory.form.unit_needed")
	k.Need(slices.Contains(Kinds, Kind(f.Kind)), "kind", "inventory.form.kind_needed")
	for _, d := range details {
		d.check(&k, d.typed(f))
	}
	k.Need(f.Name != "", "name", "inventory.form.name_needed")
	k.Need(slices.Contains(States, State(f.State)), "state", "inventory.form.state_needed")
	k.Need(f.BoughtOn == "" || f.WarrantyUntil == "" || f.WarrantyUntil >= f.BoughtOn, "warranty_until", "inventory.form.warranty_before")
	f.Said = tidy(f.Said)
	k.Need(utf8.RuneCountInString(f.Said) <= mostSaid, "said", "inventory.form.long", "limit", mostSaid)
	for _, n := range FactNames(Kind(f.Kind)) {
		if raw := strings.TrimSpace(f.Facts[n]); raw != "" {
			v, err := ReadFact(n, raw)
			if err != nil {
				e := fault.Of(err)
				k.Need(false, "fact_"+n, e.Key, e.Args...)
			}
			f.Facts[n] = v
		}
	}
	return k.Err()
}

// mostSaid is how many letters a reason may have.
const mostSaid = 300

// check tidies a value and says what is wrong with it.
func (d detail) check(k *fault.Check, value *string) {
	*value = tidy(*value)
	if *value == "" {
		return
	}
	if d.most > 0 {
		k.Need(utf8.RuneCountInString(*value) <= d.most, d.name, "inventory.form.long", "limit", d.most)
		return
	}
	day, err := importer.Date(*value)
	k.Need(err == nil, d.name, "importer.date_bad")
	if err == nil {
		*value = day
	}
}

// reasoned refuses a grave move that nobody gives a reason for.
func reasoned(from, to State, said string) error {
	var k fault.Check
	k.Need(from == to || !to.Grave() || said != "", "said", "inventory.form.said_needed")
	return k.Err()
}

// placeholders are what makers leave where a serial number should be.
var placeholders = []string{"n a", "na", "none", "khong", "khong co", "0", "123456789", "0123456789", "to be filled by o e m",
	"default string", "system serial number", "not specified", "xxxxxxx"}

func tidy(s string) string { return strings.Join(strings.Fields(fold.NFC(s)), " ") }

// sayDay is a stored day as people write it; anything else as it is.
func sayDay(s string) string {
	if at, err := time.Parse(time.DateOnly, s); err == nil {
		return at.Format("02/01/2006")
	}
	return s
}
