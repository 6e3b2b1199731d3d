package form

import (
	"slices"
	"strconv"
	"strings"

	"lotrinh/internal/kit/i18n"
)

// Words are a text of a form in the languages of the screens. Vietnamese is the law's;
// an empty English falls back to it.
type Words struct {
	VI string `json:"vi"`
	EN string `json:"en,omitempty"`
}

// In is the text in a language.
func (w Words) In(l i18n.Lang) string {
	if l == i18n.EN && w.EN != "" {
		return w.EN
	}
	return w.VI
}

// Plain are words that are the same in every language.
func Plain(s string) Words { return Words{VI: s} }

// Kind is what sort of answer a field takes.
type Kind string

// The kinds of fields. Those with parts keep the answer's parts under the field's key.
const (
	Text        Kind = "text"
	Long        Kind = "long"        // several lines
	Choice      Kind = "choice"      // one of Options
	Choices     Kind = "choices"     // some of Options: their values, comma between
	Date        Kind = "date"        // 2016-11-05; 2016-11 and 2016 where Partial
	Time        Kind = "time"        // 14:05
	Number      Kind = "number"      // a whole number
	Name        Kind = "name"        // of a person
	PID         Kind = "pid"         // personal identification number, 12 digits
	Paper       Kind = "paper"       // identity paper; parts kind, no, on, by
	Phone       Kind = "phone"       // in its one form, see kit/phone
	Unit        Kind = "unit"        // code of a unit of the tree on the day AsAt says
	Address     Kind = "address"     // parts unit (code, where known), place (commune, district, province), line (house, hamlet)
	Ethnicity   Kind = "ethnicity"   // 01 … 54, or other with part other
	Nationality Kind = "nationality" // VN, none, or other with part other
	Tick        Kind = "check"       // "1" or nothing
	Repeat      Kind = "repeat"      // rows of Fields
)

// Kinds are all kinds, in the order in which they are offered.
var Kinds = []Kind{Text, Long, Choice, Choices, Date, Time, Number, Name, PID, Paper, Phone, Unit, Address, Ethnicity, Nationality, Tick, Repeat}

// parts are what a kind keeps under its field's key.
var parts = map[Kind][]string{
	Paper:       {"kind", "no", "on", "by"},
	Address:     {"unit", "place", "line"},
	Ethnicity:   {"", "other"},
	Nationality: {"", "other"},
}

// Form is everything that a procedure asks.
type Form struct {
	Groups  []Group   `json:"groups"`
	Derived []Derived `json:"derived,omitempty"`
	Rules   []Rule    `json:"rules,omitempty"`
	// Keys say which answers lists and searches know a dossier by: the key of a field
	// for each of Roles that the form has.
	Keys map[string]string `json:"keys,omitempty"`
}

// The roles of Form.Keys.
const (
	Subject      = "subject"       // whom the dossier is about
	Born         = "born"          // their date of birth
	SubjectPID   = "subject_pid"   // their personal number
	MotherPID    = "mother_pid"    // the mother's personal number
	ProofNo      = "proof_no"      // number of the birth or death proof
	Applicant    = "applicant"     // who files
	ApplicantPID = "applicant_pid" // their personal number
	ApplicantTel = "phone"         // where they are reached
	Copies       = "copies"        // how many copies are asked for
)

// Roles are all roles of Form.Keys.
var Roles = []string{Subject, Born, SubjectPID, MotherPID, ProofNo, Applicant, ApplicantPID, ApplicantTel, Copies}

// Group is what one page asks together.
type Group struct {
	Key    string  `json:"key"`
	Title  Words   `json:"title"`
	Help   Words   `json:"help,omitzero"`
	When   *Cond   `json:"when,omitempty"`
	Staff  bool    `json:"staff,omitempty"` // asked from officers only
	Fields []Field `json:"fields"`
}

// Field is one question.
type Field struct {
	Key      string   `json:"key"`
	Kind     Kind     `json:"kind"`
	Label    Words    `json:"label"`
	Help     Words    `json:"help,omitzero"`
	Required bool     `json:"required,omitempty"`
	Needed   *Cond    `json:"needed,omitempty"` // required when
	When     *Cond    `json:"when,omitempty"`   // shown when
	Max      int      `json:"max,omitempty"`    // letters that fit; highest number of a Number; most rows of a Repeat
	Min      int      `json:"min,omitempty"`    // lowest number of a Number; fewest rows of a Repeat
	Options  []Option `json:"options,omitempty"`
	Partial  bool     `json:"partial,omitempty"` // a Date may be a year, or a month of a year
	Unknown  bool     `json:"unknown,omitempty"` // "không rõ" is an answer: part unknown
	AsAt     string   `json:"as_at,omitempty"`   // a Unit or Address: the date field whose day says which units there are; else the acceptance
	Sex      string   `json:"sex,omitempty"`     // a PID: the field with the person's sex ("male", "female"), or one of these two itself
	Born     string   `json:"born,omitempty"`    // a PID: the field with the person's date of birth
	Column   string   `json:"column,omitempty"`  // what other offices call it: the column of the Ministry of Justice
	Staff    bool     `json:"staff,omitempty"`
	Fields   []Field  `json:"fields,omitempty"` // of a Repeat
}

// Option is one answer of a Choice.
type Option struct {
	Value string `json:"value"`
	Label Words  `json:"label"`
	Help  Words  `json:"help,omitzero"`
}

// Derived is something that follows from the answers and is never typed.
type Derived struct {
	Key    string `json:"key"`
	Label  Words  `json:"label"`
	How    string `json:"how"` // one of Hows
	From   string `json:"from"`
	Column string `json:"column,omitempty"`
}

// The ways of deriving.
const (
	InWords = "date_words" // a date in Vietnamese words
	Capital = "capitals"   // a name in capitals
)

// Hows are the ways of deriving.
var Hows = []string{InWords, Capital}

// field finds a field by its key; one of a repeated group as "group.field".
func (f Form) field(key string) (Field, bool) {
	for _, g := range f.Groups {
		for _, one := range g.Fields {
			if one.Key == key {
				return one, true
			}
			for _, sub := range one.Fields {
				if one.Key+"."+sub.Key == key {
					return sub, true
				}
			}
		}
	}
	return Field{}, false
}

// Field finds a field by its key, and its group's key.
func (f Form) Field(key string) (one Field, group string, ok bool) {
	for _, g := range f.Groups {
		if i := slices.IndexFunc(g.Fields, func(x Field) bool { return x.Key == key }); i >= 0 {
			return g.Fields[i], g.Key, true
		}
	}
	return Field{}, "", false
}

// GroupOf is the key of the group that asks the field which an answer's key or a
// finding's field belongs to, or nothing.
func (f Form) GroupOf(key string) string {
	for _, g := range f.Groups {
		for _, one := range g.Fields {
			if one.holds(key) {
				return g.Key
			}
		}
	}
	return ""
}

// holds tells whether an answer's key is the field's own, or of one of its parts or rows.
func (f Field) holds(key string) bool {
	if key == f.Key {
		return true
	}
	rest, under := strings.CutPrefix(key, f.Key+".")
	if !under {
		return false
	}
	if f.Kind == Repeat {
		row, sub, ok := strings.Cut(rest, ".")
		n, err := strconv.Atoi(row)
		return ok && err == nil && n >= 0 && strconv.Itoa(n) == row && n < f.rows() &&
			slices.ContainsFunc(f.Fields, func(x Field) bool { return x.Kind != Repeat && x.holds(sub) })
	}
	return f.Unknown && rest == unknownPart || rest != "" && slices.Contains(parts[f.Kind], rest)
}

// unknownPart says that the answer is not known.
const unknownPart = "unknown"

// row is the field under the key that it has in a row of a repeated group.
func (f Field) row(repeat string, n int) Field {
	f.Key = repeat + "." + strconv.Itoa(n) + "." + f.Key
	return f
}

// MostRows is how many rows a repeated group takes unless its field says less.
const MostRows = 20

// rows is how many rows a repeated group takes.
func (f Field) rows() int {
	if f.Max > 0 && f.Max < MostRows {
		return f.Max
	}
	return MostRows
}
