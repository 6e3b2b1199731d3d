package importer

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/xuri/excelize/v2"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
)

// WriteCSV writes a table that Excel opens as it should: UTF-8 with a mark, and no
// cell that a spreadsheet would run as a formula.
func WriteCSV(w io.Writer, head []string, rows iter.Seq2[[]any, error]) error {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write(head); err != nil {
		return err
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		cells := make([]string, len(row))
		for i, v := range row {
			if s, ok := v.(string); ok {
				cells[i] = Guard(s)
			} else if v != nil {
				cells[i] = fmt.Sprint(v)
			}
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// Guard makes text safe to open in a spreadsheet: what starts like a formula gets
// an apostrophe before it.
func Guard(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// WriteXLSX writes a workbook with one sheet, row by row.
func WriteXLSX(w io.Writer, sheet string, head []string, rows iter.Seq2[[]any, error]) error {
	book := excelize.NewFile()
	defer func() { _ = book.Close() }() // written already, or failed already
	if err := fill(book, sheet, head, rows); err != nil {
		return err
	}
	return book.Write(w)
}

func fill(book *excelize.File, sheet string, head []string, rows iter.Seq2[[]any, error]) error {
	if err := book.SetSheetName("Sheet1", sheet); err != nil {
		return fault.Because(fault.Internal, "fault.internal", err)
	}
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true},
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E6EEF7"}}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"}})
	if err != nil {
		return err
	}
	out, err := book.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	if err := out.SetColWidth(1, max(1, len(head)), 20); err != nil {
		return err
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	cells := make([]any, len(head))
	for i, h := range head {
		cells[i] = excelize.Cell{StyleID: bold, Value: h}
	}
	if err := out.SetRow("A1", cells); err != nil {
		return err
	}
	n := 1
	for row, err := range rows {
		if err != nil {
			return err
		}
		n++
		if err := out.SetRow(Ref(0, n), row); err != nil {
			return err
		}
	}
	return out.Flush()
}

// Template writes the workbook that a person fills in: the headings, and a second
// sheet that explains them.
func Template(w io.Writer, c *i18n.Catalog, t i18n.T, s Spec) error {
	head := make([]string, len(s.Columns))
	for i, col := range s.Columns {
		head[i] = t.Say(col.Name)
	}
	book := excelize.NewFile()
	defer func() { _ = book.Close() }() // written already, or failed already
	if err := fill(book, t.Say("importer.sheet"), head, func(func([]any, error) bool) {}); err != nil {
		return err
	}
	help := t.Say("importer.sheet_help")
	if _, err := book.NewSheet(help); err != nil {
		return err
	}
	if err := book.SetColWidth(help, "A", "A", 28); err != nil {
		return err
	}
	if err := book.SetColWidth(help, "C", "C", 90); err != nil {
		return err
	}
	for i, col := range s.Columns {
		need, hint := "importer.optional", ""
		if col.Needed {
			need = "importer.needed"
		}
		if c.Has(col.Name + ".hint") {
			hint = t.Say(col.Name + ".hint")
		}
		row := []any{t.Say(col.Name), t.Say(need), hint}
		if err := book.SetSheetRow(help, Ref(0, i+1), &row); err != nil {
			return err
		}
	}
	return book.Write(w)
}
