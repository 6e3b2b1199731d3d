package delta

import (
	"embed"
	"encoding/json"
	"strings"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/i18n"
	"lotrinh/reports/metric"
)

// Locale is the words for the fields that are known.
//
//go:embed locale
var Locale embed.FS

// Place is where a change lies, in words: "huyện Gia Lâm, chính thức".
func (c Change) Place(t i18n.T) string {
	var said []string
	for _, s := range c.Steps {
		switch key := "delta.item." + s.Field; {
		case s.Item != "" && t.Has("metric."+firstWord(s.Item)):
			said = append(said, t.Say("metric."+firstWord(s.Item)), s.Name)
		case s.Item != "" && t.Has(key):
			said = append(said, t.Say(key, "name", s.called(t)))
		case s.Item != "" && s.Name != "":
			said = append(said, s.Name)
		case s.Item == "" && s.Name != "":
			said = append(said, s.Name)
		case s.Item != "":
			said = append(said, field(t, s.Field)+" "+s.called(t))
		case t.Has("delta.group." + s.Field):
			// a group of figures that the places inside say by themselves
		default:
			said = append(said, field(t, s.Field))
		}
	}
	return strings.Join(said, ", ")
}

func (s Step) called(t i18n.T) string {
	if s.Name != "" {
		return s.Name
	}
	if at, err := clock.ParseDate(s.Item); err == nil {
		return t.Day(at)
	}
	return s.Item
}

func field(t i18n.T, name string) string {
	for _, key := range []string{"delta.field." + name, "metric." + name} {
		if t.Has(key) {
			return t.Say(key)
		}
	}
	return strings.ReplaceAll(name, "_", " ")
}

// Say is a change in one sentence: "huyện Gia Lâm, chính thức: 16 → 17".
func (c Change) Say(t i18n.T) string {
	place := c.Place(t)
	switch {
	case c.Kind == Added && string(c.Now) == "null":
		return t.Say("delta.added", "place", place)
	case c.Kind == Removed && string(c.Was) == "null":
		return t.Say("delta.removed", "place", place)
	}
	return t.Say("delta.changed", "place", place, "was", c.Before(t), "now", c.After(t))
}

// Before is the older value in words.
func (c Change) Before(t i18n.T) string { return clip(c.word(t, c.Was)) }

// After is the newer value in words.
func (c Change) After(t i18n.T) string { return clip(c.word(t, c.Now)) }

// longest is the most characters of a value in a sentence; the change keeps all of it.
const longest = 100

func clip(s string) string {
	if r := []rune(s); len(r) > longest {
		return strings.TrimSpace(string(r[:longest])) + "…"
	}
	return s
}

func (c Change) word(t i18n.T, raw json.RawMessage) string {
	var v any
	if len(raw) == 0 || json.Unmarshal(raw, &v) != nil {
		return ""
	}
	switch v := v.(type) {
	case nil:
		return t.Say("delta.none")
	case bool:
		if v {
			return t.Say("delta.yes")
		}
		return t.Say("delta.no")
	case float64:
		if v == float64(int64(v)) {
			return t.Int(int64(v))
		}
		return t.Decimal(v, 2)
	case string:
		return c.text(t, v)
	case []any:
		return c.list(t, raw)
	}
	var value metric.Value
	if o, is := v.(map[string]any); is && o["n"] != nil && json.Unmarshal(raw, &value) == nil {
		return c.figure(t, value)
	}
	var l i18n.Line
	if json.Unmarshal(raw, &l) == nil && t.Has(l.Key) {
		return t.Line(l)
	}
	return string(raw)
}

// figure is the value of the metric that the change lies in.
func (c Change) figure(t i18n.T, v metric.Value) string {
	var m metric.Metric
	for _, s := range c.Steps {
		for _, name := range []string{s.Field, firstWord(s.Item)} {
			if found, ok := metric.Find(metric.Key(name)); ok {
				m = found
			}
		}
	}
	x, known := v.Number(m)
	switch {
	case !known:
		return t.Say("delta.none")
	case m.Kind == metric.Rate:
		return t.Percent(x)
	case x == float64(int64(x)):
		return t.Int(int64(x))
	}
	return t.Decimal(x, 2)
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(s, " ")
	return word
}

func (c Change) list(t i18n.T, raw json.RawMessage) string {
	var all []json.RawMessage
	if json.Unmarshal(raw, &all) != nil || len(all) == 0 {
		return t.Say("delta.none")
	}
	said := make([]string, len(all))
	for i, one := range all {
		said[i] = c.word(t, one)
	}
	return strings.Join(said, "; ")
}

// text is a word that is known, a day, a moment, or the text itself.
func (c Change) text(t i18n.T, s string) string {
	if s == "" {
		return t.Say("delta.none")
	}
	if n := len(c.Steps); n > 0 && t.Has("delta.value."+c.Steps[n-1].Field+"."+s) {
		return t.Say("delta.value." + c.Steps[n-1].Field + "." + s)
	}
	if at, err := clock.ParseDate(s); err == nil {
		return t.Day(at)
	}
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		if at.IsZero() {
			return t.Say("delta.none")
		}
		return t.Moment(at)
	}
	return s
}
