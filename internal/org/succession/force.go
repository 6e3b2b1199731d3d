package succession

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
)

// Decision is what a confirmation or a reversal is signed with.
type Decision struct {
	Version int64  // 0: whatever there is
	Basis   string // number of the legal document; only for a confirmation
	Reason  string
}

func (d *Decision) check(basis bool) error {
	d.Basis, d.Reason = fold.NFC(strings.TrimSpace(d.Basis)), fold.NFC(strings.TrimSpace(d.Reason))
	var k fault.Check
	k.Need(!basis || d.Basis != "", "basis", "succession.bad.basis")
	k.Need(utf8.RuneCountInString(d.Basis) <= 200, "basis", "succession.bad.long", "max", 200)
	k.Need(d.Reason != "", "reason", "succession.bad.reason")
	k.Need(utf8.RuneCountInString(d.Reason) <= 1000, "reason", "succession.bad.long", "max", 1000)
	return k.Err()
}

// Confirm brings a previewed set into force; one for a day to come waits for its day.
func (s *Service) Confirm(ctx context.Context, who access.Actor, id ident.ID, d Decision) (Set, error) {
	if err := need(who); err != nil {
		return Set{}, err
	}
	if err := d.check(true); err != nil {
		return Set{}, err
	}
	atlas, err := s.units.Atlas(ctx)
	if err != nil {
		return Set{}, err
	}
	var done Set
	err = s.change(ctx, who, id, d.Version, func(ctx context.Context, tx *db.Tx, set *Set) error {
		if set.State != Previewed {
			return fault.New(fault.Conflict, "succession.not_previewed")
		}
		now := s.machine.Now()
		set.Basis, set.Reason, set.DecidedBy, set.DecidedName, set.DecidedAt = d.Basis, d.Reason, who.ID, who.Name, s.business.Now()
		p, err := s.ready(ctx, tx, atlas, set)
		if err != nil {
			return err
		}
		set.State = Waiting
		if err := save(ctx, tx, set, "basis", "reason", "decided_by", "decided_name", "decided_at", "state"); err != nil {
			return err
		}
		if err := trail.Write(ctx, tx, now, who, "org.succession.confirmed", string(set.ID), map[string][2]any{
			"day": {"", set.Day}, "basis": {"", set.Basis}, "reason": {"", set.Reason}}); err != nil {
			return err
		}
		if set.Day <= clock.Date(s.business.Now()) {
			err = s.carryOut(ctx, tx, who, set, p)
		}
		done = *set
		return err
	})
	return done, err
}

// ready works a set out once more and says what keeps it back.
func (s *Service) ready(ctx context.Context, tx *db.Tx, atlas *org.Atlas, set *Set) (Plan, error) {
	d, err := set.Words()
	if err != nil {
		return Plan{}, err
	}
	p, err := Work(atlas, set.Day, d)
	if err != nil {
		return p, err
	}
	p.Set = set.ID
	for i := range p.edit.PutChanges { // one typed in a form has the document of its set
		p.edit.PutChanges[i].Basis = cmp.Or(p.edit.PutChanges[i].Basis, set.Basis)
	}
	if sum := p.Summary(); sum.Lost > 0 || sum.Doubts > 0 {
		return p, fault.New(fault.Conflict, "succession.undecided", "lost", sum.Lost, "doubts", sum.Doubts)
	}
	var later []Set
	if err := tx.NewSelect().Model(&later).Column("id", "day", "title").Where("su.state = ?", InForce).Where("su.day > ?", set.Day).Limit(1).Scan(ctx); err != nil {
		return p, db.Sorted(err)
	}
	if len(later) > 0 {
		return p, fault.New(fault.Conflict, "succession.later_in_force", "day", later[0].Day, "title", later[0].Title)
	}
	told, err := set.Told()
	if err != nil {
		return p, err
	}
	for _, r := range told.Reports {
		if len(r.Problems) > 0 {
			return p, fault.New(fault.Conflict, "succession.problems")
		}
	}
	return p, nil
}

// carryOut moves everything, in the transaction that it is given.
func (s *Service) carryOut(ctx context.Context, tx *db.Tx, who access.Actor, set *Set, p Plan) error {
	var heirs []heirRow
	for _, from := range slices.Sorted(maps.Keys(p.Heir)) {
		heirs = append(heirs, heirRow{Set: set.ID, From: from, To: p.Heir[from]})
	}
	for part := range slices.Chunk(heirs, 500) {
		if _, err := tx.NewInsert().Model(&part).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	p.At, p.Basis = s.machine.Now(), set.Basis
	told := Preview{Summary: p.Summary()}
	for _, part := range s.parts {
		r, err := part.Succeed(ctx, tx, p, who)
		if err != nil {
			return err
		}
		told.Reports = append(told.Reports, r)
	}
	n, err := tx.NewSelect().Table("succession_review").Where("set_id = ?", set.ID).Count(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	told.Scopes = n
	undo, revision, err := s.units.Amend(ctx, tx, p.edit)
	if err != nil {
		return err
	}
	if err := s.close(ctx, tx, set, told, undo); err != nil {
		return err
	}
	now := s.machine.Now()
	if err := outbox.Write(ctx, tx, now, org.UnitsChanged{Revision: revision, Dates: []string{set.Day}, Set: string(set.ID), Day: set.Day, Heirs: p.Heir}); err != nil {
		return err
	}
	changes := map[string][2]any{"day": {"", set.Day}, "units": {told.Summary.Before, told.Summary.After}, "revision": {revision - 1, revision}}
	for _, r := range told.Reports {
		for _, m := range r.Moved {
			changes[m.Label] = [2]any{0, m.Rows}
		}
	}
	return trail.Write(ctx, tx, now, who, "org.succession.in_force", string(set.ID), changes)
}

func (s *Service) close(ctx context.Context, tx *db.Tx, set *Set, told Preview, undo org.Edit) error {
	report, err := json.Marshal(told)
	if err != nil {
		return db.Sorted(err)
	}
	back, err := json.Marshal(undo)
	if err != nil {
		return db.Sorted(err)
	}
	if err := tx.NewRaw("SELECT COALESCE(MAX(force_seq), 0) + 1 FROM succession_set").Scan(ctx, &set.ForceSeq); err != nil {
		return db.Sorted(err)
	}
	set.State, set.Report, set.Undo, set.ForceAt = InForce, string(report), string(back), s.business.Now()
	return save(ctx, tx, set, "state", "report", "undo", "force_at", "force_seq")
}

// RunDue brings confirmed sets into force whose day has come, and tells how many.
func (s *Service) RunDue(ctx context.Context) (int, error) {
	today := clock.Date(s.business.Now())
	var due []Set
	if err := s.db.Read().NewSelect().Model(&due).Column("id", "decided_by", "decided_name").Where("su.state = ?", Waiting).Where("su.day <= ?", today).Order("su.day", "su.id").Scan(ctx); err != nil {
		return 0, db.Sorted(err)
	}
	for i, one := range due {
		atlas, err := s.units.Atlas(ctx)
		if err != nil {
			return i, err
		}
		who := access.System("succession")
		err = s.change(ctx, who, one.ID, 0, func(ctx context.Context, tx *db.Tx, set *Set) error {
			if set.State != Waiting {
				return nil
			}
			p, err := s.ready(ctx, tx, atlas, set)
			if err != nil {
				return err
			}
			return s.carryOut(ctx, tx, who, set, p)
		})
		if err != nil {
			return i, err
		}
	}
	return len(due), nil
}

// Reverse takes a set in force back. It is refused when a later set is in force, or when
// rows were changed or made since that rest on it.
func (s *Service) Reverse(ctx context.Context, who access.Actor, id ident.ID, d Decision) error {
	if err := need(who); err != nil {
		return err
	}
	if err := d.check(false); err != nil {
		return err
	}
	return s.change(ctx, who, id, d.Version, func(ctx context.Context, tx *db.Tx, set *Set) error {
		if set.State != InForce {
			return fault.New(fault.Conflict, "succession.not_in_force")
		}
		var later []Set
		if err := tx.NewSelect().Model(&later).Column("id", "day", "title").Where("su.state = ?", InForce).Where("su.force_seq > ?", set.ForceSeq).Limit(1).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if len(later) > 0 {
			return fault.New(fault.Conflict, "succession.later_in_force", "day", later[0].Day, "title", later[0].Title)
		}
		return s.takeBack(ctx, tx, who, set, d)
	})
}

func (s *Service) takeBack(ctx context.Context, tx *db.Tx, who access.Actor, set *Set, d Decision) error {
	undo, err := set.undo()
	if err != nil {
		return err
	}
	p, err := s.past(ctx, tx, set)
	if err != nil {
		return err
	}
	for _, part := range slices.Backward(s.parts) {
		if err := part.Reverse(ctx, tx, p); err != nil {
			return err
		}
	}
	_, revision, err := s.units.Amend(ctx, tx, undo)
	if err != nil {
		return err
	}
	for _, tab := range []string{"succession_journal", "succession_heir", "succession_review"} {
		if _, err := tx.NewRaw("DELETE FROM ? WHERE set_id = ?", bun.Ident(tab), set.ID).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	now := s.machine.Now()
	set.State, set.ReverseReason, set.ReversedName, set.ReversedAt = Reversed, d.Reason, who.Name, s.business.Now()
	if err := save(ctx, tx, set, "state", "reverse_reason", "reversed_name", "reversed_at"); err != nil {
		return err
	}
	if err := outbox.Write(ctx, tx, now, org.UnitsChanged{Revision: revision, Dates: []string{set.Day}, Set: string(set.ID), Day: set.Day, Heirs: p.Heir, Reversed: true}); err != nil {
		return err
	}
	return trail.Write(ctx, tx, now, who, "org.succession.reversed", string(set.ID), map[string][2]any{"day": {set.Day, ""}, "reason": {"", d.Reason}, "revision": {revision - 1, revision}})
}

// past is the plan of a set in force, from what it left: its heirs, and the units that
// begin with it.
func (s *Service) past(ctx context.Context, tx *db.Tx, set *Set) (Plan, error) {
	p := Plan{Set: set.ID, Day: set.Day, At: s.machine.Now(), Basis: set.Basis, Heir: map[string]string{}, Into: map[string][]string{}}
	var heirs []heirRow
	if err := tx.NewSelect().Model(&heirs).Where("sh.set_id = ?", set.ID).Order("sh.from_code").Scan(ctx); err != nil {
		return p, db.Sorted(err)
	}
	for _, h := range heirs {
		p.Heir[h.From] = h.To
		p.Into[h.To] = append(p.Into[h.To], h.From)
	}
	atlas, err := s.units.Atlas(ctx)
	if err != nil {
		return p, err
	}
	eve, err := eveOf(set.Day)
	if err != nil {
		return p, bad("day", "succession.bad.day")
	}
	was := atlas.Tree(eve)
	for _, u := range atlas.Tree(set.Day).All() {
		if _, lived := was.Unit(u.Code); !lived {
			p.Begun = append(p.Begun, u.Code)
		}
	}
	return p, nil
}
