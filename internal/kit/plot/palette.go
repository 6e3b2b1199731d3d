package plot

import (
	"strings"

	"github.com/wcharczuk/go-chart/v2/drawing"
)

// Tone is what a mark means; it decides colour, hatch and symbol everywhere alike.
type Tone string

// The tones. Stages first, in the order of a rollout, then the lines, then plain bars.
const (
	Preparing Tone = "stage-preparing"
	Trial     Tone = "stage-trial"
	Official  Tone = "stage-official"
	Live      Tone = "stage-live"
	Held      Tone = "stage-held"
	Declared  Tone = "declared"
	Verified  Tone = "verified"
	Plan      Tone = "plan"
	Forecast  Tone = "forecast"
	Good      Tone = "good"
	Late      Tone = "late"
	Neutral   Tone = "neutral"
	Scope     Tone = "scope"
)

// shade is one tone by day and by night: the fill (or stroke) and what is
// readable upon it.
type shade struct {
	tone            Tone
	light, onLight  string
	dark, onDark    string
	hatch           hatch
	symbol          symbol
	dash            []float64
	width           float64
	hollow, noMarks bool
	outlined        bool
}

// palette differs in lightness as well as in hue, so that it holds for red-blind
// and green-blind readers and on a grey printer; a test measures that.
var palette = []shade{
	{tone: Preparing, outlined: true, light: "#e9edf1", onLight: "#3c4653", dark: "#3a4452", onDark: "#e6eaf0", symbol: ring},
	{tone: Trial, light: "#eeab3c", onLight: "#2a1d00", dark: "#d69a34", onDark: "#1d1400", hatch: rising45, symbol: wedge},
	{tone: Official, light: "#0b5cad", onLight: "#ffffff", dark: "#66aef5", onDark: "#071727", symbol: tick},
	{tone: Live, light: "#7cc8ab", onLight: "#06301f", dark: "#22624c", onDark: "#f2fffa", hatch: level, symbol: dot},
	{tone: Held, light: "#a3221b", onLight: "#ffffff", dark: "#f0837a", onDark: "#2a0705", hatch: crossed, symbol: cross},
	{tone: Declared, light: "#a8500b", onLight: "#ffffff", dark: "#f0a04b", onDark: "#241200", width: 2, hollow: true},
	{tone: Verified, light: "#0b5cad", onLight: "#ffffff", dark: "#66aef5", onDark: "#071727", width: 3},
	{tone: Plan, light: "#5b6673", onLight: "#ffffff", dark: "#a3aebb", onDark: "#10161d", width: 2, dash: []float64{7, 5}, noMarks: true},
	{tone: Forecast, light: "#0b5cad", onLight: "#ffffff", dark: "#66aef5", onDark: "#071727", width: 2, dash: []float64{2, 4}, noMarks: true},
	{tone: Good, light: "#2c7a55", onLight: "#ffffff", dark: "#74d6a9", onDark: "#04180f", symbol: tick},
	{tone: Late, light: "#a3221b", onLight: "#ffffff", dark: "#f0837a", onDark: "#2a0705", hatch: rising45, symbol: wedge},
	{tone: Neutral, light: "#4a6a8a", onLight: "#ffffff", dark: "#8fb0d0", onDark: "#0c1621"},
	{tone: Scope, light: "#1b2430", onLight: "#ffffff", dark: "#e9eef5", onDark: "#10161d", width: 2, noMarks: true},
}

// surface colours are those that are no data: paper, text, muted text, lines.
var surfaces = []struct{ name, light, dark string }{
	{"paper", "#ffffff", "#182433"},
	{"ink", "#1b2430", "#e9eef5"},
	{"dim", "#56616e", "#a9b4c2"},
	{"grid", "#e2e6eb", "#2d3a4b"},
	{"edge", "#6b7785", "#8b98a8"},
	{"axis", "#8a95a3", "#6c7a8c"},
	{"track", "#e9edf1", "#2d3a4b"},
}

func (t Tone) shade() (shade, bool) {
	for _, s := range palette {
		if s.tone == t {
			return s, true
		}
	}
	return shade{}, false
}

// Hex is the tone's colour by day, "#0b5cad", for those who draw with other tools; the
// neutral one's when the tone is unknown.
func (t Tone) Hex() string {
	s, known := t.shade()
	if !known {
		s, _ = Neutral.shade()
	}
	return s.light
}

func surface(name string) drawing.Color {
	for _, s := range surfaces {
		if s.name == name {
			return rgb(s.light)
		}
	}
	return drawing.ColorBlack
}

func rgb(s string) drawing.Color { return drawing.ColorFromHex(strings.TrimPrefix(s, "#")) }

// CSS is the style sheet of inlined charts: colours as variables for light and
// dark, from the same palette that standalone pictures carry as attributes. The
// dark values follow data-bs-theme on the root, else the reader's system; print is
// always light.
func CSS() string {
	var day, night, rules strings.Builder
	for _, s := range surfaces {
		day.WriteString("--plot-" + s.name + ":" + s.light + ";")
		night.WriteString("--plot-" + s.name + ":" + s.dark + ";")
	}
	for _, s := range palette {
		name := "--plot-" + string(s.tone)
		day.WriteString(name + ":" + s.light + ";" + name + "-on:" + s.onLight + ";")
		night.WriteString(name + ":" + s.dark + ";" + name + "-on:" + s.onDark + ";")
		rules.WriteString(".plot-" + string(s.tone) + "{--plot-c:var(" + name + ");--plot-o:var(" + name + "-on)}\n")
	}
	return ":root{" + day.String() + "}\n" +
		"@media screen and (prefers-color-scheme:dark){:root:not([data-bs-theme=light]){" + night.String() + "}}\n" +
		"@media screen{:root[data-bs-theme=dark]{" + night.String() + "}}\n" +
		rules.String() + layout
}

const layout = `.plot{display:block;max-width:100%;height:auto;font-variant-numeric:tabular-nums}
.plot-l{stroke:var(--plot-c)}
.plot-f,.plot-a{fill:var(--plot-c)}
.plot-wide,.plot-narrow{width:100%}
.plot-o{stroke:var(--plot-edge)}
.plot-h{fill:var(--plot-paper);stroke:var(--plot-c)}
.plot-on.plot-f{fill:var(--plot-o)}
.plot-on.plot-l{stroke:var(--plot-o)}
.plot-paper{fill:var(--plot-paper)}
.plot-ink{fill:var(--plot-ink)}
.plot-dim{fill:var(--plot-dim)}
.plot-grid{stroke:var(--plot-grid)}
.plot-axis{stroke:var(--plot-axis)}
.plot-track{fill:var(--plot-track)}
.plot a:hover{text-decoration:none}
.plot a:not(:has(.plot-hit)):hover{opacity:.75}
.plot-hit{fill:none;pointer-events:all}
.plot .plot-here:not([data-x])>.plot-hit{fill:var(--plot-ink);fill-opacity:.07}
.plot-cursor{stroke:var(--plot-ink);stroke-width:1.5}
.plot-tip{position:fixed;z-index:1080;max-width:min(320px,calc(100vw - 16px));padding:6px 10px;border-radius:4px;background:var(--plot-ink);color:var(--plot-paper);font-size:13px;line-height:1.4;pointer-events:none;font-variant-numeric:tabular-nums}
.plot-tip strong{display:block}
.plot-tip dl{display:grid;grid-template-columns:auto auto;gap:0 12px;margin:0}
.plot-tip dt{font-weight:400}
.plot-tip dd{margin:0;text-align:right;font-weight:600}
.plot-narrow{display:none}
@media (max-width:639px){.plot-wide{display:none}.plot-narrow{display:block}}
@media print{.plot-tip{display:none}.plot-wide{display:block}.plot-narrow{display:none}}
`
