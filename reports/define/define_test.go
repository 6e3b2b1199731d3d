package define_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit"
	"lotrinh/internal/kit/cronspec"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/plot"
	"lotrinh/reports/define"
	"lotrinh/reports/metric"
)

func words(t testing.TB) *i18n.Catalog {
	t.Helper()
	c, err := i18n.Load(define.Locale, metric.Locale, kit.Locale, plot.Locale, cronspec.Locale)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// report is a definition with one section of the blocks, as JSON.
func report(blocks ...string) []byte {
	return []byte(`{"key":"test","title":{"vi":"Thử"},"about":{"vi":"Thử {{where}}"},"summary":{"vi":""},"period":"week","spec":"30 7 * * 1","catch_up":1,` +
		`"audience":["planner"],"cut":"either","orientation":"portrait","sections":[{"heading":{"vi":"Kết quả"},"blocks":[` + strings.Join(blocks, ",") + `]}]}`)
}

func parsed(t testing.TB, blocks ...string) define.Definition {
	t.Helper()
	d, err := define.Parse(report(blocks...))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// week is a frame of two districts with numbers that are all different.
func week() define.Frame {
	f := define.Frame{Unit: "01", Span: metric.Span{From: "2016-11-07", Until: "2016-11-13"}, Next: metric.Span{From: "2016-11-14", Until: "2016-11-20"},
		Districts: []define.Unit{{Code: "018", Name: "huyện Gia Lâm", Href: "/d/018"}, {Code: "271", Name: "huyện Ba Vì", Href: "/d/271"}, {Code: "016", Name: "huyện Đông Anh"}},
		Now:       metric.Table{}, Before: metric.Table{}, Lists: map[string]define.Listed{}}
	put := func(t metric.Table, k metric.Key, city, giaLam, baVi int64) {
		t.Add(k, "01", city)
		t.Add(k, "018", giaLam)
		t.Add(k, "271", baVi)
	}
	put(f.Now, "rollout.official", 33, 16, 17)
	put(f.Before, "rollout.official", 22, 16, 6)
	put(f.Now, "rollout.communes", 53, 22, 31)
	put(f.Now, "dossiers.finished", 1000, 900, 100)
	put(f.Now, "dossiers.finished_late", 20, 9, 11)
	put(f.Now, "gaps.open", 1234, 234, 1000)
	for i := range 5 {
		day := time.Date(2016, 11, 7+i, 0, 0, 0, 0, time.UTC).Format("2006-01-02")
		for _, unit := range []string{"01", "018", "271"} {
			f.Series = append(f.Series, metric.Line{Metric: "rollout.official", Unit: unit, Marks: []metric.Mark{{Day: day, Value: metric.Value{N: int64(22 + i), Known: true}}}})
		}
	}
	why := i18n.L("reports.define.late")
	f.Lists[define.Held] = define.Listed{Total: 3, Entries: []define.Entry{{Place: "xã Đặng Xá", District: "huyện Gia Lâm", Why: []i18n.Line{why}, State: &why}}}
	f.Lists[define.Difficulties] = define.Listed{Total: 2, Entries: []define.Entry{
		{Place: "huyện Ba Vì", What: "Thiếu máy quét.", Cause: "Chậm đấu thầu mua sắm.", Proposal: "Cho mượn máy của Sở"}, {Place: "huyện Gia Lâm", What: "Trụ sở đang sửa"}}}
	return f
}

// said is everything that the blocks say, line by line.
func said(all []define.Chapter) []string {
	var out []string
	for _, c := range all {
		for _, b := range c.Blocks {
			switch b := b.(type) {
			case define.Para:
				out = append(out, string(b))
			case define.Items:
				out = append(out, b...)
			case define.Grid:
				out = append(out, b.Caption)
				for _, r := range append(slices.Clone(b.Rows), b.Foot) {
					if r != nil {
						out = append(out, strings.Trim(fmt.Sprint(r...), " "))
					}
				}
			case define.Picture:
				out = append(out, b.Caption)
			}
		}
	}
	return out
}

func compose(t testing.TB, f define.Frame, blocks ...string) []string {
	t.Helper()
	return said(parsed(t, blocks...).Compose(f, define.Words{T: words(t).In(i18n.VI), Names: map[string]string{"where": "thành phố Hà Nội"}}))
}

func TestFiguresStandInsideTheText(t *testing.T) {
	for place, want := range map[string]string{
		"{{rollout.official}}":                          "33",
		"{{ rollout.official | before }}":               "22",
		"{{rollout.official|change}}":                   "tăng 11 (từ 22 lên 33)",
		"{{rollout.official|diff}}":                     "+11",
		"{{rollout.official|of:rollout.communes}}":      "33/53 (62,3%)",
		"{{rollout.official_share}}":                    "62,3%",
		"{{dossiers.late_share|best}}":                  "huyện Gia Lâm (1,0%)",
		"{{dossiers.late_share|worst}}":                 "huyện Ba Vì (11,0%)",
		"{{rollout.official|best}}":                     "huyện Ba Vì (17)",
		"{{gaps.open}}":                                 "1.234",
		"{{gaps.open|change}}":                          "1.234 (chưa có số liệu kỳ trước để so sánh)",
		"{{gaps.open|name}}":                            "Thiếu hụt còn mở",
		"{{tickets.opened}}":                            "chưa có số liệu",
		"{{list.held}} đơn vị":                          "3 đơn vị",
		"tại {{where}}, kỳ sau từ {{next_from}}":        "tại thành phố Hà Nội, kỳ sau từ 14/11/2016",
		"viết {{{{rollout.official}} là để điền số, {}": "viết {{rollout.official}} là để điền số, {}",
	} {
		raw, _ := json.Marshal(place)
		if got := strings.Join(compose(t, week(), `{"kind":"text","text":{"vi":`+string(raw)+`}}`), "|"); got != want {
			t.Errorf("%s: %q, want %q", place, got, want)
		}
	}
}

func TestConditionsDecideWhatIsSaid(t *testing.T) {
	for cond, want := range map[string]bool{
		"rollout.official > 0": true, "rollout.official = 33": true, "rollout.official|change >= 12": false, "rollout.official|before < 23": true,
		"list.held > 2 and list.gaps > 0": false, "list.held > 2 or list.gaps > 0": true, "not (list.gaps > 0)": true,
		"dossiers.late_share >= 2%": true, "dossiers.late_share > 2%": false, "tickets.opened >= 0": false, "tickets.opened <> 0": false,
		"not tickets.opened > 0 and list.held=3": true,
	} {
		if got := len(compose(t, week(), `{"kind":"text","if":"`+cond+`","text":{"vi":"đúng"}}`)) == 1; got != want {
			t.Errorf("%s: %v", cond, got)
		}
	}
}

func TestATableSumsPartsOfARateBeforeItDividesThem(t *testing.T) {
	got := compose(t, week(), `{"kind":"table","name":{"vi":"Theo huyện"},"rows":"districts","foot":"sum","sort":{"column":2,"desc":true},"columns":[`+
		`{"metric":"rollout.official"},{"metric":"dossiers.late_share"},{"metric":"rollout.official","show":"change"},{"metric":"rollout.official","show":"share","of":"rollout.communes"}]}`)
	want := []string{"Bảng 1. Theo huyện", "Huyện Ba Vì17 0.11 11 0.5483870967741935", "Huyện Gia Lâm16 0.01 0 0.7272727272727273", "Huyện Đông Anh<nil> <nil> <nil> <nil>", "Cộng33 0.02 11 0.6226415094339622"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := compose(t, week(), `{"kind":"table","name":{"vi":"Không"},"rows":"districts","columns":[{"metric":"hotline.calls"}]}`); got != nil {
		t.Errorf("a table of nothing: %q", got)
	}
	got = compose(t, week(), `{"kind":"table","name":{"vi":"Chỉ tiêu"},"rows":"metrics","metrics":["rollout.official","rollout.official_share"],"columns":[{"show":"now"},{"show":"before"}]}`)
	if !slices.Equal(got, []string{"Bảng 1. Chỉ tiêu", "Chính thứcxã33 22", "Tỷ lệ chính thức%62.264150943396224 <nil>"}) {
		t.Errorf("%q", got)
	}
}

func TestEntriesAreSaidOnceAndOnlyWhole(t *testing.T) {
	got := compose(t, week(), `{"kind":"list","list":"difficulties","item":{"vi":"{{place}}: {{cause}}"}}`, `{"kind":"list","list":"gaps","item":{"vi":"{{place}}"},"none":{"vi":"Không có."}}`,
		`{"kind":"list","list":"held","name":{"vi":"Đơn vị"}}`)
	want := []string{"Huyện Ba Vì: Chậm đấu thầu mua sắm.", "Không có.", "Bảng 1. Đơn vị", "1Xã Đặng XáHuyện Gia Lâmđã quá hạnđã quá hạn", "Còn 2 mục khác, ghi tại bảng tính kèm theo hoặc trang tương ứng của hệ thống."}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestWrongDefinitionsAreToldWhere(t *testing.T) {
	for block, want := range map[string]string{
		`{"kind":"text","text":{"vi":"{{rollout.oficial}}"}}`:                                                          "sections.0.blocks.0.text.vi reports.define.unknown_place",
		`{"kind":"text","text":{"vi":"a {{rollout.official"}}`:                                                         "sections.0.blocks.0.text.vi reports.define.place_open",
		`{"kind":"text","text":{"vi":"{{rollout.official|bst}}"}}`:                                                     "sections.0.blocks.0.text.vi reports.define.unknown_form",
		`{"kind":"text","if":"rollout.official >","text":{"vi":"a"}}`:                                                  "sections.0.blocks.0.if reports.define.cond_wrong",
		`{"kind":"text","if":"list.people > 0","text":{"vi":"a"}}`:                                                     "sections.0.blocks.0.if reports.define.unknown_list",
		`{"kind":"table","name":{"vi":"a"},"rows":"districts","columns":[{"metric":"x"}]}`:                             "sections.0.blocks.0.columns.0.metric reports.define.unknown_metric",
		`{"kind":"table","name":{"vi":"a"},"rows":"districts","columns":[{"metric":"gaps.open","show":"share"}]}`:      "sections.0.blocks.0.columns.0.of reports.define.of_needed",
		`{"kind":"table","name":{"vi":"a"},"rows":"districts","sort":{"column":9},"columns":[{"metric":"gaps.open"}]}`: "sections.0.blocks.0.sort reports.define.bad_sort",
		`{"kind":"chart","chart":"pie","name":{"vi":"a"}}`:                                                             "sections.0.blocks.0.chart reports.define.unknown",
		`{"kind":"list","list":"held","item":{"vi":"{{salary}}"}}`:                                                     "sections.0.blocks.0.item.vi reports.define.unknown_field",
		`{"kind":"ready","ready":"magic"}`:                                                                             "sections.0.blocks.0.ready reports.define.unknown",
		`{"kind":"text","text":{"vi":"a"},"most":601}`:                                                                 "sections.0.blocks.0.most reports.define.range",
	} {
		_, err := define.Parse(report(block))
		found := false
		for _, f := range fault.Of(err).Fields {
			found = found || f.Name+" "+f.Key == want
		}
		if !found {
			t.Errorf("%s: %v", block, err)
		}
	}
	if _, err := define.Parse([]byte(`{"key":"a","colour":"red"}`)); !fault.HasKey(err, "reports.define.not_json") {
		t.Errorf("an unknown field: %v", err)
	}
}

func TestWhatADefinitionNeedsIsRead(t *testing.T) {
	n := parsed(t, `{"kind":"text","if":"tickets.late > 0","text":{"vi":"{{dossiers.late_share|change}} {{gaps.open|worst}} {{list.held}}"}}`,
		`{"kind":"table","name":{"vi":"a"},"rows":"districts","spark":"rollout.verified","columns":[{"metric":"rollout.official_share"}]}`, `{"kind":"ready","ready":"tiles"}`).Need()
	if !slices.Equal(n.Now, []metric.Key{"rollout.communes", "rollout.official", "gaps.open", "tickets.late", "dossiers.finished", "dossiers.finished_late"}) ||
		!slices.Equal(n.Before, []metric.Key{"dossiers.finished", "dossiers.finished_late"}) || !slices.Equal(n.Series, []metric.Key{"rollout.verified"}) ||
		!slices.Equal(n.Lists, []string{"held"}) || !n.Districts || n.Communes || !slices.Equal(n.Parts, []string{"tiles"}) {
		t.Errorf("%+v", n)
	}
}

func TestTheReportsOfTheProductAreWhole(t *testing.T) {
	all, err := define.ReadShipped()
	if err != nil {
		t.Fatal(err, fault.Of(err).Fields)
	}
	seen := map[string]bool{}
	for _, d := range all {
		seen[d.Key] = true
		for _, lang := range i18n.Langs {
			chapters := d.Compose(week(), define.Words{T: words(t).In(lang), Names: map[string]string{"where": "Hà Nội", "programme": "DVC", "from": "1", "until": "2", "day": "3", "hour": "4", "basis": "5"},
				Ready: func(p string) []define.Piece { return []define.Piece{define.Para(p)} }})
			for _, s := range said(chapters) {
				if s == "" || strings.ContainsAny(s, "⟦{}") {
					t.Errorf("%s, %s: %q", d.Key, lang, s)
				}
			}
			if len(chapters) == 0 {
				t.Errorf("%s says nothing", d.Key)
			}
		}
		again, err := define.Parse(d.Canonical)
		if err != nil {
			t.Fatal(d.Key, err)
		}
		if twice, _ := again.Canonical(); string(twice) != string(d.Canonical) {
			t.Errorf("%s: canonical text is not stable", d.Key)
		}
	}
	if !seen["weekly-progress"] {
		t.Error("no weekly report")
	}
}

func FuzzADefinitionThatIsAcceptedComposes(f *testing.F) {
	for _, b := range []string{`{"kind":"text","if":"not (list.held > 2) or gaps.open >= 5%","text":{"vi":"- {{rollout.official|of:rollout.communes}}\n{{{{"}}`,
		`{"kind":"table","name":{"vi":"a"},"rows":"districts","spark":"gaps.open","foot":"sum","sort":{"column":1},"columns":[{"metric":"rollout.forecast_day","show":"change"}]}`,
		`{"kind":"chart","chart":"stacked","name":{"vi":"a"},"metrics":["gaps.open","gaps.late"]}`, `{"kind":"list","list":"held","item":{"vi":"{{why}}"}}`} {
		f.Add(report(b), int64(3), int64(4))
	}
	vi := words(f).In(i18n.VI)
	f.Fuzz(func(t *testing.T, raw []byte, n, of int64) {
		d, err := define.Parse(raw)
		if err != nil {
			return
		}
		fr := week()
		for _, k := range d.Need().Now {
			fr.Now.Put(k, "018", metric.Value{N: n, Known: true})
			fr.Now.Put(k, "01", metric.Value{N: of, Known: true})
		}
		chapters := d.Compose(fr, define.Words{T: vi})
		size := 0
		for _, s := range said(chapters) {
			size += len(s)
		}
		if size > 4<<20 {
			t.Fatalf("%d bytes grew out of %d", size, len(raw))
		}
		text, err := d.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := define.Parse(text); err != nil {
			t.Fatalf("canonical text is refused: %v", err)
		}
	})
}
