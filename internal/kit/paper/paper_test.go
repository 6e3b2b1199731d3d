package paper

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
)

var made = time.Date(2016, 11, 14, 7, 30, 0, 0, clock.City)

// stroke is a drawn signature.
func stroke(t *testing.T) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 120, 40))
	for x := range 120 {
		img.Set(x, 10+x%20, color.Black)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func minutes(t *testing.T) []byte {
	t.Helper()
	s, err := New(About{Title: "Biên bản", Lang: "vi", Made: made})
	if err != nil {
		t.Fatal(err)
	}
	s.NumberPages()
	s.NewPage()
	s.Head(Head{Parent: "UBND HUYỆN GIA LÂM", Issuer: "PHÒNG VĂN HÓA VÀ THÔNG TIN", Nation: "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", Motto: "Độc lập - Tự do - Hạnh phúc",
		Number: "Số: BB-2016-000001", PlaceDate: "Gia Lâm, ngày 14 tháng 11 năm 2016"})
	s.Title("BIÊN BẢN", "Bàn giao thiết bị")
	s.Paragraph(Font{BodySize, ""}, "Hôm nay, chúng tôi gồm:")
	rows := [][]string{}
	for range 45 {
		rows = append(rows, []string{"1", "Máy quét", "SN-0001"})
	}
	s.Table(Table{Columns: []Column{{"STT", "C"}, {"Thiết bị", "L"}, {"Số máy", "L"}}, Rows: rows, Foot: []string{"", "Cộng", "45"}})
	if err := s.Signatures(Party{Role: "BÊN GIAO", Drawn: stroke(t), Name: "Nguyễn Văn A"}, Party{Role: "BÊN NHẬN", Drawn: stroke(t), Name: "Trần Thị B"}); err != nil {
		t.Fatal(err)
	}
	raw, err := s.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func text(t *testing.T, pdf []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", file, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext (Debian package poppler-utils): %v", err)
	}
	return string(out)
}

func TestMinutesSayWhatWasWrittenAndRepeatTheHead(t *testing.T) {
	pages := strings.Split(strings.TrimRight(text(t, minutes(t)), "\f"), "\f")
	if len(pages) < 2 {
		t.Fatalf("only %d pages", len(pages))
	}
	for _, want := range []string{"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "BIÊN BẢN", "Hôm nay, chúng tôi gồm:", "PHÒNG VĂN HÓA"} {
		if !strings.Contains(pages[0], want) {
			t.Errorf("the first page lacks %q", want)
		}
	}
	last := pages[len(pages)-1]
	for _, want := range []string{"Số máy", "BÊN NHẬN", "Trần Thị B", "Cộng"} {
		if !strings.Contains(last, want) {
			t.Errorf("the last page lacks %q", want)
		}
	}
}

func TestTheSameContentGivesTheSameBytes(t *testing.T) {
	first := minutes(t)
	for range 4 {
		if !bytes.Equal(first, minutes(t)) {
			t.Fatal("the file differs from run to run")
		}
	}
}

func TestLabelsFillTheirSheets(t *testing.T) {
	s, err := New(About{Made: made})
	if err != nil {
		t.Fatal(err)
	}
	l := Labels24
	l.First = 20
	boxes := map[[3]float64]bool{}
	err = s.Labels(l, 30, func(_ int, x, y, width, height float64) error {
		box := [3]float64{float64(s.PageNo()), x, y}
		if boxes[box] || x < 0 || x+width > PageWidth+0.01 || y+height > PageHeight+0.01 {
			t.Errorf("a label at %v", box)
		}
		boxes[box] = true
		s.Matrix(x+2, y+2, 20, 4, func(c, r int) bool { return (c+r)%2 == 0 })
		return nil
	})
	if err != nil || s.PageNo() != 3 || len(boxes) != 30 {
		t.Fatalf("%d pages, %d labels, %v", s.PageNo(), len(boxes), err)
	}
}

func TestLabelsBeyondThePageAreRefused(t *testing.T) {
	for _, l := range []Labels{{}, {Columns: 4, Rows: 1, Width: 60, Height: 10}, {Columns: 1, Rows: 1, Width: 60, Height: 10, First: 1}} {
		s, err := New(About{Made: made})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Labels(l, 1, nil); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", l, err)
		}
	}
}

func TestAPictureThatIsNoneIsRefused(t *testing.T) {
	s, err := New(About{Made: made})
	if err != nil {
		t.Fatal(err)
	}
	s.NewPage()
	if err := s.Picture("a", []byte("no picture"), 0, 0, 10, 10); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}

func TestASumNeverStandsAlone(t *testing.T) {
	for n := 33; n < 40; n++ {
		s, err := New(About{Made: made})
		if err != nil {
			t.Fatal(err)
		}
		s.NewPage()
		rows := make([][]string, n)
		for i := range rows {
			rows[i] = []string{"dòng"}
		}
		s.Table(Table{Columns: []Column{{"Tên", "L"}}, Rows: rows, Foot: []string{"Cộng"}})
		raw, err := s.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		for _, page := range strings.Split(text(t, raw), "\f") {
			if strings.Contains(page, "Cộng") && !strings.Contains(page, "dòng") {
				t.Errorf("with %d rows the sum stands alone", n)
			}
		}
	}
}
