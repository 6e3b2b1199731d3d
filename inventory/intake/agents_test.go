package intake

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/inventory/agent/specimen"
)

// serve answers on a socket of this machine and tells the address.
func (r *room) serve() *url.URL {
	r.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		r.t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- r.server.Serve(l) }()
	r.t.Cleanup(func() {
		if err := r.server.App().Shutdown(); err != nil {
			r.t.Error(err)
		}
		if err := <-done; err != nil {
			r.t.Error(err)
		}
	})
	return &url.URL{Scheme: "http", Host: l.Addr().String(), Path: agentPath}
}

// ownFolder makes FusionInventory keep its name in a folder of the test: it has no option
// for that, and its own folder is root's.
const ownFolder = `package OwnFolder; if ($0 =~ /fusioninventory/) { eval { push @INC, "/usr/share/fusioninventory/lib"; require setup; $setup::setup{vardir} = "%s"; }; } 1;
`

// program runs a real program and tells its exit code and what it said. It runs in a
// folder of its own, where agents keep their names.
func program(t *testing.T, name string, args ...string) (int, string) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is not there: scripts/setup-test.sh installs it", name)
	}
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, "OwnFolder.pm"), []byte(fmt.Sprintf(ownFolder, home)), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "HOME="+home, "PERL5OPT=-I"+home+" -MOwnFolder")
	out, err := cmd.CombinedOutput()
	if _, ended := err.(*exec.ExitError); err != nil && !ended { //nolint:errorlint // CombinedOutput wraps nothing
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// TestTheRealAgents runs the agents of Debian against the door, by each way of
// credentials, compressed and plain, and looks at what was recorded: their exit code is
// 0 whatever happens.
func TestTheRealAgents(t *testing.T) {
	r := open(t, testkit.SQLite(t))
	at, k := r.serve(), r.key(dangXa)
	with := *at
	with.User = url.UserPassword(k.Login, k.Plain)
	secret := *at
	secret.Path = k.Path()
	none := filepath.Join(t.TempDir(), "agent.cfg")
	if err := os.WriteFile(none, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	fusion := func(more ...string) []string {
		return append([]string{"--conf-file=" + none, "--no-category=software,process,environment,local_user,local_group", "--tag=" + dangXa, "--tasks=inventory"}, more...)
	}
	for name, run := range map[string]struct {
		program string
		args    []string
		agent   string
	}{
		"password":         {"fusioninventory-agent", fusion("--server="+at.String(), "--user="+k.Login, "--password="+k.Plain), "FusionInventory-Agent_v2"},
		"address":          {"fusioninventory-agent", fusion("--server=" + with.String()), "FusionInventory-Agent_v2"},
		"path, plain":      {"fusioninventory-agent", fusion("--server="+secret.String(), "--no-compression"), "FusionInventory-Agent_v2"},
		"OCS, by the path": {"ocsinventory-agent", []string{"--server=" + secret.String(), "--basevardir=" + t.TempDir(), "--nolocal", "--force", "--nosoftware"}, ""},
		"OCS, by a password": {"ocsinventory-agent", []string{"--server=" + at.String(), "--user=" + base64.StdEncoding.EncodeToString([]byte(k.Login)), // this agent wants both so
			"--password=" + base64.StdEncoding.EncodeToString([]byte(k.Plain)), "--realm=lotrinh",
			"--basevardir=" + t.TempDir(), "--nolocal", "--force", "--nosoftware"}, ""},
	} {
		before := len(r.keeper.all)
		_, said := program(t, run.program, run.args...)
		if len(r.keeper.all) != before+1 {
			t.Errorf("%s: %d reports came, want one more than %d\n%s", name, len(r.keeper.all), before, said)
			continue
		}
		in := r.keeper.all[before]
		if in.Unit != dangXa || in.Report.Hardware.Name == "" || !in.Report.Hardware.MemoryMB.Known || len(in.Report.CPUs) == 0 || len(in.Report.Drives) == 0 || !strings.HasPrefix(in.Report.Agent, run.agent) {
			t.Errorf("%s: %+v", name, in.Report)
		}
		for _, s := range in.Report.Sections {
			if s.Name == "LOCAL_USERS" || s.Name == "PROCESSES" || s.Name == "ENVS" || bytes.Contains(s.Body, []byte("LASTLOGGEDUSER")) {
				t.Errorf("%s: %s was kept", name, s.Name)
			}
		}
	}
	for _, x := range r.all(Filter{State: Fine}) {
		if !strings.HasPrefix(x.Agent, "FusionInventory-Agent_v2") && !strings.HasPrefix(x.Agent, "OCS-NG_unified_unix_agent_v") {
			t.Errorf("%s is sent by %q", x.Device, x.Agent)
		}
	}
	if bad := r.all(Filter{State: Failing}); len(bad) != 0 {
		t.Errorf("somebody was refused: %+v", bad)
	}
	wrong := *at
	wrong.User = url.UserPassword(k.Login, "ag_wrong")
	before := len(r.keeper.all)
	program(t, "fusioninventory-agent", fusion("--server="+wrong.String())...)
	if err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	turned, err := r.Refusals(t.Context(), r.as("planner", ""))
	if err != nil || len(turned) != 1 || turned[0].Reason != WrongSecret || len(r.keeper.all) != before {
		t.Errorf("%+v %v", turned, err)
	}
}

// TestTheRealInjector sends files by FusionInventory's injector, whose exit code is honest.
func TestTheRealInjector(t *testing.T) {
	r := open(t, testkit.SQLite(t))
	at, k := r.serve(), r.key(dangXa)
	at.User = url.UserPassword(k.Login, k.Plain)
	good := specimen.Full(1).XML()
	dir := t.TempDir()
	send := func(name string, body []byte, more ...string) (int, string) {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, body, 0o600); err != nil {
			t.Fatal(err)
		}
		return program(t, "fusioninventory-injector", append([]string{"-v", "--file", file, "--url", at.String()}, more...)...)
	}
	if code, said := send("good.ocs", good); code != 0 {
		t.Errorf("a good file: exit %d\n%s", code, said)
	}
	if code, said := send("again.ocs", good, "--no-compression"); code != 0 || len(r.keeper.all) != 1 {
		t.Errorf("the same file, plain: exit %d, kept %d times\n%s", code, len(r.keeper.all), said)
	}
	latin := bytes.ReplaceAll(specimen.Desk(2).XML(), []byte("Realtek"), []byte("R\xe9altek"))
	if code, said := send("latin.ocs", latin); code != 0 || r.keeper.all[1].Report.Networks[0].Name != "Réaltek PCIe GBE Family Controller" {
		t.Errorf("a file in Latin-1: exit %d\n%s", code, said)
	}
	for name, body := range map[string][]byte{
		"cut.ocs":     good[:len(good)/2],
		"page.ocs":    []byte("<html><body>x</body></html>"),
		"deep.ocs":    []byte("<REQUEST><CONTENT>" + strings.Repeat("<A>", 500) + strings.Repeat("</A>", 500) + "</CONTENT><DEVICEID>x</DEVICEID><QUERY>INVENTORY</QUERY></REQUEST>"),
		"bomb.ocs":    append([]byte("<REQUEST>"), bytes.Repeat([]byte(" "), 65<<20)...),
		"json.ocs":    []byte(`{"action":"inventory","deviceid":"x","content":{}}`),
		"nothing.ocs": []byte(" "),
	} {
		if code, said := send(name, body); code != 1 || !strings.Contains(said, "ERROR") {
			t.Errorf("%s: exit %d\n%s", name, code, said)
		}
	}
	bad := r.all(Filter{State: Failing})
	if len(bad) != 1 || bad[0].Device != "@127.0.0.1" || len(r.keeper.all) != 2 {
		t.Fatalf("the board names who sent what was refused: %+v", bad)
	}
	_, log, err := r.Sender(t.Context(), r.as("planner", ""), bad[0].ID, page.Read("", ""))
	why := map[string]bool{}
	for _, m := range log.Items {
		line, _ := lineOf(m.Problem)
		why[line.Key] = true
	}
	if err != nil || len(log.Items) != 6 || len(why) != 6 {
		t.Errorf("%d refused for %v, %v", len(log.Items), fmt.Sprint(why), err)
	}
}
