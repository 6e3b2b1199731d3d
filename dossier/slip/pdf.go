package slip

import (
	"image"
	"strconv"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/qr"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/paper"
)

// PDF is the slip on paper, ready to print: A5, the tracking book A4 across. t is the
// language of the paper, Vietnamese.
func PDF(t i18n.T, s Slip, copy int64) ([]byte, error) {
	d := s.Doc(t, copy)
	form := paper.A5
	if s.Form == Tracking {
		form = paper.A4Wide
	}
	sheet, err := paper.NewOn(form, paper.About{Title: d.Title + " " + s.Code, Author: d.Issuer, Lang: string(t.Lang), Made: s.Made})
	if err != nil {
		return nil, fault.Because(fault.Internal, "fault.internal", err)
	}
	p := &press{Sheet: sheet, d: d, body: paper.Font{Size: 10.5}, bold: paper.Font{Size: 10.5, Style: "B"}}
	p.marks()
	p.NewPage()
	p.top()
	for _, part := range d.Parts {
		p.part(part)
	}
	if err := p.parties(); err != nil {
		return nil, err
	}
	p.foot()
	return p.Bytes()
}

// press lays a Doc out.
type press struct {
	*paper.Sheet
	d          Doc
	body, bold paper.Font
}

// marks write the number of the form on every page, and what kind of copy it is.
func (p *press) marks() {
	p.SetHeaderFunc(func() {
		f := p.Form
		p.Put(paper.Font{Size: 8, Style: "I"}, f.Left, f.Top-6, f.TextWidth(), p.d.Form, "R")
		if p.d.Mark != "" {
			p.Put(paper.Font{Size: 9, Style: "B"}, f.Left, f.Top-6.3, f.TextWidth(), p.d.Mark, "L")
		}
	})
}

const qrSide = 18.0

// top is the head with both codes and the title.
func (p *press) top() {
	p.Head(paper.Head{Parent: p.d.Parent, Issuer: p.d.Issuer, Nation: p.d.Nation, Motto: p.d.Motto, Number: p.d.Number, PlaceDate: p.d.PlaceDate})
	if p.d.Code != "" {
		p.codes()
	}
	p.Y -= 2
	p.Title(p.d.Title, "")
	p.Y -= 4
}

// codes draw the code as a barcode and the link as a QR code, beside each other.
func (p *press) codes() {
	f := p.Form
	p.Y -= 3
	below := p.Y + 12
	if p.d.Link != "" {
		if img, err := qr.Encode(p.d.Link, qr.M, qr.Auto); err == nil {
			p.Matrix(f.Left+f.TextWidth()-qrSide, p.Y, qrSide, img.Bounds().Dx(), dark(img))
			below = p.Y + qrSide
		}
	}
	if img, err := code128.Encode(p.d.Code); err == nil {
		p.bars(img, f.Left, p.Y+1, f.TextWidth()-qrSide-8, 9)
	}
	p.Put(paper.Font{Size: 10, Style: "B"}, f.Left, p.Y+11, f.TextWidth()-qrSide-8, p.d.Code, "C")
	p.Y = max(below, p.Y+16) + 3
}

// bars draw a linear code, its modules as wide as the room allows but never under a
// quarter of a millimetre where there is room for that.
func (p *press) bars(img barcode.Barcode, x, y, width, height float64) {
	n := img.Bounds().Dx()
	step := min(width/float64(n), 0.4)
	x += (width - step*float64(n)) / 2
	p.SetFillColor(0, 0, 0)
	at := dark(img)
	for i := 0; i < n; i++ {
		from := i
		for i < n && at(i, 0) {
			i++
		}
		if i > from {
			p.Rect(x+float64(from)*step, y, float64(i-from)*step, height, "F")
		}
	}
}

func dark(img image.Image) func(column, row int) bool {
	return func(column, row int) bool {
		r, _, _, _ := img.At(column, row).RGBA()
		return r == 0
	}
}

func (p *press) part(part Part) {
	switch {
	case part.Table != nil:
		t := paper.Table{Rows: part.Table.Rows}
		for _, h := range part.Table.Heads {
			t.Columns = append(t.Columns, paper.Column{Head: h})
		}
		p.Table(t)
	case part.Label == "":
		p.text(part.Text, 0)
	case part.Items != nil:
		p.labelled(part.Label, "", p.body)
		for i, item := range part.Items {
			p.text(strconv.Itoa(i+1)+". "+item, 4)
		}
	default:
		f := p.body
		if part.Strong {
			f = p.bold
		}
		p.labelled(part.Label, part.Text, f)
	}
}

// labelled writes "label: text"; the text goes on under itself.
func (p *press) labelled(label, text string, f paper.Font) {
	label = paper.Clean(label) + ": "
	p.Use(p.body)
	wide := p.GetStringWidth(label)
	lines := p.Lines(f, text, p.Form.TextWidth(), wide)
	p.Need(f.Height())
	p.Put(p.body, p.Form.Left, p.Y, wide, label, "L")
	for i, line := range lines {
		x := p.Form.Left
		if i == 0 {
			x += wide
		} else {
			p.Y += f.Height()
			p.Need(f.Height())
		}
		p.Put(f, x, p.Y, p.Form.Left+p.Form.TextWidth()-x, line, "L")
	}
	p.Y += f.Height() + 0.6
}

func (p *press) text(text string, indent float64) {
	for _, line := range p.Lines(p.body, text, p.Form.TextWidth()-indent, 0) {
		p.Need(p.body.Height())
		p.Put(p.body, p.Form.Left+indent, p.Y, p.Form.TextWidth()-indent, line, "L")
		p.Y += p.body.Height()
	}
	p.Y += 0.6
}

func (p *press) parties() error {
	var all []paper.Party
	for _, one := range p.d.Parties {
		all = append(all, paper.Party{Role: one.Role, Hint: one.Hint, Name: one.Name})
	}
	if len(all) == 0 {
		return nil
	}
	if len(all) == 1 {
		all = append([]paper.Party{{}}, all...)
	}
	return p.Signatures(all...)
}

func (p *press) foot() {
	if p.d.Foot == "" {
		return
	}
	f := paper.Font{Size: 8, Style: "I"}
	p.Y += 2
	for _, line := range p.Lines(f, p.d.Foot, p.Form.TextWidth(), 0) {
		p.Need(f.Height())
		p.Put(f, p.Form.Left, p.Y, p.Form.TextWidth(), line, "L")
		p.Y += f.Height()
	}
}
