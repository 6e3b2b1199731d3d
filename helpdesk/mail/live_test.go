package mail

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"lotrinh/helpdesk/mail/rules"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/testkit"
)

// childJob is what a child process of the test is to do: read the mailboxes of a
// store, and stand still after a step of the mail with a subject.
type childJob struct {
	DB      db.Config
	Folder  string
	Step    string
	Subject string
}

// TestMain is also the child that is killed: a process that reads mail as serve does.
func TestMain(m *testing.M) {
	if raw := os.Getenv("LT_MAIL_CHILD"); raw != "" {
		if err := child(raw); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func child(raw string) error {
	var job childJob
	if err := json.Unmarshal([]byte(raw), &job); err != nil {
		return err
	}
	d, err := db.Open(context.Background(), job.DB)
	if err != nil {
		return err
	}
	s, _, err := build(context.Background(), d, job.Folder)
	if err != nil {
		return err
	}
	s.Passwords = map[string]string{"hotro@hanoi.example": password}
	if job.Step != "" {
		s.stop = func(step string) {
			if step == job.Step {
				fmt.Println("stands at", step)
				select {}
			}
		}
	}
	if err := s.Tend(context.Background()); err != nil {
		return err
	}
	select {}
}

// started is a child at work.
func started(t *testing.T, job childJob) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	raw, err := json.Marshal(job)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "LT_MAIL_CHILD="+string(raw))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out)
}

// kill is kill -9.
func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the child ended by itself")
	}
}

// TestMailOverRealServers sends through Postfix and reads through Dovecot.
func TestMailOverRealServers(t *testing.T) {
	s := startServers(t)
	t.Run("once however often the process dies", func(t *testing.T) {
		t.Run("sqlite", func(t *testing.T) { killed(t, s, db.Config{File: filepath.Join(t.TempDir(), "mail.db")}) })
		if os.Getenv("TEST_PG") != "" {
			t.Run("postgres", func(t *testing.T) { killed(t, s, db.Config{URL: testkit.PostgresURL(t), Pool: 8}) })
		}
	})
	t.Run("a conversation", func(t *testing.T) { conversation(t, s) })
	t.Run("moved, and in trouble", func(t *testing.T) { moved(t, s) })
}

// killed kills the reader after fetching, before the commit and after it, and finds each
// mail exactly once.
func killed(t *testing.T, s servers, conf db.Config) {
	name := t.Name()[strings.LastIndexByte(t.Name(), '/')+1:]
	folder := t.TempDir()
	p := open(t, testkit.Open(t, conf), folder).boxed(s.box)
	const mails = 9
	var sent []string
	for n := range mails {
		id := fmt.Sprintf("%s-%d@quynhmai.example", name, n)
		sent = append(sent, id)
		s.send(t, "canbo@quynhmai.example", "hotro@hanoi.example", mail("Máy in số "+strconv.Itoa(n), "Message-ID: <"+id+">"))
	}
	eventually(t, "Postfix to deliver", func() bool { unread, _ := s.stored(t, "hotro"); return unread >= mails })
	job := childJob{DB: conf, Folder: folder}
	for _, step := range []string{stepFetched, stepWritten, stepCommitted, stepFetched, stepCommitted} {
		job.Step = step
		cmd, out := started(t, job)
		if !out.Scan() || out.Text() != "stands at "+step {
			t.Fatalf("the child says %q", out.Text())
		}
		kill(t, cmd)
	}
	job.Step = ""
	cmd, _ := started(t, job)
	eventually(t, "all mail to be marked", func() bool { unread, _ := s.stored(t, "hotro"); return unread == 0 })
	kill(t, cmd)
	for _, id := range sent {
		if n := p.one("SELECT count(*) FROM desk_letter WHERE message_id = ? AND decision = 'new'", id); n != "1" {
			t.Errorf("%s is in the journal %s times", id, n)
		}
	}
	if got := p.one("SELECT count(*) || ' ' || count(DISTINCT title) FROM ticket"); got != strconv.Itoa(mails)+" 1" {
		t.Errorf("%s tickets and titles of %d mails", got, mails)
	}
	if n := p.one("SELECT count(DISTINCT body) FROM ticket_message"); n != strconv.Itoa(mails) {
		t.Errorf("%s different messages of %d mails", n, mails)
	}
	if n := len(p.notices("helpdesk.mail.received_due")); n != mails {
		t.Errorf("%d confirmations of %d mails", n, mails)
	}
}

// conversation goes once around: a mail comes in while the mailbox is watched, is
// confirmed, answered, and answered again; a bounce comes back.
func conversation(t *testing.T, s servers) {
	p := open(t, testkit.SQLite(t), t.TempDir()).boxed(s.box)
	p.Passwords = map[string]string{"hotro@hanoi.example": password}
	if err := p.Tend(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	eventually(t, "the first round", func() bool { return p.one("SELECT count(*) FROM desk_mailbox WHERE fetched_at IS NOT NULL") == "1" })
	letters := func(n int) func() bool {
		return func() bool { return p.one("SELECT count(*) FROM desk_letter") == strconv.Itoa(n) }
	}
	s.send(t, "canbo@quynhmai.example", "hotro@hanoi.example", mail("Máy in hỏng.", "Message-ID: <a@quynhmai.example>"))
	eventually(t, "the mail", letters(1))
	post, err := notify.OpenSMTP("smtp://127.0.0.1:"+strconv.Itoa(s.smtp)+"?tls=none", "Lộ Trình <lotrinh@hanoi.example>")
	if err != nil {
		t.Fatal(err)
	}
	sender := &notify.Sender{DB: p.DB, Clock: p.at, Log: p.Log, Words: p.Words, Post: post, People: people{}, BaseURL: "https://lotrinh.hanoi.example"}
	ticket := p.one("SELECT ticket FROM desk_letter")
	p.replied(ident.ID(ticket), "Anh thử bật lại máy in.")
	p.events()
	if n, err := sender.Run(t.Context()); err != nil || n != 2 {
		t.Fatalf("%d mails sent, %v", n, err)
	}
	eventually(t, "confirmation and answer", func() bool { _, all := s.stored(t, "canbo"); return all == 2 })
	answer := s.written(t, "canbo")
	m := rules.Parse(answer)
	if m.Header("Auto-Submitted") != "" || len(m.InReplyTo) != 1 || m.InReplyTo[0] != "a@quynhmai.example" || m.ReplyTo.Mail != "hotro@hanoi.example" {
		t.Errorf("the answer: %s", answer)
	}
	s.send(t, "canbo@quynhmai.example", "hotro@hanoi.example", mail("Đã bật lại, in được rồi.", "In-Reply-To: <"+m.ID+">", "Subject: Cảm ơn"))
	eventually(t, "the answer to the answer", letters(2))
	if got := p.one("SELECT decision || ' ' || ticket FROM desk_letter ORDER BY id DESC LIMIT 1"); got != "follow_up "+ticket {
		t.Errorf("the answer is %s", got)
	}
	s.send(t, "khong.con@quynhmai.example", "hotro@hanoi.example", mail("Xin hỗ trợ.", "From: khong.con@quynhmai.example"))
	eventually(t, "the third mail", letters(3))
	if _, err := sender.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the bounce", letters(4))
	if got := p.one("SELECT decision || ' ' || (SELECT address FROM desk_broken_mail) FROM desk_letter ORDER BY id DESC LIMIT 1"); got != "automatic khong.con@quynhmai.example" {
		t.Errorf("the bounce is %s", got)
	}
	eventually(t, "all mail to be marked", func() bool { unread, _ := s.stored(t, "hotro"); return unread == 0 })
}

// moved looks at what the server is told, and at what is said of a mailbox that cannot
// be read.
func moved(t *testing.T, s servers) {
	p := open(t, testkit.SQLite(t), t.TempDir()).boxed(s.box)
	defer p.Stop()
	p.Passwords = map[string]string{"hotro@hanoi.example": password}
	for _, c := range []struct {
		change  func(*Mailbox)
		problem string
	}{
		{func(b *Mailbox) { b.Port = freePort(t) }, "helpdesk.mail.problem.unreachable"},
		{func(b *Mailbox) { b.Folder = "khong.co" }, "helpdesk.mail.problem.no_folder"},
	} {
		b, err := p.Mailbox(t.Context(), lead, p.box.ID)
		if err != nil {
			t.Fatal(err)
		}
		s.box(&b)
		b.Folder = "INBOX"
		c.change(&b)
		if _, err := p.Save(t.Context(), lead, b); err != nil {
			t.Fatal(err)
		}
		if err := p.Tend(t.Context()); err != nil {
			t.Fatal(err)
		}
		eventually(t, c.problem, func() bool { return p.one("SELECT problem FROM desk_mailbox") == c.problem })
	}
	run(t, "install", "-d", "-o", "mail", "-g", "mail", s.dir+"/mail/hotro", s.dir+"/mail/hotro/.Xong", s.dir+"/mail/hotro/.Xong/cur", s.dir+"/mail/hotro/.Xong/new", s.dir+"/mail/hotro/.Xong/tmp")
	b, err := p.Mailbox(t.Context(), lead, p.box.ID)
	if err != nil {
		t.Fatal(err)
	}
	b.Folder, b.DoneFolder = "INBOX", "Xong"
	if _, err := p.Save(t.Context(), lead, b); err != nil {
		t.Fatal(err)
	}
	_, before := s.stored(t, "hotro")
	s.send(t, "canbo@quynhmai.example", "hotro@hanoi.example", mail("Máy in hỏng."))
	if err := p.Tend(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the mail to be moved", func() bool { _, all := s.stored(t, "hotro/.Xong"); return all == 1 })
	eventually(t, "the mail to be gone", func() bool { _, left := s.stored(t, "hotro"); return left == before })
	if got := p.one("SELECT problem FROM desk_mailbox"); got != "" {
		t.Errorf("problem %q", got)
	}
}
