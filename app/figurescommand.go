package app

import (
	"context"
	"fmt"

	"lotrinh/internal/kit/fault"
	"lotrinh/reports/measure"
)

// mostDifferences is how many differences the command prints.
const mostDifferences = 50

// figuresCommand counts figures of days again: "figures check FROM UNTIL" says what differs
// from what is kept, "figures rebuild FROM UNTIL" puts what was counted in its place.
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
			fmt.Fprintf(term.Out, "  - %s %s %s %s: %d ≠ %d\n", w.Metric, w.Unit, w.Dim, w.Day, w.Kept, w.Counted)
		}
		return nil
	})
}
