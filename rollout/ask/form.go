package ask

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"

	"lotrinh/internal/kit/fault"
)

// Kind is what sort of answer a question takes.
type Kind string

// The kinds. A number is whole and not negative; a table has rows of its columns.
const (
	Number Kind = "number"
	Text   Kind = "text"
	YesNo  Kind = "yes_no"
	Choice Kind = "choice"
	Table  Kind = "table"
)

// The answers of a yes-or-no question.
const (
	Yes = "yes"
	No  = "no"
)

// Option is one answer of a choice.
type Option struct {
	Value   string `json:"value"`
	Label   string `json:"label"`
	LabelEN string `json:"label_en,omitempty"`
}

// Column is one column of a table: a number, or text.
type Column struct {
	Key     string `json:"key"`
	Kind    Kind   `json:"kind"`
	Label   string `json:"label"`
	LabelEN string `json:"label_en,omitempty"`
}

// Field is one question. Figure names what the system may know of it; From names the
// question of the level below whose answers add up to it; Criterion is the criterion of
// the rollout that the answer speaks to.
type Field struct {
	Key       string   `json:"key"`
	Kind      Kind     `json:"kind"`
	Label     string   `json:"label"`
	LabelEN   string   `json:"label_en,omitempty"`
	Hint      string   `json:"hint,omitempty"`
	HintEN    string   `json:"hint_en,omitempty"`
	Must      bool     `json:"must,omitempty"`
	Figure    string   `json:"figure,omitempty"`
	From      string   `json:"from,omitempty"`
	Criterion string   `json:"criterion,omitempty"`
	Options   []Option `json:"options,omitempty"`
	Columns   []Column `json:"columns,omitempty"`
}

// Form is the questions in their order.
type Form struct {
	Fields []Field `json:"fields"`
}

// Bounds of forms and answers.
const (
	MostFields  = 60
	MostOptions = 20
	MostColumns = 8
	MostRows    = 40
	LongestText = 2000 // runes of a text; a cell of a table takes a tenth
	Largest     = 1_000_000_000_000
)

var key = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// Parse reads a form written as JSON. What is unknown or impossible is refused.
func Parse(raw []byte) (Form, error) {
	var f Form
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return f, bad("ask.form.json", "why", err.Error())
	}
	if d.More() {
		return f, bad("ask.form.json", "why", "…")
	}
	return f, f.Check()
}

func bad(key string, pairs ...any) error {
	var k fault.Check
	k.Need(false, "body", key, pairs...)
	return k.Err()
}

// Check is nil when the form can be asked.
func (f Form) Check() error {
	var k fault.Check
	k.Need(len(f.Fields) > 0 && len(f.Fields) <= MostFields, "body", "ask.form.fields", "max", MostFields)
	seen := map[string]bool{}
	for _, x := range f.Fields {
		k.Need(key.MatchString(x.Key) && !seen[x.Key], "body", "ask.form.key", "key", x.Key)
		seen[x.Key] = true
		k.Need(x.Label != "", "body", "ask.form.label", "key", x.Key)
		switch x.Kind {
		case Number, Text, YesNo:
			k.Need(len(x.Options) == 0 && len(x.Columns) == 0, "body", "ask.form.kind", "key", x.Key)
		case Choice:
			k.Need(x.optionsFit(), "body", "ask.form.options", "key", x.Key)
		case Table:
			k.Need(x.columnsFit(), "body", "ask.form.columns", "key", x.Key)
		default:
			k.Need(false, "body", "ask.form.kind", "key", x.Key)
		}
		k.Need(x.Figure == "" && x.From == "" || x.Kind == Number, "body", "ask.form.figure", "key", x.Key)
		k.Need(x.Criterion == "" || x.Kind == YesNo, "body", "ask.form.criterion", "key", x.Key)
	}
	return k.Err()
}

func (x Field) optionsFit() bool {
	seen := map[string]bool{}
	for _, o := range x.Options {
		if !key.MatchString(o.Value) || o.Label == "" || seen[o.Value] {
			return false
		}
		seen[o.Value] = true
	}
	return len(x.Options) > 1 && len(x.Options) <= MostOptions && len(x.Columns) == 0
}

func (x Field) columnsFit() bool {
	seen := map[string]bool{}
	for _, c := range x.Columns {
		if !key.MatchString(c.Key) || c.Label == "" || seen[c.Key] || c.Kind != Number && c.Kind != Text {
			return false
		}
		seen[c.Key] = true
	}
	return len(x.Columns) > 0 && len(x.Columns) <= MostColumns && len(x.Options) == 0
}

// Field is the question of a key.
func (f Form) Field(key string) (Field, bool) {
	i := slices.IndexFunc(f.Fields, func(x Field) bool { return x.Key == key })
	if i < 0 {
		return Field{}, false
	}
	return f.Fields[i], true
}

// Figures are the names of what the system may know, each once.
func (f Form) Figures() []string {
	var out []string
	for _, x := range f.Fields {
		if x.Figure != "" && !slices.Contains(out, x.Figure) {
			out = append(out, x.Figure)
		}
	}
	return out
}
