package org

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"lotrinh/internal/kit/fold"
)

// tokens are what a unit is found by.
type tokens struct {
	name  string   // folded kind and name
	bare  string   // folded name
	marks string   // the name with its marks, see marked
	full  string   // kind and name with their marks
	words []string // folded words of the whole path
}

func (t *Tree) tokensOf(u Unit) tokens {
	k := tokens{name: fold.Key(u.Full()), bare: fold.Key(u.Name), marks: marked(u.Name), full: marked(u.Full())}
	for _, p := range t.Path(u.Code) {
		k.words = append(k.words, fold.Words(p.Full())...)
	}
	return k
}

// marked is lower-case text in which each word's tone stands at its end, so that
// composed and decomposed letters, "hoà" and "hòa", are the same.
func marked(s string) string {
	var b strings.Builder
	var tone []rune
	for _, r := range norm.NFD.String(strings.TrimSpace(s)) {
		switch r {
		case '\u0300', '\u0301', '\u0303', '\u0309', '\u0323':
			tone = append(tone, r)
			continue
		}
		if unicode.IsSpace(r) || unicode.IsPunct(r) {
			b.WriteString(string(tone))
			tone = tone[:0]
			r = ' '
		}
		b.WriteRune(unicode.ToLower(r))
	}
	b.WriteString(string(tone))
	return strings.Join(strings.Fields(b.String()), " ")
}

// Hit is a unit that a search found.
type Hit struct {
	Unit
	// Place is the unit with what it lies in: "xã Đặng Xá, huyện Gia Lâm".
	Place string
}

// Search finds units by name, name and district ("dang xa gia lam") or code, with or
// without marks. What matches with its marks comes first, then whole names, then
// beginnings of words.
func (t *Tree) Search(q string, limit int) []Hit {
	words := fold.Words(q)
	if len(words) == 0 {
		return nil
	}
	type scored struct {
		i, score int
	}
	var found []scored
	folded, marks := strings.Join(words, " "), marked(q)
	for i := range t.units {
		if s, ok := t.score(i, folded, marks, words); ok {
			found = append(found, scored{i, s})
		}
	}
	slices.SortFunc(found, func(a, b scored) int { return cmp.Or(a.score-b.score, a.i-b.i) })
	var hits []Hit
	for _, f := range found[:min(limit, len(found))] {
		u := t.units[f.i]
		hits = append(hits, Hit{Unit: u, Place: t.Place(u.Code)})
	}
	return hits
}

func (t *Tree) score(i int, folded, marks string, words []string) (int, bool) {
	k, u := t.tokens[i], t.units[i]
	switch {
	case u.Code == folded, k.marks == marks, k.full == marks:
		return 0, true
	case k.bare == folded, k.name == folded:
		return 2, true
	}
	for _, w := range words {
		if !slices.ContainsFunc(k.words, func(have string) bool { return strings.HasPrefix(have, w) }) {
			return 0, false
		}
	}
	switch {
	case strings.HasPrefix(k.marks, marks):
		return 1, true
	case strings.HasPrefix(k.bare, folded), strings.HasPrefix(k.name, folded):
		return 3, true
	case allIn(strings.Fields(k.name), words):
		return 4, true
	}
	return 5, true
}

func allIn(have, words []string) bool {
	for _, w := range words {
		if !slices.ContainsFunc(have, func(h string) bool { return strings.HasPrefix(h, w) }) {
			return false
		}
	}
	return true
}
