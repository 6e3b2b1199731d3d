package knowledge

import "strings"

// Change is a piece of a text: kept, taken out or put in.
type Change struct {
	Kind ChangeKind
	Text string
}

// ChangeKind is what became of a piece.
type ChangeKind string

// The kinds.
const (
	Kept ChangeKind = "same"
	Gone ChangeKind = "gone"
	Put  ChangeKind = "put"
)

// Line is a line of a comparison; a changed line is told in pieces.
type Line struct {
	Kind   ChangeKind
	Pieces []Change
}

// mostPieces bounds the work of one comparison: longer texts are told as gone and put.
const mostPieces = 2000

// Diff compares two texts line by line. A line that was changed stands as one line
// gone and one put, with the words that differ marked in both.
func Diff(before, after string) []Line {
	var all []Line
	changes := compare(strings.Split(before, "\n"), strings.Split(after, "\n"))
	for i := 0; i < len(changes); {
		if changes[i].Kind == Kept {
			all = append(all, Line{Kept, []Change{changes[i]}})
			i++
			continue
		}
		var gone, put []string
		for ; i < len(changes) && changes[i].Kind != Kept; i++ {
			if changes[i].Kind == Gone {
				gone = append(gone, changes[i].Text)
			} else {
				put = append(put, changes[i].Text)
			}
		}
		all = append(all, block(gone, put)...)
	}
	return all
}

// block tells a run of lines gone and put; lines at the same place are held together.
func block(gone, put []string) []Line {
	var all []Line
	for i := range max(len(gone), len(put)) {
		switch {
		case i >= len(gone):
			all = append(all, Line{Put, []Change{{Put, put[i]}}})
		case i >= len(put):
			all = append(all, Line{Gone, []Change{{Gone, gone[i]}}})
		default:
			words := compare(strings.SplitAfter(gone[i], " "), strings.SplitAfter(put[i], " "))
			all = append(all, Line{Gone, side(words, Gone)}, Line{Put, side(words, Put)})
		}
	}
	return all
}

// side is what a comparison of words says of the old or of the new line.
func side(words []Change, kind ChangeKind) []Change {
	var all []Change
	for _, w := range words {
		if w.Kind != Kept && w.Kind != kind {
			continue
		}
		if n := len(all); n > 0 && all[n-1].Kind == w.Kind {
			all[n-1].Text += w.Text
		} else {
			all = append(all, w)
		}
	}
	return all
}

// compare is the longest common subsequence told as changes, what is gone first.
func compare(a, b []string) []Change {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var all []Change
	for _, s := range a[:head] {
		all = append(all, Change{Kept, s})
	}
	all = append(all, middle(a[head:len(a)-tail], b[head:len(b)-tail])...)
	for _, s := range a[len(a)-tail:] {
		all = append(all, Change{Kept, s})
	}
	return all
}

func middle(a, b []string) []Change {
	var all []Change
	if len(a) > mostPieces || len(b) > mostPieces {
		return append(each(Gone, a), each(Put, b)...)
	}
	width := len(b) + 1
	best := make([]int32, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				best[i*width+j] = best[(i+1)*width+j+1] + 1
			} else {
				best[i*width+j] = max(best[(i+1)*width+j], best[i*width+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			all = append(all, Change{Kept, a[i]})
			i, j = i+1, j+1
		case best[(i+1)*width+j] >= best[i*width+j+1]:
			all = append(all, Change{Gone, a[i]})
			i++
		default:
			all = append(all, Change{Put, b[j]})
			j++
		}
	}
	return append(append(all, each(Gone, a[i:])...), each(Put, b[j:])...)
}

func each(kind ChangeKind, all []string) []Change {
	out := make([]Change, len(all))
	for i, s := range all {
		out[i] = Change{kind, s}
	}
	return out
}
