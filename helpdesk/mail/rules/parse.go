package rules

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/mail"
	"regexp"
	"strings"
	"time"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/textproto"
)

// What a parser does not go beyond: a mail is read by anybody who sends one.
const (
	deepest    = 12       // multiparts inside multiparts
	mostParts  = 100      // parts of one mail
	mostHeader = 1 << 19  // bytes of a header
	mostText   = 2 << 20  // bytes of a text part that are read
	mostPart   = 30 << 20 // bytes of another part
)

// What could not be read.
const (
	BrokenHeader    = "header"
	BrokenStructure = "structure"
	BrokenCharset   = "charset"
	BrokenLinks     = "links"
	BrokenID        = "id"
	BrokenSender    = "sender"
)

// Parse understands a mail as far as it can be understood; it never fails.
func Parse(raw []byte) Mail {
	m := Mail{Size: int64(len(raw)), header: map[string][]string{}}
	head, body := mend(raw, &m)
	h, err := textproto.ReadHeader(bufioOf(head))
	if err != nil {
		m.broke(BrokenHeader)
		h = textproto.Header{}
	}
	m.headers(message.Header{Header: h})
	e, err := message.New(message.Header{Header: h}, bytes.NewReader(body))
	if err != nil && !message.IsUnknownCharset(err) {
		m.broke(BrokenStructure)
	}
	w := walker{m: &m}
	w.walk(e, 0)
	w.finish(body)
	m.identify(body)
	return m
}

func (m *Mail) broke(what string) {
	for _, b := range m.Broken {
		if b == what {
			return
		}
	}
	m.Broken = append(m.Broken, what)
}

// mend separates the header from the body and drops lines that no header has, so that
// one bad line does not cost the whole mail.
func mend(raw []byte, m *Mail) (head, body []byte) {
	raw = bytes.TrimLeft(raw, "\r\n\t ")
	var b bytes.Buffer
	for first := true; len(raw) > 0; first = false {
		line := raw
		if i := bytes.IndexByte(raw, '\n'); i >= 0 {
			line = raw[:i+1]
		}
		text := bytes.TrimRight(line, "\r\n")
		name, _, named := bytes.Cut(text, []byte{':'})
		folded := len(text) > 0 && (text[0] == ' ' || text[0] == '\t')
		switch {
		case len(text) == 0:
			return append(b.Bytes(), '\r', '\n'), raw[len(line):]
		case folded && b.Len() > 0 && len(bytes.TrimSpace(text)) > 0 && b.Len() < mostHeader:
			b.Write(text)
			b.WriteString("\r\n")
		case named && validName(name) && b.Len() < mostHeader:
			b.Write(bytes.TrimRight(name, " \t"))
			b.Write(text[len(name):])
			b.WriteString("\r\n")
		case first && bytes.HasPrefix(text, []byte("From ")): // an mbox line
		case folded:
		default:
			m.broke(BrokenHeader)
		}
		raw = raw[len(line):]
	}
	return append(b.Bytes(), '\r', '\n'), nil
}

func validName(name []byte) bool {
	name = bytes.TrimRight(name, " \t")
	for _, c := range name {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return len(name) > 0
}

func (m *Mail) headers(h message.Header) {
	for f := h.Fields(); f.Next(); {
		name := strings.ToLower(f.Key())
		m.header[name] = append(m.header[name], f.Value())
	}
	raw := func(name string) string { return strings.Join(m.header[name], ", ") }
	m.InReplyTo, m.References = ids(raw("in-reply-to")), ids(raw("references"))
	m.From, m.Sender, m.ReplyTo = one(raw("from")), one(raw("sender")), one(raw("reply-to"))
	m.To, m.Cc = addresses(raw("to")), addresses(raw("cc"))
	for _, name := range []string{"delivered-to", "x-original-to", "envelope-to", "x-envelope-to"} {
		m.Delivered = append(m.Delivered, addresses(raw(name))...)
	}
	if m.has("return-path") {
		path := one(m.header["return-path"][0]).Mail
		m.Bounce = &path
	}
	m.Subject = decodeHeader(m.Header("subject"))
	if at, err := mail.ParseDate(m.Header("date")); err == nil && at.Year() > 1990 && at.Year() < 2200 {
		m.Date = at.UTC().Truncate(time.Second)
	}
	if found := ids(m.Header("message-id")); len(found) > 0 {
		m.ID = found[0]
	}
	for name, values := range m.header {
		for i, v := range values {
			values[i] = decodeHeader(v)
		}
		m.header[name] = values
	}
	if m.Writer().Mail == "" {
		m.broke(BrokenSender)
	}
}

// identify gives a mail without a usable Message-ID one that is the same for the same
// mail, however often it is fetched.
func (m *Mail) identify(body []byte) {
	if m.ID != "" {
		return
	}
	m.broke(BrokenID)
	sum := sha256.New()
	for _, name := range []string{"from", "to", "date", "subject"} {
		sum.Write([]byte(m.Header(name) + "\n"))
	}
	sum.Write(body)
	m.ID, m.Synthetic = hex.EncodeToString(sum.Sum(nil)[:16])+"@no-message-id.invalid", true
}

var bracketed = regexp.MustCompile(`<([^<>\s]{1,500})>`)

// mostIDs is how many Message-IDs of a References line are looked at: the newest.
const mostIDs = 50

func ids(raw string) []string {
	var out []string
	seen := map[string]bool{}
	add := func(id string) {
		id = strings.ToValidUTF8(strings.Trim(id, "<>,;\"' \t"), "")
		if id != "" && len(id) <= 500 && !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	if found := bracketed.FindAllStringSubmatch(raw, -1); len(found) > 0 {
		for _, f := range found {
			add(f[1])
		}
	} else {
		for _, word := range strings.Fields(raw) {
			if strings.Contains(word, "@") {
				add(word)
			}
		}
	}
	if len(out) > mostIDs {
		out = out[len(out)-mostIDs:]
	}
	return out
}

var addressLike = regexp.MustCompile(`[\p{L}0-9.!#$%&'*+/=?^_{|}~-]+@[\p{L}0-9-]+(?:\.[\p{L}0-9-]+)*`)

func one(raw string) Address {
	if all := addresses(raw); len(all) > 0 {
		return all[0]
	}
	return Address{}
}

// addresses reads an address line; a broken one by what looks like addresses in it.
func addresses(raw string) []Address {
	raw = strings.TrimSpace(raw)
	if raw == "" || raw == "<>" {
		return nil
	}
	var out []Address
	if list, err := mail.ParseAddressList(spelled(raw)); err == nil {
		for _, a := range list {
			out = append(out, Address{Name: clean(a.Name), Mail: strings.ToLower(clean(a.Address))})
		}
		return out
	}
	text := decodeHeader(raw)
	for _, at := range addressLike.FindAllStringIndex(text, -1) {
		a := Address{Mail: strings.ToLower(text[at[0]:at[1]])}
		if len(out) == 0 {
			a.Name = strings.Trim(text[:at[0]], " \t\"'<>,;:")
		}
		out = append(out, a)
	}
	return out
}

// encodedRun is a run of encoded words, in the quotation marks that some put around it.
var encodedRun = regexp.MustCompile(`"?(?:=\?[^?\s]+\?[bBqQ]\?[^?]*\?=\s*)+"?`)

// spelled is an address line with its encoded words spelled out as quoted strings.
func spelled(raw string) string {
	return encodedRun.ReplaceAllStringFunc(raw, func(run string) string {
		words := strings.NewReplacer(`\`, "", `"`, "").Replace(decodeHeader(strings.Trim(run, `"`)))
		return `"` + words + `" `
	})
}

// limited reads at most so many bytes and tells whether that was all.
func limited(r io.Reader, most int64) (raw []byte, whole bool) {
	raw, err := io.ReadAll(io.LimitReader(r, most+1))
	if int64(len(raw)) > most {
		return raw[:most], false
	}
	return raw, err == nil || errors.Is(err, io.EOF)
}
