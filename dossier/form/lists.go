package form

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
)

//go:embed data/ethnicities.csv
var ethnicTable string

//go:embed data/lists.json
var listTable []byte

// Other is the answer that is not in the list; the part "other" says it.
const Other = "other"

// lists are the answers that every form shares.
var lists = func() (l struct {
	Nationalities, Papers []Option
	Other, Unknown, Yes   Words
}) {
	if err := json.Unmarshal(listTable, &l); err != nil {
		panic(err) // the table is embedded: this is a broken build
	}
	return l
}()

// Ethnicities are the 54 of the state's list, then "other".
var Ethnicities = func() []Option {
	var out []Option
	for line := range strings.Lines(ethnicTable) {
		code, name, _ := strings.Cut(strings.TrimSpace(line), ",")
		out = append(out, Option{Value: code, Label: Plain(name)})
	}
	return append(out, Option{Value: Other, Label: lists.Other})
}()

// Nationalities are the answers for a nationality; other ones are written.
var Nationalities = lists.Nationalities

// Papers are the kinds of identity papers. cmnd has nine digits, cccd twelve.
var Papers = lists.Papers

// OptionsOf are the answers that a field is chosen from; none for one that is typed.
func OptionsOf(f Field) []Option {
	switch f.Kind {
	case Choice, Choices:
		return f.Options
	case Ethnicity:
		return Ethnicities
	case Nationality:
		return Nationalities
	}
	return nil
}

func option(all []Option, value string) (Option, bool) {
	i := slices.IndexFunc(all, func(o Option) bool { return o.Value == value })
	if i < 0 {
		return Option{}, false
	}
	return all[i], true
}
