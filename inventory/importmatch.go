package inventory

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/org"
	"lotrinh/inventory/readiness"
)

// match is what a row means: the typed form, and the asset that it is about, if any.
type match struct {
	form AssetForm
	old  *Asset
	plan importer.Plan
}

// matcher holds what rows are compared with.
type matcher struct {
	who      access.Actor
	known    func(string) bool
	tree     *org.Tree
	names    map[string][]org.Unit
	byCode   map[string]*Asset
	bySerial map[string]*Asset   // kind and serial
	byTag    map[string][]*Asset // unit and number
	byName   map[string][]*Asset // unit, kind and folded name
	facts    map[ident.ID][]Fact
	first    map[string]int   // serial → the row that has it
	firstOf  map[ident.ID]int // asset → the row that is about it
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

// matches finds for each row its unit and its asset, in a number of queries that does
// not grow with the rows.
func (s *Service) matches(ctx context.Context, q bun.IDB, who access.Actor, rows []importer.Row) ([]match, error) {
	m := matcher{who: who, first: map[string]int{}, firstOf: map[ident.ID]int{}}
	var err error
	if m.known, m.tree, err = s.Known(ctx); err != nil {
		return nil, err
	}
	m.names = communeNames(m.tree)
	units := make([]string, len(rows))
	problems := make([]string, len(rows))
	for i, r := range rows {
		if r.Cells["unit"] != "" { // a cell at fault is not there
			units[i], problems[i] = resolve(m.tree, m.names, r.Cells["unit"], r.Cells["district"])
		}
	}
	if err := m.load(ctx, q, rows, units); err != nil {
		return nil, err
	}
	out := make([]match, len(rows))
	for i, r := range rows {
		out[i] = m.row(r, units[i], problems[i])
	}
	return out, nil
}

// load reads the assets that rows may mean, and what is known of them.
func (m *matcher) load(ctx context.Context, q bun.IDB, rows []importer.Row, units []string) error {
	var codes, serials, tags, names []string
	for i, r := range rows {
		by := r.Asked["match"]
		if c := r.Cells["code"]; c != "" && (by == byAny || by == byCode || by == "") {
			codes = append(codes, strings.ToUpper(c))
		}
		if c := r.Cells["serial"]; c != "" {
			serials = append(serials, strings.ToUpper(tidy(c)))
		}
		if c := r.Cells["tag"]; c != "" && (by == byAny || by == byTag) {
			tags = append(tags, tidy(c))
		}
		if by == byName && units[i] != "" {
			names = append(names, units[i])
		}
	}
	m.byCode, m.bySerial, m.byTag, m.byName = map[string]*Asset{}, map[string]*Asset{}, map[string][]*Asset{}, map[string][]*Asset{}
	var found []Asset
	err := q.NewSelect().Model(&found).WhereGroup("", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("a.code IN (?)", bun.List(codes)).WhereOr("a.serial <> '' AND a.serial IN (?)", bun.List(serials)).
			WhereOr("a.tag <> '' AND a.unit IN (?) AND a.tag IN (?)", bun.List(units), bun.List(tags)).WhereOr("a.unit IN (?)", bun.List(names))
	}).Order("a.code").Scan(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	ids := make([]ident.ID, len(found))
	for i := range found {
		a := &found[i]
		ids[i] = a.ID
		m.byCode[a.Code] = a
		if a.Serial != "" {
			m.bySerial[string(a.Kind)+" "+a.Serial] = a
		}
		if a.Tag != "" {
			m.byTag[a.Unit+" "+a.Tag] = append(m.byTag[a.Unit+" "+a.Tag], a)
		}
		key := a.Unit + " " + string(a.Kind) + " " + fold.Key(a.Name)
		m.byName[key] = append(m.byName[key], a)
	}
	m.facts, err = currentFacts(ctx, q, ids)
	return err
}

// row says what becomes of one row, with everything that is wrong with it.
func (m *matcher) row(r importer.Row, unit, problem string) match {
	var out match
	var k fault.Check
	k.Need(problem == "", "unit", problem)
	k.Need(unit == "" || m.who.Covers(Edit, unit), "unit", "inventory.import.other_unit")
	old, column, why := m.find(r, unit)
	k.Need(why == "", column, why)
	named := false
	if old == nil && r.Asked["match"] == byName {
		if same := m.byName[unit+" "+r.Cells["kind"]+" "+fold.Key(r.Cells["name"])]; len(same) > 0 {
			old, named = same[0], true
		}
	}
	if named && r.Choice != linkIt {
		out.plan.About = i18n.L("inventory.import.about", "code", old.Code, "name", old.Name)
		out.form = formOf(r, unit, nil)
	} else {
		out.old = old
		out.form = formOf(r, unit, old)
	}
	k.Add(out.form.check(m.known))
	if err := k.Err(); err != nil {
		out.plan = planOf(fault.Of(err))
		return out
	}
	if p, twice := m.twice(r, out); twice {
		out.plan = p
		return out
	}
	if named {
		about := out.plan.About
		out.plan = m.named(r, &out)
		out.plan.About, out.plan.Choices = about, []string{linkIt, isNew, leaveOut}
		return out
	}
	out.plan = m.decide(r, &out)
	return out
}

// find is the asset that a row means by its code or numbers.
func (m *matcher) find(r importer.Row, unit string) (a *Asset, column, problem string) {
	by := r.Asked["match"]
	may := func(way string) bool { return by == way || by == byAny || by == "" }
	if c := strings.ToUpper(r.Cells["code"]); c != "" && may(byCode) {
		if a = m.byCode[c]; a == nil {
			return nil, "code", "inventory.import.no_code"
		}
		return a, "", ""
	}
	if serial := strings.ToUpper(tidy(r.Cells["serial"])); serial != "" && may(bySerial) {
		if a = m.bySerial[r.Cells["kind"]+" "+serial]; a != nil {
			return a, "", ""
		}
	}
	if tag := tidy(r.Cells["tag"]); tag != "" && may(byTag) {
		switch same := m.byTag[unit+" "+tag]; {
		case len(same) > 1:
			return nil, "tag", "inventory.import.many_tags"
		case len(same) == 1:
			return same[0], "", ""
		}
	}
	return nil, "", ""
}

// twice refuses a second row about one asset or one serial number.
func (m *matcher) twice(r importer.Row, out match) (importer.Plan, bool) {
	if serial := out.form.Kind + " " + out.form.Serial; out.form.Serial != "" {
		if n, twice := m.first[serial]; twice {
			return bad(importer.Bad, "serial", "inventory.import.twice", "row", n), true
		}
		m.first[serial] = r.N
	}
	if out.old != nil {
		if n, twice := m.firstOf[out.old.ID]; twice {
			return bad(importer.Bad, "code", "inventory.import.twice_asset", "code", out.old.Code, "row", n), true
		}
		m.firstOf[out.old.ID] = r.N
	}
	return importer.Plan{}, false
}

func planOf(f *fault.Error) importer.Plan {
	p := importer.Plan{Action: importer.Bad}
	for i, one := range f.Fields {
		if slices.ContainsFunc(f.Fields[:i], func(before fault.Field) bool { return before.Name == one.Name }) {
			continue // the first fault of a cell tells enough
		}
		p.Problems = append(p.Problems, importer.Problem{Column: strings.TrimPrefix(one.Name, "fact_"), Line: i18n.L(one.Key, one.Args...)})
	}
	return p
}

// named says what becomes of a row whose name another asset of the commune has too:
// nothing, until a person has decided.
func (m *matcher) named(r importer.Row, out *match) importer.Plan {
	switch r.Choice {
	case linkIt, isNew:
		return m.decide(r, out)
	case leaveOut:
		return importer.Plan{Action: importer.Skip}
	}
	return bad(importer.Conflict, "name", "inventory.import.same_name")
}

// decide says what becomes of a sound row.
func (m *matcher) decide(r importer.Row, out *match) importer.Plan {
	if other := m.bySerial[out.form.Kind+" "+out.form.Serial]; other != nil && out.form.Serial != "" && (out.old == nil || other.ID != out.old.ID) {
		return bad(importer.Conflict, "serial", "inventory.import.serial_of", "code", other.Code)
	}
	if out.old == nil {
		return importer.Plan{Action: importer.Create}
	}
	old := *out.old
	switch {
	case old.Unit != out.form.Unit:
		return bad(importer.Conflict, "unit", "inventory.import.elsewhere", "code", old.Code)
	case string(old.Kind) != out.form.Kind:
		return bad(importer.Conflict, "kind", "inventory.import.other_kind", "code", old.Code)
	}
	moved := old
	if err := moved.move(State(out.form.State)); err != nil {
		f := fault.Of(err)
		return bad(importer.Conflict, "state", f.Key, f.Args...)
	}
	p := importer.Plan{About: i18n.L("inventory.import.about", "code", old.Code, "name", old.Name)}
	if p.Sides = sidesOf(m.facts[old.ID], out.form.Facts); len(p.Sides) > 0 {
		p.Choices = []string{keepMeasured, takeBeside, leaveOut}
		switch r.Choice {
		case "":
			p.Action = importer.Conflict
			p.Problems = []importer.Problem{{Column: p.Sides[0].Column, Line: i18n.L("inventory.import.measured_else")}}
			return p
		case leaveOut:
			p.Action = importer.Skip
			return p
		case keepMeasured:
			for _, side := range p.Sides {
				out.form.Facts[side.Column] = ""
			}
		}
	} else if measured(m.facts[old.ID]) {
		p.Mark = byAgent
	}
	p.Action = importer.Update
	if unchanged(old, out.form) && !tellsNews(out.form, m.facts[old.ID]) {
		p.Action = importer.Skip
	}
	return p
}

// unchanged tells whether the form says nothing new about the asset itself.
func unchanged(old Asset, f AssetForm) bool {
	for _, d := range details {
		if *d.of(&old) != *d.typed(&f) {
			return false
		}
	}
	return string(old.State) == f.State
}

func tellsNews(f AssetForm, have []Fact) bool {
	for name, v := range f.Facts {
		if v != "" && !slices.ContainsFunc(have, func(f Fact) bool { return f.Name == name && f.Source == readiness.Declared && f.Value == v }) {
			return true
		}
	}
	return false
}

// measured tells whether a machine has said something of the asset.
func measured(have []Fact) bool {
	return slices.ContainsFunc(have, func(f Fact) bool { return f.Source == readiness.Measured || f.Source == readiness.Probe })
}

// sidesOf are the declared values that what was measured or seen contradicts, both in
// words.
func sidesOf(have []Fact, told map[string]string) []importer.Side {
	var out []importer.Side
	for _, n := range importFacts {
		v := told[n]
		i := slices.IndexFunc(have, func(f Fact) bool { return f.Name == n && f.hard() && Contradicts(n, v, f.Value) })
		if v == "" || i < 0 {
			continue
		}
		out = append(out, importer.Side{Column: n,
			Have: plain("inventory.import.have", n, have[i].Value, "source", i18n.Key("readiness.source."+string(have[i].Source)), "day", sayDay(have[i].ConfirmedAt.In(clock.City).Format(time.DateOnly))),
			Told: plain("inventory.import.told", n, v)})
	}
	return out
}
