package plot

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
)

var update = flag.Bool("update", false, "write the golden files anew")

func frame(width int) Frame {
	return Frame{Title: "133 trên 139 xã đã chính thức", Desc: "Số xã theo ngày, khai báo và đã kiểm chứng.", Empty: "Chưa có dữ liệu", Width: width, Prefix: "g"}
}

func day(d int) time.Time { return time.Date(2016, 10, 24+d, 0, 0, 0, 0, clock.City) }

func line(name string, n int, at func(i int) float64) Line {
	l := Line{Name: name}
	for i := range n {
		l.Dates = append(l.Dates, day(i))
		l.Values = append(l.Values, at(i))
	}
	return l
}

func sCurve(width int) SCurveSpec {
	rise := func(mid, slope float64) func(int) float64 {
		return func(i int) float64 { return math.Round(139 / (1 + math.Exp(-(float64(i)-mid)/slope))) }
	}
	s := SCurveSpec{
		Frame: frame(width), DateHead: "Ngày", Total: 139, TotalTag: "139 xã", Today: day(17), TodayTag: "Hôm nay 10/11",
		Declared: line("Khai báo", 18, rise(9, 2)), Verified: line("Đã kiểm chứng", 18, rise(13, 3)), Plan: line("Kế hoạch", 30, rise(10, 3)),
		Forecast: Band{Name: "Dự báo", LowName: "Sớm nhất", HighName: "Muộn nhất"},
	}
	for i := 17; i < 30; i++ {
		f := &s.Forecast
		mid := rise(13, 3)(i)
		f.Dates = append(f.Dates, day(i))
		f.Low, f.Mid, f.High = append(f.Low, mid-float64(i-17)*1.2), append(f.Mid, mid), append(f.High, min(139, mid+float64(i-17)*0.8))
	}
	return s
}

func daysSpec(width int) DaysSpec {
	return DaysSpec{Frame: frame(width), DateHead: "Ngày", Limit: 150, LimitTag: "cần dưới 150 ms",
		Low:   line("Trung vị", 14, func(i int) float64 { return 40 + float64(i%5) }),
		High:  line("95 %", 14, func(i int) float64 { return 90 + float64(i*i%70) }),
		Spans: []Span{{day(3).Add(9 * time.Hour), day(3).Add(15 * time.Hour)}, {day(9), day(11)}, {day(-9), day(-8)}, {day(13).Add(10 * time.Hour), day(13).Add(12 * time.Hour)}}}
}

var stages = []Segment{{Preparing, "Chuẩn bị"}, {Trial, "Chạy thử"}, {Official, "Chính thức"}, {Live, "Đã vận hành từ trước"}, {Held, "Tạm dừng"}}

var districts = []struct {
	name   string
	values []float64
}{
	{"Ba Vì", []float64{4, 9, 17, 0, 1}}, {"Sóc Sơn", []float64{0, 6, 20, 0, 0}}, {"Đông Anh", []float64{0, 0, 24, 0, 0}},
	{"Gia Lâm", []float64{0, 6, 16, 0, 0}}, {"Hoài Đức", []float64{2, 8, 10, 0, 0}}, {"Thanh Trì", []float64{1, 4, 11, 0, 0}},
	{"Đống Đa", []float64{0, 0, 0, 21, 0}}, {"Chương Mỹ", []float64{32, 0, 0, 0, 0}},
}

func stackedSpec(width int) StackedSpec {
	s := StackedSpec{Frame: frame(width), Head: "Quận, huyện", TotalHead: "Cộng", Segments: stages}
	for _, d := range districts {
		s.Rows = append(s.Rows, StackRow{Label: d.name, Values: d.values})
	}
	return s
}

// tileSpec is a grid of so many tiles in blocks of 23, like districts.
func tileSpec(width, count int) TilesSpec {
	s := TilesSpec{Frame: frame(width), Head: "Quận, huyện", TotalHead: "Cộng", Stages: stages}
	tones := []Tone{Official, Official, Trial, Preparing, Live, Held}
	for i := range count {
		if i%23 == 0 {
			s.Blocks = append(s.Blocks, Block{Label: districts[i/23%8].name, Href: "/rollout/units/276"})
		}
		b := &s.Blocks[len(s.Blocks)-1]
		n, j := len(s.Blocks)-1, i%23
		b.Tiles = append(b.Tiles, Tile{X: n%6*7 + j%6, Y: n/6*6 + j/6, Tone: tones[(i/5+i)%6], Title: "Xã Đặng Xá: chính thức"})
	}
	return s
}

func barsSpec(width int) BarsSpec {
	return BarsSpec{Frame: frame(width), Head: "Thiếu hụt", ValueHead: "Số xã", Bars: []Bar{
		{Label: "Thiếu máy quét", Value: 17, Tone: Late}, {Label: "Máy tính dưới cấu hình", Value: 7}, {Label: "Chưa đủ lớp tập huấn", Value: 4}, {Label: "Trụ sở đang sửa chữa", Value: 0}}}
}

func columnsSpec(width int) ColumnsSpec {
	s := ColumnsSpec{Frame: frame(width), Head: "Tuổi phiếu", ValueHead: "Số phiếu", MarkBefore: 4, MarkTag: "Hạn xử lý"}
	for i, v := range []float64{12, 25, 18, 9, 6, 3, 1, 0, 2} {
		b := Bar{Label: string(rune('0'+i)) + " ngày", Value: v}
		if i >= 4 {
			b.Tone = Late
		}
		s.Columns = append(s.Columns, b)
	}
	return s
}

func sparkSpec() SparkSpec {
	f := frame(0)
	return SparkSpec{Frame: f, Head: "Ngày", ValueHead: "Xã", Labels: []string{"7", "8", "9", "10", "11"}, Values: []float64{3, 9, 8, 20, 24}}
}

// gallery is every kind of chart, wide and narrow where they differ.
func gallery() map[string]func() (Chart, error) {
	return map[string]func() (Chart, error){
		"scurve":        func() (Chart, error) { return SCurve(sCurve(960)) },
		"scurve-narrow": func() (Chart, error) { return SCurve(sCurve(360)) },
		"stacked":       func() (Chart, error) { return Stacked(stackedSpec(960)) },
		"stacked-narrow": func() (Chart, error) {
			return Stacked(stackedSpec(360))
		},
		"tiles":            func() (Chart, error) { return Tiles(tileSpec(960, 60)) },
		"tiles-narrow":     func() (Chart, error) { return Tiles(tileSpec(360, 60)) },
		"bars":             func() (Chart, error) { return Bars(barsSpec(720)) },
		"bars-narrow":      func() (Chart, error) { return Bars(barsSpec(360)) },
		"columns":          func() (Chart, error) { return Columns(columnsSpec(720)) },
		"columns-narrow":   func() (Chart, error) { return Columns(columnsSpec(360)) },
		"spark":            func() (Chart, error) { return Spark(sparkSpec()) },
		"days":             func() (Chart, error) { return Days(daysSpec(960)) },
		"days-narrow":      func() (Chart, error) { return Days(daysSpec(360)) },
		"gantt":            func() (Chart, error) { return Gantt(ganttSpec(960)) },
		"gantt-narrow":     func() (Chart, error) { return Gantt(ganttSpec(360)) },
		"burnup":           func() (Chart, error) { return BurnUp(burnUpSpec(960)) },
		"burnup-narrow":    func() (Chart, error) { return BurnUp(burnUpSpec(360)) },
		"ages":             func() (Chart, error) { return Ages(agesSpec(720)) },
		"ages-narrow":      func() (Chart, error) { return Ages(agesSpec(360)) },
		"attain":           func() (Chart, error) { return Attain(attainSpec(720)) },
		"attain-narrow":    func() (Chart, error) { return Attain(attainSpec(360)) },
		"pareto":           func() (Chart, error) { return Pareto(paretoSpec(720)) },
		"pareto-narrow":    func() (Chart, error) { return Pareto(paretoSpec(360)) },
		"lollipop":         func() (Chart, error) { return Lollipop(lollipopSpec(720)) },
		"lollipop-narrow":  func() (Chart, error) { return Lollipop(lollipopSpec(360)) },
		"multiples":        func() (Chart, error) { return Multiples(multiplesSpec(960)) },
		"multiples-narrow": func() (Chart, error) { return Multiples(multiplesSpec(360)) },
		"target":           func() (Chart, error) { return Columns(targetSpec(720)) },
		"target-narrow":    func() (Chart, error) { return Columns(targetSpec(360)) },
		"empty":            func() (Chart, error) { return SCurve(SCurveSpec{Frame: frame(360)}) },
	}
}

func TestChartsLookAsTheyDid(t *testing.T) {
	for name, build := range gallery() {
		c, err := build()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		file := filepath.Join("testdata", name+".svg")
		if *update {
			if err := os.WriteFile(file, []byte(c.SVG()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if c.SVG() != string(want) {
			t.Errorf("%s differs from its golden file; look at it and run with -update", name)
		}
	}
}

func TestSVGIsStrictXMLWithoutStyle(t *testing.T) {
	for name, build := range gallery() {
		c, err := build()
		if err != nil {
			t.Fatal(err)
		}
		wellFormed(t, c.SVG())
		for _, bad := range []string{"style=", "<style", "<script", "xlink", "NaN", "Inf", "url("} {
			if strings.Contains(c.SVG(), bad) {
				t.Errorf("%s contains %q", name, bad)
			}
		}
	}
}

func wellFormed(t *testing.T, s string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(s))
	ids := map[string]bool{}
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("not XML: %v", err)
		}
		el, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		for _, a := range el.Attr {
			if a.Name.Local == "id" && ids[a.Value] {
				t.Fatalf("id %q stands twice", a.Value)
			}
			if a.Name.Local == "id" {
				ids[a.Value] = true
			}
		}
	}
}

func TestPNGHasTheChartsSizeAndAWhiteGround(t *testing.T) {
	for name, build := range gallery() {
		c, err := build()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := c.PNG(2)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		img, err := png.Decode(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		w, h := c.Size()
		if img.Bounds().Dx() != 2*w || img.Bounds().Dy() != 2*h {
			t.Errorf("%s is %v, want twice %d × %d", name, img.Bounds(), w, h)
		}
		if r, g, b, a := img.At(0, 0).RGBA(); r&g&b&a != 0xffff {
			t.Errorf("%s has no white ground", name)
		}
	}
}

func TestSameContentHasTheSameKeyAndPicture(t *testing.T) {
	a, _ := SCurve(sCurve(960))
	b, _ := SCurve(sCurve(960))
	other := sCurve(960)
	other.Verified.Values[3]++
	c, _ := SCurve(other)
	if a.Key() != b.Key() || a.SVG() != b.SVG() {
		t.Error("equal specifications differ")
	}
	if a.Key() == c.Key() {
		t.Error("another value gave the same key")
	}
}

func refused(t *testing.T, what, key string, err error) {
	t.Helper()
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("%s: got %v, want a refusal", what, err)
		return
	}
	for _, f := range fault.Of(err).Fields {
		if f.Key == key {
			return
		}
	}
	t.Errorf("%s: got %v, want %s", what, err, key)
}

func TestRubbishIsRefusedAndNotDrawn(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		s := sCurve(0)
		s.Verified.Values[2] = bad
		_, err := SCurve(s)
		refused(t, "curve", "plot.not_finite", err)
		b := barsSpec(0)
		b.Bars[0].Value = bad
		_, err = Bars(b)
		refused(t, "bars", "plot.not_finite", err)
		st := stackedSpec(0)
		st.Rows[0].Values = []float64{bad, 0, 0, 0, 0}
		_, err = Stacked(st)
		refused(t, "stack", "plot.not_finite", err)
		sp := sparkSpec()
		sp.Values[0] = bad
		_, err = Spark(sp)
		refused(t, "spark", "plot.not_finite", err)
	}
	long := sCurve(0)
	long.Plan.Values = append(long.Plan.Values, 3)
	_, err := SCurve(long)
	refused(t, "unequal", "plot.unequal", err)
	back := sCurve(0)
	back.Plan.Dates[4] = back.Plan.Dates[2]
	_, err = SCurve(back)
	refused(t, "unordered", "plot.unordered", err)
	short := stackedSpec(0)
	short.Rows[1].Values = short.Rows[1].Values[:2]
	_, err = Stacked(short)
	refused(t, "short row", "plot.unequal", err)
	minus := columnsSpec(0)
	minus.Columns[0].Value = -1
	_, err = Columns(minus)
	refused(t, "negative", "plot.negative", err)
	tile := tileSpec(0, 9)
	tile.Blocks[0].Tiles[0].Tone = "stage-unknown"
	_, err = Tiles(tile)
	refused(t, "tone", "plot.unknown_tone", err)
	turned := daysSpec(0)
	turned.Spans[0].Until = turned.Spans[0].From
	_, err = Days(turned)
	refused(t, "a span that ends as it begins", "plot.unordered", err)
	wrong := daysSpec(0)
	wrong.High.Values[1] = math.NaN()
	_, err = Days(wrong)
	refused(t, "days", "plot.not_finite", err)
	_, err = Bars(BarsSpec{Frame: Frame{Prefix: `x" onload="`, Width: 5}})
	for _, key := range []string{"plot.title_needed", "plot.empty_needed", "plot.bad_prefix", "plot.bad_width"} {
		refused(t, "frame", key, err)
	}
}

func BenchmarkTilesOfTheCitySVG(b *testing.B) {
	spec := tileSpec(960, 584)
	for b.Loop() {
		if _, err := Tiles(spec); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSCurvePNG(b *testing.B) {
	for b.Loop() {
		c, err := SCurve(sCurve(960))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := c.PNG(2); err != nil {
			b.Fatal(err)
		}
	}
}
