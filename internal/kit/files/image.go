package files

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // a type of picture that people send
	"io"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // a type of picture that people send

	"lotrinh/internal/kit/fault"
)

const (
	// maxPixels is the largest picture that is opened: more could eat the memory.
	maxPixels = 25_000_000
	largest   = 2048
	thumbnail = 320
)

// decoding lets one picture be open at a time, so that many uploads at once do not
// add up their memory.
var decoding = make(chan struct{}, 1)

// pictures makes the stored form of a photo and its thumbnail, both JPEG. Drawing
// the picture anew leaves behind what the camera wrote beside it.
func pictures(ctx context.Context, r io.ReadSeeker) (photo, thumb []byte, err error) {
	conf, _, err := image.DecodeConfig(r)
	if err != nil {
		return nil, nil, fault.Because(fault.Invalid, "files.picture_broken", err)
	}
	if conf.Width < 1 || conf.Height < 1 || conf.Width*conf.Height > maxPixels || conf.Width > 20_000 || conf.Height > 20_000 {
		return nil, nil, fault.New(fault.Invalid, "files.picture_pixels", "width", conf.Width, "height", conf.Height, "limit", maxPixels/1_000_000)
	}
	select {
	case decoding <- struct{}{}:
		defer func() { <-decoding }()
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	turn, err := orientation(r)
	if err != nil {
		return nil, nil, err
	}
	img, _, err := image.Decode(r)
	if err != nil {
		return nil, nil, fault.Because(fault.Invalid, "files.picture_broken", err)
	}
	full := upright(shrink(img, largest), turn)
	if photo, err = encode(full, 85); err != nil {
		return nil, nil, err
	}
	thumb, err = encode(shrink(full, thumbnail), 75)
	return photo, thumb, err
}

// shrink draws img at most side pixels wide and high, on white.
func shrink(img image.Image, side int) *image.RGBA {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	if w > side || h > side {
		if w >= h {
			w, h = side, max(1, h*side/w)
		} else {
			w, h = max(1, w*side/h), side
		}
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(out, out.Bounds(), img, b, draw.Over, nil)
	return out
}

func encode(img image.Image, quality int) ([]byte, error) {
	var b bytes.Buffer
	err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality})
	return b.Bytes(), err
}

// upright undoes the turn of a camera that was held sideways (EXIF tag 0x0112).
func upright(img *image.RGBA, turn int) *image.RGBA {
	if turn < 2 || turn > 8 {
		return img
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	ow, oh := w, h
	if turn >= 5 {
		ow, oh = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, ow, oh))
	for y := range oh {
		for x := range ow {
			sx, sy := x, y
			switch turn {
			case 2:
				sx = w - 1 - x
			case 3:
				sx, sy = w-1-x, h-1-y
			case 4:
				sy = h - 1 - y
			case 5:
				sx, sy = y, x
			case 6:
				sx, sy = y, h-1-x
			case 7:
				sx, sy = w-1-y, h-1-x
			case 8:
				sx, sy = w-1-y, x
			}
			out.SetRGBA(x, y, img.RGBAAt(sx, sy))
		}
	}
	return out
}

// orientation reads how a JPEG's camera was held, 1 when it does not say, and puts
// the reader back to the start.
func orientation(r io.ReadSeeker) (int, error) {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	head, err := io.ReadAll(io.LimitReader(r, 128<<10))
	if err != nil {
		return 0, err
	}
	_, err = r.Seek(0, io.SeekStart)
	return exifTurn(head), err
}

func exifTurn(b []byte) int {
	if len(b) < 4 || b[0] != 0xFF || b[1] != 0xD8 {
		return 1
	}
	for at := 2; at+4 <= len(b) && b[at] == 0xFF && b[at+1] != 0xDA; {
		size := int(binary.BigEndian.Uint16(b[at+2:]))
		end := at + 2 + size
		if size < 2 || end > len(b) {
			return 1
		}
		if body := b[at+4 : end]; b[at+1] == 0xE1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			return tiffTurn(body[6:])
		}
		at = end
	}
	return 1
}

func tiffTurn(t []byte) int {
	if len(t) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if t[0] == 'M' {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(t[4:]))
	if at+2 > int64(len(t)) {
		return 1
	}
	n := int64(order.Uint16(t[at:]))
	for i := range n {
		e := at + 2 + i*12
		if e+12 > int64(len(t)) {
			return 1
		}
		if order.Uint16(t[e:]) == 0x0112 {
			return int(order.Uint16(t[e+8:]))
		}
	}
	return 1
}
