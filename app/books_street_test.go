package app

import (
	"context"
	"strings"

	"lotrinh/dossier"
	"lotrinh/dossier/register"
	"lotrinh/dossier/tally"
	"lotrinh/dossier/tally/score"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
)

// booked is an entry in a register of the unit, and what somebody read in paper.
func (s *street) booked(m map[string]string) {
	s.t.Helper()
	now := s.Business.Now()
	e := register.Entry{ID: ident.New(now), Unit: m["unit"], Kind: register.Marriage, Year: 2016, Volume: 1, Number: 1, Dossier: ident.ID(m["dossier"]), Day: clock.Date(now), Subject: "Trần Gia Bảo",
		Content: []byte(`{}`), At: now, Hash: strings.Repeat("0", 64), Officer: "nobody", Proof: "password"}
	var version string
	p := register.Proposal{ID: ident.New(now), Entry: e.ID, Unit: m["unit"], Changes: []register.Change{}, State: register.ProposalOpen, At: now, Ver: 1}
	must(s.t, s.DB.InTx(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		if err := tx.NewSelect().Table("dossier").Column("version").Where("id = ?", m["dossier"]).Scan(ctx, &version); err != nil {
			return err
		}
		e.Content = []byte(`{"version":"` + version + `"}`)
		for _, row := range []any{&e, &p} {
			if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	}))
	b, err := s.books.Tickets.Reserve(s.t.Context(), access.System("test"), m["unit"], "07")
	must(s.t, err)
	m["block"] = string(b.ID)
	s.scored(m)
	m["entry"], m["proposal"] = string(e.ID), string(p.ID)
}

// scored is what somebody said of how they were served, what the unit declared with its
// evidence, and numbers of the scoring that are still to come.
func (s *street) scored(m map[string]string) {
	s.t.Helper()
	ctx, house := s.t.Context(), access.System("test")
	must(s.t, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var d dossier.Dossier
		if err := tx.NewSelect().Model(&d).Where("d.id = ?", m["dossier"]).Scan(ctx); err != nil {
			return err
		}
		return s.books.Feedback.SayIn(ctx, tx, d, 1, "Ghế chờ ít quá")
	}))
	m["said"] = s.one("SELECT id FROM dossier_feedback WHERE unit = ?", m["unit"])
	b, err := s.Files.Receive(ctx, files.Document, "bao-cao.pdf", strings.NewReader("%PDF-1.4\n%%EOF\n"))
	must(s.t, err)
	_, err = s.Dossiers.Tally.Declare(ctx, house, tally.Declared{Unit: m["unit"], Year: 2016, Authority: 20, OneStop: 18, Document: "Báo cáo số 45/BC-UBND", SignedOn: "2016-11-05"}, []files.Blob{b})
	must(s.t, err)
	m["proof"] = s.one("SELECT id FROM file WHERE area = 'tally' AND unit = ?", m["unit"])
	day := map[bool]string{true: "2030-01-01", false: "2031-01-01"}[m["unit"] == hereUnit]
	v, err := s.Dossiers.Tally.SetRules(ctx, house, tally.Draft{From: day, Basis: "Quyết định", Rules: score.Usual})
	must(s.t, err)
	m["scoring"] = string(v.ID)
}

// related is a relative whom somebody declared.
func (s *street) related(m map[string]string, login string) {
	s.t.Helper()
	r, err := s.Dossiers.Registers.Declare(s.t.Context(), s.actor(login), register.Relative{Relation: "other", Name: "Người Thân", Born: "1980-01-02"})
	must(s.t, err)
	m["relative"] = string(r.ID)
}
