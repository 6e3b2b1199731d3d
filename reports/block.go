package reports

import (
	"time"

	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/plot"
	"lotrinh/reports/define"
	"lotrinh/reports/render"
)

// Block is a part of a report before it is laid out: a Para, Items, a Grid or a
// Picture. The page and the document are made from the same blocks.
type Block = define.Piece

// Para is a paragraph.
type Para = define.Para

// Items is a dashed list.
type Items = define.Items

// Grid is a table; Hrefs, when set, lead from each row to what is behind it.
type Grid = define.Grid

// Where a table stands; Everywhere is the zero value.
const (
	Everywhere = define.Everywhere
	PaperOnly  = define.PaperOnly
	NotOnPaper = define.NotOnPaper
)

// Picture is a chart that is drawn at the width that is wanted.
type Picture = define.Picture

// Chapter is a section with its blocks.
type Chapter = define.Chapter

// writer makes blocks from figures in one language.
type writer struct {
	t     i18n.T
	f     Figures
	s     *Service
	count *define.Count
}

func (s *Service) writer(t i18n.T, f Figures) writer {
	return writer{t: t, f: f, s: s, count: &define.Count{}}
}

// Chapters is a report in one language, made from its figures and the text of its
// definition that was frozen with them.
func (s *Service) Chapters(t i18n.T, f Figures) ([]Chapter, error) {
	d, err := definitionOf(f)
	if err != nil {
		return nil, err
	}
	w := s.writer(t, f)
	if d.sections == nil {
		return w.replacing(d.Compose(f.frame(), w.words())), nil
	}
	var all []Chapter
	for _, sec := range d.sections {
		c := Chapter{Heading: t.Say(sec.heading)}
		for _, name := range sec.parts {
			c.Blocks = append(c.Blocks, w.part(name)...)
		}
		if len(c.Blocks) > 0 {
			all = append(all, c)
		}
	}
	return w.replacing(all), nil
}

// parts are the ready-made parts by their names in definitions.
var parts = map[string]func(writer) []Block{"standing": standing, "week": weekPart, "curve": curvePart, "districts": districtPart, "tiles": tilesPart,
	"cases": casesPart, "held": heldPart, "gaps": gapsPart, "tickets": ticketsPart, "next": nextPart}

func (w writer) part(name string) []Block {
	if make := parts[name]; make != nil {
		return make(w)
	}
	return nil
}

// title is what the report of the figures is called.
func (w writer) title() string {
	d, err := definitionOf(w.f)
	if err != nil {
		return w.f.Definition
	}
	return d.title(w.t)
}

// words are what a definition is composed with besides its figures.
func (w writer) words() define.Words {
	p := w.f.Progress.Programme
	return define.Words{T: w.t, Count: w.count, Ready: w.part, Draw: w.drawn, Names: map[string]string{
		"programme": w.name(p.Title, p.TitleEN), "basis": p.LegalBasis, "where": w.f.Cut.Name, "from": w.t.Day(w.f.Period.From),
		"until": w.t.Day(w.f.Period.Until.Add(-time.Microsecond)), "day": w.t.Day(w.f.Stood()), "hour": hour(w.t, w.f.Stood())}}
}

func (w writer) say(key string, pairs ...any) string { return w.t.Say(key, pairs...) }

func (w writer) para(key string, pairs ...any) Para { return Para(w.say(key, pairs...)) }

// grid is a numbered table.
func (w writer) grid(key string, columns []render.Column, rows [][]any, hrefs []string, foot []any) Grid {
	w.count.Grids++
	name := w.say(key)
	return Grid{Table: render.Table{Caption: w.say("reports.table", "n", w.count.Grids, "name", name), Sheet: w.say(key + ".sheet"),
		Columns: columns, Rows: rows, Foot: foot}, Hrefs: hrefs}
}

// picture is a numbered chart.
func (w writer) picture(title string, draw func(frame plot.Frame) (plot.Chart, error)) Picture {
	w.count.Pictures++
	return Picture{Caption: w.say("reports.figure", "n", w.count.Pictures, "name", title), Title: title,
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
