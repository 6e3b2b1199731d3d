package org

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/uptrace/bun"
)

// Level is how high a unit stands in the tree.
type Level string

// The levels of units; from 1 July 2025 there are no districts.
const (
	Province Level = "province"
	District Level = "district"
	Commune  Level = "commune"
)

// Unit is one version of an administrative unit, in force on days [From, Until);
// an empty Until means that its end is not known.
type Unit struct {
	bun.BaseModel `bun:"table:unit_version,alias:uv"`
	Code          string `bun:"code,pk"`
	Name          string `bun:"name"` // "Đặng Xá"
	Kind          string `bun:"kind"` // "xã", "phường", "thị trấn", "huyện", "quận", "thị xã", "thành phố"
	Level         Level  `bun:"level"`
	Parent        string `bun:"parent"`
	From          string `bun:"valid_from,pk"`
	Until         string `bun:"valid_until"`
	Fold          string `bun:"fold"`
}

// Full is the unit's kind and name: "xã Đặng Xá".
func (u Unit) Full() string {
	if u.Kind == "" {
		return u.Name
	}
	return u.Kind + " " + u.Name
}

// Title is Full with a capital: "Xã Đặng Xá".
func (u Unit) Title() string {
	s := u.Full()
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// On tells whether the version is in force on a day (2016-11-10).
func (u Unit) On(date string) bool {
	return u.From <= date && (u.Until == "" || date < u.Until)
}

var kinds = map[Level][]string{
	Province: {"thành phố", "tỉnh"},
	District: {"quận", "huyện", "thị xã", "thành phố"},
	Commune:  {"xã", "phường", "thị trấn", "đặc khu"},
}

// Change is one succession: on Date, From gave its people and area, or a part, to To.
// A unit that keeps its code but changes its name or area succeeds itself.
type Change struct {
	bun.BaseModel `bun:"table:unit_change,alias:uc"`
	Date          string `bun:"date,pk"`
	From          string `bun:"from_code,pk"`
	To            string `bun:"to_code,pk"`
	Kind          string `bun:"kind"`       // "merge": all of From went to To; "split": a part
	Share         string `bun:"share"`      // "full", "part", "remainder", "part_area_only", "part_area_all_pop"
	Main          string `bun:"main"`       // "yes", "no", or "" where the sources do not say
	Basis         string `bun:"basis"`      // the resolution that ordered it
	Confidence    string `bun:"confidence"` // "A" official text, "B" code lists, "C" inferred
}

// Whole tells whether all of the unit went to one successor.
func (c Change) Whole() bool { return strings.EqualFold(c.Share, "full") }

// Tile is the place of a commune in the schematic map: column X, row Y.
type Tile struct {
	Code string
	X, Y int
}
