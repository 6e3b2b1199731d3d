package fields

import (
	"strconv"
	"strings"

	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/ask"
)

// In is the sentence of the reader's language.
func In(t i18n.T, vi, en string) string {
	if t.Lang == i18n.EN && en != "" {
		return en
	}
	return vi
}

// Label is what a question asks.
func Label(t i18n.T, f ask.Field) string { return In(t, f.Label, f.LabelEN) }

// View is questions to be answered. Known is what the system knows, by the question's
// key, said under the question; Errors are those of a refused form.
type View struct {
	Form    ask.Form
	Answers ask.Answers
	Known   map[string]int64
	Errors  ui.Errors
}

// Named are the errors with their fields called as the questions are.
func (v View) Named(t i18n.T) ui.Errors {
	out := ui.Errors{Title: v.Errors.Title}
	for _, e := range v.Errors.Fields {
		name := strings.TrimPrefix(e.Name, "a.")
		name, _, _ = strings.Cut(name, ".")
		if f, ok := v.Form.Field(name); ok {
			e.Label = Label(t, f)
		}
		out.Fields = append(out.Fields, e)
	}
	return out
}

// Field is a question as an input; a table is drawn by Questions.
func (v View) Field(t i18n.T, f ask.Field) ui.Field {
	out := ui.Field{Name: ask.Name(f.Key), Label: Label(t, f), Hint: In(t, f.Hint, f.HintEN), Value: v.Answers.Values[f.Key], Required: f.Must, Error: v.Errors.Of(ask.Name(f.Key))}
	switch f.Kind {
	case ask.Number:
		out.Kind, out.Narrow = ui.Whole, true
		if n, ok := v.Known[f.Key]; ok {
			out.Hint = strings.TrimSpace(t.Say("ask.known", "n", n) + " " + out.Hint)
		}
	case ask.Text:
		out.Kind, out.Rows, out.Max = ui.Area, 3, ask.LongestText
	case ask.YesNo:
		out.Kind, out.Options = ui.Radio, []ui.Option{{Value: ask.Yes, Label: t.Say("ask.yes")}, {Value: ask.No, Label: t.Say("ask.no")}}
	case ask.Choice:
		out.Kind = ui.Radio
		for _, o := range f.Options {
			out.Options = append(out.Options, ui.Option{Value: o.Value, Label: In(t, o.Label, o.LabelEN)})
		}
	}
	return out
}

// spare is how many empty rows a table offers beyond those that are filled in.
const spare = 2

// rows is how many rows of a table are drawn.
func (v View) rows(f ask.Field) int { return min(len(v.Answers.Tables[f.Key])+spare, ask.MostRows) }

func (v View) cell(f ask.Field, row, col int) string {
	if all := v.Answers.Tables[f.Key]; row < len(all) && col < len(all[row]) {
		return all[row][col]
	}
	return ""
}

func cellID(key string, row int, column string) string {
	return ui.FieldID(ask.Cell(key, row, column))
}

func cellLabel(t i18n.T, c ask.Column, row int) string {
	return t.Say("ask.cell", "column", In(t, c.Label, c.LabelEN), "n", row+1)
}

// Said is an answer in words; what nobody answered is empty.
func Said(t i18n.T, f ask.Field, a ask.Answers) string {
	v := a.Values[f.Key]
	switch f.Kind {
	case ask.Number:
		if n, err := strconv.ParseInt(v, 10, 64); err == nil {
			return t.Int(n)
		}
	case ask.YesNo:
		if v != "" {
			return t.Say("ask." + v)
		}
	case ask.Choice:
		for _, o := range f.Options {
			if o.Value == v {
				return In(t, o.Label, o.LabelEN)
			}
		}
	case ask.Table:
		var rows []string
		for _, r := range a.Tables[f.Key] {
			rows = append(rows, strings.Join(r, " – "))
		}
		return strings.Join(rows, "; ")
	}
	return v
}
