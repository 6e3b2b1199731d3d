package dossier

import (
	"context"
	"encoding/json"
	"time"

	"lotrinh/dossier/procedure"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/phone"
	"lotrinh/internal/kit/trail"
)

// Submission is a dossier as it is filed. Key is the sender's own: sent again it is the
// same dossier. Facts are what lists and checks need of the answers.
type Submission struct {
	Key       string
	Procedure string
	Unit      string
	Channel   Channel
	Practice  bool
	At        time.Time // when it was filed; zero is now
	Helper    string    // who filed for the citizen, said in the history
	Facts
	Answers   json.RawMessage
	Documents []Document // Key, Shown, State, Note
}

// Facts are the few fields of the answers that lists and checks for duplicates need.
type Facts struct {
	Subject, Born, SubjectPID, MotherPID, ProofNo string
	Applicant, Phone                              string
}

// MostAnswers is the longest answers in bytes of JSON.
const MostAnswers = 256 << 10

func (f Submission) check(known func(string) bool) error {
	var k fault.Check
	k.Need(f.Key != "" && len(f.Key) <= 80, "key", "dossier.key_needed")
	k.Need(known(f.Unit), "unit", "dossier.unit_unknown")
	k.Need(f.Subject != "", "subject", "dossier.subject_needed")
	k.Need(f.Applicant != "", "applicant", "dossier.applicant_needed")
	k.Need(len(f.Answers) <= MostAnswers && json.Valid(f.Answers), "answers", "dossier.answers_form")
	if f.Phone != "" {
		_, ok := phone.Normal(f.Phone)
		k.Need(ok, "phone", "dossier.phone_form")
	}
	return k.Err()
}

// SubmitIn files a dossier: status 1, with a code to follow it by. The same key again
// answers with the dossier that is there. Officers need Receive at the unit; a citizen
// comes as Citizen after the proof.
func (s *Service) SubmitIn(ctx context.Context, tx *db.Tx, who access.Actor, f Submission) (Dossier, error) {
	known, _, err := s.Known(ctx)
	if err != nil {
		return Dossier{}, err
	}
	if err := f.check(known); err != nil {
		return Dossier{}, err
	}
	if err := who.NeedAt(Receive, f.Unit); err != nil {
		return Dossier{}, err
	}
	var there []Dossier
	if err := tx.NewSelect().Model(&there).Where("d.submission = ?", f.Key).Scan(ctx); err != nil {
		return Dossier{}, db.Sorted(err)
	}
	if len(there) > 0 {
		return there[0], nil
	}
	now := s.Now()
	at := f.At
	if at.IsZero() || at.After(now) {
		at = now
	}
	v, err := inForce(ctx, tx, f.Procedure, at)
	if err != nil {
		return Dossier{}, err
	}
	def, err := s.read(v)
	if err != nil {
		return Dossier{}, err
	}
	d := Dossier{ID: ident.New(now), Track: newTrack(), Submission: f.Key, Procedure: f.Procedure, Version: v.ID, Unit: f.Unit, Channel: f.Channel,
		Status: Submitted, Practice: f.Practice, Open: true, SubmittedAt: at, ChangedAt: now, Ver: 1}
	first, _ := s.following(def, d, "")
	d.Stage = first.Key
	d.take(f.Facts)
	if err := s.store(ctx, tx, d, f); err != nil {
		return d, err
	}
	st := Step{At: at, Act: Submit, Said: f.Helper}
	if err := s.record(ctx, tx, now, who, Dossier{}, &d, &st); err != nil {
		return d, err
	}
	if err := outbox.Write(ctx, tx, now, Filed{d.event(Submit)}); err != nil {
		return d, err
	}
	if err := trail.Write(ctx, tx, now, who, "dossier.submit", string(d.ID), nil, trail.At(d.Unit)); err != nil {
		return d, err
	}
	return s.follow(ctx, tx, Dossier{}, d, st)
}

// take copies the facts of answers.
func (d *Dossier) take(f Facts) {
	d.Subject, d.SubjectFold = fold.NFC(f.Subject), fold.Key(f.Subject)
	d.Born, d.SubjectPID, d.MotherPID, d.ProofNo = f.Born, f.SubjectPID, f.MotherPID, f.ProofNo
	d.Applicant = fold.NFC(f.Applicant)
	d.Phone = ""
	if n, ok := phone.Normal(f.Phone); ok {
		d.Phone = n
	}
}

func (s *Service) store(ctx context.Context, tx *db.Tx, d Dossier, f Submission) error {
	if _, err := tx.NewInsert().Model(&d).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	_, err := tx.NewRaw("INSERT INTO dossier_answers (dossier, answers, changed_at, ver) VALUES (?, ?, ?, 1)", d.ID, string(f.Answers), d.ChangedAt).Exec(ctx)
	if err != nil || len(f.Documents) == 0 {
		return db.Sorted(err)
	}
	rows := make([]Document, len(f.Documents))
	for i, doc := range f.Documents {
		doc.ID, doc.Dossier = ident.New(d.ChangedAt), d.ID
		rows[i] = doc
	}
	_, err = tx.NewInsert().Model(&rows).Exec(ctx)
	return db.Sorted(err)
}

// SaveAnswersIn replaces the answers of an open dossier, as an officer corrects them with
// the applicant before acceptance, or completes them. The trail says that it was done and
// keeps no value.
func (s *Service) SaveAnswersIn(ctx context.Context, tx *db.Tx, who access.Actor, id ident.ID, answers json.RawMessage, f Facts) (Dossier, error) {
	d, err := s.DossierIn(ctx, tx, who, Read, id, db.ForUpdate(tx))
	if err != nil {
		return d, err
	}
	if !d.Open || d.Status == Finished {
		return d, fault.New(fault.Conflict, "dossier.closed")
	}
	if len(answers) > MostAnswers || !json.Valid(answers) {
		return d, fault.New(fault.Invalid, "dossier.answers_form")
	}
	now, ver := s.Now(), d.Ver
	d.take(f)
	d.ChangedAt, d.Ver = now, ver+1
	err = db.Changed(tx.NewUpdate().Model(&d).Column("subject", "subject_fold", "born", "subject_pid", "mother_pid", "proof_no", "applicant", "phone", "changed_at", "ver").
		Where("id = ?", d.ID).Where("ver = ?", ver).Exec(ctx))
	if err != nil {
		return d, err
	}
	if _, err := tx.NewRaw("UPDATE dossier_answers SET answers = ?, changed_at = ?, ver = ver + 1 WHERE dossier = ?", string(answers), now, d.ID).Exec(ctx); err != nil {
		return d, db.Sorted(err)
	}
	return d, trail.Write(ctx, tx, now, who, "dossier.answers.changed", string(d.ID), nil, trail.At(d.Unit))
}

// following is the step behind another that this dossier takes: practice dossiers skip
// what other authorities would do.
func (s *Service) following(def procedure.Definition, d Dossier, key string) (procedure.Step, bool) {
	for {
		st, ok := def.Following(key, d.Channel.FromHome())
		if !ok || !d.Practice || st.Kind != procedure.PID && st.Kind != procedure.Deliver {
			return st, ok
		}
		key = st.Key
	}
}
