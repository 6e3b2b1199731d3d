package rollout

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
)

// Answer is what is known of a criterion or a gate.
type Answer string

// The three answers: đạt, không đạt, chưa đủ bằng chứng.
const (
	Met     Answer = "met"
	Unmet   Answer = "unmet"
	Unknown Answer = "unknown"
)

// Reason is a sentence kept with its values, so that it is said in the reader's
// language, whichever area it comes from.
type Reason struct{ i18n.Line }

// Because is the reason of a key with its name-value pairs.
func Because(key string, pairs ...any) Reason { return Reason{i18n.L(key, pairs...)} }

// Say is the reason as a sentence.
func (r Reason) Say(t i18n.T) string { return t.Line(r.Line) }

// Kind says who speaks: a declaration or a verification.
type Kind string

// The two kinds of evidence.
const (
	Declaration  Kind = "declaration"
	Verification Kind = "verification"
)

// Evidence is one answer to a criterion of a commune: who said it, from what, and
// when it was so. Lines are never altered but for Latest, which marks the line of a
// kind that was observed last.
type Evidence struct {
	bun.BaseModel `bun:"table:rollout_evidence,alias:ev"`
	Seq           int64     `bun:"seq,pk,autoincrement"` // the order of writing
	ID            ident.ID  `bun:"id"`
	Programme     ident.ID  `bun:"programme"`
	Unit          string    `bun:"unit"`
	Criterion     string    `bun:"criterion"`
	Kind          Kind      `bun:"kind"`
	Answer        Answer    `bun:"answer"`
	Source        string    `bun:"source"` // of Sources
	Note          string    `bun:"note"`
	Reasons       string    `bun:"reasons"` // JSON list of Reason
	Link          string    `bun:"link"`    // the page of what proves it, empty when people say so
	ObservedAt    time.Time `bun:"observed_at"`
	RecordedAt    time.Time `bun:"recorded_at"`
	Actor         string    `bun:"actor"`
	ActorName     string    `bun:"actor_name"`
	Latest        bool      `bun:"latest"`
}

// Why is the neighbour's reasons for its answer.
func (e Evidence) Why() []Reason {
	if e.Reasons == "" || e.Reasons == "[]" {
		return nil
	}
	var rs []Reason
	if json.Unmarshal([]byte(e.Reasons), &rs) != nil {
		return nil
	}
	return rs
}

func packed(rs []Reason) (string, error) {
	if len(rs) == 0 {
		return "[]", nil
	}
	raw, err := json.Marshal(rs)
	if err != nil {
		return "", fault.Because(fault.Internal, "fault.internal", err)
	}
	return string(raw), nil
}

// The places from which evidence comes.
const (
	FromCommune    = "commune"    // the commune or its district says so
	FromInspection = "inspection" // somebody went and saw
	FromTest       = "test"       // a test dossier or a probe
	FromRecords    = "records"    // attendance lists, account lists, minutes
	FromInventory  = "inventory"  // the equipment register's verdict
	FromMeasure    = "measured"   // a machine measured it
)

// Sources are the sources that a person may choose when verifying.
var Sources = []string{FromInspection, FromTest, FromRecords}

// Pair is the latest declaration and the latest verification of a criterion.
type Pair struct {
	Declared, Verified *Evidence
}

// Known is what is known of one commune, by criterion key.
type Known map[string]Pair
