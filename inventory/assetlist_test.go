package inventory

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/search"
	"lotrinh/internal/kit/testkit"
	"lotrinh/inventory/readiness"
)

// shelf puts a handful of assets into the store that differ in everything a filter asks.
func (h house) shelf() {
	h.t.Helper()
	who := h.as("district_coordinator", "")
	for i, f := range []AssetForm{
		{Unit: dangXa, Kind: "pc", Name: "Dell OptiPlex 3020", Serial: "A1", State: "in_use", Custodian: "Nguyễn Văn Bình", BoughtOn: "2012-01-05", WarrantyUntil: "2015-01-04", Facts: map[string]string{"ram_mb": "1024"}},
		{Unit: dangXa, Kind: "pc", Name: "Acer Veriton", Serial: "B2", State: "broken", Supplier: "FPT", BoughtOn: "2016-01-05", WarrantyUntil: "2017-02-07"},
		{Unit: dangXa, Kind: "printer", Name: "Canon LBP 2900", Tag: "GL-7", State: "spare", WarrantyUntil: "2016-11-10", Place: "=Quầy 1"},
		{Unit: "00559", Kind: "scanner", Name: "Canon P-215", State: "in_use", WarrantyUntil: "2017-02-08", Custodian: "Trần Thị Hoà"},
		{Unit: "00001", Kind: "pc", Name: "HP 280", State: "in_use"},
	} {
		a, err := h.AddAsset(h.t.Context(), who, f)
		if err != nil {
			h.t.Fatal(i, err)
		}
		if i == 0 {
			if err := h.Observe(h.t.Context(), who, a.ID, readiness.Measured, start.AddDate(0, 0, -40), map[string]string{"ram_mb": "1015"}); err != nil {
				h.t.Fatal(err)
			}
		}
	}
}

func names(all page.Page[AssetView]) string {
	var out []string
	for _, a := range all.Items {
		first, _, _ := strings.Cut(a.Name, " ")
		out = append(out, first+"-"+string(a.Kind))
	}
	return strings.Join(out, " ")
}

func TestTheListIsNarrowedOrderedAndCounted(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		h.shelf()
		city, district := h.as("planner", ""), h.as("district_coordinator", giaLam)
		for _, tc := range []struct {
			who  access.Actor
			f    AssetFilter
			want string
		}{
			{city, AssetFilter{}, "Dell-pc Acer-pc Canon-printer Canon-scanner HP-pc"},
			{district, AssetFilter{}, "Dell-pc Acer-pc Canon-printer Canon-scanner"},
			{city, AssetFilter{District: giaLam}, "Dell-pc Acer-pc Canon-printer Canon-scanner"},
			{city, AssetFilter{Unit: dangXa}, "Dell-pc Acer-pc Canon-printer"},
			{district, AssetFilter{Unit: "00001"}, ""},
			{city, AssetFilter{Words: "canon"}, "Canon-printer Canon-scanner"},
			{city, AssetFilter{Words: "quay CANON"}, "Canon-printer"},
			{city, AssetFilter{Words: "gl 7"}, "Canon-printer"},
			{city, AssetFilter{Words: "100%"}, ""},
			{city, AssetFilter{Kind: "pc", State: "broken"}, "Acer-pc"},
			{city, AssetFilter{Kind: "toaster"}, "Dell-pc Acer-pc Canon-printer Canon-scanner HP-pc"},
			{city, AssetFilter{Custodian: "tran hoa"}, "Canon-scanner"},
			{city, AssetFilter{Custodian: "-", Kind: "pc"}, "Acer-pc HP-pc"},
			{city, AssetFilter{Warranty: "soon"}, "Acer-pc Canon-printer"},
			{city, AssetFilter{Warranty: "holds"}, "Acer-pc Canon-printer Canon-scanner"},
			{city, AssetFilter{Warranty: "over"}, "Dell-pc"},
			{city, AssetFilter{Warranty: "none"}, "HP-pc"},
			{city, AssetFilter{Source: "measured"}, "Dell-pc"},
			{city, AssetFilter{Source: "declared"}, "Canon-printer Canon-scanner HP-pc"},
			{city, AssetFilter{Source: "none"}, "Acer-pc"},
			{city, AssetFilter{Source: "seen"}, ""},
			{city, AssetFilter{Older: 3}, "Dell-pc"},
			{city, AssetFilter{Silent: 30}, "Acer-pc"},
			{city, AssetFilter{Sort: "warranty"}, "Dell-pc Canon-printer Acer-pc Canon-scanner HP-pc"},
			{city, AssetFilter{Sort: "bought", Down: true}, "HP-pc Canon-scanner Canon-printer Acer-pc Dell-pc"},
			{city, AssetFilter{Sort: "name"}, "Acer-pc Canon-printer Canon-scanner Dell-pc HP-pc"},
			{city, AssetFilter{Sort: "unit"}, "HP-pc Dell-pc Acer-pc Canon-printer Canon-scanner"},
			{city, AssetFilter{Sort: "(SELECT 1)"}, "Dell-pc Acer-pc Canon-printer Canon-scanner HP-pc"},
		} {
			var got []string
			for after := ""; ; { // two at a time, so that every order turns its pages
				all, err := h.AssetList(t.Context(), tc.who, tc.f, page.Read(after, "2"))
				if err != nil {
					t.Fatal(err)
				}
				if len(all.Items) > 0 {
					got = append(got, names(all))
				}
				if after = all.Next; after == "" {
					break
				}
			}
			if strings.Join(got, " ") != tc.want {
				t.Errorf("%+v: %s, want %s", tc.f, strings.Join(got, " "), tc.want)
			}
			tally, err := h.TallyAssets(t.Context(), tc.who, tc.f)
			if err != nil || tally.Total != int64(len(strings.Fields(tc.want))) {
				t.Errorf("%+v: counted %+v, %v", tc.f, tally, err)
			}
		}
		tally, err := h.TallyAssets(t.Context(), city, AssetFilter{})
		if err != nil || fmt.Sprint(tally.States[InUse], tally.Kinds[PC], tally.Ending, tally.Finished) != "3 3 2 1" {
			t.Errorf("%+v, %v", tally, err)
		}
		for name, who := range map[string]access.Actor{"nobody": {}, "no right": policy.As(access.Actor{ID: "x"})} {
			if _, err := h.AssetList(t.Context(), who, AssetFilter{}, page.Read("", "")); err == nil {
				t.Errorf("%s sees the list", name)
			}
			if _, err := h.SavedLists(t.Context(), who); err == nil {
				t.Errorf("%s sees kept filters", name)
			}
		}
	})
}

func TestAWarrantyIsCountedInDaysWithTheLastOneIncluded(t *testing.T) {
	for day, want := range map[string]int{"2016-11-10": 1, "2016-11-11": 2, "2016-11-09": 0, "2017-11-10": 366} {
		if got, ok := (Asset{WarrantyUntil: day}).WarrantyLeft(start); got != want || !ok {
			t.Errorf("%s: %d, %t", day, got, ok)
		}
	}
	if _, ok := (Asset{}).WarrantyLeft(start); ok {
		t.Error("a warranty that is not known is counted")
	}
}

func TestFiltersAreKeptForOneselfAndSharedByTheCity(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		city, district := h.as("planner", ""), h.as("district_coordinator", giaLam)
		shared, err := h.KeepList(t.Context(), city, "Sắp hết bảo hành", true, AssetFilter{Warranty: "soon", Sort: "warranty"})
		if err != nil {
			t.Fatal(err)
		}
		own, err := h.KeepList(t.Context(), district, "Máy hỏng", false, AssetFilter{State: "broken"})
		if err != nil {
			t.Fatal(err)
		}
		for _, tc := range []struct {
			who  access.Actor
			want string
		}{{city, "Sắp hết bảo hành"}, {district, "Máy hỏng, Sắp hết bảo hành"}, {h.as("one_stop_officer", giaLam), "Sắp hết bảo hành"}} {
			all, err := h.SavedLists(t.Context(), tc.who)
			var got []string
			for _, v := range all {
				got = append(got, v.Name)
			}
			if err != nil || strings.Join(got, ", ") != tc.want {
				t.Errorf("%v, want %s, %v", got, tc.want, err)
			}
		}
		if f := shared.Filter(); f.Warranty != "soon" || f.Sort != "warranty" {
			t.Errorf("%+v", f)
		}
		for name, err := range map[string]error{
			"shared by a district": func() error {
				_, err := h.KeepList(t.Context(), district, "x", true, AssetFilter{Kind: "pc"})
				return err
			}(),
			"without a name": func() error {
				_, err := h.KeepList(t.Context(), district, " ", false, AssetFilter{Kind: "pc"})
				return err
			}(),
			"of nothing": func() error {
				_, err := h.KeepList(t.Context(), district, "x", false, AssetFilter{Sort: "name"})
				return err
			}(),
		} {
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := h.DropList(t.Context(), district, shared.ID); !fault.Is(err, fault.Denied) {
			t.Errorf("somebody else's shared filter: %v", err)
		}
		if err := h.DropList(t.Context(), city, own.ID); !fault.Is(err, fault.Missing) {
			t.Errorf("somebody else's own filter: %v", err)
		}
		if err := h.DropList(t.Context(), district, own.ID); err != nil {
			t.Error(err)
		}
	})
}

func TestManyAssetsAreChangedAtOnceAfterAPreview(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		h.shelf()
		who := h.as("district_coordinator", giaLam)
		all, err := h.chosen(t.Context(), h.as("district_coordinator", ""), Edit, AssetFilter{}, mostEdited)
		if err != nil || len(all) != 5 {
			t.Fatalf("%d, %v", len(all), err)
		}
		e := AssetEdit{Assets: all, State: Spare, Values: map[string]string{"custodian": "Lê Văn Cường", "warranty_until": "01/12/2017", "serial": "X"}}
		said := func(lines []EditLine) string {
			var out []string
			for _, l := range lines {
				s := fmt.Sprint(len(l.Will))
				if l.Why.Key != "" {
					s = l.Why.Key
				}
				out = append(out, s)
			}
			return strings.Join(out, " ")
		}
		lines, err := h.PreviewEdit(t.Context(), who, e)
		if err != nil || said(lines) != "3 inventory.asset.bad_move 2 3" {
			t.Fatalf("%s, %v", said(lines), err)
		}
		before, err := h.AssetList(t.Context(), who, AssetFilter{State: "spare"}, page.Read("", ""))
		if err != nil || len(before.Items) != 1 {
			t.Fatalf("a preview changed something: %d, %v", len(before.Items), err)
		}
		if lines, err = h.DoEdit(t.Context(), who, e); err != nil || said(lines) != "3 inventory.asset.bad_move 2 3" {
			t.Fatalf("%s, %v", said(lines), err)
		}
		after, err := h.AssetList(t.Context(), who, AssetFilter{State: "spare", Custodian: "le cuong"}, page.Read("", ""))
		if err != nil || len(after.Items) != 3 || after.Items[0].WarrantyUntil != "2017-12-01" || after.Items[0].Serial != "A1" || after.Items[0].Version != 2 {
			t.Errorf("%+v, %v", after.Items, err)
		}
		if lines, err = h.DoEdit(t.Context(), who, e); err != nil || strings.Count(said(lines), "inventory.bulk.same") != 3 {
			t.Errorf("a second time: %s, %v", said(lines), err)
		}
		if _, err := h.DoEdit(t.Context(), who, AssetEdit{Assets: all, Values: map[string]string{"custodian": "-"}}); err != nil {
			t.Fatal(err)
		}
		if left, err := h.AssetList(t.Context(), who, AssetFilter{Custodian: "-"}, page.Read("", "")); err != nil || len(left.Items) != 4 {
			t.Errorf("emptied: %d, %v", len(left.Items), err)
		}
		for name, tc := range map[string]struct {
			who  access.Actor
			e    AssetEdit
			want fault.Kind
		}{
			"nobody":             {access.Actor{}, e, fault.SignIn},
			"may only look":      {h.as("planner", ""), e, fault.Denied},
			"nothing":            {who, AssetEdit{Assets: all}, fault.Invalid},
			"no assets":          {who, AssetEdit{State: Spare}, fault.Invalid},
			"grave, no reason":   {who, AssetEdit{Assets: all, State: Retired}, fault.Invalid},
			"a day that is none": {who, AssetEdit{Assets: all, Values: map[string]string{"bought_on": "hôm qua"}}, fault.Invalid},
		} {
			if _, err := h.DoEdit(t.Context(), tc.who, tc.e); !fault.Is(err, tc.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestWhatIsExportedIsReadBackAsItIs(t *testing.T) {
	h := build(t, testkit.SQLite(t))
	h.shelf()
	who := h.as("district_coordinator", giaLam)
	s := street(t, h, who)
	for _, path := range []string{"/inventory/export.csv", "/inventory/export.xlsx"} {
		_, body := ask(t, s, "GET", path, "", nil)
		r, err := h.im.Preview(t.Context(), who, AssetImport, path, strings.NewReader(body), int64(len(body)), nil)
		if err != nil {
			t.Fatal(err)
		}
		if r.Total != 4 || r.Skipped != 4 {
			rows, _ := h.im.Rows(t.Context(), who, r.ID, "", page.Read("", ""))
			t.Errorf("%s: %+v %+v", path, r, rows.Items)
		}
	}
	if _, body := ask(t, s, "GET", "/inventory/export.csv?kind=printer", "", nil); strings.Count(body, "TB-2016-") != 1 {
		t.Errorf("a filtered list: %s", body)
	}
}

func TestTheListInTheBrowserIsPickedEditedKeptAndPrinted(t *testing.T) {
	h := build(t, testkit.SQLite(t))
	h.shelf()
	who := h.as("district_coordinator", giaLam)
	s := street(t, h, who)
	if _, body := ask(t, s, "GET", "/inventory/assets?warranty=soon&sort=warranty", "", nil); !strings.Contains(body, "Acer Veriton") || strings.Contains(body, "Dell OptiPlex") || !strings.Contains(body, "còn 90 ngày") {
		t.Error("the list of warranties that end soon")
	}
	post := func(path string, f url.Values) (int, string, string) {
		t.Helper()
		res, body := ask(t, s, "POST", path, urlencoded, strings.NewReader(f.Encode()))
		return res.StatusCode, body, res.Header.Get("Location")
	}
	at := "/inventory/picked?kind=pc"
	if code, body, _ := post(at, url.Values{"all": {"1"}, "do": {"edit"}}); code != 200 || !strings.Contains(body, "2 thiết bị. Ô để trống") {
		t.Errorf("the form: %d", code)
	}
	change := url.Values{"all": {"1"}, "do": {"preview"}, "state": {"retired"}}
	if code, body, _ := post(at, change); code != 422 || !strings.Contains(body, "lý do chuyển") {
		t.Errorf("no reason: %d", code)
	}
	change.Set("said", "quá cũ")
	if code, body, _ := post(at, change); code != 200 || !strings.Contains(body, "Sẽ sửa 2 trên 2") || !strings.Contains(body, `name="said" value="quá cũ"`) {
		t.Errorf("the preview: %d", code)
	}
	change.Set("do", "go")
	if code, body, _ := post(at, change); code != 200 || !strings.Contains(body, "Đã sửa 2 trên 2") {
		t.Errorf("done: %d", code)
	}
	if code, _, to := post("/inventory/lists?kind=pc", url.Values{"name": {"Máy tính"}}); code != 303 || to != "/inventory/assets?kind=pc" {
		t.Errorf("kept: %d, %s", code, to)
	}
	if code, _, _ := post("/inventory/lists", url.Values{"name": {"Tất cả"}}); code != 422 {
		t.Errorf("a filter of nothing: %d", code)
	}
	if _, body := ask(t, s, "GET", "/inventory/assets?kind=pc", "", nil); !strings.Contains(body, `aria-current="true"`) || !strings.Contains(body, "Máy tính") {
		t.Error("the kept filter is not offered")
	}
	if code, body, _ := post("/inventory/picked", url.Values{"all": {"1"}, "do": {"labels"}}); code != 200 || !strings.Contains(body, "4 nhãn") {
		t.Errorf("the form of labels: %d", code)
	}
	if code, body, _ := post("/inventory/labels.pdf", url.Values{"all": {"1"}, "sheet": {"2x7"}, "first": {"3"}}); code != 200 || !strings.HasPrefix(body, "%PDF") {
		t.Errorf("labels: %d", code)
	}
	if code, _, _ := post("/inventory/labels.pdf", url.Values{"all": {"1"}, "sheet": {"2x7"}, "first": {"15"}}); code != 422 {
		t.Errorf("a place beyond the sheet: %d", code)
	}
	all, err := h.AssetList(t.Context(), h.as("planner", ""), AssetFilter{}, page.Read("", ""))
	if err != nil {
		t.Fatal(err)
	}
	if res, _ := ask(t, s, "GET", "/t/"+strings.ToLower(all.Items[0].Code), "", nil); res.StatusCode != 303 || res.Header.Get("Location") != "/inventory/assets/"+string(all.Items[0].ID) {
		t.Errorf("a scanned label: %d", res.StatusCode)
	}
	if res, _ := ask(t, s, "GET", "/t/"+all.Items[4].Code, "", nil); res.StatusCode != 404 {
		t.Errorf("a label of another district: %d", res.StatusCode)
	}
}

func TestLabelsAreTheSameBytesAndGoToWhoMaySee(t *testing.T) {
	h := build(t, testkit.SQLite(t))
	h.shelf()
	h.Address = "https://lotrinh.hanoi.gov.vn/"
	if got := h.Short("TB-2016-000001"); got != "https://lotrinh.hanoi.gov.vn/t/TB-2016-000001" {
		t.Errorf("short address %s", got)
	}
	vi := h.words.In(i18n.VI)
	all, err := h.chosen(t.Context(), h.as("planner", ""), Look, AssetFilter{}, mostLabels)
	if err != nil {
		t.Fatal(err)
	}
	sizes := map[string]int{}
	for _, sheet := range SheetNames {
		one, err := h.Labels(t.Context(), h.as("planner", ""), vi, LabelAsk{all, sheet, 2})
		if err != nil {
			t.Fatal(err)
		}
		two, err := h.Labels(t.Context(), h.as("planner", ""), vi, LabelAsk{all, sheet, 2})
		if err != nil || string(one) != string(two) {
			t.Errorf("%s: not the same bytes, %v", sheet, err)
		}
		sizes[sheet] = len(one)
	}
	if own, err := h.Labels(t.Context(), h.as("district_coordinator", "001"), vi, LabelAsk{all, "a4", 1}); err != nil || len(own) >= sizes["a4"] {
		t.Errorf("a district gets labels of others: %d bytes, %v", len(own), err)
	}
	for name, ask := range map[string]LabelAsk{"no sheet": {all, "x", 1}, "beyond": {all, "2x7", 15}, "none": {nil, "a4", 1}} {
		if _, err := h.Labels(t.Context(), h.as("planner", ""), vi, ask); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.Labels(t.Context(), access.Actor{}, vi, LabelAsk{all, "a4", 1}); !fault.Is(err, fault.SignIn) {
		t.Errorf("nobody: %v", err)
	}
}

func TestAssetsAreFoundByWhoMaySeeThemAndNoMoreWhenGone(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		h.shelf()
		found := func(who access.Actor, q string) int {
			t.Helper()
			hits, err := search.Find(t.Context(), d, q, h.SearchScopes(who), 20)
			if err != nil {
				t.Fatal(err)
			}
			return len(hits)
		}
		district, other := h.as("district_coordinator", giaLam), h.as("district_coordinator", "001")
		if got := fmt.Sprint(found(district, "canon"), found(district, "gl 7"), found(other, "canon"), found(access.Actor{}, "canon"), found(district, "nguyen van binh")); got != "2 1 0 0 1" {
			t.Errorf("found %s", got)
		}
		all, err := h.chosen(t.Context(), district, Edit, AssetFilter{Words: "dell"}, 5)
		if err != nil {
			t.Fatal(err)
		}
		err = d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := h.TransferIn(ctx, tx, h.as("district_coordinator", ""), all[0], "00001", "đổi xã")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(found(district, "dell"), found(other, "dell")); got != "0 1" {
			t.Errorf("after a transfer: %s", got)
		}
		if n, err := h.Index(t.Context()); err != nil || n != 0 {
			t.Errorf("indexed again: %d, %v", n, err)
		}
		err = d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { return search.RemoveKind(ctx, tx, AssetDoc) })
		if err != nil {
			t.Fatal(err)
		}
		if n, err := h.Index(t.Context()); err != nil || n != 5 || found(other, "dell") != 1 {
			t.Errorf("indexed: %d, %v", n, err)
		}
	})
}

func TestTheListAsksTheSameQueriesForFiveAssetsAndForTenThousand(t *testing.T) {
	counts := map[int]bool{}
	for _, n := range []int{5, 600} {
		d := testkit.SQLite(t)
		h := build(t, d)
		h.fill(n)
		queries := 0
		d.Watch(func(context.Context, string, error) { queries++ })
		if _, err := h.AssetList(t.Context(), h.as("planner", ""), AssetFilter{Sort: "warranty"}, page.Read("", "")); err != nil {
			t.Fatal(err)
		}
		if _, err := h.TallyAssets(t.Context(), h.as("planner", ""), AssetFilter{}); err != nil {
			t.Fatal(err)
		}
		counts[queries] = true
	}
	if len(counts) != 1 {
		t.Errorf("the number of queries depends on the assets: %v", counts)
	}
}
