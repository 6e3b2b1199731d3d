package form

import (
	"slices"
	"strings"
	"time"

	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
)

// Severity tells what may not be from what may be wrong.
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Finding is one thing about an answer that must be mended, or that an officer looks at.
// Field is the key of the field, part or row that it is about.
type Finding struct {
	Field    string
	Severity Severity
	Key      string // message key
	Args     []any  // name, value …; Words are said in the reader's language
	Say      Words  // the rule's own sentence, in place of Key
}

// Text is the finding's sentence.
func (f Finding) Text(t i18n.T) string {
	if f.Say.VI != "" {
		return f.Say.In(t.Lang)
	}
	args := make([]any, len(f.Args))
	for i, a := range f.Args {
		if w, ok := a.(Words); ok {
			a = w.In(t.Lang)
		}
		args[i] = a
	}
	return t.Say(f.Key, args...)
}

// Check judges answers: every field that is shown, then the form's rules, in the order
// of the form. Answers to what is not shown are not looked at, except by a rule that
// wants them blank; Clean drops them.
func Check(f Form, a Answers, ctx Context) []Finding {
	c := &checker{view: look(f, a, ctx), wrong: map[string]bool{}}
	for _, g := range f.Groups {
		for _, one := range g.Fields {
			if c.shown[one.Key] {
				c.field(one)
			}
		}
	}
	for _, one := range c.found {
		if one.Severity == Error {
			c.wrong[one.Field] = true
			c.wrong[strings.TrimSuffix(one.Field, "."+Other)] = true
		}
	}
	for _, r := range f.Rules {
		c.rule(r)
	}
	return c.sorted()
}

// CheckGroup judges the answers of one group only: a page of a longer form. What a rule
// says of answers of several groups is told in the last of them, at the last of its fields
// there: nobody is asked about answers that are still to come.
func CheckGroup(f Form, group string, a Answers, ctx Context) []Finding {
	var out []Finding
	for _, one := range Check(f, a, ctx) {
		if one.Key == "answer.rule" {
			one.Field = f.toldAt(one)
		}
		if f.GroupOf(one.Field) == group {
			out = append(out, one)
		}
	}
	return out
}

// toldAt is the field at which a page by page reader is told of a broken rule.
func (f Form) toldAt(one Finding) string {
	i := slices.IndexFunc(f.Rules, func(r Rule) bool { return r.Key == one.Args[1] && r.Field == one.Field })
	if i < 0 {
		return one.Field
	}
	r := f.Rules[i]
	at := one.Field
	for _, key := range append(append(r.When.fields(), r.Others...), r.Other) {
		if f.place(key) > f.place(at) {
			at = key
		}
	}
	return at
}

// place is how far down a form's groups a field stands; -1 for what is no field.
func (f Form) place(key string) int {
	group := f.GroupOf(key)
	return slices.IndexFunc(f.Groups, func(g Group) bool { return g.Key == group })
}

// Errors are the findings that keep a dossier from being sent.
func Errors(all []Finding) []Finding {
	var out []Finding
	for _, f := range all {
		if f.Severity == Error {
			out = append(out, f)
		}
	}
	return out
}

// mostFindings is after how many findings checking stops adding.
const mostFindings = 500

type checker struct {
	*view
	found []Finding
	wrong map[string]bool // fields whose answer is wrong by itself
}

func (c *checker) add(key string, s Severity, say string, args ...any) {
	if len(c.found) < mostFindings {
		c.found = append(c.found, Finding{Field: key, Severity: s, Key: say, Args: args})
	}
}

// refuse records an error at a field, whose label the sentence may mention.
func (c *checker) refuse(at string, f Field, say string, args ...any) {
	c.add(at, Error, say, append([]any{"label", f.Label}, args...)...)
}

// sorted puts findings in the order of the form; one field says the same only once.
func (c *checker) sorted() []Finding {
	at := map[string]int{}
	for _, g := range c.form.Groups {
		for _, one := range g.Fields {
			at[one.Key] = len(at)
		}
	}
	place := func(key string) int {
		for {
			if n, ok := at[key]; ok {
				return n
			}
			i := strings.LastIndexByte(key, '.')
			if i < 0 {
				return len(at)
			}
			key = key[:i]
		}
	}
	buckets := make([][]Finding, len(at)+1)
	for _, one := range c.found {
		n := place(one.Field)
		buckets[n] = append(buckets[n], one)
	}
	var out []Finding
	for _, b := range buckets {
		out = append(out, b...)
	}
	return out
}

// field judges one field that is shown.
func (c *checker) field(f Field) {
	if f.Kind == Repeat {
		c.repeat(f)
		return
	}
	must := f.Required || f.Needed != nil && f.Needed.holds(c.view)
	if f.Unknown && c.answers[f.Key+"."+unknownPart] == "1" {
		if c.answers[f.Key] != "" {
			c.refuse(f.Key, f, "answer.unknown_too")
		}
		return
	}
	if !c.answered(f) {
		if must {
			c.refuse(f.Key, f, neededKey(f))
		}
		return
	}
	c.kind(f)
}

// neededKey is how a missing answer is asked for.
func neededKey(f Field) string {
	switch f.Kind {
	case Choice, Choices, Ethnicity, Nationality:
		return "answer.choose"
	case Tick:
		return "answer.tick"
	}
	return "answer.needed"
}

// answered tells whether a field or one of its parts has an answer.
func (c *checker) answered(f Field) bool {
	if c.answers[f.Key] != "" {
		return true
	}
	for _, p := range parts[f.Kind] {
		if p != "" && c.answers[f.Key+"."+p] != "" {
			return true
		}
	}
	return false
}

func (c *checker) repeat(f Field) {
	n := RowsOf(f, c.answers)
	if n < f.Min {
		c.refuse(f.Key, f, "answer.rows_few", "n", f.Min)
	}
	if f.Required && n == 0 && f.Min == 0 {
		c.refuse(f.Key, f, "answer.needed")
	}
	for i := range n {
		before := len(c.found)
		some := false
		for _, sub := range f.Fields {
			if sub.Kind != Repeat {
				one := sub.row(f.Key, i)
				some = some || c.answered(one)
				c.field(one)
			}
		}
		if !some { // an empty row between others is no row
			c.found = c.found[:before]
		}
	}
}

// letters judges the length of a typed answer.
func (c *checker) letters(at string, f Field, most int) bool {
	if f.Max > 0 && f.Kind != Number {
		most = min(most, f.Max)
	}
	n := 0
	for range c.answers[at] {
		n++
	}
	if n > most {
		c.refuse(at, f, "answer.long", "n", most)
	}
	return n <= most
}

// kind judges an answer by the kind of its field.
func (c *checker) kind(f Field) {
	got := c.answers[f.Key]
	switch f.Kind {
	case Long:
		c.letters(f.Key, f, mostLetters)
	case Choice, Ethnicity, Nationality:
		c.chosen(f)
	case Choices:
		for _, v := range strings.Split(got, ",") {
			if _, ok := option(f.Options, v); !ok {
				c.refuse(f.Key, f, "answer.choose")
				return
			}
		}
	case Date:
		c.date(f.Key, f)
	case Time:
		if _, err := time.Parse("15:04", got); err != nil {
			c.refuse(f.Key, f, "answer.time")
		}
	case Number:
		c.number(f)
	case Name:
		c.name(f)
	case PID:
		c.pid(f)
	case Paper:
		c.paper(f)
	case Phone:
		c.phone(f)
	case Unit:
		c.unit(f.Key, f)
	case Address:
		c.address(f)
	case Tick:
		if got != "1" {
			c.refuse(f.Key, f, "answer.tick")
		}
	default:
		c.letters(f.Key, f, fewLetters)
	}
}

// FoldName is a person's name for comparing: without marks, in one case.
func FoldName(s string) string { return fold.Key(s) }
