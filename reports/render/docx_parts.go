package render

import (
	"fmt"
	"strings"

	"lotrinh/internal/kit/paper"
)

const (
	xmlHead   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	wordSpace = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="` + relations + `" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"`
	wordType  = "application/vnd.openxmlformats-officedocument.wordprocessingml."
)

// parts are the files of the package, in one order.
func (w *manuscript) parts() []File {
	var all []File
	add := func(name, body string) { all = append(all, File{Name: name, Content: []byte(xmlHead + body)}) }
	add("[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>`+
		`<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>`+
		override("word/document.xml", wordType+"document.main+xml")+override("word/styles.xml", wordType+"styles+xml")+override("word/settings.xml", wordType+"settings+xml")+
		override("word/numbering.xml", wordType+"numbering+xml")+override("word/header1.xml", wordType+"header+xml")+override("word/header2.xml", wordType+"header+xml")+
		override("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml")+`</Types>`)
	add("_rels/.rels", related(relation("rId1", relations+"/officeDocument", "word/document.xml")+
		relation("rId2", "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties", "docProps/core.xml")))
	add("docProps/core.xml", `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">`+
		`<dc:title>`+plain(w.doc.Kind+" "+w.doc.Title)+`</dc:title><dc:creator>`+plain(w.doc.Author)+`</dc:creator><dc:language>`+w.lang()+`</dc:language>`+
		`<dcterms:created xsi:type="dcterms:W3CDTF">`+w.stamp()+`</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">`+w.stamp()+`</dcterms:modified></cp:coreProperties>`)
	add("word/document.xml", `<w:document `+wordSpace+`><w:body>`+w.b.String()+w.last()+`</w:body></w:document>`)
	links := relation("rIdStyles", relations+"/styles", "styles.xml") + relation("rIdSettings", relations+"/settings", "settings.xml") + relation("rIdNumbering", relations+"/numbering", "numbering.xml") +
		relation("rIdNumbered", relations+"/header", "header1.xml") + relation("rIdBlank", relations+"/header", "header2.xml")
	for i, m := range w.media {
		links += relation(fmt.Sprintf("rIdImage%d", i+1), relations+"/image", "media/"+m.Name)
	}
	add("word/_rels/document.xml.rels", related(links))
	add("word/styles.xml", w.styles())
	add("word/settings.xml", `<w:settings `+wordSpace+`><w:defaultTabStop w:val="567"/><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat><w:themeFontLang w:val="`+w.lang()+`"/></w:settings>`)
	add("word/numbering.xml", numbering())
	add("word/header1.xml", w.numberHeader())
	add("word/header2.xml", `<w:hdr `+wordSpace+`>`+paragraph("Header", "", "", "")+`</w:hdr>`)
	for _, m := range w.media {
		all = append(all, File{Name: "word/media/" + m.Name, Content: m.Content})
	}
	return all
}

// last are the pages at the end; a table before them wants a paragraph behind it.
func (w *manuscript) last() string { return paragraph("DecreeRule0", "", "", "") + w.pages() }

func override(part, kind string) string {
	return `<Override PartName="/` + part + `" ContentType="` + kind + `"/>`
}

func relation(id, kind, target string) string {
	return `<Relationship Id="` + id + `" Type="` + kind + `" Target="` + target + `"/>`
}

func related(all string) string {
	return `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + all + `</Relationships>`
}

// numberHeader is the page's number in the middle of the top margin; a draft says so
// under it.
func (w *manuscript) numberHeader() string {
	number := `<w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>` +
		`<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>2</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>`
	draft := ""
	if w.doc.Draft != "" {
		draft = paragraph("Header", `<w:jc w:val="right"/>`, `<w:i/><w:iCs/><w:sz w:val="20"/><w:szCs w:val="20"/>`, w.doc.Draft)
	}
	return `<w:hdr ` + wordSpace + `>` + number + draft + `</w:hdr>`
}

func numbering() string {
	list := func(id int, indent string) string {
		return fmt.Sprintf(`<w:abstractNum w:abstractNumId="%d"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:suff w:val="space"/><w:lvlText w:val="-"/><w:lvlJc w:val="left"/><w:pPr>%s</w:pPr></w:lvl></w:abstractNum>`, id, indent)
	}
	num := func(id int) string {
		return fmt.Sprintf(`<w:num w:numId="%d"><w:abstractNumId w:val="%d"/></w:num>`, id, id)
	}
	return `<w:numbering ` + wordSpace + `>` + list(dashes, fmt.Sprintf(`<w:ind w:left="0" w:firstLine="%d"/>`, twips(paper.Indent))) +
		list(shortDashes, `<w:ind w:left="0" w:firstLine="0"/>`) + num(dashes) + num(shortDashes) + `</w:numbering>`
}

// style is a paragraph style: its name, what it rests on, its paragraph and its letters.
type style struct{ id, name, on, para, run string }

// letters is bold or italic or both at a size in points.
func letters(how string, size float64) string {
	s := ""
	if strings.Contains(how, "B") {
		s += `<w:b/><w:bCs/>`
	}
	if strings.Contains(how, "I") {
		s += `<w:i/><w:iCs/>`
	}
	return s + fmt.Sprintf(`<w:sz w:val="%d"/><w:szCs w:val="%d"/>`, int(size*2), int(size*2))
}

// styles are the sizes and manners of the decree, under names that a clerk finds in the
// word processor's list.
func (w *manuscript) styles() string {
	const centre, justified, after, none = `<w:jc w:val="center"/>`, `<w:jc w:val="both"/>`, `<w:spacing w:after="120"/>`, ""
	indent := fmt.Sprintf(`<w:ind w:firstLine="%d"/>`, twips(paper.Indent))
	size := paper.BodySize
	all := []style{
		{"BodyText", "Body Text", "Normal", after + indent + justified, none},
		{"Heading1", "heading 1", "Normal", `<w:keepNext/>` + `<w:spacing w:before="60" w:after="120"/>` + indent + `<w:outlineLvl w:val="0"/>`, letters("B", size)},
		{"ListBullet", "List Bullet", "BodyText", numbered(dashes), none},
		{"Title", "Title", "Normal", centre, letters("B", 14)},
		{"Caption", "caption", "Normal", `<w:keepNext/><w:spacing w:before="60" w:after="60"/>` + centre, letters("B", 12)},
		{"Figure", "Figure", "Normal", `<w:keepNext/>` + centre, none},
		{"FigureCaption", "Figure Caption", "Normal", `<w:spacing w:before="60" w:after="200"/>` + centre, letters("I", 12)},
		{"Header", "header", "Normal", centre, letters("", 13)},
		{"TableCell", "Table Cell", "Normal", `<w:spacing w:before="44" w:after="44"/>`, letters("", 12)},
		{"TableHead", "Table Head", "TableCell", `<w:keepNext/>` + centre, letters("B", 12)},
		{"AfterTable", "After Table", "Normal", `<w:spacing w:line="160" w:lineRule="exact"/>`, letters("", 6)},
		{"DecreeParent", "Decree Parent Body", "Normal", centre, letters("", 12)},
		{"DecreeIssuer", "Decree Issuer", "Normal", centre, letters("B", 12)},
		{"DecreeNation", "Decree Nation", "Normal", centre, letters("B", 13)},
		{"DecreeMotto", "Decree Motto", "Normal", centre, letters("B", 13.5)},
		{"DecreeNumber", "Decree Number", "Normal", centre, letters("", 13)},
		{"DecreePlace", "Decree Place and Date", "Normal", centre, letters("I", 13)},
		{"DecreeDraft", "Decree Draft", "Normal", edges("top", "left", "bottom", "right") + `<w:spacing w:before="80"/>` + centre, letters("B", 12)},
		{"DecreeKind", "Decree Kind", "Normal", centre, letters("B", 14)},
		{"DecreeAddressee", "Decree Addressee", "Normal", `<w:spacing w:before="60" w:after="120"/>`, none},
		{"DecreeGround", "Decree Ground", "BodyText", none, letters("I", size)},
		{"DecreeReceiversHead", "Decree Receivers Head", "Normal", none, letters("BI", 12)},
		{"DecreeReceiver", "Decree Receiver", "Normal", none, letters("", 11)},
		{"DecreeSigner", "Decree Signer", "Normal", centre, letters("B", size)},
		{"DecreeRule", "Decree Rule", "Normal", edges("top") + `<w:spacing w:before="70" w:line="120" w:lineRule="exact"/>`, letters("", 4)},
		{"DecreeRule0", "Decree Gap", "Normal", `<w:spacing w:line="20" w:lineRule="exact"/>`, letters("", 1)},
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<w:styles %s><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="Times New Roman" w:cs="Times New Roman"/>%s<w:lang w:val="%s"/></w:rPr></w:rPrDefault>`+
		`<w:pPrDefault><w:pPr><w:spacing w:after="0" w:line="240" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>`, wordSpace, letters("", size), w.lang())
	b.WriteString(`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>`)
	for _, s := range all {
		run := s.run
		if run != "" {
			run = `<w:rPr>` + run + `</w:rPr>`
		}
		fmt.Fprintf(&b, `<w:style w:type="paragraph" w:styleId="%s"><w:name w:val="%s"/><w:basedOn w:val="%s"/><w:qFormat/><w:pPr>%s</w:pPr>%s</w:style>`, s.id, s.name, s.on, s.para, run)
	}
	b.WriteString(`<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblCellMar><w:left w:w="80" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>` +
		`<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>` +
		border("top") + border("left") + border("bottom") + border("right") + border("insideH") + border("insideV") + `</w:tblBorders></w:tblPr></w:style></w:styles>`)
	return b.String()
}

func border(side string) string {
	return `<w:` + side + ` w:val="single" w:sz="4" w:space="0" w:color="auto"/>`
}

// edges are lines around a paragraph; the sides come in the order top, left, bottom, right.
func edges(sides ...string) string {
	s := `<w:pBdr>`
	for _, side := range sides {
		s += border(side)
	}
	return s + `</w:pBdr>`
}
