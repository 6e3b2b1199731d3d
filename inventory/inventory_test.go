package inventory

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"reflect"
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
	"lotrinh/inventory/readiness"
)

var start = time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC) // 08:00 in Hanoi

const (
	giaLam = "018"
	dangXa = "00556"
)

// house is a service over a store with the units of Hanoi, and who works there.
type house struct {
	*Service
	t     testing.TB
	at    *clock.Fake
	im    *importer.Importer
	tree  *org.Tree
	words *i18n.Catalog
}

var policy = access.Policy{
	"district_coordinator": {Look, Edit, Report, Handle},
	"one_stop_officer":     {Look, Report},
	"planner":              {Look, Publish, Inspect, Waive},
}

func (h house) as(role access.Role, under string) access.Actor {
	return policy.As(access.Actor{ID: ident.ID("0191f2a0-0000-7000-8000-" + fmt.Sprintf("%012s", role)[:12]), Name: "Nguyễn Thị Hoa",
		Grants: []access.Grant{{Role: role, Everywhere: under == "", Units: h.tree.Under(under)}}})
}

func build(t testing.TB, d *db.DB) house {
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
	words, err := i18n.Load(Locale, kit.Locale, importer.Locale)
	if err != nil {
		t.Fatal(err)
	}
	im := importer.New(d, at, words)
	s := New(d, at, units, files.New(d, at, blobs), cals, words, im)
	if err := s.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	return house{Service: s, t: t, at: at, im: im, tree: tree, words: words}
}

func (h house) add(unit string, kind Kind, facts map[string]string) Asset {
	h.t.Helper()
	a, err := h.AddAsset(h.t.Context(), h.as("district_coordinator", ""), AssetForm{Unit: unit, Kind: string(kind), Name: "Dell OptiPlex 3020", State: string(InUse), Facts: facts})
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

// equip gives a commune everything that the shipped profiles ask for.
func (h house) equip(unit string) {
	h.t.Helper()
	good := map[string]string{"os": "Windows 7 SP1", "cpu_mhz": "2.400", "ram_mb": "4.096", "arch": "64", "disk_free_gb": "20"}
	h.add(unit, PC, good)
	h.add(unit, PC, good)
	h.add(unit, Scanner, nil)
	h.add(unit, Printer, nil)
	line := h.add(unit, WANLine, map[string]string{"contract_mbps": "8"})
	h.observe(line, readiness.Seen, map[string]string{"down_mbps": "8", "rtt_ms": "20", "loss_percent": "0,05"})
	if err := h.SetSite(h.t.Context(), h.as("district_coordinator", ""), unit, SiteForm{Name: readiness.StaffAtCounter, Value: "2"}); err != nil {
		h.t.Fatal(err)
	}
}

func (h house) observe(a Asset, source readiness.Source, values map[string]string) {
	h.t.Helper()
	who := h.as("planner", "") // who may inspect
	if source != readiness.Seen {
		who = h.as("district_coordinator", "")
	}
	if err := h.Observe(h.t.Context(), who, a.ID, source, h.at.Now(), values); err != nil {
		h.t.Fatal(err)
	}
}

func (h house) verdict(unit string) readiness.Verdict {
	h.t.Helper()
	a, err := h.Of(h.t.Context(), unit, h.at.Now())
	if err != nil {
		h.t.Fatal(err)
	}
	return a.Verdict
}

func (h house) sentences(unit string) string {
	h.t.Helper()
	a, err := h.Of(h.t.Context(), unit, h.at.Now())
	if err != nil {
		h.t.Fatal(err)
	}
	var out []string
	for _, r := range a.Reasons {
		if r.Must {
			out = append(out, h.words.In(i18n.VI).Line(r.Text))
		}
	}
	return strings.Join(out, "; ")
}

func TestAReportedGapTurnsTheCommuneAtOnceAndClosingItTurnsItBack(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		if got := h.verdict(dangXa); got != readiness.Unknown {
			t.Fatalf("nothing known: %s", got)
		}
		h.equip(dangXa)
		if got := h.verdict(dangXa); got != readiness.Met {
			t.Fatalf("equipped: %s: %s", got, h.sentences(dangXa))
		}
		who := h.as("district_coordinator", giaLam)
		var pic bytes.Buffer
		if err := jpeg.Encode(&pic, image.NewRGBA(image.Rect(0, 0, 60, 40)), nil); err != nil {
			t.Fatal(err)
		}
		photo, err := h.files.Receive(t.Context(), files.Photo, "quầy.jpg", &pic)
		if err != nil {
			t.Fatal(err)
		}
		g, err := h.ReportGap(t.Context(), who, GapForm{Unit: dangXa, Kind: "missing", What: "scanner", Quantity: "1", Note: "Máy cũ đã trả huyện"}, photo)
		if err != nil {
			t.Fatal(err)
		}
		if g.Code != "TH-2016-000001" || h.words.In(i18n.VI).Moment(g.DueAt) != "24/11/2016 08:00" {
			t.Errorf("%s due %s", g.Code, g.DueAt)
		}
		if got := h.verdict(dangXa); got != readiness.Unmet || h.sentences(dangXa) != "Xã báo thiếu 1 máy quét (Nguyễn Thị Hoa, ngày 10/11/2016)" {
			t.Errorf("%s: %s", got, h.sentences(dangXa))
		}
		v, err := h.Gap(t.Context(), who, g.ID)
		if err != nil || len(v.Photos) != 1 || len(v.Events) != 1 {
			t.Fatalf("%+v, %v", v, err)
		}
		if _, err := h.Photo(t.Context(), h.as("one_stop_officer", "001"), v.Photos[0].ID); !fault.Is(err, fault.Missing) {
			t.Errorf("a photo of another district: %v", err)
		}
		if _, err := h.MoveGap(t.Context(), who, g.ID, g.Version, Ordered, ""); !fault.HasKey(err, "inventory.gap.bad_move") {
			t.Errorf("a jump: %v", err)
		}
		if g, err = h.MoveGap(t.Context(), who, g.ID, g.Version, Requested, ""); err != nil || g.OwnerName == "" {
			t.Fatalf("%+v, %v", g, err)
		}
		if _, err := h.MoveGap(t.Context(), who, g.ID, 1, Closed, ""); !fault.HasKey(err, "fault.changed_meanwhile") {
			t.Errorf("an old version: %v", err)
		}
		if _, err := h.MoveGap(t.Context(), who, g.ID, g.Version, Closed, "Đã nhận máy mới"); !fault.HasKey(err, "inventory.gap.not_seen") {
			t.Errorf("closed on a word: %v", err)
		}
		if g, err = h.MoveGap(t.Context(), who, g.ID, g.Version, Delivered, "Đã nhận máy mới"); err != nil {
			t.Fatal(err)
		}
		h.at.Move(time.Hour)
		a := h.add(dangXa, Scanner, nil)
		if g := h.gap(who, g.ID); g.State != Delivered {
			t.Errorf("a declared scanner made it %s", g.State)
		}
		h.see(a, readiness.Seen)
		if g := h.gap(who, g.ID); g.State != Closed || h.verdict(dangXa) != readiness.Met {
			t.Errorf("seen at the counter: %s, %s", g.State, h.verdict(dangXa))
		}
	})
}

func TestFactsStandBesideEachOtherAndGoStale(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		h.equip(dangXa)
		pcs, err := h.Assets(t.Context(), h.as("planner", ""), dangXa, "pc", page.Read("", ""))
		if err != nil || len(pcs.Items) != 2 {
			t.Fatalf("%v, %v", pcs, err)
		}
		h.at.Move(time.Hour)
		for _, a := range pcs.Items {
			if err := h.Observe(t.Context(), h.as("district_coordinator", ""), a.ID, readiness.Measured, h.at.Now(), map[string]string{"ram_mb": "1015"}); err != nil {
				t.Fatal(err)
			}
		}
		if got := h.sentences(dangXa); !strings.Contains(got, "RAM 1.015 MB < 2.048 MB, máy gửi 10/11/2016") || h.verdict(dangXa) != readiness.Unmet {
			t.Errorf("%s: %s", h.verdict(dangXa), got)
		}
		v, history, err := h.Asset(t.Context(), h.as("planner", ""), pcs.Items[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		var ram []string
		for _, f := range v.Facts {
			if f.Name == "ram_mb" {
				ram = append(ram, string(f.Source)+" "+f.Value)
			}
		}
		if len(ram) != 2 || len(history) != 7 {
			t.Errorf("declared beside measured: %v, %d in the history", ram, len(history))
		}
		// After 31 days the disk's and the line's numbers are too old to say anything.
		h.at.Move(31 * 24 * time.Hour)
		before := h.verdict(dangXa)
		if n, err := h.Refresh(t.Context()); err != nil || n != 1 {
			t.Errorf("refreshed %d, %v", n, err)
		}
		if after := h.verdict(dangXa); after != before {
			t.Errorf("stored %s, computed %s", after, before)
		}
	})
}

// Whatever happens, the stored answer is what the stored facts say: property test.
func TestReplayingTheStoredFactsGivesTheStoredVerdict(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		r := rand.New(rand.NewPCG(4, 2016))
		units := h.tree.Under(giaLam)[1:4]
		who := h.as("district_coordinator", "")
		for range 60 {
			h.step(r, who, units[r.IntN(len(units))])
			h.at.Move(time.Duration(r.IntN(200)) * time.Hour)
			if r.IntN(5) == 0 {
				if _, err := h.Refresh(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		if _, err := h.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, wrong, err := h.Prove(t.Context()); err != nil || n != len(units) || len(wrong) > 0 {
			t.Errorf("of %d stored answers these are wrong: %v, %v", n, wrong, err)
		}
		if n, err := h.Rebuild(t.Context()); err != nil || n != 0 {
			t.Errorf("a rebuild found %d wrong answers, %v", n, err)
		}
		err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewRaw("UPDATE asset SET state = 'retired' WHERE unit = ?", units[0]).Exec(ctx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, wrong, err := h.Prove(t.Context()); err != nil || len(wrong) != 1 || wrong[0] != units[0] {
			t.Errorf("a change behind the area's back: %v, %v", wrong, err)
		}
	})
}

func (h house) gap(who access.Actor, id ident.ID) Gap {
	h.t.Helper()
	v, err := h.Gap(h.t.Context(), who, id)
	if err != nil {
		h.t.Fatal(err)
	}
	return v.Gap
}

// see records that an asset was seen by a source now.
func (h house) see(a Asset, source readiness.Source) {
	h.t.Helper()
	err := h.db.InTx(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		now := h.at.Now()
		return h.RecordIn(ctx, tx, []Fact{{ID: ident.New(now), Asset: a.ID, Unit: a.Unit, Name: readiness.Present, Value: "yes", Source: source, ObservedAt: now, ConfirmedAt: now,
			RecordedAt: now, Current: true}})
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h house) step(r *rand.Rand, who access.Actor, unit string) {
	h.t.Helper()
	ctx := h.t.Context()
	assets, err := h.Assets(ctx, who, unit, "", page.Read("", ""))
	if err != nil {
		h.t.Fatal(err)
	}
	gaps, err := h.Gaps(ctx, who, GapFilter{Unit: unit, State: "all"}, page.Read("", ""))
	if err != nil {
		h.t.Fatal(err)
	}
	switch pick := r.IntN(4); {
	case pick == 0 && len(assets.Items) > 0:
		a := assets.Items[r.IntN(len(assets.Items))]
		to := append(a.State.Next(), a.State)
		_, err = h.ChangeAsset(ctx, who, a.ID, a.Version, AssetForm{Name: a.Name, State: string(to[r.IntN(len(to))]), Said: "theo tình trạng thực tế", Facts: map[string]string{"ram_mb": fmt.Sprint(512 << r.IntN(4))}})
	case pick == 1:
		_, err = h.ReportGap(ctx, who, GapForm{Unit: unit, Kind: string(GapKinds[r.IntN(3)]), What: string(Kinds[r.IntN(len(Kinds))]), Quantity: "2"})
	case pick == 2 && len(gaps.Items) > 0:
		g := gaps.Items[r.IntN(len(gaps.Items))]
		to := g.State.Next()
		_, err = h.MoveGap(ctx, who, g.ID, g.Version, to[r.IntN(len(to))], "vì đã xem xét")
		if fault.HasKey(err, "inventory.gap.not_seen") {
			err = nil
		}
	default:
		h.add(unit, Kinds[r.IntN(len(Kinds))], map[string]string{"os": "6.1.7601", "ram_mb": "2048"})
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

func TestWhoMayDoWhatWhere(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		a := h.add(dangXa, PC, nil)
		g, err := h.ReportGap(t.Context(), h.as("one_stop_officer", dangXa), GapForm{Unit: dangXa, Kind: "broken", What: "pc", Quantity: "1"})
		if err != nil {
			t.Fatal(err)
		}
		people := []struct {
			who access.Actor
			may map[string]fault.Kind // absent: allowed
		}{
			{h.as("district_coordinator", giaLam), map[string]fault.Kind{"publish": fault.Denied}},
			{h.as("district_coordinator", "001"), map[string]fault.Kind{"look": fault.Missing, "gap": fault.Missing, "add": fault.Missing, "change": fault.Missing,
				"report": fault.Missing, "move": fault.Missing, "publish": fault.Denied}},
			{h.as("one_stop_officer", dangXa), map[string]fault.Kind{"add": fault.Denied, "change": fault.Denied, "move": fault.Denied, "publish": fault.Denied}},
			{access.Actor{}, map[string]fault.Kind{"look": fault.SignIn, "gap": fault.SignIn, "add": fault.SignIn, "change": fault.SignIn,
				"report": fault.SignIn, "move": fault.SignIn, "publish": fault.SignIn}},
		}
		for i, p := range people {
			ctx := t.Context()
			acts := map[string]func() error{
				"look":    func() error { _, err := h.Unit(ctx, p.who, dangXa); return err },
				"gap":     func() error { _, err := h.Gap(ctx, p.who, g.ID); return err },
				"publish": func() error { _, err := h.Publish(ctx, p.who, ProfileDraft{}); return err },
				"report": func() error {
					_, err := h.ReportGap(ctx, p.who, GapForm{Unit: dangXa, Kind: "missing", What: "ups", Quantity: "1"})
					return err
				},
				"add": func() error {
					_, err := h.AddAsset(ctx, p.who, AssetForm{Unit: dangXa, Kind: "pc", Name: "x", State: "in_use"})
					return err
				},
				"change": func() error {
					_, err := h.ChangeAsset(ctx, p.who, a.ID, 99, AssetForm{Name: "x", State: "in_use"})
					return err
				},
				"move": func() error { _, err := h.MoveGap(ctx, p.who, g.ID, 99, Closed, ""); return err },
			}
			for name, act := range acts {
				err := act()
				want, refused := p.may[name]
				if allowed := err == nil || fault.HasKey(err, "fault.changed_meanwhile"); refused && !fault.Is(err, want) || !refused && !allowed {
					t.Errorf("person %d, %s: %v", i, name, err)
				}
			}
		}
	})
}

func TestTheBoardCostsTheSameForAllCommunes(t *testing.T) {
	counts := map[int]bool{}
	for _, n := range []int{1, 60} {
		d := testkit.SQLite(t)
		queries := 0
		d.Watch(func(context.Context, string, error) { queries++ })
		h := build(t, d)
		var forms []AssetForm
		for _, u := range h.tree.Communes("")[:n] {
			forms = append(forms, AssetForm{Unit: u.Code, Kind: "pc", Name: "x", State: "in_use", Facts: map[string]string{"ram_mb": "512"}})
		}
		err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := h.addAssets(ctx, tx, access.System("test"), forms)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		queries = 0
		b, err := h.Board(t.Context(), h.as("planner", ""), BoardFilter{})
		if err != nil || b.Total != 584 || b.Count[readiness.Unmet] != n || len(b.Rows) != perPage {
			t.Fatalf("%d communes, %v, %v", b.Total, b.Count, err)
		}
		if _, err := h.All(t.Context(), h.tree.Under(""), start.AddDate(1, 0, 0)); err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, u := range h.tree.Communes("") {
			all = append(all, u.Code)
		}
		answers, err := h.All(t.Context(), all, start.AddDate(1, 0, 0)) // everything is stale by then
		if err != nil || len(answers) != 584 {
			t.Fatalf("%d, %v", len(answers), err)
		}
		counts[queries] = true
	}
	if len(counts) != 1 {
		t.Errorf("the number of queries depends on the communes: %v", counts)
	}
	h := build(t, testkit.SQLite(t))
	b, err := h.Board(t.Context(), h.as("district_coordinator", giaLam), BoardFilter{Query: "dang xa"})
	if err != nil || b.Total != len(h.tree.Communes(giaLam)) || b.Matching != 1 || b.Rows[0].Unit.Code != dangXa {
		t.Errorf("a district's own board: %d, %d matching, %v", b.Total, b.Matching, err)
	}
}

const table = "Huyện;Xã;Loại;Tên thiết bị;Số sê-ri;Tình trạng;RAM (MB);Hệ điều hành\n" +
	"Gia Lâm;Đặng Xá;máy vi tính;HP 280;SN1;đang dùng;2.048;Windows 7 SP1\n" +
	";00556;may scan;Canon P-215;SN2;;;\n" +
	"Gia Lâm;Đặng Xá;máy tính;Old;OLD-1;hỏng;512;XP\n" +
	"Gia Lâm;Đặng Xá;máy tính;HP;SN1;;;\n" +
	";Nơi không có;máy tính;HP;SN9;;;\n" +
	"Ba Đình;Phúc Xá;máy in;HP;SN8;;;\n"

func TestAnImportOfEquipmentIsPreviewedSavedAndUndone(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		who := h.as("district_coordinator", giaLam)
		old, err := h.AddAsset(t.Context(), who, AssetForm{Unit: dangXa, Kind: "pc", Name: "Old", Serial: "old-1", State: "in_use", Facts: map[string]string{"ram_mb": "1024"}})
		if err != nil {
			t.Fatal(err)
		}
		r, err := h.im.Preview(t.Context(), who, AssetImport, "gia-lam.csv", strings.NewReader(table), int64(len(table)), nil)
		if err != nil {
			t.Fatal(err)
		}
		if r.Created != 2 || r.Updated != 1 || r.Bad != 3 {
			t.Fatalf("%+v", r)
		}
		if _, err := h.im.Commit(t.Context(), who, r.ID, true); err != nil {
			t.Fatal(err)
		}
		now, _, err := h.Asset(t.Context(), who, old.ID)
		if err != nil || now.State != Broken {
			t.Fatalf("%+v, %v", now, err)
		}
		all, err := h.Assets(t.Context(), who, dangXa, "", page.Read("", ""))
		if err != nil || len(all.Items) != 3 {
			t.Fatalf("%d assets, %v", len(all.Items), err)
		}
		if refused, err := h.im.Undo(t.Context(), who, r.ID, false); err != nil {
			t.Fatalf("%v, %v", refused, err)
		}
		now, history, err := h.Asset(t.Context(), who, old.ID)
		if err != nil || now.State != InUse || len(now.Facts) != 2 || len(history) != 2 {
			t.Errorf("after undo: %+v, %d facts, %v", now.Asset, len(history), err)
		}
		if n, err := h.Rebuild(t.Context()); err != nil || n != 0 {
			t.Errorf("a rebuild found %d wrong answers, %v", n, err)
		}
	})
}

func TestFormsSayEverythingThatIsWrong(t *testing.T) {
	h := build(t, testkit.SQLite(t))
	who := h.as("district_coordinator", "")
	_, err := h.AddAsset(t.Context(), who, AssetForm{Unit: giaLam, Kind: "toaster", State: "flying", Serial: strings.Repeat("9", 61)})
	if f := fault.Of(err); len(f.Fields) != 5 {
		t.Errorf("%v", err)
	}
	_, err = h.AddAsset(t.Context(), who, AssetForm{Unit: dangXa, Kind: "pc", Name: "x", State: "in_use", Facts: map[string]string{"ram_mb": "nhiều", "arch": "16", "os": "Linux"}})
	if f := fault.Of(err); len(f.Fields) != 3 || f.Fields[0].Name != "fact_os" {
		t.Errorf("%v", err)
	}
	_, err = h.ReportGap(t.Context(), who, GapForm{Quantity: "0,5", Kind: "other"})
	if f := fault.Of(err); len(f.Fields) != 4 {
		t.Errorf("%v", err)
	}
	a, err := h.AddAsset(t.Context(), who, AssetForm{Unit: dangXa, Kind: "pc", Name: "x", State: "in_use", Serial: "To be filled by O.E.M."})
	if err != nil || a.Serial != "" {
		t.Errorf("a placeholder was kept: %q, %v", a.Serial, err)
	}
	for range 2 {
		_, err = h.AddAsset(t.Context(), who, AssetForm{Unit: dangXa, Kind: "pc", Name: "x", State: "in_use", Serial: "abc 1"})
	}
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("one serial twice: %v", err)
	}
}

func TestFactsAreReadAsPeopleWriteThem(t *testing.T) {
	for _, tc := range [][3]string{
		{"ram_mb", "2.048", "2048"}, {"ram_mb", "2048", "2048"}, {"down_mbps", "1,015", "1.015"}, {"disk_free_gb", "7,3", "7.3"}, {"disk_free_gb", "7.3", "7.3"},
		{"os", "Windows 7 SP1", "6.1.7601"}, {"os", "win 95", ""}, {"os", "10.0.14393", "10.0.14393"}, {"arch", "64-bit", "64"}, {"ram_mb", "NaN", ""}, {"loss_percent", "101", ""},
	} {
		got, err := ReadFact(tc[0], tc[1])
		if tc[2] == "" && err == nil || tc[2] != "" && (err != nil || got != tc[2]) {
			t.Errorf("%s %q: %q, %v", tc[0], tc[1], got, err)
		}
	}
}

func TestStatesMoveOnlyAlongTheirMoves(t *testing.T) {
	for from, to := range moves {
		for _, s := range States {
			a := Asset{State: from}
			err := a.move(s)
			if allowed := s == from || contains(to, s); allowed != (err == nil) {
				t.Errorf("%s to %s: %v", from, s, err)
			}
		}
	}
	if len(moves) != len(States) || !reflect.DeepEqual(moves[Retired], []State(nil)) {
		t.Error("a state has no moves, or the end is not the end")
	}
}

func contains(all []State, s State) bool {
	for _, one := range all {
		if one == s {
			return true
		}
	}
	return false
}
