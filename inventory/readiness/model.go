package readiness

import (
	"slices"
	"time"

	"lotrinh/internal/kit/i18n"
)

// Verdict is the answer.
type Verdict string

// The three answers.
const (
	Met     Verdict = "met"
	Unmet   Verdict = "unmet"
	Unknown Verdict = "unknown"
)

// Source is how a fact is known, from weak to strong.
type Source string

// The sources of facts.
const (
	Declared Source = "declared" // somebody said so
	Photo    Source = "photo"    // somebody said so and sent a picture
	Measured Source = "measured" // a program on the machine itself said so
	Probe    Source = "probe"    // measured from outside, over a time
	Seen     Source = "seen"     // somebody of another office looked
)

// Sources are all sources of facts, from weak to strong.
var Sources = []Source{Declared, Photo, Measured, Probe, Seen}

// Rank is the strength of a source: a stronger one has the larger number, and what is
// no source has -1.
func (s Source) Rank() int { return slices.Index(Sources, s) }

// Fact is one known value of an asset.
type Fact struct {
	Name   string
	Value  string
	Source Source
	At     time.Time // when it was so
}

// Asset is one piece of equipment of the unit.
type Asset struct {
	ID    string
	Code  string
	Name  string
	Kind  string
	State string
	Facts []Fact
}

// Present is the fact that an asset is there.
const Present = "present"

// counts tells whether the asset can fill a place: in use, or in store at the unit.
func (a Asset) counts() bool { return a.State == "in_use" || a.State == "spare" }

// Gap is an open report that something is missing, too weak or broken.
type Gap struct {
	ID    string
	Kind  string // missing, below_spec, broken, other
	What  string // kind of asset
	Count int64
	By    string // name of who reported
	At    time.Time
}

// Op compares a fact with what is wanted.
type Op string

// The comparisons. Version compares dotted numbers part by part.
const (
	AtLeast     Op = "at_least"
	AtMost      Op = "at_most"
	Is          Op = "is"
	VersionFrom Op = "version_from"
)

// When gives another wanted value to assets of which another fact has a value: a
// 32-bit system needs less memory.
type When struct {
	Fact  string `json:"fact"`
	Is    string `json:"is"`
	Value string `json:"value"`
}

// Predicate is one thing that must hold for an asset.
type Predicate struct {
	Fact      string `json:"fact"`
	Op        Op     `json:"op"`
	Value     string `json:"value"`
	Tolerance int64  `json:"tolerance,omitempty"` // percent that a value may fall short by
	MaxAge    int64  `json:"max_age_days,omitempty"`
	When      *When  `json:"when,omitempty"`
}

// Line is one requirement of a profile.
type Line struct {
	Code       string      `json:"code"`
	Kind       string      `json:"kind"` // of assets
	Quantity   int64       `json:"quantity"`
	Must       bool        `json:"must"`
	MaxAge     int64       `json:"max_age_days,omitempty"` // of the evidence that an asset is there
	Predicates []Predicate `json:"predicates,omitempty"`
}

// Profile is what a phase asks for.
type Profile struct {
	Code    string
	Version int64
	Lines   []Line
}

// Reason is one sentence behind an answer. Must tells whether it decides.
type Reason struct {
	Verdict Verdict   `json:"verdict"`
	Must    bool      `json:"must"`
	What    string    `json:"what"` // kind of asset
	Asset   string    `json:"asset,omitempty"`
	Gap     string    `json:"gap,omitempty"`
	Text    i18n.Line `json:"text"`
}

// Result is the answer with everything behind it. Stale is the first moment at
// which time alone could change it; the zero moment is never.
type Result struct {
	Verdict Verdict
	Reasons []Reason
	Stale   time.Time
}
