package device

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
	"lotrinh/inventory"
	"lotrinh/inventory/identity"
	"lotrinh/inventory/readiness"
)

// link says which asset a device is: as before, by its evidence, a new one where nobody
// knows it, or none yet.
func (s *Service) link(ctx context.Context, tx *db.Tx, a arrived, d *Device, said *decided, fresh bool) error {
	switch {
	case !fresh && d.State == Doubted:
		return nil
	case !fresh && d.State == Linked:
		have, err := s.Stock.Machines(ctx, tx, []ident.ID{d.Asset}, nil)
		if err != nil {
			return err
		}
		if len(have) > 0 {
			said.known = &have[0]
			return nil
		}
		d.Asset = "" // an import that made it was undone
	case fresh:
		why, err := written(said.why)
		if err != nil {
			return err
		}
		d.WhyJSON = why
		if len(said.findings) > 0 {
			d.Finding = said.findings[0]
		}
		switch said.verdict {
		case identity.Link:
			d.Asset, d.State = said.asset, Linked
			return nil
		case identity.Review:
			d.State = Doubted
			return nil
		}
	}
	if a.Unit == "" {
		d.State = Nowhere
		return nil
	}
	made, err := s.make(ctx, tx, a.Who, *d, a.Unit)
	if err != nil {
		return err
	}
	d.Asset, d.State, said.made = made.ID, Linked, true
	return nil
}

// make records the asset that a device is.
func (s *Service) make(ctx context.Context, tx *db.Tx, who access.Actor, d Device, unit string) (inventory.Asset, error) {
	f := inventory.AssetForm{Unit: unit, Kind: string(inventory.PC), Name: short(cmp.Or(d.Model, d.Host, d.AgentID, string(d.ID)), 120), State: string(inventory.InUse), Measured: true}
	free, err := s.Stock.SerialFree(ctx, tx, inventory.PC, d.Serial)
	if err != nil {
		return inventory.Asset{}, err
	}
	if free {
		f.Serial = short(d.Serial, 60)
	}
	made, err := s.Stock.AddIn(ctx, tx, who, []inventory.AssetForm{f})
	if err != nil {
		return inventory.Asset{}, err
	}
	return made[0], nil
}

func short(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

// save writes the device with its marks; a new one with its doubt and the first line of
// its history.
func (s *Service) save(ctx context.Context, tx *db.Tx, a arrived, d *Device, said decided, fresh bool) error {
	if !fresh {
		if found := said.findings; len(found) > 0 && found[0] != d.Finding {
			d.Finding = found[0]
			if err := remember(ctx, tx, a, *d, i18n.L("identity.found."+string(d.Finding))); err != nil {
				return err
			}
		}
		if err := db.Changed(tx.NewUpdate().Model(d).ExcludeColumn("first_at").Where("id = ?", d.ID).Exec(ctx)); err != nil {
			return err
		}
		return renew(ctx, tx, d.ID, said.marks, a.marks)
	}
	if err := insert(ctx, tx, *d); err != nil {
		return err
	}
	if err := renew(ctx, tx, d.ID, nil, a.marks); err != nil {
		return err
	}
	if err := remember(ctx, tx, a, *d, i18n.L("device.change.first", "agent", d.Agent)); err != nil {
		return err
	}
	if d.Finding != "" {
		if err := remember(ctx, tx, a, *d, i18n.L("identity.found."+string(d.Finding))); err != nil {
			return err
		}
	}
	if d.State == Doubted {
		return s.doubt(ctx, tx, a, *d, said)
	}
	if d.State != Linked || said.made {
		return nil
	}
	return s.linked(ctx, tx, a.Who, *d, i18n.L("device.note.linked", "device", d.Title()), "")
}

// linked writes into the history of the asset that a device was linked to it.
func (s *Service) linked(ctx context.Context, tx *db.Tx, who access.Actor, d Device, line i18n.Line, said string) error {
	asset, err := s.Stock.AssetIn(ctx, tx, machine(), inventory.Look, d.Asset)
	if err != nil {
		return err
	}
	if err := s.Stock.NoteIn(ctx, tx, asset.Unit, string(asset.ID), who, line, said); err != nil {
		return err
	}
	return trail.Write(ctx, tx, s.Business.Now(), who, "inventory.device.linked", string(d.ID), map[string][2]any{"asset": {nil, d.Asset}}, trail.At(asset.Unit))
}

// renew writes the marks that changed. What the report says nothing of stays.
func renew(ctx context.Context, tx *db.Tx, id ident.ID, before, now []identity.Mark) error {
	told := map[identity.Kind]bool{}
	for _, m := range now {
		told[m.Kind] = true
	}
	same := func(m identity.Mark) func(identity.Mark) bool {
		return func(o identity.Mark) bool { return o.Kind == m.Kind && o.Value == m.Value }
	}
	for _, m := range before {
		if told[m.Kind] && !slices.ContainsFunc(now, same(m)) {
			if _, err := tx.NewRaw("DELETE FROM device_mark WHERE device = ? AND kind = ? AND value = ?", id, m.Kind, m.Value).Exec(ctx); err != nil {
				return db.Sorted(err)
			}
		}
	}
	var rows []markRow
	for _, m := range now {
		if !slices.ContainsFunc(before, same(m)) && !slices.ContainsFunc(rows, func(r markRow) bool { return r.Kind == m.Kind && r.Value == m.Value }) {
			rows = append(rows, markRow{Device: id, Kind: m.Kind, Value: m.Value, Maker: m.Maker})
		}
	}
	return insert(ctx, tx, rows...)
}

// doubt puts a device into the queue of those that a person must look at.
func (s *Service) doubt(ctx context.Context, tx *db.Tx, a arrived, d Device, said decided) error {
	matches, err := written(said.matches)
	if err != nil {
		return err
	}
	row := Doubt{ID: ident.New(a.now), Device: d.ID, Unit: d.Unit, MatchesJSON: matches, State: Open, Asset: said.asset, MadeAt: a.now, Version: 1}
	if err := insert(ctx, tx, row); err != nil {
		return err
	}
	return outbox.Write(ctx, tx, a.now, Doubtful{Doubt: row.ID, Device: d.ID, Asset: row.Asset, Unit: d.Unit})
}

// tell puts what the report says of the asset beside what is known of it. A sender tells
// of its own units only; of an asset that stands elsewhere it says that it was seen, and
// away is true.
func (s *Service) tell(ctx context.Context, tx *db.Tx, a arrived, d Device, known *inventory.Asset) (away bool, err error) {
	if known == nil {
		asset, err := s.Stock.AssetIn(ctx, tx, machine(), inventory.Look, d.Asset)
		if err != nil {
			return false, err
		}
		known = &asset
	}
	asset := *known
	away, trusted, err := s.seen(ctx, tx, a, d, asset)
	if err != nil || !trusted {
		return away, err
	}
	facts := s.facts(d, asset, a.reading.Facts, a.TakenAt)
	more, err := s.thingFacts(ctx, tx, a, d)
	if err != nil {
		return away, err
	}
	return away, s.Stock.RecordIn(ctx, tx, append(facts, more...))
}

// facts are what a device measured, as facts of an asset.
func (s *Service) facts(d Device, asset inventory.Asset, told map[string]string, at time.Time) []inventory.Fact {
	now := s.Business.Now()
	fact := func(name, value string) inventory.Fact {
		return inventory.Fact{ID: ident.New(now), Asset: asset.ID, Unit: asset.Unit, Name: name, Value: value, Source: readiness.Measured, ObservedAt: at,
			Observer: d.ID, ObserverName: short(cmp.Or(d.Agent, d.Title()), 120), RecordedAt: now, Current: true, Ref: string(d.Message)}
	}
	out := []inventory.Fact{fact(readiness.Present, "yes")}
	for _, name := range slices.Sorted(maps.Keys(told)) {
		out = append(out, fact(name, told[name]))
	}
	return out
}
