package mail

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/mail/rules"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
)

// Explained is what would become of a mail.
type Explained struct {
	Decision    rules.Decision `json:"decision"`
	Ticket      string         `json:"ticket"` // number of the ticket that it belongs to; empty when it would open one
	Acknowledge bool           `json:"acknowledge"`
	Why         string         `json:"why"`
}

// Explain judges a mail as if it came in now, and changes nothing. The mailbox is the
// one that the mail is addressed to, or the first; without any, the usual rules hold.
func (s *Service) Explain(ctx context.Context, t i18n.T, raw []byte) (Explained, error) {
	m := rules.Parse(raw)
	boxes, err := mailboxes(ctx, s.DB.Read())
	if err != nil {
		return Explained{}, err
	}
	b := usual()
	b.Address = addressOf(s.From)
	if len(boxes) > 0 {
		b = boxes[0]
	}
	for _, one := range boxes {
		if slices.ContainsFunc(m.Recipients(), one.rules().Place) {
			b = one
			break
		}
	}
	r, err := s.Desk.Ready(ctx)
	if err != nil {
		return Explained{}, err
	}
	f, err := s.gather(ctx, s.DB.Read(), r, b, m)
	if err != nil {
		return Explained{}, err
	}
	v := rules.Decide(m, b.rules(), f)
	if v.Acknowledge {
		var n int
		if err := s.DB.Read().NewRaw("SELECT count(*) FROM desk_broken_mail WHERE address = ?", v.As.Mail).Scan(ctx, &n); err != nil {
			return Explained{}, db.Sorted(err)
		}
		v.Acknowledge = n == 0
	}
	why := make([]i18n.Line, len(v.Why))
	for i, r := range v.Why {
		why[i] = i18n.L(r.Key, r.Args...)
	}
	return Explained{v.Decision, v.Number, v.Acknowledge, sayWhy(t, why)}, nil
}

// usual is a mailbox with nothing decided: what a new one begins with.
func usual() Mailbox {
	return Mailbox{Port: 993, Security: TLS, Folder: "INBOX", Category: helpdesk.Usage, Strangers: rules.StrangersOpen, Closed: rules.ClosedPolicy, Forwarded: rules.ForOriginal, Active: true}
}

// longestFile is the most bytes of a mail file that are read: over any limit of a
// mailbox, so that the limit is what answers.
const longestFile = 64 << 20

// Command is "mail explain FILE.eml": one line of JSON that says what would become of
// the mail in the file.
func (s *Service) Command(ctx context.Context, t i18n.T, args []string, out io.Writer) error {
	if len(args) != 2 || args[0] != "explain" {
		return fault.New(fault.Invalid, "helpdesk.mail.command.usage")
	}
	f, err := os.Open(args[1])
	if err != nil {
		return fault.Because(fault.Invalid, "helpdesk.mail.command.file", err)
	}
	defer func() { _ = f.Close() }() // only read
	raw, err := io.ReadAll(io.LimitReader(f, longestFile))
	if err != nil {
		return fault.Because(fault.Invalid, "helpdesk.mail.command.file", err)
	}
	e, err := s.Explain(ctx, t, raw)
	if err != nil {
		return err
	}
	line, err := json.Marshal(e)
	if err != nil {
		return db.Sorted(err)
	}
	_, err = fmt.Fprintln(out, string(line))
	return err
}
