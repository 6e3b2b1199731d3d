package app

import (
	"context"
	"slices"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/reports/measure"
	"lotrinh/reports/metric"
	"lotrinh/rollout"
)

// measurer counts for the store of metrics: it sees every unit.
var measurer = access.System("measure")

// areaSource is how one area tells its metrics.
type areaSource struct {
	name    string
	metrics []metric.Key
	collect func(ctx context.Context, day span, told *measure.Told) error
}

// span is a day of the city, until its end or until now while it runs.
type span struct {
	day         string
	from, until time.Time
	running     bool
}

// Name is the area.
func (s areaSource) Name() string { return s.name }

// Metrics are what it tells.
func (s areaSource) Metrics() []metric.Key { return s.metrics }

// Collect counts a day.
func (s areaSource) Collect(ctx context.Context, day string, now time.Time) (measure.Told, error) {
	var told measure.Told
	from, err := clock.ParseDate(day)
	if err != nil {
		return told, err
	}
	x := span{day: day}
	if x.from, x.until = clock.Day(from); x.until.After(now) {
		x.until, x.running = now, true
	}
	return told, s.collect(ctx, x, &told)
}

// openMeasure builds the store of metrics over what every area tells.
func (h *House) openMeasure() *measure.Service {
	return measure.New(h.DB, h.Business, h.Units, h.phasesOn, h.measured()...)
}

// measured are the sources of metrics.
func (h *House) measured() []measure.Source {
	return []measure.Source{
		h.measuredRollout(), h.measuredReadiness(), h.measuredGaps(), h.measuredTraining(), h.measuredAccounts(), h.measuredTickets(), h.measuredSatisfaction(), h.measuredHotline(),
		h.measuredDossiers(), h.measuredExchange(), h.measuredAgents(), h.measuredLines(), h.measuredServices(), h.measuredDirectives(),
	}
}

// mainProgramme is the code of the programme that the city's figures are about: the first.
func (h *House) mainProgramme(ctx context.Context) (string, error) {
	all, err := h.Rollout.Programmes(ctx, measurer)
	if err != nil || len(all) == 0 {
		return "", err
	}
	return all[0].Code, nil
}

// phasesOn are the communes of each phase on the map of a day.
func (h *House) phasesOn(ctx context.Context, day string) (map[int][]string, error) {
	code, err := h.mainProgramme(ctx)
	if err != nil || code == "" {
		return nil, err
	}
	all, err := h.Rollout.PhasesOn(ctx, measurer, code, day)
	out := map[int][]string{}
	for phase, units := range all {
		for u := range units {
			out[phase] = append(out[phase], u)
		}
		slices.Sort(out[phase])
	}
	return out, err
}

// measureChores keep the figures of days.
func (a *App) measureChores() []chore {
	return []chore{{"figures of days", time.Minute, a.Measures.Tend}}
}

// measuredRollout tells how far communes were, from dated facts.
func (h *House) measuredRollout() measure.Source {
	return areaSource{"rollout", []metric.Key{"rollout.communes", "rollout.planned", "rollout.trial", "rollout.official", "rollout.declared", "rollout.verified", "rollout.held", "rollout.spi_t", "rollout.forecast_day"},
		func(ctx context.Context, day span, told *measure.Told) error {
			code, err := h.mainProgramme(ctx)
			if err != nil || code == "" {
				return err
			}
			all, err := h.Rollout.StandingsOn(ctx, measurer, code, day.day)
			for _, x := range all {
				for key, is := range map[metric.Key]bool{"rollout.communes": true, "rollout.planned": x.Due, "rollout.trial": x.Stage == rollout.Trial,
					"rollout.official": x.Stage == rollout.Official, "rollout.declared": x.Declared, "rollout.verified": x.Verified, "rollout.held": x.Held} {
					if is {
						told.Add(key, x.Unit, 1)
					}
				}
			}
			if err != nil {
				return err
			}
			return h.paced(ctx, code, day, all, told)
		}}
}
