package difficulty

import (
	"context"
	"slices"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/rollout"
)

func byID(ctx context.Context, q bun.IDB, who access.Actor, id ident.ID, more ...func(*bun.SelectQuery) *bun.SelectQuery) (Difficulty, error) {
	var d Difficulty
	if err := who.Need(rollout.Read); err != nil {
		return d, err
	}
	sel := q.NewSelect().Model(&d).Where("df.id = ?", id).Apply(who.Within(rollout.Read, "df.unit"))
	for _, m := range more {
		sel = sel.Apply(m)
	}
	return d, db.Sorted(sel.Scan(ctx))
}

// change holds a difficulty in one of the states, lets do change it, and saves it.
func (s *Service) change(ctx context.Context, who access.Actor, id ident.ID, version int64, may func(Difficulty) error, from []State, act string, line func(Difficulty) i18n.Line, said string, do func(context.Context, *db.Tx, *Difficulty) error) (Difficulty, error) {
	var d Difficulty
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if d, err = byID(ctx, tx, who, id, db.ForUpdate(tx)); err != nil {
			return err
		}
		if err := may(d); err != nil {
			return err
		}
		switch {
		case version != d.Version:
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		case !slices.Contains(from, d.State):
			return fault.New(fault.Conflict, "difficulty.no_such_move")
		}
		before := d.State
		if err := do(ctx, tx, &d); err != nil {
			return err
		}
		d.Version++
		if err := db.Changed(tx.NewUpdate().Model(&d).WherePK().Where("version = ?", version).Exec(ctx)); err != nil {
			return err
		}
		return s.record(ctx, tx, who, d, act, line(d), said, before)
	})
	return d, err
}

func worded(field, text string) error {
	var k fault.Check
	k.Need(text != "", field, "difficulty.form.needed")
	k.Need(utf8.RuneCountInString(text) <= longestText, field, "difficulty.form.long", "max", longestText)
	return k.Err()
}

// Reply is the city's answer: what it says, who takes it on, within how many working days.
type Reply struct {
	Answer string
	Owner  ident.ID
	Days   int64
}

// Reply answers a difficulty, or answers it anew while it is in hand.
func (s *Service) Reply(ctx context.Context, who access.Actor, id ident.ID, version int64, r Reply) (Difficulty, error) {
	r.Answer = tidy(r.Answer)
	may := func(d Difficulty) error { return who.NeedAt(Answer, d.Unit) }
	line := func(d Difficulty) i18n.Line {
		var due any = ""
		if d.DueAt != nil {
			due = *d.DueAt
		}
		return i18n.L("difficulty.note.answered", "owner", d.OwnerName, "due", due)
	}
	return s.change(ctx, who, id, version, may, []State{Raised, InHand}, "rollout.difficulty.answered", line, r.Answer, func(ctx context.Context, tx *db.Tx, d *Difficulty) error {
		ids, names, err := s.owners(ctx, d.Unit)
		if err != nil {
			return err
		}
		var k fault.Check
		k.Add(worded("answer", r.Answer))
		k.Need(slices.Contains(ids, r.Owner), "owner", "difficulty.form.owner")
		k.Need(r.Days >= 1 && r.Days <= mostDays, "days", "difficulty.form.days", "max", mostDays)
		if err := k.Err(); err != nil {
			return err
		}
		if err := s.stop(ctx, tx, d); err != nil {
			return err
		}
		now := s.Business.Now()
		d.State, d.Answer, d.AnsweredAt, d.AnsweredName, d.Owner, d.OwnerName = InHand, r.Answer, &now, who.Name, r.Owner, names[r.Owner]
		if err := s.turn(ctx, tx, d, "solve", r.Days); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, who, *d, "difficulty.notice.answered", "answered", "", d.RaisedBy); err != nil {
			return err
		}
		return s.tell(ctx, tx, who, *d, "difficulty.notice.owned", "owned", "", d.Owner)
	})
}

// Finish says that a difficulty in hand is done; its owner may, and whoever answers.
func (s *Service) Finish(ctx context.Context, who access.Actor, id ident.ID, version int64, result string) (Difficulty, error) {
	result = tidy(result)
	if err := worded("result", result); err != nil {
		return Difficulty{}, err
	}
	may := func(d Difficulty) error {
		if d.Owner == who.ID {
			return nil
		}
		return who.NeedAt(Answer, d.Unit)
	}
	line := func(Difficulty) i18n.Line { return i18n.L("difficulty.note.done") }
	return s.change(ctx, who, id, version, may, []State{InHand}, "rollout.difficulty.done", line, result, func(ctx context.Context, tx *db.Tx, d *Difficulty) error {
		if err := s.stop(ctx, tx, d); err != nil {
			return err
		}
		d.State, d.Result = Done, result
		return s.tell(ctx, tx, who, *d, "difficulty.notice.done", "done", "", d.RaisedBy)
	})
}

// Close confirms that a difficulty is no more.
func (s *Service) Close(ctx context.Context, who access.Actor, id ident.ID, version int64) (Difficulty, error) {
	line := func(Difficulty) i18n.Line { return i18n.L("difficulty.note.closed") }
	return s.change(ctx, who, id, version, s.raises(who), []State{Done}, "rollout.difficulty.closed", line, "", func(_ context.Context, _ *db.Tx, d *Difficulty) error {
		d.State = Closed
		return nil
	})
}

// Reopen says why a difficulty that was called done is not; it is its owner's again,
// within three working days.
func (s *Service) Reopen(ctx context.Context, who access.Actor, id ident.ID, version int64, reason string) (Difficulty, error) {
	reason = tidy(reason)
	if err := worded("reason", reason); err != nil {
		return Difficulty{}, err
	}
	line := func(Difficulty) i18n.Line { return i18n.L("difficulty.note.reopened") }
	return s.change(ctx, who, id, version, s.raises(who), []State{Done, Closed}, "rollout.difficulty.reopened", line, reason, func(ctx context.Context, tx *db.Tx, d *Difficulty) error {
		d.State, d.Result = InHand, ""
		if err := s.turn(ctx, tx, d, "solve", answerDays); err != nil {
			return err
		}
		return s.tell(ctx, tx, who, *d, "difficulty.notice.reopened", "reopened", "", d.Owner)
	})
}

// raises is the right to confirm or to open again: of the unit, or of the city that answers.
func (s *Service) raises(who access.Actor) func(Difficulty) error {
	return func(d Difficulty) error {
		if who.Covers(Answer, d.Unit) {
			return nil
		}
		return who.NeedAt(Raise, d.Unit)
	}
}

// Connect links a ticket or a gap, by its number or address.
func (s *Service) Connect(ctx context.Context, t i18n.T, who access.Actor, id ident.ID, typed string) (Difficulty, error) {
	d, err := byID(ctx, s.DB.Read(), who, id)
	if err != nil {
		return d, err
	}
	if err := s.raises(who)(d); err != nil && d.Owner != who.ID {
		return d, err
	}
	href, label, err := s.Places.Find(ctx, t, who, tidy(typed))
	if err != nil {
		if fault.Is(err, fault.Missing) || fault.Is(err, fault.Denied) {
			var k fault.Check
			k.Need(false, "link", "difficulty.form.link")
			return d, k.Err()
		}
		return d, err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		row := Link{Difficulty: d.ID, Href: href, Label: label, LinkedAt: s.Business.Now(), ByName: who.Name}
		res, err := tx.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return db.Sorted(err)
		}
		return s.record(ctx, tx, who, d, "rollout.difficulty.linked", i18n.L("difficulty.note.linked", "what", label), "", d.State)
	})
	return d, err
}

// Handlers are what this room learns: steps of its clocks, and due moments that moved.
func (s *Service) Handlers() []outbox.Handler {
	return []outbox.Handler{
		{Name: "difficulty.late", Topic: deadline.Stepped{}.Topic(), Do: s.late},
		{Name: "difficulty.due", Topic: deadline.Moved{}.Topic(), Do: s.moved},
	}
}

// late tells those whose turn it is, once, that a step is late.
func (s *Service) late(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var m deadline.Stepped
	if err := e.Read(&m); err != nil || m.Area != area {
		return err
	}
	var rows []Difficulty
	if err := tx.NewSelect().Model(&rows).Where("df.id = ?", m.About).Scan(ctx); err != nil || len(rows) == 0 {
		return db.Sorted(err)
	}
	d, house := rows[0], access.System("difficulty")
	house.Name = ""
	if d.Clock != m.Clock || d.State != Raised && d.State != InHand {
		return nil
	}
	if err := s.tell(ctx, tx, house, d, "difficulty.notice.late", "late", Answer, d.Owner); err != nil {
		return err
	}
	return rollout.NoteIn(ctx, tx, s.Business.Now(), house, rollout.Noted{Subject: d.ID, Line: i18n.L("difficulty.note.late")})
}

func (s *Service) moved(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var m deadline.Moved
	if err := e.Read(&m); err != nil || m.Area != area {
		return err
	}
	_, err := tx.NewUpdate().Model((*Difficulty)(nil)).Set("due_at = ?", m.Due).Where("clock = ?", m.Clock).Where("state IN ('raised', 'in_hand')").Exec(ctx)
	return db.Sorted(err)
}
