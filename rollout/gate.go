package rollout

import (
	"strings"
	"time"
)

// Item is one criterion of a gate: what its evidence says, and the waiver that
// stands in when that is not enough.
type Item struct {
	Criterion Criterion
	Pair
	Answer  Answer
	Waiver  *Waiver  // in force, nil when there is none
	Reasons []Reason // why the answer is not met; none when it is
}

// Passes tells whether the item keeps nobody back.
func (i Item) Passes() bool { return i.Answer == Met || i.Waiver != nil }

// Gate is the verdict on a commune for a stage at a moment.
type Gate struct {
	Stage Stage
	Items []Item
	// Answer counts waivers; Bare does not. Reasons is empty exactly when Answer is met.
	Answer, Bare Answer
	Reasons      []Reason
	// WaivedUntil is the first day that ends a waiver without which the gate is not
	// met; empty when the gate stands on evidence alone or is not met.
	WaivedUntil string
}

// Judge is the gate of a stage: a pure function of the phase's criteria, what is
// known of the commune, its waivers and the moment.
func Judge(stage Stage, criteria []Criterion, known Known, waivers []*Waiver, at time.Time) Gate {
	g := Gate{Stage: stage, Answer: Met, Bare: Met}
	for _, c := range criteria {
		if c.Stage.rank() > stage.rank() {
			continue
		}
		item := judgeItem(c, known[c.Key], waivers, at)
		g.Items = append(g.Items, item)
		if !c.Must {
			continue
		}
		g.Bare = worse(g.Bare, item.Answer)
		switch {
		case !item.Passes():
			g.Answer = worse(g.Answer, item.Answer)
			g.Reasons = append(g.Reasons, item.Reasons...)
		case item.Answer != Met && (g.WaivedUntil == "" || item.Waiver.UntilDay < g.WaivedUntil):
			g.WaivedUntil = item.Waiver.UntilDay
		}
	}
	if g.Answer != Met {
		g.WaivedUntil = ""
	}
	return g
}

func judgeItem(c Criterion, p Pair, waivers []*Waiver, at time.Time) Item {
	item := Item{Criterion: c, Pair: p}
	var key string
	var say *Evidence
	item.Answer, key, say = answer(c, p, at)
	if item.Answer != Met {
		values := []any{"criterion", c.Title, "criterion_en", c.TitleEN, "days", int64(c.TTLDays)}
		if say != nil && say.Note != "" {
			key, values = key+"_noted", append(values, "note", strings.TrimRight(say.Note, ". "))
		}
		item.Reasons = []Reason{Because(key, values...)}
		if say != nil && item.Answer == say.Answer {
			item.Reasons = append(item.Reasons, say.Why()...)
		}
	}
	for _, w := range waivers {
		if w.Criterion == c.Key && w.Covers(at) && (item.Waiver == nil || w.UntilDay > item.Waiver.UntilDay) {
			item.Waiver = w
		}
	}
	return item
}

// answer weighs the two kinds of evidence. What was seen outranks what was said;
// a commune that says it lacks something is believed unless it was seen otherwise
// since, and then neither is enough.
func answer(c Criterion, p Pair, at time.Time) (Answer, string, *Evidence) {
	said, seen := p.Declared, p.Verified
	switch {
	case seen != nil && seen.Answer == Met && said != nil && said.Answer == Unmet && said.ObservedAt.After(seen.ObservedAt):
		return Unknown, "rollout.reason.contradicted", nil
	case seen != nil && c.stale(seen, at):
		return Unknown, "rollout.reason.stale", nil
	case seen != nil && seen.Answer == Met:
		return Met, "", seen
	case seen != nil && seen.Answer == Unmet:
		return Unmet, "rollout.reason.unmet", seen
	case seen != nil:
		return Unknown, "rollout.reason.unknown", seen
	case said == nil:
		return Unknown, "rollout.reason.no_evidence", nil
	case said.Answer == Unmet:
		return Unmet, "rollout.reason.declared_unmet", said
	case said.Answer == Unknown:
		return Unknown, "rollout.reason.part_unknown", nil
	case c.Source == Verified:
		return Unknown, "rollout.reason.only_declared", nil
	case c.stale(said, at):
		return Unknown, "rollout.reason.stale", nil
	}
	return Met, "", said
}

// stale tells whether evidence is older than the criterion lets it be.
func (c Criterion) stale(e *Evidence, at time.Time) bool {
	return c.TTLDays > 0 && !at.Before(e.ObservedAt.AddDate(0, 0, c.TTLDays))
}

// worse is the answer of two together: unmet beats unknown beats met.
func worse(a, b Answer) Answer {
	switch {
	case a == Unmet || b == Unmet:
		return Unmet
	case a == Unknown || b == Unknown:
		return Unknown
	}
	return Met
}

// DeclaredReady tells whether every must criterion of the official stage was
// declared met.
func DeclaredReady(criteria []Criterion, known Known) bool {
	if len(criteria) == 0 {
		return false
	}
	for _, c := range criteria {
		if d := known[c.Key].Declared; c.Must && (d == nil || d.Answer != Met) {
			return false
		}
	}
	return true
}
