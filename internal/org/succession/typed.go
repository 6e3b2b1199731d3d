package succession

import (
	"cmp"
	"strings"

	"lotrinh/internal/kit/fold"
	"lotrinh/internal/org"
)

// Sort is what one change typed in a form does.
type Sort string

// The sorts of a change. A level ends with its districts, one or all.
const (
	Merge    Sort = "merge"
	Split    Sort = "split"
	Rename   Sort = "rename"
	Reparent Sort = "parent"
	EndLevel Sort = "end"
)

// Sorts are all of them, as a form offers them.
var Sorts = []Sort{Merge, Split, Rename, Reparent, EndLevel}

// Typed is a change as a form asks for it: units one a line, by code or by a name that
// only one has; of those that receive the first is the main one. A unit that is new, or is
// called otherwise from the day on, is written "code; name; kind".
type Typed struct {
	Sort      Sort
	Day       string
	From, Tos string
}

// Read makes a draft of what was typed, against the units of the eve.
func (x Typed) Read(a *org.Atlas) (Draft, error) {
	eve, err := eveOf(x.Day)
	if err != nil {
		return Draft{}, bad("day", "succession.bad.day")
	}
	r := reader{tree: a.Tree(eve)}
	from, err := r.units(x.From, "from", false)
	if err != nil {
		return Draft{}, err
	}
	to, err := r.units(x.Tos, "to", x.Sort != Reparent)
	if err != nil {
		return Draft{}, err
	}
	if len(from) == 0 {
		return Draft{}, bad("from", "succession.bad.from_needed")
	}
	if len(to) == 0 && x.Sort != EndLevel {
		return Draft{}, bad("to", "succession.bad.to_needed")
	}
	d := Draft{Wants: r.wants}
	switch x.Sort {
	case Merge:
		r.merge(&d, from, to[0])
	case Split:
		for i, t := range to {
			c := org.Change{From: from[0], To: t, Kind: "split", Share: "part", Main: "no", Confidence: "A"}
			if i == 0 {
				c.Share, c.Main = "remainder", "yes"
			}
			d.Changes = append(d.Changes, c)
		}
	case Rename:
		if len(from) != 1 || len(r.wants) != 1 || r.wants[0].Code != from[0] {
			return Draft{}, bad("to", "succession.bad.rename")
		}
		d.Changes = []org.Change{{From: from[0], To: from[0], Kind: "merge", Share: "full", Main: "yes", Confidence: "A"}}
	case Reparent:
		for _, code := range from {
			u, _ := r.tree.Unit(code)
			d.Wants = append(d.Wants, Want{Code: code, Name: u.Name, Kind: u.Kind, Level: u.Level, Parent: to[0]})
		}
	case EndLevel:
		for _, code := range from {
			if u, _ := r.tree.Unit(code); u.Level != org.District {
				return Draft{}, bad("from", "succession.bad.level", "unit", u.Full())
			}
		}
		d.Ends = from
	default:
		return Draft{}, bad("sort", "succession.bad.sort")
	}
	return d, nil
}

type reader struct {
	tree  *org.Tree
	wants []Want
}

func (r *reader) merge(d *Draft, from []string, to string) {
	itself := false
	for _, code := range from {
		itself = itself || code == to
		d.Changes = append(d.Changes, org.Change{From: code, To: to, Kind: "merge", Share: "full", Main: "yes", Confidence: "A"})
	}
	if _, was := r.tree.Unit(to); was && !itself {
		d.Changes = append(d.Changes, org.Change{From: to, To: to, Kind: "merge", Share: "full", Main: "yes", Confidence: "A"})
	}
}

// units reads lines; new ones are those with a name and a kind.
func (r *reader) units(typed, field string, fresh bool) ([]string, error) {
	var codes []string
	for line := range strings.Lines(typed) {
		line = strings.TrimSpace(fold.NFC(line))
		if line == "" {
			continue
		}
		if part := strings.Split(line, ";"); fresh && len(part) == 3 {
			w := Want{Code: strings.TrimSpace(part[0]), Name: strings.TrimSpace(part[1]), Kind: strings.ToLower(strings.TrimSpace(part[2])), Level: org.Commune}
			if u, was := r.tree.Unit(w.Code); was {
				w.Level = u.Level
			}
			if w.Code == "" || w.Name == "" || w.Kind == "" {
				return nil, bad(field, "succession.bad.unit", "typed", line)
			}
			r.wants = append(r.wants, w)
			codes = append(codes, w.Code)
			continue
		}
		code, _, _ := strings.Cut(line, " ")
		if _, ok := r.tree.Unit(code); !ok {
			hits := r.tree.Search(line, 2)
			if len(hits) != 1 {
				return nil, bad(field, cmp.Or(map[int]string{0: "succession.bad.unit"}[len(hits)], "succession.bad.several"), "typed", line)
			}
			code = hits[0].Code
		}
		codes = append(codes, code)
	}
	return codes, nil
}
