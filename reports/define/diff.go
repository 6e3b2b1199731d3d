package define

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"lotrinh/internal/kit/fault"
)

// Difference is a place of a definition that says something else in a later version.
// Empty is absent.
type Difference struct{ At, Before, After string }

// Diff is what differs between two canonical definitions, by place.
func Diff(before, after []byte) ([]Difference, error) {
	a, err := flat(before)
	if err != nil {
		return nil, err
	}
	b, err := flat(after)
	if err != nil {
		return nil, err
	}
	var places []string
	for at, x := range a {
		if b[at] != x {
			places = append(places, at)
		}
	}
	for at := range b {
		if _, was := a[at]; !was {
			places = append(places, at)
		}
	}
	slices.SortFunc(places, comparePlaces)
	all := make([]Difference, len(places))
	for i, at := range places {
		all[i] = Difference{at, a[at], b[at]}
	}
	return all, nil
}

// comparePlaces orders places as they stand in a definition: numbers by their value.
func comparePlaces(x, y string) int {
	a, b := strings.Split(x, "."), strings.Split(y, ".")
	return slices.CompareFunc(a, b, func(p, q string) int {
		m, err := strconv.Atoi(p)
		n, err2 := strconv.Atoi(q)
		if err == nil && err2 == nil {
			return m - n
		}
		return strings.Compare(p, q)
	})
}

// flat is every value of a definition by its place.
func flat(raw []byte) (map[string]string, error) {
	if len(raw) > MostBytes {
		return nil, fault.New(fault.Invalid, "reports.define.too_large", "most", MostBytes>>10)
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, fault.Because(fault.Invalid, "reports.define.not_json", err)
	}
	all := map[string]string{}
	var walk func(at string, v any)
	walk = func(at string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, x := range v {
				walk(at+"."+k, x)
			}
		case []any:
			for i, x := range v {
				walk(at+"."+strconv.Itoa(i), x)
			}
		default:
			all[strings.TrimPrefix(at, ".")] = fmt.Sprint(v)
		}
	}
	walk("", v)
	return all, nil
}
