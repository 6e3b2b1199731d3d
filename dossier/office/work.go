package office

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/dossier/form"
	"lotrinh/dossier/slip"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
)

// formOf reads the form of a definition. One that does not say by which answers its
// dossiers are known is known by plain ones.
func formOf(def definition) (form.Form, error) {
	f, err := form.Read(def.Form)
	if err != nil {
		return f, err
	}
	keys := map[string]string{form.Subject: form.Subject, form.Applicant: form.Applicant, form.ApplicantTel: form.ApplicantTel}
	maps.Copy(keys, f.Keys)
	f.Keys = keys
	return f, nil
}

// formOfVersion is formOf, read once: a version by which there are dossiers never changes.
func (s *Service) formOfVersion(version ident.ID, def definition) (form.Form, error) {
	if kept, ok := s.forms.Load(version); ok {
		f, _ := kept.(form.Form)
		return f, nil
	}
	f, err := formOf(def)
	if err == nil {
		s.forms.Store(version, f)
	}
	return f, err
}

// factsOf are what lists and checks need of answers.
func factsOf(f form.Form, a form.Answers) dossier.Facts {
	return dossier.Facts{Subject: f.Of(form.Subject, a), Born: f.Of(form.Born, a), SubjectPID: f.Of(form.SubjectPID, a), MotherPID: f.Of(form.MotherPID, a),
		ProofNo: f.Of(form.ProofNo, a), Applicant: f.Of(form.Applicant, a), Phone: f.Of(form.ApplicantTel, a)}
}

// HandOver hands several dossiers to their next steps with one slip. What cannot go now
// stays, and is named with its reason; the others go together.
func (s *Service) HandOver(ctx context.Context, who access.Actor, unit string, ids []ident.ID) (Paper, map[ident.ID]error, error) {
	refused := map[ident.ID]error{}
	var p Paper
	if err := who.NeedAt(dossier.Read, unit); err != nil {
		return p, nil, err
	}
	if len(ids) == 0 || len(ids) > mostBatch {
		return p, nil, fault.New(fault.Invalid, "office.batch.count", "n", mostBatch)
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return p, nil, err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		clear(refused)
		t := s.vi()
		c := slip.Slip{Form: slip.Control, Office: issuer(tree, unit, t.Say("office.committee")), Giver: who.Name}
		kept := ident.New(s.Now())
		practice := false
		for _, id := range ids {
			before, err := s.DossierIn(ctx, tx, who, dossier.Read, id)
			if err != nil || before.Unit != unit {
				refused[id] = fault.New(fault.Missing, "fault.missing")
				continue
			}
			def, err := s.Definition(ctx, before.Version)
			if err != nil {
				return err
			}
			if !s.May(who, def, before, dossier.HandOver) {
				refused[id] = fault.New(fault.Conflict, "dossier.not_now", "act", dossier.HandOver.Key(), "status", before.Status.Key())
				continue
			}
			after, err := s.DoIn(ctx, tx, who, id, 0, dossier.Move{Act: dossier.HandOver, Data: inBatch{kept}})
			if err != nil {
				return err
			}
			practice = practice || after.Practice
			c.Hands = append(c.Hands, slip.Hand{Code: after.Number(), Who: after.Applicant, From: stepName(def, before.Stage), To: stepName(def, after.Stage), Giver: who.Name, At: s.Now(), DueAt: after.DueAt})
		}
		if len(c.Hands) == 0 {
			return nil
		}
		var err error
		p, err = s.keep(ctx, tx, Paper{ID: kept, Unit: unit, Practice: practice, MadeBy: who.ID}, c)
		return err
	})
	return p, refused, err
}

// mostBatch is how many dossiers one batch takes: as many as fit on a page of the queue.
const mostBatch = 50

// Finding is what an officer found about one item of the examination.
type Finding struct {
	bun.BaseModel `bun:"table:dossier_finding,alias:fi"`
	Dossier       ident.ID  `bun:"dossier,pk"`
	Item          string    `bun:"item,pk"` // key of a document, or one of Looked
	State         string    `bun:"state"`   // good, bad, looked
	Note          string    `bun:"note"`
	MadeBy        ident.ID  `bun:"made_by"`
	MadeByName    string    `bun:"made_by_name"`
	MadeAt        time.Time `bun:"made_at"`
}

// MarriageLookup is the item that holds what was found of the parents' marriage: in the
// register, or that it was not found there.
const MarriageLookup = "marriage_lookup"

// The states of a finding.
var findingStates = []string{"good", "bad"}

// FindingsOf are what was found about a dossier, by item.
func (s *Service) FindingsOf(ctx context.Context, q bun.IDB, id ident.ID) (map[string]Finding, error) {
	var rows []Finding
	err := q.NewSelect().Model(&rows).Where("fi.dossier = ?", id).Scan(ctx)
	all := map[string]Finding{}
	for _, r := range rows {
		all[r.Item] = r
	}
	return all, db.Sorted(err)
}

// Find records what an officer found; found again, it replaces what was there, and the
// trail keeps both. A paper that is not as it must be needs a word why.
func (s *Service) Find(ctx context.Context, who access.Actor, id ident.ID, all []Finding) error {
	var k fault.Check
	for _, f := range all {
		k.Need(slices.Contains(findingStates, f.State), f.Item, "office.finding.state")
		k.Need(f.State != "bad" && f.Item != MarriageLookup || strings.TrimSpace(f.Note) != "", f.Item, "office.finding.note_needed")
		k.Need(utf8.RuneCountInString(f.Note) <= dossier.MostSaid, f.Item, "dossier.reason_long", "n", dossier.MostSaid)
	}
	if err := k.Err(); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		d, err := s.DossierIn(ctx, tx, who, dossier.Examine, id, db.ForUpdate(tx))
		if err != nil {
			return err
		}
		if !d.Open || d.Status == dossier.Finished {
			return fault.New(fault.Conflict, "dossier.closed")
		}
		def, err := s.Definition(ctx, d.Version)
		if err != nil {
			return err
		}
		for _, f := range all {
			if f.Item != MarriageLookup && !slices.ContainsFunc(def.Documents, func(x document) bool { return x.Key == f.Item }) {
				return fault.New(fault.Missing, "fault.missing")
			}
			f.Dossier, f.Note, f.MadeBy, f.MadeByName, f.MadeAt = id, tidy(f.Note), who.ID, who.Name, s.Now()
			if _, err := tx.NewInsert().Model(&f).On("CONFLICT (dossier, item) DO UPDATE").Set("state = EXCLUDED.state").Set("note = EXCLUDED.note").
				Set("made_by = EXCLUDED.made_by").Set("made_by_name = EXCLUDED.made_by_name").Set("made_at = EXCLUDED.made_at").Exec(ctx); err != nil {
				return db.Sorted(err)
			}
			if err := trail.Write(ctx, tx, s.Now(), who, "dossier.examined", string(id), map[string][2]any{f.Item: {nil, f.State}}, trail.At(d.Unit)); err != nil {
				return err
			}
		}
		return nil
	})
}
