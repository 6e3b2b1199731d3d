package training

import (
	"context"
	"strconv"
	"time"

	"github.com/boombuler/barcode/qr"
	"github.com/uptrace/bun"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/paper"
)

// Certificate says that somebody is trained. It keeps the words of its day: a person who
// moves on and a course that is renamed do not change it. Anybody with its code may see
// whether it is true; nothing stands on it that the check does not need.
type Certificate struct {
	bun.BaseModel `bun:"table:training_certificate,alias:ce"`
	Code          string    `bun:"code,pk"` // LT16-ABCDE-FGHJK
	Seat          ident.ID  `bun:"seat"`
	Name          string    `bun:"name"`
	Unit          string    `bun:"unit"`
	Place         string    `bun:"place"` // the unit in words, of that day
	Title         string    `bun:"title"` // of the course
	TitleEN       string    `bun:"title_en"`
	Day           string    `bun:"day"` // of the class
	Hours         int64     `bun:"hours"`
	IssuedAt      time.Time `bun:"issued_at"`
	RevokedAt     time.Time `bun:"revoked_at,nullzero"`
	Reason        string    `bun:"reason"` // why it was taken back; for the inside only
}

// CertificatePath is the public page where a certificate is checked.
func CertificatePath(code string) string { return verifyAt + "/" + code }

// certify gives certificates for seats that make their people trained; one that was taken
// back holds again.
func (s *Service) certify(ctx context.Context, tx *db.Tx, now time.Time, c Class, course Course, done []Seat) error {
	if len(done) == 0 {
		return nil
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return err
	}
	ids := make([]ident.ID, len(done))
	for i, x := range done {
		ids[i] = x.Person
	}
	people, err := peopleByID(ctx, tx, ids)
	if err != nil {
		return err
	}
	rows := make([]Certificate, len(done))
	for i, x := range done {
		rows[i] = Certificate{Code: certificateCode(s.Key, x.ID, c.Day[:4]), Seat: x.ID, Name: people[i].Name, Unit: x.Unit, Place: tree.Place(x.Unit),
			Title: course.Title, TitleEN: course.TitleEN, Day: c.Day, Hours: course.Hours, IssuedAt: now}
	}
	_, err = tx.NewInsert().Model(&rows).On("CONFLICT (code) DO UPDATE").Set("revoked_at = NULL").Set("reason = ''").Exec(ctx)
	return db.Sorted(err)
}

// Verify is the certificate with a code, for whoever holds the paper. A code that is none
// is Missing.
func (s *Service) Verify(ctx context.Context, typed string) (Certificate, error) {
	var c Certificate
	code := readCertificate(typed)
	if code == "" {
		return c, fault.New(fault.Missing, "training.certificate.unknown")
	}
	err := db.Sorted(s.DB.Read().NewSelect().Model(&c).Where("ce.code = ?", code).Scan(ctx))
	if fault.Is(err, fault.Missing) {
		return c, fault.New(fault.Missing, "training.certificate.unknown")
	}
	return c, err
}

// Paper is the certificate as a PDF; the same certificate gives the same bytes.
func (s *Service) Paper(c Certificate) ([]byte, error) {
	t := s.Words.In(i18n.VI)
	day, err := clock.ParseDate(c.Day)
	if err != nil {
		return nil, fault.Because(fault.Internal, "fault.internal", err)
	}
	sheet, err := paper.NewOn(paper.A4Wide, paper.About{Title: t.Say("training.certificate.title") + " " + c.Code, Author: t.Say("training.certificate.issuer"), Lang: string(i18n.VI), Made: c.IssuedAt})
	if err != nil {
		return nil, fault.Because(fault.Internal, "fault.internal", err)
	}
	sheet.NewPage()
	sheet.Head(paper.Head{Parent: t.Say("training.certificate.parent"), Issuer: t.Say("training.certificate.issuer"), Nation: t.Say("training.certificate.nation"), Motto: t.Say("training.certificate.motto"),
		PlaceDate: officialDay(t, c.IssuedAt)})
	sheet.Y += 6
	sheet.Title(t.Say("training.certificate.title"), c.Title)
	sheet.Y += 4
	middle := func(f paper.Font, text string) {
		sheet.Y = sheet.Block(f, sheet.Form.Left, sheet.Y, sheet.Form.TextWidth(), text, "C") + 2
	}
	middle(paper.Font{Size: 14}, t.Say("training.certificate.given"))
	middle(paper.Font{Size: 24, Style: "B"}, c.Name)
	middle(paper.Font{Size: 14}, c.Place)
	middle(paper.Font{Size: 14}, t.Say("training.certificate.done", "day", dayText(clock.Date(day)), "hours", c.Hours))
	code, err := qr.Encode(s.link(CertificatePath(c.Code)), qr.M, qr.Auto)
	if err != nil {
		return nil, fault.Because(fault.Internal, "fault.internal", err)
	}
	const side = 30.0
	n, top := code.Bounds().Dx(), sheet.Form.Floor()-side-10
	sheet.Matrix(sheet.Form.Left, top, side, n, func(x, y int) bool {
		r, _, _, _ := code.At(x, y).RGBA()
		return r == 0
	})
	sheet.Put(paper.Font{Size: 11, Style: "B"}, sheet.Form.Left+side+5, top+8, 120, t.Say("training.certificate.code", "code", c.Code), "L")
	sheet.Put(paper.Font{Size: 10}, sheet.Form.Left+side+5, top+15, 150, t.Say("training.certificate.check", "address", s.link(verifyAt)), "L")
	return sheet.Bytes()
}

// officialDay is where and when a paper was made, as the decree writes it: a nought before
// days below 10 and the first two months only.
func officialDay(t i18n.T, at time.Time) string {
	y, m, d := at.In(clock.City).Date()
	day, month := strconv.Itoa(d), strconv.Itoa(int(m))
	if d < 10 {
		day = "0" + day
	}
	if m <= time.February {
		month = "0" + month
	}
	return t.Say("training.certificate.place_date", "day", day, "month", month, "year", strconv.Itoa(y))
}
