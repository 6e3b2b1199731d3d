package mail

import (
	"context"
	"fmt"
	"net"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// servers are a Postfix that takes mail over SMTP and a Dovecot that gives it out over
// IMAP, of this machine's packages, in a folder and on ports of their own.
type servers struct {
	dir        string
	smtp, imap int
}

const password = "mot-mat-khau"

// freePort is a port that was free a moment ago.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// as runs a server's own command, as root when we are somebody else.
func as(ctx context.Context, name string, args ...string) *exec.Cmd {
	if os.Getuid() != 0 {
		return exec.CommandContext(ctx, "sudo", append([]string{"-n", name}, args...)...)
	}
	return exec.CommandContext(ctx, name, args...)
}

// run runs a command to its end. What it says goes to a file: a server that it leaves
// behind keeps that open, and nobody waits for it.
func run(t *testing.T, name string, args ...string) {
	t.Helper()
	said, err := os.CreateTemp("", "said")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.Remove(said.Name()) }()  // of no use to anybody else
	cmd := as(context.Background(), name, args...) // the context of the test is over when things are put away
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(said.Name())
		t.Errorf("%s %v: %v\n%s", name, args, err, text)
	}
	if err := said.Close(); err != nil {
		t.Error(err)
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // the servers are other users
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil { //nolint:gosec // as above
		t.Fatal(err)
	}
}

// startServers starts both. They are told to stop when the test is over.
func startServers(t *testing.T) servers {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "lt") // short, for the paths of sockets, and open to the servers' users
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { run(t, "rm", "-rf", dir) })
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // as above
		t.Fatal(err)
	}
	s := servers{dir: dir, smtp: freePort(t), imap: freePort(t)}
	run(t, "install", "-d", "-o", "mail", "-g", "mail", dir+"/mail")
	s.dovecot(t)
	s.postfix(t)
	return s
}

func (s servers) dovecot(t *testing.T) {
	t.Helper()
	conf := filepath.Join(s.dir, "dovecot.conf")
	put(t, conf, strings.ReplaceAll(`
base_dir = DIR/run
state_dir = DIR/state
log_path = DIR/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
first_valid_uid = 1
mail_location = maildir:DIR/mail/%u
passdb {
  driver = static
  args = password=`+password+`
}
userdb {
  driver = static
  args = uid=mail gid=mail home=DIR/mail/%u
}
service imap-login {
  chroot =
  inet_listener imap {
    port = `+strconv.Itoa(s.imap)+`
  }
  inet_listener imaps {
    port = 0
  }
}
`, "DIR", s.dir))
	run(t, "dovecot", "-c", conf)
	t.Cleanup(func() { run(t, "doveadm", "-c", conf, "stop") })
	greeted(t, s.imap)
}

func (s servers) postfix(t *testing.T) {
	t.Helper()
	conf := filepath.Join(s.dir, "postfix")
	put(t, conf+"/boxes", "/^hotro(\\+.*)?@hanoi\\.example$/ hotro/\n/^lotrinh@hanoi\\.example$/ hotro/\n/^canbo@quynhmai\\.example$/ canbo/\n")
	put(t, conf+"/main.cf", strings.ReplaceAll(`
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
virtual_mailbox_domains = hanoi.example, quynhmai.example
virtual_mailbox_base = DIR/mail
virtual_mailbox_maps = regexp:DIR/postfix/boxes
virtual_minimum_uid = 1
virtual_uid_maps = static:8
virtual_gid_maps = static:8
smtpd_reject_unlisted_recipient = no
message_size_limit = 41943040
mailbox_size_limit = 0
virtual_mailbox_limit = 0
maillog_file = DIR/maillog
maillog_file_prefixes = /tmp
`, "DIR", s.dir))
	put(t, conf+"/master.cf", fmt.Sprintf(`
127.0.0.1:%d inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
`, s.smtp))
	run(t, "install", "-d", s.dir+"/spool")
	run(t, "install", "-d", "-o", "postfix", s.dir+"/data")
	run(t, "postfix", "-c", conf, "start")
	t.Cleanup(func() { run(t, "postfix", "-c", conf, "stop") })
	greeted(t, s.smtp)
}

// greeted waits until somebody answers on a port.
func greeted(t *testing.T, port int) {
	t.Helper()
	eventually(t, "a server on port "+strconv.Itoa(port), func() bool {
		c, err := net.Dial("tcp", "127.0.0.1:"+strconv.Itoa(port))
		if err != nil {
			return false
		}
		defer c.Close()
		n, err := c.Read(make([]byte, 1))
		return err == nil && n == 1
	})
}

// eventually waits for what other processes do. Whoever waits too long has failed.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	late := time.NewTimer(time.Minute)
	defer late.Stop()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !ok() {
		select {
		case <-late.C:
			t.Fatal("waited in vain for " + what)
		case <-again.C:
		}
	}
}

// send hands a mail to Postfix as a mail program does.
func (s servers) send(t *testing.T, from, to string, raw []byte) {
	t.Helper()
	if err := smtp.SendMail("127.0.0.1:"+strconv.Itoa(s.smtp), nil, from, []string{to}, raw); err != nil {
		t.Fatal(err)
	}
}

// stored are the mails in a mailbox's folder: those not yet seen by anybody, and all.
func (s servers) stored(t *testing.T, box string) (unread, all int) {
	t.Helper()
	for _, part := range []string{"new", "cur"} {
		out, err := as(t.Context(), "sh", "-c", "ls "+filepath.Join(s.dir, "mail", box, part)+" 2>/dev/null || true").Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range strings.Fields(string(out)) {
			all++
			if part == "new" || !strings.Contains(name[strings.LastIndexByte(name, ',')+1:], "S") {
				unread++
			}
		}
	}
	return unread, all
}

// box is the mailbox of the help desk on these servers.
func (s servers) box(b *Mailbox) {
	b.Host, b.Port, b.Security, b.Login = "127.0.0.1", s.imap, Plain, "hotro"
}

// written is the mail in a mailbox that no machine wrote.
func (s servers) written(t *testing.T, box string) []byte {
	t.Helper()
	out, err := as(t.Context(), "sh", "-c", "cat $(grep -rL '^Auto-Submitted' "+filepath.Join(s.dir, "mail", box, "new")+")").Output()
	if err != nil || len(out) == 0 {
		t.Fatalf("no mail of a person in %s: %v", box, err)
	}
	return out
}
