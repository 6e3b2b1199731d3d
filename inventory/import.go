package inventory

import (
	"strings"

	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/org"
)

// AssetImport is the kind of import that takes tables of equipment.
const AssetImport = "inventory.assets"

// importFacts are the facts that a table of equipment may carry.
var importFacts = []string{"os", "arch", "cpu_mhz", "cores", "ram_mb", "disk_free_gb", "contract_mbps"}

// The ways by which rows find the asset that they are about.
const (
	byAny    = "any" // by code, else by serial number, else by the office's own number
	byCode   = "code"
	bySerial = "serial"
	byTag    = "tag"
	byName   = "name" // by name in the same unit: offered, never linked by itself
)

// What a person may decide about a row.
const (
	keepMeasured = "keep"   // save the row without the values that machines contradict
	takeBeside   = "beside" // declare them beside what machines say
	leaveOut     = "skip"
	linkIt       = "link" // it is the asset of that name
	isNew        = "new"  // it is another one
)

// byAgent marks rows whose asset a machine has reported already and agrees with.
const byAgent = "agent"

func words[T ~string](all []T) []string {
	out := make([]string, len(all))
	for i, w := range all {
		out[i] = string(w)
	}
	return out
}

func inWords(prefix string) func(i18n.T, string) string {
	return func(t i18n.T, v string) string { return t.Say(prefix + v) }
}

func (s *Service) assetImport() importer.Spec {
	columns := []importer.Column{
		{Key: "code", Name: "inventory.column.code", Read: importer.Text(20)},
		{Key: "district", Name: "inventory.column.district", Read: importer.Text(60)},
		{Key: "unit", Name: "inventory.column.unit", Needed: true, Read: importer.Text(60)},
		{Key: "kind", Name: "inventory.column.kind", Needed: true, Read: importer.OneOf(s.catalog, "inventory.kind.", words(Kinds)...), Say: inWords("inventory.kind.")},
	}
	for _, d := range details {
		c := importer.Column{Key: d.name, Name: "inventory.column." + d.name, Needed: d.name == "name", Read: importer.Text(d.most)}
		if d.most == 0 {
			c.Read, c.Say = importer.Date, func(_ i18n.T, v string) string { return sayDay(v) }
		}
		columns = append(columns, c)
		if d.name == "place" {
			columns = append(columns, importer.Column{Key: "state", Name: "inventory.column.state", Read: importer.OneOf(s.catalog, "inventory.state.", words(States)...), Say: inWords("inventory.state.")})
		}
	}
	for _, n := range importFacts {
		columns = append(columns, importer.Column{Key: n, Name: "inventory.fact." + n, Read: func(cell string) (string, error) { return ReadFact(n, cell) },
			Say: func(t i18n.T, v string) string { return SayFact(t, n, v) }})
	}
	return importer.Spec{Kind: AssetImport, Title: "inventory.import.title", Home: "/inventory/assets", At: "/inventory", Perm: Edit, Columns: columns,
		Options: []importer.Option{{Key: "match", Name: "inventory.import.match", Values: []string{byAny, byCode, bySerial, byTag, byName}}},
		Marks:   []string{byAgent}, Choices: []string{keepMeasured, takeBeside, linkIt, isNew, leaveOut}, Every: true,
		Plan: s.planImport, Apply: s.applyImport, Undo: s.undoImport}
}

// formOf is what a row says. What it leaves empty, or has no column for, stays as it is
// known of the asset.
func formOf(r importer.Row, unit string, old *Asset) AssetForm {
	f := AssetForm{Facts: map[string]string{}}
	if old != nil {
		f = formOfAsset(*old)
	}
	f.Unit, f.Kind = unit, r.Cells["kind"]
	for _, d := range details {
		if v := r.Cells[d.name]; v != "" {
			*d.typed(&f) = v
		}
	}
	if v := r.Cells["state"]; v != "" || f.State == "" {
		f.State = v
	}
	if f.State == "" {
		f.State = string(InUse)
	}
	for _, n := range importFacts {
		if v := r.Cells[n]; v != "" {
			f.Facts[n] = v
		}
	}
	return f
}

// communeNames finds communes by their folded name, with and without their kind.
func communeNames(tree *org.Tree) map[string][]org.Unit {
	out := map[string][]org.Unit{}
	for _, u := range tree.Communes("") {
		for _, name := range []string{fold.Key(u.Name), fold.Key(u.Full())} {
			out[name] = append(out[name], u)
		}
	}
	return out
}

// resolve finds the commune that a cell names, by code or by name; a name that
// several districts know needs the district.
func resolve(tree *org.Tree, names map[string][]org.Unit, unit, district string) (code, problem string) {
	if u, ok := tree.Unit(strings.Repeat("0", max(0, 5-len(unit))) + unit); ok && u.Level == org.Commune {
		return u.Code, ""
	}
	var hits []org.Unit
	want := fold.Key(district)
	for _, u := range names[fold.Key(unit)] {
		d, _ := tree.Unit(u.Parent)
		if want == "" || want == fold.Key(d.Name) || want == fold.Key(d.Full()) || want == d.Code {
			hits = append(hits, u)
		}
	}
	switch len(hits) {
	case 0:
		return "", "inventory.import.no_unit"
	case 1:
		return hits[0].Code, ""
	}
	return "", "inventory.import.many_units"
}
