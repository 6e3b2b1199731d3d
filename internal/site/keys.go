package site

import (
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
)

// keyGroup is a part of the sheet of keys.
type keyGroup struct {
	title string
	keys  []keyLine
}

// keyLine is one key, as it is pressed, and the sentence that says what it does.
type keyLine struct{ press, does string }

// keyGroups is the sheet, in its order. What a page offers says so itself by data-key;
// this is what is the same on every page of its kind.
var keyGroups = []keyGroup{
	{"site.keys.everywhere", []keyLine{{"/", "search"}, {"Ctrl K", "go"}, {"?", "sheet"}, {"g h", "home"}, {"g t", "tickets"}, {"Esc", "close"}}},
	{"site.keys.lists", []keyLine{{"j", "next"}, {"k", "previous"}, {"Enter", "open"}, {"x", "choose"}, {"c", "create"}}},
	{"site.keys.ticket", []keyLine{{"r", "reply"}, {"n", "note"}, {"m", "macro"}, {"s", "resolve"}, {"a", "take"}, {"e", "assign"}, {"p", "priority"}, {"t", "tag"}, {"z", "snooze"}, {"w", "watch"}}},
}

func (g keyGroup) say(t i18n.T, k keyLine) string { return t.Say("site.keys." + k.does) }

// keys declares the sheet of keys: a page, and where script runs a dialog.
func (s *Site) keys(r *httpx.Router) {
	r.Page("GET", "/keys", func(c *httpx.Ctx) error {
		off := c.Who.KeysOff
		if c.Fragment() {
			return s.ShowPart(c, KeySheet(c.T, off, true))
		}
		return s.Show(c, Page{Title: c.T.Say("site.keys.title")}, KeySheet(c.T, off, false))
	})
	r.Page("POST", "/keys", func(c *httpx.Ctx) error {
		if s.SwitchKeys != nil {
			if err := s.SwitchKeys(c.Std(), c.Who, c.FormValue("keys") == "off"); err != nil {
				return err
			}
		}
		return c.See(httpx.Local(c.FormValue("next"), "/keys"))
	})
}
