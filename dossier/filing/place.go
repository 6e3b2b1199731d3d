package filing

import (
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/org"
)

// mostHits is how many communes are offered to choose from.
const mostHits = 8

// meant is the commune that was chosen or whose name was typed, with or without marks.
// Where several may be meant they come back with the refusal.
func meant(tree *org.Tree, chosen, typed string) (unit string, hits []org.Hit, err error) {
	if u, ok := tree.Unit(chosen); ok && u.Level == org.Commune {
		return chosen, nil, nil
	}
	var k fault.Check
	for _, h := range tree.Search(typed, 4*mostHits) {
		if h.Level == org.Commune {
			hits = append(hits, h)
		}
	}
	if named := called(hits, typed); len(named) == 1 {
		return named[0].Code, nil, nil
	}
	full := len(hits) > mostHits
	hits = hits[:min(len(hits), mostHits)]
	switch {
	case fold.Key(typed) == "":
		k.Need(false, "place", "filing.form.place")
	case len(hits) == 0:
		k.Need(false, "place", "filing.form.place_unknown")
	case len(hits) == 1:
		return hits[0].Code, nil, nil
	case full:
		k.Need(false, "unit", "filing.form.place_more", "n", mostHits)
	default:
		k.Need(false, "unit", "filing.form.place_many")
	}
	return "", hits, k.Err()
}

// called are the communes that have exactly this name, alone or with what they lie in.
func called(hits []org.Hit, typed string) []org.Hit {
	var out []org.Hit
	for _, h := range hits {
		switch fold.Key(typed) {
		case fold.Key(h.Name), fold.Key(h.Full()), fold.Key(h.Place):
			out = append(out, h)
		}
	}
	return out
}

func joined(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
