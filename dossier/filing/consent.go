package filing

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
)

// consentMinutes is the working day that an applicant has to look at the draft of the
// certificate; silence is consent afterwards (rule of the national portal).
const consentMinutes = 8 * 60

// consent is until when an applicant may object.
type consent struct {
	bun.BaseModel `bun:"table:filing_consent,alias:fc"`
	Dossier       ident.ID  `bun:"dossier,pk"`
	Until         time.Time `bun:"until_at"`
}

// moved takes part in every act: a draft of a certificate that was sent to its applicant
// starts the time for objections, whatever comes then ends it.
func (s *Service) moved(ctx context.Context, tx *db.Tx, before, after dossier.Dossier, st dossier.Step) error {
	if st.Act == dossier.AskConfirm {
		cal, err := s.Calendars.Calendar(ctx, s.Calendar)
		if err != nil {
			return err
		}
		due, err := cal.AddMinutes(st.At, consentMinutes)
		if err != nil || !due.Known() {
			return err // a year without a calendar: an officer goes on by hand
		}
		_, err = tx.NewRaw("INSERT INTO filing_consent (dossier, until_at) VALUES (?, ?) ON CONFLICT (dossier) DO UPDATE SET until_at = EXCLUDED.until_at",
			after.ID, due.At.UTC()).Exec(ctx)
		return db.Sorted(err)
	}
	if before.Waiting == dossier.ForConfirmation && after.Waiting != dossier.ForConfirmation {
		_, err := tx.NewRaw("DELETE FROM filing_consent WHERE dossier = ?", after.ID).Exec(ctx)
		return db.Sorted(err)
	}
	return nil
}

// ConsentUntil is until when the applicant may object; the zero moment when nobody waits.
func (s *Service) ConsentUntil(ctx context.Context, id ident.ID) (time.Time, error) {
	var rows []consent
	err := s.DB.Read().NewSelect().Model(&rows).Where("fc.dossier = ?", id).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return time.Time{}, db.Sorted(err)
	}
	return rows[0].Until, nil
}

// Consent takes silence for consent where the time has passed, at most so many; each in a
// transaction of its own, so that one that cannot move stops no other.
func (s *Service) Consent(ctx context.Context, most int) (int, error) {
	var due []consent
	err := s.DB.Read().NewSelect().Model(&due).Where("fc.until_at <= ?", s.Business.Now()).Order("fc.until_at").Limit(int64(most)).Scan(ctx)
	if err != nil {
		return 0, db.Sorted(err)
	}
	said := s.Words.In(i18n.VI).Say("filing.consent.silence")
	n := 0
	for _, one := range due {
		_, err := s.Dossiers.Do(ctx, access.System("consent"), one.Dossier, 0, dossier.Move{Act: dossier.Confirmed, Said: said})
		switch {
		case err == nil:
			n++
		case fault.Is(err, fault.Conflict): // it was answered, stopped or withdrawn meanwhile
			if err := s.unask(ctx, one.Dossier); err != nil {
				return n, err
			}
		default:
			return n, err
		}
	}
	return n, nil
}

func (s *Service) unask(ctx context.Context, id ident.ID) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("DELETE FROM filing_consent WHERE dossier = ?", id).Exec(ctx)
		return db.Sorted(err)
	})
}
