// Package i18n holds every sentence that a person reads. Code says keys,
// "area.thing.what"; the sentences lie in locale/vi.json and locale/en.json beside
// the code that says them, Vietnamese first. The translator is an argument of a
// view, never a global.
package i18n

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"
)

// Lang is a language of the screens.
type Lang string

// The languages; Vietnamese is the one that a stranger gets.
const (
	VI Lang = "vi"
	EN Lang = "en"
)

// Langs are all languages, the default first.
var Langs = []Lang{VI, EN}

// Catalog is every sentence in every language. It does not change after Load.
type Catalog struct {
	text map[Lang]map[string]string
}

// Load reads locale/vi.json and locale/en.json from each file system: flat objects
// from key to sentence. A key said twice, or in one language only, is an error.
func Load(sources ...fs.FS) (*Catalog, error) {
	c := &Catalog{text: map[Lang]map[string]string{}}
	for _, lang := range Langs {
		c.text[lang] = map[string]string{}
		for _, src := range sources {
			if err := c.read(lang, src); err != nil {
				return nil, err
			}
		}
	}
	return c, c.complete()
}

func (c *Catalog) read(lang Lang, src fs.FS) error {
	raw, err := fs.ReadFile(src, "locale/"+string(lang)+".json")
	if err != nil {
		return fmt.Errorf("i18n: %w", err)
	}
	var m map[string]string
	if err := json.Unmarshal(raw, &m); err != nil {
		return fmt.Errorf("i18n: %s: %w", lang, err)
	}
	for k, v := range m {
		if _, twice := c.text[lang][k]; twice {
			return fmt.Errorf("i18n: %s says %q twice", lang, k)
		}
		c.text[lang][k] = v
	}
	return nil
}

func (c *Catalog) complete() error {
	for _, k := range c.Keys() {
		for _, lang := range Langs {
			if c.text[lang][k] == "" {
				return fmt.Errorf("i18n: %s lacks %q", lang, k)
			}
		}
	}
	return nil
}

// Keys are all keys, sorted.
func (c *Catalog) Keys() []string {
	all := map[string]bool{}
	for _, m := range c.text {
		for k := range m {
			all[k] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// Has tells whether the catalogue knows a key.
func (c *Catalog) Has(key string) bool { return c.text[VI][key] != "" }

// In is the translator of one language; an unknown language gets Vietnamese.
func (c *Catalog) In(lang Lang) T {
	if _, ok := c.text[lang]; !ok {
		lang = VI
	}
	return T{Lang: lang, text: c.text[lang]}
}

// T says things in one language. The zero T shows keys.
type T struct {
	Lang Lang
	text map[string]string
}

// Say is the sentence of a key. Its {name} places take the values of pairs: name,
// value, name, value …; times, days and numbers are written as the language does.
// {n:one|many} picks by the number n (English). An unknown key shows as ⟦key⟧.
func (t T) Say(key string, pairs ...any) string {
	s, ok := t.text[key]
	if !ok {
		return "⟦" + key + "⟧"
	}
	if len(pairs) == 0 || !strings.Contains(s, "{") {
		return s
	}
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '{')
		end := strings.IndexByte(s, '}')
		if open < 0 || end < open {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:open])
		b.WriteString(t.place(s[open+1:end], pairs))
		s = s[end+1:]
	}
}

func (t T) place(name string, pairs []any) string {
	name, forms, plural := strings.Cut(name, ":")
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] != name {
			continue
		}
		if !plural {
			return t.value(pairs[i+1])
		}
		one, many, _ := strings.Cut(forms, "|")
		if fmt.Sprint(pairs[i+1]) == "1" {
			return one
		}
		return many
	}
	return "{" + name + "}"
}

func (t T) value(v any) string {
	switch v := v.(type) {
	case Key:
		return t.Say(string(v))
	case string:
		return v
	case int:
		return t.Int(int64(v))
	case int64:
		return t.Int(v)
	case float64:
		return t.Decimal(v, 1)
	case time.Time:
		return t.Moment(v)
	case Figure:
		return t.Figure(v)
	default:
		return fmt.Sprint(v)
	}
}

// Has tells whether there is a sentence for a key that was put together.
func (t T) Has(key string) bool { return t.text[key] != "" }

// Key as a value inside a sentence is itself translated.
type Key string
