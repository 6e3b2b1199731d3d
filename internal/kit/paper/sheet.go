package paper

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	_ "image/jpeg" // photos and drawn signatures are kept as JPEG
	"image/png"
	"strings"
	"time"
	"unicode"

	"codeberg.org/go-pdf/fpdf"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
)

// The page of Nghị định 30/2020/NĐ-CP: A4 upright, in millimetres from its upper left.
const (
	PageWidth  = 210.0
	PageHeight = 297.0
	Left       = 30.0
	Right      = 20.0
	Top        = 20.0
	Bottom     = 20.0
	TextWidth  = PageWidth - Left - Right
	Floor      = PageHeight - Bottom
	Indent     = 10.0
	Gap        = 2.2 // between paragraphs: 6 points
	BodySize   = 13.0
)

// About is what a file says of itself. Made must be set: the file carries it as the
// moment of its creation, so that the same content gives the same bytes.
type About struct {
	Title, Author string
	Lang          string // "vi" or "en"
	Made          time.Time
}

// Sheet is a document being laid out. Y is where the next block begins, in
// millimetres from the page's top.
type Sheet struct {
	*fpdf.Fpdf
	Y      float64
	Form   Form
	first  Form         // of the pages unless turned
	widths map[int]bool // of the pictures so far, in pixels
}

// New is an A4 document without a page; it has the house's font and breaks no page
// by itself.
func New(a About) (*Sheet, error) { return NewOn(A4, a) }

// NewOn is New on another form of page.
func NewOn(form Form, a About) (*Sheet, error) {
	init := &fpdf.InitType{OrientationStr: "P", UnitStr: "mm", SizeStr: "A4"}
	if form != A4 {
		init.Size = fpdf.SizeType{Wd: form.Width, Ht: form.Height}
	}
	f := fpdf.NewCustom(init)
	s := &Sheet{Fpdf: f, Form: form, first: form, widths: map[int]bool{}}
	f.SetMargins(form.Left, form.Top, form.Right)
	f.SetAutoPageBreak(false, form.Bottom)
	f.SetCellMargin(0)
	f.SetCatalogSort(true)
	made := a.Made.In(clock.City)
	f.SetCreationDate(made)
	f.SetModificationDate(made)
	f.SetTitle(Clean(a.Title), true)
	f.SetAuthor(Clean(a.Author), true)
	f.SetLang(a.Lang)
	return s, addFonts(f)
}

// Bytes ends the document and gives the file.
func (s *Sheet) Bytes() ([]byte, error) {
	var b bytes.Buffer
	if err := s.Output(&b); err != nil {
		return nil, fault.Because(fault.Internal, "fault.internal", err)
	}
	return b.Bytes(), nil
}

// NumberPages writes the page's number in the top margin from the second page on.
func (s *Sheet) NumberPages() {
	s.SetHeaderFunc(func() {
		if s.PageNo() > 1 {
			s.Put(s.Form.font(13, ""), s.Form.Left, s.Form.Top/2, s.Form.TextWidth(), fmt.Sprint(s.PageNo()), "C")
		}
	})
}

// Picture places a PNG or a JPEG in a box, as large as it fits and centred. Anything
// else is Invalid.
func (s *Sheet) Picture(key string, raw []byte, x, y, width, height float64) error {
	img, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return fault.Because(fault.Invalid, "fault.invalid", err)
	}
	b := img.Bounds()
	wide := s.Widen(b.Dx())
	canvas := image.NewNRGBA(image.Rect(0, 0, wide, b.Dy()))
	draw.Draw(canvas, image.Rect(0, 0, b.Dx(), b.Dy()), img, b.Min, draw.Src)
	var out bytes.Buffer
	if err := png.Encode(&out, canvas); err != nil {
		return fault.Because(fault.Internal, "fault.internal", err)
	}
	scale := min(width/float64(wide), height/float64(b.Dy()))
	w, h := float64(wide)*scale, float64(b.Dy())*scale
	options := fpdf.ImageOptions{ImageType: "PNG"}
	s.RegisterImageOptionsReader(key, options, &out)
	s.ImageOptions(key, x+(width-w)/2, y+(height-h)/2, w, h, false, options, 0, "")
	return s.Error()
}

// Widen is a picture's width in pixels made different from those before: the library
// writes pictures in the order of their widths, and equal ones in an order by chance.
func (s *Sheet) Widen(pixels int) int {
	for s.widths[pixels] {
		pixels++
	}
	s.widths[pixels] = true
	return pixels
}

// Font is a size in points and a style: "", "B", "I" or "BI".
type Font struct {
	Size  float64
	Style string
}

// Height is the line height of a font, 1.2 times its size, in millimetres.
func (f Font) Height() float64 { return f.Size * 1.2 * 25.4 / 72 }

// Use makes a font the one that is measured and written with.
func (s *Sheet) Use(f Font) { s.SetFont(Family, f.Style, f.Size) }

// Clean makes text fit for a page: composed, one line, no control characters and
// none beyond the sixteen bits that the PDF's fonts are addressed with.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.IsControl(r) || r > 0xFFFF || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, fold.NFC(strings.ToValidUTF8(s, "")))
}
