package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/gofiber/fiber/v2"
)

var address = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// server is a process that answers HTTP.
type server struct {
	cmd     *exec.Cmd
	Origin  string
	Started time.Duration // from start to the first good /readyz
}

// serve starts a process, takes its address from its output, and waits until it is ready.
func serve(ctx context.Context, ready string, command string, args ...string) (*server, error) {
	cmd := exec.CommandContext(ctx, command, args...)
	cmd.Env = os.Environ()
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	from := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{cmd: cmd}
	lines := bufio.NewScanner(out)
	for s.Origin == "" && lines.Scan() {
		s.Origin = address.FindString(lines.Text())
	}
	if s.Origin == "" {
		s.Stop()
		return nil, fmt.Errorf("%s prints no address", command)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	for {
		resp, err := http.Get(s.Origin + ready)
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				s.Started = time.Since(from)
				return s, nil
			}
		}
		if time.Since(from) > 5*time.Minute {
			s.Stop()
			if err == nil {
				err = errors.New(resp.Status)
			}
			return nil, fmt.Errorf("%s is not ready: %w", s.Origin, err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// Resident is the process's resident memory in megabytes, 0 where the system does not say.
func (s *server) Resident() int { return s.status("VmRSS") }

// Peak is the most resident memory that the process has had in megabytes, 0 where the system does not say.
func (s *server) Peak() int { return s.status("VmHWM") }

// status is a line of the process's status that counts kilobytes, in megabytes.
func (s *server) status(name string) int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		var kb int
		if n, _ := fmt.Sscanf(line, name+": %d kB", &kb); n == 1 {
			return kb / 1024
		}
	}
	return 0
}

// tick is the unit in which the system counts the processor time of a process.
const tick = 10 * time.Millisecond

// Used is the processor time that the process has taken, 0 where the system does not say. It says more than the wall clock on a
// machine that others use too.
func (s *server) Used() time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, behind, _ := strings.Cut(string(text), ") ")
	field := strings.Fields(behind)
	var user, system int64
	if len(field) > 12 {
		_, _ = fmt.Sscan(field[11], &user)
		_, _ = fmt.Sscan(field[12], &system)
	}
	return time.Duration(user+system) * tick
}

// Stop asks the process to end and waits for it.
func (s *server) Stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
}

// bare answers every request with n bytes from a fiber handler that does nothing else: the limit of a page.
func bare(n int) error {
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	body := strings.Repeat("x", n)
	app.Get("/*", func(c *fiber.Ctx) error { return c.SendString(body) })
	app.Hooks().OnListen(func(d fiber.ListenData) error {
		_, err := fmt.Printf("http://%s:%s\n", d.Host, d.Port)
		return err
	})
	return app.Listen("127.0.0.1:0")
}
