package delivery

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/wire"
	"lotrinh/reports"
)

// rowOf is the delivery to an outlet of the newest run.
func (h *house) rowOf(o Outlet) Row {
	h.t.Helper()
	var r Row
	if err := h.db.Read().NewSelect().Model(&r).Where("rd.recipient = ?", o.key()).Order("rd.id DESC").Limit(1).Scan(h.t.Context()); err != nil {
		h.t.Fatal(o.Name, err)
	}
	return r
}

func (h *house) outlet(kind Channel, f OutletForm) (Outlet, string) {
	h.t.Helper()
	o, secret, err := h.AddOutlet(h.t.Context(), h.who("admin"), kind, f)
	if err != nil {
		h.t.Fatal(err, fault.Of(err).Fields)
	}
	return o, secret
}

// attempts are those at an outlet, the newest first.
func (h *house) attempts(o Outlet) []Attempt {
	h.t.Helper()
	p, err := h.Attempts(h.t.Context(), h.who("admin"), o.ID, page.Request{Limit: 50})
	if err != nil {
		h.t.Fatal(err)
	}
	return p.Items
}

// listing are the files below a folder with their SHA-256.
func listing(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path) //nolint:gosec // a folder of the test
		sum := sha256.Sum256(raw)
		all[strings.TrimPrefix(path, dir+"/")] = hex.EncodeToString(sum[:])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAFrozenReportIsDroppedIntoItsFolderOnce(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		if err := os.MkdirAll(filepath.Join(h.Root, "kho", "tuần"), 0o750); err != nil {
			t.Fatal(err)
		}
		city_, _ := h.outlet(Folder, OutletForm{Name: "Kho số liệu", Definition: reports.Weekly, Cut: city, Folder: "kho/tuần", Forms: []string{"pdf", "xlsx", "json"}})
		every, _ := h.outlet(Folder, OutletForm{Name: "Mọi báo cáo", Pattern: "bc {report} {unit} {until} lần {edition}", Forms: []string{"pdf"}})
		for _, cut := range []string{city, giaLam} {
			h.weekly(cut)
		}
		h.clocks(hanoi(2016, 11, 14, 7, 30))
		h.made(2)
		h.sent(3 + 3) // three mails, three parcels
		want := []string{"bc weekly-progress 01 2016-11-13 lần 1.pdf", "bc weekly-progress 018 2016-11-13 lần 1.pdf", "kho/tuần/weekly-progress_KH198_01_2016-11-13_v1.json", "kho/tuần/weekly-progress_KH198_01_2016-11-13_v1.pdf",
			"kho/tuần/weekly-progress_KH198_01_2016-11-13_v1.xlsx"}
		got := listing(t, h.Root)
		var names []string
		for name := range got {
			names = append(names, name)
		}
		slices.Sort(names)
		if !slices.Equal(names, want) {
			t.Fatalf("in the folder: %q", names)
		}
		made, err := h.Reports.FilesOf(t.Context(), system, h.rowOf(city_).Run, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range made {
			if name := "kho/tuần/weekly-progress_KH198_01_2016-11-13_v1." + f.Form; got[name] != "" && got[name] != f.Hash {
				t.Errorf("%s is not the frozen file", name)
			}
		}
		if r := h.rowOf(city_); r.State != Sent || r.Address != "kho/tuần" || !strings.Contains(r.Answer, ".xlsx") {
			t.Errorf("%+v", r)
		}
		if n := h.one("SELECT count(*) FROM report_run WHERE state <> 'sent'"); n != "0" {
			t.Errorf("%s runs are not sent", n)
		}
		if _, err := h.Resend(t.Context(), h.who("planner"), h.rowOf(every).ID); err != nil { // lies there already
			t.Fatal(err)
		}
		h.sent(1)
		if n := len(listing(t, h.Root)); n != 5 || len(h.attempts(every)) != 3 {
			t.Errorf("%d files, %d attempts", n, len(h.attempts(every)))
		}
	})
}

func TestAFolderThatIsNotThereIsSaidAndFilledLater(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		outside := t.TempDir()
		if err := os.Symlink(outside, filepath.Join(h.Root, "lối-ra")); err != nil {
			t.Fatal(err)
		}
		later, _ := h.outlet(Folder, OutletForm{Name: "Gắn sau", Folder: "ổ-mạng", Forms: []string{"pdf"}})
		leads, _ := h.outlet(Folder, OutletForm{Name: "Dẫn ra ngoài", Folder: "lối-ra", Forms: []string{"pdf"}})
		occupied, _ := h.outlet(Folder, OutletForm{Name: "Đã có tệp", Pattern: "x{run}{edition}", Forms: []string{"pdf"}})
		h.weekly(city)
		h.clocks(hanoi(2016, 11, 14, 7, 30))
		h.made(1)
		name := "x" + string(h.rowOf(occupied).Run) + "1.pdf"
		if err := os.WriteFile(filepath.Join(h.Root, name), []byte("của người khác"), 0o600); err != nil {
			t.Fatal(err)
		}
		h.sent(2) // the mails
		if r := h.rowOf(later); r.State != Waiting || r.Problem != "delivery.problem.folder_missing" {
			t.Errorf("not mounted: %s %s", r.State, r.Problem)
		}
		if r := h.rowOf(leads); r.State != Waiting || r.Problem != "delivery.problem.folder_broken" {
			t.Errorf("leads out: %s %s", r.State, r.Problem)
		}
		if r := h.rowOf(occupied); r.State != Failed || r.Problem != "delivery.problem.folder_taken" {
			t.Errorf("the name is taken: %s %s", r.State, r.Problem)
		}
		if a, err := h.Try(t.Context(), h.who("admin"), Folder, later.ID); err != nil || a.Good || a.Problem != "delivery.problem.folder_missing" {
			t.Errorf("a trial: %+v %v", a, err)
		}
		if err := os.Mkdir(filepath.Join(h.Root, "ổ-mạng"), 0o750); err != nil {
			t.Fatal(err)
		}
		if a, err := h.Try(t.Context(), h.who("admin"), Folder, later.ID); err != nil || !a.Good {
			t.Errorf("a trial: %+v %v", a, err)
		}
		h.clocks(h.machine.Now().Add(time.Minute))
		h.sent(1)
		if left := listing(t, outside); len(left) != 0 {
			t.Errorf("files outside of the root: %v", left)
		}
		there := listing(t, h.Root)
		if len(there) != 2 || there["ổ-mạng/weekly-progress_KH198_01_2016-11-13_v1.pdf"] == "" {
			t.Errorf("%v", there)
		}
		h.Root = ""
		if a, err := h.Try(t.Context(), h.who("admin"), Folder, later.ID); err != nil || a.Problem != "delivery.problem.folder_none" {
			t.Errorf("without a root: %+v %v", a, err)
		}
		for cause, want := range map[error]string{syscall.ENOSPC: "full", syscall.EDQUOT: "full", syscall.EACCES: "closed", syscall.EROFS: "closed", syscall.ESTALE: "broken"} {
			if got := h.folderTrouble(&fs.PathError{Op: "write", Path: "x", Err: cause}); got.problem != "delivery.problem.folder_"+want || got.lasting {
				t.Errorf("%v: %+v", cause, got)
			}
		}
	})
}

// warehouse is another system that is told of reports.
type warehouse struct {
	mu    sync.Mutex
	says  func(w http.ResponseWriter)
	heads []http.Header
	said  [][]byte
}

func (w *warehouse) ServeHTTP(res http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body) //nolint:errcheck // a broken body fails its signature
	w.mu.Lock()
	defer w.mu.Unlock()
	w.heads, w.said = append(w.heads, req.Header.Clone()), append(w.said, body)
	if w.says != nil {
		w.says(res)
	}
}

func (w *warehouse) status(code int, pairs ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.says = func(res http.ResponseWriter) {
		for i := 0; i+1 < len(pairs); i += 2 {
			res.Header().Set(pairs[i], pairs[i+1])
		}
		res.WriteHeader(code)
		_, _ = io.WriteString(res, "nhận  rồi\n") // whoever asked may have left
	}
}

// last is the newest event, its signature checked against a secret.
func (w *warehouse) last(t *testing.T, now time.Time, secret string) (wire.Event, bool) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	head, body := w.heads[len(w.heads)-1], w.said[len(w.said)-1]
	key, err := wire.ReadSecret(secret)
	if err != nil {
		t.Fatal(err)
	}
	e, err := wire.Read(body)
	if err != nil || head.Get("Content-Type") != wire.MediaType {
		t.Fatal(err, string(body))
	}
	return e, wire.Verify(wire.Signed{ID: head.Get(wire.HeaderID), Timestamp: head.Get(wire.HeaderTimestamp), Signature: head.Get(wire.HeaderSignature)}, now, body, key) == nil
}

func TestAWebhookIsToldSignedAndUntilItIsTaken(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		other := &warehouse{}
		server := httptest.NewServer(other)
		defer server.Close()
		o, secret := h.outlet(Webhook, OutletForm{Name: "Kho dữ liệu", Cut: city, Address: server.URL + "/bao-cao?khoa=1"})
		if again := h.one("SELECT secret FROM report_outlet"); strings.Contains(again, secret) || strings.Contains(again, "whsec") {
			t.Fatal("the secret lies open in the store")
		}
		other.status(503, "Retry-After", "120")
		h.weekly(city)
		h.weekly(baVi)
		h.clocks(hanoi(2016, 11, 14, 7, 30))
		h.made(2)
		h.sent(3)
		r := h.rowOf(o)
		if r.State != Waiting || r.Problem != "delivery.problem.hook_refused" || r.Answer != "503 nhận rồi" || !r.NextAt.Equal(h.machine.Now().Add(2*time.Minute)) {
			t.Fatalf("%+v", r)
		}
		other.status(202)
		h.clocks(h.machine.Now().Add(2 * time.Minute))
		h.sent(1)
		e, signed := other.last(t, h.machine.Now(), secret)
		var said Told
		if err := json.Unmarshal(e.Data, &said); err != nil || !signed {
			t.Fatal(err, signed)
		}
		if len(other.said) != 2 || e.Type != finishedType || e.ID != r.MessageID || e.Source != "https://lotrinh.example/reports" || said.Unit != city || said.Figures.Official != 33 || said.Figures.Units != 53 ||
			said.Until != "2016-11-13" || said.Link != "https://lotrinh.example/reports/runs/"+string(r.Run) || len(said.Files) < 5 {
			t.Errorf("%d events, the last %+v\n%+v", len(other.said), e, said)
		}
		if first, _ := wire.Read(other.said[0]); first.ID != e.ID {
			t.Error("the second attempt has another ID")
		}
		if r := h.rowOf(o); r.State != Sent || r.Address != o.Address || r.Problem != "" {
			t.Errorf("%+v", r)
		}
		all := h.attempts(o)
		if len(all) != 2 || !all[0].Good || all[0].Status != 202 || all[1].Good || all[1].Status != 503 {
			t.Errorf("%+v", all)
		}
		h.clocks(h.machine.Now().Add(keepAttempts + time.Hour))
		if err := h.Forget(t.Context()); err != nil || len(h.attempts(o)) != 0 {
			t.Errorf("%v, %d attempts are remembered", err, len(h.attempts(o)))
		}
	})
}

func TestSecretsRotateAndAWebhookThatIsGoneIsClosed(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		ctx, admin, other := t.Context(), h.who("admin"), &warehouse{}
		server := httptest.NewServer(other)
		defer server.Close()
		o, first := h.outlet(Webhook, OutletForm{Name: "Kho dữ liệu", Address: server.URL})
		good := func(secret string, want bool) {
			t.Helper()
			if a, err := h.Try(ctx, admin, Webhook, o.ID); err != nil || !a.Good {
				t.Fatal(a, err)
			}
			if e, signed := other.last(t, h.machine.Now(), secret); signed != want || e.Type != trialType {
				t.Errorf("signed with it: %v, %s", signed, e.Type)
			}
		}
		good(first, true)
		second, err := h.Rotate(ctx, admin, o.ID, o.Version, false)
		if err != nil || second == first {
			t.Fatal(err)
		}
		good(first, true)
		good(second, true)
		if _, err := h.Rotate(ctx, admin, o.ID, o.Version, false); !fault.Is(err, fault.Conflict) {
			t.Errorf("an old page rotates: %v", err)
		}
		h.clocks(h.machine.Now().Add(bothSecrets + time.Second))
		good(first, false)
		third, err := h.Rotate(ctx, admin, o.ID, o.Version+1, true)
		if err != nil {
			t.Fatal(err)
		}
		good(second, false)
		good(third, true)
		other.status(410)
		h.weekly(city)
		h.weekly(baVi)
		h.clocks(hanoi(2016, 11, 21, 7, 30))
		h.made(2)
		h.sent(3)
		if n := h.one("SELECT count(*) FROM report_delivery WHERE channel = 'webhook' AND state = 'failed'") + h.one("SELECT count(*) FROM report_delivery WHERE channel = 'webhook' AND state = 'dropped'"); n != "11" {
			t.Errorf("failed and dropped: %s", n)
		}
		if now, err := h.OutletOf(ctx, admin, Webhook, o.ID); err != nil || now.Enabled {
			t.Errorf("still open: %+v %v", now, err)
		}
	})
}

func TestAWebhookReachesNoAddressThatIsShut(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		ctx, admin, other := t.Context(), h.who("admin"), &warehouse{}
		server := httptest.NewServer(other)
		defer server.Close()
		inner, _ := h.outlet(Webhook, OutletForm{Name: "Trong nhà", Address: strings.Replace(server.URL, "127.0.0.1", "localhost", 1)})
		moved, _ := h.outlet(Webhook, OutletForm{Name: "Chuyển hướng", Address: server.URL})
		other.status(302, "Location", "http://127.0.0.1:1/")
		if a, err := h.Try(ctx, admin, Webhook, moved.ID); err != nil || a.Good || a.Status != 302 || len(other.said) != 1 {
			t.Errorf("a redirect: %+v %v", a, err)
		}
		h.Guard.Allowed = nil
		if a, err := h.Try(ctx, admin, Webhook, inner.ID); err != nil || a.Problem != "delivery.problem.hook_private" || len(other.said) != 1 {
			t.Errorf("a name of this machine: %+v %v", a, err)
		}
		server.Close()
		h.Guard.Allowed = inHouse
		if a, err := h.Try(ctx, admin, Webhook, moved.ID); err != nil || a.Problem != "delivery.problem.hook_unreachable" || a.Answer == "" {
			t.Errorf("nobody there: %+v %v", a, err)
		}
	})
}
