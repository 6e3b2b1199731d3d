// Package duecmd is the command that settles a dispute about a due moment: it
// counts by a calendar file and prints one line of JSON.
package duecmd

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/worktime"
)

// Locale is what the command says, in every language.
//
//go:embed locale
var Locale embed.FS

// The exit codes of Run.
const (
	Counted   = 0 // a due moment was printed
	Failed    = 1 // the answer could not be written
	Refused   = 2 // the flags or the calendar file are wrong; a sentence is on stderr
	NoAnswer  = 3 // the calendar lacks a year: "due":null and "missing_year" were printed, why is on stderr
	maxPauses = 10_000
)

// answer is the line that is printed. Steps hold sentences with --explain, else none.
type answer struct {
	Due     *string  `json:"due"`
	Missing int      `json:"missing_year,omitempty"`
	Steps   []string `json:"steps"`
}

// order is what the flags ask for.
type order struct {
	calendar string
	from     time.Time
	minutes  *int64
	days     *int
	back     bool
	explain  bool
	pauses   []worktime.Pause
	seen     map[string]bool
}

// Run counts a due moment:
//
//	due --calendar FILE --from RFC3339 (--minutes N | --days N) [--back] [--pause FROM/TO]… [--explain]
//
// The line is {"due":"RFC3339","steps":[…]}, the moment in the calendar's zone. Run
// reads nothing but the file and prints sentences with t.
func Run(args []string, stdout, stderr io.Writer, t i18n.T) int {
	if slices.Contains(args, "--help") || slices.Contains(args, "-h") {
		return printed(fmt.Fprintln(stdout, t.Say("due.usage")))
	}
	o, err := parse(args)
	var cal *worktime.Calendar
	if err == nil {
		cal, err = read(o.calendar)
	}
	var due worktime.Due
	if err == nil {
		due, err = o.count(cal)
	}
	if err != nil {
		complain(stderr, t, err)
		return Refused
	}
	a := answer{Missing: due.Missing, Steps: []string{}}
	if o.explain {
		a.Steps = worktime.Explain(t, due.Steps)
	}
	code := Counted
	if due.Known() {
		at := due.At.Format(time.RFC3339Nano)
		a.Due = &at
	} else {
		code = NoAnswer
		fmt.Fprintln(stderr, due.Steps[len(due.Steps)-1].Say(t))
	}
	enc := json.NewEncoder(stdout)
	enc.SetEscapeHTML(false)
	if enc.Encode(a) != nil {
		return Failed
	}
	return code
}

func printed(_ int, err error) int {
	if err != nil {
		return Failed
	}
	return Counted
}

func (o order) count(cal *worktime.Calendar) (worktime.Due, error) {
	switch {
	case o.minutes != nil && o.back:
		return cal.BackMinutes(o.from, *o.minutes, o.pauses...)
	case o.minutes != nil:
		return cal.AddMinutes(o.from, *o.minutes, o.pauses...)
	case o.back:
		return cal.BackDays(o.from, *o.days, o.pauses...)
	default:
		return cal.AddDays(o.from, *o.days, o.pauses...)
	}
}

func read(path string) (*worktime.Calendar, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.Because(fault.Invalid, "due.no_file", err, "file", path)
	}
	cal, err := worktime.ReadFile(f)
	return cal, errors.Join(err, f.Close())
}

// complain says what is wrong: one sentence, or one line for each fault in a file.
func complain(w io.Writer, t i18n.T, err error) {
	e := fault.Of(err)
	if len(e.Fields) == 0 {
		fmt.Fprintln(w, t.Say(e.Key, e.Args...))
	}
	for _, f := range e.Fields {
		fmt.Fprintln(w, t.Say("due.at_place", "place", f.Name, "what", t.Say(f.Key, f.Args...)))
	}
	if e.Kind == fault.Invalid && strings.HasPrefix(e.Key, "due.") {
		fmt.Fprintln(w, t.Say("due.usage"))
	}
}

func refuse(key string, pairs ...any) error { return fault.New(fault.Invalid, key, pairs...) }

// parse reads the flags, written --name value or --name=value.
func parse(args []string) (order, error) {
	o := order{seen: map[string]bool{}}
	for len(args) > 0 {
		name, value, joined := strings.Cut(args[0], "=")
		args = args[1:]
		name, ok := flagName(name)
		if !ok {
			return o, refuse("due.unknown_flag", "flag", name)
		}
		if o.seen[name] && name != "pause" {
			return o, refuse("due.flag_twice", "flag", name)
		}
		o.seen[name] = true
		if name == "back" || name == "explain" {
			if err := o.switchOn(name, value, joined); err != nil {
				return o, err
			}
			continue
		}
		if !joined {
			if len(args) == 0 {
				return o, refuse("due.value_needed", "flag", name)
			}
			value, args = args[0], args[1:]
		}
		if err := o.set(name, value); err != nil {
			return o, err
		}
	}
	return o, o.complete()
}

func flagName(s string) (string, bool) {
	name := strings.TrimPrefix(strings.TrimPrefix(s, "-"), "-")
	switch name {
	case "calendar", "from", "minutes", "days", "back", "pause", "explain":
		return name, name != s
	}
	return s, false
}

func (o *order) switchOn(name, value string, joined bool) error {
	on := true
	if joined {
		var err error
		if on, err = strconv.ParseBool(value); err != nil {
			return refuse("due.bad_switch", "flag", name, "value", value)
		}
	}
	if name == "back" {
		o.back = on
	} else {
		o.explain = on
	}
	return nil
}

func (o *order) set(name, value string) error {
	switch name {
	case "calendar":
		o.calendar = value
	case "from":
		at, err := moment(value)
		o.from = at
		if err != nil {
			return refuse("due.bad_moment", "flag", name, "value", value)
		}
	case "pause":
		return o.pause(value)
	default:
		n, err := strconv.ParseInt(value, 10, 64)
		if errors.Is(err, strconv.ErrRange) {
			return refuse("worktime.too_much")
		}
		if err != nil || n < 0 {
			return refuse("due.bad_number", "flag", name, "value", value)
		}
		if name == "minutes" {
			o.minutes = &n
			return nil
		}
		days := int(n)
		o.days = &days
	}
	return nil
}

func (o *order) pause(value string) error {
	from, to, cut := strings.Cut(value, "/")
	a, errA := moment(from)
	b, errB := moment(to)
	if !cut || errA != nil || errB != nil {
		return refuse("due.bad_pause", "value", value)
	}
	if b.Before(a) {
		return refuse("due.pause_reversed", "value", value)
	}
	if len(o.pauses) == maxPauses {
		return refuse("due.too_many_pauses", "limit", maxPauses)
	}
	o.pauses = append(o.pauses, worktime.Pause{From: a, To: b})
	return nil
}

func moment(s string) (time.Time, error) { return time.Parse(time.RFC3339, s) }

func (o order) complete() error {
	switch {
	case o.calendar == "":
		return refuse("due.flag_needed", "flag", "calendar")
	case !o.seen["from"]:
		return refuse("due.flag_needed", "flag", "from")
	case (o.minutes == nil) == (o.days == nil):
		return refuse("due.minutes_or_days")
	}
	return nil
}
