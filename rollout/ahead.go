package rollout

import (
	"context"
	"slices"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/i18n"
)

// Ahead is what a room adds to a programme's page: a panel above it, and a cone of what
// may come on its curve (each list has a value for each day).
type Ahead struct {
	Panel          templ.Component // nil: none
	Days           []time.Time
	Low, Mid, High []float64
}

// Look makes what a room adds for a reader who may read the whole programme.
type Look func(ctx context.Context, t i18n.T, who access.Actor, programme string) (Ahead, error)

// Looks adds somebody who looks ahead. It is called while the house is put together.
func (s *Service) Looks(l Look) { s.looks = append(s.looks, l) }

// Block is a time in which a must criterion of a commune was seen not to be met. Until
// is zero while it lasts.
type Block struct {
	Unit         string
	Since, Until time.Time
}

// Stand is how far a phase is, and what blocked its communes.
type Stand struct {
	Total, Done int     // communes, and those whose gate of the official stage is met
	Blocks      []Block // of all communes, by commune and time
	// Blocked are the communes not done with a block that lasts.
	Blocked []string
}

// Stand tells how far a phase (an ordinal, or Any for all that were not live before) is
// now, over all its communes.
func (s *Service) Stand(ctx context.Context, code string, phase int) (Stand, error) {
	b, err := s.bookOf(ctx, code)
	if err != nil {
		return Stand{}, err
	}
	now := s.clock.Now()
	tree, err := s.units.Tree(ctx, now)
	if err != nil {
		return Stand{}, err
	}
	sheet, err := s.sheetOf(ctx, b, tree, now)
	if err != nil {
		return Stand{}, err
	}
	p, err := s.history(ctx, b)
	if err != nil {
		return Stand{}, err
	}
	var st Stand
	for _, r := range sheet.rows {
		if r.Stage == Live || phase != Any && r.Phase != phase {
			continue
		}
		ph := b.byOrdinal(r.Phase)
		st.Total++
		blocks := blocksOf(r.Unit, b.criteria[ph.ID], p.of[r.Unit].evidence)
		switch n := len(blocks); {
		case r.Verified:
			st.Done++
			if n > 0 && blocks[n-1].Until.IsZero() {
				blocks[n-1].Until = now // a waiver or a changed checklist ended it
			}
		case n > 0 && blocks[n-1].Until.IsZero():
			st.Blocked = append(st.Blocked, r.Unit)
		}
		st.Blocks = append(st.Blocks, blocks...)
	}
	return st, nil
}

// blocksOf are the times in which some must criterion was seen not to be met.
func blocksOf(unit string, criteria []Criterion, evidence []*Evidence) []Block {
	must := map[string]bool{}
	for _, c := range criteria {
		must[c.Key] = c.Must
	}
	var all []Block
	bad := map[string]bool{}
	for _, e := range evidence {
		if e.Kind != Verification || !must[e.Criterion] {
			continue
		}
		before := len(bad) > 0
		if e.Answer == Unmet {
			bad[e.Criterion] = true
		} else {
			delete(bad, e.Criterion)
		}
		switch after := len(bad) > 0; {
		case after && !before:
			all = append(all, Block{Unit: unit, Since: e.ObservedAt})
		case before && !after:
			all[len(all)-1].Until = e.ObservedAt
		}
	}
	return all
}

// Began is when a commune first ran the service in the programme, in trial or officially.
type Began struct {
	Unit  string
	Phase int
	At    time.Time
}

// Began are the communes that run the service, by the moment since which.
func (s *Service) Began(ctx context.Context, code string) ([]Began, error) {
	b, err := s.bookOf(ctx, code)
	if err != nil {
		return nil, err
	}
	rows, err := progressOf(ctx, s.db.Read(), access.System("rollout"), b.programme.ID, nil)
	if err != nil {
		return nil, err
	}
	p, err := s.history(ctx, b)
	if err != nil {
		return nil, err
	}
	var all []Began
	for _, r := range rows {
		if r.Stage != Trial && r.Stage != Official {
			continue
		}
		for _, c := range p.of[r.Unit].changes {
			if c.To == Trial || c.To == Official {
				all = append(all, Began{Unit: r.Unit, Phase: b.phase[r.Phase].Ordinal, At: c.At})
				break
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Began) int { return a.At.Compare(b.At) })
	return all, nil
}
