package app

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/inventory"
	"lotrinh/reports"
	"lotrinh/rollout"
)

// told is what the reports ask: each area answers for itself.
type told struct{ h *House }

// cut is the actor with one right, within its reach of that right and under a unit.
func cut(who access.Actor, p access.Perm, tree *org.Tree, unit string) access.Actor {
	if u, ok := tree.Unit(unit); ok && u.Parent == "" {
		return who
	}
	units := slices.Clone(tree.Under(unit))
	if everywhere, mine := who.Reach(p); !everywhere {
		units = slices.DeleteFunc(units, func(u string) bool { return !slices.Contains(mine, u) })
	}
	return access.Policy{"cut": {p}}.As(access.Actor{ID: who.ID, Name: who.Name, Via: who.Via, Grants: []access.Grant{{Role: "cut", Units: units}}})
}

// Programmes are the programmes of the rollout.
func (b told) Programmes(ctx context.Context) ([]reports.Programme, error) {
	all, err := b.h.Rollout.Programmes(ctx, b.h.actor("reports"))
	out := make([]reports.Programme, len(all))
	for i, p := range all {
		out[i] = programme(p)
	}
	return out, err
}

func programme(p rollout.Programme) reports.Programme {
	return reports.Programme{Code: p.Code, Title: p.Title, TitleEN: p.TitleEN, LegalBasis: p.LegalBasis, DecidedOn: p.DecidedOn}
}

// Progress is a programme in figures, from the overview, the board and the curve.
func (b told) Progress(ctx context.Context, a reports.Ask, code string) (reports.Progress, error) {
	tree, err := b.h.Units.Tree(ctx, b.h.Business.Now())
	if err != nil {
		return reports.Progress{}, err
	}
	who := cut(a.Who, rollout.Read, tree, a.Unit)
	o, rows, err := b.overview(ctx, who, code, a.At)
	if err != nil {
		return reports.Progress{}, err
	}
	p := reports.Progress{At: o.At, Programme: programme(o.Programme), Total: counts(o.Rollout), Href: "/rollout", HeldHref: "/rollout/board?answer=unmet"}
	begun := map[int]bool{}
	for _, ph := range o.Phases {
		begun[ph.Ordinal] = !ph.Live && ph.State(o.At) != rollout.PhasePlanned
		p.Phases = append(p.Phases, reports.Phase{No: ph.Ordinal, Name: ph.Name, NameEN: ph.NameEN, TrialOn: ph.TrialOn, OfficialOn: ph.OfficialOn, Live: ph.Live, Counts: counts(ph.Counts)})
	}
	for _, d := range o.Districts {
		p.Districts = append(p.Districts, reports.District{Code: d.Code, Name: d.Name, Phase: d.PhaseNo, Href: "/rollout/districts/" + d.Code, Counts: counts(d.Counts)})
	}
	for _, x := range o.Tiles {
		p.Tiles = append(p.Tiles, reports.Tile{Unit: x.Unit, Name: x.Name, District: x.District, Stage: string(x.Stage), Href: "/rollout/units/" + x.Unit})
	}
	for _, m := range o.Milestones {
		p.Milestones = append(p.Milestones, reports.Milestone{Title: m.Title, TitleEN: m.TitleEN, PlannedOn: m.PlannedOn, ActualOn: m.ActualOn})
	}
	if only, one := single(begun); one {
		p.HeldHref += "&phase=" + strconv.Itoa(only)
	}
	p.Held = heldBack(rows, begun)
	p.Days, err = b.days(ctx, who, code, o)
	return p, err
}

// overview is a programme with its communes: of now from what is kept, of a moment gone by from
// dated facts.
func (b told) overview(ctx context.Context, who access.Actor, code string, at time.Time) (rollout.Overview, []rollout.Row, error) {
	if !at.IsZero() {
		return b.h.Rollout.OverviewAt(ctx, who, code, at)
	}
	o, err := b.h.Rollout.Overview(ctx, who, code)
	if err != nil {
		return o, nil, err
	}
	board, err := b.h.Rollout.Board(ctx, who, code, rollout.Filter{Phase: rollout.Any})
	return o, board.Rows, err
}

// single is the one phase that has begun, when it is one.
func single(begun map[int]bool) (phase int, one bool) {
	n := 0
	for p, is := range begun {
		if is {
			phase, n = p, n+1
		}
	}
	return phase, n == 1
}

func counts(c rollout.Counts) reports.Counts {
	return reports.Counts{Total: c.Total, Preparing: c.Stages[rollout.Preparing], Trial: c.Stages[rollout.Trial], Official: c.Stages[rollout.Official],
		Live: c.Stages[rollout.Live], Declared: c.Declared, Verified: c.Verified, Bare: c.Bare}
}

// heldBack are the communes of phases that have begun whose gate is not met.
func heldBack(rows []rollout.Row, begun map[int]bool) []reports.Held {
	var all []reports.Held
	for _, r := range rows {
		if !begun[r.Phase] || r.Gate.Answer == rollout.Met {
			continue
		}
		h := reports.Held{Unit: r.Unit, Name: r.Name, District: r.District, DistrictName: r.DistrictName, Phase: r.Phase, Stage: string(r.Stage),
			Answer: string(r.Gate.Answer), Href: "/rollout/units/" + r.Unit}
		h.Reasons, h.Details = toldOf(r.Gate.Reasons)
		all = append(all, h)
	}
	slices.SortStableFunc(all, func(a, b reports.Held) int {
		return cmp.Compare(rank(a.Answer), rank(b.Answer))
	})
	return all
}

func rank(answer string) int {
	if answer == string(rollout.Unmet) {
		return 0
	}
	return 1
}

const (
	// longestDays is the most days that a curve of the reports shows.
	longestDays = 400
	// after is how many days a curve goes on behind the last promise of the plan.
	after = 3
)

// days is the curve from the decision to the last promise of the plan, or to today.
func (b told) days(ctx context.Context, who access.Actor, code string, o rollout.Overview) ([]reports.Day, error) {
	from, until := o.Programme.DecidedOn, clock.Date(o.At)
	for _, ph := range o.Phases {
		if ph.Live {
			continue
		}
		if from == "" || ph.TrialOn < from {
			from = ph.TrialOn
		}
		if last, err := clock.ParseDate(ph.OfficialOn); err == nil {
			until = max(until, clock.Date(last.AddDate(0, 0, after)))
		}
	}
	if from == "" || from > until {
		return nil, nil
	}
	if last, err := clock.ParseDate(until); err == nil {
		from = max(from, clock.Date(last.AddDate(0, 0, -longestDays)))
	}
	points, err := b.h.Rollout.Curve(ctx, who, code, rollout.Any, from, until)
	all, last := make([]reports.Day, len(points)), clock.Date(o.At)
	for i, p := range points {
		all[i] = reports.Day{Day: p.Day, Planned: p.Planned}
		switch {
		case p.Day < last:
			all[i].Known, all[i].Declared, all[i].Verified, all[i].Official = p.Known, p.Declared, p.Verified, p.Official
		case p.Day == last: // as far as the day had come
			all[i].Known, all[i].Declared, all[i].Verified, all[i].Official = true, o.Rollout.Declared, o.Rollout.Verified, o.Rollout.Stages[rollout.Official]
		}
	}
	return all, err
}

// mostListed is how many gaps and tickets a report lists.
const mostListed = 20

// Gaps is what the inventory knows to be lacking.
func (b told) Gaps(ctx context.Context, a reports.Ask) (reports.Gaps, error) {
	g := reports.Gaps{Href: "/inventory/gaps", LateHref: "/inventory/gaps?late=1"}
	now := b.h.Business.Now()
	tree, err := b.h.Units.Tree(ctx, now)
	if err != nil {
		return g, err
	}
	who := cut(a.Who, inventory.Look, tree, a.Unit)
	if !who.May(inventory.Look) {
		return g, nil
	}
	if !a.At.IsZero() {
		return b.gapsAt(ctx, who, tree, a.At, g)
	}
	byUnit, err := b.h.Inventory.GapCounts(ctx, who)
	if err != nil {
		return g, err
	}
	t := tallies{tree: tree, href: "/inventory/gaps?district="}
	for unit, n := range byUnit {
		t.add(unit, int(n.Open), int(n.Late))
		g.Open, g.Late = g.Open+int(n.Open), g.Late+int(n.Late)
	}
	g.Districts = t.sorted()
	oldest, err := b.h.Inventory.OldestGaps(ctx, who, mostListed)
	for _, x := range oldest {
		g.Oldest = append(g.Oldest, gapItem(tree, x, now))
	}
	return g, err
}

func gapItem(tree *org.Tree, x inventory.Gap, at time.Time) reports.Item {
	return reports.Item{Code: x.Code, Unit: x.Unit, Name: tree.Name(x.Unit), What: x.Line(), Since: x.ReportedAt.UTC(),
		Due: x.DueAt.UTC(), Late: x.Overdue(at), Href: "/inventory/gaps/" + string(x.ID)}
}

// Tickets is what the help desk has to do; a ticket is named by its number and the
// service that it is about, since its title may name a person.
func (b told) Tickets(ctx context.Context, a reports.Ask, from, until time.Time) (reports.Tickets, error) {
	k := reports.Tickets{Href: "/tickets?view=work", LateHref: "/tickets?view=late"}
	tree, err := b.h.Units.Tree(ctx, b.h.Business.Now())
	if err != nil {
		return k, err
	}
	who := cut(a.Who, helpdesk.Read, tree, a.Unit)
	if !who.May(helpdesk.Read) {
		return k, nil
	}
	if !a.At.IsZero() {
		if k, err = b.ticketsAt(ctx, who, tree, a.At, k); err != nil {
			return k, err
		}
		k.Opened, err = b.opened(ctx, who, from, until)
		return k, err
	}
	loads, err := b.h.Desk.Loads(ctx, who)
	if err != nil {
		return k, err
	}
	t := tallies{tree: tree, href: "/tickets?view=work&unit="}
	for unit, n := range loads {
		t.add(unit, int(n.Open), int(n.Late))
		k.Open, k.Hold, k.Late = k.Open+int(n.Open), k.Hold+int(n.Hold), k.Late+int(n.Late)
	}
	k.Districts = t.sorted()
	late, err := b.h.Desk.Queue(ctx, who, helpdesk.Filter{View: helpdesk.ViewLate}, page.Request{Limit: mostListed})
	if err != nil {
		return k, err
	}
	for _, x := range late.Items {
		k.Overdue = append(k.Overdue, ticketItem(tree, x))
	}
	k.Opened, err = b.opened(ctx, who, from, until)
	return k, err
}

func ticketItem(tree *org.Tree, x helpdesk.Ticket) reports.Item {
	return reports.Item{Code: x.Number(), Unit: x.Unit, Name: tree.Name(x.Unit), What: i18n.L("helpdesk.service." + string(x.Service)),
		Since: x.OpenedAt.UTC(), Due: x.SortAt.UTC(), Late: true, Href: "/tickets/" + string(x.ID)}
}

// opened counts the tickets opened on the days that a period touches.
func (b told) opened(ctx context.Context, who access.Actor, from, until time.Time) (int, error) {
	ask := figures.Ask{Names: []string{helpdesk.FigureOpened}, From: clock.Date(from), Until: clock.Date(until.Add(24*time.Hour - time.Microsecond))}
	everywhere, units := who.Reach(helpdesk.Read)
	if !everywhere && len(units) == 0 {
		return 0, nil
	}
	if !everywhere {
		ask.Units = units
	}
	sum, err := figures.Totals(ctx, b.h.DB.Read(), ask)
	n := 0
	for _, x := range sum {
		n += int(x)
	}
	return n, db.Sorted(err)
}

// Tree is what the city consists of.
func (b told) Tree(ctx context.Context, at time.Time) (*org.Tree, error) {
	return b.h.Units.Tree(ctx, at)
}

// WorkDays are the days on which offices work.
func (b told) WorkDays(ctx context.Context) (*worktime.Calendar, error) {
	return b.h.Calendars.Calendar(ctx, calstore.Office)
}

// Keepers are the planners, who look after reports.
func (b told) Keepers(ctx context.Context) ([]reports.Reader, error) {
	return b.holders(ctx, org.Planner, "")
}

func (b told) holders(ctx context.Context, role access.Role, unit string) ([]reports.Reader, error) {
	all, err := b.h.People.Holders(ctx, role, unit)
	out := make([]reports.Reader, len(all))
	for i, a := range all {
		out[i] = reports.Reader{Account: a.ID, Lang: a.Lang}
	}
	return out, err
}

// tallies sums counts of units by their districts.
type tallies struct {
	tree *org.Tree
	href string
	all  map[string]reports.Tally
}

func (t *tallies) add(unit string, open, late int) {
	if t.all == nil {
		t.all = map[string]reports.Tally{}
	}
	code := t.tree.District(unit)
	d := t.all[code]
	t.all[code] = reports.Tally{Code: code, Name: t.tree.Name(code), Open: d.Open + open, Late: d.Late + late, Href: t.href + code}
}

func (t *tallies) sorted() []reports.Tally {
	var list []reports.Tally
	for _, d := range t.all {
		list = append(list, d)
	}
	slices.SortFunc(list, func(a, b reports.Tally) int { return cmp.Or(cmp.Compare(b.Open, a.Open), cmp.Compare(a.Code, b.Code)) })
	return list
}
