package device

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// named is how many programs a line of the history names.
const named = 5

// exchanged tells how many programs came and how many went between two lists, and names the first few: those that came, then
// those that went, each by name. The lists are in their canonical form, whose entries are sorted, so one pass over both finds the
// entries that stand in one of them alone.
func exchanged(before, after []byte) (came, went int, names string) {
	was, now := string(before), string(after)
	var left, arrived []Program // of entries that stand in one list alone
	var both []string           // entries of both: of a program that has several, one may be new while it is not
	a, b := next(&was), next(&now)
	for a != "" || b != "" {
		switch c := strings.Compare(a, b); {
		case b == "" || a != "" && c < 0:
			left = append(left, programOf(a))
			a = next(&was)
		case a == "" || c > 0:
			arrived = append(arrived, programOf(b))
			b = next(&now)
		default:
			both = append(both, a)
			a, b = next(&was), next(&now)
		}
	}
	const old, fresh = 1, 2
	in := make(map[Program]byte, len(left)+len(arrived))
	for _, p := range left {
		in[p] |= old
	}
	for _, p := range arrived {
		in[p] |= fresh
	}
	delete(in, Program{}) // without a name it is none
	for i := 0; i < len(both) && len(in) > 0; i++ {
		if p := programOf(both[i]); in[p] != 0 {
			in[p] = old | fresh
		}
	}
	var new, gone firsts
	for p, side := range in {
		switch side {
		case fresh:
			came++
			new.add(p)
		case old:
			went++
			gone.add(p)
		}
	}
	return came, went, some(append(new.say(), gone.say()...), came+went)
}

// next cuts the first entry of a section off; empty behind the last.
func next(body *string) string {
	entry, rest, _ := strings.Cut(*body, "\n\n")
	*body = rest
	return strings.TrimSuffix(entry, "\n")
}

// programOf reads an entry; one without a name is the empty program.
func programOf(entry string) (p Program) {
	for entry != "" {
		var line string
		line, entry, _ = strings.Cut(entry, "\n")
		switch {
		case strings.HasPrefix(line, "NAME\t"):
			p.Name = line[len("NAME\t"):]
		case strings.HasPrefix(line, "VERSION\t"):
			p.Version = line[len("VERSION\t"):]
		case strings.HasPrefix(line, "PUBLISHER\t"):
			p.Publisher = line[len("PUBLISHER\t"):]
		}
	}
	if p.Name == "" {
		return Program{}
	}
	return p
}

// firsts are the first few of many programs, by name.
type firsts struct {
	list []keyed
}

// keyed is a program with the form of its name by which it is sorted.
type keyed struct {
	fold string
	Program
}

func (a keyed) compare(b keyed) int {
	return cmp.Or(strings.Compare(a.fold, b.fold), strings.Compare(a.Name, b.Name), strings.Compare(a.Version, b.Version), strings.Compare(a.Publisher, b.Publisher))
}

func (f *firsts) add(p Program) {
	if len(f.list) == named && p.Name != "" && p.Name[0] >= 'a' && p.Name[0] < utf8.RuneSelf && p.Name[0] > f.list[named-1].fold[0] {
		return // most of them
	}
	k := keyed{strings.ToLower(p.Name), p}
	at, _ := slices.BinarySearchFunc(f.list, k, keyed.compare)
	if at == named {
		return
	}
	f.list = slices.Insert(f.list, at, k)
	f.list = f.list[:min(len(f.list), named)]
}

func (f *firsts) say() []string {
	out := make([]string, len(f.list))
	for i, k := range f.list {
		out[i] = strings.TrimSpace(k.Name + " " + k.Version)
	}
	return out
}

// some are the first few names of so many.
func some(names []string, all int) string {
	if all > named {
		return strings.Join(names[:named], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}
