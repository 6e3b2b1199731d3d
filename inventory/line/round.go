package line

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/inventory"
	"lotrinh/inventory/line/quality"
)

// hourRow keeps the probes of one line in one hour.
type hourRow struct {
	bun.BaseModel `bun:"table:line_hour,alias:lh"`
	Asset         ident.ID  `bun:"asset,pk"`
	Hour          time.Time `bun:"hour,pk"`
	Samples       string    `bun:"samples"`
}

const (
	// aRound is how many lines one round probes at the most.
	aRound = 200
	// blind is how many times the interval may pass without a probe before nothing can
	// be said of the time in between.
	blind = 3
	// ownSide is from how many probes on a round that fails nearly whole is held for a
	// trouble of the server's own connection, and not recorded.
	ownSide = 8
)

// Round is what a round of probes found.
type Round struct {
	Probed, Failed int
	OwnSide        bool // nearly all failed: the server's own connection is in trouble
}

// Probe calls the lines whose turn it is and records what they answered. A chore calls
// it every few seconds; several processes share the lines by claiming them.
func (s *Service) Probe(ctx context.Context) (Round, error) {
	if s.Every <= 0 {
		return Round{}, nil
	}
	due, err := s.claim(ctx)
	if err != nil || len(due) == 0 {
		return Round{}, err
	}
	targets := make([]string, len(due))
	for i, l := range due {
		targets[i] = l.Target
	}
	answers := prober{s.Guard, s.Machine, s.Business}.all(ctx, targets)
	r := Round{Probed: len(due)}
	for _, a := range answers {
		if !a.OK {
			r.Failed++
		}
	}
	if r.Probed >= ownSide && r.Failed*10 >= r.Probed*9 {
		r.OwnSide = true
		return r, nil
	}
	return r, s.record(ctx, due, answers)
}

// claim takes the lines whose turn it is and gives each its next turn.
func (s *Service) claim(ctx context.Context) ([]Line, error) {
	var due []Line
	now := s.Business.Now()
	var waiting []ident.ID
	turn := func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("l.next_probe IS NOT NULL").Where("l.next_probe <= ?", now).Where("EXISTS (SELECT 1 FROM asset AS a WHERE a.id = l.asset AND a.state NOT IN (?, ?))", inventory.Planned, inventory.Retired)
	}
	err := s.DB.Read().NewSelect().TableExpr("wan_line AS l").Column("l.asset").Apply(turn).Limit(1).Scan(ctx, &waiting)
	if err != nil || len(waiting) == 0 {
		return nil, db.Sorted(err)
	}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		err := tx.NewSelect().Model(&due).Apply(turn).Order("l.next_probe", "l.asset").Limit(aRound).Apply(db.ForUpdate(tx)).Scan(ctx)
		if err != nil || len(due) == 0 {
			return db.Sorted(err)
		}
		_, err = tx.NewRaw("UPDATE wan_line SET next_probe = ? WHERE asset IN (?)", now.Add(s.Every), bun.List(idsOf(due))).Exec(ctx)
		return db.Sorted(err)
	})
	return due, err
}

func idsOf(lines []Line) []ident.ID {
	ids := make([]ident.ID, len(lines))
	for i, l := range lines {
		ids[i] = l.Asset
	}
	return ids
}

// record keeps what a round found: samples, and outages that begin and end.
func (s *Service) record(ctx context.Context, due []Line, answers []Answer) error {
	found := map[ident.ID]Answer{}
	asked := map[ident.ID]string{}
	for i, l := range due {
		found[l.Asset], asked[l.Asset] = answers[i], l.Target
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var lines []Line
		err := tx.NewSelect().Model(&lines).Where("l.asset IN (?)", bun.List(idsOf(due))).Order("l.asset").Apply(db.ForUpdate(tx)).Scan(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		samples := map[hourKey]quality.Sample{}
		var save []Line
		for _, l := range lines {
			a := found[l.Asset]
			if asked[l.Asset] != l.Target {
				continue // its address was changed while the old one was called
			}
			samples[hourKey{l.Asset, a.At.Truncate(time.Hour)}] = quality.Sample{At: a.At, RTT: a.RTT, Lost: !a.OK}
			if err := s.see(ctx, tx, &l, a); err != nil {
				return err
			}
			save = append(save, l)
		}
		if err := keepSamples(ctx, tx, samples); err != nil {
			return err
		}
		return saveLines(ctx, tx, save)
	})
}

type hourKey struct {
	asset ident.ID
	hour  time.Time
}

// keepSamples adds a sample to each of the hours.
func keepSamples(ctx context.Context, tx *db.Tx, samples map[hourKey]quality.Sample) error {
	if len(samples) == 0 {
		return nil
	}
	assets, hours := make([]ident.ID, 0, len(samples)), []time.Time{}
	seen := map[time.Time]bool{}
	for k := range samples {
		assets = append(assets, k.asset)
		if !seen[k.hour] {
			hours, seen[k.hour] = append(hours, k.hour), true
		}
	}
	var rows []hourRow
	if err := tx.NewSelect().Model(&rows).Where("lh.asset IN (?)", bun.List(assets)).Where("lh.hour IN (?)", bun.List(hours)).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	kept := map[hourKey]string{}
	for _, r := range rows {
		kept[hourKey{r.Asset, r.Hour.UTC()}] = r.Samples
	}
	var save []hourRow
	for k, one := range samples {
		save = append(save, hourRow{Asset: k.asset, Hour: k.hour, Samples: quality.Pack(k.hour, append(quality.Unpack(k.hour, kept[k]), one))})
	}
	_, err := tx.NewInsert().Model(&save).On("CONFLICT (asset, hour) DO UPDATE").Set("samples = EXCLUDED.samples").Exec(ctx)
	return db.Sorted(err)
}

// see takes one answer in: the line may go down or come back.
func (s *Service) see(ctx context.Context, tx *db.Tx, l *Line, a Answer) error {
	w := quality.Watch{Fails: l.Fails, Since: l.FailingSince}
	if !l.ProbedAt.IsZero() && a.At.Sub(l.ProbedAt) > blind*s.Every {
		// Nobody looked for a while: what was down is not held to have been down all the time.
		if w.Down() {
			if err := s.closeOutage(ctx, tx, l, l.ProbedAt); err != nil {
				return err
			}
		}
		w = quality.Watch{}
	}
	w, turn := w.See(a.At, a.OK)
	l.dirty(clock.Date(a.At))
	switch turn {
	case quality.Fell:
		l.dirty(clock.Date(w.Since))
		o := Outage{ID: ident.New(a.At), Asset: l.Asset, Source: ByProbe, FromAt: w.Since, MadeAt: a.At, Version: 1}
		if _, err := tx.NewInsert().Model(&o).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		l.DownNow = true
		l.stand(Dead, a.At)
	case quality.Rose:
		if err := s.closeOutage(ctx, tx, l, a.At); err != nil {
			return err
		}
	}
	l.Fails, l.FailingSince, l.ProbedAt, l.Answered, l.RTT = w.Fails, w.Since, a.At, a.OK, nil
	if a.OK {
		l.RTT = &a.RTT
	}
	return nil
}

// stand sets the line's health, with the moment when it became so.
func (l *Line) stand(h Health, at time.Time) {
	if l.Health != h {
		l.Health, l.Since = h, at
	}
}

// closeOutage ends what the probes held for an outage.
func (s *Service) closeOutage(ctx context.Context, tx *db.Tx, l *Line, at time.Time) error {
	_, err := tx.NewRaw("UPDATE line_outage SET until_at = ?, version = version + 1 WHERE asset = ? AND source = ? AND until_at IS NULL", at, l.Asset, ByProbe).Exec(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	return s.stillDown(ctx, tx, l, at)
}

// stillDown looks whether anybody says that the line is down, after somebody no longer does.
func (s *Service) stillDown(ctx context.Context, tx *db.Tx, l *Line, at time.Time) error {
	open, err := tx.NewSelect().Model((*Outage)(nil)).Where("lo.asset = ?", l.Asset).Where("lo.until_at IS NULL").Exists(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	if l.DownNow = open; open {
		l.stand(Dead, at)
	} else {
		l.stand(Unknown, at) // until its figures are computed anew
	}
	l.dirty(clock.Date(at))
	return nil
}

// saveLines keeps what probes and figures say of lines, in one statement. What people
// type of a line is not touched.
func saveLines(ctx context.Context, tx *db.Tx, rows []Line) error {
	if len(rows) == 0 {
		return nil
	}
	q := tx.NewInsert().Model(&rows).On("CONFLICT (asset) DO UPDATE")
	for _, c := range []string{"fails", "failing_since", "probed_at", "answered", "rtt", "health", "since", "down_now", "told_at", "dirty_from", "figured_at", "facts_at", "said", "p95", "loss", "down", "up", "availability"} {
		q = q.Set(c + " = EXCLUDED." + c)
	}
	_, err := q.Exec(ctx)
	return db.Sorted(err)
}
