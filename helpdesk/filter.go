package helpdesk

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/page"
)

// View is a list of the queue that everybody has.
type View string

// The views.
const (
	ViewMine  View = "mine"   // mine, to be worked on
	ViewFree  View = "free"   // nobody's
	ViewWork  View = "work"   // everybody's
	ViewLate  View = "late"   // over due
	ViewHold  View = "hold"   // waiting
	ViewSleep View = "asleep" // snoozed
	ViewDone  View = "done"   // resolved and closed
)

// Views are all of them, in the order of the page.
var Views = []View{ViewMine, ViewFree, ViewWork, ViewLate, ViewHold, ViewSleep, ViewDone}

// Owned says whose tickets are asked for.
type Owned string

// Whose.
const (
	OwnedByMe     Owned = "me"
	OwnedByNobody Owned = "none"
	OwnedBySome   Owned = "any" // somebody has it
)

// Sort is the order of a list.
type Sort string

// The orders.
const (
	ByDue    Sort = ""    // the next due first; done ones the last done first
	ByNewest Sort = "new" // the last opened first
	ByOldest Sort = "old"
)

// Yes and no as conditions; empty is either.
const (
	Yes = "yes"
	No  = "no"
)

// Filter is what a list of the queue holds; empty fields do not narrow. Every field is
// one of an allow-list, and each has an index to go by (docs/adr/0031-views.md).
type Filter struct {
	View     View  // sets Phase, Owner and Late, when it is one of Views
	Phase    Phase // empty: everything that is not done
	State    State
	Owner    Owned
	Group    Group
	Service  Category
	Priority int
	Units    []string // codes: a commune, or a district's subtree
	Late     bool
	Snoozed  string // Yes, No
	Source   string
	Tag      string // key of a tag
	rare     bool   // few tickets have that tag
	Watched  bool   // by the actor
	Sort     Sort
	Words    string // searched in numbers, titles and messages, whatever the rest
}

// settled lays the conditions of a named view under those of the filter.
func (f Filter) settled() Filter {
	switch f.View {
	case ViewMine:
		f.Phase, f.Owner = InWork, OwnedByMe
	case ViewFree:
		f.Phase, f.Owner = InWork, OwnedByNobody
	case ViewWork:
		f.Phase = InWork
	case ViewLate:
		f.Phase, f.Late = InWork, true
	case ViewHold:
		f.Phase = Waiting
	case ViewSleep:
		f.Phase = Asleep
	case ViewDone:
		f.Phase = Done
	}
	if f.Late {
		f.Phase = InWork // nothing else has a due moment that can pass
	}
	return f
}

// Queue is a page of tickets within the actor's reach: the next due first, done ones
// the newest first, unless another order is asked for. A page of what is done may be
// shorter than asked although there is a next one: older rows are looked through in
// pieces, so that each page costs the same.
func (s *Service) Queue(ctx context.Context, who access.Actor, f Filter, r page.Request) (page.Page[Ticket], error) {
	if err := s.reads(who); err != nil {
		return page.Page[Ticket]{}, err
	}
	if f.Words != "" {
		return s.found(ctx, who, f, r)
	}
	if f.Tag != "" {
		var err error
		if f.rare, err = s.rare(ctx, f.Tag); err != nil {
			return page.Page[Ticket]{}, err
		}
	}
	now := s.Business.Now()
	end, err := edge(ctx, s.DB, who, f, now, r)
	if err != nil {
		return page.Page[Ticket]{}, err
	}
	var rows []Ticket
	q := queue(s.DB, who, f, now, r)
	if end != nil {
		q = end.keep(q, f.Sort)
	}
	if err := q.Scan(ctx, &rows); err != nil {
		return page.Page[Ticket]{}, db.Sorted(err)
	}
	key := func(t Ticket) []string { return []string{page.Time(t.SortAt), seqText(t.Seq)} }
	if f.Sort != ByDue {
		key = func(t Ticket) []string { return []string{seqText(t.Seq)} }
	}
	p := page.Cut(r, rows, key)
	if p.Next == "" && end != nil {
		p.Next = page.Key(end.key(f.Sort)...)
	}
	return p, nil
}

func (s *Service) reads(who access.Actor) error {
	if who.May(Work) {
		return nil
	}
	return who.Need(Read)
}

// road is the index that a list goes by.
type road struct {
	index string
	lead  string // the condition that its columns start with
	open  bool   // it holds only what is not done
}

// road chooses the index of a list: by the condition that leaves least, of those whose
// index gives the list's order.
func (f Filter) road(all bool, units []string) road {
	if f.Phase == "" || f.Phase != Done && (f.Sort != ByDue || f.Service != "" || f.Priority != 0) {
		return f.openRoad(all, units)
	}
	switch {
	case f.Sort != ByDue:
		return road{index: "ticket_phase_seq"}
	case f.Owner == OwnedByMe || f.Owner == OwnedByNobody:
		return road{index: "ticket_owner", lead: "owner"}
	case !all && len(units) == 1:
		return road{index: "ticket_unit", lead: "unit"}
	case f.Group != "":
		return road{index: "ticket_group", lead: "group"}
	}
	return road{index: "ticket_phase"}
}

// openRoad chooses among the indexes of what is not done, which hold the other
// conditions as well, so that counting looks at nothing else.
func (f Filter) openRoad(all bool, units []string) road {
	r := road{index: "ticket_open", open: true}
	switch {
	case f.Sort != ByDue:
		r.index = "ticket_open_seq"
	case f.Owner == OwnedByMe || f.Owner == OwnedByNobody:
		r.index, r.lead = "ticket_open_owner", "owner"
	case !all && len(units) == 1:
		r.index, r.lead = "ticket_open_unit", "unit"
	case f.Priority != 0:
		r.index, r.lead = "ticket_open_priority", "priority"
	case f.Service != "":
		r.index, r.lead = "ticket_open_service", "service"
	case f.Group != "":
		r.index, r.lead = "ticket_open_group", "group"
	}
	return r
}

// condition is one that a list puts on its tickets.
type condition struct {
	name string
	sql  string
	args []any
}

// conditions are all that a settled filter and the actor's reach put on tickets,
// beside the phase.
func (f Filter) conditions(who access.Actor, all bool, units []string, now time.Time) []condition {
	var list []condition
	put := func(ok bool, name, sql string, args ...any) {
		if ok {
			list = append(list, condition{name, sql, args})
		}
	}
	put(f.Owner == OwnedByMe, "owner", "ti.owner = ?", who.ID)
	put(f.Owner == OwnedByNobody, "owner", "ti.owner = ''")
	put(f.Owner == OwnedBySome, "somebody", "ti.owner <> ''")
	put(!all && len(units) == 1, "unit", "ti.unit IN (?)", bun.List(units))
	put(!all && len(units) != 1, "units", "ti.unit IN (?)", bun.List(units)) // none at all matches nothing
	put(f.Group != "", "group", "ti.grp = ?", f.Group)
	put(f.Service != "", "service", "ti.service = ?", f.Service)
	put(f.Priority != 0, "priority", "ti.priority = ?", f.Priority)
	put(f.State != "", "state", "ti.state = ?", f.State)
	put(f.Source != "", "source", "ti.source = ?", f.Source)
	put(f.Tag != "" && (!f.rare || f.Watched), "tag", "EXISTS (SELECT 1 FROM ticket_tag AS tt WHERE tt.tag = ? AND tt.ticket = ti.id)", f.Tag)
	put(f.Late, "late", "ti.sort_at < ?", now)
	put(f.Snoozed == Yes, "snoozed", "ti.snoozed_until > ?", now)
	put(f.Snoozed == No, "snoozed", "(ti.snoozed_until IS NULL OR ti.snoozed_until <= ?)", now)
	return list
}

// few tells whether the list begins with the few tickets that somebody watches or
// that have a tag: they are all read, and sorted.
func (f Filter) few() bool { return f.Watched || f.Tag != "" && f.rare }

// from is the table by an index; the phase is what every index starts with or holds.
func (f Filter) from(d *db.DB, who access.Actor, r road) *bun.SelectQuery {
	q := d.Read().NewSelect()
	switch {
	case f.Watched:
		q = q.TableExpr("ticket_watcher AS tw CROSS JOIN ticket AS ti").Where("tw.person = ?", who.ID).Where("ti.id = tw.ticket")
	case f.few(): // the few tickets of a tag are all read, and sorted
		q = q.TableExpr("ticket_tag AS tt CROSS JOIN ticket AS ti").Where("tt.tag = ?", f.Tag).Where("ti.id = tt.ticket")
	case d.SQLite():
		q = q.TableExpr("ticket AS ti INDEXED BY " + r.index)
	default:
		q = q.TableExpr("ticket AS ti")
	}
	if r.open {
		q = q.Where("ti.phase <> 'done'") // in these words the partial index is known to hold them all
	}
	if f.Phase != "" {
		q = q.Where("ti.phase = ?", f.Phase)
	}
	return q
}

// narrowed is every ticket of a settled filter within the actor's reach.
func (f Filter) narrowed(d *db.DB, who access.Actor, now time.Time) *bun.SelectQuery {
	all, units := both(who, f.Units)
	return f.by(d, who, now, f.road(all, units))
}

// by is narrowed by a given index.
func (f Filter) by(d *db.DB, who access.Actor, now time.Time, r road) *bun.SelectQuery {
	all, units := both(who, f.Units)
	q := f.from(d, who, r)
	for _, c := range f.conditions(who, all, units, now) {
		q = q.Where(c.sql, c.args...)
	}
	return q
}

// queue is the query of a list.
func queue(d *db.DB, who access.Actor, f Filter, now time.Time, r page.Request) *bun.SelectQuery {
	f = f.settled()
	return f.order(f.narrowed(d, who, now).ColumnExpr("ti.*"), r)
}

// order sorts by the list's key, behind the cursor.
func (f Filter) order(q *bun.SelectQuery, r page.Request) *bun.SelectQuery {
	switch {
	case f.Sort == ByNewest:
		return q.Apply(r.On("ti.seq"))
	case f.Sort == ByOldest:
		return q.Apply(r.Up("ti.seq"))
	case f.Phase == Done:
		return q.Apply(r.On("ti.sort_at", "ti.seq"))
	}
	return q.Apply(r.Up("ti.sort_at", "ti.seq"))
}

// window is how many rows of history one page looks through at the most.
const window = 10_000

// border is the last row of history that a page looks at.
type border struct {
	Seq    int64
	SortAt time.Time
}

// edge finds the border of a page. It is nil when the page needs none: what is open is
// little, and an index all of whose rows match is read no further than the page.
func edge(ctx context.Context, d *db.DB, who access.Actor, f Filter, now time.Time, r page.Request) (*border, error) {
	q := f.settled().border(d, who, now, r)
	if q == nil {
		return nil, nil //nolint:nilnil // no border
	}
	var rows []border
	if err := q.Scan(ctx, &rows); err != nil || len(rows) == 0 {
		return nil, db.Sorted(err)
	}
	return &rows[0], nil
}

// border is the query of a page's border, on the index alone.
func (f Filter) border(d *db.DB, who access.Actor, now time.Time, r page.Request) *bun.SelectQuery {
	if f.Phase != Done || f.few() {
		return nil
	}
	all, units := both(who, f.Units)
	by, rest := f.road(all, units), false
	q := f.from(d, who, by).Column("ti.seq", "ti.sort_at")
	for _, c := range f.conditions(who, all, units, now) {
		if c.name == by.lead {
			q = q.Where(c.sql, c.args...)
		} else {
			rest = true
		}
	}
	if !rest {
		return nil
	}
	return f.order(q, r).Limit(1).Offset(window)
}

// keep keeps a list to the near side of the border.
func (b border) keep(q *bun.SelectQuery, s Sort) *bun.SelectQuery {
	switch s {
	case ByNewest:
		return q.Where("ti.seq >= ?", b.Seq)
	case ByOldest:
		return q.Where("ti.seq <= ?", b.Seq)
	}
	return q.Where("(ti.sort_at, ti.seq) >= (?, ?)", b.SortAt, b.Seq)
}

// key is the cursor behind the border.
func (b border) key(s Sort) []string {
	if s != ByDue {
		return []string{seqText(b.Seq)}
	}
	return []string{page.Time(b.SortAt), seqText(b.Seq)}
}
