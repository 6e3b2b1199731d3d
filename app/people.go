package app

import (
	"context"

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
			return h.Units.ImportCommand(ctx, term.t, rest[1:], term.Out)
		default:
			return fault.New(fault.Invalid, "app.import.what")
		}
	})
}
