package fields

import (
	"bytes"
	"maps"
	"os"
	"strings"
	"testing"
	"time"

	"lotrinh/dossier/fields/views"
	"lotrinh/dossier/form"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
)

var november = time.Date(2016, 11, 10, 2, 0, 0, 0, time.UTC)

func given(t *testing.T) (form.Form, *Places, i18n.T) {
	t.Helper()
	raw, err := os.ReadFile("../form/testdata/sample.json")
	if err != nil {
		t.Fatal(err)
	}
	f, err := form.Read(raw)
	if err != nil {
		t.Fatal(err)
	}
	units := org.NewUnits(testkit.SQLite(t), clock.At(november))
	if _, err := units.LoadBuiltIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	p, err := NewPlaces(t.Context(), units, november)
	if err != nil {
		t.Fatal(err)
	}
	words, err := i18n.Load(Locale, form.Locale, site.Locale)
	if err != nil {
		t.Fatal(err)
	}
	return f, p, words.In(i18n.VI)
}

func values(m map[string][]string) Values { return func(name string) []string { return m[name] } }

func TestWhatIsTypedBecomesAnswers(t *testing.T) {
	f, p, _ := given(t)
	ctx := p.Context("00556", false)
	was := form.Answers{"mother.name": "Trần Thị Bình", "stays.0.from": "1999", "contact.note": "cũ"}
	got, err := Read(f, "contact", values(map[string][]string{"contact.phone": {" 0912 345 678 "}, "contact.home.place": {"Xa Dang Xa, Huyen Gia Lam, Hà Nội"}, "contact.home.line": {"thôn 1"},
		"contact.want": {"mail", "sms", "letter"}, "contact.true": {"1"}, "mother.name": {"ai đó"}, "office.note": {"x"}}), was, ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	want := form.Answers{"mother.name": "Trần Thị Bình", "stays.0.from": "1999", "contact.phone": "0912 345 678", "contact.home.place": "Xa Dang Xa, Huyen Gia Lam, Hà Nội", "contact.home.unit": "00556",
		"contact.home.line": "thôn 1", "contact.want": "sms,mail", "contact.true": "1"}
	if !maps.Equal(got, want) {
		t.Errorf("%v\nwant %v", got, want)
	}
}

func TestDatesAreReadFromOneInputOrThree(t *testing.T) {
	f, p, _ := given(t)
	ctx := p.Context("00556", false)
	for _, c := range []struct {
		posted map[string][]string
		want   string
	}{
		{map[string][]string{"child.born.d": {"5"}, "child.born.m": {"11"}, "child.born.y": {"2016"}}, "2016-11-05"},
		{map[string][]string{"child.born": {"5/11/2016"}}, "2016-11-05"},
		{map[string][]string{"child.born.d": {"31"}, "child.born.m": {"2"}, "child.born.y": {"2016"}}, "31/2/2016"},
		{map[string][]string{"child.born.y": {"2016"}}, "2016"},
		{map[string][]string{}, ""},
	} {
		got, err := Read(f, "child", values(c.posted), form.Answers{"child.born": "2000-01-01"}, ctx, p)
		if err != nil || got["child.born"] != c.want {
			t.Errorf("%v: %q %v", c.posted, got["child.born"], err)
		}
	}
}

func TestBlankRowsAreLeftOut(t *testing.T) {
	f, p, _ := given(t)
	got, err := Read(f, "more", values(map[string][]string{"stays.1.from": {"2001"}, "stays.1.where": {"A"}, "stays.4.from": {"5/2003"}, "death.time.unknown": {"1"}}), form.Answers{"stays.0.from": "1990", "stays.7.to": "1"}, p.Context("", false), p)
	if err != nil {
		t.Fatal(err)
	}
	if want := (form.Answers{"stays.0.from": "2001", "stays.0.where": "A", "stays.1.from": "2003-05", "death.time.unknown": "1"}); !maps.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

// What a group is drawn with, read again from its inputs, is what it was.
func TestWhatIsDrawnReadsBackAsItWas(t *testing.T) {
	f, p, words := given(t)
	a := form.Answers{"child.name": "Nguyễn Thị An", "child.sex": "female", "child.born": "2016-11-05", "child.unit": "00556", "child.ethnicity": "other", "child.ethnicity.other": "Pa Kô", "child.nation": "VN", "child.pid": "001316000123", "child.kind": "both",
		"mother.name": "Nguyễn Thị Bình", "mother.born": "1990", "mother.paper.kind": "cmnd", "mother.paper.no": "012345678", "mother.paper.on": "2010-05-06", "mother.paper.by": "Hà Nội",
		"contact.phone": "0912 345 678", "contact.home.place": "xã Đặng Xá, huyện Gia Lâm", "contact.home.unit": "00556", "contact.want": "sms,mail", "contact.true": "1",
		"stays.0.from": "2000", "stays.0.to": "2008-02", "stays.0.where": "Nam Định", "death.time": "14:05"}
	ctx := p.Context("00556", true)
	for _, compact := range []bool{false, true} {
		posted := map[string][]string{}
		for _, g := range f.Groups {
			collect(Look{T: words, Form: f, Group: g.Key, Answers: a, Context: ctx, Places: p, Compact: compact}.View().Items, posted)
		}
		got, err := Read(f, "", values(posted), nil, ctx, p)
		if err != nil {
			t.Fatal(err)
		}
		if !maps.Equal(got, a) {
			t.Errorf("compact %v:\n%v\nwant\n%v", compact, got, a)
		}
	}
}

func collect(items []views.Item, into map[string][]string) {
	for _, one := range items {
		parts := one.Parts
		if one.Kind == "" {
			parts = append(parts, one.Field)
		}
		for _, in := range parts {
			if len(in.Values) > 0 {
				into[in.Name] = in.Values
			} else {
				into[in.Name] = []string{in.Value}
			}
		}
		for _, r := range one.Rows {
			collect(r.Items, into)
		}
	}
}

func TestEachErrorLeadsToAnInputThatIsThere(t *testing.T) {
	f, p, words := given(t)
	ctx := p.Context("00556", false)
	a := form.Answers{"child.kind": "both", "child.born": "31/2/2016", "mother.paper.kind": "cmnd", "mother.paper.no": "1", "contact.home.line": "5", "stays.0.to": "?", "child.ethnicity": "other"}
	for _, g := range f.Groups[:5] {
		l := Look{T: words, Form: f, Group: g.Key, Answers: a, Context: ctx, Places: p, Findings: form.CheckGroup(f, g.Key, a, ctx)}
		var page bytes.Buffer
		if err := views.Group(words, l.View()).Render(t.Context(), &page); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(page.String(), "⟦") {
			t.Errorf("%s lacks a sentence", g.Key)
		}
		for _, one := range l.Errors().Fields {
			if !strings.Contains(page.String(), `id="f-`+one.Name+`"`) {
				t.Errorf("%s: %q leads to %s, which is not drawn", g.Key, one.Text, one.Name)
			}
		}
	}
}

func TestAQuestionThatMayApplyIsDrawnWithItsCondition(t *testing.T) {
	_, p, words := given(t)
	f := form.Form{Groups: []form.Group{{Key: "a", Title: form.Plain("A"), Fields: []form.Field{
		{Key: "a.kind", Kind: form.Choice, Label: form.Plain("Loại"), Options: []form.Option{{Value: "x", Label: form.Plain("Ích")}, {Value: "y", Label: form.Plain("Y")}}},
		{Key: "a.more", Kind: form.Text, Label: form.Plain("Thêm"), When: &form.Cond{Field: "a.kind", Op: form.Is, Value: "x"}}}}}}
	v := Look{T: words, Form: f, Group: "a", Context: p.Context("", false), Places: p}.View()
	if len(v.Items) != 2 || !strings.Contains(v.Items[1].When, `"a.kind"`) || !strings.Contains(v.Items[1].WhenSaid, "Ích") {
		t.Errorf("%+v", v.Items)
	}
}
