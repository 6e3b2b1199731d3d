package app

import (
	"context"
	"io/fs"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/duty"
	"lotrinh/rollout/issuance"
)

// accountWords are what the rooms of accounts say.
var accountWords = []fs.FS{issuance.Locale, duty.Locale}

// accountTexts are the text messages of accounts: a first password goes to the telephone
// that it is for and is wiped once it has left.
var accountTexts = []notify.Text{{Template: "issuance.notice.first", Args: []string{"code", "due"}}}

// openAccounts builds the room that issues accounts.
func (h *House) openAccounts() {
	h.Accounts = issuance.New(issuance.Deps{DB: h.DB, Business: h.Business, Machine: h.Machine, Units: h.Units, People: h.People, Rollout: h.Rollout,
		Calendars: h.Calendars, Jobs: h.Jobs, Holders: holders{h.People}, Words: h.Words, Trained: h.trained,
		Texting: func() bool { return h.Sender.Gate != nil }, BaseURL: h.Config.BaseURL, Days: number(h.Config.FirstPassword)})
	h.CommuneDuty = duty.New(duty.Deps{DB: h.DB, Business: h.Business, Machine: h.Machine, Units: h.Units, Rollout: h.Rollout, Calendars: h.Calendars, City: h.Config.Hotline})
	h.Imports.Register(h.Accounts.RosterSpec())
	h.Jobs.Register(issuance.IssueJob, h.Accounts.Work)
	h.metrics.gauge("lotrinh_accounts_not_begun", "Accounts that were issued and whose owners have not come in.", func(ctx context.Context) (float64, error) {
		n, err := h.Accounts.NotBegun(ctx)
		return float64(n), err
	})
}

// trained are the people of units who were trained for their posts, as the room of
// training knows them.
func (h *House) trained(ctx context.Context, q bun.IDB, units []string) ([]issuance.Key, error) {
	all, err := h.Training.Trained(ctx, q, units)
	out := make([]issuance.Key, len(all))
	for i, t := range all {
		out[i] = issuance.Key{Unit: t.Unit, Audience: string(t.Audience), Code: t.Code, NameFold: t.NameFold}
	}
	return out, err
}

// issued is where the finished work of issuing leads.
func issued(job.Row) string { return issuance.Home + "/batches" }

// accountRoutes declares the routes of the rooms of accounts.
func (a *App) accountRoutes(r *httpx.Router) {
	a.Accounts.Routes(r, a.Site)
	a.CommuneDuty.Routes(r, a.Site)
}

// accountChores is the work of accounts that comes round.
func (a *App) accountChores() []chore {
	return []chore{
		{"first passwords", 10 * time.Minute, a.Accounts.Remind},
		{"accounts of those who left", time.Hour, a.Accounts.CloseLeft},
		{"access reviews", time.Hour, func(ctx context.Context) error {
			if err := a.Accounts.OpenReviews(ctx); err != nil {
				return err
			}
			return a.Accounts.RemindReviews(ctx)
		}},
	}
}

// accountsWait is what the rooms of accounts ask of a person today.
func (h *House) accountsWait(ctx context.Context, t i18n.T, who access.Actor) ([]ui.TodoItem, error) {
	return h.Accounts.Todo(ctx, t, who, h.due)
}
