package catalogue

import (
	"slices"
	"strings"

	"lotrinh/internal/kit/fold"
)

// empty are words that say nothing about what somebody looks for.
var empty = map[string]bool{"toi": true, "muon": true, "can": true, "lam": true, "xin": true, "cho": true, "the": true, "nao": true, "o": true, "dau": true, "de": true, "thu": true, "tuc": true, "dang": true, "ky": true, "cap": true, "a": true, "i": true, "want": true, "to": true, "my": true, "of": true}

// Find sorts what is offered by how well it answers plain words, however they are
// marked: "giay khai sinh cho con" finds the registration of a birth. Without words
// everything is found, in its order. What is not answered is left out.
func Find(all []Offer, typed string) []Offer {
	phrase := fold.Key(typed)
	if phrase == "" {
		return all
	}
	words := slices.DeleteFunc(strings.Fields(phrase), func(w string) bool { return empty[w] })
	if len(words) == 0 {
		words = strings.Fields(phrase)
	}
	type hit struct {
		Offer
		score int
	}
	var hits []hit
	for _, o := range all {
		if n := o.answers(phrase, words); n > 0 {
			hits = append(hits, hit{o, n})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return b.score - a.score })
	out := make([]Offer, len(hits))
	for i, h := range hits {
		out[i] = h.Offer
	}
	return out
}

// answers is how well an offer answers: more than half of the words must be in its name
// or in the plain words for it; a whole phrase outweighs single words.
func (o Offer) answers(phrase string, words []string) int {
	name := fold.Key(o.Name.VI + " " + o.Name.EN)
	plain := make([]string, len(o.Words))
	for i, w := range o.Words {
		plain[i] = fold.Key(w)
	}
	what := fold.Key(o.Plain.What.VI + " " + o.Plain.What.EN)
	score := 0
	if phrase == fold.Key(o.Code) {
		return 1000
	}
	for i, w := range plain {
		switch {
		case w == phrase:
			score = max(score, 300-i)
		case strings.Contains(w, phrase) || strings.Contains(phrase, w) && strings.Contains(w, " "):
			score = max(score, 150-i)
		}
	}
	if strings.Contains(name, phrase) {
		score += 120 - min(len(name)-len(phrase), 100)/2
	}
	met, joined := 0, " "+strings.Join(plain, " ")+" "
	for _, w := range words {
		switch {
		case hasWord(name, w):
			met, score = met+1, score+8
		case hasWord(joined, w):
			met, score = met+1, score+5
		case hasWord(what, w):
			met, score = met+1, score+2
		}
	}
	if 2*met <= len(words) && score < 100 {
		return 0
	}
	return score
}

// hasWord tells whether a folded text has a word that begins so; a short word must be
// one as it is.
func hasWord(text, w string) bool {
	if len(w) <= 3 {
		w += " "
	}
	return strings.Contains(" "+text+" ", " "+w)
}
