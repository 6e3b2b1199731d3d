package services

import (
	"context"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/rollout"
)

// Tally is how far the procedures of a department are: slots, those with a name, and how
// many stand at each step.
type Tally struct {
	Lead, Name string
	N, Named   int
	At         map[Step]int
	Mine       bool // the actor reports it
	Focal      []Focal
}

// Through counts the procedures that are at a step or further.
func (t Tally) Through(step Step) int {
	n := 0
	for s, c := range t.At {
		if s.rank() >= step.rank() {
			n += c
		}
	}
	return n
}

// Departments are the tallies of all departments, in order, and their sum.
func (s *Service) Departments(ctx context.Context, who access.Actor) ([]Tally, Tally, error) {
	total := Tally{At: map[Step]int{}}
	items, err := s.Items(ctx, who, Department)
	if err != nil {
		return nil, total, err
	}
	focal, err := s.Focals(ctx, who)
	if err != nil {
		return nil, total, err
	}
	all, mine := false, map[string]bool{}
	if who.May(Report) {
		if all, mine, err = s.leads(ctx, s.DB.Read(), who); err != nil {
			return nil, total, err
		}
	}
	var out []Tally
	for _, i := range items {
		if len(out) == 0 || out[len(out)-1].Lead != i.Lead {
			out = append(out, Tally{Lead: i.Lead, Name: i.LeadName, At: map[Step]int{}, Mine: all || mine[i.Lead], Focal: focal[i.Lead]})
		}
		for _, t := range []*Tally{&out[len(out)-1], &total} {
			t.N++
			t.At[i.Step]++
			if i.Name != "" {
				t.Named++
			}
		}
	}
	return out, total, nil
}

// DepartmentItems are the procedures of one department with how many papers of each sort
// they have.
func (s *Service) DepartmentItems(ctx context.Context, who access.Actor, lead string) ([]Item, map[string]int, error) {
	if err := who.Need(rollout.Read); err != nil {
		return nil, nil, err
	}
	var rows []Item
	err := s.DB.Read().NewSelect().Model(&rows).Where("si.lead = ?", lead).Order("si.ordinal").Limit(500).Scan(ctx)
	if err != nil {
		return nil, nil, db.Sorted(err)
	}
	if len(rows) == 0 || lead == "" {
		return nil, nil, fault.New(fault.Missing, "fault.missing")
	}
	var subjects []string
	for _, i := range rows {
		subjects = append(subjects, paperOf(i.ID, FormPaper), paperOf(i.ID, ProcessPaper))
	}
	of, err := s.Files.Of(ctx, area, subjects...)
	papers := map[string]int{}
	for subject, files := range of {
		papers[subject] = len(files)
	}
	return rows, papers, err
}

// Focals are the appointments that hold today, by department.
func (s *Service) Focals(ctx context.Context, who access.Actor) (map[string][]Focal, error) {
	if err := who.Need(rollout.Read); err != nil {
		return nil, err
	}
	today := clock.Date(s.now())
	var rows []Focal
	err := s.DB.Read().NewSelect().Model(&rows).Where("sf.from_day <= ?", today).Where("(sf.until_day = '' OR sf.until_day > ?)", today).Order("sf.lead", "sf.from_day", "sf.id").Limit(1000).Scan(ctx)
	out := map[string][]Focal{}
	for _, f := range rows {
		out[f.Lead] = append(out[f.Lead], f)
	}
	return out, db.Sorted(err)
}

// Appoint makes an account the focal point of a department from a day on.
func (s *Service) Appoint(ctx context.Context, who access.Actor, lead string, account ident.ID, from string) error {
	if err := who.Need(Keep); err != nil {
		return err
	}
	people, err := s.People.FocalPoints(ctx)
	if err != nil {
		return err
	}
	f := Focal{Lead: lead, Account: account, From: from, Version: 1}
	for _, p := range people {
		if p.ID == account {
			f.Name = p.Name
		}
	}
	_, bad := clock.ParseDate(from)
	var k fault.Check
	k.Need(f.Name != "", "account", "services.form.account")
	k.Need(bad == nil, "from", "form.bad_day")
	if err := k.Err(); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.NewSelect().Model((*Item)(nil)).Where("si.lead = ?", lead).Limit(1).Count(ctx)
		if err != nil || n == 0 || lead == "" {
			return db.Sorted(orMissing(err))
		}
		var have []Focal
		if err := tx.NewSelect().Model(&have).Where("sf.lead = ?", lead).Where("sf.account = ?", account).Where("(sf.until_day = '' OR sf.until_day > ?)", from).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if k.Need(len(have) == 0, "account", "services.form.appointed"); k.Err() != nil {
			return k.Err()
		}
		now := s.now()
		f.ID = ident.New(now)
		if _, err := tx.NewInsert().Model(&f).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "rollout.service.focal_appointed", string(f.ID), map[string][2]any{"lead": {"", lead}, "account": {"", account}, "from": {"", from}})
	})
}

func orMissing(err error) error {
	if err == nil {
		return fault.New(fault.Missing, "fault.missing")
	}
	return err
}

// Dismiss ends an appointment today.
func (s *Service) Dismiss(ctx context.Context, who access.Actor, id ident.ID, version int64) error {
	if err := who.Need(Keep); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := s.now()
		today := clock.Date(now)
		err := db.Changed(tx.NewRaw("UPDATE service_focal SET until_day = ?, version = version + 1 WHERE id = ? AND version = ? AND (until_day = '' OR until_day > ?)", today, id, version, today).Exec(ctx))
		if err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "rollout.service.focal_dismissed", string(id), map[string][2]any{"until": {"", today}})
	})
}
