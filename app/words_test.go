package app

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// keyAt tells which argument of a call is the key of a sentence.
func keyAt(call *ast.CallExpr) int {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return -1
	}
	on, _ := sel.X.(*ast.Ident)
	switch name := sel.Sel.Name; {
	case name == "Say":
		return 0
	case name == "Key" && on != nil && on.Name == "i18n":
		return 0
	case (name == "New" || name == "Because") && on != nil && on.Name == "fault":
		return 1
	case name == "Need" && len(call.Args) >= 3:
		return 2
	}
	return -1
}

func TestEveryKeyInTheCodeHasItsSentence(t *testing.T) {
	known := map[string]map[string]string{} // language → key → file
	source(t, ".json", func(path string, text []byte) {
		dir, file := filepath.Split(path)
		if filepath.Base(dir) != "locale" {
			return
		}
		var words map[string]string
		if err := json.Unmarshal(text, &words); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if known[file] == nil {
			known[file] = map[string]string{}
		}
		for key := range words {
			if other := known[file][key]; other != "" {
				t.Errorf("%s and %s both say %q", other, path, key)
			}
			known[file][key] = path
		}
	})
	source(t, ".go", func(path string, text []byte) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			at := keyAt(call)
			if at < 0 || at >= len(call.Args) {
				return true
			}
			if lit, ok := call.Args[at].(*ast.BasicLit); ok && lit.Kind == token.STRING {
				key, _ := strconv.Unquote(lit.Value)
				for _, lang := range []string{"vi.json", "en.json"} {
					if known[lang][key] == "" {
						t.Errorf("%s:%d says %q, which no locale/%s holds", path, files.Position(lit.Pos()).Line, key, lang)
					}
				}
			}
			return true
		})
	})
}

func TestEveryRightHasItsWords(t *testing.T) {
	words, err := Words()
	if err != nil {
		t.Fatal(err)
	}
	for role, rights := range Policy {
		for _, r := range rights {
			if !words.Has("perm." + string(r)) {
				t.Errorf("%s may %s, which has no words", role, r)
			}
		}
	}
}
