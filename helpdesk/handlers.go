package helpdesk

import (
	"context"
	"strconv"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
)

// The steps of a ticket's clocks at which its owner is told.
const (
	stepSoon = "soon"
	stepDue  = "due"
)

// Handlers are what the help desk learns from events.
func (s *Service) Handlers() []outbox.Handler {
	return []outbox.Handler{
		{Name: "helpdesk.warn", Topic: deadline.Stepped{}.Topic(), Do: s.warn},
		{Name: "helpdesk.due_moved", Topic: deadline.Moved{}.Topic(), Do: s.dueMoved},
	}
}

// warn tells the owner that a due moment is near or has passed.
func (s *Service) warn(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var step deadline.Stepped
	if err := e.Read(&step); err != nil || step.Area != area {
		return err
	}
	t, err := ticketByID(ctx, tx, ident.ID(step.About))
	if err != nil || t.Owner == "" || t.Phase != InWork || step.Due == nil {
		return err
	}
	return notify.Write(ctx, tx, e.At, notify.Message{
		Account: t.Owner, Template: "helpdesk.notice." + step.Purpose + "_" + step.Step, Link: "/tickets/" + string(t.ID),
		Args: []any{"number", t.Number(), "title", t.Title, "due", *step.Due}, Dedupe: string(e.ID),
	})
}

// dueMoved copies due moments that a changed calendar has moved.
func (s *Service) dueMoved(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var moved deadline.Moved
	if err := e.Read(&moved); err != nil || moved.Area != area {
		return err
	}
	t, err := ticketByID(ctx, tx, ident.ID(moved.About))
	if err != nil {
		return err
	}
	if moved.Purpose == firstAnswer {
		t.AnswerDue = moved.Due
	} else {
		t.ResolveDue = moved.Due
	}
	changed := t.ChangedAt
	if t.Phase == InWork {
		t.settle(changed)
	}
	before := t.Version
	t.Version++
	return db.Changed(tx.NewUpdate().Model(&t).Column("answer_due", "resolve_due", "sort_at", "version").
		Where("ti.seq = ?", t.Seq).Where("ti.version = ?", before).Exec(ctx))
}

func ticketByID(ctx context.Context, tx *db.Tx, id ident.ID) (Ticket, error) {
	var t Ticket
	err := tx.NewSelect().Model(&t).Where("ti.id = ?", id).Apply(db.ForUpdate(tx)).Scan(ctx)
	return t, db.Sorted(err)
}

func seqText(n int64) string { return strconv.FormatInt(n, 10) }
