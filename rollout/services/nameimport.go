package services

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/trail"
)

// NameImport is the kind of import that gives slots their names and waves.
const NameImport = "rollout.services"

func (s *Service) nameImport() importer.Spec {
	return importer.Spec{Kind: NameImport, Title: "services.import.title", Home: "/rollout/services", At: "/rollout", Perm: Keep, Columns: []importer.Column{
		{Key: "code", Name: "services.column.code", Read: importer.Text(20)},
		{Key: "department", Name: "services.column.department", Read: importer.Text(120)},
		{Key: "name", Name: "services.column.name", Needed: true, Read: importer.Text(400)},
		{Key: "wave", Name: "services.column.wave", Read: importer.Whole(1, 3)},
	}, Plan: s.planNames, Apply: s.applyNames, Undo: s.undoNames}
}

// slot is what a row of names comes to.
type slot struct {
	Item
	to     Item
	column string // of what is wrong
	why    string // message key, empty when nothing is wrong
}

// fit finds the slot of each row: by its code, else the one of the department that has the
// name already, else its next slot without a name. It is pure.
func fit(items []Item, rows []importer.Row) []slot {
	byKey, taken := map[string]int{}, map[int]bool{}
	byLead := map[string][]int{}
	for n, i := range items {
		byKey[strings.ToUpper(i.Key)] = n
		if i.Lead != "" {
			byLead[i.Lead] = append(byLead[i.Lead], n)
			byLead[fold.Key(i.LeadName)] = byLead[i.Lead]
		}
	}
	for lead, all := range byLead { // the last list of a department is the whole one
		byLead[lead] = byLead[items[all[0]].Lead]
	}
	out := make([]slot, len(rows))
	for at, r := range rows {
		n, column, why := -1, "code", "services.import.no_slot"
		if code := strings.ToUpper(r.Cells["code"]); code != "" {
			if found, ok := byKey[code]; ok {
				n = found
			}
		} else if lead := byLead[strings.ToUpper(r.Cells["department"])]; lead != nil || byLead[fold.Key(r.Cells["department"])] != nil {
			if lead == nil {
				lead = byLead[fold.Key(r.Cells["department"])]
			}
			column, why = "department", "services.import.full"
			n = place(items, lead, taken, r.Cells["name"])
		} else {
			column, why = "department", "services.import.no_department"
		}
		switch {
		case n < 0:
			out[at] = slot{column: column, why: why}
		case taken[n]:
			out[at] = slot{column: column, why: "services.import.twice"}
		default:
			taken[n] = true
			to := items[n]
			to.Name = tidy(r.Cells["name"])
			if w, err := strconv.Atoi(r.Cells["wave"]); err == nil {
				to.Wave = w
			}
			out[at] = slot{Item: items[n], to: to}
		}
	}
	return out
}

// place is the slot of a department that a name takes, or -1.
func place(items []Item, lead []int, taken map[int]bool, name string) int {
	free := -1
	for _, n := range lead {
		switch {
		case taken[n]:
		case items[n].Name != "" && fold.Key(items[n].Name) == fold.Key(name):
			return n
		case items[n].Name == "" && free < 0:
			free = n
		}
	}
	return free
}

func slots(ctx context.Context, q bun.IDB) ([]Item, error) {
	var items []Item
	err := q.NewSelect().Model(&items).Where("si.level IN (?)", bun.List([]Level{Department, District, Commune})).Order("si.level", "si.lead", "si.ordinal").Scan(ctx)
	return items, db.Sorted(err)
}

func (s *Service) planNames(ctx context.Context, q bun.IDB, _ access.Actor, rows []importer.Row) ([]importer.Plan, error) {
	items, err := slots(ctx, q)
	if err != nil {
		return nil, err
	}
	out := make([]importer.Plan, len(rows))
	for i, f := range fit(items, rows) {
		switch {
		case f.why != "":
			out[i] = importer.Plan{Action: importer.Bad, Problems: []importer.Problem{{Column: f.column, Line: i18n.L(f.why)}}}
			continue
		case f.to.Name == f.Name && f.to.Wave == f.Wave:
			out[i].Action = importer.Skip
		case f.Name == "":
			out[i].Action = importer.Create
		default:
			out[i].Action = importer.Update
		}
		out[i].About = i18n.L("services.import.about", "code", f.Key, "department", f.LeadName)
	}
	return out, nil
}

// named is what an undo needs to know of a row.
type named struct {
	ID      ident.ID `json:"id"`
	Name    string   `json:"name"`
	Wave    int      `json:"wave"`
	Version int64    `json:"version"` // after the import
}

func (s *Service) applyNames(ctx context.Context, tx *db.Tx, who access.Actor, rows []importer.Row) ([]importer.Change, error) {
	items, err := slots(ctx, tx)
	if err != nil {
		return nil, err
	}
	var out []importer.Change
	for i, f := range fit(items, rows) {
		if f.why != "" {
			return nil, fault.New(fault.Conflict, f.why)
		}
		if f.to.Name == f.Name && f.to.Wave == f.Wave {
			continue
		}
		if err := s.name(ctx, tx, who, f.Item, f.to.Name, f.to.Wave); err != nil {
			return nil, err
		}
		raw, err := json.Marshal(named{f.ID, f.Name, f.Wave, f.Version + 1})
		if err != nil {
			return nil, db.Sorted(err)
		}
		out = append(out, importer.Change{N: rows[i].N, Record: raw})
	}
	return out, nil
}

func (s *Service) name(ctx context.Context, tx *db.Tx, who access.Actor, i Item, name string, wave int) error {
	err := db.Changed(tx.NewRaw("UPDATE service_item SET name = ?, wave = ?, version = version + 1 WHERE id = ? AND version = ?", name, wave, i.ID, i.Version).Exec(ctx))
	if err != nil {
		return err
	}
	return trail.Write(ctx, tx, s.now(), who, "rollout.service.named", string(i.ID), map[string][2]any{"name": {i.Name, name}, "wave": {i.Wave, wave}})
}

func (s *Service) undoNames(ctx context.Context, tx *db.Tx, who access.Actor, changes []importer.Change) ([]importer.Refusal, error) {
	items, err := slots(ctx, tx)
	if err != nil {
		return nil, err
	}
	byID := map[ident.ID]Item{}
	for _, i := range items {
		byID[i.ID] = i
	}
	var refused []importer.Refusal
	all := make([]named, len(changes))
	for n, c := range changes {
		if err := json.Unmarshal(c.Record, &all[n]); err != nil {
			return nil, db.Sorted(err)
		}
		if byID[all[n].ID].Version != all[n].Version {
			refused = append(refused, importer.Refusal{N: c.N, Line: i18n.L("services.import.changed")})
		}
	}
	if len(refused) > 0 {
		return refused, nil
	}
	for _, was := range all {
		if err := s.name(ctx, tx, who, byID[was.ID], was.Name, was.Wave); err != nil {
			return nil, err
		}
	}
	return nil, nil
}
