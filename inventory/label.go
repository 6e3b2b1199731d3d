package inventory

import (
	"context"
	"strings"

	"github.com/boombuler/barcode/qr"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/paper"
	"lotrinh/internal/org"
)

// mostLabels is how many labels one file holds.
const mostLabels = 1000

// LabelSheets are the sheets of stickers that labels can be printed on, by name.
var LabelSheets = map[string]paper.Labels{
	"3x8":  paper.Labels24,
	"2x7":  {Columns: 2, Rows: 7, X: 4.67, Y: 15.15, Width: 99.1, Height: 38.1, GapX: 2.5},
	"5x13": paper.Labels65,
	"a4":   paper.LabelsA4,
}

// SheetNames are their names in the order in which forms offer them.
var SheetNames = []string{"a4", "3x8", "2x7", "5x13"}

// LabelAsk is what labels are asked for: of which assets, on which sheet, from which
// place on (1 is the first of a new sheet).
type LabelAsk struct {
	Assets []ident.ID
	Sheet  string
	First  int
}

// Short is the address that a label's code leads to.
func (s *Service) Short(code string) string { return strings.TrimRight(s.Address, "/") + "/t/" + code }

// Labels is a print-ready PDF with a label for every asset within reach.
func (s *Service) Labels(ctx context.Context, who access.Actor, t i18n.T, ask LabelAsk) ([]byte, error) {
	if err := who.Need(Look); err != nil {
		return nil, err
	}
	sheet, ok := LabelSheets[ask.Sheet]
	var k fault.Check
	k.Need(ok, "sheet", "inventory.labels.sheet_needed")
	k.Need(!ok || ask.First >= 1 && ask.First <= sheet.Columns*sheet.Rows, "first", "inventory.labels.first_bad", "last", sheet.Columns*sheet.Rows)
	k.Need(len(ask.Assets) > 0, "sheet", "inventory.bulk.none")
	k.Need(len(ask.Assets) <= mostLabels, "sheet", "inventory.bulk.many", "limit", mostLabels)
	if err := k.Err(); err != nil {
		return nil, err
	}
	all, err := s.AssetsIn(ctx, s.db.Read(), who, Look, ask.Assets)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fault.New(fault.Missing, "fault.missing")
	}
	tree, err := s.units.Tree(ctx, s.clock.Now())
	if err != nil {
		return nil, err
	}
	doc, err := paper.New(paper.About{Title: t.Say("inventory.labels.title"), Author: who.Name, Lang: string(t.Lang), Made: s.clock.Now()})
	if err != nil {
		return nil, err
	}
	sheet.First = ask.First - 1
	err = doc.Labels(sheet, len(all), func(i int, x, y, width, height float64) error {
		return s.label(doc, tree, all[i], x, y, width, height)
	})
	if err != nil {
		return nil, err
	}
	return doc.Bytes()
}

// label draws one: the code to scan, the number to read, what it is and whose.
func (s *Service) label(doc *paper.Sheet, tree *org.Tree, a Asset, x, y, width, height float64) error {
	code, err := qr.Encode(s.Short(a.Code), qr.M, qr.Auto)
	if err != nil {
		return fault.Because(fault.Internal, "fault.internal", err)
	}
	pad := max(2.5, height*0.115)
	side := min(height-2*pad, width*0.42)
	n := code.Bounds().Dx()
	doc.Matrix(x+pad, y+(height-side)/2, side, n, func(column, row int) bool {
		r, _, _, _ := code.At(column, row).RGBA()
		return r == 0
	})
	left, room := x+pad+side+pad*0.8, width-side-pad*2.8
	scale := height / 37
	bold, plain := paper.Font{Size: max(6, 12*scale), Style: "B"}, paper.Font{Size: max(5, 9*scale)}
	at := y + (height-side)/2
	for _, line := range []struct {
		font paper.Font
		text string
		most int
	}{{doc.Fitting(bold, a.Code, room, 4), a.Code, 1}, {plain, a.Name, 2}, {plain, tree.Name(a.Unit), 1}, {plain, tree.Name(tree.District(a.Unit)), 1}, {plain, a.Tag, 1}} {
		for i, part := range doc.Lines(line.font, line.text, room, 0) {
			if i < line.most && at+line.font.Height() <= y+height-pad/2 {
				doc.Put(line.font, left, at, room, part, "L")
				at += line.font.Height()
			}
		}
	}
	return doc.Error()
}

// ByLabel is the asset whose label was scanned, within reach.
func (s *Service) ByLabel(ctx context.Context, who access.Actor, code string) (Asset, error) {
	if err := who.Need(Look); err != nil {
		return Asset{}, err
	}
	var a Asset
	err := s.db.Read().NewSelect().Model(&a).Where("a.code = ?", strings.ToUpper(tidy(code))).Apply(who.Within(Look, "a.unit")).Scan(ctx)
	return a, db.Sorted(err)
}
