package helpdesk

import (
	"context"
	"slices"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
)

// Ceiling is up to where a view's tickets are counted: "999+" says enough.
const Ceiling = 1000

// Tally is how many tickets each view holds, each up to Ceiling: the open ones, one walk
// over the board whatever the number of views. Views of what is done are not counted.
func (s *Service) Tally(ctx context.Context, who access.Actor, tree *org.Tree, views []Saved) (map[ident.ID]int64, error) {
	out := map[ident.ID]int64{}
	var all []counter
	watched := false
	now := s.Business.Now()
	for _, v := range views {
		f := v.Conditions().Filter(tree).settled()
		if f.Phase == Done {
			continue
		}
		watched = watched || f.Watched
		all = append(all, f.counter(v.ID, who, now))
	}
	if len(all) == 0 {
		return out, nil
	}
	if watched {
		mine, err := s.watchedBy(ctx, who)
		if err != nil {
			return nil, err
		}
		for i := range all {
			all[i].mine = mine
		}
	}
	err := s.eachOpen(ctx, func(m *openMark) {
		for i := range all {
			if c := &all[i]; c.n < Ceiling && c.holds(m) {
				c.n++
			}
		}
	})
	for _, c := range all {
		out[c.id] = c.n
	}
	return out, err
}

// watchedBy are the open tickets that somebody watches, by their numbers.
func (s *Service) watchedBy(ctx context.Context, who access.Actor) (map[int64]bool, error) {
	var seqs []int64
	err := s.DB.Read().NewSelect().TableExpr("ticket_watcher AS tw CROSS JOIN ticket AS ti").ColumnExpr("ti.seq").
		Where("tw.person = ?", who.ID).Where("ti.id = tw.ticket").Where("ti.phase <> 'done'").Scan(ctx, &seqs)
	mine := make(map[int64]bool, len(seqs))
	for _, n := range seqs {
		mine[n] = true
	}
	return mine, db.Sorted(err)
}

// counter counts what a filter holds: the same conditions that its list puts on the store.
type counter struct {
	Filter
	id    ident.ID
	me    ident.ID
	all   bool            // no unit is asked for, and all may be read
	where map[string]bool // else these
	now   time.Time
	mine  map[int64]bool // watched by the actor
	n     int64
}

// counter is the counter of a settled filter within the actor's reach.
func (f Filter) counter(id ident.ID, who access.Actor, now time.Time) counter {
	all, units := both(who, f.Units)
	c := counter{Filter: f, id: id, me: who.ID, all: all, now: now}
	if !all {
		c.where = make(map[string]bool, len(units))
		for _, u := range units {
			c.where[u] = true
		}
	}
	return c
}

// holds tells whether an open ticket is one of the filter's.
func (c *counter) holds(m *openMark) bool {
	switch {
	case c.Phase != "" && c.Phase != m.Phase,
		c.Priority != 0 && c.Priority != m.Priority,
		c.Group != "" && c.Group != m.Group,
		c.Service != "" && c.Service != m.Service,
		c.State != "" && c.State != m.State,
		c.Source != "" && c.Source != m.Source,
		c.Owner == OwnedByMe && m.Owner != c.me,
		c.Owner == OwnedByNobody && m.Owner != "",
		c.Owner == OwnedBySome && m.Owner == "",
		c.Late && !m.SortAt.Before(c.now),
		c.Tag != "" && !slices.Contains(m.tags, c.Tag),
		c.Watched && !c.mine[m.Seq]:
		return false
	}
	if c.Snoozed != "" && (m.SnoozedUntil != nil && m.SnoozedUntil.After(c.now)) != (c.Snoozed == Yes) {
		return false
	}
	return c.all || c.where[m.Unit]
}
