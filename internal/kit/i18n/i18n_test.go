package i18n

import (
	"testing"
	"testing/fstest"
	"time"
)

func source(vi, en string) fstest.MapFS {
	return fstest.MapFS{"locale/vi.json": {Data: []byte(vi)}, "locale/en.json": {Data: []byte(en)}}
}

func TestSay(t *testing.T) {
	c, err := Load(source(`{"a.b":"Còn {n} xã, hạn {due}","a.k":"bước {stage}","s":"chạy thử"}`,
		`{"a.b":"{n} {n:commune|communes} left, due {due}","a.k":"stage {stage}","s":"trial"}`))
	if err != nil {
		t.Fatal(err)
	}
	due := time.Date(2016, 11, 10, 1, 30, 0, 0, time.UTC)
	for _, tc := range []struct {
		lang      Lang
		got, want string
	}{
		{VI, c.In(VI).Say("a.b", "n", 1234, "due", due), "Còn 1.234 xã, hạn 10/11/2016 08:30"},
		{EN, c.In(EN).Say("a.b", "n", 1, "due", due), "1 commune left, due 10/11/2016 08:30"},
		{VI, c.In("fr").Say("a.k", "stage", Key("s")), "bước chạy thử"},
		{VI, c.In(VI).Say("nobody.wrote.this"), "⟦nobody.wrote.this⟧"},
		{VI, c.In(VI).Decimal(-1234.56, 2), "-1.234,56"},
		{EN, c.In(EN).Percent(0.8333), "83.3%"},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %q, want %q", tc.lang, tc.got, tc.want)
		}
	}
}

func TestLoadRefusesGapsAndRepeats(t *testing.T) {
	if _, err := Load(source(`{"a":"x"}`, `{}`)); err == nil {
		t.Error("a sentence in one language only was let in")
	}
	if _, err := Load(source(`{"a":"x"}`, `{"a":"x"}`), source(`{"a":"y"}`, `{"a":"y"}`)); err == nil {
		t.Error("a key said twice was let in")
	}
}
