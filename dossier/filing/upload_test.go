package filing

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"strings"
	"testing"

	"lotrinh/dossier"
	"lotrinh/dossier/form"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/testkit"
)

// pdf is a content of a size that is known for a PDF; salt makes it another one.
func pdf(size int, salt ...byte) []byte {
	out := append([]byte("%PDF-1.4\n"), salt...)
	return append(out, bytes.Repeat([]byte("x"), size-len(out))...)
}

func multipartOf(t testing.TB, name string, content []byte) (kind, body string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	f, err := w.CreateFormFile("files", name)
	must(t, err)
	_, err = f.Write(content)
	must(t, err)
	must(t, w.Close())
	return w.FormDataContentType(), b.String()
}

// upload begins an upload as the script does and gives what stands.
func (r *room) upload(home, key string, content []byte) stands {
	r.t.Helper()
	sum := sha256.Sum256(content)
	status, _, body := r.raw("POST", home+"/tai", "application/json", fmt.Sprintf(`{"key":%q,"name":"ảnh.pdf","size":%d,"sha256":%q}`, key, len(content), hex.EncodeToString(sum[:])))
	var out stands
	if err := json.Unmarshal([]byte(body), &out); err != nil || status != 200 {
		r.t.Fatalf("begin: %d %s", status, body)
	}
	return out
}

func (r *room) part(home string, u stands, n int64, content []byte) int {
	r.t.Helper()
	status, _, _ := r.raw("PUT", fmt.Sprintf("%s/tai/%s/%d", home, u.ID, n), "application/octet-stream", string(content[n*u.Chunk:min(int64(len(content)), (n+1)*u.Chunk)]))
	return status
}

func TestAPictureGoesOnAfterADropAndIsThereOnce(t *testing.T) {
	r := open(t, testkit.SQLite(t))
	home := r.filled()
	content := pdf(3*files.Chunk + 1000)
	u := r.upload(home, "birth_proof", content)
	if u.Chunk != files.Chunk || u.Parts != 4 || len(u.Missing) != 4 {
		t.Fatalf("%+v", u)
	}
	r.part(home, u, 0, content)
	r.part(home, u, 2, content)
	// The line drops; the page begins anew and is told what is missing.
	again := r.upload(home, "birth_proof", content)
	if again.ID != u.ID || fmt.Sprint(again.Missing) != "[1 3]" {
		t.Fatalf("after the drop: %+v", again)
	}
	for _, n := range again.Missing {
		for range 2 { // its answer was lost: the part comes twice
			if got := r.part(home, u, n, content); got != 200 {
				t.Fatalf("part %d: %d", n, got)
			}
		}
	}
	for range 2 {
		r.raw("POST", home+"/tai/"+string(u.ID), "application/json", `{"key":"birth_proof"}`)
	}
	if last := r.upload(home, "birth_proof", content); !last.Done {
		t.Errorf("a third time: %+v", last)
	}
	if n := r.count("SELECT COUNT(*) FROM filing_document"); n != 1 {
		t.Errorf("%d papers, want one", n)
	}
	r.sees(home+"/giay-birth_proof", "ảnh.pdf", "769,0 KB")
	for key, want := range map[string]int{"identity": 422, "unknown": 422} {
		if status, _, body := r.raw("POST", home+"/tai", "application/json", `{"key":"`+key+`","name":"a","size":1,"sha256":"`+strings.Repeat("0", 64)+`"}`); status != want || !strings.Contains(body, "refused") {
			t.Errorf("%s: %d %s", key, status, body)
		}
	}
	// Another draft's address opens neither the upload nor the paper.
	var file string
	must(t, r.DB.Read().NewRaw("SELECT file FROM filing_document").Scan(t.Context(), &file))
	other := r.draft()
	if status, _, _ := r.ask("GET", other+"/tep/"+file); status != 404 {
		t.Errorf("another's paper: %d", status)
	}
	r.sees(home + "/tep/" + file)
	r.goes(home+"/giay-birth_proof", "/giay-birth_proof", "do", "remove", "file", file)
	if n := r.count("SELECT COUNT(*) FROM file"); n != 0 {
		t.Errorf("%d files after the only one was taken away", n)
	}
}

func TestWhatIsNoPaperIsRefusedInWords(t *testing.T) {
	r := open(t, testkit.SQLite(t))
	home := r.filled()
	for _, content := range []string{"<script>alert(1)</script>", "PK\x03\x04 something"} {
		kind, body := multipartOf(t, "giay.pdf", []byte(content))
		status, _, answer := r.raw("POST", home+"/giay-birth_proof", kind, body)
		if status != 422 || !strings.Contains(answer, "lt-errors") || !strings.Contains(answer, `href="#f-files"`) {
			t.Errorf("%q: %d\n%s", content, status, brief(answer))
		}
	}
	for i := range MostFiles {
		kind, body := multipartOf(t, fmt.Sprint(i, ".pdf"), pdf(2000, byte('a'+i)))
		if status, _, answer := r.raw("POST", home+"/giay-birth_proof", kind, body); status != 303 {
			t.Fatalf("%d: %d\n%s", i, status, brief(answer))
		}
	}
	kind, body := multipartOf(t, "x.pdf", pdf(2000, 'z'))
	if status, _, answer := r.raw("POST", home+"/giay-birth_proof", kind, body); status != 422 || !strings.Contains(answer, "nhiều nhất 10") {
		t.Errorf("one more than fits: %d", status)
	}
}

// watched are contents that count how many bytes are asked for at once.
type watched struct {
	files.Blobs
	most, sum int
}

func (w *watched) Put(ctx context.Context, from io.Reader, limit int64) (string, int64, error) {
	return w.Blobs.Put(ctx, reading{from, w}, limit)
}

type reading struct {
	from io.Reader
	w    *watched
}

func (r reading) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	r.w.most, r.w.sum = max(r.w.most, n), r.w.sum+n
	return n, err
}

func TestDocumentsOfTwoMegabytesAreNeverWholeInMemory(t *testing.T) {
	r := open(t, testkit.SQLite(t))
	blobs, err := files.Folder(t.TempDir())
	must(t, err)
	w := &watched{Blobs: blobs}
	r.Files = files.New(r.DB, r.at, w)
	home := r.filled()
	const size = 2 << 20
	for i := range byte(4) {
		content := pdf(size, 'a'+i)
		u := r.upload(home, "birth_proof", content)
		for _, n := range u.Missing {
			r.part(home, u, n, content)
		}
		if status, _, body := r.raw("POST", home+"/tai/"+string(u.ID), "application/json", `{"key":"birth_proof"}`); status != 200 {
			t.Fatalf("%d %s", status, body)
		}
	}
	// Each byte passes twice, as a part and into the whole, never more than a part at once.
	if w.most > files.Chunk || w.sum != 4*2*size {
		t.Errorf("at most %d bytes at once, %d in all; want at most %d and %d", w.most, w.sum, files.Chunk, 4*2*size)
	}
}

// delivery is something that a telephone sends, perhaps late, perhaps again.
type delivery struct {
	what  string
	stamp int64
	in    form.Answers
	salt  byte
}

// schedules is how many orders are tried.
const schedules = 24

// TestAnyOrderOfRepeatedSavesAndSubmitsMakesOneDossier lets a telephone type, send
// pictures and press the button over a line that delays, repeats and reorders, and
// compares with what a person would expect: one dossier, the newest answers that had
// arrived when it was sent, each picture once.
func TestAnyOrderOfRepeatedSavesAndSubmitsMakesOneDossier(t *testing.T) {
	d := testkit.SQLite(t)
	r := open(t, d)
	for seed := range uint64(schedules) {
		rnd := rand.New(rand.NewPCG(seed, 11))
		one, err := r.Service.begin(t.Context(), Start{Procedure: birth, Unit: "00556", Channel: dossier.Online, Address: fmt.Sprint(seed)})
		must(t, err)
		now := r.at.Now()
		one, err = r.keep(t.Context(), one.ID, func(_ context.Context, _ *db.Tx, d *Draft) error {
			d.Number, d.VerifiedAt = "0912345678", &now
			return nil
		})
		must(t, err)
		sent := schedule(rnd)
		model, stamps, pictures := form.Answers{}, map[string]int64{}, map[byte]bool{}
		over := false
		for _, x := range sent {
			switch x.what {
			case "save":
				_, _, err := r.Save(t.Context(), one, x.in, x.stamp)
				must(t, err)
				for k, v := range x.in {
					if !over && x.stamp > stamps[k] {
						stamps[k], model[k] = x.stamp, v
					}
				}
			case "picture":
				b, err := r.Files.Receive(t.Context(), files.Document, "a.pdf", bytes.NewReader(pdf(500, byte(seed), x.salt)))
				must(t, err)
				if _, err := r.Put(t.Context(), one, "birth_proof", []files.Blob{b}); err != nil && !(over && fault.Is(err, fault.Conflict)) {
					t.Fatalf("seed %d: %v", seed, err)
				}
				if !over {
					pictures[x.salt] = true
				}
			case "submit":
				got, err := r.Send(t.Context(), access.Actor{}, one, Sending{Sure: true, Lang: i18n.VI})
				if err != nil && !fault.Is(err, fault.Conflict) && !(len(pictures) == 0 && fault.HasKey(err, "fault.invalid")) {
					t.Fatalf("seed %d: %v", seed, err)
				}
				over = over || err == nil && got.Sent()
			}
		}
		if !over {
			continue // the answers were never whole: nothing may have been filed
		}
		r.same(seed, one, model, len(pictures))
	}
	if n := r.count("SELECT COUNT(*) FROM dossier"); n < schedules/3 {
		t.Errorf("only %d of %d schedules filed a dossier: they prove little", n, schedules)
	}
}

// same compares what was filed of a draft with what a person expects.
func (r *room) same(seed uint64, one Draft, want form.Answers, pictures int) {
	r.t.Helper()
	var all []dossier.Dossier
	must(r.t, r.DB.Read().NewSelect().Model(&all).Where("d.submission = ?", "draft:"+string(one.ID)).Scan(r.t.Context()))
	if len(all) != 1 {
		r.t.Fatalf("seed %d: %d dossiers", seed, len(all))
	}
	raw, err := r.Dossiers.AnswersOf(r.t.Context(), r.DB.Read(), all[0].ID)
	must(r.t, err)
	got, err := readAnswers(raw)
	must(r.t, err)
	for k, v := range want {
		if got[k] != v {
			r.t.Errorf("seed %d: %s is %q, want %q", seed, k, got[k], v)
		}
	}
	if n := r.count("SELECT COUNT(*) FROM file WHERE area = 'dossier' AND subject = ?", dossier.PaperOwner(all[0], "birth_proof").Subject); n != pictures {
		r.t.Errorf("seed %d: %d pictures, want %d", seed, n, pictures)
	}
}

// schedule is what a telephone sends in some order, some of it several times.
func schedule(rnd *rand.Rand) []delivery {
	names := []string{"Trần Gia Bảo", "Trần Gia Bao", "Trần Bảo Gia", "Trần An"}
	var all []delivery
	stamp := int64(0)
	for range 3 + rnd.IntN(5) {
		stamp++
		all = append(all, delivery{what: "save", stamp: stamp, in: form.Answers{"name": names[rnd.IntN(4)], "born": fmt.Sprintf("2016-11-0%d", 1+rnd.IntN(8))}})
		stamp++
		all = append(all, delivery{what: "save", stamp: stamp, in: form.Answers{"applicant": "Lê Thị Mai", "relation": []string{"mother", "father"}[rnd.IntN(2)]}})
	}
	for i := range byte(rnd.IntN(3)) {
		all = append(all, delivery{what: "picture", salt: 'a' + i})
	}
	for range 1 + rnd.IntN(3) {
		all = append(all, delivery{what: "submit"})
	}
	for range rnd.IntN(8) {
		all = append(all, all[rnd.IntN(len(all))])
	}
	rnd.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return append(all, delivery{what: "submit"}, delivery{what: "submit"})
}

func TestWordsThatComeLateUndoNothing(t *testing.T) {
	d := Draft{}
	d.merge(form.Answers{"name": "Trần An"}, 5)
	if late := d.merge(form.Answers{"name": "Trần", "born": "2016-11-02"}, 3); fmt.Sprint(late) != "[name]" || d.Answers["name"] != "Trần An" || d.Answers["born"] != "2016-11-02" {
		t.Errorf("%v %v", late, d.Answers)
	}
	if late := d.merge(form.Answers{"name": "Trần An"}, 5); len(late) != 0 {
		t.Errorf("the same again is late: %v", late)
	}
	d.merge(form.Answers{"name": "Trần Bình"}, 0)
	if d.Answers["name"] != "Trần Bình" || d.Stamp != 6 {
		t.Errorf("a page without script is the newest: %+v", d)
	}
	for _, stamp := range []int64{-1, 1 << 50} {
		if err := checkStamp(stamp); !fault.Is(err, fault.Invalid) {
			t.Errorf("stamp %d: %v", stamp, err)
		}
	}
}
