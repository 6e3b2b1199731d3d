package inventory

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/outbox"
	"lotrinh/inventory/readiness"
)

// Phase is a phase of a programme to which a profile may belong.
type Phase struct {
	Key            string // of the programme and the phase in it, "KH198/2"
	NameVI, NameEN string
}

// Name is the phase's name in a language.
func (p Phase) Name(t i18n.T) string {
	if t.Lang == i18n.EN {
		return p.NameEN
	}
	return p.NameVI
}

// Phases tells which communes belong to which phases; app asks the rollout.
type Phases interface {
	// All are the phases that a profile may belong to, in their order.
	All(ctx context.Context) ([]Phase, error)
	// Of are the keys of the phases of units, in one query through q.
	Of(ctx context.Context, q bun.IDB, units []string) (map[string][]string, error)
}

// PhasesOf are the keys of the phases of units.
func (s *Service) PhasesOf(ctx context.Context, q bun.IDB, units []string) (map[string][]string, error) {
	if s.Phases == nil || len(units) == 0 {
		return nil, nil
	}
	return s.Phases.Of(ctx, q, units)
}

// AllPhases are the phases that a profile may belong to.
func (s *Service) AllPhases(ctx context.Context) ([]Phase, error) {
	if s.Phases == nil {
		return nil, nil
	}
	return s.Phases.All(ctx)
}

// book is the profiles in force with the phases of the units that are judged.
type book struct {
	rules  []rule
	phases map[string][]string
}

// bookOf opens a book for units. The phases are asked for only when a profile needs them.
func (s *Service) bookOf(ctx context.Context, q bun.IDB, all []Profile, units []string) (book, error) {
	rules, err := rulesOf(all)
	if err != nil {
		return book{}, err
	}
	b := book{rules: rules}
	if slices.ContainsFunc(all, func(p Profile) bool { return p.Phase != "" }) {
		b.phases, err = s.PhasesOf(ctx, q, units)
	}
	return b, err
}

// applying are the profiles that hold for a unit, and their codes with their revisions.
func (b book) applying(unit string) ([]readiness.Profile, string) {
	var out []readiness.Profile
	var names []string
	for _, p := range b.rules {
		if p.Phase != "" && !slices.Contains(b.phases[unit], p.Phase) {
			continue
		}
		out = append(out, readiness.Profile{Code: p.Code, Version: p.Revision, Lines: p.lines})
		names = append(names, fmt.Sprintf("%s@%d", p.Code, p.Revision))
	}
	return out, strings.Join(names, " ")
}

// membersChanged is what the rollout tells when communes join or leave phases.
type membersChanged struct {
	Units []string `json:"units"`
}

// rephased judges units anew whose phases are others, as far as anything is known of them.
func (s *Service) rephased(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var m membersChanged
	if err := e.Read(&m); err != nil || len(m.Units) == 0 {
		return err
	}
	var known []string
	err := tx.NewSelect().TableExpr("unit_readiness AS ur").Column("ur.unit").Where("ur.unit IN (?)", bun.List(m.Units)).Order("ur.unit").Scan(ctx, &known)
	if err != nil || len(known) == 0 {
		return db.Sorted(err)
	}
	return s.judge(ctx, tx, known...)
}

// checkDraft checks a draft, and that the phase that it names is one.
func (s *Service) checkDraft(ctx context.Context, d ProfileDraft, whole bool) error {
	var k fault.Check
	k.Add(d.check(whole))
	if d.Phase != "" {
		all, err := s.AllPhases(ctx)
		if err != nil {
			return err
		}
		k.Need(slices.ContainsFunc(all, func(p Phase) bool { return p.Key == d.Phase }), "phase", "inventory.profile.phase_unknown")
	}
	return k.Err()
}
