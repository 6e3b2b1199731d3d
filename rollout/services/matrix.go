package services

import (
	"context"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/rollout"
)

// levelOf is the level of the groups that a unit offers.
func levelOf(u org.Unit) Level {
	switch u.Level {
	case org.District:
		return District
	case org.Commune:
		return Commune
	}
	return ""
}

// Square is one field of the matrix: how many of N units of a row offer the group live,
// and where the unit stands when the row is one unit.
type Square struct {
	Live, N int
	Step    Step // of a row of one unit
}

// Line is a row of the matrix: a district with its communes, or one unit.
type Line struct {
	Unit, Name string
	Pilot      string // why it goes first, empty when it does not
	Squares    []Square
}

// Matrix is units beside groups of procedures on a day. N of each square is the number
// of units in force on that day.
type Matrix struct {
	Day      string
	Level    Level
	District string // its communes are the rows; empty: districts are
	Groups   []Item
	Total    Line
	Lines    []Line
}

// dayEnd is the last moment of a day that counts: its end, or now on the current day.
func (s *Service) dayEnd(day string) (string, time.Time, error) {
	now := s.now()
	if day == "" || day == clock.Date(now) {
		return clock.Date(now), now, nil
	}
	d, err := clock.ParseDate(day)
	var k fault.Check
	k.Need(err == nil, "day", "form.bad_day")
	k.Need(err != nil || !d.After(now), "day", "services.form.future")
	if err := k.Err(); err != nil {
		return "", now, err
	}
	_, end := clock.Day(d)
	return day, end.Add(-time.Microsecond), nil
}

// Matrix counts a level of groups on a day, over the units that the actor may see: by
// district, or the communes of one. The number of queries does not grow with the units.
func (s *Service) Matrix(ctx context.Context, who access.Actor, level Level, district, day string) (Matrix, error) {
	if err := who.Need(rollout.Read); err != nil {
		return Matrix{}, err
	}
	if level != District {
		level = Commune
	}
	day, at, err := s.dayEnd(day)
	if err != nil {
		return Matrix{}, err
	}
	m := Matrix{Day: day, Level: level, District: district}
	if m.Groups, err = s.Items(ctx, who, level); err != nil {
		return Matrix{}, err
	}
	tree, err := s.tree(ctx, at)
	if err != nil {
		return Matrix{}, err
	}
	if district != "" {
		if u, ok := tree.Unit(district); !ok || u.Level != org.District || level != Commune {
			return Matrix{}, fault.New(fault.Missing, "fault.missing")
		}
	}
	steps, err := s.stepsAt(ctx, m.Groups, at)
	if err != nil {
		return Matrix{}, err
	}
	pilots, err := Pilots()
	if err != nil {
		return Matrix{}, err
	}
	m.Total.Squares = make([]Square, len(m.Groups))
	for _, d := range tree.Districts() {
		if district != "" && d.Code != district {
			continue
		}
		units := []org.Unit{d}
		if level == Commune {
			units = tree.Communes(d.Code)
		}
		m.add(who, d, units, steps)
	}
	for i := range m.Lines {
		for _, p := range pilots {
			if p.Unit == m.Lines[i].Unit {
				m.Lines[i].Pilot = p.Note
			}
		}
	}
	return m, nil
}

// add puts the units of a district into the matrix, those that the actor may see.
func (m *Matrix) add(who access.Actor, d org.Unit, units []org.Unit, steps map[ident.ID]map[string]Step) {
	whole := Line{Unit: d.Code, Name: d.Full(), Squares: make([]Square, len(m.Groups))}
	seen := 0
	for _, u := range units {
		if !who.Covers(rollout.Read, u.Code) {
			continue
		}
		seen++
		one := Line{Unit: u.Code, Name: u.Full(), Squares: make([]Square, len(m.Groups))}
		for i, g := range m.Groups {
			step := steps[g.ID][u.Code]
			one.Squares[i] = Square{N: 1, Step: step}
			if step == Live {
				one.Squares[i].Live = 1
			}
			for _, sum := range []*Square{&whole.Squares[i], &m.Total.Squares[i]} {
				sum.N++
				sum.Live += one.Squares[i].Live
				sum.Step = step
			}
		}
		if m.District != "" {
			m.Lines = append(m.Lines, one)
		}
	}
	if m.District == "" && seen > 0 {
		m.Lines = append(m.Lines, whole)
	}
}

// stepsAt is where each group stood in each unit at a moment: from the lines of history,
// or from the programme that carries it.
func (s *Service) stepsAt(ctx context.Context, groups []Item, at time.Time) (map[ident.ID]map[string]Step, error) {
	out := make(map[ident.ID]map[string]Step, len(groups))
	var level Level
	for _, g := range groups {
		out[g.ID], level = map[string]Step{}, g.Level
		if g.Carried == "" {
			continue
		}
		stages, err := s.Rollout.StagesAt(ctx, s.DB.Read(), g.Carried, at)
		if err != nil {
			return nil, err
		}
		for u, stage := range stages {
			out[g.ID][u] = stepOf(stage)
		}
	}
	var rows []Change
	q := s.DB.Read().NewSelect().Model(&rows).Column("item", "unit", "to_step").Join("JOIN service_item AS si ON si.id = sp.item").Where("si.level = ?", level)
	if at.Equal(s.now()) {
		q = q.Where("sp.latest")
	} else {
		q = q.Where("sp.at <= ?", at).Order("sp.seq")
	}
	if err := q.Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	for _, r := range rows {
		out[r.Item][r.Unit] = r.To
	}
	return out, nil
}

// UnitGroups are the groups of a unit with where it stands now.
type UnitGroups struct {
	Unit   org.Unit
	Place  string
	Groups []Item
	Steps  map[ident.ID]Step
}

// UnitGroups shows one unit's groups, to who reports them.
func (s *Service) UnitGroups(ctx context.Context, who access.Actor, unit string) (UnitGroups, error) {
	if err := who.NeedAt(Tell, unit); err != nil {
		return UnitGroups{}, err
	}
	tree, err := s.tree(ctx, s.now())
	if err != nil {
		return UnitGroups{}, err
	}
	u, ok := tree.Unit(unit)
	if !ok || levelOf(u) == "" {
		return UnitGroups{}, fault.New(fault.Missing, "fault.missing")
	}
	v := UnitGroups{Unit: u, Place: tree.Place(unit), Steps: map[ident.ID]Step{}}
	if v.Groups, err = s.Items(ctx, who, levelOf(u)); err != nil {
		return v, err
	}
	steps, err := s.stepsAt(ctx, v.Groups, s.now())
	for id, of := range steps {
		v.Steps[id] = of[unit]
	}
	return v, err
}
