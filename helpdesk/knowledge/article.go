package knowledge

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
)

// Audience is who may read an article.
type Audience string

// The audiences, the widest first.
const (
	Everybody Audience = "all"      // without signing in
	Officers  Audience = "officers" // whoever is signed in
	Support   Audience = "support"  // those who answer tickets
)

// Audiences are all of them, in the order of forms.
var Audiences = []Audience{Everybody, Officers, Support}

// readable are the audiences that the reader belongs to.
func readable(who access.Actor) []Audience {
	switch {
	case !who.SignedIn():
		return Audiences[:1]
	case who.May(helpdesk.Work) || who.May(Edit):
		return Audiences
	}
	return Audiences[:2]
}

// State is where an article stands.
type State string

// The states.
const (
	Draft     State = "draft"     // for its writers only
	Published State = "published" // its audience reads it
	Retired   State = "retired"   // no longer true; kept for its history
)

// Article is an answer that many can read.
type Article struct {
	bun.BaseModel `bun:"table:kb_article,alias:ka"`
	Seq           int64             `bun:"seq,pk,autoincrement"`
	ID            ident.ID          `bun:"id"`
	Title         string            `bun:"title"`
	Lead          string            `bun:"lead"` // the answer in one or two sentences
	Body          string            `bun:"body"` // Markdown
	Service       helpdesk.Category `bun:"service"`
	Audience      Audience          `bun:"audience"`
	State         State             `bun:"state"`
	Owner         ident.ID          `bun:"owner"`
	ReviewOn      string            `bun:"review_on"` // the city's day on which it must be looked at again
	Helped        int64             `bun:"helped"`
	Failed        int64             `bun:"failed"`
	Answered      int64             `bun:"answered"` // readers who then sent no ticket
	Used          int64             `bun:"used"`     // answers of agents that it was put into
	Edition       int64             `bun:"edition"`
	MadeAt        time.Time         `bun:"made_at"`
	ChangedAt     time.Time         `bun:"changed_at"`
	ChangedBy     ident.ID          `bun:"changed_by"`
	Version       int64             `bun:"version"`
}

// Path is the address of the article.
func (a Article) Path() string { return "/help/" + strconv.FormatInt(a.Seq, 10) }

// Due tells whether the article must be looked at again.
func (a Article) Due(now time.Time) bool {
	return a.State == Published && a.ReviewOn <= clock.Date(now)
}

// visible tells whether the reader may see the article.
func (a Article) visible(who access.Actor) bool {
	if who.May(Edit) {
		return true
	}
	return a.State == Published && slices.Contains(readable(who), a.Audience)
}

// Edition is the text of an article as it once was.
type Edition struct {
	bun.BaseModel `bun:"table:kb_edition,alias:ke"`
	Article       ident.ID  `bun:"article,pk"`
	No            int64     `bun:"no,pk"`
	At            time.Time `bun:"at"`
	Author        ident.ID  `bun:"author"`
	Note          string    `bun:"note"` // what was changed, in the writer's words
	Title         string    `bun:"title"`
	Lead          string    `bun:"lead"`
	Body          string    `bun:"body"`
}

// Feedback is one reader's verdict.
type Feedback struct {
	bun.BaseModel `bun:"table:kb_feedback,alias:kf"`
	ID            ident.ID  `bun:"id,pk"`
	Article       ident.ID  `bun:"article"`
	Voter         string    `bun:"voter"` // the account, or a stranger's address of one day as a hash
	Unit          string    `bun:"unit"`
	At            time.Time `bun:"at"`
	Helped        bool      `bun:"helped"`
	Instead       bool      `bun:"instead"` // it came in place of a ticket
	Words         string    `bun:"words"`
}

// Limits of what people type.
const (
	longestTitle = 150
	longestLead  = 400
	longestBody  = 30_000
	longestNote  = 200
	longestWords = 500
	mostPictures = 10
)

// reviewEvery is how many days pass until an article must be looked at again, unless
// its writer says another day.
const reviewEvery = 180

// Text is an article as somebody typed it.
type Text struct {
	Version  int64
	Title    string
	Lead     string
	Body     string
	Service  helpdesk.Category
	Audience Audience
	ReviewOn string // 2016-11-10; empty: half a year from now
	Note     string
}

func (x *Text) check(now time.Time) error {
	tidy := func(s string) string { return strings.TrimSpace(fold.NFC(s)) }
	x.Title, x.Lead, x.Note = tidy(x.Title), tidy(x.Lead), tidy(x.Note)
	x.Body = tidy(strings.ReplaceAll(x.Body, "\r\n", "\n"))
	var k fault.Check
	k.Need(x.Title != "", "title", "knowledge.form.title_needed")
	k.Need(utf8.RuneCountInString(x.Title) <= longestTitle, "title", "knowledge.form.long", "max", longestTitle)
	k.Need(x.Lead != "", "lead", "knowledge.form.lead_needed")
	k.Need(utf8.RuneCountInString(x.Lead) <= longestLead, "lead", "knowledge.form.long", "max", longestLead)
	k.Need(x.Body != "", "body", "knowledge.form.body_needed")
	k.Need(utf8.RuneCountInString(x.Body) <= longestBody, "body", "knowledge.form.long", "max", longestBody)
	k.Need(utf8.RuneCountInString(x.Note) <= longestNote, "note", "knowledge.form.long", "max", longestNote)
	k.Need(x.Service == "" || slices.Contains(helpdesk.Categories, x.Service), "service", "knowledge.form.service_unknown")
	k.Need(slices.Contains(Audiences, x.Audience), "audience", "knowledge.form.audience_needed")
	if x.ReviewOn == "" {
		x.ReviewOn = clock.Date(now.AddDate(0, 0, reviewEvery))
	}
	_, err := clock.ParseDate(x.ReviewOn)
	k.Need(err == nil, "review_on", "knowledge.form.day_bad")
	k.Need(err != nil || x.ReviewOn > clock.Date(now), "review_on", "knowledge.form.day_past")
	return k.Err()
}
