package phone

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// moved is every prefix that was moved and can still be told from a number of today.
//
//go:embed data/moved.tsv
var moved string

// move is one prefix that became another.
type move struct {
	old, now string
	digits   int // of the whole old number
}

var moves = readMoves(moved)

func readMoves(table string) []move {
	var all []move
	for line := range strings.Lines(table) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if n, err := strconv.Atoi(f[min(2, len(f)-1)]); err == nil {
			all = append(all, move{f[0], f[1], n})
		}
	}
	return all
}

// Kind is what sort of number one is.
type Kind int

// The kinds.
const (
	None    Kind = iota // no number
	Mobile              // 09…, ten digits
	Land                // 024…, and whatever else begins with 0
	Service             // 1800…, 1900…
	Short               // 1022, 113
	Foreign             // +81…
)

// Normal writes a number in its one form; ok is false for what cannot be a number.
func Normal(s string) (n string, ok bool) {
	d, plus, ok := digits(s)
	if !ok {
		return "", false
	}
	switch {
	case plus && strings.HasPrefix(d, "84"), strings.HasPrefix(d, "0084"):
		d = "0" + strings.TrimLeft(d[strings.Index(d, "84")+2:], "0")
	case plus:
		d = "+" + d
	case strings.HasPrefix(d, "00"):
		d = "+" + strings.TrimLeft(d, "0")
	case strings.HasPrefix(d, "84") && len(d) >= 11:
		d = "0" + strings.TrimLeft(d[2:], "0")
	case bare(d):
		d = "0" + d
	case d[0] != '0' && len(d) >= 11: // an exchange names the country without the plus
		d = "+" + d
	}
	d = now(d)
	return d, KindOf(d) != None
}

// digits are the digits of what was typed or sent, and whether a plus led them. The
// schemes of telephone addresses and signs between digits fall away; letters refuse.
func digits(s string) (d string, plus, ok bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, scheme := range []string{"sip:", "sips:", "tel:"} {
		if rest, is := strings.CutPrefix(s, scheme); is {
			s, _, _ = strings.Cut(rest, "@")
			s, _, _ = strings.Cut(s, ";")
		}
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == '+' && b.Len() == 0:
			plus = true
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return "", false, false
		}
	}
	return b.String(), plus, b.Len() > 0
}

// bare tells whether a national number lost its 0 on the way, in a spreadsheet or in
// an exchange.
func bare(d string) bool {
	switch len(d) {
	case 9:
		return strings.Contains("35789", d[:1])
	case 10:
		return d[0] == '2' || oldMobile("0"+d)
	}
	return false
}

func oldMobile(d string) bool {
	m, ok := moveOf(d)
	return ok && m.old[1] == '1'
}

func moveOf(d string) (move, bool) {
	i := slices.IndexFunc(moves, func(m move) bool { return len(d) == m.digits && strings.HasPrefix(d, m.old) && rest(m, d) })
	if i < 0 {
		return move{}, false
	}
	return moves[i], true
}

// rest tells whether a subscriber's number can follow the old prefix: none of a
// landline begins with 0 or 1.
func rest(m move, d string) bool { return m.old[1] == '1' || d[len(m.old)] >= '2' }

// now is the number that an old one has become.
func now(d string) string {
	if m, ok := moveOf(d); ok {
		return m.now + d[len(m.old):]
	}
	return d
}

// KindOf is the kind of a number in its one form.
func KindOf(n string) Kind {
	switch {
	case strings.HasPrefix(n, "+"):
		if len(n) >= 8 && len(n) <= 16 && !strings.HasPrefix(n, "+84") && n[1] != '0' {
			return Foreign
		}
	case strings.HasPrefix(n, "00"):
	case strings.HasPrefix(n, "0"):
		switch {
		case len(n) == 10 && strings.Contains("35789", n[1:2]):
			return Mobile
		case len(n) >= 8 && len(n) <= 11:
			return Land
		}
	case strings.HasPrefix(n, "1800"), strings.HasPrefix(n, "1900"):
		if len(n) >= 8 && len(n) <= 10 {
			return Service
		}
	case strings.HasPrefix(n, "1") && (len(n) == 3 || len(n) == 4):
		return Short
	}
	return None
}

// Alike are the forms in which a number may stand in old lists: its one form first,
// then those of before the moves.
func Alike(n string) []string {
	all := []string{n}
	for _, m := range moves {
		rest, is := strings.CutPrefix(n, m.now)
		if old := m.old + rest; is && len(old) == m.digits && now(old) == n {
			all = append(all, old)
		}
	}
	return all
}

// Anonymous tells whether an exchange says that the caller hides the number.
func Anonymous(s string) bool {
	_, ok := Normal(s)
	return !ok
}

// Show writes a number in groups that people read aloud.
func Show(n string) string {
	switch {
	case KindOf(n) == Mobile:
		return n[:4] + " " + n[4:7] + " " + n[7:]
	case KindOf(n) == Land && len(n) == 11 && (n[:3] == "024" || n[:3] == "028"):
		return n[:3] + " " + n[3:7] + " " + n[7:]
	case KindOf(n) == Land && len(n) == 11:
		return n[:4] + " " + n[4:7] + " " + n[7:]
	case KindOf(n) == Service:
		return n[:4] + " " + n[4:]
	}
	return n
}

// Mask hides all but the last three digits, for those who need not know the number.
func Mask(n string) string {
	if len(n) <= 4 {
		return n
	}
	return "••• " + n[len(n)-3:]
}

// found are the places in a text where a number may stand.
func found(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool {
		return !(r >= '0' && r <= '9') && !strings.ContainsRune("+ .-()/", r)
	})
}

// In are the mobile and landline numbers that a text mentions, each once, in order.
// Digits that merely look like one, in a code or a sum of money, may be among them: it
// is a guess to be confirmed by a person.
func In(text string) []string {
	var all []string
	for _, part := range found(text) {
		part = strings.TrimLeft(part, " .-()/")
		if !strings.HasPrefix(part, "0") && !strings.HasPrefix(part, "+84") && !strings.HasPrefix(part, "84") {
			continue
		}
		for _, s := range []string{part, strings.Split(part, "/")[0]} {
			n, ok := Normal(s)
			if k := KindOf(n); ok && (k == Mobile || k == Land && len(n) >= 10) && !slices.Contains(all, n) {
				all = append(all, n)
			}
		}
	}
	return all
}
