// Package plot draws every chart of the house, as SVG for pages and as PNG for
// mail and documents, on go-chart. It is the one place that knows the library's
// weak spots, and holds these promises over them:
//
//   - text is composed (NFC), stripped of what XML forbids and escaped;
//   - numbers are finite and lengths agree, or the answer is fault.Invalid;
//   - an axis starts at zero and is never flat, so an idle week costs nothing;
//   - no data draws the sentence that was given for it, never an error;
//   - a chart is whole or absent: it is drawn in memory and a panic of the library
//     becomes an error;
//   - SVG carries classes and presentation attributes, no style attribute and no
//     style element, so a strict content security policy lets it be inlined.
//
// The package holds no sentence: titles, names and units come in translated.
// Colour never stands alone: lines differ by dash and marker and carry their names
// at their ends, segments differ by hatch, tiles by symbol, and Chart.Table is the
// data behind the picture for those who do not see it.
//
// # Width
//
// A chart is laid out for Frame.Width. Draw it twice for a page, about 960 and 360,
// with Frame.Class "plot-wide" and "plot-narrow": the style sheet shows one of them.
//
// # Classes
//
// CSS gives the rules. Every mark has a role and a tone: plot-l (stroked), plot-f
// (filled), plot-a (filled area, faint), plot-h (hollow marker), plot-on (text or
// symbol upon a fill); tones are plot-declared, plot-verified, plot-plan,
// plot-forecast, plot-stage-preparing, plot-stage-trial, plot-stage-official,
// plot-stage-live, plot-stage-held, plot-good, plot-late, plot-neutral, plot-scope. The rest:
// plot-o (edge of a pale fill), plot-paper, plot-ink, plot-dim, plot-grid, plot-axis,
// plot-track (ground of a bullet), plot-hit (ground that feels the pointer and is not seen).
//
// # Marks
//
// What can be pointed at carries data-r, its row of Chart.Table, and is a link where the
// specification gives one. A chart of lines carries one area with data-r, its first row, and
// data-x, where the rows stand from there on. The root says in data-rows how many rows the
// table has, so that a script beside another table leaves the chart alone. All this is an
// addition: links work and the table says everything without script.
//
// # Kinds
//
// SCurve, BurnUp, Days (over days), Gantt, Stacked, Bars, Columns, Ages, Attain, Pareto,
// Lollipop, Tiles, Multiples, Spark. Each takes a Spec, checks it and answers a Chart.
//
// # Paper
//
// Chart.PNGAt draws for a width in millimetres at so many dots an inch and says so in the
// file; Chart.PNG draws at a multiple of the chart's own pixels.
package plot
