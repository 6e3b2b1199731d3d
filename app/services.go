package app

import (
	"context"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/services"
)

// focalPoints are the accounts from which the focal points of departments are appointed.
type focalPoints struct{ *org.People }

// FocalPoints are the active accounts that hold the post.
func (f focalPoints) FocalPoints(ctx context.Context) ([]services.Account, error) {
	rows, err := f.Holders(ctx, org.FocalPoint, "")
	out := make([]services.Account, len(rows))
	for i, a := range rows {
		out[i] = services.Account{ID: a.ID, Name: a.Name}
	}
	return out, err
}

// openServices builds the room of services.
func (h *House) openServices() {
	h.Services = services.New(services.Deps{DB: h.DB, Business: h.Business, Units: h.Units, Rollout: h.Rollout, Files: h.Files, People: focalPoints{h.People}, Words: h.Words, Imports: h.Imports})
}

// servicesWait names the departments whose procedures this person reports and that are
// not live yet.
func (h *House) servicesWait(ctx context.Context, t i18n.T, who access.Actor) ([]ui.TodoItem, error) {
	return h.Services.Todo(ctx, t, who)
}
