package form

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"lotrinh/internal/kit/fault"
)

// What fits into a form.
const (
	MostGroups  = 40
	MostFields  = 300
	MostOptions = 300
	MostRules   = 200
	MostFormLen = 512 << 10 // bytes of JSON
)

var keyForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}(\.[a-z][a-z0-9_]{0,39})?$`)

// Read reads a form and refuses words that it does not know, so that a slip is noticed
// when it is typed. It does not judge what the form says: Faults does.
func Read(raw []byte) (Form, error) {
	if len(raw) > MostFormLen {
		return Form{}, fault.New(fault.TooLarge, "answer.def.large")
	}
	if len(raw) == 0 {
		return Form{}, nil
	}
	var f Form
	from := json.NewDecoder(bytes.NewReader(raw))
	from.DisallowUnknownFields()
	if err := from.Decode(&f); err != nil {
		return f, fault.Because(fault.Invalid, "answer.def.unreadable", err, "why", err.Error())
	}
	if from.More() {
		return f, fault.New(fault.Invalid, "answer.def.more")
	}
	return f, nil
}

// JSON writes a form as it is kept.
func (f Form) JSON() json.RawMessage {
	raw, err := json.Marshal(f)
	if err != nil {
		return nil // texts and numbers always marshal
	}
	return raw
}

// Faults is everything that would make a form behave otherwise than its author reads
// it: nil, or Invalid with each fault at "groups.I", "groups.I.fields.J", "rules.I",
// "derived.I" or "keys".
func (f Form) Faults() error {
	c := &faults{form: f, seen: map[string]bool{}, groups: map[string]bool{}}
	c.Need(len(f.Groups) > 0 && len(f.Groups) <= MostGroups, "groups", "answer.def.groups", "n", MostGroups)
	c.Need(len(f.Rules) <= MostRules, "rules", "answer.def.rules", "n", MostRules)
	for i, g := range f.Groups {
		c.group("groups."+strconv.Itoa(i), g)
	}
	c.Need(len(c.seen) <= MostFields, "groups", "answer.def.fields", "n", MostFields)
	for i, r := range f.Rules {
		c.ruleFaults("rules."+strconv.Itoa(i), r)
	}
	for i, d := range f.Derived {
		at := "derived." + strconv.Itoa(i)
		c.Need(keyForm.MatchString(d.Key) && !c.seen[d.Key], at, "answer.def.key", "key", d.Key)
		c.Need(slices.Contains(Hows, d.How), at, "answer.def.how", "how", d.How)
		c.Need(c.seen[d.From], at, "answer.def.no_field", "field", d.From)
		c.Need(d.Label.VI != "", at, "answer.def.label")
	}
	for role, key := range f.Keys {
		c.Need(slices.Contains(Roles, role), "keys", "answer.def.role", "role", role)
		c.Need(c.known(key), "keys", "answer.def.no_field", "field", key)
	}
	for _, key := range c.later {
		c.Need(c.known(key.field), key.at, "answer.def.no_field", "field", key.field)
	}
	return c.Err()
}

type later struct{ at, field string }

type faults struct {
	fault.Check
	form   Form
	seen   map[string]bool // fields so far
	groups map[string]bool
	later  []later // fields that may stand anywhere
}

// known tells whether a key is a field's, or of one of its parts.
func (c *faults) known(key string) bool {
	return c.seen[key] || c.form.GroupOf(key) != ""
}

func (c *faults) group(at string, g Group) {
	c.Need(keyForm.MatchString(g.Key) && !c.groups[g.Key], at, "answer.def.key", "key", g.Key)
	c.groups[g.Key] = true
	c.Need(g.Title.VI != "", at, "answer.def.label")
	c.earlier(at, g.When)
	for j, one := range g.Fields {
		c.fieldFaults(at+".fields."+strconv.Itoa(j), one, false)
	}
}

// earlier: what decides whether something is shown was asked before.
func (c *faults) earlier(at string, when *Cond) {
	c.cond(at, when, 0)
	for _, key := range when.fields() {
		root := key
		for !c.seen[root] && strings.Contains(root, ".") {
			root = root[:strings.LastIndexByte(root, '.')]
		}
		c.Need(c.seen[root], at, "answer.def.not_earlier", "field", key)
	}
}

func (c *faults) cond(at string, when *Cond, depth int) {
	if when == nil {
		return
	}
	c.Need(depth < deepest, at, "answer.def.deep")
	c.Need(when.Op == "" || slices.Contains(Ops, when.Op), at, "answer.def.op", "op", when.Op)
	if when.Op == Younger || when.Op == Older {
		_, err := whole(when.Value)
		c.Need(err == nil, at, "answer.def.years", "value", when.Value)
	}
	if depth >= deepest {
		return
	}
	for i := range when.All {
		c.cond(at, &when.All[i], depth+1)
	}
	for i := range when.Any {
		c.cond(at, &when.Any[i], depth+1)
	}
	c.cond(at, when.Not, depth+1)
}

func (c *faults) fieldFaults(at string, f Field, inRow bool) {
	key := keyForm.MatchString(f.Key) && !(inRow && strings.Contains(f.Key, "."))
	if !inRow {
		key = key && !c.seen[f.Key] && c.form.parents(f.Key) == 0
		c.seen[f.Key] = true
	}
	c.Need(key, at, "answer.def.key", "key", f.Key)
	c.Need(slices.Contains(Kinds, f.Kind), at, "answer.def.kind", "kind", string(f.Kind))
	c.Need(f.Label.VI != "", at, "answer.def.label")
	c.Need(f.Max >= 0 && (f.Max == 0 || f.Min <= f.Max), at, "answer.def.bounds")
	c.Need(len(f.Options) <= MostOptions, at, "answer.def.options_many", "n", MostOptions)
	c.options(at, f)
	if inRow {
		c.Need(f.Kind != Repeat, at, "answer.def.nested")
		c.Need(f.When == nil && f.Needed == nil, at, "answer.def.row_cond")
		return
	}
	c.earlierThan(at, f)
	c.cond(at, f.Needed, 0)
	for _, key := range append(f.Needed.fields(), f.AsAt, f.Born) {
		if key != "" && key != Accepted {
			c.later = append(c.later, later{at, key})
		}
	}
	c.Need(f.Kind != Repeat || len(f.Fields) > 0 && len(f.Fields) <= 20, at, "answer.def.row_fields")
	c.Need(f.Kind == Repeat || len(f.Fields) == 0, at, "answer.def.row_fields")
	inner := map[string]bool{}
	for k, sub := range f.Fields {
		c.Need(!inner[sub.Key], at, "answer.def.key", "key", sub.Key)
		inner[sub.Key] = true
		c.fieldFaults(at+".fields."+strconv.Itoa(k), sub, true)
	}
}

// earlierThan: a field's condition looks at fields before itself.
func (c *faults) earlierThan(at string, f Field) {
	delete(c.seen, f.Key)
	c.earlier(at, f.When)
	c.seen[f.Key] = true
}

// parents counts the fields whose answers a key would fall under.
func (f Form) parents(key string) int {
	n := 0
	for _, g := range f.Groups {
		for _, one := range g.Fields {
			if one.Key != key && one.holds(key) {
				n++
			}
		}
	}
	return n
}

func (c *faults) options(at string, f Field) {
	chosen := f.Kind == Choice || f.Kind == Choices
	c.Need(chosen == (len(f.Options) > 0), at, "answer.def.options")
	seen := map[string]bool{}
	for _, o := range f.Options {
		c.Need(o.Value != "" && !strings.ContainsAny(o.Value, ", ") && !seen[o.Value], at, "answer.def.option", "value", o.Value)
		c.Need(o.Label.VI != "", at, "answer.def.label")
		seen[o.Value] = true
	}
}

func (c *faults) ruleFaults(at string, r Rule) {
	c.Need(slices.Contains(Checks, r.Check), at, "answer.def.check", "check", r.Check)
	c.Need(r.Say.VI != "", at, "answer.def.say")
	c.Need(c.known(r.Field), at, "answer.def.no_field", "field", r.Field)
	c.cond(at, r.When, 0)
	for _, key := range append(slices.Clone(r.Others), r.When.fields()...) {
		if group, is := strings.CutPrefix(key, "group:"); is {
			c.Need(c.groups[group], at, "answer.def.no_group", "group", group)
		} else {
			c.Need(c.known(key), at, "answer.def.no_field", "field", key)
		}
	}
	switch r.Check {
	case NotAfter, Days, Age:
		_, date := dayOf(r.Other)
		c.Need(r.Other == Accepted || date || c.known(r.Other), at, "answer.def.no_field", "field", r.Other)
		c.Need(r.Check == NotAfter || r.Min != nil || r.Max != nil, at, "answer.def.bounds")
	case Empty, Some, SameAs, Differ:
		c.Need(len(r.Others) > 0, at, "answer.def.others")
	case Never:
		c.Need(r.When != nil, at, "answer.def.when")
	case Match:
		c.Need(pattern(r.Like) != nil, at, "answer.def.pattern", "pattern", r.Like)
	case Named:
		c.Need(named[r.Named] != nil, at, "answer.def.named", "name", r.Named)
	}
}
