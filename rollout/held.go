package rollout

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/ident"
)

// Hold is why a whole wave may not go forward, whatever the gates of its communes say:
// a gate of the programme that is shut, or a wave before it that went wrong.
type Hold struct {
	Phase  ident.ID
	Reason Reason
	Href   string // where it is explained
}

// Holds answers which waves of a programme are held at a moment, in a constant number of
// queries through q.
type Holds func(ctx context.Context, q bun.IDB, programme ident.ID, at time.Time) ([]Hold, error)

// Held adds somebody who may hold waves. It is called while the house is put together.
func (s *Service) Held(h Holds) { s.holders = append(s.holders, h) }

// held are the holds of a programme by phase, in the order in which holders were added.
func (s *Service) held(ctx context.Context, q bun.IDB, programme ident.ID, at time.Time) (map[ident.ID][]Hold, error) {
	all := map[ident.ID][]Hold{}
	for _, h := range s.holders {
		some, err := h(ctx, q, programme, at)
		if err != nil {
			return nil, err
		}
		for _, one := range some {
			all[one.Phase] = append(all[one.Phase], one)
		}
	}
	return all, nil
}

// why are the reasons of holds.
func why(holds []Hold) []Reason {
	var all []Reason
	for _, h := range holds {
		all = append(all, h.Reason)
	}
	return all
}

// HeldPhases are the waves of a programme that are held now, by ordinal.
func (s *Service) HeldPhases(ctx context.Context, code string) (map[int][]Hold, error) {
	b, err := s.bookOf(ctx, code)
	if err != nil {
		return nil, err
	}
	held, err := s.held(ctx, s.db.Read(), b.programme.ID, s.clock.Now())
	if err != nil {
		return nil, err
	}
	all := map[int][]Hold{}
	for id, h := range held {
		all[b.phase[id].Ordinal] = h
	}
	return all, nil
}
