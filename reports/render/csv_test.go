package render

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"lotrinh/internal/kit/fault"
)

func TestTablesAreCSVThatASpreadsheetReadsRightAndNeverRuns(t *testing.T) {
	d := Document{Kind: "BÁO CÁO", Title: "x", Made: made, Sections: []Section{{Blocks: []Block{Table{Caption: "Bảng 1. Đơn vị", Sheet: "Theo quận, huyện",
		Columns: []Column{{"=Tên", Text}, {"Số", Whole}, {"Tỷ lệ", Rate}, {"Ngày", Date}},
		Rows:    [][]any{{"=HYPERLINK(\"x\")", -1234, 0.8333, made}, {"+84 24", 5, nil, nil}, {"@SUM(A1)", int64(7), 1.0, nil}, {"-1", 0, nil, nil}, {"\tx", 1, nil, nil}, {"Ba Vì, Sóc Sơn", 2, nil, nil}},
		Foot:    []any{"Cộng", 9, nil, nil}}}}}}
	all, err := Tables(d)
	if err != nil || len(all) != 1 || all[0].Name != "01-theo-quan-huyen.csv" || all[0].Caption != "Bảng 1. Đơn vị" {
		t.Fatalf("%v %v", all, err)
	}
	body, marked := bytes.CutPrefix(all[0].Content, []byte("\xEF\xBB\xBF"))
	rows, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	if err != nil || !marked || len(rows) != 8 {
		t.Fatalf("%q %v", rows, err)
	}
	for i, want := range [][]string{{"'=Tên", "Số", "Tỷ lệ", "Ngày"}, {"'=HYPERLINK(\"x\")", "-1234", "0.8333", "2016-11-14"}, {"'+84 24", "5", "", ""}, {"'@SUM(A1)", "7", "1", ""}, {"'-1", "0", "", ""},
		{"'\tx", "1", "", ""}, {"Ba Vì, Sóc Sơn", "2", "", ""}, {"Cộng", "9", "", ""}} {
		if !slices.Equal(rows[i], want) {
			t.Errorf("row %d is %q, want %q", i, rows[i], want)
		}
	}
}

func TestTablesOfABadDocumentAreRefused(t *testing.T) {
	bad := report()
	bad.Sections[0].Blocks = []Block{Table{Caption: "A", Columns: []Column{{"x", Text}}, Rows: [][]any{{"a"}}, Chart: &Native{Series: []NativeSeries{{Column: 3}}}}}
	if _, err := Tables(bad); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}

// FuzzNoCellIsAFormula holds that no text leaves as the beginning of a formula, and that
// a reader of CSV gets it back.
func FuzzNoCellIsAFormula(f *testing.F) {
	for _, s := range []string{"=1", "\u200b=1", "a\r\n=1", "'", "+", "@", "Đặng Xá"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		raw, err := Table{Columns: []Column{{"x", Text}, {"y", Text}}, Rows: [][]any{{s, "end"}}}.csv()
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\xEF\xBB\xBF")))).ReadAll()
		if err != nil || len(rows) != 2 || rows[1][1] != "end" {
			t.Fatalf("%q %v", rows, err)
		}
		if c := rows[1][0]; c != "" && strings.ContainsRune("=+-@\t\r", rune(c[0])) {
			t.Errorf("%q becomes %q", s, c)
		}
	})
}
