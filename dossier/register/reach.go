package register

import (
	"context"
	"slices"
	"sync"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
)

// reachable remembers who holds the books of ended units on a day.
type reachable struct {
	mu    sync.Mutex
	atlas *org.Atlas
	day   string
	heirs map[string][]string // ended unit → codes of those who hold its books now
}

// heirsOf are, for every unit that has ended, the units that hold its books on a day: the
// main receiver where the law names one, else each that took over a part. Books stay what
// they were; copies are issued by the successor.
func (s *Service) heirsOf(ctx context.Context) (map[string][]string, error) {
	atlas, err := s.Units.Atlas(ctx)
	if err != nil {
		return nil, err
	}
	day := clock.Date(s.now())
	s.held.mu.Lock()
	defer s.held.mu.Unlock()
	if s.held.atlas == atlas && s.held.day == day {
		return s.held.heirs, nil
	}
	heirs := map[string][]string{}
	for _, from := range atlas.Dates() {
		if from > day {
			break
		}
		for _, u := range atlas.Tree(from).Communes("") {
			if _, known := heirs[u.Code]; known {
				continue
			}
			if _, lives := atlas.Version(u.Code, day); !lives {
				heirs[u.Code] = issuing(atlas.Successors(u.Code, from, day))
			}
		}
	}
	s.held.atlas, s.held.day, s.held.heirs = atlas, day, heirs
	return heirs, nil
}

func issuing(all []org.Successor) []string {
	var out []string
	for _, one := range all {
		if one.Whole || one.Main {
			return []string{one.Code}
		}
		out = append(out, one.Code)
	}
	return out
}

// holders are the units that hold the books of a unit now: itself while it lives.
func (s *Service) holders(ctx context.Context, unit string) ([]string, error) {
	heirs, err := s.heirsOf(ctx)
	if err != nil {
		return nil, err
	}
	if h, ended := heirs[unit]; ended {
		return h, nil
	}
	return []string{unit}, nil
}

// within keeps a query to the books that the actor's units hold, those of the units that
// they took over from too.
func (s *Service) within(ctx context.Context, who access.Actor, need access.Perm, column string) (func(*bun.SelectQuery) *bun.SelectQuery, error) {
	heirs, err := s.heirsOf(ctx)
	if err != nil {
		return nil, err
	}
	everywhere, units := who.Reach(need)
	if everywhere {
		return func(q *bun.SelectQuery) *bun.SelectQuery { return q }, nil
	}
	units = slices.Clone(units)
	for old, now := range heirs {
		if slices.ContainsFunc(now, func(u string) bool { return who.Covers(need, u) }) {
			units = append(units, old)
		}
	}
	slices.Sort(units)
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		if len(units) == 0 {
			return q.Where("1 = 0")
		}
		return q.Where(column+" IN (?)", bun.List(units))
	}, nil
}

// entryIn is an entry whose book the actor's units hold; Missing beyond.
func (s *Service) entryIn(ctx context.Context, q bun.IDB, who access.Actor, need access.Perm, id ident.ID) (Entry, error) {
	if err := who.Need(need); err != nil {
		return Entry{}, err
	}
	var e Entry
	if err := q.NewSelect().Model(&e).Where("re.id = ?", id).Scan(ctx); err != nil {
		return e, db.Sorted(err)
	}
	now, err := s.holders(ctx, e.Unit)
	if err != nil {
		return Entry{}, err
	}
	if !who.Covers(need, e.Unit) && !slices.ContainsFunc(now, func(u string) bool { return who.Covers(need, u) }) {
		return Entry{}, fault.New(fault.Missing, "fault.missing")
	}
	return e, nil
}

// Issuer is the unit that issues copies of an entry today.
func (s *Service) Issuer(ctx context.Context, who access.Actor, e Entry) (string, error) {
	now, err := s.holders(ctx, e.Unit)
	if err != nil {
		return "", err
	}
	for _, u := range now {
		if who.Covers(dossier.Register, u) {
			return u, nil
		}
	}
	if len(now) == 1 {
		return now[0], nil
	}
	return "", fault.New(fault.Conflict, "register.issuer_unclear")
}
