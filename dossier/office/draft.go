package office

import (
	"context"
	"encoding/json"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/dossier/fields"
	"lotrinh/dossier/form"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
)

// Filler is who filled in the declaration that the counter takes.
type Filler string

// The ones who fill in. Paper is the applicant's own declaration that the counter types;
// with the others the dossier was filed for them, and its record says by whom.
const (
	ByPaper     Filler = "paper"
	ByOfficer   Filler = "officer"
	ByVolunteer Filler = "volunteer"
)

// Fillers are all of them, in the order in which they are offered.
var Fillers = []Filler{ByPaper, ByOfficer, ByVolunteer}

// Draft is a dossier that the counter is typing. It is kept with its photos until it is
// taken, so that neither a refusal nor a power cut costs a word, and forgotten after a week.
// Its key is the key of the submission: an intake becomes one dossier.
type Draft struct {
	bun.BaseModel `bun:"table:office_intake,alias:oi"`
	ID            ident.ID     `bun:"id,pk"`
	Procedure     string       `bun:"procedure"`
	Version       ident.ID     `bun:"version"`
	Unit          string       `bun:"unit"`
	Officer       ident.ID     `bun:"officer"` // nobody else sees it
	Practice      bool         `bun:"practice"`
	FilledBy      Filler       `bun:"filled_by"`
	Helper        string       `bun:"helper"` // the volunteer's name
	Answers       form.Answers `bun:"answers,type:json"`
	Papers        []string     `bun:"papers,type:json"` // keys of documents that lie on the counter or were shown
	At            time.Time    `bun:"at"`
	ChangedAt     time.Time    `bun:"changed_at"`
}

const (
	intakeArea  = "intake"
	intakeLife  = 7 * 24 * time.Hour
	mostIntakes = 20  // that one officer sees unfinished
	mostPhotos  = 10  // of one document
	mostHelper  = 120 // letters of a name
)

func (in Draft) subject(key string) string { return string(in.ID) + "/" + key }

// submission is the key by which the dossier of an intake is known.
func (in Draft) submission() string { return "counter:" + string(in.ID) }

// helper is who filed for the applicant, as the history names them; "" for nobody.
func (in Draft) helper(who access.Actor) string {
	switch in.FilledBy {
	case ByOfficer:
		return who.Name
	case ByVolunteer:
		return tidy(in.Helper)
	}
	return ""
}

// DraftOf is an intake of the officer who types it; anybody else's is Missing.
func (s *Service) DraftOf(ctx context.Context, q bun.IDB, who access.Actor, id ident.ID) (Draft, error) {
	var in Draft
	if err := who.Need(dossier.Receive); err != nil {
		return in, err
	}
	return in, db.Sorted(q.NewSelect().Model(&in).Where("oi.id = ?", id).Where("oi.officer = ?", who.ID).Scan(ctx))
}

// Unfinished are an officer's intakes that were not taken yet, the last changed first.
func (s *Service) Unfinished(ctx context.Context, who access.Actor) ([]Draft, error) {
	if err := who.Need(dossier.Receive); err != nil {
		return nil, err
	}
	var all []Draft
	err := s.DB.Read().NewSelect().Model(&all).Where("oi.officer = ?", who.ID).Order("oi.changed_at DESC", "oi.id DESC").Limit(mostIntakes).Scan(ctx)
	return all, db.Sorted(err)
}

// Keep keeps what was typed and the photos that came with it, by the document's key. The
// same content for the same document is there once. It wants Receive at the unit.
func (s *Service) Keep(ctx context.Context, who access.Actor, in Draft, got map[string][]files.Blob) (Draft, error) {
	if err := who.NeedAt(dossier.Receive, in.Unit); err != nil {
		return in, err
	}
	if _, err := form.Door(in.Answers); err != nil {
		return in, err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var there []Draft
		if err := tx.NewSelect().Model(&there).Where("oi.id = ?", in.ID).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		now := s.Now()
		in.Officer, in.At, in.ChangedAt = who.ID, now, now
		if in.Papers == nil {
			in.Papers = []string{}
		}
		if len(there) > 0 {
			if there[0].Officer != who.ID || there[0].Procedure != in.Procedure {
				return fault.New(fault.Missing, "fault.missing")
			}
			in.At, in.Unit = there[0].At, there[0].Unit
		}
		q := tx.NewInsert().Model(&in).On("CONFLICT (id) DO UPDATE")
		for _, c := range []string{"version", "practice", "filled_by", "helper", "answers", "papers", "changed_at"} {
			q = q.Set(c + " = EXCLUDED." + c)
		}
		if _, err := q.Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return s.attach(ctx, tx, who, in, got)
	})
	return in, err
}

// attach gives photos to the documents of an intake.
func (s *Service) attach(ctx context.Context, tx *db.Tx, who access.Actor, in Draft, got map[string][]files.Blob) error {
	for key, blobs := range got {
		var hashes []string
		if err := tx.NewRaw("SELECT hash FROM file WHERE area = ? AND subject = ?", intakeArea, in.subject(key)).Scan(ctx, &hashes); err != nil {
			return db.Sorted(err)
		}
		for _, b := range blobs {
			if slices.Contains(hashes, b.Hash) {
				continue
			}
			if hashes = append(hashes, b.Hash); len(hashes) > mostPhotos {
				var k fault.Check
				k.Need(false, filesOf+key, "office.intake.photos_many", "n", mostPhotos)
				return k.Err()
			}
			if _, err := files.Attach(ctx, tx, s.Now(), who, b, files.Owner{Area: intakeArea, Subject: in.subject(key), Unit: in.Unit}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Photos are the files of an intake by the document's key, the oldest first.
func (s *Service) Photos(ctx context.Context, def definition, in Draft) (map[string][]files.File, error) {
	subjects := make([]string, len(def.Documents))
	for i, doc := range def.Documents {
		subjects[i] = in.subject(doc.Key)
	}
	found, err := s.Files.Of(ctx, intakeArea, subjects...)
	all := map[string][]files.File{}
	for i, doc := range def.Documents {
		if got := found[subjects[i]]; len(got) > 0 {
			all[doc.Key] = got
		}
	}
	return all, err
}

// DropPhoto takes a file away from an officer's intake; one that is gone is no error.
func (s *Service) DropPhoto(ctx context.Context, who access.Actor, def definition, in Draft, file ident.ID) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := s.DraftOf(ctx, tx, who, in.ID); err != nil {
			return err
		}
		for _, doc := range def.Documents {
			if err := files.Drop(ctx, tx, intakeArea, in.subject(doc.Key), file); err != nil && !fault.Is(err, fault.Conflict) {
				return err
			}
		}
		return nil
	})
}

// forgetDraft drops an intake and what files it still has.
func forgetDraft(ctx context.Context, tx *db.Tx, def definition, in Draft) error {
	for _, doc := range def.Documents {
		if err := files.Detach(ctx, tx, intakeArea, in.subject(doc.Key)); err != nil {
			return err
		}
	}
	_, err := tx.NewRaw("DELETE FROM office_intake WHERE id = ?", in.ID).Exec(ctx)
	return db.Sorted(err)
}

// SweepDrafts forgets what was not touched for a week, a few in each transaction.
func (s *Service) SweepDrafts(ctx context.Context) error {
	for {
		var old []Draft
		err := s.DB.Read().NewSelect().Model(&old).Where("oi.changed_at < ?", s.Now().Add(-intakeLife)).Order("oi.changed_at", "oi.id").Limit(mostIntakes).Scan(ctx)
		if err != nil || len(old) == 0 {
			return db.Sorted(err)
		}
		err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			for _, in := range old {
				def, err := s.Definition(ctx, in.Version)
				if err != nil {
					return err
				}
				if err := forgetDraft(ctx, tx, def, in); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}

// Judged is what keeps an intake from being taken: findings of the form's rules, papers
// that are neither there nor were shown, and doubts that the officer has not looked at.
type Judged struct {
	Findings []form.Finding
	Lacking  []document
	Doubtful bool
}

// Stops tells whether it keeps the intake from being taken.
func (j Judged) Stops() bool {
	return len(form.Errors(j.Findings)) > 0 || len(j.Lacking) > 0 || j.Doubtful
}

// asked is the form of a definition and what an intake's answers are judged against.
func (s *Service) asks(ctx context.Context, def definition, unit string) (Declaration, error) {
	var x Declaration
	var err error
	if x.form, err = formOf(def); err != nil {
		return x, err
	}
	if x.places, err = fields.NewPlaces(ctx, s.units, s.Now()); err != nil {
		return x, err
	}
	x.ctx = x.places.Context(unit, true)
	return x, nil
}

// judge looks at all answers and all papers of an intake. Sure says that doubtful answers
// were looked at.
func (s *Service) judge(def definition, x Declaration, in Draft, photos map[string][]files.File, sure bool) (Judged, []dossier.Document, error) {
	j := Judged{Findings: form.Check(x.form, in.Answers, x.ctx)}
	j.Doubtful = len(j.Findings) > 0 && len(form.Errors(j.Findings)) == 0 && !sure
	var papers []dossier.Document
	for _, doc := range def.Documents {
		asked, err := form.Applies(x.form, doc.When, in.Answers, x.ctx)
		if err != nil {
			return j, nil, err
		}
		there := slices.Contains(in.Papers, doc.Key) || !doc.Show && len(photos[doc.Key]) > 0
		switch {
		case there:
			papers = append(papers, dossier.Document{Key: doc.Key, Shown: doc.Show, State: present})
		case asked && !doc.Optional:
			j.Lacking = append(j.Lacking, doc)
		}
	}
	return j, papers, nil
}

// Take files a kept intake and accepts it at once: one transaction, so a receipt exists
// exactly when the dossier does. What the form's rules or the list of papers do not let
// pass comes back judged, and nothing is taken. Taken before, it is the same dossier.
func (s *Service) Take(ctx context.Context, who access.Actor, id ident.ID, sure bool) (dossier.Dossier, Judged, error) {
	in, err := s.DraftOf(ctx, s.DB.Read(), who, id)
	if err != nil {
		return dossier.Dossier{}, Judged{}, err
	}
	if err := who.NeedAt(dossier.Receive, in.Unit); err != nil {
		return dossier.Dossier{}, Judged{}, err
	}
	v, err := s.InForce(ctx, in.Procedure, s.Now())
	if err != nil {
		return dossier.Dossier{}, Judged{}, err
	}
	def, err := s.Definition(ctx, v.ID)
	if err != nil {
		return dossier.Dossier{}, Judged{}, err
	}
	x, err := s.asks(ctx, def, in.Unit)
	if err != nil {
		return dossier.Dossier{}, Judged{}, err
	}
	photos, err := s.Photos(ctx, def, in)
	if err != nil {
		return dossier.Dossier{}, Judged{}, err
	}
	known := known(x.form, in.Answers)
	in.Answers = form.Clean(x.form, in.Answers, x.ctx)
	for key, value := range known {
		in.Answers[key] = value
	}
	j, papers, err := s.judge(def, x, in, photos, sure)
	if err != nil || j.Stops() {
		return dossier.Dossier{}, j, err
	}
	if err := in.check(x.form); err != nil {
		return dossier.Dossier{}, j, err
	}
	d, err := s.file(ctx, who, def, x, in, papers, photos)
	return d, j, err
}

// check wants what a receipt and the queue cannot be without.
func (in Draft) check(f form.Form) error {
	var k fault.Check
	for _, role := range []string{form.Subject, form.Applicant} {
		key := f.Keys[role]
		k.Need(in.Answers[key] != "", key, "office.take."+role)
	}
	k.Need(slices.Contains(Fillers, in.FilledBy), fillerName, "office.intake.filler_needed")
	k.Need(in.FilledBy != ByVolunteer || tidy(in.Helper) != "", helperName, "office.intake.helper_needed")
	k.Need(utf8.RuneCountInString(in.Helper) <= mostHelper, helperName, "office.intake.helper_long", "n", mostHelper)
	return k.Err()
}

// known are the answers by which a dossier is known and that its form does not ask.
func known(f form.Form, a form.Answers) form.Answers {
	out := form.Answers{}
	for _, role := range unasked(f) {
		if key := f.Keys[role]; a[key] != "" {
			out[key] = a[key]
		}
	}
	return out
}

// unasked are the roles without which nobody finds a dossier again and that its form does
// not ask.
func unasked(f form.Form) []string {
	var out []string
	for _, role := range []string{form.Subject, form.Applicant, form.ApplicantTel} {
		if f.GroupOf(f.Keys[role]) == "" {
			out = append(out, role)
		}
	}
	return out
}

// file makes the dossier, hands it the photos and forgets the intake.
func (s *Service) file(ctx context.Context, who access.Actor, def definition, x Declaration, in Draft, papers []dossier.Document, photos map[string][]files.File) (dossier.Dossier, error) {
	raw, err := json.Marshal(in.Answers)
	if err != nil {
		return dossier.Dossier{}, fault.Because(fault.Internal, "fault.internal", err)
	}
	sub := dossier.Submission{Key: in.submission(), Procedure: in.Procedure, Unit: in.Unit, Channel: dossier.Counter, Practice: in.Practice, Helper: in.helper(who),
		Facts: factsOf(x.form, in.Answers), Answers: raw, Documents: papers}
	if in.FilledBy != ByPaper {
		sub.Channel = dossier.Assisted
	}
	var d dossier.Dossier
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if d, err = s.SubmitIn(ctx, tx, who, sub); err != nil {
			return err
		}
		if d.Status == dossier.Submitted { // else it was taken before, by the same intake
			for key, all := range photos {
				for _, one := range all {
					if err := files.Move(ctx, tx, one.ID, files.Owner{Area: intakeArea, Subject: in.subject(key)}, dossier.PaperOwner(d, key)); err != nil {
						return err
					}
				}
			}
			if d, err = s.DoIn(ctx, tx, who, d.ID, 0, dossier.Move{Act: dossier.Accept}); err != nil {
				return err
			}
		}
		return forgetDraft(ctx, tx, def, in)
	})
	return d, err
}

// TakenAs is the dossier that an intake became; false while it became none.
func (s *Service) TakenAs(ctx context.Context, who access.Actor, id ident.ID) (dossier.Dossier, bool, error) {
	var all []dossier.Dossier
	err := s.DB.Read().NewSelect().Model(&all).Where("d.submission = ?", Draft{ID: id}.submission()).Apply(who.Within(dossier.Receive, "d.unit")).Scan(ctx)
	if err != nil || len(all) == 0 {
		return dossier.Dossier{}, false, db.Sorted(err)
	}
	return all[0], true, nil
}
