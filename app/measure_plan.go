package app

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/reports/measure"
	"lotrinh/reports/metric"
	"lotrinh/rollout"
	"lotrinh/rollout/schedule"
	"lotrinh/rollout/services"
	"lotrinh/rollout/training"
)

// spiScale is how many steps of the store make one of SPI(t).
const spiScale = 1000

// pace is SPI(t) of the communes' official stage: planned are the days by which each should
// be there, from the first trial day on; it is unknown before that day.
func (h *House) pace(ctx context.Context, day, first string, planned []string, done int) (int64, bool, error) {
	from, err := worktime.ParseDay(first)
	if err != nil || day < first || len(planned) == 0 {
		return 0, false, nil //nolint:nilerr // a programme without days has no pace
	}
	cal, err := h.Calendars.Calendar(ctx, calstore.Office)
	if err != nil {
		return 0, false, err
	}
	until, err := worktime.ParseDay(max(day, slices.Max(planned)))
	if err != nil {
		return 0, false, err
	}
	worked, n := map[string]int{}, 0
	for d := from; d <= until; d++ {
		works, known := cal.WorksOn(d)
		if works || !known && d.Weekday() != 0 && d.Weekday() != 6 {
			n++
		}
		worked[d.String()] = n
	}
	ends := make([]int, len(planned))
	for i, p := range planned {
		ends[i] = worked[p]
	}
	index, ok := schedule.EarnedSchedule(ends, done, worked[day]).Index()
	return int64(index*spiScale + 0.5), ok, nil
}

// paced tells SPI(t) and the forecast of the city.
func (h *House) paced(ctx context.Context, code string, day span, stand []rollout.Standing, told *measure.Told) error {
	first, ends, done, err := h.promises(ctx, code, stand)
	if err != nil {
		return err
	}
	root, err := h.rootOn(ctx, day.day)
	if err != nil {
		return err
	}
	index, known, err := h.pace(ctx, day.day, first, ends, done)
	if err != nil {
		return err
	}
	if known {
		told.Add("rollout.spi_t", root, index)
	}
	var on []string
	err = h.DB.Read().NewSelect().TableExpr("rollout_forecast AS fc").Join("JOIN rollout_programme AS pg ON pg.id = fc.programme").Column("fc.p85_on").
		Where("pg.code = ?", code).Where("fc.phase = ?", rollout.Any).Where("fc.made_on <= ?", day.day).OrderExpr("fc.made_on DESC, fc.id DESC").Limit(1).Scan(ctx, &on)
	if err != nil || len(on) == 0 || on[0] == "" {
		return db.Sorted(err)
	}
	at, err := clock.ParseDate(on[0])
	if err != nil {
		return err
	}
	y, m, d := at.In(clock.City).Date()
	told.Add("rollout.forecast_day", root, int64(worktime.DayOf(y, m, d)-worktime.DayOf(1970, 1, 1)))
	return nil
}

// promises are the first trial day of the plan, the official day of every commune that is in
// it, and how many are official.
func (h *House) promises(ctx context.Context, code string, stand []rollout.Standing) (first string, ends []string, done int, err error) {
	b, err := h.Rollout.Overview(ctx, measurer, code)
	if err != nil {
		return "", nil, 0, err
	}
	official := map[int]string{}
	for _, p := range b.Phases {
		if p.Live {
			continue
		}
		official[p.Ordinal] = p.OfficialOn
		if first == "" || p.TrialOn < first {
			first = p.TrialOn
		}
	}
	for _, x := range stand {
		if on := official[x.Phase]; on != "" {
			ends = append(ends, on)
		}
		if x.Stage == rollout.Official {
			done++
		}
	}
	return first, ends, done, nil
}

// rootOn is the city on the map of a day.
func (h *House) rootOn(ctx context.Context, day string) (string, error) {
	tree, err := h.Units.On(ctx, day)
	if err != nil {
		return "", err
	}
	for _, r := range tree.Roots() {
		return r.Code, nil
	}
	return "", nil
}

// measuredTraining tells who is on the rosters and who was trained; a roster keeps no day on
// which a person came to it, so days gone by cannot be told.
func (h *House) measuredTraining() measure.Source {
	keys := []metric.Key{"training.listed", "training.trained"}
	return areaSource{"training", keys, func(ctx context.Context, day span, told *measure.Told) error {
		if !day.running {
			told.Silent = keys
			return nil
		}
		var listed, trained []countedUnit
		err := h.DB.Read().NewSelect().Model((*training.Person)(nil)).ColumnExpr("tp.unit, count(*) AS n").Where("tp.left_on = ''").GroupExpr("tp.unit").Scan(ctx, &listed)
		if err != nil {
			return db.Sorted(err)
		}
		err = h.DB.Read().NewSelect().Model((*training.Person)(nil)).ColumnExpr("tp.unit, count(DISTINCT tp.id) AS n").Join("JOIN training_seat AS ts ON ts.person = tp.id").
			Join("JOIN training_course AS tc ON tc.id = ts.course").Where("tp.left_on = ''").Where("ts.done_at IS NOT NULL").Where("tc.counts").GroupExpr("tp.unit").Scan(ctx, &trained)
		for _, r := range listed {
			told.Add("training.listed", r.Unit, r.N)
		}
		for _, r := range trained {
			told.Add("training.trained", r.Unit, r.N)
		}
		return db.Sorted(err)
	}}
}

// measuredAccounts tells which accounts of communes were issued and used, from their moments.
func (h *House) measuredAccounts() measure.Source {
	return areaSource{"accounts", []metric.Key{"accounts.issued", "accounts.activated"}, func(ctx context.Context, day span, told *measure.Told) error {
		var rows []countedUnit
		err := h.DB.Read().NewSelect().TableExpr("issue_request AS iq").ColumnExpr("iq.unit, count(*) AS n").
			ColumnExpr("SUM(CASE WHEN iq.active_at < ? THEN 1 ELSE 0 END) AS also", day.until).Where("iq.issued_at < ?", day.until).
			Where("(iq.ended_on = '' OR iq.ended_on > ?)", day.day).GroupExpr("iq.unit").Scan(ctx, &rows)
		for _, r := range rows {
			told.Add("accounts.issued", r.Unit, r.N)
			told.Add("accounts.activated", r.Unit, r.Also)
		}
		return db.Sorted(err)
	}}
}

// measuredServices tells how many of the country's essential services are there by the
// newest published count of each until a day.
func (h *House) measuredServices() measure.Source {
	return areaSource{"services", []metric.Key{"services.essential", "services.offered"}, func(ctx context.Context, day span, told *measure.Told) error {
		root, err := h.rootOn(ctx, day.day)
		if err != nil {
			return err
		}
		all, err := h.Services.Essentials(ctx, measurer)
		for _, x := range all {
			told.Add("services.essential", root, 1)
			i := slices.IndexFunc(x.Counts, func(c services.Coverage) bool { return c.AsOf <= day.day })
			if i >= 0 && (x.Counts[i].Done >= x.Counts[i].Total || slices.Contains(x.Counts[i].Places, root)) {
				told.Add("services.offered", root, 1)
			}
		}
		return err
	}}
}

// measuredExchange tells what went to other offices and what was answered, from the moments
// of messages.
func (h *House) measuredExchange() measure.Source {
	return areaSource{"exchange", []metric.Key{"exchange.sent", "exchange.answered", "exchange.waiting"}, func(ctx context.Context, day span, told *measure.Told) error {
		for _, one := range []struct {
			key   metric.Key
			where string
			args  []any
		}{
			{"exchange.sent", "xm.sent_at IS NOT NULL AND xm.sent_at >= ? AND xm.sent_at < ?", []any{day.from, day.until}},
			{"exchange.answered", "xm.result_at IS NOT NULL AND xm.result_at >= ? AND xm.result_at < ?", []any{day.from, day.until}},
			{"exchange.waiting", "xm.state = 'sent' AND xm.expects = 3 AND xm.result_at IS NULL AND xm.sent_at < ?", []any{day.until}},
			{"exchange.waiting", "xm.result_at IS NOT NULL AND xm.result_at >= ? AND xm.expects = 3 AND xm.sent_at < ?", []any{day.until, day.until}},
		} {
			var rows []countedUnit
			if err := h.DB.Read().NewSelect().TableExpr("exchange_message AS xm").ColumnExpr("xm.unit, count(*) AS n").Where(one.where, one.args...).GroupExpr("xm.unit").Scan(ctx, &rows); err != nil {
				return db.Sorted(err)
			}
			for _, r := range rows {
				told.Add(one.key, r.Unit, r.N)
			}
		}
		return nil
	}}
}

// measuredDirectives tells which conclusions were open, from their moments.
func (h *House) measuredDirectives() measure.Source {
	return areaSource{"directives", []metric.Key{"directives.open", "directives.late"}, func(ctx context.Context, day span, told *measure.Told) error {
		still := func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("dv.closed_at IS NULL") }
		since := func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("dv.closed_at >= ?", day.until) }
		for _, open := range []func(*bun.SelectQuery) *bun.SelectQuery{still, since} {
			var rows []countedUnit
			err := h.DB.Read().NewSelect().TableExpr("directive AS dv").ColumnExpr("dv.unit, count(*) AS n").ColumnExpr("SUM(CASE WHEN dv.due_at < ? THEN 1 ELSE 0 END) AS also", day.until).
				Where("dv.made_at < ?", day.until).Apply(open).GroupExpr("dv.unit").Scan(ctx, &rows)
			if err != nil {
				return db.Sorted(err)
			}
			for _, r := range rows {
				told.Add("directives.open", r.Unit, r.N)
				told.Add("directives.late", r.Unit, r.Also)
			}
		}
		return nil
	}}
}
