package render

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"slices"
	"strings"
	"testing"

	"lotrinh/internal/kit/fault"
)

// unpacked is the parts of a package by name, every XML part well formed.
func unpacked(t *testing.T, raw []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name] = string(body)
		if !strings.HasSuffix(f.Name, ".xml") && !strings.HasSuffix(f.Name, ".rels") {
			continue
		}
		d := xml.NewDecoder(bytes.NewReader(body))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
		}
	}
	return all
}

// said is the text of a DOCX: its paragraphs, and each table as rows of cells.
func said(t *testing.T, document string) (paragraphs []string, tables [][][]string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(document))
	var text strings.Builder
	var cell []string
	depth := 0
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return paragraphs, tables
		}
		if err != nil {
			t.Fatal(err)
		}
		switch v := tok.(type) {
		case xml.StartElement:
			switch v.Name.Local {
			case "tbl":
				depth++
				tables = append(tables, nil)
			case "tr":
				tables[len(tables)-1] = append(tables[len(tables)-1], nil)
			case "tc":
				cell = nil
			case "p":
				text.Reset()
			case "t":
				var s string
				if err := d.DecodeElement(&s, &v); err != nil {
					t.Fatal(err)
				}
				text.WriteString(s)
			}
		case xml.EndElement:
			switch v.Name.Local {
			case "tbl":
				depth--
			case "tc":
				rows := tables[len(tables)-1]
				rows[len(rows)-1] = append(rows[len(rows)-1], strings.Join(cell, " "))
			case "p":
				if depth > 0 {
					cell = append(cell, text.String())
				} else if text.Len() > 0 {
					paragraphs = append(paragraphs, text.String())
				}
			}
		}
	}
}

func wordOf(t *testing.T, d Document) map[string]string {
	t.Helper()
	raw, err := DOCX(d)
	if err != nil {
		t.Fatal(err)
	}
	return unpacked(t, raw)
}

func TestAWordFileHasTheDecreesStylesAndSaysEverything(t *testing.T) {
	all := wordOf(t, report())
	body := all["word/document.xml"]
	paragraphs, tables := said(t, body)
	for _, want := range []string{"I. TÌNH HÌNH CHUNG", "Căn cứ chức năng, nhiệm vụ được giao.", "Kính gửi: Ủy ban nhân dân Thành phố Hà Nội.", "Bảng 1. Số xã theo bước triển khai"} {
		if !slices.Contains(paragraphs, want) {
			t.Errorf("the file lacks the paragraph %q", want)
		}
	}
	if len(tables) != 4 || !strings.Contains(tables[0][0][1], "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM") || !strings.Contains(tables[0][0][0], "DỰ THẢO") {
		t.Fatalf("%d tables, the first %q", len(tables), tables[0])
	}
	if got := tables[1][4]; !slices.Equal(got, []string{"Cộng", "1.234", "61", "75,3%"}) {
		t.Errorf("the sum reads %q", got)
	}
	if last := tables[3][0]; !strings.Contains(last[0], "Lưu: VT, CNTT.") || !strings.Contains(last[1], "Nguyễn Văn Khánh") {
		t.Errorf("the foot reads %q", last)
	}
	for _, want := range []string{`<w:pStyle w:val="Heading1"/>`, `<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`, `<w:pgSz w:w="11906" w:h="16838"/>`,
		`<w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1701"`, `<w:titlePg/>`, `descr="Ba Vì còn 14 xã chưa chính thức"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the document lacks %s", want)
		}
	}
	if !strings.Contains(all["word/header1.xml"], " PAGE ") || strings.Contains(all["word/header2.xml"], "PAGE") || !strings.Contains(all["word/styles.xml"], `w:val="vi-VN"`) {
		t.Error("page numbers or language are not set")
	}
	if _, err := png.Decode(strings.NewReader(all["word/media/image1.png"])); err != nil {
		t.Error(err)
	}
}

func TestEveryStyleThatAWordFileNamesIsThere(t *testing.T) {
	d := report()
	d.Addressees = append(d.Addressees, "Sở Tư pháp")
	all := wordOf(t, d)
	for _, part := range []string{"word/document.xml", "word/header1.xml", "word/header2.xml"} {
		for _, after := range strings.Split(all[part], `<w:pStyle w:val="`)[1:] {
			name, _, _ := strings.Cut(after, `"`)
			if !strings.Contains(all["word/styles.xml"], `w:styleId="`+name+`"`) {
				t.Errorf("%s names the style %s", part, name)
			}
		}
	}
	for _, after := range strings.Split(all["word/document.xml"], `r:embed="`)[1:] {
		id, _, _ := strings.Cut(after, `"`)
		if !strings.Contains(all["word/_rels/document.xml.rels"], `Id="`+id+`"`) {
			t.Errorf("nothing is behind %s", id)
		}
	}
}

func TestAWordFileEscapesWhatItSays(t *testing.T) {
	d := Document{Kind: "BÁO CÁO", Title: `Máy < 2 & "mới"`, Made: made, Author: "A & B", Sections: []Section{{Heading: "<b>", Blocks: []Block{List{"]]>"}, Table{Caption: `"&`, Columns: []Column{{"<x>", Text}}, Rows: [][]any{{"a & b\x00"}}}}}}}
	paragraphs, tables := said(t, wordOf(t, d)["word/document.xml"])
	if !slices.Contains(paragraphs, `Máy < 2 & "mới"`) || !slices.Contains(paragraphs, "]]>") || tables[1][1][0] != "a & b" {
		t.Errorf("%q %q", paragraphs, tables)
	}
}

func TestTheSameDocumentGivesTheSameWordFileTablesAndPictures(t *testing.T) {
	d := wideReport()
	make := func() []byte {
		raw, err := DOCX(d)
		if err != nil {
			t.Fatal(err)
		}
		book, err := Workbook(d)
		if err != nil {
			t.Fatal(err)
		}
		tables, err := Tables(d)
		if err != nil {
			t.Fatal(err)
		}
		packed, err := Packed(tables)
		if err != nil {
			t.Fatal(err)
		}
		pictures, err := Pictures(d)
		if err != nil {
			t.Fatal(err)
		}
		return slices.Concat(raw, book, packed, made1(t, d), pictures[0].PNG)
	}
	first := make()
	for range 2 {
		if !bytes.Equal(first, make()) {
			t.Fatal("a file differs from run to run")
		}
	}
}

func TestPicturesHaveTheResolutionOfPrintAndAreThoseOfTheDocuments(t *testing.T) {
	all, err := Pictures(report())
	if err != nil || len(all) != 1 || all[0].Name != "01.png" || all[0].Caption != "Hình 1. Số xã theo bước triển khai của từng huyện" {
		t.Fatalf("%d %v", len(all), err)
	}
	img, err := png.Decode(bytes.NewReader(all[0].PNG))
	if err != nil || img.Bounds().Dx() != printed {
		t.Errorf("%d pixels wide: %v", img.Bounds().Dx(), err)
	}
	if wordOf(t, report())["word/media/image1.png"] != string(all[0].PNG) {
		t.Error("the Word file shows another picture")
	}
}

func TestAWordFileOfNothingIsRefused(t *testing.T) {
	if _, err := DOCX(Document{}); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}
