package paper

import (
	"embed"

	"codeberg.org/go-pdf/fpdf"
)

// Tinos has the widths of Times New Roman, which the decree asks for.
//
//go:embed fonts/*.ttf
var fonts embed.FS

// Family is the name under which a sheet knows the house's font.
const Family = "Tinos"

var styles = map[string]string{"": "Regular", "B": "Bold", "I": "Italic", "BI": "BoldItalic"}

func addFonts(f *fpdf.Fpdf) error {
	for _, style := range []string{"", "B", "I", "BI"} {
		raw, err := fonts.ReadFile("fonts/Tinos-" + styles[style] + ".ttf")
		if err != nil {
			return err
		}
		f.AddUTF8FontFromBytes(Family, style, raw)
	}
	return f.Error()
}
