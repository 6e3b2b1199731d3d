package assets

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"os"
	"strings"
	"testing"

	"lotrinh/internal/kit/plot"
)

var update = flag.Bool("update", false, "write src/plot.css again")

func TestChartsBringTheirOwnStyle(t *testing.T) {
	if *update {
		if err := os.WriteFile("src/plot.css", []byte(plot.CSS()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if raw, err := os.ReadFile("src/plot.css"); err != nil || string(raw) != plot.CSS() {
		t.Errorf("src/plot.css is not what kit/plot says: go test ./internal/site/assets -update, then make assets (%v)", err)
	}
}

func TestBuiltFilesAreOfTheseSources(t *testing.T) {
	entries, err := os.ReadDir("src")
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"build.mjs", "package.json", "package-lock.json"}
	for _, e := range entries {
		names = append(names, "src/"+e.Name())
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(raw); built.Sources[name] != hex.EncodeToString(sum[:]) {
			t.Errorf("%s has changed since dist was built: make assets", name)
		}
	}
	if len(names) != len(built.Sources) {
		t.Errorf("dist was built of %d files, there are %d: make assets", len(built.Sources), len(names))
	}
}

func TestFirstVisitIsLight(t *testing.T) {
	sum := 0
	for _, name := range []string{"app.css", "app.js", "icons.svg", "logo.svg"} {
		f, ok := Lookup(Path(name))
		if !ok {
			t.Fatalf("%s is not built", name)
		}
		body, _ := f.Pick("gzip, deflate, br")
		sum += len(body)
	}
	if sum > 48<<10 {
		t.Errorf("style, script and icons weigh %d bytes compressed", sum)
	}
}

func TestPickTakesWhatTheBrowserTakes(t *testing.T) {
	f, _ := Lookup(Path("app.css"))
	for header, want := range map[string]string{
		"gzip, deflate, br": "br", "gzip": "gzip", "": "", "br;q=0, gzip;q=0.5": "gzip", "identity": "", "BR ; q=0.01": "br",
	} {
		if _, got := f.Pick(header); got != want {
			t.Errorf("Accept-Encoding %q: got %q, want %q", header, got, want)
		}
	}
}

func TestStyleFetchesNothingFromElsewhere(t *testing.T) {
	f, _ := Lookup(Path("app.css"))
	for _, bad := range []string{"http://", "https://", "url(data:", `url("data:`, "@import"} {
		if strings.Contains(string(f.Raw), bad) {
			t.Errorf("the style sheet holds %q", bad)
		}
	}
}
