package reports

import (
	"context"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
)

// Now is the figures of this moment and of the running week, over the part of the
// city that the actor may see: what the overview shows. An empty programme is the
// first one; Missing while there is none.
func (s *Service) Now(ctx context.Context, who access.Actor, programme string) (Figures, error) {
	if err := who.Need(Overview); err != nil {
		return Figures{}, err
	}
	if programme == "" {
		all, err := s.near.Rollout.Programmes(ctx)
		if err != nil {
			return Figures{}, err
		}
		if len(all) == 0 {
			return Figures{}, fault.New(fault.Missing, "reports.overview.no_programme")
		}
		programme = all[0].Code
	}
	tree, err := s.near.Units.Tree(ctx, s.business.Now())
	if err != nil {
		return Figures{}, err
	}
	roots := tree.Roots()
	if len(roots) == 0 {
		return Figures{}, fault.New(fault.Missing, "reports.overview.no_programme")
	}
	f, err := s.read(ctx, who, programme, roots[0].Code, thisWeek(s.business.Now()))
	f.Definition, f.NominalAt = Weekly, f.ReadAt
	return f, err
}
