package app

import (
	"context"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/filing"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/signed"
	"lotrinh/internal/kit/worktime/calstore"
)

// openFiling builds the citizens' room. Whether a commune takes dossiers is the rollout's
// to say; without a gateway for text messages nobody is led into a form.
func (h *House) openFiling(d *dossiers, key signed.Key) {
	d.Filing = filing.New(filing.Deps{DB: h.DB, Business: h.Business, Machine: h.Machine, Dossiers: d.Service, Files: h.Files, Units: h.Units, Calendars: h.Calendars,
		Calendar: calstore.Office, Key: key, Words: h.Words, Hotline: h.Config.Hotline, Texting: func() bool { return h.Sender.Gate != nil }, Live: h.takes,
		Heard: func(ctx context.Context, tx *db.Tx, d dossier.Dossier, attitude int64, words string) error {
			return h.books.Feedback.SayIn(ctx, tx, d, attitude, words)
		},
		Answered: func(ctx context.Context, id ident.ID) (string, time.Time, bool, error) {
			return h.books.Feedback.AnswerTo(ctx, id)
		},
		Official: func(ctx context.Context, number string) (string, error) { return h.books.Tickets.Official(ctx, number) }})
}

// takes asks the rollout whether a commune takes dossiers online.
func (h *House) takes(ctx context.Context, unit string) (filing.Opening, error) {
	open, from, err := h.Rollout.Takes(ctx, unit)
	return filing.Opening{Open: open, From: from}, err
}

// filingChores is the work of the citizens' room that comes round.
func (a *App) filingChores() []chore {
	return []chore{{"drafts of dossiers", time.Hour, a.Dossiers.Filing.Sweep}, {"silent consent", time.Minute, func(ctx context.Context) error {
		_, err := a.Dossiers.Filing.Consent(ctx, few)
		return err
	}}}
}
