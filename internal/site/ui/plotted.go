package ui

import "lotrinh/internal/kit/plot"

// Plotted is a chart of kit/plot as a figure: drawn once for wide screens (about 960,
// plot-wide) and once for phones (about 360, plot-narrow), with the table behind it.
func Plotted(title string, drawn ...plot.Chart) ChartData {
	d := ChartData{Title: title}
	for i, c := range drawn {
		if i == 0 {
			d.Head, d.Rows = c.Table().Head, c.Table().Rows
		}
		d.SVG += c.SVG()
	}
	return d
}
