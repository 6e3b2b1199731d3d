package slip

import (
	"embed"
	"encoding/json"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/paper"
)

//go:embed layouts/*.json
var layouts embed.FS

// Layout says where each value of a certificate stands on the authority's own paper, in
// millimetres from its upper left.
type Layout struct {
	Title string `json:"title"`
	Sub   string `json:"sub,omitempty"`
	Rows  []Row  `json:"rows"`
}

// Row is one printed line.
type Row struct {
	Y     float64 `json:"y"`
	Cells []Cell  `json:"cells"`
}

// Cell is a label with its value. From names the answers that may hold the value, the
// first that is there counts. As says how it is written: "day" 20/11/2016, "words" a
// day in words, "upper" capitals, "" as it is.
type Cell struct {
	Label string   `json:"label,omitempty"`
	From  []string `json:"from"`
	X     float64  `json:"x"`
	Width float64  `json:"w"`
	As    string   `json:"as,omitempty"`
	Bold  bool     `json:"bold,omitempty"`
}

var readLayouts = sync.OnceValues(func() (map[string]Layout, error) {
	all := map[string]Layout{}
	files, err := fs.Glob(layouts, "layouts/*.json")
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		raw, err := layouts.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var l Layout
		if err := json.Unmarshal(raw, &l); err != nil {
			return nil, err
		}
		all[strings.TrimSuffix(path.Base(name), ".json")] = l
	}
	return all, nil
})

// LayoutOf is the layout of a result: of its key, else of its book's extract, else the
// plain extract.
func LayoutOf(result, book string) (Layout, error) {
	all, err := readLayouts()
	if err != nil {
		return Layout{}, fault.Because(fault.Internal, "fault.internal", err)
	}
	for _, key := range []string{result, book, "extract"} {
		if l, ok := all[key]; ok {
			return l, nil
		}
	}
	return Layout{}, fault.New(fault.Missing, "fault.missing")
}

// LayoutKeys are the results and books that have a layout of their own, sorted.
func LayoutKeys() []string {
	all, err := readLayouts()
	if err != nil {
		return nil
	}
	var keys []string
	for k := range all {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Certificate is what a certificate says.
type Certificate struct {
	Result, Book string // keys of procedure.Result
	Office       Office
	Made         time.Time
	Values       map[string]string // answers, and what the register adds: register_no, register_day, signer, signer_post, pid
	Signed       bool              // by the chairman; else the paper says that it is a draft
	Bare         bool              // values alone, for the authority's own printed paper
	ShiftX       float64           // millimetres by which a printer is off, with Bare
	ShiftY       float64
}

// MostShift is how far a printer may be corrected, in millimetres.
const MostShift = 20.0

// PDF is the certificate on A4.
func (c Certificate) PDF(t i18n.T) ([]byte, error) {
	layout, err := LayoutOf(c.Result, c.Book)
	if err != nil {
		return nil, err
	}
	if max(c.ShiftX, -c.ShiftX, c.ShiftY, -c.ShiftY) > MostShift {
		return nil, fault.New(fault.Invalid, "slip.shift_far", "n", int(MostShift))
	}
	s, err := paper.New(paper.About{Title: layout.Title, Author: c.Office.Name, Lang: string(t.Lang), Made: c.Made})
	if err != nil {
		return nil, fault.Because(fault.Internal, "fault.internal", err)
	}
	s.NewPage()
	if !c.Signed {
		watermark(s, t.Say("slip.draft"))
		s.Put(paper.Font{Size: 11, Style: "B"}, paper.Left, 8, paper.TextWidth, t.Say("slip.draft"), "C")
	}
	if !c.Bare {
		c.frame(s, t, layout)
	}
	for _, row := range layout.Rows {
		for _, cell := range row.Cells {
			c.cell(s, t, row.Y, cell)
		}
	}
	return s.Bytes()
}

// frame is what the authority's own paper has printed already.
func (c Certificate) frame(s *paper.Sheet, t i18n.T, l Layout) {
	s.Head(paper.Head{Parent: c.Office.Parent, Issuer: c.Office.Name, Nation: t.Say("slip.nation"), Motto: t.Say("slip.motto")})
	title := paper.Font{Size: 20, Style: "B"}
	s.Put(title, paper.Left, 52, paper.TextWidth, l.Title, "C")
	s.Put(paper.Font{Size: 12, Style: "I"}, paper.Left, 61, paper.TextWidth, l.Sub, "C")
}

func (c Certificate) cell(s *paper.Sheet, t i18n.T, y float64, cell Cell) {
	x, plain := cell.X, paper.Font{Size: 12.5}
	label := ""
	if cell.Label != "" {
		label = cell.Label + ": "
	}
	s.Use(plain)
	wide := s.GetStringWidth(label)
	if !c.Bare {
		s.Put(plain, x, y, wide, label, "L")
	}
	f := plain
	if cell.Bold {
		f.Style = "B"
	}
	shiftX, shiftY := 0.0, 0.0
	if c.Bare {
		shiftX, shiftY = c.ShiftX, c.ShiftY
	}
	value := c.value(t, cell)
	if value == "" && !c.Bare {
		value = dots
	}
	room := max(cell.Width-wide, 10)
	f = s.Fitting(f, value, room, 9)
	for i, line := range s.Lines(f, value, room, 0) {
		s.Put(f, x+wide+shiftX, y+shiftY+float64(i)*f.Height(), room, line, "L")
	}
}

func (c Certificate) value(t i18n.T, cell Cell) string {
	for _, key := range cell.From {
		v := strings.TrimSpace(fold.NFC(c.Values[key]))
		if v == "" {
			continue
		}
		switch cell.As {
		case "upper":
			return strings.ToUpper(v)
		case "words":
			return DayInWords(t, v)
		case "day":
			if d, err := time.Parse(time.DateOnly, v); err == nil {
				return d.Format("02/01/2006")
			}
		}
		return v
	}
	return ""
}

// watermark writes a word across the page, so light that it can be read through.
func watermark(s *paper.Sheet, word string) {
	s.SetTextColor(225, 225, 225)
	s.TransformBegin()
	s.TransformRotate(50, paper.PageWidth/2, paper.PageHeight/2)
	f := paper.Font{Size: 90, Style: "B"}
	s.Put(f, 0, paper.PageHeight/2-f.Height()/2, paper.PageWidth, word, "C")
	s.TransformEnd()
	s.SetTextColor(0, 0, 0)
}
