package render

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"codeberg.org/go-pdf/fpdf"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/paper"
)

// PDF lays a document out on A4. The same document gives the same bytes.
func PDF(d Document) (pdf []byte, err error) {
	pdf, _, err = laid(d)
	return pdf, err
}

// laid is a document on paper, and how many pages it takes.
func laid(d Document) (pdf []byte, pages int, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fault.Because(fault.Internal, "reports.render.failed", fmt.Errorf("render: %v", v))
		}
	}()
	if err := d.check(); err != nil {
		return nil, 0, err
	}
	if d, err = Drawn(d); err != nil {
		return nil, 0, err
	}
	s, err := begin(d)
	if err != nil {
		return nil, 0, fault.Because(fault.Internal, "reports.render.failed", err)
	}
	s.head()
	for _, section := range d.Sections {
		if err := s.section(section); err != nil {
			return nil, 0, err
		}
	}
	s.signature()
	var b bytes.Buffer
	if err := s.Output(&b); err != nil {
		return nil, 0, fault.Because(fault.Internal, "reports.render.failed", err)
	}
	return b.Bytes(), s.PageCount(), nil
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
	f.SetXmpMetadata(described(d))
	s.NewPage()
	s.SetAlpha(1, "Normal") // makes the file one of version 1.4, which the decree asks of scans
	return s, s.Error()
}

// mark is an entry of the file's outline at the place that is reached. The library
// counts from the height of the last page, which is upright.
func (s *sheet) mark(text string, level int) {
	if text = paper.Clean(text); text != "" {
		s.Bookmark(text, level, s.Y+paper.PageHeight-s.Form.Height)
	}
}

// header numbers the pages in the top margin from the second on; a draft says so
// on each of them.
func (s *sheet) header() {
	if s.PageNo() == 1 {
		return
	}
	number := paper.Font{Size: 13}
	s.Put(number, s.Form.Left, 10, s.Form.TextWidth(), strconv.Itoa(s.PageNo()), "C")
	s.Put(paper.Font{Size: 10, Style: "I"}, s.Form.Left, 10, s.Form.TextWidth(), paper.Clean(s.doc.Draft), "R")
}

// section writes a heading, kept with what follows it, and its blocks, on pages of the
// form that it wants.
func (s *sheet) section(sec Section) error {
	form, first := formOf(s.doc, s.Sheet, sec)
	if heading := paper.Clean(sec.Heading); heading != "" {
		s.Turn(first)
		f := paper.Font{Size: paper.BodySize, Style: "B"}
		s.Need(f.Height() + paper.Gap + s.least(sec.Blocks))
		s.mark(heading, 0)
		s.Paragraph(f, heading)
	}
	for _, b := range sec.Blocks {
		t, is := b.(Table)
		if is && !sec.Landscape && s.wide(t) {
			s.Turn(paper.A4Side)
			s.table(t)
			continue
		}
		s.Turn(form)
		if is {
			s.table(t)
			continue
		}
		if err := s.block(b); err != nil {
			return err
		}
	}
	return nil
}

// formOf is the form of a section's pages, and of the one that its heading stands on: a
// heading goes with the wide table that it begins with.
func formOf(d Document, on *paper.Sheet, sec Section) (form, first paper.Form) {
	if sec.Landscape {
		return paper.A4Side, paper.A4Side
	}
	if len(sec.Blocks) > 0 {
		if t, is := sec.Blocks[0].(Table); is && wide(on, set(d.t(), t)) {
			return paper.A4, paper.A4Side
		}
	}
	return paper.A4, paper.A4
}

func (s *sheet) block(b Block) error {
	body := paper.Font{Size: paper.BodySize}
	switch b := b.(type) {
	case Paragraph:
		s.Paragraph(body, string(b))
	case List:
		for _, item := range b {
			s.Paragraph(body, "- "+item)
		}
	case Figure:
		return s.figure(b)
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
		_, height := figureSize(b, s.Form)
		return height*shrunk + 3*h
	case Table:
		return 5 * h
	}
	return 2 * h
}

// figureSize is a chart's size on a page: the text's width, not higher than most of it.
func figureSize(b Figure, form paper.Form) (width, height float64) {
	w, h := b.Chart.Size()
	if w == 0 {
		return 0, 0
	}
	width = min(form.TextWidth(), paper.TextWidth*1.25)
	height = width * float64(h) / float64(w)
	if most := (form.Floor() - form.Top) * 0.8; height > most {
		width, height = width*most/height, most
	}
	return width, height
}

// shrunk is how small a chart is made rather than begin a page for it.
const shrunk = 0.72

// figure places a chart as a picture, its caption under it.
func (s *sheet) figure(b Figure) error {
	width, height := figureSize(b, s.Form)
	f := paper.Font{Size: 12, Style: "I"}
	room := s.Form.TextWidth()
	caption := s.Lines(f, b.Caption, room, 0)
	under := 2 + float64(len(caption))*f.Height()
	if left := s.Form.Floor() - s.Y - under; left < height && left > height*shrunk {
		width, height = width*left/height, left
	}
	s.Need(height + under)
	s.mark(b.Caption, 1)
	options := fpdf.ImageOptions{ImageType: "PNG"}
	s.RegisterImageOptionsReader(b.Chart.Key(), options, bytes.NewReader(b.Picture))
	s.ImageOptions(b.Chart.Key(), s.Form.Left+(room-width)/2, s.Y, width, height, false, options, 0, "")
	s.Y += height + 1.5
	for _, line := range caption {
		s.Put(f, s.Form.Left, s.Y, room, line, "C")
		s.Y += f.Height()
	}
	s.Y += 2 * paper.Gap
	return s.Error()
}

// smallest is the least size of letters in a table before its page is turned.
const smallest = 10

// wide tells whether a table is too wide for an upright page.
func (s *sheet) wide(t Table) bool { return wide(s.Sheet, s.set(t)) }

func wide(on *paper.Sheet, t paper.Table) bool {
	before := on.Form
	on.Form = paper.A4
	_, size := on.Setting(t)
	on.Form = before
	return size < smallest
}

// table writes a table with its cells as the columns want them.
func (s *sheet) table(t Table) {
	out := s.set(t)
	s.Need(20) // so that the outline leads to the table's page
	s.mark(t.Caption, 1)
	s.Table(out)
}

func (s *sheet) set(t Table) paper.Table { return set(s.doc.t(), t) }

// set is a table in words.
func set(lang i18n.T, t Table) paper.Table {
	out := paper.Table{Caption: t.Caption}
	for _, c := range t.Columns {
		align := "R"
		if c.Form == Text {
			align = "L"
		}
		out.Columns = append(out.Columns, paper.Column{Head: c.Head, Align: align})
	}
	for _, r := range t.Rows {
		out.Rows = append(out.Rows, t.written(lang, r))
	}
	if t.Foot != nil {
		out.Foot = t.written(lang, t.Foot)
	}
	return out
}

func (t Table) written(lang i18n.T, row []any) []string {
	all := make([]string, len(row))
	for i, c := range row {
		all[i] = t.Columns[i].Write(lang, c)
	}
	return all
}
