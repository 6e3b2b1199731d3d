package profile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/inventory"
	"lotrinh/inventory/readiness"
)

// mostRows is how many rows one form is read for.
const mostRows = 60

// lineForm is a line of a draft as it was typed; it comes back as it was.
type lineForm struct {
	Code, LabelVI, LabelEN, Kind, Must, Distinct string
	Quantity, Per, Each, Bands, PerAge           string
	MaxAge, Evidence                             string
	Rows                                         []row
	Version                                      string
}

func formOf(l readiness.Line) lineForm {
	f := lineForm{Code: l.Code, LabelVI: l.LabelVI, LabelEN: l.LabelEN, Kind: l.Kind, Must: "should", Quantity: strconv.FormatInt(l.Quantity, 10),
		MaxAge: whole(l.MaxAge), Evidence: string(l.Evidence), Rows: rowsOf(l.Predicates, 0)}
	if l.Must {
		f.Must = "must"
	}
	if l.Distinct {
		f.Distinct = "1"
	}
	if l.Per != nil {
		f.Per, f.Each, f.PerAge = l.Per.Of, whole(l.Per.Each), whole(l.Per.MaxAge)
		for _, b := range l.Per.Bands {
			f.Bands += fmt.Sprintf("%d: %d\n", b.From, b.N)
		}
		f.Bands = strings.TrimSpace(f.Bands)
	}
	return f
}

func readLine(c *httpx.Ctx) lineForm {
	f := lineForm{Code: strings.TrimSpace(c.FormValue("code")), LabelVI: strings.TrimSpace(c.FormValue("label_vi")), LabelEN: strings.TrimSpace(c.FormValue("label_en")),
		Kind: c.FormValue("kind"), Must: c.FormValue("must"), Distinct: c.FormValue("distinct"), Quantity: c.FormValue("quantity"), Per: c.FormValue("per"),
		Each: c.FormValue("each"), Bands: c.FormValue("bands"), PerAge: c.FormValue("per_age"), MaxAge: c.FormValue("max_age_days"), Evidence: c.FormValue("evidence_min"), Version: c.FormValue("version")}
	n := int(min(max(number(c.FormValue("rows")), 0), mostRows))
	for i := range n {
		get := func(name string) string { return strings.TrimSpace(c.FormValue(fmt.Sprintf("r%d_%s", i, name))) }
		depth, err := strconv.Atoi(get("depth"))
		if err != nil || depth < 0 || depth >= readiness.Deepest {
			depth = 0
		}
		r := row{Depth: depth, Kind: get("kind"), Fact: get("fact"), Op: get("op"), Value: get("value"), Per: get("per"), Tolerance: get("tolerance"),
			MaxAge: get("age"), Evidence: get("evidence"), Samples: get("samples"), Day: get("days")}
		if !slices.Contains(rowKinds, r.Kind) {
			r.Kind = isTest
		}
		f.Rows = append(f.Rows, r)
	}
	return f
}

// line is what the form means, or everything that is wrong with it by field.
func (f lineForm) line() (readiness.Line, error) {
	var k fault.Check
	l := readiness.Line{Code: f.Code, LabelVI: f.LabelVI, LabelEN: f.LabelEN, Kind: f.Kind, Must: f.Must == "must", Distinct: f.Distinct == "1",
		Quantity: number(f.Quantity), MaxAge: number(f.MaxAge), Evidence: readiness.Source(f.Evidence), Predicates: tree(f.Rows, &k)}
	if f.Per != "" {
		l.Per = &readiness.Per{Of: f.Per, Each: number(f.Each), MaxAge: number(f.PerAge), Bands: bands(f.Bands, &k)}
	}
	if err := k.Err(); err != nil {
		return l, err
	}
	err := inventory.CheckLine(l)
	if err == nil {
		return l, nil
	}
	var again fault.Check
	for _, e := range fault.Of(err).Fields {
		field := e.Name
		if strings.HasPrefix(field, "row") || field == "predicates" {
			field = "rows"
		}
		again.Need(false, field, e.Key, e.Args...)
	}
	return l, again.Err()
}

// bands reads "5000: 1" line by line.
func bands(raw string, k *fault.Check) []readiness.Band {
	var out []readiness.Band
	for line := range strings.Lines(raw) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		from, n, ok := strings.Cut(line, ":")
		b := readiness.Band{From: number(from), N: number(n)}
		k.Need(ok && b.From >= 0 && b.N >= 0 && strings.TrimSpace(n) != "", "bands", "inventory.profile.bands_bad")
		out = append(out, b)
	}
	return out
}
