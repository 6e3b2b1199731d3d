package worktime

import (
	"slices"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
)

func TestEveryFaultOfAFileIsNamedAtItsPlace(t *testing.T) {
	text := `{"timezone":"Asia/Hà Nội","colour":"blue","years":[2016,"2017",1492],
	"week":{"mon":[["08:00","12:00"],["11:00","17:00"]],"tue":[["12:00","08:00"]],"wed":[["8:00","12:00"]],"thu":[["08:00"]],"fri":"08:00",
	"sat":[["24:00","24:00"]],"monday":[],"sun":[["09:00","09:00"]]},
	"days_off":["2017-02-29",5,"hôm qua"],
	"special_days":{"2025-04-26":[["08:00","25:00"]],"26/04/2025":[],"2025-04-27":null}}`
	_, err := ReadFile(strings.NewReader(text))
	got := map[string]string{}
	for _, f := range fault.Of(err).Fields {
		got[f.Name] = strings.TrimPrefix(f.Key, "worktime.file.")
	}
	want := map[string]string{
		"timezone": "zone_unknown", "colour": "unknown_field", "years[1]": "bad_year", "years[2]": "bad_year",
		"week.mon[1]": "span_overlap", "week.tue[0]": "span_reversed", "week.wed[0]": "bad_time", "week.thu[0]": "want_pair",
		"week.fri": "want_spans", "week.sat[0]": "bad_time", "week.monday": "unknown_weekday", "week.sun[0]": "span_reversed",
		"days_off[0]": "bad_date", "days_off[1]": "want_text", "days_off[2]": "bad_date",
		"special_days.2025-04-26[0]": "bad_time", "special_days.26/04/2025": "bad_date", "special_days.2025-04-27": "want_spans",
	}
	for place, key := range want {
		if got[place] != key {
			t.Errorf("%s: %q, want %q", place, got[place], key)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d faults, want %d: %v", len(got), len(want), got)
	}
	said := words(t).In(i18n.VI)
	for _, f := range fault.Of(err).Fields {
		if s := said.Say(f.Key, f.Args...); strings.ContainsAny(s, "⟦{") {
			t.Errorf("%s: %s", f.Name, s)
		}
	}
}

func TestFilesThatAreRefusedWhole(t *testing.T) {
	for text, key := range map[string]string{
		``:                                      "worktime.file.not_json",
		`{"timezone":"UTC"`:                     "worktime.file.not_json",
		`{"timezone":"UTC"}}`:                   "worktime.file.not_json",
		`{} {}`:                                 "worktime.file.not_json",
		strings.Repeat(`[`, 100_000):            "worktime.file.not_json",
		`{"a":"` + strings.Repeat("x", MaxFile): "worktime.file.too_large",
		`[]`:                                    "fault.invalid",
		`{}`:                                    "fault.invalid",
		`{"timezone":"Local","week":{}}`:        "fault.invalid",
		`{"timezone":"","week":{}}`:             "fault.invalid",
		`{"timezone":"../../etc/zone","week":{}}`:       "fault.invalid",
		`{"timezone":"UTC","week":{},"week":{}}`:        "fault.invalid",
		`{"timezone":"UTC","week":null}`:                "fault.invalid",
		`{"timezone":"UTC","week":{},"years":[]}`:       "fault.invalid",
		`{"timezone":"UTC","week":{"mon":[],"mon":[]}}`: "fault.invalid",
	} {
		if _, err := ReadFile(strings.NewReader(text)); !fault.HasKey(err, key) {
			t.Errorf("%.60s: %v, want %s", text, err, key)
		}
	}
}

func TestFilesThatAreRead(t *testing.T) {
	c := calendar(t, "\ufeff"+`{"week":{"mon":[["00:00","12:00"],["12:00","24:00"]],"tue":[]},"timezone":"Europe/Berlin",
	"days_off":["2016-11-14","2016-11-14"],"special_days":{"2016-11-14":[["09:00","10:00"]],"2016-11-21":[]},"years":[2016,2016]}`)
	if c.Zone().String() != "Europe/Berlin" || !c.Knows(2016) || c.Knows(2017) {
		t.Error("zone or years are lost")
	}
	for day, want := range map[string][]Span{"2016-11-07": {{0, 720}, {720, 1440}}, "2016-11-08": nil, "2016-11-14": {{540, 600}}, "2016-11-21": nil} {
		d, err := ParseDay(day)
		if err != nil || !slices.Equal(c.Hours(d), want) {
			t.Errorf("%s: %v, want %v", day, c.Hours(d), want)
		}
	}
}

// Whatever a file holds, reading it and counting by it ends, and counting there and
// back again returns.
func FuzzCalendarFile(f *testing.F) {
	f.Add([]byte(hanoi2017), int64(1478739600), uint16(90))
	f.Add([]byte(`{"timezone":"America/New_York","week":{"sun":[["00:00","24:00"]]},"years":[2016]}`), int64(1478412000), uint16(1440))
	f.Add([]byte(`{"timezone":"Australia/Lord_Howe","week":{},"special_days":{"2017-01-02":[["08:00","09:00"]]}}`), int64(0), uint16(60))
	f.Fuzz(func(t *testing.T, text []byte, from int64, n uint16) {
		c, err := ReadFile(strings.NewReader(string(text)))
		if err != nil {
			if k := fault.Of(err).Kind; k != fault.Invalid && k != fault.TooLarge {
				t.Fatal(err)
			}
			return
		}
		start := time.Unix(from%4_000_000_000, 0)
		due, err := c.AddMinutes(start, int64(n))
		if err != nil || !due.Known() {
			return
		}
		if due.At.Before(start) {
			t.Fatalf("%s + %d min = %s", start, n, due.At)
		}
		worked, err := c.Between(start, due.At)
		if err != nil || worked.Known() && worked.Time != time.Duration(n)*time.Minute {
			t.Fatalf("between %s and %s lie %s, want %d min", start, due.At, worked.Time, n)
		}
		for _, back := range []bool{false, true} {
			days, err := c.days(start, int(n%400), back, nil)
			if err == nil && days.Known() && days.At.Before(start) != back && !days.At.Equal(start) && n%400 > 0 {
				t.Fatalf("%d days from %s (back %v) = %s", n%400, start, back, days.At)
			}
		}
	})
}
