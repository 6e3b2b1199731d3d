package importer

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
)

// Column is one column that a table may have. Its heading is the sentence of Name in
// any language; Name+".also" may list other headings, divided by "|", and
// Name+".hint" explains it in the template.
type Column struct {
	Key    string
	Name   string
	Needed bool
	// Read checks a cell that is not empty and gives its stored form; nil takes any text.
	Read func(cell string) (string, error)
	// Say writes a stored form as people read it; nil leaves it as it is.
	Say func(t i18n.T, stored string) string
}

// Text takes at most limit letters.
func Text(limit int) func(string) (string, error) {
	return func(s string) (string, error) {
		if utf8.RuneCountInString(s) > limit {
			return "", fault.New(fault.Invalid, "importer.text_long", "limit", limit)
		}
		return s, nil
	}
}

// Whole takes a whole number from low to high; points between thousands are fine.
func Whole(low, high int64) func(string) (string, error) {
	return func(s string) (string, error) {
		n, err := strconv.ParseInt(strings.TrimSuffix(s, ".0"), 10, 64)
		if err != nil {
			n, err = strconv.ParseInt(strings.NewReplacer(".", "", " ", "", "\u00a0", "").Replace(s), 10, 64)
		}
		if err != nil || n < low || n > high {
			return "", fault.New(fault.Invalid, "importer.number_bad", "low", low, "high", high)
		}
		return strconv.FormatInt(n, 10), nil
	}
}

// Date takes 10/11/2016, 2016-11-10 or a spreadsheet's own day number and gives 2016-11-10.
func Date(s string) (string, error) {
	for _, layout := range []string{"2/1/2006", "2-1-2006", "2.1.2006", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, s, clock.City); err == nil {
			return t.Format(time.DateOnly), nil
		}
	}
	if days, err := strconv.ParseFloat(s, 64); err == nil && days > 10_000 && days < 80_000 {
		return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(days)).Format(time.DateOnly), nil
	}
	return "", fault.New(fault.Invalid, "importer.date_bad")
}

// OneOf takes a word by its code or by the sentence of prefix+code in any language,
// whatever its marks and case, and gives the code.
func OneOf(c *i18n.Catalog, prefix string, codes ...string) func(string) (string, error) {
	known := map[string]string{}
	for _, code := range codes {
		known[fold.Key(code)] = code
		for _, lang := range i18n.Langs {
			known[fold.Key(c.In(lang).Say(prefix+code))] = code
		}
		if c.Has(prefix + code + ".also") {
			for _, lang := range i18n.Langs {
				for also := range strings.SplitSeq(c.In(lang).Say(prefix+code+".also"), "|") {
					known[fold.Key(also)] = code
				}
			}
		}
	}
	return func(s string) (string, error) {
		if code, ok := known[fold.Key(s)]; ok {
			return code, nil
		}
		words := make([]string, len(codes))
		for i, code := range codes {
			words[i] = c.In(i18n.VI).Say(prefix + code)
		}
		return "", fault.New(fault.Invalid, "importer.word_unknown", "known", strings.Join(words, ", "))
	}
}

// headings are the folded headings by which a column is known.
func (c Column) headings(cat *i18n.Catalog) []string {
	out := []string{fold.Key(c.Key)}
	for _, lang := range i18n.Langs {
		t := cat.In(lang)
		out = append(out, fold.Key(t.Say(c.Name)))
		if cat.Has(c.Name + ".also") {
			for also := range strings.SplitSeq(t.Say(c.Name+".also"), "|") {
				out = append(out, fold.Key(also))
			}
		}
	}
	return out
}

// layout is where the columns of a spec are in a table.
type layout struct {
	head   int            // index of the heading's record
	at     map[string]int // column key → cell index
	unread []string       // headings that nobody knows
}

// find looks for the headings in the first ten lines, since a table may open with
// the name of the office and a title.
func find(cat *i18n.Catalog, columns []Column, table []Record) (layout, error) {
	known := map[string]string{}
	for _, c := range columns {
		for _, h := range c.headings(cat) {
			known[h] = c.Key
		}
	}
	var best layout
	for i, r := range table[:min(len(table), 10)] {
		l := layout{head: i, at: map[string]int{}}
		for j, cell := range r.Cells {
			// Headings often carry a note: "RAM (MB) *".
			key, ok := known[fold.Key(cell)]
			if !ok {
				plain, _, _ := strings.Cut(cell, "(")
				key, ok = known[fold.Key(plain)]
			}
			if _, twice := l.at[key]; ok && !twice {
				l.at[key] = j
			} else if cell != "" {
				l.unread = append(l.unread, cell)
			}
		}
		if len(l.at) > len(best.at) {
			best = l
		}
	}
	var k fault.Check
	for _, c := range columns {
		if _, ok := best.at[c.Key]; c.Needed && !ok {
			k.Need(false, "file", "importer.column_missing", "name", i18n.Key(c.Name))
		}
	}
	return best, k.Err()
}
