package office

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/org/succession"
)

// Succession is how the desks take part when units change: the work of a dossier lies
// where the dossier is received.
func (s *Service) Succession() succession.Participant {
	return succession.Tables{Area: "succession.area.office", Moves: []succession.Table{
		{Name: "dossier_task", Key: "t.dossier", Label: "succession.row.task", Rule: succession.RuleWork},
	}, Beside: succession.Beside{
		End: func(ctx context.Context, tx *db.Tx, p succession.Plan, _ access.Actor) error {
			changes, err := followed(ctx, tx, p, 1)
			if err != nil {
				return err
			}
			return succession.Count(ctx, tx, p, changes)
		},
		Back: func(ctx context.Context, tx *db.Tx, p succession.Plan) error {
			changes, err := followed(ctx, tx, p, -1)
			if err != nil {
				return err
			}
			return succession.Uncount(ctx, tx, p, changes)
		},
	}}
}

// followed are the changes of the queues when tasks that a set moved, and that are still
// to be done, go to their heirs, or back with a sign of -1.
func followed(ctx context.Context, tx *db.Tx, p succession.Plan, sign int64) ([]figures.Value, error) {
	moved, err := succession.Noted(ctx, tx, p, "dossier_task.unit")
	if err != nil {
		return nil, err
	}
	var all []figures.Value
	for part := range slices.Chunk(moved, 500) {
		ids, way := make([]string, len(part)), map[string]succession.Entry{}
		for i, e := range part {
			ids[i], way[e.Key] = e.Key, e
		}
		var tasks []Task
		if err := tx.NewSelect().Model(&tasks).Column("dossier", "desk", "practice").Where("t.dossier IN (?)", bun.List(ids)).Scan(ctx); err != nil {
			return nil, db.Sorted(err)
		}
		for _, t := range tasks {
			e, name := way[string(t.Dossier)], queueFigure(t.Practice)
			all = append(all, figures.Value{Name: name, Unit: e.Was, Dim: string(t.Desk), N: -sign}, figures.Value{Name: name, Unit: e.Became, Dim: string(t.Desk), N: sign})
		}
	}
	return all, nil
}
