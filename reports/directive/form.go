package directive

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
)

// Limits of texts, in runes, of working days, and of conclusions written at once.
const (
	longestText  = 2000
	longestTitle = 200
	longestDoc   = 60
	mostDays     = 365
	MostRows     = 20
)

// Head is what conclusions of one document have in common.
type Head struct {
	DocNo, DocDay, ConcludedBy string
	Run                        ident.ID // the report that was concluded from, or
	Meeting, MeetingDay        string   // the meeting; neither is none
}

// Row is one conclusion as somebody types it.
type Row struct {
	Text, Unit, Post, Login, Due string
}

// blank tells whether nothing was concluded in the row.
func (r Row) blank() bool { return strings.TrimSpace(r.Text) == "" && r.Unit == "" && r.Login == "" }

func tidy(s string) string { return strings.TrimSpace(fold.NFC(s)) }

func contains[T comparable](all []T, one T) bool { return slices.Contains(all, one) }

func (h *Head) check(k *fault.Check, now time.Time) {
	h.DocNo, h.ConcludedBy, h.Meeting = tidy(h.DocNo), tidy(h.ConcludedBy), tidy(h.Meeting)
	today := clock.Date(now)
	if h.DocDay = day(h.DocDay); h.DocDay == "" {
		h.DocDay = day(h.MeetingDay)
	}
	if h.DocDay == "" {
		h.DocDay = today
	}
	k.Need(h.DocDay != wrong && h.DocDay <= today, "doc_day", "directive.form.doc_day")
	k.Need(utf8.RuneCountInString(h.DocNo) <= longestDoc, "doc_no", "directive.form.long", "max", longestDoc)
	k.Need(h.ConcludedBy != "", "concluded_by", "directive.form.needed")
	k.Need(utf8.RuneCountInString(h.ConcludedBy) <= longestTitle, "concluded_by", "directive.form.long", "max", longestTitle)
	k.Need(utf8.RuneCountInString(h.Meeting) <= longestTitle, "meeting", "directive.form.long", "max", longestTitle)
	h.MeetingDay = day(h.MeetingDay)
	k.Need(h.MeetingDay != wrong && h.MeetingDay <= today, "meeting_day", "directive.form.doc_day")
	if h.Meeting != "" && h.MeetingDay == "" && h.DocDay != wrong {
		h.MeetingDay = h.DocDay
	}
}

// wrong stands for a day that is none.
const wrong = "~"

// day reads 2016-11-14 or 14/11/2016; nothing is empty, nonsense wrong.
func day(s string) string {
	if s = strings.TrimSpace(s); s == "" {
		return ""
	}
	if _, err := clock.ParseDate(s); err == nil {
		return s
	}
	if at, err := time.ParseInLocation("2/1/2006", s, clock.City); err == nil {
		return clock.Date(at)
	}
	return wrong
}

// ParseDue reads by when something must be done: a day ("14/11/2016", "2016-11-14") or a
// number of working days ("5", "5 ngày làm việc"). ok is false for neither.
func ParseDue(s string) (given string, days int64, ok bool) {
	s = tidy(s)
	if at := day(s); at != "" && at != wrong {
		return at, 0, true
	}
	number, rest, _ := strings.Cut(s, " ")
	n, err := strconv.ParseInt(number, 10, 64)
	word := fold.Key(rest)
	if err != nil || n < 1 || n > mostDays || word != "" && word != "ngay" && word != "ngay lam viec" && word != "working days" && word != "days" {
		return "", 0, false
	}
	return "", n, true
}

// unitOf is the unit that was typed: a code, or a name that only one unit has.
func unitOf(tree *org.Tree, typed string) string {
	typed = tidy(typed)
	if u, ok := tree.Unit(typed); ok {
		return u.Code
	}
	if typed == "" {
		return ""
	}
	key, found := fold.Key(typed), ""
	for _, u := range tree.All() {
		if fold.Key(u.Full()) == key || fold.Key(tree.Place(u.Code)) == key {
			if found != "" {
				return ""
			}
			found = u.Code
		}
	}
	return found
}

// check is everything of a row that needs no store; at names its fields.
func (r *Row) check(k *fault.Check, at string, tree *org.Tree, docDay string, posts []access.Role) (given string, days int64) {
	r.Text, r.Login = tidy(r.Text), tidy(r.Login)
	k.Need(r.Text != "", at+"text", "directive.form.needed")
	k.Need(utf8.RuneCountInString(r.Text) <= longestText, at+"text", "directive.form.long", "max", longestText)
	code := unitOf(tree, r.Unit)
	k.Need(code != "", at+"unit", "directive.form.unit")
	if code != "" {
		r.Unit = code
	}
	k.Need(contains(posts, access.Role(r.Post)), at+"post", "directive.form.post")
	given, days, ok := ParseDue(r.Due)
	k.Need(ok, at+"due", "directive.form.due", "max", mostDays)
	k.Need(!ok || given == "" || given >= docDay, at+"due", "directive.form.due_before")
	return given, days
}
