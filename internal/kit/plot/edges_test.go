package plot

import (
	"errors"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/golang/freetype/truetype"
	chart "github.com/wcharczuk/go-chart/v2"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
)

func TestAFlatLineStaysSmall(t *testing.T) {
	for _, level := range []float64{0, 139} {
		s := SCurveSpec{Frame: frame(960), DateHead: "Ngày", Verified: line("Đã kiểm chứng", 365, func(int) float64 { return level })}
		c, err := SCurve(s)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(c.SVG()); n > 30_000 {
			t.Errorf("flat at %v: %d bytes", level, n)
		}
	}
}

func TestTheGridOfTheCityStaysSmall(t *testing.T) {
	for count, most := range map[int]int{416: 40 << 10, 584: 56 << 10} {
		spec := tileSpec(960, count)
		spec.Prefix = ""
		c, err := Tiles(spec)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(c.SVG()); n > most {
			t.Errorf("%d tiles take %d bytes", count, n)
		}
	}
}

func TestOnePointAndOneDayAreDrawn(t *testing.T) {
	one := line("Đã kiểm chứng", 1, func(int) float64 { return 7 })
	c, err := SCurve(SCurveSpec{Frame: frame(0), Verified: one})
	if err != nil || !strings.Contains(c.SVG(), "<circle") || c.Empty() {
		t.Errorf("one point: %v %s", err, c.SVG())
	}
	s := sparkSpec()
	s.Labels, s.Values = s.Labels[:1], []float64{0}
	if c, err := Spark(s); err != nil || !strings.Contains(c.SVG(), "<circle") {
		t.Errorf("one value: %v", err)
	}
	b := barsSpec(0)
	b.Bars = []Bar{{Label: "Một", Value: 0}}
	if _, err := Bars(b); err != nil {
		t.Errorf("one bar of zero: %v", err)
	}
}

func TestNoDataSaysSo(t *testing.T) {
	f := frame(0)
	builds := map[string]func() (Chart, error){
		"scurve":  func() (Chart, error) { return SCurve(SCurveSpec{Frame: f}) },
		"stacked": func() (Chart, error) { return Stacked(StackedSpec{Frame: f, Segments: stages}) },
		"zeros": func() (Chart, error) {
			return Stacked(StackedSpec{Frame: f, Segments: stages, Rows: []StackRow{{Label: "Ba Vì", Href: "/x", Values: make([]float64, 5)}}})
		},
		"tiles":   func() (Chart, error) { return Tiles(TilesSpec{Frame: f, Stages: stages}) },
		"bars":    func() (Chart, error) { return Bars(BarsSpec{Frame: f}) },
		"columns": func() (Chart, error) { return Columns(ColumnsSpec{Frame: f}) },
		"spark":   func() (Chart, error) { return Spark(SparkSpec{Frame: f}) },
		"days":    func() (Chart, error) { return Days(DaysSpec{Frame: f}) },
		"gantt":   func() (Chart, error) { return Gantt(GanttSpec{Frame: f, Today: day(0)}) },
		"no days": func() (Chart, error) {
			return Gantt(GanttSpec{Frame: f, Rows: []GanttRow{{Label: "Đợt 1", Href: "/x"}}})
		},
		"burnup": func() (Chart, error) { return BurnUp(BurnUpSpec{Frame: f}) },
		"ages":   func() (Chart, error) { return Ages(AgesSpec{Frame: f}) },
		"all young": func() (Chart, error) {
			return Ages(AgesSpec{Frame: f, Buckets: []Bucket{{Label: "a", Until: 4}, {Label: "b"}}})
		},
		"attain":     func() (Chart, error) { return Attain(AttainSpec{Frame: f}) },
		"pareto":     func() (Chart, error) { return Pareto(ParetoSpec{Frame: f}) },
		"all zeros":  func() (Chart, error) { return Pareto(ParetoSpec{Frame: f, Bars: []Bar{{Label: "a"}, {Label: "b"}}}) },
		"lollipop":   func() (Chart, error) { return Lollipop(LollipopSpec{Frame: f}) },
		"multiples":  func() (Chart, error) { return Multiples(MultiplesSpec{Frame: f}) },
		"bare panel": func() (Chart, error) { return Multiples(MultiplesSpec{Frame: f, Panels: []Panel{{Label: "Ba Vì"}}}) },
	}
	for name, build := range builds {
		c, err := build()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !c.Empty() || !strings.Contains(c.SVG(), ">Chưa có dữ liệu</text>") || !strings.Contains(c.SVG(), `role="img"`) {
			t.Errorf("%s does not say that it is empty: %s", name, c.SVG())
		}
		if _, err := c.PNG(1); err != nil {
			t.Errorf("%s as PNG: %v", name, err)
		}
	}
}

func TestTextIsEscapedComposedAndCleaned(t *testing.T) {
	s := stackedSpec(960)
	s.Title = "a\x00b <script>alert('x')</script> & \"q\""
	s.Rows[0].Label = "Đa\u0323\u0306ng Xa\u0301\x07"
	s.Rows[1].Href = `javascript:alert(1)`
	s.Rows[2].Href = `//evil.example`
	s.Rows[4].Href = `/\evil.example`
	s.Rows[3].Href = `/a?b=1&c="2"`
	c, err := Stacked(s)
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, c.SVG())
	for _, want := range []string{"ab &lt;script&gt;", ">Đặng Xá</text>", `<a href="/a?b=1&amp;c=&quot;2&quot;" data-r="3">`} {
		if !strings.Contains(c.SVG(), want) {
			t.Errorf("lacks %s", want)
		}
	}
	for _, bad := range []string{"<script", "javascript:", "evil"} {
		if strings.Contains(c.SVG(), bad) {
			t.Errorf("contains %s", bad)
		}
	}
}

func TestALinkedChartIsAGroupAndAPlainOneAnImage(t *testing.T) {
	linked, _ := Tiles(tileSpec(960, 60))
	plain, _ := SCurve(sCurve(960))
	if !strings.Contains(linked.SVG(), `role="group"`) || !strings.Contains(plain.SVG(), `role="img"`) {
		t.Error("the root has the wrong role")
	}
	if !strings.Contains(plain.SVG(), `aria-labelledby="g-t g-d"`) || !strings.Contains(plain.SVG(), `<desc id="g-d">`) {
		t.Error("the chart has no name or no description")
	}
}

func TestAPanicOfTheLibraryIsAnErrorAndNoChart(t *testing.T) {
	f, err := frame(0).settle("0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	c, err := finish(f, "k", sketch{kind: "x", height: 100, draw: func(p pen, _ int) {
		chart.Draw.LineSeries(p.Renderer, chart.Box{}, nil, nil, chart.Style{}, chart.ContinuousSeries{XValues: []float64{1, 2}, YValues: []float64{1}})
	}})
	if !fault.HasKey(err, "plot.not_drawn") {
		t.Errorf("got %v", err)
	}
	if _, err := (Chart{}).PNG(1); err == nil || c.key == "" {
		t.Error("an absent chart became a picture")
	}
}

func TestTheTableIsTheData(t *testing.T) {
	s := sCurve(960)
	s.Declared.Values[17] = 1234
	c, err := SCurve(s)
	if err != nil {
		t.Fatal(err)
	}
	table := c.Table()
	if got := strings.Join(table.Head, "|"); got != "Ngày|Khai báo|Đã kiểm chứng|Kế hoạch|Dự báo|Sớm nhất|Muộn nhất" {
		t.Errorf("head is %s", got)
	}
	if row := table.Rows[17]; len(table.Rows) != 30 || row[0] != "10/11/2016" || row[1] != "1.234" {
		t.Errorf("%d rows, row 17 is %q", len(table.Rows), row)
	}
	if row := table.Rows[29]; row[1] != "" || row[3] != "139" {
		t.Errorf("the last row is %q", row)
	}
	st, _ := Stacked(stackedSpec(0))
	if row := st.Table().Rows[0]; strings.Join(row, " ") != "Ba Vì 4 9 17 0 1 31" {
		t.Errorf("a stack's row is %q", row)
	}
	tiles, _ := Tiles(tileSpec(0, 60))
	if row := tiles.Table().Rows[0]; row[0] != "Ba Vì" || row[len(row)-1] != "23" {
		t.Errorf("a block's row is %q", row)
	}
}

func TestNumbersFollowTheLanguage(t *testing.T) {
	b := barsSpec(0)
	b.Bars[0].Value = 1234.5
	vi, _ := Bars(b)
	b.Lang = i18n.EN
	en, _ := Bars(b)
	if !strings.Contains(vi.SVG(), ">1.234,5<") || !strings.Contains(en.SVG(), ">1,234.5<") {
		t.Error("the number is written in the other language")
	}
}

func TestAxesAreNiceAndNeverFlat(t *testing.T) {
	for most, want := range map[float64][2]float64{0: {1, 1}, 1: {1, 1}, 3: {3, 1}, 139: {150, 50}, 416: {500, 100}, 584: {600, 200}, 7: {8, 2}} {
		top, step := niceTop(most, 5)
		if top != want[0] || step != want[1] {
			t.Errorf("up to %v: top %v, step %v, want %v", most, top, step, want)
		}
	}
	from := dayNumber(time.Date(2016, 11, 1, 0, 0, 0, 0, time.UTC))
	for days, most := range map[float64]int{3: 8, 20: 6, 60: 9, 400: 8, 4000: 10} {
		ticks := dateTicks(from, from+days, most)
		if len(ticks) == 0 || len(ticks) > most+1 {
			t.Errorf("%v days: %d ticks", days, len(ticks))
		}
	}
	if weeks := dateTicks(from, from+30, 6); weeks[0].label != "07/11" {
		t.Errorf("weeks begin on %s", weeks[0].label)
	}
}

func TestTheStyleSheetKnowsEveryClass(t *testing.T) {
	css := CSS()
	for _, bad := range []string{"url(", "@import", "expression"} {
		if strings.Contains(css, bad) {
			t.Errorf("the style sheet contains %s", bad)
		}
	}
	class := regexp.MustCompile(`class="([^"]+)"`)
	kinds := regexp.MustCompile(`^plot-(scurve|days|stacked|tiles|bars|columns|spark|gantt|burnup|ages|attain|pareto|lollipop|multiples|hatch|on)$`)
	for name, build := range gallery() {
		c, err := build()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range class.FindAllStringSubmatch(c.SVG(), -1) {
			for _, one := range strings.Fields(m[1]) {
				if !kinds.MatchString(one) && !strings.Contains(css, "."+one+"{") && !strings.Contains(css, "."+one+",") {
					t.Errorf("%s: no rule for %s", name, one)
				}
			}
		}
	}
}

func TestTheFontOfPicturesHasEveryVietnameseLetter(t *testing.T) {
	f, err := chart.GetDefaultFont()
	if err != nil {
		t.Fatal(err)
	}
	const lower = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ₫…–“”≥≤0123456789"
	for _, r := range lower + strings.ToUpper(lower) {
		if f.Index(r) == truetype.Index(0) {
			t.Errorf("the font lacks %c", r)
		}
	}
}

func TestTheCacheKeepsTheLatestAndNoFailure(t *testing.T) {
	c := NewCache[int](2)
	made := 0
	get := func(key string, fail error) (int, error) {
		return c.Get(key, func() (int, error) { made++; return made, fail })
	}
	_, _ = get("a", nil)
	_, _ = get("b", nil)
	_, _ = get("a", nil)
	_, _ = get("c", nil) // pushes b out
	if v, _ := get("a", nil); v != 1 || c.Len() != 2 || made != 3 {
		t.Errorf("a is %d, %d kept, %d made", v, c.Len(), made)
	}
	if v, _ := get("b", nil); v != 4 {
		t.Errorf("b was kept too long: %d", v)
	}
	if _, err := get("d", errors.New("no")); err == nil {
		t.Error("the failure was swallowed")
	}
	if v, err := get("d", nil); err != nil || v != 6 {
		t.Errorf("the failure was kept: %d %v", v, err)
	}
}

// A cache of masks that nobody draws with once held 79 MB of every process.
func TestMeasuringTextTakesLittleMemory(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := newFace(); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if kb := (after.TotalAlloc - before.TotalAlloc) / 1024; kb > 2048 {
		t.Errorf("measuring text takes %d KB", kb)
	}
}
