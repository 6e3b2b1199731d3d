package reports

import (
	"context"
	"strconv"
	"strings"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
)

// system is who acts when a schedule does.
var system = access.System("reports")

// figures reads what a run reports: by the definition of now, or, for another edition,
// by that of the edition before.
func (s *Service) figures(ctx context.Context, r RunRow) (Figures, error) {
	d, err := s.definitionFor(ctx, r)
	if err != nil {
		return Figures{}, err
	}
	asOf, err := s.standsAt(ctx, r)
	if err != nil {
		return Figures{}, err
	}
	f, err := s.read(ctx, system, r.Programme, r.Cut, r.Period(), asOf)
	if err != nil {
		return f, err
	}
	f.Kind, f.NominalAt = r.Kind, r.NominalAt.UTC()
	err = s.fill(ctx, system, r.Programme, d, &f)
	return f, err
}

// standsAt is the moment of a run's standing figures: the end of its period, so that what
// another edition lists is only what was recorded since. An edition of a report of before
// figures were read so keeps to the moment at which that one was read.
func (s *Service) standsAt(ctx context.Context, r RunRow) (time.Time, error) {
	if !r.Made() {
		return lastOf(r.Period(), s.business.Now()), nil
	}
	before, err := s.edition(ctx, r.ID, r.Editions)
	if err != nil {
		return time.Time{}, err
	}
	f, err := before.Figures()
	return f.Stood(), err
}

// lastOf is the last moment of a period that is over; zero while it runs.
func lastOf(p Period, now time.Time) time.Time {
	if p.Until.After(now) {
		return time.Time{}
	}
	return p.Until.Add(-time.Microsecond).UTC()
}

// make reads the figures of a run, lays them out and stores everything at once.
func (s *Service) make(ctx context.Context, r RunRow) error {
	f, err := s.figures(ctx, r)
	if err != nil {
		return err
	}
	if f.Edition, err = s.editionNote(ctx, r, f); err != nil {
		return err
	}
	body, err := canonical(f)
	if err != nil {
		return err
	}
	if err := s.beat(ctx, r); err != nil {
		return err
	}
	papers, err := s.Papers(body)
	if err != nil {
		return err
	}
	made, err := s.put(ctx, papers)
	if err != nil {
		return err
	}
	sn := Snapshot{Run: r.ID, Edition: r.Editions + 1, Changes: "[]", ReadAt: f.ReadAt, Hash: digest(body), Body: string(body)}
	if err := sn.replacing(f.Edition); err != nil {
		return err
	}
	return s.keep(ctx, r, sn, made)
}

// fileName is bao-cao-tuan-2016-W45-thanh-pho-ha-noi, the same in every language.
func fileName(f Figures) string {
	key, _, _ := strings.Cut(strings.ReplaceAll(f.Period.Key, "/", "-"), "@")
	if !f.Period.Whole() {
		key += "-" + f.Period.Until.In(clock.City).Format("20060102-1504")
	}
	name := f.Definition + "-" + key + "-" + strings.ReplaceAll(fold.Key(f.Cut.Name), " ", "-")
	if f.Edition != nil {
		name += "-v" + strconv.FormatInt(f.Edition.No, 10)
	}
	return name
}

// keep stores the snapshot, its files, the state and the event together: reports/delivery
// learns of it from the event.
func (s *Service) keep(ctx context.Context, r RunRow, sn Snapshot, made []stored) error {
	now := s.business.Now()
	err := s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		at := s.machine.Now()
		err := db.Changed(tx.NewRaw("UPDATE report_run SET state = ?, finished_at = ?, heartbeat = ?, problem = '{}', editions = ?, version = version + 1 WHERE id = ? AND lease = ? AND state = ?",
			Rendered, now, at, sn.Edition, r.ID, r.Lease, Rendering).Exec(ctx))
		if err != nil {
			return err
		}
		kept, err := s.attach(ctx, tx, system, r, sn.Edition, 0, made)
		if err != nil {
			return err
		}
		row := sn.with(kept)
		row.ID = ident.New(at)
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		if err := s.step(ctx, tx, r, Rendered, sn.Edition, "", ""); err != nil {
			return err
		}
		if err := outbox.Write(ctx, tx, now, RunFinished{Run: string(r.ID), Edition: sn.Edition, Definition: r.Definition, Programme: r.Programme,
			Cut: r.Cut, Period: r.PeriodKey, Kind: r.Kind, Hash: sn.Hash}); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, system, "reports.run.finished", string(r.ID), map[string][2]any{"hash": {sn.Replaces, sn.Hash}})
	})
	if err == nil {
		s.log.Info("report made", "run", r.ID, "definition", r.Definition, "cut", r.Cut, "period", r.PeriodKey, "edition", sn.Edition, "attempt", r.Attempts, "late", now.Sub(r.NominalAt).Round(time.Second).String())
		s.tell(Rendered, now.Sub(r.NominalAt))
	}
	return err
}
