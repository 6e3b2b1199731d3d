package form

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
)

var november = time.Date(2016, 11, 10, 2, 0, 0, 0, time.UTC)

// sample is a small form with every kind of field and rule.
func sample(t testing.TB) Form {
	t.Helper()
	raw, err := os.ReadFile("testdata/sample.json")
	if err != nil {
		t.Fatal(err)
	}
	f, err := Read(raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Faults(); err != nil {
		t.Fatal(err)
	}
	return f
}

func at(f Form, all []Finding) (errors, warnings []string) {
	for _, one := range all {
		s := one.Field + " " + one.Key
		if one.Key == "answer.rule" {
			s = one.Field + " " + one.Args[1].(string)
		}
		if one.Severity == Error {
			errors = append(errors, s)
		} else {
			warnings = append(warnings, s)
		}
	}
	return errors, warnings
}

// good are answers that the sample form takes.
func good() Answers {
	return Answers{
		"child.name": "Nguyễn Thị An", "child.sex": "female", "child.born": "2016-11-05", "child.kind": "both", "child.ethnicity": "01",
		"child.nation": "VN", "child.unit": "00556", "child.pid": "001316000123",
		"mother.name": "Nguyễn Thị Bình", "mother.born": "1990", "mother.paper.kind": "cmnd", "mother.paper.no": "012345678", "mother.ethnicity": "01",
		"father.name": "Nguyễn Văn Cường", "father.ethnicity": "03",
		"contact.phone": "0912 345 678", "contact.home.place": "xã Đặng Xá, huyện Gia Lâm", "contact.copies": "2", "contact.want": "sms,mail", "contact.true": "1",
		"stays.0.from": "2000", "stays.0.to": "2008", "stays.0.where": "Nam Định", "stays.1.from": "2008", "stays.1.where": "Gia Lâm",
		"death.time": "14:05",
	}
}

func TestAGoodFormHasNoFaultFound(t *testing.T) {
	f := sample(t)
	if all := Check(f, good(), Context{Accepted: november}); len(all) != 0 {
		t.Fatalf("%+v", all)
	}
}

func TestEachFaultIsFoundAtItsField(t *testing.T) {
	f := sample(t)
	for _, c := range []struct {
		name   string
		change map[string]string
		error  string
		warns  string
	}{
		{"no name", map[string]string{"child.name": ""}, "child.name answer.needed", ""},
		{"one word", map[string]string{"child.name": "An"}, "child.name answer.name_words", ""},
		{"digits", map[string]string{"child.name": "An 2 Nguyễn"}, "child.name answer.name_letters", ""},
		{"sex not offered", map[string]string{"child.sex": "x"}, "child.sex answer.choose", ""},
		{"no such day", map[string]string{"child.born": "2016-02-30"}, "child.born answer.date", ""},
		{"year alone", map[string]string{"child.born": "2016"}, "child.born answer.date_whole", ""},
		{"born tomorrow", map[string]string{"child.born": "2016-11-11"}, "child.born born_before", ""},
		{"number of a boy", map[string]string{"child.pid": "001216000123"}, "child.pid answer.pid.sex", ""},
		{"number from elsewhere", map[string]string{"child.pid": "036316000123"}, "", "child.pid answer.pid.elsewhere"},
		{"no such unit", map[string]string{"child.unit": "99999"}, "child.unit answer.unit", ""},
		{"other without words", map[string]string{"child.ethnicity": "other"}, "child.ethnicity.other answer.other", ""},
		{"nobody's ethnicity", map[string]string{"child.ethnicity": "05"}, "child.ethnicity as_parent", ""},
		{"nobody's surname", map[string]string{"child.name": "Lê Thị An"}, "", "child.name surname"},
		{"a card of ten digits", map[string]string{"mother.paper.no": "0123456789"}, "mother.paper.no answer.paper_cmnd", ""},
		{"a very young mother", map[string]string{"mother.born": "2008"}, "", "mother.born mother_age"},
		{"a father who must be blank", map[string]string{"child.kind": "mother_only", "father.born": "1980-01-01"}, "child.kind father_blank", ""},
		{"late", map[string]string{"child.born": "2016-09-01"}, "", "child.born late"},
		{"letters in a telephone", map[string]string{"contact.phone": "09abc"}, "contact.phone answer.phone", ""},
		{"no place", map[string]string{"contact.home.place": "", "contact.home.line": "số 5"}, "contact.home.place answer.place", ""},
		{"what may not be", map[string]string{"contact.text": "cấm"}, "contact.note twin", ""},
		{"another district", map[string]string{"contact.home.unit": "00376"}, "contact.home near", ""},
		{"many copies", map[string]string{"contact.copies": "21"}, "contact.copies answer.number_range", ""},
		{"a want not offered", map[string]string{"contact.want": "sms,letter"}, "contact.want answer.choose", ""},
		{"not ticked", map[string]string{"contact.true": ""}, "contact.true answer.tick", ""},
		{"stays that overlap", map[string]string{"stays.1.from": "2006-05"}, "stays stays_order", ""},
		{"a row that lacks its place", map[string]string{"stays.1.where": ""}, "stays.1.where answer.needed", ""},
		{"hour and unknown", map[string]string{"death.time.unknown": "1"}, "death.time answer.unknown_too", ""},
		{"hour that is none", map[string]string{"death.time": "25:00"}, "death.time answer.time", ""},
	} {
		a := good()
		for k, v := range c.change {
			a[k] = v
		}
		place := func(code, day string) (string, bool) { return "xã Đặng Xá", code == "00556" || code == "00376" }
		errors, warnings := at(f, Check(f, a, Context{Accepted: november, Place: place, Unit: "00556", District: func(code string) string { return code[:4] }}))
		if strings.Join(errors, "; ") != c.error || strings.Join(warnings, "; ") != c.warns {
			t.Errorf("%s: errors %q, warnings %q", c.name, errors, warnings)
		}
	}
}

func TestWhatIsNotShownIsNotAskedAndNotKept(t *testing.T) {
	f := sample(t)
	a := good()
	a["child.kind"] = "mother_only"
	a["nonsense"], a["stays.x.from"], a["stays.01.from"] = "1", "1", "1"
	ctx := Context{Accepted: november}
	kept := Clean(f, a, ctx)
	for k := range kept {
		if strings.HasPrefix(k, "father.") || f.GroupOf(k) == "" {
			t.Errorf("%s is kept", k)
		}
	}
	if all := Check(f, kept, ctx); len(all) != 0 {
		t.Errorf("%+v", all)
	}
	for _, g := range Shown(f, a, ctx) {
		if g.Key == "father" {
			t.Error("the father is asked for")
		}
	}
}

func TestOnlyOfficersAreAskedWhatIsTheirs(t *testing.T) {
	f := sample(t)
	a := good()
	a["office.note"] = "đã đối chiếu"
	if kept := Clean(f, a, Context{Accepted: november}); kept["office.note"] != "" {
		t.Error("a citizen's answer to an officer's question is kept")
	}
	if kept := Clean(f, a, Context{Accepted: november, Staff: true}); kept["office.note"] == "" {
		t.Error("an officer's answer is lost")
	}
}

func TestOneGroupIsJudgedAlone(t *testing.T) {
	f := sample(t)
	all := CheckGroup(f, "mother", Answers{}, Context{Accepted: november})
	errors, _ := at(f, all)
	if !slices.Equal(errors, []string{"mother.name answer.needed", "mother.born answer.needed"}) {
		t.Errorf("%q", errors)
	}
}

func TestTheDoorComposesAndBounds(t *testing.T) {
	a, err := Door(map[string]string{"child.name": " " + norm.NFD.String("Nguyễn Thị An") + "\x00\u00a0", "x": "  ", "y": "a\tb\r\nc"})
	if err != nil || a["child.name"] != "Nguyễn Thị An" || len(a) != 2 || a["y"] != "a b\nc" {
		t.Errorf("%q %v", a, err)
	}
	if _, err := Door(map[string]string{"x": strings.Repeat("ă", MostBytes)}); !fault.Is(err, fault.TooLarge) {
		t.Errorf("too much is taken: %v", err)
	}
}

func TestTheSummaryReadsAsPeopleRead(t *testing.T) {
	f := sample(t)
	place := func(code, day string) (string, bool) { return "xã Đặng Xá (" + day + ")", true }
	got := map[string]string{}
	for _, s := range Summary(f, good(), Context{Accepted: november, Place: place}) {
		for _, l := range s.Lines {
			got[l.Key] = l.Value.VI
		}
	}
	for k, want := range map[string]string{
		"child.born": "05/11/2016", "child.born_words": "ngày năm, tháng mười một, năm hai nghìn không trăm mười sáu", "child.capitals": "NGUYỄN THỊ AN",
		"child.sex": "Nữ", "child.ethnicity": "Kinh", "child.unit": "xã Đặng Xá (2016-11-05)", "mother.born": "1990", "mother.paper": "Chứng minh nhân dân 012345678",
		"contact.want": "Tin nhắn; Thư", "contact.phone": "0912 345 678", "stays.0.to": "2008",
	} {
		if got[k] != want {
			t.Errorf("%s reads %q, want %q", k, got[k], want)
		}
	}
}

func TestSpellingsOfOneAnswerHaveOneHash(t *testing.T) {
	f, ctx := sample(t), Context{Accepted: november}
	a, b := good(), good()
	a["mother.name"], b["mother.name"] = "Trần Thị Hoà", norm.NFD.String("trần  thị hòa")
	b["contact.phone"] = "+84 912345678"
	b["nonsense"] = "1"
	if Hash(f, a, ctx) != Hash(f, b, ctx) {
		t.Errorf("%v\n%v", Canonical(f, a, ctx), Canonical(f, b, ctx))
	}
	b["mother.name"] = "Trần Thị Hoa"
	if Hash(f, a, ctx) == Hash(f, b, ctx) {
		t.Error("another name has the same hash")
	}
}

func TestDatesInWords(t *testing.T) {
	for iso, want := range map[string]string{
		"2016-11-05": "ngày năm, tháng mười một, năm hai nghìn không trăm mười sáu",
		"1984-04-24": "ngày hai mươi tư, tháng tư, năm một nghìn chín trăm tám mươi tư",
		"2005-12-31": "ngày ba mươi mốt, tháng mười hai, năm hai nghìn không trăm linh năm",
		"2115-01-15": "ngày mười lăm, tháng một, năm hai nghìn một trăm mười lăm",
		"1990":       "năm một nghìn chín trăm chín mươi", "2000-02": "tháng hai, năm hai nghìn", "2016-02-30": "", "x": "",
	} {
		if got := DateInWords(iso); got != want {
			t.Errorf("%s: %q, want %q", iso, got, want)
		}
	}
}

func TestARuleOverSeveralPagesIsToldOnTheLastOfThem(t *testing.T) {
	f := Form{Groups: []Group{{Key: "case", Fields: []Field{{Key: "case.kind", Kind: Text}}}, {Key: "mother", Fields: []Field{{Key: "mother.lives", Kind: Text}}}},
		Rules: []Rule{{Key: "resident", Check: Never, Field: "case.kind", When: &Cond{Not: &Cond{Field: "mother.lives", Op: Is, Value: "permanent"}}}}}
	a := Answers{"case.kind": "both"}
	if all := CheckGroup(f, "case", a, Context{Accepted: november}); len(all) != 0 {
		t.Errorf("on the first page: %+v", all)
	}
	a["mother.lives"] = "temporary"
	if all := CheckGroup(f, "mother", a, Context{Accepted: november}); len(all) != 1 || all[0].Field != "mother.lives" {
		t.Errorf("on the page of the last answer: %+v", all)
	}
	if all := Check(f, a, Context{Accepted: november}); len(all) != 1 || all[0].Field != "case.kind" {
		t.Errorf("of the whole form: %+v", all)
	}
}

func TestTypedDatesAreRead(t *testing.T) {
	for typed, want := range map[string]string{"5/11/2016": "2016-11-05", "05-11-2016": "2016-11-05", "2016-11-05": "2016-11-05", "11/2016": "2016-11", "2016": "2016"} {
		if got, ok := ReadDate(typed); !ok || got != want {
			t.Errorf("%q: %q", typed, got)
		}
	}
	for _, typed := range []string{"", "31/2/2016", "5/11/16", "a/b/c", "1/2/3/4", "99999"} {
		if got, ok := ReadDate(typed); ok {
			t.Errorf("%q: %q", typed, got)
		}
	}
}

func TestSlipsInADefinitionAreNamed(t *testing.T) {
	for name, change := range map[string]func(*Form){
		"answer.def.key":         func(f *Form) { f.Groups[0].Fields[1].Key = f.Groups[0].Fields[0].Key },
		"answer.def.kind":        func(f *Form) { f.Groups[0].Fields[0].Kind = "magic" },
		"answer.def.label":       func(f *Form) { f.Groups[1].Title = Words{} },
		"answer.def.not_earlier": func(f *Form) { f.Groups[0].When = &Cond{Field: "father.name", Op: Filled} },
		"answer.def.op":          func(f *Form) { f.Groups[2].When = &Cond{Field: "child.kind", Op: "maybe"} },
		"answer.def.options":     func(f *Form) { f.Groups[0].Fields[1].Options = nil },
		"answer.def.pattern":     func(f *Form) { f.Rules = append(f.Rules, Rule{Check: Match, Field: "child.name", Like: "("}) },
		"answer.def.named":       func(f *Form) { f.Rules = append(f.Rules, Rule{Check: Named, Field: "child.name", Named: "magic"}) },
		"answer.def.no_field":    func(f *Form) { f.Keys["born"] = "child.birthday" },
		"answer.def.role":        func(f *Form) { f.Keys["king"] = "child.name" },
		"answer.def.how":         func(f *Form) { f.Derived[0].How = "magic" },
		"answer.def.check":       func(f *Form) { f.Rules[0].Check = "magic" },
	} {
		f := sample(t)
		change(&f)
		var keys []string
		if err := f.Faults(); err != nil {
			for _, one := range fault.Of(err).Fields {
				keys = append(keys, one.Key)
			}
		}
		if !slices.Contains(keys, name) {
			t.Errorf("%s is not named: %v", name, keys)
		}
	}
	if _, err := Read([]byte(`{"groups":[],"colour":"red"}`)); err == nil {
		t.Error("an unknown word is taken")
	}
}

func TestEveryFindingHasASentence(t *testing.T) {
	words, err := i18n.Load(Locale)
	if err != nil {
		t.Fatal(err)
	}
	f := sample(t)
	for _, one := range Check(f, Answers{"child.pid": "1", "contact.copies": "x", "stays.3.from": "?", "child.born": "2016"}, Context{Accepted: november}) {
		for _, lang := range i18n.Langs {
			if s := one.Text(words.In(lang)); s == "" || strings.ContainsAny(s, "{⟦") {
				t.Errorf("%s %s: %q", one.Field, one.Key, s)
			}
		}
	}
}

// Whatever the form and the answers are, nothing panics, what Clean keeps is asked and
// shown, cleaning twice is cleaning once, and it changes no hash.
func FuzzCheck(f *testing.F) {
	raw, err := os.ReadFile("testdata/sample.json")
	if err != nil {
		f.Fatal(err)
	}
	answers, err := json.Marshal(good())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw, answers)
	f.Add([]byte(`{"groups":[{"key":"a","title":{"vi":"A"},"when":{"not":{"op":"is"}},"fields":[{"key":"b","kind":"repeat","min":-1,"label":{"vi":"B"}}]}]}`), []byte(`{"b.0.":"1"}`))
	f.Add([]byte(`{"rules":[{"check":"age","field":"x","other":"@accepted"},{"check":"match","field":"x","like":"["}]}`), []byte(`{"x":"0000-00"}`))
	words, err := i18n.Load(Locale)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, def, typed []byte) {
		form, err := Read(def)
		if err != nil {
			return
		}
		faults := form.Faults()
		var m map[string]string
		if json.Unmarshal(typed, &m) != nil {
			return
		}
		a, err := Door(m)
		if err != nil {
			return
		}
		ctx := Context{Accepted: november, Staff: len(typed)%2 == 0}
		for _, one := range Check(form, a, ctx) {
			if s := one.Text(words.In(i18n.VI)); !utf8.ValidString(s) {
				t.Errorf("%q", s)
			}
		}
		Summary(form, a, ctx)
		Derive(form, a, ctx)
		kept := Clean(form, a, ctx)
		for k := range kept {
			if form.GroupOf(k) == "" {
				t.Errorf("%q is kept and never asked", k)
			}
		}
		if faults != nil {
			return
		}
		again := Clean(form, kept, ctx)
		if len(again) != len(kept) || Hash(form, a, ctx) != Hash(form, kept, ctx) {
			t.Errorf("cleaning again changes %v to %v", kept, again)
		}
	})
}
