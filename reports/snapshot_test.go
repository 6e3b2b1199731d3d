package reports

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
)

// made is a finished scheduled report of the second week of November.
func (h *house) made() RunRow {
	h.t.Helper()
	h.weekly()
	h.at.Set(hanoi(2016, 11, 14, 7, 30))
	h.due(1)
	return h.runs()[0]
}

func (h *house) file(run ident.ID, form string) []byte {
	h.t.Helper()
	f, err := h.FileOf(h.t.Context(), everywhere("leadership"), run, form)
	if err != nil {
		h.t.Fatal(err)
	}
	o, err := h.files.Open(f)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = o.Close() }()
	raw, err := io.ReadAll(o)
	if err != nil {
		h.t.Fatal(err)
	}
	return raw
}

func TestASnapshotNeverChanges(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		r := h.made()
		before := h.snapshot(r.ID)
		for _, q := range []string{"UPDATE report_snapshot SET body = '{}'", "UPDATE report_snapshot SET pdf_hash = 'x'", "DELETE FROM report_snapshot"} {
			if _, err := h.db.Read().NewRaw(q).Exec(t.Context()); err == nil {
				t.Errorf("%s went through", q)
			}
		}
		h.town.progress.Total.Official = 1
		h.town.gaps.Open = 0
		h.at.Set(hanoi(2016, 11, 15, 9, 0))
		h.due(0)
		if after := h.snapshot(r.ID); after != before {
			t.Error("the world changed the snapshot")
		}
		if f, err := before.Figures(); err != nil || f.Progress.Total.Official != 33 || f.Gaps.Open != 27 {
			t.Errorf("figures: %v %+v", err, f.Gaps)
		}
		bent := before
		bent.Body = strings.Replace(bent.Body, "27", "26", 1)
		if _, err := bent.Figures(); !fault.HasKey(err, "reports.snapshot.bent") {
			t.Errorf("bent figures: %v", err)
		}
	})
}

func TestTheSameSnapshotGivesTheSameBytes(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		r := h.made()
		sn := h.snapshot(r.ID)
		h.at.Set(hanoi(2017, 3, 1, 0, 0))
		h.machine.Set(hanoi(2030, 1, 1, 0, 0))
		papers, err := h.twin().Papers([]byte(sn.Body))
		if err != nil {
			t.Fatal(err)
		}
		kept, err := h.FilesOf(t.Context(), everywhere("leadership"), r.ID, 0)
		if err != nil || len(kept) != len(papers) {
			t.Fatalf("%d files are kept of %d: %v", len(kept), len(papers), err)
		}
		for i, p := range papers {
			if kept[i].Name != p.Name || kept[i].Hash != digest(p.Content) || kept[i].Size != int64(len(p.Content)) {
				t.Errorf("%s was made again and differs", p.Name)
			}
			f, err := h.FileNamed(t.Context(), everywhere("leadership"), r.ID, 1, p.Name)
			if err != nil {
				t.Fatal(err)
			}
			if raw, err := h.content(f); err != nil || !bytes.Equal(raw, p.Content) {
				t.Errorf("the stored %s is another: %v", p.Name, err)
			}
		}
		if kept[0].Hash != sn.PDFHash || kept[2].Hash != sn.XLSXHash {
			t.Error("the snapshot names other files")
		}
	})
}

func pdftotext(t *testing.T, pdf []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", file, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext (Debian package poppler-utils): %v", err)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

func TestSnapshotPaperAndWorkbookSayTheSameNumbers(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		r := h.made()
		sn := h.snapshot(r.ID)
		text := pdftotext(t, h.file(r.ID, PDF))
		for _, want := range []string{
			"DỰ THẢO", "Tính đến 24:00 ngày 13/11/2016", "theo những gì đã ghi nhận đến 14/11/2016 07:30", "33/53 xã, phường, thị trấn", "đạt 62,3%", "16 đơn vị đang chạy thử",
			"52/53 đơn vị", "40/53 đơn vị", "6 đơn vị đạt nhờ miễn trừ", "12 đơn vị đã khai báo", "còn chậm 20 đơn vị",
			"tăng 11 (từ 22 lên 33)", "tiếp nhận 61 phiếu mới", "Còn 27 thiếu hụt", "8 đã quá hạn", "Còn 43 phiếu", "TH-2016-000017", "HT-2016-000123",
			"Tập huấn lại: kế hoạch ngày 05/11/2016, đã chậm 8 ngày", "Ngày 20/11/2016: Sơ kết giai đoạn 1", sn.Hash[:16],
		} {
			if !strings.Contains(text, want) {
				t.Errorf("the paper does not say %q", want)
			}
		}
		if t.Failed() {
			t.Log(text)
		}
		x, err := excelize.OpenReader(bytes.NewReader(h.file(r.ID, XLSX)))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := x.GetRows("Theo quận, huyện", excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		if last := strings.Join(rows[len(rows)-1], "|"); !strings.HasPrefix(last, "Cộng|53|4|16|33|0.62264") || !strings.HasSuffix(last, "|52|40") {
			t.Errorf("the sum row says %s", last)
		}
	})
}

func TestDossiersAreToldOnlyWhereThereAreSome(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		if sn := h.snapshot(h.made().ID); strings.Contains(sn.Body, `"dossiers"`) {
			t.Error("a city without dossiers tells of them")
		}
		h.town.cases = &Cases{Since: "2016-11-01", CaseCounts: CaseCounts{Accepted: 87, Finished: 64, OnTime: 61, Late: 3, OpenLate: 5}, Districts: []CaseTally{
			{Code: giaLam, Name: "huyện Gia Lâm", CaseCounts: CaseCounts{Accepted: 87, Finished: 64, OnTime: 61, Late: 3, OpenLate: 5}}}}
		h.at.Set(hanoi(2016, 11, 21, 7, 30))
		h.due(1)
		runs := h.runs()
		text := pdftotext(t, h.file(runs[len(runs)-1].ID, PDF))
		for _, want := range []string{"Từ ngày 01/11/2016", "tiếp nhận 87 hồ sơ", "61 đúng hạn, 3 quá hạn", "5 hồ sơ đang giải quyết đã quá hạn", "Huyện Gia Lâm 87 64 61 3"} {
			if !strings.Contains(text, want) {
				t.Errorf("the paper does not say %q: %s", want, text[max(0, strings.Index(text, "Bảng 1")):strings.Index(text, "II. ")])
			}
		}
	})
}

func TestAnEmptyCityGetsAnHonestReport(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		*h.town = town{progress: Progress{Programme: h.town.progress.Programme}}
		r := h.made()
		text := pdftotext(t, h.file(r.ID, PDF))
		for _, want := range []string{"chưa đủ dữ liệu", "Không còn thiếu hụt thiết bị nào", "Không có mốc nào"} {
			if !strings.Contains(text, want) {
				t.Errorf("the paper does not say %q: %s", want, text)
			}
		}
	})
}

func TestARunByHandCoversTheRunningWeek(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.made()
		h.at.Set(hanoi(2016, 11, 16, 10, 0))
		r, err := h.RunNow(t.Context(), everywhere("planner"), Weekly, "KH198", city)
		if err != nil {
			t.Fatal(err)
		}
		h.due(1)
		f, err := h.snapshot(r.ID).Figures()
		if err != nil || f.Kind != Manual || !f.Period.From.Equal(hanoi(2016, 11, 14, 0, 0)) || !f.Period.Until.Equal(h.at.Now()) {
			t.Errorf("%v %+v", err, f.Period)
		}
		h.at.Set(hanoi(2016, 11, 21, 7, 30))
		h.due(1) // the week itself is still reported
	})
}

func TestWhoMayDoWhat(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		sc := h.weekly()
		h.at.Set(hanoi(2016, 11, 14, 7, 30))
		h.due(1)
		r := h.runs()[0]
		ofGiaLam := policy.As(access.Actor{ID: "c", Via: "web", Grants: []access.Grant{{Role: "district_coordinator", Units: []string{giaLam, "00526"}}}})
		acts := map[string]func(who access.Actor) error{
			"list":     func(who access.Actor) error { _, err := h.Runs(t.Context(), who, page.Read("", "")); return err },
			"run":      func(who access.Actor) error { _, err := h.SnapshotOf(t.Context(), who, r.ID); return err },
			"file":     func(who access.Actor) error { _, err := h.FileOf(t.Context(), who, r.ID, PDF); return err },
			"schedule": func(who access.Actor) error { _, err := h.Schedule(t.Context(), who, sc.ID); return err },
			"change": func(who access.Actor) error {
				_, err := h.ChangeSchedule(t.Context(), who, sc.ID, 0, ScheduleForm{Spec: sc.Spec, CatchUp: "8"})
				return err
			},
			"run now": func(who access.Actor) error { _, err := h.RunNow(t.Context(), who, Weekly, "?", city); return err },
		}
		const ok = fault.Kind(-1)
		for _, one := range []struct {
			name string
			who  access.Actor
			want map[string]fault.Kind
		}{
			{"planner", everywhere("planner"), map[string]fault.Kind{"list": ok, "run": ok, "file": ok, "schedule": ok, "change": fault.Conflict, "run now": fault.Invalid}},
			{"leadership", everywhere("leadership"), map[string]fault.Kind{"list": ok, "run": ok, "file": ok, "schedule": ok, "change": fault.Denied, "run now": fault.Denied}},
			{"of a district", ofGiaLam, map[string]fault.Kind{"list": ok, "run": fault.Missing, "file": fault.Missing, "schedule": fault.Missing, "change": fault.Missing, "run now": fault.Denied}},
			{"support", everywhere("support_agent"), map[string]fault.Kind{"list": fault.Denied, "run": fault.Denied, "file": fault.Denied, "schedule": fault.Denied, "change": fault.Denied, "run now": fault.Denied}},
			{"nobody", access.Actor{}, map[string]fault.Kind{"list": fault.SignIn, "run": fault.SignIn, "file": fault.SignIn, "schedule": fault.SignIn, "change": fault.SignIn, "run now": fault.SignIn}},
		} {
			for act, do := range acts {
				err, want := do(one.who), one.want[act]
				if want == ok && err != nil || want != ok && !fault.Is(err, want) {
					t.Errorf("%s, %s: %v, want %v", one.name, act, err, want)
				}
			}
		}
		if p, err := h.Runs(t.Context(), ofGiaLam, page.Read("", "")); err != nil || len(p.Items) != 0 {
			t.Errorf("a district sees the city's report: %v %v", p.Items, err)
		}
	})
}

func TestEnglishPagesSayEverything(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		f, err := h.snapshot(h.made().ID).Figures()
		if err != nil {
			t.Fatal(err)
		}
		for _, lang := range i18n.Langs {
			chapters, err := h.Chapters(h.words.In(lang), f)
			if err != nil || len(chapters) != 5 {
				t.Fatalf("%d chapters: %v", len(chapters), err)
			}
			for _, c := range chapters {
				for _, b := range c.Blocks {
					var said []string
					switch b := b.(type) {
					case Para:
						said = []string{string(b)}
					case Items:
						said = b
					case Picture:
						said = []string{b.Caption}
					case Grid:
						said = []string{b.Caption}
						for _, col := range b.Columns {
							said = append(said, col.Head)
						}
					}
					for _, s := range said {
						if s == "" || strings.ContainsAny(s, "⟦{}") {
							t.Errorf("%s: %q", lang, s)
						}
					}
				}
			}
		}
	})
}
