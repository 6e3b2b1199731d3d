package i18n

import (
	"encoding/json"
	"testing"
	"time"
)

func TestAKeptLineReadsAsItWasSaid(t *testing.T) {
	c, err := Load(source(`{"a":"{n} {x} {k} {at} {s}","k":"một"}`, `{"a":"{n} {x} {k} {at} {s}","k":"one"}`))
	if err != nil {
		t.Fatal(err)
	}
	l := L("a", "n", 2048, "x", 1.5, "k", Key("k"), "at", time.Date(2016, 11, 8, 3, 0, 0, 0, time.UTC), "s", "")
	raw, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	var back Line
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	for _, lang := range Langs {
		if got, want := c.In(lang).Line(back), c.In(lang).Line(l); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}
