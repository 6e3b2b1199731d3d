package app

import (
	"context"
	"strconv"
	"time"

	"lotrinh/inventory"
	"lotrinh/inventory/intake"
	"lotrinh/inventory/readiness"
)

// openIntake builds the door of inventory agents. What comes in is kept by the devices,
// which find the bodies of sections where the door laid them.
func (h *House) openIntake(s *stock) *intake.Service {
	days, err := strconv.Atoi(h.Config.AgentSilent)
	if err != nil {
		days = intake.DefaultSilent // a house that was opened without settings, as tests do
	}
	door := intake.New(intake.Deps{DB: h.DB, Business: h.Business, Units: h.Units, Words: h.Words, Log: h.Log, Equip: s.Service, Keeper: s.Devices,
		BaseURL: h.Config.BaseURL, Silent: days})
	s.Devices.Bodies = door
	s.Devices.MessagePath = func(f inventory.Fact) string {
		if f.Source != readiness.Measured || f.Ref == "" {
			return ""
		}
		return intake.MessagePath(f.Ref)
	}
	for _, r := range intake.Results {
		h.metrics.counter("lotrinh_inventory_messages_total", "Messages of inventory agents and files, by what became of them.", map[string]string{"result": string(r)},
			func() float64 { return float64(door.Count(r)) })
	}
	return door
}

// agentChores is the work that comes round behind the door of agents.
func (a *App) agentChores() []chore {
	return []chore{
		{"agents turned away", 10 * time.Second, a.Inventory.Intake.Flush},
		{"silent agents", time.Hour, a.quietAgents},
		{"old messages of agents", time.Hour, a.forgetMessages},
	}
}

// quietAgents tells of agents that have stopped reporting.
func (a *App) quietAgents(ctx context.Context) error {
	_, err := a.Inventory.Intake.CallSilent(ctx)
	return err
}

// forgetMessages thins out what agents sent long ago.
func (a *App) forgetMessages(ctx context.Context) error {
	_, err := a.Inventory.Intake.Forget(ctx)
	return err
}

func agentKeyCommand(ctx context.Context, args []string, term Terminal) int {
	return withHouse(ctx, "agent-key", args, term, func(h *House, rest []string) error {
		return h.Inventory.Intake.KeyCommand(ctx, term.t, rest, term.Out)
	})
}
