package inventory

import (
	"context"
	"encoding/json"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/importer"
)

// did is what an import did to one asset, for Undo.
type did struct {
	ID      ident.ID `json:"id"`
	Code    string   `json:"code"`
	Version int64    `json:"version"`
	Before  *before  `json:"before,omitempty"` // absent when the asset was created
}

// before is an asset as it was: its state, its columns by name, and the facts that the
// import declared.
type before struct {
	State   State             `json:"state"`
	Columns map[string]string `json:"columns"`
	Facts   []ident.ID        `json:"facts"`
}

// applyImport saves planned rows: all new assets at once, and all changed ones.
func (s *Service) applyImport(ctx context.Context, tx *db.Tx, who access.Actor, rows []importer.Row) ([]importer.Change, error) {
	all, err := s.matches(ctx, tx, who, rows)
	if err != nil {
		return nil, err
	}
	now := s.clock.Now()
	var forms []AssetForm
	var fresh []int
	var changes []change
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
		m.form.put(&a)
		one := change{before: *m.old, after: a, facts: s.factsOf(who, a, m.form, now)}
		changes = append(changes, one)
		if out, err = keepChange(out, rows[i].N, did{ID: a.ID, Code: a.Code, Version: a.Version + 1, Before: one.undo()}); err != nil {
			return nil, err
		}
	}
	if err := s.saveAssets(ctx, tx, who, changes); err != nil {
		return nil, err
	}
	made, err := s.addAssets(ctx, tx, who, forms)
	if err != nil {
		return nil, err
	}
	for i, a := range made {
		if out, err = keepChange(out, fresh[i], did{ID: a.ID, Code: a.Code, Version: a.Version}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// undo is what takes the change back.
func (c change) undo() *before {
	b := &before{State: c.before.State, Columns: map[string]string{}}
	for _, d := range details {
		b.Columns[d.name] = *d.of(&c.before)
	}
	for _, f := range c.facts {
		b.Facts = append(b.Facts, f.ID)
	}
	return b
}

func keepChange(out []importer.Change, n int, d did) ([]importer.Change, error) {
	raw, err := json.Marshal(d)
	if err != nil {
		return nil, fault.Because(fault.Internal, "fault.internal", err)
	}
	return append(out, importer.Change{N: n, Record: raw}), nil
}
