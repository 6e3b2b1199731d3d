package define

import (
	"strings"

	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/plot"
	"lotrinh/reports/render"
)

// Piece is a part of a report before it is laid out: a Para, Items, a Grid or a
// Picture. The page and the document are made from the same pieces.
type Piece interface{ piece() }

// Para is a paragraph.
type Para string

// Items is a dashed list.
type Items []string

// Grid is a table; Hrefs, when set, lead from each row to what is behind it.
type Grid struct {
	render.Table
	Hrefs  []string
	On     Medium
	Sparks []Picture // one a row, drawn behind the last column of the page
}

// Medium says where a table stands; the zero Medium is everywhere.
type Medium int

// Long lists stand on the screen and in the workbook; paper gets them summed up.
const (
	Everywhere Medium = iota
	PaperOnly
	NotOnPaper
)

// Picture is a chart that is drawn at the width that is wanted.
type Picture struct {
	Caption string // with its number
	Title   string // the finding
	Draw    func(width int, class string) (plot.Chart, error)
	Data    *render.Table // the numbers behind it; read from the chart's own table when nil
	Listed  bool          // a table of the report has its numbers, so that nothing is added
}

func (Para) piece()    {}
func (Items) piece()   {}
func (Grid) piece()    {}
func (Picture) piece() {}

// Chapter is a section with its pieces.
type Chapter struct {
	Heading   string
	Landscape bool
	Blocks    []Piece
}

// Count numbers the tables and the figures of a report.
type Count struct{ Grids, Pictures int }

// Words is what a report is composed with besides its figures.
type Words struct {
	T     i18n.T
	Names map[string]string // programme, where, from, …
	Count *Count            // shared with whoever makes the ready parts
	Ready func(part string) []Piece
	Draw  func(key string, draw func() (plot.Chart, error)) (plot.Chart, error) // a cache, or the drawing itself
}

// writer composes one report.
type writer struct {
	Words
	f Frame
	d Definition
}

// Compose makes the chapters of a report. A section without pieces is left out.
func (d Definition) Compose(f Frame, words Words) []Chapter {
	w := writer{Words: words, f: f, d: d}
	if w.Count == nil {
		w.Count = &Count{}
	}
	if w.Draw == nil {
		w.Draw = func(_ string, draw func() (plot.Chart, error)) (plot.Chart, error) { return draw() }
	}
	var all []Chapter
	for _, s := range d.Sections {
		if !w.holds(s.If) {
			continue
		}
		c := Chapter{Heading: w.fill(s.Heading), Landscape: s.Orientation == "landscape" || s.Orientation == "" && d.Orientation == "landscape"}
		for _, b := range s.Blocks {
			if w.holds(b.If) {
				c.Blocks = append(c.Blocks, w.block(b)...)
			}
		}
		if c.Blocks = joined(c.Blocks); len(c.Blocks) > 0 {
			all = append(all, c)
		}
	}
	return all
}

// joined makes one list of lists that follow each other: their items end with ";" and
// the last one with ".".
func joined(all []Piece) []Piece {
	var out []Piece
	for _, p := range all {
		items, is := p.(Items)
		if last, before := lastItems(out); is && before {
			out[len(out)-1] = append(last[:len(last):len(last)], items...)
			continue
		}
		out = append(out, p)
	}
	for i, p := range out {
		items, is := p.(Items)
		if !is {
			continue
		}
		marked := make(Items, len(items))
		for j, s := range items {
			mark := ";"
			if j == len(items)-1 {
				mark = "."
			}
			marked[j] = strings.TrimRight(s, ".;, ") + mark
		}
		out[i] = marked
	}
	return out
}

func lastItems(all []Piece) (Items, bool) {
	if len(all) == 0 {
		return nil, false
	}
	items, is := all[len(all)-1].(Items)
	return items, is
}

// Subject is what one report is about, in words.
func (d Definition) Subject(f Frame, words Words) string {
	return writer{Words: words, f: f, d: d}.fill(d.About)
}

func (w writer) holds(expr string) bool {
	if expr == "" {
		return true
	}
	c, wrong := readCond(expr)
	return wrong == "" && c.holds(w.f)
}

func (w writer) block(b Block) []Piece {
	switch b.Kind {
	case Text:
		return paragraphs(w.fill(b.Text))
	case Table:
		return w.table(b)
	case Chart:
		return w.chart(b)
	case List:
		return w.list(b)
	case Ready:
		if w.Ready != nil {
			return w.Ready(b.Ready)
		}
	}
	return nil
}

// paragraphs are the lines of a text: those that open with a dash are items.
func paragraphs(text string) []Piece {
	var all []Piece
	var items Items
	done := func() {
		if len(items) > 0 {
			all = append(all, items)
			items = nil
		}
	}
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		item, is := strings.CutPrefix(line, "- ")
		switch {
		case line == "":
		case is:
			items = append(items, strings.TrimSpace(item))
		default:
			done()
			all = append(all, Para(line))
		}
	}
	done()
	return all
}

func (w writer) say(key string, pairs ...any) string { return w.T.Say(key, pairs...) }

// grid is a numbered table.
func (w writer) grid(name Both, columns []render.Column, rows [][]any, hrefs []string, foot []any) Grid {
	w.Count.Grids++
	caption := w.fill(name)
	return Grid{Table: render.Table{Caption: w.say("reports.define.table", "n", w.Count.Grids, "name", caption), Sheet: w.sheet(caption),
		Columns: columns, Rows: rows, Foot: foot}, Hrefs: hrefs}
}

// sheet is a name that a sheet of a workbook may carry; its number tells it from others.
func (w writer) sheet(name string) string {
	n := w.T.Int(int64(w.Count.Grids)) + ". "
	for _, r := range strings.NewReplacer("/", "-", "\\", "-", "?", "", "*", "", "[", "(", "]", ")", ":", " -").Replace(name) {
		if len([]rune(n)) >= 31 {
			break
		}
		n += string(r)
	}
	return strings.TrimSpace(n)
}

// picture is a numbered chart.
func (w writer) picture(title string, draw func(frame plot.Frame) (plot.Chart, error)) Picture {
	w.Count.Pictures++
	return Picture{Caption: w.say("reports.define.figure", "n", w.Count.Pictures, "name", title), Title: title,
		Draw: func(width int, class string) (plot.Chart, error) {
			return draw(plot.Frame{Title: title, Empty: w.say("reports.define.no_data"), Lang: w.T.Lang, Width: width, Class: class})
		}}
}
