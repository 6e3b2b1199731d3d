package profile

import (
	"slices"
	"strconv"
	"strings"

	"lotrinh/internal/kit/fault"
	"lotrinh/inventory"
	"lotrinh/inventory/readiness"
)

// What a row of the form is: a comparison, or the head of a group of those that stand
// deeper under it.
const (
	isTest = "test"
	isAll  = "all"
	isAny  = "any"
	isNone = "none"
)

var rowKinds = []string{isTest, isAll, isAny, isNone}

// row is one row of the form, as it was typed.
type row struct {
	Depth                                     int
	Kind                                      string
	Fact, Op, Value, Per                      string
	Tolerance, MaxAge, Evidence, Samples, Day string
}

// rowsOf are the rows of conditions, groups before what they hold.
func rowsOf(all []readiness.Predicate, depth int) []row {
	var out []row
	for _, p := range all {
		kind, under := isTest, []readiness.Predicate(nil)
		switch {
		case p.Not != nil && p.Not.Any != nil:
			kind, under = isNone, p.Not.Any
		case p.Not != nil:
			kind, under = isNone, []readiness.Predicate{*p.Not}
		case p.All != nil:
			kind, under = isAll, p.All
		case p.Any != nil:
			kind, under = isAny, p.Any
		}
		if kind != isTest {
			out = append(append(out, row{Depth: depth, Kind: kind}), rowsOf(under, depth+1)...)
			continue
		}
		out = append(out, row{Depth: depth, Kind: isTest, Fact: p.Fact, Op: string(p.Op), Value: p.Value, Per: p.Per, Tolerance: whole(p.Tolerance),
			MaxAge: whole(p.MaxAge), Evidence: string(p.Evidence), Samples: whole(p.Samples), Day: whole(p.Days)})
	}
	return out
}

func whole(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// number reads a whole number as people write it; nothing is 0, nonsense is -1.
func number(raw string) int64 {
	raw = strings.NewReplacer(".", "", " ", "", "\u00a0", "").Replace(strings.TrimSpace(raw))
	if raw == "" {
		return 0
	}
	n, err := strconv.ParseInt(raw, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// tree are the conditions that rows mean; what is wrong is told by row: "row3".
func tree(rows []row, k *fault.Check) []readiness.Predicate {
	at := 0
	out := branch(rows, 0, &at, k)
	if at < len(rows) {
		k.Need(false, "row"+strconv.Itoa(at), "profile.row.too_deep")
	}
	return out
}

func branch(rows []row, depth int, at *int, k *fault.Check) []readiness.Predicate {
	var out []readiness.Predicate
	for *at < len(rows) && rows[*at].Depth == depth {
		r, n := rows[*at], *at
		*at++
		if r.Kind == isTest {
			out = append(out, r.test(n, k))
			continue
		}
		under := branch(rows, depth+1, at, k)
		k.Need(len(under) > 0, "row"+strconv.Itoa(n), "profile.row.empty_group")
		switch {
		case r.Kind == isAll:
			out = append(out, readiness.Predicate{All: under})
		case r.Kind == isAny:
			out = append(out, readiness.Predicate{Any: under})
		case len(under) == 1:
			out = append(out, readiness.Predicate{Not: &under[0]})
		default:
			out = append(out, readiness.Predicate{Not: &readiness.Predicate{Any: under}})
		}
	}
	return out
}

func (r row) test(n int, k *fault.Check) readiness.Predicate {
	field := "row" + strconv.Itoa(n)
	p := readiness.Predicate{Fact: r.Fact, Op: readiness.Op(r.Op), Per: r.Per, Tolerance: number(r.Tolerance), MaxAge: number(r.MaxAge),
		Evidence: readiness.Source(r.Evidence), Samples: number(r.Samples), Days: number(r.Day)}
	v, err := inventory.ReadFact(r.Fact, r.Value)
	if err != nil {
		e := fault.Of(err)
		k.Need(false, field, e.Key, e.Args...)
	}
	p.Value = v
	k.Need(slices.Contains(inventory.AskedOps(r.Fact), p.Op), field, "profile.row.bad_op")
	for _, x := range []int64{p.Tolerance, p.MaxAge, p.Samples, p.Days} {
		k.Need(x >= 0, field, "profile.row.bad_number")
	}
	return p
}

// act changes rows as a button of the form says: "add:2" puts a row behind the third.
// What it does not know changes nothing.
func act(rows []row, do string) []row {
	verb, raw, _ := strings.Cut(do, ":")
	i, err := strconv.Atoi(raw)
	if verb == "add" && raw == "" {
		return append(rows, row{Kind: isTest})
	}
	if err != nil || i < 0 || i >= len(rows) {
		return rows
	}
	end := i + 1 // behind the row and all that stands under it
	for end < len(rows) && rows[end].Depth > rows[i].Depth {
		end++
	}
	switch verb {
	case "add":
		depth := rows[i].Depth
		if rows[i].Kind != isTest {
			depth++
		}
		return slices.Insert(rows, i+1, row{Kind: isTest, Depth: min(depth, readiness.Deepest-1)})
	case "drop":
		return slices.Delete(rows, i, end)
	case "in", "out":
		step := 1
		if verb == "out" {
			step = -1
		}
		most := 0
		if i > 0 {
			most = rows[i-1].Depth
			if rows[i-1].Kind != isTest {
				most++
			}
		}
		deepest := 0
		for _, r := range rows[i:end] {
			deepest = max(deepest, r.Depth)
		}
		if to := rows[i].Depth + step; to < 0 || to > most || deepest+step >= readiness.Deepest {
			return rows
		}
		for n := i; n < end; n++ {
			rows[n].Depth += step
		}
	case "up":
		from := i - 1
		for from >= 0 && rows[from].Depth > rows[i].Depth {
			from--
		}
		if from < 0 || rows[from].Depth != rows[i].Depth {
			return rows
		}
		return slices.Concat(rows[:from], rows[i:end], rows[from:i], rows[end:])
	case "down":
		if end < len(rows) && rows[end].Depth == rows[i].Depth {
			return act(rows, "up:"+strconv.Itoa(end))
		}
	}
	return rows
}
