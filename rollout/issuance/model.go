package issuance

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/phone"
	"lotrinh/internal/org"
)

// The rights of this room; app/policy.go says which role holds which.
const (
	Look    access.Perm = "rollout.accounts.read"    // see requests and accounts of communes in reach
	Ask     access.Perm = "rollout.accounts.request" // ask for accounts: by form or by roster
	Approve access.Perm = "rollout.accounts.approve" // decide on requests, end posts, review access
	Issue   access.Perm = "rollout.accounts.issue"   // make accounts and hand out first passwords
)

// Perms are all of them, for the policy.
var Perms = []access.Perm{Look, Ask, Approve, Issue}

// State is where a request stands.
type State string

// The states of a request.
const (
	Asked    State = "asked"
	Refused  State = "refused"
	Approved State = "approved"
	Issued   State = "issued" // there is an account, its owner has not come in
	Active   State = "active" // its owner has
	Ended    State = "ended"  // moved or left; see EndedOn
)

// States are all of them in the order of life.
var States = []State{Asked, Approved, Issued, Active, Refused, Ended}

// The ways in which a first password is handed over.
const (
	BySlip = "slip"
	BySMS  = "sms"
)

// Posts are the posts of a commune that need an account before the service starts there,
// each with the audience of training that prepares for it.
var Posts = org.StaffRoles

// Audience is the audience whose training prepares for a post.
func Audience(post access.Role) string {
	return map[access.Role]string{org.OneStopOfficer: "onestop", org.CivilStatusOfficer: "civil", org.LabourOfficer: "labour", org.SigningLeader: "leader"}[post]
}

// Request is an account asked for: one person, one post, one commune.
type Request struct {
	bun.BaseModel `bun:"table:issue_request,alias:iq"`
	ID            ident.ID    `bun:"id,pk"`
	Unit          string      `bun:"unit"`
	Post          access.Role `bun:"post"`
	Name          string      `bun:"name"`
	NameFold      string      `bun:"name_fold"`
	Born          string      `bun:"born"`  // 1980-05-31; may be empty
	Code          string      `bun:"code"`  // of the civil servant; may be empty
	Phone         string      `bun:"phone"` // in its one form; may be empty
	Email         string      `bun:"email"`
	State         State       `bun:"state"`
	Account       ident.ID    `bun:"account"`
	Login         string      `bun:"login"`
	Apart         bool        `bun:"apart"`  // somebody looked: it is nobody else's twin
	Reason        string      `bun:"reason"` // of a refusal, of being apart, of leaving
	AskedBy       ident.ID    `bun:"asked_by"`
	AskedAt       time.Time   `bun:"asked_at"`
	DecidedBy     ident.ID    `bun:"decided_by"`
	DecidedAt     time.Time   `bun:"decided_at,nullzero"`
	Batch         ident.ID    `bun:"batch"`
	Channel       string      `bun:"channel"`
	IssuedAt      time.Time   `bun:"issued_at,nullzero"`
	HandedAt      time.Time   `bun:"handed_at,nullzero"` // its first password was printed or sent
	UntilAt       time.Time   `bun:"until_at,nullzero"`  // the first password is good until then
	Reminded      int64       `bun:"reminded"`           // the last step of reminding that was taken
	ActiveAt      time.Time   `bun:"active_at,nullzero"`
	EndedOn       string      `bun:"ended_on"`
	Version       int64       `bun:"version"`
}

// Path is the page of the request.
func (r Request) Path() string { return Home + "/" + string(r.ID) }

// Over tells whether the first password has run out unused.
func (r Request) Over(now time.Time) bool {
	return r.State == Issued && !r.UntilAt.IsZero() && !now.Before(r.UntilAt)
}

// Form is a request as somebody typed it.
type Form struct {
	Unit, Post, Name, Born, Code, Phone, Email string
}

const (
	longestName = 80
	longestCode = 20
)

// read checks what was typed and gives the request that it describes.
func (f Form) read(tree *org.Tree) (Request, error) {
	var k fault.Check
	r := Request{Unit: strings.TrimSpace(f.Unit), Post: access.Role(f.Post), Name: strings.Join(strings.Fields(fold.NFC(f.Name)), " "),
		Code: strings.ToUpper(strings.TrimSpace(f.Code)), Email: strings.ToLower(strings.TrimSpace(f.Email)), Born: strings.TrimSpace(f.Born)}
	r.NameFold = fold.Key(r.Name)
	u, ok := tree.Unit(r.Unit)
	k.Need(ok && u.Level == org.Commune, "unit", "issuance.form.unit")
	k.Need(slices.Contains(Posts, r.Post), "post", "issuance.form.post")
	k.Need(r.NameFold != "", "name", "issuance.form.name")
	k.Need(utf8.RuneCountInString(r.Name) <= longestName, "name", "issuance.form.name_long", "limit", longestName)
	k.Need(len(r.Code) <= longestCode && !strings.ContainsAny(r.Code, " \t"), "code", "issuance.form.code")
	k.Need(r.Email == "" || len(r.Email) <= 120 && strings.Count(r.Email, "@") == 1 && !strings.ContainsAny(r.Email, " ,;<>"), "email", "issuance.form.email")
	if typed := strings.TrimSpace(f.Phone); typed != "" {
		n, good := phone.Normal(typed)
		good = good && phone.KindOf(n) != phone.Short && phone.KindOf(n) != phone.Service
		k.Need(good, "phone", "issuance.form.phone")
		r.Phone = n
	}
	if r.Born != "" {
		at, err := time.Parse(time.DateOnly, r.Born)
		k.Need(err == nil && at.Year() > 1900 && at.Year() < 2100, "born", "form.bad_day")
	}
	return r, k.Err()
}

// fill takes over what is said of the person and was not known; it tells whether anything
// changed.
func (r *Request) fill(o Request) (changed bool) {
	for _, x := range []struct{ have, told *string }{{&r.Code, &o.Code}, {&r.Phone, &o.Phone}, {&r.Email, &o.Email}} {
		if *x.told != "" && *x.have != *x.told {
			*x.have, changed = *x.told, true
		}
	}
	return changed
}

// Batch is one issuing for a district or a commune.
type Batch struct {
	bun.BaseModel `bun:"table:issue_batch,alias:ib"`
	ID            ident.ID  `bun:"id,pk"`
	Unit          string    `bun:"unit"`
	Channel       string    `bun:"channel"`
	MadeBy        ident.ID  `bun:"made_by"`
	MadeName      string    `bun:"made_name"`
	MadeAt        time.Time `bun:"made_at"`
	Job           ident.ID  `bun:"job"`
	Issued        int64     `bun:"issued"`
	Skipped       int64     `bun:"skipped"`
	DoneAt        time.Time `bun:"done_at,nullzero"`
}

// Path is the page of the batch.
func (b Batch) Path() string { return Home + "/batches/" + string(b.ID) }
