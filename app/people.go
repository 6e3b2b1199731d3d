package app

import (
	"context"
	"errors"
	"io"
	"os"

	"lotrinh/internal/kit/fault"
	"lotrinh/rollout"
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

func mailCommand(ctx context.Context, args []string, term Terminal) int {
	return withHouse(ctx, "mail", args, term, func(h *House, rest []string) error {
		return h.Desk.Mail.Command(ctx, term.t, rest, term.Out)
	})
}

func ctiTokenCommand(ctx context.Context, args []string, term Terminal) int {
	return withHouse(ctx, "cti-token", args, term, func(h *House, rest []string) error {
		return h.Desk.Hotline.Command(ctx, term.t, rest, h.Config.BaseURL, term.Out)
	})
}

func importCommand(ctx context.Context, args []string, term Terminal) int {
	return withHouse(ctx, "import", args, term, func(h *House, rest []string) error {
		if len(rest) == 0 {
			return fault.New(fault.Invalid, "app.import.what")
		}
		switch rest[0] {
		case "units":
			return h.importUnits(ctx, rest[1:], term)
		case "plan":
			return h.importPlan(ctx, rest[1:], term)
		case "inventory":
			return h.Inventory.Intake.ImportCommand(ctx, term.t, rest[1:], term.Out)
		default:
			return fault.New(fault.Invalid, "app.import.what")
		}
	})
}

// longestPlan is the most bytes of a plan's file.
const longestPlan = 4 << 20

func (h *House) importPlan(ctx context.Context, args []string, term Terminal) error {
	if len(args) != 1 {
		return fault.New(fault.Invalid, "app.import.plan_path")
	}
	f, err := os.Open(args[0])
	if err != nil {
		return fault.Because(fault.Invalid, "app.import.plan_path", err)
	}
	raw, err := io.ReadAll(io.LimitReader(f, longestPlan))
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	plan, err := rollout.ReadPlanNamed(args[0], raw)
	if err != nil {
		return err
	}
	done, err := h.Rollout.ImportPlan(ctx, h.actor("import"), plan)
	if err != nil {
		return err
	}
	term.say("app.import.plan", "code", done.Programme.Code, "phases", len(plan.Phases), "units", done.Joined)
	return nil
}
