package inventory

import (
	"context"
	"encoding/json"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
)

// SavedList is a filter of the list of assets that somebody has kept under a name: for
// oneself, or for everybody who sees equipment.
type SavedList struct {
	bun.BaseModel `bun:"table:asset_view,alias:av"`
	ID            ident.ID  `bun:"id,pk"`
	Name          string    `bun:"name"`
	Shared        bool      `bun:"shared"`
	Owner         ident.ID  `bun:"owner"`
	Query         string    `bun:"query"`
	ChangedAt     time.Time `bun:"changed_at"`
	Version       int64     `bun:"version"`
}

// Limits of kept filters: how many one person keeps, how many a page offers.
const (
	mostKept    = 30
	mostOffered = 40
	longestList = 60
)

// Filter is what the list asks for.
func (v SavedList) Filter() AssetFilter {
	var f AssetFilter
	if json.Unmarshal([]byte(v.Query), &f) != nil {
		return AssetFilter{}.tidy()
	}
	return f.tidy()
}

// MayShare tells whether the actor may keep filters for everybody: who sees the
// equipment of the whole city.
func MayShare(who access.Actor) bool {
	everywhere, _ := who.Reach(Look)
	return everywhere
}

// ours narrows to the actor's own filters and the shared ones.
func ours(who access.Actor) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("av.owner = ?", who.ID).WhereOr("av.shared = ?", true)
		})
	}
}

// SavedLists are the filters that the actor has kept and those that are shared, by name.
func (s *Service) SavedLists(ctx context.Context, who access.Actor) ([]SavedList, error) {
	if err := who.Need(Look); err != nil {
		return nil, err
	}
	var rows []SavedList
	err := s.db.Read().NewSelect().Model(&rows).Apply(ours(who)).Order("av.shared", "av.name", "av.id").Limit(mostOffered).Scan(ctx)
	return rows, db.Sorted(err)
}

// KeepList keeps a filter under a name.
func (s *Service) KeepList(ctx context.Context, who access.Actor, name string, shared bool, f AssetFilter) (SavedList, error) {
	if err := who.Need(Look); err != nil {
		return SavedList{}, err
	}
	name, f = tidy(name), f.tidy()
	var k fault.Check
	k.Need(name != "", "name", "inventory.list.name_needed")
	k.Need(utf8.RuneCountInString(name) <= longestList, "name", "inventory.form.long", "limit", longestList)
	k.Need(f.narrowed(), "name", "inventory.list.nothing")
	k.Need(!shared || MayShare(who), "shared", "inventory.list.may_not_share")
	if err := k.Err(); err != nil {
		return SavedList{}, err
	}
	raw, err := json.Marshal(f)
	if err != nil {
		return SavedList{}, fault.Because(fault.Internal, "fault.internal", err)
	}
	now := s.clock.Now()
	v := SavedList{ID: ident.New(now), Name: name, Shared: shared, Owner: who.ID, Query: string(raw), ChangedAt: now, Version: 1}
	return v, s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.NewSelect().Model((*SavedList)(nil)).Where("av.owner = ?", who.ID).Count(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if n >= mostKept {
			return fault.New(fault.Conflict, "inventory.list.too_many", "limit", mostKept)
		}
		if _, err := tx.NewInsert().Model(&v).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "inventory.list.kept", string(v.ID), map[string][2]any{"shared": {nil, shared}})
	})
}

// DropList forgets a filter: one's own, or a shared one by whoever may share.
func (s *Service) DropList(ctx context.Context, who access.Actor, id ident.ID) error {
	if err := who.Need(Look); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var v SavedList
		if err := tx.NewSelect().Model(&v).Where("av.id = ?", id).Apply(ours(who)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if v.Owner != who.ID && !MayShare(who) {
			return fault.New(fault.Denied, "inventory.list.others")
		}
		if err := db.Changed(tx.NewDelete().Model(&v).WherePK().Exec(ctx)); err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.clock.Now(), who, "inventory.list.dropped", string(id), map[string][2]any{"shared": {v.Shared, nil}})
	})
}
