package reports

import (
	"github.com/a-h/templ"

	"lotrinh/internal/site/ui"
	"lotrinh/reports/render"
	"lotrinh/reports/views"
)

// block is a part of a frozen report on the screen: the same content as on paper.
func (w writer) block(b Block) (views.Block, error) {
	switch b := b.(type) {
	case Para:
		return views.Block{Para: string(b)}, nil
	case Items:
		return views.Block{Items: b}, nil
	case Grid:
		t := w.table(b)
		return views.Block{Table: &t}, w.sparks(b, &t)
	case Picture:
		c, err := w.shown(b)
		c.Title = b.Caption
		return views.Block{Chart: &c}, err
	}
	return views.Block{}, nil
}

// sparkWidth is the width of a line beside the figures of a row, in pixels.
const sparkWidth = 120

// sparks ends each row with the line of its metric.
func (w writer) sparks(g Grid, t *ui.TableData) error {
	if len(g.Sparks) == 0 {
		return nil
	}
	t.Columns = append(t.Columns, ui.Column{Label: w.say("reports.column.trend"), Quiet: true})
	for i := range t.Rows {
		cell := ui.Text("")
		if i < len(g.Sparks) {
			c, err := g.Sparks[i].Draw(sparkWidth, "")
			if err != nil {
				return err
			}
			if !c.Empty() {
				cell = templ.Raw(c.SVG())
			}
		}
		t.Rows[i].Cells = append(t.Rows[i].Cells, cell)
	}
	return nil
}

func (w writer) table(g Grid) ui.TableData {
	d := ui.TableData{Caption: g.Caption, Count: -1}
	for _, c := range g.Columns {
		d.Columns = append(d.Columns, ui.Column{Label: c.Head, Num: c.Form != render.Text})
	}
	line := func(cells []any, href string) ui.Row {
		row := ui.Row{Href: href}
		linked := href == ""
		for i, cell := range cells {
			text := g.Columns[i].Write(w.t, cell)
			if !linked && g.Columns[i].Form == render.Text {
				linked = true
				row.Cells = append(row.Cells, ui.Main(href, text, ""))
				continue
			}
			row.Cells = append(row.Cells, ui.Text(text))
		}
		return row
	}
	for i, cells := range g.Rows {
		href := ""
		if i < len(g.Hrefs) {
			href = g.Hrefs[i]
		}
		d.Rows = append(d.Rows, line(cells, href))
	}
	if g.Foot != nil {
		d.Rows = append(d.Rows, line(g.Foot, ""))
	}
	return d
}
