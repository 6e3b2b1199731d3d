package search

import (
	"context"
	"strings"
	"unicode"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fold"
)

// Limits of a query: more words narrow nothing, longer ones find nothing.
const (
	mostWords = 10
	wordRunes = 40
)

func cut(words []string) []string {
	out := words[:min(len(words), mostWords)]
	for i, w := range out {
		if r := []rune(w); len(r) > wordRunes {
			out[i] = string(r[:wordRunes])
		}
	}
	return out
}

// tones puts the tone of oà, oè, uý … on the place where oa, oe, uy carry it in the
// other school of spelling, so that both spellings are the same marked word.
var tones = strings.NewReplacer(
	"oà", "òa", "oá", "óa", "oả", "ỏa", "oã", "õa", "oạ", "ọa",
	"oè", "òe", "oé", "óe", "oẻ", "ỏe", "oẽ", "õe", "oẹ", "ọe",
	"uỳ", "ùy", "uý", "úy", "uỷ", "ủy", "uỹ", "ũy", "uỵ", "ụy")

// marked are the words of s in lower case with their marks, NFC, one tone placement.
func marked(s string) []string {
	return strings.FieldsFunc(tones.Replace(strings.ToLower(fold.NFC(s))), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// scopeWords are the words of which a document must carry one.
func scopeWords(scopes []Scope) []string {
	var out []string
	for _, s := range scopes {
		if s.Everywhere {
			out = append(out, token(s.Kind, 'a', ""))
			continue
		}
		for _, u := range s.Units {
			out = append(out, token(s.Kind, 'u', u))
		}
		if s.Owner != "" {
			out = append(out, token(s.Kind, 'o', s.Owner))
		}
	}
	return out
}

// asked is what a match looks for.
type asked struct {
	words  []string
	marks  bool // in titles with their marks
	starts bool // the last word may be the start of one
}

// match is the newest documents that carry a word of the scope and all words asked.
func match(ctx context.Context, d *db.DB, within []string, a asked, limit int) ([]row, error) {
	var rows []row
	var err error
	if d.SQLite() {
		err = d.Read().NewRaw(sqliteMatch, sqliteQuery(within, a), limit).Scan(ctx, &rows)
	} else {
		err = d.Read().NewRaw(postgresMatch, postgresQuery(within, a), limit).Scan(ctx, &rows)
	}
	return rows, db.Sorted(err)
}

const columns = "SELECT sd.id, sd.area, sd.kind, sd.subject, sd.part, sd.unit, sd.title, sd.lead, sd.updated, sd.marked, sd.head"

const sqliteMatch = columns + " FROM search_words AS sw CROSS JOIN search_doc AS sd ON sd.id = sw.rowid" +
	" WHERE search_words MATCH ? ORDER BY sw.rowid DESC LIMIT ?"

const postgresMatch = columns + " FROM search_doc AS sd WHERE sd.words @@ to_tsquery('simple', ?) ORDER BY sd.id DESC LIMIT ?"

// sqliteQuery writes an FTS5 expression. Words hold letters and digits only, and
// stand in quotes, so no query text is ever syntax.
func sqliteQuery(within []string, a asked) string {
	column := "{head body}"
	if a.marks {
		column = "marked"
	}
	var b strings.Builder
	for i, w := range a.words {
		b.WriteString(column + " : \"" + w + "\"")
		if a.starts && i == len(a.words)-1 {
			b.WriteString(" * ")
		}
		b.WriteString(" AND ")
	}
	b.WriteString("scope : (\"" + strings.Join(within, "\" OR \"") + "\")")
	return b.String()
}

// postgresQuery writes the same as a tsquery: weight A is the marked title, B the
// title, C the body, D the scope.
func postgresQuery(within []string, a asked) string {
	weight := "BC"
	if a.marks {
		weight = "A"
	}
	var b strings.Builder
	for i, w := range a.words {
		b.WriteString("'" + w + "':")
		if a.starts && i == len(a.words)-1 {
			b.WriteString("*")
		}
		b.WriteString(weight + " & ")
	}
	b.WriteString("('" + strings.Join(within, "':D | '") + "':D)")
	return b.String()
}
