package rules

import (
	"regexp"
	"strings"
)

var (
	// wrote is the line by which a mail program begins what it quotes.
	wrote = regexp.MustCompile(`(?i)^\s*>?\s*(on\s.{4,200}\swrote:|vào\s.{4,200}\sđã viết:|lúc\s.{4,200}\sviết:|ngày\s.{4,200}\sviết:|.{3,120}\sđã viết:)\s*$`)
	// wroteStart and wroteEnd are such a line broken in two.
	wroteStart = regexp.MustCompile(`(?i)^\s*>?\s*(on|vào|lúc|ngày)\s`)
	wroteEnd   = regexp.MustCompile(`(?i)(wrote|viết):\s*$`)
	// original is a rule with the words for what stands under it.
	original = regexp.MustCompile(`(?i)^\s*[-_*]{2,}\s*(original message|forwarded message|thư gốc|tin nhắn gốc|tin nhắn ban đầu|thư ban đầu|tin nhắn được chuyển tiếp|thư được chuyển tiếp|forwarded by .*)\s*[-_*]{2,}\s*$`)
	rule     = regexp.MustCompile(`^\s*_{10,}\s*$`)
	// headed are lines of a header as programs copy it into a text.
	headed = regexp.MustCompile(`(?i)^\s*>?\s*\*?(from|sent|to|subject|date|cc|từ|người gửi|gửi|đã gửi|ngày|ngày gửi|đến|tới|người nhận|chủ đề|tiêu đề|v/v)\s*:\*?\s*(.*)$`)
)

// Fold separates what somebody wrote from the mail that they answered.
func Fold(text string) (own, quoted string) {
	lines := strings.Split(text, "\n")
	for i := range lines {
		if begins(lines, i) {
			own = strings.TrimSpace(strings.Join(lines[:i], "\n"))
			if own == "" {
				break // an answer between or under the quoted lines: nothing may be hidden
			}
			return own, strings.TrimSpace(strings.Join(lines[i:], "\n"))
		}
	}
	end := len(lines)
	for end > 0 && (strings.TrimSpace(lines[end-1]) == "" || strings.HasPrefix(strings.TrimSpace(lines[end-1]), ">")) {
		end--
	}
	own = strings.TrimSpace(strings.Join(lines[:end], "\n"))
	if own == "" {
		return strings.TrimSpace(text), ""
	}
	return own, strings.TrimSpace(strings.Join(lines[end:], "\n"))
}

// begins tells whether quoted mail starts at a line, and nothing new follows it.
func begins(lines []string, i int) bool {
	line := lines[i]
	switch {
	case wrote.MatchString(line):
		return onlyQuoted(lines[i+1:])
	case wroteStart.MatchString(line) && i+1 < len(lines) && len(line) < 200 && wroteEnd.MatchString(lines[i+1]) && len(lines[i+1]) < 200:
		return onlyQuoted(lines[i+2:])
	case original.MatchString(line):
		return true
	case rule.MatchString(line) && i+1 < len(lines):
		return headed.MatchString(firstWords(lines[i+1:]))
	case headed.MatchString(line):
		return headerLines(lines[i:]) >= 3
	}
	return false
}

func firstWords(lines []string) string {
	for _, l := range lines {
		if strings.TrimSpace(l) != "" {
			return l
		}
	}
	return ""
}

// headerLines is how many lines of a copied header stand one after another.
func headerLines(lines []string) int {
	n := 0
	for _, l := range lines {
		if strings.TrimSpace(l) == "" {
			continue
		}
		if !headed.MatchString(l) {
			break
		}
		n++
	}
	return n
}

// onlyQuoted tells that no word of the writer stands under the quotation: all lines
// are marked, or none is and so all is the mail that was answered.
func onlyQuoted(lines []string) bool {
	marked, free := 0, 0
	for _, l := range lines {
		switch l = strings.TrimSpace(l); {
		case l == "":
		case strings.HasPrefix(l, ">"):
			marked++
		default:
			free++
		}
	}
	return marked == 0 || free == 0
}

var (
	forwardSubject = regexp.MustCompile(`(?i)^\s*(fwd?|chuyển tiếp|tr|ct)\s*:`)
	replySubject   = regexp.MustCompile(`(?i)^\s*((re|trả lời|tl|fwd?|chuyển tiếp|tr|ct|aw|sv)(\[\d+\])?\s*:\s*)+`)
)

// Original is the mail inside a forwarded one: who wrote it, about what, in which words.
type Original struct {
	From    Address
	Subject string
	Text    string
}

// Forwarded finds the original of a mail that somebody passed on: as an attached mail,
// or as a copied header in the text under a subject that says so.
func (m Mail) Forwarded() (Original, bool) {
	forwarded := forwardSubject.MatchString(m.Subject)
	for _, p := range m.Parts {
		if p.Type == "message/rfc822" && (forwarded || len(m.Parts) == 1) {
			inner := Parse(p.Content)
			if inner.Writer().Mail != "" {
				return Original{inner.Writer(), BareSubject(inner.Subject), inner.Text}, true
			}
		}
	}
	if !forwarded {
		return Original{}, false
	}
	return copied(m.Text)
}

// copied reads the first copied header of a text and what stands under it.
func copied(text string) (Original, bool) {
	lines := strings.Split(text, "\n")
	for i := range lines {
		if !headed.MatchString(lines[i]) || headerLines(lines[i:]) < 2 {
			continue
		}
		var o Original
		for ; i < len(lines) && (headed.MatchString(lines[i]) || strings.TrimSpace(lines[i]) == ""); i++ {
			found := headed.FindStringSubmatch(lines[i])
			if found == nil {
				if o.From.Mail != "" && o.Subject != "" {
					break
				}
				continue
			}
			switch strings.ToLower(found[1]) {
			case "from", "từ", "người gửi":
				o.From = one(strings.NewReplacer("[mailto:", "<", "]", ">", "*", "").Replace(found[2]))
			case "subject", "chủ đề", "tiêu đề", "v/v":
				o.Subject = BareSubject(strings.Trim(found[2], "* "))
			}
		}
		o.Text = strings.TrimSpace(unquote(strings.Join(lines[i:], "\n")))
		return o, o.From.Mail != ""
	}
	return Original{}, false
}

func unquote(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimPrefix(strings.TrimPrefix(l, ">"), " ")
	}
	return strings.Join(lines, "\n")
}

// BareSubject is a subject without Re:, Fwd: and our number.
func BareSubject(s string) string {
	s = tag.ReplaceAllString(s, "")
	return strings.TrimSpace(replySubject.ReplaceAllString(strings.TrimSpace(s), ""))
}
