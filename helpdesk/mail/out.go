package mail

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
)

// thread is the conversation of a mail that answers another one.
func thread(b Mailbox, ticket ident.ID, answers string, before []string) *notify.Thread {
	t := &notify.Thread{Key: ticketKey + string(ticket), ReplyTo: b.answersTo(ticket)}
	if answers != "" {
		t.InReplyTo = answers
		t.References = append(slices.Clone(before), answers)
		if len(t.References) > 20 {
			t.References = append(t.References[:1:1], t.References[len(t.References)-19:]...)
		}
	}
	return t
}

// acknowledge confirms a new ticket to whoever wrote, once for each mail.
func (k *taking) acknowledge(ctx context.Context, tx *db.Tx, t helpdesk.Ticket) error {
	broken, err := brokenAddress(ctx, tx, k.verdict.As.Mail)
	if err != nil || broken {
		k.verdict.Acknowledge = false
		return err
	}
	m := notify.Message{Address: k.verdict.As.Mail, Lang: i18n.VI, Template: "helpdesk.mail.received", Critical: true, Private: true,
		Dedupe: "mail-received:" + string(k.letter.ID), Args: []any{"number", t.Number(), "title", t.Title}}
	if t.AnswerDue != nil {
		m.Template, m.Args = "helpdesk.mail.received_due", append(m.Args, "due", *t.AnswerDue)
	}
	m.Thread = thread(k.box, t.ID, k.answers(), k.mail.References)
	return notify.Write(ctx, tx, k.s.Machine.Now(), m)
}

// answers is the Message-ID that an answer to the mail names; a made-up one says
// nothing to anybody.
func (k *taking) answers() string {
	if k.mail.Synthetic {
		return ""
	}
	return k.mail.ID
}

// refuse tells politely that a mail was too large to be taken.
func (k *taking) refuse(ctx context.Context, tx *db.Tx) error {
	m := notify.Message{Address: k.verdict.As.Mail, Lang: i18n.VI, Template: "helpdesk.mail.too_large", Critical: true, Private: true,
		Dedupe: "mail-too-large:" + string(k.letter.ID), Args: []any{"title", cut(k.mail.Subject, longestTitle), "most", int(k.box.rules().Limits.Size >> 20)}}
	m.Thread = &notify.Thread{ReplyTo: k.box.Address, InReplyTo: k.answers()}
	return notify.Write(ctx, tx, k.s.Machine.Now(), m)
}

// bounced marks the addresses that take no mail and settles what was sent to them.
func (k *taking) bounced(ctx context.Context, tx *db.Tx) error {
	if len(k.verdict.Broken) == 0 {
		return nil
	}
	sent, err := notify.ByMessageID(ctx, tx, k.verdict.Bounced)
	if err != nil {
		return err
	}
	broken := k.verdict.Broken
	if len(sent) == 0 {
		if broken, err = k.s.returned(ctx, tx, k.verdict.Bounced); err != nil {
			return err
		}
	}
	for _, n := range sent {
		if err := notify.Bounced(ctx, tx, n.ID); err != nil {
			return err
		}
		if n.Address != "" { // the address that we wrote to, whatever it was passed on to
			broken = []string{n.Address}
		}
	}
	for _, address := range broken {
		_, err := tx.NewRaw("INSERT INTO desk_broken_mail (address, at, letter) VALUES (?, ?, ?) ON CONFLICT (address) DO UPDATE SET at = excluded.at, letter = excluded.letter",
			address, k.letter.At, k.letter.ID).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if _, err := tx.NewRaw("UPDATE desk_way SET broken = ? WHERE kind = ? AND value = ?", true, helpdesk.MailWay, address).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}

// returned is what another sender of the house makes of mail that came back: the
// addresses that it had written to. Nobody's mail is nobody's: anybody can say so of
// anybody.
func (s *Service) returned(ctx context.Context, tx *db.Tx, messageIDs []string) ([]string, error) {
	if s.Returned == nil {
		return nil, nil
	}
	return s.Returned(ctx, tx, messageIDs)
}

func brokenAddress(ctx context.Context, tx *db.Tx, address string) (bool, error) {
	var at string
	err := tx.NewRaw("SELECT address FROM desk_broken_mail WHERE address = ?", address).Scan(ctx, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, db.Sorted(err)
}

// Handlers are what the post room learns from events: what was said to somebody who
// asked by mail is sent by mail.
func (s *Service) Handlers() []outbox.Handler {
	var all []outbox.Handler
	for _, topic := range []string{"answered", "held", "resolved"} {
		all = append(all, outbox.Handler{Name: "helpdesk.mail." + topic, Topic: "helpdesk.ticket." + topic, Do: s.answer})
	}
	return all
}

// answer sends a public message of the support side to whoever asked by mail, as an
// answer to the newest mail of theirs.
func (s *Service) answer(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var h helpdesk.Happened
	if err := e.Read(&h); err != nil || h.Channel != helpdesk.ByMail || h.Message == "" {
		return err
	}
	var said helpdesk.Message
	err := tx.NewSelect().Model(&said).Where("tm.id = ?", h.Message).Scan(ctx)
	if err != nil || said.Internal || !said.FromAgent {
		return db.Sorted(err)
	}
	var last Letter
	err = tx.NewSelect().Model(&last).Where("dl.ticket <> ''").Where("dl.ticket = ?", h.Ticket).Where("dl.contact = ?", h.Requester).Where("dl.as_mail <> ''").
		Order("dl.id DESC").Limit(1).Scan(ctx)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return db.Sorted(err)
	}
	var t helpdesk.Ticket
	if err := tx.NewSelect().Model(&t).Column("title").Where("ti.id = ?", h.Ticket).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	b, m, err := s.receiver(ctx, tx, h.Requester, last)
	if err != nil || m.Account == "" && m.Address == "" {
		return err
	}
	m.Thread = thread(b, h.Ticket, last.MessageID, nil)
	m.Thread.Personal = true
	body, err := s.along(ctx, said, m.Thread)
	if err != nil {
		return err
	}
	m.Lang, m.Template, m.Critical, m.Private = i18n.VI, "helpdesk.mail.answer", true, true
	m.Dedupe, m.Args = "mail-answer:"+string(said.ID), []any{"number", h.Number, "title", t.Title, "body", body}
	return notify.Write(ctx, tx, s.Machine.Now(), m)
}

// mostAlong is how many bytes of files go along with one mail: with their encoding it
// stays below what mail servers commonly take.
const mostAlong = 7 << 20

// along puts the files of a message into its mail, as far as they fit, and gives the
// words with the names of those that do not.
func (s *Service) along(ctx context.Context, said helpdesk.Message, t *notify.Thread) (string, error) {
	all, err := s.Files.Of(ctx, helpdesk.Area, string(said.ID))
	if err != nil {
		return "", err
	}
	body, room := said.Body, int64(mostAlong)
	for _, f := range all[string(said.ID)] {
		if f.Size > room {
			body += "\n\n" + s.Words.In(i18n.VI).Say("helpdesk.mail.too_large_along", "name", f.Name, "size", (f.Size+1<<20-1)>>20)
			continue
		}
		room -= f.Size
		t.Files = append(t.Files, notify.Attachment{Name: f.Name, Type: f.Type, Hash: f.Hash, Size: f.Size})
	}
	return body, nil
}

// receiver is where an answer goes and the mailbox that it comes from: the address and
// the mailbox of the requester's newest mail; without one, the requester's account or
// address, and the first mailbox.
func (s *Service) receiver(ctx context.Context, tx *db.Tx, requester ident.ID, last Letter) (Mailbox, notify.Message, error) {
	if last.ID != "" {
		b, err := mailboxByID(ctx, tx, last.Mailbox)
		return b, notify.Message{Address: last.AsMail}, err
	}
	boxes, err := mailboxes(ctx, tx)
	if err != nil {
		return Mailbox{}, notify.Message{}, err
	}
	b := Mailbox{}
	for _, one := range boxes {
		if one.Active && b.ID == "" {
			b = one
		}
	}
	ways, err := s.Desk.WaysOf(ctx, tx, requester)
	for _, w := range ways {
		if w.Kind == helpdesk.MailWay && !w.Broken {
			return b, notify.Message{Address: w.Value}, err
		}
	}
	return b, notify.Message{Account: requester}, err // a stranger without an address has no account either: nothing is mailed
}
