package httpx

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"lotrinh/internal/kit/testkit"
)

// spoken says raw bytes to a listening edge and gives the answers' statuses until it hangs up or has answered so often.
func spoken(t *testing.T, address, raw string, most int) (statuses []int, closed bool) {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := io.WriteString(c, raw); err != nil {
		t.Fatal(err)
	}
	for r := bufio.NewReader(c); len(statuses) < most; {
		res, err := http.ReadResponse(r, nil)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return statuses, true
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			t.Fatal(err)
		}
		statuses, closed = append(statuses, res.StatusCode), res.Close
	}
	return statuses, closed
}

// TestWhatIsLeftOfABodyIsNoRequest lets bodies that nobody reads hold what looks like a request.
func TestWhatIsLeftOfABodyIsNoRequest(t *testing.T) {
	s := edge(t, testkit.SQLite(t))
	s.Page("POST", "/upload", func(c *Ctx) error {
		form, err := c.MultipartForm()
		if err != nil {
			return err
		}
		return c.SendString(fmt.Sprint(len(form.File["f"])))
	}, Open, Body(1<<20))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	const next = "GET /open HTTP/1.1\r\nHost: a\r\n\r\n"
	hidden := strings.Repeat("GET /bug HTTP/1.1\r\nHost: a\r\n\r\n", 12_000)
	post := func(path, kind, body string) string {
		return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: a\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", path, kind, len(body), body)
	}
	chunked := func(path, kind, body string) string {
		return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: a\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", path, kind, len(body), body)
	}
	form := "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\na\r\n--x--\r\n"
	const multi = "multipart/form-data; boundary=x"
	for _, tc := range []struct {
		name, raw string
		want      []int
		closed    bool
	}{
		{"a stranger's body", post("/change", "text/plain", hidden), []int{401, 200}, false},
		{"an unknown address", post("/nowhere", "text/plain", hidden), []int{404, 200}, false},
		{"more than the route takes", post("/upload", "text/plain", strings.Repeat(hidden, 3)), []int{413, 200}, false},
		{"behind the end of a form", post("/upload", multi, form+hidden), []int{200, 200}, false},
		{"a form in chunks", chunked("/upload", multi, form+hidden), []int{200}, true},
		{"a stranger's chunks", chunked("/change", "text/plain", hidden), []int{401}, true},
		{"a broken form", post("/upload", multi, "--x\r\nnothing"), []int{422, 200}, false},
	} {
		got, closed := spoken(t, l.Addr().String(), tc.raw+next, len(tc.want))
		if fmt.Sprint(got) != fmt.Sprint(tc.want) || closed != tc.closed {
			t.Errorf("%s: %v, closed %t; want %v, %t", tc.name, got, closed, tc.want, tc.closed)
		}
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}
