package reports

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
)

// system is who acts when a schedule does.
var system = access.System("reports")

// make reads the figures of a run, lays them out and stores everything at once.
func (s *Service) make(ctx context.Context, r RunRow) error {
	d, err := s.definition(ctx, r.Definition)
	if err != nil {
		return err
	}
	f, err := s.read(ctx, system, r.Programme, r.Cut, r.Period())
	if err != nil {
		return err
	}
	f.Kind, f.NominalAt = r.Kind, r.NominalAt.UTC()
	if err := s.fill(ctx, system, r.Programme, d, &f); err != nil {
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
	return s.keep(ctx, r, Snapshot{Run: r.ID, Edition: 1, ReadAt: f.ReadAt, Hash: digest(body), Body: string(body)}, made)
}

// fileName is bao-cao-tuan-2016-W45-thanh-pho-ha-noi, the same in every language.
func fileName(f Figures) string {
	key, _, _ := strings.Cut(f.Period.Key, "@")
	if !f.Period.Whole() {
		key += "-" + f.Period.Until.In(clock.City).Format("20060102-1504")
	}
	return f.Definition + "-" + key + "-" + strings.ReplaceAll(fold.Key(f.Cut.Name), " ", "-")
}

// keep stores the snapshot, its files, the state and the event together: reports/delivery
// learns of it from the event.
func (s *Service) keep(ctx context.Context, r RunRow, sn Snapshot, made []stored) error {
	now := s.business.Now()
	return s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		at := s.machine.Now()
		err := db.Changed(tx.NewRaw("UPDATE report_run SET state = ?, finished_at = ?, heartbeat = ?, problem = '{}', version = version + 1 WHERE id = ? AND lease = ? AND state = ?",
			Done, now, at, r.ID, r.Lease, Rendering).Exec(ctx))
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
		if err := outbox.Write(ctx, tx, now, RunFinished{Run: string(r.ID), Definition: r.Definition, Programme: r.Programme,
			Cut: r.Cut, Period: r.PeriodKey, Kind: r.Kind, Hash: sn.Hash}); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, system, "reports.run.finished", string(r.ID), map[string][2]any{"hash": {"", sn.Hash}})
	})
}

// failed puts a run back to wait a while, or, after the last attempt, gives it up and
// tells those who look after reports.
func (s *Service) failed(ctx context.Context, r RunRow, why *fault.Error) error {
	problem, err := json.Marshal(i18n.L(why.Key, why.Args...))
	if err != nil {
		return err
	}
	at, now := s.machine.Now(), s.business.Now()
	if r.Attempts < tries {
		return s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewRaw("UPDATE report_run SET state = ?, problem = ?, lease_until = ?, version = version + 1 WHERE id = ? AND lease = ? AND state = ?",
				Queued, string(problem), at.Add(pause*time.Duration(r.Attempts)), r.ID, r.Lease, Rendering).Exec(ctx)
			return db.Sorted(err)
		})
	}
	cut, err := s.cutOf(ctx, r.Cut)
	if err != nil {
		cut = Cut{Code: r.Cut, Name: r.Cut}
	}
	keepers, err := s.near.Readers.Keepers(ctx)
	if err != nil {
		return err
	}
	var tell []notify.Message
	for _, one := range keepers {
		tell = append(tell, notify.Message{Account: one.Account, Lang: one.Lang, Template: "reports.notice.failed", Link: "/reports/runs/" + string(r.ID),
			Dedupe: "reports.run.failed:" + string(r.ID), Args: []any{"cut", cut.Name, "from", i18n.T{}.Day(r.PeriodFrom), "until", i18n.T{}.Day(r.PeriodUntil.Add(-time.Microsecond))}})
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		res, err := tx.NewRaw("UPDATE report_run SET state = ?, problem = ?, finished_at = ?, version = version + 1 WHERE id = ? AND lease = ? AND state = ?",
			Failed, string(problem), now, r.ID, r.Lease, Rendering).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return db.Sorted(err)
		}
		if err := outbox.Write(ctx, tx, now, RunFailed{Run: string(r.ID), Definition: r.Definition, Programme: r.Programme, Cut: r.Cut,
			Period: r.PeriodKey, Kind: r.Kind, Problem: why.Key}); err != nil {
			return err
		}
		return notify.Write(ctx, tx, at, tell...)
	})
}
