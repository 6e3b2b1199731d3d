package filing

import (
	"context"

	"lotrinh/dossier"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/otp"
)

// Reach takes the telephone's number in and sends a code there, unless it is proved
// already or an officer vouches for the applicant.
func (s *Service) Reach(ctx context.Context, d Draft, typed, address string, lang i18n.Lang) (Draft, error) {
	return s.keep(ctx, d.ID, func(ctx context.Context, tx *db.Tx, d *Draft) error {
		if typed == "" && d.Helper != "" {
			d.Number, d.Code, d.VerifiedAt = "", "", nil // whoever has no telephone comes to the counter
			return nil
		}
		if err := d.reach(typed); err != nil || d.VerifiedAt != nil || d.Helper != "" {
			return err
		}
		return s.send(ctx, tx, d, address, lang)
	})
}

// Again sends another code to the same number.
func (s *Service) Again(ctx context.Context, d Draft, address string, lang i18n.Lang) (Draft, error) {
	return s.keep(ctx, d.ID, func(ctx context.Context, tx *db.Tx, d *Draft) error {
		if d.Number == "" {
			return fault.New(fault.Conflict, "filing.form.not_yet")
		}
		return s.send(ctx, tx, d, address, lang)
	})
}

func (s *Service) send(ctx context.Context, tx *db.Tx, d *Draft, address string, lang i18n.Lang) error {
	if !s.Texting() {
		return fault.New(fault.Unavailable, "filing.closed")
	}
	id, err := s.code(ctx, tx, purpose, d.Number, d.Unit, address, lang)
	d.Code = id
	return err
}

// code makes a one-time code and sends it. The message is private: no list shows it and
// its words are wiped once it went out.
func (s *Service) code(ctx context.Context, tx *db.Tx, what, number, unit, address string, lang i18n.Lang) (ident.ID, error) {
	now := s.Machine.Now()
	id, secret, err := otp.Make(ctx, tx, now, otp.Ask{Purpose: what, Number: number, From: address})
	if err != nil {
		return "", err
	}
	return id, notify.Write(ctx, tx, now, notify.Message{Phone: number, Lang: lang, Template: "filing.notice.code", Unit: unit,
		Args: []any{"code", secret, "minutes", int(otp.Life.Minutes())}, Critical: true, Private: true})
}

// Prove tries what was typed against the code that was sent.
func (s *Service) Prove(ctx context.Context, d Draft, typed string) (Draft, error) {
	var v otp.Verdict
	d, err := s.keep(ctx, d.ID, func(ctx context.Context, tx *db.Tx, d *Draft) (err error) {
		now := s.Machine.Now()
		if v, err = otp.Check(ctx, tx, now, d.Code, purpose, typed); err == nil && v.OK {
			d.VerifiedAt = &now
		}
		return err
	})
	if err != nil || d.Sent() {
		return d, err
	}
	return d, v.Err("code")
}

// vouched tells whether an officer who may receive dossiers in the unit stands behind a
// draft: the one who began it, signed in now.
func vouched(who access.Actor, d Draft) bool {
	return d.Helper != "" && who.ID == d.Helper && who.Covers(dossier.Receive, d.Unit)
}

// proved tells whether a draft may be sent by this actor.
func proved(who access.Actor, d Draft) bool { return d.VerifiedAt != nil || vouched(who, d) }
