package plot

import (
	"math"
	"testing"

	"github.com/wcharczuk/go-chart/v2/drawing"
)

type rgbf [3]float64

func linear(c drawing.Color) rgbf {
	f := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return rgbf{f(c.R), f(c.G), f(c.B)}
}

// sights are ways of seeing colour in linear light: everybody's, and those of red-,
// green- and blue-blind readers (Machado, Oliveira and Fernandes 2009).
var sights = map[string][3]rgbf{
	"full":  {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"red":   {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"green": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"blue":  {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

func seen(c rgbf, by [3]rgbf) rgbf {
	var out rgbf
	for i, row := range by {
		out[i] = min(1, max(0, row[0]*c[0]+row[1]*c[1]+row[2]*c[2]))
	}
	return out
}

func lab(c rgbf) rgbf {
	f := func(t float64) float64 {
		if t > 216.0/24389 {
			return math.Cbrt(t)
		}
		return (24389.0/27*t + 16) / 116
	}
	x := f((0.4124*c[0] + 0.3576*c[1] + 0.1805*c[2]) / 0.95047)
	y := f(luminance(c))
	z := f((0.0193*c[0] + 0.1192*c[1] + 0.9505*c[2]) / 1.08883)
	return rgbf{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

func luminance(c rgbf) float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] }

func contrast(a, b string) float64 {
	x, y := luminance(linear(rgb(a)))+0.05, luminance(linear(rgb(b)))+0.05
	return max(x, y) / min(x, y)
}

func TestStagesDifferForEverySight(t *testing.T) {
	sets := [][]Tone{{Preparing, Trial, Official, Live, Held}, {Declared, Verified, Plan}, {Good, Late}, {Neutral, Late}, {Official, Preparing, Declared}, {Verified, Scope}, {Scope, Plan}}
	for name, sight := range sights {
		for _, set := range sets {
			for i, a := range set {
				for _, b := range set[:i] {
					for mode, pick := range map[string]func(shade) string{"light": func(s shade) string { return s.light }, "dark": func(s shade) string { return s.dark }} {
						p, q := lab(seen(linear(rgb(pick(must(a)))), sight)), lab(seen(linear(rgb(pick(must(b)))), sight))
						if d := math.Sqrt(sq(p[0]-q[0]) + sq(p[1]-q[1]) + sq(p[2]-q[2])); d < 15 {
							t.Errorf("%s sight, %s: %s and %s are only %.1f apart", name, mode, a, b, d)
						}
					}
				}
			}
		}
	}
}

func sq(x float64) float64 { return x * x }

func TestTextIsReadableOnEveryGround(t *testing.T) {
	for _, s := range palette {
		if c := contrast(s.light, s.onLight); c < 4.5 {
			t.Errorf("%s, light: %.1f", s.tone, c)
		}
		if c := contrast(s.dark, s.onDark); c < 4.5 {
			t.Errorf("%s, dark: %.1f", s.tone, c)
		}
	}
	paper := surfaces[0]
	for _, name := range []Tone{Declared, Verified, Plan, Forecast, Late, Good, Scope} {
		s := must(name)
		if contrast(s.light, paper.light) < 4.5 || contrast(s.dark, paper.dark) < 4.5 {
			t.Errorf("%s is not readable on paper", name)
		}
	}
	for _, s := range surfaces[1:3] {
		if contrast(s.light, paper.light) < 4.5 || contrast(s.dark, paper.dark) < 4.5 {
			t.Errorf("%s is not readable on paper", s.name)
		}
	}
}
