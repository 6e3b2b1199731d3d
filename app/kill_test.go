package app

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// process is the real binary, serving.
type process struct {
	cmd    *exec.Cmd
	origin string
}

var origin = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

func serveBinary(t *testing.T, binary string, at place, more ...string) process {
	t.Helper()
	args := at.args(append([]string{"serve", "--demo", "--addr", "127.0.0.1:0"}, more...)...)
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Env = append(os.Environ(), "LANG=en")
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	p := process{cmd: cmd}
	for lines := bufio.NewScanner(out); p.origin == "" && lines.Scan(); {
		p.origin = origin.FindString(lines.Text())
	}
	if p.origin == "" {
		t.Fatal("the server prints no address", cmd.Wait())
	}
	return p
}

// kill is kill -9.
func (p process) kill(t *testing.T) {
	t.Helper()
	must(t, p.cmd.Process.Kill())
	if err := p.cmd.Wait(); err == nil {
		t.Fatal("the server ended by itself")
	}
}

// opened asks for one ticket and returns its number, or nothing when no answer came.
func (p process) opened(token, key string) string {
	body, err := json.Marshal(map[string]any{"title": key, "body": "Máy quét không nhận.", "service": "device", "unit": hereUnit, "impact": 1, "urgency": 2})
	if err != nil {
		return ""
	}
	r, err := http.NewRequest("POST", p.origin+"/api/v1/tickets", bytes.NewReader(body)) //nolint:noctx // ends with the server
	if err != nil {
		return ""
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Idempotency-Key", key)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return ""
	}
	var got struct {
		ID string `json:"id"`
	}
	err = json.NewDecoder(resp.Body).Decode(&got)
	if cerr := resp.Body.Close(); err != nil || cerr != nil || resp.StatusCode != http.StatusCreated {
		return ""
	}
	return got.ID
}

// TestWhatWasAcknowledgedOverHTTPSurvivesKill lets eight people open tickets at the
// same time, kills the server in full swing, and looks for every ticket that somebody
// was told of. Sending all again under the same keys doubles none.
func TestWhatWasAcknowledgedOverHTTPSurvivesKill(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "lotrinh")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Run("sqlite", func(t *testing.T) { killed(t, binary, toldPlace(t, false)) })
	if os.Getenv("TEST_PG") != "" {
		t.Run("postgres", func(t *testing.T) { killed(t, binary, toldPlace(t, true)) })
	}
}

func killed(t *testing.T, binary string, at place) {
	p := serveBinary(t, binary, at)
	lines := strings.Split(strings.TrimSpace(run(t, at.args("token", "create", "--account", "officer")...)), "\n")
	token := lines[len(lines)-1]
	var (
		mu    sync.Mutex
		wg    sync.WaitGroup
		saved = map[string]string{} // key → ID
		asked []string
		full  = make(chan struct{})
	)
	for w := range 8 {
		wg.Go(func() {
			for n := 0; ; n++ {
				key := fmt.Sprintf("w%d-%d", w, n)
				mu.Lock()
				asked = append(asked, key)
				mu.Unlock()
				id := p.opened(token, key)
				if id == "" {
					return
				}
				mu.Lock()
				if saved[key] = id; len(saved) == 60 {
					close(full)
				}
				mu.Unlock()
			}
		})
	}
	<-full
	p.kill(t)
	wg.Wait()

	again := serveBinary(t, binary, at)
	for _, key := range asked {
		again.opened(token, key)
	}
	again.kill(t)
	h := openHouse(t, Config{Data: at.data, DatabaseURL: at.url})
	for key, id := range saved {
		if got := h.one("SELECT count(*) FROM ticket WHERE id = ? AND title = ?", id, key); got != "1" {
			t.Errorf("%s was acknowledged as %s and is there %s times", key, id, got)
		}
	}
	for _, key := range asked {
		if got := h.one("SELECT count(*) FROM ticket WHERE title = ?", key); got != "1" {
			t.Errorf("%s, sent twice under one key, is there %s times", key, got)
		}
	}
	run(t, at.args("check")...)
}
