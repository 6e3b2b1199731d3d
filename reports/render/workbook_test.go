package render

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/plot"
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

// charted is a report whose table of districts and whose figure ask for native charts.
func charted(t *testing.T) Document {
	t.Helper()
	d := report()
	b := slices.Clone(d.Sections[0].Blocks)
	table, is := b[3].(Table)
	figure, also := b[2].(Figure)
	if !is || !also {
		t.Fatal("the report has other blocks")
	}
	table.Chart = &Native{Kind: Layers, Title: "Theo huyện", Series: []NativeSeries{{Column: 2, Tone: plot.Official}, {Column: 1, Tone: plot.Preparing}}}
	figure.Listed = false
	b[2], b[3] = figure, table
	d.Sections[0].Blocks = b
	return d
}

func TestTheWorkbookDrawsNativeChartsOverItsOwnCells(t *testing.T) {
	raw, err := Workbook(charted(t))
	if err != nil {
		t.Fatal(err)
	}
	all := unpacked(t, raw)
	for part, wants := range map[string][]string{
		"xl/charts/chart2.xml": {"'Theo huyện'!$C$1", "'Theo huyện'!$C$2:$C$4", "'Theo huyện'!$A$2:$A$4", `grouping val="stacked"`, `val="0B5CAD"`},
		"xl/charts/chart1.xml": {"'Hình 1'!$B$2:$B$7", "'Hình 1'!$D$2:$D$7"},
		"xl/workbook.xml":      {"_xlnm.Print_Titles"},
	} {
		for _, want := range wants {
			if !strings.Contains(all[part], want) && !strings.Contains(all[part], strings.ReplaceAll(want, "'", "&#39;")) && !strings.Contains(all[part], strings.ReplaceAll(want, "0B5CAD", "0b5cad")) {
				t.Errorf("%s lacks %s", part, want)
			}
		}
	}
	if strings.Contains(all["xl/charts/chart1.xml"], "$E$") {
		t.Error("the sum is drawn as a layer")
	}
}

func TestAFiguresNumbersComeBackAsNumbers(t *testing.T) {
	f := opened(t, charted(t))
	if got := strings.Join(f.GetSheetList(), "|"); got != "Hình 1|Theo huyện|Từng xã|Định nghĩa" {
		t.Fatalf("sheets are %s", got)
	}
	rows, err := f.GetRows("Hình 1", excelize.Options{RawCellValue: true})
	if err != nil || strings.Join(rows[0], "|") != "Huyện|Chuẩn bị|Chạy thử|Chính thức|Cộng" || strings.Join(rows[1], "|") != "Ba Vì|4|10|17|31" {
		t.Errorf("%q %v", rows, err)
	}
	vi, en := i18n.T{Lang: i18n.VI}, i18n.T{Lang: i18n.EN}
	for _, one := range []struct {
		t     i18n.T
		cells []string
		form  Form
		first any
	}{{vi, []string{"1.234", "", "5"}, Whole, int64(1234)}, {vi, []string{"1.234,5", "–"}, Decimal, 1234.5}, {en, []string{"1,234.5"}, Decimal, 1234.5}, {vi, []string{"83,3%"}, Rate, 0.833},
		{vi, []string{"14/11/2016"}, Date, time.Date(2016, 11, 14, 0, 0, 0, 0, clock.City)}, {vi, []string{"5", "xã"}, Text, "5"}, {vi, []string{"", ""}, Text, ""}} {
		var rows [][]string
		for _, c := range one.cells {
			rows = append(rows, []string{c})
		}
		if cells, form := column(one.t, rows, 0); form != one.form || cells[0] != one.first {
			t.Errorf("%q reads as %v of form %d", one.cells, cells[0], form)
		}
	}
}
