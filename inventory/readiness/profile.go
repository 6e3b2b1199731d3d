package readiness

import (
	"encoding/json"
	"errors"
)

// Op compares a fact with what is wanted.
type Op string

// The comparisons. VersionFrom compares dotted numbers part by part.
const (
	AtLeast     Op = "at_least"
	AtMost      Op = "at_most"
	Is          Op = "is"
	VersionFrom Op = "version_from"
	Among       Op = "among" // of a place: it is one of those that the value lists, parted by commas
)

// Ops are all comparisons.
var Ops = []Op{AtLeast, AtMost, Is, VersionFrom, Among}

// Predicate is one thing that must hold for an asset: a comparison, or All, Any or Not
// of other predicates. Exactly one of Fact, All, Any and Not is set.
type Predicate struct {
	Fact      string `json:"fact,omitempty"`
	Op        Op     `json:"op,omitempty"`
	Value     string `json:"value,omitempty"`
	Tolerance int64  `json:"tolerance,omitempty"` // percent that a value may fall short by
	MaxAge    int64  `json:"max_age_days,omitempty"`
	Evidence  Source `json:"evidence_min,omitempty"` // the weakest source that counts
	Samples   int64  `json:"samples,omitempty"`      // readings that a measured figure must come from
	Days      int64  `json:"days,omitempty"`         // days over which these readings must be spread
	Per       string `json:"per,omitempty"`          // figure of the unit by which Value is multiplied

	All []Predicate `json:"all,omitempty"`
	Any []Predicate `json:"any,omitempty"`
	Not *Predicate  `json:"not,omitempty"`
}

// Group tells whether the predicate is put together from others.
func (p Predicate) Group() bool { return p.All != nil || p.Any != nil || p.Not != nil }

// oldWhen is how profiles of the first versions gave another value to assets of which
// another fact has a value. Published profiles never change, so they are still read.
type oldWhen struct {
	Fact  string `json:"fact"`
	Is    string `json:"is"`
	Value string `json:"value"`
}

// UnmarshalJSON reads a predicate, the form of the first versions included: "2048, or
// 1024 when the system has 32 bits" is at least 2048, or 32 bits and at least 1024.
func (p *Predicate) UnmarshalJSON(raw []byte) error {
	type plain Predicate
	var in struct {
		plain
		When *oldWhen `json:"when"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	*p = Predicate(in.plain)
	if in.When == nil {
		return nil
	}
	less := *p
	less.Value = in.When.Value
	*p = Predicate{Any: []Predicate{*p, {All: []Predicate{{Fact: in.When.Fact, Op: Is, Value: in.When.Is}, less}}}}
	return nil
}

// Facts are the names of all facts that a predicate looks at, each as often as it does.
func (p Predicate) Facts() []string {
	var out []string
	p.walk(1, func(_ int, q Predicate) {
		if !q.Group() {
			out = append(out, q.Fact)
		}
	})
	return out
}

// Deepest is how many levels a predicate has.
const Deepest = 5

var errShape = errors.New("readiness: a predicate is one comparison or one group, and no deeper than five levels")

// Shape tells whether predicates are put together as they must be.
func Shape(all []Predicate) error {
	ok := true
	for _, p := range all {
		p.walk(1, func(depth int, q Predicate) {
			set := 0
			for _, is := range []bool{q.Fact != "", q.All != nil, q.Any != nil, q.Not != nil} {
				if is {
					set++
				}
			}
			ok = ok && set == 1 && depth <= Deepest && (q.All == nil || len(q.All) > 0) && (q.Any == nil || len(q.Any) > 0)
		})
	}
	if !ok {
		return errShape
	}
	return nil
}

func (p Predicate) walk(depth int, see func(depth int, p Predicate)) {
	see(depth, p)
	if depth > Deepest {
		return
	}
	for _, q := range p.All {
		q.walk(depth+1, see)
	}
	for _, q := range p.Any {
		q.walk(depth+1, see)
	}
	if p.Not != nil {
		p.Not.walk(depth+1, see)
	}
}

// Band gives the quantity to units whose figure is From or more.
type Band struct {
	From int64 `json:"from"`
	N    int64 `json:"n"`
}

// The figures of a unit that a quantity may follow: its people by what they do, and its work.
const (
	StaffAtCounter = "staff_counter"
	StaffHandling  = "staff_handling" // who works on dossiers behind the counter
	StaffSigning   = "staff_signing"  // who signs
	Population     = "population"
	ProceduresADay = "procedures_day"
)

// SiteFacts are the names of the figures of a unit.
var SiteFacts = []string{StaffAtCounter, StaffHandling, StaffSigning, Population, ProceduresADay}

// Per lets a quantity follow a figure of the unit: one for each so many of it, rounded
// up, or by bands, of which the highest that is reached counts.
type Per struct {
	Of     string `json:"of"`
	Each   int64  `json:"each,omitempty"`
	Bands  []Band `json:"bands,omitempty"` // none reached: none needed
	MaxAge int64  `json:"max_age_days,omitempty"`
}

// of is the quantity for a figure.
func (p Per) of(n int64) int64 {
	if len(p.Bands) == 0 {
		if p.Each <= 0 || n <= 0 {
			return 0
		}
		return (n-1)/p.Each + 1
	}
	var best Band
	found := false
	for _, b := range p.Bands {
		if n >= b.From && (!found || b.From > best.From || b.From == best.From && b.N > best.N) {
			best, found = b, true
		}
	}
	return best.N
}

// Line is one requirement of a profile. With Per the quantity follows the unit, and
// Quantity is the least of it.
type Line struct {
	Code       string      `json:"code"`
	LabelVI    string      `json:"label_vi,omitempty"`
	LabelEN    string      `json:"label_en,omitempty"`
	Kind       string      `json:"kind"` // of assets
	Quantity   int64       `json:"quantity"`
	Per        *Per        `json:"per,omitempty"`
	Must       bool        `json:"must"`
	Distinct   bool        `json:"distinct,omitempty"`     // its assets fill no place of another distinct line
	MaxAge     int64       `json:"max_age_days,omitempty"` // of the evidence that an asset is there
	Evidence   Source      `json:"evidence_min,omitempty"` // the weakest source for that
	Predicates []Predicate `json:"predicates,omitempty"`   // all of them
}
