package app

import (
	"context"
	"slices"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/otp"
	"lotrinh/internal/kit/trail"
)

// few is how many due moments one round of a chore looks at.
const few = 500

// chores is the work that comes round, in the order in which one feeds the next.
func (a *App) chores() []chore {
	return slices.Concat([]chore{
		{"deadlines", 10 * time.Second, func(ctx context.Context) error {
			_, err := deadline.Tick(ctx, a.DB, a.Business.Now(), few)
			return err
		}},
		{"calendars", 10 * time.Second, func(ctx context.Context) error {
			_, err := deadline.CatchUp(ctx, a.DB, deadline.Stored(a.Calendars), a.Business.Now(), nil, helpdesk.Area)
			return err
		}},
		{"events", 300 * time.Millisecond, func(ctx context.Context) error {
			_, err := a.Events.Run(ctx)
			return err
		}},
		{"alarms", 10 * time.Second, func(ctx context.Context) error {
			_, err := a.Desk.Alarms(ctx, few)
			return err
		}},
		{"duty", 5 * time.Second, a.roster},
		{"waivers", 30 * time.Second, func(ctx context.Context) error {
			_, err := a.Rollout.Sweep(ctx)
			return err
		}},
		{"readiness", 60 * time.Second, a.readiness},
		{"lines", 15 * time.Second, a.probeLines},
		{"figures of lines", 5 * time.Minute, a.figureLines},
		{"old samples of lines", time.Hour, a.Inventory.Lines.Forget},
		{"rollout", time.Hour, a.refreshRollout},
		{"reports", 5 * time.Second, a.dueReports},
		{"jobs", time.Second, func(ctx context.Context) error {
			_, err := a.Jobs.RunDue(ctx)
			return err
		}},
		{"notices", 5 * time.Second, func(ctx context.Context) error {
			_, err := a.Sender.Run(ctx)
			return err
		}},
		{"reports of text messages", 10 * time.Minute, a.Sender.Doubt},
		{"unsent reports", time.Hour, a.Desk.Portal.Sweep},
		{"one-time codes", time.Hour, func(ctx context.Context) error { return otp.Sweep(ctx, a.DB, a.Machine.Now()) }},
		{"live", time.Minute, a.Live.Sweep},
		{"mail", 2 * time.Second, a.Desk.Mail.Tend},
		{"calls", time.Minute, a.Desk.Hotline.Sweep},
		{"trail", 15 * time.Second, a.seal},
		{"years", time.Hour, a.years},
		{"tickets", 5 * time.Minute, func(ctx context.Context) error {
			_, err := a.Desk.CloseQuiet(ctx, few)
			return err
		}},
		{"snoozed", 30 * time.Second, func(ctx context.Context) error {
			_, err := a.Desk.WakeDue(ctx, few)
			return err
		}},
		{"articles", time.Hour, a.Desk.Knowledge.Remind},
		{"unsent", time.Hour, a.Desk.ForgetOld},
		{"sweep", time.Hour, a.sweep},
		{"memory", 10 * time.Second, a.saveMemory},
	}, a.trainingChores(), a.agentChores(), a.filingChores(), a.bookChores(), a.exchangeChores(), a.officeChores(), a.accountChores(), a.mapChores(), a.followChores(), a.watchChores(), a.aheadChores(), a.measureChores(), a.deliveryChores())
}

// dueReports makes the reports whose moment has come.
func (a *App) dueReports(ctx context.Context) error {
	_, err := a.Reports.RunDue(ctx)
	return err
}

// roster lets absences begin and gives out new tickets.
func (a *App) roster(ctx context.Context) error {
	if _, err := a.Desk.Duty.HandOver(ctx, few); err != nil {
		return err
	}
	_, err := a.Desk.Duty.Assign(ctx, few)
	return err
}

// readiness judges what time alone has changed, and keeps how the day ended.
func (a *App) readiness(ctx context.Context) error {
	if _, err := a.Inventory.Refresh(ctx); err != nil {
		return err
	}
	_, err := a.Inventory.KeepDay(ctx)
	return err
}

// refreshRollout asks the inventory about every commune, so that a lost event mends itself.
func (a *App) refreshRollout(ctx context.Context) error {
	who := a.actor("rollout")
	all, err := a.Rollout.Programmes(ctx, who)
	if err != nil {
		return err
	}
	for _, p := range all {
		if err := a.Rollout.Refresh(ctx, who, p.Code); err != nil {
			return err
		}
	}
	return nil
}

func (a *App) seal(ctx context.Context) error {
	for {
		n, err := trail.Seal(ctx, a.DB, a.Machine.Now())
		if err != nil || n == 0 {
			return err
		}
	}
}

// keepKeys is how long an Idempotency-Key is remembered.
const keepKeys = 48 * time.Hour

// keepJobs is how long a finished run of a job can be found again.
const keepJobs = 90 * 24 * time.Hour

// sweep forgets what has served its time.
func (a *App) sweep(ctx context.Context) error {
	if err := a.People.Sweep(ctx); err != nil {
		return err
	}
	if err := a.Jobs.Forget(ctx, keepJobs); err != nil {
		return err
	}
	if err := a.forgetKeys(ctx); err != nil {
		return err
	}
	if err := notify.ForgetIncoming(ctx, a.DB, a.Machine.Now()); err != nil {
		return err
	}
	_, err := a.Files.Sweep(ctx)
	return err
}
