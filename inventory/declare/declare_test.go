package declare

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"testing"
	"time"

	"lotrinh/internal/kit"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/inventory"
	"lotrinh/inventory/readiness"
)

var start = time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC) // 08:00 in Hanoi

const (
	dangXa = "00556" // in Gia Lâm
	bacSon = "00376" // in Sóc Sơn
)

var policy = access.Policy{"officer": {inventory.Look, inventory.Edit}, "reader": {inventory.Look}}

func actor(name string, role access.Role, units ...string) access.Actor {
	return policy.As(access.Actor{ID: ident.ID(name), Name: name, Via: "web", Grants: []access.Grant{{Role: role, Everywhere: len(units) == 0, Units: units}}})
}

var (
	officer   = actor("Minh", "officer", dangXa)
	colleague = actor("Hoa", "officer", dangXa)
	far       = actor("Xa", "officer", bacSon)
	reader    = actor("Doc", "reader", dangXa)
	nobody    = access.Actor{}
)

type room struct {
	*Service
	t  *testing.T
	at *clock.Fake
}

func eachDB(t *testing.T, do func(t *testing.T, r *room)) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at := clock.At(start)
		units, cals := org.NewUnits(d, at), calstore.New(d, at)
		blobs, err := files.Folder(t.TempDir())
		words, bad := i18n.Load(inventory.Locale, Locale, kit.Locale, importer.Locale)
		_, load := units.LoadBuiltIn(t.Context())
		if err := errors.Join(err, bad, load, cals.Seed(t.Context(), start)); err != nil {
			t.Fatal(err)
		}
		store := files.New(d, at, blobs)
		stock := inventory.New(d, at, units, store, cals, words, importer.New(d, at, words))
		if err := stock.Seed(t.Context()); err != nil {
			t.Fatal(err)
		}
		do(t, &room{New(Deps{DB: d, Stock: stock, Files: store}), t, at})
	})
}

func (r *room) photo() []files.Blob {
	r.t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		r.t.Fatal(err)
	}
	one, err := r.Files.Receive(r.t.Context(), files.Photo, "may.png", &b)
	if err != nil {
		r.t.Fatal(err)
	}
	return []files.Blob{one}
}

func (r *room) form() Form {
	return Form{ID: ident.New(r.at.Now()), Unit: dangXa, Kind: "scanner", Name: "Canon DR-C225", Serial: " sn-7 ", State: "in_use"}
}

func (r *room) asset(id ident.ID) inventory.AssetView {
	r.t.Helper()
	a, _, err := r.Stock.Asset(r.t.Context(), officer, id)
	if err != nil {
		r.t.Fatal(err)
	}
	return a
}

func TestADeclarationBecomesAnAssetWithEvidenceByPhotoOnce(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		f := r.form()
		made := r.at.Now()
		f.At = made
		r.at.Move(72 * time.Hour) // longer than any Idempotency-Key is remembered
		first, err := r.Declare(t.Context(), officer, f, r.photo())
		if err != nil || !first.Made {
			t.Fatal(first, err)
		}
		for range 2 {
			again, err := r.Declare(t.Context(), officer, f, nil)
			if err != nil || again.Asset != first.Asset {
				t.Fatalf("sent again: %+v %v", again, err)
			}
		}
		if _, err := r.Declare(t.Context(), colleague, f, r.photo()); !fault.Is(err, fault.Invalid) {
			t.Errorf("an ID is its maker's: %v", err)
		}
		a := r.asset(first.Asset)
		var by time.Time
		for _, x := range a.Facts {
			if x.Name == readiness.Present && x.Source == readiness.Photo {
				by = x.ObservedAt
			}
		}
		if a.Serial != "SN-7" || !by.Equal(made) {
			t.Errorf("%+v, by photo at %s", a.Asset, by)
		}
		rows, photos, err := r.OfAsset(t.Context(), reader, first.Asset)
		if err != nil || len(rows) != 1 || len(photos[string(first.ID)]) != 1 {
			t.Fatal(rows, photos, err)
		}
		p := photos[string(first.ID)][0].ID
		if _, err := r.Photo(t.Context(), reader, p); err != nil {
			t.Error(err)
		}
		if _, err := r.Photo(t.Context(), far, p); !fault.Is(err, fault.Missing) {
			t.Errorf("a picture stays in its unit: %v", err)
		}
	})
}

func TestWhatIsKnownIsNotMadeTwiceAndALostUpdateIsSaid(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		first, err := r.Declare(t.Context(), officer, r.form(), r.photo())
		if err != nil {
			t.Fatal(err)
		}
		same := r.form()
		same.State = "broken"
		d, err := r.Declare(t.Context(), colleague, same, r.photo())
		if err != nil || d.Made || d.Asset != first.Asset || r.asset(d.Asset).State != inventory.Broken {
			t.Fatalf("the same serial number: %+v %v", d, err)
		}
		stale := r.form()
		stale.Asset, stale.Serial, stale.Version, stale.State = first.Asset, "", 1, "spare"
		if _, err := r.Declare(t.Context(), officer, stale, r.photo()); !fault.HasKey(err, "fault.changed_meanwhile") {
			t.Errorf("changed meanwhile: %v", err)
		}
		stale.State = "broken" // says what is so anyway
		if _, err := r.Declare(t.Context(), officer, stale, r.photo()); err != nil {
			t.Errorf("the same state conflicts with nothing: %v", err)
		}
		elsewhere := r.form()
		elsewhere.Unit = bacSon
		if _, err := r.Declare(t.Context(), far, elsewhere, r.photo()); !fault.Is(err, fault.Invalid) {
			t.Errorf("the number of another unit: %v", err)
		}
	})
}

func TestDeclaringIsForThoseWhoMayEditThereAndNeedsAPhoto(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		for who, kind := range map[*access.Actor]fault.Kind{&far: fault.Missing, &reader: fault.Denied, &nobody: fault.SignIn} {
			if _, err := r.Declare(t.Context(), *who, r.form(), r.photo()); !fault.Is(err, kind) {
				t.Errorf("%s: %v", who.Name, err)
			}
		}
		for name, change := range map[string]func(*Form){"no name": func(f *Form) { f.Name = "" }, "no kind": func(f *Form) { f.Kind = "" }, "planned": func(f *Form) { f.State = "planned" },
			"no ID": func(f *Form) { f.ID = "x" }, "a wrong value": func(f *Form) { f.Kind, f.Facts = "pc", map[string]string{"ram_mb": "lots"} }} {
			f := r.form()
			change(&f)
			if _, err := r.Declare(t.Context(), officer, f, r.photo()); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := r.Declare(t.Context(), officer, r.form(), nil); !fault.Is(err, fault.Invalid) {
			t.Errorf("no photo: %v", err)
		}
		if n, err := r.DB.Read().NewSelect().Model((*Declaration)(nil)).Count(t.Context()); err != nil || n != 0 {
			t.Errorf("what is refused leaves nothing: %d %v", n, err)
		}
	})
}
