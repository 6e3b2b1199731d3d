package render

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// wideReport has a table that fits no upright page, and asks for a section on its side.
func wideReport() Document {
	d := report()
	t := Table{Caption: "Bảng 3. Chỉ tiêu theo tháng", Sheet: "Chỉ tiêu"}
	var row []any
	for i := range 16 {
		t.Columns = append(t.Columns, Column{Head: "Cột chỉ tiêu", Form: Whole})
		row = append(row, 1234567+i)
	}
	for range 40 {
		t.Rows = append(t.Rows, row)
	}
	d.Sections[1] = Section{Heading: "II. PHỤ BIỂU", Blocks: []Block{Paragraph("Trước bảng."), t, Paragraph("Sau bảng.")}}
	d.Sections = append(d.Sections, Section{Heading: "IV. BẢNG NGANG", Landscape: true, Blocks: []Block{Paragraph("Nội dung trên trang ngang.")}})
	return d
}

// shown runs a tool of poppler on a PDF.
func shown(t *testing.T, pdf []byte, tool string, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, append(args, file)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s (Debian package poppler-utils): %v %s", tool, err, out)
	}
	return string(out)
}

func TestAPDFEmbedsItsFontsAndCarriesItsFiguresAndItsOutline(t *testing.T) {
	pdf := made1(t, report())
	for _, line := range strings.Split(strings.TrimSpace(shown(t, pdf, "pdffonts")), "\n")[2:] {
		f := strings.Fields(line)
		if !strings.HasPrefix(strings.ToLower(f[0]), "utf8tinos") || f[len(f)-5] != "yes" || f[len(f)-3] != "yes" {
			t.Errorf("a font that is not embedded: %s", line)
		}
	}
	info := shown(t, pdf, "pdfinfo")
	for _, want := range []string{"PDF version:     1.4", "Title:           BÁO CÁO Tiến độ", "Metadata Stream: yes", "(A4)"} {
		if !strings.Contains(info, want) {
			t.Errorf("the file lacks %q: %s", want, info)
		}
	}
	if list := shown(t, pdf, "pdfdetach", "-list"); !strings.Contains(list, "số-liệu.json") {
		t.Error(list)
	}
	if !bytes.Contains(pdf, []byte("/Lang (vi)")) || !bytes.Contains(pdf, []byte("/UseOutlines")) {
		t.Error("the file names no language, or does not open with its outline")
	}
	for _, want := range []string{"III. KI", "Hình 1", "Bảng 2"} {
		var b []byte
		for _, u := range utf16.Encode([]rune(want)) {
			b = append(b, byte(u>>8), byte(u))
		}
		if !bytes.Contains(pdf, b) {
			t.Errorf("the outline lacks %q", want)
		}
	}
}

func TestWideTablesAndSectionsStandOnPagesTurnedOnTheirSide(t *testing.T) {
	d := wideReport()
	pages := regexp.MustCompile(`(?s)<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>`).FindAllStringSubmatch(pdftotext(t, made1(t, d), "-bbox"), -1)
	var turned []string
	for i, p := range pages {
		width, _ := strconv.ParseFloat(p[1], 64)
		var said []string
		for _, m := range word.FindAllStringSubmatch(p[3], -1) {
			said = append(said, m[5])
			left, _ := strconv.ParseFloat(m[1], 64)
			right, _ := strconv.ParseFloat(m[3], 64)
			if left < 30*72/25.4-1 || right > width-20*72/25.4+1 {
				t.Errorf("page %d: %q stands outside the margins", i+1, m[5])
			}
		}
		if width > 800 {
			turned = append(turned, strings.Join(said, " "))
		}
	}
	if len(turned) != 3 || !strings.Contains(turned[0], "Bảng 3.") || !strings.Contains(turned[1], "Cột chỉ tiêu") || !strings.Contains(turned[2], "IV. BẢNG NGANG Nội dung") {
		t.Errorf("turned pages: %q", turned)
	}
	if n := strings.Count(wordOf(t, d)["word/document.xml"], `w:orient="landscape"`); n != 2 {
		t.Errorf("the Word file has %d sections on their side", n)
	}
}

// The sizes that the decree asks for, measured on the page.
func TestLettersHaveTheSizesOfTheDecree(t *testing.T) {
	out := pdftotext(t, made1(t, report()), "-bbox-layout", "-l", "1")
	line := regexp.MustCompile(`(?s)<line xMin="[\d.]+" yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">(.*?)</line>`)
	tags := regexp.MustCompile(`<[^>]*>`)
	heights := map[string]float64{}
	for _, m := range line.FindAllStringSubmatch(out, -1) {
		from, _ := strconv.ParseFloat(m[1], 64)
		to, _ := strconv.ParseFloat(m[2], 64)
		heights[strings.Join(strings.Fields(tags.ReplaceAllString(m[3], " ")), " ")] = to - from
	}
	// poppler's line is as high as the font's ascent and descent
	base := heights["BÁO CÁO"] / 14
	for text, want := range map[string][2]float64{"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM": {12, 13}, "Độc lập - Tự do - Hạnh phúc": {13, 14}, "UBND THÀNH PHỐ HÀ NỘI": {12, 13}, "Hà Nội, ngày 14 tháng 11 năm 2016": {13, 14},
		"Kính gửi: Ủy ban nhân dân Thành phố Hà Nội.": {13, 14}, "I. TÌNH HÌNH CHUNG": {13, 14}} {
		if size := heights[text] / base; size < want[0]-0.1 || size > want[1]+0.1 {
			t.Errorf("%q is set at %.1f points, the decree wants %v", text, size, want)
		}
	}
}

const golden = "testdata/page-%d.png"

// page is a page of a PDF in grey at 40 dots to the inch.
func page(t *testing.T, pdf []byte, n int) *image.Gray {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "report.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "page")
	if said, err := exec.Command("pdftoppm", "-r", "40", "-gray", "-png", "-singlefile", "-f", strconv.Itoa(n), "-l", strconv.Itoa(n), file, out).CombinedOutput(); err != nil {
		t.Fatalf("pdftoppm (Debian package poppler-utils): %v %s", err, said)
	}
	return picture(t, out+".png")
}

func picture(t *testing.T, file string) *image.Gray {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	grey := image.NewGray(img.Bounds())
	for y := range grey.Rect.Dy() {
		for x := range grey.Rect.Dx() {
			grey.Set(x, y, color.GrayModel.Convert(img.At(x, y)))
		}
	}
	return grey
}

// apart is how much two pages differ where they differ most: the mean of squares of 12 by
// 12 pixels, so that letters drawn a little otherwise do not count and a moved line does.
func apart(a, b *image.Gray) float64 {
	if a.Rect != b.Rect {
		return 255
	}
	const side = 12
	most := 0.0
	for y := 0; y < a.Rect.Dy(); y += side {
		for x := 0; x < a.Rect.Dx(); x += side {
			sum, n := 0.0, 0.0
			for j := y; j < min(y+side, a.Rect.Dy()); j++ {
				for i := x; i < min(x+side, a.Rect.Dx()); i++ {
					sum += float64(a.GrayAt(i, j).Y) - float64(b.GrayAt(i, j).Y)
					n++
				}
			}
			most = max(most, math.Abs(sum)/n)
		}
	}
	return most
}

// tolerance is what another version of the tool may differ by, of 255.
const tolerance = 9

func TestPagesLookAsTheyWereApproved(t *testing.T) {
	pdf := made1(t, wideReport())
	for _, n := range []int{1, 3, 7} {
		file := fmt.Sprintf(golden, n)
		got := page(t, pdf, n)
		if os.Getenv("GOLDEN") != "" {
			var b bytes.Buffer
			if err := png.Encode(&b, got); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if far := apart(got, picture(t, file)); far > tolerance {
			t.Errorf("page %d differs from %s by %.1f; look at both, and set GOLDEN=1 when the new one is right", n, file, far)
		}
	}
}

func TestAPageThatLacksSomethingDoesNotPass(t *testing.T) {
	for what, change := range map[string]func(*Document){"the nation": func(d *Document) { d.Nation, d.Motto = "", "" }, "the draft's mark": func(d *Document) { d.Draft = "" },
		"a paragraph": func(d *Document) { d.Sections[0].Blocks = d.Sections[0].Blocks[1:] }} {
		d := wideReport()
		change(&d)
		if far := apart(page(t, made1(t, d), 1), picture(t, fmt.Sprintf(golden, 1))); far <= tolerance {
			t.Errorf("without %s the page differs by %.1f only", what, far)
		}
	}
}
