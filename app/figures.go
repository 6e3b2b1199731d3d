package app

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"lotrinh/dossier/feedback"
	"lotrinh/dossier/tally"
	"lotrinh/helpdesk"
	"lotrinh/helpdesk/hotline"
	"lotrinh/helpdesk/knowledge"
	"lotrinh/helpdesk/survey"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/notify"
)

// counted are the maintained figures of every area with the way to count each anew.
func counted() map[string]figures.Compute {
	all := map[string]figures.Compute{}
	maps.Copy(all, helpdesk.Figures())
	maps.Copy(all, notify.Figures())
	maps.Copy(all, hotline.Figures())
	maps.Copy(all, knowledge.Figures())
	maps.Copy(all, survey.Figures())
	maps.Copy(all, tally.Figures())
	maps.Copy(all, feedback.Figures())
	return all
}

// checkFigures counts every maintained figure anew and says which differ.
func (h *House) checkFigures(ctx context.Context) (finding, error) {
	all := counted()
	f := finding{key: "app.check.figures", pairs: []any{"n", len(all)}}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		wrong, err := figures.Check(ctx, h.DB.Read(), name, all[name])
		if err != nil {
			return f, err
		}
		for _, w := range wrong {
			f.wrong = append(f.wrong, fmt.Sprintf("%s %s %s %s: %d ≠ %d", w.Name, w.Unit, w.Dim, w.Day, w.N, w.Counted))
		}
	}
	return f, nil
}
