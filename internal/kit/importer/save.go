package importer

import (
	"context"
	"slices"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
)

// Commit saves the rows that are to be created or updated, all in one transaction.
// With some bad or conflicting rows it does so only when partial says to leave them
// out. When the data have changed so that the preview no longer holds, nothing is
// saved, the preview is renewed and the answer is Conflict.
func (im *Importer) Commit(ctx context.Context, who access.Actor, id ident.ID, partial bool) (Run, error) {
	run, err := im.Get(ctx, who, id)
	if err != nil {
		return Run{}, err
	}
	spec, err := im.Spec(who, run.Kind)
	if err != nil {
		return Run{}, err
	}
	switch {
	case run.State != Previewed:
		return run, fault.New(fault.Conflict, "importer.not_previewed")
	case run.Good() == 0:
		return run, fault.New(fault.Invalid, "importer.nothing_to_save")
	case run.Bad+run.Conflicts > 0 && !partial:
		return run, fault.New(fault.Conflict, "importer.has_bad", "n", run.Bad+run.Conflicts)
	}
	var stale []RowView
	err = im.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		stale, err = im.save(ctx, tx, spec, who, run)
		return err
	})
	if len(stale) > 0 {
		if err := im.renew(ctx, run, stale); err != nil {
			return run, err
		}
	}
	if err != nil {
		return run, err
	}
	return im.Get(ctx, who, id)
}

// save does the work of Commit inside the transaction. The rows it returns are
// those whose plan no longer holds; then the error is a Conflict.
func (im *Importer) save(ctx context.Context, tx *db.Tx, spec Spec, who access.Actor, run Run) ([]RowView, error) {
	views, err := planned(ctx, tx, run.ID)
	if err != nil {
		return nil, err
	}
	stale, good, err := spec.again(ctx, tx, who, run, views, nil)
	if err != nil {
		return nil, err
	}
	if len(stale) > 0 {
		return stale, fault.New(fault.Conflict, "importer.preview_old", "n", len(stale))
	}
	changes, err := spec.Apply(ctx, tx, who, good)
	if err != nil {
		return nil, err
	}
	if err := keep(ctx, tx, run.ID, changes); err != nil {
		return nil, err
	}
	return nil, im.settle(ctx, tx, who, run, Committed)
}

// keep stores what each row did; a few hundred rows go in one statement.
func keep(ctx context.Context, tx *db.Tx, run ident.ID, changes []Change) error {
	for some := range slices.Chunk(changes, 300) {
		rows := make([]RowView, len(some))
		for i, c := range some {
			rows[i] = RowView{Run: run, N: int64(c.N), CellsJSON: "{}", ProblemsJSON: "[]", ChangeJSON: string(c.Record), MoreJSON: "{}"}
		}
		_, err := tx.NewInsert().Model(&rows).On("CONFLICT (run, n) DO UPDATE").Set("change = EXCLUDED.change").Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}

func (im *Importer) settle(ctx context.Context, tx *db.Tx, who access.Actor, run Run, to State) error {
	now := im.clock.Now()
	err := db.Changed(tx.NewRaw("UPDATE import_run SET state = ?, settled = ?, version = version + 1 WHERE id = ? AND version = ?",
		to, now, run.ID, run.Version).Exec(ctx))
	if err != nil {
		return err
	}
	return trail.Write(ctx, tx, now, who, "import."+string(to), string(run.ID),
		map[string][2]any{"kind": {"", run.Kind}, "created": {0, run.Created}, "updated": {0, run.Updated}})
}

// renew stores the changed plans of a preview and counts it anew.
func (im *Importer) renew(ctx context.Context, run Run, stale []RowView) error {
	return im.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return renewIn(ctx, tx, run, stale) })
}

func renewIn(ctx context.Context, tx *db.Tx, run Run, stale []RowView) error {
	for some := range slices.Chunk(stale, 300) {
		_, err := tx.NewInsert().Model(&some).On("CONFLICT (run, n) DO UPDATE").Set("action = EXCLUDED.action").Set("problems = EXCLUDED.problems").
			Set("more = EXCLUDED.more").Set("mark = EXCLUDED.mark").Set("choice = EXCLUDED.choice").Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
	}
	var counts []struct {
		Action Action
		Mark   string
		N      int64
	}
	err := tx.NewRaw("SELECT action, mark, count(*) AS n FROM import_row WHERE run = ? GROUP BY action, mark", run.ID).Scan(ctx, &counts)
	if err != nil {
		return db.Sorted(err)
	}
	n, marks := map[Action]int64{}, map[string]int64{}
	for _, c := range counts {
		n[c.Action] += c.N
		if c.Mark != "" {
			marks[c.Mark] += c.N
		}
	}
	counted, err := pack(marks)
	if err != nil {
		return err
	}
	return db.Changed(tx.NewRaw("UPDATE import_run SET created = ?, updated = ?, skipped = ?, conflicts = ?, bad = ?, marks = ?, version = version + 1 WHERE id = ? AND version = ?",
		n[Create], n[Update], n[Skip], n[Conflict], n[Bad], counted, run.ID, run.Version).Exec(ctx))
}

// Undo takes a whole import back. Rows that have been changed since are named: then
// nothing is undone, unless partial says to undo the others and to leave these as
// somebody made them.
func (im *Importer) Undo(ctx context.Context, who access.Actor, id ident.ID, partial bool) ([]Refusal, error) {
	run, err := im.Get(ctx, who, id)
	if err != nil {
		return nil, err
	}
	spec, err := im.Spec(who, run.Kind)
	if err != nil {
		return nil, err
	}
	if run.State != Committed {
		return nil, fault.New(fault.Conflict, "importer.not_committed")
	}
	var refused []Refusal
	err = im.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		refused = nil
		var views []RowView
		err := tx.NewSelect().Model(&views).Column("n", "change").Where("iw.run = ?", id).Where("iw.change <> 'null'").Order("iw.n").Scan(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		changes := make([]Change, len(views))
		for i, v := range views {
			changes[i] = Change{N: int(v.N), Record: []byte(v.ChangeJSON)}
		}
		if refused, err = spec.Undo(ctx, tx, who, changes); err != nil {
			return err
		}
		if len(refused) > 0 {
			changes = slices.DeleteFunc(changes, func(c Change) bool {
				return slices.ContainsFunc(refused, func(r Refusal) bool { return r.N == c.N })
			})
			if !partial || len(changes) == 0 {
				return fault.New(fault.Conflict, "importer.changed_since", "n", len(refused))
			}
			again, err := spec.Undo(ctx, tx, who, changes)
			if err != nil {
				return err
			}
			if len(again) > 0 {
				return fault.New(fault.Conflict, "importer.changed_since", "n", len(again))
			}
		}
		return im.settle(ctx, tx, who, run, Undone)
	})
	return refused, err
}
