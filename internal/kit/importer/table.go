package importer

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/unicode"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
)

// Record is one line of a table with the number that a spreadsheet shows beside it.
type Record struct {
	N     int
	Cells []string
}

// ReadTable reads the first sheet of a workbook, or a CSV file in UTF-8 or UTF-16
// with commas, semicolons or tabs. Text comes out in composed form and trimmed;
// empty lines are left out.
func ReadTable(r io.ReaderAt, size int64) ([]Record, error) {
	var head [4]byte
	if _, err := r.ReadAt(head[:], 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if bytes.HasPrefix(head[:], []byte("PK\x03\x04")) {
		return readBook(r, size)
	}
	raw := make([]byte, size)
	if _, err := io.ReadFull(io.NewSectionReader(r, 0, size), raw); err != nil {
		return nil, err
	}
	return ReadCSV(raw)
}

const (
	maxUnpacked = 96 << 20
	maxParts    = 400
)

func readBook(r io.ReaderAt, size int64) ([]Record, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fault.Because(fault.Invalid, "importer.book_broken", err)
	}
	var unpacked uint64
	for _, f := range z.File {
		unpacked += min(f.UncompressedSize64, maxUnpacked+1)
	}
	if unpacked > maxUnpacked || len(z.File) > maxParts {
		return nil, fault.New(fault.TooLarge, "importer.book_large")
	}
	book, err := excelize.OpenReader(io.NewSectionReader(r, 0, size),
		excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: 8 << 20, RawCellValue: true})
	if err != nil {
		return nil, fault.Because(fault.Invalid, "importer.book_broken", err)
	}
	defer func() { _ = book.Close() }() // only read
	sheet := ""
	for _, name := range book.GetSheetList() {
		if seen, err := book.GetSheetVisible(name); err == nil && seen {
			sheet = name
			break
		}
	}
	if sheet == "" {
		return nil, fault.New(fault.Invalid, "importer.empty")
	}
	rows, err := book.Rows(sheet)
	if err != nil {
		return nil, fault.Because(fault.Invalid, "importer.book_broken", err)
	}
	defer func() { _ = rows.Close() }() // only read
	var out []Record
	for n := 1; rows.Next(); n++ {
		cells, err := rows.Columns()
		if err != nil {
			return nil, fault.Because(fault.Invalid, "importer.book_broken", err)
		}
		if out, err = add(out, n, cells); err != nil {
			return nil, err
		}
		// A sheet may claim a million rows that hold nothing but colours.
		if n > MaxRows*5 {
			break
		}
	}
	return out, rows.Error()
}

// ReadCSV reads a CSV file.
func ReadCSV(raw []byte) ([]Record, error) {
	text, err := decode(raw)
	if err != nil {
		return nil, err
	}
	comma, text := delimiter(text)
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = comma, -1, true
	var out []Record
	n, end := 0, 0
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			return nil, fault.Because(fault.Invalid, "importer.csv_broken", err, "line", broken.Line)
		}
		if err != nil {
			return nil, err
		}
		// The reader leaves empty lines out; a spreadsheet counts them.
		line, _ := r.FieldPos(0)
		n += max(1, line-end)
		end = line
		for _, c := range cells {
			end += strings.Count(c, "\n")
		}
		if out, err = add(out, n, cells); err != nil {
			return nil, err
		}
	}
}

// unguard takes off the apostrophe that Guard has put before what looks like a formula.
func unguard(s string) string {
	if len(s) > 1 && s[0] == '\'' && Guard(s[1:]) == s {
		return s[1:]
	}
	return s
}

func add(out []Record, n int, cells []string) ([]Record, error) {
	last := 0
	clean := make([]string, len(cells))
	for i, c := range cells {
		clean[i] = unguard(strings.TrimSpace(fold.NFC(strings.ToValidUTF8(c, "\uFFFD"))))
		if clean[i] == "" {
			continue
		}
		last = i + 1
		if utf8.RuneCountInString(clean[i]) > MaxCell {
			return nil, fault.New(fault.Invalid, "importer.cell_long", "cell", Ref(i, n), "limit", MaxCell)
		}
	}
	switch {
	case last == 0:
		return out, nil
	case last > MaxColumns:
		return nil, fault.New(fault.Invalid, "importer.too_many_columns", "limit", MaxColumns)
	case len(out) > MaxRows:
		return nil, fault.New(fault.TooLarge, "importer.too_many_rows", "limit", MaxRows)
	}
	return append(out, Record{N: n, Cells: clean[:last]}), nil
}

// decode makes text of a file's bytes. What is neither UTF-8 nor marked as UTF-16 is
// refused: an old code page guessed wrong would spoil every name.
func decode(raw []byte) (string, error) {
	switch {
	case bytes.HasPrefix(raw, []byte{0xFF, 0xFE}), bytes.HasPrefix(raw, []byte{0xFE, 0xFF}):
		text, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(raw)
		if err != nil {
			return "", fault.Because(fault.Invalid, "importer.encoding", err)
		}
		return string(text), nil
	case !utf8.Valid(raw), bytes.IndexByte(raw, 0) >= 0:
		return "", fault.New(fault.Invalid, "importer.encoding")
	}
	return strings.TrimPrefix(string(raw), "\uFEFF"), nil
}

// delimiter finds the sign between cells: the one that Excel names outright
// ("sep=;"), else the most frequent one of the first lines, outside quotes.
func delimiter(text string) (rune, string) {
	first, rest, _ := strings.Cut(text, "\n")
	if sep, ok := strings.CutPrefix(strings.TrimSpace(first), "sep="); ok && len(sep) == 1 && strings.Contains(",;\t|", sep) {
		return rune(sep[0]), rest
	}
	seen := map[rune]int{}
	quoted, lines := false, 0
	for _, r := range text {
		switch {
		case r == '"':
			quoted = !quoted
		case r == '\n':
			lines++
		case !quoted:
			seen[r]++
		}
		if lines == 12 {
			break
		}
	}
	best := ','
	for _, c := range []rune{';', '\t'} {
		if seen[c] > seen[best] {
			best = c
		}
	}
	return best, text
}

// Ref is the name that a spreadsheet gives to a cell: column 2 of row 7 is C7.
func Ref(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column+1, row)
	if err != nil {
		return "?"
	}
	return name
}
