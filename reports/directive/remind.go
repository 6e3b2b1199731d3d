package directive

import (
	"context"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
)

// owners are the people who carry a directive out: the one who is named, or whoever holds
// the post.
func (s *Service) owners(ctx context.Context, d Directive) ([]ident.ID, error) {
	if d.Owner != "" {
		return []ident.ID{d.Owner}, nil
	}
	return s.People.InPost(ctx, d.Post, d.Unit)
}

func (s *Service) tell(ctx context.Context, tx *db.Tx, who access.Actor, d Directive, template, key string, now time.Time) error {
	to, err := s.owners(ctx, d)
	if err != nil {
		return err
	}
	return s.send(ctx, tx, who, d, template, key, now, to)
}

func (s *Service) tellWriter(ctx context.Context, tx *db.Tx, who access.Actor, d Directive, template, key string, now time.Time) error {
	return s.send(ctx, tx, who, d, template, key, now, []ident.ID{d.MadeBy})
}

// send queues one notice for each reader but the one who acts. The same version of a
// directive tells a reader the same thing once; mail keeps to the reader's hours.
func (s *Service) send(ctx context.Context, tx *db.Tx, who access.Actor, d Directive, template, key string, now time.Time, to []ident.ID) error {
	tree, err := s.tree(ctx)
	if err != nil {
		return err
	}
	due := ""
	if d.DueAt != nil {
		due = i18n.T{}.Day(*d.DueAt)
	}
	seen := map[ident.ID]bool{who.ID: true, "": true}
	var out []notify.Message
	for _, id := range to {
		if seen[id] {
			continue
		}
		seen[id] = true
		out = append(out, notify.Message{Account: id, Template: template, Link: d.Path(), Dedupe: "directive." + key + ":" + string(d.ID) + ":" + string(d.Clock),
			Args: []any{"code", d.Code, "text", headline(d.Text), "place", tree.Place(d.Unit), "due", due, "who", who.Name}})
	}
	return notify.Write(ctx, tx, now, out...)
}

// Handlers are what this room learns: steps of its clocks, and due moments that moved.
func (s *Service) Handlers() []outbox.Handler {
	return []outbox.Handler{
		{Name: "directive.remind", Topic: deadline.Stepped{}.Topic(), Do: s.remind},
		{Name: "directive.due", Topic: deadline.Moved{}.Topic(), Do: s.moved},
	}
}

// remind tells the owner before and after the due moment, and whoever wrote the directive
// when it stays late. A reminder on the day of writing is left out: the notice of the
// directive itself has just said so.
func (s *Service) remind(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var m deadline.Stepped
	if err := e.Read(&m); err != nil || m.Area != Area {
		return err
	}
	var rows []Directive
	if err := tx.NewSelect().Model(&rows).Where("dv.id = ?", m.About).Scan(ctx); err != nil || len(rows) == 0 {
		return db.Sorted(err)
	}
	d, now, house := rows[0], s.Business.Now(), access.System(Area)
	if d.Clock != m.Clock || !d.State.Pending() || m.Step == stepSoon && clock.Date(d.MadeAt) == clock.Date(now) {
		return nil
	}
	house.Name = ""
	if m.Step == stepLong {
		if err := s.tellWriter(ctx, tx, house, d, "directive.notice.long", m.Step, now); err != nil {
			return err
		}
	}
	return s.tell(ctx, tx, house, d, "directive.notice."+m.Step, "owner."+m.Step, now)
}

// moved keeps the due moment when a calendar moved it.
func (s *Service) moved(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var m deadline.Moved
	if err := e.Read(&m); err != nil || m.Area != Area {
		return err
	}
	_, err := tx.NewUpdate().Model((*Directive)(nil)).Set("due_at = ?", m.Due).Where("clock = ?", m.Clock).Where("closed_at IS NULL").Exec(ctx)
	return db.Sorted(err)
}
