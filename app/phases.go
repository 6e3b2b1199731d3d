package app

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/inventory"
	"lotrinh/inventory/install"
	"lotrinh/inventory/suppose"
	"lotrinh/rollout"
)

// plan is the rollout as the inventory's profiles belong to its phases.
type plan struct{ h *House }

func phaseKey(programme string, ordinal int) string { return fmt.Sprintf("%s/%d", programme, ordinal) }

// All are the phases of every programme.
func (p plan) All(ctx context.Context) ([]inventory.Phase, error) {
	all, err := p.h.Rollout.Phases(ctx)
	var out []inventory.Phase
	for _, ph := range all {
		out = append(out, inventory.Phase{Key: phaseKey(ph.Programme, ph.Ordinal), NameVI: ph.Programme + " · " + ph.Name, NameEN: ph.Programme + " · " + ph.NameEN})
	}
	return out, err
}

// Units are the communes in force of each phase, by key, in the order of their codes.
func (p plan) Units(ctx context.Context) (map[string][]string, error) {
	tree, err := p.h.Units.Tree(ctx, p.h.Business.Now())
	if err != nil {
		return nil, err
	}
	var codes []string
	for _, u := range tree.Communes("") {
		codes = append(codes, u.Code)
	}
	of, err := p.Of(ctx, p.h.DB.Read(), codes)
	out := map[string][]string{}
	for _, code := range codes {
		for _, key := range of[code] {
			out[key] = append(out[key], code)
		}
	}
	return out, err
}

// Phases are those in which some commune is, for the installs.
func (p plan) Phases(ctx context.Context) ([]install.Phase, error) {
	all, err := p.All(ctx)
	if err != nil {
		return nil, err
	}
	units, err := p.Units(ctx)
	var out []install.Phase
	for _, ph := range all {
		if len(units[ph.Key]) > 0 {
			out = append(out, install.Phase{Code: ph.Key, Name: ph.NameVI, Units: units[ph.Key]})
		}
	}
	return out, err
}

// supposed are the phases with the communes that the reader may know of, for "what if".
func (p plan) supposed(ctx context.Context, who access.Actor) ([]suppose.Phase, error) {
	if !who.May(rollout.Read) {
		return nil, nil
	}
	all, err := p.All(ctx)
	if err != nil {
		return nil, err
	}
	units, err := p.Units(ctx)
	var out []suppose.Phase
	for _, ph := range all {
		mine := slices.DeleteFunc(units[ph.Key], func(u string) bool { return !who.Covers(rollout.Read, u) })
		out = append(out, suppose.Phase{Key: ph.Key, NameVI: ph.NameVI, NameEN: ph.NameEN, Units: mine})
	}
	return out, err
}

// Of are the phases of units.
func (p plan) Of(ctx context.Context, q bun.IDB, units []string) (map[string][]string, error) {
	rows, err := p.h.Rollout.PhasesOf(ctx, q, units)
	out := map[string][]string{}
	for _, r := range rows {
		out[r.Unit] = append(out[r.Unit], phaseKey(r.Programme, r.Ordinal))
	}
	return out, err
}
