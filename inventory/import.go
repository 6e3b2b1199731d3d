package inventory

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/org"
)

// AssetImport is the kind of import that takes tables of equipment.
const AssetImport = "inventory.assets"

// importFacts are the facts that a table of equipment may carry.
var importFacts = []string{"os", "arch", "cpu_mhz", "cores", "ram_mb", "disk_free_gb", "contract_mbps"}

func words[T ~string](all []T) []string {
	out := make([]string, len(all))
	for i, w := range all {
		out[i] = string(w)
	}
	return out
}

func (s *Service) assetImport() importer.Spec {
	columns := []importer.Column{
		{Key: "code", Name: "inventory.column.code", Read: importer.Text(20)},
		{Key: "district", Name: "inventory.column.district", Read: importer.Text(60)},
		{Key: "unit", Name: "inventory.column.unit", Needed: true, Read: importer.Text(60)},
		{Key: "kind", Name: "inventory.column.kind", Needed: true, Read: importer.OneOf(s.catalog, "inventory.kind.", words(Kinds)...)},
		{Key: "name", Name: "inventory.column.name", Needed: true, Read: importer.Text(120)},
		{Key: "serial", Name: "inventory.column.serial", Read: importer.Text(60)},
		{Key: "place", Name: "inventory.column.place", Read: importer.Text(120)},
		{Key: "state", Name: "inventory.column.state", Read: importer.OneOf(s.catalog, "inventory.state.", words(States)...)},
	}
	for _, n := range importFacts {
		columns = append(columns, importer.Column{Key: n, Name: "inventory.fact." + n, Read: func(cell string) (string, error) { return ReadFact(n, cell) }})
	}
	return importer.Spec{Kind: AssetImport, Title: "inventory.import.title", Home: "/inventory", Perm: Edit, Columns: columns,
		Plan: s.planImport, Apply: s.applyImport, Undo: s.undoImport}
}

// match is what a row means: the typed form, and the asset that it is about, if any.
type match struct {
	form AssetForm
	old  *Asset
	plan importer.Plan
}

func bad(action importer.Action, column, key string, pairs ...any) importer.Plan {
	return importer.Plan{Action: action, Problems: []importer.Problem{{Column: column, Line: i18n.L(key, pairs...)}}}
}

func (s *Service) planImport(ctx context.Context, q bun.IDB, who access.Actor, rows []importer.Row) ([]importer.Plan, error) {
	all, err := s.matches(ctx, q, who, rows)
	out := make([]importer.Plan, len(all))
	for i, m := range all {
		out[i] = m.plan
	}
	return out, err
}

// matches finds for each row its unit and its asset, by code or by kind and serial.
func (s *Service) matches(ctx context.Context, q bun.IDB, who access.Actor, rows []importer.Row) ([]match, error) {
	known, tree, err := s.Known(ctx)
	if err != nil {
		return nil, err
	}
	byCode, bySerial, facts, err := assetsFor(ctx, q, rows)
	if err != nil {
		return nil, err
	}
	names := communeNames(tree)
	first := map[string]int{}
	out := make([]match, len(rows))
	for i, r := range rows {
		m := &out[i]
		unit, key := resolve(tree, names, r.Cells["unit"], r.Cells["district"])
		if key != "" {
			m.plan = bad(importer.Bad, "unit", key)
			continue
		}
		m.form = formOf(r, unit)
		if !who.Covers(Edit, unit) {
			m.plan = bad(importer.Bad, "unit", "inventory.import.other_unit")
			continue
		}
		serial := m.form.Kind + " " + strings.ToUpper(tidy(m.form.Serial))
		if a, ok := byCode[r.Cells["code"]]; ok {
			m.old = &a
		} else if r.Cells["code"] != "" {
			m.plan = bad(importer.Bad, "code", "inventory.import.no_code")
			continue
		} else if a, ok := bySerial[serial]; ok && m.form.Serial != "" {
			m.old = &a
		}
		if m.old != nil && r.Cells["state"] == "" {
			m.form.State = string(m.old.State)
		}
		if err := m.form.check(known); err != nil {
			m.plan = planOf(fault.Of(err))
			continue
		}
		if n, twice := first[serial]; twice && m.form.Serial != "" {
			m.plan = bad(importer.Bad, "serial", "inventory.import.twice", "row", n)
			continue
		}
		first[serial] = r.N
		m.plan = m.decide(facts)
	}
	return out, nil
}

func planOf(f *fault.Error) importer.Plan {
	p := importer.Plan{Action: importer.Bad}
	for _, one := range f.Fields {
		p.Problems = append(p.Problems, importer.Problem{Column: strings.TrimPrefix(one.Name, "fact_"), Line: i18n.L(one.Key, one.Args...)})
	}
	return p
}

// decide says what becomes of a sound row.
func (m *match) decide(facts map[ident.ID][]Fact) importer.Plan {
	if m.old == nil {
		return importer.Plan{Action: importer.Create}
	}
	old := *m.old
	switch {
	case old.Unit != m.form.Unit:
		return bad(importer.Conflict, "unit", "inventory.import.elsewhere", "code", old.Code)
	case string(old.Kind) != m.form.Kind:
		return bad(importer.Conflict, "kind", "inventory.import.other_kind", "code", old.Code)
	}
	moved := old
	if err := moved.move(State(m.form.State)); err != nil {
		f := fault.Of(err)
		return bad(importer.Conflict, "state", f.Key, f.Args...)
	}
	if old.Name == m.form.Name && old.Serial == m.form.Serial && old.Place == m.form.Place && string(old.State) == m.form.State && !m.tellsNews(facts[old.ID]) {
		return importer.Plan{Action: importer.Skip}
	}
	return importer.Plan{Action: importer.Update}
}

func (m *match) tellsNews(have []Fact) bool {
	for name, v := range m.form.Facts {
		known := false
		for _, f := range have {
			known = known || f.Name == name && f.Source == "declared" && f.Value == v
		}
		if v != "" && !known {
			return true
		}
	}
	return false
}

func formOf(r importer.Row, unit string) AssetForm {
	f := AssetForm{Unit: unit, Kind: r.Cells["kind"], Name: r.Cells["name"], Serial: r.Cells["serial"], Place: r.Cells["place"],
		State: r.Cells["state"], Facts: map[string]string{}}
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

// assetsFor loads the assets that the rows may mean, by code and by kind and serial.
func assetsFor(ctx context.Context, q bun.IDB, rows []importer.Row) (byCode, bySerial map[string]Asset, facts map[ident.ID][]Fact, err error) {
	var codes, serials []string
	for _, r := range rows {
		if c := r.Cells["code"]; c != "" {
			codes = append(codes, c)
		}
		if c := r.Cells["serial"]; c != "" {
			serials = append(serials, strings.ToUpper(tidy(c)))
		}
	}
	byCode, bySerial = map[string]Asset{}, map[string]Asset{}
	var found []Asset
	err = q.NewSelect().Model(&found).WhereGroup("", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("a.code IN (?)", bun.List(codes)).WhereOr("a.serial <> '' AND a.serial IN (?)", bun.List(serials))
	}).Scan(ctx)
	if err != nil {
		return nil, nil, nil, db.Sorted(err)
	}
	var ids []ident.ID
	for _, a := range found {
		byCode[a.Code] = a
		if a.Serial != "" {
			bySerial[string(a.Kind)+" "+a.Serial] = a
		}
		ids = append(ids, a.ID)
	}
	facts, err = currentFacts(ctx, q, ids)
	return byCode, bySerial, facts, err
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

// did is what an import did to one asset, for Undo.
type did struct {
	ID      ident.ID `json:"id"`
	Version int64    `json:"version"`
	Before  *before  `json:"before,omitempty"` // absent when the asset was created
}

type before struct {
	Name, Serial, Place string
	State               State
	Facts               []ident.ID // that the import declared
}

func (s *Service) applyImport(ctx context.Context, tx *db.Tx, who access.Actor, rows []importer.Row) ([]importer.Change, error) {
	all, err := s.matches(ctx, tx, who, rows)
	if err != nil {
		return nil, err
	}
	var forms []AssetForm
	var fresh []int
	var out []importer.Change
	for i, m := range all {
		if m.old == nil {
			forms, fresh = append(forms, m.form), append(fresh, rows[i].N)
			continue
		}
		a := *m.old
		if err := a.move(State(m.form.State)); err != nil {
			return nil, err
		}
		a.Name, a.Serial, a.Place = m.form.Name, m.form.Serial, m.form.Place
		told, err := s.saveAsset(ctx, tx, who, *m.old, &a, m.old.Version, m.form)
		if err != nil {
			return nil, err
		}
		old := before{Name: m.old.Name, Serial: m.old.Serial, Place: m.old.Place, State: m.old.State, Facts: told}
		if out, err = keepChange(out, rows[i].N, did{ID: a.ID, Version: a.Version, Before: &old}); err != nil {
			return nil, err
		}
	}
	if len(forms) == 0 {
		return out, nil
	}
	made, err := s.addAssets(ctx, tx, who, forms)
	if err != nil {
		return nil, err
	}
	for i, a := range made {
		if out, err = keepChange(out, fresh[i], did{ID: a.ID, Version: a.Version}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func keepChange(out []importer.Change, n int, d did) ([]importer.Change, error) {
	raw, err := json.Marshal(d)
	if err != nil {
		return nil, fault.Because(fault.Internal, "fault.internal", err)
	}
	return append(out, importer.Change{N: n, Record: raw}), nil
}
