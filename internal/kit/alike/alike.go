// Package alike tells how alike two short Vietnamese texts are: what somebody types
// into a form beside what others reported this morning. Marks, case and order of
// sentences do not matter; words that stand in every report weigh nothing; two words
// that stand together ("dang nhap") weigh more than the two apart, because a
// Vietnamese word is mostly two syllables.
//
// It is pure and quick: a text is read once into sorted numbers, and two texts are
// compared in one walk.
package alike

import (
	"hash/maphash"
	"math"
	"slices"
	"strings"

	"lotrinh/internal/kit/fold"
)

// idle are folded words that say nothing about what is broken.
var idle = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`khong duoc va la cua cho tu sang chieu nay hom toi em anh chi minh bao bi voi xa phuong tai trong
		thi ma co nhung cac mot nguoi dang vao ra den di lai nua roi chua da se can xin nho giup ho tro xu ly phieu kinh gui cam on
		the nao lam sao nhu khi luc thay voi ve viec cung deu moi may con nen hay hoac hoac rat qua bo phan cua ubnd uy ban nhan dan
		van phai len xuong boi vi do day kia gi the a oi nhe alo`) {
		m[w] = true
	}
	return m
}()

// mostWords is how much of a text is read: what is broken stands in its beginning.
const mostWords = 120

// The weights of a word and of two words together.
const (
	single = 1
	pair   = 2
)

var seed = maphash.MakeSeed()

// Text is a text ready to be compared. The zero Text is like nothing.
type Text struct {
	grams  []gram // by key
	weight int
}

type gram struct {
	key    uint64
	weight int
}

// Of reads a text given in parts: title, body.
func Of(parts ...string) Text {
	weights := map[uint64]int{}
	left := mostWords
	for _, part := range parts {
		words := fold.Words(part)
		words = words[:min(len(words), left)]
		left -= len(words)
		for i, w := range words {
			if !idle[w] {
				weights[maphash.String(seed, w)] = single
			}
			if i > 0 && !(idle[w] && idle[words[i-1]]) {
				weights[maphash.String(seed, words[i-1]+" "+w)] = pair
			}
		}
	}
	t := Text{grams: make([]gram, 0, len(weights))}
	for key, w := range weights {
		t.grams = append(t.grams, gram{key, w})
		t.weight += w
	}
	slices.SortFunc(t.grams, func(a, b gram) int {
		if a.key < b.key {
			return -1
		}
		return 1
	})
	return t
}

// Empty tells that the text holds no word that says anything.
func (t Text) Empty() bool { return t.weight == 0 }

// fewest is how heavy a text counts at least, so that one word in common with a text
// of one word is not "the same".
const fewest = 9

// Score is how alike two texts are, from 0 to 1: what they share, held against the
// shorter one mostly, because a report of two lines is one with a report of ten.
func (t Text) Score(u Text) float64 {
	shared := t.shared(u)
	if shared == 0 {
		return 0
	}
	small, large := float64(max(fewest, min(t.weight, u.weight))), float64(max(fewest, t.weight, u.weight))
	return min(1, float64(shared)/(math.Pow(small, 0.75)*math.Pow(large, 0.25)))
}

func (t Text) shared(u Text) int {
	sum := 0
	for i, j := 0, 0; i < len(t.grams) && j < len(u.grams); {
		switch a, b := t.grams[i], u.grams[j]; {
		case a.key == b.key:
			sum += a.weight
			i, j = i+1, j+1
		case a.key < b.key:
			i++
		default:
			j++
		}
	}
	return sum
}

// Near is the score from which two texts may tell of the same thing.
const Near = 0.28

// Group is texts that may tell of the same thing, by their place in the list given.
type Group []int

// Groups puts texts that are near each other together, the largest group first. Each
// text stands in one group at most; texts that are alone stand in none. It compares
// each text with the first of every group, so a list of a few hundred costs little.
func Groups(all []Text) []Group {
	var groups []Group
	for i, t := range all {
		best, at := Near, -1
		for g := range groups {
			if s := t.Score(all[groups[g][0]]); s >= best {
				best, at = s, g
			}
		}
		switch {
		case t.Empty():
		case at < 0:
			groups = append(groups, Group{i})
		default:
			groups[at] = append(groups[at], i)
		}
	}
	groups = slices.DeleteFunc(groups, func(g Group) bool { return len(g) < 2 })
	slices.SortStableFunc(groups, func(a, b Group) int { return len(b) - len(a) })
	return groups
}
