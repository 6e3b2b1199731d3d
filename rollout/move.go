package rollout

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
)

// MoveInput asks to move communes to a stage.
type MoveInput struct {
	Programme string   // code
	Units     []string // the selection; empty with District: all of its communes not there yet
	District  string
	To        Stage
	Reason    string           // needed to step back
	Seen      map[string]int64 // versions that the asker saw; a unit changed since is refused
}

// Refusal is a commune that does not move, and why.
type Refusal struct {
	Unit    string   `json:"unit"`
	Reasons []Reason `json:"reasons"`
}

// Step is a commune that moves. WaivedUntil tells that it passes by a waiver.
type Step struct {
	Progress
	To          Stage
	WaivedUntil string
	waived      []string
}

// MoveResult says which communes move and which do not. ID is empty in a preview,
// and when nothing moved.
type MoveResult struct {
	ID      ident.ID
	To      Stage
	Moved   []Step
	Refused []Refusal
}

// Move is the record of one move.
type Move struct {
	bun.BaseModel `bun:"table:rollout_move,alias:mv"`
	ID            ident.ID  `bun:"id,pk"`
	Programme     ident.ID  `bun:"programme"`
	Actor         string    `bun:"actor"`
	ActorName     string    `bun:"actor_name"`
	To            Stage     `bun:"to_stage"` // empty for an undo
	Reason        string    `bun:"reason"`
	At            time.Time `bun:"at"`
	Moved         int       `bun:"moved"`
	Refused       string    `bun:"refused"` // JSON list of Refusal
	Undoes        ident.ID  `bun:"undoes"`
}

// PreviewMove says what Move would do now.
func (s *Service) PreviewMove(ctx context.Context, who access.Actor, in MoveInput) (MoveResult, error) {
	in, verdicts, err := s.prepareMove(ctx, who, in)
	if err != nil {
		return MoveResult{}, err
	}
	b, err := s.bookOf(ctx, in.Programme)
	if err != nil {
		return MoveResult{}, err
	}
	rows, err := progressOf(ctx, s.db.Read(), access.System("rollout"), b.programme.ID, in.Units)
	if err != nil {
		return MoveResult{}, err
	}
	stand := make(map[string]Progress, len(rows))
	for _, r := range rows {
		stand[r.Unit] = r
	}
	held, err := s.held(ctx, s.db.Read(), b.programme.ID, s.clock.Now())
	if err != nil {
		return MoveResult{}, err
	}
	return decide(b.with(verdicts, s.clock.Now()), stand, held, in, s.clock.Now()), nil
}

// Move moves the communes whose gate is met and refuses each other one with its
// reasons; all in one transaction. What the inventory says now is asked first.
func (s *Service) Move(ctx context.Context, who access.Actor, in MoveInput) (MoveResult, error) {
	in, verdicts, err := s.prepareMove(ctx, who, in)
	if err != nil {
		return MoveResult{}, err
	}
	var result MoveResult
	err = s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := s.clock.Now()
		pg, err := programmeByCode(ctx, tx, in.Programme)
		if err != nil {
			return err
		}
		if err := touch(ctx, tx, pg.ID); err != nil {
			return err
		}
		if err := learn(ctx, tx, now, pg, fromInventory(now, verdicts)); err != nil {
			return err
		}
		stand, err := lockProgress(ctx, tx, pg.ID, in.Units)
		if err != nil {
			return err
		}
		b, err := readBook(ctx, tx, pg, in.Units)
		if err != nil {
			return err
		}
		held, err := s.held(ctx, tx, pg.ID, now)
		if err != nil {
			return err
		}
		result = decide(b, stand, held, in, now)
		mv := Move{ID: ident.New(now), Programme: pg.ID, Actor: string(who.ID), ActorName: who.Name, To: in.To, Reason: in.Reason, At: now}
		return s.carryOut(ctx, tx, who, b, mv, &result)
	})
	return result, err
}

// prepareMove checks what was asked and by whom, finds the communes of a district
// and asks the inventory about them.
func (s *Service) prepareMove(ctx context.Context, who access.Actor, in MoveInput) (MoveInput, map[string]Verdict, error) {
	if err := who.Need(MoveTo); err != nil {
		return in, nil, err
	}
	in.Reason = fold.NFC(strings.TrimSpace(in.Reason))
	if len(in.Units) == 0 && in.District != "" {
		var err error
		if in.Units, err = s.toMoveIn(ctx, who, in); err != nil {
			return in, nil, err
		}
	}
	in.Units = slices.Compact(slices.Sorted(slices.Values(in.Units)))
	var k fault.Check
	k.Need(len(in.Units) > 0, "units", "rollout.form.units_needed")
	k.Need(in.To.rank() > 0, "to", "rollout.form.stage_needed")
	k.Need(utf8.RuneCountInString(in.Reason) <= 1000, "reason", "rollout.form.too_long", "max", 1000)
	if err := k.Err(); err != nil {
		return in, nil, err
	}
	if err := reach(who, MoveTo, in.Units); err != nil {
		return in, nil, err
	}
	verdicts, err := s.ready.All(ctx, in.Units, s.clock.Now())
	return in, verdicts, err
}

func (s *Service) toMoveIn(ctx context.Context, who access.Actor, in MoveInput) ([]string, error) {
	tree, err := s.units.Tree(ctx, s.clock.Now())
	if err != nil {
		return nil, err
	}
	pg, err := programmeByCode(ctx, s.db.Read(), in.Programme)
	if err != nil {
		return nil, err
	}
	under := append([]string{}, tree.Under(in.District)...)
	rows, err := progressOf(ctx, s.db.Read(), who, pg.ID, under)
	if err != nil {
		return nil, err
	}
	var units []string
	for _, r := range rows {
		if r.Stage != in.To && r.Stage != Live {
			units = append(units, r.Unit)
		}
	}
	return units, nil
}

// with is the book as it would be with the inventory's present verdicts.
func (b *book) with(verdicts map[string]Verdict, at time.Time) *book {
	fresh := *b
	fresh.known = make(map[string]Known, len(verdicts))
	for u, k := range b.known {
		fresh.known[u] = k
	}
	for u, v := range verdicts {
		k := Known{}
		for key, pair := range b.known[u] {
			k[key] = pair
		}
		reasons, err := packed(v.Reasons)
		if err != nil {
			continue // strings always marshal
		}
		for _, cs := range b.criteria {
			for _, c := range cs {
				if c.Evidence == EvidenceEquipment {
					k.add(&Evidence{Unit: u, Criterion: c.Key, Kind: Verification, Answer: v.Answer, Source: FromInventory, Reasons: reasons, Link: v.Link, ObservedAt: at})
				}
			}
		}
		fresh.known[u] = k
	}
	return &fresh
}

// decide says who moves and who does not: a pure function of the book, where the
// communes stand, which waves are held, the request and the moment. What holds a whole
// wave stands before what the gate of the commune says.
func decide(b *book, stand map[string]Progress, held map[ident.ID][]Hold, in MoveInput, at time.Time) MoveResult {
	result := MoveResult{To: in.To}
	for _, u := range in.Units {
		p, there := stand[u]
		step := Step{Progress: p, To: in.To}
		reasons := hindrance(p, there, in)
		if reasons == nil && in.To.rank() > p.Stage.rank() {
			g := Judge(in.To, b.criteria[p.Phase], b.known[u], b.waiversOf[u], at)
			reasons, step.WaivedUntil = append(why(held[p.Phase]), g.Reasons...), g.WaivedUntil
			for _, i := range g.Items {
				if i.Criterion.Must && i.Answer != Met && i.Waiver != nil {
					step.waived = append(step.waived, i.Criterion.Key)
				}
			}
		}
		if len(reasons) > 0 {
			result.Refused = append(result.Refused, Refusal{Unit: u, Reasons: reasons})
			continue
		}
		result.Moved = append(result.Moved, step)
	}
	return result
}

// hindrance is what keeps a commune from the move whatever its gate says.
func hindrance(p Progress, there bool, in MoveInput) []Reason {
	why := func(key string) []Reason { return []Reason{Because(key)} }
	seen, checked := in.Seen[p.Unit]
	switch {
	case !there:
		return why("rollout.refused.not_in_programme")
	case p.Stage == Live:
		return why("rollout.refused.live")
	case p.Stage == in.To:
		return why("rollout.refused.already")
	case checked && seen != p.Version:
		return why("rollout.refused.changed")
	case in.To.rank() > p.Stage.rank()+1:
		return why("rollout.refused.skips")
	case in.To.rank() < p.Stage.rank() && in.Reason == "":
		return why("rollout.refused.reason_needed")
	}
	return nil
}

// carryOut writes a decided move: where the communes stand, their history, the
// record of the move, trail and events.
func (s *Service) carryOut(ctx context.Context, tx *db.Tx, who access.Actor, b *book, mv Move, result *MoveResult) error {
	refused, err := json.Marshal(result.Refused)
	if err != nil {
		return db.Sorted(err)
	}
	result.ID, mv.Moved, mv.Refused = mv.ID, len(result.Moved), string(refused)
	if _, err := tx.NewInsert().Model(&mv).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	byTo := map[Stage][]string{}
	var lines []StageChange
	for _, m := range result.Moved {
		byTo[m.To] = append(byTo[m.To], m.Unit)
		lines = append(lines, StageChange{ID: ident.New(mv.At), Programme: mv.Programme, Unit: m.Unit, Phase: m.Phase, From: m.Stage, To: m.To,
			At: mv.At, Actor: mv.Actor, ActorName: mv.ActorName, Reason: mv.Reason, Move: mv.ID, Waived: strings.Join(m.waived, " ")})
	}
	for to, units := range byTo {
		_, err := tx.NewRaw("UPDATE rollout_progress SET stage = ?, since = ?, version = version + 1 WHERE programme = ? AND unit IN (?)",
			to, mv.At, mv.Programme, bun.List(units)).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
	}
	if err := insert(ctx, tx, lines, "seq"); err != nil {
		return err
	}
	for _, m := range result.Moved {
		e := StageMoved{Programme: b.programme.Code, Unit: m.Unit, Phase: b.phase[m.Phase].Ordinal, From: m.Stage, To: m.To, Move: mv.ID, Waived: m.waived}
		if err := outbox.Write(ctx, tx, mv.At, e); err != nil {
			return err
		}
		changes := map[string][2]any{"stage": {m.Stage, m.To}, "move": {"", mv.ID}}
		if err := trail.Write(ctx, tx, mv.At, who, "rollout.stage.moved", b.programme.Code+"/"+m.Unit, changes, trail.At(m.Unit)); err != nil {
			return err
		}
	}
	return nil
}

// Undo takes a move back for every commune that has not moved since; the others
// are refused. It needs a reason.
func (s *Service) Undo(ctx context.Context, who access.Actor, id ident.ID, reason string) (MoveResult, error) {
	if err := who.Need(MoveTo); err != nil {
		return MoveResult{}, err
	}
	reason = fold.NFC(strings.TrimSpace(reason))
	var k fault.Check
	k.Need(reason != "", "reason", "rollout.form.reason_needed")
	k.Need(utf8.RuneCountInString(reason) <= 1000, "reason", "rollout.form.too_long", "max", 1000)
	if err := k.Err(); err != nil {
		return MoveResult{}, err
	}
	var result MoveResult
	err := s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var old Move
		if err := tx.NewSelect().Model(&old).Where("mv.id = ?", id).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		var lines []StageChange
		if err := tx.NewSelect().Model(&lines).Where("sc.move = ?", id).Order("sc.unit").Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		var pg Programme
		if err := tx.NewSelect().Model(&pg).Where("pg.id = ?", old.Programme).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		return s.undo(ctx, tx, who, pg, lines, Move{Programme: pg.ID, Reason: reason, Undoes: id}, &result)
	})
	return result, err
}

func (s *Service) undo(ctx context.Context, tx *db.Tx, who access.Actor, pg Programme, lines []StageChange, mv Move, result *MoveResult) error {
	if err := touch(ctx, tx, pg.ID); err != nil {
		return err
	}
	units := make([]string, len(lines))
	for i, l := range lines {
		units[i] = l.Unit
	}
	if err := reach(who, MoveTo, units); err != nil {
		return err
	}
	b, err := readBook(ctx, tx, pg, units)
	if err != nil {
		return err
	}
	stand, err := lockProgress(ctx, tx, pg.ID, units)
	if err != nil {
		return err
	}
	*result = MoveResult{}
	for _, l := range lines {
		if p := stand[l.Unit]; p.Stage == l.To && p.Since.Equal(l.At) {
			result.Moved = append(result.Moved, Step{Progress: p, To: l.From})
			continue
		}
		result.Refused = append(result.Refused, Refusal{Unit: l.Unit, Reasons: []Reason{Because("rollout.refused.moved_since")}})
	}
	mv.At = s.clock.Now()
	mv.ID, mv.Actor, mv.ActorName = ident.New(mv.At), string(who.ID), who.Name
	return s.carryOut(ctx, tx, who, b, mv, result)
}
