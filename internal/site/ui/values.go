package ui

import (
	"context"
	"crypto/rand"
	"io"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/assets"
)

// Tone is what a colour means. It means the same on every page, in light and in
// dark, and never stands without a word.
type Tone string

// The tones; those of stages look as they do in charts (kit/plot). Late is red everywhere; nothing else that is merely unusual may use it.
const (
	Neutral  Tone = "neutral"  // ○ nothing to say about it
	Info     Tone = "info"     // i worth knowing
	Good     Tone = "good"     // ✓ as it should be
	Warn     Tone = "warn"     // ! look at it soon
	Late     Tone = "late"     // ◆ past its due moment
	Bad      Tone = "bad"      // ✕ failed, refused, not met
	Paused   Tone = "paused"   // ‖ the clock stands still
	Unknown  Tone = "unknown"  // ? not enough evidence
	Prepare  Tone = "prepare"  // ○ stage: chuẩn bị
	Trial    Tone = "trial"    // ▲ stage: chạy thử
	Official Tone = "official" // ✓ stage: chính thức
	Live     Tone = "live"     // ● stage: live since before the programme
	Held     Tone = "held"     // ✕ stage: held back
)

// State is a tone with its word: what a badge shows.
type State struct {
	Tone Tone
	Word string
}

// Crumb is one step of a path: to a page, or down the tree of units. The last one,
// the page itself, has no Href.
type Crumb struct {
	Label string
	Href  string
}

// Action is something a person can do: a link, or a button that posts a form when
// Post is set. Hidden are the fields that the form carries.
type Action struct {
	Label   string
	About   string // what it is about, for those who hear it: many buttons of a page say the same
	Href    string // where the link leads, or where the form posts to
	Icon    string
	Post    bool
	Danger  bool
	Hidden  []Hidden
	Confirm *Confirm // asks once before it posts
	Key     string   // the key that presses it, where script runs
	Panel   bool     // opens Href in the side panel where script runs
}

// Hidden is a form field that nobody sees.
type Hidden struct {
	Name  string
	Value string
}

// Icon is a picture from the sprite, drawn in the colour of the text around it. It
// is never the only carrier of a meaning.
func Icon(name string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, `<svg class="lt-i" aria-hidden="true"><use href="`+
			assets.Path("icons.svg")+`#`+templ.EscapeString(name)+`"></use></svg>`)
		return err
	})
}

// Span writes a length of time in the two largest units that matter: "2 ngày 3 giờ",
// "45 phút". It counts days of perDay; working time has 8 hours to a day.
func Span(t i18n.T, d, perDay time.Duration) string {
	if d < 0 {
		d = -d
	}
	if d < time.Minute {
		return t.Say("ui.span.moment")
	}
	days, rest := int(d/perDay), d%perDay
	hours, minutes := int(rest/time.Hour), int(rest%time.Hour/time.Minute)
	switch {
	case days > 0 && hours > 0:
		return t.Say("ui.span.days_hours", "d", days, "h", hours)
	case days > 0:
		return t.Say("ui.span.days", "d", days)
	case hours > 0 && minutes > 0:
		return t.Say("ui.span.hours_minutes", "h", hours, "m", minutes)
	case hours > 0:
		return t.Say("ui.span.hours", "h", hours)
	}
	return t.Say("ui.span.minutes", "m", minutes)
}

// once names one showing of a form, so that sending it twice does it once: see
// httpx.OnceField.
func once() string { return rand.Text() }

// Keyed are the attributes of something that a key presses, where script runs; label is
// what the list of commands calls it. No key gives none.
func Keyed(key, label string) templ.Attributes { return keyed(key, label) }

func keyed(key, label string) templ.Attributes {
	if key == "" {
		return nil
	}
	return templ.Attributes{"data-key": key, "data-key-label": label, "aria-keyshortcuts": key}
}
