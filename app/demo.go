package app

import (
	"context"
	"time"

	"lotrinh/app/demo"
	"lotrinh/internal/site/account"
)

// loadDemo tells the demo's fortnight into a new store, and leaves the business
// clock where it stood.
func (a *App) loadDemo(ctx context.Context) error {
	h := demo.House{
		People: a.People, Units: a.Units, Rollout: a.Rollout, Inventory: a.Inventory, Desk: a.Desk,
		At: func(t time.Time) { a.Business.SetOffset(t.Sub(a.Machine.Now())) },
		Settle: func(ctx context.Context) error {
			_, err := a.Events.Run(ctx)
			return err
		},
	}
	loaded, err := demo.Loaded(ctx, h)
	if err != nil || loaded {
		return err
	}
	if err := demo.Load(ctx, h); err != nil {
		return err
	}
	a.Business.SetOffset(demoStart.Sub(a.Machine.Now()))
	return keepOffset(ctx, a.DB, a.Business)
}

// demoLogins are the accounts that the sign-in page of a demo offers.
func (h *House) demoLogins() ([]account.Demo, error) {
	if !h.Config.Demo {
		return nil, nil
	}
	people, err := demo.People()
	if err != nil {
		return nil, err
	}
	var list []account.Demo
	for _, p := range people {
		list = append(list, account.Demo{Login: p.Login, Name: p.Name, Role: string(p.Role), Password: demo.Password})
	}
	return list, nil
}
