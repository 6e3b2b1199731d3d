package render

import (
	"fmt"
	"strings"

	"lotrinh/internal/kit/paper"
)

// The lists of numbering.xml.
const (
	dashes      = 1 // of the text, set in like its paragraphs
	shortDashes = 2 // of the receivers
)

func numbered(list int) string {
	return fmt.Sprintf(`<w:numPr><w:ilvl w:val="0"/><w:numId w:val="%d"/></w:numPr>`, list)
}

// section writes a heading and its blocks on pages of the form that it wants, as the PDF does.
func (w *manuscript) section(s Section) {
	form, first := formOf(w.doc, w.ruler, s)
	if s.Heading != "" {
		w.turn(first)
		w.para("Heading1", "", "", s.Heading)
	}
	for _, b := range s.Blocks {
		if t, is := b.(Table); is && !s.Landscape && wide(w.ruler, set(w.doc.t(), t)) {
			w.turn(paper.A4Side)
		} else {
			w.turn(form)
		}
		switch b := b.(type) {
		case Paragraph:
			w.para("BodyText", "", "", string(b))
		case List:
			for _, item := range b {
				w.para("ListBullet", "", "", item)
			}
		case Table:
			w.table(b)
		case Figure:
			w.figure(b)
		}
	}
}

// table writes a table that looks as in the PDF: the same widths, the same letters, its
// head on each page, no row over two pages.
func (w *manuscript) table(t Table) {
	on := *w.ruler
	on.Form = w.form
	laid := set(w.doc.t(), t)
	widths, size := on.Setting(laid)
	if t.Caption != "" {
		w.para("Caption", "", "", t.Caption)
	}
	w.put(`<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="%d" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1"/><w:tblCaption w:val="%s"/></w:tblPr><w:tblGrid>`,
		twips(w.form.TextWidth()), plain(t.Caption))
	for _, wide := range widths {
		w.put(`<w:gridCol w:w="%d"/>`, twips(wide))
	}
	w.b.WriteString(`</w:tblGrid>`)
	heads := make([]string, len(laid.Columns))
	aligned := make([]string, len(laid.Columns))
	for i, c := range laid.Columns {
		heads[i], aligned[i] = c.Head, ""
		if c.Align == "R" {
			aligned[i] = `<w:jc w:val="right"/>`
		}
	}
	letters := ""
	if size != 12 {
		letters = fmt.Sprintf(`<w:sz w:val="%d"/><w:szCs w:val="%d"/>`, int(size*2), int(size*2))
	}
	w.row(widths, heads, nil, "TableHead", letters, `<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`, `<w:shd w:val="clear" w:color="auto" w:fill="ECECEC"/>`)
	for _, r := range laid.Rows {
		w.row(widths, r, aligned, "TableCell", letters, `<w:trPr><w:cantSplit/></w:trPr>`, "")
	}
	if laid.Foot != nil {
		w.row(widths, laid.Foot, aligned, "TableCell", `<w:b/><w:bCs/>`+letters, `<w:trPr><w:cantSplit/></w:trPr>`, "")
	}
	w.b.WriteString(`</w:tbl>`)
	w.para("AfterTable", "", "", "")
}

func (w *manuscript) row(widths []float64, cells, aligned []string, style, letters, row, shade string) {
	w.b.WriteString(`<w:tr>` + row)
	for i, c := range cells {
		more := ""
		if aligned != nil {
			more = aligned[i]
		}
		w.put(`<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>%s<w:vAlign w:val="center"/></w:tcPr>`, twips(widths[i]), shade)
		w.para(style, more, letters, c)
		w.b.WriteString(`</w:tc>`)
	}
	w.b.WriteString(`</w:tr>`)
}

// figure places a chart with its words for those who do not see it, its caption under it.
func (w *manuscript) figure(f Figure) {
	n := len(w.media) + 1
	name := fmt.Sprintf("image%d.png", n)
	w.media = append(w.media, File{Name: name, Content: f.Picture})
	width, height := figureSize(f, w.form)
	cx, cy := emu(width), emu(height)
	alt := plain(strings.TrimSpace(f.Chart.Alt()))
	w.put(`<w:p><w:pPr><w:pStyle w:val="Figure"/></w:pPr><w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="%d" cy="%d"/><wp:docPr id="%d" name="%s" descr="%s"/>`,
		cx, cy, n, name, alt)
	w.put(`<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">`+
		`<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:nvPicPr><pic:cNvPr id="%d" name="%s"/><pic:cNvPicPr/></pic:nvPicPr>`+
		`<pic:blipFill><a:blip r:embed="rIdImage%d"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>`+
		`<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%d" cy="%d"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`,
		n, name, n, cx, cy)
	w.para("FigureCaption", "", "", f.Caption)
}
