package define

import (
	"slices"
	"strconv"
	"strings"

	"lotrinh/reports/metric"
)

const (
	longestCond = 400
	deepestCond = 16
)

// cond is a condition that was read: a leaf compares, a branch joins.
type cond struct {
	op          string // and, or, not, or a comparison
	left, right *cond
	a, b        operand
}

// operand is a number, or a name with a form.
type operand struct {
	number     float64
	name, form string
}

// condReader reads a condition token by token.
type condReader struct {
	rest  string
	token string
	deep  int
	wrong string // the first thing that is wrong: a message key
}

var compares = []string{"=", "<>", "<", "<=", ">", ">="}

// readCond reads a condition; its second value is the message key of what is wrong.
func readCond(s string) (*cond, string) {
	if len(s) > longestCond {
		return nil, "reports.define.cond_long"
	}
	r := &condReader{rest: s}
	r.next()
	c := r.or()
	if r.wrong == "" && r.token != "" {
		r.fail("reports.define.cond_wrong")
	}
	if r.wrong != "" {
		return nil, r.wrong
	}
	return c, ""
}

func (r *condReader) fail(key string) {
	if r.wrong == "" {
		r.wrong = key
	}
	r.token, r.rest = "", ""
}

// next takes the next token: a parenthesis, a comparison, or a word.
func (r *condReader) next() {
	r.rest = strings.TrimLeft(r.rest, " \t\r\n")
	if r.rest == "" {
		r.token = ""
		return
	}
	n := 1
	switch c := r.rest[0]; {
	case c == '(' || c == ')' || c == '=':
	case c == '<' || c == '>':
		if len(r.rest) > 1 && (r.rest[1] == '=' || c == '<' && r.rest[1] == '>') {
			n = 2
		}
	default:
		if n = strings.IndexAny(r.rest, " \t\r\n()=<>"); n < 0 {
			n = len(r.rest)
		}
	}
	r.token, r.rest = r.rest[:n], r.rest[n:]
}

func (r *condReader) or() *cond {
	c := r.and()
	for r.token == "or" {
		r.next()
		c = &cond{op: "or", left: c, right: r.and()}
	}
	return c
}

func (r *condReader) and() *cond {
	c := r.not()
	for r.token == "and" {
		r.next()
		c = &cond{op: "and", left: c, right: r.not()}
	}
	return c
}

func (r *condReader) not() *cond {
	if r.deep++; r.deep > deepestCond {
		r.fail("reports.define.cond_deep")
		return nil
	}
	defer func() { r.deep-- }()
	switch r.token {
	case "not":
		r.next()
		return &cond{op: "not", left: r.not()}
	case "(":
		r.next()
		c := r.or()
		if r.token != ")" {
			r.fail("reports.define.cond_wrong")
			return nil
		}
		r.next()
		return c
	}
	a := r.operand()
	op := r.token
	if !slices.Contains(compares, op) {
		r.fail("reports.define.cond_wrong")
		return nil
	}
	r.next()
	return &cond{op: op, a: a, b: r.operand()}
}

func (r *condReader) operand() operand {
	t := r.token
	if t == "" {
		r.fail("reports.define.cond_wrong")
		return operand{}
	}
	r.next()
	digits, percent := strings.CutSuffix(t, "%")
	if c := t[0]; c >= '0' && c <= '9' || c == '-' {
		x, err := strconv.ParseFloat(digits, 64)
		if err != nil || x < -1e12 || x > 1e12 {
			r.fail("reports.define.cond_number")
			return operand{}
		}
		if percent {
			x /= 100
		}
		return operand{number: x}
	}
	name, form, _ := strings.Cut(t, "|")
	o := operand{name: name, form: form}
	list, isList := strings.CutPrefix(name, "list.")
	_, known := metric.Find(metric.Key(name))
	switch {
	case isList && !slices.Contains(Lists, list):
		r.fail("reports.define.unknown_list")
	case !isList && !known:
		r.fail("reports.define.unknown_metric")
	case isList && form != "" || !slices.Contains([]string{"", "now", "before", "change"}, form):
		r.fail("reports.define.unknown_form")
	}
	return o
}

// needs are what a condition reads.
func (c *cond) needs(n *Need) {
	if c == nil {
		return
	}
	c.left.needs(n)
	c.right.needs(n)
	for _, o := range []operand{c.a, c.b} {
		place{name: o.name, form: o.form}.needs(n)
	}
}

// holds tells whether the condition holds of a frame.
func (c *cond) holds(f Frame) bool {
	switch c.op {
	case "and":
		return c.left.holds(f) && c.right.holds(f)
	case "or":
		return c.left.holds(f) || c.right.holds(f)
	case "not":
		return !c.left.holds(f)
	}
	a, ok := c.a.value(f)
	b, ok2 := c.b.value(f)
	if !ok || !ok2 {
		return false
	}
	switch c.op {
	case "=":
		return a == b
	case "<>":
		return a != b
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	}
	return a >= b
}

func (o operand) value(f Frame) (float64, bool) {
	if o.name == "" {
		return o.number, true
	}
	if list, is := strings.CutPrefix(o.name, "list."); is {
		return float64(f.Lists[list].count()), true
	}
	m, known := metric.Find(metric.Key(o.name))
	if !known {
		return 0, false
	}
	now, ok := f.Now.At(m.Key, f.Unit).Number(m)
	before, had := f.Before.At(m.Key, f.Unit).Number(m)
	switch o.form {
	case "before":
		return before, had
	case "change":
		return now - before, ok && had
	}
	return now, ok
}
