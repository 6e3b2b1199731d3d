package returns

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/rollout/ask"
)

// Plan says what is reported every month: on which day its round opens, how many working
// days each level has, and which departments report.
type Plan struct {
	bun.BaseModel  `bun:"table:return_plan,alias:rp"`
	Code           string `bun:"code,pk"`
	Title          string `bun:"title"`
	TitleEN        string `bun:"title_en"`
	Programme      string `bun:"programme"` // code: its communes and their districts report
	OpensDay       int64  `bun:"opens_day"` // of the month
	CommuneDays    int64  `bun:"commune_days"`
	DistrictDays   int64  `bun:"district_days"`
	DepartmentDays int64  `bun:"department_days"`
	Bodies         string `bun:"bodies"` // the departments, one a line
	Live           bool   `bun:"live"`
	Version        int64  `bun:"version"`
}

// Departments are the departments that report.
func (p Plan) Departments() []string {
	var out []string
	for line := range strings.SplitSeq(p.Bodies, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// days is how many working days a level has.
func (p Plan) days(l Level) int64 {
	switch l {
	case District:
		return p.DistrictDays
	case Department:
		return p.DepartmentDays
	}
	return p.CommuneDays
}

// FormEdition is the form of a level as it was from a moment on; editions are never altered.
type FormEdition struct {
	bun.BaseModel `bun:"table:return_form,alias:rf"`
	ID            ident.ID  `bun:"id,pk"`
	Plan          string    `bun:"plan"`
	Level         Level     `bun:"level"`
	Edition       int64     `bun:"edition"`
	Body          string    `bun:"body"` // JSON of ask.Form
	MadeAt        time.Time `bun:"made_at"`
	MadeBy        ident.ID  `bun:"made_by"`
	MadeName      string    `bun:"made_name"`
}

// Form is the questions of the edition.
func (f FormEdition) Form() (ask.Form, error) { return ask.Parse([]byte(f.Body)) }

// Round is the returns of one month.
type Round struct {
	bun.BaseModel `bun:"table:return_round,alias:ro"`
	ID            ident.ID  `bun:"id,pk"`
	Plan          string    `bun:"plan"`
	Month         string    `bun:"month"` // "2016-10"
	OpenedAt      time.Time `bun:"opened_at"`
	OpenedBy      ident.ID  `bun:"opened_by"`
}

// Path is the address of the round.
func (r Round) Path() string { return home + "/rounds/" + string(r.ID) }

// State is where a sheet stands.
type State string

// The states. Reported are HandedIn, Accepted and Correcting.
const (
	Blank      State = "blank"
	Draft      State = "draft"
	HandedIn   State = "handed_in"
	SentBack   State = "sent_back"
	Accepted   State = "accepted"
	Correcting State = "correcting" // accepted before, a further edition is being written
	Exempt     State = "exempt"
)

// States are all of them, in their order.
var States = []State{Blank, Draft, SentBack, HandedIn, Accepted, Correcting, Exempt}

// Open tells whether somebody still has to hand the sheet in.
func (s State) Open() bool { return s == Blank || s == Draft || s == SentBack }

// writable tells whether answers may change.
func (s State) writable() bool { return s.Open() || s == Correcting }

// Sheet is the return of one who must hand in. Unit is empty for a department.
type Sheet struct {
	bun.BaseModel `bun:"table:return_sheet,alias:rs"`
	ID            ident.ID   `bun:"id,pk"`
	Round         ident.ID   `bun:"round"`
	Form          ident.ID   `bun:"form"`
	Level         Level      `bun:"level"`
	Unit          string     `bun:"unit"`
	District      string     `bun:"district"` // code; empty for a department
	Body          string     `bun:"body"`     // name of a department
	State         State      `bun:"state"`
	AnswersJSON   string     `bun:"answers"`
	KnownJSON     string     `bun:"known"`  // what the system knows, by the question's key
	Filled        int64      `bun:"filled"` // of the questions that must be answered
	Asked         int64      `bun:"asked"`
	Edition       int64      `bun:"edition"` // the newest handed in; 0 before the first
	Clock         ident.ID   `bun:"clock"`
	DueAt         *time.Time `bun:"due_at"` // nil while the year has no calendar
	FirstAt       *time.Time `bun:"first_at"`
	OnTime        bool       `bun:"on_time"`
	HandedBy      ident.ID   `bun:"handed_by"`
	HandedName    string     `bun:"handed_name"`
	CheckedAt     *time.Time `bun:"checked_at"`
	CheckedName   string     `bun:"checked_name"`
	Reason        string     `bun:"reason"` // of sending back or exemption
	ChangedAt     time.Time  `bun:"changed_at"`
	Version       int64      `bun:"version"`
}

// Path is the address of the sheet.
func (x Sheet) Path() string { return home + "/sheets/" + string(x.ID) }

// Late tells whether the sheet is due and not handed in.
func (x Sheet) Late(now time.Time) bool {
	return x.State.Open() && x.DueAt != nil && x.DueAt.Before(now)
}

// Answers are what was answered so far.
func (x Sheet) Answers() (ask.Answers, error) { return unpack[ask.Answers](x.AnswersJSON) }

// Known is what the system knows, by the question's key.
func (x Sheet) Known() (map[string]int64, error) { return unpack[map[string]int64](x.KnownJSON) }

// EditionRow is what was handed in once.
type EditionRow struct {
	bun.BaseModel `bun:"table:return_edition,alias:re"`
	Sheet         ident.ID  `bun:"sheet,pk"`
	Edition       int64     `bun:"edition,pk"`
	AnswersJSON   string    `bun:"answers"`
	KnownJSON     string    `bun:"known"`
	Hash          string    `bun:"hash"`   // SHA-256 of the answers, hexadecimal
	Reason        string    `bun:"reason"` // why it corrects the one before
	At            time.Time `bun:"at"`
	By            ident.ID  `bun:"by_account"`
	ByName        string    `bun:"by_name"`
}

func pack(v any) (string, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return "", fault.Because(fault.Internal, "fault.internal", err)
	}
	return string(raw), nil
}

func unpack[T any](raw string) (T, error) {
	var v T
	if err := json.Unmarshal([]byte(raw), &v); err != nil {
		return v, fault.Because(fault.Internal, "fault.internal", err)
	}
	return v, nil
}
