package install

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

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

var policy = access.Policy{
	"planner":   {inventory.Look, inventory.Edit, inventory.Publish, Plan, Record},
	"officer":   {inventory.Look, Plan, Record},
	"inspector": {inventory.Look, inventory.Inspect, Record},
	"reader":    {inventory.Look},
}

func actor(name string, role access.Role, units ...string) access.Actor {
	return policy.As(access.Actor{ID: ident.ID(name), Name: name, Via: "web", Grants: []access.Grant{{Role: role, Everywhere: len(units) == 0, Units: units}}})
}

var (
	planner   = actor("Lan", "planner")
	officer   = actor("Minh", "officer", dangXa)
	inspector = actor("Thanh", "inspector")
	far       = actor("Xa", "officer", bacSon)
	reader    = actor("Doc", "reader", dangXa)
	nobody    = access.Actor{}
)

type phases []Phase

func (p phases) Phases(context.Context) ([]Phase, error) { return p, nil }

// agents is what agents saw, by asset and name.
type agents map[ident.ID]map[string]Program

func (a agents) HasSoftware(_ context.Context, _ bun.IDB, assets []ident.ID, name string) (map[ident.ID]Program, error) {
	out := map[ident.ID]Program{}
	for _, id := range assets {
		if list, ok := a[id]; ok {
			out[id] = list[name]
		}
	}
	return out, nil
}

type room struct {
	*Service
	t    *testing.T
	at   *clock.Fake
	saw  agents
	vdi  Software
	made int
}

func eachDB(t *testing.T, do func(t *testing.T, r *room)) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at := clock.At(start)
		units, cals := org.NewUnits(d, at), calstore.New(d, at)
		blobs, err := files.Folder(t.TempDir())
		words, bad := i18n.Load(inventory.Locale, Locale, kit.Locale, importer.Locale)
		if _, load := units.LoadBuiltIn(t.Context()); errors.Join(err, bad, load, cals.Seed(t.Context(), start)) != nil {
			t.Fatal(err, bad, load)
		}
		stock := inventory.New(d, at, units, files.New(d, at, blobs), cals, words, importer.New(d, at, words))
		r := &room{t: t, at: at, saw: agents{}}
		r.Service = New(Deps{DB: d, Stock: stock, Units: units, Phases: phases{{"p/2", "Giai đoạn 2", []string{dangXa, bacSon}}}, Evidence: r.saw})
		if err := errors.Join(stock.Seed(t.Context()), r.Seed(t.Context()), r.Seed(t.Context())); err != nil {
			t.Fatal(err)
		}
		all, err := r.Catalogue(t.Context(), reader)
		if err != nil || len(all) != 1 || all[0].Name != shipped.Name {
			t.Fatalf("the virtualization client ships, once: %v %v", all, err)
		}
		r.vdi = all[0]
		do(t, r)
	})
}

func (r *room) pc(unit string) ident.ID {
	r.t.Helper()
	r.made++
	a, err := r.Stock.AddAsset(r.t.Context(), planner, inventory.AssetForm{Unit: unit, Kind: "pc", Name: fmt.Sprint("Máy ", r.made), State: "in_use"})
	if err != nil {
		r.t.Fatal(err)
	}
	return a.ID
}

func (r *room) form(pc ident.ID, kind string, ok bool) RecordForm {
	f := RecordForm{ID: ident.New(r.at.Now()), Software: r.vdi.ID, Asset: pc, Kind: kind, OK: ok, How: Manual}
	if kind == DidTry && !ok || kind == DidRemove {
		f.Why = "không tới được máy chủ"
	}
	return f
}

func (r *room) record(who access.Actor, f RecordForm) Install {
	r.t.Helper()
	i, err := r.Record(r.t.Context(), who, f)
	if err != nil {
		r.t.Fatal(err)
	}
	return i
}

func TestAPhaseIsPlannedAtOnceWithinReachAndCountedPerCommune(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		a := r.pc(dangXa)
		r.pc(dangXa)
		r.pc(bacSon)
		if n, err := r.Plan(t.Context(), officer, PlanForm{Software: r.vdi.ID, Phase: "p/2"}); err != nil || n != 2 {
			t.Fatalf("one's own commune of the phase: %d %v", n, err)
		}
		if n, err := r.Plan(t.Context(), planner, PlanForm{Software: r.vdi.ID, Phase: "p/2"}); err != nil || n != 1 {
			t.Fatalf("the others: %d %v", n, err)
		}
		r.pc(dangXa) // bought later, planned by nobody
		r.record(officer, r.form(a, DidTry, true))
		got, err := r.Progress(t.Context(), planner, r.vdi.ID)
		if err != nil || got[dangXa] != (Tally{PCs: 3, Planned: 1, Works: 1}) || got[bacSon] != (Tally{PCs: 1, Planned: 1}) {
			t.Fatalf("%+v %v", got, err)
		}
		if got[dangXa].Left() != 2 {
			t.Errorf("left: %d", got[dangXa].Left())
		}
		if got, err := r.Progress(t.Context(), officer, r.vdi.ID); err != nil || len(got) != 1 {
			t.Errorf("within reach: %+v %v", got, err)
		}
		for f, kind := range map[PlanForm]fault.Kind{{Software: r.vdi.ID}: fault.Invalid, {Software: r.vdi.ID, Phase: "p/9"}: fault.Invalid, {Software: r.vdi.ID, Unit: bacSon}: fault.Missing, {Software: r.vdi.ID, District: "016"}: fault.Missing} {
			if _, err := r.Plan(t.Context(), officer, f); !fault.Is(err, kind) {
				t.Errorf("%+v: %v", f, err)
			}
		}
	})
}

func TestARecordArrivesOnceAndInTheOrderOfItsMoments(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		pc := r.pc(dangXa)
		try := r.form(pc, DidTry, false)
		r.at.Move(time.Hour)
		install := r.form(pc, DidInstall, false)
		install.ProgramVersion, install.At = "4.3.0", start.Add(10*time.Minute)
		try.At = start.Add(20 * time.Minute)
		if i := r.record(officer, try); i.State != Fails || i.InstalledAt != nil || i.Why == "" {
			t.Fatalf("tried: %+v", i)
		}
		i := r.record(inspector, install)
		if i.State != Fails || i.InstalledAt == nil || !i.InstalledAt.Equal(install.At) || i.ProgramVersion != "4.3.0" || i.InstalledSource != readiness.Seen {
			t.Fatalf("what arrives later and was earlier changes no later result: %+v", i)
		}
		for range 3 {
			if again := r.record(officer, try); again.Version != i.Version {
				t.Fatal("sent again, recorded again")
			}
		}
		_, events, err := r.OfAsset(t.Context(), reader, pc)
		if err != nil || len(events) != 2 {
			t.Fatalf("%+v %v", events, err)
		}
		ok := r.form(pc, DidTry, true)
		if i := r.record(officer, ok); i.State != Works || i.TesterName != "Minh" || i.TriedSource != readiness.Declared {
			t.Fatalf("%+v", i)
		}
		if i := r.record(officer, r.form(pc, DidRemove, false)); i.State != Planned || i.InstalledAt != nil {
			t.Fatalf("removed: %+v", i)
		}
		other := r.pc(dangXa)
		wrong := try
		wrong.Asset = other
		if _, err := r.Record(t.Context(), officer, wrong); !fault.Is(err, fault.Invalid) {
			t.Errorf("one ID names one record: %v", err)
		}
	})
}

func TestWhatABrowserOrAnAgentToldIsMeasured(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		pc, silent, old := r.pc(dangXa), r.pc(dangXa), r.pc(dangXa)
		f := r.form(pc, DidTry, true)
		f.How, f.MS = Browser, 42
		if _, err := r.Record(t.Context(), officer, f); !fault.Is(err, fault.Invalid) {
			t.Fatalf("without an address no browser can tell: %v", err)
		}
		r.vdi.Reach, r.vdi.MinVersion = "https://vdi.hanoi.gov.vn", "4.2"
		var err error
		if r.vdi, err = r.SaveSoftware(t.Context(), planner, r.vdi); err != nil {
			t.Fatal(err)
		}
		if i := r.record(officer, f); i.TriedSource != readiness.Measured || i.TriedMS != 42 || i.State != Works {
			t.Fatalf("%+v", i)
		}
		if _, err := r.Plan(t.Context(), planner, PlanForm{Software: r.vdi.ID, Unit: dangXa}); err != nil {
			t.Fatal(err)
		}
		r.saw[pc] = map[string]Program{"Horizon Client": {"VMware Horizon Client", "4.3.0"}}
		r.saw[old] = map[string]Program{"Citrix Receiver": {"Citrix Receiver", "4.1.9"}}
		if n, err := r.Sweep(t.Context()); err != nil || n != 1 {
			t.Fatalf("swept %d %v", n, err)
		}
		if n, err := r.Sweep(t.Context()); err != nil || n != 0 {
			t.Fatalf("a machine's word is taken once: %d %v", n, err)
		}
		rows, err := r.OfUnit(t.Context(), officer, dangXa)
		if err != nil {
			t.Fatal(err)
		}
		got := map[ident.ID]Line{}
		for _, l := range rows {
			got[l.Asset] = l
		}
		if x := got[pc]; x.InstalledSource != readiness.Measured || x.ProgramVersion != "4.3.0" || x.State != Works {
			t.Errorf("seen by the agent: %+v", x)
		}
		if got[silent].State != Planned || got[old].State != Planned {
			t.Errorf("nothing known, or too old: %s %s", got[silent].State, got[old].State)
		}
	})
}

func TestInstallingIsForThoseWhoMayInTheirUnits(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		pc := r.pc(dangXa)
		printer, err := r.Stock.AddAsset(t.Context(), planner, inventory.AssetForm{Unit: dangXa, Kind: "printer", Name: "Canon", State: "in_use"})
		if err != nil {
			t.Fatal(err)
		}
		uses := map[string]func(who access.Actor) error{
			"record": func(who access.Actor) error {
				_, err := r.Record(t.Context(), who, r.form(pc, DidInstall, false))
				return err
			},
			"plan": func(who access.Actor) error {
				_, err := r.Plan(t.Context(), who, PlanForm{Software: r.vdi.ID, Unit: dangXa})
				return err
			},
		}
		for name, use := range uses {
			for who, kind := range map[*access.Actor]fault.Kind{&far: fault.Missing, &reader: fault.Denied, &nobody: fault.SignIn} {
				if err := use(*who); !fault.Is(err, kind) {
					t.Errorf("%s by %s: %v", name, who.Name, err)
				}
			}
			if err := use(officer); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for who, kind := range map[*access.Actor]fault.Kind{&officer: fault.Denied, &reader: fault.Denied, &nobody: fault.SignIn} {
			if _, err := r.SaveSoftware(t.Context(), *who, Software{Name: "x"}); !fault.Is(err, kind) {
				t.Errorf("catalogue by %s: %v", who.Name, err)
			}
		}
		if _, err := r.Record(t.Context(), officer, r.form(printer.ID, DidInstall, false)); !fault.Is(err, fault.Invalid) {
			t.Errorf("a printer: %v", err)
		}
		bad := r.form(pc, DidTry, false)
		bad.Why = " "
		if _, err := r.Record(t.Context(), officer, bad); !fault.Is(err, fault.Invalid) {
			t.Errorf("a failure has a reason: %v", err)
		}
		if _, err := r.OfUnit(t.Context(), far, dangXa); !fault.Is(err, fault.Missing) {
			t.Errorf("look: %v", err)
		}
	})
}

func TestTheCatalogueRefusesWhatItCannotUse(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		for _, f := range []Software{{}, {Name: "x", Phase: "p/9"}, {Name: strings.Repeat("x", 241)}, {Name: "x", Reach: "javascript:alert(1)"}, {Name: "x", Reach: "https://a b"},
			{Name: "x", Reach: "https://a;script-src *"}, {Name: "x", Reach: "//evil"}, {Name: "x", Reach: "https://u:p@host"}, {Name: shipped.Name}} {
			if _, err := r.SaveSoftware(t.Context(), planner, f); !fault.Is(err, fault.Invalid) {
				t.Errorf("%+v: %v", f, err)
			}
		}
		if _, err := r.SaveSoftware(t.Context(), planner, Software{Name: shipped.Name, Phase: "p/2", Reach: "/healthz", Active: true}); err != nil {
			t.Error("the same name in a phase of its own", err)
		}
		r.vdi.Version = 9
		if _, err := r.SaveSoftware(t.Context(), planner, r.vdi); !fault.Is(err, fault.Conflict) {
			t.Errorf("lost update: %v", err)
		}
	})
}

// Records of several phones arrive in any order; what stands is the same.
func TestWhatStandsDoesNotDependOnTheOrderOfArrival(t *testing.T) {
	kinds := []string{DidInstall, DidTry, DidRemove}
	sources := []readiness.Source{readiness.Declared, readiness.Measured, readiness.Seen}
	for seed := range uint64(400) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		events := make([]Event, rnd.IntN(7))
		for i := range events {
			events[i] = Event{ID: ident.ID(fmt.Sprint(i)), Kind: kinds[rnd.IntN(3)], OK: rnd.IntN(2) == 0, Source: sources[rnd.IntN(3)], At: start.Add(time.Duration(rnd.IntN(4)) * time.Minute), ByName: fmt.Sprint(i)}
		}
		want := Fold(Install{}, events)
		rnd.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		if got := Fold(want, events); !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: %+v, then %+v", seed, want, got)
		}
		if (want.State == Works) && want.InstalledAt == nil || (want.State == Planned) != (want.InstalledAt == nil && want.TriedAt == nil) {
			t.Fatalf("seed %d: %+v", seed, want)
		}
	}
}

func TestVersionsCompareNumberByNumber(t *testing.T) {
	for _, c := range []struct {
		version, least string
		want           bool
	}{{"4.10", "4.9", true}, {"4.9", "4.10", false}, {"4.3.0", "4.3", true}, {"4.3", "4.3.1", false}, {"", "", true}, {"", "1", false}, {"15.1.0.4", "4", true}, {"4.1-b2", "4.1", true}, {"99999999999999999999999", "1", true}} {
		if got := AtLeast(c.version, c.least); got != c.want {
			t.Errorf("%q at least %q: %v", c.version, c.least, got)
		}
	}
}

func FuzzAtLeast(f *testing.F) {
	f.Add("4.10", "4.9")
	f.Add("", "1.0-beta")
	f.Add("a..b", ".")
	f.Fuzz(func(t *testing.T, a, b string) {
		if a != "" && !AtLeast(a, a) {
			t.Errorf("%q is older than itself", a)
		}
		if a != "" && b != "" && !AtLeast(a, b) && !AtLeast(b, a) {
			t.Errorf("%q and %q are older than each other", a, b)
		}
	})
}
