package duty

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/trail"
)

// longestAway is the longest absence that is believed.
const longestAway = 400 * 24 * time.Hour

// Leave says that somebody will be away and who stands in. An agent says it of
// oneself, a manager of anybody.
func (s *Service) Leave(ctx context.Context, who access.Actor, a Absence) (Absence, error) {
	if a.Account == "" {
		a.Account = who.ID
	}
	if a.Account != who.ID || !who.May(helpdesk.Work) {
		if err := who.Need(helpdesk.Manage); err != nil {
			return a, err
		}
	}
	agents, err := s.agents(ctx)
	if err != nil {
		return a, err
	}
	now := s.Business.Now()
	a.Note = strings.TrimSpace(fold.NFC(a.Note))
	var k fault.Check
	k.Need(isAgent(agents, a.Account), "account", "duty.form.person_needed")
	k.Need(isAgent(agents, a.StandIn) && a.StandIn != a.Account, "stand_in", "duty.form.stand_in_needed")
	k.Need(a.Until.After(a.From) && a.Until.After(now) && a.Until.Sub(a.From) <= longestAway, "until", "duty.form.until_bad")
	k.Need(utf8.RuneCountInString(a.Note) <= longestNote, "note", "duty.form.note_long", "max", longestNote)
	if err := k.Err(); err != nil {
		return a, err
	}
	a.ID, a.State, a.MadeBy, a.Version = ident.New(now), Planned, who.ID, 1
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var there int
		err := tx.NewSelect().Model((*Absence)(nil)).ColumnExpr("count(*)").Where("ab.account IN (?, ?)", a.Account, a.StandIn).
			Where("ab.state IN ('planned', 'away')").Where("ab.until_at > ?", a.From).Where("ab.from_at < ?", a.Until).Scan(ctx, &there)
		if err != nil {
			return db.Sorted(err)
		}
		if there > 0 {
			return fault.New(fault.Conflict, "duty.away_already")
		}
		if _, err := tx.NewInsert().Model(&a).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "helpdesk.duty.leave", string(a.Account), map[string][2]any{"stand_in": {"", a.StandIn}})
	})
	return a, err
}

// Return ends an absence now; the tickets that moved stay where they are.
func (s *Service) Return(ctx context.Context, who access.Actor, id ident.ID) error {
	if !who.May(helpdesk.Work) {
		if err := who.Need(helpdesk.Manage); err != nil {
			return err
		}
	}
	now := s.Business.Now()
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var a Absence
		if err := tx.NewSelect().Model(&a).Where("ab.id = ?", id).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if a.Account != who.ID && !who.May(helpdesk.Manage) {
			return fault.New(fault.Missing, "fault.missing")
		}
		if a.State != Planned && a.State != Away {
			return fault.New(fault.Conflict, "duty.over_already")
		}
		to := Cancelled
		if a.State == Away {
			to = Over
		}
		if _, err := tx.NewUpdate().Model(&a).Set("state = ?", to).Set("version = version + 1").WherePK().Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "helpdesk.duty.returned", string(a.Account), nil)
	})
}

// HandOver lets absences begin and end: whose has begun, their open tickets go to the
// stand-in, and both are told once how many. It moves at most limit tickets and tells
// how many; a chore runs it, and goes on where it stopped.
func (s *Service) HandOver(ctx context.Context, limit int) (int, error) {
	now := s.Business.Now()
	var due []Absence
	err := s.DB.Read().NewSelect().Model(&due).Where("ab.state IN ('planned', 'away')").
		Where("(ab.state = 'planned' AND ab.from_at <= ?) OR ab.until_at <= ?", now, now).Order("ab.until_at", "ab.id").Scan(ctx)
	if err != nil || len(due) == 0 {
		return 0, db.Sorted(err)
	}
	moved := 0
	for _, a := range due {
		if !a.Until.After(now) {
			if err := s.end(ctx, a); err != nil {
				return moved, err
			}
			continue
		}
		n, err := s.begin(ctx, a, limit-moved)
		if moved += n; err != nil || moved >= limit {
			return moved, err
		}
	}
	return moved, nil
}

func (s *Service) end(ctx context.Context, a Absence) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewUpdate().Model(&a).Set("state = ?", Over).Set("version = version + 1").WherePK().Where("ab.state IN ('planned', 'away')").Exec(ctx)
		return db.Sorted(err)
	})
}

// begin moves the tickets of whoever leaves; when none is left, the absence has begun.
func (s *Service) begin(ctx context.Context, a Absence, limit int) (int, error) {
	var ids []ident.ID
	if err := held(s.DB.Read(), a.Account, limit+1).Scan(ctx, &ids); err != nil {
		return 0, db.Sorted(err)
	}
	ready, err := s.Desk.Ready(ctx)
	if err != nil {
		return 0, err
	}
	moved := 0
	for _, id := range ids[:min(len(ids), limit)] {
		err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			given, err := s.Desk.GiveIn(ctx, tx, ready, id, a.Account, a.StandIn, true)
			if err != nil || !given {
				return err
			}
			_, err = tx.NewUpdate().Model((*Absence)(nil)).Set("moved = moved + 1").Where("ab.id = ?", a.ID).Exec(ctx)
			return db.Sorted(err)
		})
		if err != nil {
			return moved, err
		}
		moved++
	}
	if len(ids) > limit {
		return moved, nil // the next round goes on
	}
	return moved, s.begun(ctx, a)
}

// begun marks an absence as begun and tells both.
func (s *Service) begun(ctx context.Context, a Absence) error {
	names, err := s.People.Names(ctx, []ident.ID{a.Account, a.StandIn})
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		res, err := tx.NewUpdate().Model((*Absence)(nil)).Set("state = ?", Away).Set("version = version + 1").Where("ab.id = ?", a.ID).Where("ab.state = ?", Planned).Exec(ctx)
		if err := db.Changed(res, err); err != nil {
			if fault.Is(err, fault.Conflict) {
				return nil // another process was faster
			}
			return err
		}
		var moved int64
		if err := tx.NewSelect().Model((*Absence)(nil)).Column("moved").Where("ab.id = ?", a.ID).Scan(ctx, &moved); err != nil {
			return db.Sorted(err)
		}
		return notify.Write(ctx, tx, s.Business.Now(),
			notify.Message{Account: a.Account, Template: "duty.notice.left", Link: "/desk/duty", Args: []any{"n", moved, "name", names[a.StandIn], "until", a.Until}, Dedupe: "duty.left " + string(a.ID)},
			notify.Message{Account: a.StandIn, Template: "duty.notice.stands_in", Link: "/tickets?view=mine", Args: []any{"n", moved, "name", names[a.Account], "until", a.Until}, Dedupe: "duty.in " + string(a.ID)})
	})
}
