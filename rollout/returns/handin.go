package returns

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/kit/worktime"
	"lotrinh/rollout"
	"lotrinh/rollout/ask"
)

// Handed is a return as somebody hands it in. Version is the sheet's, as the person saw it.
type Handed struct {
	ID      ident.ID
	Version int64
	Answers ask.Answers
}

// longestReason is how many runes a reason may have.
const longestReason = 1000

// HandIn hands a return in: everything that must be answered is.
func (s *Service) HandIn(ctx context.Context, who access.Actor, h Handed) (Sheet, error) {
	all, err := s.HandInAll(ctx, who, h)
	if err != nil {
		return Sheet{}, err
	}
	return all[0], nil
}

// HandInAll hands several returns of one round in at once, in a fixed number of
// statements; one that is refused refuses all.
func (s *Service) HandInAll(ctx context.Context, who access.Actor, all ...Handed) ([]Sheet, error) {
	if len(all) == 0 {
		return nil, missing()
	}
	if err := who.Need(rollout.Read); err != nil {
		return nil, err
	}
	ids := make([]ident.ID, len(all))
	for i, h := range all {
		ids[i] = h.ID
	}
	var sheets []Sheet
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		sheets = nil
		err := tx.NewSelect().Model(&sheets).Where("rs.id IN (?)", bun.List(ids)).Apply(within(who)).Order("rs.id").Apply(db.ForUpdate(tx)).Scan(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if len(sheets) != len(all) {
			return missing()
		}
		return s.handIn(ctx, tx, who, sheets, all)
	})
	return sheets, err
}

func (s *Service) handIn(ctx context.Context, tx *db.Tx, who access.Actor, sheets []Sheet, all []Handed) error {
	now := s.Business.Now()
	forms, err := formsOf(ctx, tx, sheets[0].Round)
	if err != nil {
		return err
	}
	var editions []EditionRow
	var lines []rollout.Noted
	var entries []trail.Entry
	for i := range sheets {
		x := &sheets[i]
		h := all[slices.IndexFunc(all, func(h Handed) bool { return h.ID == x.ID })]
		before := x.State
		if err := x.take(who, forms[x.Level], h, now); err != nil {
			return err
		}
		if err := s.allChecked(ctx, tx, *x); err != nil {
			return err
		}
		sum := sha256.Sum256([]byte(x.AnswersJSON))
		editions = append(editions, EditionRow{Sheet: x.ID, Edition: x.Edition, AnswersJSON: x.AnswersJSON, KnownJSON: x.KnownJSON, Hash: hex.EncodeToString(sum[:]),
			Reason: x.Reason, At: now, By: who.ID, ByName: who.Name})
		x.Reason = ""
		lines = append(lines, rollout.Noted{Subject: x.ID, Line: i18n.L("returns.note.handed_in", "n", x.Edition)})
		e, err := trail.Make(now, who, "rollout.return.handed_in", string(x.ID), map[string][2]any{"state": {before, x.State}, "edition": {x.Edition - 1, x.Edition}}, trail.At(x.Unit))
		if err != nil {
			return err
		}
		entries = append(entries, e)
	}
	if err := s.meet(ctx, tx, sheets, now); err != nil {
		return err
	}
	if err := save(ctx, tx, sheets...); err != nil {
		return err
	}
	if _, err := tx.NewInsert().Model(&editions).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	if err := rollout.NoteIn(ctx, tx, now, who, lines...); err != nil {
		return err
	}
	for _, x := range sheets {
		if err := outbox.Write(ctx, tx, now, x.event()); err != nil {
			return err
		}
	}
	return trail.Append(ctx, tx, entries...)
}

// take is the rule of handing in: who may, in which state, with complete answers.
func (x *Sheet) take(who access.Actor, f ask.Form, h Handed, now time.Time) error {
	if err := x.may(who, x.Level.writes()); err != nil {
		return err
	}
	switch {
	case !x.State.writable():
		return fault.New(fault.Conflict, "returns.locked")
	case h.Version != x.Version:
		return fault.New(fault.Conflict, "fault.changed_meanwhile")
	}
	if err := f.Complete(h.Answers); err != nil {
		return err
	}
	if x.FirstAt == nil {
		x.FirstAt, x.OnTime = &now, x.DueAt != nil && !now.After(*x.DueAt)
	}
	x.State, x.Edition, x.HandedBy, x.HandedName, x.ChangedAt = HandedIn, x.Edition+1, who.ID, who.Name, now
	x.CheckedAt, x.CheckedName = nil, ""
	return x.answer(f, h.Answers)
}

// allChecked keeps a district from handing in while returns of its communes wait to be checked.
func (s *Service) allChecked(ctx context.Context, tx *db.Tx, x Sheet) error {
	if x.Level != District {
		return nil
	}
	var n int
	err := tx.NewRaw("SELECT count(*) FROM return_sheet WHERE round = ? AND district = ? AND level = ? AND state = ?", x.Round, x.District, Commune, HandedIn).Scan(ctx, &n)
	if err != nil {
		return db.Sorted(err)
	}
	if n > 0 {
		return fault.New(fault.Conflict, "returns.unchecked", "n", n)
	}
	return nil
}

// meet stops the clocks of sheets that were handed in.
func (s *Service) meet(ctx context.Context, tx *db.Tx, sheets []Sheet, now time.Time) error {
	ids := make([]ident.ID, len(sheets))
	for i, x := range sheets {
		ids[i] = x.Clock
	}
	clocks, err := deadline.Hold(ctx, tx, ids)
	if err != nil {
		return err
	}
	var changed []*deadline.Clock
	cals := map[string]*worktime.Calendar{}
	for _, id := range ids {
		c, ok := clocks[id]
		if !ok || !c.Open() {
			continue
		}
		if cals[c.Calendar] == nil {
			if cals[c.Calendar], err = s.Calendars.Calendar(ctx, c.Calendar); err != nil {
				return err
			}
		}
		if err := c.Meet(now); err != nil {
			return err
		}
		if err := c.Compute(cals[c.Calendar]); err != nil {
			return err
		}
		changed = append(changed, &c)
	}
	if len(changed) == 0 {
		return nil
	}
	return deadline.Save(ctx, tx, changed...)
}

// save writes sheets that are locked, in one statement, each as its next version.
func save(ctx context.Context, tx *db.Tx, sheets ...Sheet) error {
	for i := range sheets {
		sheets[i].Version++
	}
	for at := 0; at < len(sheets); at += 200 {
		part := sheets[at:min(at+200, len(sheets))]
		q := tx.NewInsert().Model(&part).On("CONFLICT (id) DO UPDATE")
		for _, c := range []string{"state", "answers", "known", "filled", "asked", "edition", "clock", "due_at", "first_at", "on_time", "handed_by", "handed_name",
			"checked_at", "checked_name", "reason", "changed_at", "version"} {
			q = q.Set(c + " = excluded." + c)
		}
		if _, err := q.Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}

func tidy(s string) string { return strings.TrimSpace(fold.NFC(s)) }

// reasoned is the fault of a reason that is missing or too long.
func reasoned(reason string) error {
	var k fault.Check
	k.Need(reason != "", "reason", "returns.form.reason")
	k.Need(utf8.RuneCountInString(reason) <= longestReason, "reason", "returns.form.long", "max", longestReason)
	return k.Err()
}
