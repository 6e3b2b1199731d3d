package succession

import (
	"context"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
)

// Service is the sets of changes. It is safe for concurrent use.
type Service struct {
	db       *db.DB
	units    *org.Units
	business clock.Clock // days come into force on it
	machine  clock.Clock
	parts    []Participant
}

// New serves the sets of a store; people and posts take part in every one.
func New(d *db.DB, units *org.Units, business, machine clock.Clock, parts ...Participant) *Service {
	s := &Service{db: d, units: units, business: business, machine: machine}
	return s.Join(append([]Participant{people()}, parts...)...)
}

// Join lets more areas take part. It is called while the house is built.
func (s *Service) Join(parts ...Participant) *Service {
	s.parts = append(s.parts, parts...)
	return s
}

// Parts are those who take part, people and posts first.
func (s *Service) Parts() []Participant { return s.parts }

// need lets only those change the map who may do it everywhere.
func need(who access.Actor) error {
	if err := who.Need(org.UnitChange); err != nil {
		return err
	}
	if everywhere, _ := who.Reach(org.UnitChange); !everywhere {
		return fault.New(fault.Denied, "fault.denied")
	}
	return nil
}

// NewSet is what is asked of a new set.
type NewSet struct {
	Day, Title, Basis string
	Draft             Draft
}

func (in *NewSet) check() error {
	in.Title, in.Basis = fold.NFC(strings.TrimSpace(in.Title)), fold.NFC(strings.TrimSpace(in.Basis))
	_, err := eveOf(in.Day)
	var k fault.Check
	k.Need(err == nil, "day", "succession.bad.day")
	k.Need(utf8.RuneCountInString(in.Title) <= 200, "title", "succession.bad.long", "max", 200)
	k.Need(utf8.RuneCountInString(in.Basis) <= 200, "basis", "succession.bad.long", "max", 200)
	k.Need(len(in.Draft.Changes)+len(in.Draft.Ends)+len(in.Draft.Wants) > 0, "file", "succession.bad.empty")
	return k.Err()
}

// Write drafts sets, each worked out once so that what cannot be is refused now. Later
// sets of one call stand on the earlier ones: the files of several reforms are one import.
func (s *Service) Write(ctx context.Context, who access.Actor, news ...NewSet) ([]Set, error) {
	if err := need(who); err != nil {
		return nil, err
	}
	atlas, err := s.units.Atlas(ctx)
	if err != nil {
		return nil, err
	}
	var sets []Set
	now := s.machine.Now()
	for i := range news {
		in := &news[i]
		if err := in.check(); err != nil {
			return nil, err
		}
		p, err := Work(atlas, in.Day, in.Draft)
		if err != nil {
			return nil, err
		}
		atlas = p.After()
		draft, err := json.Marshal(in.Draft)
		if err != nil {
			return nil, db.Sorted(err)
		}
		report, err := json.Marshal(Preview{Summary: p.Summary()})
		if err != nil {
			return nil, db.Sorted(err)
		}
		sets = append(sets, Set{ID: ident.New(now), Day: in.Day, Title: in.Title, Basis: in.Basis, Draft: string(draft), State: Drafted, Report: string(report), Undo: "{}",
			MadeBy: who.ID, MadeName: who.Name, MadeAt: s.business.Now(), Version: 1})
	}
	err = s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		for i := range sets {
			if _, err := tx.NewInsert().Model(&sets[i]).Exec(ctx); err != nil {
				return db.Sorted(err)
			}
			if err := trail.Write(ctx, tx, now, who, "org.succession.drafted", string(sets[i].ID), map[string][2]any{"day": {"", sets[i].Day}, "basis": {"", sets[i].Basis}}); err != nil {
				return err
			}
		}
		return nil
	})
	return sets, err
}

// List is the sets, the newest day first.
func (s *Service) List(ctx context.Context, who access.Actor, r page.Request) (page.Page[Set], error) {
	if err := who.Need(org.AccountRead); err != nil {
		return page.Page[Set]{}, err
	}
	var rows []Set
	err := s.db.Read().NewSelect().Model(&rows).ExcludeColumn("draft", "undo").Apply(r.On("su.id")).Scan(ctx)
	return page.Cut(r, rows, func(x Set) []string { return []string{string(x.ID)} }), db.Sorted(err)
}

// View is a set with what it comes to as the units stand now.
type View struct {
	Set
	Words Draft
	Plan  Plan
	Told  Preview
	// Wrong says why the draft does not fit the units as they are now, nil when it does.
	Wrong error
}

// Get is one set. A set in force is shown as it was told, not worked out again.
func (s *Service) Get(ctx context.Context, who access.Actor, id ident.ID) (View, error) {
	if err := who.Need(org.AccountRead); err != nil {
		return View{}, err
	}
	var v View
	if err := s.db.Read().NewSelect().Model(&v.Set).Where("su.id = ?", id).Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	var err error
	if v.Words, err = v.Set.Words(); err != nil {
		return v, err
	}
	if v.Told, err = v.Set.Told(); err != nil {
		return v, err
	}
	atlas, err := s.units.Atlas(ctx)
	if err != nil {
		return v, err
	}
	v.Plan, v.Wrong = Work(atlas, v.Day, v.Words)
	v.Plan.Set = v.ID
	return v, nil
}

// change runs a change of a set over the version that the actor saw.
func (s *Service) change(ctx context.Context, who access.Actor, id ident.ID, version int64, do func(ctx context.Context, tx *db.Tx, set *Set) error) error {
	if err := need(who); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var set Set
		if err := tx.NewSelect().Model(&set).Where("su.id = ?", id).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if version != 0 && set.Version != version {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		return do(ctx, tx, &set)
	})
}

func save(ctx context.Context, tx *db.Tx, set *Set, columns ...string) error {
	was := set.Version
	set.Version++
	return db.Changed(tx.NewUpdate().Model(set).Column(append(columns, "version")...).Where("id = ? AND version = ?", set.ID, was).Exec(ctx))
}

func closed() error { return fault.New(fault.Conflict, "succession.not_open") }

// Choose sets the main receivers that the planner chose, by the unit that gives; with
// rest, the proposals stand for all others.
func (s *Service) Choose(ctx context.Context, who access.Actor, id ident.ID, version int64, main map[string]string, rest bool) error {
	atlas, err := s.units.Atlas(ctx)
	if err != nil {
		return err
	}
	return s.change(ctx, who, id, version, func(ctx context.Context, tx *db.Tx, set *Set) error {
		if !set.Open() {
			return closed()
		}
		d, err := set.Words()
		if err != nil {
			return err
		}
		p, err := Work(atlas, set.Day, d)
		if err != nil {
			return err
		}
		if d.Main == nil {
			d.Main = map[string]string{}
		}
		n := 0
		for _, doubt := range p.Doubts {
			for _, part := range doubt.Parts {
				if main[doubt.Unit] == part.Code && d.Main[doubt.Unit] != part.Code {
					d.Main[doubt.Unit] = part.Code
					n++
				}
			}
			if rest && d.Main[doubt.Unit] == "" {
				d.Main[doubt.Unit] = doubt.Proposed
				n++
			}
		}
		raw, err := json.Marshal(d)
		if err != nil {
			return db.Sorted(err)
		}
		set.Draft, set.State = string(raw), Drafted
		if err := save(ctx, tx, set, "draft", "state"); err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.machine.Now(), who, "org.succession.receivers_chosen", string(set.ID), map[string][2]any{"units": {0, n}})
	})
}

// Drop takes a draft away.
func (s *Service) Drop(ctx context.Context, who access.Actor, id ident.ID, version int64) error {
	return s.change(ctx, who, id, version, func(ctx context.Context, tx *db.Tx, set *Set) error {
		if !set.Open() && set.State != Waiting {
			return closed()
		}
		if _, err := tx.NewDelete().Model(set).WherePK().Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, s.machine.Now(), who, "org.succession.dropped", string(set.ID), map[string][2]any{"day": {set.Day, ""}, "state": {set.State, ""}})
	})
}

// Preview counts what a set would do, area by area, and changes nothing but its state.
func (s *Service) Preview(ctx context.Context, who access.Actor, id ident.ID) (Preview, error) {
	if err := need(who); err != nil {
		return Preview{}, err
	}
	v, err := s.Get(ctx, who, id)
	if err != nil {
		return Preview{}, err
	}
	switch {
	case v.Wrong != nil:
		return Preview{}, v.Wrong
	case !v.Open():
		return Preview{}, closed()
	}
	told := Preview{Summary: v.Plan.Summary()}
	for _, part := range s.parts {
		r, err := part.Look(ctx, s.db.Read(), v.Plan)
		if err != nil {
			return told, err
		}
		told.Reports = append(told.Reports, r)
	}
	if told.Scopes, err = scopes(ctx, s.db.Read(), v.Plan); err != nil {
		return told, err
	}
	raw, err := json.Marshal(told)
	if err != nil {
		return told, db.Sorted(err)
	}
	return told, s.change(ctx, who, id, v.Version, func(ctx context.Context, tx *db.Tx, set *Set) error {
		set.State, set.Report, set.PreviewedAt = Previewed, string(raw), s.business.Now()
		return save(ctx, tx, set, "state", "report", "previewed_at")
	})
}
