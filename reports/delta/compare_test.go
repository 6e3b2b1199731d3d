package delta

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"lotrinh/internal/kit"
	"lotrinh/internal/kit/i18n"
	"lotrinh/reports/metric"
)

func compare(t *testing.T, older, newer string) []Change {
	t.Helper()
	all, err := Compare([]byte(older), []byte(newer), map[string]string{"018": "huyện Gia Lâm"})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// short is the changes as lines: path was now.
func short(all []Change) string {
	var lines []string
	for _, c := range all {
		lines = append(lines, fmt.Sprintf("%s %s %s>%s", c.Path, c.Kind, c.Was, c.Now))
	}
	return strings.Join(lines, "\n")
}

func TestEachPlaceThatDiffersIsOneChange(t *testing.T) {
	for name, one := range map[string]struct{ older, newer, want string }{
		"equal":               {`{"a":1,"b":[1,2]}`, `{"b":[1,2],"a":1}`, ""},
		"a number":            {`{"total":{"official":33}}`, `{"total":{"official":34}}`, "total.official changed 33>34"},
		"a precise number":    {`{"n":0.1}`, `{"n":0.10}`, "n changed 0.1>0.10"},
		"moments of reading":  {`{"read_at":"x","at":1,"href":"/a"}`, `{"read_at":"y","at":2,"href":"/b"}`, ""},
		"came":                {`{}`, `{"dossiers":{"open":1}}`, "dossiers added null>null"},
		"a metric came":       {`{"now":{}}`, `{"now":{"x":{"018":{"n":1,"known":true}}}}`, `now.x.018 added null>{"n":1,"known":true}`},
		"went":                {`{"n":4}`, `{"n":null}`, "n removed 4>null"},
		"empty is none":       {`{"a":[],"b":null}`, `{"b":[]}`, ""},
		"by code, not place":  {`{"d":[{"code":"018","n":1},{"code":"271","n":2}]}`, `{"d":[{"code":"271","n":3},{"code":"018","n":1}]}`, "d[271].n changed 2>3"},
		"members come and go": {`{"d":[{"code":"018","name":"x"}]}`, `{"d":[{"code":"271","name":"y"}]}`, "d[271] added null>null\nd[018] removed null>null"},
		"a list that was nil": {`{"d":null}`, `{"d":[{"code":"1"}]}`, "d[1] added null>null"},
		"by place":            {`{"d":[{"n":1},{"n":2}]}`, `{"d":[{"n":1},{"n":3},{"n":4}]}`, "d[2].n changed 2>3\nd[3] added null>null"},
		"twice the same code": {`{"d":[{"code":"1","n":1},{"code":"1","n":2}]}`, `{"d":[{"code":"1","n":1},{"code":"1","n":3}]}`, "d[2].n changed 2>3"},
		"plain lists":         {`{"r":["a"]}`, `{"r":["a","b"]}`, `r changed ["a"]>["a","b"]`},
		"sentences":           {`{"r":[{"key":"x","args":[{"i":1}]}]}`, `{"r":[{"key":"x","args":[{"i":2}]}]}`, `r changed [{"key":"x","args":[{"i":1}]}]>[{"key":"x","args":[{"i":2}]}]`},
		"lists in lists":      {`{"a":[[1],[2]]}`, `{"a":[[1],[3]]}`, "a changed [[1],[2]]>[[1],[3]]"},
		"sums first": {`{"d":[{"code":"1","n":1}],"total":1}`, `{"d":[{"code":"1","n":2}],"total":2}`,
			"total changed 1>2\nd[1].n changed 1>2"},
		"another kind": {`{"a":{"b":1}}`, `{"a":[{"code":"1"}]}`, `a changed null>[{"code":"1"}]`},
	} {
		if got := short(compare(t, one.older, one.newer)); got != one.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, one.want)
		}
	}
}

func TestWhatIsNoJSONIsRefused(t *testing.T) {
	for _, bad := range []string{"", "{", `{"a":1}{`, `{"a":1} 2`, strings.Repeat("[", 100) + strings.Repeat("]", 100)} {
		if _, err := Compare([]byte(bad), []byte("{}"), nil); err == nil {
			t.Errorf("%.20q went through", bad)
		}
		if _, err := Compare([]byte("{}"), []byte(bad), nil); err == nil {
			t.Errorf("%.20q went through as the newer", bad)
		}
	}
}

func TestChangesAreSaidInBothLanguages(t *testing.T) {
	words, err := i18n.Load(Locale, metric.Locale, kit.Locale)
	if err != nil {
		t.Fatal(err)
	}
	older := `{"progress":{"total":{"official":33},"districts":[{"code":"018","name":"huyện Gia Lâm","official":16}],"days":[{"day":"2016-11-13","official":1033}],
		"tiles":[{"unit":"00526","name":"xã Đặng Xá","stage":"trial"}],"milestones":[{"title":"Sơ kết","planned_on":"2016-11-20","actual_on":""}]},
		"gaps":{"open":27,"oldest":[]},"spi":0.5,"sealed":false,"made":"0001-01-01T00:00:00Z","strange_thing":["a"],
		"frame":{"now":{"dossiers.accepted":{"018":{"n":1086,"known":true}},"dossiers.finished":{"018":{"n":0,"known":false}}},"series":[{"metric":"dossiers.accepted","unit":"018","marks":[{"day":"2016-11-13","value":{"n":4,"known":true}}]}]}}`
	newer := `{"progress":{"total":{"official":34},"districts":[{"code":"018","name":"huyện Gia Lâm","official":17}],"days":[{"day":"2016-11-13","official":1034}],
		"tiles":[{"unit":"00526","name":"xã Đặng Xá","stage":"official"}],"milestones":[{"title":"Sơ kết","planned_on":"2016-11-20","actual_on":"2016-11-19"}]},
		"gaps":{"open":26,"oldest":[{"code":"TH-1","name":"xã Tản Hồng"}]},"spi":0.75,"sealed":true,"made":"2016-11-14T01:30:00Z","strange_thing":["a","b"],
		"frame":{"now":{"dossiers.accepted":{"018":{"n":1087,"known":true}},"dossiers.finished":{"018":{"n":3,"known":true}}},"series":[{"metric":"dossiers.accepted","unit":"018","marks":[{"day":"2016-11-13","value":{"n":5,"known":true}}]}]}}`
	for lang, want := range map[i18n.Lang][]string{
		i18n.VI: {"cộng, chính thức: 33 → 34", "thiếu hụt thiết bị, đang mở: 27 → 26", "spi: 0,50 → 0,75", "sealed: không → có", "made: không có → 14/11/2016 08:30",
			"strange thing: a → a; b", "huyện Gia Lâm, chính thức: 16 → 17", "ngày 13/11/2016, chính thức: 1.033 → 1.034", "xã Đặng Xá, bước: chạy thử → chính thức",
			"mốc “Sơ kết”, ngày thực hiện: không có → 19/11/2016", "thiếu hụt thiết bị, thiếu hụt xã Tản Hồng: thêm mới",
			"Hồ sơ tiếp nhận, huyện Gia Lâm: 1.086 → 1.087", "Hồ sơ giải quyết xong, huyện Gia Lâm: không có → 3", "Hồ sơ tiếp nhận, huyện Gia Lâm, ngày 13/11/2016: 4 → 5"},
		i18n.EN: {"sum, official: 33 → 34", "huyện Gia Lâm, official: 16 → 17"},
	} {
		var said []string
		for _, c := range compare(t, older, newer) {
			said = append(said, c.Say(words.In(lang)))
		}
		for _, w := range want {
			if !slices.Contains(said, w) {
				t.Errorf("%s: nothing says %q: %q", lang, w, said)
			}
		}
	}
}

func TestAChangeSurvivesItsOwnJSON(t *testing.T) {
	all := compare(t, `{"d":[{"code":"1","name":"a&b","n":1}]}`, `{"d":[{"code":"1","name":"a&b","n":2}]}`)
	raw, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	var back []Change
	if err := json.Unmarshal(raw, &back); err != nil || short(back) != short(all) || back[0].Steps[0] != all[0].Steps[0] {
		t.Errorf("%v: %s", err, raw)
	}
}

// grown is a random value of JSON.
func grown(r *rand.Rand, depth int) any {
	switch n := r.IntN(7); {
	case n == 0 && depth > 0:
		o := map[string]any{}
		for range r.IntN(4) {
			o[string(rune('a'+r.IntN(5)))] = grown(r, depth-1)
		}
		return o
	case n == 1 && depth > 0:
		var all []any
		for i := range r.IntN(4) {
			all = append(all, map[string]any{"code": fmt.Sprint(i + r.IntN(3)), "n": grown(r, depth-1)})
		}
		return all
	case n == 2:
		return r.IntN(3)
	case n == 3:
		return []any{r.IntN(2), "x"}
	case n == 4:
		return nil
	}
	return []string{"", "x", "2016-11-13"}[r.IntN(3)]
}

func TestComparingBackwardsGivesTheSamePlaces(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 7))
	paths := func(all []Change) []string {
		var list []string
		for _, c := range all {
			list = append(list, c.Path)
		}
		slices.Sort(list)
		return list
	}
	for range 3000 {
		a, err := json.Marshal(map[string]any{"v": grown(r, 4), "w": grown(r, 3)})
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(map[string]any{"v": grown(r, 4), "w": grown(r, 3)})
		if err != nil {
			t.Fatal(err)
		}
		there, back := compare(t, string(a), string(b)), compare(t, string(b), string(a))
		if !slices.Equal(paths(there), paths(back)) {
			t.Fatalf("%s and %s:\n%s\nback\n%s", a, b, short(there), short(back))
		}
		if len(compare(t, string(a), string(a))) != 0 {
			t.Fatalf("%s differs from itself", a)
		}
	}
}

func FuzzCompareNeverPanics(f *testing.F) {
	f.Add(`{"d":[{"code":"1","n":1}]}`, `{"d":[{"code":"1","n":2},{"code":"2"}]}`)
	f.Add(`[1,null,{"key":"x"}]`, `{"key":"x","args":[]}`)
	f.Add(`"\ud800"`, `[[],[[]]]`)
	f.Fuzz(func(t *testing.T, a, b string) {
		there, err := Compare([]byte(a), []byte(b), nil)
		if err != nil {
			return
		}
		back, err := Compare([]byte(b), []byte(a), nil)
		if err != nil || len(back) != len(there) {
			t.Fatalf("%d there, %d back (%v)", len(there), len(back), err)
		}
	})
}

func TestALongValueIsShortInASentenceAndWholeInTheChange(t *testing.T) {
	words, err := i18n.Load(Locale, kit.Locale)
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("ổ", 300)
	c := compare(t, `{"note":"ngắn"}`, `{"note":"`+long+`"}`)[0]
	if said := c.Say(words.In(i18n.VI)); said != "note: ngắn → "+strings.Repeat("ổ", longest)+"…" || string(c.Now) != `"`+long+`"` {
		t.Errorf("%s, %s", said, c.Now)
	}
}
