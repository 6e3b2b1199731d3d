package dossier

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"lotrinh/dossier/procedure"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
)

// Move is an act with what belongs to it. Data is kept with the step as JSON. At is when
// it happened (zero is now): what was done at a counter without a line happened before it
// is recorded, never after.
type Move struct {
	Act      Act
	Said     string
	Data     any
	At       time.Time
	Until    time.Time // the new date of Reappoint
	Handler  ident.ID  // of Assign
	HandedTo string    // the handler's name
}

// MostSaid is the longest reason, in characters.
const MostSaid = 2000

// Do moves a dossier in a transaction of its own. ver is what the person saw; 0 is
// whatever it is now.
func (s *Service) Do(ctx context.Context, who access.Actor, id ident.ID, ver int64, m Move) (Dossier, error) {
	var d Dossier
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		d, err = s.DoIn(ctx, tx, who, id, ver, m)
		return err
	})
	return d, err
}

// DoIn moves a dossier: Missing out of reach, Denied without the right, Conflict when the
// table does not allow it now or somebody else was faster, Invalid without a reason.
func (s *Service) DoIn(ctx context.Context, tx *db.Tx, who access.Actor, id ident.ID, ver int64, m Move) (Dossier, error) {
	d, err := s.locked(ctx, tx, who, id)
	if err != nil {
		return d, err
	}
	def, err := s.Definition(ctx, d.Version)
	if err != nil {
		return d, err
	}
	step, _ := def.StepOf(d.Stage)
	r, err := s.allowed(who, d, step, m)
	if err != nil {
		return d, err
	}
	if ver != 0 && ver != d.Ver {
		return d, fault.New(fault.Conflict, "fault.changed_meanwhile")
	}
	for _, g := range s.guards[m.Act] {
		if err := g(ctx, tx, who, d, m); err != nil {
			return d, err
		}
	}
	before, now := d, s.Now()
	at := m.At
	if at.IsZero() || at.After(now) {
		at = now
	}
	if err := s.apply(ctx, tx, r, def, &d, m, at); err != nil {
		return d, err
	}
	if m.Act == Reappoint {
		late, err := s.Belated(ctx, before, at)
		if err != nil {
			return d, err
		}
		m.Data = NewDate{Until: m.Until, Late: late}
	}
	data, err := json.Marshal(m.Data)
	if err != nil {
		return d, err
	}
	st := Step{At: at, Act: m.Act, Said: m.Said, Data: data}
	if err := s.change(ctx, tx, now, who, before, &d, &st); err != nil {
		return d, err
	}
	return s.follow(ctx, tx, before, d, st)
}

// follow lets the rooms take part in what was done, and answers with the dossier as it
// then stands.
func (s *Service) follow(ctx context.Context, tx *db.Tx, before, after Dossier, st Step) (Dossier, error) {
	for _, f := range s.moved {
		if err := f(ctx, tx, before, after, st); err != nil {
			return after, err
		}
	}
	if len(s.moved) == 0 {
		return after, nil
	}
	var d Dossier
	err := tx.NewSelect().Model(&d).Where("d.id = ?", after.ID).Scan(ctx)
	return d, db.Sorted(err)
}

// locked is the dossier, held until the transaction ends.
func (s *Service) locked(ctx context.Context, tx *db.Tx, who access.Actor, id ident.ID) (Dossier, error) {
	var d Dossier
	q := tx.NewSelect().Model(&d).Where("d.id = ?", id).Apply(db.ForUpdate(tx))
	if err := db.Sorted(q.Scan(ctx)); err != nil {
		return d, err
	}
	if !who.Covers(Read, d.Unit) && !who.Covers(Supervise, d.Unit) && !who.Covers(Exchange, d.Unit) {
		if !who.SignedIn() {
			return Dossier{}, fault.New(fault.SignIn, "fault.sign_in")
		}
		return Dossier{}, fault.New(fault.Missing, "fault.missing")
	}
	return d, nil
}

// allowed asks the table whether somebody may do this to the dossier now.
func (s *Service) allowed(who access.Actor, d Dossier, step procedure.Step, m Move) (rule, error) {
	r, ok := acts[m.Act]
	if !ok {
		return r, fault.New(fault.Invalid, "dossier.act_unknown")
	}
	need := r.need
	if m.Act == HandOver {
		if p, ok := handed[step.Kind]; ok {
			need = []access.Perm{p}
		} else {
			need = nil
		}
	}
	if who.ID == Citizen().ID && !r.own || !slices.ContainsFunc(need, func(p access.Perm) bool { return who.Covers(p, d.Unit) }) {
		if m.Act == HandOver && need == nil {
			return r, notNow(d, m.Act)
		}
		return r, fault.New(fault.Denied, "fault.denied")
	}
	if !r.fits(d, step.Kind) {
		return r, notNow(d, m.Act)
	}
	var k fault.Check
	k.Need(!r.said || m.Said != "", "said", "dossier.reason_needed")
	k.Need(len([]rune(m.Said)) <= MostSaid, "said", "dossier.reason_long", "n", MostSaid)
	return r, k.Err()
}

// notNow says that a dossier that stands so cannot be moved so.
func notNow(d Dossier, a Act) error {
	return fault.New(fault.Conflict, "dossier.not_now", "act", a.Key(), "status", d.Status.Key())
}

// May tells whether somebody may do an act now, as far as the table says; guards are
// asked when it is done.
func (s *Service) May(who access.Actor, def procedure.Definition, d Dossier, a Act) bool {
	step, _ := def.StepOf(d.Stage)
	_, err := s.allowed(who, d, step, Move{Act: a, Said: "-"})
	return err == nil
}

// apply does what the table says.
func (s *Service) apply(ctx context.Context, tx *db.Tx, r rule, def procedure.Definition, d *Dossier, m Move, at time.Time) error {
	if r.to != 0 {
		d.Status = r.to
	}
	if r.then != leave {
		d.Waiting = r.then
	}
	if r.next {
		next, ok := s.following(def, *d, d.Stage)
		if !ok {
			return notNow(*d, m.Act)
		}
		d.Stage = next.Key
	}
	if r.back != "" {
		for _, st := range def.Steps {
			if st.Kind == r.back {
				d.Stage = st.Key
			}
		}
	}
	switch m.Act {
	case Accept, CompleteSupplement:
		return s.accept(ctx, tx, d, at)
	case Finish:
		d.FinishedAt = at
	case Return:
		d.ReturnedAt = at
	case Assign:
		d.Handler, d.HandlerName = m.Handler, m.HandedTo
	case Reappoint:
		if !m.Until.After(at) {
			return fault.New(fault.Invalid, "dossier.reappoint_later")
		}
	}
	return nil
}

// accept gives a dossier what it gets once: its code, the version of the day.
func (s *Service) accept(ctx context.Context, tx *db.Tx, d *Dossier, at time.Time) error {
	if !d.AcceptedAt.IsZero() {
		return nil
	}
	v, err := inForce(ctx, tx, d.Procedure, at)
	if err != nil {
		return err
	}
	if v.ID != d.Version {
		def, err := s.read(v)
		if err != nil {
			return err
		}
		first, _ := s.following(def, *d, "")
		d.Version, d.Stage = v.ID, first.Key
	}
	d.Code, err = s.number(ctx, tx, d.Unit, d.Practice, at)
	d.AcceptedAt = at
	return err
}

// change saves a moved dossier, its step, what follows from it.
func (s *Service) change(ctx context.Context, tx *db.Tx, now time.Time, who access.Actor, before Dossier, d *Dossier, st *Step) error {
	d.Open = !d.Status.Over()
	if err := s.record(ctx, tx, now, who, before, d, st); err != nil {
		return err
	}
	if err := outbox.Write(ctx, tx, now, Happened{d.event(st.Act)}); err != nil {
		return err
	}
	return trail.Write(ctx, tx, now, who, "dossier."+string(st.Act), string(d.ID), map[string][2]any{
		"status": {before.Status, d.Status}, "stage": {before.Stage, d.Stage}, "waiting": {before.Waiting, d.Waiting}}, trail.At(d.Unit))
}

// record appends the step and counts the due moment anew.
func (s *Service) record(ctx context.Context, tx *db.Tx, now time.Time, who access.Actor, before Dossier, d *Dossier, st *Step) error {
	d.Steps++
	st.ID, st.Dossier, st.Seq, st.RecordedAt = ident.New(now), d.ID, d.Steps, now
	st.Was, st.Status, st.Stage, st.Waiting, st.Actor, st.ActorName = before.Status, d.Status, d.Stage, d.Waiting, who.ID, who.Name
	if len(st.Data) == 0 {
		st.Data = json.RawMessage("null")
	}
	if _, err := tx.NewInsert().Model(st).Exec(ctx); err != nil {
		if db.Duplicate(err) {
			return fault.New(fault.Conflict, "dossier.once", "act", st.Act.Key())
		}
		return db.Sorted(err)
	}
	if err := s.count(ctx, tx, d); err != nil {
		return err
	}
	ver := d.Ver
	d.ChangedAt, d.Ver = now, ver+1
	return db.Changed(tx.NewUpdate().Model(d).ExcludeColumn("id", "track", "submission").Where("id = ?", d.ID).Where("ver = ?", ver).Exec(ctx))
}
