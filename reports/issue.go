package reports

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
	"lotrinh/reports/render"
)

// Issued says under which number, when and by whom an edition of a report was signed.
// The figures are untouched by it: it adds a document. Rows are never changed; a mistake
// is mended by the next issue, with its reason.
type Issued struct {
	bun.BaseModel `bun:"table:report_issue,alias:ri"`
	Run           ident.ID  `bun:"run,pk"`
	Issue         int64     `bun:"issue,pk"` // from 1
	Edition       int64     `bun:"edition"`
	Cut           string    `bun:"cut"`
	Year          int64     `bun:"year"` // in which it was signed: numbers begin anew each year
	Number        int64     `bun:"number"`
	Symbol        string    `bun:"symbol"`    // BC-STTTT
	SignedOn      string    `bun:"signed_on"` // 2016-11-14
	Capacity      string    `bun:"capacity"`  // lines: "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"
	Signer        string    `bun:"signer"`
	Reason        string    `bun:"reason"` // why the issue before was not right; empty on the first
	At            time.Time `bun:"at"`
	By            ident.ID  `bun:"by_account"`
	ByName        string    `bun:"by_name"`
}

// Code is the number with its symbol as the decree writes it: 05/BC-STTTT.
func (i Issued) Code() string { return fmt.Sprintf("%02d/%s", i.Number, i.Symbol) }

// IssueForm is what a person typed about a signed report. Version is the number of the
// issue that the person saw, 0 while there was none.
type IssueForm struct {
	Number, SignedOn, Capacity, Signer, Reason string
	Version                                    int64
}

const (
	mostNumber   = 99999
	mostCapacity = 3
)

// check reads what was typed. The figures must have been read before the signature.
func (f IssueForm) check(read, now time.Time) (Issued, error) {
	var k fault.Check
	i := Issued{Signer: strings.TrimSpace(fold.NFC(f.Signer)), Reason: strings.TrimSpace(fold.NFC(f.Reason))}
	n, err := strconv.ParseInt(strings.TrimSpace(f.Number), 10, 64)
	k.Need(err == nil && n >= 1 && n <= mostNumber, "number", "reports.issue.number_needed")
	day, derr := clock.ParseDate(strings.TrimSpace(f.SignedOn))
	k.Need(derr == nil, "signed_on", "form.bad_day")
	if derr == nil {
		i.SignedOn, i.Year = clock.Date(day), int64(day.In(clock.City).Year())
		k.Need(i.SignedOn >= clock.Date(read) && i.SignedOn <= clock.Date(now), "signed_on", "reports.issue.day_between", "from", read, "until", now)
	}
	var lines []string
	for line := range strings.Lines(fold.NFC(f.Capacity)) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, strings.ToUpper(line))
			k.Need(utf8.RuneCountInString(line) <= 80, "capacity", "reports.issue.capacity_long")
		}
	}
	k.Need(len(lines) >= 1 && len(lines) <= mostCapacity, "capacity", "reports.issue.capacity_needed", "most", mostCapacity)
	k.Need(i.Signer != "", "signer", "reports.issue.signer_needed")
	k.Need(utf8.RuneCountInString(i.Signer) <= 80, "signer", "reports.issue.signer_long")
	k.Need(f.Version == 0 || i.Reason != "", "reason", "reports.issue.reason_needed")
	k.Need(utf8.RuneCountInString(i.Reason) <= 500, "reason", "reports.issue.reason_long")
	i.Number, i.Capacity = n, strings.Join(lines, "\n")
	return i, k.Err()
}

// on puts number, day and signer into a document and takes the draft's mark away.
func (i Issued) on(t i18n.T, doc render.Document) render.Document {
	day, month, year := render.OfficialDate(dayOf(i.SignedOn))
	before, _, _ := strings.Cut(doc.Number, "/")
	doc.Number = strings.TrimSpace(before) + " " + i.Code()
	doc.PlaceDate = t.Say("reports.doc.place_date", "day", day, "month", month, "year", year)
	doc.Draft, doc.Capacity, doc.Signer = "", strings.Split(i.Capacity, "\n"), i.Signer
	return doc
}

// symbolOf is what stands behind the stroke of a draft's number.
func symbolOf(doc render.Document) string {
	_, symbol, _ := strings.Cut(doc.Number, "/")
	return strings.TrimSpace(symbol)
}

// IssuedOf are the issues of a run within the reader's reach, the latest first.
func (s *Service) IssuedOf(ctx context.Context, who access.Actor, run ident.ID) ([]Issued, error) {
	if _, err := s.RunOf(ctx, who, run); err != nil {
		return nil, err
	}
	var rows []Issued
	err := s.db.Read().NewSelect().Model(&rows).Where("ri.run = ?", run).Order("ri.issue DESC").Scan(ctx)
	return rows, db.Sorted(err)
}

// IssueRun records that the latest edition of a report was signed: it lays the
// same figures out once more, with number and signer, and keeps that PDF beside the draft.
func (s *Service) IssueRun(ctx context.Context, who access.Actor, run ident.ID, f IssueForm) (Issued, error) {
	r, err := s.RunOf(ctx, who, run)
	if err != nil {
		return Issued{}, err
	}
	if err := who.NeedAt(Issue, r.Cut); err != nil {
		return Issued{}, err
	}
	sn, err := s.SnapshotOf(ctx, who, run)
	if err != nil {
		return Issued{}, err
	}
	i, err := f.check(sn.ReadAt, s.business.Now())
	if err != nil {
		return Issued{}, err
	}
	doc, err := s.redrawn(ctx, sn)
	if err != nil {
		return Issued{}, err
	}
	i.Run, i.Edition, i.Cut, i.Symbol, i.Issue = r.ID, sn.Edition, r.Cut, symbolOf(doc), f.Version+1
	i.At, i.By, i.ByName = s.machine.Now(), who.ID, who.Name
	pdf, err := render.PDF(i.on(s.words.In(i18n.VI), doc))
	if err != nil {
		return Issued{}, err
	}
	name := fmt.Sprintf("%s-%s.pdf", strings.TrimSuffix(doc.Attachments[1].Name, ".xlsx"), safe(i.Code()))
	if i.Issue > 1 {
		name = strings.TrimSuffix(name, ".pdf") + fmt.Sprintf("-%d.pdf", i.Issue)
	}
	made, err := s.put(ctx, []Paper{{PDF, name, "", pdf}})
	if err != nil {
		return Issued{}, err
	}
	return i, s.keepIssue(ctx, who, r, i, made)
}

// keepIssue stores an issue with its document. A number that another report of the same
// body bears this year, and an issue that somebody else recorded first, are Conflict.
func (s *Service) keepIssue(ctx context.Context, who access.Actor, r RunRow, i Issued, made []stored) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var last, twin int64
		if err := tx.NewRaw("SELECT coalesce(max(issue), 0) FROM report_issue WHERE run = ?", r.ID).Scan(ctx, &last); err != nil {
			return db.Sorted(err)
		}
		if last != i.Issue-1 {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		err := tx.NewRaw("SELECT count(*) FROM report_issue AS a WHERE a.cut = ? AND a.symbol = ? AND a.year = ? AND a.number = ? AND a.run <> ? "+
			"AND NOT EXISTS (SELECT 1 FROM report_issue AS b WHERE b.run = a.run AND b.issue > a.issue)", i.Cut, i.Symbol, i.Year, i.Number, r.ID).Scan(ctx, &twin)
		if err != nil {
			return db.Sorted(err)
		}
		if twin > 0 {
			return taken(nil)
		}
		if _, err := tx.NewInsert().Model(&i).Exec(ctx); err != nil {
			if db.Duplicate(err) {
				return taken(err)
			}
			return db.Sorted(err)
		}
		if _, err := s.attach(ctx, tx, who, r, i.Edition, i.Issue, made); err != nil {
			return err
		}
		now := s.business.Now()
		if err := outbox.Write(ctx, tx, now, RunIssued{Run: string(r.ID), Definition: r.Definition, Programme: r.Programme, Cut: r.Cut, Period: r.PeriodKey,
			Issue: i.Issue, Number: i.Code(), SignedOn: i.SignedOn, Hash: made[0].row.Hash}); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "reports.run.issued", string(r.ID), map[string][2]any{"number": {"", i.Code()}, "signed_on": {"", i.SignedOn}, "issue": {last, i.Issue}})
	})
}

// taken says that a number is another report's.
func taken(cause error) error {
	return fault.Because(fault.Conflict, "reports.issue.number_taken", cause)
}

// redrawn is the document of a snapshot once more, with the figures and the workbook
// that were stored then.
func (s *Service) redrawn(ctx context.Context, sn Snapshot) (render.Document, error) {
	if _, err := sn.Figures(); err != nil {
		return render.Document{}, err
	}
	f, d, err := s.bodied([]byte(sn.Body))
	if err != nil {
		return render.Document{}, err
	}
	file, err := s.files.Get(ctx, Area, sn.XLSXFile)
	if err != nil {
		return render.Document{}, err
	}
	xlsx, err := s.content(file)
	if err != nil {
		return render.Document{}, err
	}
	return s.paperOf(d, f, []byte(sn.Body), xlsx)
}
