package importer

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

// Choose decides about one row of a preview, or with n below one about every row that
// waits for a decision and offers this one; an empty choice takes a decision back. The
// preview is planned anew, since one row may depend on another.
func (im *Importer) Choose(ctx context.Context, who access.Actor, id ident.ID, n int64, choice string) (Run, error) {
	run, err := im.Get(ctx, who, id)
	if err != nil {
		return Run{}, err
	}
	spec, err := im.Spec(who, run.Kind)
	if err != nil {
		return Run{}, err
	}
	if run.State != Previewed {
		return run, fault.New(fault.Conflict, "importer.not_previewed")
	}
	err = im.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		views, err := planned(ctx, tx, id)
		if err != nil {
			return err
		}
		decided := map[int64]bool{}
		for i := range views {
			v := &views[i]
			one := n > 0 && v.N == n || n < 1 && v.Action == Conflict
			if one && (slices.Contains(v.Choices(), choice) || choice == "") {
				v.Choice = choice
				decided[v.N] = true
			}
		}
		if len(decided) == 0 {
			return fault.New(fault.Invalid, "importer.no_choice")
		}
		changed, _, err := spec.again(ctx, tx, who, run, views, decided)
		if err != nil {
			return err
		}
		return renewIn(ctx, tx, run, changed)
	})
	if err != nil {
		return run, err
	}
	return im.Get(ctx, who, id)
}

// planned are the rows of a preview that are not bad, in the order of the table.
func planned(ctx context.Context, q bun.IDB, run ident.ID) ([]RowView, error) {
	var views []RowView
	err := q.NewSelect().Model(&views).Where("iw.run = ?", run).Where("iw.action <> ?", Bad).Order("iw.n").Scan(ctx)
	return views, db.Sorted(err)
}

// again plans rows anew and tells which now come to something else or were decided
// about, and which are to be saved.
func (s Spec) again(ctx context.Context, q bun.IDB, who access.Actor, run Run, views []RowView, decided map[int64]bool) (changed []RowView, good []Row, err error) {
	asked := run.Asked()
	rows := make([]Row, len(views))
	for i, v := range views {
		rows[i] = v.row(asked)
	}
	plans, err := s.Plan(ctx, q, who, rows)
	if err != nil {
		return nil, nil, err
	}
	for i, p := range plans {
		if p.Action != views[i].Action || decided[views[i].N] {
			if err := views[i].take(p); err != nil {
				return nil, nil, err
			}
			changed = append(changed, views[i])
		}
		if p.Action == Create || p.Action == Update {
			good = append(good, rows[i])
		}
	}
	return changed, good, nil
}
