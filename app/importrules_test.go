package app

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// listed is what go list says of one package of the module.
type listed struct {
	ImportPath                         string
	Dir                                string
	Imports, TestImports, XTestImports []string
}

// areas are the parts of the product that never know each other.
var areas = []string{"rollout", "helpdesk", "inventory", "reports", "dossier"}

// pure are the engines that know neither a database nor HTTP, nor anything below that does.
var pure = []string{
	"internal/wire",
	"dossier/form", "dossier/form/pid",
	"dossier/procedure",
	"dossier/tally/score",
	"dossier/slip",
	"dossier/term",
	"helpdesk/mail/rules",
	"helpdesk/sla",
	"internal/kit/alike",
	"internal/kit/clock",
	"internal/kit/cronspec",
	"internal/kit/fault",
	"internal/kit/fold",
	"internal/kit/i18n",
	"internal/kit/ident",
	"internal/kit/paper",
	"internal/kit/phone",
	"internal/kit/plot",
	"internal/kit/signed",
	"internal/kit/spell",
	"internal/kit/sms",
	"internal/kit/totp",
	"internal/kit/worktime",
	"inventory/agent",
	"inventory/identity",
	"inventory/line/quality",
	"inventory/readiness",
	"inventory/whatif",
	"reports/define",
	"reports/alert/judge",
	"reports/feed/ics",
	"reports/metric",
	"reports/delta",
	"reports/period",
	"reports/render",
	"rollout/ask",
	"rollout/forecast",
	"rollout/hold",
	"rollout/planner",
}

// impure are the doors to the outside that an engine may not open.
var impure = []string{"database/sql", "net/http", "github.com/uptrace/bun", "github.com/gofiber/fiber", "github.com/valyala/fasthttp"}

func packages(t *testing.T) map[string]listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Dir,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	all := map[string]listed{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all[short(p.ImportPath)] = p
	}
}

// short is the path of a package inside the module: "" for main, and "" with false for strangers.
func short(path string) string {
	if path == "lotrinh" {
		return "."
	}
	return strings.TrimPrefix(path, "lotrinh/")
}

func ours(path string) bool { return path == "lotrinh" || strings.HasPrefix(path, "lotrinh/") }

func within(path string, roots ...string) bool {
	return slices.ContainsFunc(roots, func(r string) bool { return path == r || strings.HasPrefix(path, r+"/") })
}

func area(path string) string {
	name, _, _ := strings.Cut(path, "/")
	if slices.Contains(areas, name) {
		return name
	}
	return ""
}

// level says how high in the house a package stands; arrows point downwards or stay on a level.
func level(path string) int {
	switch {
	case within(path, "bench", "scripts", "e2e"):
		return 7
	case path == ".":
		return 6
	case within(path, "app"):
		return 5
	case area(path) != "":
		return 4
	case within(path, "internal/site", "internal/partners"):
		return 3
	case within(path, "internal/org"):
		return 2
	case within(path, "internal/kit", "internal/wire", "migrations"):
		return 1
	}
	return 0
}

// forbidden says why one package may not import another, or nothing.
func forbidden(from, to string) string {
	switch {
	case level(from) == 0:
		return "no floor of the house holds " + from
	case level(to) > level(from):
		return "the arrow points upwards"
	case area(from) != "" && area(to) != "" && area(from) != area(to):
		return "areas do not know each other: state an interface, app fits the bridge"
	case within(to, "internal/partners") && area(from) != "":
		return "the offices outside are for tests and for app, which starts them"
	case within(from, "migrations"):
		return "a migration outlives the code that it would import"
	case within(to, "migrations") && !within(from, "app", "internal/kit/testkit", "bench"):
		return "only app and the testkit know the schema's history"
	case within(to, "internal/kit/testkit"):
		return "the testkit is for tests"
	}
	return ""
}

// testTool says what tests of a floor may import beyond the floor itself.
func testTool(from, to string) bool {
	return within(to, "internal/kit/testkit", "internal/partners") || within(from, "migrations") ||
		within(from, "internal/kit") && within(to, "migrations")
}

func TestImportRules(t *testing.T) {
	for from, p := range packages(t) {
		for _, path := range p.Imports {
			if to := short(path); ours(path) {
				if why := forbidden(from, to); why != "" {
					t.Errorf("%s imports %s: %s", from, to, why)
				}
			}
		}
		for _, path := range slices.Concat(p.TestImports, p.XTestImports) {
			if to := short(path); ours(path) && to != from && !testTool(from, to) {
				if why := forbidden(from, to); why != "" {
					t.Errorf("the tests of %s import %s: %s", from, to, why)
				}
			}
		}
	}
}

func TestEnginesKnowNeitherDatabaseNorHTTP(t *testing.T) {
	all := packages(t)
	for _, engine := range pure {
		if _, built := all[engine]; !built {
			continue
		}
		seen := map[string]bool{}
		var walk func(name string, road []string)
		walk = func(name string, road []string) {
			if seen[name] {
				return
			}
			seen[name] = true
			for _, path := range all[name].Imports {
				if ours(path) {
					walk(short(path), append(road, short(path)))
				} else if within(path, impure...) {
					t.Errorf("%s imports %s", strings.Join(road, " → "), path)
				}
			}
		}
		walk(engine, []string{engine})
	}
}
