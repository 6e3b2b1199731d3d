package ui

import (
	"fmt"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// qrQuiet is the blank margin that a QR code needs, in its own squares.
const qrQuiet = 4

// qrPath is a text as a QR code, drawn as the path of its dark squares, with the side of
// the whole in squares; nothing when the text is longer than a code takes.
func qrPath(text string) (path string, side int) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return "", 0
	}
	n := code.Bounds().Dx()
	var b strings.Builder
	for y := range n {
		for x := 0; x < n; x++ {
			run := 0
			for x+run < n {
				if r, _, _, _ := code.At(x+run, y).RGBA(); r != 0 {
					break
				}
				run++
			}
			if run > 0 {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+qrQuiet, y+qrQuiet, run, run)
				x += run
			}
		}
	}
	return b.String(), n + 2*qrQuiet
}

func qrBox(side int) string { return fmt.Sprintf("0 0 %d %d", side, side) }
