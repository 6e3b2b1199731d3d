package rollout

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/views"
)

// PhaseDays are the days that a plan promises for a phase, as a person changes them.
type PhaseDays struct {
	TrialOn, OfficialOn string // 2016-12-01
	Reason              string
	Version             int64 // of the phase as it was seen
}

// check is pure: what must hold of a phase's days.
func (f *PhaseDays) check() error {
	f.Reason = strings.TrimSpace(fold.NFC(f.Reason))
	_, trial := clock.ParseDate(f.TrialOn)
	_, official := clock.ParseDate(f.OfficialOn)
	var k fault.Check
	k.Need(trial == nil, "trial", "rollout.form.bad_day")
	k.Need(official == nil, "official", "rollout.form.bad_day")
	k.Need(trial != nil || official != nil || f.TrialOn <= f.OfficialOn, "official", "rollout.plan.order")
	k.Need(f.Reason != "", "reason", "rollout.phase.reason_needed")
	k.Need(utf8.RuneCountInString(f.Reason) <= 1000, "reason", "rollout.form.too_long", "max", 1000)
	return k.Err()
}

// SetPhaseDays puts the days of a phase off or forward, with a reason. The line of the
// plan follows from the next reading on; baselines and reports that were made keep the
// days that they knew. A phase that was live before the programme has no days.
func (s *Service) SetPhaseDays(ctx context.Context, who access.Actor, code string, ordinal int, f PhaseDays) error {
	if err := who.Need(Plan); err != nil {
		return err
	}
	if err := f.check(); err != nil {
		return err
	}
	now := s.clock.Now()
	return s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		pg, err := programmeByCode(ctx, tx, code)
		if err != nil {
			return err
		}
		var ph Phase
		if err := tx.NewSelect().Model(&ph).Where("ph.programme = ? AND ph.ordinal = ?", pg.ID, ordinal).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if ph.Live {
			return fault.New(fault.Conflict, "rollout.plan.live_day")
		}
		err = db.Changed(tx.NewRaw("UPDATE rollout_phase SET trial_on = ?, official_on = ?, version = version + 1 WHERE id = ? AND version = ?",
			f.TrialOn, f.OfficialOn, ph.ID, f.Version).Exec(ctx))
		if err != nil {
			return err
		}
		// The plan is no longer its file: the same file, imported again, sets its days again.
		if _, err := tx.NewRaw("UPDATE rollout_programme SET plan_hash = '', revision = revision + 1, version = version + 1 WHERE id = ?", pg.ID).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "rollout.phase.days", string(ph.ID), map[string][2]any{
			"trial_on": {ph.TrialOn, f.TrialOn}, "official_on": {ph.OfficialOn, f.OfficialOn}, "reason": {"", f.Reason}})
	})
}

func (p pages) phaseDays(c *httpx.Ctx) error { return p.askPhaseDays(c, nil, nil) }

func (p pages) askPhaseDays(c *httpx.Ctx, typed *PhaseDays, refused error) error {
	if err := c.Who.Need(Plan); err != nil {
		return err
	}
	pg, _, err := p.chosen(c)
	if err != nil {
		return err
	}
	var ph Phase
	err = p.db.Read().NewSelect().Model(&ph).Where("ph.programme = ? AND ph.ordinal = ?", pg.ID, number(c.Params("ordinal"))).Where("NOT ph.live").Scan(c.Std())
	if err != nil {
		return db.Sorted(err)
	}
	shown := PhaseDays{TrialOn: ph.TrialOn, OfficialOn: ph.OfficialOn}
	if typed != nil {
		shown = *typed
	}
	t := c.T
	title := t.Say("rollout.phase.change", "name", inLang(t, ph.Name, ph.NameEN))
	return p.again(c, title, refused, func(e ui.Errors) templ.Component {
		return views.OneForm(t, views.FormPage{
			Header: ui.HeaderData{Title: title, Lead: t.Say("rollout.phase.change.lead"), Crumbs: p.crumbs(c, ui.Crumb{Label: inLang(t, ph.Name, ph.NameEN)})},
			Form: ui.FormData{Action: "/rollout/phases/" + strconv.Itoa(ph.Ordinal), Errors: e, Submit: t.Say("rollout.phase.save"), Cancel: at(c, "/rollout"),
				Hidden: []ui.Hidden{hiddenProgramme(pg), {Name: "version", Value: itoa(ph.Version)}}},
			Fields: []ui.Field{
				{Kind: ui.Date, Name: "trial", Label: t.Say("rollout.phase.trial_on"), Value: shown.TrialOn, Narrow: true, Required: true, Error: e.Of("trial")},
				{Kind: ui.Date, Name: "official", Label: t.Say("rollout.phase.official_on"), Value: shown.OfficialOn, Narrow: true, Required: true, Error: e.Of("official")},
				{Kind: ui.Area, Name: "reason", Label: t.Say("rollout.phase.reason"), Hint: t.Say("rollout.phase.reason.hint"), Value: shown.Reason, Rows: 2, Max: 1000, Required: true, Error: e.Of("reason")},
			},
		})
	})
}

func (p pages) setPhaseDays(c *httpx.Ctx) error {
	typed := PhaseDays{TrialOn: c.FormValue("trial"), OfficialOn: c.FormValue("official"), Reason: c.FormValue("reason"), Version: number(c.FormValue("version"))}
	err := p.SetPhaseDays(c.Std(), c.Who, c.FormValue("p"), int(number(c.Params("ordinal"))), typed)
	if err != nil {
		if sameForm(err) {
			return p.askPhaseDays(c, &typed, err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("rollout.phase.saved"))
	return c.See(at(c, "/rollout"))
}
