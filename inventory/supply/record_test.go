package supply

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/testkit"
	"lotrinh/inventory"
	"lotrinh/inventory/readiness"
)

// deliverBought takes a request all the way to a signature.
func (h *house) deliverBought(r Request, lines []Line, p Plan, batches ...Batch) DeliveryView {
	h.t.Helper()
	p.Buy = map[ident.ID]int64{}
	for _, l := range lines {
		p.Buy[l.ID] = l.Asked
	}
	made := h.allocate(r, p)
	if len(made) != 1 {
		h.t.Fatalf("%d deliveries", len(made))
	}
	id := made[0].ID
	if _, err := h.Label(h.t.Context(), h.planner, id, made[0].Version, batches); err != nil {
		h.t.Fatal(err)
	}
	h.step(h.planner, id, Sent)
	if _, err := h.Sign(h.t.Context(), h.her, id, h.delivery(id).Version, Signature{Name: "Trần Thị Bình", Post: "Phó trưởng phòng", Way: Drawn, Shape: h.shape()}); err != nil {
		h.t.Fatal(err)
	}
	return h.delivery(id)
}

func TestOneSignatureForManyItemsOfManyCommunes(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		second := h.tree.Communes(giaLam)[1].Code
		if second == dangXa {
			second = h.tree.Communes(giaLam)[2].Code
		}
		// two gaps of one commune, one of another
		a, b, c := h.lack(dangXa, 1), h.lack(dangXa, 1), h.lack(second, 2)
		r, lines := h.ask(false, a, b, c)
		r = h.grant(r, lines, 1, 1, 2)
		v := h.deliverBought(r, lines, Plan{ToDistrict: true, Supplier: "Công ty An Phát", Contract: "12/HĐ"},
			Batch{dangXa, inventory.Scanner, "Fujitsu fi-7030", "S1\nS2"}, Batch{second, inventory.Scanner, "Canon P-215", "S3"})
		if v.Unit != giaLam || len(v.Items) != 4 || v.State != Signed {
			t.Fatalf("%+v", v)
		}
		first, err := h.PDF(t.Context(), v, h.tree)
		if err != nil {
			t.Fatal(err)
		}
		again, err := h.PDF(t.Context(), h.delivery(v.ID), h.tree)
		if err != nil || !bytes.Equal(first, again) {
			t.Errorf("the record differs from run to run, %v", err)
		}
		file := filepath.Join(t.TempDir(), "a.pdf")
		if err := os.WriteFile(file, first, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("pdftotext", "-layout", file, "-").Output()
		if err != nil {
			t.Fatalf("pdftotext (Debian package poppler-utils): %v", err)
		}
		for _, want := range []string{"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "BIÊN BẢN", "Bàn giao thiết bị", v.Code, "HUYỆN GIA LÂM", "S1", "S2", "S3",
			"Canon P-215", "Cộng: 4 thiết bị", "Trần Thị Bình", "Lê Văn An", v.Hash} {
			if !strings.Contains(string(out), want) {
				t.Errorf("the record lacks %q", want)
			}
		}
		file1, err := h.Shape(t.Context(), h.her, v.ID)
		if err != nil || Hash(v.Delivery, v.Items, file1.Hash) != v.Hash {
			t.Errorf("the hash does not prove the record: %v", err)
		}
		changed := v.Items[0]
		changed.Serial = "S9"
		if Hash(v.Delivery, append([]Item{changed}, v.Items[1:]...), file1.Hash) == v.Hash {
			t.Error("another serial number has the same hash")
		}
		h.at.Move(time.Hour)
		var all []ident.ID
		for _, it := range v.Items {
			all = append(all, it.ID)
		}
		if _, err := h.Check(t.Context(), h.as("inspector", ""), v.ID, v.Version, all); err != nil {
			t.Fatal(err)
		}
		h.deliver()
		for _, g := range []inventory.Gap{a, b, c} {
			if h.gap(g.ID).State != inventory.Closed {
				t.Errorf("%s is %s", g.Code, h.gap(g.ID).State)
			}
		}
		if h.delivery(v.ID).State != Finished || h.view(r.ID).State != Done {
			t.Errorf("%s, %s", h.delivery(v.ID).State, h.view(r.ID).State)
		}
	})
}

// weakPC is a computer that the shipped profile finds too weak, with its lack.
func (h *house) weakPC() (inventory.Asset, inventory.Lack) {
	h.t.Helper()
	a, err := h.Stock.AddAsset(h.t.Context(), h.planner, inventory.AssetForm{Unit: dangXa, Kind: "pc", Name: "Dell OptiPlex 330", State: "in_use",
		Facts: map[string]string{"os": "6.1.7601", "arch": "64", "cpu_mhz": "2400", "ram_mb": "1015", "disk_free_gb": "20"}})
	if err != nil {
		h.t.Fatal(err)
	}
	all, err := h.Stock.Lacks(h.t.Context(), []string{dangXa})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, l := range all {
		if l.Asset == a.ID && l.Cause == inventory.CauseWeak && l.Must {
			return a, l
		}
	}
	h.t.Fatalf("no lack of %s in %+v", a.Code, all)
	return a, inventory.Lack{}
}

func TestWhatNobodyReportedIsOnTheListAndBecomesAGap(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		a, lack := h.weakPC()
		needs, err := h.Needs(t.Context(), h.her, giaLam)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, n := range needs {
			found = found || n.Key == lack.Key() && n.Gap == "" && n.Remedy == inventory.Upgrade
		}
		if !found {
			t.Fatalf("the list lacks %s", lack.Key())
		}
		if _, err := h.Stock.ReportLack(t.Context(), h.there, dangXa, lack.Key()); !fault.Is(err, fault.Missing) {
			t.Errorf("reported by another district: %v", err)
		}
		g, err := h.Stock.ReportLack(t.Context(), h.officer, dangXa, lack.Key())
		if err != nil || g.Asset != a.ID || g.Requirement != lack.Requirement || g.Cause != inventory.CauseWeak {
			t.Fatalf("%+v, %v", g, err)
		}
		again, err := h.Stock.ReportLack(t.Context(), h.officer, dangXa, lack.Key())
		if err != nil || again.ID != g.ID {
			t.Errorf("pressed twice: %s, %v", again.Code, err)
		}
	})
}

func TestAnUpgradeClosesWhenTheMachineIsNoLongerShort(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		a, lack := h.weakPC()
		r, lines, err := h.Ask(t.Context(), h.her, RequestForm{District: giaLam, Wants: []Want{{Key: lack.Key(), Price: 600_000}}})
		if err != nil || len(lines) != 1 || lines[0].Gap == "" {
			t.Fatalf("%+v, %v", lines, err)
		}
		r = h.grant(r, lines, 1)
		v := h.deliverBought(r, lines, Plan{}, Batch{dangXa, inventory.PC, "RAM 2 GB DDR2", "R1"})
		if v.Items[0].Asset != a.ID {
			t.Fatalf("the part is equipment of its own: %+v", v.Items[0])
		}
		h.see(dangXa, a.ID)
		if h.gap(lines[0].Gap).State != inventory.Delivered {
			t.Errorf("closed while the machine is short: %s", h.gap(lines[0].Gap).State)
		}
		h.at.Move(time.Hour)
		err = h.Stock.Observe(t.Context(), h.planner, a.ID, readiness.Measured, h.at.Now(), map[string]string{"ram_mb": "4096"})
		if err != nil {
			t.Fatal(err)
		}
		if h.gap(lines[0].Gap).State != inventory.Closed {
			t.Errorf("still %s", h.gap(lines[0].Gap).State)
		}
	})
}
