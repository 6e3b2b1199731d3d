package stocktake

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
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
	"lotrinh/internal/kit/page"
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

var policy = access.Policy{
	"coordinator": {inventory.Look, inventory.Edit, Take},
	"officer":     {inventory.Look, inventory.Edit, Take},
	"inspector":   {inventory.Look, inventory.Inspect, Take},
	"reader":      {inventory.Look},
}

func actor(name string, role access.Role, units ...string) access.Actor {
	return policy.As(access.Actor{ID: ident.ID(name), Name: name, Via: "web", Grants: []access.Grant{{Role: role, Everywhere: len(units) == 0, Units: units}}})
}

var (
	all       = actor("Lan", "coordinator")
	officer   = actor("Minh", "officer", dangXa)
	colleague = actor("Hoa", "officer", dangXa)
	inspector = actor("Thanh", "inspector", dangXa)
	far       = actor("Xa", "officer", bacSon)
	reader    = actor("Doc", "reader", dangXa)
	nobody    = access.Actor{}
)

type room struct {
	*Service
	t  *testing.T
	at *clock.Fake
	n  int
}

func eachDB(t *testing.T, do func(t *testing.T, r *room)) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at := clock.At(start)
		units, cals := org.NewUnits(d, at), calstore.New(d, at)
		if _, err := units.LoadBuiltIn(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := cals.Seed(t.Context(), start); err != nil {
			t.Fatal(err)
		}
		blobs, err := files.Folder(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		words, err := i18n.Load(inventory.Locale, Locale, kit.Locale, importer.Locale)
		if err != nil {
			t.Fatal(err)
		}
		stock := inventory.New(d, at, units, files.New(d, at, blobs), cals, words, importer.New(d, at, words))
		if err := stock.Seed(t.Context()); err != nil {
			t.Fatal(err)
		}
		do(t, &room{Service: New(Deps{DB: d, Stock: stock, Units: units}), t: t, at: at})
	})
}

func (r *room) add(unit string, kind inventory.Kind, state inventory.State, place, serial string) inventory.Asset {
	r.t.Helper()
	r.n++
	a, err := r.Stock.AddAsset(r.t.Context(), all, inventory.AssetForm{Unit: unit, Kind: string(kind), Name: fmt.Sprint("Máy ", r.n), Place: place, Serial: serial, State: string(state)})
	if err != nil {
		r.t.Fatal(err)
	}
	return a
}

func (r *room) start(unit, place string) Count {
	r.t.Helper()
	n, err := r.Start(r.t.Context(), officer, StartForm{unit, place})
	if err != nil {
		r.t.Fatal(err)
	}
	return n
}

func (r *room) scan(who access.Actor, n Count, tag string) Scanned {
	r.t.Helper()
	x, err := r.Scan(r.t.Context(), who, n.ID, ScanForm{ID: ident.New(r.at.Now()), Tag: tag, How: Typed})
	if err != nil {
		r.t.Fatal(err)
	}
	return x
}

func (r *room) result(n Count) (Count, Result, []Proposal) {
	r.t.Helper()
	n, res, ps, err := r.Count(r.t.Context(), officer, n.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	return n, res, ps
}

// present is from which source, and since when, an asset is known to be there.
func (r *room) present(a inventory.Asset, source readiness.Source) (at time.Time) {
	r.t.Helper()
	v, _, err := r.Stock.Asset(r.t.Context(), all, a.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, f := range v.Facts {
		if f.Name == readiness.Present && f.Source == source {
			at = f.ObservedAt
		}
	}
	return at
}

func TestACountSortsIntoFourGroupsAndItsEndWritesFactsAndProposals(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		pc, printer := r.add(dangXa, inventory.PC, inventory.InUse, "Quầy 1", "SN-1"), r.add(dangXa, inventory.Printer, inventory.InUse, "Quầy 2", "")
		gone := r.add(dangXa, inventory.Scanner, inventory.Broken, "", "")
		planned := r.add(dangXa, inventory.Monitor, inventory.Planned, "", "")
		r.add(dangXa, inventory.WANLine, inventory.InUse, "", "")
		other := r.add(bacSon, inventory.PC, inventory.InUse, "", "SN-9")
		n := r.start(dangXa, "")
		r.at.Move(time.Hour)
		scanned := r.at.Now()
		for tag, want := range map[string]Group{"https://lotrinh.example/t/" + pc.Code: Found, strings.ToLower(printer.Code): Found, planned.Code: Surplus, "sn-9": Elsewhere, "XYZ-1": Surplus} {
			who := officer
			if tag == strings.ToLower(printer.Code) {
				who = inspector
			}
			if got := r.scan(who, n, tag); got.Group != want || got.Twice {
				t.Errorf("%s: %s, twice %v", tag, got.Group, got.Twice)
			}
		}
		// the serial number of what is known by its number is the same thing; so is a colleague's scan
		if x := r.scan(colleague, n, "SN-1"); !x.Twice || x.Scan.ByName != "Minh" {
			t.Errorf("a double scan is one: %+v", x)
		}
		if x := r.scan(colleague, n, "xyz-1"); !x.Twice {
			t.Errorf("an unknown tag counts once: %+v", x)
		}
		r.at.Move(time.Hour)
		n, res, _ := r.result(n)
		if len(res.Found) != 2 || len(res.Missing) != 1 || res.Missing[0].Asset != gone.ID || len(res.Surplus) != 2 || len(res.Elsewhere) != 1 || res.Elsewhere[0].Unit != bacSon {
			t.Fatalf("groups: %+v", res)
		}
		if n, err := r.End(t.Context(), officer, n.ID, n.Version, "xong"); err != nil || n.State != Closed {
			t.Fatal(n, err)
		}
		if at := r.present(pc, readiness.Photo); !at.Equal(scanned) {
			t.Errorf("the officer's scan is evidence by photo, when it was scanned: %s", at)
		}
		if at := r.present(printer, readiness.Seen); !at.Equal(scanned) {
			t.Errorf("the inspector's scan is seen: %s", at)
		}
		if at := r.present(other, readiness.Photo); !at.IsZero() {
			t.Errorf("what belongs elsewhere is not recorded as present there: %s", at)
		}
		_, _, ps := r.result(n)
		got := map[Change]ident.ID{}
		for _, p := range ps {
			got[p.Kind] = p.Asset
		}
		if len(ps) != 3 || got[Transfer] != other.ID || got[WriteOff] != gone.ID || got[Use] != planned.ID {
			t.Fatalf("proposals: %+v", ps)
		}
		if a, _, err := r.Stock.Asset(t.Context(), all, other.ID); err != nil || a.Unit != bacSon {
			t.Fatalf("an end moves nothing: %s %v", a.Unit, err)
		}
	})
}

func TestProposalsAreDecidedByThoseWhoMayEditWhereTheAssetIs(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		r.add(dangXa, inventory.PC, inventory.InUse, "", "")
		other := r.add(bacSon, inventory.PC, inventory.InUse, "", "SN-9")
		n := r.start(dangXa, "")
		r.scan(officer, n, "SN-9")
		if _, err := r.End(t.Context(), officer, n.ID, 1, ""); err != nil {
			t.Fatal(err)
		}
		_, _, ps := r.result(n)
		var move, off Proposal
		for _, p := range ps {
			if p.Kind == Transfer {
				move = p
			} else {
				off = p
			}
		}
		for who, kind := range map[*access.Actor]fault.Kind{&officer: fault.Missing, &reader: fault.Denied, &nobody: fault.SignIn} {
			if _, err := r.Decide(t.Context(), *who, move.ID, 1, true, ""); !fault.Is(err, kind) {
				t.Errorf("%s: %v", who.Name, err)
			}
		}
		if _, err := r.Decide(t.Context(), all, move.ID, 1, false, " "); !fault.Is(err, fault.Invalid) {
			t.Errorf("declining needs a reason: %v", err)
		}
		list, err := r.Proposals(t.Context(), far, page.Read("", ""))
		if err != nil || len(list.Items) != 1 || list.Items[0].ID != move.ID {
			t.Errorf("whoever holds the unit that it leaves is asked: %v %v", list.Items, err)
		}
		if _, err := r.Decide(t.Context(), far, move.ID, 1, true, "đúng"); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Decide(t.Context(), all, move.ID, 1, true, ""); !fault.Is(err, fault.Conflict) {
			t.Errorf("a decision is made once: %v", err)
		}
		if a, _, err := r.Stock.Asset(t.Context(), all, other.ID); err != nil || a.Unit != dangXa {
			t.Errorf("accepted: %s %v", a.Unit, err)
		}
		if _, err := r.Decide(t.Context(), officer, off.ID, 1, true, "mất"); err != nil {
			t.Fatal(err)
		}
		if a, _, err := r.Stock.Asset(t.Context(), all, off.Asset); err != nil || a.State != inventory.Retired {
			t.Errorf("written off: %s %v", a.State, err)
		}
	})
}

func TestAScanArrivesOnceAndLateOnesCountWhenTheyWereMadeBeforeTheEnd(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		a := r.add(dangXa, inventory.PC, inventory.InUse, "", "")
		b := r.add(dangXa, inventory.PC, inventory.InUse, "", "")
		n := r.start(dangXa, "")
		first := ScanForm{ID: ident.New(start), Tag: a.Code, How: Camera}
		for i := range 3 {
			x, err := r.Scan(t.Context(), officer, n.ID, first)
			if err != nil || x.Scan.ID != first.ID || x.Twice != (i > 0) {
				t.Fatalf("sending %d: %+v %v", i, x, err)
			}
		}
		r.at.Move(time.Hour)
		made := r.at.Now()
		r.at.Move(time.Hour)
		if _, err := r.End(t.Context(), officer, n.ID, 1, ""); err != nil {
			t.Fatal(err)
		}
		r.at.Move(time.Hour)
		if _, err := r.Scan(t.Context(), officer, n.ID, ScanForm{ID: ident.New(start), Tag: "NEW", How: Typed}); !fault.Is(err, fault.Conflict) {
			t.Errorf("scanned after the end: %v", err)
		}
		if x, err := r.Scan(t.Context(), officer, n.ID, ScanForm{ID: ident.New(start), Tag: b.Code, How: Typed, At: made}); err != nil || x.Group != Found {
			t.Fatalf("%+v %v", x, err)
		}
		if at := r.present(b, readiness.Photo); !at.Equal(made) {
			t.Errorf("the late scan is a fact of its moment: %s", at)
		}
		_, res, ps := r.result(n)
		if len(res.Found) != 2 || len(ps) != 1 || ps[0].State != Withdrawn {
			t.Errorf("the late scan counts: %+v %+v", res, ps)
		}
	})
}

func TestACountIsResumedAndTwoPlacesAreTwoCounts(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		a := r.add(dangXa, inventory.PC, inventory.InUse, "Quầy 1", "")
		b := r.add(dangXa, inventory.PC, inventory.InUse, "Quầy 2", "")
		whole, one := r.start(dangXa, ""), r.start(dangXa, "quay 1")
		if again := r.start(dangXa, " QUẦY  1 "); again.ID != one.ID || whole.ID == one.ID {
			t.Errorf("resumed: %s %s", again.ID, one.ID)
		}
		r.scan(officer, one, a.Code)
		if x := r.scan(officer, one, b.Code); x.Group != Surplus {
			t.Errorf("of another place: %s", x.Group)
		}
		if _, err := r.Cancel(t.Context(), officer, one.ID, 1, ""); !fault.Is(err, fault.Invalid) {
			t.Errorf("a reason is needed: %v", err)
		}
		if _, err := r.Cancel(t.Context(), officer, one.ID, 7, "nhầm"); !fault.Is(err, fault.Conflict) {
			t.Errorf("lost update: %v", err)
		}
		if _, err := r.Cancel(t.Context(), officer, one.ID, 1, "nhầm"); err != nil {
			t.Fatal(err)
		}
		if _, _, ps := r.result(one); len(ps) != 0 || !r.present(a, readiness.Photo).IsZero() {
			t.Error("a cancelled count has no consequence")
		}
		if again := r.start(dangXa, "Quầy 1"); again.ID == one.ID {
			t.Error("a new count after the old one is over")
		}
	})
}

func TestCountingIsForThoseWhoMayInTheirUnits(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		n := r.start(dangXa, "")
		uses := map[string]func(context.Context, access.Actor) error{
			"start": func(ctx context.Context, who access.Actor) error {
				_, err := r.Start(ctx, who, StartForm{dangXa, "x" + string(who.ID)})
				return err
			},
			"scan": func(ctx context.Context, who access.Actor) error {
				_, err := r.Scan(ctx, who, n.ID, ScanForm{ID: ident.New(start), Tag: "A", How: Typed})
				return err
			},
			"end": func(ctx context.Context, who access.Actor) error {
				_, err := r.End(ctx, who, n.ID, 99, "")
				return err
			},
			"look": func(ctx context.Context, who access.Actor) error {
				_, _, _, err := r.Count(ctx, who, n.ID)
				return err
			},
		}
		for name, use := range uses {
			for who, want := range map[*access.Actor]fault.Kind{&far: fault.Missing, &reader: fault.Denied, &nobody: fault.SignIn} {
				if name == "look" && who == &reader {
					continue
				}
				if err := use(t.Context(), *who); !fault.Is(err, want) {
					t.Errorf("%s by %s: %v", name, who.Name, err)
				}
			}
			if err := use(t.Context(), officer); err != nil && !fault.Is(err, fault.Conflict) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if list, err := r.Counts(t.Context(), far, "", page.Read("", "")); err != nil || len(list.Items) != 0 {
			t.Errorf("lists stay within reach: %v %v", list.Items, err)
		}
		if list, err := r.Running(t.Context(), officer, 5); err != nil || len(list) != 2 {
			t.Errorf("running: %v %v", list, err)
		}
	})
}

// Whatever was expected and whatever was scanned, nothing is lost and nothing counts twice.
func TestEveryExpectedAssetAndEveryScanStandsInOneGroup(t *testing.T) {
	for seed := range uint64(300) {
		rnd := rand.New(rand.NewPCG(seed, 4))
		var expected []Expected
		var scans []Scan
		for i := range rnd.IntN(8) {
			expected = append(expected, Expected{Asset: ident.ID(fmt.Sprint(i))})
		}
		for _, i := range rnd.Perm(14)[:rnd.IntN(14)] {
			s := Scan{ID: ident.ID(fmt.Sprint("s", i)), Asset: ident.ID(fmt.Sprint(i)), Unit: []string{dangXa, bacSon}[rnd.IntN(2)]}
			if i > 10 {
				s.Asset, s.Unit = "", ""
			}
			scans = append(scans, s)
		}
		r := Sorted(dangXa, expected, scans)
		var listed, read []ident.ID
		for _, h := range r.Found {
			listed, read = append(listed, h.Expected.Asset), append(read, h.Scan.ID)
			if GroupOf(dangXa, true, h.Scan) != Found {
				t.Fatal("a scan of what is expected is found")
			}
		}
		for _, m := range r.Missing {
			listed = append(listed, m.Asset)
		}
		for g, rows := range map[Group][]Scan{Surplus: r.Surplus, Elsewhere: r.Elsewhere} {
			for _, s := range rows {
				if read = append(read, s.ID); GroupOf(dangXa, false, s) != g {
					t.Fatalf("seed %d: %+v stands in %s", seed, s, g)
				}
			}
		}
		slices.Sort(listed)
		slices.Sort(read)
		if len(slices.Compact(listed)) != len(expected) || len(listed) != len(expected) || len(slices.Compact(read)) != len(scans) || len(read) != len(scans) {
			t.Fatalf("seed %d: %d of %d expected, %d of %d scans", seed, len(listed), len(expected), len(read), len(scans))
		}
	}
}

func FuzzReadTag(f *testing.F) {
	for _, s := range []string{"TB-2016-000042", " tb-2016-000042\n", "https://x/t/TB-1?a=b#c", "?://", "://", "a/b", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tag := ReadTag(s)
		if again := ReadTag(tag); again != tag && !strings.Contains(tag, "://") {
			t.Errorf("%q reads as %q, and that as %q", s, tag, again)
		}
	})
}
