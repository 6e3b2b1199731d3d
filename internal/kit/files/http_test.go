package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/testkit"
)

type always struct{}

func (always) BySession(context.Context, string) (access.Actor, error) { return officer, nil }
func (always) ByBearer(context.Context, string) (access.Actor, error)  { return officer, nil }

func call(t *testing.T, s *httpx.Server, method, path, typ string, body io.Reader) (*http.Response, []byte) {
	t.Helper()
	r := httptest.NewRequest(method, path, body)
	r.Header.Set("Authorization", "Bearer x")
	r.Header.Set("Cookie", "lotrinh_session=x")
	r.Header.Set("Content-Type", typ)
	res, err := s.App().Test(r, -1)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, raw
}

func TestAFileTravelsByTheAPIAndIsHandedOverSafely(t *testing.T) {
	d := testkit.SQLite(t)
	store, _, _ := store(t, d)
	words, err := i18n.Load(fstest.MapFS{"locale/vi.json": {Data: []byte(`{"a":"b"}`)}, "locale/en.json": {Data: []byte(`{"a":"b"}`)}})
	if err != nil {
		t.Fatal(err)
	}
	s := httpx.New(httpx.Config{Identity: always{}, Catalog: words, DB: d, Clock: clock.System{}})
	store.Routes(s.Router)
	var got []Blob
	s.Page("POST", "/form", func(c *httpx.Ctx) error {
		got, err = store.FromForm(c, "papers", Sheet, 2)
		if err != nil {
			return err
		}
		return c.SendString(fmt.Sprint(len(got)))
	}, httpx.Body(FormBody))
	var kept File
	s.Page("GET", "/file", func(c *httpx.Ctx) error { return store.Send(c, kept) })

	body := []byte(strings.Repeat("mã;tên\n", 50_000))
	sum := sha256.Sum256(body)
	begin := fmt.Sprintf(`{"kind":"sheet","name":"bảng.csv","size":%d,"sha256":%q}`, len(body), hex.EncodeToString(sum[:]))
	res, raw := call(t, s, "POST", "/api/v1/uploads", "application/json", strings.NewReader(begin))
	var out UploadOut
	if err := json.Unmarshal(raw, &out); err != nil || res.StatusCode != 201 || out.Parts != 2 || len(out.Missing) != 2 {
		t.Fatalf("begin: %d %s %v", res.StatusCode, raw, err)
	}
	at := res.Header.Get("Location")
	for n := range out.Parts {
		part := body[n*Chunk : min(int64(len(body)), (n+1)*Chunk)]
		if res, raw := call(t, s, "PUT", fmt.Sprintf("%s/parts/%d", at, n), "application/octet-stream", bytes.NewReader(part)); res.StatusCode != 200 {
			t.Fatalf("part %d: %d %s", n, res.StatusCode, raw)
		}
	}
	if res, raw := call(t, s, "POST", at+"/finish", "", nil); res.StatusCode != 200 || !strings.Contains(string(raw), `"done":true`) {
		t.Fatalf("finish: %d %s", res.StatusCode, raw)
	}
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	if err := w.WriteField("papers_upload", string(out.ID)); err != nil {
		t.Fatal(err)
	}
	plain, err := w.CreateFormFile("papers", "nhỏ.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := plain.Write([]byte("a,b\n<script>,2\n")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if res, raw := call(t, s, "POST", "/form", w.FormDataContentType(), &form); res.StatusCode != 200 || string(raw) != "2" || got[0].Size != int64(len(body)) {
		t.Fatalf("form: %d %s", res.StatusCode, raw)
	}
	kept = attach(t, d, store, got[1])
	res, raw = call(t, s, "GET", "/file", "", nil)
	if string(raw) != "a,b\n<script>,2\n" || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") ||
		!strings.HasPrefix(res.Header.Get("Content-Type"), "text/csv") || !strings.HasPrefix(res.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%q %v", raw, res.Header)
	}
}
