package filing

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/dossier/form"
	"lotrinh/dossier/procedure"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/notify"
)

// Present and Missing are the states of a dossier's papers.
const (
	Present = "present"
	Missing = "missing"
)

// Findings are what is wrong or doubtful with a draft before it is sent: errors keep it
// from being sent, warnings ask to look again.
func (s *Service) Findings(f form.Form, d Draft, seen form.Context) []form.Finding {
	return form.Check(f, d.Answers, seen)
}

// Sending is what goes with the last press. Sure says that doubtful answers were looked at.
// Paper are the keys of documents that a helper holds in hand or was shown; from home it
// counts for nothing.
type Sending struct {
	Sure  bool
	Paper []string
	Lang  i18n.Lang
}

// Lacking are the papers that keep a draft from being sent: those to be handed in without
// a photo. A helper who has the applicant before them says of each paper, those only to be
// shown too, that it is there. Optional ones never lack.
func (s *Service) Lacking(def procedure.Definition, f form.Form, d Draft, seen form.Context, there func(key string) bool, paper []string) ([]procedure.Document, error) {
	wanted, err := s.Wanted(def, f, d, seen)
	return slices.DeleteFunc(wanted, func(one procedure.Document) bool {
		switch {
		case one.Optional, !one.Show && there(one.Key):
			return true
		case d.Helper == "":
			return one.Show // looked at when the result is fetched
		}
		return slices.Contains(paper, one.Key)
	}), err
}

// Send makes a dossier of a draft, once however often it is pressed, and tells its code to
// the telephone. Who is the session that presses: an officer may vouch for the applicant.
// Papers that are lacking are refused under "paper:KEY".
func (s *Service) Send(ctx context.Context, who access.Actor, d Draft, in Sending) (Draft, error) {
	def, f, err := s.Definition(ctx, d)
	if err != nil {
		return d, err
	}
	if changed, err := s.Changed(ctx, d); err != nil {
		return d, err
	} else if changed {
		return d, fault.New(fault.Conflict, "filing.changed")
	}
	return s.keep(ctx, d.ID, func(ctx context.Context, tx *db.Tx, d *Draft) error {
		if !proved(who, *d) {
			return fault.New(fault.Conflict, "filing.form.not_yet")
		}
		seen, _, err := s.judged(ctx, d.Unit)
		if err != nil {
			return err
		}
		found := s.Findings(f, *d, seen)
		if len(form.Errors(found)) > 0 {
			return fault.New(fault.Conflict, "filing.form.errors")
		}
		have, err := haveIn(ctx, tx, *d)
		if err != nil {
			return err
		}
		lacking, err := s.Lacking(def, f, *d, seen, func(key string) bool { return have[key] }, in.Paper)
		if err != nil {
			return err
		}
		var k fault.Check
		for _, one := range lacking {
			k.Need(false, paperMark+one.Key, lackingKey(*d, one), "paper", one.Name.Say(string(in.Lang)))
		}
		k.Need(len(found) == 0 || in.Sure, "sure", "filing.form.sure")
		if err := k.Err(); err != nil {
			return err
		}
		return s.submit(ctx, tx, who, def, f, seen, d, in)
	})
}

// submit files the dossier, hands it the draft's papers and forgets what was typed.
func (s *Service) submit(ctx context.Context, tx *db.Tx, who access.Actor, def procedure.Definition, f form.Form, seen form.Context, d *Draft, in Sending) error {
	answers := form.Clean(f, d.Answers, seen)
	raw, err := json.Marshal(answers)
	if err != nil {
		return fault.Because(fault.Internal, "fault.internal", err)
	}
	papers, err := s.papers(ctx, tx, def, f, seen, *d, in.Paper)
	if err != nil {
		return err
	}
	if !vouched(who, *d) {
		who = dossier.Citizen()
	}
	made, err := s.Dossiers.SubmitIn(ctx, tx, who, dossier.Submission{Key: "draft:" + string(d.ID), Procedure: d.Procedure, Unit: d.Unit, Channel: d.Channel,
		Practice: d.Practice, Helper: d.HelperName, Facts: facts(f, answers, d.Number), Answers: raw, Documents: papers})
	if err != nil {
		return err
	}
	if err := s.handOver(ctx, tx, *d, made); err != nil {
		return err
	}
	now := s.Machine.Now()
	d.Dossier, d.Track, d.SentAt = made.ID, made.Track, &now
	d.Answers, d.Stamps = form.Answers{}, map[string]int64{} // the dossier has them now
	return s.thank(ctx, tx, *d, in.Lang)
}

// facts are what lists know a dossier by. A form that does not say whom it is about is
// about whoever files.
func facts(f form.Form, a form.Answers, number string) dossier.Facts {
	out := dossier.Facts{Subject: f.Of(form.Subject, a), Born: f.Of(form.Born, a), SubjectPID: f.Of(form.SubjectPID, a),
		MotherPID: f.Of(form.MotherPID, a), ProofNo: f.Of(form.ProofNo, a), Applicant: f.Of(form.Applicant, a), Phone: number}
	if out.Subject == "" {
		out.Subject = out.Applicant
	}
	if out.Applicant == "" {
		out.Applicant = out.Subject
	}
	if out.Phone == "" {
		out.Phone = f.Of(form.ApplicantTel, a)
	}
	return out
}

// lackingKey is the sentence about a paper that lacks.
func lackingKey(d Draft, one procedure.Document) string {
	switch {
	case d.Helper == "":
		return "filing.form.paper_photo"
	case one.Show:
		return "filing.form.paper_show"
	}
	return "filing.form.paper_take"
}

// haveIn are the documents of a draft that have a photo.
func haveIn(ctx context.Context, q bun.IDB, d Draft) (map[string]bool, error) {
	var have []string
	err := q.NewSelect().Model((*Document)(nil)).Column("key").Distinct().Where("fo.draft = ?", d.ID).Scan(ctx, &have)
	there := map[string]bool{}
	for _, key := range have {
		there[key] = true
	}
	return there, db.Sorted(err)
}

// papers are the dossier's papers: each that its answers ask for, there or missing. What
// is only to be shown is there where a helper saw it; else it is looked at when the result
// is fetched.
func (s *Service) papers(ctx context.Context, tx *db.Tx, def procedure.Definition, f form.Form, seen form.Context, d Draft, paper []string) ([]dossier.Document, error) {
	wanted, err := s.Wanted(def, f, d, seen)
	if err != nil {
		return nil, err
	}
	there, err := haveIn(ctx, tx, d)
	if err != nil {
		return nil, err
	}
	for _, one := range wanted {
		if d.Helper != "" && slices.Contains(paper, one.Key) {
			there[one.Key] = true
		}
	}
	var out []dossier.Document
	for _, one := range wanted {
		state := Missing
		if there[one.Key] {
			state = Present
		}
		out = append(out, dossier.Document{Key: one.Key, Shown: one.Show, State: state})
		delete(there, one.Key)
	}
	for _, one := range def.Documents { // sent although the answers changed and no longer ask for it
		if there[one.Key] {
			out = append(out, dossier.Document{Key: one.Key, Shown: one.Show, State: Present})
		}
	}
	return out, nil
}

// handOver gives the draft's files to the dossier.
func (s *Service) handOver(ctx context.Context, tx *db.Tx, d Draft, to dossier.Dossier) error {
	var all []Document
	if err := tx.NewSelect().Model(&all).Where("fo.draft = ?", d.ID).Order("fo.file").Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	for _, one := range all {
		if err := files.Move(ctx, tx, one.File, files.Owner{Area: area, Subject: string(d.ID)}, dossier.PaperOwner(to, one.Key)); err != nil {
			return err
		}
	}
	_, err := tx.NewRaw("DELETE FROM filing_document WHERE draft = ?", d.ID).Exec(ctx)
	return db.Sorted(err)
}

// thank tells the code to the telephone. It says nothing about whom or what it concerns.
func (s *Service) thank(ctx context.Context, tx *db.Tx, d Draft, lang i18n.Lang) error {
	if d.Number == "" || d.Practice {
		return nil
	}
	return notify.Write(ctx, tx, s.Machine.Now(), notify.Message{Phone: d.Number, Lang: lang, Template: "filing.notice.submitted", Unit: d.Unit,
		Dedupe: "filing submitted " + string(d.Dossier), Args: []any{"code", d.Track}, Link: trackPath + "?ma=" + d.Track, Critical: true, Private: true})
}
