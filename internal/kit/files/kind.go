package files

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
)

// The types that the product keeps, known by content and never by name.
const (
	JPEG = "image/jpeg"
	PNG  = "image/png"
	WebP = "image/webp"
	PDF  = "application/pdf"
	XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	CSV  = "text/csv"
	DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	ZIP  = "application/zip"
	JSON = "application/json"
)

// Kind is a class of uploads: what it may hold and how large it may be.
type Kind struct {
	Name  string
	Types []string
	Max   int64
	As    string // the type that a content is kept as, whatever it holds; for kinds that are never served, or that we made
}

// The kinds of uploads.
var (
	// Photo is a picture; it is stored turned upright, at most 2048 pixels wide or
	// high, without the place and the camera that the phone wrote into it.
	Photo = Kind{Name: "photo", Types: []string{JPEG, PNG, WebP}, Max: 12 << 20}
	// Sheet is a table for an import.
	Sheet = Kind{Name: "sheet", Types: []string{XLSX, CSV}, Max: 10 << 20}
	// Document is a paper: a decision, a record, a scan.
	Document = Kind{Name: "document", Types: []string{PDF, JPEG, PNG, WebP}, Max: 20 << 20}
	// Letter is a mail as it came, kept whole; what it holds is parsed, never served.
	// Nobody uploads one: it is not among the kinds that have a name for that.
	Letter = Kind{Name: "letter", Max: 40 << 20, As: "message/rfc822"}
)

var kinds = []Kind{Photo, Sheet, Document}

// Made is the kind of what the house makes itself: it is kept byte for byte as the type
// that its maker says. Nobody uploads one.
func Made(typ string) Kind { return Kind{Name: "made", Max: 64 << 20, As: typ} }

// KindOf finds a kind by its name.
func KindOf(name string) (Kind, error) {
	for _, k := range kinds {
		if k.Name == name {
			return k, nil
		}
	}
	return Kind{}, fault.New(fault.Invalid, "files.kind_unknown")
}

func isImage(typ string) bool { return typ == JPEG || typ == PNG || typ == WebP }

// typeOf is the type of a content, by the content.
func typeOf(o Object, size int64) (string, error) {
	head := make([]byte, min(size, 3072))
	if _, err := io.ReadFull(io.NewSectionReader(o, 0, size), head); err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	found := mimetype.Detect(head)
	for m := found; m != nil; m = m.Parent() {
		switch {
		case m.Is(XLSX), m.Is("application/zip"):
			if holdsWorkbook(o, size) {
				return XLSX, nil
			}
		case m.Is("text/plain"), m.Is("text/csv"):
			return CSV, nil
		case m.Is("image/heic"), m.Is("image/heif"):
			return "image/heic", nil
		case slices.ContainsFunc([]string{JPEG, PNG, WebP, PDF}, m.Is):
			return found.String(), nil
		}
	}
	if bytes.HasPrefix(head, []byte{0xFF, 0xFE}) || bytes.HasPrefix(head, []byte{0xFE, 0xFF}) {
		return CSV, nil
	}
	return found.String(), nil
}

func holdsWorkbook(o Object, size int64) bool {
	z, err := zip.NewReader(o, size)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Name == "xl/workbook.xml" })
}

// allow refuses a content that its kind does not hold.
func (k Kind) allow(typ string) error {
	switch {
	case slices.Contains(k.Types, typ):
		return nil
	case typ == "image/heic":
		return fault.New(fault.Invalid, "files.heic")
	}
	return fault.New(fault.Invalid, "files.type_refused."+k.Name)
}

// cleanName is a file's name as a person gave it, without folders or signs that
// trick a reader, in composed form and at most 120 letters long.
func cleanName(s string) string {
	s = fold.NFC(strings.ToValidUTF8(s, ""))
	if i := strings.LastIndexAny(s, `/\`); i >= 0 {
		s = s[i+1:]
	}
	s = strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7F || r >= 0x200B && r <= 0x200F || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
			return -1
		}
		return r
	}, s)
	s = strings.TrimSpace(s)
	if utf8.RuneCountInString(s) > 120 {
		s = string([]rune(s)[:120])
	}
	if s == "" || s == "." || s == ".." {
		return "file"
	}
	return s
}

// Name is a file's name as it may be stored and shown, of one that a person sent.
func Name(sent string) string { return cleanName(sent) }
