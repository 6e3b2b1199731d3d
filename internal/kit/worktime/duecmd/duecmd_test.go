package duecmd

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/worktime"
)

const office = `{"timezone":"Asia/Ho_Chi_Minh","week":{"mon":[["08:00","12:00"],["13:30","17:30"]],
"tue":[["08:00","12:00"],["13:30","17:30"]],"wed":[["08:00","12:00"],["13:30","17:30"]],
"thu":[["08:00","12:00"],["13:30","17:30"]],"fri":[["08:00","12:00"],["13:30","17:30"]]},
"days_off":["2017-01-26","2025-04-26"],"special_days":{"2025-04-26":[["08:00","12:00"]]},"years":[2016,2017,2025]}`

const night = `{"timezone":"Europe/Berlin","week":{"sat":[["20:00","24:00"]],"sun":[["00:00","06:00"]]}}`

const newYork = `{"timezone":"America/New_York","week":{"mon":[["09:00","17:00"]],"tue":[["09:00","17:00"]],"wed":[["09:00","17:00"]],"thu":[["09:00","17:00"]],"fri":[["09:00","17:00"]]}}`

func run(t *testing.T, file string, args ...string) (code int, out, errs string) {
	t.Helper()
	words, err := i18n.Load(Locale, worktime.Locale)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "calendar.json")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	code = Run(append([]string{"--calendar", path}, args...), &stdout, &stderr, words.In(i18n.VI))
	return code, stdout.String(), stderr.String()
}

func TestDueIsOneLineOfJSON(t *testing.T) {
	for _, tc := range []struct{ name, file, args, want string }{
		{"minutes", office, "--from 2016-11-10T11:45:00+07:00 --minutes 30", "2016-11-10T13:45:00+07:00"},
		{"from another zone", office, "--from 2016-11-10T04:45:00Z --minutes 30", "2016-11-10T13:45:00+07:00"},
		{"joined flags", office, "--from=2016-11-10T11:45:00+07:00 --minutes=30 --back=false", "2016-11-10T13:45:00+07:00"},
		{"back", office, "--from 2016-11-10T13:45:00+07:00 --minutes 30 --back", "2016-11-10T11:45:00+07:00"},
		{"days", office, "--from 2016-11-10T20:00:00+07:00 --days 1", "2016-11-14T08:00:00+07:00"},
		{"days back", office, "--from 2016-11-14T09:00:00+07:00 --days 1 --back", "2016-11-11T09:00:00+07:00"},
		{"part of a second", office, "--from 2016-11-10T11:59:59.25+07:00 --minutes 1", "2016-11-10T13:30:59.25+07:00"},
		{"two pauses", office, "--from 2016-11-10T08:00:00+07:00 --minutes 60 --pause 2016-11-10T08:30:00+07:00/2016-11-10T09:00:00+07:00 --pause 2016-11-10T01:45:00Z/2016-11-10T02:30:00Z", "2016-11-10T10:00:00+07:00"},
		{"special hours win over a day off", office, "--from 2025-04-25T17:00:00+07:00 --minutes 60", "2025-04-26T08:30:00+07:00"},
		{"over midnight", night, "--from 2016-11-12T20:00:00+01:00 --minutes 300", "2016-11-13T01:00:00+01:00"},
		{"up to 24:00", night, "--from 2016-11-12T20:00:00+01:00 --minutes 240", "2016-11-13T00:00:00+01:00"},
		{"clocks put forward", night, "--from 2016-03-26T20:00:00+01:00 --minutes 480", "2016-03-27T05:00:00+02:00"},
		{"clocks put back", night, "--from 2016-10-29T20:00:00+02:00 --minutes 480", "2016-10-30T03:00:00+01:00"},
		{"New York over the change", newYork, "--from 2016-03-11T16:30:00-05:00 --minutes 60", "2016-03-14T09:30:00-04:00"},
		{"New York, days", newYork, "--from 2016-11-04T16:30:00-04:00 --days 1", "2016-11-07T16:30:00-05:00"},
		{"a zone without offset", strings.Replace(newYork, "America/New_York", "UTC", 1), "--from 2016-11-04T16:30:00Z --minutes 31", "2016-11-07T09:01:00Z"},
	} {
		code, out, errs := run(t, tc.file, strings.Fields(tc.args)...)
		if want := `{"due":"` + tc.want + `","steps":[]}` + "\n"; code != Counted || out != want || errs != "" {
			t.Errorf("%s: %d %q %q, want %q", tc.name, code, out, errs, want)
		}
	}
}

func TestExplainSaysEveryDay(t *testing.T) {
	code, out, _ := run(t, office, "--from", "2017-01-25T16:00:00+07:00", "--minutes", "120", "--explain")
	var got struct {
		Due   string
		Steps []string
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil || code != Counted {
		t.Fatal(code, err)
	}
	want := []string{
		"Tính từ 16:00 thứ Tư, 25/01/2017: cộng 2 giờ làm việc.",
		"Thứ Tư, 25/01/2017: 16:00–17:30 (1 giờ 30 phút).",
		"Thứ Năm, 26/01/2017: ngày nghỉ, không tính.",
		"Thứ Sáu, 27/01/2017: 08:00–08:30 (30 phút).",
		"Hạn: 08:30 thứ Sáu, 27/01/2017.",
	}
	if strings.Join(got.Steps, "\n") != strings.Join(want, "\n") {
		t.Errorf("steps:\n%s", strings.Join(got.Steps, "\n"))
	}
}

func TestAMissingYearIsSaid(t *testing.T) {
	code, out, errs := run(t, office, "--from", "2017-12-29T17:00:00+07:00", "--days", "1")
	if want := `{"due":null,"missing_year":2018,"steps":[]}` + "\n"; code != NoAnswer || out != want || !strings.Contains(errs, "Chưa có lịch năm 2018") {
		t.Errorf("%d %q %q", code, out, errs)
	}
}

func TestWrongUseIsRefusedInWords(t *testing.T) {
	from := "--from 2016-11-10T11:45:00+07:00 "
	for _, tc := range []struct{ name, file, args, want string }{
		{"no from", office, "--minutes 30", "Thiếu --from."},
		{"neither", office, from, "một trong hai"},
		{"both", office, from + "--minutes 1 --days 1", "một trong hai"},
		{"twice", office, from + "--minutes 1 --minutes 2", "hai lần"},
		{"negative", office, from + "--minutes -1", "không âm"},
		{"no number", office, from + "--days một", "số nguyên"},
		{"too much", office, from + "--minutes 99999999999999999999", "quá dài"},
		{"much", office, from + "--days 9999999", "quá dài"},
		{"bad moment", office, "--from 2016-11-10 --days 1", "RFC 3339"},
		{"bad pause", office, from + "--days 1 --pause 2016-11-10T11:45:00+07:00", "TỪ/ĐẾN"},
		{"reversed pause", office, from + "--days 1 --pause 2016-11-10T11:45:00+07:00/2016-11-10T11:44:00+07:00", "trước khi bắt đầu"},
		{"unknown flag", office, from + "--days 1 --weeks 1", "--weeks"},
		{"a word", office, from + "--days 1 extra", "extra"},
		{"no value", office, from + "--days", "phải có giá trị"},
		{"bad switch", office, from + "--days 1 --back=maybe", "maybe"},
		{"not JSON", `{"timezone":`, from + "--days 1", "JSON"},
		{"bad calendar", `{"timezone":"Mars/Base","week":{"mon":[["12:00","08:00"]]}}`, from + "--days 1", "week.mon[0]"},
		{"never opens", `{"timezone":"UTC","week":{}}`, from + "--days 1", "không có giờ làm việc"},
	} {
		code, out, errs := run(t, tc.file, strings.Fields(tc.args)...)
		if code != Refused || out != "" || !strings.Contains(errs, tc.want) {
			t.Errorf("%s: %d %q %q", tc.name, code, out, errs)
		}
	}
	words, err := i18n.Load(Locale, worktime.Locale)
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if code := Run([]string{"--calendar", "/nowhere/at/all", "--from", "2016-11-10T11:45:00+07:00", "--days", "1"}, &out, &errs, words.In(i18n.EN)); code != Refused || !strings.Contains(errs.String(), "/nowhere/at/all") {
		t.Errorf("no file: %d %q", code, errs.String())
	}
	if code := Run([]string{"--help"}, &out, &errs, words.In(i18n.EN)); code != Counted || !strings.Contains(out.String(), "Usage: due") {
		t.Errorf("help: %d %q", code, out.String())
	}
	errs.Reset()
	if code := Run(nil, &out, &errs, words.In(i18n.EN)); code != Refused || !strings.Contains(errs.String(), "Usage: due") {
		t.Errorf("no flags: %d %q", code, errs.String())
	}
}
