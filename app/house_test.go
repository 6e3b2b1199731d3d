package app

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ/generator"
	templ "github.com/a-h/templ/parser/v2"
)

const (
	longestFile     = 400
	longestFunction = 60
)

// source walks the files of the repository with the given ending, generated and foreign folders aside.
func source(t *testing.T, ending string, visit func(path string, text []byte)) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if path != ".." && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata" || name == "data" || name == "bin") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ending) {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		visit(filepath.ToSlash(strings.TrimPrefix(path, ".."+string(filepath.Separator))), text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFilesAndFunctionsStayShort(t *testing.T) {
	source(t, ".go", func(path string, text []byte) {
		if strings.HasSuffix(path, "_templ.go") || strings.HasSuffix(path, "_test.go") {
			return
		}
		if n := bytes.Count(text, []byte("\n")); n > longestFile {
			t.Errorf("%s has %d lines; %d is the most", path, n, longestFile)
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Body != nil { // the lines between the braces
				if n := files.Position(f.Body.Rbrace).Line - files.Position(f.Body.Lbrace).Line - 1; n > longestFunction {
					t.Errorf("%s: %s has %d lines; %d is the most", path, f.Name.Name, n, longestFunction)
				}
			}
		}
	})
}

func TestOnlyTheClockAsksTheMachineForTheTime(t *testing.T) {
	source(t, ".go", func(path string, text []byte) {
		if within(path, "internal/kit/clock", "bench", "scripts") {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "time" && pkg.Obj == nil {
					switch sel.Sel.Name {
					case "Now", "Since", "Until":
						t.Errorf("%s calls time.%s; time comes from kit/clock", path, sel.Sel.Name)
					}
				}
			}
			return true
		})
	})
}

var (
	templFile    = regexp.MustCompile("FileName: `[^`]*`")
	templVersion = regexp.MustCompile(`(?m)^// templ: version: .*\n`)
)

func plainTempl(code []byte) []byte {
	return templVersion.ReplaceAll(templFile.ReplaceAll(code, []byte("FileName: ``")), nil)
}

func TestGeneratedViewsAreFresh(t *testing.T) {
	source(t, ".templ", func(path string, text []byte) {
		view, err := templ.ParseString(string(text))
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return
		}
		var fresh bytes.Buffer
		if _, err := generator.Generate(view, &fresh, generator.WithFileName(path)); err != nil {
			t.Errorf("%s: %v", path, err)
			return
		}
		want, err := format.Source(fresh.Bytes())
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return
		}
		got, err := os.ReadFile(filepath.Join("..", strings.TrimSuffix(path, ".templ")+"_templ.go"))
		if err != nil || !bytes.Equal(plainTempl(got), plainTempl(want)) {
			t.Errorf("the Go code of %s is stale: make generate", path)
		}
	})
}

func TestTheMapNamesEveryRoom(t *testing.T) {
	text, err := os.ReadFile("../docs/ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	for name := range packages(t) {
		parts := strings.Split(name, "/")
		room := "`" + parts[0] + "/`"
		switch {
		case name == ".":
			room = "`main.go`"
		case parts[0] == "internal" && len(parts) == 2:
			continue
		case parts[0] == "internal" && parts[1] == "kit":
			room = "`" + parts[2] + "`"
		case parts[0] == "internal":
			room = "`internal/" + parts[1] + "/`"
		}
		if !strings.Contains(string(text), room) {
			t.Errorf("docs/ARCHITECTURE.md does not name %s, where %s lives", room, name)
		}
	}
}
