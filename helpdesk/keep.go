package helpdesk

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
)

// Share says who sees something that people keep for the desk: a view, a macro, a
// template.
type Share string

// With whom.
const (
	Mine    Share = "mine"
	MyGroup Share = "group"
	WithAll Share = "all"
)

// Limits of what people keep.
const (
	mostMine    = 30 // of one kind, by one person
	mostSeen    = 60 // views beside a queue
	longestView = 60 // letters of a name
)

// Shares are all of them, in the order of forms.
var Shares = []Share{Mine, MyGroup, WithAll}

// shared keeps a query to what the actor sees of something that is shared: one's own,
// one's groups', everybody's.
func shared(who access.Actor, groups []Group, alias string) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			q = q.Where(alias+".owner = ? AND "+alias+".share = ?", who.ID, Mine).WhereOr(alias+".share = ?", WithAll)
			if len(groups) > 0 {
				q = q.WhereOr(alias+".share = ? AND "+alias+".grp IN (?)", MyGroup, bun.List(groups))
			}
			return q
		})
	}
}

// GroupsOf are the groups that the actor works in.
func (s *Service) GroupsOf(ctx context.Context, who access.Actor) ([]Group, error) {
	if !who.May(Work) {
		return nil, nil
	}
	cat, err := s.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	me := Agent{ID: who.ID}
	for _, g := range who.Grants {
		me.Roles = append(me.Roles, g.Role)
	}
	var all []Group
	for _, team := range cat.Working() {
		if team.holds(me) {
			all = append(all, team.Code)
		}
	}
	return all, nil
}

// Keep is what somebody asks to keep for the desk: under which name, for whom.
type Keep struct {
	ID      ident.ID // empty: a new one
	Version int64
	Name    string
	Share   Share
	Group   Group
}

// check checks the part that views, macros and templates have in common. What others
// see is arranged by whoever manages the desk.
func (w *Keep) check(who access.Actor, cat *Catalogue, k *fault.Check) error {
	w.Name = strings.Join(strings.Fields(fold.NFC(w.Name)), " ")
	k.Need(w.Name != "", "name", "helpdesk.keep.name_needed")
	k.Need(utf8.RuneCountInString(w.Name) <= longestView, "name", "helpdesk.keep.name_long", "max", longestView)
	k.Need(slices.Contains(Shares, w.Share), "share", "helpdesk.keep.share_needed")
	_, known := cat.Team(w.Group)
	k.Need(w.Share != MyGroup || known, "group", "helpdesk.keep.group_needed")
	if w.Share != MyGroup {
		w.Group = ""
	}
	if w.Share != Mine {
		return who.Need(Manage)
	}
	return nil
}

// mayChange tells whether the actor arranges something that is shared so and was made
// by owner.
func mayChange(who access.Actor, share Share, owner ident.ID) bool {
	if share == Mine {
		return owner == who.ID
	}
	return who.May(Manage)
}

// room refuses one more of somebody's own when there are enough.
func room(ctx context.Context, tx *db.Tx, model any, who access.Actor) error {
	n, err := tx.NewSelect().Model(model).Where("owner = ?", who.ID).Count(ctx)
	if err == nil && n >= mostMine {
		return fault.New(fault.Conflict, "helpdesk.keep.many", "max", mostMine)
	}
	return db.Sorted(err)
}
