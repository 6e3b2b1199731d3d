package app

import (
	"context"
	"errors"
	"strconv"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
)

// demoStart is when the demo's business clock starts: the morning of the official
// start of phase 1, 10/11/2016 08:00 in Hanoi.
var demoStart = time.Date(2016, 11, 10, 8, 0, 0, 0, clock.City)

// demoOffset is the setting that keeps how far the business clock is from the machine's;
// demoStood the moment at which the clock stood when the house was closed in peace.
const (
	demoOffset = "demo.clock.offset"
	demoStood  = "demo.clock.stood"
)

// businessClock is the machine's clock, or in the demo one that runs beside it. What was
// made ready in the evening is shown next morning: closed in peace, the clock goes on
// where it stood; killed, it has run on, so that it never goes back. Commands at a demo's
// store look at its clock too, and leave it as it is: their units are those of its days.
func businessClock(ctx context.Context, d *db.DB, machine clock.Clock, demo bool) (*clock.Shifted, error) {
	c := clock.Shift(machine, 0)
	if !demo {
		if state, err := readSetting(ctx, d, demoState); err != nil || state != demoTold {
			return c, err
		}
	}
	stood, err := readSetting(ctx, d, demoStood)
	if err != nil {
		return nil, err
	}
	if at, err := time.Parse(time.RFC3339Nano, stood); err == nil {
		if c.SetOffset(at.Sub(machine.Now())); !demo {
			return c, nil
		}
		return c, errors.Join(keepOffset(ctx, d, c), keepSetting(ctx, d, demoStood, ""))
	}
	kept, err := readSetting(ctx, d, demoOffset)
	if err != nil {
		return nil, err
	}
	if ns, err := strconv.ParseInt(kept, 10, 64); err == nil {
		c.SetOffset(time.Duration(ns))
		return c, nil
	}
	c.SetOffset(demoStart.Sub(machine.Now()))
	return c, keepOffset(ctx, d, c)
}

func keepOffset(ctx context.Context, d *db.DB, c *clock.Shifted) error {
	return keepSetting(ctx, d, demoOffset, strconv.FormatInt(int64(c.Offset()), 10))
}

// standStill keeps where the demo's clock stands, for the next start to go on from.
func (a *App) standStill(ctx context.Context) error {
	if !a.Config.Demo {
		return nil
	}
	return keepSetting(ctx, a.DB, demoStood, a.Business.Now().Format(time.RFC3339Nano))
}

// farthest is the most that the demo's clock may be moved at once: the days between
// are lived through, reports and expiries included.
const farthest = 400 * 24 * time.Hour

// moveClock is the demo bar: a step forward, or to a moment; never back, since what
// has happened has happened.
func (a *App) moveClock(c *httpx.Ctx) error {
	now := a.Business.Now()
	to, err := a.step(c.Std(), c.FormValue("step"), c.FormValue("to"), now)
	if err != nil {
		return err
	}
	if !to.After(now) || to.Sub(now) > farthest {
		return fault.New(fault.Invalid, "demo.clock_forward")
	}
	shifted := a.Business
	shifted.SetOffset(shifted.Offset() + to.Sub(now))
	if err := keepOffset(c.Std(), a.DB, shifted); err != nil {
		return err
	}
	if err := a.Sender.Reconsider(c.Std()); err != nil {
		return err
	}
	a.work.round(context.WithoutCancel(c.Std()))
	return c.See(httpx.Local(c.FormValue("next"), "/"))
}

func (a *App) step(ctx context.Context, step, typed string, now time.Time) (time.Time, error) {
	switch step {
	case "hour":
		return now.Add(time.Hour), nil
	case "day":
		return now.AddDate(0, 0, 1), nil
	case "morning":
		return a.nextMorning(ctx, now)
	case "monday":
		day := now.In(clock.City)
		ahead := (8 - int(day.Weekday())) % 7
		to := time.Date(day.Year(), day.Month(), day.Day()+ahead, 7, 30, 0, 0, clock.City)
		if !to.After(now) {
			to = to.AddDate(0, 0, 7)
		}
		return to, nil
	}
	to, err := time.ParseInLocation("2006-01-02T15:04", typed, clock.City)
	if err != nil {
		return to, fault.Because(fault.Invalid, "form.bad_moment", err)
	}
	return to, nil
}
