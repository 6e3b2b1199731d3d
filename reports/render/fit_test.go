package render

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func TestADocumentIsShortenedToItsPagesAndSaysSo(t *testing.T) {
	d := report()
	var items List
	for n := range 40 {
		items = append(items, fmt.Sprintf("Huyện thứ %d còn thiếu máy quét, phải chuyển hồ sơ lên huyện quét hộ cho đến khi được trang bị đủ", n+1))
	}
	d.Sections = []Section{{Heading: "I. KẾT QUẢ", Blocks: []Block{Paragraph("Tất cả đúng tiến độ.")}}, {Heading: "II. KIẾN NGHỊ", Blocks: []Block{items, List{"Một ý duy nhất."}}}}
	d.Shortened = func(n int) string { return fmt.Sprintf("Lược bớt %d nội dung.", n) }
	pages := func(most int) (string, string) {
		t.Helper()
		fitted, err := Fitted(d, most)
		if err != nil {
			t.Fatal(err)
		}
		pdf := made1(t, fitted)
		if again := made1(t, fitted); !bytes.Equal(pdf, again) {
			t.Error("two makings differ")
		}
		return strings.Join(strings.Fields(shown(t, pdf, "pdfinfo")), " "), strings.Join(strings.Fields(pdftotext(t, pdf)), " ")
	}
	if info, text := pages(0); strings.Contains(info, "Pages: 1 ") || strings.Contains(text, "Lược bớt") || !strings.Contains(text, "Huyện thứ 40 ") {
		t.Error("without a bound it is shortened: " + info)
	}
	info, text := pages(1)
	if !strings.Contains(info, "Pages: 1 ") || !strings.Contains(text, "Lược bớt ") || !strings.Contains(text, "Huyện thứ 1 ") || strings.Contains(text, "Huyện thứ 40 ") || !strings.Contains(text, "Một ý duy nhất.") {
		t.Errorf("on one page: %s\n%s", info, text)
	}
	if len(d.Sections[1].Blocks[0].(List)) != 40 {
		t.Error("the document itself was shortened")
	}
}
