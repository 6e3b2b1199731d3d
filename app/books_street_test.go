package app

import (
	"context"
	"strings"

	"lotrinh/dossier/register"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
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
	m["entry"], m["proposal"] = string(e.ID), string(p.ID)
}

// related is a relative whom somebody declared.
func (s *street) related(m map[string]string, login string) {
	s.t.Helper()
	r, err := s.Dossiers.Registers.Declare(s.t.Context(), s.actor(login), register.Relative{Relation: "other", Name: "Người Thân", Born: "1980-01-02"})
	must(s.t, err)
	m["relative"] = string(r.ID)
}
