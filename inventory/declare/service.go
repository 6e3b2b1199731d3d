package declare

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/inventory"
	"lotrinh/inventory/readiness"
)

// Area is under which the pictures of declarations are kept.
const Area = "inventory.declaration"

// MaxPhotos is how many pictures a declaration has at most.
const MaxPhotos = 4

// longestNote is how many letters a remark may have.
const longestNote = 1000

// states are what somebody who stands before a thing can say of it.
var states = []inventory.State{inventory.InUse, inventory.Spare, inventory.Broken, inventory.Repair}

// Declaration is what somebody declared of a piece of equipment.
type Declaration struct {
	bun.BaseModel `bun:"table:asset_declaration,alias:ad"`
	ID            ident.ID        `bun:"id,pk"`
	Unit          string          `bun:"unit"`
	Asset         ident.ID        `bun:"asset"`
	Made          bool            `bun:"made"` // the inventory did not know it before
	State         inventory.State `bun:"state"`
	Note          string          `bun:"note"`
	At            time.Time       `bun:"at"`
	ArrivedAt     time.Time       `bun:"arrived_at"`
	By            ident.ID        `bun:"by_account"`
	ByName        string          `bun:"by_name"`
}

// Form is what somebody declares. ID was made on the phone. Asset is empty for what the
// inventory does not know yet; Version is what the phone knew of it.
type Form struct {
	ID, Asset                              ident.ID
	Unit, Kind, Name, Serial, Place, State string
	Note                                   string
	Facts                                  map[string]string
	Version                                int64
	At                                     time.Time
}

// Deps is what this room stands on.
type Deps struct {
	DB    *db.DB
	Stock *inventory.Service
	Files *files.Store
}

// Service takes declarations.
type Service struct{ Deps }

// New is the room over its neighbours.
func New(d Deps) *Service { return &Service{d} }

func (f *Form) check(photos int) (map[string]string, error) {
	f.Note = strings.TrimSpace(fold.NFC(f.Note))
	f.Serial = strings.ToUpper(strings.Join(strings.Fields(fold.NFC(f.Serial)), " "))
	_, bad := ident.Parse(string(f.ID))
	var k fault.Check
	k.Need(bad == nil, "id", "declare.form.id")
	k.Need(slices.Contains(states, inventory.State(f.State)), "state", "declare.form.state_needed")
	k.Need(utf8.RuneCountInString(f.Note) <= longestNote, "note", "declare.form.long", "limit", longestNote)
	k.Need(photos > 0, "photos", "declare.form.photo_needed")
	k.Need(photos <= MaxPhotos, "photos", "files.too_many", "limit", MaxPhotos)
	known := map[string]string{}
	for _, n := range inventory.FactNames(inventory.Kind(f.Kind)) {
		raw := strings.TrimSpace(f.Facts[n])
		if raw == "" {
			continue
		}
		v, err := inventory.ReadFact(n, raw)
		if err != nil {
			e := fault.Of(err)
			k.Need(false, "facts."+n, e.Key, e.Args...)
		}
		known[n] = v
	}
	return known, k.Err()
}

// Declare takes a declaration with its pictures, once however often it is sent.
func (s *Service) Declare(ctx context.Context, who access.Actor, f Form, photos []files.Blob) (Declaration, error) {
	if err := who.NeedAt(inventory.Edit, f.Unit); err != nil {
		return Declaration{}, err
	}
	var d Declaration
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		done, err := s.before(ctx, tx, who, f.ID)
		if err != nil || done != nil {
			if done != nil {
				d = *done
			}
			return err
		}
		known, err := f.check(len(photos))
		if err != nil {
			return err
		}
		now := s.Stock.Now()
		d = Declaration{ID: f.ID, Unit: f.Unit, State: inventory.State(f.State), Note: f.Note, At: f.At, ArrivedAt: now, By: who.ID, ByName: who.Name}
		if d.At.IsZero() || d.At.After(now) {
			d.At = now
		}
		a, err := s.thing(ctx, tx, who, f, &d)
		if err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&d).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		for _, b := range photos {
			if _, err := files.Attach(ctx, tx, now, who, b, files.Owner{Area: Area, Subject: string(d.ID), Unit: d.Unit}); err != nil {
				return err
			}
		}
		known[readiness.Present] = "yes"
		if err := s.Stock.RecordIn(ctx, tx, factsOf(d, who, now, known)); err != nil {
			return err
		}
		if err := s.Stock.NoteIn(ctx, tx, d.Unit, string(a.ID), who, i18n.L("declare.note", "code", a.Code, "n", len(photos)), d.Note); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "inventory.asset.declared", string(a.ID), map[string][2]any{"declaration": {nil, d.ID}, "state": {nil, d.State}, "photos": {nil, len(photos)}}, trail.At(d.Unit))
	})
	return d, err
}

// before is the declaration that this one repeats, or nil.
func (s *Service) before(ctx context.Context, tx *db.Tx, who access.Actor, id ident.ID) (*Declaration, error) {
	var rows []Declaration
	if err := tx.NewSelect().Model(&rows).Where("ad.id = ?", id).Scan(ctx); err != nil || len(rows) == 0 {
		return nil, db.Sorted(err)
	}
	if rows[0].By != who.ID {
		return nil, fault.New(fault.Invalid, "declare.form.id")
	}
	return &rows[0], nil
}

func factsOf(d Declaration, who access.Actor, now time.Time, known map[string]string) []inventory.Fact {
	var out []inventory.Fact
	for name, value := range known {
		out = append(out, inventory.Fact{ID: ident.New(now), Asset: d.Asset, Unit: d.Unit, Name: name, Value: value, Source: readiness.Photo, ObservedAt: d.At,
			Observer: who.ID, ObserverName: who.Name, RecordedAt: now, Current: true, Ref: "declaration:" + string(d.ID)})
	}
	return out
}

// thing is the asset that a declaration is about, in the state that it declares: the
// one it names, the one with its serial number in the commune, or a new one.
func (s *Service) thing(ctx context.Context, tx *db.Tx, who access.Actor, f Form, d *Declaration) (inventory.Asset, error) {
	var k fault.Check
	if f.Asset == "" && f.Serial != "" {
		var same []inventory.Asset
		if err := tx.NewSelect().Model(&same).Where("a.serial = ?", f.Serial).Where("a.serial <> ''").Where("a.kind = ?", f.Kind).Limit(1).Scan(ctx); err != nil {
			return inventory.Asset{}, db.Sorted(err)
		}
		if len(same) > 0 {
			k.Need(same[0].Unit == f.Unit, "serial", "declare.form.serial_elsewhere")
			if err := k.Err(); err != nil {
				return inventory.Asset{}, err
			}
			f.Asset, f.Version = same[0].ID, 0
		}
	}
	if f.Asset == "" {
		made, err := s.Stock.AddIn(ctx, tx, who, []inventory.AssetForm{{Unit: f.Unit, Kind: f.Kind, Name: f.Name, Serial: f.Serial, Place: f.Place, State: f.State, Facts: map[string]string{}}})
		if err != nil {
			return inventory.Asset{}, err
		}
		d.Asset, d.Made = made[0].ID, true
		return made[0], nil
	}
	a, err := s.Stock.AssetIn(ctx, tx, who, inventory.Edit, f.Asset, db.ForUpdate(tx))
	if err != nil {
		return a, err
	}
	k.Need(a.Unit == f.Unit, "asset", "declare.form.other_unit")
	if err := k.Err(); err != nil {
		return a, err
	}
	d.Asset = a.ID
	if a.State == d.State {
		return a, nil
	}
	if f.Version != 0 && f.Version != a.Version {
		return a, fault.New(fault.Conflict, "fault.changed_meanwhile")
	}
	return s.Stock.MoveAssetIn(ctx, tx, who, a.ID, d.State, f.Note)
}

// OfAsset are the declarations about an asset, newest first, with their pictures.
func (s *Service) OfAsset(ctx context.Context, who access.Actor, asset ident.ID) ([]Declaration, map[string][]files.File, error) {
	if err := who.Need(inventory.Look); err != nil {
		return nil, nil, err
	}
	var rows []Declaration
	err := s.DB.Read().NewSelect().Model(&rows).Where("ad.asset = ?", asset).Apply(who.Within(inventory.Look, "ad.unit")).Order("ad.id DESC").Limit(10).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return nil, nil, db.Sorted(err)
	}
	ids := make([]string, len(rows))
	for i, d := range rows {
		ids[i] = string(d.ID)
	}
	photos, err := s.Files.Of(ctx, Area, ids...)
	return rows, photos, err
}

// Photo is a picture of a declaration within reach.
func (s *Service) Photo(ctx context.Context, who access.Actor, id ident.ID) (files.File, error) {
	if err := who.Need(inventory.Look); err != nil {
		return files.File{}, err
	}
	f, err := s.Files.Get(ctx, Area, id)
	if err != nil {
		return files.File{}, err
	}
	return f, who.NeedAt(inventory.Look, f.Unit)
}
