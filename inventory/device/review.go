package device

import (
	"context"
	"slices"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/trail"
	"lotrinh/inventory"
	"lotrinh/inventory/identity"
)

// DoubtView is a doubt with its device.
type DoubtView struct {
	Doubt
	Host, Model, Serial, Code, Name string
}

// Doubts is a page of the doubts within reach, newest first: the open ones, or those
// that were settled.
func (s *Service) Doubts(ctx context.Context, who access.Actor, state DoubtState, r page.Request) (page.Page[DoubtView], error) {
	if err := who.Need(inventory.Look); err != nil {
		return page.Page[DoubtView]{}, err
	}
	q := s.DB.Read().NewSelect().Model((*Doubt)(nil)).ColumnExpr("dd.*, d.host, d.model, d.serial, COALESCE(a.code, '') AS code, COALESCE(a.name, '') AS name").
		Join("JOIN device AS d ON d.id = dd.device").Join("LEFT JOIN asset AS a ON a.id = dd.asset").Apply(who.Within(inventory.Look, "dd.unit"), r.On("dd.id"))
	if state == Open {
		q = q.Where("dd.state = 'open'")
	} else {
		q = q.Where("dd.state = ?", state)
	}
	var rows []DoubtView
	err := q.Scan(ctx, &rows)
	return page.Cut(r, rows, func(d DoubtView) []string { return []string{string(d.ID)} }), db.Sorted(err)
}

// DoubtOf is a doubt with its device and the assets that it may be, as far as they are
// within reach. An asset beyond it cannot be chosen.
func (s *Service) DoubtOf(ctx context.Context, who access.Actor, id ident.ID) (Doubt, Device, []inventory.AssetView, error) {
	var x Doubt
	if err := who.Need(inventory.Look); err != nil {
		return x, Device{}, nil, err
	}
	q := s.DB.Read()
	if err := q.NewSelect().Model(&x).Where("dd.id = ?", id).Apply(who.Within(inventory.Look, "dd.unit")).Scan(ctx); err != nil {
		return x, Device{}, nil, db.Sorted(err)
	}
	d, err := byID(ctx, q, x.Device)
	if err != nil {
		return x, d, nil, err
	}
	ids := []ident.ID{x.Asset}
	for _, m := range x.Matches() {
		ids = append(ids, ident.ID(m.ID))
	}
	slices.Sort(ids)
	assets, err := s.Stock.Views(ctx, who, slices.Compact(ids))
	return x, d, assets, err
}

// Decide settles a doubt: the device is one of the assets that it may be, or, with no
// asset, a machine of its own that is recorded in its commune.
func (s *Service) Decide(ctx context.Context, who access.Actor, id ident.ID, version int64, asset ident.ID, said string) (Doubt, error) {
	var x Doubt
	if err := who.Need(inventory.Edit); err != nil {
		return x, err
	}
	if len([]rune(said)) > longestReason {
		var k fault.Check
		k.Need(false, "said", "inventory.form.long", "limit", longestReason)
		return x, k.Err()
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		d, err := s.doubtful(ctx, tx, who, id, version, Open, &x)
		if err != nil {
			return err
		}
		x.State = Merged
		if asset == "" {
			x.State = Apart
			err = s.own(ctx, tx, who, &d, d.Unit, i18n.L("device.note.apart", "device", d.Title()), said)
		} else {
			err = s.merge(ctx, tx, who, &d, x, asset, said)
		}
		if err != nil {
			return err
		}
		x.Asset = d.Asset
		return s.close(ctx, tx, who, &x, Open, said)
	})
	return x, err
}

// doubtful loads a doubt in a state with its device, for the change.
func (s *Service) doubtful(ctx context.Context, tx *db.Tx, who access.Actor, id ident.ID, version int64, want DoubtState, x *Doubt) (Device, error) {
	*x = Doubt{}
	err := tx.NewSelect().Model(x).Where("dd.id = ?", id).Apply(who.Within(inventory.Edit, "dd.unit"), db.ForUpdate(tx)).Scan(ctx)
	if err != nil {
		return Device{}, db.Sorted(err)
	}
	if x.State != want || x.Version != version {
		return Device{}, fault.New(fault.Conflict, "device.settled")
	}
	return byID(ctx, tx, x.Device, db.ForUpdate(tx))
}

func (s *Service) close(ctx context.Context, tx *db.Tx, who access.Actor, x *Doubt, before DoubtState, said string) error {
	x.DecidedBy, x.DecidedName, x.DecidedAt, x.Said, x.Version = who.ID, who.Name, s.Business.Now(), said, x.Version+1
	err := db.Changed(tx.NewUpdate().Model(x).Column("state", "asset", "decided_by", "decided_name", "decided_at", "said", "version").Where("id = ?", x.ID).Exec(ctx))
	if err != nil {
		return err
	}
	return trail.Write(ctx, tx, s.Business.Now(), who, "inventory.device.decided", string(x.Device), map[string][2]any{"state": {before, x.State}, "asset": {nil, x.Asset}}, trail.At(x.Unit))
}

// merge links the device and records what it measured.
func (s *Service) merge(ctx context.Context, tx *db.Tx, who access.Actor, d *Device, x Doubt, id ident.ID, said string) error {
	if !slices.ContainsFunc(x.Matches(), func(m identity.Match) bool { return m.ID == string(id) }) {
		return fault.New(fault.Missing, "fault.missing")
	}
	asset, err := s.Stock.AssetIn(ctx, tx, who, inventory.Edit, id)
	if err != nil {
		return err
	}
	d.Asset, d.State = id, Linked
	if err := s.placed(ctx, tx, d); err != nil {
		return err
	}
	if err := s.linked(ctx, tx, who, *d, i18n.L("device.note.merged", "device", d.Title(), "code", asset.Code), said); err != nil {
		return err
	}
	return s.Stock.RecordIn(ctx, tx, s.facts(*d, asset, d.Reading().Facts, d.TakenAt))
}

// placed saves where a device belongs.
func (s *Service) placed(ctx context.Context, tx *db.Tx, d *Device) error {
	d.Version++
	return db.Changed(tx.NewUpdate().Model(d).Column("asset", "state", "unit", "version").Where("id = ?", d.ID).Exec(ctx))
}

// own makes an asset of its own for a device and records what it measured.
func (s *Service) own(ctx context.Context, tx *db.Tx, who access.Actor, d *Device, unit string, line i18n.Line, said string) error {
	made, err := s.make(ctx, tx, who, *d, unit)
	if err != nil {
		return err
	}
	d.Asset, d.State, d.Unit = made.ID, Linked, unit
	if err := s.placed(ctx, tx, d); err != nil {
		return err
	}
	if err := s.linked(ctx, tx, who, *d, line, said); err != nil {
		return err
	}
	return s.Stock.RecordIn(ctx, tx, s.facts(*d, made, d.Reading().Facts, d.TakenAt))
}

// Undo takes a merge back: what the device measured is withdrawn from the asset, and
// the doubt is open again.
func (s *Service) Undo(ctx context.Context, who access.Actor, id ident.ID, version int64, said string) (Doubt, error) {
	var x Doubt
	if err := who.Need(inventory.Edit); err != nil {
		return x, err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		d, err := s.doubtful(ctx, tx, who, id, version, Merged, &x)
		if err != nil {
			return err
		}
		if err := s.loosen(ctx, tx, who, &d, Doubted, said); err != nil {
			return err
		}
		x.State = Open
		if all := x.Matches(); len(all) > 0 {
			x.Asset = ident.ID(all[0].ID)
		}
		return s.close(ctx, tx, who, &x, Merged, said)
	})
	return x, err
}

// loosen takes a device off its asset, together with what it measured.
func (s *Service) loosen(ctx context.Context, tx *db.Tx, who access.Actor, d *Device, to State, said string) error {
	asset, err := s.Stock.AssetIn(ctx, tx, who, inventory.Edit, d.Asset, db.ForUpdate(tx))
	if err != nil {
		return err
	}
	d.Asset, d.State = "", to
	if err := s.placed(ctx, tx, d); err != nil {
		return err
	}
	if err := s.Stock.NoteIn(ctx, tx, asset.Unit, string(asset.ID), who, i18n.L("device.note.undone", "device", d.Title(), "code", asset.Code), said); err != nil {
		return err
	}
	return s.Stock.WithdrawIn(ctx, tx, asset, d.ID)
}

// Split says that a device that was linked by its evidence is another machine: it
// becomes an asset of its own in the commune that it reports from.
func (s *Service) Split(ctx context.Context, who access.Actor, id ident.ID, version int64, said string) (Device, error) {
	var d Device
	if err := who.Need(inventory.Edit); err != nil {
		return d, err
	}
	var k fault.Check
	k.Need(said != "", "said", "device.form.reason")
	k.Need(len([]rune(said)) <= longestReason, "said", "inventory.form.long", "limit", longestReason)
	if err := k.Err(); err != nil {
		return d, err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if d, err = byID(ctx, tx, id, who.Within(inventory.Edit, "d.unit"), db.ForUpdate(tx)); err != nil {
			return err
		}
		if d.State != Linked || d.Version != version {
			return fault.New(fault.Conflict, "device.settled")
		}
		if err := s.loosen(ctx, tx, who, &d, Nowhere, said); err != nil {
			return err
		}
		return s.own(ctx, tx, who, &d, d.Unit, i18n.L("device.note.apart", "device", d.Title()), said)
	})
	return d, err
}

// StandAt says in which commune a device stands that came without one.
func (s *Service) StandAt(ctx context.Context, who access.Actor, id ident.ID, version int64, unit string) (Device, error) {
	var d Device
	if err := who.Need(inventory.Edit); err != nil {
		return d, err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if d, err = byID(ctx, tx, id, who.Within(inventory.Edit, "d.unit"), db.ForUpdate(tx)); err != nil {
			return err
		}
		if d.State != Nowhere || d.Version != version {
			return fault.New(fault.Conflict, "device.settled")
		}
		return s.own(ctx, tx, who, &d, unit, i18n.L("device.note.placed", "device", d.Title()), "")
	})
	return d, err
}
