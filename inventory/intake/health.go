package intake

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/trail"
	"lotrinh/inventory"
)

// Filter is which senders a list shows.
type Filter struct {
	State State  // empty: all that somebody waits for
	Unit  string // a unit with all below it
	Days  int    // of silence; 0 means the city's own
}

// Board is how the agents stand: how many in each state, of those within reach.
type Board struct {
	Counts  map[State]int64
	Silence time.Duration
	At      time.Time
	NoKey   bool // nobody has been admitted yet
}

// where keeps a query to the senders in one state.
func where(st State, now time.Time, silence time.Duration) func(*bun.SelectQuery) *bun.SelectQuery {
	edge := now.Add(-silence)
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		const failing = "sn.bad_at IS NOT NULL AND (sn.good_at IS NULL OR sn.bad_at > sn.good_at)"
		if st == Aside {
			return q.Where("sn.aside_at IS NOT NULL")
		}
		q = q.Where("sn.aside_at IS NULL")
		if st == Failing {
			return q.Where(failing)
		}
		if st != "" {
			q = q.Where("NOT (" + failing + ")")
		}
		switch st {
		case ByFile:
			q = q.Where("sn.file = ?", true)
		case Never:
			q = q.Where("sn.file = ?", false).Where("sn.good_at IS NULL")
		case Silent:
			q = q.Where("sn.file = ?", false).Where("sn.good_at < ?", edge)
		case Fine:
			q = q.Where("sn.file = ?", false).Where("sn.good_at >= ?", edge)
		}
		return q
	}
}

// Board counts the agents within reach. Their number is that of the city's machines,
// not of their messages.
func (s *Service) Board(ctx context.Context, who access.Actor, f Filter) (Board, error) {
	b := Board{Counts: map[State]int64{}, Silence: s.after(f), At: s.Business.Now()}
	if err := who.Need(inventory.Look); err != nil {
		return b, err
	}
	units, err := s.below(ctx, f.Unit)
	if err != nil {
		return b, err
	}
	var rows []struct {
		State State `bun:"state"`
		N     int64 `bun:"n"`
	}
	edge := b.At.Add(-b.Silence)
	err = s.DB.Read().NewSelect().Model((*Sender)(nil)).
		ColumnExpr(`CASE WHEN sn.aside_at IS NOT NULL THEN 'aside' WHEN sn.bad_at IS NOT NULL AND (sn.good_at IS NULL OR sn.bad_at > sn.good_at) THEN 'failing'
			WHEN sn.file = ? THEN 'file' WHEN sn.good_at IS NULL THEN 'never' WHEN sn.good_at < ? THEN 'silent' ELSE 'fine' END AS state`, true, edge).
		ColumnExpr("COUNT(*) AS n").Apply(who.Within(inventory.Look, "sn.unit")).Apply(units).GroupExpr("1").Scan(ctx, &rows)
	if err != nil {
		return b, db.Sorted(err)
	}
	for _, r := range rows {
		b.Counts[r.State] = r.N
	}
	if len(rows) == 0 && who.May(Keys) {
		any, err := s.DB.Read().NewSelect().Model((*Key)(nil)).Where("ak.revoked_at IS NULL").Apply(who.Within(Keys, "ak.unit")).Exists(ctx)
		b.NoKey = !any
		return b, db.Sorted(err)
	}
	return b, nil
}

// after is how long a filter lets agents be silent.
func (s *Service) after(f Filter) time.Duration {
	if f.Days > 0 && f.Days <= 3650 {
		return time.Duration(f.Days) * 24 * time.Hour
	}
	return s.silence()
}

// below keeps a query of senders to a unit with all below it.
func (s *Service) below(ctx context.Context, unit string) (func(*bun.SelectQuery) *bun.SelectQuery, error) {
	if unit == "" {
		return func(q *bun.SelectQuery) *bun.SelectQuery { return q }, nil
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	codes := append([]string{unit}, tree.Under(unit)...)
	return func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("sn.unit IN (?)", bun.List(codes)) }, nil
}

// Senders is a page of the agents within reach, by name.
func (s *Service) Senders(ctx context.Context, who access.Actor, f Filter, r page.Request) (page.Page[Sender], error) {
	if err := who.Need(inventory.Look); err != nil {
		return page.Page[Sender]{}, err
	}
	units, err := s.below(ctx, f.Unit)
	if err != nil {
		return page.Page[Sender]{}, err
	}
	var rows []Sender
	err = s.DB.Read().NewSelect().Model(&rows).Apply(who.Within(inventory.Look, "sn.unit")).Apply(units).
		Apply(where(f.State, s.Business.Now(), s.after(f))).Apply(r.Up("sn.device", "sn.id")).Scan(ctx)
	return page.Cut(r, rows, func(x Sender) []string { return []string{x.Device, string(x.ID)} }), db.Sorted(err)
}

// Sender is one of them, with a page of what it sent, the newest first.
func (s *Service) Sender(ctx context.Context, who access.Actor, id ident.ID, r page.Request) (Sender, page.Page[Message], error) {
	x, err := senderByID(ctx, s.DB.Read(), who, inventory.Look, id)
	if err != nil {
		return x, page.Page[Message]{}, err
	}
	var rows []Message
	err = s.DB.Read().NewSelect().Model(&rows).Where("am.sender = ?", x.ID).Apply(r.On("am.id")).Scan(ctx)
	return x, page.Cut(r, rows, func(m Message) []string { return []string{string(m.ID)} }), db.Sorted(err)
}

func senderByID(ctx context.Context, q bun.IDB, who access.Actor, need access.Perm, id ident.ID, more ...func(*bun.SelectQuery) *bun.SelectQuery) (Sender, error) {
	var x Sender
	if err := who.Need(need); err != nil {
		return x, err
	}
	err := q.NewSelect().Model(&x).Where("sn.id = ?", id).Apply(who.Within(need, "sn.unit")).Apply(more...).Scan(ctx)
	return x, db.Sorted(err)
}

// SetAside says not to wait for an agent any more, or to wait again: its machine was
// scrapped, or set up anew under another name.
func (s *Service) SetAside(ctx context.Context, who access.Actor, id ident.ID, aside bool) (Sender, error) {
	var x Sender
	now := s.Business.Now()
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if x, err = senderByID(ctx, tx, who, Keys, id, db.ForUpdate(tx)); err != nil {
			return err
		}
		if (x.AsideAt != nil) == aside {
			return nil
		}
		act := "inventory.agent.awaited"
		x.AsideAt = nil
		if aside {
			x.AsideAt, act = &now, "inventory.agent.set_aside"
			if err := s.spokeAgain(ctx, tx, &x, now); err != nil {
				return err
			}
		}
		if err := saveSender(ctx, tx, &x); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, act, string(x.ID), map[string][2]any{"aside": {!aside, aside}}, trail.At(x.Unit))
	})
	return x, err
}

// atOnce is how many agents one round of the chore calls silent.
const atOnce = 200

// CallSilent tells of agents that have stopped reporting: once each, until they report
// again. An agent whose machine reports under another name is left out, and so is one
// whose machine is no longer in use. A chore runs it.
func (s *Service) CallSilent(ctx context.Context) (int, error) {
	now := s.Business.Now()
	edge := now.Add(-s.silence())
	n := 0
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		n = 0
		var rows []Sender
		err := tx.NewSelect().Model(&rows).Where("sn.aside_at IS NULL").Where("sn.quiet = ''").Where("sn.file = ?", false).Where("sn.good_at < ?", edge).
			Where("NOT EXISTS (SELECT 1 FROM agent_sender o WHERE o.asset = sn.asset AND o.asset <> '' AND o.id <> sn.id AND o.good_at >= ?)", edge).
			Order("sn.good_at", "sn.id").Limit(atOnce).Apply(db.ForUpdate(tx)).Scan(ctx)
		if err != nil || len(rows) == 0 {
			return db.Sorted(err)
		}
		assets, err := s.assets(ctx, tx, machine, rows)
		if err != nil {
			return err
		}
		for i := range rows {
			x := &rows[i]
			a, linked := assets[x.Asset]
			if linked && a.State != inventory.InUse {
				now := now
				x.AsideAt = &now
			} else {
				n++
				if err := s.callSilent(ctx, tx, x, a, now); err != nil {
					return err
				}
			}
			if err := saveSender(ctx, tx, x); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

func (s *Service) callSilent(ctx context.Context, tx *db.Tx, x *Sender, a inventory.Asset, now time.Time) error {
	x.Quiet = cut(x.Device, 100)
	if a.Code != "" {
		x.Quiet = a.Code
	}
	t := s.Words.In(i18n.VI)
	return outbox.Write(ctx, tx, now, AgentSilent{Kind: "silent_agent", Thing: x.Quiet, Unit: x.Unit, Since: *x.GoodAt,
		Details: t.Say("intake.silent.details", "device", x.Device, "name", a.Name, "at", *x.GoodAt, "days", s.Silent, "agent", x.Agent)})
}

// assets are the equipment that senders stand for, as far as the reader may see it.
func (s *Service) assets(ctx context.Context, q bun.IDB, who access.Actor, rows []Sender) (map[ident.ID]inventory.Asset, error) {
	var ids []ident.ID
	for _, x := range rows {
		if x.Asset != "" {
			ids = append(ids, x.Asset)
		}
	}
	out := map[ident.ID]inventory.Asset{}
	if len(ids) == 0 {
		return out, nil
	}
	all, err := s.Equip.AssetsIn(ctx, q, who, inventory.Look, ids)
	for _, a := range all {
		out[a.ID] = a
	}
	return out, err
}
