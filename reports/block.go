package reports

import (
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/plot"
	"lotrinh/reports/render"
)

// Block is a part of a report before it is laid out: a Para, Items, a Grid or a
// Picture. The page and the document are made from the same blocks.
type Block interface{ block() }

// Para is a paragraph.
type Para string

// Items is a dashed list.
type Items []string

// Grid is a table; Hrefs, when set, lead from each row to what is behind it.
type Grid struct {
	render.Table
	Hrefs []string
	On    Medium
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
}

func (Para) block()    {}
func (Items) block()   {}
func (Grid) block()    {}
func (Picture) block() {}

// Chapter is a section with its blocks.
type Chapter struct {
	Heading string
	Blocks  []Block
}

// writer makes blocks from figures in one language.
type writer struct {
	t      i18n.T
	f      Figures
	s      *Service
	grids  *int
	photos *int
}

// Chapters is a report in one language.
func (s *Service) Chapters(t i18n.T, f Figures) ([]Chapter, error) {
	d, err := definitionOf(f)
	if err != nil {
		return nil, err
	}
	w := writer{t: t, f: f, s: s, grids: new(int), photos: new(int)}
	var all []Chapter
	for _, sec := range d.Sections {
		c := Chapter{Heading: t.Say(sec.Heading)}
		for _, part := range sec.Parts {
			c.Blocks = append(c.Blocks, part(w)...)
		}
		if len(c.Blocks) > 0 {
			all = append(all, c)
		}
	}
	return all, nil
}

func (w writer) say(key string, pairs ...any) string { return w.t.Say(key, pairs...) }

func (w writer) para(key string, pairs ...any) Para { return Para(w.say(key, pairs...)) }

// grid is a numbered table.
func (w writer) grid(key string, columns []render.Column, rows [][]any, hrefs []string, foot []any) Grid {
	*w.grids++
	name := w.say(key)
	return Grid{Table: render.Table{Caption: w.say("reports.table", "n", *w.grids, "name", name), Sheet: w.say(key + ".sheet"),
		Columns: columns, Rows: rows, Foot: foot}, Hrefs: hrefs}
}

// picture is a numbered chart.
func (w writer) picture(title string, draw func(frame plot.Frame) (plot.Chart, error)) Picture {
	*w.photos++
	return Picture{Caption: w.say("reports.figure", "n", *w.photos, "name", title), Title: title,
		Draw: func(width int, class string) (plot.Chart, error) {
			return draw(plot.Frame{Title: title, Empty: w.say("reports.no_data"), Lang: w.t.Lang, Width: width, Class: class})
		}}
}

func (w writer) column(key string, form render.Form) render.Column {
	return render.Column{Head: w.say("reports.column." + key), Form: form}
}

// name is a text in the reader's language.
func (w writer) name(vi, en string) string {
	if w.t.Lang == i18n.EN && en != "" {
		return en
	}
	return vi
}
