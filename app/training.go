package app

import (
	"context"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/rollout/training"
)

// learners are the accounts as training knows them.
type learners struct{ *org.People }

// Trainers are the active accounts that teach.
func (l learners) Trainers(ctx context.Context) ([]training.Account, error) {
	rows, err := l.Holders(ctx, org.Trainer, "")
	out := make([]training.Account, len(rows))
	for i, a := range rows {
		out[i] = training.Account{ID: a.ID, Name: a.Name, Unit: a.Unit}
	}
	return out, err
}

// audienceOf is the audience that a role stands for in a commune.
var audienceOf = map[access.Role]training.Audience{
	org.SigningLeader: training.Leader, org.OneStopOfficer: training.OneStop, org.CivilStatusOfficer: training.Civil, org.LabourOfficer: training.Labour,
}

// Account is one active account with the audience of its first post.
func (l learners) Account(ctx context.Context, id ident.ID) (training.Account, error) {
	who, err := l.ActorOf(ctx, id)
	if err != nil {
		return training.Account{}, err
	}
	a := training.Account{ID: who.ID, Name: who.Name, Unit: who.Home}
	for _, g := range who.Grants {
		if a.Audience == "" {
			a.Audience = audienceOf[g.Role]
		}
	}
	return a, nil
}

// openTraining builds the room of training and brings its courses in.
func (h *House) openTraining(ctx context.Context) error {
	h.Training = training.New(training.Deps{DB: h.DB, Business: h.Business, Units: h.Units, Rollout: h.Rollout, Calendars: h.Calendars, Files: h.Files,
		People: learners{h.People}, Words: h.Words, Imports: h.Imports, Key: h.signs, Address: h.Config.BaseURL})
	if err := h.metrics.all.Register(&hall{h.DB, h.Business}); err != nil {
		return err
	}
	return h.Training.Seed(ctx)
}

// trainingChores remind people of their classes.
func (a *App) trainingChores() []chore {
	return []chore{{"classes", time.Minute, func(ctx context.Context) error {
		_, err := a.Training.Remind(ctx)
		return err
	}}}
}
