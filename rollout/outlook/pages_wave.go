package outlook

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout"
	"lotrinh/rollout/hold"
	"lotrinh/rollout/outlook/views"
)

// Watches are the waves of a programme as they were seen last, newest first.
func (s *Service) Watches(ctx context.Context, who access.Actor, programme ident.ID) ([]Watch, error) {
	if err := who.Need(rollout.Read); err != nil {
		return nil, err
	}
	var all []Watch
	err := s.DB.Read().NewSelect().Model(&all).Where("rw.programme = ?", programme).Order("rw.from_day DESC", "rw.wave").Limit(50).Scan(ctx)
	return all, db.Sorted(err)
}

func (p pages) wave(c *httpx.Ctx) error {
	pg, err := p.chosen(c)
	if err != nil {
		return err
	}
	all, err := p.Watches(c.Std(), c.Who, pg.ID)
	if err != nil {
		return err
	}
	for _, w := range all {
		if w.Name == c.Params("wave") {
			return p.showWave(c, pg, w)
		}
	}
	return fault.New(fault.Missing, "fault.missing")
}

func (p pages) showWave(c *httpx.Ctx, pg rollout.Programme, w Watch) error {
	set, err := p.SettingsOf(c.Std(), pg.ID)
	if err != nil {
		return err
	}
	t, state := c.T, waveState(c.T, w)
	title := t.Say("outlook.wave", "n", w.Phase, "day", day(t, w.From))
	v := views.Wave{Head: ui.HeaderData{Title: title, Lead: t.Say("outlook.wave.lead", "n", w.Units, "until", day(t, w.Until)), State: &state, Crumbs: crumbs(c, ui.Crumb{Label: title})},
		Facts: ratesFacts(t, w.Rates, w.RatesKey != ""), Looks: setFacts(t, set, w.Learned)}
	v.Table = ui.TableData{Caption: t.Say("outlook.days"), Count: -1, Columns: []ui.Column{{Label: t.Say("outlook.col.day")}, {Label: t.Say("outlook.col.seen"), Num: true},
		{Label: t.Say("outlook.col.expected"), Num: true}, {Label: t.Say("outlook.col.score"), Num: true}, {Label: t.Say("outlook.col.limit"), Num: true},
		{Label: t.Say("outlook.col.whole"), Num: true}, {Label: t.Say("outlook.col.limit"), Num: true}},
		Empty: ui.EmptyData{Icon: "calendar", Title: t.Say("outlook.days.none")}}
	spec := plot.DaysSpec{DateHead: t.Say("outlook.col.day")}
	spec.Low.Name, spec.High.Name = t.Say("outlook.col.seen"), t.Say("outlook.col.expected")
	for i, s := range w.Steps {
		row := ui.Row{Cells: []templ.Component{ui.Text(day(t, w.Days[i].Day)), ui.Number(t, int64(s.Seen)), ui.Text(t.Decimal(s.Expected, 1)),
			ui.Text(t.Decimal(s.Score, 2)), ui.Text(t.Decimal(w.Rates.Limit, 2)), ui.Text(t.Decimal(s.Whole, 2)), ui.Text(t.Decimal(w.Rates.Whole, 2))}}
		if w.Rates.Limits().Reached(s) {
			row.Tone = ui.Bad
		}
		v.Table.Rows = append(v.Table.Rows, row)
		d, err := clock.ParseDate(w.Days[i].Day)
		if err != nil {
			return err
		}
		spec.Low.Dates, spec.Low.Values = append(spec.Low.Dates, d), append(spec.Low.Values, float64(s.Seen))
		spec.High.Dates, spec.High.Values = append(spec.High.Dates, d), append(spec.High.Values, s.Expected)
	}
	if len(w.Steps) > 0 {
		spec.Title, spec.Lang, spec.Empty = t.Say("outlook.wave.chart"), t.Lang, t.Say("ui.chart.none")
		wide, narrow := spec, spec
		wide.Width, wide.Class, narrow.Width, narrow.Class = 720, "plot-wide", 360, "plot-narrow"
		_, v.Chart, err = p.plotted(spec.Title, nil, func() (plot.Chart, error) { return plot.Days(wide) }, func() (plot.Chart, error) { return plot.Days(narrow) }, wide.Key(), narrow.Key())
		if err != nil {
			return err
		}
	}
	return p.site.Show(c, site.Page{Title: title, At: here}, views.WavePage(t, v))
}

// ratesFacts are how good the limit is, by simulation.
func ratesFacts(t i18n.T, r hold.Rates, known bool) []ui.Fact {
	if !known {
		return []ui.Fact{{Label: t.Say("outlook.rates"), Text: t.Say("outlook.state.simulating")}}
	}
	return []ui.Fact{{Label: t.Say("outlook.rates.limit"), Text: t.Decimal(r.Limit, 2)}, {Label: t.Say("outlook.rates.whole"), Text: t.Decimal(r.Whole, 2)},
		{Label: t.Say("outlook.rates.false"), Text: t.Percent(r.False)},
		{Label: t.Say("outlook.rates.caught"), Text: t.Percent(r.Caught), Age: t.Say("outlook.rates.after", "days", t.Decimal(r.After, 1))},
		{Label: t.Say("outlook.rates.twice"), Text: t.Percent(r.Twice)}, {Label: t.Say("outlook.rates.rounds"), Text: t.Int(int64(r.Rounds))}}
}

// setFacts are what the watch looks for, and against what.
func setFacts(t i18n.T, s Settings, learned int) []ui.Fact {
	curve := t.Say("outlook.curve.learned", "n", learned)
	if learned == 0 {
		curve = t.Say("outlook.curve.assumed", "usual", t.Decimal(s.Usual, 1), "rise", t.Decimal(s.Rise, 1), "half", t.Decimal(s.Half, 1))
	}
	auto := t.Say("outlook.auto.no")
	if s.Auto {
		auto = t.Say("outlook.auto.yes")
	}
	return []ui.Fact{{Label: t.Say("outlook.curve"), Text: curve}, {Label: t.Say("outlook.set.surge"), Text: "× " + t.Decimal(s.Surge, 2)},
		{Label: t.Say("outlook.set.days"), Text: strconv.Itoa(s.Days)}, {Label: t.Say("outlook.set.auto"), Text: auto}}
}

func (p pages) showHold(c *httpx.Ctx, refused error) error {
	id, err := p.id(c)
	if err != nil {
		return err
	}
	h, err := p.Hold(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	phases, err := p.Rollout.Phases(c.Std())
	if err != nil {
		return err
	}
	phase := 0
	for _, ph := range phases {
		if ph.ID == h.Phase {
			phase = ph.Ordinal
		}
	}
	t, state := c.T, holdState(c.T, h)
	title := t.Say("outlook.hold.title", "n", phase)
	f := h.Figures
	v := views.Hold{Head: ui.HeaderData{Title: title, State: &state, Crumbs: crumbs(c, ui.Crumb{Label: title})},
		Notice: ui.NoticeData{Tone: holdTones[h.State], Title: t.Say("outlook.hold.figures", "seen", f.Seen, "expected", f.about(), "day", day(t, f.Day)), Text: t.Say("outlook.hold.what")},
		Facts: append([]ui.Fact{{Label: t.Say("outlook.col.wave"), Value: ui.Link(here+"/waves/"+h.Wave, h.Wave)}, {Label: t.Say("outlook.col.units"), Text: t.Int(int64(f.Units))},
			{Label: t.Say("outlook.col.score"), Text: t.Decimal(f.Score, 2)}, {Label: t.Say("outlook.col.whole"), Text: t.Decimal(f.Whole, 2)}}, ratesFacts(t, f.Rates, true)...)}
	v.Events = append(v.Events, ui.Event{At: h.ProposedAt, What: t.Say("outlook.hold.proposed"), Tone: ui.Late})
	if !h.DecidedAt.IsZero() {
		what := Held
		if h.State == LetGo {
			what = LetGo
		}
		who := h.DecidedByName
		if h.Auto {
			who = t.Say("outlook.auto.by")
		}
		v.Events = append(v.Events, ui.Event{At: h.DecidedAt, Who: who, What: t.Say("outlook.hold." + string(what)), Note: h.Reason, Tone: holdTones[what]})
	}
	if !h.ReleasedAt.IsZero() {
		v.Events = append(v.Events, ui.Event{At: h.ReleasedAt, Who: h.ReleasedByName, What: t.Say("outlook.hold.released"), Note: h.ReleaseReason, Tone: ui.Good})
	}
	return p.site.Form(c, site.Page{Title: title, At: here}, refused, func(e ui.Errors) templ.Component {
		if c.Who.May(Decide) {
			v.Form = holdForm(t, h, c.FormValue("reason"), e)
		}
		return views.HoldPage(t, v)
	})
}

// holdForm decides or releases; nil when nothing is left to do.
func holdForm(t i18n.T, h Hold, reason string, e ui.Errors) *ui.FormData {
	f := &ui.FormData{Action: here + "/holds/" + string(h.ID), Errors: e, Hidden: []ui.Hidden{{Name: "version", Value: strconv.FormatInt(h.Version, 10)}},
		Fields: []ui.Field{{Kind: ui.Area, Name: "reason", Label: t.Say("outlook.reason"), Value: reason, Required: true, Rows: 3, Max: 1000}}}
	switch h.State {
	case Proposed:
		f.Submit, f.Danger = t.Say("outlook.hold.do"), true
		f.More = []ui.SubmitData{{Name: "pass", Value: "1", Label: t.Say("outlook.hold.pass")}}
	case Held:
		f.Action += "/release"
		f.Submit = t.Say("outlook.hold.release")
	default:
		return nil
	}
	return f
}
