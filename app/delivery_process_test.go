package app

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"lotrinh/app/demo"
	"lotrinh/internal/kit/clock"
	"lotrinh/reports"
)

// visitor is a planner who has signed in at a demo; a session is a row of the store, good
// at every process.
func (p process) visitor(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	p.posts(t, client, "/sign-in", url.Values{"login": {"planner"}, "password": {demo.Password}})
	return client
}

// posts sends a form that leads on.
func (p process) posts(t *testing.T, client *http.Client, path string, form url.Values) {
	t.Helper()
	resp, err := client.PostForm(p.origin+path, form) //nolint:noctx // ends with the server
	if err != nil {
		t.Error(err)
		return
	}
	if err := resp.Body.Close(); err != nil || resp.StatusCode != http.StatusSeeOther {
		t.Errorf("%s answers %d %v", path, resp.StatusCode, err)
	}
}

// mondayByProcesses is the story of the weekly report with two real processes of the
// binary on one PostgreSQL and a real mail server that is stopped at 07:29 and started
// again at 07:50.
func mondayByProcesses(t *testing.T, at place) {
	binary := filepath.Join(t.TempDir(), "lotrinh")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "..").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	post := newPostOffice(t)
	s := openHouseBy(t, Config{Data: at.data, DatabaseURL: at.url, Demo: true}, clock.System{}) // looks on: it runs no chore
	s.Business.SetOffset(time.Date(2016, 11, 14, 7, 20, 0, 0, clock.City).Sub(clock.System{}.Now()))
	must(t, keepOffset(t.Context(), s.DB, s.Business))
	must(t, keepSetting(t.Context(), s.DB, demoStood, ""))
	cuts := s.mondaySchedules()
	post.start()
	var nodes []process
	for range 2 {
		p := serveBinary(t, binary, at, "--smtp-url", post.url(), "--mail-from", "Lộ Trình <lotrinh@hanoi.example>")
		t.Cleanup(func() { p.kill(t) })
		nodes = append(nodes, p)
	}
	visitor := nodes[0].visitor(t)
	both := func(to string) {
		t.Helper()
		var wg sync.WaitGroup
		for _, p := range nodes {
			wg.Go(func() { p.posts(t, visitor, "/demo/clock", url.Values{"to": {to}}) })
		}
		wg.Wait()
	}
	both("2016-11-14T07:29")
	post.stop()
	both("2016-11-14T07:30")
	post.until("eleven mails that wait for the server", func() bool {
		return s.one("SELECT count(*) FROM report_delivery WHERE channel = 'mail' AND state = 'waiting' AND problem = 'delivery.problem.unreachable'") == "11"
	})
	if n := s.one("SELECT count(*) FROM report_run WHERE state = ? AND nominal_at > ?", reports.Sending, time.Date(2016, 11, 14, 0, 0, 0, 0, clock.City)); n != strconv.Itoa(len(cuts)) {
		t.Errorf("%s reports are being sent, want %d", n, len(cuts))
	}
	both("2016-11-14T07:50")
	post.start()
	post.until("the reports to be sent", func() bool {
		return s.one("SELECT count(*) FROM report_run WHERE state = ? AND nominal_at > ?", reports.Sent, time.Date(2016, 11, 14, 0, 0, 0, 0, clock.City)) == strconv.Itoa(len(cuts))
	})
	if n := s.one("SELECT count(*) FROM report_delivery WHERE channel = 'mail' AND state = 'sent' AND answer LIKE '2%'"); n != "11" {
		t.Errorf("%s mails were taken, want 11", n)
	}
	s.oneReportEach(post, cuts)
	for _, p := range nodes {
		resp, err := http.Get(p.origin + "/readyz") //nolint:noctx // ends with the server
		must(t, err)
		if err := resp.Body.Close(); err != nil || resp.StatusCode != http.StatusOK {
			t.Errorf("a process is not up any more: %d %v", resp.StatusCode, err)
		}
	}
}

// oneReportEach looks into eleven inboxes for one report each. Whoever leads is told of
// other things by mail as well; those carry other names.
func (s *street) oneReportEach(post postOffice, cuts map[string]string) {
	s.t.Helper()
	read := func() (found map[string][]letter, n int) {
		found = map[string][]letter{}
		for box, mails := range post.boxes() {
			for _, file := range mails {
				if l := post.read(file); strings.HasPrefix(l.id, "<report-") {
					found[box] = append(found[box], l)
					n++
				}
			}
		}
		return found, n
	}
	var found map[string][]letter
	post.until("eleven mails", func() bool {
		var n int
		found, n = read()
		return n >= len(eleven)
	})
	if len(found) != len(eleven) {
		s.t.Errorf("reports lie in %d inboxes", len(found))
	}
	for box, mails := range found {
		if len(mails) != 1 {
			s.t.Errorf("%s holds %d reports", box, len(mails))
		}
		s.mondayMail(mails[0], box, cuts)
	}
}
