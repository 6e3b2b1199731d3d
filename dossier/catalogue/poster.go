package catalogue

import (
	"github.com/boombuler/barcode/qr"

	"lotrinh/dossier/catalogue/views"
	"lotrinh/dossier/form"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/paper"
	"lotrinh/internal/org"
)

// a3 is the sheet on the wall of an office.
var a3 = paper.Form{Width: 297, Height: 420, Left: 24, Right: 24, Top: 24, Bottom: 22, Scale: 1.414}

var a4 = paper.Form{Width: paper.PageWidth, Height: paper.PageHeight, Left: 17, Right: 17, Top: 17, Bottom: 15, Scale: 1}

// poster is the page on a procedure for the wall of the one-stop office, A4 or A3.
func (p *pages) poster(c *httpx.Ctx) error {
	o, err := p.OfferOf(c.Std(), c.Params("key"), p.Business.Now())
	if err != nil {
		return err
	}
	f, err := p.FormOf(c.Std(), o.ID)
	if err != nil {
		return err
	}
	size := a4
	if c.Query("kho") == "a3" {
		size = a3
	}
	at, err := p.placeOf(c, c.Query("xa"))
	if err != nil {
		return err
	}
	raw, err := p.Poster(c.T, o, f, at, size)
	if err != nil {
		return err
	}
	c.Set("Content-Type", "application/pdf")
	c.Set("Content-Disposition", `inline; filename="`+o.Key+`.pdf"`)
	return c.Send(raw)
}

// placeOf is a commune by its code, with whom one asks there; nothing for no code. An
// unknown one is Missing.
func (p *pages) placeOf(c *httpx.Ctx, unit string) ([]string, error) {
	if unit == "" {
		return nil, nil
	}
	tree, err := p.Units.Tree(c.Std(), p.Business.Now())
	if err != nil {
		return nil, err
	}
	if u, ok := tree.Unit(unit); !ok || u.Level != org.Commune {
		return nil, fault.New(fault.Missing, "fault.missing")
	}
	out := []string{tree.Place(unit)}
	if p.Contact == nil {
		return out, nil
	}
	said, err := p.Contact(c.Std(), unit)
	if said != "" {
		out = append(out, said)
	}
	return out, err
}

// Poster is a procedure on one sheet: what, who, papers, how long, how much, where, what
// next, and a code that leads to its page. Type is set as large as one sheet takes.
// At is the commune whose wall it is for and how to reach it; empty for everybody's.
func (s *Service) Poster(t i18n.T, o Offer, f form.Form, at []string, size paper.Form) ([]byte, error) {
	for scale := 1.15; ; scale -= 0.05 {
		b := board{t: t, o: o, f: f, at: at, scale: scale * size.Scale}
		fits, err := b.draw(s, size)
		if err != nil {
			return nil, err
		}
		if fits || scale < 0.5 {
			return b.Bytes()
		}
	}
}

type board struct {
	*paper.Sheet
	t     i18n.T
	o     Offer
	f     form.Form
	at    []string
	size  paper.Form
	scale float64
}

func (b *board) font(size float64, style string) paper.Font {
	return paper.Font{Size: size * b.scale, Style: style}
}

// draw lays the sheet out and tells whether one was enough.
func (b *board) draw(s *Service, size paper.Form) (fits bool, err error) {
	t, lang := b.t, string(b.t.Lang)
	b.size = size
	b.Sheet, err = paper.NewOn(size, paper.About{Title: b.o.Name.Say(lang), Author: t.Say("site.owner"), Lang: lang, Made: s.Business.Now()})
	if err != nil {
		return false, err
	}
	b.AddPage()
	b.Y = size.Top
	wide := size.TextWidth()
	b.Y = b.Block(b.font(12, ""), size.Left, b.Y, wide, t.Say("catalogue.poster.head"), "C")
	for _, row := range b.Balanced(b.font(21, "B"), b.o.Name.Say(lang), wide) {
		b.Put(b.font(21, "B"), size.Left, b.Y, wide, row, "C")
		b.Y += b.font(21, "B").Height()
	}
	b.Y += 2 * b.scale
	b.Rule(size.Left, b.Y, wide, wide*0.3)
	b.Y += 4 * b.scale
	b.say("catalogue.who", b.o.Plain.Who.Say(lang))
	b.papers("catalogue.submit", papers(t, b.o.Definition, b.f, false))
	b.papers("catalogue.show", papers(t, b.o.Definition, b.f, true))
	b.say("catalogue.term", SayTerm(t, b.o.Term))
	b.list("catalogue.fee", SayFee(t, b.o.Fee))
	b.list("catalogue.where", append([]string{b.o.Plain.Where.Say(lang)}, b.at...))
	b.say("catalogue.next", b.o.Plain.Next.Say(lang))
	if err := b.code(s.BaseURL + Public + "/" + b.o.Key); err != nil {
		return false, err
	}
	return b.Y <= size.Floor() && b.PageNo() == 1, b.Error()
}

func (b *board) head(key string) {
	b.Y += 2.2 * b.scale
	b.Y = b.Block(b.font(14, "B"), b.size.Left, b.Y, b.size.TextWidth(), b.t.Say(key), "L")
}

func (b *board) say(key, text string) { b.list(key, []string{text}) }

func (b *board) list(key string, all []string) {
	b.head(key)
	for _, text := range all {
		b.Y = b.Block(b.font(13, ""), b.size.Left, b.Y, b.size.TextWidth(), text, "L")
	}
}

func (b *board) papers(key string, all []views.Paper) {
	if len(all) == 0 {
		return
	}
	b.head(key)
	indent := 5 * b.scale
	for _, p := range all {
		text := p.Name
		if p.When != "" {
			text += " (" + p.When + ")"
		}
		b.Put(b.font(13, ""), b.size.Left, b.Y, indent, "•", "L")
		b.Y = b.Block(b.font(13, ""), b.size.Left+indent, b.Y, b.size.TextWidth()-indent, text, "L")
	}
}

// code draws the link to the page as a code, with what it is for beside it.
func (b *board) code(link string) error {
	img, err := qr.Encode(link, qr.M, qr.Auto)
	if err != nil {
		return fault.Because(fault.Internal, "fault.internal", err)
	}
	side := 30 * b.scale
	b.Y += 4 * b.scale
	b.Matrix(b.size.Left, b.Y, side, img.Bounds().Dx(), func(column, row int) bool {
		r, _, _, _ := img.At(column, row).RGBA()
		return r == 0
	})
	x, wide := b.size.Left+side+5*b.scale, b.size.TextWidth()-side-5*b.scale
	y := b.Block(b.font(14, "B"), x, b.Y+2*b.scale, wide, b.t.Say("catalogue.poster.scan"), "L")
	y = b.Block(b.font(11, ""), x, y, wide, link, "L")
	b.Block(b.font(11, ""), x, y, wide, b.t.Say("catalogue.poster.code", "code", b.o.Code, "from", b.o.day()), "L")
	b.Y += side
	return nil
}
