package outlook

import (
	"context"
	"fmt"
	"testing"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/testkit"
	"lotrinh/rollout"
)

// fill puts two years of nightly forecasts, their scores and the tickets of every
// commune of phase 1 on a hundred days into the store.
func (h *house) fill() {
	h.t.Helper()
	programme := h.programmeID()
	var made []Forecast
	var scores []score
	for n := range 2 * 365 {
		at := h.at.Now().AddDate(0, 0, -n)
		f := Forecast{ID: ident.New(at), Programme: programme, Phase: rollout.Any, MadeOn: clock.Date(at), MadeAt: at, InputsHash: fmt.Sprint(n), Total: 416, P85On: "2016-12-28", Scored: n > 60}
		made = append(made, f)
		for _, p := range []int{50, 85, 95} {
			scores = append(scores, score{Forecast: f.ID, Programme: programme, Percent: p, Kept: n%7 > 0, KnownOn: clock.Date(at)})
		}
	}
	var days []ticketDay
	for _, u := range h.phase1() {
		for n := range 100 {
			days = append(days, ticketDay{Unit: u, Day: clock.Date(h.at.Now().AddDate(0, 0, -n)), Priority: 2, N: 1})
		}
	}
	h.ok(h.DB.InTx(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for _, rows := range []any{&made, &scores} {
			if _, err := tx.NewInsert().Model(rows).Exec(ctx); err != nil {
				return err
			}
		}
		for len(days) > 0 {
			some := days[:min(len(days), 2000)]
			days = days[len(some):]
			if _, err := tx.NewInsert().Model(&some).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	}))
	testkit.Analyze(h.t, h.DB)
}

func TestEveryListOfTheOutlookHasItsIndex(t *testing.T) {
	d := testkit.SQLite(t)
	h := open(t, d)
	h.fill()
	h.done(h.phase1(), "")
	look := func() {
		h.ok(h.Foretell(t.Context(), planner, "KH198"))
		_, err := h.Latest(t.Context(), planner, "KH198")
		h.ok(err)
		_, err = h.History(t.Context(), planner, "KH198", rollout.Any)
		h.ok(err)
		_, err = h.Calibrations(t.Context(), planner, "KH198")
		h.ok(err)
		_, err = h.Watches(t.Context(), planner, h.programmeID())
		h.ok(err)
		_, err = h.Holds(t.Context(), planner, h.programmeID())
		h.ok(err)
		h.ok(h.Nightly(t.Context()))
		h.ok(h.Watch(t.Context()))
	}
	for part, least := range map[string]int{"rollout_forecast": 4, "rollout_hold": 1, "rollout_watch": 1, "rollout_ticket_day": 0} {
		asked := testkit.Asked(d, part, look)
		if len(asked) < least {
			t.Errorf("%s: only %d queries were seen", part, len(asked))
		}
		// A programme has a wave a week and few of them are held; open forecasts are those whose day is to come.
		testkit.Walks(t, d, asked, "rw", "rh", "pg", "ph", "cr", "rollout_forecast_open")
	}
}

func TestTheOutlookAsksAConstantNumberOfTimes(t *testing.T) {
	d := testkit.SQLite(t)
	h := open(t, d)
	count := func(do func() error) int {
		t.Helper()
		n := 0
		d.Watch(func(context.Context, string, error) { n++ })
		h.ok(do())
		d.Watch(func(context.Context, string, error) {})
		return n
	}
	asks := map[string]func() error{
		"latest":  func() error { _, err := h.Latest(t.Context(), planner, "KH198"); return err },
		"history": func() error { _, err := h.History(t.Context(), planner, "KH198", rollout.Any); return err },
		"scores":  func() error { _, err := h.Calibrations(t.Context(), planner, "KH198"); return err },
		"watches": func() error { _, err := h.Watches(t.Context(), planner, h.programmeID()); return err },
	}
	before := map[string]int{}
	for name, do := range asks {
		before[name] = count(do)
	}
	h.fill()
	for name, do := range asks {
		if n := count(do); n != before[name] {
			t.Errorf("%s: %d queries, %d with few rows", name, n, before[name])
		}
	}
}
