package device

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/inventory"
	"lotrinh/inventory/agent"
	"lotrinh/inventory/identity"
	"lotrinh/inventory/readiness"
)

// attach keeps what stands at a device. A thing with a serial number that an asset of
// its kind has is that asset; what else there is a person says.
func (s *Service) attach(ctx context.Context, tx *db.Tx, now []Thing, d Device, fresh bool) error {
	var have []Attached
	if !fresh {
		if err := tx.NewSelect().Model(&have).Where("dt.device = ?", d.ID).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	var news []Attached
	for _, t := range now {
		i := slices.IndexFunc(have, func(h Attached) bool { return h.Thing == t.Key })
		if i < 0 || have[i].Gone || have[i].Unit != d.Unit {
			one := Attached{Device: d.ID, Thing: t.Key, Unit: d.Unit, Kind: t.Kind, Name: short(t.Name, 120), Serial: short(t.Serial, 60), FirstAt: d.TakenAt}
			if i >= 0 {
				one.Asset = have[i].Asset
			}
			news = append(news, one)
		}
	}
	var gone []string
	for _, h := range have {
		if !h.Gone && !slices.ContainsFunc(now, func(t Thing) bool { return t.Key == h.Thing }) {
			gone = append(gone, h.Thing)
		}
	}
	if len(gone) > 0 {
		if _, err := tx.NewRaw("UPDATE device_thing SET gone = TRUE WHERE device = ? AND thing IN (?)", d.ID, bun.List(gone)).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return s.addThings(ctx, tx, news)
}

func (s *Service) addThings(ctx context.Context, tx *db.Tx, news []Attached) error {
	if len(news) == 0 {
		return nil
	}
	var serials []string
	for _, t := range news {
		if t.Serial != "" && t.Asset == "" {
			serials = append(serials, t.Serial)
		}
	}
	known, err := s.Stock.BySerial(ctx, tx, serials)
	if err != nil {
		return err
	}
	for i, t := range news {
		for _, a := range known {
			if t.Asset == "" && a.Kind == t.Kind && a.Serial == t.Serial {
				news[i].Asset = a.ID
			}
		}
	}
	_, err = tx.NewInsert().Model(&news).On("CONFLICT (device, thing) DO UPDATE").Set("unit = EXCLUDED.unit").Set("name = EXCLUDED.name").
		Set("asset = EXCLUDED.asset").Set("gone = EXCLUDED.gone").Exec(ctx)
	return db.Sorted(err)
}

// thingFacts say that the things at a device that are assets of the same commune are there.
func (s *Service) thingFacts(ctx context.Context, tx *db.Tx, a arrived, d Device) ([]inventory.Fact, error) {
	if len(a.things) == 0 {
		return nil, nil
	}
	var linked []ident.ID
	err := tx.NewSelect().Model((*Attached)(nil)).Column("asset").Where("dt.device = ?", d.ID).Where("dt.asset <> ''").Where("NOT dt.gone").Scan(ctx, &linked)
	if err != nil {
		return nil, db.Sorted(err)
	}
	assets, err := s.Stock.AssetsIn(ctx, tx, machine(), inventory.Look, linked)
	if err != nil {
		return nil, err
	}
	var out []inventory.Fact
	for _, x := range assets {
		if slices.Contains(a.Units, x.Unit) && (a.Unit == "" || a.Unit == x.Unit) {
			out = append(out, s.present(d, x, a.TakenAt, a.Message))
		}
	}
	return out, nil
}

// present says that an asset is there.
func (s *Service) present(d Device, x inventory.Asset, at time.Time, message ident.ID) inventory.Fact {
	now := s.Business.Now()
	return inventory.Fact{ID: ident.New(now), Asset: x.ID, Unit: x.Unit, Name: readiness.Present, Value: "yes", Source: readiness.Measured, ObservedAt: at,
		Observer: d.ID, ObserverName: short(d.Title(), 120), RecordedAt: now, Current: true, Ref: string(message)}
}

// found keeps the printers that a machine saw in its network.
func (s *Service) found(ctx context.Context, tx *db.Tx, in inventory.Arrival) error {
	d := Device{ID: in.Sender, Unit: in.Unit, Host: string(in.Sender), TakenAt: in.TakenAt}
	if d.Unit == "" {
		d.Unit = in.Scope
	}
	var now []Thing
	for _, f := range in.Found {
		if t, ok := printer(f); ok && !slices.ContainsFunc(now, func(o Thing) bool { return o.Key == t.Key }) {
			now = append(now, t)
		}
	}
	if len(now) == 0 {
		return nil
	}
	var have []Attached
	if err := tx.NewSelect().Model(&have).Where("dt.device = ?", d.ID).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	var news []Attached
	for _, t := range now {
		if !slices.ContainsFunc(have, func(h Attached) bool { return h.Thing == t.Key && !h.Gone && h.Unit == d.Unit }) {
			news = append(news, Attached{Device: d.ID, Thing: t.Key, Unit: d.Unit, Kind: t.Kind, Name: short(t.Name, 120), Serial: short(t.Serial, 60), FirstAt: in.TakenAt})
		}
	}
	if err := s.addThings(ctx, tx, news); err != nil {
		return err
	}
	facts, err := s.thingFacts(ctx, tx, arrived{Arrival: in, things: now}, d)
	if err != nil {
		return err
	}
	return s.Stock.RecordIn(ctx, tx, facts)
}

// printer is a printer of the network; what could not be asked, and other things, are none.
func printer(f agent.Device) (Thing, bool) {
	serial := identity.CleanSerial(f.Serial)
	name := strings.Join(strings.Fields(withMaker(f.Manufacturer, f.Model)), " ")
	if f.Error != "" || f.Type != "PRINTER" || serial == "" && f.MAC == "" {
		return Thing{}, false
	}
	if name == "" {
		name = f.Name
	}
	if name == "" {
		name = serial + f.MAC
	}
	key := serial
	if key == "" {
		key = fold.Key(f.MAC)
	}
	return Thing{Kind: inventory.Printer, Key: string(inventory.Printer) + "|" + key, Name: name, Serial: serial}, true
}

// Register says which asset a thing at a device is: one of its commune, or, with no
// asset given, a new one.
func (s *Service) Register(ctx context.Context, who access.Actor, device ident.ID, thing string, asset ident.ID) (inventory.Asset, error) {
	var made inventory.Asset
	if err := who.Need(inventory.Edit); err != nil {
		return made, err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var t Attached
		err := tx.NewSelect().Model(&t).Where("dt.device = ?", device).Where("dt.thing = ?", thing).Apply(who.Within(inventory.Edit, "dt.unit"), db.ForUpdate(tx)).Scan(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if t.Asset != "" {
			return fault.New(fault.Conflict, "device.settled")
		}
		if made, err = s.thingAsset(ctx, tx, who, t, asset); err != nil {
			return err
		}
		if _, err := tx.NewRaw("UPDATE device_thing SET asset = ? WHERE device = ? AND thing = ?", made.ID, device, thing).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		now := s.Business.Now()
		err = trail.Write(ctx, tx, now, who, "inventory.device.registered", string(device), map[string][2]any{"thing": {nil, thing}, "asset": {nil, made.ID}}, trail.At(made.Unit))
		if err != nil {
			return err
		}
		if err := s.Stock.NoteIn(ctx, tx, made.Unit, string(made.ID), who, i18n.L("device.note.registered", "name", t.Name), ""); err != nil {
			return err
		}
		d := Device{ID: device, Host: t.Name}
		at := t.FirstAt
		if real, err := byID(ctx, tx, device); err == nil {
			d, at = real, real.TakenAt
		} else if !fault.Is(err, fault.Missing) {
			return err
		}
		return s.Stock.RecordIn(ctx, tx, []inventory.Fact{s.present(d, made, at, d.Message)})
	})
	return made, err
}

func (s *Service) thingAsset(ctx context.Context, tx *db.Tx, who access.Actor, t Attached, asset ident.ID) (inventory.Asset, error) {
	if asset == "" {
		f := inventory.AssetForm{Unit: t.Unit, Kind: string(t.Kind), Name: t.Name, State: string(inventory.InUse), Measured: true}
		free, err := s.Stock.SerialFree(ctx, tx, t.Kind, t.Serial)
		if err != nil {
			return inventory.Asset{}, err
		}
		if free {
			f.Serial = t.Serial
		}
		made, err := s.Stock.AddIn(ctx, tx, who, []inventory.AssetForm{f})
		if err != nil {
			return inventory.Asset{}, err
		}
		return made[0], nil
	}
	a, err := s.Stock.AssetIn(ctx, tx, who, inventory.Edit, asset)
	if err != nil {
		return a, err
	}
	if a.Unit != t.Unit || a.Kind != t.Kind {
		return a, fault.New(fault.Conflict, "device.thing.other")
	}
	return a, nil
}
