package training

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/trail"
)

// undoRoster takes an import back: seats that it gave go, people whom it changed are as
// before, new ones leave the roster. Who was changed since, came to the class, or got
// another seat, stands in the way.
func (s *Service) undoRoster(ctx context.Context, tx *db.Tx, who access.Actor, changes []importer.Change) ([]importer.Refusal, error) {
	done := make([]did, len(changes))
	var people []ident.ID
	for i, c := range changes {
		if err := json.Unmarshal(c.Record, &done[i]); err != nil {
			return nil, fault.Because(fault.Internal, "fault.internal", err)
		}
		people = append(people, done[i].Person)
	}
	have, err := loadUndo(ctx, tx, who, people)
	if err != nil {
		return nil, err
	}
	var refused []importer.Refusal
	for i, d := range done {
		if why := have.against(d); why.Key != "" {
			refused = append(refused, importer.Refusal{N: changes[i].N, Line: why})
		}
	}
	if len(refused) > 0 {
		return refused, nil
	}
	return nil, s.takeImportBack(ctx, tx, who, done, have)
}

// undoing is how the people of an import and their seats stand now.
type undoing struct {
	people map[ident.ID]Person
	seats  map[ident.ID][]Seat
}

func loadUndo(ctx context.Context, tx *db.Tx, who access.Actor, ids []ident.ID) (undoing, error) {
	u := undoing{map[ident.ID]Person{}, map[ident.ID][]Seat{}}
	for some := range slices.Chunk(ids, 500) {
		var people []Person
		if err := tx.NewSelect().Model(&people).Where("tp.id IN (?)", bun.List(some)).Apply(who.Within(Enrol, "tp.unit")).Scan(ctx); err != nil {
			return u, db.Sorted(err)
		}
		for _, p := range people {
			u.people[p.ID] = p
		}
		var rows []Seat
		if err := tx.NewSelect().Model(&rows).Where("ts.person IN (?)", bun.List(some)).Scan(ctx); err != nil {
			return u, db.Sorted(err)
		}
		for _, x := range rows {
			u.seats[x.Person] = append(u.seats[x.Person], x)
		}
	}
	return u, nil
}

// against says why one row cannot be undone.
func (u undoing) against(d did) i18n.Line {
	p, ok := u.people[d.Person]
	if !ok || p.Version != d.Version || p.LeftOn != "" {
		return i18n.L("training.import.changed")
	}
	for _, x := range u.seats[d.Person] {
		switch {
		case x.ID == d.Seat && x.State != Registered && x.State != Waiting && x.State != Withdrawn:
			return i18n.L("training.import.begun", "name", p.Name)
		case x.ID != d.Seat && d.Before == nil:
			return i18n.L("training.import.other_seat", "name", p.Name)
		}
	}
	return i18n.Line{}
}

func (s *Service) takeImportBack(ctx context.Context, tx *db.Tx, who access.Actor, done []did, have undoing) error {
	now := s.now()
	var seatIDs, gone, classes []ident.ID
	var units []string
	var entries []trail.Entry
	for _, d := range done {
		p := have.people[d.Person]
		if d.Seat != "" {
			seatIDs = append(seatIDs, d.Seat)
			if !slices.Contains(classes, d.Class) {
				classes = append(classes, d.Class)
			}
		}
		e, err := trail.Make(now, who, "rollout.training.person.import_undone", string(p.ID), nil, trail.At(p.Unit))
		if err != nil {
			return err
		}
		entries = append(entries, e)
		if d.Before == nil {
			gone = append(gone, p.ID)
			continue
		}
		units = append(units, p.Unit, d.Before.Unit)
		tree, err := s.tree(ctx)
		if err != nil {
			return err
		}
		old, err := d.Before.read(tree)
		if err != nil {
			return err
		}
		if old.same(p) {
			continue
		}
		p.Unit, p.Audience, p.Name, p.NameFold, p.Code, p.Phone, p.Email, p.Born = old.Unit, old.Audience, old.Name, old.NameFold, old.Code, old.Phone, old.Email, old.Born
		if err := savePerson(ctx, tx, &p, p.Version); err != nil {
			return err
		}
	}
	if err := drop(ctx, tx, seatIDs, gone); err != nil {
		return err
	}
	if err := s.moveAllUp(ctx, tx, now, classes); err != nil {
		return err
	}
	if err := trail.Append(ctx, tx, entries...); err != nil {
		return err
	}
	return s.prove(ctx, tx, who, now, units...)
}

// moveAllUp gives the seats that became free in classes to those who wait for one.
func (s *Service) moveAllUp(ctx context.Context, tx *db.Tx, now time.Time, classes []ident.ID) error {
	for _, id := range classes {
		c, err := lockClass(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.moveUp(ctx, tx, now, &c); err != nil {
			return err
		}
	}
	return nil
}

// drop removes what an import made: seats first, since they name their people.
func drop(ctx context.Context, tx *db.Tx, seatIDs, gone []ident.ID) error {
	for _, x := range []struct {
		model any
		ids   []ident.ID
	}{{(*Seat)(nil), seatIDs}, {(*Person)(nil), gone}} {
		for some := range slices.Chunk(x.ids, 500) {
			if _, err := tx.NewDelete().Model(x.model).Where("id IN (?)", bun.List(some)).Exec(ctx); err != nil {
				return db.Sorted(err)
			}
		}
	}
	return nil
}
