package worktime

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lotrinh/internal/kit/i18n"
)

// Step is one sentence of how a moment was counted, with what it contributes to
// the sum: working time, working days, paused working time.
type Step struct {
	Key    string
	Args   []any
	Time   time.Duration
	Days   int
	Paused time.Duration
}

// Moment is an instant inside a sentence, read in the calendar's own zone.
type Moment struct{ time.Time }

// Amount is a length of working time inside a sentence.
type Amount time.Duration

// Piece is one stretch of a day; both ends are in the calendar's zone.
type Piece struct{ From, To time.Time }

// Pieces are the stretches of one day inside a sentence.
type Pieces []Piece

// Say is the sentence of a step.
func (s Step) Say(t i18n.T) string {
	args := make([]any, len(s.Args))
	for i, a := range s.Args {
		args[i] = speak(t, a)
	}
	said := t.Say(s.Key, args...)
	first, size := utf8.DecodeRuneInString(said) // a sentence may open with the name of a day
	return string(unicode.ToUpper(first)) + said[size:]
}

// Explain is the sentences of all steps; never nil.
func Explain(t i18n.T, steps []Step) []string {
	all := make([]string, len(steps))
	for i, s := range steps {
		all[i] = s.Say(t)
	}
	return all
}

func speak(t i18n.T, v any) any {
	switch v := v.(type) {
	case Moment:
		return t.Say("worktime.moment", "time", wall(v.Time), "day", speakDay(t, DayOf(v.Date())))
	case Day:
		return speakDay(t, v)
	case Amount:
		return SayAmount(t, time.Duration(v))
	case Pieces:
		return v.say(t)
	default:
		return v
	}
}

func speakDay(t i18n.T, d Day) string {
	return t.Say("worktime.day", "weekday", i18n.Key("worktime."+dayNames[d.Weekday()]), "date", d.midnight().Format("02/01/2006"))
}

// wall writes a time of day, with seconds only where there are some.
func wall(t time.Time) string {
	switch {
	case t.Nanosecond() != 0:
		return t.Format("15:04:05.999999999")
	case t.Second() != 0:
		return t.Format("15:04:05")
	default:
		return t.Format("15:04")
	}
}

// SayAmount writes a length of working time: 3 giờ 30 phút.
func SayAmount(t i18n.T, d time.Duration) string {
	if d < 0 {
		return t.Say("worktime.minus", "amount", SayAmount(t, -d))
	}
	var parts []string
	say := func(n int64, key string) {
		if n != 0 {
			parts = append(parts, t.Say(key, "n", n))
		}
	}
	say(int64(d/time.Hour), "worktime.hours")
	say(int64(d%time.Hour/time.Minute), "worktime.minutes")
	say(int64(d%time.Minute/time.Second), "worktime.seconds")
	if rest := d % time.Second; rest != 0 {
		parts = append(parts, rest.String())
	}
	if len(parts) == 0 {
		return t.Say("worktime.minutes", "n", 0)
	}
	return strings.Join(parts, " ")
}

func (all Pieces) say(t i18n.T) string {
	var sum time.Duration
	parts := make([]string, len(all))
	for i, p := range all {
		d := p.To.Sub(p.From)
		sum += d
		parts[i] = t.Say("worktime.piece", "from", wall(p.From), "to", p.end(), "amount", SayAmount(t, d))
	}
	s := strings.Join(parts, t.Say("worktime.and"))
	if len(all) > 1 {
		s += t.Say("worktime.equals", "amount", SayAmount(t, sum))
	}
	return s
}

// end writes the end of a stretch; midnight closes the day as 24:00.
func (p Piece) end() string {
	if s := wall(p.To); s != "00:00" {
		return s
	}
	return Midnight.String()
}
