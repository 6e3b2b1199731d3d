package slip

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/i18n"
)

func words(t testing.TB) i18n.T {
	t.Helper()
	c, err := i18n.Load(Locale)
	if err != nil {
		t.Fatal(err)
	}
	return c.In(i18n.VI)
}

func at(day, hour, minute int) time.Time {
	return time.Date(2016, 11, day, hour, minute, 0, 0, clock.City)
}

// example is a slip of a form with everything that can stand on one.
func example(f Form) Slip {
	s := Slip{Form: f, Number: 12, Year: 2016, Made: at(10, 9, 30), Office: Office{Parent: "UBND HUYỆN GIA LÂM", Name: "UBND XÃ ĐẶNG XÁ", Place: "Đặng Xá", Phone: "024 3876 0000"},
		Code: "018.05.56.H26-161110-0007", Track: "K7P3QW9XMA", Link: "https://example.vn/tra-cuu?ma=K7P3QW9XMA", Applicant: "Nguyễn Thị Hòa", Address: "Thôn Đặng, xã Đặng Xá, huyện Gia Lâm", Phone: "0912 000 001",
		Subject: "Đăng ký khai sinh", Documents: []string{"Tờ khai đăng ký khai sinh", "Giấy chứng sinh"}, Shown: []string{"Chứng minh nhân dân của người đi khai sinh"},
		Term: "Trong ngày làm việc", Accepted: at(10, 9, 30), Due: at(10, 17, 0), NewDue: at(14, 17, 0), Way: "Nhận tại bộ phận một cửa", BookLine: 7,
		Items: []string{"Bản chính giấy chứng sinh", "Giấy chứng nhận kết hôn của cha mẹ"}, Reason: "Giấy chứng sinh là bản chụp", Basis: "Khoản 1 Điều 16 Luật Hộ tịch", Giver: "Trần Văn Bình", Receiver: "Lê Thị Cúc",
		Hands: []Hand{{Code: "018.05.56.H26-161110-0007", Who: "Nguyễn Thị Hòa", From: "Bộ phận một cửa", To: "Tư pháp - Hộ tịch", At: at(10, 10, 0), DueAt: at(10, 17, 0)},
			{Code: "018.05.56.H26-161110-0008", Who: "Đỗ Văn Sơn", From: "Bộ phận một cửa", To: "Tư pháp - Hộ tịch", At: at(11, 10, 0), DueAt: at(10, 17, 0), Note: "Đã xin lỗi"}},
		Lines: []Line{{Number: 7, Code: "018.05.56.H26-161110-0007", Procedure: "Đăng ký khai sinh", Applicant: "Nguyễn Thị Hòa", Contact: "0912 000 001", Received: at(10, 9, 30), Due: at(10, 17, 0), Returned: at(10, 16, 0), How: "Trực tiếp", Receiver: "Nguyễn Thị Hòa"}}}
	if f == Tracking {
		s.Number, s.Code, s.Track, s.Link = 0, "", "", ""
	}
	return s
}

func pdfText(t *testing.T, pdf []byte, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", append(args, file, "-")...).Output()
	if err != nil {
		t.Fatalf("pdftotext (Debian package poppler-utils): %v", err)
	}
	return string(out)
}

func made(t *testing.T, s Slip, copied int64) []byte {
	t.Helper()
	raw, err := PDF(words(t), s, copied)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestEachFormSaysWhatTheCircularAsksFor(t *testing.T) {
	common := []string{"UBND XÃ ĐẶNG XÁ", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "ngày 10 tháng 11 năm 2016", "018.05.56.H26-161110-0007"}
	for f, want := range map[Form][]string{
		Receipt: {"GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ", "Số: 12/TNHS", "Nguyễn Thị Hòa", "1. Tờ khai đăng ký khai sinh", "Giấy tờ đã xuất trình", "9 giờ 30 phút, ngày 10 tháng 11 năm 2016",
			"17 giờ 00 phút, ngày 10 tháng 11 năm 2016", "số thứ tự 7", "NGƯỜI NỘP HỒ SƠ", "NGƯỜI TIẾP NHẬN HỒ SƠ", "Trần Văn Bình", "K7P3QW9XMA", "Mẫu số 01"},
		Supplement: {"PHIẾU YÊU CẦU BỔ SUNG", "Số: 12/HDHS", "1. Bản chính giấy chứng sinh", "2. Giấy chứng nhận kết hôn của cha mẹ", "Khoản 1 Điều 16 Luật Hộ tịch", "chỉ được yêu cầu một lần", "024 3876 0000"},
		Refusal:    {"PHIẾU TỪ CHỐI", "Số: 12/TCHS", "Giấy chứng sinh là bản chụp", "không tiếp nhận, giải quyết"},
		Apology:    {"PHIẾU XIN LỖI VÀ HẸN LẠI", "Số: 12/PXL", "xin lỗi ông/bà", "17 giờ 00 phút, ngày 14 tháng 11 năm 2016", "THỦ TRƯỞNG CƠ QUAN"},
		Control:    {"PHIẾU KIỂM SOÁT QUÁ TRÌNH", "Số: 12/KSHS", "Đúng hạn", "Quá hạn", "NGƯỜI GIAO", "NGƯỜI NHẬN"},
		Tracking:   {"SỔ THEO DÕI HỒ SƠ", "Năm 2016", "Nguyễn Thị Hòa", "10/11/2016", "Mẫu số 06"},
	} {
		text := strings.Join(strings.Fields(pdfText(t, made(t, example(f), 0), "-raw")), " ")
		for _, w := range append(want, common...) {
			if f == Tracking && strings.HasPrefix(w, "018") {
				w = "018.05.56.H26" // a narrow column breaks the code
			}
			if !strings.Contains(text, w) {
				t.Errorf("form %s lacks %q:\n%s", f, w, text)
			}
		}
	}
}

func TestFormsHaveTheirPaper(t *testing.T) {
	for _, f := range Forms {
		raw := made(t, example(f), 0)
		want := "419.53 595.28"
		if f == Tracking {
			want = "841.89 595.28"
		}
		if !bytes.Contains(raw, []byte("/MediaBox [0 0 "+want+"]")) {
			t.Errorf("form %s is not on its paper", f)
		}
		if f != Tracking && bytes.Count(raw, []byte("/Type /Page\n")) != 1 {
			t.Errorf("form %s takes more than one page", f)
		}
	}
}

func TestAReprintIsTheSameFileAndSaysThatItIsACopy(t *testing.T) {
	raw, hash, err := example(Receipt).Raw()
	if err != nil {
		t.Fatal(err)
	}
	kept, err := Read(raw, hash)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(made(t, example(Receipt), 0), made(t, kept, 0)) {
		t.Error("a kept slip prints another file")
	}
	copied := made(t, kept, 2)
	if !bytes.Equal(copied, made(t, kept, 2)) || !strings.Contains(pdfText(t, copied), "BẢN IN LẠI LẦN 2") {
		t.Error("a copy differs from a copy, or does not say that it is one")
	}
	if strings.Contains(pdfText(t, made(t, kept, 0)), "BẢN IN LẠI") {
		t.Error("the first print says that it is a copy")
	}
	if _, err := Read(strings.Replace(raw, "Hòa", "Hoà", 1), hash); err == nil {
		t.Error("an altered slip was read")
	}
}

func TestALongListGoesOnOverPages(t *testing.T) {
	s := example(Supplement)
	for range 80 {
		s.Items = append(s.Items, "Bản sao giấy tờ chứng minh nơi cư trú của người yêu cầu, còn giá trị sử dụng")
	}
	text := pdfText(t, made(t, s, 0))
	if !strings.Contains(text, "82.") || strings.Count(text, "\f") < 2 {
		t.Error("the list was cut")
	}
}

func TestPracticeSaysSo(t *testing.T) {
	s := example(Receipt)
	s.Practice = true
	if !strings.Contains(pdfText(t, made(t, s, 0)), "BẢN TẬP HUẤN") {
		t.Error("a practice slip looks real")
	}
}

func TestDaysInWords(t *testing.T) {
	v := words(t)
	for day, want := range map[string]string{"2016-11-20": "Ngày hai mươi tháng mười một năm hai nghìn không trăm mười sáu", "2017-04-01": "Ngày một tháng tư năm hai nghìn không trăm mười bảy",
		"1985": "", "2016-02-30": ""} {
		if got := DayInWords(v, day); got != want {
			t.Errorf("%s is %q", day, got)
		}
	}
}

func birth() Certificate {
	return Certificate{Result: "birth_certificate", Book: "ks", Office: example(Receipt).Office, Made: at(10, 15, 0), Values: map[string]string{
		"nksHoTen": "Nguyễn Minh An", "nksNgaySinh": "2016-11-01", "nksGioiTinh": "Nữ", "nksDanToc": "Kinh", "nksNoiSinh": "Bệnh viện đa khoa Gia Lâm, huyện Gia Lâm, thành phố Hà Nội",
		"meHoTen": "Nguyễn Thị Hòa", "meNgaySinh": "1990", "register_no": "56", "register_day": "2016-11-10", "signer": "Phạm Văn Đức", "signer_post": "Chủ tịch"}}
}

func certText(t *testing.T, c Certificate) string {
	t.Helper()
	raw, err := c.PDF(words(t))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(pdfText(t, raw, "-layout")), " ")
}

func TestACertificateIsADraftUntilItIsSigned(t *testing.T) {
	c := birth()
	text := certText(t, c)
	for _, want := range []string{"GIẤY KHAI SINH", "NGUYỄN MINH AN", "01/11/2016", "Ngày một tháng mười một năm hai nghìn không trăm mười sáu", "NGUYỄN THỊ HÒA", "1990", "10/11/2016", "Phạm Văn Đức", "BẢN NHÁP"} {
		if !strings.Contains(text, want) {
			t.Errorf("the draft lacks %q: %s", want, text)
		}
	}
	c.Signed = true
	if strings.Contains(certText(t, c), "NHÁP") {
		t.Error("a signed certificate says that it is a draft")
	}
	c.Bare = true
	if text := certText(t, c); strings.Contains(text, "GIẤY KHAI SINH") || strings.Contains(text, "Dân tộc") || !strings.Contains(text, "NGUYỄN MINH AN") {
		t.Error("on the authority's own paper more or less than the values is printed: " + text)
	}
	c.ShiftX = 30
	if _, err := c.PDF(words(t)); err == nil {
		t.Error("a shift off the paper was taken")
	}
}

func TestEveryLayoutStaysOnItsPage(t *testing.T) {
	keys := LayoutKeys()
	if len(keys) < 4 {
		t.Fatal(keys)
	}
	for _, key := range keys {
		l, err := LayoutOf(key, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range l.Rows {
			for _, c := range r.Cells {
				if r.Y < 40 || r.Y > 280 || c.X < 15 || c.X+c.Width > 195 || len(c.From) == 0 {
					t.Errorf("%s: %q stands at %v, %v, %v wide", key, c.Label, c.X, r.Y, c.Width)
				}
			}
		}
	}
	if l, err := LayoutOf("anything", ""); err != nil || l.Title != "TRÍCH LỤC" {
		t.Error("a result without a layout of its own has no extract")
	}
}
