package procedure

import (
	"encoding/json"

	"lotrinh/dossier/term"
)

// Definition is one version of a procedure. Names and texts are Vietnamese as the law
// has them, with the English beside them.
type Definition struct {
	Code      string          `json:"code"` // national code, "1.001193"
	Name      Text            `json:"name"`
	Group     string          `json:"group"`            // birth, death, marriage, guardianship, recognition, change, copy, attest, residence
	Words     []string        `json:"words,omitempty"`  // plain words by which people look for it
	Level     int             `json:"level"`            // 1 to 4 of Decree 43/2011/NĐ-CP, art. 3
	Online    Online          `json:"online,omitempty"` // since Decree 42/2022/NĐ-CP
	Basis     []Basis         `json:"basis"`
	Term      term.Rule       `json:"term"`
	Fee       Fee             `json:"fee"`
	Documents []Document      `json:"documents"`
	Form      json.RawMessage `json:"form"` // read by dossier/form
	Steps     []Step          `json:"steps"`
	Legs      []Leg           `json:"legs,omitempty"`
	Results   []Result        `json:"results"`
	Plain     Plain           `json:"plain"`
	Doubts    []string        `json:"doubts,omitempty"` // fields that no text confirmed yet
}

// Text is a text in both languages.
type Text struct {
	VI string `json:"vi"`
	EN string `json:"en"`
}

// Say is the text in a language.
func (t Text) Say(lang string) string {
	if lang == "en" && t.EN != "" {
		return t.EN
	}
	return t.VI
}

// Online is how much of a procedure can be done from home since 2022.
type Online string

// The two kinds of Decree 42/2022/NĐ-CP.
const (
	Whole   Online = "full"    // toàn trình
	Partial Online = "partial" // một phần
)

// Basis is a legal text and the article that says it.
type Basis struct {
	Text    string `json:"text"`
	Article string `json:"article,omitempty"`
}

// Fee is what a procedure costs, in đồng. Late is what registering after the legal time
// limit costs where registering in time is free.
type Fee struct {
	Amount   int64    `json:"amount,omitempty"`
	Late     int64    `json:"late,omitempty"`
	LateDays int      `json:"late_days,omitempty"` // days after the event from which Late is due
	LateFrom string   `json:"late_from,omitempty"` // the form's field that holds the day of the event
	PerCopy  int64    `json:"per_copy,omitempty"`
	Exempt   []string `json:"exempt,omitempty"` // merit, poor, disabled: words fee.exempt.*
}

// Document is a paper of a dossier. What is only to be shown may never be asked for as
// a copy (Decree 123/2015/NĐ-CP, art. 3.2).
type Document struct {
	Key      string          `json:"key"`
	Name     Text            `json:"name"`
	Show     bool            `json:"show,omitempty"` // xuất trình; else nộp
	When     json.RawMessage `json:"when,omitempty"` // condition over the form's answers, read by dossier/form; none is always
	Optional bool            `json:"optional,omitempty"`
	Copies   int             `json:"copies,omitempty"`
	Note     Text            `json:"note,omitzero"`
}

// StepKind is what happens in a step; the code knows these kinds and a version orders
// them.
type StepKind string

// The kinds of steps.
const (
	Receive  StepKind = "receive"
	Examine  StepKind = "examine"
	Confirm  StepKind = "confirm"  // the applicant confirms the draft of the certificate
	Register StepKind = "register" // the register entry is written and signed by the civil-status officer
	PID      StepKind = "pid"      // the population database gives the personal number
	Sign     StepKind = "sign"     // the chairman signs
	Deliver  StepKind = "deliver"  // other authorities do their legs
	Return   StepKind = "return"
)

// StepKinds are the kinds in the order in which they can follow each other.
var StepKinds = []StepKind{Receive, Examine, Confirm, Register, PID, Sign, Deliver, Return}

// Step is one step of a version. OnlineOnly ones are left out for dossiers that were
// filed at the counter.
type Step struct {
	Key        string   `json:"key"`
	Kind       StepKind `json:"kind"`
	Name       Text     `json:"name"`
	OnlineOnly bool     `json:"online_only,omitempty"`
}

// Leg is the part of another authority in an interlinked procedure.
type Leg struct {
	Kind    string          `json:"kind"`    // residence, insurance, residence_removal, funeral_benefit, survivor_benefit
	Partner string          `json:"partner"` // police, insurance, labour
	Name    Text            `json:"name"`
	Term    term.Rule       `json:"term"`
	More    int             `json:"more,omitempty"` // working days that a completion asked for adds
	When    json.RawMessage `json:"when,omitempty"` // condition over the answers; none is always
}

// Result is what a procedure gives. Book is the kind of register in which it is entered
// (ks, kt, kh, hn, cmc, gh …); empty for none.
type Result struct {
	Key  string `json:"key"`
	Name Text   `json:"name"`
	Book string `json:"book,omitempty"`
	From string `json:"from,omitempty"` // the leg that gives it; empty is the commune
}

// Plain is what a citizen reads.
type Plain struct {
	What  Text `json:"what"`
	Who   Text `json:"who"`
	Where Text `json:"where"`
	Next  Text `json:"next"`
}

// Book is the register of the first result that is entered in one; empty for none.
func (d Definition) Book() string {
	for _, r := range d.Results {
		if r.Book != "" {
			return r.Book
		}
	}
	return ""
}

// StepOf finds a step by its key.
func (d Definition) StepOf(key string) (Step, bool) {
	for _, s := range d.Steps {
		if s.Key == key {
			return s, true
		}
	}
	return Step{}, false
}

// Following is the step behind another for a dossier that was filed online or not; the
// first one behind "". False behind the last.
func (d Definition) Following(key string, online bool) (Step, bool) {
	found := key == ""
	for _, s := range d.Steps {
		if found && (online || !s.OnlineOnly) {
			return s, true
		}
		found = found || s.Key == key
	}
	return Step{}, false
}
