package importer

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/unicode"

	"lotrinh/internal/kit/fault"
)

func TestCSVAsOfficesSendIt(t *testing.T) {
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("mã\ttên\nA\tĐặng Xá\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string]string{
		"commas":             "mã,tên\nA,Đặng Xá\n",
		"semicolons and BOM": "\uFEFFmã;tên\r\nA;Đặng Xá\r\n",
		"tabs in UTF-16":     utf16,
		"Excel's own note":   "sep=|\nmã|tên\nA|Đặng Xá\n",
		"decomposed letters": "mã,tên\nA,Đa\u0323\u0306ng Xa\u0301\n",
		"quoted delimiters":  "\"mã\",\"tên\"\nA,\"Đặng Xá\"\n",
	} {
		got, err := ReadCSV([]byte(raw))
		if err != nil || len(got) != 2 || got[0].Cells[0] != "mã" || got[1].Cells[1] != "Đặng Xá" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestRowNumbersAreTheSpreadsheets(t *testing.T) {
	got, err := ReadCSV([]byte("a,b\n\n1,\"two\nlines\"\n\n2,x\n,\n3,y\n"))
	if err != nil {
		t.Fatal(err)
	}
	var ns []int
	for _, r := range got {
		ns = append(ns, r.N)
	}
	if want := []int{1, 3, 5, 7}; len(ns) != 4 || ns[1] != want[1] || ns[2] != want[2] || ns[3] != want[3] {
		t.Errorf("rows %v, want %v", ns, want)
	}
}

func TestBrokenTablesAreRefusedInWords(t *testing.T) {
	for name, tc := range map[string]struct{ raw, key string }{
		"windows-1258":    {"m\xe3,t\xean\n1,\xd0\xe3ng\n", "importer.encoding"},
		"half a workbook": {"PK\x03\x04 and no more", "importer.book_broken"},
		"a wrong quote":   {"a,b\n1,\"x\"y\n", "importer.csv_broken"},
		"zero bytes":      {"a,b\n\x00,1\n", "importer.encoding"},
		"a long cell":     {"a,b\n1," + strings.Repeat("x", MaxCell+1) + "\n", "importer.cell_long"},
		"many columns":    {strings.Repeat("a,", MaxColumns) + "a\n", "importer.too_many_columns"},
		"many rows":       {strings.Repeat("a,b\n", MaxRows+2), "importer.too_many_rows"},
	} {
		_, err := ReadTable(strings.NewReader(tc.raw), int64(len(tc.raw)))
		if !fault.HasKey(err, tc.key) {
			t.Errorf("%s: %v, want %s", name, err, tc.key)
		}
	}
}

func TestWorkbooks(t *testing.T) {
	book := excelize.NewFile()
	if err := book.SetSheetRow("Sheet1", "B3", &[]any{"mã", "tên", 42684, 1.5}); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, err := ReadTable(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil || len(got) != 1 || got[0].N != 3 || got[0].Cells[1] != "mã" || got[0].Cells[3] != "42684" {
		t.Fatalf("%+v, %v", got, err)
	}
	// A part that unpacks to far more than it weighs.
	big := excelize.NewFile()
	out, err := big.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	wide := make([]any, 60)
	for i := range wide {
		wide[i] = strings.Repeat("a", 1900)
	}
	for n := 1; n < 1000; n++ {
		if err := out.SetRow(Ref(0, n), wide); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	b.Reset()
	if err := big.Write(&b); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadTable(bytes.NewReader(b.Bytes()), int64(b.Len())); !fault.HasKey(err, "importer.book_large") {
		t.Errorf("a bomb of %d bytes: %v", b.Len(), err)
	}
}

func TestExportsOpenSafely(t *testing.T) {
	rows := func(yield func([]any, error) bool) {
		_ = yield([]any{"=HYPERLINK(\"x\")", "Đặng Xá; \"xã\"", 12}, nil) && yield([]any{"-1", nil, 1.5}, nil)
	}
	var b bytes.Buffer
	if err := WriteCSV(&b, []string{"a", "b", "c"}, rows); err != nil {
		t.Fatal(err)
	}
	if want := "\uFEFFa,b,c\n\"'=HYPERLINK(\"\"x\"\")\",\"Đặng Xá; \"\"xã\"\"\",12\n'-1,,1.5\n"; b.String() != want {
		t.Errorf("%q", b.String())
	}
	b.Reset()
	if err := WriteXLSX(&b, "Dữ liệu", []string{"a", "b", "c"}, rows); err != nil {
		t.Fatal(err)
	}
	back, err := ReadTable(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil || len(back) != 3 || back[1].Cells[0] != "=HYPERLINK(\"x\")" || back[2].Cells[2] != "1.5" {
		t.Errorf("%+v, %v", back, err)
	}
	failed := errors.New("lost")
	if err := WriteXLSX(&b, "x", nil, func(yield func([]any, error) bool) { yield(nil, failed) }); !errors.Is(err, failed) {
		t.Errorf("a failing source: %v", err)
	}
}

func FuzzReadCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "\uFEFFmã;tên\n\"x\n\";y", "sep=;\na;b", "\xff\xfea\x00", "\"", "a\r\rb"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		rows, err := ReadCSV(raw)
		if err != nil && fault.Of(err).Kind == fault.Internal {
			t.Fatalf("not a refusal in words: %v", err)
		}
		last := 0
		for _, r := range rows {
			if r.N <= last || len(r.Cells) == 0 || len(r.Cells) > MaxColumns {
				t.Fatalf("row %d after %d with %d cells", r.N, last, len(r.Cells))
			}
			last = r.N
			for _, c := range r.Cells {
				if !utf8.ValidString(c) {
					t.Fatalf("not text: %q", c)
				}
			}
		}
	})
}
