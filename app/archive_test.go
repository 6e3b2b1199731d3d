package app

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/testkit"
)

// run runs a command as an administrator at the machine does, and returns what it said.
func run(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := Command(t.Context(), args, Terminal{Out: &out, Err: &errs, Environ: []string{"LANG=en_GB.UTF-8"}}); code != exitOK {
		t.Fatalf("%s: exit %d\n%s%s", strings.Join(args, " "), code, out.String(), errs.String())
	}
	return out.String()
}

// place is where a house lives, as the commands take it.
type place struct{ data, url string }

func (p place) args(command ...string) []string {
	command = append(command, "--data", p.data)
	if p.url != "" {
		command = append(command, "--database-url", p.url)
	}
	return command
}

// volatile is what differs from one sending of a page to the next: keys of one sending,
// and the seconds of the clock.
var volatile = regexp.MustCompile(`name="_once" value="[^"]*"|data-clock datetime="[^"]*"`)

// pageText is what a page says at a set moment.
func pageText(s *street, login, path string) string {
	s.t.Helper()
	s.Business.SetOffset(demoStart.Add(61*time.Minute + 30*time.Second).Sub(s.Machine.Now()))
	a := s.ask(login, "GET", path, "")
	if a.status != 200 {
		s.t.Fatalf("%s as %s: %d", path, login, a.status)
	}
	return volatile.ReplaceAllString(a.body, "")
}

// TestABackupMovesTheHouseIntoTheOtherDatabase backs a living demo up, restores it into
// each kind of database, and compares what people are told.
func TestABackupMovesTheHouseIntoTheOtherDatabase(t *testing.T) {
	kinds := map[string]func() place{"sqlite": func() place { return place{data: t.TempDir()} }}
	if os.Getenv("TEST_PG") != "" {
		kinds["postgres"] = func() place { return place{t.TempDir(), testkit.PostgresURL(t)} }
	}
	for from := range kinds {
		for to, makeTo := range kinds {
			if from == to && len(kinds) > 1 {
				continue
			}
			t.Run(from+" to "+to, func(t *testing.T) { moved(t, toldPlace(t, from == "postgres"), makeTo()) })
		}
	}
}

func moved(t *testing.T, from, to place) {
	old := openHouse(t, Config{Data: from.data, DatabaseURL: from.url, Demo: true})
	officer := old.actor("officer")
	_, err := old.Desk.Open(t.Context(), officer, helpdesk.Draft{Unit: officer.Home, Title: "Máy quét", Body: "Máy quét không nhận.", Service: "device", Impact: 1, Urgency: 2, Source: "web"})
	must(t, err)
	_, err = old.Events.Run(t.Context())
	must(t, err)
	archive := filepath.Join(t.TempDir(), "house.zip")
	run(t, from.args("backup", archive)...) // beside the house that has it open
	run(t, to.args("restore", archive)...)
	run(t, to.args("check")...)
	young := openHouse(t, Config{Data: to.data, DatabaseURL: to.url, Demo: true})
	for _, v := range []struct{ login, path string }{
		{"planner", "/rollout"}, {"planner", "/rollout/board"}, {"coordinator", "/rollout/units/" + hereUnit}, {"planner", "/inventory"},
		{"planner", "/inventory/gaps"}, {"officer", "/tickets"}, {"agent", "/tickets?view=work"}, {"admin", "/admin/accounts"},
	} {
		if a, b := pageText(old, v.login, v.path), pageText(young, v.login, v.path); a != b {
			t.Errorf("%s reads otherwise after the restore:\n%s", v.path, firstDifference(a, b))
		}
	}
}

func firstDifference(a, b string) string {
	as, bs := strings.Split(a, "<"), strings.Split(b, "<")
	for i := range min(len(as), len(bs)) {
		if as[i] != bs[i] {
			return "before: <" + as[i] + "\nafter:  <" + bs[i]
		}
	}
	return "one is longer"
}

// TestCommandsWorkBesideARunningServer opens the data folder of an open house twice.
func TestCommandsWorkBesideARunningServer(t *testing.T) {
	eachStreet(t, func(t *testing.T, s *street) {
		here := place{s.Config.Data, s.Config.DatabaseURL}
		run(t, here.args("user", "list")...)
		lines := strings.Split(strings.TrimSpace(run(t, here.args("token", "create", "--account", "officer")...)), "\n")
		token := lines[len(lines)-1]
		r := s.ask("", "GET", "/api/v1/tickets", "", "Authorization", "Bearer "+token)
		if r.status != 200 {
			t.Fatalf("a token made beside the server: %d %s", r.status, r.body)
		}
		run(t, here.args("check")...)
	})
}
