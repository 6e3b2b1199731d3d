package render

import (
	"archive/zip"
	"bytes"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/paper"
)

// Workbook writes a document's tables as XLSX, a sheet each, with real numbers,
// a head that stays in sight and, last, the sheet of definitions.
func Workbook(d Document) (xlsx []byte, err error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	f := excelize.NewFile()
	defer func() {
		if cerr := f.Close(); err == nil && cerr != nil {
			err = fault.Because(fault.Internal, "reports.render.failed", cerr)
		}
	}()
	w := &workbook{f: f, doc: d, taken: map[string]bool{strings.ToLower(blankSheet): true}}
	w.do(func() error { return w.styles() })
	for _, t := range d.tables() {
		w.do(func() error { return w.table(t) })
	}
	w.do(w.glossary)
	w.do(func() error { return f.DeleteSheet(blankSheet) })
	w.do(w.properties)
	if w.err != nil {
		return nil, fault.Because(fault.Internal, "reports.render.failed", w.err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		return nil, fault.Because(fault.Internal, "reports.render.failed", err)
	}
	return repacked(b.Bytes())
}

// repacked puts the parts of the file in one order, and what its list of types says of
// endings, since the library's is by chance and the same document must give the same bytes.
func repacked(raw []byte) ([]byte, error) {
	from, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, fault.Because(fault.Internal, "reports.render.failed", err)
	}
	parts := slices.SortedFunc(slices.Values(from.File), func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	var b bytes.Buffer
	to := zip.NewWriter(&b)
	for _, part := range parts {
		if part.Name == "[Content_Types].xml" {
			err = ordered(to, part)
		} else {
			err = to.Copy(part)
		}
		if err != nil {
			return nil, fault.Because(fault.Internal, "reports.render.failed", err)
		}
	}
	if err := to.Close(); err != nil {
		return nil, fault.Because(fault.Internal, "reports.render.failed", err)
	}
	return b.Bytes(), nil
}

var endings = regexp.MustCompile(`(?:<Default [^>]*></Default>)+`)

// ordered writes the list of types with its endings sorted.
func ordered(to *zip.Writer, part *zip.File) error {
	in, err := part.Open()
	if err != nil {
		return err
	}
	raw, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	raw = endings.ReplaceAllFunc(raw, func(run []byte) []byte {
		all := bytes.SplitAfter(run, []byte("</Default>"))
		slices.SortFunc(all, bytes.Compare)
		return bytes.Join(all, nil)
	})
	out, err := to.CreateHeader(&zip.FileHeader{Name: part.Name, Method: zip.Deflate})
	if err != nil {
		return err
	}
	_, err = out.Write(raw)
	return err
}

// blankSheet is what the library starts with; it goes when ours stand.
const blankSheet = "Sheet1"

// headHeight has room for two lines, in points.
const headHeight = 33

type workbook struct {
	f     *excelize.File
	doc   Document
	taken map[string]bool
	head  int
	wrap  int
	forms map[Form]int
	bold  map[Form]int
	// widths are those of the columns of the sheet that is being written, in letters
	widths []float64
	err    error
}

// do runs a step unless an earlier one failed.
func (w *workbook) do(step func() error) {
	if w.err == nil {
		w.err = step()
	}
}

var formats = map[Form]string{Text: "@", Whole: "#,##0", Decimal: "#,##0.0", Rate: "0.0%", Date: "dd/mm/yyyy"}

func (w *workbook) styles() error {
	var err error
	edge := []excelize.Border{{Type: "bottom", Style: 1, Color: "808080"}}
	if w.head, err = w.f.NewStyle(&excelize.Style{
		Font: &excelize.Font{Bold: true}, Border: edge, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"ECECEC"}},
		Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true},
	}); err != nil {
		return err
	}
	if w.wrap, err = w.f.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}); err != nil {
		return err
	}
	w.forms, w.bold = map[Form]int{}, map[Form]int{}
	for _, form := range []Form{Text, Whole, Decimal, Rate, Date} {
		format := formats[form]
		look := &excelize.Style{CustomNumFmt: &format, Alignment: &excelize.Alignment{Vertical: "top", WrapText: form == Text}}
		if w.forms[form], err = w.f.NewStyle(look); err != nil {
			return err
		}
		look.Font = &excelize.Font{Bold: true}
		if w.bold[form], err = w.f.NewStyle(look); err != nil {
			return err
		}
	}
	return nil
}

func (w *workbook) table(t Table) error {
	name := t.Sheet
	if name == "" {
		name = t.Caption
	}
	sheet, err := w.sheet(name)
	if err != nil {
		return err
	}
	if err := w.printed(sheet, t); err != nil {
		return err
	}
	if err := w.chart(sheet, t); err != nil {
		return err
	}
	stream, err := w.f.NewStreamWriter(sheet) // takes over what the sheet has so far
	if err != nil {
		return err
	}
	w.widths = nil
	for i, c := range t.Columns {
		w.widths = append(w.widths, w.width(t, i, c))
		if err := stream.SetColWidth(i+1, i+1, w.widths[i]); err != nil {
			return err
		}
	}
	if err := stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	var heads []any
	for _, c := range t.Columns {
		heads = append(heads, excelize.Cell{StyleID: w.head, Value: paper.Clean(c.Head)})
	}
	if err := stream.SetRow("A1", heads, excelize.RowOpts{Height: headHeight}); err != nil {
		return err
	}
	for i, row := range t.all() {
		look := w.forms
		if i >= len(t.Rows) {
			look = w.bold
		}
		cells := make([]any, len(row))
		for j, c := range row {
			cells[j] = excelize.Cell{StyleID: look[t.Columns[j].of(c)], Value: value(c)}
		}
		if err := stream.SetRow("A"+strconv.Itoa(i+2), cells, w.high(t, row)); err != nil {
			return err
		}
	}
	return stream.Flush()
}

// value is a cell as a workbook keeps it: text stays text whatever it begins with,
// a moment is its day in the city.
func value(c any) any {
	switch v := c.(type) {
	case string:
		return paper.Clean(v)
	case time.Time:
		y, m, d := v.In(clock.City).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return c
}

// high makes a row as high as its longest text needs; spreadsheets do not all do so by
// themselves.
func (w *workbook) high(t Table, row []any) excelize.RowOpts {
	most := 1
	for i, c := range row {
		if t.Columns[i].Form == Text {
			n := utf8.RuneCountInString(t.Columns[i].Write(w.doc.t(), c))
			most = max(most, int(math.Ceil(float64(n)*1.1/w.widths[i])))
		}
	}
	if most == 1 {
		return excelize.RowOpts{}
	}
	return excelize.RowOpts{Height: min(409, 15.5*float64(most))}
}

// width is as wide as the column's longest text, within reason.
func (w *workbook) width(t Table, i int, c Column) float64 {
	longest := utf8.RuneCountInString(paper.Clean(c.Head))/2 + 2
	for _, row := range t.Rows {
		longest = max(longest, utf8.RuneCountInString(c.Write(w.doc.t(), row[i])))
	}
	return float64(min(max(longest, 8), 60)) + 2
}

// sheet adds a sheet under a name that the format allows and nobody has yet.
func (w *workbook) sheet(name string) (string, error) {
	name = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) {
			return ' '
		}
		return r
	}, paper.Clean(name)), "' ")
	if name == "" {
		name = strconv.Itoa(len(w.taken))
	}
	free := shortened(name, 31)
	for n := 2; w.taken[strings.ToLower(free)]; n++ {
		tail := " " + strconv.Itoa(n)
		free = shortened(name, 31-len(tail)) + tail
	}
	w.taken[strings.ToLower(free)] = true
	_, err := w.f.NewSheet(free)
	return free, err
}

// shortened cuts a name to so many UTF-16 units, which is how the format counts.
func shortened(name string, most int) string {
	n := 0
	for i, r := range name {
		n++
		if r > 0xFFFF {
			n++
		}
		if n > most {
			return strings.TrimRight(name[:i], "' ")
		}
	}
	return name
}

func (w *workbook) glossary() error {
	g := w.doc.Glossary
	if g.Sheet == "" && len(w.taken) > 1 {
		return nil
	}
	sheet, err := w.sheet(g.Sheet)
	if err != nil {
		return err
	}
	if err := w.printed(sheet, Table{Caption: g.Sheet}); err != nil {
		return err
	}
	rows := append([][2]string{{g.TermHead, g.SayHead}}, g.Entries...)
	for i, r := range rows {
		for j, text := range r {
			cell, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				return err
			}
			if err := w.f.SetCellStr(sheet, cell, paper.Clean(text)); err != nil {
				return err
			}
			style := w.wrap
			if i == 0 {
				style = w.head
			}
			if err := w.f.SetCellStyle(sheet, cell, cell, style); err != nil {
				return err
			}
		}
	}
	if err := w.f.SetColWidth(sheet, "A", "A", 32); err != nil {
		return err
	}
	if err := w.f.SetColWidth(sheet, "B", "B", 90); err != nil {
		return err
	}
	return w.f.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

func (w *workbook) properties() error {
	w.f.SetActiveSheet(0)
	made := w.doc.Made.UTC().Format(time.RFC3339)
	return w.f.SetDocProps(&excelize.DocProperties{
		Title: paper.Clean(w.doc.Title), Creator: paper.Clean(w.doc.Author), Created: made, Modified: made, Language: string(w.doc.t().Lang),
	})
}
