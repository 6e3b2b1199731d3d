package training

import (
	"context"
	"encoding/json"
	"slices"
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

// RosterImport is the kind of import that takes tables of people to be trained.
const RosterImport = "rollout.training"

// queued marks rows whose person will wait for a seat.
const queued = "waiting"

func (s *Service) rosterImport() importer.Spec {
	var words []string
	for _, a := range everyAudience {
		words = append(words, string(a))
	}
	text := func(key string, most int, needed bool) importer.Column {
		return importer.Column{Key: key, Name: "training.column." + key, Needed: needed, Read: importer.Text(most)}
	}
	columns := []importer.Column{text("district", longestName, false), text("unit", longestName, true),
		{Key: "audience", Name: "training.column.audience", Needed: true, Read: importer.OneOf(s.Words, "training.audience.", words...),
			Say: func(t i18n.T, v string) string { return t.Say("training.audience." + v) }},
		text("name", longestName, true), text("code", longestCode, false), text("phone", 30, false), text("email", longestMail, false),
		{Key: "born", Name: "training.column.born", Read: importer.Date, Say: func(_ i18n.T, v string) string { return dayText(v) }}, text("class", 20, false)}
	return importer.Spec{Kind: RosterImport, Title: "training.import.title", Home: Home, At: Home, Perm: Enrol, Columns: columns, Marks: []string{queued}, Every: true,
		Plan: s.planRoster, Apply: s.applyRoster, Undo: s.undoRoster}
}

// matched is a row with what it comes to.
type matched struct {
	typed Person
	old   *Person
	class *Class // named by the row, nil when it names none
	seat  *Seat  // held there already
	plan  importer.Plan
}

func (m *matched) wrong(column, key string, pairs ...any) {
	m.plan.Problems = append(m.plan.Problems, importer.Problem{Column: column, Line: i18n.L(key, pairs...)})
}

func (s *Service) planRoster(ctx context.Context, q bun.IDB, who access.Actor, rows []importer.Row) ([]importer.Plan, error) {
	all, err := s.match(ctx, q, who, rows)
	if err != nil {
		return nil, err
	}
	out := make([]importer.Plan, len(all))
	for i, m := range all {
		out[i] = m.plan
	}
	return out, nil
}

// match says of each row what it comes to, in a fixed number of queries.
func (s *Service) match(ctx context.Context, q bun.IDB, who access.Actor, rows []importer.Row) ([]matched, error) {
	tree, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	names := placeNames(tree)
	all := make([]matched, len(rows))
	var units, codes, classes []string
	for i, r := range rows {
		m := &all[i]
		f := PersonForm{Audience: r.Cells["audience"], Name: r.Cells["name"], Code: r.Cells["code"], Phone: r.Cells["phone"], Email: r.Cells["email"], Born: r.Cells["born"]}
		unit, problem := place(tree, names, r.Cells["unit"], r.Cells["district"])
		if problem != "" && r.Cells["unit"] != "" {
			m.wrong("unit", problem)
		}
		f.Unit = unit
		typed, err := f.read(tree)
		m.typed = typed
		if err != nil {
			for _, x := range fault.Of(err).Fields {
				if r.Cells[x.Name] != "" && (x.Name != "unit" || problem == "") {
					m.wrong(x.Name, x.Key, x.Args...)
				}
			}
		}
		if unit != "" && !who.Covers(Enrol, unit) {
			m.wrong("unit", "training.import.not_yours", "place", tree.Place(unit))
		}
		units, codes, classes = append(units, unit), append(codes, typed.Code), append(classes, strings.ToUpper(r.Cells["class"]))
	}
	known, err := s.known(ctx, q, units, codes, classes)
	if err != nil {
		return nil, err
	}
	used := map[string]int{}
	taken := map[ident.ID]int64{}
	for i := range all {
		s.settle(tree, who, &all[i], known, used, taken, rows[i], classes[i])
	}
	return all, nil
}

// known is what the store holds about the rows of a table.
type known struct {
	people  []Person
	classes map[string]Class
	courses map[ident.ID]Course
	seats   seats
}

func (s *Service) known(ctx context.Context, q bun.IDB, units, codes, classes []string) (known, error) {
	k := known{classes: map[string]Class{}, courses: map[ident.ID]Course{}}
	compact := func(all []string) []string {
		all = slices.Compact(slices.Sorted(slices.Values(all)))
		return slices.DeleteFunc(all, func(s string) bool { return s == "" })
	}
	units, codes, classes = append(compact(units), "-"), append(compact(codes), "-"), append(compact(classes), "-")
	err := q.NewSelect().Model(&k.people).Where("tp.left_on = ''").Where("tp.unit IN (?) OR tp.code IN (?)", bun.List(units), bun.List(codes)).Order("tp.id").Scan(ctx)
	if err != nil {
		return k, db.Sorted(err)
	}
	var cs []Class
	if err := q.NewSelect().Model(&cs).Where("cl.code IN (?)", bun.List(classes)).Scan(ctx); err != nil {
		return k, db.Sorted(err)
	}
	for _, c := range cs {
		k.classes[c.Code] = c
	}
	rows, err := courses(ctx, q)
	if err != nil {
		return k, err
	}
	for _, c := range rows {
		k.courses[c.ID] = c
	}
	err = q.NewSelect().TableExpr("training_seat AS ts").Join("JOIN training_class AS cl ON cl.id = ts.class").Join("JOIN training_person AS tp ON tp.id = ts.person").
		ColumnExpr("ts.*, cl.code AS class_code, cl.state AS class_state").Where("tp.left_on = ''").Where("tp.unit IN (?) OR tp.code IN (?)", bun.List(units), bun.List(codes)).Order("ts.id").Scan(ctx, &k.seats)
	return k, db.Sorted(err)
}

// of is what is known of a person: by the code, else by name, unit and audience.
func (k known) of(p Person) *Person {
	var byName *Person
	for i, o := range k.people {
		if p.Code != "" && o.Code == p.Code {
			return &k.people[i]
		}
		if o.Unit == p.Unit && o.Audience == p.Audience && o.NameFold == p.NameFold {
			byName = &k.people[i]
		}
	}
	return byName
}

// settle decides what one row comes to, after those above it.
func (s *Service) settle(tree *org.Tree, who access.Actor, m *matched, k known, used map[string]int, taken map[ident.ID]int64, r importer.Row, class string) {
	m.old = k.of(m.typed)
	for _, key := range []string{m.typed.Unit + "/" + string(m.typed.Audience) + "/" + m.typed.NameFold, "code " + m.typed.Code} {
		if first := used[key]; first > 0 && key != "code " {
			m.wrong("name", "training.import.again", "n", first)
		} else {
			used[key] = r.N
		}
	}
	if m.old != nil && m.old.NameFold != m.typed.NameFold {
		m.wrong("code", "training.import.code_taken", "name", m.old.Name, "place", tree.Place(m.old.Unit))
	}
	if m.old != nil && m.old.Unit != m.typed.Unit && !who.Covers(Enrol, m.old.Unit) {
		m.wrong("code", "training.import.elsewhere", "place", tree.Place(m.old.Unit))
	}
	m.settleClass(s, tree, who, k, taken, class)
	switch after := m.after(); {
	case len(m.plan.Problems) > 0:
		m.plan.Action = importer.Bad
	case m.old == nil:
		m.plan.Action = importer.Create
	case !after.same(*m.old) || m.class != nil && m.seat == nil:
		m.plan.Action = importer.Update
	default:
		m.plan.Action = importer.Skip
	}
	if m.old != nil {
		m.plan.About = i18n.L("training.import.about", "name", m.old.Name, "audience", audienceKey(m.old.Audience))
	}
}

// after is the person as the row leaves it.
func (m matched) after() Person {
	if m.old == nil {
		return m.typed
	}
	p := *m.old
	p.take(m.typed)
	return p
}

// settleClass checks the class that a row names.
func (m *matched) settleClass(s *Service, tree *org.Tree, who access.Actor, k known, taken map[ident.ID]int64, code string) {
	if code == "" {
		return
	}
	c, ok := k.classes[code]
	switch now := s.now(); {
	case !ok:
		m.wrong("class", "training.import.no_class", "code", code)
		return
	case c.State != Planned || !now.Before(c.EndsAt):
		m.wrong("class", "training.class.over", "code", code)
		return
	case !c.Registering(now) && !who.May(Plan):
		m.wrong("class", "training.class.closed", "code", code, "at", c.ClosesAt)
		return
	}
	m.class = &c
	if m.old != nil {
		var why i18n.Line
		var mine seats
		for _, x := range k.seats {
			if x.Course == c.Course {
				mine = append(mine, x)
			}
		}
		if m.seat, why = mine.of(m.old.ID, c.ID); why.Key != "" {
			m.wrong("class", why.Key, why.Args...)
		}
		if m.seat != nil && m.seat.State == Withdrawn {
			m.seat = nil
		}
	}
	if why := fits(tree, c, k.courses[c.Course], m.typed, who); why.Key != "" {
		m.wrong("class", why.Key, why.Args...)
	}
	if m.seat == nil && len(m.plan.Problems) == 0 {
		if taken[c.ID]++; c.Taken+taken[c.ID] > c.Capacity {
			m.plan.Mark = queued
		}
	}
}

// did is what an import did to one person, for Undo.
type did struct {
	Person  ident.ID    `json:"person"`
	Version int64       `json:"version"`
	Before  *PersonForm `json:"before,omitempty"` // absent when the person is new
	Seat    ident.ID    `json:"seat,omitempty"`
	Class   ident.ID    `json:"class,omitempty"`
}

// applyRoster saves planned rows: people first, then their seats class by class.
func (s *Service) applyRoster(ctx context.Context, tx *db.Tx, who access.Actor, rows []importer.Row) ([]importer.Change, error) {
	all, err := s.match(ctx, tx, who, rows)
	if err != nil {
		return nil, err
	}
	now := s.now()
	done := make([]did, len(all))
	var fresh []Person
	byClass := map[ident.ID][]int{}
	var order []ident.ID
	var touched []string
	for i := range all {
		m := &all[i]
		p := m.after()
		switch {
		case m.old == nil:
			p.ID, p.Source, p.Version = ident.New(now), fromTable, 1
			fresh = append(fresh, p)
		case !p.same(*m.old):
			before := m.old.Form()
			done[i].Before = &before
			if err := savePerson(ctx, tx, &p, m.old.Version); err != nil {
				return nil, taken(err)
			}
			if p.Unit != m.old.Unit || p.Audience != m.old.Audience {
				touched = append(touched, m.old.Unit, p.Unit)
			}
		default:
			before := m.old.Form()
			done[i].Before = &before
		}
		m.typed = p
		done[i].Person, done[i].Version = p.ID, p.Version
		if m.class != nil && m.seat == nil {
			if byClass[m.class.ID] == nil {
				order = append(order, m.class.ID)
			}
			byClass[m.class.ID] = append(byClass[m.class.ID], i)
		}
	}
	if err := s.enter(ctx, tx, who, now, fresh...); err != nil {
		return nil, err
	}
	if err := s.seatRows(ctx, tx, who, all, done, order, byClass); err != nil {
		return nil, err
	}
	if err := s.prove(ctx, tx, who, now, touched...); err != nil {
		return nil, err
	}
	return changesOf(rows, done)
}

func (s *Service) seatRows(ctx context.Context, tx *db.Tx, who access.Actor, all []matched, done []did, order []ident.ID, byClass map[ident.ID][]int) error {
	tree, err := s.tree(ctx)
	if err != nil {
		return err
	}
	for _, class := range order {
		var people []Person
		for _, i := range byClass[class] {
			people = append(people, all[i].typed)
		}
		out, err := s.register(ctx, tx, who, tree, class, people)
		if err != nil {
			return err
		}
		for _, x := range out.Seats {
			for _, i := range byClass[class] {
				if done[i].Person == x.Person {
					done[i].Seat, done[i].Class = x.ID, class
				}
			}
		}
	}
	return nil
}

func changesOf(rows []importer.Row, done []did) ([]importer.Change, error) {
	out := make([]importer.Change, len(rows))
	for i, r := range rows {
		raw, err := json.Marshal(done[i])
		if err != nil {
			return nil, fault.Because(fault.Internal, "fault.internal", err)
		}
		out[i] = importer.Change{N: r.N, Record: raw}
	}
	return out, nil
}

// placeNames finds communes and districts by their folded name, with and without their
// kind.
func placeNames(tree *org.Tree) map[string][]org.Unit {
	out := map[string][]org.Unit{}
	for _, u := range tree.All() {
		if u.Level != org.Commune && u.Level != org.District {
			continue
		}
		for _, name := range slices.Compact([]string{fold.Key(u.Name), fold.Key(u.Full())}) {
			out[name] = append(out[name], u)
		}
	}
	return out
}

// place finds the unit that a cell names, by code or by name; a name that several
// districts know needs the district.
func place(tree *org.Tree, names map[string][]org.Unit, unit, district string) (code, problem string) {
	unit = strings.TrimSpace(unit)
	for _, padded := range []string{unit, strings.Repeat("0", max(0, 5-len(unit))) + unit, strings.Repeat("0", max(0, 3-len(unit))) + unit} {
		if _, ok := levelOf(tree, padded); ok {
			return padded, ""
		}
	}
	want := fold.Key(district)
	var hits []org.Unit
	for _, u := range names[fold.Key(unit)] {
		d, _ := tree.Unit(u.Parent)
		if want == "" || u.Level == org.District || want == fold.Key(d.Name) || want == fold.Key(d.Full()) || want == d.Code {
			hits = append(hits, u)
		}
	}
	switch len(hits) {
	case 0:
		return "", "training.import.no_unit"
	case 1:
		return hits[0].Code, ""
	}
	return "", "training.import.many_units"
}
