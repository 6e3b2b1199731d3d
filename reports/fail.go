package reports

import (
	"context"
	"encoding/json"
	"time"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
)

// failed puts a run back to wait a while, or, after the last attempt, gives it up and
// tells those who look after reports.
func (s *Service) failed(ctx context.Context, r RunRow, why *fault.Error) error {
	problem, err := json.Marshal(i18n.L(why.Key, why.Args...))
	if err != nil {
		return err
	}
	at, now := s.machine.Now(), s.business.Now()
	if r.Attempts < tries {
		return s.giveBack(ctx, r, string(problem))
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
	err = s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		err := db.Changed(tx.NewRaw("UPDATE report_run SET state = ?, problem = ?, finished_at = coalesce(finished_at, ?), version = version + 1 WHERE id = ? AND lease = ? AND state = ?",
			Failed, string(problem), now, r.ID, r.Lease, Rendering).Exec(ctx))
		if err != nil {
			return err
		}
		if err := s.step(ctx, tx, r, Failed, r.Editions+1, "", string(problem)); err != nil {
			return err
		}
		if err := outbox.Write(ctx, tx, now, RunFailed{Run: string(r.ID), Definition: r.Definition, Programme: r.Programme, Cut: r.Cut,
			Period: r.PeriodKey, Kind: r.Kind, Problem: why.Key}); err != nil {
			return err
		}
		return notify.Write(ctx, tx, at, tell...)
	})
	if fault.HasKey(err, "fault.changed_meanwhile") {
		return nil // it belongs to another, or was cancelled
	}
	if err == nil {
		s.tell(Failed, 0)
	}
	return err
}

// giveBack puts a run back into the queue for a while.
func (s *Service) giveBack(ctx context.Context, r RunRow, problem string) error {
	until := s.machine.Now().Add(pause * time.Duration(r.Attempts))
	err := s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		err := db.Changed(tx.NewRaw("UPDATE report_run SET state = ?, problem = ?, lease_until = ?, version = version + 1 WHERE id = ? AND lease = ? AND state = ?",
			Queued, problem, until, r.ID, r.Lease, Rendering).Exec(ctx))
		if err != nil {
			return err
		}
		return s.step(ctx, tx, r, Queued, r.Editions+1, "", problem)
	})
	if fault.HasKey(err, "fault.changed_meanwhile") {
		return nil // it belongs to another, or was cancelled
	}
	return err
}
