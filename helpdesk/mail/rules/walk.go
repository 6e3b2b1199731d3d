package rules

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/emersion/go-message"
)

func bufioOf(raw []byte) *bufio.Reader { return bufio.NewReader(bytes.NewReader(raw)) }

// walker goes through the parts of a mail and takes from each what it is for.
type walker struct {
	m     *Mail
	parts int
	text  []string
	html  []string
}

func (w *walker) walk(e *message.Entity, depth int) {
	if w.parts++; w.parts > mostParts || depth > deepest {
		w.m.broke(BrokenStructure)
		return
	}
	typ, params, err := e.Header.ContentType()
	if err != nil && e.Header.Get("Content-Type") != "" {
		typ = strings.ToLower(strings.TrimSpace(strings.Split(e.Header.Get("Content-Type"), ";")[0]))
		params = map[string]string{}
		w.m.broke(BrokenStructure)
	}
	switch {
	case strings.HasPrefix(typ, "multipart/"):
		w.multipart(e, typ, params, depth)
	case typ == "message/delivery-status", typ == "message/global-delivery-status": // RFC 6533
		raw, _ := limited(e.Body, mostText)
		w.report().status(raw)
	case w.m.Report != nil && slices.Contains([]string{"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"}, typ):
		raw, _ := limited(e.Body, mostText)
		w.report().returned(raw)
	default:
		w.leaf(e, typ, params)
	}
}

func (w *walker) report() *Report {
	if w.m.Report == nil {
		w.m.Report = &Report{}
	}
	return w.m.Report
}

func (w *walker) multipart(e *message.Entity, typ string, params map[string]string, depth int) {
	r := e.MultipartReader()
	if r == nil || params["boundary"] == "" {
		w.m.broke(BrokenStructure)
		w.leaf(e, "text/plain", nil)
		return
	}
	if typ == "multipart/report" {
		if strings.EqualFold(params["report-type"], "delivery-status") || params["report-type"] == "" {
			w.report()
		}
	}
	for {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return
		}
		if part == nil {
			w.m.broke(BrokenStructure)
			return
		}
		if err != nil && !message.IsUnknownCharset(err) {
			w.m.broke(BrokenStructure)
		}
		w.walk(part, depth+1)
		if w.parts > mostParts {
			return
		}
	}
}

func (w *walker) leaf(e *message.Entity, typ string, params map[string]string) {
	disposition, dparams, _ := e.Header.ContentDisposition()
	name := decodeHeader(dparams["filename"])
	if name == "" {
		name = decodeHeader(params["name"])
	}
	attached := strings.EqualFold(disposition, "attachment") || name != ""
	if (typ == "text/plain" || typ == "text/html" || typ == "") && !attached {
		raw, whole := limited(e.Body, mostText)
		if !whole {
			w.m.broke(BrokenStructure)
		}
		charset := params["charset"]
		if charset == "" && typ == "text/html" {
			charset = metaCharset(raw)
		}
		text, ok := decodeText(raw, charset)
		if !ok {
			w.m.broke(BrokenCharset)
		}
		if typ == "text/html" {
			w.html = append(w.html, text)
		} else {
			w.text = append(w.text, text)
		}
		return
	}
	raw, whole := limited(e.Body, mostPart)
	if !whole {
		w.m.broke(BrokenStructure)
	}
	if len(raw) == 0 {
		return
	}
	if name == "" && typ == "message/rfc822" {
		name = "thu-dinh-kem.eml"
	}
	w.m.Parts = append(w.m.Parts, Part{Name: name, Type: strings.ToLower(typ), Content: raw,
		CID:    strings.Trim(e.Header.Get("Content-Id"), "<> \t"),
		Inline: strings.EqualFold(disposition, "inline") || disposition == "" && e.Header.Get("Content-Id") != ""})
}

// finish chooses the words: the text part, or what the HTML part says. A mail of
// which no part could be read still shows its body.
func (w *walker) finish(body []byte) {
	m := w.m
	m.HTML = strings.Join(w.html, "\n")
	if links(m.HTML) > mostLinks {
		m.HTML = ""
		m.broke(BrokenLinks)
	}
	m.Text = tidy(strings.Join(w.text, "\n\n"))
	if fromHTML := TextOf(strings.Join(w.html, "\n")); m.Text == "" || poor(m.Text, fromHTML) {
		m.Text = fromHTML
	}
	if m.Text == "" && len(m.Parts) == 0 && m.Report == nil && len(m.Broken) > 0 {
		text, _ := decodeText(body[:min(len(body), mostText)], "")
		m.Text = tidy(text)
	}
}

// poor is a text part that only says that there is HTML.
func poor(text, html string) bool { return len(text) < 80 && len(html) > 4*len(text)+200 }

// tidy trims a text and leaves at most one empty line between two paragraphs.
func tidy(s string) string {
	var out []string
	empty := 0
	for _, line := range strings.Split(s, "\n") {
		line = strings.TrimRight(line, " \t")
		if line == "" {
			empty++
		} else {
			empty = 0
		}
		if empty <= 1 {
			out = append(out, line)
		}
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}
