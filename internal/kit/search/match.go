package search

import (
	"context"
	"slices"
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

// within is of which words a document of a kind must carry one.
type within struct {
	kind  string
	words []string
}

// scopeWords are the words of the scopes, by kind.
func scopeWords(scopes []Scope) []within {
	var all []within
	put := func(kind, word string) {
		i := slices.IndexFunc(all, func(w within) bool { return w.kind == kind })
		if i < 0 {
			i, all = len(all), append(all, within{kind: kind})
		}
		all[i].words = append(all[i].words, word)
	}
	for _, s := range scopes {
		if s.Everywhere {
			put(s.Kind, token(s.Kind, 'a', ""))
			continue
		}
		for _, u := range s.Units {
			put(s.Kind, token(s.Kind, 'u', u))
		}
		if s.Owner != "" {
			put(s.Kind, token(s.Kind, 'o', s.Owner))
		}
	}
	return all
}

// flat are the words of all kinds.
func flat(all []within) (words []string) {
	for _, w := range all {
		words = append(words, w.words...)
	}
	return words
}

// asked is what a match looks for.
type asked struct {
	words  []string
	marks  bool  // in titles with their marks
	starts bool  // the last word may be the start of one
	before int64 // only documents whose row number is lower
}

// match is the newest documents that carry a word of the scope and all words asked.
func match(ctx context.Context, d *db.DB, scope []within, a asked, limit int) ([]row, error) {
	var rows []row
	sql, args := sqliteMatch, []any{sqliteQuery(flat(scope), a), a.before, limit}
	if !d.SQLite() {
		sql, args = postgresMatch(scope, a, limit)
	}
	return rows, db.Sorted(d.Read().NewRaw(sql, args...).Scan(ctx, &rows))
}

const columns = "SELECT sd.id, sd.area, sd.kind, sd.subject, sd.part, sd.unit, sd.title, sd.lead, sd.updated, sd.marked, sd.head"

const sqliteMatch = columns + " FROM search_words AS sw CROSS JOIN search_doc AS sd ON sd.id = sw.rowid" +
	" WHERE search_words MATCH ? AND sw.rowid < ? ORDER BY sw.rowid DESC LIMIT ?"

// fewKinds is of how many kinds each is looked up by itself.
const fewKinds = 4

// ofKind are the documents of one kind, to be sorted by byKind. A row of both columns,
// compared and sorted by, leaves PostgreSQL two ways only: the words' own index, or the
// newest of this kind. Left to itself it walks back over whatever is newer.
const (
	ofKind = " FROM search_doc AS sd WHERE (sd.kind, sd.id) BETWEEN (?, 0) AND (?, ? - 1)"
	byKind = " ORDER BY sd.kind DESC, sd.id DESC LIMIT ?"
)

// postgresMatch is the statement of a match. Few kinds are looked up each by itself: a
// common word is soon found among the newest of a kind, a rare one by its index. The
// start of a single word is gathered once, for all kinds.
func postgresMatch(scope []within, a asked, limit int) (string, []any) {
	if len(scope) > fewKinds || a.starts && len(a.words) == 1 {
		words, args := postgresWords(flat(scope), a)
		return columns + " FROM search_doc AS sd WHERE sd.id < ?" + words + " ORDER BY sd.id DESC LIMIT ?", append(append([]any{a.before}, args...), limit)
	}
	var each []string
	var args []any
	for _, w := range scope {
		words, of := postgresWords(w.words, a)
		each = append(each, "("+columns+ofKind+words+byKind+")")
		args = append(append(append(args, w.kind, w.kind, a.before), of...), limit)
	}
	return "SELECT * FROM (" + strings.Join(each, " UNION ALL ") + ") AS sd ORDER BY sd.id DESC LIMIT ?", append(args, limit)
}

// postgresWords is the condition of a match. The start of a word behind whole ones is
// asked of what those leave, by the operator's function: the operator itself would go
// to the index as well, which gathers every word that begins so from all documents.
func postgresWords(scope []string, a asked) (string, []any) {
	const by = " AND sd.words @@ to_tsquery('simple', ?)"
	if !a.starts || len(a.words) == 1 {
		return by, []any{postgresQuery(scope, a)}
	}
	whole := asked{words: a.words[:len(a.words)-1], marks: a.marks}
	return by + " AND ts_match_vq(sd.words, to_tsquery('simple', ?))", []any{postgresQuery(scope, whole), postgresQuery(scope, a)}
}

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
