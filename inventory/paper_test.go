package inventory

import (
	"strings"
	"testing"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/testkit"
)

const invoice = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

func TestPapersOfAnAssetAreForThoseWhoSeeItAndChangedByThoseWhoMay(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		a := h.add(dangXa, PC, nil)
		who := h.as("district_coordinator", giaLam)
		paper, err := h.files.Receive(t.Context(), files.Document, "hoá đơn.pdf", strings.NewReader(invoice))
		if err != nil {
			t.Fatal(err)
		}
		for name, tc := range map[string]struct {
			who  access.Actor
			want fault.Kind
		}{
			"nobody":        {access.Actor{}, fault.SignIn},
			"may only look": {h.as("one_stop_officer", dangXa), fault.Denied},
			"wrong unit":    {h.as("district_coordinator", "001"), fault.Missing},
		} {
			if err := h.AttachPapers(t.Context(), tc.who, a.ID, []files.Blob{paper}); !fault.Is(err, tc.want) {
				t.Errorf("%s attaches: %v", name, err)
			}
			if err := h.DropPaper(t.Context(), tc.who, a.ID, a.ID); !fault.Is(err, tc.want) {
				t.Errorf("%s drops: %v", name, err)
			}
		}
		if err := h.AttachPapers(t.Context(), who, a.ID, nil); !fault.Is(err, fault.Invalid) {
			t.Errorf("nothing attached: %v", err)
		}
		if err := h.AttachPapers(t.Context(), who, a.ID, []files.Blob{paper, paper}); err != nil {
			t.Fatal(err)
		}
		notes, have, err := h.history(t.Context(), a.ID)
		if err != nil || len(have) != 2 || len(notes) != 3 {
			t.Fatalf("%d files, %d lines, %v", len(have), len(notes), err)
		}
		if f, err := h.Paper(t.Context(), h.as("one_stop_officer", dangXa), a.ID, have[0].ID); err != nil || f.Name != "hoá đơn.pdf" {
			t.Errorf("read in the commune: %+v, %v", f, err)
		}
		if _, err := h.Paper(t.Context(), h.as("one_stop_officer", "001"), a.ID, have[0].ID); !fault.Is(err, fault.Missing) {
			t.Errorf("read elsewhere: %v", err)
		}
		if _, err := h.Paper(t.Context(), who, h.add(dangXa, PC, nil).ID, have[0].ID); !fault.Is(err, fault.Missing) {
			t.Errorf("as a paper of another asset: %v", err)
		}
		many := make([]files.Blob, MaxPapers-1)
		for i := range many {
			many[i] = paper
		}
		if err := h.AttachPapers(t.Context(), who, a.ID, many); !fault.Is(err, fault.Invalid) {
			t.Errorf("too many: %v", err)
		}
		for range 2 { // a second time is no error
			if err := h.DropPaper(t.Context(), who, a.ID, have[0].ID); err != nil {
				t.Error(err)
			}
		}
		if notes, have, err = h.history(t.Context(), a.ID); err != nil || len(have) != 1 || len(notes) != 4 {
			t.Errorf("%d files, %d lines, %v", len(have), len(notes), err)
		}
	})
}

func TestAGraveMoveSaysWhyAndHistorySaysWhatChanged(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		a := h.add(dangXa, PC, nil)
		who := h.as("district_coordinator", giaLam)
		f := formOfAsset(a)
		f.State, f.Custodian, f.WarrantyUntil = string(Broken), "Nguyễn Văn Bình", "14/08/2019"
		if _, err := h.ChangeAsset(t.Context(), who, a.ID, 1, f); !fault.Is(err, fault.Invalid) {
			t.Errorf("broken without a word: %v", err)
		}
		f.Said = "Cháy nguồn"
		if _, err := h.ChangeAsset(t.Context(), who, a.ID, 1, f); err != nil {
			t.Fatal(err)
		}
		notes, _, err := h.history(t.Context(), a.ID)
		if err != nil || len(notes) != 4 {
			t.Fatalf("%d lines, %v", len(notes), err)
		}
		var said []string
		for _, n := range notes {
			said = append(said, h.words.In("vi").Line(n.Line())+"|"+n.Said)
		}
		all := strings.Join(said, "\n")
		for _, want := range []string{"Người quản lý: – → Nguyễn Văn Bình", "Bảo hành đến: – → 14/08/2019", "|Cháy nguồn"} {
			if !strings.Contains(all, want) {
				t.Errorf("history lacks %q:\n%s", want, all)
			}
		}
		var entry struct{ Changes, Personal string }
		err = d.Read().NewRaw("SELECT changes, personal FROM trail_entry WHERE target = ? AND act = 'inventory.asset.changed'", a.ID).Scan(t.Context(), &entry.Changes, &entry.Personal)
		if err != nil || strings.Contains(entry.Changes, "Bình") || !strings.Contains(entry.Personal, "Bình") {
			t.Errorf("the name of a person in the trail: %+v, %v", entry, err)
		}
	})
}
