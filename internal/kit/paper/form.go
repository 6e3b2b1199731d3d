package paper

// Form is the size of a page and its margins, in millimetres from its upper left, and
// how large what the package draws by itself (heads, titles, tables, signatures) is set
// beside A4.
type Form struct {
	Width, Height            float64
	Left, Right, Top, Bottom float64
	Scale                    float64
}

// The forms of pages that the house prints on.
var (
	A4     = Form{Width: PageWidth, Height: PageHeight, Left: Left, Right: Right, Top: Top, Bottom: Bottom, Scale: 1}
	A4Wide = Form{Width: PageHeight, Height: PageWidth, Left: 15, Right: 12, Top: 15, Bottom: 12, Scale: 0.9}
	A4Side = Form{Width: PageHeight, Height: PageWidth, Left: Left, Right: Right, Top: Top, Bottom: Bottom, Scale: 1} // for wide tables: the decree's margins
	A5     = Form{Width: 148, Height: 210, Left: 14, Right: 10, Top: 10, Bottom: 9, Scale: 0.77}
)

// TextWidth is what lies between the margins at the sides.
func (f Form) TextWidth() float64 { return f.Width - f.Left - f.Right }

// Floor is where the margin at the foot begins.
func (f Form) Floor() float64 { return f.Height - f.Bottom }

func (f Form) scaled(length float64) float64 { return length * f.Scale }

func (f Form) font(size float64, style string) Font { return Font{size * f.Scale, style} }

func (f Form) issuerWidth() float64 { return f.TextWidth() * issuerShare }

func (f Form) nationWidth() float64 { return f.TextWidth() - f.issuerWidth() }
