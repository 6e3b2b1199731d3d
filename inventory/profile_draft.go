package inventory

import (
	"context"
	"slices"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/kit/trail"
	"lotrinh/inventory/readiness"
)

// RejudgeJob is the kind of the runs that judge every unit by a profile just published.
const RejudgeJob = "inventory.rejudge"

// Rejudged is what such a run found.
type Rejudged struct {
	Units int `json:"units"`
	Moved int `json:"moved"` // answers that are not what they were
}

// Register tells the jobs how every unit is judged anew; called while the house is built.
func (s *Service) Register(jobs *job.Jobs) {
	s.jobs = jobs
	jobs.Register(RejudgeJob, s.rejudgeAll)
	jobs.Register(EditJob, s.EditWork)
}

// rejudgeAll judges every unit of which anything is known. Begun again, it goes on from
// where it was.
func (s *Service) rejudgeAll(ctx context.Context, run *job.Run) error {
	units, err := s.judgeable(ctx)
	if err != nil {
		return err
	}
	var out Rejudged
	at := min(run.Done, int64(len(units)))
	for some := range slices.Chunk(units[at:], batch) {
		n, err := s.anew(ctx, some)
		if err != nil {
			return err
		}
		out.Moved += n
		at += int64(len(some))
		if err := run.Step(ctx, at, int64(len(units)), "inventory.rejudge.step", "done", at, "total", len(units)); err != nil {
			return err
		}
	}
	out.Units = len(units)
	return run.Keep(out)
}

// AllProfiles are all versions of all profiles, drafts included, the newest of each
// code first.
func (s *Service) AllProfiles(ctx context.Context, who access.Actor) ([]Profile, error) {
	if err := who.Need(Look); err != nil {
		return nil, err
	}
	var rows []Profile
	q := s.db.Read().NewSelect().Model(&rows).Order("rp.code", "rp.revision DESC").Limit(500)
	if !who.May(Publish) {
		q = q.Where("rp.state = ?", Published)
	}
	return rows, db.Sorted(q.Scan(ctx))
}

// ProfileByID is one version of a profile. A draft is seen by those who may publish.
func (s *Service) ProfileByID(ctx context.Context, who access.Actor, id ident.ID) (Profile, error) {
	if err := who.Need(Look); err != nil {
		return Profile{}, err
	}
	var p Profile
	if err := s.db.Read().NewSelect().Model(&p).Where("rp.id = ?", id).Scan(ctx); err != nil {
		return p, db.Sorted(err)
	}
	if p.State == Drafted && !who.May(Publish) {
		return Profile{}, fault.New(fault.Missing, "fault.missing")
	}
	return p, nil
}

// draftIn adds a draft as the next revision of its code. There is one draft of a code.
func (s *Service) draftIn(ctx context.Context, tx *db.Tx, who access.Actor, d ProfileDraft) (Profile, error) {
	now := s.clock.Now()
	p := Profile{ID: ident.New(now), Code: d.Code, State: Drafted, MadeAt: now, MadeBy: who.ID, Version: 1}
	if err := p.put(d); err != nil {
		return p, err
	}
	var drafts int
	if err := tx.NewRaw("SELECT COALESCE(MAX(revision), 0), COUNT(CASE WHEN state = ? THEN 1 END) FROM requirement_profile WHERE code = ?", Drafted, d.Code).
		Scan(ctx, &p.Revision, &drafts); err != nil {
		return p, db.Sorted(err)
	}
	if drafts > 0 {
		return p, fault.New(fault.Conflict, "inventory.profile.draft_there", "code", d.Code)
	}
	p.Revision++
	if _, err := tx.NewInsert().Model(&p).Exec(ctx); err != nil {
		return p, db.Sorted(err)
	}
	return p, trail.Write(ctx, tx, now, who, "inventory.profile.drafted", string(p.ID), map[string][2]any{"code": {nil, p.Code}, "revision": {nil, p.Revision}})
}

// DraftProfile begins a draft: of a new profile, or of the next version of one.
func (s *Service) DraftProfile(ctx context.Context, who access.Actor, d ProfileDraft) (Profile, error) {
	if err := who.Need(Publish); err != nil {
		return Profile{}, err
	}
	if err := s.checkDraft(ctx, d, false); err != nil {
		return Profile{}, err
	}
	var p Profile
	return p, s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		p, err = s.draftIn(ctx, tx, who, d)
		return err
	})
}

// NextDraft begins the next version of a profile with what the version asks.
func (s *Service) NextDraft(ctx context.Context, who access.Actor, from ident.ID) (Profile, error) {
	if err := who.Need(Publish); err != nil {
		return Profile{}, err
	}
	p, err := s.ProfileByID(ctx, who, from)
	if err != nil {
		return Profile{}, err
	}
	d, err := p.Draft()
	if err != nil {
		return Profile{}, err
	}
	d.Said = ""
	return s.DraftProfile(ctx, who, d)
}

// SaveDraft saves what was written in a draft.
func (s *Service) SaveDraft(ctx context.Context, who access.Actor, id ident.ID, version int64, d ProfileDraft) (Profile, error) {
	return s.inDraft(ctx, who, id, func(ctx context.Context, tx *db.Tx, p *Profile) error {
		d.Code = p.Code
		if err := s.checkDraft(ctx, d, false); err != nil {
			return err
		}
		if err := p.put(d); err != nil {
			return err
		}
		p.Version = version + 1
		err := db.Changed(tx.NewUpdate().Model(p).Column("title_vi", "title_en", "phase", "said", "lines", "version").Where("id = ?", id).Where("version = ?", version).Exec(ctx))
		if err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.clock.Now(), who, "inventory.profile.changed", string(id), map[string][2]any{"lines": {nil, len(d.Lines)}})
	})
}

// inDraft does something with a draft in a transaction.
func (s *Service) inDraft(ctx context.Context, who access.Actor, id ident.ID, do func(ctx context.Context, tx *db.Tx, p *Profile) error) (Profile, error) {
	if err := who.Need(Publish); err != nil {
		return Profile{}, err
	}
	var p Profile
	return p, s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.NewSelect().Model(&p).Where("rp.id = ?", id).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if p.State != Drafted {
			return fault.New(fault.Conflict, "inventory.profile.published_already")
		}
		return do(ctx, tx, &p)
	})
}

// DiscardDraft throws a draft away.
func (s *Service) DiscardDraft(ctx context.Context, who access.Actor, id ident.ID, version int64) error {
	_, err := s.inDraft(ctx, who, id, func(ctx context.Context, tx *db.Tx, p *Profile) error {
		if err := db.Changed(tx.NewDelete().Model(p).Where("id = ?", id).Where("version = ?", version).Exec(ctx)); err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.clock.Now(), who, "inventory.profile.discarded", string(id), map[string][2]any{"code": {p.Code, nil}, "revision": {p.Revision, nil}})
	})
	return err
}

// PublishDraft lets a draft apply from now on and starts the run that judges every unit
// by it; until it is through, an answer says by which versions it was given.
func (s *Service) PublishDraft(ctx context.Context, who access.Actor, id ident.ID, version int64) (p Profile, run ident.ID, err error) {
	p, err = s.inDraft(ctx, who, id, func(ctx context.Context, tx *db.Tx, p *Profile) error {
		d, err := p.Draft()
		if err != nil {
			return err
		}
		if err := s.checkDraft(ctx, d, true); err != nil {
			return err
		}
		p.Version = version
		if err := s.publishIn(ctx, tx, who, p); err != nil {
			return err
		}
		run, err = s.jobs.Start(ctx, tx, RejudgeJob, who, nil)
		return err
	})
	return p, run, err
}

// LastRejudged is the newest run that judged every unit; ok is false when there is none.
func (s *Service) LastRejudged(ctx context.Context, who access.Actor) (r job.Row, ok bool, err error) {
	if err := who.Need(Look); err != nil {
		return r, false, err
	}
	return s.jobs.Last(ctx, RejudgeJob)
}

// Effect is what publishing a draft would do to the answers.
type Effect struct {
	Units         int // that were judged, within the reader's reach
	Before, After map[readiness.Verdict]int
	Moved         []Shift // by unit
}

// Shift is a commune whose answer would be another.
type Shift struct {
	Unit          string
	Before, After readiness.Verdict
	Because       readiness.Reason // what decides first afterwards; zero when nothing does
}

// Effect judges every commune within reach by the profiles in force and by what would
// be in force with the draft, and compares. Nothing is stored.
func (s *Service) Effect(ctx context.Context, who access.Actor, id ident.ID) (Effect, error) {
	p, err := s.ProfileByID(ctx, who, id)
	if err != nil {
		return Effect{}, err
	}
	if err := who.Need(Publish); err != nil {
		return Effect{}, err
	}
	q := s.db.Read()
	all, err := profiles(ctx, q, s.clock.Now())
	if err != nil {
		return Effect{}, err
	}
	then := slices.DeleteFunc(slices.Clone(all), func(one Profile) bool { return one.Code == p.Code })
	units, err := s.judgeable(ctx)
	if err != nil {
		return Effect{}, err
	}
	reach := reachOf(who)
	units = slices.DeleteFunc(units, func(u string) bool { return !reach(u) })
	e := Effect{Units: len(units), Before: map[readiness.Verdict]int{}, After: map[readiness.Verdict]int{}}
	at := s.clock.Now()
	for some := range slices.Chunk(units, batch) {
		known, err := s.stated(ctx, q, some, at)
		if err != nil {
			return e, err
		}
		now, err := s.bookOf(ctx, q, all, some)
		if err != nil {
			return e, err
		}
		after, err := s.bookOf(ctx, q, append(slices.Clip(then), p), some)
		if err != nil {
			return e, err
		}
		e.compare(some, now.judged(known, at), after.judged(known, at))
	}
	return e, nil
}

func (e *Effect) compare(units []string, before, after map[string]computed) {
	for _, u := range units {
		was, is := before[u].result, after[u].result
		e.Before[was.Verdict]++
		e.After[is.Verdict]++
		if was.Verdict == is.Verdict {
			continue
		}
		m := Shift{Unit: u, Before: was.Verdict, After: is.Verdict}
		for _, r := range is.Reasons {
			if r.Must {
				m.Because = r
				break
			}
		}
		e.Moved = append(e.Moved, m)
	}
}
