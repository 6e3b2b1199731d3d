package app

import (
	"context"
	"runtime/debug"
	"time"

	"lotrinh/app/demo"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/site/account"
)

// loadDemo tells the demo's fortnight into a new store, and leaves the business
// clock where it stood.
func (a *App) loadDemo(ctx context.Context) error {
	h := demo.House{
		People: a.People, Units: a.Units, Rollout: a.Rollout, Inventory: a.Inventory.Service, Lines: a.Inventory.Lines, Desk: a.Desk.Service, Knowledge: a.Desk.Knowledge, Hotline: a.Desk.Hotline, Mail: a.Desk.Mail, Reports: a.Reports,
		Incidents: a.Desk.Incidents, Dossiers: a.Dossiers.Service, Office: a.Dossiers.Office, Registers: a.Dossiers.Registers, Services: a.Services, Duty: a.Desk.Duty, Training: a.Training, Tier: a.Desk.Tier,
		Rooms:    demo.Rooms{Intake: a.Inventory.Intake, Supply: a.Inventory.Supply, Installs: a.Inventory.Field.Installs, Counts: a.Inventory.Field.Counts, Schedule: a.Schedule},
		Ahead:    demo.Ahead{Gates: a.Gates, Outlook: a.Outlook},
		Accounts: demo.Accounts{Issuance: a.Accounts, OnDuty: a.CommuneDuty, Jobs: a.Jobs},
		Follow:   demo.Follow{Returns: a.Follow.Returns, Difficulties: a.Follow.Difficulties, Inspections: a.Follow.Inspections},
		Heed:     demo.Heed{Directives: a.Watch.Directives, Alerts: a.Watch.Alerts},
		At:       func(t time.Time) { a.Business.SetOffset(t.Sub(a.Machine.Now())) },
		Settle: func(ctx context.Context) error {
			_, err := a.Events.Run(ctx)
			return err
		},
	}
	state, err := readSetting(ctx, a.DB, demoState)
	if err != nil || state == demoTold {
		return err
	}
	if err := demo.Load(ctx, h); err != nil {
		return err
	}
	a.Business.SetOffset(demoStart.Sub(a.Machine.Now()))
	if err := a.Measures.Tend(ctx); err != nil { // pages of the first morning know the days before it
		return err
	}
	if err := demo.Warn(ctx, h); err != nil {
		return err
	}
	a.Business.SetOffset(demoStart.Sub(a.Machine.Now()))
	if err := keepOffset(ctx, a.DB, a.Business); err != nil {
		return err
	}
	if err := keepSetting(ctx, a.DB, demoState, demoTold); err != nil {
		return err
	}
	debug.FreeOSMemory() // a fortnight was written in seconds; from here on it is an ordinary day
	return a.DB.Spare(ctx)
}

// demoState is the setting that marks a store as a demo's: begun, then told to the end.
const (
	demoState = "demo.state"
	demoBegun = "begun"
	demoTold  = "told"
)

// claimForDemo marks an empty store as a demo's, and refuses one that holds the work
// of real people: the demo has open accounts and moves the clock.
func (h *House) claimForDemo(ctx context.Context) error {
	state, err := readSetting(ctx, h.DB, demoState)
	if err != nil || state == demoTold {
		return err
	}
	var accounts int
	if err := h.DB.Read().NewRaw("SELECT count(*) FROM (SELECT 1 FROM account LIMIT 1) AS one").Scan(ctx, &accounts); err != nil {
		return db.Sorted(err)
	}
	switch {
	case accounts == 0:
		return keepSetting(ctx, h.DB, demoState, demoBegun)
	case state == demoBegun:
		return fault.New(fault.Conflict, "demo.half_told")
	}
	return fault.New(fault.Conflict, "demo.store_in_use")
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
