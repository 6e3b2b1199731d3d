package training

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/trail"
)

// Trained is a person of the roster who attended, and passed where the course asks.
type Trained struct {
	Person
	At time.Time `bun:"at"` // since when
}

// Trained are the people of units who are in their posts and are trained for them,
// through q, in one query: ordered by unit, audience and name. Whoever gives accounts
// asks here.
func (s *Service) Trained(ctx context.Context, q bun.IDB, units []string) ([]Trained, error) {
	var rows []Trained
	if len(units) == 0 {
		return nil, nil
	}
	err := q.NewSelect().TableExpr("training_person AS tp").Join("JOIN training_seat AS ts ON ts.person = tp.id").Join("JOIN training_course AS tc ON tc.id = ts.course").
		ColumnExpr("tp.*, min(ts.done_at) AS at").Where("tp.unit IN (?)", bun.List(units)).Where("tp.left_on = ''").Where("ts.done_at IS NOT NULL").Where("tc.counts").
		Where("' ' || tc.audiences || ' ' LIKE '% ' || tp.audience || ' %'").Group("tp.id").
		Order("tp.unit", "tp.audience", "tp.name_fold", "tp.id").Scan(ctx, &rows)
	return rows, db.Sorted(err)
}

// Roster are the people of units who are in their posts, through q, in one query:
// ordered by unit, audience and name.
func (s *Service) Roster(ctx context.Context, q bun.IDB, units []string) ([]Person, error) {
	var rows []Person
	if len(units) == 0 {
		return nil, nil
	}
	err := q.NewSelect().Model(&rows).Where("tp.unit IN (?)", bun.List(units)).Where("tp.left_on = ''").
		Order("tp.unit", "tp.audience", "tp.name_fold", "tp.id").Scan(ctx)
	return rows, db.Sorted(err)
}

// AddPerson puts somebody on the roster. Who is there already is Conflict.
func (s *Service) AddPerson(ctx context.Context, who access.Actor, f PersonForm) (Person, error) {
	all, err := s.AddPeople(ctx, who, f)
	if err != nil {
		return Person{}, err
	}
	return all[0], nil
}

// AddPeople puts people on the roster, all or none.
func (s *Service) AddPeople(ctx context.Context, who access.Actor, forms ...PersonForm) ([]Person, error) {
	if err := who.Need(Enrol); err != nil {
		return nil, err
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	now := s.now()
	all := make([]Person, len(forms))
	for i, f := range forms {
		p, err := f.read(tree)
		if err != nil {
			return nil, err
		}
		if err := who.NeedAt(Enrol, p.Unit); err != nil {
			return nil, err
		}
		p.ID, p.Source, p.Version = ident.New(now), fromForm, 1
		all[i] = p
	}
	return all, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return s.enter(ctx, tx, who, now, all...) })
}

// enter writes new people of the roster with their trail.
func (s *Service) enter(ctx context.Context, tx *db.Tx, who access.Actor, now time.Time, people ...Person) error {
	var entries []trail.Entry
	for _, p := range people {
		e, err := trail.Make(now, who, "rollout.training.person.added", string(p.ID), map[string][2]any{"audience": {nil, string(p.Audience)}, "source": {nil, p.Source}}, trail.At(p.Unit))
		if err != nil {
			return err
		}
		entries = append(entries, e)
	}
	if err := insert(ctx, tx, people); err != nil {
		return taken(err)
	}
	return trail.Append(ctx, tx, entries...)
}

// taken says of a person twice on the roster what is wrong.
func taken(err error) error {
	if fault.Is(err, fault.Conflict) {
		return fault.Because(fault.Conflict, "training.person.twice", err)
	}
	return err
}

// ChangePerson corrects what is known of somebody, or moves the person to another post
// within reach: what was learned goes along, and the gates of both units are told.
func (s *Service) ChangePerson(ctx context.Context, who access.Actor, id ident.ID, version int64, f PersonForm) (Person, error) {
	var p Person
	if err := who.Need(Enrol); err != nil {
		return p, err
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return p, err
	}
	typed, err := f.read(tree)
	if err != nil {
		return p, err
	}
	if err := who.NeedAt(Enrol, typed.Unit); err != nil {
		return p, err
	}
	now := s.now()
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if p, err = personByID(ctx, tx, who, Enrol, id); err != nil {
			return err
		}
		old := p
		p.Unit, p.Audience, p.Name, p.NameFold, p.Code, p.Phone, p.Email, p.Born = typed.Unit, typed.Audience, typed.Name, typed.NameFold, typed.Code, typed.Phone, typed.Email, typed.Born
		if p.same(old) {
			return nil
		}
		if err := savePerson(ctx, tx, &p, version); err != nil {
			return taken(err)
		}
		changes := map[string][2]any{}
		for _, x := range []struct{ name, before, after string }{{"unit", old.Unit, p.Unit}, {"audience", string(old.Audience), string(p.Audience)}} {
			if x.before != x.after {
				changes[x.name] = [2]any{x.before, x.after}
			}
		}
		if err := trail.Write(ctx, tx, now, who, "rollout.training.person.changed", string(p.ID), changes, trail.At(p.Unit)); err != nil {
			return err
		}
		if len(changes) == 0 {
			return nil
		}
		return s.prove(ctx, tx, who, now, old.Unit, p.Unit)
	})
	return p, err
}

// Leave says that somebody is no more in the post: what the person learned counts for the
// unit no longer.
func (s *Service) Leave(ctx context.Context, who access.Actor, id ident.ID, version int64) (Person, error) {
	var p Person
	if err := who.Need(Enrol); err != nil {
		return p, err
	}
	now := s.now()
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if p, err = personByID(ctx, tx, who, Enrol, id); err != nil {
			return err
		}
		if p.LeftOn != "" {
			return fault.New(fault.Conflict, "training.person.left")
		}
		p.LeftOn = clock.Date(now)
		if err := savePerson(ctx, tx, &p, version); err != nil {
			return err
		}
		if err := trail.Write(ctx, tx, now, who, "rollout.training.person.left", string(p.ID), map[string][2]any{"left_on": {"", p.LeftOn}}, trail.At(p.Unit)); err != nil {
			return err
		}
		if err := s.release(ctx, tx, who, now, p); err != nil {
			return err
		}
		return s.prove(ctx, tx, who, now, p.Unit)
	})
	return p, err
}

func personByID(ctx context.Context, tx *db.Tx, who access.Actor, need access.Perm, id ident.ID) (Person, error) {
	var p Person
	err := tx.NewSelect().Model(&p).Where("tp.id = ?", id).Apply(who.Within(need, "tp.unit"), db.ForUpdate(tx)).Scan(ctx)
	return p, db.Sorted(err)
}

func savePerson(ctx context.Context, tx *db.Tx, p *Person, version int64) error {
	p.Version = version + 1
	return db.Changed(tx.NewUpdate().Model(p).WherePK().Where("version = ?", version).Exec(ctx))
}

// Persons is a page of the roster under a unit, by unit, audience and name; an empty unit
// means all within reach.
func (s *Service) Persons(ctx context.Context, who access.Actor, under string, r page.Request) (page.Page[Person], error) {
	var rows []Person
	if err := who.Need(Look); err != nil {
		return page.Page[Person]{}, err
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return page.Page[Person]{}, err
	}
	q := s.DB.Read().NewSelect().Model(&rows).Where("tp.left_on = ''").Apply(who.Within(Look, "tp.unit"), r.Up("tp.unit", "tp.audience", "tp.name_fold"))
	if under != "" {
		q = q.Where("tp.unit IN (?)", bun.List(slices.Clone(tree.Under(under))))
	}
	err = q.Scan(ctx)
	return page.Cut(r, rows, func(p Person) []string { return []string{p.Unit, string(p.Audience), p.NameFold} }), db.Sorted(err)
}
