package catalogue

import (
	"context"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/procedure"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
)

// Versions are the versions of a procedure without what they say, the newest first;
// Missing when there is none. Configure only.
func (s *Service) Versions(ctx context.Context, who access.Actor, key string) ([]Head, error) {
	if err := who.Need(dossier.Configure); err != nil {
		return nil, err
	}
	all, err := s.heads(ctx, key)
	if err == nil && (len(all) == 0 || key == "") {
		return nil, fault.New(fault.Missing, "fault.missing")
	}
	return all, err
}

// Open is a version with what it says. Configure only.
func (s *Service) Open(ctx context.Context, who access.Actor, id ident.ID) (dossier.Version, procedure.Definition, error) {
	if err := who.Need(dossier.Configure); err != nil {
		return dossier.Version{}, procedure.Definition{}, err
	}
	v, err := s.version(ctx, id)
	if err != nil {
		return v, procedure.Definition{}, err
	}
	d, err := procedure.Read(string(v.Definition))
	return v, d, err
}

// Begin drafts a new version of a procedure: a copy of one of its versions.
func (s *Service) Begin(ctx context.Context, who access.Actor, of ident.ID, note string) (dossier.Version, error) {
	v, _, err := s.Open(ctx, who, of)
	if err != nil {
		return v, err
	}
	return s.begin(ctx, who, v.Procedure, v.Definition, v.Hash, note)
}

// Start drafts the first version of a procedure that the house did not have; Conflict
// when there is one of this key.
func (s *Service) Start(ctx context.Context, who access.Actor, key string, d procedure.Definition) (dossier.Version, error) {
	if err := who.Need(dossier.Configure); err != nil {
		return dossier.Version{}, err
	}
	key = tidyKey(key)
	var k fault.Check
	k.Need(keyForm.MatchString(key), "key", "catalogue.key_form")
	k.Need(d.Name.VI != "", "name_vi", "catalogue.name_needed")
	if err := k.Err(); err != nil {
		return dossier.Version{}, err
	}
	all, err := s.heads(ctx, key)
	if err != nil {
		return dossier.Version{}, err
	}
	k.Need(len(all) == 0, "key", "catalogue.key_taken")
	if err := k.Err(); err != nil {
		return dossier.Version{}, err
	}
	raw, hash, err := written(d)
	if err != nil {
		return dossier.Version{}, err
	}
	return s.begin(ctx, who, key, raw, hash, "")
}

func (s *Service) begin(ctx context.Context, who access.Actor, key string, raw []byte, hash, note string) (dossier.Version, error) {
	now := s.Business.Now()
	v := dossier.Version{ID: ident.New(now), Procedure: key, From: clock.Date(now.Add(24 * time.Hour)), State: dossier.Draft, Definition: raw, Hash: hash, Note: note, MadeBy: who.ID, MadeAt: now, Ver: 1}
	return v, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&v).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "dossier.procedure.drafted", string(v.ID), map[string][2]any{"procedure": {nil, key}})
	})
}

// Save keeps what a draft says, whole or not; ver is the version of the row that the
// form was made from. What is wrong with it is told when it is published.
func (s *Service) Save(ctx context.Context, who access.Actor, id ident.ID, ver int64, d procedure.Definition, note string) error {
	raw, hash, err := written(d)
	if err != nil {
		return err
	}
	return s.change(ctx, who, id, ver, "dossier.procedure.saved", func(v *dossier.Version) (map[string][2]any, error) {
		if v.State != dossier.Draft {
			return nil, fault.New(fault.Conflict, "catalogue.published_already")
		}
		was := v.Hash
		v.Definition, v.Hash, v.Note = raw, hash, note
		return map[string][2]any{"hash": {was, hash}}, nil
	}, nil)
}

// Discard throws a draft away.
func (s *Service) Discard(ctx context.Context, who access.Actor, id ident.ID, ver int64) error {
	if err := who.Need(dossier.Configure); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		err := db.Changed(tx.NewDelete().Model((*dossier.Version)(nil)).Where("id = ?", id).Where("ver = ?", ver).Where("state = ?", dossier.Draft).Exec(ctx))
		if err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, "dossier.procedure.discarded", string(id), nil)
	})
}

// Publish puts a draft into force from a day, today at the earliest: dossiers accepted
// before keep their version. A day that has a version is a Conflict.
func (s *Service) Publish(ctx context.Context, who access.Actor, id ident.ID, ver int64, from string) error {
	today := clock.Date(s.Business.Now())
	var k fault.Check
	_, err := clock.ParseDate(from)
	k.Need(err == nil && len(from) == 10, "from", "catalogue.from_needed")
	k.Need(err != nil || from >= today, "from", "catalogue.from_past")
	if err := who.Need(dossier.Configure); err != nil {
		return err
	}
	if err := k.Err(); err != nil {
		return err
	}
	err = s.change(ctx, who, id, ver, "dossier.procedure.published", func(v *dossier.Version) (map[string][2]any, error) {
		if v.State != dossier.Draft {
			return nil, fault.New(fault.Conflict, "catalogue.published_already")
		}
		d, err := procedure.Read(string(v.Definition))
		if err != nil {
			return nil, err
		}
		if err := checked(d); err != nil {
			return nil, err
		}
		v.State, v.From = dossier.Published, from
		return map[string][2]any{"from": {nil, from}, "hash": {nil, v.Hash}}, nil
	}, func(v dossier.Version) outbox.Body { return Published{change{v.ID, v.Procedure, v.From, who.ID}} })
	if fault.HasKey(err, "fault.duplicate") {
		return fault.Because(fault.Conflict, "catalogue.day_taken", err, "day", from)
	}
	return err
}

// Withdraw takes back a published version that is not in force yet.
func (s *Service) Withdraw(ctx context.Context, who access.Actor, id ident.ID, ver int64) error {
	today := clock.Date(s.Business.Now())
	return s.change(ctx, who, id, ver, "dossier.procedure.withdrawn", func(v *dossier.Version) (map[string][2]any, error) {
		if v.State != dossier.Published || v.From <= today {
			return nil, fault.New(fault.Conflict, "catalogue.in_force")
		}
		v.State = dossier.WithdrawnRule
		return map[string][2]any{"state": {dossier.Published, dossier.WithdrawnRule}}, nil
	}, func(v dossier.Version) outbox.Body { return Withdrawn{change{v.ID, v.Procedure, v.From, who.ID}} })
}

// change changes a version as edit says, with its line in the trail and its event.
func (s *Service) change(ctx context.Context, who access.Actor, id ident.ID, ver int64, act string, edit func(*dossier.Version) (map[string][2]any, error), event func(dossier.Version) outbox.Body) error {
	if err := who.Need(dossier.Configure); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var v dossier.Version
		if err := tx.NewSelect().Model(&v).Where("pv.id = ?", id).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if v.Ver != ver {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		said, err := edit(&v)
		if err != nil {
			return err
		}
		v.Ver++
		if err := db.Changed(tx.NewUpdate().Model(&v).WherePK().Where("ver = ?", ver).Exec(ctx)); err != nil {
			return err
		}
		now := s.Business.Now()
		if event != nil {
			if err := outbox.Write(ctx, tx, now, event(v)); err != nil {
				return err
			}
		}
		return trail.Write(ctx, tx, now, who, act, string(id), said)
	})
}

// change is what events of versions say.
type change struct {
	ID        ident.ID `json:"id"`
	Procedure string   `json:"procedure"`
	From      string   `json:"from"` // first day
	By        ident.ID `json:"by"`
}

// Subject is the procedure.
func (c change) Subject() string { return "procedure:" + c.Procedure }

// Published says that a version of a procedure applies from a day on.
type Published struct{ change }

// Topic is the event's name.
func (Published) Topic() string { return "dossier.procedure.published" }

// Withdrawn says that a version of a procedure will not come into force.
type Withdrawn struct{ change }

// Topic is the event's name.
func (Withdrawn) Topic() string { return "dossier.procedure.withdrawn" }
