package agent

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// declared is the charset that an XML declaration names.
var declared = regexp.MustCompile(`^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]+)["']`)

// readable is a body as valid UTF-8 without the characters that XML forbids, and what
// had to be repaired for it.
func readable(s string) (string, []Repair) {
	s = decodeDeclared(s)
	var done []Repair
	if !utf8.ValidString(s) {
		s, done = recode(s), append(done, Recoded)
	}
	if hasForbidden(s) {
		s, done = strings.Map(keepAllowed, s), append(done, Cleaned)
	}
	return s, done
}

// decodeDeclared follows a byte order mark, or else the declaration. What names a
// charset that nobody knows, or lies, is taken for UTF-8.
func decodeDeclared(s string) string {
	var e encoding.Encoding
	switch {
	case strings.HasPrefix(s, "\xef\xbb\xbf"):
		return s[3:]
	case strings.HasPrefix(s, "\xff\xfe") || strings.HasPrefix(s, "<\x00"):
		e = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
		if s[0] == '<' {
			e = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
		}
	case strings.HasPrefix(s, "\xfe\xff") || strings.HasPrefix(s, "\x00<"):
		e = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
		s = strings.TrimPrefix(s, "\xfe\xff")
	default:
		m := declared.FindStringSubmatch(s[:min(len(s), 200)])
		if m == nil {
			return s
		}
		e = charsetOf(m[1])
	}
	if e == nil {
		return s
	}
	out, _, err := transform.String(e.NewDecoder(), s)
	if err != nil {
		return s
	}
	return out
}

// charsetOf finds an encoding of single bytes by its name; nil for UTF-8, for what is
// unknown, and for UTF-16, which a declaration cannot be read in.
func charsetOf(name string) encoding.Encoding {
	name = strings.ToLower(name)
	switch name {
	case "utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be":
		return nil
	case "cp1258", "windows1258":
		return charmap.Windows1258
	}
	e, err := htmlindex.Get(name)
	if err != nil {
		return nil
	}
	return e
}

// recode reads the runs of text between tags that are not UTF-8 as Windows-1252, which
// holds all of Latin-1. Runs that are UTF-8 stay, so that one bad value does not spoil
// the Vietnamese beside it.
func recode(s string) string {
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	for len(s) > 0 {
		end := strings.IndexAny(s[1:], `<>"`)
		if end < 0 {
			end = len(s) - 1
		}
		run := s[:end+1]
		s = s[end+1:]
		if utf8.ValidString(run) {
			b.WriteString(run)
			continue
		}
		for i := range len(run) {
			b.WriteRune(charmap.Windows1252.DecodeByte(run[i]))
		}
	}
	return b.String()
}

// allowed tells whether XML 1.0 may hold a character.
func allowed(r rune) bool {
	return r >= 0x20 && r <= 0xd7ff || r == '\t' || r == '\n' || r == '\r' || r >= 0xe000 && r <= 0xfffd || r >= 0x10000 && r <= utf8.MaxRune
}

func keepAllowed(r rune) rune {
	if allowed(r) {
		return r
	}
	return -1
}

// forbidden are the control characters that XML does not hold.
var forbidden = func() (f [256]bool) {
	for c := range 0x20 {
		f[c] = c != '\n' && c != '\r' && c != '\t'
	}
	return f
}()

// hasForbidden tells whether a valid text holds what XML forbids.
func hasForbidden(s string) bool {
	for i := range len(s) {
		if forbidden[s[i]] {
			return true
		}
	}
	return strings.Contains(s, "\uffff") || strings.Contains(s, "\ufffe")
}

var numbered = regexp.MustCompile(`&#(x[0-9A-Fa-f]{1,8}|[0-9]{1,8});`)

// withoutBadRefs takes references to forbidden characters out.
func withoutBadRefs(s string) (string, bool) {
	found := false
	s = numbered.ReplaceAllStringFunc(s, func(ref string) string {
		if _, ok := charOf(ref[2 : len(ref)-1]); ok {
			return ref
		}
		found = true
		return ""
	})
	return s, found
}

// charOf is the character of a reference such as 38 or x26.
func charOf(ref string) (rune, bool) {
	base := 10
	if strings.HasPrefix(ref, "x") {
		ref, base = ref[1:], 16
	}
	n, err := strconv.ParseUint(ref, base, 32)
	if err != nil || n > utf8.MaxRune || !allowed(rune(n)) {
		return 0, false
	}
	return rune(n), true
}
