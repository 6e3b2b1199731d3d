package rollout

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/org"
)

// stretch is a time in which nothing changes by itself: the next moment at which a
// waiver begins or ends, or evidence grows too old, is its end.
type stretch struct{ from, until time.Time }

func (s stretch) holds(at time.Time) bool { return !at.Before(s.from) && at.Before(s.until) }

// forever is later than any moment at which something changes by itself.
var forever = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// sooner lets the stretch end at a moment, if that lies ahead of its start.
func (s *stretch) sooner(at time.Time) {
	if at.After(s.from) && at.Before(s.until) {
		s.until = at
	}
}

// endsWith lets the stretch end where a waiver changes its mind.
func (s *stretch) endsWith(w *Waiver) {
	s.sooner(w.GivenAt)
	if !w.RevokedAt.IsZero() {
		s.sooner(w.RevokedAt)
	}
	if last, err := clock.ParseDate(w.UntilDay); err == nil {
		_, over := clock.Day(last)
		s.sooner(over)
	}
}

// sheet is every commune of a book as it is judged during a stretch, for one shape of
// the city, in the order of the board. It is shared by all readers and never altered;
// each reader takes the rows within its own reach.
type sheet struct {
	stretch
	tree *org.Tree
	rows []Row
}

// kept is what was worked out from a book: it goes when the book does, since every
// change of a fact raises the revision that the book is kept by.
type kept struct {
	mu     sync.Mutex
	sheet  *sheet
	curves map[curveKey]keptCurve
}

// sheetOf is the sheet of a book at a moment: the one that was made last as long as
// it holds, else a new one. The mutex lets one reader make it for all who wait.
func (s *Service) sheetOf(ctx context.Context, b *book, tree *org.Tree, at time.Time) (*sheet, error) {
	b.kept.mu.Lock()
	defer b.kept.mu.Unlock()
	if old := b.kept.sheet; old != nil && old.tree == tree && old.holds(at) {
		return old, nil
	}
	stand, err := progressOf(ctx, s.db.Read(), access.System("rollout"), b.programme.ID, nil)
	if err != nil {
		return nil, err
	}
	fresh := &sheet{tree: tree, stretch: b.stretchAt(at), rows: make([]Row, 0, len(stand))}
	for _, p := range stand {
		fresh.rows = append(fresh.rows, b.row(tree, p, at))
	}
	byTree(tree, fresh.rows)
	b.kept.sheet = fresh
	return fresh, nil
}

// stretchAt is how long what is judged at a moment from the latest evidence holds.
func (b *book) stretchAt(at time.Time) stretch {
	s := stretch{at, forever}
	for _, w := range b.waivers {
		s.endsWith(w)
	}
	days := b.lifetimes()
	for _, known := range b.known {
		for key, p := range known {
			for _, e := range []*Evidence{p.Declared, p.Verified} {
				if e != nil {
					s.endsWithAge(e, days[key])
				}
			}
		}
	}
	return s
}

func (s *stretch) endsWithAge(e *Evidence, days []int) {
	for _, n := range days {
		s.sooner(e.ObservedAt.AddDate(0, 0, n))
	}
}

// lifetimes are the numbers of days after which evidence is too old, by criterion.
func (b *book) lifetimes() map[string][]int {
	days := map[string][]int{}
	for _, list := range b.criteria {
		for _, c := range list {
			if c.TTLDays > 0 && !slices.Contains(days[c.Key], c.TTLDays) {
				days[c.Key] = append(days[c.Key], c.TTLDays)
			}
		}
	}
	return days
}

// scope is the communes that an actor may read about: all, or the listed ones.
type scope struct {
	all   bool
	units map[string]bool
	name  string // tells scopes apart
}

func scopeOf(who access.Actor) scope {
	everywhere, units := who.Reach(Read)
	if everywhere {
		return scope{all: true, name: "*"}
	}
	s := scope{units: make(map[string]bool, len(units)), name: strings.Join(units, " ")}
	for _, u := range units {
		s.units[u] = true
	}
	return s
}

func (s scope) has(unit string) bool { return s.all || s.units[unit] }
