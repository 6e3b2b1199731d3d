package rules

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime/quotedprintable"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/unicode/norm"
)

// charsetOf finds an encoding by the names that mail programs give it.
func charsetOf(name string) (encoding.Encoding, bool) {
	name = strings.ToLower(strings.Trim(strings.TrimSpace(name), `"'`))
	switch name {
	case "windows-1258", "cp1258", "cp-1258", "x-cp1258", "windows1258", "viscii-windows":
		return charmap.Windows1258, true
	case "", "us-ascii", "ascii", "utf-8", "utf8", "utf_8", "unicode-1-1-utf-8":
		return nil, true
	}
	e, err := htmlindex.Get(name)
	return e, err == nil
}

// decodeText is bytes as composed text. Bytes that are no UTF-8 although they should
// be are read as windows-1258, the other encoding of Vietnam; ok is false when the
// charset is unknown or lied.
func decodeText(raw []byte, charset string) (text string, ok bool) {
	e, known := charsetOf(charset)
	switch {
	case e != nil:
		out, err := e.NewDecoder().Bytes(raw)
		if err == nil {
			return clean(string(out)), known
		}
	case utf8.Valid(raw):
		return clean(string(raw)), known
	}
	out, err := charmap.Windows1258.NewDecoder().Bytes(raw)
	if err != nil {
		return clean(strings.ToValidUTF8(string(raw), "\uFFFD")), false
	}
	return clean(string(out)), false
}

// clean composes a text and takes out the signs that no text has: zero bytes, byte
// order marks, signs that turn the direction of reading.
func clean(s string) string {
	s = norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case r == 0x00A0:
			return ' '
		case unicode.IsControl(r), r == 0xFEFF, r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, s)
}

// encodedWord is =?charset?encoding?text?= of RFC 2047, as loosely as people write it.
var encodedWord = regexp.MustCompile(`=\?([^?\s]+)\?([bBqQ])\?([^?]*)\?=`)

// decodeHeader is a header's value in words. Neighbours in one charset are joined
// before they are decoded: many programs cut in the middle of a letter.
func decodeHeader(raw string) string {
	raw = strings.NewReplacer("\r\n", "", "\n", "", "\r", "").Replace(raw)
	var b strings.Builder
	var pending []byte
	var charset string
	flush := func() {
		text, _ := decodeText(pending, charset)
		b.WriteString(text)
		pending, charset = nil, ""
	}
	for {
		at := encodedWord.FindStringSubmatchIndex(raw)
		if at == nil {
			break
		}
		between := raw[:at[0]]
		name, _, _ := strings.Cut(strings.ToLower(raw[at[2]:at[3]]), "*") // RFC 2231 language
		if len(pending) > 0 && (strings.TrimSpace(between) != "" || name != charset) {
			flush()
			if strings.TrimSpace(between) == "" {
				between = ""
			}
		} else if len(pending) > 0 {
			between = ""
		}
		plain, _ := decodeText([]byte(between), "")
		b.WriteString(plain)
		charset = name
		pending = append(pending, wordBytes(raw[at[4]:at[5]], raw[at[6]:at[7]])...)
		raw = raw[at[1]:]
	}
	if len(pending) > 0 {
		flush()
	}
	rest, _ := decodeText([]byte(raw), "")
	b.WriteString(rest)
	return strings.TrimSpace(strings.Join(strings.Fields(norm.NFC.String(b.String())), " "))
}

func wordBytes(encoding, text string) []byte {
	if strings.EqualFold(encoding, "b") {
		text = strings.TrimRight(strings.Join(strings.Fields(text), ""), "=")
		out, err := base64.RawStdEncoding.DecodeString(text)
		if err != nil && len(out) == 0 {
			return []byte(text)
		}
		return out
	}
	out, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader([]byte(strings.ReplaceAll(text, "_", " ")))))
	if err != nil && len(out) == 0 {
		return []byte(text)
	}
	return out
}
