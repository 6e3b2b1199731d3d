package notify

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"lotrinh/internal/kit/fault"
)

// SMTP is a Post over one mail server.
type SMTP struct {
	client *mail.Client
	from   string
	domain string
}

// OpenSMTP reads an address such as smtp://user:password@host:587?tls=required and
// the sender's address. tls is required (the default), opportunistic or none;
// smtps:// speaks TLS from the start. A password goes over the line in the clear
// only to this machine itself.
func OpenSMTP(address, from string) (*SMTP, error) {
	bad := fault.New(fault.Invalid, "notify.smtp_address")
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, bad // the cause would quote the password
	}
	at := lastAt(from)
	if at < 1 || at == len(from)-1 {
		return nil, fault.New(fault.Invalid, "notify.smtp_from")
	}
	options := []mail.Option{mail.WithTimeout(20 * time.Second)}
	policies := map[string]mail.TLSPolicy{"": mail.TLSMandatory, "required": mail.TLSMandatory, "opportunistic": mail.TLSOpportunistic, "none": mail.NoTLS}
	policy, known := policies[u.Query().Get("tls")]
	port := 587
	switch {
	case !known:
		return nil, bad
	case u.Scheme == "smtps":
		port = 465
		options = append(options, mail.WithSSL())
	default:
		options = append(options, mail.WithTLSPolicy(policy))
	}
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return nil, bad
		}
	}
	options = append(options, mail.WithPort(port))
	if name := u.User.Username(); name != "" {
		if policy != mail.TLSMandatory && u.Scheme == "smtp" && !net.ParseIP(u.Hostname()).IsLoopback() {
			return nil, fault.New(fault.Invalid, "notify.smtp_clear_password")
		}
		secret, _ := u.User.Password()
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(name), mail.WithPassword(secret))
	}
	c, err := mail.NewClient(u.Hostname(), options...)
	if err != nil {
		return nil, bad
	}
	return &SMTP{client: c, from: from, domain: strings.TrimRight(from[at+1:], "> ")}, nil
}

func lastAt(address string) int {
	for i := len(address) - 1; i >= 0; i-- {
		if address[i] == '@' {
			return i
		}
	}
	return -1
}

// Open connects to the server.
func (s *SMTP) Open(ctx context.Context) error { return s.client.DialWithContext(ctx) }

// Shut ends the connection.
func (s *SMTP) Shut() {
	_ = s.client.Close() // the mails are answered for one by one; a broken farewell changes nothing
}

// Send hands over one mail.
func (s *SMTP) Send(ctx context.Context, m Mail) (lasting bool, err error) {
	a := s.Deliver(ctx, m)
	return a.Lasting, a.Err
}

// Answer is what the mail server said of one mail. Text is its last line, also of one
// that was taken; Lasting tells that trying again is of no use.
type Answer struct {
	Text    string
	Lasting bool
	Err     error
}

// Deliver hands over one mail and tells what the server answered.
func (s *SMTP) Deliver(_ context.Context, m Mail) Answer {
	msg, err := s.message(m)
	if err != nil {
		return Answer{Lasting: true, Err: err}
	}
	err = s.client.Send(msg)
	var refused *mail.SendError
	switch {
	case err == nil:
		return Answer{Text: msg.ServerResponse()}
	case errors.As(err, &refused):
		return Answer{Text: err.Error(), Lasting: !refused.IsTemp() && refused.ErrorCode() >= 500, Err: err}
	}
	return Answer{Text: err.Error(), Err: err}
}

// message is a mail in MIME: text, and beside it HTML with its pictures, when there are
// any, then the files that go along.
func (s *SMTP) message(m Mail) (*mail.Msg, error) {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := errors.Join(msg.From(s.from), msg.To(m.To)); err != nil {
		return nil, err
	}
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(m.ID + "@" + s.domain)
	msg.SetDate()
	if err := s.thread(msg, m.Thread); err != nil {
		return nil, err
	}
	if m.Unsubscribe != "" {
		msg.SetGenHeader("List-Unsubscribe", "<"+m.Unsubscribe+">")
	}
	msg.SetBodyString(mail.TypeTextPlain, m.Body)
	if m.HTML != "" {
		msg.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	}
	for _, f := range m.Content {
		body := f.Stream
		if body == nil {
			body = bytes.NewReader(f.Body)
		}
		options := []mail.FileOption{mail.WithFileContentType(mail.ContentType(f.Type))}
		if f.CID == "" {
			msg.AttachReadSeeker(f.Name, body, options...)
			continue
		}
		msg.EmbedReadSeeker(f.Name, body, append(options, mail.WithFileContentID("<"+f.CID+">"))...)
	}
	return msg, nil
}

// thread sets the headers by which mail programs sort a conversation, and those by
// which machines leave it alone.
func (s *SMTP) thread(msg *mail.Msg, t Thread) error {
	if t.ReplyTo != "" {
		if err := msg.ReplyTo(t.ReplyTo); err != nil {
			return err
		}
	}
	if t.InReplyTo != "" {
		msg.SetGenHeader(mail.HeaderInReplyTo, "<"+t.InReplyTo+">")
	}
	if len(t.References) > 0 {
		msg.SetGenHeader(mail.HeaderReferences, "<"+strings.Join(t.References, "> <")+">")
	}
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	if !t.Personal {
		// A machine wrote this: no vacation notice shall answer it (RFC 3834).
		msg.SetGenHeader("Auto-Submitted", "auto-generated")
	}
	msg.SetGenHeader("X-Loop", s.domain)
	return nil
}
