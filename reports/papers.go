package reports

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/reports/render"
)

// The forms in which a report can be taken away.
const (
	PDF  = "pdf"
	DOCX = "docx"
	XLSX = "xlsx"
	JSON = "json" // the frozen figures, byte for byte
	ZIP  = "zip"  // all tables as CSV
	CSV  = "csv"  // one table
	PNG  = "png"  // one chart at the resolution of print
)

var types = map[string]string{PDF: files.PDF, DOCX: files.DOCX, XLSX: files.XLSX, JSON: files.JSON, ZIP: files.ZIP, CSV: files.CSV, PNG: files.PNG}

// ReportFile is one file made of a snapshot. Rows are never changed or deleted; the
// database refuses it. Issue is 0 for what was made with the snapshot, or the number of
// the issue whose document it is.
type ReportFile struct {
	bun.BaseModel `bun:"table:report_file,alias:rf"`
	Run           ident.ID  `bun:"run,pk"`
	Edition       int64     `bun:"edition,pk"`
	Name          string    `bun:"name,pk"`
	Issue         int64     `bun:"issue"`
	Form          string    `bun:"form"`
	Position      int64     `bun:"position"`
	Caption       string    `bun:"caption"`
	File          ident.ID  `bun:"file"`
	Hash          string    `bun:"hash"` // SHA-256 of its bytes
	Size          int64     `bun:"size"`
	MadeAt        time.Time `bun:"made_at"`
}

// Paper is a file of a report before it is stored.
type Paper struct {
	Form, Name, Caption string
	Content             []byte
}

// Papers makes every file of a snapshot's body: the same body gives the same bytes.
func (s *Service) Papers(body []byte) ([]Paper, error) {
	f, d, err := s.bodied(body)
	if err != nil {
		return nil, err
	}
	book, err := s.document(d, f, digest(body), PaperOnly)
	if err != nil {
		return nil, err
	}
	xlsx, err := render.Workbook(book)
	if err != nil {
		return nil, err
	}
	tables, err := render.Tables(book)
	if err != nil {
		return nil, err
	}
	packed, err := render.Packed(tables)
	if err != nil {
		return nil, err
	}
	doc, err := s.paperOf(d, f, body, xlsx)
	if err != nil {
		return nil, err
	}
	pdf, err := render.PDF(doc)
	if err != nil {
		return nil, err
	}
	docx, err := render.DOCX(doc)
	if err != nil {
		return nil, err
	}
	pictures, err := render.Pictures(doc)
	if err != nil {
		return nil, err
	}
	name := fileName(f)
	all := []Paper{{PDF, name + ".pdf", "", pdf}, {DOCX, name + ".docx", "", docx}, {XLSX, name + ".xlsx", "", xlsx}, {ZIP, name + "-csv.zip", "", packed}, {JSON, "data.json", "", body}}
	for _, t := range tables {
		all = append(all, Paper{CSV, name + "-" + t.Name, t.Caption, t.Content})
	}
	for _, p := range pictures {
		all = append(all, Paper{PNG, name + "-" + p.Name, p.Caption, p.PNG})
	}
	return all, nil
}

// bodied is the figures of a body with their definition.
func (s *Service) bodied(body []byte) (Figures, Definition, error) {
	var f Figures
	if err := json.Unmarshal(body, &f); err != nil {
		return f, Definition{}, fault.Because(fault.Internal, "fault.internal", err)
	}
	d, err := definitionOf(f)
	return f, d, err
}

// paperOf is the document for paper, its charts drawn, the figures and the workbook
// attached, on no more pages than its definition allows.
func (s *Service) paperOf(d Definition, f Figures, body, xlsx []byte) (render.Document, error) {
	doc, err := s.document(d, f, digest(body), NotOnPaper)
	if err != nil {
		return doc, err
	}
	t := s.words.In(i18n.VI)
	doc.Attachments = []render.Attachment{
		{Name: "data.json", Description: t.Say("reports.attached.json"), Content: body},
		{Name: fileName(f) + ".xlsx", Description: t.Say("reports.attached.xlsx"), Content: xlsx},
	}
	doc.Shortened = func(n int) string { return t.Say("reports.doc.shortened", "n", n) }
	return render.Fitted(doc, d.Pages)
}

// stored is a file whose bytes are on disk, not yet attached.
type stored struct {
	row  ReportFile
	blob files.Blob
}

// put brings the bytes of files to the disk.
func (s *Service) put(ctx context.Context, papers []Paper) ([]stored, error) {
	var all []stored
	for i, p := range papers {
		b, err := s.files.Receive(ctx, files.Made(types[p.Form]), p.Name, bytes.NewReader(p.Content))
		if err != nil {
			return nil, err
		}
		all = append(all, stored{row: ReportFile{Name: b.Name, Form: p.Form, Position: int64(i + 1), Caption: p.Caption, Hash: b.Hash, Size: b.Size}, blob: b})
	}
	return all, nil
}

// attach writes the rows of stored files of an edition in the transaction of its snapshot
// or issue, and gives them back with their files.
func (s *Service) attach(ctx context.Context, tx *db.Tx, who access.Actor, r RunRow, edition, issue int64, all []stored) ([]ReportFile, error) {
	at := s.machine.Now()
	owner := files.Owner{Area: Area, Subject: string(r.ID), Unit: r.Cut}
	rows := make([]ReportFile, len(all))
	for i, one := range all {
		f, err := files.Attach(ctx, tx, at, who, one.blob, owner)
		if err != nil {
			return nil, err
		}
		rows[i] = one.row
		rows[i].Run, rows[i].Edition, rows[i].Issue, rows[i].File, rows[i].MadeAt = r.ID, edition, issue, f.ID, at
	}
	_, err := tx.NewInsert().Model(&rows).Exec(ctx)
	return rows, db.Sorted(err)
}

// FilesOf are the files of an edition of a run within the reader's reach, in their order;
// of the latest edition when it is 0.
func (s *Service) FilesOf(ctx context.Context, who access.Actor, run ident.ID, edition int64) ([]ReportFile, error) {
	if _, err := s.RunOf(ctx, who, run); err != nil {
		return nil, err
	}
	return s.filesOf(ctx, run, edition)
}

func (s *Service) filesOf(ctx context.Context, run ident.ID, edition int64) ([]ReportFile, error) {
	q := s.db.Read().NewSelect().Model((*ReportFile)(nil)).Where("rf.run = ?", run)
	if edition > 0 {
		q = q.Where("rf.edition = ?", edition)
	} else {
		q = q.Where("rf.edition = (SELECT max(x.edition) FROM report_file AS x WHERE x.run = ?)", run)
	}
	var rows []ReportFile
	err := q.Order("rf.issue DESC", "rf.position").Scan(ctx, &rows)
	return rows, db.Sorted(err)
}

// FileOf is the stored file of a form, of the latest edition of a finished run within
// the reader's reach: of a PDF the one that was issued, while there is none the draft.
func (s *Service) FileOf(ctx context.Context, who access.Actor, run ident.ID, form string) (files.File, error) {
	return s.fileBy(ctx, who, run, 0, func(f ReportFile) bool { return f.Form == form })
}

// FileNamed is the stored file of a name, of an edition, or of the latest when it is 0.
func (s *Service) FileNamed(ctx context.Context, who access.Actor, run ident.ID, edition int64, name string) (files.File, error) {
	return s.fileBy(ctx, who, run, edition, func(f ReportFile) bool { return f.Name == name })
}

func (s *Service) fileBy(ctx context.Context, who access.Actor, run ident.ID, edition int64, is func(ReportFile) bool) (files.File, error) {
	all, err := s.FilesOf(ctx, who, run, edition)
	if err != nil {
		return files.File{}, err
	}
	for _, f := range all {
		if is(f) {
			return s.files.Get(ctx, Area, f.File)
		}
	}
	return files.File{}, fault.New(fault.Missing, "fault.missing")
}

// content is the bytes of a stored file.
func (s *Service) content(f files.File) ([]byte, error) {
	o, err := s.files.Open(f)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.NewSectionReader(o, 0, f.Size))
	if cerr := o.Close(); err == nil {
		err = cerr
	}
	return raw, err
}

// safe is a word fit for a file's name.
func safe(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>| `, r) {
			return '-'
		}
		return r
	}, s)
}
