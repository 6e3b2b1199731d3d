package render

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/paper"
)

// File is one of several files of a kind: its name without a folder, what it is, what
// it holds.
type File struct {
	Name, Caption string
	Content       []byte
}

// byteOrder is how a file says that it is UTF-8, so that a spreadsheet reads it right.
const byteOrder = "\uFEFF"

// Tables writes every table of a document as CSV: UTF-8 with a mark, commas between,
// numbers and days in the form that machines read (1234.5; 0.8333; 2016-11-14), empty
// for what is not known, and no text that a spreadsheet would run as a formula.
func Tables(d Document) ([]File, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	var all []File
	for i, t := range d.tables() {
		raw, err := t.csv()
		if err != nil {
			return nil, fault.Because(fault.Internal, "reports.render.failed", err)
		}
		name := t.Sheet
		if name == "" {
			name = t.Caption
		}
		key := strings.ReplaceAll(fold.Key(name), " ", "-")
		all = append(all, File{Name: fmt.Sprintf("%02d-%s.csv", i+1, strings.Trim(key, "-")), Caption: paper.Clean(t.Caption), Content: raw})
	}
	return all, nil
}

func (t Table) csv() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(byteOrder)
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	head := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = guarded(paper.Clean(c.Head))
	}
	if err := w.Write(head); err != nil {
		return nil, err
	}
	for _, row := range t.all() {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = bare(c)
		}
		if err := w.Write(cells); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// bare is a cell as machines read it.
func bare(c any) string {
	switch v := c.(type) {
	case string:
		return guarded(strings.ToValidUTF8(fold.NFC(v), ""))
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case time.Time:
		return clock.Date(v)
	}
	return ""
}

// guarded puts an apostrophe before text that a spreadsheet would take for a formula.
func guarded(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}

// Packed puts files into one archive. The same files give the same bytes.
func Packed(files []File) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate})
		if err != nil {
			return nil, fault.Because(fault.Internal, "reports.render.failed", err)
		}
		if _, err := w.Write(f.Content); err != nil {
			return nil, fault.Because(fault.Internal, "reports.render.failed", err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fault.Because(fault.Internal, "reports.render.failed", err)
	}
	return b.Bytes(), nil
}
