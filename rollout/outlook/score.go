package outlook

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/rollout"
)

// mostScored is how many forecasts one round scores.
const mostScored = 500

// truth is the first day from which on a phase was all done, empty while it is not.
func (s *Service) truth(ctx context.Context, pg rollout.Programme, phase int, now time.Time) (string, error) {
	st, err := s.Rollout.Stand(ctx, pg.Code, phase)
	if err != nil || st.Total == 0 || st.Done < st.Total {
		return "", err
	}
	from := max(pg.DecidedOn, clock.Date(now.AddDate(0, 0, -longestLook)))
	points, err := s.Rollout.Curve(ctx, system, pg.Code, phase, from, max(from, clock.Date(now)))
	if err != nil {
		return "", err
	}
	day := clock.Date(now)
	for i := len(points) - 1; i >= 0 && points[i].Verified >= st.Total; i-- {
		day = points[i].Day
	}
	return day, nil
}

// score says of open forecasts which of their days came true. A day that is over and
// found the work unfinished is broken before the truth is known.
func (s *Service) score(ctx context.Context, pg rollout.Programme, now time.Time) error {
	var open []Forecast
	err := s.DB.Read().NewSelect().Model(&open).Column("id", "phase", "made_on", "p50_on", "p85_on", "p95_on").Where("NOT fc.scored").
		Where("fc.programme = ?", pg.ID).Order("fc.id").Limit(mostScored).Scan(ctx)
	if err != nil || len(open) == 0 {
		return db.Sorted(err)
	}
	truths, today := map[int]string{}, clock.Date(now)
	var scores []score
	var over []string
	for _, f := range open {
		truth, known := truths[f.Phase]
		if !known {
			if truth, err = s.truth(ctx, pg, f.Phase, now); err != nil {
				return err
			}
			truths[f.Phase] = truth
		}
		left := 0
		for _, one := range []struct {
			percent int
			on      string
		}{{50, f.P50On}, {85, f.P85On}, {95, f.P95On}} {
			switch {
			case one.on == "":
			case truth != "":
				scores = append(scores, score{Forecast: f.ID, Programme: pg.ID, Percent: one.percent, Kept: truth <= one.on, KnownOn: today})
			case one.on < today:
				scores = append(scores, score{Forecast: f.ID, Programme: pg.ID, Percent: one.percent, KnownOn: today})
			default:
				left++
			}
		}
		if left == 0 {
			over = append(over, string(f.ID))
		}
	}
	if len(scores) == 0 {
		return nil
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&scores).On("CONFLICT (forecast, percent) DO NOTHING").Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		if len(over) == 0 {
			return nil
		}
		_, err := tx.NewUpdate().Table("rollout_forecast").Set("scored = TRUE").Where("id IN (?)", bun.List(over)).Exec(ctx)
		return db.Sorted(err)
	})
}

// Calibrations are how often the sentences of a programme came true, by percentage.
func (s *Service) Calibrations(ctx context.Context, who access.Actor, code string) ([]Calibration, error) {
	if err := who.Need(rollout.Read); err != nil {
		return nil, err
	}
	pg, err := s.programme(ctx, code)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Percent int
		Kept    bool
		N       int
	}
	err = s.DB.Read().NewSelect().Table("rollout_forecast_score").ColumnExpr("percent, kept, count(*) AS n").Where("programme = ?", pg.ID).
		Group("percent", "kept").Scan(ctx, &rows)
	if err != nil {
		return nil, db.Sorted(err)
	}
	all := []Calibration{{Percent: 50}, {Percent: 85}, {Percent: 95}}
	for i := range all {
		for _, r := range rows {
			if r.Percent != all[i].Percent {
				continue
			}
			all[i].Said += r.N
			if r.Kept {
				all[i].Kept += r.N
			}
		}
	}
	return all, nil
}

// Latest are the newest forecasts of a programme: all phases together first, then each.
func (s *Service) Latest(ctx context.Context, who access.Actor, code string) ([]Forecast, error) {
	if err := who.Need(rollout.Read); err != nil {
		return nil, err
	}
	pg, err := s.programme(ctx, code)
	if err != nil {
		return nil, err
	}
	var all []Forecast
	err = s.DB.Read().NewSelect().Model(&all).ExcludeColumn("inputs").Where("fc.programme = ?", pg.ID).
		Where("fc.id IN (SELECT max(id) FROM rollout_forecast WHERE programme = ? GROUP BY phase)", pg.ID).Order("fc.phase").Scan(ctx)
	return all, db.Sorted(err)
}

// History are the newest forecasts of a phase, newest first.
func (s *Service) History(ctx context.Context, who access.Actor, code string, phase int) ([]Forecast, error) {
	if err := who.Need(rollout.Read); err != nil {
		return nil, err
	}
	pg, err := s.programme(ctx, code)
	if err != nil {
		return nil, err
	}
	var all []Forecast
	err = s.DB.Read().NewSelect().Model(&all).ExcludeColumn("inputs", "cone").Where("fc.programme = ? AND fc.phase = ?", pg.ID, phase).Order("fc.id DESC").Limit(30).Scan(ctx)
	return all, db.Sorted(err)
}
