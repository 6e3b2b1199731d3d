package render

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"

	"codeberg.org/go-pdf/fpdf"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
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

func begin(d Document) (*sheet, error) {
	f := fpdf.New("P", "mm", "A4", "")
	s := &sheet{Fpdf: f, doc: d, widths: map[int]bool{}}
	f.SetMargins(left, top, right)
	f.SetAutoPageBreak(false, bottom)
	f.SetCellMargin(0)
	f.SetCatalogSort(true)
	made := d.Made.In(clock.City)
	f.SetCreationDate(made)
	f.SetModificationDate(made)
	f.SetTitle(strings.TrimSpace(clean(d.Kind)+" "+clean(d.Title)), true)
	f.SetAuthor(clean(d.Author), true)
	f.SetLang(string(d.t().Lang))
	var files []fpdf.Attachment
	for _, a := range d.Attachments {
		files = append(files, fpdf.Attachment{Content: a.Content, Filename: clean(a.Name), Description: clean(a.Description)})
	}
	f.SetAttachments(files)
	if err := addFonts(f); err != nil {
		return nil, err
	}
	f.SetHeaderFunc(s.header)
	s.newPage()
	return s, f.Error()
}

// header numbers the pages in the top margin from the second on; a draft says so
// on each of them.
func (s *sheet) header() {
	if s.PageNo() == 1 {
		return
	}
	number := font{13, ""}
	s.put(number, left, 10, textWidth, strconv.Itoa(s.PageNo()), "C")
	s.put(font{10, "I"}, left, 10, textWidth, clean(s.doc.Draft), "R")
}

// section writes a heading, kept with what follows it, and its blocks.
func (s *sheet) section(sec Section) error {
	if heading := clean(sec.Heading); heading != "" {
		f := font{bodySize, "B"}
		s.need(f.height() + gap + s.least(sec.Blocks))
		s.Bookmark(heading, 0, s.y)
		s.paragraph(f, heading)
	}
	for _, b := range sec.Blocks {
		switch b := b.(type) {
		case Paragraph:
			s.paragraph(font{bodySize, ""}, string(b))
		case List:
			for _, item := range b {
				s.paragraph(font{bodySize, ""}, "- "+item)
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
	h := font{bodySize, ""}.height()
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
	width = textWidth
	height = width * float64(h) / float64(w)
	if most := (floor - top) * 0.8; height > most {
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
	f := font{12, "I"}
	caption := s.lines(f, b.Caption, textWidth, 0)
	s.need(height + 2 + float64(len(caption))*f.height())
	options := fpdf.ImageOptions{ImageType: "PNG"}
	s.RegisterImageOptionsReader(b.Chart.Key(), options, bytes.NewReader(raw))
	s.ImageOptions(b.Chart.Key(), left+(textWidth-width)/2, s.y, width, height, false, options, 0, "")
	s.y += height + 1.5
	for _, line := range caption {
		s.put(f, left, s.y, textWidth, line, "C")
		s.y += f.height()
	}
	s.y += 2 * gap
	return s.Error()
}

// scaleOf is a little over two pixels to one, different for each figure: the library
// writes pictures in the order of their widths, and equal ones in an order by chance.
func (s *sheet) scaleOf(b Figure) float64 {
	w, _ := b.Chart.Size()
	for scale := 2.0; ; scale += 2 / float64(max(w, 1)) {
		pixels := int(math.Ceil(float64(w) * scale))
		if !s.widths[pixels] || scale > 3.5 {
			s.widths[pixels] = true
			return scale
		}
	}
}
