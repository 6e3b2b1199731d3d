package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/testkit"
)

var officer = access.Actor{ID: "0191f2a0-0000-7000-8000-000000000001", Name: "Cán bộ"}

func store(t *testing.T, d *db.DB) (*Store, *clock.Fake, string) {
	t.Helper()
	dir := t.TempDir()
	b, err := Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	at := clock.At(time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC))
	return New(d, at, b), at, dir
}

func photo(t *testing.T, w, h int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for x := range w {
		for y := range h {
			img.Set(x, y, color.RGBA{uint8(x), uint8(y), 90, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func attach(t *testing.T, d *db.DB, s *Store, b Blob) File {
	t.Helper()
	var f File
	err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		var err error
		f, err = Attach(ctx, tx, s.clock.Now(), officer, b, Owner{Area: "inventory", Subject: "gap-1", Unit: "00526"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func read(t *testing.T, o Object, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestAPhotoIsKeptUprightAndSmallWithoutItsPlace(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		s, _, _ := store(t, d)
		// An EXIF block that says "turned a quarter" and carries a text.
		exif := append([]byte("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"), "GPS 21.0285"...)
		raw := photo(t, 2600, 1300)
		sent := append([]byte{0xFF, 0xD8, 0xFF, 0xE1, byte((len(exif) + 2) >> 8), byte(len(exif) + 2)}, append(exif, raw[2:]...)...)
		b, err := s.Receive(t.Context(), Photo, "C:\\ảnh\\máy quét.jpg", bytes.NewReader(sent))
		if err != nil {
			t.Fatal(err)
		}
		f := attach(t, d, s, b)
		o, err := s.Open(f)
		kept := read(t, o, err)
		if bytes.Contains(kept, []byte("GPS")) {
			t.Error("the stored photo still carries what the camera wrote")
		}
		size, _, err := image.DecodeConfig(bytes.NewReader(kept))
		if err != nil || size.Width != 1024 || size.Height != 2048 {
			t.Errorf("stored %dx%d, %v; want 1024x2048", size.Width, size.Height, err)
		}
		o, err = s.OpenThumb(f)
		small, _, err := image.DecodeConfig(bytes.NewReader(read(t, o, err)))
		if err != nil || small.Height != 320 {
			t.Errorf("thumbnail %dx%d, %v", small.Width, small.Height, err)
		}
		if f.Name != "máy quét.jpg" || f.Type != JPEG || f.Size != int64(len(kept)) {
			t.Errorf("row %+v", f)
		}
		of, err := s.Of(t.Context(), "inventory", "gap-1", "gap-2")
		if err != nil || len(of["gap-1"]) != 1 || len(of["gap-2"]) != 0 {
			t.Errorf("files of things: %v, %v", of, err)
		}
		if _, err := s.Get(t.Context(), "helpdesk", f.ID); !fault.Is(err, fault.Missing) {
			t.Errorf("another area's file: %v, want Missing", err)
		}
	})
}

func TestContentDecidesWhatIsTaken(t *testing.T) {
	d := testkit.SQLite(t)
	s, _, _ := store(t, d)
	book := excelize.NewFile()
	var xlsx bytes.Buffer
	if err := book.Write(&xlsx); err != nil {
		t.Fatal(err)
	}
	var bomb bytes.Buffer
	if err := png.Encode(&bomb, image.NewPaletted(image.Rect(0, 0, 6000, 6000), color.Palette{color.White})); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		kind Kind
		body []byte
		key  string // empty: taken
		typ  string
	}{
		{"a picture", Photo, photo(t, 40, 30), "", JPEG},
		{"a page that says it is a picture", Photo, []byte("<html><script>alert(1)</script></html>"), "files.type_refused.photo", ""},
		{"a workbook", Sheet, xlsx.Bytes(), "", XLSX},
		{"a workbook as a paper", Document, xlsx.Bytes(), "files.type_refused.document", ""},
		{"a table", Sheet, []byte("mã;tên\n1;Đặng Xá\n"), "", CSV},
		{"a UTF-16 table", Sheet, []byte{0xFF, 0xFE, 'm', 0, ';', 0, 't', 0}, "", CSV},
		{"a paper", Document, []byte("%PDF-1.4\n%âã\n1 0 obj\n"), "", PDF},
		{"a picture of an iPhone", Photo, []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), "files.heic", ""},
		{"a bomb", Photo, bomb.Bytes(), "files.picture_pixels", ""},
		{"half a picture", Photo, photo(t, 400, 300)[:700], "files.picture_broken", ""},
		{"nothing", Photo, nil, "files.empty", ""},
		{"too much", Kind{Name: "sheet", Types: []string{CSV}, Max: 3}, []byte("abcd"), "files.too_large", ""},
	} {
		b, err := s.Receive(t.Context(), tc.kind, tc.name, bytes.NewReader(tc.body))
		if tc.key != "" && !fault.HasKey(err, tc.key) || tc.key == "" && err != nil {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.key)
		}
		if tc.key == "" && b.Type != tc.typ {
			t.Errorf("%s: type %q", tc.name, b.Type)
		}
	}
}

func TestAnUploadGoesOnAfterABrokenLine(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		s, _, _ := store(t, d)
		body := []byte(strings.Repeat("mã;tên;ghi chú\n", 40_000))
		sum := sha256.Sum256(body)
		hash := hex.EncodeToString(sum[:])
		u, err := s.Begin(t.Context(), officer, Sheet, "thiết bị.csv", int64(len(body)), hash)
		if err != nil {
			t.Fatal(err)
		}
		put := func(n int64) error {
			return s.Put(t.Context(), officer, u.ID, n, body[n*Chunk:min(int64(len(body)), (n+1)*Chunk)], "")
		}
		for _, n := range []int64{2, 0, 0} {
			if err := put(n); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Finish(t.Context(), officer, u.ID); !fault.HasKey(err, "files.parts_missing") {
			t.Errorf("finished early: %v", err)
		}
		again, err := s.Begin(t.Context(), officer, Sheet, "thiết bị.csv", int64(len(body)), hash)
		if err != nil || again.ID != u.ID {
			t.Errorf("begun again: %s, %v; want %s", again.ID, err, u.ID)
		}
		_, missing, err := s.Upload(t.Context(), officer, u.ID)
		if err != nil || len(missing) != 1 || missing[0] != 1 {
			t.Fatalf("missing %v, %v; want part 1", missing, err)
		}
		if err := s.Put(t.Context(), officer, u.ID, 1, body[:10], ""); !fault.HasKey(err, "files.part_size") {
			t.Errorf("a short part: %v", err)
		}
		if err := s.Put(t.Context(), officer, u.ID, 1, body[Chunk:2*Chunk], strings.Repeat("0", 64)); !fault.HasKey(err, "files.part_broken") {
			t.Errorf("a damaged part: %v", err)
		}
		stranger := access.Actor{ID: "0191f2a0-0000-7000-8000-000000000002"}
		if err := s.Put(t.Context(), stranger, u.ID, 1, body[Chunk:2*Chunk], ""); !fault.Is(err, fault.Missing) {
			t.Errorf("somebody else's upload: %v", err)
		}
		if err := put(1); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := s.Finish(t.Context(), officer, u.ID); err != nil {
				t.Fatal(err)
			}
		}
		b, err := s.Uploaded(t.Context(), officer, Sheet, u.ID)
		if err != nil {
			t.Fatal(err)
		}
		f := attach(t, d, s, b)
		o, err := s.Open(f)
		if !bytes.Equal(read(t, o, err), body) {
			t.Error("what is stored is not what was sent")
		}
		if _, err := s.Uploaded(t.Context(), officer, Sheet, u.ID); !fault.Is(err, fault.Missing) {
			t.Errorf("an attached upload is still there: %v", err)
		}
	})
}

func TestSweepTakesOnlyWhatNobodyNames(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		s, at, dir := store(t, d)
		kept, err := s.Receive(t.Context(), Photo, "a.jpg", bytes.NewReader(photo(t, 50, 50)))
		if err != nil {
			t.Fatal(err)
		}
		f := attach(t, d, s, kept)
		if _, err := s.Receive(t.Context(), Sheet, "b.csv", strings.NewReader("a,b\n1,2\n")); err != nil {
			t.Fatal(err)
		}
		// The moments of the files are the machine's; put them where the test's clock is.
		age := func() {
			err := s.blobs.Each(t.Context(), func(hash string, _ int64, _ time.Time) error {
				return os.Chtimes(filepath.Join(dir, hash[:2], hash[2:4], hash), at.Now(), at.Now())
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		age()
		if n, err := s.Sweep(t.Context()); err != nil || n != 0 {
			t.Fatalf("fresh contents swept: %d, %v", n, err)
		}
		at.Move(49 * time.Hour)
		// The orphans: the table and the camera's own form of the picture.
		if n, err := s.Sweep(t.Context()); err != nil || n != 2 {
			t.Fatalf("swept %d, %v; want 2", n, err)
		}
		if _, err := s.Open(f); err != nil {
			t.Errorf("an attached file is gone: %v", err)
		}
		if _, err := s.OpenThumb(f); err != nil {
			t.Errorf("a thumbnail is gone: %v", err)
		}
		hashes, err := s.Hashes(t.Context())
		if err != nil || len(hashes) != 2 {
			t.Errorf("contents for a backup: %v, %v", hashes, err)
		}
	})
}
