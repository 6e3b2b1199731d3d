package plot

import (
	"math"
	"strings"
	"testing"
	"time"
)

// column of a table, by its head.
func cell(t *testing.T, c Chart, row int, head string) string {
	t.Helper()
	for i, h := range c.Table().Head {
		if h == head {
			return c.Table().Rows[row][i]
		}
	}
	t.Fatalf("no column %q in %q", head, c.Table().Head)
	return ""
}

func drawn(t *testing.T, c Chart, err error) Chart {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryTableRowHasAsManyCellsAsTheHead(t *testing.T) {
	for name, build := range gallery() {
		c, err := build()
		table := drawn(t, c, err).Table()
		for _, row := range table.Rows {
			if len(row) != len(table.Head) {
				t.Errorf("%s: %q under %q", name, row, table.Head)
				break
			}
		}
	}
}

func TestAGanttShowsGhostsMilestonesAndToday(t *testing.T) {
	c, err := Gantt(ganttSpec(960))
	drawn(t, c, err)
	if got := cell(t, c, 1, "Kết thúc theo kế hoạch gốc"); got != "10/11/2016" {
		t.Errorf("the baseline ends on %q", got)
	}
	if got := cell(t, c, 5, "Bắt đầu"); got != "21/10/2016" {
		t.Errorf("the first milestone is on %q", got)
	}
	if n := strings.Count(c.SVG(), "plot-h plot-plan"); n == 0 {
		t.Error("no ghost is drawn")
	}
	for _, want := range []string{">Hôm nay 10/11<", ">Báo cáo Thủ tướng<", ">Chưa có lịch<", `href="/rollout/waves/2" data-r="1"`, `href="/x" data-r="7"`} {
		if !strings.Contains(c.SVG(), want) {
			t.Errorf("lacks %s", want)
		}
	}
	one := GanttSpec{Frame: frame(360), Rows: []GanttRow{{Label: "Một ngày", From: day(3), Until: day(3)}}}
	if c, err := Gantt(one); err != nil || c.Empty() {
		t.Errorf("one day: %v", err)
	}
}

func TestMilestonesOfTheSameDaysDoNotLieOnEachOther(t *testing.T) {
	g := &gantt{f: Frame{Width: 700}, spec: GanttSpec{}}
	for range 5 {
		g.spec.Milestones = append(g.spec.Milestones, Milestone{Label: "Khai trương mười quận", Day: day(3)})
	}
	if !g.reach() {
		t.Fatal("no days")
	}
	g.lay()
	for i, a := range g.banners {
		for _, b := range g.banners[:i] {
			if a.level == b.level && a.x < b.x+textWidth(b.text, small) && b.x < a.x+textWidth(a.text, small) {
				t.Errorf("two labels at %d on line %d", a.x, a.level)
			}
		}
	}
}

func TestABurnUpSaysWhenTheConeReachesTheScope(t *testing.T) {
	s := burnUpSpec(960)
	f, err := s.settle(s.Key())
	if err != nil {
		t.Fatal(err)
	}
	ends := s.ends(f)
	if len(ends) != 3 || ends[0].words != "Sớm nhất 18/11/2016" || ends[1].words != "Khả năng nhất 24/11/2016" || ends[2].words != "Muộn nhất > 26/11/2016" || ends[2].met {
		t.Errorf("the ends are %+v", ends)
	}
	c, err := BurnUp(s)
	drawn(t, c, err)
	if cell(t, c, 0, "Phạm vi") != "139" || cell(t, c, 17, "Đã xong") != "96" || cell(t, c, 1, "Phạm vi") != "" {
		t.Error("the table is not the data")
	}
	s.Scope, s.LikelyTag = Line{}, ""
	if got := s.ends(f); got != nil {
		t.Errorf("without a scope the ends are %v", got)
	}
	one := BurnUpSpec{Frame: frame(0), Done: line("Đã xong", 1, func(int) float64 { return 3 }), Scope: line("Phạm vi", 1, func(int) float64 { return 9 })}
	if c, err := BurnUp(one); err != nil || c.Empty() {
		t.Errorf("one point: %v", err)
	}
}

func TestTheRuleOfAgesStandsWhereTheLimitIs(t *testing.T) {
	for limit, want := range map[float64]float64{2: 0.5, 4: 1, 6: 1.5, 24: 3, 36: 3.5, 168: 5, 1000: 5} {
		s := agesSpec(720)
		s.Limit = limit
		if at, ok := s.stands(); !ok || at != want {
			t.Errorf("a limit of %v stands at %v, want %v", limit, at, want)
		}
	}
	closed := AgesSpec{Buckets: []Bucket{{Until: 4}}, Limit: 9, LimitTag: "x"}
	if at, ok := closed.stands(); !ok || at != 1 {
		t.Errorf("past the last bucket: %v %v", at, ok)
	}
	s := agesSpec(720)
	f, _ := s.settle(s.Key())
	g, _, sum := s.laid(f)
	if g.spec.Columns[3].Tone != Neutral || g.spec.Columns[4].Tone != Late || g.late[3] != 7 || g.late[4] != 0 || sum != 119 {
		t.Errorf("laid wrong: %+v %v %v", g.spec.Columns, g.late, sum)
	}
}

func TestAttainmentKnowsWhatIsMet(t *testing.T) {
	for _, r := range []struct {
		row  AttainRow
		want bool
	}{{AttainRow{Value: 95, Target: 95}, true}, {AttainRow{Value: 94.9, Target: 95}, false}, {AttainRow{Value: 5, Target: 5, LowIsGood: true}, true}, {AttainRow{Value: 12, Target: 5, LowIsGood: true}, false}} {
		if r.row.met() != r.want {
			t.Errorf("%+v: met is %v", r.row, !r.want)
		}
	}
	c, err := Attain(attainSpec(720))
	drawn(t, c, err)
	if cell(t, c, 1, "Đúng hạn") != "83,3%" || cell(t, c, 1, "Chênh lệch") != "-11,7%" || cell(t, c, 0, "Chênh lệch") != "+1,4%" {
		t.Errorf("the table is %q", c.Table().Rows)
	}
}

func TestParetoSortsAddsUpAndMarksTheFew(t *testing.T) {
	g := &pareto{spec: paretoSpec(720)}
	g.spec.Cut = 0.8
	g.gather()
	if g.sum != 342 || len(g.bars) != 8 || g.bars[7].Value != 6 || g.bars[7].Label != "Còn lại" || g.until[7] != 342 {
		t.Errorf("gathered %+v, %v", g.bars, g.until)
	}
	for i := range g.bars {
		if want := i < 3; (g.bars[i].Tone == Official) != want {
			t.Errorf("bar %d is %s", i, g.bars[i].Tone)
		}
		if i > 0 && i < 7 && g.bars[i].Value > g.bars[i-1].Value {
			t.Error("the bars do not fall")
		}
	}
	spec := paretoSpec(720)
	c, err := Pareto(spec)
	drawn(t, c, err)
	if cell(t, c, 2, "Lũy kế") != "84,8%" || cell(t, c, 7, "Lũy kế") != "100%" || spec.Bars[0].Label != "Quên mật khẩu" {
		t.Errorf("the table is %q, or the caller's bars were sorted", c.Table().Rows)
	}
	if c, err := Pareto(ParetoSpec{Frame: frame(0), Bars: []Bar{{Label: "Một", Value: 4}}}); err != nil || c.Empty() {
		t.Errorf("one bar: %v", err)
	}
}

func TestALollipopHasOneScaleUnlessTold(t *testing.T) {
	c, err := Lollipop(lollipopSpec(720))
	shared := drawn(t, c, err)
	s := lollipopSpec(720)
	s.Share = true
	c, err = Lollipop(s)
	if own := drawn(t, c, err); own.SVG() == shared.SVG() {
		t.Error("each over its own looks like one scale")
	}
	if !strings.Contains(shared.SVG(), ">58/63<") || cell(t, shared, 0, "Tổng") != "63" {
		t.Error("x of N is not written")
	}
	if c, err := Lollipop(LollipopSpec{Frame: frame(0), Rows: []Pop{{Label: "Chưa có tỉnh nào"}}}); err != nil || c.Empty() {
		t.Errorf("nothing of nothing: %v", err)
	}
}

func TestPanelsShareOneScaleAndOneTable(t *testing.T) {
	c, err := Multiples(multiplesSpec(960))
	drawn(t, c, err)
	if n := len(c.Table().Rows); n != 8*30 {
		t.Errorf("the table has %d rows", n)
	}
	if got := strings.Join(c.Table().Rows[0], "|"); got != "Ba Vì|24/10/2016|0%|0%" {
		t.Errorf("the first row is %s", got)
	}
	if got := strings.Join(c.Table().Rows[7*30+29], "|"); got != "Chương Mỹ|22/11/2016||99%" {
		t.Errorf("the last row is %s", got)
	}
	for _, want := range []string{`<g data-r="0" data-x=`, `<g data-r="210" data-x=`, ` data-rows="240"`} {
		if !strings.Contains(c.SVG(), want) {
			t.Errorf("lacks %s", want)
		}
	}
	one := MultiplesSpec{Frame: frame(360), Panels: []Panel{{Label: "Ba Vì", Verified: line("Đã kiểm chứng", 1, func(int) float64 { return 4 })}}}
	if c, err := Multiples(one); err != nil || !strings.Contains(c.SVG(), "<circle") {
		t.Errorf("one point: %v", err)
	}
}

func TestEveryMarkPointsToARowOfTheTable(t *testing.T) {
	for name, build := range gallery() {
		c, err := build()
		svg := drawn(t, c, err).SVG()
		marks := strings.Split(svg, ` data-r="`)[1:]
		if len(marks) == 0 && !c.Empty() && !strings.HasPrefix(name, "spark") {
			t.Errorf("%s has nothing to point at", name)
		}
		for _, m := range marks {
			number, rest, _ := strings.Cut(m, `"`)
			row, count := 0, 1
			for _, r := range number {
				row = row*10 + int(r-'0')
			}
			if xs, ok := strings.CutPrefix(rest, ` data-x="`); ok {
				xs, _, _ = strings.Cut(xs, `"`)
				count = len(strings.Fields(xs))
			}
			if row+count > len(c.Table().Rows) {
				t.Errorf("%s: rows %d to %d of %d", name, row, row+count, len(c.Table().Rows))
			}
		}
	}
}

type rubbish map[string]struct {
	key  string
	make func() (Chart, error)
}

func (r rubbish) refused(t *testing.T) {
	t.Helper()
	for name, one := range r {
		_, err := one.make()
		refused(t, name, one.key, err)
	}
}

func TestChartsOverDaysRefuseRubbish(t *testing.T) {
	nan := math.NaN()
	long := time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	rubbish{
		"a bar that ends before it begins": {"plot.unordered", func() (Chart, error) {
			s := ganttSpec(0)
			s.Rows[0].Until = s.Rows[0].From.AddDate(0, 0, -1)
			return Gantt(s)
		}},
		"half a baseline": {"plot.unordered", func() (Chart, error) {
			s := ganttSpec(0)
			s.Rows[0].BaseUntil = time.Time{}
			return Gantt(s)
		}},
		"a milestone of another age": {"plot.not_finite", func() (Chart, error) {
			s := ganttSpec(0)
			s.Milestones[0].Day = long
			return Gantt(s)
		}},
		"a tone of its own": {"plot.unknown_tone", func() (Chart, error) {
			s := ganttSpec(0)
			s.Rows[0].Tone = "pink"
			return Gantt(s)
		}},
		"a scope that is no number": {"plot.not_finite", func() (Chart, error) {
			s := burnUpSpec(0)
			s.Scope.Values[0] = nan
			return BurnUp(s)
		}},
		"buckets out of order": {"plot.unordered", func() (Chart, error) {
			s := agesSpec(0)
			s.Buckets[1].Until = 4
			return Ages(s)
		}},
	}.refused(t)
}

func TestChartsOfPartsRefuseRubbish(t *testing.T) {
	nan := math.NaN()
	rubbish{
		"more late than there are": {"plot.part_over_whole", func() (Chart, error) {
			s := agesSpec(0)
			s.Buckets[1].Late = 32
			return Ages(s)
		}},
		"a target below nothing": {"plot.negative", func() (Chart, error) {
			s := attainSpec(0)
			s.Rows[0].Target = -1
			return Attain(s)
		}},
		"a column's target that is none": {"plot.not_finite", func() (Chart, error) {
			s := targetSpec(0)
			s.Target = nan
			return Columns(s)
		}},
		"a cut above the whole": {"plot.not_finite", func() (Chart, error) {
			s := paretoSpec(0)
			s.Cut = 80
			return Pareto(s)
		}},
		"more than all": {"plot.part_over_whole", func() (Chart, error) {
			s := lollipopSpec(0)
			s.Rows[0].Value = 64
			return Lollipop(s)
		}},
		"a panel's days back and forth": {"plot.unordered", func() (Chart, error) {
			s := multiplesSpec(0)
			s.Panels[2].Plan.Dates[3] = s.Panels[2].Plan.Dates[1]
			return Multiples(s)
		}},
		"a panel's days and values apart": {"plot.unequal", func() (Chart, error) {
			s := multiplesSpec(0)
			s.Panels[2].Plan.Values = nil
			return Multiples(s)
		}},
	}.refused(t)
}
