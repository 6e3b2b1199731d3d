package app

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"lotrinh/app/demo"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/reports"
	"lotrinh/reports/delivery"
)

// eleven are the mailboxes of the story: the city's leaders, and two of each of three
// districts.
var eleven = []string{"leadership", "thanhpho0", "thanhpho1", "thanhpho2", "thanhpho3", "quan0a", "quan0b", "quan1a", "quan1b", "quan2a", "quan2b"}

// postOffice is this machine's Postfix with a configuration, folder and port of its own. It
// puts the mail for each of eleven into a folder of that name.
type postOffice struct {
	t    *testing.T
	dir  string
	port int
	up   *bool
}

// asRoot runs a command of a mail server as root. What it says goes to a file: a server
// that it leaves behind keeps that open, and nobody waits for it.
func asRoot(t *testing.T, name string, args ...string) {
	t.Helper()
	if os.Getuid() != 0 {
		name, args = "sudo", append([]string{"-n", name}, args...)
	}
	said, err := os.CreateTemp("", "said")
	must(t, err)
	defer func() { _ = os.Remove(said.Name()) }()                   // of no use to anybody else
	cmd := exec.CommandContext(context.Background(), name, args...) // the context of the test is over when things are put away
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(said.Name())
		t.Errorf("%s %v: %v\n%s", name, args, err, text)
	}
	must(t, said.Close())
}

func newPostOffice(t *testing.T) postOffice {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "lt") // short, for the paths of sockets, and open to the servers' users
	must(t, err)
	t.Cleanup(func() { asRoot(t, "rm", "-rf", dir) })
	must(t, os.Chmod(dir, 0o755)) //nolint:gosec // the server is another user
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	p := postOffice{t, dir, l.Addr().(*net.TCPAddr).Port, new(bool)}
	must(t, l.Close())
	conf := filepath.Join(dir, "postfix")
	must(t, os.MkdirAll(conf, 0o755)) //nolint:gosec // as above
	var boxes strings.Builder
	for _, box := range eleven {
		boxes.WriteString("/^" + box + "@hanoi\\.example$/ " + box + "/\n")
	}
	for name, text := range map[string]string{"boxes": boxes.String(), "main.cf": `
compatibility_level = 3.6
queue_directory = DIR/spool
data_directory = DIR/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.hanoi.example
mydestination =
alias_maps =
alias_database =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
default_transport = error
virtual_mailbox_domains = hanoi.example
virtual_mailbox_base = DIR/mail
virtual_mailbox_maps = regexp:DIR/postfix/boxes
virtual_minimum_uid = 1
virtual_uid_maps = static:8
virtual_gid_maps = static:8
message_size_limit = 41943040
mailbox_size_limit = 0
virtual_mailbox_limit = 0
maillog_file = DIR/maillog
maillog_file_prefixes = /tmp
`, "master.cf": "127.0.0.1:" + strconv.Itoa(p.port) + ` inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
`} {
		must(t, os.WriteFile(filepath.Join(conf, name), []byte(strings.ReplaceAll(text, "DIR", dir)), 0o644)) //nolint:gosec // as above
	}
	asRoot(t, "install", "-d", dir+"/spool")
	asRoot(t, "install", "-d", "-o", "postfix", dir+"/data")
	asRoot(t, "install", "-d", "-o", "mail", "-g", "mail", dir+"/mail")
	return p
}

func (p postOffice) url() string { return "smtp://127.0.0.1:" + strconv.Itoa(p.port) + "?tls=none" }

// start starts the server and waits for its greeting.
func (p postOffice) start() {
	p.t.Helper()
	asRoot(p.t, "postfix", "-c", filepath.Join(p.dir, "postfix"), "start")
	*p.up = true
	p.t.Cleanup(p.stop)
	p.until("the mail server", func() bool {
		c, err := net.Dial("tcp", "127.0.0.1:"+strconv.Itoa(p.port)) //nolint:noctx // on this machine
		if err != nil {
			return false
		}
		defer func() { _ = c.Close() }() // nothing was said
		n, err := c.Read(make([]byte, 1))
		return err == nil && n == 1
	})
}

// stop stops the server, if it runs.
func (p postOffice) stop() {
	p.t.Helper()
	if *p.up {
		asRoot(p.t, "postfix", "-c", filepath.Join(p.dir, "postfix"), "stop")
	}
	*p.up = false
}

// until waits for what other processes do. Whoever waits too long has failed.
func (p postOffice) until(what string, ok func() bool) {
	p.t.Helper()
	late, again := time.NewTimer(time.Minute), time.NewTicker(50*time.Millisecond)
	defer late.Stop()
	defer again.Stop()
	for !ok() {
		select {
		case <-late.C:
			p.t.Fatal("waited in vain for " + what)
		case <-again.C:
		}
	}
}

// boxes are the mails of everybody, as they lie in their folders.
func (p postOffice) boxes() map[string][]string {
	p.t.Helper()
	name, args := "find", []string{p.dir + "/mail", "-type", "f", "-path", "*/new/*"}
	if os.Getuid() != 0 {
		name, args = "sudo", append([]string{"-n", name}, args...)
	}
	out, err := exec.CommandContext(p.t.Context(), name, args...).Output()
	must(p.t, err)
	all := map[string][]string{}
	for _, file := range strings.Fields(string(out)) {
		box := strings.Split(strings.TrimPrefix(file, p.dir+"/mail/"), "/")[0]
		all[box] = append(all[box], file)
	}
	return all
}

// letter is a mail taken apart.
type letter struct {
	form   string // how its parts lie in one another
	text   string
	html   string
	id     string
	names  []string // of the files
	ids    []string // Content-ID of the pictures
	pieces map[string][]byte
}

func (p postOffice) read(file string) letter {
	p.t.Helper()
	name, args := "cat", []string{file}
	if os.Getuid() != 0 {
		name, args = "sudo", append([]string{"-n", name}, args...)
	}
	raw, err := exec.CommandContext(p.t.Context(), name, args...).Output()
	must(p.t, err)
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	must(p.t, err)
	l := letter{id: m.Header.Get("Message-Id"), pieces: map[string][]byte{}}
	l.form = l.part(p.t, m.Header.Get, m.Body)
	return l
}

func (l *letter) part(t *testing.T, head func(string) string, body io.Reader) string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(head("Content-Type"))
	must(t, err)
	if inside, is := strings.CutPrefix(kind, "multipart/"); is {
		var parts []string
		for r := multipart.NewReader(body, params["boundary"]); ; {
			p, err := r.NextRawPart()
			if err == io.EOF { //nolint:errorlint // the reader's own end
				return inside + "(" + strings.Join(parts, " ") + ")"
			}
			must(t, err)
			parts = append(parts, l.part(t, p.Header.Get, p))
		}
	}
	switch head("Content-Transfer-Encoding") {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	raw, err := io.ReadAll(body)
	must(t, err)
	switch {
	case kind == "text/plain":
		l.text = string(raw)
	case kind == "text/html":
		l.html = string(raw)
	case head("Content-Id") != "":
		if id := head("Content-Id"); !strings.HasPrefix(id, "<") || !strings.HasSuffix(id, ">") {
			t.Errorf("the picture is called %s, without the brackets of RFC 2392", id)
		}
		l.ids = append(l.ids, strings.Trim(head("Content-Id"), "<>"))
		l.pieces[kind] = raw
	default:
		_, disposition, err := mime.ParseMediaType(head("Content-Disposition"))
		must(t, err)
		l.names = append(l.names, disposition["filename"])
		l.pieces[kind] = raw
	}
	return kind[strings.LastIndexByte(kind, '/')+1:]
}

// leader makes somebody who gets reports, with a mailbox of their own.
func (s *street) leader(box string, role access.Role, unit string) {
	s.t.Helper()
	a, err := s.People.Create(s.t.Context(), access.System("test"), org.NewAccount{Login: box, Profile: org.Profile{Name: "Lãnh đạo " + box, Email: box + "@hanoi.example", Unit: unit},
		Posts: []org.Post{{Role: role, Unit: unit, From: "2016-10-01"}}})
	must(s.t, err)
	must(s.t, s.DB.InTx(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("UPDATE account SET state = ? WHERE id = ?", org.Active, a.ID).Exec(ctx)
		return err
	}))
}

// TestOnMondayTheReportIsInElevenInboxesThoughTheMailServerWasAway is the story of the
// weekly report: two processes on one PostgreSQL (one house on SQLite), a real mail server
// that is away from 07:29 to 07:50.
func TestOnMondayTheReportIsInElevenInboxesThoughTheMailServerWasAway(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { mondayMorning(t, toldPlace(t, false)) })
	if os.Getenv("TEST_PG") != "" {
		t.Run("postgres", func(t *testing.T) { mondayByProcesses(t, toldPlace(t, true)) })
	}
}

func mondayMorning(t *testing.T, at place) {
	post, machine := newPostOffice(t), clock.At(time.Date(2026, 11, 22, 5, 0, 0, 0, time.UTC))
	s := openHouseBy(t, Config{Data: at.data, DatabaseURL: at.url, Demo: true, SMTPURL: post.url(), MailFrom: "Lộ Trình <lotrinh@hanoi.example>"}, machine)
	s.Business.SetOffset(time.Date(2016, 11, 14, 7, 29, 0, 0, clock.City).Sub(machine.Now()))
	cuts := s.mondaySchedules()
	round := func() {
		t.Helper()
		for _, do := range []func(context.Context) (int, error){s.Reports.RunDue, s.Events.Run, s.Delivery.Run} {
			if _, err := do(t.Context()); err != nil {
				t.Error(err)
			}
		}
		machine.Move(time.Minute)
	}
	for range 21 { // 07:29 to 07:50, the server is away
		round()
	}
	if n := s.one("SELECT count(*) FROM report_delivery WHERE channel = 'mail' AND state = 'waiting' AND attempts > 0 AND problem = 'delivery.problem.unreachable'"); n != "11" {
		t.Fatalf("%s mails wait for the server, want 11", n)
	}
	if n := s.one("SELECT count(*) FROM report_run WHERE state = ? AND nominal_at > ?", reports.Sending, time.Date(2016, 11, 14, 0, 0, 0, 0, clock.City)); n != strconv.Itoa(len(cuts)) {
		t.Errorf("%s reports are being sent, want %d", n, len(cuts))
	}
	post.start()
	for range 8 {
		round()
	}
	if n := s.one("SELECT count(*) FROM report_delivery WHERE channel = 'mail' AND state = 'sent' AND answer LIKE '2%'"); n != "11" {
		t.Fatalf("%s mails were taken, want 11", n)
	}
	if n := s.one("SELECT count(*) FROM report_run WHERE state = ? AND nominal_at > ?", reports.Sent, time.Date(2016, 11, 14, 0, 0, 0, 0, clock.City)); n != strconv.Itoa(len(cuts)) {
		t.Errorf("%s reports are sent, want %d", n, len(cuts))
	}
	s.oneReportEach(post, cuts)
	if a := s.ask("leadership", "GET", delivery.InboxAt, ""); a.status != 200 || strings.Count(a.body, `data-href="/reports/runs/`) == 0 {
		t.Errorf("the inbox on the site: %d", a.status)
	}
}

// mondaySchedules makes the city's and three districts' report come round for eleven
// readers, and tells the names of the districts by their code.
func (s *street) mondaySchedules() map[string]string {
	s.t.Helper()
	ctx, planner := s.t.Context(), s.actor("planner")
	must(s.t, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewRaw("UPDATE report_schedule SET enabled = ?", false).Exec(ctx); err != nil {
			return err
		}
		if _, err := tx.NewRaw("UPDATE report_delivery SET state = ?", delivery.Dropped).Exec(ctx); err != nil { // the demo's own of last week
			return err
		}
		_, err := tx.NewRaw("UPDATE account SET email = login || '@hanoi.example' WHERE login = 'leadership'").Exec(ctx)
		return err
	}))
	for n := range 4 {
		s.leader(fmt.Sprintf("thanhpho%d", n), org.Leadership, "")
	}
	tree, err := s.Units.Tree(ctx, s.Business.Now())
	must(s.t, err)
	cuts := map[string]string{"01": ""}
	for n, district := range []string{hereDistrict, thereDistrict, "271"} {
		s.leader(fmt.Sprintf("quan%da", n), org.Leadership, district)
		s.leader(fmt.Sprintf("quan%db", n), org.Leadership, district)
		cuts[district] = tree.Name(district)
	}
	for cut := range cuts {
		var old []reports.Schedule
		all, err := s.Reports.Schedules(ctx, planner)
		must(s.t, err)
		for _, sc := range all {
			if sc.Cut == cut && sc.Definition == reports.Weekly {
				old = append(old, sc)
			}
		}
		form := reports.ScheduleForm{Definition: reports.Weekly, Programme: demo.Programme, Cut: cut, Spec: "30 7 * * 1", CatchUp: "0", Enabled: true}
		if len(old) == 0 {
			_, err = s.Reports.AddSchedule(ctx, planner, form)
		} else {
			_, err = s.Reports.ChangeSchedule(ctx, planner, old[0].ID, old[0].Version, form)
		}
		must(s.t, err)
	}
	return cuts
}

// mondayMail looks at one mail: its parts, its figures, and that a district's tells of no
// other district.
func (s *street) mondayMail(l letter, box string, cuts map[string]string) {
	s.t.Helper()
	if want := "mixed(related(alternative(plain html) png png) pdf vnd.openxmlformats-officedocument.spreadsheetml.sheet)"; l.form != want {
		s.t.Errorf("%s: the mail is %s, want %s", box, l.form, want)
	}
	for _, id := range l.ids {
		if !strings.Contains(l.html, `src="cid:`+id+`"`) {
			s.t.Errorf("%s: the picture %s is not shown", box, id)
		}
	}
	if !bytes.HasPrefix(l.pieces["application/pdf"], []byte("%PDF-")) || !bytes.HasPrefix(l.pieces["image/png"], []byte("\x89PNG")) || len(l.names) != 2 {
		s.t.Errorf("%s: files %v", box, l.names)
	}
	key := strings.TrimSuffix(strings.Trim(l.id, "<>"), "@hanoi.example")
	run := s.one("SELECT run FROM report_delivery WHERE message_id = ? AND address = ?", key, box+"@hanoi.example")
	sn, err := s.Reports.SnapshotOf(s.t.Context(), s.actor("planner"), ident.ID(run))
	must(s.t, err)
	f, err := sn.Figures()
	must(s.t, err)
	if !strings.Contains(l.text, sn.Hash) || !strings.Contains(l.html, "<table") || !strings.Contains(l.text, strconv.Itoa(f.Progress.Total.Official)) || strings.Contains(l.text+l.html, "⟦") {
		s.t.Errorf("%s: the text lacks the frozen figures:\n%s", box, l.text)
	}
	for code, name := range cuts {
		if name != "" && code != f.Cut.Code && !f.Cut.City && strings.Contains(l.text+l.html, strings.TrimPrefix(name, "huyện ")) {
			s.t.Errorf("%s, about %s, tells of %s", box, f.Cut.Name, name)
		}
	}
}
