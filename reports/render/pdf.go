package render

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"

	"codeberg.org/go-pdf/fpdf"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/paper"
)

// PDF lays a document out on A4. The same document gives the same bytes.
func PDF(d Document) (pdf []byte, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fault.Because(fault.Internal, "reports.render.failed", fmt.Errorf("render: %v", v))
		}
	}()
	if err := d.check(); err != nil {
		return nil, err
	}
	s, err := begin(d)
	if err != nil {
		return nil, fault.Because(fault.Internal, "reports.render.failed", err)
	}
	s.head()
	for _, section := range d.Sections {
		if err := s.section(section); err != nil {
			return nil, err
		}
	}
	s.signature()
	var b bytes.Buffer
	if err := s.Output(&b); err != nil {
		return nil, fault.Because(fault.Internal, "reports.render.failed", err)
	}
	return b.Bytes(), nil
}

// sheet is a document being laid out.
type sheet struct {
	*paper.Sheet
	doc Document
}

func begin(d Document) (*sheet, error) {
	f, err := paper.New(paper.About{Title: strings.TrimSpace(paper.Clean(d.Kind) + " " + paper.Clean(d.Title)), Author: d.Author, Lang: string(d.t().Lang), Made: d.Made})
	if err != nil {
		return nil, err
	}
	s := &sheet{Sheet: f, doc: d}
	var files []fpdf.Attachment
	for _, a := range d.Attachments {
		files = append(files, fpdf.Attachment{Content: a.Content, Filename: paper.Clean(a.Name), Description: paper.Clean(a.Description)})
	}
	f.SetAttachments(files)
	s.SetHeaderFunc(s.header)
	s.NewPage()
	return s, s.Error()
}

// header numbers the pages in the top margin from the second on; a draft says so
// on each of them.
func (s *sheet) header() {
	if s.PageNo() == 1 {
		return
	}
	number := paper.Font{Size: 13}
	s.Put(number, paper.Left, 10, paper.TextWidth, strconv.Itoa(s.PageNo()), "C")
	s.Put(paper.Font{Size: 10, Style: "I"}, paper.Left, 10, paper.TextWidth, paper.Clean(s.doc.Draft), "R")
}

// section writes a heading, kept with what follows it, and its blocks.
func (s *sheet) section(sec Section) error {
	if heading := paper.Clean(sec.Heading); heading != "" {
		f := paper.Font{Size: paper.BodySize, Style: "B"}
		s.Need(f.Height() + paper.Gap + s.least(sec.Blocks))
		s.Bookmark(heading, 0, s.Y)
		s.Paragraph(f, heading)
	}
	for _, b := range sec.Blocks {
		switch b := b.(type) {
		case Paragraph:
			s.Paragraph(paper.Font{Size: paper.BodySize}, string(b))
		case List:
			for _, item := range b {
				s.Paragraph(paper.Font{Size: paper.BodySize}, "- "+item)
			}
		case Table:
			s.table(b)
		case Figure:
			if err := s.figure(b); err != nil {
				return err
			}
		}
	}
	return nil
}

// least is the height that must be left under a heading for its first block.
func (s *sheet) least(blocks []Block) float64 {
	h := paper.Font{Size: paper.BodySize}.Height()
	if len(blocks) == 0 {
		return 0
	}
	switch b := blocks[0].(type) {
	case Figure:
		_, height := figureSize(b)
		return height + 3*h
	case Table:
		return 5 * h
	}
	return 2 * h
}

// figureSize is a chart's size on paper: the text's width, not higher than half a page.
func figureSize(b Figure) (width, height float64) {
	w, h := b.Chart.Size()
	if w == 0 {
		return 0, 0
	}
	width = paper.TextWidth
	height = width * float64(h) / float64(w)
	if most := (paper.Floor - paper.Top) * 0.8; height > most {
		width, height = width*most/height, most
	}
	return width, height
}

// figure places a chart as a picture, its caption under it.
func (s *sheet) figure(b Figure) error {
	raw, err := b.Chart.PNG(s.scaleOf(b))
	if err != nil {
		return err
	}
	width, height := figureSize(b)
	f := paper.Font{Size: 12, Style: "I"}
	caption := s.Lines(f, b.Caption, paper.TextWidth, 0)
	s.Need(height + 2 + float64(len(caption))*f.Height())
	options := fpdf.ImageOptions{ImageType: "PNG"}
	s.RegisterImageOptionsReader(b.Chart.Key(), options, bytes.NewReader(raw))
	s.ImageOptions(b.Chart.Key(), paper.Left+(paper.TextWidth-width)/2, s.Y, width, height, false, options, 0, "")
	s.Y += height + 1.5
	for _, line := range caption {
		s.Put(f, paper.Left, s.Y, paper.TextWidth, line, "C")
		s.Y += f.Height()
	}
	s.Y += 2 * paper.Gap
	return s.Error()
}

// scaleOf is a little over two pixels to one, different for each figure, so that no
// two pictures are equally wide. The quarter of a pixel keeps a hair's breadth of the
// division from making it one more.
func (s *sheet) scaleOf(b Figure) float64 {
	w, _ := b.Chart.Size()
	pixels := int(math.Ceil(float64(w) * 2))
	return (float64(s.Widen(pixels)) - 0.25) / float64(max(w, 1))
}

// table writes a table with its cells as the columns want them.
func (s *sheet) table(t Table) {
	out := paper.Table{Caption: t.Caption}
	for _, c := range t.Columns {
		align := "R"
		if c.Form == Text {
			align = "L"
		}
		out.Columns = append(out.Columns, paper.Column{Head: c.Head, Align: align})
	}
	for _, r := range t.Rows {
		out.Rows = append(out.Rows, s.written(t, r))
	}
	if t.Foot != nil {
		out.Foot = s.written(t, t.Foot)
	}
	s.Table(out)
}

func (s *sheet) written(t Table, row []any) []string {
	all := make([]string, len(row))
	for i, c := range row {
		all[i] = t.Columns[i].Write(s.doc.t(), c)
	}
	return all
}
