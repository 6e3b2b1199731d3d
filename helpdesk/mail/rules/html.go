package rules

import (
	"regexp"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
)

// mostLinks is how many links the HTML of a mail may have before it is not shown.
const mostLinks = 5000

func links(source string) int { return strings.Count(strings.ToLower(source), "<a ") }

var metaTag = regexp.MustCompile(`(?i)<meta[^>]+charset\s*=\s*["']?([\w-]+)`)

func metaCharset(raw []byte) string {
	if found := metaTag.FindSubmatch(raw[:min(len(raw), 4096)]); found != nil {
		return string(found[1])
	}
	return ""
}

// policy is the HTML of a mail that is shown: words, tables and links; no style, no
// script, no form, and pictures only from where our own parts are served.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "div", "span", "br", "hr", "b", "strong", "i", "em", "u", "s", "small", "sub", "sup", "ul", "ol", "li",
		"h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "font")
	p.AllowNoAttrs().OnElements("span", "font")
	p.AllowAttrs("colspan", "rowspan").Matching(bluemonday.Integer).OnElements("td", "th")
	p.AllowStandardURLs()
	p.AllowURLSchemes("http", "https", "mailto", "tel")
	p.AllowAttrs("href").OnElements("a")
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true)
	p.AllowRelativeURLs(true)
	p.AllowAttrs("src").Matching(ourPart).OnElements("img")
	p.AllowAttrs("alt").OnElements("img")
	return p
})

// ourPart is the address of a part of a mail on our own site.
var ourPart = regexp.MustCompile(`^/desk/mail/letters/[0-9a-f-]{36}/parts/[0-9]{1,3}$`)

var (
	cidLink  = regexp.MustCompile(`(?i)["']?cid:([^"'\s>)]+)["']?`)
	imgTag   = regexp.MustCompile(`(?i)<img\b[^>]*>`)
	remote   = regexp.MustCompile(`(?i)\bsrc\s*=\s*["']?\s*(?:https?:)?//`)
	relative = regexp.MustCompile(`(?i)(<a\b[^>]*\bhref\s*=\s*["']?)/`)
)

// Safe is the HTML of a mail as it may be shown. at says where the part with a
// Content-ID is served, empty when it is not; blocked is how many pictures of the
// outside were left out.
func Safe(source string, at func(cid string) string) (safe string, blocked int) {
	for _, img := range imgTag.FindAllString(source, -1) {
		if remote.MatchString(img) {
			blocked++
		}
	}
	source = relative.ReplaceAllString(source, "${1}#/") // a link of the sender never leads into our own site
	source = cidLink.ReplaceAllStringFunc(source, func(link string) string {
		return `"` + at(cidLink.FindStringSubmatch(link)[1]) + `"`
	})
	return policy().Sanitize(source), blocked
}

// blocks are the elements that begin a line.
var blocks = map[string]bool{"p": true, "div": true, "br": true, "tr": true, "li": true, "h1": true, "h2": true, "h3": true, "h4": true,
	"h5": true, "h6": true, "blockquote": true, "pre": true, "table": true, "ul": true, "ol": true, "hr": true, "section": true, "article": true}

// silent are the elements whose text is not for reading.
var silent = map[string]bool{"script": true, "style": true, "head": true, "title": true, "template": true, "noscript": true}

// TextOf is what HTML says, as text. Quoted mail is marked by > as in text.
func TextOf(source string) string {
	var b strings.Builder
	quoted, mute := 0, 0
	line := func() {
		b.WriteString("\n" + strings.Repeat("> ", min(quoted, 3)))
	}
	for z := html.NewTokenizer(strings.NewReader(source)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		tok := z.Token()
		switch kind {
		case html.TextToken:
			if mute == 0 {
				b.WriteString(squeeze(tok.Data))
			}
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			end := kind == html.EndTagToken
			step := 1
			if end {
				step = -1
			}
			if silent[tok.Data] && kind != html.SelfClosingTagToken {
				mute = max(0, mute+step)
			}
			if tok.Data == "blockquote" {
				quoted = max(0, quoted+step)
			}
			if blocks[tok.Data] {
				line()
			}
			if tok.Data == "li" && !end {
				b.WriteString("- ")
			}
			if tok.Data == "td" && end {
				b.WriteString(" ")
			}
		}
	}
	return tidy(clean(trimQuotes(b.String())))
}

func squeeze(s string) string {
	fields := strings.Fields(s)
	out := strings.Join(fields, " ")
	if out == "" {
		return " "
	}
	if strings.TrimLeft(s, " \n\t\r") != s {
		out = " " + out
	}
	if strings.TrimRight(s, " \n\t\r") != s {
		out += " "
	}
	return out
}

// trimQuotes empties lines that are nothing but quotation marks, and trims the rest.
func trimQuotes(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		l = strings.TrimSpace(l)
		if strings.Trim(l, "> ") == "" {
			l = ""
		}
		lines[i] = l
	}
	return strings.Join(lines, "\n")
}
