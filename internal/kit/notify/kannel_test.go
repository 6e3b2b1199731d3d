package notify

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/sms"
	"lotrinh/internal/kit/testkit"
)

// kannelConf is a gateway with a telephone network that is played.
const kannelConf = `group = core
admin-port = %[1]d
admin-interface = 127.0.0.1
admin-password = admin
smsbox-port = %[2]d
smsbox-interface = 127.0.0.1
box-allow-ip = "127.0.0.1"
log-file = "bearerbox.log"
log-level = 1
dlr-storage = internal
store-type = file
store-location = "store"

group = smsc
smsc = fake
smsc-id = fake1
port = %[3]d
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = %[4]d
sendsms-interface = 127.0.0.1
global-sender = 1022
log-file = "smsbox.log"
log-level = 1

group = sendsms-user
username = tester
password = foobar
concatenation = true
max-messages = 10

group = sms-service
keyword = default
catch-all = true
max-messages = 0
get-url = "%[5]s/api/v1/sms/inbound/in?from=%%p&to=%%P&text=%%b&charset=%%C&id=%%I"
`

// start runs a part of the gateway until the test ends and gives the file of what it says.
func start(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	said := filepath.Join(dir, filepath.Base(name)+".out")
	out, err := os.Create(said)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(name, args...) //nolint:gosec // what the test names
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err, "- scripts/setup-test.sh installs the gateway")
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = out.Close()
	})
	return said
}

// until asks again and again until something is so, for at most 20 seconds.
func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 1000 {
		if so() {
			return
		}
		<-tick.C
	}
	t.Fatal("in vain: " + what)
}

func answersAt(port int) func() bool {
	return func() bool {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// TestTheRealGateway sends Vietnamese text through Kannel to a played network, takes the
// delivery report and an incoming message in.
func TestTheRealGateway(t *testing.T) {
	d := testkit.SQLite(t)
	dir := t.TempDir()
	s := texter(t, d, clock.At(thursday), nil, nil)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.BaseURL = "http://" + l.Addr().String()
	srv := &http.Server{ReadHeaderTimeout: time.Second, Handler: door(t, d, s)}
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close() })

	ports := []int{freePort(t), freePort(t), freePort(t), freePort(t)}
	conf := fmt.Sprintf(kannelConf, ports[0], ports[1], ports[2], ports[3], s.BaseURL)
	if err := os.WriteFile(filepath.Join(dir, "kannel.conf"), []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, dir, "/usr/sbin/bearerbox", "kannel.conf")
	until(t, "the network's door", answersAt(ports[2]))
	until(t, "the box's door", answersAt(ports[1]))
	start(t, dir, "/usr/sbin/smsbox", "kannel.conf")
	until(t, "the gateway's door", answersAt(ports[3]))
	phones := start(t, dir, "/usr/lib/kannel/test/fakesmsc", "-H", "127.0.0.1", "-r", fmt.Sprint(ports[2]), "-i", "0.1", "-m", "1", "84912345678 1022 text 5 cam on")

	if s.Gate, err = OpenKannel(fmt.Sprintf("http://tester:foobar@127.0.0.1:%d/cgi-bin/sendsms?from=1022", ports[3])); err != nil {
		t.Fatal(err)
	}
	write(t, d, thursday, toPhone("live"))
	run(t, s, 1)
	until(t, "the delivery report", func() bool { return states(t, d) == Delivered })
	until(t, "the telephone", func() bool {
		said, err := os.ReadFile(phones)
		return err == nil && strings.Contains(string(said), "84912345678 ucs-2 %00P%00h%00i%1E%BF%00u")
	})
	until(t, "the incoming message", func() bool {
		n, err := d.Read().NewSelect().Model((*In)(nil)).Where("si.number = ?", "0912345678").Where("si.body = ?", "5 cam on").Count(t.Context())
		return err == nil && n == 1
	})
	wrong, err := OpenKannel(fmt.Sprintf("http://tester:wrong@127.0.0.1:%d/", ports[3]))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := wrong.Send(t.Context(), "0912345678", "x", s.BaseURL); got != sms.Later || err == nil {
		t.Errorf("a wrong password: %v %v", got, err)
	}
}

// door stands for our own routes at which the gateway calls.
func door(t *testing.T, d *db.DB, s *Sender) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		token, end, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/api/v1/sms/"), "/")
		var err error
		if end == "dlr" {
			err = s.Report(context.WithoutCancel(r.Context()), token, q.Get("type"))
		} else {
			err = Receive(context.WithoutCancel(r.Context()), d, thursday, q.Get("id"), q.Get("from"), q.Get("to"), sms.Decode(q.Get("text"), q.Get("charset")))
		}
		if err != nil {
			t.Error(r.URL.Path, err)
		}
	})
}
