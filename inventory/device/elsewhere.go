package device

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/trail"
	"lotrinh/inventory"
)

// seen compares where a device reported from with where its asset stands. Away tells
// that it was seen elsewhere and nobody has settled that; trusted tells that the sender
// may tell of the asset.
func (s *Service) seen(ctx context.Context, tx *db.Tx, a arrived, d Device, asset inventory.Asset) (away, trusted bool, err error) {
	inside := slices.Contains(a.Units, asset.Unit)
	var have []Elsewhere
	err = tx.NewSelect().Model(&have).Where("de.asset = ?", asset.ID).Where("de.state IN (?)", bun.List([]PlaceState{Unsettled, Stays, Moved, Back})).Scan(ctx)
	if err != nil {
		return false, false, db.Sorted(err)
	}
	if a.Unit == asset.Unit || a.Unit == "" && inside {
		return false, true, s.back(ctx, tx, have)
	}
	at := slices.IndexFunc(have, func(e Elsewhere) bool { return e.SeenUnit == a.seen })
	if at < 0 {
		e := Elsewhere{ID: ident.New(a.now), Device: d.ID, Asset: asset.ID, Unit: asset.Unit, SeenUnit: a.seen, State: Unsettled, FirstAt: a.At, LastAt: a.At, Message: a.Message, Version: 1}
		if err := insert(ctx, tx, e); err != nil {
			return true, inside, err
		}
		return true, inside, s.announce(ctx, tx, a, e, asset)
	}
	e := have[at]
	settled := e.State == Stays && e.Unit == asset.Unit
	again := !settled && e.State != Unsettled
	e.Device, e.Unit, e.LastAt, e.Message, e.Version = d.ID, asset.Unit, a.At, a.Message, e.Version+1
	if again {
		e.State, e.FirstAt = Unsettled, a.At
	}
	err = db.Changed(tx.NewUpdate().Model(&e).Column("device", "unit", "state", "first_at", "last_at", "message", "version").Where("id = ?", e.ID).Exec(ctx))
	if err == nil && again {
		err = s.announce(ctx, tx, a, e, asset)
	}
	return !settled, inside || settled, err
}

// back closes what is open about an asset that is at its own place again.
func (s *Service) back(ctx context.Context, tx *db.Tx, have []Elsewhere) error {
	for _, e := range have {
		if e.State != Unsettled {
			continue
		}
		e.State, e.Version = Back, e.Version+1
		if err := db.Changed(tx.NewUpdate().Model(&e).Column("state", "version").Where("id = ?", e.ID).Exec(ctx)); err != nil {
			return err
		}
	}
	return nil
}

// announce says in the history of both communes where an asset was seen.
func (s *Service) announce(ctx context.Context, tx *db.Tx, a arrived, e Elsewhere, asset inventory.Asset) error {
	_, tree, err := s.Stock.Known(ctx)
	if err != nil {
		return err
	}
	line := i18n.L("device.note.elsewhere", "code", asset.Code, "unit", tree.Place(e.Unit), "seen", tree.Place(e.SeenUnit))
	if err := s.Stock.NoteIn(ctx, tx, e.Unit, string(asset.ID), a.Who, line, ""); err != nil {
		return err
	}
	if err := s.Stock.NoteIn(ctx, tx, e.SeenUnit, "unit:"+e.SeenUnit, a.Who, line, ""); err != nil {
		return err
	}
	return outbox.Write(ctx, tx, a.now, SeenElsewhere{Sighting: e.ID, Asset: asset.ID, Unit: e.Unit, SeenUnit: e.SeenUnit})
}

// ElsewhereView is a sighting with its asset.
type ElsewhereView struct {
	Elsewhere
	Code, Name string
}

// Sightings is a page of the open sightings within reach, of either commune, newest first.
func (s *Service) Sightings(ctx context.Context, who access.Actor, r page.Request) (page.Page[ElsewhereView], error) {
	if err := who.Need(inventory.Look); err != nil {
		return page.Page[ElsewhereView]{}, err
	}
	q := s.DB.Read().NewSelect().Model((*Elsewhere)(nil)).ColumnExpr("de.*, a.code, a.name").Join("JOIN asset AS a ON a.id = de.asset").Where("de.state = 'open'").
		Apply(either(who, inventory.Look, "de.unit", "de.seen_unit"), r.On("de.id"))
	var rows []ElsewhereView
	err := q.Scan(ctx, &rows)
	return page.Cut(r, rows, func(e ElsewhereView) []string { return []string{string(e.ID)} }), db.Sorted(err)
}

// either keeps a query to rows of which one of two units is within reach.
func either(who access.Actor, need access.Perm, one, other string) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		everywhere, units := who.Reach(need)
		switch {
		case everywhere:
			return q
		case len(units) == 0:
			return q.Where("1 = 0")
		}
		return q.Where("("+one+" IN (?) OR "+other+" IN (?))", bun.List(units), bun.List(units))
	}
}

// Settle answers a sighting: the asset goes to where it was seen, or it stays in its
// commune and said tells why it was seen elsewhere. Then what was measured there counts.
func (s *Service) Settle(ctx context.Context, who access.Actor, id ident.ID, version int64, to PlaceState, said string) (Elsewhere, error) {
	var e Elsewhere
	if err := who.Need(inventory.Edit); err != nil {
		return e, err
	}
	var k fault.Check
	k.Need(to == Moved || to == Stays, "to", "device.form.choose")
	k.Need(to != Stays || said != "", "said", "device.form.reason")
	k.Need(len([]rune(said)) <= longestReason, "said", "inventory.form.long", "limit", longestReason)
	if err := k.Err(); err != nil {
		return e, err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		e = Elsewhere{}
		err := tx.NewSelect().Model(&e).Where("de.id = ?", id).Apply(who.Within(inventory.Edit, "de.unit"), db.ForUpdate(tx)).Scan(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if e.State != Unsettled || e.Version != version {
			return fault.New(fault.Conflict, "device.settled")
		}
		e.State, e.DecidedBy, e.DecidedName, e.DecidedAt, e.Said, e.Version = to, who.ID, who.Name, s.Business.Now(), said, version+1
		err = db.Changed(tx.NewUpdate().Model(&e).Column("state", "decided_by", "decided_name", "decided_at", "said", "version").Where("id = ?", id).Where("version = ?", version).Exec(ctx))
		if err != nil {
			return err
		}
		return s.settled(ctx, tx, who, e)
	})
	return e, err
}

func (s *Service) settled(ctx context.Context, tx *db.Tx, who access.Actor, e Elsewhere) error {
	asset, err := s.Stock.AssetIn(ctx, tx, who, inventory.Edit, e.Asset, db.ForUpdate(tx))
	if err != nil {
		return err
	}
	if e.State == Moved {
		if asset, err = s.Stock.TransferIn(ctx, tx, who, e.Asset, e.SeenUnit, e.Said); err != nil {
			return err
		}
	} else if err := s.Stock.NoteIn(ctx, tx, asset.Unit, string(asset.ID), who, i18n.L("device.note.stays", "code", asset.Code), e.Said); err != nil {
		return err
	}
	err = trail.Write(ctx, tx, s.Business.Now(), who, "inventory.device.settled", string(e.ID), map[string][2]any{"state": {Unsettled, e.State}}, trail.At(asset.Unit))
	if err != nil {
		return err
	}
	d, err := byID(ctx, tx, e.Device)
	if err != nil {
		return err
	}
	return s.Stock.RecordIn(ctx, tx, s.facts(d, asset, d.Reading().Facts, d.TakenAt))
}

// longestReason is how many letters a reason may have.
const longestReason = 500
