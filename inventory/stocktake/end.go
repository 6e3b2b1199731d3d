package stocktake

import (
	"context"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/trail"
	"lotrinh/inventory"
)

// Ended says that a count is over, with how many stand in each group.
type Ended struct {
	ID        ident.ID `json:"id"`
	Unit      string   `json:"unit"`
	Place     string   `json:"place,omitempty"`
	Found     int      `json:"found"`
	Missing   int      `json:"missing"`
	Surplus   int      `json:"surplus"`
	Elsewhere int      `json:"elsewhere"`
	By        ident.ID `json:"by"`
}

// Topic is the event's name.
func (Ended) Topic() string { return "inventory.stocktake.ended" }

// Subject is the count.
func (e Ended) Subject() string { return "stocktake:" + string(e.ID) }

// End closes a count: what was found becomes a fact, what does not fit a proposal.
func (s *Service) End(ctx context.Context, who access.Actor, id ident.ID, version int64, said string) (Count, error) {
	return s.finish(ctx, who, id, version, said, Closed, func(ctx context.Context, tx *db.Tx, c Count) error {
		r, err := resultOf(ctx, tx, c)
		if err != nil {
			return err
		}
		var here, all []Scanned
		for _, h := range r.Found {
			here = append(here, Scanned{Scan: h.Scan, Group: Found})
		}
		for _, x := range r.Surplus {
			here = append(here, Scanned{Scan: x, Group: Surplus})
		}
		all = append(all, here...)
		for _, x := range r.Elsewhere {
			all = append(all, Scanned{Scan: x, Group: Elsewhere})
		}
		if err := s.propose(ctx, tx, c, r.Missing, all); err != nil {
			return err
		}
		if err := s.Stock.RecordIn(ctx, tx, presentFacts(s.Stock.Now(), c, here)); err != nil {
			return err
		}
		line := i18n.L("stocktake.note.ended", "found", len(r.Found), "missing", len(r.Missing), "surplus", len(r.Surplus), "elsewhere", len(r.Elsewhere))
		if err := s.Stock.NoteIn(ctx, tx, c.Unit, "unit:"+c.Unit, who, line, c.Said); err != nil {
			return err
		}
		return outbox.Write(ctx, tx, s.Stock.Now(), Ended{ID: c.ID, Unit: c.Unit, Place: c.Place, Found: len(r.Found), Missing: len(r.Missing), Surplus: len(r.Surplus), Elsewhere: len(r.Elsewhere), By: who.ID})
	})
}

// Cancel ends a count without any consequence; said is why.
func (s *Service) Cancel(ctx context.Context, who access.Actor, id ident.ID, version int64, said string) (Count, error) {
	var k fault.Check
	k.Need(tidy(said) != "", "said", "stocktake.form.why_needed")
	if err := k.Err(); err != nil {
		return Count{}, err
	}
	return s.finish(ctx, who, id, version, said, Cancelled, func(context.Context, *db.Tx, Count) error { return nil })
}

func (s *Service) finish(ctx context.Context, who access.Actor, id ident.ID, version int64, said string, to State, do func(context.Context, *db.Tx, Count) error) (Count, error) {
	said = tidy(said)
	var k fault.Check
	k.Need(utf8.RuneCountInString(said) <= longestSaid, "said", "stocktake.form.long", "limit", longestSaid)
	if err := k.Err(); err != nil {
		return Count{}, err
	}
	var c Count
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if c, err = countByID(ctx, tx, who, Take, id, db.ForUpdate(tx)); err != nil {
			return err
		}
		switch {
		case c.State != Open:
			return fault.New(fault.Conflict, "stocktake.over", "who", c.EnderName)
		case c.Version != version:
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		now := s.Stock.Now()
		c.State, c.EndedBy, c.EnderName, c.EndedAt, c.Said, c.Version = to, who.ID, who.Name, &now, said, version+1
		if err := db.Changed(tx.NewUpdate().Model(&c).WherePK().Where("version = ?", version).Exec(ctx)); err != nil {
			return err
		}
		if err := do(ctx, tx, c); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "inventory.stocktake."+string(to), string(c.ID), map[string][2]any{"state": {Open, to}}, trail.At(c.Unit))
	})
	return c, err
}

// propose writes what people should decide: what was not found, what belongs
// elsewhere, what was only planned.
func (s *Service) propose(ctx context.Context, tx *db.Tx, c Count, missing []Expected, scans []Scanned) error {
	now := s.Stock.Now()
	var out []Proposal
	put := func(kind Change, asset ident.ID, code, name, from string) {
		out = append(out, Proposal{ID: ident.New(now), Stocktake: c.ID, Unit: c.Unit, Kind: kind, Asset: asset, Code: code, Name: name, From: from, To: c.Unit, State: Waits, Version: 1})
	}
	for _, e := range missing {
		put(WriteOff, e.Asset, e.Code, e.Name, c.Unit)
	}
	for _, x := range scans {
		switch {
		case x.Group == Elsewhere:
			put(Transfer, x.Scan.Asset, x.Scan.Code, x.Scan.Name, x.Scan.Unit)
		case x.Group == Surplus && x.Scan.Asset != "" && x.Scan.State == inventory.Planned:
			put(Use, x.Scan.Asset, x.Scan.Code, x.Scan.Name, c.Unit)
		}
	}
	if len(out) == 0 {
		return nil
	}
	_, err := tx.NewInsert().Model(&out).On("CONFLICT (stocktake, asset) DO NOTHING").Exec(ctx)
	return db.Sorted(err)
}

// withdraw takes a proposal back whose asset was found after all.
func (s *Service) withdraw(ctx context.Context, tx *db.Tx, c Count, asset ident.ID) error {
	if asset == "" {
		return nil
	}
	_, err := tx.NewRaw("UPDATE stocktake_proposal SET state = ?, version = version + 1 WHERE stocktake = ? AND asset = ? AND kind = ? AND state = ?",
		Withdrawn, c.ID, asset, WriteOff, Waits).Exec(ctx)
	return db.Sorted(err)
}

// proposalReach keeps a query to proposals about units in which the actor holds a right.
func proposalReach(who access.Actor, need access.Perm) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			everywhere, units := who.Reach(need)
			switch {
			case everywhere:
				return q.Where("1 = 1")
			case len(units) == 0:
				return q.Where("1 = 0")
			}
			return q.Where("sp.unit IN (?)", bun.List(units)).WhereOr("sp.from_unit IN (?)", bun.List(units))
		})
	}
}

// Proposals is a page of what waits for a decision within reach, newest first.
func (s *Service) Proposals(ctx context.Context, who access.Actor, r page.Request) (page.Page[Proposal], error) {
	if err := who.Need(inventory.Edit); err != nil {
		return page.Page[Proposal]{}, err
	}
	var rows []Proposal
	err := s.DB.Read().NewSelect().Model(&rows).Where("sp.state = 'open'").Apply(proposalReach(who, inventory.Edit), r.On("sp.id")).Scan(ctx)
	if err != nil {
		return page.Page[Proposal]{}, db.Sorted(err)
	}
	return page.Cut(r, rows, func(p Proposal) []string { return []string{string(p.ID)} }), nil
}

// Decide accepts a proposal, which carries it out, or declines it; declining needs a reason.
func (s *Service) Decide(ctx context.Context, who access.Actor, id ident.ID, version int64, accept bool, said string) (Proposal, error) {
	said = tidy(said)
	var k fault.Check
	k.Need(accept || said != "", "said", "stocktake.form.why_needed")
	k.Need(utf8.RuneCountInString(said) <= longestSaid, "said", "stocktake.form.long", "limit", longestSaid)
	if err := k.Err(); err != nil {
		return Proposal{}, err
	}
	var p Proposal
	if err := who.Need(inventory.Edit); err != nil {
		return p, err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		p = Proposal{}
		if err := tx.NewSelect().Model(&p).Where("sp.id = ?", id).Apply(proposalReach(who, inventory.Edit), db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if p.State != Waits || p.Version != version {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		now := s.Stock.Now()
		p.State, p.DecidedBy, p.DeciderName, p.DecidedAt, p.Said, p.Version = Declined, who.ID, who.Name, &now, said, version+1
		if accept {
			p.State = Accepted
			if err := s.carryOut(ctx, tx, who, p, said); err != nil {
				return err
			}
		}
		if err := db.Changed(tx.NewUpdate().Model(&p).WherePK().Where("version = ?", version).Exec(ctx)); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "inventory.stocktake.decided", string(p.ID), map[string][2]any{"state": {Waits, p.State}, "asset": {nil, p.Asset}}, trail.At(p.Unit))
	})
	return p, err
}

func (s *Service) carryOut(ctx context.Context, tx *db.Tx, who access.Actor, p Proposal, said string) error {
	var err error
	switch p.Kind {
	case Transfer:
		_, err = s.Stock.TransferIn(ctx, tx, who, p.Asset, p.To, said)
	case WriteOff:
		_, err = s.Stock.MoveAssetIn(ctx, tx, who, p.Asset, inventory.Retired, said)
	case Use:
		_, err = s.Stock.MoveAssetIn(ctx, tx, who, p.Asset, inventory.InUse, said)
	}
	return err
}
