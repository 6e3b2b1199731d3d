package agent

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"lotrinh/internal/kit/fault"
)

// errUnusual says that a body is beyond the plain subset that agents write: elements
// without attributes, text, the five entities. The general parser decides then.
var errUnusual = errors.New("agent: unusual XML")

func syntax(err error) error { return fault.Because(fault.Invalid, "intake.refused.syntax", err) }

// sink is told what a body holds, in its order.
type sink interface {
	start(name string) error
	text(s string) error // of the innermost element, unescaped, possibly in pieces
	end() error
}

// pastDeclaration is where the XML declaration ends. What it says of the charset has
// been followed; its version is nobody's business: agents of old write what they like.
func pastDeclaration(s string) int {
	const open = "<?xml"
	if !strings.HasPrefix(s, open) || len(s) == len(open) || !strings.ContainsRune(" \t\r\n?", rune(s[len(open)])) {
		return 0 // "<?xml-x" is another instruction
	}
	_, rest, _ := strings.Cut(s, "?>") // one that never ends leaves nothing
	return len(s) - len(rest)
}

// scan reads the plain subset in one pass without copying. s must be valid UTF-8
// without forbidden characters. repaired tells that references to forbidden characters
// were left out.
func scan(s string, to sink) (repaired bool, err error) {
	at := pastDeclaration(s)
	c := cursor{to: to}
	for {
		next := strings.IndexByte(s[at:], '<')
		if next < 0 {
			next = len(s) - at
		}
		if run := s[at : at+next]; run != "" {
			if err := c.run(run); err != nil {
				return c.repaired, err
			}
		}
		if at += next; at == len(s) {
			break
		}
		end := strings.IndexByte(s[at:], '>')
		if end < 0 {
			return c.repaired, errUnusual
		}
		if err := c.tag(s[at+1 : at+end]); err != nil {
			return c.repaired, err
		}
		at += end + 1
	}
	if c.depth > 0 || !c.seen {
		return c.repaired, errUnusual
	}
	return c.repaired, nil
}

// cursor is where a scan stands.
type cursor struct {
	to       sink
	open     [LongestPath]string // the elements around
	depth    int
	seen     bool // the root has begun
	repaired bool
}

// run takes text between tags.
func (c *cursor) run(s string) error {
	if c.depth == 0 {
		if strings.TrimSpace(s) != "" {
			return errUnusual
		}
		return nil
	}
	dropped, err := characters(s, c.to)
	c.repaired = c.repaired || dropped
	return err
}

// tag takes what stands between < and >.
func (c *cursor) tag(s string) error {
	if strings.HasPrefix(s, "/") {
		if c.depth == 0 || c.open[c.depth-1] != trimmed(s[1:]) {
			return errUnusual
		}
		c.depth--
		return c.to.end()
	}
	name, empty := strings.CutSuffix(s, "/")
	name = trimmed(name)
	if !plainName(name) || c.depth == 0 && c.seen {
		return errUnusual
	}
	c.seen = true
	if err := c.to.start(name); err != nil {
		return err
	}
	if empty {
		return c.to.end()
	}
	if c.depth == len(c.open) {
		return tooDeep()
	}
	c.open[c.depth] = name
	c.depth++
	return nil
}

// trimmed is s without the white space behind it, which hardly ever is there.
func trimmed(s string) string {
	if s == "" || s[len(s)-1] > ' ' {
		return s
	}
	return strings.TrimRight(s, " \t\r\n")
}

func plainName(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c == '_':
		case i > 0 && (c >= '0' && c <= '9' || c == '-' || c == '.'):
		default:
			return false
		}
	}
	return true
}

// entities are the names that XML knows without a declaration.
var entities = map[string]string{"amp": "&", "lt": "<", "gt": ">", "quot": `"`, "apos": "'"}

// characters hands a run of text on, its references resolved.
func characters(run string, to sink) (dropped bool, err error) {
	if strings.Contains(run, "]]>") {
		return false, errUnusual
	}
	amp := strings.IndexByte(run, '&')
	if amp < 0 {
		return false, to.text(run)
	}
	var b strings.Builder
	for amp >= 0 {
		b.WriteString(run[:amp])
		run = run[amp+1:]
		semi := strings.IndexByte(run, ';')
		if semi < 0 {
			return false, errUnusual
		}
		name := run[:semi]
		run = run[semi+1:]
		if ref, is := strings.CutPrefix(name, "#"); is {
			r, ok := charOf(ref)
			if !ok && !numbered.MatchString("&#"+ref+";") {
				return false, errUnusual
			}
			if ok {
				b.WriteRune(r)
			}
			dropped = dropped || !ok
		} else if known, ok := entities[name]; ok {
			b.WriteString(known)
		} else {
			return false, errUnusual
		}
		amp = strings.IndexByte(run, '&')
	}
	b.WriteString(run)
	return dropped, to.text(b.String())
}

// walk reads any well-formed XML with the parser of the standard library: attributes,
// comments, CDATA. Entities that are not XML's own are refused, so none can grow.
func walk(s string, to sink) error {
	s = s[pastDeclaration(s):]
	d := xml.NewDecoder(strings.NewReader(s))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // readable made it UTF-8
	depth, seen := 0, false
	for {
		tok, err := d.Token()
		switch {
		case errors.Is(err, io.EOF) && seen:
			return nil
		case err != nil && d.InputOffset() >= int64(len(s)):
			return fault.Because(fault.Invalid, "intake.refused.truncated", err)
		case err != nil:
			return syntax(err)
		}
		switch x := tok.(type) {
		case xml.StartElement:
			if depth == 0 && seen {
				return syntax(errUnusual)
			}
			depth, seen = depth+1, true
			if depth > LongestPath {
				return tooDeep()
			}
			err = to.start(x.Name.Local)
		case xml.EndElement:
			depth--
			err = to.end()
		case xml.CharData:
			if depth > 0 {
				err = to.text(string(x))
			} else if strings.TrimSpace(string(x)) != "" {
				err = syntax(errUnusual)
			}
		}
		if err != nil {
			return err
		}
	}
}
