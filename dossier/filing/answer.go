package filing

import (
	"context"
	"strings"

	"lotrinh/dossier"
	"lotrinh/dossier/form"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
)

// Other is the document of a supplement that the version does not name.
const Other = "other"

// SupplementOf is the draft in which the answer to a request for completion is gathered.
// A dossier is asked once (Decree 61/2018/NĐ-CP, art. 11), so it has one.
func (s *Service) SupplementOf(ctx context.Context, p Pass) (Draft, error) {
	d, err := s.Own(ctx, p)
	if err != nil {
		return Draft{}, err
	}
	if d.Status != dossier.Incomplete || d.Waiting != dossier.ForSupplement {
		return Draft{}, fault.New(fault.Conflict, "filing.supplement.closed")
	}
	now := s.Machine.Now()
	f := Draft{ID: ident.New(now), Kind: Supplement, Procedure: d.Procedure, Version: d.Version, Unit: d.Unit, Channel: d.Channel, Practice: d.Practice,
		Answers: form.Answers{}, Stamps: map[string]int64{}, Number: p.Number, VerifiedAt: p.VerifiedAt, Dossier: d.ID, Track: d.Track, At: now, ChangedAt: now, Ver: 1}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		// Somebody else with the same dossier may have begun: the first row stays.
		_, err := tx.NewInsert().Model(&f).On("CONFLICT (dossier) WHERE kind = 'supplement' DO NOTHING").Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		f = Draft{}
		return db.Sorted(tx.NewSelect().Model(&f).Where("fd.dossier = ?", d.ID).Where("fd.kind = ?", Supplement).Scan(ctx))
	})
	return f, err
}

// Supply sends the answer to a request for completion, once however often it is pressed.
func (s *Service) Supply(ctx context.Context, p Pass, words string) error {
	f, err := s.SupplementOf(ctx, p)
	if err != nil {
		return err
	}
	words = strings.TrimSpace(fold.NFC(words))
	_, err = s.keep(ctx, f.ID, func(ctx context.Context, tx *db.Tx, f *Draft) error {
		var sent []Document
		if err := tx.NewSelect().Model(&sent).Where("fo.draft = ?", f.ID).Order("fo.file").Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		var k fault.Check
		k.Need(len(sent) > 0 || words != "", "words", "filing.form.supplement_empty")
		if err := k.Err(); err != nil {
			return err
		}
		d, err := s.Dossiers.DoIn(ctx, tx, applicant(), f.Dossier, 0, dossier.Move{Act: dossier.Supplied, Said: words})
		if err != nil {
			return err
		}
		for _, one := range sent {
			if err := files.Move(ctx, tx, one.File, files.Owner{Area: area, Subject: string(f.ID)}, dossier.PaperOwner(d, one.Key)); err != nil {
				return err
			}
			if err := s.Dossiers.PresentIn(ctx, tx, d.ID, one.Key, false); err != nil {
				return err
			}
		}
		now := s.Machine.Now()
		f.SentAt, f.Answers, f.Stamps = &now, form.Answers{}, map[string]int64{}
		_, err = tx.NewRaw("DELETE FROM filing_document WHERE draft = ?", f.ID).Exec(ctx)
		return db.Sorted(err)
	})
	return err
}

// own does an act of the applicant's behind an open pass.
func (s *Service) own(ctx context.Context, p Pass, ver int64, m dossier.Move) error {
	d, err := s.Own(ctx, p)
	if err != nil {
		return err
	}
	_, err = s.Dossiers.Do(ctx, applicant(), d.ID, ver, m)
	return err
}

// reasoned is what somebody gave as a reason, refused when it is none.
func reasoned(field, key, typed string) (string, error) {
	typed = strings.TrimSpace(fold.NFC(typed))
	var k fault.Check
	k.Need(len([]rune(typed)) >= 3, field, key)
	k.Need(len([]rune(typed)) <= dossier.MostSaid, field, "filing.form.long", "n", dossier.MostSaid)
	return typed, k.Err()
}

// Withdraw takes the dossier back; ver is what the applicant saw.
func (s *Service) Withdraw(ctx context.Context, p Pass, ver int64, why string) error {
	why, err := reasoned("why", "filing.form.why_withdraw", why)
	if err != nil {
		return err
	}
	return s.own(ctx, p, ver, dossier.Move{Act: dossier.Withdraw, Said: why})
}

// Agree says that the draft of the certificate is right.
func (s *Service) Agree(ctx context.Context, p Pass, ver int64) error {
	return s.own(ctx, p, ver, dossier.Move{Act: dossier.Confirmed})
}

// Object says what is wrong in the draft of the certificate.
func (s *Service) Object(ctx context.Context, p Pass, ver int64, why string) error {
	why, err := reasoned("why", "filing.form.why_object", why)
	if err != nil {
		return err
	}
	return s.own(ctx, p, ver, dossier.Move{Act: dossier.Objected, Said: why})
}
