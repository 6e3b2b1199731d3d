package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log" //nolint:depguard // the client takes no other
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/emersion/go-imap"
	"github.com/emersion/go-imap/client"
	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
)

const (
	patience = 30 * time.Second // with a server that does not answer
	pollEach = 20 * time.Second // a server without IDLE
	lookEach = 60 * time.Second // at what is there, whatever the server says
	batch    = 50               // mails asked for at once
)

// session is a connection to one mailbox. Only one goroutine uses it; woke says that
// the server has news.
type session struct {
	box  Mailbox
	conn *client.Client
	woke chan struct{}
}

// connect signs in and selects the folder.
func connect(ctx context.Context, b Mailbox, password string) (*session, error) {
	address := net.JoinHostPort(b.Host, strconv.Itoa(b.Port))
	dialer := &net.Dialer{Timeout: patience}
	raw, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, problem("unreachable", err)
	}
	secure := &tls.Config{ServerName: b.Host, MinVersion: tls.VersionTLS12}
	if b.Security == TLS {
		raw = tls.Client(raw, secure)
	}
	late := time.AfterFunc(patience, func() { _ = raw.Close() }) // whoever waits is told by that
	defer late.Stop()
	c, err := client.New(raw)
	if err != nil {
		return nil, errors.Join(problem("unreachable", err), raw.Close())
	}
	s := &session{box: b, conn: c, woke: make(chan struct{}, 1)}
	c.ErrorLog = log.New(io.Discard, "", 0) // its lines may quote what people wrote
	if err := s.enter(secure, password); err != nil {
		_ = c.Terminate() // the first error is the one to tell
		return nil, err
	}
	return s, nil
}

func (s *session) enter(secure *tls.Config, password string) error {
	c := s.conn
	if s.box.Security == StartTLS {
		if err := c.StartTLS(secure); err != nil {
			return problem("no_tls", err)
		}
	}
	if err := c.Login(s.box.Login, password); err != nil {
		return problem("refused", err)
	}
	c.Timeout = patience
	updates := make(chan client.Update, 64)
	c.Updates = updates
	go func() {
		for {
			select {
			case u := <-updates:
				if _, ok := u.(*client.MailboxUpdate); ok {
					s.wake()
				}
			case <-c.LoggedOut():
				s.wake()
				return
			}
		}
	}()
	if _, err := c.Select(s.box.Folder, false); err != nil {
		return problem("no_folder", err)
	}
	return nil
}

func (s *session) wake() {
	select {
	case s.woke <- struct{}{}:
	default:
	}
}

func (s *session) close() {
	s.conn.Timeout = time.Second
	if err := s.conn.Logout(); err != nil {
		_ = s.conn.Terminate() // it is gone either way
	}
}

// idle waits until the server has news, the time is up or ctx ends.
func (s *session) idle(ctx context.Context, most time.Duration) error {
	stop, done := make(chan struct{}), make(chan error, 1)
	s.conn.Timeout = 0 // waiting is what it is for
	go func() { done <- s.conn.Idle(stop, &client.IdleOptions{PollInterval: pollEach}) }()
	timer := time.NewTimer(most)
	defer timer.Stop()
	var err error
	ended := false
	select {
	case <-ctx.Done():
	case <-s.woke:
	case <-timer.C:
	case err = <-done:
		ended = true
	}
	close(stop)
	if !ended {
		select {
		case err = <-done:
		case <-time.After(patience):
			_ = s.conn.Terminate() // a server that does not end IDLE is not there any more
			err = <-done
		}
	}
	s.conn.Timeout = patience
	if err != nil {
		return problem("unreachable", err)
	}
	return nil
}

// validity is the mailbox's UIDVALIDITY: while it stays, a UID names one mail.
func (s *session) validity() int64 { return int64(s.conn.Mailbox().UidValidity) }

// waiting are the UIDs of mail that may not have been taken yet, in order: whatever is
// newer than the last one taken, and whatever the server still calls unread. A
// mailbox that was never read begins with what is unread.
func (s *session) waiting(last int64) ([]uint32, error) {
	newer, unread := imap.NewSearchCriteria(), imap.NewSearchCriteria()
	newer.Uid = new(imap.SeqSet)
	newer.Uid.AddRange(uint32(last)+1, 0) //nolint:gosec // UIDs have 32 bits
	unread.WithoutFlags = []string{imap.SeenFlag}
	uids, err := s.conn.UidSearch(newer)
	if err != nil {
		return nil, problem("unreachable", err)
	}
	uids = slices.DeleteFunc(uids, func(u uint32) bool { return int64(u) <= last }) // n:* always has the last one
	more, err := s.conn.UidSearch(unread)
	if err != nil {
		return nil, problem("unreachable", err)
	}
	uids = append(uids, more...)
	slices.Sort(uids)
	return slices.Compact(uids), nil
}

// sizes are the lengths of mails by UID.
func (s *session) sizes(uids []uint32) (map[uint32]int64, error) {
	found := map[uint32]int64{}
	err := s.fetch(uids, []imap.FetchItem{imap.FetchUid, imap.FetchRFC822Size}, func(m *imap.Message) error {
		found[m.Uid] = int64(m.Size)
		return nil
	})
	return found, err
}

// body is a mail, or its header alone when it is longer than most.
func (s *session) body(uid uint32, size, most int64) ([]byte, error) {
	section := &imap.BodySectionName{Peek: true}
	if size > most {
		section.Specifier = imap.HeaderSpecifier
	}
	var raw []byte
	err := s.fetch([]uint32{uid}, []imap.FetchItem{imap.FetchUid, section.FetchItem()}, func(m *imap.Message) error {
		if m.Uid != uid {
			return nil
		}
		r := m.GetBody(section)
		if r == nil {
			return nil
		}
		var err error
		raw, err = io.ReadAll(io.LimitReader(r, most+1))
		return err
	})
	return raw, err
}

func (s *session) fetch(uids []uint32, items []imap.FetchItem, each func(*imap.Message) error) error {
	set := new(imap.SeqSet)
	set.AddNum(uids...)
	messages, done := make(chan *imap.Message, batch), make(chan error, 1)
	go func() { done <- s.conn.UidFetch(set, items, messages) }()
	var failed error
	for m := range messages {
		if failed == nil {
			failed = each(m)
		}
	}
	if err := errors.Join(<-done, failed); err != nil {
		return problem("unreachable", err)
	}
	return nil
}

// mark tells the server that mails were taken: they are moved, or marked as read.
func (s *session) mark(uids ...uint32) error {
	if len(uids) == 0 {
		return nil
	}
	set := new(imap.SeqSet)
	set.AddNum(uids...)
	if err := s.conn.UidStore(set, imap.FormatFlagsOp(imap.AddFlags, true), []any{imap.SeenFlag}, nil); err != nil {
		return problem("unreachable", err)
	}
	if s.box.DoneFolder == "" {
		return nil
	}
	if err := s.conn.UidMove(set, s.box.DoneFolder); err != nil {
		return problem("no_done_folder", err)
	}
	return nil
}

// recorded are those of the UIDs that the journal has.
func (s *Service) recorded(ctx context.Context, b Mailbox, validity int64, uids []uint32) (map[uint32]bool, error) {
	found := map[uint32]bool{}
	for part := range slices.Chunk(uids, 500) {
		var have []uint32
		err := s.DB.Read().NewRaw("SELECT uid FROM desk_letter WHERE mailbox = ? AND uid_validity = ? AND uid IN (?)", b.ID, validity, bun.List(part)).Scan(ctx, &have)
		if err != nil {
			return nil, db.Sorted(err)
		}
		for _, u := range have {
			found[u] = true
		}
	}
	return found, nil
}
