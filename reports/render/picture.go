package render

import (
	"fmt"
	"time"

	"lotrinh/internal/kit/paper"
)

// printed is how many pixels wide a chart is drawn for paper: 300 to an inch of the
// text's width of 160 mm.
const printed = 1890

// Picture is a chart in pixels: PNG, its name without the folder, its caption.
type Picture struct {
	Name, Caption string
	PNG           []byte
}

// Drawn is the document with every chart in pixels, so that PDF, DOCX and the pictures
// that are kept are the same ones, drawn once.
func Drawn(d Document) (Document, error) {
	wide := map[int]bool{}
	sections := make([]Section, len(d.Sections))
	for i, s := range d.Sections {
		sections[i] = s
		sections[i].Blocks = make([]Block, len(s.Blocks))
		for j, b := range s.Blocks {
			if f, is := b.(Figure); is && f.Picture == nil {
				var err error
				if f.Picture, err = f.Chart.PNG(scaleOf(f, wide)); err != nil {
					return d, err
				}
				b = f
			}
			sections[i].Blocks[j] = b
		}
	}
	d.Sections = sections
	return d, nil
}

// scaleOf draws a chart as wide as print wants it, and each a pixel wider than the one
// before: the PDF's library writes pictures in the order of their widths, and equal ones
// in an order by chance. The quarter of a pixel keeps a hair's breadth of the division
// from making it one more.
func scaleOf(b Figure, taken map[int]bool) float64 {
	pixels := printed
	for taken[pixels] {
		pixels++
	}
	taken[pixels] = true
	w, _ := b.Chart.Size()
	return min(4, (float64(pixels)-0.25)/float64(max(w, 1)))
}

// Pictures are the charts of a document, named by their order: 01.png, 02.png.
func Pictures(d Document) ([]Picture, error) {
	d, err := Drawn(d)
	if err != nil {
		return nil, err
	}
	var all []Picture
	for _, f := range d.figures() {
		all = append(all, Picture{Name: fmt.Sprintf("%02d.png", len(all)+1), Caption: paper.Clean(f.Caption), PNG: f.Picture})
	}
	return all, nil
}

func (d Document) figures() []Figure {
	var all []Figure
	for _, s := range d.Sections {
		for _, b := range s.Blocks {
			if f, is := b.(Figure); is {
				all = append(all, f)
			}
		}
	}
	return all
}

// described is what the file says of itself in XMP.
func described(d Document) []byte {
	made := d.Made.UTC().Format(time.RFC3339)
	title := plain(d.Kind + " " + d.Title)
	return []byte(`<?xpacket begin="` + "\uFEFF" + `" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
		`<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">` +
		`<dc:format>application/pdf</dc:format><dc:title><rdf:Alt><rdf:li xml:lang="x-default">` + title + `</rdf:li></rdf:Alt></dc:title>` +
		`<dc:creator><rdf:Seq><rdf:li>` + plain(d.Author) + `</rdf:li></rdf:Seq></dc:creator><dc:language><rdf:Bag><rdf:li>` + string(d.t().Lang) + `</rdf:li></rdf:Bag></dc:language>` +
		`<xmp:CreateDate>` + made + `</xmp:CreateDate><xmp:ModifyDate>` + made + `</xmp:ModifyDate></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`)
}
