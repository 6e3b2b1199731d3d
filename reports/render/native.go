package render

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"lotrinh/internal/kit/paper"
	"lotrinh/internal/kit/plot"
)

var nativeKind = map[NativeKind]excelize.ChartType{Layers: excelize.BarStacked, Lines: excelize.Line, Bars: excelize.Bar, Columns: excelize.Col}

// chart draws the chart that a table asks for beside its cells, over the cells
// themselves: who changes a number there sees it change.
func (w *workbook) chart(sheet string, t Table) error {
	n := t.Chart
	if n == nil || len(t.Rows) == 0 {
		return nil
	}
	last := len(t.Rows) + 1
	labels, err := cells(sheet, n.Label, 2, last)
	if err != nil {
		return err
	}
	c := &excelize.Chart{Type: nativeKind[n.Kind], Title: excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: paper.Clean(n.Title), Font: &excelize.Font{Size: 13, Bold: true}}}},
		Legend: excelize.ChartLegend{Position: "bottom"}, Dimension: excelize.ChartDimension{Width: 760, Height: w.chartHeight(t)}, ShowBlanksAs: "gap"}
	for _, one := range n.Series {
		head, err := cells(sheet, one.Column, 1, 1)
		if err != nil {
			return err
		}
		values, err := cells(sheet, one.Column, 2, last)
		if err != nil {
			return err
		}
		tone := one.Tone
		if tone == "" {
			tone = plot.Neutral
		}
		s := excelize.ChartSeries{Name: head, Categories: labels, Values: values, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{strings.TrimPrefix(tone.Hex(), "#")}}}
		if n.Kind == Lines {
			s.Line = excelize.LineOptions{Width: 2.25, Type: excelize.LineSolid, Fill: s.Fill}
			s.Marker = excelize.ChartMarker{Symbol: "none"}
		}
		c.Series = append(c.Series, s)
	}
	zero := 0.0
	c.YAxis = excelize.ChartAxis{MajorGridLines: true, Minimum: &zero}
	switch n.Kind {
	case Layers, Bars:
		c.XAxis.ReverseOrder = true // the first row stands on top, as in the table
		gap := uint(50)
		c.GapWidth = &gap
	case Lines:
		c.XAxis.NumFmt = excelize.ChartNumFmt{CustomNumFmt: "dd/mm"}
		c.XAxis.TickLabelSkip = max(1, len(t.Rows)/12)
	}
	if n.Kind == Layers {
		overlap := 100
		c.Overlap = &overlap
	}
	at, err := excelize.CoordinatesToCellName(len(t.Columns)+2, 2)
	if err != nil {
		return err
	}
	return w.f.AddChart(sheet, at, c)
}

// chartHeight gives lying bars the room that their rows need, in pixels.
func (w *workbook) chartHeight(t Table) uint {
	if t.Chart.Kind == Layers || t.Chart.Kind == Bars {
		return uint(min(max(320, 140+24*len(t.Rows)), 1600))
	}
	return 400
}

// cells names cells of a column, as a chart wants it: 'Theo huyện'!$B$2:$B$19.
func cells(sheet string, column, from, to int) (string, error) {
	name, err := excelize.ColumnNumberToName(column + 1)
	if err != nil {
		return "", err
	}
	ref := fmt.Sprintf("'%s'!$%s$%d", strings.ReplaceAll(sheet, "'", "''"), name, from)
	if to > from {
		ref += fmt.Sprintf(":$%s$%d", name, to)
	}
	return ref, nil
}

// printed sets a sheet up for paper: A4 on its side, as wide as the page, the head on
// each page, the title above and the page's number below.
func (w *workbook) printed(sheet string, t Table) error {
	size, way, wide, high := 9, "landscape", 1, 0
	if err := w.f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &size, Orientation: &way, FitToWidth: &wide, FitToHeight: &high}); err != nil {
		return err
	}
	fit := true
	if err := w.f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	if err := w.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$1:$1", strings.ReplaceAll(sheet, "'", "''")), Scope: sheet}); err != nil {
		return err
	}
	caption := strings.ReplaceAll(shortened(paper.Clean(t.Caption), 200), "&", "&&")
	return w.f.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddHeader: "&L" + caption, OddFooter: "&C&P/&N"})
}
