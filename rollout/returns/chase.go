package returns

import (
	"context"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
	"lotrinh/rollout"
)

// tell queues a notice about a sheet for those who hold a right where it belongs.
func (s *Service) tell(ctx context.Context, tx *db.Tx, now time.Time, who access.Actor, x Sheet, need access.Perm, template, key string, args ...any) error {
	readers, err := s.People.Holding(ctx, need, x.Unit)
	if err != nil {
		return err
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return err
	}
	place := x.Body
	if x.Unit != "" {
		place = tree.Place(x.Unit)
	}
	all := []any{"place", place}
	if x.DueAt != nil {
		all = append(all, "due", *x.DueAt)
	} else {
		all = append(all, "due", "")
	}
	var out []notify.Message
	for _, id := range readers {
		if id != who.ID {
			out = append(out, notify.Message{Account: id, Template: template, Args: append(all, args...), Link: x.Path(), Dedupe: key})
		}
	}
	return notify.Write(ctx, tx, now, out...)
}

// Handlers are what this room learns: steps of its clocks, and due moments that a
// calendar moved.
func (s *Service) Handlers() []outbox.Handler {
	return []outbox.Handler{
		{Name: "returns.chase", Topic: deadline.Stepped{}.Topic(), Do: s.chase},
		{Name: "returns.due", Topic: deadline.Moved{}.Topic(), Do: s.moved},
	}
}

// chase tells whoever has not handed in, once a step.
func (s *Service) chase(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var m deadline.Stepped
	if err := e.Read(&m); err != nil || m.Area != area {
		return err
	}
	var rows []Sheet
	if err := tx.NewSelect().Model(&rows).Where("rs.id = ?", m.About).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	if len(rows) == 0 || !rows[0].State.Open() || rows[0].Clock != m.Clock {
		return nil // handed in meanwhile
	}
	x, now, house := rows[0], s.Business.Now(), access.System("returns")
	house.Name = ""
	key := "returns." + m.Step + ":" + string(m.Clock)
	if err := s.tell(ctx, tx, now, house, x, x.Level.writes(), "returns.notice."+m.Step, key, "filled", x.Filled, "asked", x.Asked); err != nil {
		return err
	}
	if m.Step == stepAgain {
		if err := s.tell(ctx, tx, now, house, x, x.Level.checks(), "returns.notice.unheard", "returns.unheard:"+string(m.Clock), "filled", x.Filled, "asked", x.Asked); err != nil {
			return err
		}
	}
	return rollout.NoteIn(ctx, tx, now, house, rollout.Noted{Subject: x.ID, Line: i18n.L("returns.note.chased_" + m.Step)})
}

func (s *Service) moved(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var m deadline.Moved
	if err := e.Read(&m); err != nil || m.Area != area {
		return err
	}
	c, err := deadline.Load(ctx, tx, m.Clock)
	if err != nil {
		return err
	}
	_, err = tx.NewUpdate().Model((*Sheet)(nil)).Set("due_at = ?", c.Due).Where("clock = ?", m.Clock).Exec(ctx)
	return db.Sorted(err)
}
