package site

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/i18n"
)

// books are the pages of the book in both languages, by file name.
func books(t *testing.T) map[string]string {
	out := map[string]string{}
	for _, lang := range i18n.Langs {
		w := words(t, lang)
		for name, body := range map[string]templ.Component{"staff": Book(w), "citizen": BookCitizen(w)} {
			f := BookFrame(w, "")
			f.Citizen = name == "citizen"
			out[name+"-"+string(lang)+".html"] = shown(t, f, body)
		}
	}
	return out
}

// With LOTRINH_BOOK set to a folder, the book is written there too, to be looked at.
func TestBookShowsEveryPartWithItsWords(t *testing.T) {
	for name, page := range books(t) {
		for _, bad := range []string{"⟦", " style=", "<script>", " onclick=", "%!"} {
			if i := strings.Index(page, bad); i >= 0 {
				t.Errorf("%s holds %q: …%s…", name, bad, page[max(0, i-60):min(len(page), i+60)])
			}
		}
		if strings.HasPrefix(name, "staff") && !(strings.Contains(page, "plot-wide") && strings.Contains(page, "plot-narrow")) {
			t.Errorf("%s: the chart was not drawn", name)
		}
		if dir := os.Getenv("LOTRINH_BOOK"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(page), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestNoIDTwiceOnAPage(t *testing.T) {
	for name, page := range books(t) {
		seen := map[string]bool{}
		for _, part := range strings.Split(page, ` id="`)[1:] {
			id, _, _ := strings.Cut(part, `"`)
			if seen[id] && id != "job" {
				t.Errorf("%s: id %q twice", name, id)
			}
			seen[id] = true
		}
	}
}
