package files

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"runtime"
	"testing"
	"testing/fstest"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/testkit"
)

// paper reads as a PDF of so many bytes that lies nowhere.
type paper struct{ at, size int }

func (p *paper) Read(b []byte) (int, error) {
	if p.at >= p.size {
		return 0, io.EOF
	}
	n := 0
	if p.at == 0 {
		n = copy(b, "%PDF-1.4\n%âã\n1 0 obj\n")
	}
	for n < len(b) && p.at+n < p.size {
		b[n] = byte('a' + (p.at+n)%7)
		n++
	}
	p.at += n
	return n, nil
}

// sent posts a form with a paper of this size over the line and tells how many bytes the
// whole process allocated for it.
func sent(t *testing.T, address string, size int) (status int, allocated uint64) {
	t.Helper()
	var frame bytes.Buffer
	form := multipart.NewWriter(&frame)
	if _, err := form.CreateFormFile("papers", "giấy.pdf"); err != nil {
		t.Fatal(err)
	}
	head := frame.Len()
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	body := io.MultiReader(bytes.NewReader(frame.Bytes()[:head]), &paper{size: size}, bytes.NewReader(frame.Bytes()[head:]))
	q, err := http.NewRequest(http.MethodPost, "http://"+address+"/form", body)
	if err != nil {
		t.Fatal(err)
	}
	q.ContentLength = int64(frame.Len() + size)
	q.Header.Set("Content-Type", form.FormDataContentType())
	q.AddCookie(&http.Cookie{Name: "lotrinh_session", Value: "x"})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	res, err := http.DefaultClient.Do(q)
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, after.TotalAlloc - before.TotalAlloc
}

// TestAPaperIsNeverWholeInMemory holds what a plain form with a paper costs in memory against the paper's size: nothing of it grows.
func TestAPaperIsNeverWholeInMemory(t *testing.T) {
	store, _, _ := store(t, testkit.SQLite(t))
	words, err := i18n.Load(fstest.MapFS{"locale/vi.json": {Data: []byte(`{"a":"b"}`)}, "locale/en.json": {Data: []byte(`{"a":"b"}`)}})
	if err != nil {
		t.Fatal(err)
	}
	s := httpx.New(httpx.Config{Identity: always{}, Catalog: words, Clock: clock.System{}})
	var got int64
	s.Page("POST", "/form", func(c *httpx.Ctx) error {
		blobs, err := store.FromForm(c, "papers", Document, 2)
		if err != nil || len(blobs) != 1 {
			return fmt.Errorf("%d papers: %w", len(blobs), err)
		}
		got = blobs[0].Size
		return c.SendString("ok")
	}, httpx.Body(FormBody))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	address := l.Addr().String()
	sent(t, address, 100_000) // pools and connections are there behind it
	const most = 1 << 20
	for _, size := range []int{2 << 20, 10 << 20} {
		status, allocated := sent(t, address, size)
		if status != http.StatusOK || got != int64(size) {
			t.Errorf("%d bytes: %d, kept %d", size, status, got)
		}
		if allocated > most {
			t.Errorf("a paper of %d bytes took %d bytes of memory, more than %d", size, allocated, most)
		}
	}
	if status, allocated := sent(t, address, 20<<20); status != http.StatusRequestEntityTooLarge || allocated > most {
		t.Errorf("a paper of 20 MB: %d, %d bytes of memory", status, allocated)
	}
	http.DefaultClient.CloseIdleConnections()
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}
