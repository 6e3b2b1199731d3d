package plot

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

func picture(t *testing.T, raw []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// apart is how far two pictures are from each other: the share of pixels of which a colour
// differs by more than an eighth, which an edge drawn a hair aside does not reach.
func apart(a, b image.Image) float64 {
	if a.Bounds() != b.Bounds() {
		return 1
	}
	n, far := 0, func(x, y uint32) bool { return max(x, y)-min(x, y) > 0x2000 }
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			r1, g1, b1, _ := a.At(x, y).RGBA()
			r2, g2, b2, _ := b.At(x, y).RGBA()
			if far(r1, r2) || far(g1, g2) || far(b1, b2) {
				n++
			}
		}
	}
	return float64(n) / float64(a.Bounds().Dx()*a.Bounds().Dy())
}

// The pictures are kept at half size. Other machines may round a line's edge otherwise, so a
// few pixels in a thousand may differ; a label that moved is more than that.
func TestPicturesLookAsTheyDid(t *testing.T) {
	for name, build := range gallery() {
		c, err := build()
		raw, err := drawn(t, c, err).PNG(0.5)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("testdata", name+".png")
		if *update {
			if err := os.WriteFile(file, raw, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if d := apart(picture(t, raw), picture(t, want)); d > 0.002 {
			t.Errorf("%s differs in %.2f%% of its pixels from its golden picture; look at it and run with -update", name, d*100)
		}
	}
}

// A label moved by one pixel is seen; the same picture is not.
func TestPicturesThatDifferAreToldApart(t *testing.T) {
	a, err := Bars(barsSpec(360))
	first, err2 := drawn(t, a, err).PNG(0.5)
	s := barsSpec(360)
	s.Bars[0].Value++
	b, err3 := Bars(s)
	second, err4 := drawn(t, b, err3).PNG(0.5)
	if err2 != nil || err4 != nil {
		t.Fatal(err2, err4)
	}
	if d := apart(picture(t, first), picture(t, first)); d != 0 {
		t.Errorf("a picture differs from itself by %v", d)
	}
	if d := apart(picture(t, first), picture(t, second)); d <= 0.002 {
		t.Errorf("another value makes a difference of %v only", d)
	}
}

func TestAPictureForPaperHasItsDotsAndSaysSo(t *testing.T) {
	for _, width := range []int{960, 360} {
		spec := sCurve(width)
		c, err := SCurve(spec)
		drawn(t, c, err)
		for dpi, pixels := range map[float64]int{200: 1260, 300: 1890} {
			raw, err := c.PNGAt(dpi, 160)
			if err != nil {
				t.Fatal(err)
			}
			if got := picture(t, raw).Bounds().Dx(); got < pixels-2 || got > pixels+2 {
				t.Errorf("%d wide at %v dpi: %d pixels, want %d", width, dpi, got, pixels)
			}
			i := bytes.Index(raw, []byte("pHYs"))
			if i != 37 {
				t.Fatalf("pHYs stands at %d", i)
			}
			if dots := binary.BigEndian.Uint32(raw[i+4:]); dots != uint32(dpi/0.0254+0.5) || raw[i+12] != 1 {
				t.Errorf("it says %d dots to the metre", dots)
			}
		}
		for _, wrong := range [][2]float64{{20, 160}, {900, 160}, {300, 9000}, {300, 0}, {300, -1}} {
			if _, err := c.PNGAt(wrong[0], wrong[1]); err == nil {
				t.Errorf("%v was drawn", wrong)
			}
		}
	}
}

// BenchmarkKinds is the time that each kind of chart takes, as SVG and for paper.
func BenchmarkKinds(b *testing.B) {
	for name, build := range gallery() {
		b.Run(name+"/svg", func(b *testing.B) {
			for b.Loop() {
				if _, err := build(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for _, name := range []string{"scurve", "gantt", "burnup", "multiples", "pareto", "lollipop"} {
		b.Run(name+"/png200dpi", func(b *testing.B) {
			c, err := gallery()[name]()
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := c.PNGAt(200, 160); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
