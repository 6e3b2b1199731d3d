package device

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
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
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/inventory"
	"lotrinh/inventory/agent"
	"lotrinh/inventory/identity"
	"lotrinh/inventory/readiness"
)

var start = time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC) // 08:00 in Hanoi

const (
	giaLam  = "018"
	dangXa  = "00556"
	thanhTr = "020" // Thanh Trì
)

var policy = access.Policy{
	"district_coordinator": {inventory.Look, inventory.Edit},
	"one_stop_officer":     {inventory.Look},
	"planner":              {inventory.Look, inventory.Edit, inventory.Inspect},
}

// house is the room over a store with the units of Hanoi.
type house struct {
	*Service
	t    testing.TB
	at   *clock.Fake
	tree *org.Tree
	kept bodies
}

// bodies are the sections that came, as the intake keeps them.
type bodies map[string][]byte

func (b bodies) Bodies(_ context.Context, _ bun.IDB, hashes []string) (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, h := range hashes {
		if body, ok := b[h]; ok {
			out[h] = body
		}
	}
	return out, nil
}

func build(t testing.TB, d *db.DB) *house {
	t.Helper()
	at := clock.At(start)
	units := org.NewUnits(d, at)
	if _, err := units.LoadBuiltIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	tree, err := units.Tree(t.Context(), start)
	if err != nil {
		t.Fatal(err)
	}
	cals := calstore.New(d, at)
	if err := cals.Seed(t.Context(), start); err != nil {
		t.Fatal(err)
	}
	blobs, err := files.Folder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	words, err := i18n.Load(inventory.Locale, identity.Locale, Locale, kit.Locale, importer.Locale)
	if err != nil {
		t.Fatal(err)
	}
	stock := inventory.New(d, at, units, files.New(d, at, blobs), cals, words, importer.New(d, at, words))
	if err := stock.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	kept := bodies{}
	return &house{Service: New(Deps{DB: d, Business: at, Units: units, Stock: stock, Bodies: kept}), t: t, at: at, tree: tree, kept: kept}
}

func (h *house) as(role access.Role, under string) access.Actor {
	return policy.As(access.Actor{ID: ident.ID("0191f2a0-0000-7000-8000-" + fmt.Sprintf("%012s", role)[:12]), Name: "Nguyễn Thị Hoa", Login: string(role), Via: "web",
		Grants: []access.Grant{{Role: role, Everywhere: under == "", Units: h.tree.Under(under)}}})
}

// other is a commune of the same district.
func (h *house) other() string {
	for _, u := range h.tree.Communes(giaLam) {
		if u.Code != dangXa {
			return u.Code
		}
	}
	h.t.Fatal("Gia Lâm has one commune")
	return ""
}

func section(name, body string) agent.Section {
	sum := sha256.Sum256([]byte(name + "\n" + body))
	return agent.Section{Name: name, Hash: hex.EncodeToString(sum[:]), Body: []byte(body), Rows: strings.Count(body, "\n\n") + 1}
}

// report is what the agent of PC n says.
func report(n int, change ...func(r *agent.Report)) *agent.Report {
	r := &agent.Report{DeviceID: fmt.Sprintf("may%d-2016-08-15-09-30-00", n), Agent: "FusionInventory-Agent_v2.6-3", ItemType: "Computer",
		BIOS:     agent.BIOS{Manufacturer: "Dell Inc.", Model: "OptiPlex 3020", Serial: fmt.Sprintf("4KX%dQ2", 1000+n), BoardSerial: fmt.Sprintf("CN70163%d", 4000+n)},
		Hardware: agent.Hardware{Name: fmt.Sprint("MAY", n), UUID: fmt.Sprintf("4c4c4544-004b-5810-8031-b4c04f%06x", 0x315132+n), MemoryMB: agent.Known(1015)},
		OS:       agent.OS{Name: "Microsoft Windows 7 Professional", Kernel: "MSWin32", KernelVersion: "6.1.7601", Arch: "32-bit"},
		CPUs:     []agent.CPU{{Name: "Intel(R) Core(TM)2 Duo CPU E7500", Manufacturer: "Intel", Family: "6", Model: "23", Stepping: "10", Cores: agent.Known(2), MHz: agent.Known(2933)}},
		Memories: []agent.Memory{{CapacityMB: agent.Known(1024)}, {}},
		Drives: []agent.Drive{{Letter: "C:", FreeMB: agent.Known(20480), TotalMB: agent.Known(81920), System: agent.Known(1), Kind: "Local Disk"},
			{Letter: "D:", FreeMB: agent.Known(99999), Kind: "Local Disk"}},
		Storages: []agent.Storage{{Model: "WDC", Serial: fmt.Sprintf("WD-WCC3F%d", 90210+n), Interface: "SATA"}},
		Networks: []agent.Network{{Name: "Realtek PCIe GBE", MAC: fmt.Sprintf("b8:ca:3a:00:%02x:7c", n)}},
	}
	for _, f := range change {
		f(r)
	}
	r.Sections = []agent.Section{section("BIOS", "SSN\t"+r.BIOS.Serial+"\n"), section("HARDWARE", "NAME\t"+r.Hardware.Name+"\n"),
		section("SOFTWARES", "NAME\tVDI Client\nVERSION\t4.5\n\nNAME\tMáy in Canon LBP2900\nVERSION\t1.0\n")}
	return r
}

// arrive lets a report come in by the key of a unit.
func (h *house) arrive(scope, unit string, r *agent.Report) inventory.Kept {
	h.t.Helper()
	kept, err := h.come(scope, unit, r)
	if err != nil {
		h.t.Fatal(err)
	}
	return kept
}

func (h *house) come(scope, unit string, r *agent.Report) (kept inventory.Kept, err error) {
	h.at.Move(time.Hour)
	now := h.at.Now()
	for _, x := range r.Sections {
		h.kept[x.Hash] = x.Body
	}
	in := inventory.Arrival{Message: ident.New(now), Sender: ident.New(now), Scope: scope, Units: h.tree.Under(scope), Unit: unit, Report: r, At: now, TakenAt: now, Who: access.System("agent")}
	err = h.DB.InTx(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		kept, err = h.Keep(ctx, tx, in)
		return err
	})
	return kept, err
}

func (h *house) add(unit, name, serial string, facts map[string]string) inventory.Asset {
	h.t.Helper()
	a, err := h.Stock.AddAsset(h.t.Context(), h.as("planner", ""), inventory.AssetForm{Unit: unit, Kind: "pc", Name: name, Serial: serial, State: "in_use", Facts: facts})
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

// known are the current facts of an asset that a machine measured.
func (h *house) known(id ident.ID) map[string]string {
	h.t.Helper()
	v, _, err := h.Stock.Asset(h.t.Context(), h.as("planner", ""), id)
	if err != nil {
		h.t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range v.Facts {
		if f.Source == readiness.Measured {
			out[f.Name] = f.Value
		}
	}
	return out
}

func (h *house) doubts(state DoubtState) []DoubtView {
	h.t.Helper()
	p, err := h.Doubts(h.t.Context(), h.as("planner", ""), state, page.Read("", ""))
	if err != nil {
		h.t.Fatal(err)
	}
	return p.Items
}

func (h *house) count(table string) (n int) {
	h.t.Helper()
	if err := h.DB.Read().NewRaw("SELECT COUNT(*) FROM ?", bun.Ident(table)).Scan(h.t.Context(), &n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

func TestAReportBecomesAnAssetWithItsFacts(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		kept := h.arrive(dangXa, dangXa, report(1))
		if !kept.Made || kept.Doubt || kept.Asset == "" {
			t.Fatalf("%+v", kept)
		}
		got := h.known(kept.Asset)
		for name, want := range map[string]string{"os": "6.1.7601", "arch": "32", "cpu_mhz": "2933", "cores": "2", "ram_mb": "1015", "ram_installed_mb": "1024", "disk_free_gb": "20",
			"cpu_id": "GenuineIntel 6 23 10", "model": "Dell OptiPlex 3020", "serial": "4KX1001Q2", "host": "MAY1", "present": "yes"} {
			if got[name] != want {
				t.Errorf("%s is %q, want %q", name, got[name], want)
			}
		}
		changes, facts := h.count("device_change"), h.count("asset_fact")
		again := h.arrive(dangXa, dangXa, report(1))
		if again.Asset != kept.Asset || again.Made || again.Doubt {
			t.Fatalf("the second report: %+v", again)
		}
		if h.count("device_change") != changes || h.count("asset_fact") != facts {
			t.Error("what did not change was written again")
		}
		h.arrive(dangXa, dangXa, report(1, func(r *agent.Report) { r.DeviceID = "may1-2016-11-22-00-56-30" }))
		second := h.arrive(dangXa, dangXa, report(2))
		if second.Asset == kept.Asset || h.count("device") != 2 || h.count("asset") != 2 {
			t.Error("devices", h.count("device"), "assets", h.count("asset"))
		}
	})
}

func TestWhatWasTypedIsFoundByItsSerialNumberAndStaysAsTyped(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		typed := h.add(dangXa, "Máy Dell quầy 2", "4kx1001q2", map[string]string{"ram_mb": "2048", "cpu_mhz": "2.900", "arch": "64", "disk_free_gb": "50"})
		kept := h.arrive(giaLam, dangXa, report(1))
		if kept.Asset != typed.ID || kept.Made {
			t.Fatalf("%+v", kept)
		}
		all, err := h.Differences(t.Context(), h.as("district_coordinator", giaLam), "", page.Read("", ""))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, x := range all.Items {
			names = append(names, x.Name+" "+x.Declared+" "+x.Measured)
		}
		if want := []string{"arch 64 32", "ram_mb 2048 1015"}; !slices.Equal(names, want) {
			t.Fatalf("%v, want %v", names, want)
		}
		boss := h.as("district_coordinator", giaLam)
		if err := h.Answer(t.Context(), boss, typed.ID, "arch", true, "32", ""); err != nil {
			t.Fatal(err)
		}
		if err := h.Answer(t.Context(), boss, typed.ID, "ram_mb", false, "1015", ""); !fault.Is(err, fault.Invalid) {
			t.Error("kept without a reason:", err)
		}
		if err := h.Answer(t.Context(), boss, typed.ID, "ram_mb", false, "1015", "Đã gắn thêm thanh RAM hôm nay"); err != nil {
			t.Fatal(err)
		}
		h.arrive(giaLam, dangXa, report(1))
		if all, err = h.Differences(t.Context(), boss, dangXa, page.Read("", "")); err != nil || len(all.Items) != 0 {
			t.Fatal("settled differences came again:", all.Items, err)
		}
		v, _, err := h.Stock.Asset(t.Context(), boss, typed.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range v.Facts {
			if f.Source == readiness.Declared && (f.Name == "ram_mb" && f.Value != "2048" || f.Name == "arch" && f.Value != "32") {
				t.Errorf("declared %s is %s", f.Name, f.Value)
			}
		}
		h.arrive(giaLam, dangXa, report(1, func(r *agent.Report) { r.Hardware.MemoryMB, r.Memories = agent.Known(500), nil }))
		if all, err = h.Differences(t.Context(), boss, dangXa, page.Read("", "")); err != nil || len(all.Items) != 1 {
			t.Fatal("another value opens the difference again:", all.Items, err)
		}
	})
}

func TestADoubtIsMergedUndoneAndKeptApart(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		first := h.arrive(dangXa, dangXa, report(1))
		boss := h.as("district_coordinator", giaLam)
		swapped := report(1, func(r *agent.Report) {
			r.DeviceID, r.BIOS.Serial, r.BIOS.BoardSerial, r.Hardware.UUID, r.Hardware.MemoryMB = "may1-2016-11-22-08-00-00", "", "ZZ-NEW-BOARD", "", agent.Known(3000)
			r.Networks = []agent.Network{{MAC: "00:1e:c9:aa:bb:cc"}}
		})
		kept := h.arrive(dangXa, dangXa, swapped)
		if kept.Asset != "" || !kept.Doubt {
			t.Fatalf("%+v", kept)
		}
		h.arrive(dangXa, dangXa, swapped)
		open := h.doubts(Open)
		if len(open) != 1 || open[0].Asset != first.Asset || len(open[0].Matches()) != 1 || len(open[0].Matches()[0].Reasons) < 3 {
			t.Fatalf("%+v", open)
		}
		if h.known(first.Asset)["ram_mb"] != "1015" {
			t.Error("a doubt already counts")
		}
		merged, err := h.Decide(t.Context(), boss, open[0].ID, open[0].Version, first.Asset, "Đã thay bo mạch chủ")
		if err != nil || merged.State != Merged {
			t.Fatal(merged, err)
		}
		if h.known(first.Asset)["ram_mb"] != "3000" {
			t.Error("what the merged machine measured is not known:", h.known(first.Asset))
		}
		if k := h.arrive(dangXa, dangXa, swapped); k.Asset != first.Asset || k.Doubt {
			t.Errorf("after the merge: %+v", k)
		}
		back, err := h.Undo(t.Context(), boss, merged.ID, merged.Version, "Nhầm máy")
		if err != nil || back.State != Open {
			t.Fatal(back, err)
		}
		if h.known(first.Asset)["ram_mb"] != "1015" {
			t.Error("what was withdrawn is still known:", h.known(first.Asset))
		}
		if _, err := h.Decide(t.Context(), boss, back.ID, merged.Version, "", ""); !fault.Is(err, fault.Conflict) {
			t.Error("an old page decides:", err)
		}
		apart, err := h.Decide(t.Context(), boss, back.ID, back.Version, "", "")
		if err != nil || apart.State != Apart || apart.Asset == first.Asset || apart.Asset == "" {
			t.Fatal(apart, err)
		}
		if h.known(apart.Asset)["ram_mb"] != "3000" || len(h.doubts(Open)) != 0 {
			t.Error("kept apart:", h.known(apart.Asset))
		}
		if k := h.arrive(dangXa, dangXa, swapped); k.Asset != apart.Asset {
			t.Errorf("a decision is forgotten: %+v", k)
		}
	})
}

func TestACloneIsANewMachineWithAWarning(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		first := h.arrive(dangXa, dangXa, report(1))
		clone := report(9, func(r *agent.Report) { r.DeviceID, r.Hardware.Name = report(1).DeviceID, "MAY1" })
		second := h.arrive(dangXa, dangXa, clone)
		if second.Asset == first.Asset || !second.Made || !second.Doubt {
			t.Fatalf("%+v", second)
		}
		var found Device
		if err := d.Read().NewSelect().Model(&found).Where("d.asset = ?", second.Asset).Scan(t.Context()); err != nil || found.Finding != identity.Clone {
			t.Error(found.Finding, err)
		}
		if a, b := h.arrive(dangXa, dangXa, report(1)), h.arrive(dangXa, dangXa, clone); a.Asset != first.Asset || b.Asset != second.Asset {
			t.Error("the two are taken for each other", a, b)
		}
	})
}

func TestWhatManyShareIsNoEvidence(t *testing.T) {
	h := build(t, testkit.SQLite(t))
	same := func(r *agent.Report) {
		r.BIOS.Manufacturer, r.BIOS.Serial, r.BIOS.BoardSerial = "FPT", "ELEAD-2012", "BOARD-OF-ALL"
		r.Hardware.UUID, r.Storages = "", nil
	}
	var seen []ident.ID
	for n := range 6 {
		k := h.arrive(dangXa, dangXa, report(n, same, func(r *agent.Report) { r.Networks = []agent.Network{{MAC: fmt.Sprintf("00:1e:c9:00:00:%02x", n+1)}} }))
		if k.Asset == "" { // two are too few to know a placeholder: a person says
			x := h.doubts(Open)[0]
			done, err := h.Decide(t.Context(), h.as("planner", ""), x.ID, x.Version, "", "")
			if err != nil {
				t.Fatal(err)
			}
			k.Asset = done.Asset
		}
		if slices.Contains(seen, k.Asset) {
			t.Fatal("two machines became one")
		}
		seen = append(seen, k.Asset)
	}
	if n := len(h.doubts(Apart)); n > 2 {
		t.Error(n, "doubts by a value that all have")
	}
}

func TestAReportNeverMovesAnAsset(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		far := h.tree.Communes(thanhTr)[0].Code
		first := h.arrive(dangXa, dangXa, report(1))
		kept := h.arrive(far, far, report(1, func(r *agent.Report) { r.Hardware.MemoryMB = agent.Known(777) }))
		if kept.Asset != first.Asset || !kept.Doubt {
			t.Fatalf("%+v", kept)
		}
		if h.known(first.Asset)["ram_mb"] != "1015" {
			t.Error("a key of another commune tells of the asset")
		}
		h.arrive(far, far, report(1, func(r *agent.Report) { r.Hardware.MemoryMB = agent.Known(777) }))
		list := func(who access.Actor) []ElsewhereView {
			p, err := h.Sightings(t.Context(), who, page.Read("", ""))
			if err != nil {
				t.Fatal(err)
			}
			return p.Items
		}
		boss := h.as("district_coordinator", giaLam)
		mine, theirs := list(boss), list(h.as("district_coordinator", thanhTr))
		if len(mine) != 1 || len(theirs) != 1 || mine[0].Unit != dangXa || mine[0].SeenUnit != far {
			t.Fatal(mine, theirs)
		}
		if _, err := h.Settle(t.Context(), h.as("district_coordinator", thanhTr), mine[0].ID, mine[0].Version, Moved, ""); !fault.Is(err, fault.Missing) {
			t.Error("the other commune takes it:", err)
		}
		if _, err := h.Settle(t.Context(), boss, mine[0].ID, mine[0].Version, Stays, ""); !fault.Is(err, fault.Invalid) {
			t.Error("it stays without a reason:", err)
		}
		if _, err := h.Settle(t.Context(), boss, mine[0].ID, mine[0].Version, Moved, "Điều chuyển theo quyết định"); err != nil {
			t.Fatal(err)
		}
		v, _, err := h.Stock.Asset(t.Context(), h.as("planner", ""), first.Asset)
		if err != nil || v.Unit != far || h.known(first.Asset)["ram_mb"] != "777" {
			t.Error("after the transfer:", v.Unit, h.known(first.Asset), err)
		}
		if k := h.arrive(far, far, report(1)); k.Doubt || len(list(boss)) != 0 {
			t.Errorf("at its new place: %+v", k)
		}
		near := h.arrive(giaLam, h.other(), report(2))
		h.arrive(giaLam, dangXa, report(2, func(r *agent.Report) { r.Hardware.MemoryMB = agent.Known(888) }))
		if h.known(near.Asset)["ram_mb"] != "888" {
			t.Error("a key of the district may tell of all its communes")
		}
		open := list(boss)
		if len(open) != 1 {
			t.Fatal(open)
		}
		if _, err := h.Settle(t.Context(), boss, open[0].ID, open[0].Version, Stays, "Máy mượn một tuần"); err != nil {
			t.Fatal(err)
		}
		if k := h.arrive(giaLam, dangXa, report(2)); k.Doubt || len(list(boss)) != 0 {
			t.Errorf("a settled sighting came again: %+v", k)
		}
	})
}

func TestADeviceWithoutACommuneWaitsForOne(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		boss := h.as("district_coordinator", giaLam)
		if k := h.arrive(giaLam, "", report(1)); k.Asset != "" || !k.Doubt {
			t.Fatalf("%+v", k)
		}
		p, err := h.Devices(t.Context(), boss, Filter{State: Nowhere}, page.Read("", ""))
		if err != nil || len(p.Items) != 1 {
			t.Fatal(p, err)
		}
		got, err := h.StandAt(t.Context(), boss, p.Items[0].ID, p.Items[0].Version, dangXa)
		if err != nil || h.known(got.Asset)["ram_mb"] != "1015" {
			t.Fatal(got, err)
		}
		h.arrive(giaLam, "", report(2))
		if k := h.arrive(giaLam, dangXa, report(2)); !k.Made {
			t.Errorf("a tag that came later: %+v", k)
		}
		partial := report(3, func(r *agent.Report) { r.Partial = true })
		if _, err := h.come(giaLam, dangXa, partial); !fault.Is(err, fault.Invalid) {
			t.Error("a partial report of nobody was taken:", err)
		}
	})
}

func TestWhatStandsAtADeviceIsRegisteredByAPerson(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		boss := h.as("district_coordinator", giaLam)
		with := func(r *agent.Report) {
			r.Monitors = []agent.Monitor{{Manufacturer: "Dell", Name: "E1914H", Serial: "CN0JF8PV7287238"}}
			r.Printers = []agent.Printer{{Name: "Canon LBP2900", Driver: "Canon LBP2900", Real: true}, {Name: "Fax"}, {Name: "Microsoft XPS Document Writer"}}
			r.USB = []agent.USB{{VendorID: "04a9", ProductID: "1909", Name: "CanoScan"}, {VendorID: "046d", ProductID: "c077", Name: "Optical Mouse"}}
		}
		screen := h.addKind(dangXa, "monitor", "Dell E1914H", "CN0JF8PV7287238")
		kept := h.arrive(dangXa, dangXa, report(1, with))
		if h.known(screen.ID)["present"] != "yes" {
			t.Error("a monitor with a known serial number is not there")
		}
		v, err := h.Device(t.Context(), boss, h.deviceOf(kept.Asset))
		if err != nil || len(v.Things) != 3 {
			t.Fatal(v.Things, err)
		}
		for _, x := range v.Things {
			if x.Asset != "" {
				continue
			}
			made, err := h.Register(t.Context(), boss, x.Device, x.Thing, "")
			if err != nil || made.Kind != x.Kind || h.known(made.ID)["present"] != "yes" {
				t.Error(x.Thing, made, err)
			}
			if _, err := h.Register(t.Context(), boss, x.Device, x.Thing, ""); !fault.Is(err, fault.Conflict) {
				t.Error("twice:", err)
			}
		}
		h.arrive(dangXa, dangXa, report(1))
		h.arrive(dangXa, dangXa, report(1, with))
		if n := h.count("asset"); n != 4 {
			t.Error(n, "assets")
		}
	})
}

func TestProgramsAreKnownPerAsset(t *testing.T) {
	h := build(t, testkit.SQLite(t))
	kept := h.arrive(dangXa, dangXa, report(1))
	bare := h.add(dangXa, "Máy không có phần mềm báo cáo", "", nil)
	has, err := h.HasSoftware(t.Context(), h.DB.Read(), []ident.ID{kept.Asset, bare.ID}, "may in canon")
	if err != nil || len(has) != 1 || has[kept.Asset].Version != "1.0" {
		t.Error(has, err)
	}
	all, known, err := h.SoftwareOf(t.Context(), h.DB.Read(), kept.Asset)
	if err != nil || !known || len(all) != 2 || all[1].Name != "VDI Client" {
		t.Error(all, known, err)
	}
	if _, known, err := h.SoftwareOf(t.Context(), h.DB.Read(), bare.ID); err != nil || known {
		t.Error("nothing is known of a PC without an agent", err)
	}
}

func (h *house) addKind(unit, kind, name, serial string) inventory.Asset {
	h.t.Helper()
	a, err := h.Stock.AddAsset(h.t.Context(), h.as("planner", ""), inventory.AssetForm{Unit: unit, Kind: kind, Name: name, Serial: serial, State: "in_use"})
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

func (h *house) deviceOf(asset ident.ID) ident.ID {
	h.t.Helper()
	all, err := h.OfAsset(h.t.Context(), asset)
	if err != nil || len(all) == 0 {
		h.t.Fatal("no device of", asset, err)
	}
	return all[0].ID
}
