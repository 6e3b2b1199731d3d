package mail

import (
	"encoding/json"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk/mail/rules"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
)

// The states of a letter that a person must look at.
const (
	Held      = "held"
	Released  = "released"
	Discarded = "discarded"
)

// Letter is a line of the journal: a mail, what became of it and why.
type Letter struct {
	bun.BaseModel `bun:"table:desk_letter,alias:dl"`
	ID            ident.ID       `bun:"id,pk"`
	Mailbox       ident.ID       `bun:"mailbox"`
	UIDValidity   int64          `bun:"uid_validity"`
	UID           int64          `bun:"uid"`
	MessageID     string         `bun:"message_id"`
	At            time.Time      `bun:"at"`
	SentAt        *time.Time     `bun:"sent_at"` // as the mail says
	FromMail      string         `bun:"from_mail"`
	FromName      string         `bun:"from_name"`
	AsMail        string         `bun:"as_mail"` // on whose behalf: the original writer of a forwarded mail
	Subject       string         `bun:"subject"`
	Size          int64          `bun:"size"`
	Decision      rules.Decision `bun:"decision"`
	Why           string         `bun:"why"`
	Ticket        ident.ID       `bun:"ticket"`
	Message       ident.ID       `bun:"message"` // of the ticket's conversation
	Contact       ident.ID       `bun:"contact"`
	Acknowledged  bool           `bun:"acknowledged"`
	Reopened      bool           `bun:"reopened"`
	State         string         `bun:"state"`
	DecidedBy     ident.ID       `bun:"decided_by"`
	DecidedAt     *time.Time     `bun:"decided_at"`
}

// Reasons are the steps of the decision, to be said in any language.
func (l Letter) Reasons() []i18n.Line {
	var all []i18n.Line
	if json.Unmarshal([]byte(l.Why), &all) != nil {
		return nil
	}
	return all
}

func packWhy(reasons []rules.Reason) (string, error) {
	all := make([]i18n.Line, len(reasons))
	for i, r := range reasons {
		all[i] = i18n.L(r.Key, r.Args...)
	}
	raw, err := json.Marshal(all)
	return string(raw), db.Sorted(err)
}

// sayWhy is why, in one line.
func sayWhy(t i18n.T, lines []i18n.Line) string {
	text := ""
	for i, l := range lines {
		if i > 0 {
			text += " "
		}
		text += t.Line(l)
	}
	return text
}

// letter is the journal's line of a mail, before anything is decided.
func letter(now time.Time, b Mailbox, a Arrived, m rules.Mail) Letter {
	w := m.Writer()
	l := Letter{ID: ident.New(now), Mailbox: b.ID, UIDValidity: a.UIDValidity, UID: a.UID, MessageID: m.ID, At: now,
		FromMail: cut(w.Mail, 254), FromName: cut(w.Name, 200), Subject: cut(m.Subject, 300), Size: m.Size}
	if !m.Date.IsZero() {
		l.SentAt = &m.Date
	}
	return l
}

// cut is a text of at most so many letters.
func cut(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}
