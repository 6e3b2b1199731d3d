package plot

import (
	"io"
	"math"
	"sync"

	"github.com/golang/freetype/truetype"
	chart "github.com/wcharczuk/go-chart/v2"
	"github.com/wcharczuk/go-chart/v2/drawing"
	"golang.org/x/image/font"
)

type anchor int

const (
	start anchor = iota
	middle
	end
)

// brush is the state of both renderers: how the next mark looks.
type brush struct {
	dpi          float64
	class        string
	stroke, fill drawing.Color
	strokeWidth  float64
	dash         []float64
	crisp        bool
	fontColor    drawing.Color
	fontSize     float64
	anchor       anchor
	bold         bool
	turn         *float64
}

// ResetStyle forgets the look.
func (b *brush) ResetStyle() { *b = brush{dpi: b.dpi} }

// GetDPI is the resolution: 72, so that a point is a pixel.
func (b *brush) GetDPI() float64 { return b.dpi }

// SetDPI is ignored: charts are laid out in pixels and scaled as a whole.
func (b *brush) SetDPI(float64) {}

// SetClassName names what the next mark is.
func (b *brush) SetClassName(name string) { b.class, b.crisp = name, false }

// SetStrokeColor sets the colour of outlines.
func (b *brush) SetStrokeColor(c drawing.Color) { b.stroke = c }

// SetFillColor sets the colour of areas.
func (b *brush) SetFillColor(c drawing.Color) { b.fill = c }

// SetStrokeWidth sets the width of outlines.
func (b *brush) SetStrokeWidth(w float64) { b.strokeWidth = w }

// SetStrokeDashArray sets the dashes of outlines.
func (b *brush) SetStrokeDashArray(d []float64) { b.dash = d }

// SetFont is ignored: there is one font.
func (b *brush) SetFont(*truetype.Font) {}

// SetFontColor sets the colour of text.
func (b *brush) SetFontColor(c drawing.Color) { b.fontColor = c }

// SetFontSize sets the size of text in pixels.
func (b *brush) SetFontSize(size float64) { b.fontSize = size }

// SetTextRotation turns the next texts.
func (b *brush) SetTextRotation(radians float64) { b.turn = &radians }

// ClearTextRotation sets text upright again.
func (b *brush) ClearTextRotation() { b.turn = nil }

// MeasureText is the room that a line takes in the current size.
func (b *brush) MeasureText(body string) chart.Box {
	return chart.Box{Right: int(math.Ceil(width(body, b.fontSize))), Bottom: int(math.Ceil(b.fontSize))}
}

// face is the embedded font (Roboto Medium, which go-chart carries; it has every
// Vietnamese letter) at a size at which widths are exact enough to scale.
var face = sync.OnceValues(newFace)

// newFace keeps one mask of a glyph instead of 512, which at this size would be 79 MB
// that nobody looks at: nothing is drawn with it.
func newFace() (font.Face, error) {
	f, err := chart.GetDefaultFont()
	if err != nil {
		return nil, err
	}
	return truetype.NewFace(f, &truetype.Options{Size: measuredAt, DPI: 72, GlyphCacheEntries: 1}), nil
}

const (
	measuredAt = 200
	slack      = 1.1 // how much wider than ours a reader's system font may be
)

var measuring sync.Mutex // a face keeps a glyph buffer and is not safe to share

// width is how wide a line is at a font size, the same for both renderers, with
// room for readers whose system font is wider than ours.
func width(body string, size float64) float64 {
	f, err := face()
	if err != nil {
		return float64(len(body)) * size * 0.6
	}
	measuring.Lock()
	defer measuring.Unlock()
	return float64(font.MeasureString(f, body)) / 64 / measuredAt * size * slack
}

// raster is go-chart's own PNG renderer under a layout in logical pixels.
type raster struct {
	brush
	to    chart.Renderer
	scale float64
}

var _ chart.Renderer = (*raster)(nil)

func newRaster(w, h int, scale float64) (*raster, error) {
	to, err := chart.PNG(int(math.Ceil(float64(w)*scale)), int(math.Ceil(float64(h)*scale)))
	if err != nil {
		return nil, err
	}
	f, err := chart.GetDefaultFont()
	if err != nil {
		return nil, err
	}
	to.SetDPI(72)
	to.SetFont(f)
	return &raster{brush: brush{dpi: 72}, to: to, scale: scale}, nil
}

func (r *raster) at(v int) int { return int(math.Round(float64(v) * r.scale)) }

func (r *raster) dip() {
	r.to.SetFillColor(r.fill)
	r.to.SetStrokeColor(r.stroke)
	r.to.SetStrokeWidth(r.strokeWidth * r.scale)
	var dash []float64
	for _, d := range r.dash {
		dash = append(dash, d*r.scale)
	}
	r.to.SetStrokeDashArray(dash)
}

// MoveTo starts an outline.
func (r *raster) MoveTo(x, y int) { r.to.MoveTo(r.at(x), r.at(y)) }

// LineTo goes on straight.
func (r *raster) LineTo(x, y int) { r.to.LineTo(r.at(x), r.at(y)) }

// QuadCurveTo goes on along a curve.
func (r *raster) QuadCurveTo(cx, cy, x, y int) {
	r.to.QuadCurveTo(r.at(cx), r.at(cy), r.at(x), r.at(y))
}

// ArcTo goes on along an arc.
func (r *raster) ArcTo(cx, cy int, rx, ry, start, delta float64) {
	r.to.ArcTo(r.at(cx), r.at(cy), rx*r.scale, ry*r.scale, start, delta)
}

// Close ends an outline where it began.
func (r *raster) Close() { r.to.Close() }

// Stroke draws the outline.
func (r *raster) Stroke() {
	r.dip()
	r.to.Stroke()
}

// Fill fills the outline.
func (r *raster) Fill() {
	r.dip()
	r.to.Fill()
}

// FillStroke fills the outline and draws it.
func (r *raster) FillStroke() {
	r.dip()
	r.to.FillStroke()
}

// Circle draws a disc in the current look.
func (r *raster) Circle(radius float64, x, y int) {
	r.dip()
	rad := radius * r.scale
	r.to.MoveTo(r.at(x)+int(math.Round(rad)), r.at(y))
	r.to.ArcTo(r.at(x), r.at(y), rad, rad, 0, 2*math.Pi)
	r.to.Close()
	r.to.FillStroke()
}

// Text writes a line with its baseline at y and its anchor at x.
func (r *raster) Text(body string, x, y int) {
	r.to.SetFontColor(r.fontColor)
	r.to.SetFontSize(r.fontSize * r.scale)
	left := r.at(x)
	switch r.anchor {
	case middle:
		left -= r.to.MeasureText(body).Width() / 2
	case end:
		left -= r.to.MeasureText(body).Width()
	}
	if r.turn != nil {
		r.to.SetTextRotation(*r.turn)
		defer r.to.ClearTextRotation()
	}
	r.to.Text(body, left, r.at(y))
}

// Save writes the picture.
func (r *raster) Save(w io.Writer) error { return r.to.Save(w) }
