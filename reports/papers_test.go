package reports

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/reports/render"
)

// kept is the bytes of every stored file of a run, by form; of tables and charts by name.
func (h *house) kept(run ident.ID) map[string][]byte {
	h.t.Helper()
	all, err := h.FilesOf(h.t.Context(), everywhere("leadership"), run, 0)
	if err != nil {
		h.t.Fatal(err)
	}
	raw := map[string][]byte{}
	for _, f := range all {
		file, err := h.FileNamed(h.t.Context(), everywhere("leadership"), run, f.Edition, f.Name)
		if err != nil {
			h.t.Fatal(err)
		}
		body, err := h.content(file)
		if err != nil || digest(body) != f.Hash || int64(len(body)) != f.Size {
			h.t.Fatalf("%s is not what was stored: %v", f.Name, err)
		}
		key := f.Form
		if f.Form == CSV || f.Form == PNG {
			key = f.Name
		}
		raw[key] = body
	}
	return raw
}

// wordText is what a Word file says, paragraph by paragraph.
func wordText(t *testing.T, docx []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(docx), int64(len(docx)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(f)
	var b strings.Builder
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return strings.Join(strings.Fields(b.String()), " ")
		}
		if err != nil {
			t.Fatal(err)
		}
		switch v := tok.(type) {
		case xml.CharData:
			b.Write(v)
		case xml.EndElement:
			if v.Name.Local == "p" {
				b.WriteByte(' ')
			}
		}
	}
}

var figure = regexp.MustCompile(`\d[\d.,/%:]*`)

// The same figures everywhere: what the frozen snapshot holds stands in PDF, Word, Excel,
// CSV and JSON, cell by cell.
func TestAllFormsOfAReportSayTheSameFigures(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		r := h.made()
		sn := h.snapshot(r.ID)
		all := h.kept(r.ID)
		if !bytes.Equal(all[JSON], []byte(sn.Body)) || digest(all[JSON]) != sn.Hash {
			t.Error("the JSON is not the snapshot")
		}
		var f Figures
		if err := json.Unmarshal(all[JSON], &f); err != nil {
			t.Fatal(err)
		}
		chapters, err := h.Chapters(h.words.In(i18n.VI), f)
		if err != nil {
			t.Fatal(err)
		}
		pdf, docx := pdftotext(t, all[PDF]), wordText(t, all[DOCX])
		book, err := excelize.OpenReader(bytes.NewReader(all[XLSX]))
		if err != nil {
			t.Fatal(err)
		}
		tables := 0
		for _, c := range chapters {
			for _, b := range c.Blocks {
				for _, said := range texts(b) {
					for _, n := range figure.FindAllString(said, -1) {
						if !strings.Contains(pdf, n) || !strings.Contains(docx, n) {
							t.Errorf("%s of %q is not on paper", n, said)
						}
					}
					if said = strings.Join(strings.Fields(said), " "); !strings.Contains(docx, said) {
						t.Errorf("the Word file does not say %q", said)
					}
				}
				g, is := b.(Grid)
				if !is {
					continue
				}
				if g.On != NotOnPaper {
					onPaper(t, h, g, pdf, docx)
				}
				if g.On != PaperOnly {
					tables++
					inSheet(t, book, g)
					inCSV(t, all, g)
				}
			}
		}
		if tables < 3 || all[ZIP] == nil {
			t.Errorf("only %d tables", tables)
		}
	})
}

func texts(b Block) []string {
	switch b := b.(type) {
	case Para:
		return []string{string(b)}
	case Items:
		return b
	}
	return nil
}

// onPaper looks for each row's numbers, one after the other, in PDF and Word.
func onPaper(t *testing.T, h *house, g Grid, pdf, docx string) {
	t.Helper()
	for _, row := range append(slices.Clone(g.Rows), g.Foot) {
		var numbers []string
		for j, c := range row {
			if g.Columns[j].Form != render.Text {
				numbers = append(numbers, g.Columns[j].Write(h.words.In(i18n.VI), c))
			}
		}
		line := strings.Join(strings.Fields(strings.Join(numbers, " ")), " ")
		if g.Columns[0].Form == render.Text && len(numbers) == len(row)-1 && !strings.Contains(pdf, line) {
			t.Errorf("%s: the PDF lacks %q", g.Caption, line)
		}
		for _, n := range numbers {
			if !strings.Contains(docx, n) || !strings.Contains(pdf, n) {
				t.Errorf("%s: paper lacks %q", g.Caption, n)
			}
		}
	}
}

func inSheet(t *testing.T, book *excelize.File, g Grid) {
	t.Helper()
	rows, err := book.GetRows(g.Sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range append(slices.Clone(g.Rows), g.Foot) {
		for j, c := range row {
			got := ""
			if i+1 < len(rows) && j < len(rows[i+1]) {
				got = rows[i+1][j]
			}
			switch v := c.(type) {
			case int:
				if got != strconv.Itoa(v) {
					t.Errorf("%s, row %d, column %d: the sheet has %q, not %d", g.Sheet, i, j, got, v)
				}
			case int64:
				if got != strconv.FormatInt(v, 10) {
					t.Errorf("%s, row %d, column %d: the sheet has %q, not %d", g.Sheet, i, j, got, v)
				}
			case float64:
				if x, err := strconv.ParseFloat(got, 64); err != nil || x != v {
					t.Errorf("%s, row %d, column %d: the sheet has %q, not %v", g.Sheet, i, j, got, v)
				}
			case string:
				if got != v {
					t.Errorf("%s, row %d, column %d: the sheet has %q, not %q", g.Sheet, i, j, got, v)
				}
			}
		}
	}
}

func inCSV(t *testing.T, all map[string][]byte, g Grid) {
	t.Helper()
	for name, raw := range all {
		if !strings.HasSuffix(name, ".csv") {
			continue
		}
		rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\xEF\xBB\xBF")))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		want := slices.Clone(g.Rows)
		if g.Foot != nil {
			want = append(want, g.Foot)
		}
		if rows[0][0] != g.Columns[0].Head || len(rows) != len(want)+1 || len(rows[0]) != len(g.Columns) || rows[0][len(rows[0])-1] != g.Columns[len(g.Columns)-1].Head {
			continue
		}
		for i, row := range want {
			for j, c := range row {
				switch c.(type) {
				case int, int64, float64:
					if got := rows[i+1][j]; got != fmt.Sprint(c) {
						t.Errorf("%s, row %d, column %d: %q, not %v", name, i, j, got, c)
					}
				}
			}
		}
		return
	}
	t.Errorf("no CSV holds %s", g.Caption)
}

func signedForm() IssueForm {
	return IssueForm{Number: "5", SignedOn: "2016-11-14", Capacity: "KT. Giám đốc\nPhó Giám đốc", Signer: "Nguyễn Văn Khánh"}
}

func TestASignedReportKeepsItsDraftAndItsFigures(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		r := h.made()
		before, draft := h.snapshot(r.ID), h.file(r.ID, PDF)
		h.at.Set(hanoi(2016, 11, 15, 9, 0))
		i, err := h.IssueRun(t.Context(), everywhere("planner"), r.ID, signedForm())
		if err != nil || i.Code() != "05/BC-STTTT" || i.Issue != 1 || i.Capacity != "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC" {
			t.Fatalf("%+v %v", i, err)
		}
		text := pdftotext(t, h.file(r.ID, PDF))
		for _, want := range []string{"Số: 05/BC-STTTT", "ngày 14 tháng 11 năm 2016", "PHÓ GIÁM ĐỐC", "Nguyễn Văn Khánh", "33/53 xã", before.Hash[:16]} {
			if !strings.Contains(text, want) {
				t.Errorf("the signed document lacks %q", want)
			}
		}
		if strings.Contains(text, "DỰ THẢO") || !strings.Contains(pdftotext(t, draft), "DỰ THẢO") {
			t.Error("the marks of the draft are not where they belong")
		}
		if after := h.snapshot(r.ID); after != before {
			t.Error("the signature changed the snapshot")
		}
		if f, err := h.FileNamed(t.Context(), everywhere("leadership"), r.ID, 1, fileNameOf(t, before)+".pdf"); err != nil || f.Hash != before.PDFHash {
			t.Errorf("the draft is gone: %v", err)
		}
		for _, q := range []string{"UPDATE report_issue SET number = 6", "DELETE FROM report_issue", "UPDATE report_file SET hash = 'x'", "DELETE FROM report_file"} {
			if _, err := h.db.Read().NewRaw(q).Exec(t.Context()); err == nil {
				t.Errorf("%s went through", q)
			}
		}
		mend := signedForm()
		mend.Number, mend.Version, mend.Reason = "6", 1, "Ghi nhầm số"
		if i, err := h.IssueRun(t.Context(), everywhere("planner"), r.ID, mend); err != nil || i.Issue != 2 {
			t.Fatal(i, err)
		}
		if text := pdftotext(t, h.file(r.ID, PDF)); !strings.Contains(text, "Số: 06/BC-STTTT") {
			t.Error("the correction is not what is handed out")
		}
		if all, err := h.IssuedOf(t.Context(), everywhere("leadership"), r.ID); err != nil || len(all) != 2 || all[0].Reason != "Ghi nhầm số" {
			t.Errorf("%+v %v", all, err)
		}
		if n := h.count("outbox_event WHERE topic = 'reports.run.issued'"); n != 2 {
			t.Errorf("%d events tell of it", n)
		}
	})
}

func fileNameOf(t *testing.T, sn Snapshot) string {
	t.Helper()
	f, err := sn.Figures()
	if err != nil {
		t.Fatal(err)
	}
	return fileName(f)
}

func TestANumberIsBorneByOneReportAndAStaleFormIsRefused(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		first := h.made()
		h.at.Set(hanoi(2016, 11, 21, 7, 30))
		h.due(1)
		second := h.runs()[1]
		who := everywhere("planner")
		if _, err := h.IssueRun(t.Context(), who, first.ID, signedForm()); err != nil {
			t.Fatal(err)
		}
		if _, err := h.IssueRun(t.Context(), who, first.ID, signedForm()); !fault.Is(err, fault.Conflict) {
			t.Errorf("signed twice: %v", err)
		}
		twin := signedForm()
		twin.SignedOn = "2016-11-21"
		if _, err := h.IssueRun(t.Context(), who, second.ID, twin); !fault.HasKey(err, "reports.issue.number_taken") {
			t.Errorf("one number twice: %v", err)
		}
		mend := signedForm()
		mend.Number, mend.Version, mend.Reason = "7", 1, "Văn thư cấp lại số"
		if _, err := h.IssueRun(t.Context(), who, first.ID, mend); err != nil {
			t.Fatal(err)
		}
		twin.Number = "7"
		if _, err := h.IssueRun(t.Context(), who, second.ID, twin); !fault.HasKey(err, "reports.issue.number_taken") {
			t.Errorf("the number of a correction twice: %v", err)
		}
	})
}

func TestWhatASignatureMustSay(t *testing.T) {
	read, now := hanoi(2016, 11, 14, 7, 30), hanoi(2016, 11, 20, 9, 0)
	for name, change := range map[string]func(*IssueForm){
		"number": func(f *IssueForm) { f.Number = "0" }, "signed_on": func(f *IssueForm) { f.SignedOn = "2016-11-13" }, "capacity": func(f *IssueForm) { f.Capacity = " \n" },
		"signer": func(f *IssueForm) { f.Signer = " " }, "reason": func(f *IssueForm) { f.Version = 1 },
	} {
		f := signedForm()
		if _, err := f.check(read, now); err != nil {
			t.Fatal(err)
		}
		change(&f)
		_, err := f.check(read, now)
		if e := fault.Of(err); e.Kind != fault.Invalid || len(e.Fields) != 1 || e.Fields[0].Name != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, day := range []string{"2016-11-21", "hôm qua", ""} {
		f := signedForm()
		f.SignedOn = day
		if _, err := f.check(read, now); !fault.Is(err, fault.Invalid) {
			t.Errorf("signed on %q: %v", day, err)
		}
	}
	f := signedForm()
	f.SignedOn = clock.Date(now)
	if _, err := f.check(read, now); err != nil {
		t.Errorf("signed today: %v", err)
	}
}

func TestWhoMayTakeFilesAndRecordASignature(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		r := h.made()
		ofGiaLam := policy.As(access.Actor{ID: "c", Via: "web", Grants: []access.Grant{{Role: "district_coordinator", Units: []string{giaLam}}}})
		bad := IssueForm{}
		for _, one := range []struct {
			name        string
			who         access.Actor
			read, issue fault.Kind
		}{
			{"planner", everywhere("planner"), -1, fault.Invalid},
			{"leadership", everywhere("leadership"), -1, fault.Denied},
			{"of a district", ofGiaLam, fault.Missing, fault.Missing},
			{"support", everywhere("support_agent"), fault.Denied, fault.Denied},
			{"nobody", access.Actor{}, fault.SignIn, fault.SignIn},
		} {
			_, listed := h.FilesOf(t.Context(), one.who, r.ID, 0)
			_, taken := h.FileNamed(t.Context(), one.who, r.ID, 0, "data.json")
			_, told := h.IssuedOf(t.Context(), one.who, r.ID)
			for _, err := range []error{listed, taken, told} {
				if one.read == -1 && err != nil || one.read != -1 && !fault.Is(err, one.read) {
					t.Errorf("%s reads: %v", one.name, err)
				}
			}
			if _, err := h.IssueRun(t.Context(), one.who, r.ID, bad); !fault.Is(err, one.issue) {
				t.Errorf("%s records: %v", one.name, err)
			}
		}
		if _, err := h.FileNamed(t.Context(), everywhere("planner"), r.ID, 0, "../data.json"); !fault.Is(err, fault.Missing) {
			t.Errorf("a name that is none: %v", err)
		}
	})
}
