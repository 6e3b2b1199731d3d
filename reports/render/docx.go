package render

import (
	"fmt"
	"strings"
	"time"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/paper"
)

// DOCX writes a document for a word processor, for clerks who edit before the signature:
// real styles and headings, tables whose heads repeat, page numbers as fields, the
// margins and sizes of the PDF, the same pictures. The same document gives the same bytes.
func DOCX(d Document) (docx []byte, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fault.Because(fault.Internal, "reports.render.failed", fmt.Errorf("render: %v", v))
		}
	}()
	if err := d.check(); err != nil {
		return nil, err
	}
	if d, err = Drawn(d); err != nil {
		return nil, err
	}
	ruler, err := paper.New(paper.About{Made: d.Made})
	if err != nil {
		return nil, fault.Because(fault.Internal, "reports.render.failed", err)
	}
	w := &manuscript{doc: d, ruler: ruler, form: paper.A4}
	w.head()
	for _, s := range d.Sections {
		w.section(s)
	}
	w.turn(paper.A4)
	w.signature()
	return Packed(w.parts())
}

// manuscript is a document being written as WordprocessingML. Lengths are in twentieths of a
// point there, see twips.
type manuscript struct {
	b      strings.Builder
	doc    Document
	ruler  *paper.Sheet // measures text; has no page
	form   paper.Form
	turned bool // a section of pages has ended already
	media  []File
}

// twips is millimetres in twentieths of a point.
func twips(mm float64) int { return int(mm/25.4*1440 + 0.5) }

// emu is millimetres in the unit of drawings.
func emu(mm float64) int { return int(mm * 36000) }

// plain is text fit for XML.
func plain(s string) string {
	return escapes.Replace(paper.Clean(s))
}

var escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

func (w *manuscript) put(format string, args ...any) { fmt.Fprintf(&w.b, format, args...) }

// para writes a paragraph of a style. More stands after the style among its properties,
// run among those of the text.
func (w *manuscript) para(style, more, run, text string) {
	w.b.WriteString(paragraph(style, more, run, text))
}

func paragraph(style, more, run, text string) string {
	if run != "" {
		run = "<w:rPr>" + run + "</w:rPr>"
	}
	body := ""
	if text = plain(text); text != "" {
		body = `<w:r>` + run + `<w:t xml:space="preserve">` + text + `</w:t></w:r>`
	}
	return `<w:p><w:pPr><w:pStyle w:val="` + style + `"/>` + more + `</w:pPr>` + body + `</w:p>`
}

// rule is a line of a length, centred in a box, as the edge of an empty paragraph.
func rule(box, length float64) string {
	side := twips(max(0, box-length) / 2)
	return paragraph("DecreeRule", fmt.Sprintf(`<w:ind w:left="%d" w:right="%d" w:firstLine="0"/>`, side, side), "", "")
}

// long is how long a text is on paper, in millimetres.
func (w *manuscript) long(f paper.Font, text string) float64 {
	w.ruler.Use(f)
	return w.ruler.GetStringWidth(paper.Clean(text))
}

// fitting makes letters smaller until the text stays on one line; nothing when it does
// so already. A hair is left for word processors that measure otherwise.
func (w *manuscript) fitting(f paper.Font, text string, width float64) string {
	if small := w.ruler.Fitting(f, text, width-1, 9); small.Size < f.Size {
		return fmt.Sprintf(`<w:sz w:val="%d"/><w:szCs w:val="%d"/>`, int(small.Size*2), int(small.Size*2))
	}
	return ""
}

// head writes the first page's head, the kind, the title, whom it goes to and what it
// rests on.
func (w *manuscript) head() {
	d := w.doc
	left, right := 66.0, w.form.TextWidth()-66
	var issuer, nation strings.Builder
	issuer.WriteString(paragraph("DecreeParent", "", "", d.Parent))
	if d.Issuer != "" {
		bold := paper.Font{Size: 12, Style: "B"}
		lines := w.ruler.Balanced(bold, d.Issuer, left)
		for _, line := range lines {
			issuer.WriteString(paragraph("DecreeIssuer", "", "", line))
		}
		issuer.WriteString(rule(left, w.long(bold, lines[len(lines)-1])*0.42))
	}
	issuer.WriteString(paragraph("DecreeNumber", "", "", d.Number))
	if d.Draft != "" {
		side := twips((left - w.long(paper.Font{Size: 12, Style: "B"}, d.Draft) - 6) / 2)
		issuer.WriteString(paragraph("DecreeDraft", fmt.Sprintf(`<w:ind w:left="%d" w:right="%d" w:firstLine="0"/>`, side, side), "", d.Draft))
	}
	nation.WriteString(paragraph("DecreeNation", "", w.fitting(paper.Font{Size: 13, Style: "B"}, d.Nation, right), d.Nation))
	nation.WriteString(paragraph("DecreeMotto", "", "", d.Motto))
	if d.Motto != "" {
		nation.WriteString(rule(right, w.long(paper.Font{Size: 13.5, Style: "B"}, d.Motto)))
	}
	nation.WriteString(paragraph("DecreePlace", "", "", d.PlaceDate))
	w.beside(left, right, issuer.String(), nation.String())
	w.para("DecreeKind", `<w:spacing w:before="240"/>`, "", d.Kind)
	bold := paper.Font{Size: 14, Style: "B"}
	const narrower = 12
	if lines := w.ruler.Balanced(bold, d.Title, w.form.TextWidth()-2*narrower); len(lines) > 0 {
		w.para("Title", fmt.Sprintf(`<w:ind w:left="%d" w:right="%d"/>`, twips(narrower), twips(narrower)), "", d.Title)
		w.b.WriteString(rule(w.form.TextWidth(), w.long(bold, lines[len(lines)-1])*0.4))
	}
	w.addressees()
	for i, g := range d.Grounds {
		w.para("DecreeGround", "", "", stopped(g, ending(i, len(d.Grounds))))
	}
}

// ending is the mark after the i-th of n: a full stop after the last.
func ending(i, n int) string {
	if i == n-1 {
		return "."
	}
	return ";"
}

func (w *manuscript) addressees() {
	head := strings.TrimSpace(paper.Clean(w.doc.AddresseeHead))
	all := w.doc.Addressees
	if len(all) == 1 {
		w.para("DecreeAddressee", `<w:jc w:val="center"/>`, "", head+" "+stopped(all[0], "."))
		return
	}
	if len(all) > 1 {
		w.para("DecreeAddressee", "", "", head)
	}
	for i, a := range all {
		w.para("DecreeAddressee", numbered(dashes)+`<w:ind w:left="3400" w:firstLine="0"/>`, "", stopped(a, ending(i, len(all))))
	}
}

// beside writes two columns without lines, such as the head and the signature.
func (w *manuscript) beside(left, right float64, a, b string) {
	w.put(`<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr>`+
		`<w:tblGrid><w:gridCol w:w="%d"/><w:gridCol w:w="%d"/></w:tblGrid><w:tr><w:trPr><w:cantSplit/></w:trPr>`, twips(left+right), twips(left), twips(right))
	for i, cell := range []string{a, b} {
		w.put(`<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr>`, twips([]float64{left, right}[i]))
		w.b.WriteString(cell)
		w.b.WriteString(`</w:tc>`)
	}
	w.b.WriteString(`</w:tr></w:tbl>`)
}

// signature writes who receives the document and who signs it.
func (w *manuscript) signature() {
	d := w.doc
	if len(d.Receivers) == 0 && len(d.Capacity) == 0 && d.Signer == "" {
		return
	}
	half := w.form.TextWidth() / 2
	var receivers, signer strings.Builder
	receivers.WriteString(paragraph("DecreeReceiversHead", "", "", d.ReceiversHead))
	for i, r := range d.Receivers {
		receivers.WriteString(paragraph("DecreeReceiver", numbered(shortDashes), "", stopped(r, ending(i, len(d.Receivers)))))
	}
	for _, line := range d.Capacity {
		signer.WriteString(paragraph("DecreeSigner", "", "", line))
	}
	signer.WriteString(paragraph("DecreeSigner", fmt.Sprintf(`<w:spacing w:before="%d"/>`, twips(26)), "", d.Signer))
	w.para("DecreeRule0", "", "", "")
	w.beside(half, half, receivers.String(), signer.String())
}

// turn ends the pages so far and goes on with those of another form.
func (w *manuscript) turn(to paper.Form) {
	if w.form == to {
		return
	}
	w.put(`<w:p><w:pPr><w:pStyle w:val="DecreeRule0"/>%s</w:pPr></w:p>`, w.pages())
	w.form, w.turned = to, true
}

// pages are the size and the margins of the pages that end here. Only the document's
// first page has no number.
func (w *manuscript) pages() string {
	way := ""
	if w.form.Width > w.form.Height {
		way = ` w:orient="landscape"`
	}
	first, title := "", ""
	if !w.turned {
		first = `<w:headerReference w:type="default" r:id="rIdNumbered"/><w:headerReference w:type="first" r:id="rIdBlank"/>`
		title = `<w:titlePg/>`
	}
	f := w.form
	return fmt.Sprintf(`<w:sectPr>%s<w:type w:val="nextPage"/><w:pgSz w:w="%d" w:h="%d"%s/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="%d" w:footer="%d" w:gutter="0"/>%s</w:sectPr>`,
		first, twips(f.Width), twips(f.Height), way, twips(f.Top), twips(f.Right), twips(f.Bottom), twips(f.Left), twips(10), twips(10), title)
}

func (w *manuscript) lang() string {
	if w.doc.t().Lang == i18n.EN {
		return "en-GB"
	}
	return "vi-VN"
}

func (w *manuscript) stamp() string { return w.doc.Made.UTC().Format(time.RFC3339) }
