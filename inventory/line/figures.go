package line

import (
	"context"
	"encoding/json"
	"math"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/worktime"
	"lotrinh/inventory"
	"lotrinh/inventory/line/quality"
	"lotrinh/inventory/readiness"
)

// dayRow keeps the figures of one line on one day from one source.
type dayRow struct {
	bun.BaseModel `bun:"table:line_day,alias:ld"`
	Asset         ident.ID         `bun:"asset,pk"`
	Source        readiness.Source `bun:"source,pk"`
	Day           string           `bun:"day,pk"`
	Seen          int              `bun:"seen"`
	Runs          int              `bun:"runs"`
	Sent          int              `bun:"sent"`
	Lost          int              `bun:"lost"`
	RTTs          string           `bun:"rtts"` // JSON; emptied once no window reaches back to it
	Downs         string           `bun:"downs"`
	Ups           string           `bun:"ups"`
	P50           *float64         `bun:"p50"`
	P95           *float64         `bun:"p95"`
	Down          *float64         `bun:"down"`
	Up            *float64         `bun:"up"`
}

const (
	// atATime is how many lines one transaction computes.
	atATime = 50
	// tellEvery is how often the inventory hears of figures that moved without meeting,
	// or failing, anything else that is wanted.
	tellEvery = 24 * time.Hour
	// anewEvery is how often figures are computed anew without new samples, so that old
	// ones leave the window.
	anewEvery = 24 * time.Hour
)

// Figures computes anew the lines that have new samples, and those not looked at for a
// day. A chore calls it every few minutes; it tells how many it computed.
func (s *Service) Figures(ctx context.Context) (int, error) {
	if _, err := s.Adopt(ctx); err != nil {
		return 0, err
	}
	cal, err := s.Calendars.Calendar(ctx, s.Calendar)
	if err != nil {
		return 0, err
	}
	wanted, err := s.wanted(ctx)
	if err != nil {
		return 0, err
	}
	total := 0
	for {
		due, err := s.unfigured(ctx)
		if err != nil || len(due) == 0 {
			return total, err
		}
		err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return s.figure(ctx, tx, cal, wanted, due) })
		if err != nil {
			return total, err
		}
		total += len(due)
	}
}

// unfigured are some of the lines to be computed anew.
func (s *Service) unfigured(ctx context.Context) ([]ident.ID, error) {
	q := s.DB.Read()
	var due []ident.ID
	err := q.NewSelect().TableExpr("wan_line AS l").Column("l.asset").Where("l.dirty_from <> ''").Order("l.asset").Limit(atATime).Scan(ctx, &due)
	if err != nil || len(due) > 0 {
		return due, db.Sorted(err)
	}
	err = q.NewSelect().TableExpr("wan_line AS l").Column("l.asset").Where("l.figured_at IS NOT NULL").Where("l.figured_at < ?", s.Business.Now().Add(-anewEvery)).
		Order("l.figured_at").Limit(atATime).Scan(ctx, &due)
	return due, db.Sorted(err)
}

// batch is what some lines are computed from: a number of queries that does not grow
// with them.
type batch struct {
	now      time.Time
	from     string // the first day that is computed anew
	window   string // the first day that counts
	lines    []Line
	assets   map[ident.ID]inventory.Asset
	probes   map[ident.ID][]quality.Measurement
	runs     map[ident.ID][]quality.Measurement
	outages  map[ident.ID][]quality.Span
	days     map[ident.ID]map[readiness.Source][]quality.Day
	lastRun  map[ident.ID]time.Time
	lastSeen map[ident.ID]time.Time
}

func (s *Service) figure(ctx context.Context, tx *db.Tx, cal *worktime.Calendar, wanted wants, due []ident.ID) error {
	b, err := s.load(ctx, tx, due)
	if err != nil {
		return err
	}
	if err := b.keepDays(ctx, tx, cal, due); err != nil {
		return err
	}
	if err := b.loadDays(ctx, tx, due); err != nil {
		return err
	}
	var facts []inventory.Fact
	for i := range b.lines {
		facts = append(facts, s.settle(&b.lines[i], b, cal, wanted)...)
	}
	if err := saveLines(ctx, tx, b.lines); err != nil {
		return err
	}
	for _, l := range b.lines {
		if l.FactsAt.Equal(b.now) {
			if err := outbox.Write(ctx, tx, b.now, Figured{Unit: b.assets[l.Asset].Unit, Health: l.Health, asset: l.Asset}); err != nil {
				return err
			}
		}
	}
	return s.Inventory.RecordIn(ctx, tx, facts)
}

func (s *Service) load(ctx context.Context, tx *db.Tx, due []ident.ID) (*batch, error) {
	now := s.Business.Now()
	b := &batch{now: now, from: clock.Date(now), window: clock.Date(now.AddDate(0, 0, 1-quality.Window)), assets: map[ident.ID]inventory.Asset{},
		probes: map[ident.ID][]quality.Measurement{}, runs: map[ident.ID][]quality.Measurement{}, outages: map[ident.ID][]quality.Span{},
		days: map[ident.ID]map[readiness.Source][]quality.Day{}, lastRun: map[ident.ID]time.Time{}, lastSeen: map[ident.ID]time.Time{}}
	ids := bun.List(due)
	if err := tx.NewSelect().Model(&b.lines).Where("l.asset IN (?)", ids).Order("l.asset").Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	var assets []inventory.Asset
	if err := tx.NewSelect().Model(&assets).Where("a.id IN (?)", ids).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	for _, a := range assets {
		b.assets[a.ID] = a
	}
	for _, l := range b.lines {
		if l.DirtyFrom != "" && l.DirtyFrom < b.from {
			b.from = l.DirtyFrom
		}
	}
	from, err := clock.ParseDate(max(b.from, b.window))
	if err != nil {
		return nil, db.Sorted(err)
	}
	if err := b.loadSamples(ctx, tx, due, from); err != nil {
		return nil, err
	}
	first, err := clock.ParseDate(b.window)
	if err != nil {
		return nil, db.Sorted(err)
	}
	var outages []Outage
	err = tx.NewSelect().Model(&outages).Where("lo.asset IN (?)", ids).Where("lo.source = ?", ByProbe).Where("(lo.until_at IS NULL OR lo.until_at > ?)", first).Order("lo.from_at").Scan(ctx)
	for _, o := range outages {
		b.outages[o.Asset] = append(b.outages[o.Asset], quality.Span{From: o.FromAt, Until: o.UntilAt})
	}
	return b, db.Sorted(err)
}

// loadSamples reads the probes and the runs since a moment.
func (b *batch) loadSamples(ctx context.Context, tx *db.Tx, due []ident.ID, from time.Time) error {
	var hours []hourRow
	if err := tx.NewSelect().Model(&hours).Where("lh.asset IN (?)", bun.List(due)).Where("lh.hour >= ?", from).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	for _, h := range hours {
		for _, one := range quality.Unpack(h.Hour, h.Samples) {
			b.probes[h.Asset] = append(b.probes[h.Asset], quality.Measurement{At: one.At, Requests: []quality.Sample{one}})
			if one.At.After(b.lastSeen[h.Asset]) {
				b.lastSeen[h.Asset] = one.At
			}
		}
	}
	var runs []Run
	if err := tx.NewSelect().Model(&runs).Where("lr.asset IN (?)", bun.List(due)).Where("lr.at >= ?", from).Where("lr.done").Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	for _, r := range runs {
		b.runs[r.Asset] = append(b.runs[r.Asset], r.measurement())
		if r.At.After(b.lastRun[r.Asset]) {
			b.lastRun[r.Asset] = r.At
		}
	}
	return nil
}

// keepDays writes the days that have changed.
func (b *batch) keepDays(ctx context.Context, tx *db.Tx, cal *worktime.Calendar, due []ident.ID) error {
	from := max(b.from, b.window)
	if _, err := tx.NewRaw("DELETE FROM line_day WHERE asset IN (?) AND day >= ?", bun.List(due), from).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	var rows []dayRow
	for _, l := range b.lines {
		for _, d := range quality.ByDay(cal, b.probes[l.Asset], b.outages[l.Asset]) {
			rows = append(rows, rowOf(l.Asset, readiness.Probe, d))
		}
		for _, d := range quality.ByDay(cal, b.runs[l.Asset], nil) {
			rows = append(rows, rowOf(l.Asset, readiness.Measured, d))
		}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := tx.NewInsert().Model(&rows).Exec(ctx)
	return db.Sorted(err)
}

func rowOf(asset ident.ID, source readiness.Source, d quality.Day) dayRow {
	r := dayRow{Asset: asset, Source: source, Day: d.Date, Seen: d.Seen, Runs: d.Runs, Sent: d.Sent, Lost: d.Lost,
		RTTs: packed(d.RTTs), Downs: packed(d.Down), Ups: packed(d.Up)}
	if len(d.RTTs) > 0 {
		p50, p95 := quality.Percentile(d.RTTs, 0.5), quality.Percentile(d.RTTs, 0.95)
		r.P50, r.P95 = &p50, &p95
	}
	if len(d.Down) > 0 {
		v := quality.Percentile(d.Down, 0.5)
		r.Down = &v
	}
	if len(d.Up) > 0 {
		v := quality.Percentile(d.Up, 0.5)
		r.Up = &v
	}
	return r
}

// packed writes figures as JSON; they are finite, so that it cannot fail.
func packed(values []float64) string {
	if len(values) == 0 {
		return "[]"
	}
	raw, err := json.Marshal(values)
	if err != nil {
		return "[]"
	}
	return string(raw)
}

func unpacked(text string) []float64 {
	var out []float64
	if json.Unmarshal([]byte(text), &out) != nil {
		return nil
	}
	return out
}

func (r dayRow) day() quality.Day {
	return quality.Day{Date: r.Day, Seen: r.Seen, Runs: r.Runs, Sent: r.Sent, Lost: r.Lost, RTTs: unpacked(r.RTTs), Down: unpacked(r.Downs), Up: unpacked(r.Ups)}
}

// loadDays reads the days of the window.
func (b *batch) loadDays(ctx context.Context, tx *db.Tx, due []ident.ID) error {
	var rows []dayRow
	err := tx.NewSelect().Model(&rows).Where("ld.asset IN (?)", bun.List(due)).Where("ld.day >= ?", b.window).Order("ld.asset", "ld.day", "ld.source").Scan(ctx)
	for _, r := range rows {
		if b.days[r.Asset] == nil {
			b.days[r.Asset] = map[readiness.Source][]quality.Day{}
		}
		b.days[r.Asset][r.Source] = append(b.days[r.Asset][r.Source], r.day())
	}
	return db.Sorted(err)
}

// settle computes a line's figures and tells what the inventory should hear of them.
func (s *Service) settle(l *Line, b *batch, cal *worktime.Calendar, wanted wants) []inventory.Fact {
	a := b.assets[l.Asset]
	probed, run := quality.Sum(b.days[l.Asset][readiness.Probe]), quality.Sum(b.days[l.Asset][readiness.Measured])
	l.P95, l.Loss = first(probed.P95, run.P95), first(probed.Loss, run.Loss)
	l.Down, l.Up, l.Availability = run.Down, run.Up, nil
	if days := b.days[l.Asset][readiness.Probe]; probed.Watched() {
		if from, err := clock.ParseDate(days[0].Date); err == nil {
			if v, known := quality.Availability(cal, from, l.ProbedAt, b.outages[l.Asset]); known {
				l.Availability = &v
			}
		}
	}
	h, said := l.health(wanted.at(a.Unit))
	l.stand(h, b.now)
	l.DirtyFrom, l.FiguredAt = "", b.now
	news := !b.lastSeen[l.Asset].IsZero() || !b.lastRun[l.Asset].IsZero()
	if !news || said == "" || said == l.Said && b.now.Sub(l.FactsAt) < tellEvery {
		return nil
	}
	l.Said, l.FactsAt = said, b.now
	var out []inventory.Fact
	t := s.Words.In(i18n.VI)
	tell := func(source readiness.Source, at time.Time, name string, v *float64, digits int) {
		if v == nil || at.IsZero() {
			return
		}
		out = append(out, inventory.Fact{ID: ident.New(b.now), Asset: l.Asset, Unit: a.Unit, Name: name, Value: written(*v, digits), Source: source, ObservedAt: at,
			Observer: machine.ID, ObserverName: t.Say("line.observer." + string(source)), RecordedAt: b.now, Current: true, Ref: "line:" + string(l.Asset)})
	}
	seen, ran := b.lastSeen[l.Asset], b.lastRun[l.Asset]
	for source, f := range map[readiness.Source]quality.Figures{readiness.Probe: probed, readiness.Measured: run} {
		at, runs, days := seen, float64(f.Runs), float64(f.Days)
		if source == readiness.Measured {
			at = ran
		}
		if f.Runs >= quality.Enough {
			tell(source, at, readiness.Samples, &runs, 0)
			tell(source, at, readiness.SampleDays, &days, 0)
		}
	}
	tell(readiness.Probe, seen, factRTT, probed.P95, 1)
	tell(readiness.Probe, seen, factLoss, probed.Loss, 2)
	tell(readiness.Probe, seen, factAvailability, l.Availability, 2)
	tell(readiness.Measured, ran, factRTT, run.P95, 1)
	tell(readiness.Measured, ran, factLoss, run.Loss, 2)
	tell(readiness.Measured, ran, factDown, run.Down, 2)
	tell(readiness.Measured, ran, factUp, run.Up, 2)
	return out
}

func first(all ...*float64) *float64 {
	for _, v := range all {
		if v != nil {
			return v
		}
	}
	return nil
}

func written(v float64, digits int) string {
	scale := math.Pow10(digits)
	return strconv.FormatFloat(math.Round(v*scale)/scale, 'f', -1, 64)
}
