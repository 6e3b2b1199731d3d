package ask

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
)

// Answers are what somebody answered, by the question's key. Rows of a table hold one
// cell a column.
type Answers struct {
	Values map[string]string     `json:"values,omitempty"`
	Tables map[string][][]string `json:"tables,omitempty"`
}

// Name is what an input of a question is called in a form on a page.
func Name(key string) string { return "a." + key }

// Cell is what an input of a table is called.
func Cell(key string, row int, column string) string {
	return Name(key) + "." + strconv.Itoa(row) + "." + column
}

// Read takes the answers out of a posted form; rows of a table without a word are left out.
func (f Form) Read(get func(name string) string) Answers {
	a := Answers{Values: map[string]string{}, Tables: map[string][][]string{}}
	for _, x := range f.Fields {
		if x.Kind != Table {
			if v := tidy(x.Kind, get(Name(x.Key))); v != "" {
				a.Values[x.Key] = v
			}
			continue
		}
		for r := range MostRows {
			row, said := make([]string, len(x.Columns)), false
			for i, c := range x.Columns {
				row[i] = tidy(c.Kind, get(Cell(x.Key, r, c.Key)))
				said = said || row[i] != ""
			}
			if said {
				a.Tables[x.Key] = append(a.Tables[x.Key], row)
			}
		}
	}
	return a
}

// tidy is what was typed in one form: numbers without the marks that group their digits.
func tidy(k Kind, s string) string {
	s = strings.TrimSpace(fold.NFC(s))
	if k == Number {
		s = strings.NewReplacer(" ", "", ".", "", "\u00a0", "").Replace(s)
	}
	return s
}

// Judge is nil when the answers fit the form; what is not answered fits.
func (f Form) Judge(a Answers) error {
	var k fault.Check
	asked := map[string]bool{}
	for _, x := range f.Fields {
		asked[x.Key] = true
		if x.Kind == Table {
			rows := a.Tables[x.Key]
			k.Need(len(rows) <= MostRows, Name(x.Key), "ask.answer.rows", "max", MostRows)
			for r, row := range rows {
				k.Need(len(row) == len(x.Columns), Name(x.Key), "ask.answer.row", "n", r+1)
				for i := range min(len(row), len(x.Columns)) {
					key, limit := wrong(x.Columns[i].Kind, nil, row[i], LongestText/10)
					k.Need(key == "", Cell(x.Key, r, x.Columns[i].Key), key, "max", limit)
				}
			}
			continue
		}
		key, limit := wrong(x.Kind, x.Options, a.Values[x.Key], LongestText)
		k.Need(key == "", Name(x.Key), key, "max", limit)
	}
	for key := range a.Values {
		k.Need(asked[key], Name(key), "ask.answer.unasked")
	}
	for key := range a.Tables {
		k.Need(asked[key], Name(key), "ask.answer.unasked")
	}
	return k.Err()
}

// wrong is the key of what is wrong with an answer, with the bound that it breaks.
func wrong(k Kind, options []Option, v string, longest int) (string, int64) {
	if v == "" {
		return "", 0
	}
	switch k {
	case Number:
		if n, err := strconv.ParseInt(v, 10, 64); err != nil || n < 0 || n > Largest {
			return "ask.answer.number", Largest
		}
	case YesNo:
		if v != Yes && v != No {
			return "ask.answer.choice", 0
		}
	case Choice:
		for _, o := range options {
			if o.Value == v {
				return "", 0
			}
		}
		return "ask.answer.choice", 0
	default:
		if utf8.RuneCountInString(v) > longest {
			return "ask.answer.long", int64(longest)
		}
	}
	return "", 0
}

// Answered tells whether a question has an answer.
func (x Field) Answered(a Answers) bool {
	if x.Kind == Table {
		return len(a.Tables[x.Key]) > 0
	}
	return a.Values[x.Key] != ""
}

// Missing are the questions that must be answered and are not.
func (f Form) Missing(a Answers) []Field {
	var out []Field
	for _, x := range f.Fields {
		if x.Must && !x.Answered(a) {
			out = append(out, x)
		}
	}
	return out
}

// Complete is nil when everything that must be answered is, and fits.
func (f Form) Complete(a Answers) error {
	var k fault.Check
	k.Add(f.Judge(a))
	for _, x := range f.Missing(a) {
		k.Need(false, Name(x.Key), "ask.answer.needed")
	}
	return k.Err()
}

// Filled is how many of the questions that must be answered are, and how many there are.
func (f Form) Filled(a Answers) (done, of int64) {
	for _, x := range f.Fields {
		if x.Must {
			of++
			if x.Answered(a) {
				done++
			}
		}
	}
	return done, of
}

// Prefill answers the numbers that the system knows and nobody has answered yet.
func (f Form) Prefill(a Answers, known map[string]int64) Answers {
	out := a.clone()
	for _, x := range f.Fields {
		if n, ok := known[x.Key]; ok && x.Kind == Number && out.Values[x.Key] == "" {
			out.Values[x.Key] = strconv.FormatInt(n, 10)
		}
	}
	return out
}

func (a Answers) clone() Answers {
	out := Answers{Values: map[string]string{}, Tables: map[string][][]string{}}
	for k, v := range a.Values {
		out.Values[k] = v
	}
	for k, v := range a.Tables {
		out.Tables[k] = v
	}
	return out
}

// Roll adds the answers of a level up, by the key of its questions: numbers are added,
// yes is counted. Other kinds are read one by one, never added.
func (f Form) Roll(all []Answers) map[string]int64 {
	out := map[string]int64{}
	for _, x := range f.Fields {
		if x.Kind != Number && x.Kind != YesNo {
			continue
		}
		var sum int64
		for _, a := range all {
			switch v := a.Values[x.Key]; {
			case x.Kind == YesNo && v == Yes:
				sum++
			case x.Kind == Number:
				if n, err := strconv.ParseInt(v, 10, 64); err == nil {
					sum += n
				}
			}
		}
		out[x.Key] = sum
	}
	return out
}

// Number is a number as an answer says it.
func (Form) Number(n int64) string { return strconv.FormatInt(n, 10) }
