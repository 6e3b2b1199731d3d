package pid

import (
	_ "embed"
	"encoding/csv"
	"strconv"
	"strings"
	"sync"
)

// Sex is what a number says of its bearer.
type Sex string

// The sexes that a number knows.
const (
	Male   Sex = "male"
	Female Sex = "female"
)

// Number is what twelve digits say.
type Number struct {
	Place string // where the birth was registered: 001 … 096 a province, others a country
	Sex   Sex
	Year  int
}

// Province is a province with its code and the days on which the code was given out.
type Province struct {
	Code, Name  string
	From, Until string // 2016-01-01, inclusive; until is the first day no more, or empty
}

//go:embed data/provinces.csv
var table string

// Provinces are all provinces that numbers know, by code.
var Provinces = sync.OnceValue(func() map[string]Province {
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	out := map[string]Province{}
	if err != nil {
		return out // the table is embedded and tested
	}
	for _, r := range rows[1:] {
		out[r[0]] = Province{Code: r[0], Name: r[1], From: r[2], Until: r[3]}
	}
	return out
})

// Parse reads twelve digits; ok is false for anything else.
func Parse(s string) (n Number, ok bool) {
	if len(s) != 12 || !digits(s) {
		return Number{}, false
	}
	c := int(s[3] - '0')
	yy, _ := strconv.Atoi(s[4:6])
	n = Number{Place: s[:3], Sex: Male, Year: 1900 + c/2*100 + yy}
	if c%2 == 1 {
		n.Sex = Female
	}
	return n, true
}

// OldCard tells whether these are the nine digits of a chứng minh nhân dân, which is
// another paper and no personal number.
func OldCard(s string) bool { return len(s) == 9 && digits(s) }

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// Known is what else is known of a number's bearer; empty parts are not compared.
type Known struct {
	Sex   Sex
	Born  string // 1985-03-02, or a year
	Place string // code of the province that registered the birth
	Today string // 2016-11-10: who is born later cannot have a number
}

// Trouble is something that does not fit, by message key; a warning may be right.
type Trouble struct {
	Key     string
	Args    []any
	Warning bool
}

// Check compares a number with what is known. An empty number has no trouble.
func Check(s string, k Known) []Trouble {
	if s == "" {
		return nil
	}
	n, ok := Parse(s)
	if !ok {
		if OldCard(s) {
			return []Trouble{{Key: "answer.pid.old_card"}}
		}
		return []Trouble{{Key: "answer.pid.format"}}
	}
	var out []Trouble
	place, province := Provinces()[n.Place]
	if n.Place[0] == '0' && !province {
		out = append(out, Trouble{Key: "answer.pid.place", Args: []any{"code", n.Place}})
	}
	if k.Sex != "" && k.Sex != n.Sex {
		out = append(out, Trouble{Key: "answer.pid.sex"})
	}
	if year, err := strconv.Atoi(k.Born[:min(4, len(k.Born))]); err == nil && k.Born != "" && year != n.Year {
		out = append(out, Trouble{Key: "answer.pid.year", Args: []any{"year", strconv.Itoa(n.Year)}})
	}
	if year, err := strconv.Atoi(k.Today[:min(4, len(k.Today))]); err == nil && n.Year > year {
		out = append(out, Trouble{Key: "answer.pid.future", Args: []any{"year", strconv.Itoa(n.Year)}})
	}
	if province && k.Place != "" && k.Place != n.Place {
		out = append(out, Trouble{Key: "answer.pid.elsewhere", Args: []any{"province", place.Name}, Warning: true})
	}
	return out
}
