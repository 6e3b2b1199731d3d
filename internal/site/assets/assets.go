// Package assets holds what browsers fetch besides pages: one style sheet, one
// script, one sheet of icons. They are built from src by build.mjs, committed in dist,
// named by their content and compressed beforehand, so that a browser keeps them for
// ever and the server does no work for them. README.md tells how to build them.
package assets

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"strconv"
	"strings"
)

//go:embed dist
var dist embed.FS

// File is one built file in the encodings that a browser may take.
type File struct {
	Type   string // Content-Type
	Raw    []byte
	Brotli []byte // nil when compression gains nothing
	Gzip   []byte
}

// Cache is the Cache-Control of every built file: its name changes with its content.
const Cache = "public, max-age=31536000, immutable"

// Prefix is where the built files live on the site.
const Prefix = "/assets/"

// manifest is what build.mjs writes beside the files.
type manifest struct {
	Files   map[string]string `json:"files"`   // "app.css" → "app-1a2b3c4d.css"
	Sources map[string]string `json:"sources"` // path → SHA-256 of what they were built from
}

var built, files = mustLoad()

func mustLoad() (manifest, map[string]File) {
	m, f, err := load()
	if err != nil {
		panic(err) // the files are embedded: this is a broken build
	}
	return m, f
}

func load() (manifest, map[string]File, error) {
	var m manifest
	raw, err := dist.ReadFile("dist/manifest.json")
	if err != nil {
		return m, nil, fmt.Errorf("assets: %w", err)
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, nil, fmt.Errorf("assets: manifest: %w", err)
	}
	all := make(map[string]File, len(m.Files))
	for _, name := range m.Files {
		body, err := dist.ReadFile("dist/" + name)
		if err != nil {
			return m, nil, fmt.Errorf("assets: %w", err)
		}
		f := File{Type: contentType(name), Raw: body}
		f.Brotli, _ = dist.ReadFile("dist/" + name + ".br") // small pictures have none
		f.Gzip, _ = dist.ReadFile("dist/" + name + ".gz")
		all[Prefix+name] = f
	}
	return m, all, nil
}

func contentType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return "application/octet-stream"
}

// Path is the address of a built file: Path("app.css") is "/assets/app-1a2b3c4d.css".
// An unknown name gives an address that answers 404.
func Path(name string) string {
	if hashed, ok := built.Files[name]; ok {
		return Prefix + hashed
	}
	return Prefix + name
}

// Lookup finds the file behind an address made by Path.
func Lookup(address string) (File, bool) {
	f, ok := files[address]
	return f, ok
}

// Pick is the body to send to a browser with this Accept-Encoding, and the
// Content-Encoding that says so ("" for none). The answer varies by Accept-Encoding.
func (f File) Pick(acceptEncoding string) (body []byte, encoding string) {
	switch {
	case f.Brotli != nil && accepts(acceptEncoding, "br"):
		return f.Brotli, "br"
	case f.Gzip != nil && accepts(acceptEncoding, "gzip"):
		return f.Gzip, "gzip"
	}
	return f.Raw, ""
}

// accepts tells whether a header like "gzip, br;q=0.8" takes an encoding; q=0 refuses.
func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), encoding) {
			weight, err := strconv.ParseFloat(strings.TrimPrefix(strings.ReplaceAll(q, " ", ""), "q="), 64)
			return err != nil || weight > 0
		}
	}
	return false
}
