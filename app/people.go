package app

import (
	"context"
	"fmt"

	"lotrinh/internal/kit/fault"
)

func userCommand(ctx context.Context, args []string, term Terminal) int {
	return withHouse(ctx, "user", args, term, func(h *House, rest []string) error {
		return h.People.UserCommand(ctx, term.t, rest, term.Out)
	})
}

func tokenCommand(ctx context.Context, args []string, term Terminal) int {
	return withHouse(ctx, "token", args, term, func(h *House, rest []string) error {
		return h.People.TokenCommand(ctx, term.t, rest, term.Out)
	})
}

func importCommand(ctx context.Context, args []string, term Terminal) int {
	return withHouse(ctx, "import", args, term, func(h *House, rest []string) error {
		if len(rest) == 0 {
			return fault.New(fault.Invalid, "app.import.what")
		}
		switch rest[0] {
		case "units":
			loaded, err := h.Units.LoadBuiltIn(ctx)
			if err == nil {
				fmt.Fprintln(term.Out, term.t.Say("app.import.units", "fresh", loaded))
			}
			return err
		default:
			return fault.New(fault.Invalid, "app.import.what")
		}
	})
}
