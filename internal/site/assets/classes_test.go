package assets

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	classAttr = regexp.MustCompile(`class=(?:"([^"]*)"|\{([^}]*)\})`)
	literal   = regexp.MustCompile(`"([^"]*)"`)
	iconName  = regexp.MustCompile(`Icon(?::\s*|\()"([a-z0-9-]+)"`)
	inline    = regexp.MustCompile(`<style|\sstyle=|<script>|\son(?:click|change|submit|input|load)=`)
	className = regexp.MustCompile(`\.(-?[a-zA-Z_][\w-]*)`)
)

// views gives every view and every Go file that a person wrote to look at.
func views(t *testing.T, look func(path, text string)) {
	t.Helper()
	err := filepath.WalkDir("../../..", func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && (e.Name() == "node_modules" || e.Name() == ".git") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".templ") && (!strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_templ.go") || strings.HasSuffix(path, "_test.go")) {
			return nil
		}
		raw, err := os.ReadFile(path)
		if err == nil {
			look(path, string(raw))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A class that the style sheet does not know does nothing.
func TestViewsUseClassesThatWereBuilt(t *testing.T) {
	css, _ := Lookup(Path("app.css"))
	known := map[string]bool{}
	for _, m := range className.FindAllStringSubmatch(string(css.Raw), -1) {
		known[m[1]] = true
	}
	views(t, func(path, text string) {
		if !strings.HasSuffix(path, ".templ") {
			return
		}
		for _, class := range classes(text) {
			if !known[class] {
				t.Errorf("%s: class %q is not built: make assets, or use another", path, class)
			}
		}
		if inline.MatchString(text) {
			t.Errorf("%s: the content security policy forbids inline style and script", path)
		}
	})
}

func TestIconsAreInTheSheet(t *testing.T) {
	sheet, _ := Lookup(Path("icons.svg"))
	views(t, func(path, text string) {
		for _, m := range iconName.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(string(sheet.Raw), `id="`+m[1]+`"`) {
				t.Errorf("%s: icon %q is not in src/icons.txt", path, m[1])
			}
		}
	})
}

// classes are the class names that a view spells out; parts of names, ending in a
// dash, are left aside.
func classes(view string) []string {
	var all []string
	for _, m := range classAttr.FindAllStringSubmatch(view, -1) {
		words := strings.Fields(m[1])
		for _, l := range literal.FindAllStringSubmatch(m[2], -1) {
			words = append(words, strings.Fields(l[1])...)
		}
		for _, w := range words {
			if !strings.HasSuffix(w, "-") {
				all = append(all, w)
			}
		}
	}
	return all
}
