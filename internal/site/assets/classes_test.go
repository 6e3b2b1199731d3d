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
	className = regexp.MustCompile(`\.(-?[a-zA-Z_][\w-]*)`)
)

// TestViewsUseClassesThatWereBuilt reads every view of the repository: a class that the
// style sheet does not know does nothing.
func TestViewsUseClassesThatWereBuilt(t *testing.T) {
	css, _ := Lookup(Path("app.css"))
	known := map[string]bool{}
	for _, m := range className.FindAllStringSubmatch(string(css.Raw), -1) {
		known[m[1]] = true
	}
	err := filepath.WalkDir("../../..", func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && (e.Name() == "node_modules" || e.Name() == ".git") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".templ") {
			return nil
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, class := range classes(string(raw)) {
			if !known[class] {
				t.Errorf("%s: class %q is not built: make assets, or use another", path, class)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
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
