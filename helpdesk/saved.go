package helpdesk

import (
	"context"
	"encoding/json"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
)

// Conditions are what a saved view asks for: each of an allow-list, empty ones do not
// narrow. They are stored as JSON; names here are never reused for something else.
type Conditions struct {
	Phase    Phase    `json:"phase,omitempty"`
	State    State    `json:"state,omitempty"`
	Owner    Owned    `json:"owner,omitempty"`
	Group    Group    `json:"group,omitempty"`
	Service  Category `json:"service,omitempty"`
	Priority int      `json:"priority,omitempty"`
	Unit     string   `json:"unit,omitempty"` // a commune, or the root of a subtree
	Late     bool     `json:"late,omitempty"`
	Snoozed  string   `json:"snoozed,omitempty"`
	Source   string   `json:"source,omitempty"`
	Tag      string   `json:"tag,omitempty"`
	Watched  bool     `json:"watched,omitempty"` // by whoever looks
	Sort     Sort     `json:"sort,omitempty"`
}

// Filter is what the conditions mean in today's tree of units.
func (c Conditions) Filter(tree *org.Tree) Filter {
	f := Filter{Phase: c.Phase, State: c.State, Owner: c.Owner, Group: c.Group, Service: c.Service, Priority: c.Priority, Late: c.Late,
		Snoozed: c.Snoozed, Source: c.Source, Tag: TagKey(c.Tag), Watched: c.Watched, Sort: c.Sort}
	if c.Unit != "" {
		if f.Units = tree.Under(c.Unit); len(f.Units) == 0 {
			f.Units = []string{c.Unit} // a unit that is no more: its old tickets
		}
	}
	return f
}

// sources are the ways by which tickets come in, for conditions.
var sources = []string{"web", "phone", "mail", "api", "system"}

func (c Conditions) check(k *fault.Check, tree *org.Tree, cat *Catalogue) {
	is := func(ok bool, name string) { k.Need(ok, name, "helpdesk.saved.unknown") }
	is(slices.Contains([]Phase{"", InWork, Waiting, Asleep, Done}, c.Phase), "phase")
	is(c.State == "" || slices.Contains(States, c.State), "state")
	is(slices.Contains([]Owned{"", OwnedByMe, OwnedByNobody, OwnedBySome}, c.Owner), "owner")
	is(c.Priority >= 0 && c.Priority <= 4, "priority")
	is(slices.Contains([]string{"", Yes, No}, c.Snoozed), "snoozed")
	is(c.Source == "" || slices.Contains(sources, c.Source), "source")
	is(slices.Contains([]Sort{ByDue, ByNewest, ByOldest}, c.Sort), "sort")
	_, team := cat.Team(c.Group)
	is(c.Group == "" || team, "group")
	_, offer := cat.Offer(c.Service)
	is(c.Service == "" || offer, "service")
	is(utf8.RuneCountInString(c.Tag) <= longestTag, "tag")
	is(c.Unit == "" || len(tree.Under(c.Unit)) > 0, "unit")
	k.Need(c.State == "" || c.Phase == "" && c.State.Phase() != Done || c.State.Phase() == c.Phase, "state", "helpdesk.saved.state_phase")
	k.Need(!c.Late || c.Phase == "" || c.Phase == InWork, "late", "helpdesk.saved.late_phase")
}

// Saved is a view that somebody has kept under a name.
type Saved struct {
	bun.BaseModel `bun:"table:desk_view,alias:dv"`
	ID            ident.ID  `bun:"id,pk"`
	Name          string    `bun:"name"`
	Share         Share     `bun:"share"`
	Owner         ident.ID  `bun:"owner"`
	Group         Group     `bun:"grp"` // whose members see it, when it is shared with a group
	Raw           string    `bun:"conditions"`
	ChangedAt     time.Time `bun:"changed_at"`
	Version       int64     `bun:"version"`
}

// Conditions are what the view asks for.
func (v Saved) Conditions() Conditions {
	var c Conditions
	if json.Unmarshal([]byte(v.Raw), &c) != nil {
		return Conditions{Owner: OwnedByMe} // what cannot be read shows the least
	}
	return c
}

// SavedViews are the views that the actor sees, by name: everybody's, the groups', one's own.
func (s *Service) SavedViews(ctx context.Context, who access.Actor) ([]Saved, error) {
	if err := s.reads(who); err != nil {
		return nil, err
	}
	groups, err := s.GroupsOf(ctx, who)
	if err != nil {
		return nil, err
	}
	var rows []Saved
	err = s.DB.Read().NewSelect().Model(&rows).Apply(shared(who, groups, "dv")).Order("dv.share", "dv.name", "dv.id").Limit(mostSeen).Scan(ctx)
	return rows, db.Sorted(err)
}

// SavedView is one of them.
func (s *Service) SavedView(ctx context.Context, who access.Actor, id ident.ID) (Saved, error) {
	if err := s.reads(who); err != nil {
		return Saved{}, err
	}
	groups, err := s.GroupsOf(ctx, who)
	if err != nil {
		return Saved{}, err
	}
	var v Saved
	err = s.DB.Read().NewSelect().Model(&v).Where("dv.id = ?", id).Apply(shared(who, groups, "dv")).Scan(ctx)
	return v, db.Sorted(err)
}

// SaveView keeps a view, or changes one.
func (s *Service) SaveView(ctx context.Context, who access.Actor, w Keep, c Conditions) (Saved, error) {
	if err := s.reads(who); err != nil {
		return Saved{}, err
	}
	tree, err := s.Units.Tree(ctx, s.Business.Now())
	if err != nil {
		return Saved{}, err
	}
	var k fault.Check
	cat, err := s.Catalogue(ctx)
	if err != nil {
		return Saved{}, err
	}
	if err := w.check(who, cat, &k); err != nil {
		return Saved{}, err
	}
	c.check(&k, tree, cat)
	if err := k.Err(); err != nil {
		return Saved{}, err
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return Saved{}, db.Sorted(err)
	}
	before := Saved{}
	if w.ID != "" {
		if before, err = s.SavedView(ctx, who, w.ID); err != nil {
			return before, err
		}
		if !mayChange(who, before.Share, before.Owner) {
			return before, fault.New(fault.Denied, "helpdesk.keep.others")
		}
	}
	now := s.Business.Now()
	v := Saved{ID: w.ID, Name: w.Name, Share: w.Share, Owner: before.Owner, Group: w.Group, Raw: string(raw), ChangedAt: now, Version: w.Version + 1}
	if v.Owner == "" || v.Share == Mine {
		v.Owner = who.ID
	}
	return v, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if w.ID == "" {
			if err := room(ctx, tx, (*Saved)(nil), who); err != nil {
				return err
			}
			v.ID, v.Version = ident.New(now), 1
			if _, err := tx.NewInsert().Model(&v).Exec(ctx); err != nil {
				return db.Sorted(err)
			}
		} else if err := db.Changed(tx.NewUpdate().Model(&v).WherePK().Where("version = ?", w.Version).Exec(ctx)); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "helpdesk.view.saved", string(v.ID), map[string][2]any{
			"share": {before.Share, v.Share}, "group": {before.Group, v.Group}, "conditions": {before.Raw, v.Raw}})
	})
}

// DropView forgets a view.
func (s *Service) DropView(ctx context.Context, who access.Actor, id ident.ID) error {
	v, err := s.SavedView(ctx, who, id)
	if err != nil {
		return err
	}
	if !mayChange(who, v.Share, v.Owner) {
		return fault.New(fault.Denied, "helpdesk.keep.others")
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := db.Changed(tx.NewDelete().Model(&v).WherePK().Exec(ctx)); err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, "helpdesk.view.dropped", string(id), map[string][2]any{"conditions": {v.Raw, nil}})
	})
}
