package catalogue

import (
	"slices"
	"strings"
	"testing"

	"lotrinh/dossier/fields"
	"lotrinh/dossier/form"
	"lotrinh/dossier/procedure"
	"lotrinh/dossier/term"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

func words(t *testing.T) *i18n.Catalog {
	t.Helper()
	c, err := i18n.Load(Locale, form.Locale, fields.Locale, term.Locale, procedure.Locale, site.Locale)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Every input of every part of every version is called something, in both languages.
func TestEveryPartOfEveryVersionHasItsWords(t *testing.T) {
	c := words(t)
	all, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range i18n.Langs {
		say := c.In(lang)
		missing := map[string]bool{}
		for _, b := range all {
			s := unfold(b.Definition)
			for _, doubt := range b.Definition.Doubts {
				if !slices.Contains(Doubts, doubt) {
					t.Errorf("%s doubts %q, which the editor does not offer", b.Definition.Code, doubt)
				}
				missing["catalogue.doubt."+doubt] = !say.Has("catalogue.doubt." + doubt)
			}
			for _, sec := range sections() {
				lines := []int{0}
				if !sec.one {
					lines = []int{-1}
					for i := range sec.list(s).len {
						lines = append(lines, i)
						title, _ := sec.title(say, s, i)
						missing[title] = title == ""
					}
				}
				for _, n := range lines {
					for _, f := range sec.fields(say, s, n) {
						missing[f.Label] = f.Label == "" || strings.HasPrefix(f.Label, "⟦")
						for _, o := range f.Options {
							missing[o.Label] = o.Label == "" || strings.HasPrefix(o.Label, "⟦")
						}
					}
				}
			}
		}
		for what, yes := range missing {
			if yes {
				t.Errorf("%s: %q", lang, what)
			}
		}
	}
}

// What a form of a part shows, posted back unchanged, changes nothing.
func TestAPartPostedAsItWasChangesNothing(t *testing.T) {
	say := words(t).In(i18n.VI)
	all, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range all {
		s := unfold(b.Definition)
		s.note = b.Note
		_, before, err := written(s.whole())
		if err != nil {
			t.Fatal(err)
		}
		for _, sec := range sections() {
			n := 1
			if !sec.one {
				n = sec.list(s).len
			}
			for i := range n {
				repost(t, b.Procedure+" "+b.From, sec, s, say, i)
			}
		}
		if _, after, err := written(s.whole()); err != nil || after != before {
			t.Errorf("%s %s changes", b.Procedure, b.From)
		}
	}
}

func repost(t *testing.T, name string, sec section, s *sheet, say i18n.T, i int) {
	t.Helper()
	posted := map[string]string{}
	for _, f := range sec.fields(say, s, i) {
		posted[f.Name] = f.Value
		if f.Kind == ui.Checks {
			posted[f.Name] = strings.Join(f.Values, ",")
		}
	}
	var k fault.Check
	sec.put(func(name string) string { return posted[name] }, s, i, &k)
	if err := k.Err(); err != nil {
		t.Errorf("%s: %s %d: %v", name, sec.name, i, err)
	}
}
