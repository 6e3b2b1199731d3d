package notify

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/emersion/go-smtp"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
)

// server is a real SMTP listener that keeps what it takes.
type server struct {
	mu    sync.Mutex
	mails []*mail.Message
	texts []string
	turn  map[string]int // address → SMTP code with which it is turned away
}

func (s *server) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{s}, nil }

type session struct{ s *server }

func (session) Reset()                               {}
func (session) Logout() error                        { return nil }
func (session) Mail(string, *smtp.MailOptions) error { return nil }
func (x session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if code := x.s.turn[to]; code != 0 {
		return &smtp.SMTPError{Code: code, Message: "no"}
	}
	return nil
}

func (x session) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	raw, err := io.ReadAll(m.Body)
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	x.s.mails, x.s.texts = append(x.s.mails, m), append(x.s.texts, string(raw))
	return err
}

// listen serves on an address that was free a moment ago.
func listen(t *testing.T, s *server, address string) {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	srv := smtp.NewServer(s)
	srv.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close() })
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

type people map[ident.ID]Person

func (p people) ForNotices(context.Context, []ident.ID) (map[ident.ID]Person, error) { return p, nil }

var (
	thursday = time.Date(2016, 11, 10, 2, 0, 0, 0, time.UTC) // 09:00 in the city
	words    = fstest.MapFS{
		"locale/vi.json": {Data: []byte(`{"t.subject":"Phiếu {number} đã được trả lời","t.body":"Hạn {due}, {state}","s":"đang mở","t.sms":"Phiếu {number} đã có trả lời: {link}","c.sms":"Mã của bạn là {code}"}`)},
		"locale/en.json": {Data: []byte(`{"t.subject":"Ticket {number} answered","t.body":"Due {due}, {state}","s":"open","t.sms":"Ticket {number} answered: {link}","c.sms":"Your code is {code}"}`)},
	}
)

func sender(t *testing.T, d *db.DB, at clock.Clock, address string, p people) *Sender {
	t.Helper()
	c, err := i18n.Load(Locale, words)
	if err != nil {
		t.Fatal(err)
	}
	s := &Sender{DB: d, Clock: at, Log: slog.New(slog.DiscardHandler), Words: c, People: p, BaseURL: "https://lotrinh.example"}
	if address != "" {
		if s.Post, err = OpenSMTP("smtp://"+address+"?tls=none", "Lộ Trình <lotrinh@hanoi.example>"); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func write(t *testing.T, d *db.DB, now time.Time, ms ...Message) {
	t.Helper()
	if err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { return Write(ctx, tx, now, ms...) }); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, s *Sender, want int) {
	t.Helper()
	if n, err := s.Run(t.Context()); err != nil || n != want {
		t.Fatalf("sent %d (%v), want %d", n, err, want)
	}
}

func states(t *testing.T, d *db.DB) string {
	t.Helper()
	p, err := List(t.Context(), d, access.System("test"), "", "", page.Read("", ""))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, n := range p.Items {
		out = append([]string{n.State}, out...)
	}
	return strings.Join(out, " ")
}

func answered(to ident.ID, key string) Message {
	return Message{Account: to, Template: "t", Dedupe: key, Link: "/tickets/1",
		Args: []any{"number", "HT-2016-000042", "due", thursday, "state", i18n.Key("s")}}
}

func TestServerDownThenUpIsExactlyOneMail(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at, address, box := clock.At(thursday), freeAddress(t), &server{}
		write(t, d, thursday, answered("a", "answered 1"))
		write(t, d, thursday, answered("a", "answered 1"))
		who := people{"a": {Address: "can.bo@xa.example", Lang: i18n.VI}}
		run(t, sender(t, d, at, "", who), 0)
		s := sender(t, d, at, address, who)
		run(t, s, 0)
		if got := states(t, d); got != "waiting" {
			t.Fatalf("with the server down: %s", got)
		}
		listen(t, box, address)
		run(t, s, 0) // the pause is not over
		at.Move(time.Minute)
		run(t, s, 1)
		at.Move(time.Hour)
		run(t, s, 0)
		if got := states(t, d); got != "sent" || len(box.mails) != 1 {
			t.Fatalf("%s, %d mails", got, len(box.mails))
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(box.mails[0].Header.Get("Subject"))
		if err != nil || subject != "Phiếu HT-2016-000042 đã được trả lời" {
			t.Errorf("subject %q %v", subject, err)
		}
		if h := box.mails[0].Header; !strings.HasSuffix(h.Get("Message-ID"), "@hanoi.example>") || h.Get("Auto-Submitted") != "auto-generated" {
			t.Errorf("headers %v", h)
		}
		if !strings.Contains(box.texts[0], "https://lotrinh.example/tickets/1") {
			t.Errorf("text %s", box.texts[0])
		}
	})
}

func TestAProcessThatDiesWhileSendingLeavesTheNoticeToAnother(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at, address, box := clock.At(thursday), freeAddress(t), &server{}
		listen(t, box, address)
		write(t, d, thursday, answered("a", "1"))
		s := sender(t, d, at, address, people{"a": {Address: "a@b.example"}})
		if rows, err := s.claim(t.Context(), Undecided); err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		run(t, s, 0)
		at.Move(lease)
		run(t, s, 1)
	})
}

func TestQuietHoursChoicesAndRefusals(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at, address := clock.At(time.Date(2016, 11, 11, 15, 0, 0, 0, time.UTC)), freeAddress(t) // Friday 22:00
		box := &server{turn: map[string]int{"gone@x.example": 550, "busy@x.example": 451}}
		listen(t, box, address)
		err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return Choose(ctx, tx, Choice{Account: "screen"})
		})
		if err != nil {
			t.Fatal(err)
		}
		urgent := answered("urgent", "1")
		urgent.Critical = true
		code := Message{Address: "dan@x.example", Lang: i18n.VI, Template: "t", Args: []any{"number", "123456"}, Critical: true, Private: true}
		write(t, d, at.Now(), answered("calm", "1"), urgent, answered("screen", "1"), answered("gone", "1"), answered("busy", "1"), code)
		s := sender(t, d, at, address, people{"calm": {Address: "calm@x.example"}, "urgent": {Address: "urgent@x.example"},
			"screen": {Address: "screen@x.example"}, "gone": {Address: "gone@x.example"}, "busy": {Address: "busy@x.example"}})
		run(t, s, 2)
		if got := states(t, d); got != "waiting sent unmailed waiting waiting sent" {
			t.Fatalf("at night: %s", got)
		}
		at.Set(time.Date(2016, 11, 14, 0, 29, 0, 0, time.UTC)) // Monday 07:29
		run(t, s, 0)
		at.Move(time.Minute)
		run(t, s, 1)
		if got := states(t, d); got != "sent sent unmailed failed waiting sent" {
			t.Fatalf("on Monday: %s", got)
		}
		var args string
		if err := d.Read().NewRaw("SELECT args FROM notice WHERE private").Scan(t.Context(), &args); err != nil || args != "[]" {
			t.Errorf("a private value stays behind: %s %v", args, err)
		}
	})
}

func TestTheScreenListAndTheQueue(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		write(t, d, thursday, answered("a", "1"), answered("a", "2"), answered("b", "1"), Message{Account: "a", Template: "t", Private: true})
		p, err := Bell(t.Context(), d.Read(), "a", page.Read("", ""))
		if err != nil || len(p.Items) != 2 {
			t.Fatalf("%v %v", p, err)
		}
		err = d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return MarkSeen(ctx, tx, thursday, "a", p.Items[1].ID)
		})
		if err != nil {
			t.Fatal(err)
		}
		if n, err := Unseen(t.Context(), d.Read(), "a"); err != nil || n != 1 {
			t.Errorf("unseen %d %v", n, err)
		}
		if _, err := List(t.Context(), d, access.Actor{ID: "a"}, "", "", page.Read("", "")); !fault.Is(err, fault.Denied) {
			t.Errorf("the queue without the right: %v", err)
		}
	})
}

func TestSMTPAddresses(t *testing.T) {
	for address, key := range map[string]string{
		"smtp://user:p@mail.example:587":               "",
		"smtps://user:p@mail.example":                  "",
		"smtp://127.0.0.1:2525?tls=none":               "",
		"smtp://user:p@mail.example?tls=none":          "notify.smtp_clear_password",
		"smtp://user:p@mail.example?tls=opportunistic": "notify.smtp_clear_password",
		"smtp://mail.example?tls=maybe":                "notify.smtp_address",
		"http://mail.example":                          "notify.smtp_address",
		"mail.example:25":                              "notify.smtp_address",
	} {
		_, err := OpenSMTP(address, "a@b.example")
		if (err == nil) != (key == "") || key != "" && !fault.HasKey(err, key) {
			t.Errorf("%s: %v, want %q", address, err, key)
		}
	}
}

func TestAMailInAConversationCarriesItsThreadAndIsFoundByItsMessageID(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at, address, box := clock.At(thursday), freeAddress(t), &server{}
		listen(t, box, address)
		m := Message{Address: "can.bo@xa.example", Lang: i18n.VI, Template: "t", Critical: true, Private: true,
			Args: []any{"number", "HT-2016-000042", "due", thursday, "state", i18n.Key("s")},
			Thread: &Thread{Key: "ticket/1", ReplyTo: "hotro@hanoi.example", InReplyTo: "a@xa.example",
				References: []string{"0@xa.example", "a@xa.example"}, Personal: true}}
		write(t, d, thursday, m)
		run(t, sender(t, d, at, address, nil), 1)
		h := box.mails[0].Header
		if h.Get("In-Reply-To") != "<a@xa.example>" || h.Get("References") != "<0@xa.example> <a@xa.example>" ||
			h.Get("Reply-To") != "<hotro@hanoi.example>" || h.Get("Auto-Submitted") != "" || strings.Contains(box.texts[0], "lotrinh.example") {
			t.Errorf("headers %v\n%s", h, box.texts[0])
		}
		id := strings.Trim(h.Get("Message-ID"), "<>")
		found, err := ByMessageID(t.Context(), d.Read(), []string{"stranger@x.example", id})
		if err != nil || len(found) != 1 || found[id].KeyOf() != "ticket/1" {
			t.Fatalf("%v %v", found, err)
		}
		bounced := func(ctx context.Context, tx *db.Tx) error { return Bounced(ctx, tx, found[id].ID) }
		if err := d.InTx(t.Context(), bounced); err != nil || states(t, d) != Failed {
			t.Fatalf("%v %s", err, states(t, d))
		}
	})
}

// paper is the content of a file that is there, or is not yet.
type paper struct{ *bytes.Reader }

func (paper) Close() error { return nil }

func TestAFileGoesAlongWithAMailAndNeverWithoutItsContent(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at, address, box := clock.At(thursday), freeAddress(t), &server{}
		listen(t, box, address)
		write(t, d, thursday, Message{Address: "can.bo@xa.example", Lang: i18n.VI, Template: "t", Critical: true,
			Args:   []any{"number", "HT-2016-000042", "due", thursday, "state", i18n.Key("s")},
			Thread: &Thread{Personal: true, Files: []Attachment{{Name: "hướng dẫn.pdf", Type: "application/pdf", Hash: "h", Size: 8}}}})
		s := sender(t, d, at, address, nil)
		s.Content = func(string) (io.ReadSeekCloser, error) { return nil, errors.New("not there") }
		run(t, s, 0)
		if len(box.mails) != 0 || states(t, d) != Waiting {
			t.Fatalf("%d mails went out without their file", len(box.mails))
		}
		s.Content = func(string) (io.ReadSeekCloser, error) { return paper{bytes.NewReader([]byte("%PDF-1.4"))}, nil }
		at.Move(time.Minute)
		run(t, s, 1)
		if len(box.texts) != 1 || !strings.Contains(box.texts[0], "application/pdf") || !strings.Contains(box.texts[0], base64.StdEncoding.EncodeToString([]byte("%PDF-1.4"))) {
			t.Errorf("%v", box.texts)
		}
	})
}
