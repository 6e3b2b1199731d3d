package issuance

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

// RosterImport is the kind of import that asks for accounts by a table.
const RosterImport = "rollout.accounts"

// markTwin marks a row that looks like somebody who is known already.
const markTwin = "twin"

// RosterSpec tells the importer about rosters.
func (s *Service) RosterSpec() importer.Spec {
	roles := make([]string, len(Posts))
	for i, p := range Posts {
		roles[i] = string(p)
	}
	return importer.Spec{Kind: RosterImport, Title: "issuance.import.title", Home: Home, At: "/rollout", Perm: Ask, Columns: []importer.Column{
		{Key: "unit", Name: "issuance.column.unit", Needed: true, Read: importer.Text(80)},
		{Key: "district", Name: "issuance.column.district", Read: importer.Text(80)},
		{Key: "name", Name: "issuance.column.name", Needed: true, Read: importer.Text(longestName)},
		{Key: "post", Name: "issuance.column.post", Needed: true, Read: importer.OneOf(s.Words, "issuance.post.", roles...), Say: func(t i18n.T, v string) string { return t.Say("issuance.post." + v) }},
		{Key: "born", Name: "issuance.column.born", Read: importer.Date},
		{Key: "code", Name: "issuance.column.code", Read: importer.Text(longestCode)},
		{Key: "phone", Name: "issuance.column.phone", Read: importer.Text(20)},
		{Key: "email", Name: "issuance.column.email", Read: importer.Text(120)},
	}, Marks: []string{markTwin}, Plan: s.planRoster, Apply: s.applyRoster, Undo: s.undoRoster}
}

// planned is a row with the request that it is about.
type planned struct {
	row     importer.Row
	r       Request
	old     *Request // what stands already
	changed bool
	plan    importer.Plan
}

// consider says for each row what would become of it.
func (s *Service) consider(ctx context.Context, q bun.IDB, who access.Actor, rows []importer.Row) ([]planned, error) {
	tree, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	byName := map[string][]org.Unit{}
	for _, u := range tree.Communes("") {
		for _, name := range []string{fold.Key(u.Name), fold.Key(u.Full())} {
			byName[name] = append(byName[name], u)
		}
	}
	all := make([]planned, len(rows))
	units, first := map[string]bool{}, map[string]int{}
	for i, row := range rows {
		all[i] = considerRow(tree, byName, who, row)
		p := &all[i]
		if p.plan.Action == importer.Bad {
			continue
		}
		if n, twice := first[whoKey(p.r)]; twice {
			p.plan = importer.Plan{Action: importer.Bad, Problems: []importer.Problem{{Column: "name", Line: i18n.L("issuance.import.twice", "n", n)}}}
			continue
		}
		first[whoKey(p.r)] = row.N
		units[p.r.Unit] = true
	}
	if len(units) == 0 {
		return all, nil
	}
	var there []Request
	err = q.NewSelect().Model(&there).Where("iq.unit IN (?)", bun.List(names(units))).Where("iq.state <> ?", Ended).Order("iq.id").Scan(ctx)
	if err != nil {
		return nil, db.Sorted(err)
	}
	known := map[string]*Request{}
	for i := range there {
		known[whoKey(there[i])] = &there[i]
	}
	return all, s.against(ctx, q, all, known)
}

// whoKey names one person in one post of one commune.
func whoKey(r Request) string {
	return strings.Join([]string{r.Unit, string(r.Post), r.NameFold, r.Born}, "|")
}

func considerRow(tree *org.Tree, byName map[string][]org.Unit, who access.Actor, row importer.Row) planned {
	bad := func(column, key string) planned {
		return planned{row: row, plan: importer.Plan{Action: importer.Bad, Problems: []importer.Problem{{Column: column, Line: i18n.L(key)}}}}
	}
	c := row.Cells
	unit, problem := resolve(tree, byName, c["unit"], c["district"])
	if problem != "" {
		return bad("unit", problem)
	}
	if !who.Covers(Ask, unit) {
		return bad("unit", "issuance.import.beyond")
	}
	r, err := Form{Unit: unit, Post: c["post"], Name: c["name"], Born: c["born"], Code: c["code"], Phone: c["phone"], Email: c["email"]}.read(tree)
	if err != nil {
		p := planned{row: row, plan: importer.Plan{Action: importer.Bad}}
		for _, f := range fault.Of(err).Fields {
			p.plan.Problems = append(p.plan.Problems, importer.Problem{Column: f.Name, Line: i18n.L(f.Key, f.Args...)})
		}
		return p
	}
	return planned{row: row, r: r, plan: importer.Plan{Action: importer.Create, About: i18n.L("issuance.import.about", "name", r.Name, "unit", tree.Place(unit))}}
}

// resolve finds the commune that a cell names, by code or by name; a name that several
// districts know needs the district.
func resolve(tree *org.Tree, byName map[string][]org.Unit, unit, district string) (code, problem string) {
	if u, ok := tree.Unit(strings.Repeat("0", max(0, 5-len(unit))) + unit); ok && u.Level == org.Commune {
		return u.Code, ""
	}
	var hits []org.Unit
	want := fold.Key(district)
	for _, u := range byName[fold.Key(unit)] {
		d, _ := tree.Unit(u.Parent)
		if want == "" || want == fold.Key(d.Name) || want == fold.Key(d.Full()) || want == d.Code {
			hits = append(hits, u)
		}
	}
	switch len(hits) {
	case 0:
		return "", "issuance.import.no_unit"
	case 1:
		return hits[0].Code, ""
	}
	return "", "issuance.import.many_units"
}

// against compares rows with what stands already, and marks those that look like others.
func (s *Service) against(ctx context.Context, q bun.IDB, all []planned, known map[string]*Request) error {
	var fresh []Request
	for i := range all {
		p := &all[i]
		if p.plan.Action == importer.Bad {
			continue
		}
		old, there := known[whoKey(p.r)]
		if !there {
			p.r.ID = ident.ID("row:" + whoKey(p.r))
			fresh = append(fresh, p.r)
			continue
		}
		p.old = old
		now := *old
		p.changed = now.fill(p.r)
		p.r = now
		p.plan.Action = importer.Skip
		if p.changed {
			p.plan.Action = importer.Update
		}
	}
	twins, err := s.twins(ctx, q, fresh)
	if err != nil {
		return err
	}
	for i := range all {
		if p := &all[i]; p.plan.Action == importer.Create && len(twins[p.r.ID]) > 0 {
			p.plan.Mark = markTwin
		}
	}
	return nil
}

func (s *Service) planRoster(ctx context.Context, q bun.IDB, who access.Actor, rows []importer.Row) ([]importer.Plan, error) {
	all, err := s.consider(ctx, q, who, rows)
	out := make([]importer.Plan, len(all))
	for i, p := range all {
		out[i] = p.plan
	}
	return out, err
}

// done is what an applied row did, for undoing it. Was is nil for a row that was made.
type done struct {
	ID      ident.ID   `json:"id"`
	Version int64      `json:"v"`
	Was     *[3]string `json:"was,omitempty"` // code, phone, email
}

// applyRoster asks for the accounts of the rows. What stands already gets what is newly
// known of the person; its state, its account and the account's password stay as they are.
func (s *Service) applyRoster(ctx context.Context, tx *db.Tx, who access.Actor, rows []importer.Row) ([]importer.Change, error) {
	all, err := s.consider(ctx, tx, who, rows)
	if err != nil {
		return nil, err
	}
	var changes []importer.Change
	for i := range all {
		p := &all[i]
		var d done
		switch p.plan.Action {
		case importer.Create:
			if err := s.ask(ctx, tx, who, &p.r); err != nil {
				return nil, err
			}
			d = done{ID: p.r.ID, Version: p.r.Version}
		case importer.Update:
			was := [3]string{p.old.Code, p.old.Phone, p.old.Email}
			if err := save(ctx, tx, &p.r, "code", "phone", "email"); err != nil {
				return nil, err
			}
			if err := s.note(ctx, tx, who, "changed", p.r, nil); err != nil {
				return nil, err
			}
			d = done{ID: p.r.ID, Version: p.r.Version, Was: &was}
		default:
			continue
		}
		raw, err := json.Marshal(d)
		if err != nil {
			return nil, fault.Because(fault.Internal, "fault.internal", err)
		}
		changes = append(changes, importer.Change{N: p.row.N, Record: raw})
	}
	return changes, nil
}

// undoRoster takes requests back on which nobody has acted since.
func (s *Service) undoRoster(ctx context.Context, tx *db.Tx, who access.Actor, changes []importer.Change) ([]importer.Refusal, error) {
	var refused []importer.Refusal
	for _, c := range changes {
		var d done
		if err := json.Unmarshal(c.Record, &d); err != nil {
			return nil, fault.Because(fault.Internal, "fault.internal", err)
		}
		r, err := byID(ctx, tx, who, Ask, d.ID)
		if fault.Is(err, fault.Missing) || err == nil && r.Version != d.Version {
			refused = append(refused, importer.Refusal{N: c.N, Line: i18n.L("issuance.import.moved_on")})
			continue
		}
		if err != nil {
			return nil, err
		}
		if d.Was != nil {
			r.Code, r.Phone, r.Email = d.Was[0], d.Was[1], d.Was[2]
			err = save(ctx, tx, &r, "code", "phone", "email")
		} else {
			_, err = tx.NewDelete().Model((*Request)(nil)).Where("id = ?", r.ID).Exec(ctx)
		}
		if err != nil {
			return nil, db.Sorted(err)
		}
		if err := s.note(ctx, tx, who, "undone", r, nil); err != nil {
			return nil, err
		}
	}
	return refused, nil
}
