package inventory

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/inventory/readiness"
)

var storyHead = []string{"Huyện", "Xã", "Loại thiết bị", "Tên, kiểu máy", "Số sê-ri", "Số hiệu tài sản", "Vị trí", "Người quản lý", "Ngày mua", "Bảo hành đến", "Hệ điều hành", "RAM (MB)", "Tốc độ CPU (MHz)"}

// story is the table of a district as its coordinator keeps it: 300 computers, of which
// agents know thirteen already (nine agree, four are described otherwise), and seventeen
// rows that something is wrong with.
func story(tree interface{ Name(string) string }, communes []string) [][]any {
	row := func(i int, serial string) []any {
		return []any{"Gia Lâm", tree.Name(communes[i%len(communes)]), "máy tính", "Dell OptiPlex 3020", serial, fmt.Sprintf("GL-%03d", i), "Quầy 1", "Nguyễn Văn Bình", "15/08/2016", "14/08/2019", "Windows 7 SP1", "1.024", "2.400"}
	}
	var out [][]any
	for i := range 13 {
		out = append(out, row(i, fmt.Sprintf("AGENT%02d", i)))
	}
	out[9][11], out[10][10], out[11][12] = "4.096", "Windows XP", "3.600"
	out[12][10], out[12][11] = "Windows XP", "512"
	for i := 13; i < 283; i++ {
		out = append(out, row(i, fmt.Sprintf("NEW%03d", i)))
	}
	wrong := []func(r []any){
		func(r []any) { r[1] = "Nơi không có" },
		func(r []any) { r[1] = "" },
		func(r []any) { r[0], r[1] = "Ba Đình", "Phúc Xá" },
		func(r []any) { r[2] = "máy bay" },
		func(r []any) { r[2] = "" },
		func(r []any) { r[3] = "" },
		func(r []any) { r[3] = strings.Repeat("dài ", 40) },
		func(r []any) { r[4] = "NEW100" },
		func(r []any) { r[4] = strings.Repeat("9", 61) },
		func(r []any) { r[7] = strings.Repeat("Nguyễn ", 20) },
		func(r []any) { r[8] = "32/13/2016" },
		func(r []any) { r[9] = "hết hạn" },
		func(r []any) { r[9] = "14/08/2015" },
		func(r []any) { r[10] = "Linux" },
		func(r []any) { r[11] = "nhiều" },
		func(r []any) { r[12] = "9" },
		func(r []any) { r[1], r[3], r[8], r[11] = "Nơi không có", "", "hôm qua", "ít" },
	}
	for i, spoil := range wrong {
		r := row(283+i, fmt.Sprintf("BAD%03d", i))
		spoil(r)
		out = append(out, r)
	}
	return out
}

// reported puts thirteen computers into the store as their agents reported them.
func (h house) reported(communes []string) []Asset {
	h.t.Helper()
	var out []Asset
	for i := range 13 {
		a, err := h.AddAsset(h.t.Context(), h.as("district_coordinator", ""), AssetForm{Unit: communes[i%len(communes)], Kind: "pc", Name: "OptiPlex 3020", Serial: fmt.Sprintf("agent%02d", i), State: "in_use"})
		if err != nil {
			h.t.Fatal(err)
		}
		values := map[string]string{"os": "6.1.7601", "ram_mb": "1015", "cpu_mhz": "2394"}
		if err := h.Observe(h.t.Context(), h.as("district_coordinator", ""), a.ID, readiness.Measured, start, values); err != nil {
			h.t.Fatal(err)
		}
		out = append(out, a)
	}
	return out
}

func TestTheTableOfADistrictIsPreviewedDecidedSavedAndTakenBack(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		who := h.as("district_coordinator", giaLam)
		communes := h.tree.Under(giaLam)[1:]
		known := h.reported(communes)
		var book bytes.Buffer
		err := importer.WriteXLSX(&book, "Thiết bị", storyHead, func(yield func([]any, error) bool) {
			for _, r := range story(h.tree, communes) {
				if !yield(r, nil) {
					return
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		r, err := h.im.Preview(t.Context(), who, AssetImport, "gia-lam.xlsx", bytes.NewReader(book.Bytes()), int64(book.Len()), nil)
		if err != nil {
			t.Fatal(err)
		}
		counts := func(want string) {
			t.Helper()
			if got := fmt.Sprint(r.Total, r.Bad, r.Conflicts, r.Marks()[byAgent], r.Created, r.Updated, r.Skipped); got != want {
				t.Fatalf("rows, bad, conflicts, known from agents, new, changed, same: %s, want %s", got, want)
			}
		}
		counts("300 17 4 9 270 9 0")
		h.allFaults(who, r.ID)
		h.sidesOfRow(who, r.ID)

		h.choose(who, &r, 11, keepMeasured)
		h.choose(who, &r, 12, leaveOut)
		h.choose(who, &r, 0, takeBeside)
		counts("300 17 0 9 270 12 1")
		if r, err = h.im.Commit(t.Context(), who, r.ID, true); err != nil || r.State != importer.Committed {
			t.Fatalf("%+v, %v", r, err)
		}
		for i, want := range map[int]string{9: "1015 measured", 11: "2400 declared, 3600 declared"} {
			name := []string{"ram_mb", "cpu_mhz"}[min(1, i/10)]
			a, _, err := h.Asset(t.Context(), who, known[i].ID)
			if err != nil {
				t.Fatal(err)
			}
			if i == 11 {
				want = "2394 measured, 3600 declared"
			}
			if got := saidOfFact(a, name); got != want || a.Custodian != "Nguyễn Văn Bình" {
				t.Errorf("row %d: %s says %q, want %q", i+2, name, got, want)
			}
		}
		if a, _, err := h.Asset(t.Context(), who, known[10].ID); err != nil || a.Custodian != "" {
			t.Errorf("a row that was left out: %+v, %v", a.Asset, err)
		}
		if _, err := h.ChangeAsset(t.Context(), who, known[0].ID, 2, AssetForm{Name: "Khác", State: "in_use"}); err != nil {
			t.Fatal(err)
		}
		if refused, err := h.im.Undo(t.Context(), who, r.ID, false); !fault.HasKey(err, "importer.changed_since") || len(refused) != 1 || refused[0].N != 2 {
			t.Fatalf("undo: %v, %v", refused, err)
		}
		if refused, err := h.im.Undo(t.Context(), who, r.ID, true); err != nil || len(refused) != 1 {
			t.Fatalf("undo of the rest: %v, %v", refused, err)
		}
		all, err := h.Assets(t.Context(), who, "", "", page.Read("", "200"))
		if err != nil || len(all.Items) != 13 {
			t.Errorf("%d assets are left, %v", len(all.Items), err)
		}
		if a, _, err := h.Asset(t.Context(), who, known[11].ID); err != nil || a.Custodian != "" || saidOfFact(a, "cpu_mhz") != "2394 measured" {
			t.Errorf("not as it was: %+v, %v", a, err)
		}
		if n, err := h.Rebuild(t.Context()); err != nil || n != 0 {
			t.Errorf("a rebuild found %d wrong answers, %v", n, err)
		}
	})
}

func (h house) choose(who access.Actor, r *importer.Run, n int64, choice string) {
	h.t.Helper()
	var err error
	if *r, err = h.im.Choose(h.t.Context(), who, r.ID, n, choice); err != nil {
		h.t.Fatal(err)
	}
}

func saidOfFact(a AssetView, name string) string {
	var out []string
	for _, f := range a.Facts {
		if f.Name == name {
			out = append(out, f.Value+" "+string(f.Source))
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// allFaults looks at the row with four faults: each is said, at its cell.
func (h house) allFaults(who access.Actor, id ident.ID) {
	h.t.Helper()
	rows, err := h.im.Rows(h.t.Context(), who, id, importer.Bad, page.Read("", ""))
	if err != nil || len(rows.Items) != 17 {
		h.t.Fatalf("%d, %v", len(rows.Items), err)
	}
	var refs []string
	for _, p := range rows.Items[16].Problems() {
		refs = append(refs, p.Ref)
	}
	slices.Sort(refs)
	if got := strings.Join(refs, " "); got != "B301 D301 I301 L301" {
		h.t.Errorf("the faults of the last row are at %s", got)
	}
}

// sidesOfRow looks at what a conflict puts beside each other.
func (h house) sidesOfRow(who access.Actor, id ident.ID) {
	h.t.Helper()
	rows, err := h.im.Rows(h.t.Context(), who, id, importer.Conflict, page.Read("", ""))
	if err != nil || len(rows.Items) != 4 {
		h.t.Fatalf("%d, %v", len(rows.Items), err)
	}
	t := h.words.In(i18n.VI)
	var got []string
	for _, s := range append(rows.Items[0].Sides(), rows.Items[3].Sides()...) {
		got = append(got, t.Line(s.Have)+" | "+t.Line(s.Told))
	}
	want := "máy đo, ngày 10/11/2016: 1.015 MB | Bảng khai: 4.096 MB; máy đo, ngày 10/11/2016: Windows 7 SP1 | Bảng khai: Windows XP SP3; máy đo, ngày 10/11/2016: 1.015 MB | Bảng khai: 512 MB"
	if strings.Join(got, "; ") != want {
		h.t.Errorf("beside each other: %s", strings.Join(got, "; "))
	}
}

func TestSavingATableAsksTheSameNumberOfQueriesForTenRowsAndForAHundredAndFifty(t *testing.T) {
	counts := map[int]int{}
	for _, n := range []int{10, 150} {
		d := testkit.SQLite(t)
		h := build(t, d)
		who := h.as("district_coordinator", giaLam)
		line := func(i int, place string) string {
			return fmt.Sprintf("%s;máy tính;HP 280;S%d;%s;2048\n", dangXa, i, place)
		}
		save := func(place string) {
			var b strings.Builder
			b.WriteString("xã;loại;tên;số sê-ri;vị trí;ram\n")
			for i := range n {
				b.WriteString(line(i, place))
			}
			r, err := h.im.Preview(t.Context(), who, AssetImport, "x.csv", strings.NewReader(b.String()), int64(b.Len()), nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.im.Commit(t.Context(), who, r.ID, false); err != nil {
				t.Fatal(err)
			}
		}
		queries := 0
		d.Watch(func(context.Context, string, error) { queries++ })
		save("quầy 1")
		save("quầy 2") // all changed
		counts[n] = queries
	}
	if counts[10] != counts[150] {
		t.Errorf("queries by rows: %v", counts)
	}
}

func TestRowsFindTheirAssetByTheKeyThatWasChosen(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		who := h.as("district_coordinator", giaLam)
		old, err := h.AddAsset(t.Context(), who, AssetForm{Unit: dangXa, Kind: "pc", Name: "HP 280", Serial: "S1", Tag: "GL-1", State: "in_use"})
		if err != nil {
			t.Fatal(err)
		}
		head := "Mã thiết bị;Xã;Loại;Tên;Số sê-ri;Số hiệu;Vị trí\n"
		for _, tc := range []struct{ by, row, want string }{
			{"", old.Code + ";" + dangXa + ";máy tính;HP 280;S1;;quầy 2", "update"},
			{byAny, ";" + dangXa + ";máy tính;HP 280;;GL-1;quầy 2", "update"},
			{bySerial, ";" + dangXa + ";máy tính;HP 280;;GL-1;quầy 2", "create"},
			{byTag, ";" + dangXa + ";máy tính;HP 280;;GL-1;quầy 2", "update"},
			{byTag, ";" + dangXa + ";máy tính;HP 280;S1;GL-2;quầy 2", "conflict inventory.import.serial_of"},
			{byCode, "TB-2016-999999;" + dangXa + ";máy tính;HP 280;;;", "bad inventory.import.no_code"},
			{bySerial, ";" + dangXa + ";máy in;HP 280;S1;;", "create"},
			{byAny, old.Code + ";" + dangXa + ";máy in;HP 280;;;", "conflict inventory.import.other_kind"},
			{byAny, old.Code + ";00559;máy tính;HP 280;;;", "conflict inventory.import.elsewhere"},
			{byName, ";" + dangXa + ";máy tính;hp 280;;;quầy 2", "conflict inventory.import.same_name"},
			{byName, ";" + dangXa + ";máy tính;Acer;;;quầy 2", "create"},
			{byAny, ";" + dangXa + ";máy tính;HP 280;S1;GL-1;", "skip"},
		} {
			text := head + tc.row + "\n"
			r, err := h.im.Preview(t.Context(), who, AssetImport, "x.csv", strings.NewReader(text), int64(len(text)), map[string]string{"match": tc.by})
			if err != nil {
				t.Fatal(err)
			}
			rows, err := h.im.Rows(t.Context(), who, r.ID, "", page.Read("", ""))
			if err != nil {
				t.Fatal(err)
			}
			got := string(rows.Items[0].Action)
			for _, p := range rows.Items[0].Problems() {
				got += " " + p.Line.Key
			}
			if got != tc.want {
				t.Errorf("by %q, %s: %s, want %s", tc.by, tc.row, got, tc.want)
			}
			if tc.by != byName || r.Conflicts == 0 {
				continue
			}
			for choice, want := range map[string]string{linkIt: "0 1 0", isNew: "1 0 0", leaveOut: "0 0 1"} {
				h.choose(who, &r, 2, choice)
				if got := fmt.Sprint(r.Created, r.Updated, r.Skipped); got != want {
					t.Errorf("%s: %s, want %s", choice, got, want)
				}
			}
		}
	})
}

func TestWhatRoundingExplainsIsNoContradiction(t *testing.T) {
	for _, tc := range []struct {
		name, declared, found string
		want                  bool
	}{
		{"ram_mb", "1024", "1015", false}, {"ram_mb", "2048", "1015", true}, {"ram_mb", "4096", "3887", false}, {"ram_mb", "512", "1015", true},
		{"os", "6.1.7601", "6.1.7601", false}, {"os", "6.1.7600", "6.1.7601", true}, {"os", "10.0.10240", "10.0.19045", false}, {"os", "5.1.2600", "6.1.7601", true},
		{"arch", "32", "64", true}, {"cpu_mhz", "2400", "2394", false}, {"cpu_mhz", "3600", "2394", true}, {"cores", "2", "4", true}, {"disk_free_gb", "100", "3", false},
	} {
		if got := Contradicts(tc.name, tc.declared, tc.found); got != tc.want {
			t.Errorf("%s %s beside %s: %t", tc.name, tc.declared, tc.found, got)
		}
	}
}
