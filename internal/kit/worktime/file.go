package worktime

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"lotrinh/internal/kit/fault"
)

// MaxFile is how many bytes a calendar file may have.
const MaxFile = 1 << 20

// ReadFile reads a calendar file:
//
//	{"timezone":"Asia/Ho_Chi_Minh",
//	 "week":{"mon":[["08:00","12:00"],["13:30","17:30"]]},
//	 "days_off":["2017-01-26"],
//	 "special_days":{"2025-04-26":[["08:00","12:00"]]},
//	 "years":[2017,2025]}
//
// The zone is any IANA name; a weekday left out is a rest day; 24:00 is a valid
// end; a special day without intervals is off, and one that is also listed as a day
// off keeps its special hours. Without "years" the file covers all years. Whatever
// is unknown, said twice, out of order or impossible is refused, everything at
// once, each fault at its place.
func ReadFile(r io.Reader) (*Calendar, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, fault.Because(fault.Unavailable, "worktime.file.unreadable", err)
	}
	if len(raw) > MaxFile {
		return nil, fault.New(fault.TooLarge, "worktime.file.too_large", "limit", MaxFile/1024)
	}
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))))
	d.UseNumber()
	root, err := parse(d, 0)
	if err == nil {
		if _, end := d.Token(); !errors.Is(end, io.EOF) {
			err = errors.New("something follows the calendar")
		}
	}
	if err != nil {
		line, column := position(raw, d.InputOffset())
		return nil, fault.Because(fault.Invalid, "worktime.file.not_json", err, "line", line, "column", column)
	}
	f := file{spec: Spec{Off: map[Day]string{}, Special: map[Day]Special{}}}
	f.read(root)
	if err := f.k.Err(); err != nil {
		return nil, err
	}
	return build(f.spec), nil
}

func position(raw []byte, offset int64) (line, column int) {
	before := raw[:min(int(offset), len(raw))]
	return bytes.Count(before, []byte("\n")) + 1, len(before) - bytes.LastIndexByte(before, '\n')
}

// member is one field of a JSON object, in the order of the file.
type member struct {
	name  string
	value any
}

type object []member

// parse reads one JSON value: object, []any, string, json.Number, bool, nil.
func parse(d *json.Decoder, depth int) (any, error) {
	tok, err := d.Token()
	if err != nil {
		return nil, err
	}
	delim, ok := tok.(json.Delim)
	if !ok {
		return tok, nil
	}
	if depth > 8 {
		return nil, errors.New("nested too deep")
	}
	var list []any
	var obj object
	for d.More() {
		name := ""
		if delim == '{' {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			name = fmt.Sprint(key)
		}
		v, err := parse(d, depth+1)
		if err != nil {
			return nil, err
		}
		list, obj = append(list, v), append(obj, member{name, v})
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if delim == '{' {
		return obj, nil
	}
	return list, nil
}

// file gathers a calendar and what is wrong with it.
type file struct {
	k    fault.Check
	spec Spec
}

func (f *file) read(root any) {
	top, ok := root.(object)
	f.k.Need(ok, "{}", "worktime.file.want_object")
	if !ok {
		return
	}
	seen := f.once("", top)
	f.k.Need(seen["timezone"], "timezone", "worktime.file.zone_needed")
	f.k.Need(seen["week"], "week", "worktime.file.week_needed")
	for _, m := range top {
		switch m.name {
		case "timezone":
			f.zone(m.value)
		case "week":
			f.week(m.value)
		case "days_off":
			f.daysOff(m.value)
		case "special_days":
			f.special(m.value)
		case "years":
			f.years(m.value)
		default:
			f.k.Need(false, clip(m.name), "worktime.file.unknown_field")
		}
	}
}

// once refuses fields said twice and tells which are there.
func (f *file) once(place string, o object) map[string]bool {
	seen := map[string]bool{}
	for _, m := range o {
		f.k.Need(!seen[m.name], place+clip(m.name), "worktime.file.twice")
		seen[m.name] = true
	}
	return seen
}

func (f *file) zone(v any) {
	name, ok := v.(string)
	f.k.Need(ok, "timezone", "worktime.file.want_text")
	if !ok {
		return
	}
	zone, err := time.LoadLocation(name)
	ok = err == nil && name != "" && name != "Local"
	f.k.Need(ok, "timezone", "worktime.file.zone_unknown", "zone", clip(name))
	f.spec.Zone = zone
}

func (f *file) week(v any) {
	o, ok := v.(object)
	f.k.Need(ok, "week", "worktime.file.want_object")
	f.once("week.", o)
	for _, m := range o {
		d := slices.Index(dayNames[:], m.name)
		if d < 0 {
			f.k.Need(false, "week."+clip(m.name), "worktime.file.unknown_weekday")
			continue
		}
		f.spec.Week[d] = f.spans("week."+m.name, m.value)
	}
}

func (f *file) daysOff(v any) {
	list, ok := v.([]any)
	f.k.Need(ok, "days_off", "worktime.file.want_list")
	for i, v := range list {
		place := "days_off[" + strconv.Itoa(i) + "]"
		s, ok := v.(string)
		f.k.Need(ok, place, "worktime.file.want_text")
		if !ok {
			continue
		}
		if d, ok := f.date(place, s); ok {
			f.spec.Off[d] = ""
		}
	}
}

func (f *file) special(v any) {
	o, ok := v.(object)
	f.k.Need(ok, "special_days", "worktime.file.want_object")
	f.once("special_days.", o)
	for _, m := range o {
		place := "special_days." + clip(m.name)
		d, ok := f.date(place, m.name)
		spans := f.spans(place, m.value)
		if ok {
			f.spec.Special[d] = Special{Hours: spans}
		}
	}
}

func (f *file) years(v any) {
	list, ok := v.([]any)
	f.k.Need(ok && len(list) > 0, "years", "worktime.file.want_years")
	f.spec.Years = map[int]Status{}
	for i, v := range list {
		n, _ := v.(json.Number)
		y, err := strconv.Atoi(n.String())
		ok := err == nil && y >= FirstYear && y <= LastYear
		f.k.Need(ok, "years["+strconv.Itoa(i)+"]", "worktime.file.bad_year", "first", yearText(FirstYear), "last", yearText(LastYear))
		f.spec.Years[y] = Confirmed
	}
}

func (f *file) date(place, s string) (Day, bool) {
	d, err := ParseDay(s)
	f.k.Need(err == nil, place, "worktime.file.bad_date", "date", clip(s))
	return d, err == nil
}

func (f *file) spans(place string, v any) []Span {
	list, ok := v.([]any)
	f.k.Need(ok, place, "worktime.file.want_spans")
	var all []Span
	good := true
	for i, v := range list {
		s, ok := f.span(place+"["+strconv.Itoa(i)+"]", v)
		good = good && ok
		all = append(all, s)
	}
	if good {
		checkSpans(&f.k, place, all)
	}
	return all
}

func (f *file) span(place string, v any) (Span, bool) {
	pair, _ := v.([]any)
	if len(pair) != 2 {
		f.k.Need(false, place, "worktime.file.want_pair")
		return Span{}, false
	}
	var at [2]Minute
	good := true
	for i, v := range pair {
		s, isText := v.(string)
		m, err := ParseMinute(s)
		ok := isText && err == nil && (i == 1 || m < Midnight)
		f.k.Need(ok, place, "worktime.file.bad_time", "time", clip(s))
		at[i], good = m, good && ok
	}
	return Span{at[0], at[1]}, good
}

// clip keeps what somebody wrote short enough to be quoted in a sentence.
func clip(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
