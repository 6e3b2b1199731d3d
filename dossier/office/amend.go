package office

import (
	"context"
	"encoding/json"
	"maps"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/dossier/fields"
	"lotrinh/dossier/form"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
)

// Change is an answer that an officer mended: what it said before and what it says since,
// in the words of the form. Row is of a repeated group, from 1; else 0.
type Change struct {
	Field string `json:"field"`
	Row   int    `json:"row,omitempty"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// Amended is the data of Amend.
type Amended struct {
	Changes []Change `json:"changes"`
}

// changes are the differences between two declarations, in the order of the form.
func changes(f form.Form, was, is form.Answers, ctx form.Context) []Change {
	type place struct {
		key string
		row int
	}
	said := func(a form.Answers) (words map[place]string, order []place) {
		words = map[place]string{}
		for _, section := range form.Summary(f, a, ctx) {
			for _, line := range section.Lines {
				at := place{line.Key, line.Row}
				if _, there := words[at]; !there {
					order = append(order, at)
				}
				words[at] = line.Value.VI
			}
		}
		return words, order
	}
	before, first := said(was)
	after, then := said(is)
	var out []Change
	seen := map[place]bool{}
	for _, at := range append(then, first...) {
		if !seen[at] && before[at] != after[at] {
			out = append(out, Change{at.key, at.row, before[at], after[at]})
		}
		seen[at] = true
	}
	return out
}

// judged are the findings that keep a change from being taken: errors about what was
// changed. What was wrong before stays for the officer to see.
func judged(f form.Form, is form.Answers, changed []Change, ctx form.Context) []form.Finding {
	touched := map[string]bool{}
	for _, c := range changed {
		touched[c.Field] = true
	}
	var out []form.Finding
	for _, one := range form.Errors(form.Check(f, is, ctx)) {
		if field, _, ok := f.Field(one.Field); ok && touched[field.Key] || touched[one.Field] {
			out = append(out, one)
		}
	}
	return out
}

// Amend mends what was declared, with a reason: the history keeps every answer as it was
// and as it is. It wants Receive or Examine, and is refused while the applicant looks at
// the draft, after they have confirmed it, and once it is registered. ver is what the
// officer saw. Invalid answers come back as findings, and nothing is changed.
func (s *Service) Amend(ctx context.Context, who access.Actor, id ident.ID, ver int64, read func(Declaration) (form.Answers, error), said string) ([]form.Finding, error) {
	var wrong []form.Finding
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		wrong = nil
		d, err := s.DossierIn(ctx, tx, who, dossier.Read, id, db.ForUpdate(tx))
		if err != nil {
			return err
		}
		if err := mends(who, d); err != nil {
			return err
		}
		if d.Ver != ver {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		x, err := s.declaration(ctx, tx, d)
		if err != nil {
			return err
		}
		is, err := read(x)
		if err != nil {
			return err
		}
		changed := changes(x.form, x.answers, is, x.ctx)
		if maps.Equal(is, x.answers) || len(changed) == 0 {
			return fault.New(fault.Invalid, "office.amend.nothing")
		}
		if wrong = judged(x.form, is, changed, x.ctx); len(wrong) > 0 {
			return nil
		}
		raw, err := json.Marshal(is)
		if err != nil {
			return fault.Because(fault.Internal, "fault.internal", err)
		}
		if _, err := s.SaveAnswersIn(ctx, tx, who, d.ID, raw, factsOf(x.form, is)); err != nil {
			return err
		}
		_, err = s.DoIn(ctx, tx, who, d.ID, 0, dossier.Move{Act: dossier.Amend, Said: said, Data: Amended{changed}})
		return err
	})
	return wrong, err
}

// mends tells whether somebody may mend what was declared to the dossier's unit at all.
func mends(who access.Actor, d dossier.Dossier) error {
	if who.Covers(dossier.Receive, d.Unit) || who.Covers(dossier.Examine, d.Unit) {
		return nil
	}
	return fault.New(fault.Denied, "fault.denied")
}

// Declaration is what a dossier's applicant declared, and what it is judged against.
type Declaration struct {
	form    form.Form
	answers form.Answers
	ctx     form.Context
	places  *fields.Places
}

func (s *Service) declaration(ctx context.Context, q bun.IDB, d dossier.Dossier) (Declaration, error) {
	var x Declaration
	def, err := s.Definition(ctx, d.Version)
	if err != nil {
		return x, err
	}
	if x.form, err = formOf(def); err != nil {
		return x, err
	}
	at := d.AcceptedAt
	if at.IsZero() {
		at = s.Now()
	}
	if x.places, err = fields.NewPlaces(ctx, s.units, at); err != nil {
		return x, err
	}
	x.ctx = x.places.Context(d.Unit, true)
	raw, err := s.AnswersOf(ctx, q, d.ID)
	if err == nil && !unmarshal(raw, &x.answers) {
		err = fault.New(fault.Internal, "fault.internal")
	}
	return x, err
}

// mayAmend: only with the changes that are kept, never under the eyes of the applicant nor
// after their word.
func (s *Service) mayAmend(ctx context.Context, tx *db.Tx, _ access.Actor, d dossier.Dossier, m dossier.Move) error {
	if what, ok := m.Data.(Amended); !ok || len(what.Changes) == 0 {
		return fault.New(fault.Invalid, "office.amend.nothing")
	}
	return s.untouched(ctx, tx, d)
}

// untouched: the applicant is not looking at the draft, and has not confirmed it.
func (s *Service) untouched(ctx context.Context, q bun.IDB, d dossier.Dossier) error {
	if d.Waiting == dossier.ForConfirmation {
		return fault.New(fault.Conflict, "office.amend.waits")
	}
	var last []dossier.Act
	err := q.NewSelect().Model((*dossier.Step)(nil)).Column("act").Where("ds.dossier = ?", d.ID).Where("ds.act IN (?)", bunActs(dossier.Confirmed, dossier.Objected, dossier.Declined)).
		Order("ds.seq DESC").Limit(1).Scan(ctx, &last)
	if err == nil && len(last) > 0 && last[0] == dossier.Confirmed {
		return fault.New(fault.Conflict, "office.amend.confirmed")
	}
	return db.Sorted(err)
}

// seenAnswers keeps that a declaration was opened to be mended.
func (s *Service) seenAnswers(ctx context.Context, who access.Actor, id ident.ID) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		return trail.Seen(ctx, tx, s.Now(), who, "dossier.answers.read", []string{string(id)})
	})
}
