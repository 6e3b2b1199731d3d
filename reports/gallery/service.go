package gallery

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
	"lotrinh/reports"
	"lotrinh/reports/define"
)

// Service is the use cases of the gallery. It is safe for concurrent use.
type Service struct {
	*Store
	Reports *reports.Service
}

// New is the room over its store.
func New(s *Store, r *reports.Service) *Service { return &Service{s, r} }

// Shown is a definition in the gallery: its version in force, which is nil before the
// first one, and whether somebody works on a draft.
type Shown struct {
	Entry
	Force *reports.Definition
	Draft *Version
}

// All are the definitions in their order.
func (s *Service) All(ctx context.Context, who access.Actor) ([]Shown, error) {
	if err := who.Need(reports.Read); err != nil {
		return nil, err
	}
	var rows []Entry
	if err := s.DB.Read().NewSelect().Model(&rows).Order("rd.place", "rd.key").Limit(mostDefinitions).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	published, err := s.Published(ctx)
	if err != nil {
		return nil, err
	}
	var drafts []Version
	if err := s.DB.Read().NewSelect().Model(&drafts).Where("rv.state = 'draft'").Limit(mostDefinitions).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	all := make([]Shown, len(rows))
	for i, e := range rows {
		all[i].Entry = e
		for j := range published {
			if published[j].Key == e.Key {
				all[i].Force = &published[j]
			}
		}
		for j := range drafts {
			if drafts[j].Definition == e.Key {
				all[i].Draft = &drafts[j]
			}
		}
	}
	return all, nil
}

// entry is a definition by its key.
func entry(ctx context.Context, q bun.IDB, key string) (Entry, error) {
	var e Entry
	return e, db.Sorted(q.NewSelect().Model(&e).Where("rd.key = ?", key).Scan(ctx))
}

// mostVersions is how many versions of a definition a page lists.
const mostVersions = 100

// One is a definition with its versions, newest first.
func (s *Service) One(ctx context.Context, who access.Actor, key string) (Entry, []Version, error) {
	if err := who.Need(reports.Read); err != nil {
		return Entry{}, nil, err
	}
	e, err := entry(ctx, s.DB.Read(), key)
	if err != nil {
		return e, nil, err
	}
	var rows []Version
	err = s.DB.Read().NewSelect().Model(&rows).Where("rv.definition = ?", key).Order("rv.no DESC").Limit(mostVersions).Scan(ctx)
	return e, rows, db.Sorted(err)
}

// At is one version by its number.
func (s *Service) At(ctx context.Context, who access.Actor, key string, no int64) (Version, error) {
	if err := who.Need(reports.Read); err != nil {
		return Version{}, err
	}
	var v Version
	return v, db.Sorted(s.DB.Read().NewSelect().Model(&v).Where("rv.definition = ?", key).Where("rv.no = ?", no).Scan(ctx))
}

// Draft is the draft of a definition with what is wrong with it; Missing without one.
func (s *Service) Draft(ctx context.Context, who access.Actor, key string) (Version, define.Definition, error) {
	if err := who.Need(Design); err != nil {
		return Version{}, define.Definition{}, err
	}
	v, err := draft(ctx, s.DB.Read(), key)
	if err != nil {
		return v, define.Definition{}, err
	}
	d, err := define.Read([]byte(v.Body))
	return v, d, err
}

func draft(ctx context.Context, q bun.IDB, key string) (Version, error) {
	var v Version
	return v, db.Sorted(q.NewSelect().Model(&v).Where("rv.definition = ?", key).Where("rv.state = 'draft'").Scan(ctx))
}

// Begin opens a draft of a definition from one of its versions; the draft that is there
// already when there is one.
func (s *Service) Begin(ctx context.Context, who access.Actor, key string, from int64) (Version, error) {
	if err := who.Need(Design); err != nil {
		return Version{}, err
	}
	src, err := s.At(ctx, who, key, from)
	if err != nil {
		return src, err
	}
	if src.State == Draft {
		return src, nil
	}
	now := s.Business.Now()
	v := Version{ID: ident.New(s.Machine.Now()), Definition: key, State: Draft, Body: src.Body, Hash: src.Hash, MadeAt: now, MadeBy: who.ID, MadeName: who.Name, Version: 1}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return s.open(ctx, tx, who, &v) })
	if fault.HasKey(err, "gallery.draft.exists") {
		return draft(ctx, s.DB.Read(), key)
	}
	return v, err
}

// open writes a draft down under the next number.
func (s *Service) open(ctx context.Context, tx *db.Tx, who access.Actor, v *Version) error {
	if err := tx.NewRaw("SELECT coalesce(max(no), 0) + 1 FROM report_definition_version WHERE definition = ?", v.Definition).Scan(ctx, &v.No); err != nil {
		return db.Sorted(err)
	}
	if _, err := tx.NewInsert().Model(v).Exec(ctx); err != nil {
		if db.Duplicate(err) {
			return fault.Because(fault.Conflict, "gallery.draft.exists", err)
		}
		return db.Sorted(err)
	}
	return trail.Write(ctx, tx, s.Business.Now(), who, "reports.definition.drafted", v.Definition, map[string][2]any{"no": {int64(0), v.No}})
}

// Create opens the draft of a new definition, as a copy of a version of another one.
func (s *Service) Create(ctx context.Context, who access.Actor, key, title, like string) (Version, error) {
	if err := who.Need(Design); err != nil {
		return Version{}, err
	}
	key, title = strings.TrimSpace(key), strings.TrimSpace(fold.NFC(title))
	var k fault.Check
	k.Need(define.GoodKey(key), "key", "reports.define.bad_key")
	k.Need(title != "" && len(title) <= 300, "title", "reports.define.needed")
	all, err := s.Published(ctx)
	if err != nil {
		return Version{}, err
	}
	var d define.Definition
	for _, one := range all {
		if one.Key == like {
			d = one.Definition
		}
	}
	k.Need(d.Key != "", "like", "reports.define.unknown")
	if err := k.Err(); err != nil {
		return Version{}, err
	}
	d.Key, d.Title, d.Summary = key, define.Both{VI: title}, define.Both{}
	body, err := d.Canonical()
	if err != nil {
		return Version{}, err
	}
	v := Version{ID: ident.New(s.Machine.Now()), Definition: key, State: Draft, Body: string(body), Hash: define.Hash(body), MadeAt: s.Business.Now(), MadeBy: who.ID, MadeName: who.Name, Version: 1}
	return v, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&Entry{Key: key, Place: mostDefinitions, Version: 1}).Exec(ctx); err != nil {
			if db.Duplicate(err) {
				return fault.Because(fault.Conflict, "gallery.key.taken", err)
			}
			return db.Sorted(err)
		}
		return s.open(ctx, tx, who, &v)
	})
}

// Change saves what a person did to a draft. It may be wrong for a while, but not grow
// beyond what a definition holds.
func (s *Service) Change(ctx context.Context, who access.Actor, key string, version int64, do func(*define.Definition) error) error {
	v, d, err := s.Draft(ctx, who, key)
	if err != nil {
		return err
	}
	if v.Version != version {
		return fault.New(fault.Conflict, "fault.conflict")
	}
	if err := do(&d); err != nil {
		return err
	}
	d.Key = key
	body, err := d.Canonical()
	if err != nil {
		return err
	}
	if _, err := define.Read(body); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		err := db.Changed(tx.NewRaw("UPDATE report_definition_version SET body = ?, hash = ?, made_at = ?, made_by = ?, made_name = ?, version = version + 1 WHERE id = ? AND version = ? AND state = 'draft'",
			string(body), define.Hash(body), s.Business.Now(), who.ID, who.Name, v.ID, version).Exec(ctx))
		if err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, "reports.definition.edited", key, map[string][2]any{"hash": {v.Hash, define.Hash(body)}})
	})
}

// reasoned is a reason as it is kept.
func reasoned(reason string) (string, error) {
	reason = strings.TrimSpace(fold.NFC(reason))
	var k fault.Check
	k.Need(reason != "", "reason", "gallery.reason.needed")
	k.Need(len(reason) <= 1000, "reason", "reports.define.text_long", "most", 1000)
	return reason, k.Err()
}

// Publish puts a draft into force: from now on runs are made by it.
func (s *Service) Publish(ctx context.Context, who access.Actor, key string, version int64, reason string) error {
	v, d, err := s.Draft(ctx, who, key)
	if err != nil {
		return err
	}
	reason, err = reasoned(reason)
	if err != nil {
		return err
	}
	if err := d.Check(); err != nil {
		return err
	}
	now := s.Business.Now()
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		err := db.Changed(tx.NewRaw("UPDATE report_definition_version SET state = 'published', reason = ?, published_at = ?, published_name = ?, version = version + 1 WHERE id = ? AND version = ? AND state = 'draft'",
			reason, now, who.Name, v.ID, version).Exec(ctx))
		if err != nil {
			return err
		}
		return s.force(ctx, tx, who, v, reason)
	})
}

// force makes a version the one that runs are made by.
func (s *Service) force(ctx context.Context, tx *db.Tx, who access.Actor, v Version, reason string) error {
	now := s.Business.Now()
	e, err := entry(ctx, tx, v.Definition)
	if err != nil {
		return err
	}
	if _, err := tx.NewRaw("UPDATE report_definition SET in_force = ?, version = version + 1 WHERE key = ?", v.ID, v.Definition).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	if err := outbox.Write(ctx, tx, now, Changed{Definition: v.Definition, No: v.No, Hash: v.Hash}); err != nil {
		return err
	}
	return trail.Write(ctx, tx, now, who, "reports.definition.published", v.Definition, map[string][2]any{"in_force": {string(e.InForce), string(v.ID)}, "reason": {"", reason}})
}

// Restore puts an earlier published version into force again.
func (s *Service) Restore(ctx context.Context, who access.Actor, key string, no int64, reason string) error {
	if err := who.Need(Design); err != nil {
		return err
	}
	v, err := s.At(ctx, who, key, no)
	if err != nil {
		return err
	}
	if v.State != Published {
		return fault.New(fault.Conflict, "gallery.draft.only")
	}
	if reason, err = reasoned(reason); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return s.force(ctx, tx, who, v, reason) })
}

// Discard throws a draft away; a definition that was never published goes with it.
func (s *Service) Discard(ctx context.Context, who access.Actor, key string, version int64) error {
	v, _, err := s.Draft(ctx, who, key)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := db.Changed(tx.NewRaw("DELETE FROM report_definition_version WHERE id = ? AND version = ? AND state = 'draft'", v.ID, version).Exec(ctx)); err != nil {
			return err
		}
		if _, err := tx.NewRaw("DELETE FROM report_definition WHERE key = ? AND in_force = ''", key).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, "reports.definition.discarded", key, map[string][2]any{"no": {v.No, int64(0)}})
	})
}
