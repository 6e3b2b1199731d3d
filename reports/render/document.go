package render

import (
	"math"
	"strings"
	"time"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/paper"
	"lotrinh/internal/kit/plot"
)

// Document is a report ready to be laid out. All texts are final; a part whose
// text is empty is left out.
type Document struct {
	Lang           i18n.Lang // how numbers and dates are written; Vietnamese when empty
	Nation, Motto  string    // Quốc hiệu, Tiêu ngữ
	Parent, Issuer string    // the body above and the body that issues
	Number         string    // "Số:       /BC-STTTT", blanks left for the clerk
	PlaceDate      string    // "Hà Nội, ngày 05 tháng 01 năm 2020", see OfficialDate
	Draft          string    // "DỰ THẢO" while number and signature are missing
	Kind, Title    string    // "BÁO CÁO" and what it is about
	AddresseeHead  string    // "Kính gửi:"
	Addressees     []string
	Grounds        []string // căn cứ; punctuation is put at their ends
	Sections       []Section
	ReceiversHead  string // "Nơi nhận:"
	Receivers      []string
	Capacity       []string // "TL. GIÁM ĐỐC", "TRƯỞNG PHÒNG CÔNG NGHỆ THÔNG TIN"
	Signer         string   // the name under the signature
	Author         string   // of the file
	Made           time.Time
	Attachments    []Attachment
	Shortened      func(n int) string // says that n items were left out to keep the pages, see Fitted
	Glossary       Glossary           // the workbook's sheet of definitions
}

// Section is a heading with what stands under it. Landscape lays its pages on their
// side; a table that is too wide for an upright page turns its own pages.
type Section struct {
	Heading   string
	Blocks    []Block
	Landscape bool
}

// Block is a Paragraph, a List, a Table or a Figure.
type Block interface{ block() }

// Paragraph is justified text.
type Paragraph string

// List is dashed items.
type List []string

// Figure is a chart with its caption. Data is the numbers behind it: a sheet of the
// workbook and a file of their own, not on paper; when nil they are read from the chart's
// table. Listed says that a table of the document has them already.
type Figure struct {
	Caption string
	Chart   plot.Chart
	Data    *Table
	Listed  bool
	Picture []byte // the chart in pixels at the resolution of print; Drawn fills it in
}

// Table is rows under a head; numbers stay numbers.
type Table struct {
	Caption string
	Sheet   string // the name of its sheet; the caption when empty
	Columns []Column
	Rows    [][]any // string, int, int64, float64, time.Time or nil
	Foot    []any   // the sum, set bold; may be absent
	Chart   *Native // a chart that the workbook draws of it; may be absent
}

// Column is one column of a table.
type Column struct {
	Head string
	Form Form
}

// Form is how a column's cells are written.
type Form int

// The forms. Text stands left, the rest right; Rate is a share: 0.8333 is 83,3%. In a Mixed
// column each cell decides: whole numbers are Whole, others Decimal.
const (
	Text Form = iota
	Whole
	Decimal
	Rate
	Date
	Mixed
)

// Attachment is a file carried inside the PDF.
type Attachment struct {
	Name, Description string
	Content           []byte
}

// Glossary is the sheet that says what the columns mean.
type Glossary struct {
	Sheet             string // "Định nghĩa"
	TermHead, SayHead string
	Entries           [][2]string
}

func (Paragraph) block() {}
func (List) block()      {}
func (Figure) block()    {}
func (Table) block()     {}

const mostRows = 100000

func (d Document) check() error {
	var k fault.Check
	k.Need(strings.TrimSpace(d.Kind) != "", "kind", "reports.render.kind_needed")
	k.Need(strings.TrimSpace(d.Title) != "", "title", "reports.render.title_needed")
	k.Need(!d.Made.IsZero(), "made", "reports.render.made_needed")
	for _, t := range d.tables() {
		t.check(&k)
	}
	return k.Err()
}

// tables are all tables, those behind figures among them, in their order.
func (d Document) tables() []Table {
	var all []Table
	for _, s := range d.Sections {
		for _, b := range s.Blocks {
			switch b := b.(type) {
			case Table:
				all = append(all, b)
			case Figure:
				if t := b.behind(d.t()); t != nil {
					all = append(all, *t)
				}
			}
		}
	}
	return all
}

// all is the rows and the foot.
func (t Table) all() [][]any {
	if t.Foot == nil {
		return t.Rows
	}
	return append(t.Rows[:len(t.Rows):len(t.Rows)], t.Foot)
}

func (t Table) check(k *fault.Check) {
	k.Need(len(t.Columns) > 0, "table", "reports.render.columns_needed", "name", t.Caption)
	k.Need(len(t.Rows) <= mostRows, "table", "reports.render.too_large", "name", t.Caption, "rows", len(t.Rows), "most", mostRows)
	k.Need(t.Chart.within(len(t.Columns)), "table", "reports.render.bad_chart", "name", t.Caption)
	for i, row := range t.all() {
		if len(row) != len(t.Columns) {
			k.Need(false, "table", "reports.render.row_unequal", "name", t.Caption, "row", i+1, "cells", len(row), "columns", len(t.Columns))
			return
		}
		for j, c := range row {
			k.Need(usable(c), "table", "reports.render.bad_cell", "name", t.Caption, "row", i+1, "column", j+1)
		}
	}
}

// Native is a chart that a workbook draws of a table's own cells. Columns are counted
// from 0; Label is the one whose cells name the bars or days.
type Native struct {
	Kind   NativeKind
	Title  string
	Label  int
	Series []NativeSeries
}

// NativeSeries is one line or layer: its column, and the tone that decides its colour
// as it does in plot; neutral when empty.
type NativeSeries struct {
	Column int
	Tone   plot.Tone
}

// NativeKind is how a workbook draws a table.
type NativeKind int

// The kinds. Layers are lying bars with their parts one after the other, Lines run
// over days, Bars lie, Columns stand.
const (
	Layers NativeKind = iota
	Lines
	Bars
	Columns
)

func (n *Native) within(columns int) bool {
	if n == nil {
		return true
	}
	for _, s := range n.Series {
		if s.Column < 0 || s.Column >= columns {
			return false
		}
	}
	return len(n.Series) > 0 && n.Label >= 0 && n.Label < columns
}

func usable(c any) bool {
	switch v := c.(type) {
	case nil, string, int, int64, time.Time:
		return true
	case float64:
		return !math.IsNaN(v) && !math.IsInf(v, 0)
	}
	return false
}

// Write is a cell in words, as the column's form and the language want it.
func (c Column) Write(t i18n.T, cell any) string {
	c.Form = c.of(cell)
	switch v := cell.(type) {
	case string:
		return paper.Clean(v)
	case int:
		return c.number(t, float64(v))
	case int64:
		return c.number(t, float64(v))
	case float64:
		return c.number(t, v)
	case time.Time:
		return t.Day(v)
	}
	return ""
}

// of is the form of one cell.
func (c Column) of(cell any) Form {
	if c.Form != Mixed {
		return c.Form
	}
	if _, fraction := cell.(float64); fraction {
		return Decimal
	}
	return Whole
}

func (c Column) number(t i18n.T, v float64) string {
	switch {
	case c.Form == Rate:
		return t.Percent(v)
	case c.Form == Decimal || v != math.Trunc(v):
		return t.Decimal(v, 1)
	}
	return t.Int(int64(v))
}

func (d Document) t() i18n.T {
	if d.Lang == "" {
		return i18n.T{Lang: i18n.VI}
	}
	return i18n.T{Lang: d.Lang}
}
