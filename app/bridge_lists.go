package app

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/inventory"
	"lotrinh/reports"
	"lotrinh/reports/define"
	"lotrinh/rollout"
	"lotrinh/rollout/difficulty"
)

// List is a list of another area's for a report, within what the asker may see. Entries
// name no person.
func (b told) List(ctx context.Context, a reports.Ask, list string, _ reports.Period, most int) (define.Listed, error) {
	tree, err := b.h.Units.Tree(ctx, b.h.Business.Now())
	if err != nil {
		return define.Listed{}, err
	}
	switch list {
	case define.Difficulties:
		return b.difficulties(ctx, cut(a.Who, rollout.Read, tree, a.Unit), tree, cmp.Or(a.At, b.h.Business.Now()), most)
	case define.Purchases:
		return b.purchases(ctx, cut(a.Who, inventory.Look, tree, a.Unit), tree, most)
	case define.Services:
		return b.essentials(ctx, a.Who)
	}
	return define.Listed{}, nil
}

// difficulties are the open ones that had been raised by a moment, those that wait longest first.
func (b told) difficulties(ctx context.Context, who access.Actor, tree *org.Tree, at time.Time, most int) (define.Listed, error) {
	var l define.Listed
	if !who.May(rollout.Read) {
		return l, nil
	}
	var all []difficulty.Difficulty
	for r := (page.Request{Limit: page.Max}); ; {
		p, err := b.h.Follow.Difficulties.List(ctx, who, "", r)
		if err != nil {
			return l, err
		}
		all = append(all, p.Items...)
		if p.Next == "" || len(all) >= most {
			break
		}
		r = page.Read(p.Next, "")
		r.Limit = page.Max
	}
	slices.SortStableFunc(all, func(x, y difficulty.Difficulty) int {
		return cmp.Compare(x.RaisedAt.UnixMicro(), y.RaisedAt.UnixMicro())
	})
	for _, d := range all {
		if d.RaisedAt.After(at) {
			continue
		}
		state := i18n.L("difficulty.state." + string(d.State))
		if d.Late(at) {
			state = i18n.L("difficulty.state.late")
		}
		e := define.Entry{Code: d.Code, Unit: d.Unit, Place: tree.Name(d.Unit), District: tree.Name(tree.District(d.Unit)), What: d.Title, Cause: d.Cause, Proposal: d.Proposal,
			Answer: d.Answer, State: &state, Since: d.RaisedAt.UTC(), Late: d.Late(at), Href: d.Path()}
		if d.DueAt != nil {
			e.Due = d.DueAt.UTC()
		}
		l.Entries = append(l.Entries, e)
	}
	l.Total = len(l.Entries)
	return l, nil
}

// purchases are what was approved and is left to buy.
func (b told) purchases(ctx context.Context, who access.Actor, tree *org.Tree, most int) (define.Listed, error) {
	var l define.Listed
	if !who.May(inventory.Look) {
		return l, nil
	}
	rows, err := b.h.Inventory.Supply.Purchases(ctx, who, "")
	l.Total = len(rows)
	for _, p := range rows[:min(len(rows), most)] {
		what := i18n.L("inventory.kind." + string(p.Kind))
		l.Entries = append(l.Entries, define.Entry{Code: p.Code, Unit: p.Unit, Place: tree.Name(p.Unit), District: tree.Name(tree.District(p.Unit)), Line: &what,
			Count: p.Approved - p.Allocated, Href: "/inventory/supply/requests/" + string(p.Request)})
	}
	return l, err
}

// essentials are the essential services with their last published count.
func (b told) essentials(ctx context.Context, who access.Actor) (define.Listed, error) {
	var l define.Listed
	if b.h.Services == nil || !who.May(rollout.Read) {
		return l, nil
	}
	all, err := b.h.Services.Essentials(ctx, who)
	for _, e := range all {
		name := strings.TrimSpace(e.Name)
		if name == "" {
			continue
		}
		one := define.Entry{Code: e.Key, What: name, Href: "/rollout/services/items/" + string(e.ID)}
		if len(e.Counts) > 0 {
			c := e.Counts[0]
			one.Count, one.Of = int64(c.Done), int64(c.Total)
			if day, err := clock.ParseDate(c.AsOf); err == nil {
				one.Since = day.UTC()
			}
		}
		l.Entries = append(l.Entries, one)
	}
	l.Total = len(l.Entries)
	return l, err
}
