package app

import (
	"context"
	"slices"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
	"lotrinh/rollout"
)

// waiting is what each area asks of a person today: tickets first, since somebody
// waits at the other end.
func (h *House) waiting() []waits {
	return append([]waits{h.dossiersWait, h.Desk.Todo, h.Desk.Knowledge.Todo, h.Training.Todo, h.rolloutWaits, h.servicesWait, h.waiversWait, h.Outlook.Todo, h.Schedule.Todo, h.Inventory.Supply.Todo, h.gapsWait, h.accountsWait, h.yearsToConfirm}, slices.Concat(h.Follow.waiting(), h.Watch.waiting())...)
}

// standing is how each area's work stands.
func (h *House) standing() []stands {
	return []stands{h.rolloutStands, h.Desk.Standing, h.Desk.Incidents.Standing, h.Watch.Alerts.Standing}
}

// shortList is how many things of one kind the home page names one by one.
const shortList = 5

// due is a due moment as lists show it: what is left is counted on the clock.
func (h *House) due(at time.Time) *ui.Due {
	now := h.Business.Now()
	d := &ui.Due{State: ui.DueRunning, At: at, Left: at.Sub(now), PerDay: 24 * time.Hour}
	switch {
	case at.Before(now):
		d.State, d.Left = ui.DueLate, now.Sub(at)
	case d.Left < 4*time.Hour:
		d.State = ui.DueSoon
	}
	return d
}

// gapsWait names the open gaps that somebody should move on.
func (h *House) gapsWait(ctx context.Context, t i18n.T, who access.Actor) ([]ui.TodoItem, error) {
	if !who.May(inventory.Handle) {
		return nil, nil
	}
	gaps, err := h.Inventory.Gaps(ctx, who, inventory.GapFilter{}, page.Request{Limit: shortList})
	if err != nil {
		return nil, err
	}
	var items []ui.TodoItem
	for _, g := range gaps.Items {
		item := ui.TodoItem{Title: t.Line(g.Line()), Href: "/inventory/gaps/" + string(g.ID), Why: g.Place + ", " + t.Say("inventory.gap.state."+string(g.State))}
		if !g.DueAt.IsZero() {
			item.Due = h.due(g.DueAt)
		}
		items = append(items, item)
	}
	return items, nil
}

// rolloutWaits is how many communes cannot go on, and how many could.
func (h *House) rolloutWaits(ctx context.Context, t i18n.T, who access.Actor) ([]ui.TodoItem, error) {
	if !who.May(rollout.Declare) && !who.May(rollout.Verify) {
		return nil, nil
	}
	o, ok, err := h.programme(ctx, who)
	if err != nil || !ok {
		return nil, err
	}
	today := clock.Date(h.Business.Now())
	begun := map[int]bool{}
	official := map[int]bool{}
	for _, p := range o.Phases {
		begun[p.Ordinal], official[p.Ordinal] = !p.Live && p.TrialOn <= today, !p.Live && p.OfficialOn <= today
	}
	stuck, able := 0, 0
	for _, tile := range o.Tiles {
		switch {
		case begun[tile.Phase] && tile.Stage != rollout.Official && tile.Answer != rollout.Met:
			stuck++
		case official[tile.Phase] && tile.Stage == rollout.Trial && tile.Answer == rollout.Met:
			able++
		}
	}
	var items []ui.TodoItem
	if able > 0 && who.May(rollout.MoveTo) {
		items = append(items, ui.TodoItem{Title: t.Say("home.rollout.able", "n", able), Href: "/rollout/board?stage=trial&answer=met",
			Why: t.Say("home.rollout.able.why"), State: &ui.State{Tone: ui.Good, Word: t.Say("home.rollout.able.state")}})
	}
	if stuck > 0 {
		items = append(items, ui.TodoItem{Title: t.Say("home.rollout.stuck", "n", stuck), Href: "/rollout/board?answer=unmet",
			Why: t.Say("home.rollout.stuck.why"), State: &ui.State{Tone: ui.Bad, Word: t.Say("home.rollout.stuck.state")}})
	}
	return items, nil
}

// programme is the overview of the first programme that the person may see.
func (h *House) programme(ctx context.Context, who access.Actor) (rollout.Overview, bool, error) {
	all, err := h.Rollout.Programmes(ctx, who)
	if err != nil || len(all) == 0 {
		return rollout.Overview{}, false, err
	}
	o, err := h.Rollout.Overview(ctx, who, all[0].Code)
	return o, err == nil, err
}

// soonDays is how long before its last day a waiver comes to mind.
const soonDays = 3

// waiversWait names the waivers that end in these days.
func (h *House) waiversWait(ctx context.Context, t i18n.T, who access.Actor) ([]ui.TodoItem, error) {
	if !who.May(rollout.Waive) {
		return nil, nil
	}
	all, err := h.Rollout.Programmes(ctx, who)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	waivers, err := h.Rollout.Waivers(ctx, who, all[0].Code)
	if err != nil {
		return nil, err
	}
	now := h.Business.Now()
	first, last := clock.Date(now), clock.Date(now.AddDate(0, 0, soonDays))
	var items []ui.TodoItem
	for _, w := range waivers {
		if w.UntilDay < first || w.UntilDay > last || !w.RevokedAt.IsZero() {
			continue
		}
		end, err := clock.ParseDate(w.UntilDay)
		if err != nil {
			return nil, err
		}
		items = append(items, ui.TodoItem{Title: t.Say("home.waiver.ends", "n", len(w.Units), "day", t.Day(end)), Why: w.Reason, Href: "/rollout/waivers"})
	}
	return items, nil
}

// rolloutStands is declared beside verified, over the communes that the person sees.
func (h *House) rolloutStands(ctx context.Context, t i18n.T, who access.Actor) ([]ui.FigureData, error) {
	if !who.May(rollout.Read) {
		return nil, nil
	}
	o, ok, err := h.programme(ctx, who)
	if err != nil || !ok || o.Rollout.Total == 0 {
		return nil, err
	}
	n := o.Rollout
	of := t.Say("home.of", "n", n.Total)
	verified := t.Say("home.verified.so", "n", n.Declared-n.Verified)
	if n.Declared <= n.Verified {
		verified = t.Say("home.verified.agree")
	}
	return []ui.FigureData{
		{Label: t.Say("home.official"), Value: t.Int(int64(n.Stages[rollout.Official])), Of: of, SoWhat: t.Say("home.official.so", "n", n.Stages[rollout.Trial]), Href: "/rollout/board?stage=official"},
		{Label: t.Say("home.declared"), Value: t.Int(int64(n.Declared)), Of: of, SoWhat: t.Say("home.declared.so"), Href: "/rollout"},
		{Label: t.Say("home.verified"), Value: t.Int(int64(n.Verified)), Of: of, SoWhat: verified, Href: "/rollout", Tone: gapTone(n.Declared - n.Verified)},
	}, nil
}

func gapTone(gap int) ui.Tone {
	if gap > 0 {
		return ui.Warn
	}
	return ui.Good
}
