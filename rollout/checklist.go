package rollout

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
)

// CriterionInput is a criterion as a planner writes it. Reason is why it is asked so, or
// no more.
type CriterionInput struct {
	Title, TitleEN string // English may be empty: the Vietnamese title stands in
	Source         Source
	Evidence       string // of EvidenceSorts, or what the criterion had before
	Must           bool
	Stage          Stage // Trial or Official
	TTLDays        int   // 0: evidence does not grow stale
	Reason         string
}

const (
	longestTitle = 200
	longestTTL   = 3650
	longestWhy   = 1000
)

func (in *CriterionInput) check(was string) error {
	in.Title, in.TitleEN, in.Reason = tidied(in.Title), tidied(in.TitleEN), tidied(in.Reason)
	if in.TitleEN == "" {
		in.TitleEN = in.Title
	}
	var k fault.Check
	k.Need(in.Title != "", "title", "rollout.form.title_needed")
	k.Need(utf8.RuneCountInString(in.Title) <= longestTitle, "title", "rollout.form.too_long", "max", longestTitle)
	k.Need(utf8.RuneCountInString(in.TitleEN) <= longestTitle, "title_en", "rollout.form.too_long", "max", longestTitle)
	k.Need(in.Source == Declared || in.Source == Verified, "source", "rollout.form.source_needed")
	k.Need(slices.Contains(EvidenceSorts, in.Evidence) || was != "" && in.Evidence == was, "evidence", "rollout.form.evidence_needed")
	k.Need(in.Stage == Trial || in.Stage == Official, "stage", "rollout.form.stage_needed")
	k.Need(in.TTLDays >= 0 && in.TTLDays <= longestTTL, "ttl", "rollout.plan.ttl")
	checkReason(&k, in.Reason)
	return k.Err()
}

func checkReason(k *fault.Check, reason string) {
	k.Need(reason != "", "reason", "rollout.form.reason_needed")
	k.Need(utf8.RuneCountInString(reason) <= longestWhy, "reason", "rollout.form.too_long", "max", longestWhy)
}

func tidied(s string) string { return fold.NFC(strings.TrimSpace(s)) }

// into is the criterion as it is asked from a moment on.
func (in CriterionInput) into(c Criterion, at time.Time, who access.Actor) Criterion {
	c.Title, c.TitleEN, c.Source, c.Evidence, c.Must, c.Stage, c.TTLDays = in.Title, in.TitleEN, in.Source, in.Evidence, in.Must, in.Stage, in.TTLDays
	c.Since, c.Reason, c.ActorName = at, in.Reason, who.Name
	return c
}

// AddCriterion asks one more thing of the communes of a phase, from now on. Verdicts of
// before are judged by what was asked then.
func (s *Service) AddCriterion(ctx context.Context, who access.Actor, programme string, phase int, in CriterionInput) (Criterion, error) {
	if err := who.Need(Plan); err != nil {
		return Criterion{}, err
	}
	if err := in.check(""); err != nil {
		return Criterion{}, err
	}
	var c Criterion
	err := s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := s.clock.Now()
		pg, err := programmeByCode(ctx, tx, programme)
		if err != nil {
			return err
		}
		if err := touch(ctx, tx, pg.ID); err != nil {
			return err
		}
		var ph Phase
		if err := tx.NewSelect().Model(&ph).Where("ph.programme = ? AND ph.ordinal = ?", pg.ID, phase).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		var k fault.Check
		if k.Need(!ph.Live, "phase", "rollout.form.phase_live"); k.Err() != nil {
			return k.Err()
		}
		var have []Criterion
		if err := tx.NewSelect().Model(&have).Where("cr.programme = ?", pg.ID).Order("cr.ordinal").Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		c = in.into(Criterion{ID: ident.New(now), Programme: pg.ID, Phase: ph.ID, Ordinal: 1, Version: 1}, now, who)
		if c.Key, err = keyFor(in.Title, ph.ID, have); err != nil {
			return err
		}
		for _, h := range have {
			c.Ordinal = max(c.Ordinal, h.Ordinal+1)
		}
		if _, err := tx.NewInsert().Model(&c).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return s.criterionTold(ctx, tx, who, pg, c, CriterionAdded)
	})
	return c, err
}

// keyFor names a criterion after its title. One of the same title in another phase is the
// same criterion, so that its evidence goes with a commune that changes phase.
func keyFor(title string, phase ident.ID, have []Criterion) (string, error) {
	key := strings.Join(strings.FieldsFunc(fold.Key(title), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }), "-")
	if key = strings.Trim(key[:min(len(key), 60)], "-"); key == "" {
		key = "criterion"
	}
	for _, h := range have {
		if h.Phase == phase && (h.Key == key || h.Title == title) {
			var k fault.Check
			k.Need(false, "title", "rollout.form.criterion_twice")
			return "", k.Err()
		}
		if h.Title == title {
			key = h.Key
		}
	}
	return key, nil
}

// ChangeCriterion asks a criterion otherwise from now on.
func (s *Service) ChangeCriterion(ctx context.Context, who access.Actor, id ident.ID, version int64, in CriterionInput) error {
	return s.editCriterion(ctx, who, id, version, CriterionChanged, func(e *editing, was Criterion) error {
		if err := in.check(was.Evidence); err != nil {
			return err
		}
		e.reason = in.Reason
		return e.change(ctx, was, in.into(was, e.now, who))
	})
}

// WithdrawCriterion asks a criterion no more from now on. Its evidence stays.
func (s *Service) WithdrawCriterion(ctx context.Context, who access.Actor, id ident.ID, version int64, reason string) error {
	reason = tidied(reason)
	var k fault.Check
	checkReason(&k, reason)
	return s.editCriterion(ctx, who, id, version, CriterionWithdrawn, func(e *editing, was Criterion) error {
		if err := k.Err(); err != nil {
			return err
		}
		e.reason = reason
		return e.withdraw(ctx, was)
	})
}

func (s *Service) editCriterion(ctx context.Context, who access.Actor, id ident.ID, version int64, act string, edit func(*editing, Criterion) error) error {
	if err := who.Need(Plan); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var was Criterion
		if err := tx.NewSelect().Model(&was).Where("cr.id = ?", id).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if was.Version != version {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		var pg Programme
		if err := tx.NewSelect().Model(&pg).Where("pg.id = ?", was.Programme).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if err := touch(ctx, tx, pg.ID); err != nil {
			return err
		}
		if err := edit(&editing{tx: tx, now: s.clock.Now(), who: who}, was); err != nil {
			return err
		}
		return s.criterionTold(ctx, tx, who, pg, was, act)
	})
}

func (s *Service) criterionTold(ctx context.Context, tx *db.Tx, who access.Actor, pg Programme, c Criterion, act string) error {
	now := s.clock.Now()
	changes := map[string][2]any{"key": {"", c.Key}, "must": {"", c.Must}, "ttl_days": {"", c.TTLDays}, "stage": {"", c.Stage}, "evidence": {"", c.Evidence}}
	if err := trail.Write(ctx, tx, now, who, "rollout.criterion."+act, string(c.ID), changes); err != nil {
		return err
	}
	return outbox.Write(ctx, tx, now, CriterionTold{Programme: pg.Code, Key: c.Key, Act: act})
}

// editing changes criteria in a transaction and keeps how they were asked before.
type editing struct {
	tx     *db.Tx
	now    time.Time
	who    access.Actor
	reason string
}

// change asks a criterion otherwise; one that asks the same only takes its place in the
// order.
func (e *editing) change(ctx context.Context, was, to Criterion) error {
	to.ID, to.Version = was.ID, was.Version+1
	if sameAsked(was, to) {
		to.Since, to.Reason, to.ActorName = was.Since, was.Reason, was.ActorName
		if was.Ordinal == to.Ordinal {
			return nil
		}
	} else if err := e.keep(ctx, was, CriterionChanged); err != nil {
		return err
	}
	return db.Changed(e.tx.NewUpdate().Model(&to).WherePK().Where("version = ?", was.Version).Exec(ctx))
}

func (e *editing) withdraw(ctx context.Context, was Criterion) error {
	if err := e.keep(ctx, was, CriterionWithdrawn); err != nil {
		return err
	}
	return db.Changed(e.tx.NewDelete().Model(&was).WherePK().Where("version = ?", was.Version).Exec(ctx))
}

func (e *editing) keep(ctx context.Context, was Criterion, act string) error {
	row := was.past(e.now, act, e.reason, string(e.who.ID), e.who.Name)
	_, err := e.tx.NewInsert().Model(&row).Exec(ctx)
	return db.Sorted(err)
}

// Checklist is the criteria of a phase as they are asked now, and how they were before,
// the last change first.
type Checklist struct {
	Phase
	Criteria []Criterion
	Past     []PastCriterion
}

// Checklists are the checklists of a programme's phases, without those live before.
func (s *Service) Checklists(ctx context.Context, who access.Actor, code string) ([]Checklist, error) {
	if err := who.Need(Read); err != nil {
		return nil, err
	}
	b, err := s.bookOf(ctx, code)
	if err != nil {
		return nil, err
	}
	var before []PastCriterion
	if err := s.db.Read().NewSelect().Model(&before).Where("cp.programme = ?", b.programme.ID).OrderExpr("cp.ended_at DESC, cp.id DESC").Limit(500).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	var out []Checklist
	for _, ph := range b.phases {
		if ph.Live {
			continue
		}
		c := Checklist{Phase: ph, Criteria: b.criteria[ph.ID]}
		for _, p := range before {
			if p.Phase == ph.ID {
				c.Past = append(c.Past, p)
			}
		}
		out = append(out, c)
	}
	return out, nil
}

// CriterionByID is one criterion as it is asked now, with its programme.
func (s *Service) CriterionByID(ctx context.Context, who access.Actor, id ident.ID) (Criterion, Programme, error) {
	var c Criterion
	var pg Programme
	if err := who.Need(Plan); err != nil {
		return c, pg, err
	}
	if err := s.db.Read().NewSelect().Model(&c).Where("cr.id = ?", id).Scan(ctx); err != nil {
		return c, pg, db.Sorted(err)
	}
	err := s.db.Read().NewSelect().Model(&pg).Where("pg.id = ?", c.Programme).Scan(ctx)
	return c, pg, db.Sorted(err)
}
