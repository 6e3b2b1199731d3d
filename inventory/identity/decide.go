package identity

import (
	"cmp"
	"slices"
	"strings"

	"lotrinh/internal/kit/i18n"
)

// Verdict is what a report's evidence says.
type Verdict string

// The answers.
const (
	Link   Verdict = "link"   // it is this machine
	Review Verdict = "review" // it may be: a person decides
	New    Verdict = "new"    // a machine that nobody knows
)

// The scores that decide.
const (
	LinkFrom   = 5
	ReviewFrom = 3
)

// Candidate is a machine that is known already.
type Candidate struct {
	ID    string
	Marks []Mark
	// Sender tells that the marks are of earlier reports of one agent: then its own
	// id with nothing that speaks against it is enough.
	Sender bool
}

// Finding is something about two machines that a person must hear.
type Finding string

// The findings.
const (
	Clone    Finding = "clone"     // the agent's id was copied with the image of a disk
	Swapped  Finding = "swapped"   // the main board is another
	MovedOut Finding = "disk_only" // only what lies on the disk is the same
)

// Reason is one sentence with what it adds; contradictions take away.
type Reason struct {
	Kind   Kind      `json:"kind,omitempty"`
	Weight int       `json:"weight"`
	Text   i18n.Line `json:"text"`
}

// Match is how well one candidate fits.
type Match struct {
	ID       string
	Score    int // of what is shared
	Against  int // of what differs
	Strong   bool
	Findings []Finding
	Reasons  []Reason
}

// Decision is the answer with everything behind it. Matches are the candidates worth
// a look, best first; on Link the first is the machine.
type Decision struct {
	Verdict  Verdict
	Matches  []Match
	Findings []Finding
	Reasons  []Reason // about the answer as a whole
}

// Best is the machine that the report is about, or most likely about; empty on New.
func (d Decision) Best() string {
	if d.Verdict == New || len(d.Matches) == 0 {
		return ""
	}
	return d.Matches[0].ID
}

// Decide says which of the candidates a report is about. Common tells values that are
// the same on more than Crowd machines; nil knows none.
func Decide(marks []Mark, known []Candidate, common func(Mark) bool) Decision {
	d := Decision{Verdict: New}
	marks, d.Reasons = without(sorted(slices.Clone(marks)), common)
	clone := false
	for _, c := range known {
		theirs, _ := without(sorted(slices.Clone(c.Marks)), common)
		m := compare(marks, Candidate{ID: c.ID, Marks: theirs, Sender: c.Sender})
		clone = clone || slices.Contains(m.Findings, Clone)
		if m.verdict(c.Sender) != New {
			d.Matches = append(d.Matches, m)
		}
	}
	sender := map[string]bool{}
	for _, c := range known {
		sender[c.ID] = c.Sender
	}
	slices.SortFunc(d.Matches, func(a, b Match) int {
		return cmp.Or(rank(b.verdict(sender[b.ID]))-rank(a.verdict(sender[a.ID])), (b.Score-b.Against)-(a.Score-a.Against), strings.Compare(a.ID, b.ID))
	})
	if len(d.Matches) > 0 {
		best := d.Matches[0]
		d.Verdict = best.verdict(sender[best.ID])
		d.Findings = append(d.Findings, best.Findings...)
		d.settle(sender)
	}
	if clone && d.Verdict != Link {
		d.Findings = append(d.Findings, Clone)
		d.Reasons = append(d.Reasons, Reason{Text: i18n.L("identity.found.clone")})
	}
	d.Reasons = append(d.Reasons, Reason{Text: i18n.L("identity.verdict." + string(d.Verdict))})
	return d
}

// settle makes a link doubtful when another machine fits as well: when both have
// something against them, or neither has.
func (d *Decision) settle(sender map[string]bool) {
	if d.Verdict != Link || len(d.Matches) < 2 {
		return
	}
	next := d.Matches[1]
	clear := d.Matches[0].Against == 0 && next.Against > 0
	if next.verdict(sender[next.ID]) == Link && !clear {
		d.Verdict = Review
		d.Reasons = append(d.Reasons, Reason{Text: i18n.L("identity.found.several")})
	}
}

func rank(v Verdict) int {
	switch v {
	case Link:
		return 2
	case Review:
		return 1
	}
	return 0
}

// without leaves out what too many machines share, and says so.
func without(marks []Mark, common func(Mark) bool) (left []Mark, said []Reason) {
	if common == nil {
		return marks, nil
	}
	for _, m := range marks {
		if m.Kind != Name && common(m) {
			said = append(said, Reason{Kind: m.Kind, Text: i18n.L("identity.placeholder", "what", kindKey(m.Kind), "value", m.Value, "crowd", Crowd)})
			continue
		}
		left = append(left, m)
	}
	return left, said
}

func kindKey(k Kind) i18n.Key { return i18n.Key("identity.kind." + string(k)) }

// compare weighs one candidate.
func compare(marks []Mark, c Candidate) Match {
	m := Match{ID: c.ID}
	shares, differs := map[Kind]bool{}, map[Kind]bool{}
	for _, k := range Kinds {
		ours, theirs := of(marks, k), of(c.Marks, k)
		if len(ours) == 0 || len(theirs) == 0 {
			continue
		}
		value, weight := shared(ours, theirs)
		switch {
		case weight > 0:
			shares[k] = true
			m.Score += weight
			m.Reasons = append(m.Reasons, Reason{k, weight, i18n.L("identity.same."+string(k), "value", say(k, value))})
		case slices.Contains(hardware, k):
			differs[k] = true
			m.Against += weights[k]
			m.Reasons = append(m.Reasons, Reason{k, -weights[k], i18n.L("identity.differs."+string(k), "ours", say(k, ours[0].Value), "theirs", say(k, theirs[0].Value))})
		}
	}
	m.find(shares, differs)
	alone := differs[MAC] && !shares[UUID] && !shares[Disk] && !shares[Agent] && !shares[Name]
	m.Strong = differs[Serial] || differs[UUID] && !shares[Serial] || m.Against > m.Score || alone || slices.Contains(m.Findings, Clone)
	return m
}

// find says what the pattern of sameness and difference means.
func (m *Match) find(shares, differs map[Kind]bool) {
	iron := slices.ContainsFunc(hardware, func(k Kind) bool { return shares[k] })
	board := differs[Board] || differs[UUID] && differs[MAC]
	switch {
	case shares[Agent] && !iron && (differs[Serial] || differs[UUID]) && differs[MAC]:
		m.note(Clone)
	case shares[Serial] && board && (shares[Disk] || shares[Agent]):
		m.note(Swapped)
	case shares[Disk] && (differs[Serial] || board) && !shares[UUID] && !shares[MAC]:
		m.note(MovedOut)
	}
}

func (m *Match) note(f Finding) {
	m.Findings = append(m.Findings, f)
	m.Reasons = append(m.Reasons, Reason{Text: i18n.L("identity.found." + string(f))})
}

// verdict is what one candidate alone would mean.
func (m Match) verdict(sender bool) Verdict {
	evidence := 0
	agent := false
	for _, r := range m.Reasons {
		if r.Weight > 0 && r.Kind != Name {
			evidence += r.Weight
			agent = agent || r.Kind == Agent
		}
	}
	switch {
	case evidence == 0 || slices.Contains(m.Findings, Clone):
		return New
	case m.Score >= LinkFrom && !m.Strong:
		return Link
	case sender && agent && m.Against == 0:
		return Link
	case m.Score >= ReviewFrom, sender && agent:
		return Review
	}
	return New
}

func of(marks []Mark, k Kind) []Mark {
	var out []Mark
	for _, m := range marks {
		if m.Kind == k {
			out = append(out, m)
		}
	}
	return out
}

// shared is a value that both have, and what it adds: 0 when they share none.
func shared(ours, theirs []Mark) (value string, weight int) {
	for _, a := range ours {
		for _, b := range theirs {
			if a.Value != b.Value {
				continue
			}
			w := weights[a.Kind]
			if a.Kind == Serial {
				switch {
				case a.Maker == "" || b.Maker == "":
					w = unsureSerial
				case a.Maker != b.Maker:
					continue
				}
			}
			if w > weight {
				value, weight = a.Value, w
			}
		}
	}
	return value, weight
}

// say is a value as people read it: of a name without its commune.
func say(k Kind, value string) string {
	if _, name, ok := strings.Cut(value, "|"); ok && k == Name {
		return name
	}
	return value
}
