package i18n

import (
	"encoding/json"
	"fmt"
	"time"
)

// Line is a sentence kept for later: its key and its values, so that it can be
// stored and read in either language.
type Line struct {
	Key  string
	Args []any
}

// L is the line of a key with its name-value pairs.
func L(key string, pairs ...any) Line { return Line{Key: key, Args: pairs} }

// Line says a kept sentence.
func (t T) Line(l Line) string { return t.Say(l.Key, l.Args...) }

type kept struct {
	Text   *string    `json:"s,omitempty"`
	Int    *int64     `json:"i,omitempty"`
	Number *float64   `json:"f,omitempty"`
	Key    *Key       `json:"k,omitempty"`
	Moment *time.Time `json:"t,omitempty"`
}

type keptLine struct {
	Key  string `json:"key"`
	Args []kept `json:"args,omitempty"`
}

// MarshalJSON keeps the kinds of the values: a number stays a number.
func (l Line) MarshalJSON() ([]byte, error) {
	k := keptLine{Key: l.Key, Args: make([]kept, len(l.Args))}
	for i, a := range l.Args {
		switch a := a.(type) {
		case string:
			k.Args[i].Text = &a
		case int:
			n := int64(a)
			k.Args[i].Int = &n
		case int64:
			k.Args[i].Int = &a
		case float64:
			k.Args[i].Number = &a
		case Key:
			k.Args[i].Key = &a
		case time.Time:
			k.Args[i].Moment = &a
		default:
			s := fmt.Sprint(a)
			k.Args[i].Text = &s
		}
	}
	return json.Marshal(k)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (l *Line) UnmarshalJSON(raw []byte) error {
	var k keptLine
	if err := json.Unmarshal(raw, &k); err != nil {
		return err
	}
	l.Key, l.Args = k.Key, nil
	for _, a := range k.Args {
		switch {
		case a.Int != nil:
			l.Args = append(l.Args, *a.Int)
		case a.Number != nil:
			l.Args = append(l.Args, *a.Number)
		case a.Key != nil:
			l.Args = append(l.Args, *a.Key)
		case a.Moment != nil:
			l.Args = append(l.Args, *a.Moment)
		case a.Text != nil:
			l.Args = append(l.Args, *a.Text)
		default:
			l.Args = append(l.Args, "")
		}
	}
	return nil
}
