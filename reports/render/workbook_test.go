package render

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func opened(t *testing.T, d Document) *excelize.File {
	t.Helper()
	raw, err := Workbook(d)
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func TestWorkbookHasASheetATableAndTheDefinitions(t *testing.T) {
	f := opened(t, report())
	if got := strings.Join(f.GetSheetList(), "|"); got != "Theo huyện|Từng xã|Định nghĩa" {
		t.Errorf("sheets are %s", got)
	}
	if v, _ := f.GetCellValue("Định nghĩa", "A2"); v != "Chính thức" {
		t.Errorf("the definition reads %q", v)
	}
	panes, err := f.GetPanes("Từng xã")
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("the head does not stay: %+v %v", panes, err)
	}
}

func TestWorkbookKeepsNumbersAsNumbers(t *testing.T) {
	f := opened(t, report())
	raw := excelize.Options{RawCellValue: true}
	for cell, want := range map[string]string{"B2": "31", "B5": "1234", "D4": "1"} {
		kind, err := f.GetCellType("Theo huyện", cell)
		if err != nil || (kind != excelize.CellTypeNumber && kind != excelize.CellTypeUnset) {
			t.Errorf("%s is of type %v %v", cell, kind, err)
		}
		if v, _ := f.GetCellValue("Theo huyện", cell, raw); v != want {
			t.Errorf("%s is %q, want %q", cell, v, want)
		}
	}
	if v, _ := f.GetCellValue("Từng xã", "D2"); v != "14/11/2016" {
		t.Errorf("the day reads %q", v)
	}
	if v, _ := f.GetCellValue("Theo huyện", "D2"); v != "54.8%" {
		t.Errorf("the share reads %q", v)
	}
}

func TestWorkbookTextIsNeverAFormula(t *testing.T) {
	d := report()
	d.Sections[0].Blocks = []Block{Table{Sheet: "a/b:c[d]*?'", Columns: []Column{{"=1+1", Text}}, Rows: [][]any{{"=HYPERLINK(\"x\")"}}},
		Table{Sheet: "A b c d", Columns: []Column{{"x", Text}}}, Table{Sheet: strings.Repeat("Đặng Xá ", 9), Columns: []Column{{"x", Text}}}}
	f := opened(t, d)
	list := f.GetSheetList()
	if len(list) != 5 {
		t.Fatalf("sheets are %q", list)
	}
	for _, cell := range []string{"A1", "A2"} {
		if formula, _ := f.GetCellFormula(list[0], cell); formula != "" {
			t.Errorf("%s became the formula %q", cell, formula)
		}
	}
	if v, _ := f.GetCellValue(list[0], "A2"); v != "=HYPERLINK(\"x\")" {
		t.Errorf("the text reads %q", v)
	}
}

func TestWorkbookWithoutTablesStillOpens(t *testing.T) {
	if got := opened(t, Document{Kind: "BÁO CÁO", Title: "Rỗng", Made: made}).GetSheetList(); len(got) != 1 {
		t.Errorf("sheets are %q", got)
	}
}
