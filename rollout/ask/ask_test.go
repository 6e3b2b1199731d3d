package ask

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"lotrinh/internal/kit/fault"
)

const form = `{"fields":[
 {"key":"received","kind":"number","label":"Hồ sơ tiếp nhận","must":true,"figure":"dossiers.received"},
 {"key":"open","kind":"yes_no","label":"Một cửa mở cửa","must":true,"criterion":"one-stop"},
 {"key":"mood","kind":"choice","label":"Đánh giá","options":[{"value":"good","label":"Tốt"},{"value":"bad","label":"Kém"}]},
 {"key":"said","kind":"text","label":"Khó khăn"},
 {"key":"broken","kind":"table","label":"Thiết bị hỏng","columns":[{"key":"what","kind":"text","label":"Thiết bị"},{"key":"n","kind":"number","label":"Số lượng"}]}]}`

func parsed(t *testing.T) Form {
	t.Helper()
	f, err := Parse([]byte(form))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAFormThatCannotBeAskedIsRefused(t *testing.T) {
	for name, raw := range map[string]string{
		"nothing":                  `{"fields":[]}`,
		"not JSON":                 `{"fields":`,
		"two things":               `{"fields":[{"key":"a","kind":"text","label":"A"}]}{}`,
		"an unknown word":          `{"fields":[{"key":"a","kind":"text","label":"A","colour":"red"}]}`,
		"an unknown kind":          `{"fields":[{"key":"a","kind":"date","label":"A"}]}`,
		"a key twice":              `{"fields":[{"key":"a","kind":"text","label":"A"},{"key":"a","kind":"text","label":"B"}]}`,
		"a key with a dot":         `{"fields":[{"key":"a.b","kind":"text","label":"A"}]}`,
		"no label":                 `{"fields":[{"key":"a","kind":"text"}]}`,
		"a choice of one":          `{"fields":[{"key":"a","kind":"choice","label":"A","options":[{"value":"x","label":"X"}]}]}`,
		"a table without columns":  `{"fields":[{"key":"a","kind":"table","label":"A"}]}`,
		"a figure of a text":       `{"fields":[{"key":"a","kind":"text","label":"A","figure":"x"}]}`,
		"a criterion of a number":  `{"fields":[{"key":"a","kind":"number","label":"A","criterion":"x"}]}`,
		"options of a plain field": `{"fields":[{"key":"a","kind":"text","label":"A","options":[{"value":"x","label":"X"},{"value":"y","label":"Y"}]}]}`,
	} {
		if _, err := Parse([]byte(raw)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatWasTypedIsReadAndJudged(t *testing.T) {
	f := parsed(t)
	typed := map[string]string{"a.received": " 1.204 ", "a.open": "yes", "a.broken.1.what": "Máy in", "a.broken.1.n": "2", "a.said": "", "a.other": "x"}
	a := f.Read(func(n string) string { return typed[n] })
	if a.Values["received"] != "1204" || len(a.Values) != 2 || len(a.Tables["broken"]) != 1 || a.Tables["broken"][0][1] != "2" {
		t.Fatalf("%+v", a)
	}
	if err := f.Complete(a); err != nil {
		t.Error(err)
	}
	for name, wrong := range map[string]Answers{
		"letters for a number": {Values: map[string]string{"received": "nhiều"}},
		"less than nothing":    {Values: map[string]string{"received": "-1"}},
		"too much":             {Values: map[string]string{"received": "9000000000000"}},
		"maybe":                {Values: map[string]string{"open": "maybe"}},
		"no such choice":       {Values: map[string]string{"mood": "fair"}},
		"what nobody asked":    {Values: map[string]string{"other": "x"}},
		"a short row":          {Tables: map[string][][]string{"broken": {{"Máy in"}}}},
		"a number in a cell":   {Tables: map[string][][]string{"broken": {{"Máy in", "hai"}}}},
	} {
		if err := f.Judge(wrong); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	none := Answers{}
	if err := f.Complete(none); len(fault.Of(err).Fields) != 2 {
		t.Errorf("both that must be answered: %v", err)
	}
	if done, of := f.Filled(a); done != 2 || of != 2 {
		t.Error(done, of)
	}
}

func TestWhatIsKnownStandsOnlyWhereNobodyAnswered(t *testing.T) {
	f := parsed(t)
	a := f.Prefill(Answers{Values: map[string]string{"said": "x"}}, map[string]int64{"received": 7, "said": 3, "gone": 1})
	if a.Values["received"] != "7" || a.Values["said"] != "x" || len(a.Values) != 2 {
		t.Errorf("%+v", a)
	}
	if again := f.Prefill(a, map[string]int64{"received": 9}); again.Values["received"] != "7" {
		t.Errorf("%+v", again)
	}
}

func TestTheSumOverAllIsTheSumOverItsParts(t *testing.T) {
	f, r := parsed(t), rand.New(rand.NewPCG(1, 6))
	for range 200 {
		all := make([]Answers, r.IntN(30))
		for i := range all {
			all[i] = Answers{Values: map[string]string{"received": strconv.Itoa(r.IntN(500)), "open": []string{Yes, No, ""}[r.IntN(3)]}}
		}
		at := 0
		if len(all) > 0 {
			at = r.IntN(len(all))
		}
		left, right, whole := f.Roll(all[:at]), f.Roll(all[at:]), f.Roll(all)
		for key, n := range right {
			left[key] += n
		}
		if !maps.Equal(left, whole) {
			t.Fatalf("%v, in parts %v", whole, left)
		}
	}
}

func FuzzAFormThatWasTakenCanBeAsked(f *testing.F) {
	for _, seed := range []string{form, `{"fields":[{"key":"a","kind":"text","label":"A"}]}`, `{}`, `[]`} {
		f.Add([]byte(seed), "12")
	}
	f.Fuzz(func(t *testing.T, raw []byte, typed string) {
		form, err := Parse(raw)
		if err != nil {
			return
		}
		a := form.Read(func(string) string { return typed })
		kept, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		var back Answers
		if err := json.Unmarshal(kept, &back); err != nil {
			t.Fatal(err)
		}
		if (form.Judge(a) == nil) != (form.Judge(back) == nil) {
			t.Fatal("kept answers are judged as typed ones")
		}
		if done, of := form.Filled(a); done > of || int(of) > len(form.Fields) || !slices.IsSorted([]int64{0, done, of}) {
			t.Fatal(done, of)
		}
	})
}
