package duty

import (
	"context"
	"maps"
	"slices"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
)

// Assign gives the tickets that nobody has to people on duty, in the groups that want
// it, at most limit a group, and tells how many. While nobody is on duty they wait. A
// chore runs it.
func (s *Service) Assign(ctx context.Context, limit int) (int, error) {
	wanted, err := modes(ctx, s.DB.Read())
	if err != nil {
		return 0, err
	}
	given := 0
	for _, g := range slices.Sorted(maps.Keys(wanted)) {
		if wanted[g].Mode == ByHand {
			continue
		}
		n, err := s.assign(ctx, wanted[g], limit)
		given += n
		if err != nil {
			return given, err
		}
	}
	return given, nil
}

// waiting is a ticket that nobody has.
type waiting struct {
	ID       ident.ID
	Unit     string
	Priority int
}

func (s *Service) assign(ctx context.Context, g groupRow, limit int) (int, error) {
	var rows []waiting
	if err := free(s.DB.Read(), g.Group, limit).Scan(ctx, &rows); err != nil || len(rows) == 0 {
		return 0, db.Sorted(err)
	}
	now := s.Business.Now()
	r, err := roster(ctx, s.DB.Read(), now)
	if err != nil {
		return 0, err
	}
	works, err := s.days(ctx)
	if err != nil {
		return 0, err
	}
	on := r.On(g.Group, now, works)
	if len(on) == 0 {
		return 0, nil
	}
	turn, err := s.turn(ctx, g, on)
	if err != nil {
		return 0, err
	}
	given := 0
	for _, x := range rows {
		ok, err := turn.give(ctx, x)
		if err != nil {
			return given, err
		}
		if ok {
			given++
		}
	}
	return given, nil
}

// turn is one round of giving out in a group.
type turn struct {
	s         *Service
	group     groupRow
	on        []ident.ID
	load      map[ident.ID]int64
	districts map[string]ident.ID
	may       map[string]map[ident.ID]bool // by unit, who may work there
	ready     helpdesk.Ready
	of        func(unit string) string // the district of a unit
}

func (s *Service) turn(ctx context.Context, g groupRow, on []ident.ID) (*turn, error) {
	t := &turn{s: s, group: g, on: on, load: map[ident.ID]int64{}, districts: map[string]ident.ID{}, may: map[string]map[ident.ID]bool{}}
	open, err := loads(ctx, s.DB.Read(), on)
	if err != nil {
		return nil, err
	}
	for who, l := range open {
		t.load[who] = l.Weight
	}
	rows, err := districts(ctx, s.DB.Read())
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if r.Group == g.Group {
			t.districts[r.District] = r.Account
		}
	}
	tree, err := s.Units.Tree(ctx, s.Business.Now())
	if err != nil {
		return nil, err
	}
	t.of = tree.District
	t.ready, err = s.Desk.Ready(ctx)
	return t, err
}

// candidates are those on duty who may work on tickets of a unit.
func (t *turn) candidates(ctx context.Context, unit string) ([]ident.ID, error) {
	may, known := t.may[unit]
	if !known {
		agents, err := t.s.People.Agents(ctx, unit)
		if err != nil {
			return nil, err
		}
		may = map[ident.ID]bool{}
		for _, a := range agents {
			may[a.ID] = true
		}
		t.may[unit] = may
	}
	var all []ident.ID
	for _, who := range t.on {
		if may[who] {
			all = append(all, who)
		}
	}
	return all, nil
}

// give gives one ticket to whoever's turn it is.
func (t *turn) give(ctx context.Context, x waiting) (given bool, err error) {
	on, err := t.candidates(ctx, x.Unit)
	if err != nil {
		return false, err
	}
	to := Choose(t.group.Mode, on, t.load, t.group.Last, t.districts[t.of(x.Unit)])
	if to == "" {
		return false, nil
	}
	err = t.s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		given, err = t.s.Desk.GiveIn(ctx, tx, t.ready, x.ID, "", to, false)
		if err != nil || !given {
			return err
		}
		_, err = tx.NewUpdate().Model((*groupRow)(nil)).Set("last_given = ?", to).Where("dg.grp = ?", t.group.Group).Exec(ctx)
		return db.Sorted(err)
	})
	if err == nil && given {
		t.group.Last = to
		t.load[to] += weights[x.Priority]
	}
	return given, err
}
