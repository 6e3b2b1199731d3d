package render

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/paper"
	"lotrinh/internal/kit/plot"
)

var made = time.Date(2016, 11, 14, 7, 30, 0, 0, clock.City)

func district(i int) string {
	return []string{"Ba Vì", "Sóc Sơn", "Đông Anh", "Gia Lâm", "Hoài Đức", "Thanh Trì"}[i%6]
}

func communes(n int) Table {
	t := Table{
		Caption: "Bảng 2. Tình trạng từng xã", Sheet: "Từng xã",
		Columns: []Column{{"STT", Whole}, {"Xã, thị trấn", Text}, {"Huyện", Text}, {"Ngày chính thức", Date}, {"Tỷ lệ đạt", Rate}, {"Lý do chưa đạt", Text}},
	}
	for i := range n {
		why := ""
		if i%7 == 0 {
			why = "Thiếu máy quét; 02 máy tính dưới cấu hình tối thiểu, chờ Sở bổ sung trước ngày 15/11/2016"
		}
		t.Rows = append(t.Rows, []any{i + 1, "Xã Đặng Xá " + strconv.Itoa(i+1), district(i), made, 0.8333, why})
	}
	return t
}

func report() Document {
	chart, err := plot.Stacked(plot.StackedSpec{
		Frame: plot.Frame{Title: "Ba Vì còn 14 xã chưa chính thức", Empty: "Chưa có dữ liệu", Width: 720},
		Head:  "Huyện", TotalHead: "Cộng",
		Segments: []plot.Segment{{Tone: plot.Preparing, Name: "Chuẩn bị"}, {Tone: plot.Trial, Name: "Chạy thử"}, {Tone: plot.Official, Name: "Chính thức"}},
		Rows: []plot.StackRow{{Label: "Ba Vì", Values: []float64{4, 10, 17}}, {Label: "Sóc Sơn", Values: []float64{0, 6, 20}}, {Label: "Đông Anh", Values: []float64{0, 0, 24}},
			{Label: "Gia Lâm", Values: []float64{0, 6, 16}}, {Label: "Hoài Đức", Values: []float64{2, 8, 10}}, {Label: "Thanh Trì", Values: []float64{1, 4, 11}}},
	})
	if err != nil {
		panic(err)
	}
	return Document{
		Nation: "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", Motto: "Độc lập - Tự do - Hạnh phúc",
		Parent: "UBND THÀNH PHỐ HÀ NỘI", Issuer: "SỞ THÔNG TIN VÀ TRUYỀN THÔNG",
		Number: "Số:          /BC-STTTT", PlaceDate: "Hà Nội, ngày 14 tháng 11 năm 2016", Draft: "DỰ THẢO",
		Kind: "BÁO CÁO", Title: "Tiến độ triển khai dịch vụ công trực tuyến mức độ 3 lĩnh vực tư pháp cấp xã, tuần từ ngày 07/11/2016 đến ngày 13/11/2016",
		AddresseeHead: "Kính gửi:", Addressees: []string{"Ủy ban nhân dân Thành phố Hà Nội"},
		Grounds: []string{"Căn cứ Kế hoạch số 198/KH-UBND ngày 26 tháng 10 năm 2016 của Ủy ban nhân dân Thành phố Hà Nội về triển khai dịch vụ công trực tuyến mức độ 3 tại cấp xã", "Căn cứ chức năng, nhiệm vụ được giao"},
		Sections: []Section{
			{Heading: "I. TÌNH HÌNH CHUNG", Blocks: []Block{
				Paragraph("Tính đến hết ngày 13/11/2016, toàn Thành phố có 108/139 xã, thị trấn của giai đoạn 1 đã chính thức tiếp nhận hồ sơ qua dịch vụ công trực tuyến mức độ 3, đạt 77,7%; 24 xã đang chạy thử và 7 xã còn chuẩn bị. So với tuần trước, số xã chính thức tăng 31 xã."),
				List{"Số xã khai báo đã hoàn thành: 139 xã;", "Số xã đã được kiểm chứng đạt điều kiện: 133 xã;", "Số xã được miễn trừ có thời hạn đến ngày 15/11/2016: 06 xã thuộc huyện Gia Lâm."},
				Figure{Caption: "Hình 1. Số xã theo bước triển khai của từng huyện", Chart: chart, Listed: true},
				Table{Caption: "Bảng 1. Số xã theo bước triển khai", Sheet: "Theo huyện", Columns: []Column{{"Huyện", Text}, {"Tổng số", Whole}, {"Chính thức", Whole}, {"Tỷ lệ", Rate}},
					Rows: [][]any{{"Ba Vì", 31, 17, 17.0 / 31}, {"Sóc Sơn", 26, 20, 20.0 / 26}, {"Đông Anh", 24, 24, 1.0}}, Foot: []any{"Cộng", 1234, 61, 61.0 / 81}},
			}},
			{Heading: "II. CHI TIẾT TỪNG XÃ", Blocks: []Block{communes(139)}},
			{Heading: "III. KIẾN NGHỊ", Blocks: []Block{Paragraph("Đề nghị Ủy ban nhân dân các huyện bổ sung máy quét cho các xã còn thiếu trước ngày 15/11/2016.")}},
		},
		ReceiversHead: "Nơi nhận:", Receivers: []string{"Như trên", "Ủy ban nhân dân các huyện", "Lưu: VT, CNTT"},
		Capacity: []string{"KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"}, Signer: "Nguyễn Văn Khánh", Author: "Sở Thông tin và Truyền thông", Made: made,
		Attachments: []Attachment{{Name: "số-liệu.json", Description: "Số liệu chốt", Content: []byte(`{"xã":139}`)}},
		Glossary:    Glossary{Sheet: "Định nghĩa", TermHead: "Thuật ngữ", SayHead: "Nghĩa", Entries: [][2]string{{"Chính thức", "Xã tiếp nhận hồ sơ thật qua mạng"}}},
	}
}

func made1(t *testing.T, d Document) []byte {
	t.Helper()
	pdf, err := PDF(d)
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

// pdftotext is the text of a PDF, pages apart by form feeds.
func pdftotext(t *testing.T, pdf []byte, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	cmd := exec.Command("pdftotext", append(args, file, "-")...)
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pdftotext (Debian package poppler-utils): %v %s", err, errs.String())
	}
	return string(out)
}

func TestThePageSaysExactlyWhatWasWritten(t *testing.T) {
	text := pdftotext(t, made1(t, report()), "-layout")
	for _, want := range []string{
		"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "UBND THÀNH PHỐ HÀ NỘI", "SỞ THÔNG TIN VÀ", "TRUYỀN THÔNG",
		"Số:", "/BC-STTTT", "Hà Nội, ngày 14 tháng 11 năm 2016", "DỰ THẢO", "BÁO CÁO", "Kính gửi: Ủy ban nhân dân Thành phố Hà Nội.",
		"Căn cứ chức năng, nhiệm vụ được giao.", "I. TÌNH HÌNH CHUNG", "Hình 1. Số xã theo bước triển khai của từng huyện",
		"1.234", "83,3%", "14/11/2016", "Nơi nhận:", "- Như trên;", "- Lưu: VT, CNTT.", "KT. GIÁM ĐỐC", "Nguyễn Văn Khánh",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q", want)
		}
	}
	if strings.ContainsRune(text, '\uFFFD') {
		t.Error("a letter was lost")
	}
}

func TestEveryVietnameseLetterIsInTheFont(t *testing.T) {
	const vowels = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ"
	line := vowels + " " + strings.ToUpper(vowels) + " ₫ “quoted” – 5 ≥ 3"
	d := Document{Kind: "BÁO CÁO", Title: "Chữ", Made: made, Grounds: []string{"x"}, Sections: []Section{{Heading: "Chữ", Blocks: []Block{Paragraph(line)}}}}
	d.Sections = append(d.Sections, Section{Blocks: []Block{Table{Columns: []Column{{line, Text}}, Foot: []any{line}}}})
	text := strings.Join(strings.Fields(pdftotext(t, made1(t, d), "-raw")), "")
	if !strings.Contains(text, strings.ReplaceAll(line, " ", "")) {
		t.Errorf("letters were lost: %s", text)
	}
}

func TestDecomposedTextComesOutComposed(t *testing.T) {
	d := Document{Kind: "BÁO CÁO", Title: "Đa\u0323\u0306ng Xa\u0301", Made: made}
	if text := pdftotext(t, made1(t, d)); !strings.Contains(text, "Xá") {
		t.Errorf("got %q", text)
	}
}

func TestSameDocumentGivesTheSameBytes(t *testing.T) {
	d := report()
	for _, title := range []string{"Sóc Sơn", "Đông Anh", "Gia Lâm"} { // as wide as the first
		c, err := plot.Bars(plot.BarsSpec{Frame: plot.Frame{Title: title, Empty: "–", Width: 720}, Bars: []plot.Bar{{Label: title, Value: 3}}})
		if err != nil {
			t.Fatal(err)
		}
		d.Sections[2].Blocks = append(d.Sections[2].Blocks, Figure{Chart: c})
	}
	first := made1(t, d)
	sheet, err := Workbook(report())
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if !bytes.Equal(first, made1(t, d)) {
			t.Fatal("the PDF differs from run to run")
		}
		again, err := Workbook(report())
		if err != nil || !bytes.Equal(sheet, again) {
			t.Fatal("the workbook differs from run to run", err)
		}
	}
}

func TestALongTableRepeatsItsHeadAndPagesAreNumbered(t *testing.T) {
	d := report()
	d.Sections[1].Blocks = []Block{communes(500)}
	pages := strings.Split(strings.TrimRight(pdftotext(t, made1(t, d), "-layout"), "\f"), "\f")
	if len(pages) < 10 {
		t.Fatalf("only %d pages", len(pages))
	}
	seen := 0
	for i, page := range pages {
		first := strings.TrimSpace(strings.SplitN(strings.TrimSpace(page), "\n", 2)[0])
		if number := strings.Fields(first)[0]; (number == strconv.Itoa(i+1)) != (i > 0) {
			t.Errorf("page %d begins with %q", i+1, first)
		}
		rows := regexp.MustCompile(`Xã Đặng Xá \d+`).FindAllString(page, -1)
		seen += len(rows)
		if len(rows) > 0 && !strings.Contains(page, "Lý do chưa đạt") {
			t.Errorf("page %d has rows without their head", i+1)
		}
	}
	if seen != 500 {
		t.Errorf("%d of 500 rows are there", seen)
	}
}

func TestARowHigherThanAPageLosesNothing(t *testing.T) {
	var words []string
	for i := range 1500 {
		words = append(words, fmt.Sprintf("từ%d", i))
	}
	d := Document{Kind: "BÁO CÁO", Title: "Dài", Made: made, Sections: []Section{{Blocks: []Block{
		Table{Columns: []Column{{"Cột", Text}, {"Số", Whole}}, Rows: [][]any{{strings.Join(words, " "), 1}, {"ngắn", 2}}}}}}}
	text := pdftotext(t, made1(t, d), "-raw")
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Fatalf("%s is missing", w)
		}
	}
}

var word = regexp.MustCompile(`<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)</word>`)

func TestTextKeepsTheMarginsOfTheDecree(t *testing.T) {
	const point = 72 / 25.4
	boxes := pdftotext(t, made1(t, report()), "-bbox")
	found := word.FindAllStringSubmatch(boxes, -1)
	if len(found) < 500 {
		t.Fatalf("only %d words", len(found))
	}
	for _, m := range found {
		var v [4]float64
		for i := range v {
			v[i], _ = strconv.ParseFloat(m[i+1], 64)
		}
		if v[0] < paper.Left*point-1 || v[2] > (paper.PageWidth-paper.Right)*point+1 || v[3] > paper.Floor*point+1 {
			t.Errorf("%q stands outside the margins: %v", m[5], v)
		}
	}
}

func TestTheNationStandsOnOneLine(t *testing.T) {
	boxes := pdftotext(t, made1(t, report()), "-bbox")
	lines := map[string]bool{}
	for _, m := range word.FindAllStringSubmatch(boxes, -1)[:40] {
		for _, w := range []string{"CỘNG", "HÒA", "NGHĨA", "NAM"} {
			if m[5] == w {
				lines[m[2]] = true
			}
		}
	}
	if len(lines) != 1 {
		t.Errorf("the nation's name stands on %d lines", len(lines))
	}
}

func TestOfficialDateZeroes(t *testing.T) {
	for at, want := range map[string]string{"2020-01-05": "05 01 2020", "2020-06-29": "29 6 2020", "2016-11-10": "10 11 2016", "2017-02-14": "14 02 2017", "2016-03-01": "01 3 2016"} {
		moment, err := clock.ParseDate(at)
		if err != nil {
			t.Fatal(err)
		}
		d, m, y := OfficialDate(moment)
		if got := d + " " + m + " " + y; got != want {
			t.Errorf("%s: got %q, want %q", at, got, want)
		}
	}
}

func TestWhatCannotBeLaidOutIsRefused(t *testing.T) {
	bad := report()
	bad.Kind, bad.Title, bad.Made = "", " ", time.Time{}
	uneven := report()
	uneven.Sections[0].Blocks = []Block{Table{Caption: "A", Columns: []Column{{"x", Text}}, Rows: [][]any{{"a", "b"}}}}
	rubbish := report()
	rubbish.Sections[0].Blocks = []Block{Table{Caption: "A", Columns: []Column{{"x", Decimal}}, Rows: [][]any{{math.NaN()}}}}
	for _, d := range []Document{bad, uneven, rubbish} {
		if _, err := PDF(d); !fault.Is(err, fault.Invalid) {
			t.Errorf("PDF: got %v", err)
		}
		if _, err := Workbook(d); !fault.Is(err, fault.Invalid) {
			t.Errorf("workbook: got %v", err)
		}
	}
}

func BenchmarkWeeklyReportPDF(b *testing.B) {
	d := report()
	for b.Loop() {
		if _, err := PDF(d); err != nil {
			b.Fatal(err)
		}
	}
}

// TestAMixedColumnIsWrittenCellByCell: counts and shares stand in one column, each in its form.
func TestAMixedColumnIsWrittenCellByCell(t *testing.T) {
	c := Column{Head: "Kỳ này", Form: Mixed}
	for want, cell := range map[string]any{"1.234": int64(1234), "416": 416, "83,3": 83.33, "12,0": 12.0, "": nil, "xã": "xã"} {
		if got := c.Write(i18n.T{Lang: i18n.VI}, cell); got != want {
			t.Errorf("%v is written %q, want %q", cell, got, want)
		}
	}
}
