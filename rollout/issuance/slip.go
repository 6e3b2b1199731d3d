package issuance

import (
	"context"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/paper"
)

// mostSlips is how many slips one file holds: their passwords are hashed while somebody
// waits.
const mostSlips = 60

// Slips makes first passwords for the accounts of a batch that have none yet, and prints
// them, one sealed letter a page: ready as a PDF, together with how many are left for the
// next file. It is the only way in which such a password is ever told: asked again, it
// prints the next ones.
func (s *Service) Slips(ctx context.Context, who access.Actor, batch ident.ID) (pdf []byte, printed, left int, err error) {
	if err := who.Need(Issue); err != nil {
		return nil, 0, 0, err
	}
	var rows []Request
	err = s.DB.Read().NewSelect().Model(&rows).Where("iq.batch = ?", batch).Where("iq.batch <> ''").Where("iq.state = ?", Issued).Where("iq.channel = ?", BySlip).
		Where("iq.handed_at IS NULL").Apply(who.Within(Issue, "iq.unit")).Order("iq.unit", "iq.name_fold", "iq.id").Scan(ctx)
	if err != nil {
		return nil, 0, 0, db.Sorted(err)
	}
	if len(rows) == 0 {
		return nil, 0, 0, fault.New(fault.Conflict, "issuance.slip.none")
	}
	some := rows[:min(len(rows), mostSlips)]
	pdf, err = s.print(ctx, who, some)
	return pdf, len(some), len(rows) - len(some), err
}

// Reissue replaces a first password that was lost or has run out, and prints its letter.
// The one before stops working.
func (s *Service) Reissue(ctx context.Context, who access.Actor, id ident.ID) ([]byte, error) {
	r, err := byID(ctx, s.DB.Read(), who, Issue, id)
	if err != nil {
		return nil, err
	}
	if r.State != Issued {
		return nil, fault.New(fault.Conflict, "issuance.wrong_state")
	}
	return s.print(ctx, who, []Request{r})
}

// ReissueText replaces a first password by one that is sent as a text message.
func (s *Service) ReissueText(ctx context.Context, who access.Actor, id ident.ID) error {
	if _, err := byID(ctx, s.DB.Read(), who, Issue, id); err != nil {
		return err
	}
	p, err := firsts(1)
	if err != nil {
		return err
	}
	until, err := s.workdays(ctx, s.Business.Now(), s.Days)
	if err != nil {
		return err
	}
	err = s.change(ctx, who, Issue, id, 0, func(ctx context.Context, tx *db.Tx, r *Request) error {
		switch {
		case r.State != Issued:
			return fault.New(fault.Conflict, "issuance.wrong_state")
		case r.Phone == "" || s.Texting == nil || !s.Texting():
			return fault.New(fault.Conflict, "issuance.issue.no_gateway")
		}
		if err := s.text(ctx, tx, who, r, p[0], until); err != nil {
			return err
		}
		return s.note(ctx, tx, who, "handed", *r, map[string][2]any{"channel": {nil, BySMS}})
	})
	return err
}

// print makes passwords and the letters that tell them, in one act: when the letters
// cannot be made no password changes.
func (s *Service) print(ctx context.Context, who access.Actor, rows []Request) ([]byte, error) {
	passwords, err := firsts(len(rows))
	if err != nil {
		return nil, err
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	now := s.Business.Now()
	until, err := s.workdays(ctx, now, s.Days)
	if err != nil {
		return nil, err
	}
	var pdf []byte
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var letters []letter
		for i := range rows {
			r, err := byID(ctx, tx, who, Issue, rows[i].ID)
			if err != nil {
				return err
			}
			if r.Version != rows[i].Version {
				return fault.New(fault.Conflict, "fault.changed_meanwhile")
			}
			a, err := s.People.FirstPasswordIn(ctx, tx, who, r.Account, passwords[i].hash, until)
			if err != nil {
				return err
			}
			r.Channel, r.HandedAt, r.UntilAt, r.Reminded = BySlip, now, until, 0
			if err := save(ctx, tx, &r, "channel", "handed_at", "until_at", "reminded"); err != nil {
				return err
			}
			if err := s.note(ctx, tx, who, "handed", r, map[string][2]any{"channel": {nil, BySlip}}); err != nil {
				return err
			}
			letters = append(letters, letter{name: r.Name, post: r.Post, unit: tree.Place(r.Unit), login: a.Login, password: passwords[i].password})
		}
		var err error
		pdf, err = s.letters(letters, now, until)
		return err
	})
	return pdf, err
}

// letter is what a slip tells.
type letter struct {
	name, unit, login, password string
	post                        access.Role
}

// letters lay the slips out, one a page: to whom it goes on the outer third, the password
// on the inner one, the receipt to cut off on the last.
func (s *Service) letters(all []letter, now, until time.Time) ([]byte, error) {
	t := s.Words.In(i18n.VI)
	sheet, err := paper.New(paper.About{Title: t.Say("issuance.slip.title"), Author: t.Say("site.owner"), Lang: string(i18n.VI), Made: now})
	if err != nil {
		return nil, fault.Because(fault.Internal, "fault.internal", err)
	}
	for _, l := range all {
		s.letter(sheet, t, l, until)
	}
	return sheet.Bytes()
}

const (
	third   = paper.PageHeight / 3
	slipQR  = 26.0
	slipRow = 7.5
)

func (s *Service) letter(p *paper.Sheet, t i18n.T, l letter, until time.Time) {
	body, bold, small := paper.Font{Size: 12}, paper.Font{Size: 12, Style: "B"}, paper.Font{Size: 10, Style: "I"}
	p.NewPage()
	p.Head(paper.Head{Parent: t.Say("issuance.slip.parent"), Issuer: t.Say("issuance.slip.issuer"), Nation: t.Say("issuance.slip.nation"), Motto: t.Say("issuance.slip.motto")})
	p.Put(bold, paper.Left, p.Y, paper.TextWidth, t.Say("issuance.slip.to", "name", l.name), "L")
	p.Put(body, paper.Left, p.Y+slipRow, paper.TextWidth, t.Say("issuance.post."+string(l.post))+", "+l.unit, "L")
	p.Put(small, paper.Left, p.Y+2*slipRow, paper.TextWidth, t.Say("issuance.slip.open"), "L")
	crease(p, third)
	p.Y = third + 8
	p.Title(t.Say("issuance.slip.title"), "")
	for _, row := range [][2]string{{"issuance.slip.address", s.BaseURL}, {"issuance.slip.login", l.login}, {"issuance.slip.password", l.password}, {"issuance.slip.until", t.Day(until)}} {
		p.Put(body, paper.Left, p.Y, 45, t.Say(row[0]), "L")
		p.Put(paper.Font{Size: 13, Style: "B"}, paper.Left+45, p.Y, paper.TextWidth-45-slipQR, paper.Clean(row[1]), "L")
		p.Y += slipRow
	}
	if img, err := qr.Encode(strings.TrimRight(s.BaseURL, "/")+"/sign-in", qr.M, qr.Auto); err == nil {
		p.Matrix(paper.Left+paper.TextWidth-slipQR, p.Y-4*slipRow, slipQR, img.Bounds().Dx(), func(x, y int) bool {
			r, _, _, _ := img.At(x, y).RGBA()
			return r == 0
		})
	}
	p.Y += 3
	p.Paragraph(paper.Font{Size: 11}, t.Say("issuance.slip.how"))
	crease(p, 2*third)
	p.Y = 2*third + 8
	p.Title(t.Say("issuance.slip.receipt"), "")
	p.Paragraph(body, t.Say("issuance.slip.received", "name", l.name, "login", l.login, "unit", l.unit))
	p.Put(small, paper.Left, p.Y+4, paper.TextWidth, t.Say("issuance.slip.sign"), "R")
}

// crease marks where the sheet is folded.
func crease(p *paper.Sheet, y float64) {
	p.SetLineWidth(0.2)
	p.SetDashPattern([]float64{2, 2}, 0)
	p.Line(10, y, paper.PageWidth-10, y)
	p.SetDashPattern(nil, 0)
}
