package readiness

import (
	"time"

	"lotrinh/internal/kit/i18n"
)

// Verdict is an answer, for a unit or for one line of a profile.
type Verdict string

// The answers. Waived is what is not met but excused for a time; NotApplicable is a
// line of which this unit needs none.
const (
	Met           Verdict = "met"
	Unmet         Verdict = "unmet"
	Unknown       Verdict = "unknown"
	Waived        Verdict = "waived"
	NotApplicable Verdict = "na"
)

// Verdicts are the answers that a unit may get, best first.
var Verdicts = []Verdict{Met, Waived, Unknown, Unmet}

// rank orders answers: the worst decides.
func (v Verdict) rank() int {
	switch v {
	case Unmet:
		return 3
	case Unknown:
		return 2
	case Waived:
		return 1
	}
	return 0
}

func worse(a, b Verdict) Verdict {
	if b.rank() > a.rank() {
		return b
	}
	return a
}

// Source is how a fact is known, from weak to strong.
type Source string

// The sources of facts.
const (
	Declared Source = "declared" // somebody said so
	Photo    Source = "photo"    // somebody showed a picture of it
	Measured Source = "measured" // the machine itself said so
	Probe    Source = "probe"    // measured from outside
	Seen     Source = "seen"     // somebody of another office looked
)

// Sources are all sources, from weak to strong.
var Sources = []Source{Declared, Photo, Measured, Probe, Seen}

// Rank orders sources: 1 for what was declared up to 5 for what was seen, 0 for
// anything else.
func (s Source) Rank() int {
	for i, one := range Sources {
		if one == s {
			return i + 1
		}
	}
	return 0
}

// strong tells whether a source is more than somebody's word.
func (s Source) strong() bool { return s.Rank() >= Measured.Rank() }

// series tells whether a source speaks from many readings rather than one look.
func (s Source) series() bool { return s == Measured || s == Probe }

// Fact is one known value of an asset, or of a unit.
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
	Place string // where in the office it stands: "quầy 2"
	Kind  string
	State string
	Facts []Fact
}

// Present is the fact that an asset is there.
const Present = "present"

// counts tells whether the asset can fill a place: in use, or in store at the unit.
func (a Asset) counts() bool { return a.State == "in_use" || a.State == "spare" }

// label is how a sentence calls the asset: its place, with its code when that is not enough.
func (a Asset) label() string {
	if a.Place == "" {
		return a.Code
	}
	return a.Place + " (" + a.Code + ")"
}

// Gap is an open report that something is missing, too weak or broken.
type Gap struct {
	ID    string
	Kind  string // missing, below_spec, broken, other
	What  string // kind of asset
	Count int64
	By    string // name of who reported
	At    time.Time
}

// Waiver excuses a unit from one line of a profile for a time.
type Waiver struct {
	ID      string
	Profile string // code
	Line    string // code
	Reason  string
	By      string // name of who signed
	From    time.Time
	Until   time.Time // the first moment at which it no longer excuses
}

// Profile is what a phase asks for.
type Profile struct {
	Code    string
	Version int64
	Lines   []Line
}

// Case is everything that is known of a unit and asked of it.
type Case struct {
	Profiles []Profile
	Assets   []Asset
	Gaps     []Gap
	Site     []Fact // of the unit itself: staff at the counter, population, procedures a day
	Waivers  []Waiver
}

// Cause says what sort of lack a reason is, so that others can tell what would mend it.
type Cause string

// The causes.
const (
	Absent       Cause = "absent"       // too few are there
	TooWeak      Cause = "too_weak"     // there, but below what is asked
	NoData       Cause = "no_data"      // nobody said
	TooOld       Cause = "too_old"      // said too long ago
	WeakEvidence Cause = "evidence"     // said, but by too weak a source or from too few readings
	Misplaced    Cause = "misplaced"    // there, but not where it is asked for
	Contradicted Cause = "contradicted" // strong sources disagree
	Reported     Cause = "reported"     // an open gap
	Excused      Cause = "excused"      // a waiver holds
)

// Reason is one sentence behind an answer. Must tells whether it decides.
type Reason struct {
	Verdict Verdict   `json:"verdict"`
	Must    bool      `json:"must"`
	What    string    `json:"what"` // kind of asset
	Profile string    `json:"profile,omitempty"`
	Line    string    `json:"line,omitempty"`
	Asset   string    `json:"asset,omitempty"`
	Gap     string    `json:"gap,omitempty"`
	Fact    string    `json:"fact,omitempty"`
	Cause   Cause     `json:"cause,omitempty"`
	Text    i18n.Line `json:"text"`
}

// LineResult is the answer for one line of a profile. Want is -1 when the unit's own
// figures, which decide it, are not known.
type LineResult struct {
	Profile string   `json:"profile"`
	Line    string   `json:"line"`
	Kind    string   `json:"kind"`
	Must    bool     `json:"must"`
	Verdict Verdict  `json:"verdict"`
	Want    int64    `json:"want"`
	Have    int64    `json:"have"`             // places that are surely filled
	Assets  []string `json:"assets,omitempty"` // who fills them, by ID
}

// Result is the answer with everything behind it. Stale is the first moment at
// which time alone could change it; the zero moment is never.
type Result struct {
	Verdict Verdict
	Lines   []LineResult
	Reasons []Reason
	Stale   time.Time
}
