package app

import (
	"context"
	"fmt"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/reports/measure"
)

// mostDifferences is how many differences the command prints.
const mostDifferences = 50

// figuresCommand counts figures of days again: "figures check FROM UNTIL" says what differs
// from what is kept and fails when anything does, "figures rebuild FROM UNTIL" puts what was
// counted in its place.
func figuresCommand(ctx context.Context, args []string, term Terminal) int {
	return withHouse(ctx, "figures", args, term, func(h *House, rest []string) error {
		if len(rest) != 3 {
			return fault.New(fault.Invalid, "app.figures.usage")
		}
		var wrong []measure.Difference
		var err error
		switch rest[0] {
		case "check":
			wrong, err = h.Measures.Check(ctx, rest[1], rest[2])
		case "rebuild":
			wrong, err = h.Measures.Rebuild(ctx, rest[1], rest[2])
		default:
			return fault.New(fault.Invalid, "app.figures.usage")
		}
		if err != nil {
			return err
		}
		term.say("app.figures.counted", "from", rest[1], "until", rest[2], "n", len(wrong))
		for _, w := range wrong[:min(len(wrong), mostDifferences)] {
			fmt.Fprintln(term.Out, "  -", differs(w))
		}
		if rest[0] == "check" && len(wrong) > 0 {
			return fault.New(fault.Conflict, "app.figures.differ", "n", len(wrong), "from", rest[1], "until", rest[2])
		}
		return nil
	})
}

// differs is one difference as commands print it.
func differs(w measure.Difference) string {
	return fmt.Sprintf("%s %s %s %s: %d ≠ %d", w.Metric, w.Unit, w.Dim, w.Day, w.Kept, w.Counted)
}

// checkedDays is how many days that are over the check counts again: those that facts recorded
// late may still reach by themselves.
const checkedDays = measure.Late

// checkDays counts the figures of the last days again and says which differ from what is kept.
// Days before units changed last are left: their facts have moved to the heirs since.
func (h *House) checkDays(ctx context.Context) (finding, error) {
	f := finding{key: "app.check.days", pairs: []any{"n", checkedDays}}
	today := h.Business.Now()
	from, until := clock.Date(today.AddDate(0, 0, -checkedDays)), clock.Date(today.AddDate(0, 0, -1))
	atlas, err := h.Units.Atlas(ctx)
	if err != nil {
		return f, err
	}
	for _, day := range atlas.Dates() {
		if day <= clock.Date(today) {
			from = max(from, day)
		}
	}
	if from > until {
		return f, nil
	}
	wrong, err := h.Measures.Check(ctx, from, until)
	for _, w := range wrong[:min(len(wrong), mostDifferences)] {
		f.wrong = append(f.wrong, differs(w))
	}
	return f, err
}
