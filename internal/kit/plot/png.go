package plot

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math"

	"lotrinh/internal/kit/fault"
)

// maxScale is the largest picture: a phone's chart over the width of a page at 400 dpi.
const maxScale = 8.0

// PNG is the chart in pixels, scale to one: 2 is right for mail, 3 for paper.
func (c Chart) PNG(scale float64) (png []byte, err error) {
	defer rescue(&err)
	if c.draw == nil || !(scale >= 0.5 && scale <= maxScale) {
		return nil, fault.New(fault.Internal, "plot.not_drawn")
	}
	r, err := newRaster(c.w, c.h, scale)
	if err != nil {
		return nil, fault.Because(fault.Internal, "plot.not_drawn", err)
	}
	p := pen{Renderer: r, brush: &r.brush}
	c.paint(p)
	var b bytes.Buffer
	if err := r.Save(&b); err != nil {
		return nil, fault.Because(fault.Internal, "plot.not_drawn", err)
	}
	return b.Bytes(), nil
}

// PNGAt is the chart in pixels for paper: mm millimetres wide at dpi dots an inch, 72 to
// 600. The file says how large it is to be printed. Widths that would need more than eight
// times the chart's own pixels are refused.
func (c Chart) PNGAt(dpi, mm float64) ([]byte, error) {
	if !(dpi >= 72 && dpi <= 600) || c.w == 0 {
		return nil, fault.New(fault.Internal, "plot.not_drawn")
	}
	pixels := mm / 25.4 * dpi
	raw, err := c.PNG(pixels / float64(c.w))
	if err != nil {
		return nil, err
	}
	return printed(raw, dpi)
}

// printed says in a PNG how many dots it has to the metre: the chunk pHYs, straight after
// the header (PNG specification, 11.3.4.3).
func printed(raw []byte, dpi float64) ([]byte, error) {
	const head = 8 + 4 + 4 + 13 + 4 // signature and IHDR
	if len(raw) < head {
		return nil, fault.New(fault.Internal, "plot.not_drawn")
	}
	body := append([]byte("pHYs"), make([]byte, 9)...)
	dots := uint32(math.Round(dpi / 0.0254))
	binary.BigEndian.PutUint32(body[4:], dots)
	binary.BigEndian.PutUint32(body[8:], dots)
	body[12] = 1 // to the metre
	var b bytes.Buffer
	b.Grow(len(raw) + 21)
	b.Write(raw[:head])
	b.Write(binary.BigEndian.AppendUint32(nil, 9))
	b.Write(body)
	b.Write(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(body)))
	b.Write(raw[head:])
	return b.Bytes(), nil
}
